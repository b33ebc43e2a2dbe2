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
 * All views of a batch of frames of a 360 degree video in one launch.
 */

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/error.h"
#include "libavutil/opt.h"
#include "filters.h"
#include "v360batch/cuda/cuda.h"
#include "v360batch/input.h"
#include "v360batch/options.h"
#include "video.h"

static void drop_queue(V360BatchCudaContext *s)
{
    for (int i = 0; i < s->nb_queued; i++)
        av_frame_free(&s->queue[i]);
    s->nb_queued = 0;
}

static av_cold void close_device(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    if (!s->device_ref)
        return;
    drop_queue(s);
    ff_v360_cuda_drop_sets(ctx);
    ff_v360_cuda_close(ctx);
    s->ready = 0;
    s->batch = 0;
}

static av_cold int config_input(AVFilterLink *inlink)
{
    AVFilterContext *ctx = inlink->dst;
    V360BatchCudaContext *s = ctx->priv;
    enum AVPixelFormat format;
    int ret;

    close_device(ctx);
    s->delay = s->delay_option >= 0 ? s->delay_option :
               s->batch_option      ? INT64_MAX : 1000000;
    if ((ret = ff_v360_cuda_open(ctx, &format)) < 0 ||
        (ret = ff_v360_cuda_check_format(ctx, format)) < 0 ||
        (ret = ff_v360_cuda_choose_format(ctx, format)) < 0 ||
        (ret = ff_v360_common_config_input(inlink, format)) < 0)
        return ret;
    return ff_v360_cuda_configure(ctx);
}

/* Prepare for the first frame of a batch: grids and the size of the batch. */
static int prepare(AVFilterContext *ctx, const AVFrame *in)
{
    V360BatchCudaContext *s = ctx->priv;
    const int changed = ff_v360_common_update_grids(ctx, in);
    CUcontext dummy;
    int ret = 0;

    /* not ready if this failed for the previous frame */
    if (changed < 0 || (!changed && s->ready))
        return changed;
    s->ready = 0;
    ret = CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx));
    if (ret < 0)
        return ret;
    ret = ff_v360_cuda_setup(ctx);
    if (ret >= 0)
        ret = ff_v360_cuda_update_conversions(ctx);
    if (ret >= 0 && !s->batch) {
        ret = ff_v360_cuda_choose_batch(ctx, in);
        if (ret < 0)
            s->batch = 0;
    }
    if (CHECK_CU(s->cu->cuCtxPopCurrent(&dummy)) < 0 && ret >= 0)
        ret = AVERROR_EXTERNAL;
    s->ready = ret >= 0;
    return ret;
}

static int enqueue(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    AVFrame *in;
    int ret = ff_inlink_consume_frame(ctx->inputs[0], &in);

    if (ret <= 0)
        return ret;
    ret = ff_v360_cuda_check_frame(ctx, in);
    if (ret >= 0 && !s->nb_queued)
        ret = prepare(ctx, in);
    if (ret >= 0)
        ret = ff_v360_cuda_upload_frame(ctx, &in);
    if (ret < 0) {
        av_frame_free(&in);
        return ret;
    }
    ff_v360_input_arrived(&s->arrival, !s->nb_queued);
    s->arrived[s->nb_queued] = s->arrival.last;
    s->queue[s->nb_queued++] = in;
    return 0;
}

/* Take a frame that waits at the input, if it can be in one batch with those of
 * the queue. Returns whether it was taken. */
static int take_frame(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    AVFilterLink *inlink = ctx->inputs[0];
    int ret;

    if (!ff_inlink_check_available_frame(inlink))
        return 0;
    s->unlike = s->nb_queued &&
                !ff_v360_cuda_is_alike(s->queue[0],
                                       ff_inlink_peek_frame(inlink, 0));
    if (s->unlike || (s->nb_queued && s->nb_queued >= s->batch))
        return 0;
    ret = enqueue(ctx);
    return ret < 0 ? ret : 1;
}

/* Whether the queue is to be remapped as it is. Its frames wait for each other
 * for half of the delay, as their views then wait as long again. */
static int is_complete(const V360BatchCudaContext *s)
{
    const int64_t delay = s->delay == INT64_MAX ? s->delay : s->delay / 2;

    return s->nb_queued && (s->nb_queued >= s->batch || s->eof || s->unlike ||
                            ff_v360_input_is_late(&s->arrival, delay));
}

