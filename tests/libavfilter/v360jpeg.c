/*
 * Copyright (c) 2026 the v360batch authors
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * What a program may do with mjpeg_cuda and ffmpeg does not: frames that begin
 * anywhere in memory, one that is refused between others. Needs a CUDA device.
 */

#include <stdio.h>
#include <string.h>

#include "libavcodec/avcodec.h"
#include "libavcodec/packet.h"
#include "libavutil/buffer.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/hwcontext.h"

enum { W = 64, H = 32, AROUND = 8 };

static AVBufferRef *device;

/* Samples of a picture, those around it included. */
static AVFrame *new_picture(unsigned seed)
{
    AVFrame *f = av_frame_alloc();

    if (!f)
        return NULL;
    f->format = AV_PIX_FMT_YUV420P;
    f->width  = W + AROUND;
    f->height = H + AROUND;
    if (av_frame_get_buffer(f, 0) < 0)
        av_frame_free(&f);
    for (int i = 0; f && i < 3; i++)
        for (int y = 0; y < f->height >> !!i; y++)
            for (int x = 0; x < f->width >> !!i; x++) {
                seed = seed * 1103515245 + 12345;
                f->data[i][y * f->linesize[i] + x] = seed >> 16;
            }
    return f;
}

/* Cut a picture out of a frame: AT samples of chroma from its corner. */
static void cut(AVFrame *f, int at)
{
    for (int i = 0; i < 3; i++)
        f->data[i] += at * (f->linesize[i] + 1) << !i;
    f->width       = W;
    f->height      = H;
    f->color_range = AVCOL_RANGE_JPEG;
}

static AVFrame *upload(const AVFrame *picture)
{
    AVBufferRef *ref = av_hwframe_ctx_alloc(device);
    AVHWFramesContext *frames;
    AVFrame *f = av_frame_alloc();

    if (!ref || !f)
        return NULL;
    frames = (AVHWFramesContext *)ref->data;
    frames->format    = AV_PIX_FMT_CUDA;
    frames->sw_format = picture->format;
    frames->width     = picture->width;
    frames->height    = picture->height;
    if (av_hwframe_ctx_init(ref) < 0 || av_hwframe_get_buffer(ref, f, 0) < 0 ||
        av_hwframe_transfer_data(f, picture, 0) < 0)
        av_frame_free(&f);
    av_buffer_unref(&ref);
    return f;
}

static AVCodecContext *open_encoder(const char *name, const AVFrame *f)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    AVCodecContext *c = codec ? avcodec_alloc_context3(codec) : NULL;

    if (!c)
        return NULL;
    c->width       = W;
    c->height      = H;
    c->pix_fmt     = f->format;
    c->time_base   = (AVRational){ 1, 25 };
    c->color_range = AVCOL_RANGE_JPEG;
    c->flags      |= AV_CODEC_FLAG_BITEXACT;
    if (f->hw_frames_ctx)
        c->hw_frames_ctx = av_buffer_ref(f->hw_frames_ctx);
    if (avcodec_open2(c, codec, NULL) < 0)
        avcodec_free_context(&c);
    return c;
}

/* The one packet of a frame. */
static AVPacket *encode(const char *name, const AVFrame *f)
{
    AVCodecContext *c = open_encoder(name, f);
    AVPacket *pkt = av_packet_alloc();

    if (!c || !pkt || avcodec_send_frame(c, f) < 0 ||
        avcodec_send_frame(c, NULL) < 0 || avcodec_receive_packet(c, pkt) < 0)
        av_packet_free(&pkt);
    avcodec_free_context(&c);
    return pkt;
}

/* Whether a picture that begins anywhere has the bytes of libturbojpeg. */
static int is_same(int at)
{
    AVFrame *picture = new_picture(at), *f = picture ? upload(picture) : NULL;
    AVPacket *a, *b;
    int same;

    if (!f)
        return 0;
    cut(picture, at);
    cut(f, at);
    a = encode("libturbojpeg", picture);
    b = encode("mjpeg_cuda", f);
    same = a && b && a->size == b->size && !memcmp(a->data, b->data, a->size);
    av_packet_free(&a);
    av_packet_free(&b);
    av_frame_free(&picture);
    av_frame_free(&f);
    return same;
}

/* How many packets come of two frames and one that is refused between them. */
static int packets_of_two(int *refused)
{
    AVFrame *picture = new_picture(9), *f = picture ? upload(picture) : NULL;
    AVPacket *pkt = av_packet_alloc();
    AVCodecContext *c;
    int n = 0;

    if (!f || !pkt)
        return 0;
    cut(f, 0);
    c = open_encoder("mjpeg_cuda", f);
    if (!c || avcodec_send_frame(c, f) < 0)
        return 0;
    f->width   = W - 1;
    *refused   = avcodec_send_frame(c, f);
    f->width   = W;
    avcodec_send_frame(c, f);
    avcodec_send_frame(c, NULL);
    while (avcodec_receive_packet(c, pkt) >= 0) {
        n++;
        av_packet_unref(pkt);
    }
    av_packet_free(&pkt);
    avcodec_free_context(&c);
    av_frame_free(&picture);
    av_frame_free(&f);
    return n;
}

int main(void)
{
    int failures = 0, refused = 0, n;

    if (av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, NULL, NULL,
                               0) < 0)
        return 77;
    for (int at = 0; at < 4; at++) {
        if (is_same(at))
            continue;
        printf("%d samples from the corner: not the bytes of libturbojpeg; ",
               at);
        failures++;
    }
    n = packets_of_two(&refused);
    printf("%d of 2 packets around a frame that is refused with %d\n", n,
           refused);
    failures += n != 2 || refused != AVERROR(EINVAL);
    av_buffer_unref(&device);
    return failures > 0;
}
