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
 * JPEG encoder for CUDA frames, whose files are those of libturbojpeg: only they
 * leave the device. Frames are on their way while others are given out.
 */

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/cuda_check.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/mem.h"
#include "libavutil/opt.h"
#include "libavutil/pixdesc.h"

#include "libavcodec/codec_internal.h"
#include "libavcodec/encode.h"
#include "libavcodec/hwconfig.h"
#include "libavcodec/jpegenc_common.h"
#include "libavcodec/mjpeg.h"
#include "mjpeg_cuda.h"

static av_cold int check_format(AVCodecContext *avctx)
{
    static const enum AVPixelFormat formats[] = {
        AV_PIX_FMT_NV12,    AV_PIX_FMT_NV16,    AV_PIX_FMT_YUV420P,
        AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P,
    };
    MJpegCudaContext *ctx = avctx->priv_data;
    const AVHWFramesContext *frames;

    if (!avctx->hw_frames_ctx) {
        av_log(avctx, AV_LOG_ERROR, "CUDA frames without a context\n");
        return AVERROR(EINVAL);
    }
    frames = (const AVHWFramesContext *)avctx->hw_frames_ctx->data;
    ctx->sw_format = frames->sw_format;
    for (int i = 0; i < FF_ARRAY_ELEMS(formats); i++)
        if (formats[i] == ctx->sw_format)
            return 0;
    av_log(avctx, AV_LOG_ERROR, "CUDA frames of %s are not supported, but those "
           "of nv12, nv16, yuv420p, yuv422p and yuv444p\n",
           av_get_pix_fmt_name(ctx->sw_format));
    return AVERROR(ENOSYS);
}

static av_cold int alloc_slots(MJpegCudaContext *ctx)
{
    ctx->slot = av_calloc(ctx->async_depth, sizeof(*ctx->slot));
    for (int i = 0; i < ctx->async_depth && ctx->slot; i++)
        if (!(ctx->slot[i].frame = av_frame_alloc()))
            return AVERROR(ENOMEM);
    return ctx->slot ? 0 : AVERROR(ENOMEM);
}

/* Whatever the encoder does with the device, it does in its context. */
static int enter(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;

    return CHECK_CU(ctx->cu->cuCtxPushCurrent(ctx->hwctx->cuda_ctx));
}

static int leave(AVCodecContext *avctx, int ret)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    CUcontext dummy;
    const int left = CHECK_CU(ctx->cu->cuCtxPopCurrent(&dummy));

    return ret < 0 ? ret : left;
}

static av_cold int mjpeg_cuda_init(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    const AVHWFramesContext *frames;
    int ret;

    if ((ret = ff_jpegenc_check(avctx)) < 0 ||
        (ret = check_format(avctx)) < 0 ||
        (ret = alloc_slots(ctx)) < 0)
        return ret;
    frames = (const AVHWFramesContext *)avctx->hw_frames_ctx->data;
    ctx->device_ref = av_buffer_ref(frames->device_ref);
    if (!ctx->device_ref)
        return AVERROR(ENOMEM);
    ctx->hwctx = frames->device_ctx->hwctx;
    ctx->cu    = ctx->hwctx->internal->cuda_dl;
    ctx->density = ff_jpegenc_density(avctx);
    ff_mjpeg_cuda_quantisers(ctx->quant, ctx->quality);
    ret = enter(avctx);
    return ret < 0 ? ret : leave(avctx, ff_mjpeg_cuda_open(avctx));
}

static av_cold int mjpeg_cuda_close(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;

    if (ctx->device_ref && enter(avctx) >= 0) {
        ff_mjpeg_cuda_close(avctx);
        leave(avctx, 0);
    }
    for (int i = 0; i < ctx->async_depth && ctx->slot; i++)
        av_frame_free(&ctx->slot[i].frame);
    av_freep(&ctx->slot);
    av_buffer_unref(&ctx->device_ref);
    return 0;
}

static int check_frame(AVCodecContext *avctx, const AVFrame *frame)
{
    const MJpegCudaContext *ctx = avctx->priv_data;
    const AVHWFramesContext *frames = !frame->hw_frames_ctx ? NULL :
        (const AVHWFramesContext *)frame->hw_frames_ctx->data;

    if (frames && frames->sw_format == ctx->sw_format &&
        frames->device_ctx->hwctx == ctx->hwctx &&
        frame->width == avctx->width && frame->height == avctx->height)
        return 0;
    av_log(avctx, AV_LOG_ERROR, "a frame of another size, format or device than "
           "the first\n");
    return AVERROR(EINVAL);
}

static int submit(AVCodecContext *avctx, const AVFrame *frame)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaSlot *slot = &ctx->slot[(ctx->first + ctx->nb) % ctx->async_depth];
    const AVFrameSideData *icc;
    int ret;

    if ((ret = check_frame(avctx, frame)) < 0 ||
        (ret = ff_jpegenc_icc(avctx, frame, &icc)) < 0 ||
        (ret = av_frame_ref(slot->frame, frame)) < 0)
        return ret;
    ctx->nb++;
    ret = enter(avctx);
    if (ret >= 0)
        ret = leave(avctx, ff_mjpeg_cuda_submit(avctx, slot));
    return ctx->failed = ret;
}

