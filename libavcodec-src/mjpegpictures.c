/*
 * JPEG decoding, each picture by itself
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
 * JPEG decoder for pictures, each of which is all there is of it: nothing is kept
 * from one packet to the next, as mjpeg keeps tables and fields of video. So it has
 * threads for frames. Samples, messages and errors are mjpeg's, which reads the
 * headers, and all of a picture that is not a plain one without fault.
 */

#include <string.h>

#include "libavutil/intreadwrite.h"
#include "libavutil/stereo3d.h"

#include "avcodec.h"
#include "codec_internal.h"
#include "decode.h"
#include "exif_internal.h"
#include "mjpeg.h"
#include "mjpegpictures.h"
#include "profiles.h"
#include "thread.h"

typedef struct MJpegPicturesContext {
    MJpegDecodeContext mjpeg;   ///< is first, as mjpeg's functions look there for it
    MJpegScan scan;
    int (*get_buffer2)(AVCodecContext *avctx, AVFrame *frame, int flags); ///< the user's

    /* What the container says, and each packet begins with. */
    AVRational aspect;
    enum AVColorRange range;
    int coded_height;
} MJpegPicturesContext;

static av_cold int pictures_init(AVCodecContext *avctx)
{
    MJpegPicturesContext *ctx = avctx->priv_data;

    ctx->aspect = avctx->sample_aspect_ratio;
    ctx->range  = avctx->color_range;
    /* A picture that is much lower than its container says is taken for a field.
     * The pictures of a list, which has no tag, have heights of their own. */
    ctx->coded_height = avctx->codec_tag ? avctx->coded_height : 0;
    return ff_mjpeg_decode_init(avctx);
}

/* Forget all that another packet has left. */
static int start_anew(AVCodecContext *avctx)
{
    MJpegPicturesContext *ctx = avctx->priv_data;

    ff_mjpeg_decode_end(avctx);
    memset(&ctx->mjpeg, 0, sizeof(ctx->mjpeg));
    avctx->sample_aspect_ratio = ctx->aspect;
    avctx->color_range         = ctx->range;
    avctx->coded_height        = ctx->coded_height;
    return ff_mjpeg_decode_init(avctx);
}

/* mjpeg reads up to the size, where it stops if it need not decode the frame. */
static int read_header(AVCodecContext *avctx, AVPacket *pkt)
{
    const enum AVDiscard skip_frame = avctx->skip_frame;
    int ret, got_frame = 0;

    avctx->skip_frame = AVDISCARD_ALL;
    ret = ff_mjpeg_decode_frame(avctx, NULL, &got_frame, pkt);
    avctx->skip_frame = skip_frame;
    return ret;
}

/* Whether mjpeg would give the planes as they are in the file. */
static int is_plain(const AVCodecContext *avctx)
{
    const MJpegDecodeContext *s = avctx->priv_data;

    switch (avctx->pix_fmt) {
    case AV_PIX_FMT_GRAY8:
    case AV_PIX_FMT_YUV420P: case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUV422P: case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUV444P: case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUV440P: case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUV411P: case AV_PIX_FMT_YUVJ411P:
        break;
    default:
        return 0;
    }
    return s->bits == 8 && !s->lossless && !s->progressive && !s->interlaced &&
           !s->flipped && !AV_RB32(s->upscale_h) && !AV_RB32(s->upscale_v) &&
           !avctx->lowres && avctx->codec_tag != MKTAG('M', 'T', 'S', 'J') &&
           avctx->width == s->width && avctx->height == s->height;
}

/* Read a segment that may be in front of the scan. Return whether it is as usual. */
static int read_segment(MJpegDecodeContext *s, int marker, int size, int has_frame)
{
    switch (marker) {
    case DQT:
        return ff_mjpeg_decode_dqt(s) >= 0 && bytestream2_tell(&s->gB) == size;
    case DHT:
        return ff_mjpeg_decode_dht(s) >= 0 && bytestream2_tell(&s->gB) == size;
    case DRI:
        s->restart_interval = AV_RB16(s->gB.buffer + 2);
        return size == 4;
    default: /* others, mjpeg has read up to the size of the picture */
        return !has_frame && size >= 6 &&
               (marker == SOF0 || marker == SOF1 || marker == COM ||
                (marker >= APP0 && marker <= APP15));
    }
}

/* Read what is between the start and the scan. Return whether all is as usual. */
static int find_scan(MJpegDecodeContext *s, const AVPacket *pkt)
{
    const uint8_t *ptr = pkt->data, *const end = pkt->data + pkt->size;
    int has_frame = 0, marker;

    if (ff_mjpeg_find_marker(&ptr, end) != SOI)
        return 0;
    while ((marker = ff_mjpeg_find_marker(&ptr, end)) >= 0) {
        const int size = end - ptr < 4 ? 0 : AV_RB16(ptr);

        bytestream2_init(&s->gB, ptr, end - ptr);
        if (marker == SOS)
            return has_frame;
        if (size < 4 || size > end - ptr ||
            !read_segment(s, marker, size, has_frame))
            return 0;
        has_frame |= marker == SOF0 || marker == SOF1;
        ptr       += size;
    }
    return 0;
}

