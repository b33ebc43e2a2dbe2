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
 * threads for frames. Samples, messages and errors are mjpeg's, which decodes each
 * packet from the beginning.
 */

#include <string.h>

#include "avcodec.h"
#include "codec_internal.h"
#include "mjpegdec.h"
#include "profiles.h"
#include "thread.h"

typedef struct MJpegPicturesContext {
    MJpegDecodeContext mjpeg;   ///< is first, as mjpeg's functions look there for it
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

static int get_clear_buffer(AVCodecContext *avctx, AVFrame *frame, int flags)
{
    MJpegPicturesContext *ctx = avctx->priv_data;
    int ret = ctx->get_buffer2(avctx, frame, flags);

    /* of a frame that has to be whole nothing is left out */
    if (avctx->err_recognition & AV_EF_EXPLODE)
        return ret;
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
    const int ret = start_anew(avctx);

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
