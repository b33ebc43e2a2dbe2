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
 * A CUDA frame whose plane has more than 2 GiB, by the distance of its rows,
 * goes into v360batch_cuda, whose kernel counts bytes in 32 bits. Needs a CUDA
 * device, but no such memory: the frame is refused before anything reads it.
 */

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libavfilter/avfilter.h"
#include "libavfilter/buffersink.h"
#include "libavfilter/buffersrc.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/hwcontext.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"

#define W 64
#define H 32

static int refusals;        ///< messages about the size

static void count_refusals(void *ctx, int level, const char *fmt, va_list args)
{
    refusals += level <= AV_LOG_ERROR && strstr(fmt, "2 GiB") != NULL;
}

static AVBufferRef *make_pool(AVBufferRef *device)
{
    AVBufferRef *pool = av_hwframe_ctx_alloc(device);
    AVHWFramesContext *frames;

    if (!pool)
        return NULL;
    frames = (AVHWFramesContext *)pool->data;
    frames->format    = AV_PIX_FMT_CUDA;
    frames->sw_format = AV_PIX_FMT_NV12;
    frames->width     = W;
    frames->height    = H;
    if (av_hwframe_ctx_init(pool) < 0)
        av_buffer_unref(&pool);
    return pool;
}

static AVFilterContext *make_source(AVFilterGraph *graph, AVBufferRef *pool)
{
    AVFilterContext *in = avfilter_graph_alloc_filter(graph,
                              avfilter_get_by_name("buffer"), "in");
    AVBufferSrcParameters *p = av_buffersrc_parameters_alloc();
    int ret = in && p ? 0 : AVERROR(ENOMEM);

    if (ret >= 0) {
        p->format        = AV_PIX_FMT_CUDA;
        p->width         = W;
        p->height        = H;
        p->time_base     = (AVRational){ 1, 25 };
        p->hw_frames_ctx = pool;
        ret = av_buffersrc_parameters_set(in, p);
    }
    av_free(p);
    return ret >= 0 && avfilter_init_str(in, NULL) >= 0 ? in : NULL;
}

/* Send a frame whose rows are linesize bytes apart; 0: as far as they are. */
static int run(AVBufferRef *pool, int linesize)
{
    AVFilterGraph *graph = avfilter_graph_alloc();
    AVFilterContext *in  = make_source(graph, pool), *v, *out;
    AVFrame *frame = av_frame_alloc();
    int ret = AVERROR(ENOMEM);

    if (!in || !frame ||
        avfilter_graph_create_filter(&v, avfilter_get_by_name("v360batch_cuda"),
                                     "v", "views=w=16 h=16:batch=1", NULL,
                                     graph) < 0 ||
        avfilter_graph_create_filter(&out, avfilter_get_by_name("buffersink"),
                                     "out", NULL, NULL, graph) < 0 ||
        avfilter_link(in, 0, v, 0) < 0 || avfilter_link(v, 0, out, 0) < 0 ||
        avfilter_graph_config(graph, NULL) < 0)
        goto end;
    ret = av_hwframe_get_buffer(pool, frame, 0);
    if (linesize)
        frame->linesize[0] = linesize;
    if (ret >= 0)
        ret = av_buffersrc_add_frame_flags(in, frame, AV_BUFFERSRC_FLAG_PUSH);
end:
    av_frame_free(&frame);
    avfilter_graph_free(&graph);
    return ret;
}

int main(void)
{
    AVBufferRef *device = NULL, *pool = NULL;
    int fine = -1, large = 0;

    av_log_set_callback(count_refusals);
    if (av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, NULL, NULL,
                               0) >= 0 && (pool = make_pool(device))) {
        fine  = run(pool, 0);
        large = run(pool, INT_MAX / H + 1);
    }
    av_buffer_unref(&pool);
    av_buffer_unref(&device);
    printf("rows of %d bytes: %s\n", INT_MAX / H + 1, av_err2str(large));
    return fine < 0 || large != AVERROR(EINVAL) || refusals != 1;
}