static int write_packet(AVCodecContext *avctx, AVPacket *pkt,
                        const MJpegCudaSlot *slot, int64_t scan)
{
    const AVFrameSideData *icc;
    const AVFrame *frame = slot->frame;
    AVBufferRef *exif;
    PutByteContext pb;
    int64_t size;
    int ret = ff_jpegenc_icc(avctx, frame, &icc);

    if (ret < 0)
        return ret;
    exif = ff_jpegenc_exif(avctx, frame);
    size = ff_mjpeg_cuda_header_size(exif, icc) + scan + 2;
    ret  = size > INT_MAX - AV_INPUT_BUFFER_PADDING_SIZE ? AVERROR(ENOMEM) :
           ff_get_encode_buffer(avctx, pkt, size, 0);
    if (ret >= 0) {
        bytestream2_init_writer(&pb, pkt->data, pkt->size);
        ff_mjpeg_cuda_write_header(avctx, &pb, exif, icc);
        bytestream2_put_buffer(&pb, (const uint8_t *)(slot->host + 1), scan);
        bytestream2_put_be16(&pb, 0xff00 | EOI);
        av_shrink_packet(pkt, bytestream2_tell_p(&pb));
        pkt->pts      = frame->pts;
        pkt->duration = frame->duration;
        ret = ff_encode_reordered_opaque(avctx, pkt, frame);
    }
    av_buffer_unref(&exif);
    return ret;
}

/* Give out the first frame on its way. */
static int give_out(AVCodecContext *avctx, AVPacket *pkt)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaSlot *slot = &ctx->slot[ctx->first];
    int64_t scan;
    int ret = enter(avctx);

    if (ret >= 0) {
        scan = ff_mjpeg_cuda_wait(avctx, slot);
        ret  = leave(avctx, FFMIN(scan, 0));
    }
    ctx->failed = ret;
    if (ret < 0)
        return ret; /* the device may still read the frame */
    ret = write_packet(avctx, pkt, slot, scan);
    av_frame_unref(slot->frame);
    ctx->first = (ctx->first + 1) % ctx->async_depth;
    ctx->nb--;
    return ret;
}

static int mjpeg_cuda_encode(AVCodecContext *avctx, AVPacket *pkt,
                             const AVFrame *frame, int *got_packet)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    int ret = ctx->failed;

    if (ret >= 0 && frame)
        ret = submit(avctx, frame);
    if (ret >= 0 && ctx->nb && (!frame || ctx->nb == ctx->async_depth)) {
        ret = give_out(avctx, pkt);
        *got_packet = ret >= 0;
    }
    return ret;
}

#define OFFSET(x) offsetof(MJpegCudaContext, x)
#define VE AV_OPT_FLAG_VIDEO_PARAM | AV_OPT_FLAG_ENCODING_PARAM
static const AVOption options[] = {
    { "quality", "Quality, on the scale of libjpeg", OFFSET(quality),
      AV_OPT_TYPE_INT, { .i64 = 92 }, 1, 100, VE },
    { "async_depth", "Frames that are encoded at once", OFFSET(async_depth),
      AV_OPT_TYPE_INT, { .i64 = 3 }, 1, 64, VE },
    { NULL },
};

static const AVClass mjpeg_cuda_class = {
    .class_name = "mjpeg_cuda",
    .item_name  = av_default_item_name,
    .option     = options,
    .version    = LIBAVUTIL_VERSION_INT,
};

static const AVCodecHWConfigInternal *const mjpeg_cuda_hw_configs[] = {
    HW_CONFIG_ENCODER_FRAMES(CUDA, CUDA),
    NULL,
};

const FFCodec ff_mjpeg_cuda_encoder = {
    .p.name         = "mjpeg_cuda",
    CODEC_LONG_NAME("MJPEG (Motion JPEG) with CUDA"),
    .p.type         = AVMEDIA_TYPE_VIDEO,
    .p.id           = AV_CODEC_ID_MJPEG,
    .priv_data_size = sizeof(MJpegCudaContext),
    .init           = mjpeg_cuda_init,
    FF_CODEC_ENCODE_CB(mjpeg_cuda_encode),
    .close          = mjpeg_cuda_close,
    .p.capabilities = AV_CODEC_CAP_DR1 | AV_CODEC_CAP_DELAY |
                      AV_CODEC_CAP_HARDWARE |
                      AV_CODEC_CAP_ENCODER_REORDERED_OPAQUE,
    .caps_internal  = FF_CODEC_CAP_INIT_CLEANUP | FF_CODEC_CAP_ICC_PROFILES,
    CODEC_PIXFMTS(AV_PIX_FMT_CUDA),
    .p.priv_class   = &mjpeg_cuda_class,
    .hw_configs     = mjpeg_cuda_hw_configs,
    .get_supported_config = ff_jpegenc_get_supported_config,
};
