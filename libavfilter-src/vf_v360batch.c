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
 * All views of a 360 degree video in one pass.
 */

#include "libavutil/attributes.h"
#include "filters.h"
#include "formats.h"
#include "v360batch/cpu/remap.h"
#include "v360batch/input.h"
#include "v360batch/options.h"
#include "v360batch/output.h"
#include "v360batch/props.h"
#include "video.h"

static int get_frames(AVFilterContext *ctx, AVFrame **out, const AVFrame *in)
{
    const V360BatchContext *s = ctx->priv;

    for (int i = 0; i < ctx->nb_outputs; i++) {
        AVFilterLink *outlink = ctx->outputs[i];
        int ret;

        if (ff_outlink_get_status(outlink))
            continue;
        out[i] = ff_get_video_buffer(outlink, outlink->w, outlink->h);
        if (!out[i])
            return AVERROR(ENOMEM);
        ret = ff_v360_frame_props(out[i], in, &s->rig.views[i],
                                  &s->views[i].geometry, s->exif);
        if (ret < 0)
            return ret;
        ff_v360_output_tag(out[i], s, i);
    }
    return 0;
}

/* Remap a frame, free it, and send the views to all outputs that are open. */
static int filter_frame(AVFilterContext *ctx, AVFrame *in)
{
    const V360BatchCPUContext *s = ctx->priv;
    AVFrame *out[V360_MAX_VIEWS] = { NULL };
    int ret = ff_v360_input_check_frame(ctx, in, in->format, 0);

    if (ret >= 0)
        ret = ff_v360_common_update_grids(ctx, in);
    /* slices are missing if their allocation failed for the previous frame */
    if (ret > 0 || (!ret && !s->slices))
        ret = ff_v360_cpu_update(ctx);
    if (ret >= 0)
        ret = get_frames(ctx, out, in);
    if (ret >= 0)
        ff_v360_cpu_remap(ctx, in, out);
    av_frame_free(&in);
    for (int i = 0; i < ctx->nb_outputs && ret >= 0; i++) {
        AVFrame *frame = out[i];

        out[i] = NULL;
        if (frame)
            ret = ff_filter_frame(ctx->outputs[i], frame);
    }
    for (int i = 0; i < ctx->nb_outputs; i++)
        av_frame_free(&out[i]);
    return ret;
}

static int activate(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0];
    int status, ret;
    int64_t pts;
    AVFrame *in;

    if (ff_v360_common_all_closed(ctx))
        return 0;
    ret = ff_inlink_consume_frame(inlink, &in);
    if (ret < 0)
        return ret;
    if (ret > 0)
        return filter_frame(ctx, in);
    if (ff_inlink_acknowledge_status(inlink, &status, &pts)) {
        ff_v360_common_close_outputs(ctx, status, pts);
        return 0;
    }
    FF_FILTER_FORWARD_WANTED_ANY(ctx, inlink);
    return FFERROR_NOT_READY;
}

static av_cold int config_input(AVFilterLink *inlink)
{
    const int ret = ff_v360_common_config_input(inlink, inlink->format);

    if (ret >= 0)
        ff_v360_cpu_config(inlink->dst);
    return ret;
}

static av_cold int init(AVFilterContext *ctx)
{
    const int ret = ff_v360_cpu_init(ctx);

    return ret < 0 ? ret : ff_v360_common_init(ctx);
}

static av_cold void uninit(AVFilterContext *ctx)
{
    ff_v360_cpu_uninit(ctx);
    ff_v360_common_uninit(ctx);
}

static const AVOption v360batch_options[] = {
    V360BATCH_OPTIONS,
    { NULL }
};

AVFILTER_DEFINE_CLASS(v360batch);

static const AVFilterPad inputs[] = {
    {
        .name         = "default",
        .type         = AVMEDIA_TYPE_VIDEO,
        .config_props = config_input,
    },
};

const FFFilter ff_vf_v360batch = {
    .p.name          = "v360batch",
    .p.description   = NULL_IF_CONFIG_SMALL("Extract many views of a 360 video."),
    .p.priv_class    = &v360batch_class,
    .p.flags         = AVFILTER_FLAG_DYNAMIC_OUTPUTS |
                       AVFILTER_FLAG_SLICE_THREADS,
    .priv_size       = sizeof(V360BatchCPUContext),
    .init            = init,
    .uninit          = uninit,
    .activate        = activate,
    .process_command = ff_v360_common_process_command,
    FILTER_INPUTS(inputs),
    FILTER_QUERY_FUNC2(ff_v360_output_query),
};
