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


#include "libavutil/attributes.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/log.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/avfilter.h"
#include "cuda.h"

/**
 * @file
 * Software formats of CUDA frames, which link negotiation does not know: that
 * of the source, and that of all outputs.
 */

av_cold int ff_v360_cuda_check_format(AVFilterContext *ctx,
                                      enum AVPixelFormat format)
{
    const V360BatchCudaContext *s = ctx->priv;
    const int alpha = s->common.alpha_mask;

    if (ff_v360_is_listed(alpha ? ff_v360_alpha_formats : ff_v360_formats, format))
        return 0;
    av_log(ctx, AV_LOG_ERROR, "frames of %s are not supported%s\n",
           av_get_pix_fmt_name(format),
           alpha ? ": alpha_mask takes only formats with alpha" : "");
    return AVERROR(ENOSYS);
}

av_cold int ff_v360_cuda_choose_format(AVFilterContext *ctx,
                                       const AVHWFramesContext *in)
{
    V360BatchCudaContext *s = ctx->priv;
    const enum AVPixelFormat format = s->format_option;
    AVHWFramesConstraints *limits;
    const char *why = NULL;

    s->common.out_pix_fmt = in->sw_format;
    if (format == AV_PIX_FMT_NONE)
        return 0;
    limits = av_hwdevice_get_hwframe_constraints(s->device_ref, NULL);
    if (!limits)
        return AVERROR(ENOMEM);
    if (!ff_v360_is_listed(ff_v360_formats, format) ||
        !ff_v360_is_listed(limits->valid_sw_formats, format))
        why = "no format of CUDA frames that views can be converted to";
    else if (s->common.alpha_mask && !ff_v360_is_listed(ff_v360_alpha_formats, format))
        why = "a format without alpha, which alpha_mask asks for";
    av_hwframe_constraints_free(&limits);
    s->common.out_pix_fmt = format;
    if (!why)
        return 0;
    av_log(ctx, AV_LOG_ERROR, "format=%s is %s\n", av_get_pix_fmt_name(format),
           why);
    return AVERROR(EINVAL);
}
