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
 * Pictures that v360rig decodes and encodes, with FFmpeg's own libraries.
 */

#include <math.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/base64.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/imgutils.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavcodec/avcodec.h"
#include "libavformat/avformat.h"
#include "libswscale/swscale.h"
#include "picture.h"

/** @return index of the video stream of a file, or an error code, logged */
static int open_input(AVFormatContext **s, const char *file,
                      const AVCodec **decoder)
{
    int ret = avformat_open_input(s, file, NULL, NULL);

    if (ret >= 0)
        ret = avformat_find_stream_info(*s, NULL);
    if (ret >= 0)
        ret = av_find_best_stream(*s, AVMEDIA_TYPE_VIDEO, -1, -1, decoder, 0);
    if (ret < 0)
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
    return ret;
}

int v360rig_image_size(const char *file, int *w, int *h)
{
    AVFormatContext *s = NULL;
    int ret = open_input(&s, file, NULL);

    if (ret >= 0) {
        *w  = s->streams[ret]->codecpar->width;
        *h  = s->streams[ret]->codecpar->height;
        ret = 0;
    }
    avformat_close_input(&s);
    return ret;
}

int v360rig_image_alloc(Picture *p, int w, int h)
{
    p->w   = w;
    p->h   = h;
    p->rgb = av_calloc(w * (size_t)h, 3);
    return p->rgb ? 0 : AVERROR(ENOMEM);
}

static int first_frame(AVFormatContext *s, AVCodecContext *dec, int stream,
                       AVFrame *frame)
{
    AVPacket *pkt = av_packet_alloc();
    int ret = pkt ? AVERROR(EAGAIN) : AVERROR(ENOMEM);

    while (ret == AVERROR(EAGAIN)) {
        ret = av_read_frame(s, pkt);
        if (ret >= 0 && pkt->stream_index != stream) {
            av_packet_unref(pkt);
            ret = AVERROR(EAGAIN);
            continue;
        }
        ret = avcodec_send_packet(dec, ret < 0 ? NULL : pkt);
        av_packet_unref(pkt);
        if (ret >= 0)
            ret = avcodec_receive_frame(dec, frame);
    }
    av_packet_free(&pkt);
    return ret;
}

static int decode(AVFormatContext *s, const AVCodec *decoder, int stream,
                  AVFrame *frame)
{
    AVCodecContext *dec = avcodec_alloc_context3(decoder);
    int ret = AVERROR(ENOMEM);

    if (dec)
        ret = avcodec_parameters_to_context(dec, s->streams[stream]->codecpar);
    if (ret >= 0)
        ret = avcodec_open2(dec, decoder, NULL);
    if (ret >= 0)
        ret = first_frame(s, dec, stream, frame);
    avcodec_free_context(&dec);
    return ret;
}

/** Scale and convert into dst, whose size and format are set. */
static int convert(AVFrame *dst, const AVFrame *src)
{
    SwsContext *sws = sws_alloc_context();
    int ret = AVERROR(ENOMEM);

    if (!sws)
        return ret;
    sws->flags = SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT;
    ret = sws_scale_frame(sws, dst, src);
    sws_free_context(&sws);
    return ret;
}

/**
 * Replace the formats of JPEG by those without a range in their name, as
 * swscale warns of the former.
 */
static void plain_format(AVFrame *frame)
{
    static const int plain[][2] = {
        { AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P },
        { AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P },
        { AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV440P },
        { AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P },
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(plain); i++) {
        if (frame->format == plain[i][0]) {
            frame->format      = plain[i][1];
            frame->color_range = AVCOL_RANGE_JPEG;
            return;
        }
    }
}

static int to_picture(Picture *p, AVFrame *frame, int max_w)
{
    const double scale = FFMIN(1.0, (double)max_w / frame->width);
    AVFrame *rgb = av_frame_alloc();
    int ret;

    if (!rgb)
        return AVERROR(ENOMEM);
    rgb->format = AV_PIX_FMT_RGB24;
    rgb->width  = FFMAX(lrint(frame->width * scale), 1);
    rgb->height = FFMAX(lrint(frame->height * scale), 1);
    plain_format(frame);
    ret = convert(rgb, frame);
    if (ret >= 0)
        ret = v360rig_image_alloc(p, rgb->width, rgb->height);
    if (ret >= 0)
        av_image_copy_plane(p->rgb, 3 * p->w, rgb->data[0], rgb->linesize[0],
                            3 * p->w, p->h);
    av_frame_free(&rgb);
    return ret;
}

