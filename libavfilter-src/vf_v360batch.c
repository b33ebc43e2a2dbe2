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

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "filters.h"
#include "formats.h"
#include "v360batch/cpu/remap.h"
#include "v360batch/input.h"
#include "v360batch/options.h"
#include "v360batch/output.h"
#include "v360batch/props.h"
#include "video.h"

/* Get a frame from each output that is open. */
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

/* Send the views to all outputs that are open. */
static int send_frames(AVFilterContext *ctx, AVFrame **out)
{
    int ret = 0;

    for (int i = 0; i < ctx->nb_outputs && ret >= 0; i++) {
        AVFrame *frame = out[i];

        out[i] = NULL;
        if (frame)
            ret = ff_filter_frame(ctx->outputs[i], frame);
    }
    return ret;
}

/* Remap one frame or two, free them, and send their views. */
static int remap_frames(AVFilterContext *ctx, AVFrame *first, AVFrame *second)
{
    V360RemapJob job = {
        .frame     = { { .in = first }, { .in = second } },
        .nb_frames = second ? 2 : 1,
    };
    int ret = 0;

    for (int i = 0; i < job.nb_frames && ret >= 0; i++)
        ret = get_frames(ctx, job.frame[i].out, job.frame[i].in);
    if (ret >= 0)
        ff_v360_cpu_remap(ctx, &job);
    av_frame_free(&first);
    av_frame_free(&second);
    for (int i = 0; i < job.nb_frames && ret >= 0; i++)
        ret = send_frames(ctx, job.frame[i].out);
    for (int i = 0; i < job.nb_frames; i++)
        for (int k = 0; k < ctx->nb_outputs; k++)
            av_frame_free(&job.frame[i].out[k]);
    return ret;
}

/* Remap the frame that waits, if there is one. */
static int send_held(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    AVFrame *held = s->held;

    s->held = NULL;
    return held ? remap_frames(ctx, held, NULL) : 0;
}

/* Bring all up to date with a frame, before which no other one waits. Returns
 * whether something has changed, or an error. */
static int prepare(AVFilterContext *ctx, const AVFrame *in)
{
    const V360BatchCPUContext *s = ctx->priv;
    int ret = ff_v360_common_update_grids(ctx, in);

    /* slices are missing if their allocation failed for the previous frame */
    if (ret < 0 || (!ret && s->slices))
        return ret;
    ret = ff_v360_cpu_update(ctx);
    return ret < 0 ? ret : 1;
}

/* The first frame after a change does not wait: a single picture is there at
 * once, and so is what a command does. */
static int filter_frame(AVFilterContext *ctx, AVFrame *in)
{
    V360BatchCPUContext *s = ctx->priv;
    AVFrame *held = s->held;
    int ret = ff_v360_input_check_frame(ctx, in, in->format, 0);

    ff_v360_input_arrived(&s->arrival, !held);
    if (ret >= 0 && held) {
        s->held = NULL;
        return remap_frames(ctx, held, in);
    }
    if (ret >= 0)
        ret = prepare(ctx, in);
    if (ret < 0) {
        av_frame_free(&in);
        return ret;
    }
    if (ret > 0 || !s->pairs || ff_v360_input_is_late(&s->arrival, s->delay))
        return remap_frames(ctx, in, NULL);
    s->held = in;
    return 0;
}

/* The end of the source, after the frame that waits. */
static int end(AVFilterContext *ctx, int status, int64_t pts)
{
    const int ret = send_held(ctx);

    ff_v360_common_close_outputs(ctx, status, pts);
    return ret;
}

/* Consume a frame, or make room for one that is unlike the frame that waits. */
static int consume_frame(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0];
    const V360BatchCPUContext *s = ctx->priv;
    AVFrame *in;
    int ret;

    if (s->held &&
        !ff_v360_input_is_alike(s->held, ff_inlink_peek_frame(inlink, 0))) {
        ff_filter_set_ready(ctx, 100);
        return send_held(ctx);
    }
    ret = ff_inlink_consume_frame(inlink, &in);
    return ret > 0 ? filter_frame(ctx, in) : ret;
}

static int activate(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0];
    V360BatchCPUContext *s = ctx->priv;
    int status;
    int64_t pts;

    if (ff_v360_common_all_closed(ctx)) {
        av_frame_free(&s->held);
        return 0;
    }
    if (s->failed < 0)
        return s->failed;
    while (ff_inlink_check_available_frame(inlink)) {
        const int ret = consume_frame(ctx);

        if (ret < 0 || !s->held)
            return ret;
    }
    if (ff_inlink_acknowledge_status(inlink, &status, &pts))
        return end(ctx, status, pts);
    FF_FILTER_FORWARD_WANTED_ANY(ctx, inlink);
    return FFERROR_NOT_READY;
}

/* A command holds from the next frame on, so the frame that waits is remapped
 * before. "flush" does only that. A command to another filter does not. */
static int process_command(AVFilterContext *ctx, const char *cmd,
                           const char *arg, char *res, int res_len, int flags)
{
    V360BatchCPUContext *s = ctx->priv;
    const int flush = !strcmp(cmd, "flush");
    const char *field;
    int ret = flush ? 0 : ff_v360_common_find_command(ctx, cmd, &field);

    if (ret >= 0)
        ret = s->failed = send_held(ctx);
    if (ret < 0 || flush)
        return ret;
    return ff_v360_common_process_command(ctx, cmd, arg, res, res_len, flags);
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
    V360BatchCPUContext *s = ctx->priv;

    /* Not a warning: ffmpeg ends like this after -t and -frames, and nobody
     * misses this frame. */
    if (s->held)
        av_log(ctx, AV_LOG_VERBOSE, "a frame that waits for the next one is "
               "not sent: the filtergraph ends without the command flush\n");
    av_frame_free(&s->held);
    ff_v360_cpu_uninit(ctx);
    ff_v360_common_uninit(ctx);
}

static const AVOption v360batch_options[] = {
    V360BATCH_OPTIONS,
    { "delay", "how long a frame may wait to be remapped with the next one",
      offsetof(V360BatchCPUContext, delay), AV_OPT_TYPE_DURATION,
      { .i64 = 1000000 }, 0, INT64_MAX, V360_FLAGS },
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
    .process_command = process_command,
    FILTER_INPUTS(inputs),
    FILTER_QUERY_FUNC2(ff_v360_output_query),
};
