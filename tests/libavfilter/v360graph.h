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

#ifndef AVFILTER_TESTS_V360GRAPH_H
#define AVFILTER_TESTS_V360GRAPH_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libavfilter/avfilter.h"
#include "libavfilter/buffersink.h"
#include "libavfilter/buffersrc.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/imgutils.h"
#include "libavutil/lfg.h"
#include "libavutil/log.h"
#include "libavutil/pixdesc.h"

/**
 * @file
 * A test program's own frames, sent through a filtergraph.
 */

/** All that was logged as a warning or worse. */
static AVBPrint messages;

static void keep_message(void *ctx, int level, const char *fmt, va_list args)
{
    if (level <= AV_LOG_WARNING)
        av_vbprintf(&messages, fmt, args);
}

typedef struct Graph {
    AVFilterGraph *graph;
    AVFilterContext *in, *out;
} Graph;

/**
 * Configure a graph. Its messages begin anew.
 *
 * @param more  further options of the source, each after ':'
 * @return 0 or a negative AVERROR; the caller frees g->graph in both cases
 */
static inline int graph_open(Graph *g, int w, int h, enum AVPixelFormat format,
                             const char *more, const char *filters)
{
    AVFilterInOut *inputs = NULL, *outputs = NULL;
    char text[1024];
    int ret;

    av_bprint_clear(&messages);
    snprintf(text, sizeof(text), "buffer@in=video_size=%dx%d:pix_fmt=%s:"
             "time_base=1/25%s,%s,buffersink@out", w, h,
             av_get_pix_fmt_name(format), more, filters);
    g->graph = avfilter_graph_alloc();
    if (!g->graph)
        return AVERROR(ENOMEM);
    ret = avfilter_graph_parse_ptr(g->graph, text, &inputs, &outputs, NULL);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (ret < 0 || (ret = avfilter_graph_config(g->graph, NULL)) < 0)
        return ret;
    g->in  = avfilter_graph_get_filter(g->graph, "buffer@in");
    g->out = avfilter_graph_get_filter(g->graph, "buffersink@out");
    return 0;
}

/**
 * Send a reference to a frame, and get what comes out.
 *
 * @return 0 or a negative AVERROR
 */
static inline int graph_run(Graph *g, AVFrame *in, AVFrame *out)
{
    int ret = av_buffersrc_add_frame_flags(g->in, in,
                                           AV_BUFFERSRC_FLAG_KEEP_REF |
                                           AV_BUFFERSRC_FLAG_PUSH);

    av_frame_unref(out);
    return ret < 0 ? ret : av_buffersink_get_frame(g->out, out);
}

/* Noise for n bytes, the same each time and another one for each seed. */
static inline void fill_noise(uint8_t *data, size_t n, int seed)
{
    AVLFG lfg;

    av_lfg_init(&lfg, seed);
    for (size_t i = 0; i < n; i++)
        data[i] = av_lfg_get(&lfg);
}

/* The noise of a plane begins with its first sample: where in the buffer this
 * lies depends on the address of the buffer, as av_malloc() aligns to less than
 * av_frame_get_buffer() on some machines. What lies beyond the planes is noise,
 * too. */
static inline void fill_planes(AVFrame *f)
{
    const int log2_h = av_pix_fmt_desc_get(f->format)->log2_chroma_h;

    fill_noise(f->buf[0]->data, f->buf[0]->size, 0);
    for (int p = 0; p < av_pix_fmt_count_planes(f->format); p++)
        fill_noise(f->data[p], (size_t)f->linesize[p] *
                   AV_CEIL_RSHIFT(f->height, p == 1 || p == 2 ? log2_h : 0),
                   p + 1);
}

/** @return a frame of noise, the same each time, or NULL without memory */
static inline AVFrame *new_frame(int w, int h, enum AVPixelFormat format)
{
    AVFrame *f = av_frame_alloc();

    if (!f)
        return NULL;
    f->format = format;
    f->width  = w;
    f->height = h;
    if (av_frame_get_buffer(f, 0) < 0) {
        av_frame_free(&f);
        return NULL;
    }
    fill_planes(f);
    return f;
}

#endif /* AVFILTER_TESTS_V360GRAPH_H */
