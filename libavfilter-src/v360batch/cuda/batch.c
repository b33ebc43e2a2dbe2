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

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "libavfilter/filters.h"
#include "libavfilter/v360batch/output.h"
#include "libavfilter/v360batch/props.h"
#include "cuda.h"

/**
 * @file
 * Batches of frames: memory for their views, and less of them where there is
 * too little of it.
 */

/* Get a frame for each output that is open, for each frame of the batch:
 * out[frame * nb_outputs + view]. */
static int get_frames(AVFilterContext *ctx, AVFrame **out, int nb_frames)
{
    const V360BatchCudaContext *s = ctx->priv;
    int ret;

    for (int i = 0; i < nb_frames * ctx->nb_outputs; i++) {
        const int view = i % ctx->nb_outputs;
        AVFilterLink *outlink = ctx->outputs[view];

        if (ff_outlink_get_status(outlink))
            continue;
        out[i] = av_frame_alloc();
        if (!out[i])
            return AVERROR(ENOMEM);
        if (ff_v360_cuda_is_download(ctx, view))
            ret = ff_v360_cuda_get_download(ctx, out[i], view);
        else
            ret = av_hwframe_get_buffer(ff_filter_link(outlink)->hw_frames_ctx,
                                        out[i], 0);
        if (ret < 0)
            return ret;
        ret = ff_v360_frame_props(out[i], s->queue[i / ctx->nb_outputs],
                                  &s->common.rig.views[view],
                                  &s->common.views[view].geometry,
                                  s->common.exif);
        if (ret < 0)
            return ret;
        ff_v360_output_tag(out[i], &s->common, view);
    }
    return 0;
}

/* How often, and after how many microseconds each time, memory is asked for
 * again: frames that were sent come back when encoders are done with them. */
#define MAX_RETRIES 20
#define RETRY_AFTER 10000

/* Batches that must have had their memory before a larger one is tried again:
 * after each time that was in vain twice as many. */
#define GOOD_BATCHES 32
#define MOST_BATCHES 4096

/* hwcontext_cuda says that memory is short whatever made an allocation fail: a
 * fault of a kernel before is no reason to try a smaller batch. */
static int find_fault(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const CUresult err = s->cu->cuStreamQuery(s->hwctx->stream);

    return err == CUDA_SUCCESS || err == CUDA_ERROR_NOT_READY ? 0 :
           ff_cuda_check(ctx, s->cu->cuGetErrorName, s->cu->cuGetErrorString,
                         err, "cuStreamQuery(s->hwctx->stream)");
}

/* After there was no memory for a frame of an output or for a view on the way:
 * wait for some, then make the batch smaller. Returns AVERROR(EAGAIN) if there
 * is something left to try. */
static int shrink(AVFilterContext *ctx, int nb_frames)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret = find_fault(ctx);

    if (ret >= 0 && s->nb_retries == MAX_RETRIES && s->batch == 1)
        ret = ff_v360_cuda_no_memory(ctx);
    if (ret < 0)
        return ret;
    if (s->nb_retries < MAX_RETRIES) {
        s->nb_retries++;
        av_usleep(RETRY_AFTER);
    } else {
        s->batch      = FFMAX(nb_frames / 2, 1);
        s->nb_retries = 0;
        s->nb_needed  = av_clip(2 * s->nb_needed, GOOD_BATCHES, MOST_BATCHES);
        av_log(ctx, AV_LOG_WARNING, "out of memory in a batch of %d frames, "
               "going on with %d\n", nb_frames, s->batch);
    }
    return AVERROR(EAGAIN);
}

/* Memory may be short for a while only. */
static void grow(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    s->nb_retries = 0;
    if (s->batch == s->full_batch ||
        ++s->nb_good < FFMAX(s->nb_needed, GOOD_BATCHES))
        return;
    s->nb_good = 0;
    s->batch   = FFMIN(2 * s->batch, s->full_batch);
    av_log(ctx, AV_LOG_VERBOSE, "batch of %d frames again\n", s->batch);
}

static int run_batch(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const int nb_frames = FFMIN(s->nb_queued, s->batch);
    const int nb = nb_frames * ctx->nb_outputs;
    AVFrame **out = av_calloc(nb, sizeof(*out));
    int ret;

    if (!out)
        return AVERROR(ENOMEM);
    ret = ff_v360_cuda_reserve_stage(ctx);
    if (ret >= 0)
        ret = ff_v360_cuda_begin_download(ctx);
    if (ret >= 0)
        ret = get_frames(ctx, out, nb_frames);
    if (ret == AVERROR(ENOMEM)) {
        s->nb_good = 0;
        ret = shrink(ctx, nb_frames);
    } else if (ret >= 0) {
        ret = ff_v360_cuda_remap(ctx, out, nb_frames);
        if (ret >= 0)
            ret = ff_v360_cuda_queue_sets(ctx, out, nb_frames);
        for (int i = 0; i < nb_frames; i++)
            av_frame_free(&s->queue[i]);
        s->nb_queued -= nb_frames;
        memmove(s->queue, s->queue + nb_frames,
                s->nb_queued * sizeof(*s->queue));
        memmove(s->arrived, s->arrived + nb_frames,
                s->nb_queued * sizeof(*s->arrived));
        s->unlike = 0;
        grow(ctx);
    }
    ff_v360_cuda_end_download(ctx, ret < 0 && ret != AVERROR(EAGAIN));
    for (int i = 0; i < nb; i++)
        av_frame_free(&out[i]);
    av_free(out);
    return ret;
}

int ff_v360_cuda_run_batch(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    CUcontext dummy;
    int ret = CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx));

    if (ret < 0)
        return ret;
    ret = run_batch(ctx);
    if (CHECK_CU(s->cu->cuCtxPopCurrent(&dummy)) < 0 && ret >= 0)
        ret = AVERROR_EXTERNAL;
    return ret;
}
