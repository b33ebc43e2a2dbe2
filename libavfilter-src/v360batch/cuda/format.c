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
#include "libavutil/opt.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/formats.h"
#include "libavfilter/v360batch/output.h"
#include "cuda.h"

/**
 * @file
 * Formats: what links are offered, and software formats of CUDA frames, which
 * link negotiation does not know.
 */

/* Enough for all formats and the end of the list. */
#define MAX_FORMATS 256

/** What the filters before this one can send. */
enum Source { SOFTWARE, CUDA, EITHER };

static av_cold enum Source offered_by(const AVFilterLink *link)
{
    const AVFilterFormats *f = link->incfg.formats;
    unsigned cuda = 0;

    for (unsigned i = 0; f && i < f->nb_formats; i++)
        cuda += f->formats[i] == AV_PIX_FMT_CUDA;
    return !f ? EITHER : !cuda ? SOFTWARE : cuda == f->nb_formats ? CUDA
                                                                  : EITHER;
}

/* Filters that pass on what they get offer all formats until those before them
 * have been asked, too: so all of them are looked at up to one that does not,
 * or to the source of the filtergraph, which knows its format from the start. */
static av_cold enum Source find_source(const AVFilterContext *ctx)
{
    const AVFilterLink *link = ctx->inputs[0];
    enum AVPixelFormat format;

    while (1) {
        const enum Source source = offered_by(link);
        AVFilterContext *src = link->src;

        if (source != EITHER)
            return source;
        if (!src->nb_inputs)
            return av_opt_get_pixel_fmt(src, "pix_fmt", AV_OPT_SEARCH_CHILDREN,
                                        &format) < 0 ? EITHER :
                   format == AV_PIX_FMT_CUDA         ? CUDA : SOFTWARE;
        link = src->inputs[0];
    }
}

/*
 * Whether a view of CUDA frames may become this format unasked. FFmpeg cannot
 * tell how much of a CUDA frame is lost in one, and takes the smallest that is
 * offered: so there is no gray, nor less chroma than 4:2:0 has, or than 4:4:4
 * where all formats have alpha.
 */
static av_cold int is_usual(enum AVPixelFormat format, int alpha)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);

    return desc->nb_components >= 3 && desc->comp[0].depth != 9 &&
           desc->log2_chroma_w <= !alpha &&
           desc->log2_chroma_h <= desc->log2_chroma_w;
}

/* Views are software frames where the source is, and CUDA frames where it is,
 * unless what follows them wants something else. */
av_cold int ff_v360_cuda_query_formats(const AVFilterContext *ctx,
                                       AVFilterFormatsConfig **cfg_in,
                                       AVFilterFormatsConfig **cfg_out)
{
    static const enum AVPixelFormat cuda[] = {
        AV_PIX_FMT_CUDA, AV_PIX_FMT_NONE
    };
    V360BatchCudaContext *s = ctx->priv;
    const int alpha = s->common.alpha_mask;
    const enum AVPixelFormat *f = alpha ? ff_v360_alpha_output_formats
                                        : ff_v360_output_formats;
    const enum Source source = find_source(ctx);
    enum AVPixelFormat out[MAX_FORMATS];
    int n = 0;

    if (source == EITHER && !s->asked) {
        s->asked = 1;
        return AVERROR(EAGAIN);
    }
    for (; *f != AV_PIX_FMT_NONE; f++)
        if (source == SOFTWARE || is_usual(*f, alpha))
            out[n++] = *f;
    out[n++] = AV_PIX_FMT_CUDA;
    out[n]   = AV_PIX_FMT_NONE;
    return ff_v360_output_offer(ctx, cfg_in, cfg_out, source == CUDA ? cuda :
                                alpha ? ff_v360_alpha_formats
                                      : ff_v360_formats, out);
}

av_cold int ff_v360_cuda_check_format(AVFilterContext *ctx,
                                      enum AVPixelFormat format)
{
    const V360BatchCudaContext *s = ctx->priv;
    const int alpha = s->common.alpha_mask;

    if (ff_v360_is_listed(alpha ? ff_v360_alpha_formats : ff_v360_formats,
                          format))
        return 0;
    av_log(ctx, AV_LOG_ERROR, "frames of %s are not supported%s\n",
           av_get_pix_fmt_name(format),
           alpha ? ": alpha_mask takes only formats with alpha" : "");
    return AVERROR(ENOSYS);
}

/* Find the format of CUDA frames in which the least of the source is lost. */
static av_cold enum AVPixelFormat nearest(const enum AVPixelFormat *valid,
                                          enum AVPixelFormat source, int alpha)
{
    enum AVPixelFormat best = AV_PIX_FMT_NONE;

    for (; *valid != AV_PIX_FMT_NONE; valid++)
        if (ff_v360_is_listed(alpha ? ff_v360_alpha_formats : ff_v360_formats,
                              *valid))
            best = av_find_best_pix_fmt_of_2(best, *valid, source, 1, NULL);
    return best;
}

av_cold int ff_v360_cuda_choose_format(AVFilterContext *ctx,
                                       enum AVPixelFormat source)
{
    V360BatchCudaContext *s = ctx->priv;
    const int alpha = s->common.alpha_mask;
    enum AVPixelFormat format = s->format_option;
    AVHWFramesConstraints *limits;
    const char *why = NULL;

    limits = av_hwdevice_get_hwframe_constraints(s->device_ref, NULL);
    if (!limits)
        return AVERROR(ENOMEM);
    if (format == AV_PIX_FMT_NONE)
        format = nearest(limits->valid_sw_formats, source, alpha);
    else if (!ff_v360_is_listed(ff_v360_formats, format) ||
             !ff_v360_is_listed(limits->valid_sw_formats, format))
        why = "no format of CUDA frames that views can be converted to";
    else if (alpha && !ff_v360_is_listed(ff_v360_alpha_formats, format))
        why = "a format without alpha, which alpha_mask asks for";
    av_hwframe_constraints_free(&limits);
    s->common.out_pix_fmt = format;
    if (!why)
        return 0;
    av_log(ctx, AV_LOG_ERROR, "format=%s is %s\n", av_get_pix_fmt_name(format),
           why);
    return AVERROR(EINVAL);
}
