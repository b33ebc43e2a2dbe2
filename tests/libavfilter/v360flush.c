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
 * How a program that frees a filtergraph gets the frames that v360batch_cuda
 * holds, and what it is told if it does not. Needs a CUDA device.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libavfilter/avfilter.h"
#include "libavfilter/buffersink.h"
#include "libavfilter/buffersrc.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"

static char message[256];   ///< the last one of that kind

static void keep_message(void *ctx, int level, const char *fmt, va_list args)
{
    if (level <= AV_LOG_VERBOSE && strstr(fmt, "unfinished"))
        vsnprintf(message, sizeof(message), fmt, args);
}

static int push(AVFilterContext *in, int64_t pts)
{
    AVFrame *frame = av_frame_alloc();
    int ret = AVERROR(ENOMEM);

    if (!frame)
        return ret;
    frame->format = AV_PIX_FMT_NV12;
    frame->width  = 64;
    frame->height = 32;
    frame->pts    = pts;
    ret = av_frame_get_buffer(frame, 0);
    if (ret >= 0) {
        memset(frame->data[0], 128, 32 * frame->linesize[0]);
        memset(frame->data[1], 128, 16 * frame->linesize[1]);
        ret = av_buffersrc_add_frame_flags(in, frame,
                                           AV_BUFFERSRC_FLAG_PUSH);
    }
    av_frame_free(&frame);
    return ret;
}

/* Number of frames that come out of the sink in order, from first on. */
static int pull(AVFilterContext *out, int64_t first)
{
    AVFrame *frame = av_frame_alloc();
    int n = 0;

    while (frame && av_buffersink_get_frame(out, frame) >= 0) {
        n += frame->pts == first + n;
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return n;
}

/* Push three frames and count those that come out before the command and after
 * it; then push two more, which the graph still holds when it is freed. */
static int run(AVFilterGraph *graph, int got[2])
{
    AVFilterInOut *inputs = NULL, *outputs = NULL;
    AVFilterContext *in, *out;
    int ret = avfilter_graph_parse_ptr(graph,
        "buffer@in=video_size=64x32:pix_fmt=nv12:time_base=1/25,hwupload_cuda,"
        "v360batch_cuda=views=w=16 h=16:batch=8,hwdownload,format=nv12,"
        "buffersink@out", &inputs, &outputs, NULL);

    if (ret < 0 || (ret = avfilter_graph_config(graph, NULL)) < 0)
        return ret;
    in  = avfilter_graph_get_filter(graph, "buffer@in");
    out = avfilter_graph_get_filter(graph, "buffersink@out");
    for (int i = 0; i < 3 && ret >= 0; i++)
        ret = push(in, i);
    got[0] = pull(out, 0);
    if (ret >= 0)
        ret = avfilter_graph_send_command(graph, "v360batch_cuda", "flush", "",
                                          NULL, 0, 0);
    got[1] = pull(out, 0);
    for (int i = 3; i < 5 && ret >= 0; i++)
        ret = push(in, i);
    return ret;
}

int main(void)
{
    AVFilterGraph *graph = avfilter_graph_alloc();
    int got[2] = { 0 }, ret = AVERROR(ENOMEM);

    av_log_set_callback(keep_message);
    if (graph)
        ret = run(graph, got);
    avfilter_graph_free(&graph);
    printf("%d frames, then %d; %s\n", got[0], got[1],
           ret < 0 ? av_err2str(ret) : message);
    return ret < 0 || got[0] || got[1] != 3 || !strstr(message, "2 frames");
}
