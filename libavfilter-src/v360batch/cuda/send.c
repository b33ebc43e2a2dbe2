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

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "libavfilter/filters.h"
#include "cuda.h"

/**
 * @file
 * Views that are made and not yet sent. ffmpeg takes frames from one output
 * after the other, into queues of 2 frames for each encoder: a batch that is
 * sent at once makes encoders run one after the other. So the views of one
 * frame are sent for each frame that comes. Those that have no frame to wait
 * for, or none in time, are sent when an output asks for one: ffmpeg runs a
 * graph as long as a filter is ready, but asks only after it has emptied all
 * outputs.
 */

/* Sets that wait are at most those of a batch and of the one after it. */
#define MAX_SETS (2 * V360_CUDA_MAX_FRAMES)

int ff_v360_cuda_queue_sets(AVFilterContext *ctx, AVFrame **out, int nb_frames)
{
    V360BatchCudaContext *s = ctx->priv;
    const int n = ctx->nb_outputs;

    if (!s->sets)
        s->sets = av_malloc_array(MAX_SETS, sizeof(*s->sets));
    if (!s->sets)
        return AVERROR(ENOMEM);
    for (int i = 0; i < nb_frames; i++) {
        V360CudaSet *set = &s->sets[s->nb_sets];

        set->frame = av_memdup(out + i * n, n * sizeof(*out));
        if (!set->frame)
            return AVERROR(ENOMEM);
        memset(out + i * n, 0, n * sizeof(*out));
        set->arrived = s->arrived[i];
        set->slab    = s->download.host ? s->download.now : -1;
        s->nb_sets++;
    }
    return 0;
}

/* Ask, or wait, for the copy of the first set. */
static int copied(AVFilterContext *ctx, int wait)
{
    V360BatchCudaContext *s = ctx->priv;
    CUcontext dummy;
    int ret;

    if (s->sets[0].slab < 0)
        return 1;
    ret = CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx));
    if (ret < 0)
        return ret;
    ret = ff_v360_cuda_is_copied(ctx, s->sets[0].slab, wait);
    if (CHECK_CU(s->cu->cuCtxPopCurrent(&dummy)) < 0 && ret >= 0)
        ret = AVERROR_EXTERNAL;
    return ret;
}

int ff_v360_cuda_set_is_ready(AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;

    return s->nb_sets ? copied(ctx, 0) : 0;
}

int ff_v360_cuda_send_set(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret = copied(ctx, 1);
    V360CudaSet set = s->sets[0];

    ret = FFMIN(ret, 0);
    memmove(s->sets, s->sets + 1, --s->nb_sets * sizeof(*s->sets));
    for (int i = 0; i < ctx->nb_outputs; i++) {
        AVFrame *frame = set.frame[i];

        if (frame && ret >= 0 && !ff_outlink_get_status(ctx->outputs[i]))
            ret = ff_filter_frame(ctx->outputs[i], frame);
        else
            av_frame_free(&frame);
    }
    av_free(set.frame);
    return ret;
}

/* Whether, at the pace of the source, the first set would wait too long for the
 * frame that it is sent with. */
static int is_late(const V360BatchCudaContext *s)
{
    const V360Arrival set = { .first = s->sets[0].arrived,
                              .last = s->arrival.last,
                              .before_last = s->arrival.before_last };

    return ff_v360_input_is_late(&set, s->delay);
}

static int is_wanted(const AVFilterContext *ctx)
{
    for (int i = 0; i < ctx->nb_outputs; i++)
        if (!ff_outlink_get_status(ctx->outputs[i]) &&
            ff_outlink_frame_wanted(ctx->outputs[i]))
            return 1;
    return 0;
}

int ff_v360_cuda_set_is_due(const AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;

    return s->nb_sets && (s->nb_sets > s->batch ||
                          (((s->eof && !s->nb_queued) || is_late(s)) &&
                           is_wanted(ctx)));
}

void ff_v360_cuda_drop_sets(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    for (int i = 0; i < s->nb_sets; i++) {
        for (int j = 0; j < ctx->nb_outputs; j++)
            av_frame_free(&s->sets[i].frame[j]);
        av_freep(&s->sets[i].frame);
    }
    s->nb_sets = 0;
    av_freep(&s->sets);
}