static int attach_icc(AVCodecContext *avctx, AVFrame *frame)
{
    const MJpegDecodeContext *s = avctx->priv_data;
    AVFrameSideData *sd;
    size_t size = 0;
    int ret;

    if (!s->iccnum || s->iccnum != s->iccread)
        return 0;
    for (int i = 0; i < s->iccnum; i++)
        size += s->iccentries[i].length;
    ret = ff_frame_new_side_data(avctx, frame, AV_FRAME_DATA_ICC_PROFILE, size, &sd);
    if (ret < 0 || !sd)
        return ret;
    size = 0;
    for (int i = 0; i < s->iccnum; i++) {
        memcpy(sd->data + size, s->iccentries[i].data, s->iccentries[i].length);
        size += s->iccentries[i].length;
    }
    return 0;
}

/* As mjpeg does when it has decoded a frame. */
static int attach_side_data(AVCodecContext *avctx, AVFrame *frame)
{
    MJpegDecodeContext *s = avctx->priv_data;
    AVStereo3D *stereo = s->stereo3d ? av_stereo3d_create_side_data(frame) : NULL;
    int ret = attach_icc(avctx, frame);

    if (stereo) {
        stereo->type  = s->stereo3d->type;
        stereo->flags = s->stereo3d->flags;
    }
    if (ret >= 0 && s->exif_metadata.entries &&
        ff_decode_exif_attach_ifd(avctx, frame, &s->exif_metadata) < 0)
        av_log(avctx, AV_LOG_WARNING, "couldn't attach EXIF metadata\n");
    return ret;
}

/* Return 1 if the frame is there, 0 if mjpeg shall decode it. */
static int decode_plain(AVCodecContext *avctx, AVFrame *frame, AVPacket *pkt)
{
    MJpegPicturesContext *ctx = avctx->priv_data;
    int ret;

    if (read_header(avctx, pkt) < 0 || !is_plain(avctx) ||
        !find_scan(&ctx->mjpeg, pkt))
        return 0;
    ret = ff_thread_get_buffer(avctx, frame, 0);
    if (ret < 0)
        return ret;
    if (!ff_mjpeg_scan_decode(&ctx->scan, &ctx->mjpeg, frame)) {
        av_frame_unref(frame);
        return 0;
    }
    frame->pict_type = AV_PICTURE_TYPE_I;
    frame->flags    |= AV_FRAME_FLAG_KEY;
    ret = attach_side_data(avctx, frame);
    return ret < 0 ? ret : 1;
}

static int get_clear_buffer(AVCodecContext *avctx, AVFrame *frame, int flags)
{
    MJpegPicturesContext *ctx = avctx->priv_data;
    int ret = ctx->get_buffer2(avctx, frame, flags);

    for (int i = 0; ret >= 0 && i < FF_ARRAY_ELEMS(frame->buf) && frame->buf[i]; i++)
        memset(frame->buf[i]->data, 0, frame->buf[i]->size);
    return ret;
}

/* Where mjpeg cannot decode, it leaves in a frame what was there: no other frame. */
static int decode_by_mjpeg(AVCodecContext *avctx, AVFrame *frame, int *got_frame,
                           AVPacket *pkt)
{
    MJpegPicturesContext *ctx = avctx->priv_data;
    int ret;

    ctx->get_buffer2   = avctx->get_buffer2;
    avctx->get_buffer2 = get_clear_buffer;
    ret = ff_mjpeg_decode_frame(avctx, frame, got_frame, pkt);
    avctx->get_buffer2 = ctx->get_buffer2;
    /* The thread may be given its next packet late, or never. */
    av_frame_unref(ctx->mjpeg.picture_ptr);
    return ret;
}

static int pictures_decode(AVCodecContext *avctx, AVFrame *frame, int *got_frame,
                           AVPacket *pkt)
{
    int ret = start_anew(avctx);

    if (ret >= 0 && avctx->skip_frame < AVDISCARD_ALL) {
        ret = decode_plain(avctx, frame, pkt);
        if (ret > 0) {
            *got_frame = 1;
            return pkt->size;
        }
        if (!ret)
            ret = start_anew(avctx);
    }
    return ret < 0 ? ret : decode_by_mjpeg(avctx, frame, got_frame, pkt);
}

const FFCodec ff_mjpeg_pictures_decoder = {
    .p.name         = "mjpeg_pictures",
    CODEC_LONG_NAME("MJPEG (Motion JPEG), each picture by itself"),
    .p.type         = AVMEDIA_TYPE_VIDEO,
    .p.id           = AV_CODEC_ID_MJPEG,
    .priv_data_size = sizeof(MJpegPicturesContext),
    .init           = pictures_init,
    .close          = ff_mjpeg_decode_end,
    FF_CODEC_DECODE_CB(pictures_decode),
    .p.capabilities = AV_CODEC_CAP_DR1 | AV_CODEC_CAP_FRAME_THREADS,
    .p.profiles     = NULL_IF_CONFIG_SMALL(ff_mjpeg_profiles),
    .caps_internal  = FF_CODEC_CAP_INIT_CLEANUP |
                      FF_CODEC_CAP_SKIP_FRAME_FILL_PARAM |
                      FF_CODEC_CAP_ICC_PROFILES,
};