static int activate(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0];
    V360BatchCudaContext *s = ctx->priv;
    int took, ret;

    if (ff_v360_common_all_closed(ctx)) {
        drop_queue(s);
        ff_v360_cuda_drop_sets(ctx);
        return 0;
    }
    if (s->failed < 0)
        return s->failed;
    /* filters after this one run first, and free what they have consumed */
    if (ff_v360_cuda_set_is_due(ctx)) {
        ff_filter_set_ready(ctx, 100);
        return ff_v360_cuda_send_set(ctx);
    }
    took = take_frame(ctx);
    if (took < 0)
        return took;
    if (!s->eof)
        s->eof = ff_inlink_acknowledge_status(inlink, &s->status,
                                              &s->status_pts);
    if (is_complete(s)) {
        ff_filter_set_ready(ctx, 100);
        ret = ff_v360_cuda_run_batch(ctx);
        if (ret == AVERROR(EAGAIN) && s->nb_sets)
            return ff_v360_cuda_send_set(ctx);
        if (ret < 0 && ret != AVERROR(EAGAIN))
            return ret;
    }
    if (took) {
        ff_filter_set_ready(ctx, 100);
        ret = ff_v360_cuda_set_is_ready(ctx);
        return ret > 0 ? ff_v360_cuda_send_set(ctx) : ret;
    }
    if (s->eof && !s->nb_queued && !s->nb_sets) {
        ff_v360_common_close_outputs(ctx, s->status, s->status_pts);
        return 0;
    }
    /* what is in the link comes first: its end may be, too */
    if (s->eof || ff_inlink_check_available_frame(inlink))
        return FFERROR_NOT_READY;
    FF_FILTER_FORWARD_WANTED_ANY(ctx, inlink);
    return FFERROR_NOT_READY;
}

/* Send all sets, and those that the frames of the queue and of the link become:
 * all of these have come before. */
static int flush(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret = 0;

    while ((ret >= 0 || ret == AVERROR(EAGAIN)) &&
           (s->nb_sets || s->nb_queued ||
            ff_inlink_check_available_frame(ctx->inputs[0]))) {
        if (s->nb_sets)
            ret = ff_v360_cuda_send_set(ctx);
        else if (!(ret = take_frame(ctx)))
            ret = ff_v360_cuda_run_batch(ctx);
    }
    return ret;
}

/* A command holds from the next frame on, so queued frames are remapped before.
 * "flush" does only that. A command to another filter cuts no batch short. */
static int process_command(AVFilterContext *ctx, const char *cmd,
                           const char *arg, char *res, int res_len, int flags)
{
    V360BatchCudaContext *s = ctx->priv;
    const int flushes = !strcmp(cmd, "flush");
    const char *field;
    int ret = flushes ? 0 : ff_v360_common_find_command(ctx, cmd, &field);

    if (ret >= 0)
        ret = s->failed = flush(ctx);
    if (ret < 0 || flushes)
        return ret;
    return ff_v360_common_process_command(ctx, cmd, arg, res, res_len, flags);
}

static av_cold void uninit(AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;

    /* Not a warning: ffmpeg ends like this after -t and -frames, and nobody
     * misses these frames. */
    if (s->nb_queued + s->nb_sets)
        av_log(ctx, AV_LOG_VERBOSE, "%d frames of an unfinished batch are not "
               "sent: the filtergraph ends without the command flush\n",
               s->nb_queued + s->nb_sets);
    close_device(ctx);
    ff_v360_common_uninit(ctx);
}

#define OFFSET(x) offsetof(V360BatchCudaContext, x)

static const AVOption v360batch_cuda_options[] = {
    V360BATCH_OPTIONS,
    { "batch", "frames remapped by one launch; 0: by the free memory",
      OFFSET(batch_option), AV_OPT_TYPE_INT, { .i64 = 0 }, 0,
      V360_CUDA_MAX_FRAMES, V360_FLAGS },
    { "vram", "share of the free memory that batch=0 may use", OFFSET(vram),
      AV_OPT_TYPE_DOUBLE, { .dbl = 0.6 }, 0.01, 1, V360_FLAGS },
    { "delay", "how long a frame and its views may wait; -1: 1 s with batch=0, "
      "else any time", OFFSET(delay_option), AV_OPT_TYPE_DURATION,
      { .i64 = -1000000 }, -1000000, INT64_MAX, V360_FLAGS },
    { "pinned", "most bytes of the host's memory that software frames may have "
      "pinned", OFFSET(pinned_option), AV_OPT_TYPE_INT64,
      { .i64 = 512 << 20 }, 0, INT64_MAX, V360_FLAGS },
    { "format", "software format of CUDA frames; none: the source's, or nearest",
      OFFSET(format_option), AV_OPT_TYPE_PIXEL_FMT,
      { .i64 = AV_PIX_FMT_NONE }, -1, INT_MAX, V360_FLAGS },
    { NULL }
};

AVFILTER_DEFINE_CLASS(v360batch_cuda);

static const AVFilterPad inputs[] = {
    {
        .name         = "default",
        .type         = AVMEDIA_TYPE_VIDEO,
        .config_props = config_input,
    },
};

const FFFilter ff_vf_v360batch_cuda = {
    .p.name          = "v360batch_cuda",
    .p.description   =
        NULL_IF_CONFIG_SMALL("Extract many views of a 360 video with CUDA."),
    .p.priv_class    = &v360batch_cuda_class,
    .p.flags         = AVFILTER_FLAG_DYNAMIC_OUTPUTS | AVFILTER_FLAG_HWDEVICE |
                       AVFILTER_FLAG_SLICE_THREADS,
    .priv_size       = sizeof(V360BatchCudaContext),
    .init            = ff_v360_common_init,
    .uninit          = uninit,
    .activate        = activate,
    .process_command = process_command,
    FILTER_INPUTS(inputs),
    FILTER_QUERY_FUNC2(ff_v360_cuda_query_formats),
    .flags_internal  = FF_FILTER_FLAG_HWFRAME_AWARE,
};
