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

#include <stdint.h>

#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/hwcontext.h"
#include "libavutil/log.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/v360batch/input.h"
#include "cuda.h"

/**
 * @file
 * Checks of the frames that come in: whether the kernel can read them, and
 * whether two of them can be in one batch.
 */

static int check_cuda_frame(AVFilterContext *ctx, const AVFrame *in)
{
    const V360BatchCudaContext *s = ctx->priv;
    const AVHWFramesContext *frames;
    const AVCUDADeviceContext *device;
    int ret;

    if (!in->hw_frames_ctx) {
        av_log(ctx, AV_LOG_ERROR, "a CUDA frame without a context\n");
        return AVERROR(EINVAL);
    }
    frames = (const AVHWFramesContext *)in->hw_frames_ctx->data;
    device = frames->device_ctx->hwctx;
    if (device->cuda_ctx != s->hwctx->cuda_ctx) {
        av_log(ctx, AV_LOG_ERROR, "a frame of another CUDA device than the "
               "filtergraph is configured for\n");
        return AVERROR(EINVAL);
    }
    ret = ff_v360_input_check_frame(ctx, in, frames->sw_format, 1);
    for (int i = 0; i < s->common.format.nb_planes && ret >= 0; i++) {
        if (in->linesize[i] > 0 &&
            (int64_t)in->linesize[i] * in->height <= INT32_MAX)
            continue;
        av_log(ctx, AV_LOG_ERROR, "plane %d of a frame has %d rows of %d "
               "bytes: it must be below 2 GiB, from the top down\n", i,
               in->height, in->linesize[i]);
        ret = AVERROR(EINVAL);
    }
    return ret;
}

int ff_v360_cuda_check_frame(AVFilterContext *ctx, const AVFrame *in)
{
    const V360BatchCudaContext *s = ctx->priv;

    return s->upload.stream ?
           ff_v360_input_check_frame(ctx, in, in->format, 0) :
           check_cuda_frame(ctx, in);
}

int ff_v360_cuda_is_alike(const AVFrame *a, const AVFrame *b)
{
    if (a->format != AV_PIX_FMT_CUDA)
        return ff_v360_input_same_props(a, b);
    return ff_v360_input_is_alike(a, b) && b->hw_frames_ctx &&
           a->hw_frames_ctx->data == b->hw_frames_ctx->data;
}
