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
 * Each allocation of a filtergraph with v360batch fails once, in turn: the
 * result is an error, or the same frame as without the failure; nothing leaks,
 * and the next frame is whole. To be linked with --wrap=posix_memalign and
 * --wrap=realloc.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavfilter/avfilter.h"
#include "libavfilter/buffersink.h"
#include "libavfilter/buffersrc.h"
#include "libavutil/adler32.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "libavutil/opt.h"

int __real_posix_memalign(void **p, size_t align, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

static long countdown;      ///< allocations up to the one that fails; 0: none

static int fails(void)
{
    return countdown > 0 && !--countdown;
}

int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
    return fails() ? 12 /* ENOMEM */ : __real_posix_memalign(p, align, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

static int push(AVFilterContext *in, int w, int h)
{
    AVFrame *frame = av_frame_alloc();
    unsigned noise = 1;
    int ret = AVERROR(ENOMEM);

    if (!frame)
        return ret;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width  = w;
    frame->height = h;
    ret = av_frame_get_buffer(frame, 0);
    for (int p = 0; p < 3 && ret >= 0; p++)
        for (int i = 0; i < frame->linesize[p] * (p ? h / 2 : h); i++)
            frame->data[p][i] = (noise = noise * 1664525 + 1013904223) >> 24;
    if (ret >= 0)
        ret = av_buffersrc_add_frame_flags(in, frame,
                                           AV_BUFFERSRC_FLAG_PUSH);
    av_frame_free(&frame);
    return ret;
}

static int pull(AVFilterContext *out, unsigned long *sum)
{
    AVFrame *frame = av_frame_alloc();
    int ret = frame ? av_buffersink_get_frame(out, frame) : AVERROR(ENOMEM);

    for (int y = 0; ret >= 0 && y < frame->height; y++)
        *sum = av_adler32_update(*sum, frame->data[0] + y * frame->linesize[0],
                                 frame->width);
    av_frame_free(&frame);
    return ret;
}

static AVFilterContext *add(AVFilterGraph *graph, const char *filter,
                            const char *name, const char *args)
{
    AVFilterContext *f = avfilter_graph_alloc_filter(graph,
                             avfilter_get_by_name(filter), name);

    if (f && args && av_set_options_string(f->priv, args, "=", ":") < 0)
        return NULL;
    return f;
}

static int remap(AVFilterContext *in, AVFilterContext *out[2],
                 unsigned long *sum)
{
    int ret = push(in, 128, 64);

    for (int j = 0; j < 2 && ret >= 0; j++)
        ret = pull(out[j], sum);
    return ret;
}

static int turn(AVFilterGraph *graph)
{
    return avfilter_graph_send_command(graph, "v", "1.yaw", "-12.3", NULL, 0,
                                       0);
}

/* Remap a frame, change one of two grids by a command, and remap another frame.
 * Each frame has a sum. */
static int remap_two(AVFilterGraph *graph, AVFilterContext *in,
                     AVFilterContext *out[2], unsigned long sum[2])
{
    int ret = remap(in, out, &sum[0]);

    if (ret >= 0)
        ret = turn(graph);
    return ret < 0 ? ret : remap(in, out, &sum[1]);
}

/* Remap the second frame once more, after one of the two was lost. */
static int remap_again(AVFilterGraph *graph, AVFilterContext *in,
                       AVFilterContext *out[2], unsigned long sum[2])
{
    unsigned long unused;
    int ret;

    for (int j = 0; j < 2; j++)
        while (pull(out[j], &unused) >= 0)
            ;
    sum[1] = 1;
    ret = turn(graph);
    return ret < 0 ? ret : remap(in, out, &sum[1]);
}

/* Run a graph in which the n-th allocation fails. They are counted from the
 * initialisation of v360batch on: FFmpeg ignores some that fail before. sum is
 * set to the sums of two frames. If one of them is lost, *again is the status
 * of the next one, and sum[1] is its sum. */
static int run(unsigned long sum[2], long n, int *again)
{
    AVFilterGraph *graph = avfilter_graph_alloc();
    AVFilterContext *in  = add(graph, "buffer", "i", "video_size=128x64:"
                               "pix_fmt=yuv420p:time_base=1");
    AVFilterContext *v   = add(graph, "v360batch", "v", "interp=cube:views="
                               "pitch=60 w=40 h=40|yaw=77 w=33 h=20 h_fov=50");
    AVFilterContext *out[] = { add(graph, "buffersink", "a", NULL),
                               add(graph, "buffersink", "b", NULL) };
    int ret;

    graph->nb_threads = 1;
    sum[0] = sum[1] = 1;
    *again = AVERROR(EAGAIN);
    ret  = avfilter_init_str(in, NULL);
    countdown = n;
    if (ret >= 0)
        ret = avfilter_init_str(v, NULL);
    if (ret >= 0)
        ret = avfilter_link(in, 0, v, 0);
    for (int i = 0; i < 2 && ret >= 0; i++) {
        ret = avfilter_init_str(out[i], NULL);
        if (ret >= 0)
            ret = avfilter_link(v, i, out[i], 0);
    }
    if (ret >= 0)
        ret = avfilter_graph_config(graph, NULL);
    if (ret >= 0) {
        ret = remap_two(graph, in, out, sum);
        if (ret < 0)
            *again = remap_again(graph, in, out, sum);
    }
    avfilter_graph_free(&graph);
    return ret;
}

int main(void)
{
    unsigned long expected[2], sum[2];
    long n = 0, failed = 0, recovered = 0;
    int again;

    if (!getenv("VERBOSE"))
        av_log_set_level(AV_LOG_QUIET);
    if (run(expected, 0, &again) < 0)
        return 1;
    do {
        int ret = run(sum, ++n, &again);

        if ((ret >= 0 && sum[0] != expected[0]) ||
            ((ret >= 0 || again >= 0) && sum[1] != expected[1])) {
            printf("allocation %ld fails, and views are wrong\n", n);
            return 1;
        }
        failed    += ret < 0;
        recovered += again >= 0;
    } while (!countdown);
    printf("%ld allocations, %ld errors, %ld times a frame after that\n",
           n - 1, failed, recovered);
    return n < 100 || !failed || !recovered;
}