int v360rig_image_load(const char *file, int max_w, Picture *p)
{
    const AVCodec *decoder;
    AVFormatContext *s = NULL;
    AVFrame *frame = av_frame_alloc();
    int ret = open_input(&s, file, &decoder);

    if (!frame) {
        ret = AVERROR(ENOMEM);
    } else if (ret >= 0) {
        ret = decode(s, decoder, ret, frame);
        if (ret >= 0)
            ret = to_picture(p, frame, max_w);
        if (ret < 0)
            av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
    }
    av_frame_free(&frame);
    avformat_close_input(&s);
    return ret;
}

/** Convert a picture into a frame, whose format is set. */
static int to_frame(const Picture *p, AVFrame *dst)
{
    AVFrame *rgb = av_frame_alloc();
    int ret;

    if (!rgb)
        return AVERROR(ENOMEM);
    rgb->format = AV_PIX_FMT_RGB24;
    rgb->width  = dst->width  = p->w;
    rgb->height = dst->height = p->h;
    /* A copy, because swscale may read some bytes beyond a row, and rows of the
     * picture have no padding. */
    ret = av_frame_get_buffer(rgb, 0);
    if (ret >= 0) {
        av_image_copy_plane(rgb->data[0], rgb->linesize[0], p->rgb, 3 * p->w,
                            3 * p->w, p->h);
        ret = convert(dst, rgb);
    }
    av_frame_free(&rgb);
    return ret;
}

static int encode_frame(AVCodecContext *enc, const AVFrame *frame,
                        uint8_t **data, size_t *size)
{
    AVPacket *pkt = av_packet_alloc();
    int ret = pkt ? avcodec_send_frame(enc, frame) : AVERROR(ENOMEM);

    if (ret >= 0)
        ret = avcodec_send_frame(enc, NULL);
    if (ret >= 0)
        ret = avcodec_receive_packet(enc, pkt);
    if (ret >= 0) {
        *size = pkt->size;
        *data = av_memdup(pkt->data, pkt->size);
        ret   = *data ? 0 : AVERROR(ENOMEM);
    }
    av_packet_free(&pkt);
    return ret;
}

int v360rig_image_encode(const Picture *p, const char *encoder, uint8_t **data,
                         size_t *size)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(encoder);
    AVCodecContext *enc = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    int ret = codec ? AVERROR(ENOMEM) : AVERROR_ENCODER_NOT_FOUND;

    if (codec && enc && frame) {
        const int jpeg = codec->id == AV_CODEC_ID_MJPEG;

        frame->format      = jpeg ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_RGB24;
        frame->color_range = AVCOL_RANGE_JPEG;
        frame->quality     = 3 * FF_QP2LAMBDA;
        enc->pix_fmt        = frame->format;
        enc->color_range    = AVCOL_RANGE_JPEG;
        enc->width          = p->w;
        enc->height         = p->h;
        enc->time_base      = (AVRational){ 1, 1 };
        enc->flags         |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
        enc->global_quality = frame->quality;
        ret = to_frame(p, frame);
        if (ret >= 0)
            ret = avcodec_open2(enc, codec, NULL);
        if (ret >= 0)
            ret = encode_frame(enc, frame, data, size);
    }
    if (ret < 0)
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", encoder, av_err2str(ret));
    av_frame_free(&frame);
    avcodec_free_context(&enc);
    return ret;
}

char *v360rig_image_uri(const Picture *p)
{
    static const char head[] = "data:image/jpeg;base64,";
    uint8_t *data = NULL;
    char *uri = NULL;
    size_t size;

    if (v360rig_image_encode(p, "mjpeg", &data, &size) >= 0 &&
        (uri = av_malloc(sizeof(head) + AV_BASE64_SIZE(size)))) {
        memcpy(uri, head, sizeof(head));
        av_base64_encode(uri + sizeof(head) - 1, AV_BASE64_SIZE(size), data,
                         size);
    }
    av_free(data);
    return uri;
}

void v360rig_image_sample(const Picture *p, double u, double v, uint8_t rgb[3])
{
    const double x = u * p->w - 0.5;
    const double y = av_clipd(v * p->h - 0.5, 0, p->h - 1);
    const int left = floor(x), top = floor(y);
    const int x0 = (left % p->w + p->w) % p->w, x1 = (x0 + 1) % p->w;
    const int bottom = FFMIN(top + 1, p->h - 1);
    const double fx = x - left, fy = y - top;
    const uint8_t *a = p->rgb + 3 * ((size_t)top * p->w);
    const uint8_t *b = p->rgb + 3 * ((size_t)bottom * p->w);

    for (int i = 0; i < 3; i++) {
        const double t = a[3 * x0 + i] * (1 - fx) + a[3 * x1 + i] * fx;
        const double s = b[3 * x0 + i] * (1 - fx) + b[3 * x1 + i] * fx;

        rgb[i] = lrint(t * (1 - fy) + s * fy);
    }
}
