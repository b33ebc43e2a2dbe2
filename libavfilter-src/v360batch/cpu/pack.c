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

#include <stdatomic.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "pack.h"

_Static_assert(sizeof(V360Block) <= V360_BLOCK_POINTS_SIZE, "V360Block");
_Static_assert(V360_BLOCK_W == V360_SPAN, "one call makes a row of a block");

/** A thread's buffers: points of a row of blocks, and what is made of them. */
typedef struct RowBuffers {
    V360Point *point;   ///< by block, each in rows
    V360Segment *segment;
    uint8_t *data;
} RowBuffers;

typedef struct PackJob {
    const V360PlaneGrid *grid;
    V360PackedGrid *packed; ///< one for each phase
    int nb_packed;
    atomic_int failed;
} PackJob;

static void add_span(V360Span *sum, V360Span span)
{
    sum->x0 = FFMIN(sum->x0, span.x0); /* V360_UNMAPPED is the smallest int */
    sum->x1 = FFMAX(sum->x1, span.x1);
}

/* Make the points of a row of blocks. Below the bottom edge the last row is
 * repeated. */
static void make_points(const RowBuffers *w, const V360PlaneGrid *grid,
                        const V360PackedGrid *g, int row)
{
    const int window = V360_WINDOW_BYTES / g->format.step * 256;
    V360PointRow line[V360_BLOCK_H];

    for (int y = 0; y < V360_BLOCK_H; y++)
        ff_v360_point_row_init(&line[y], &grid->map,
                               FFMIN(row * V360_BLOCK_H + y, grid->h - 1));
    for (int i = 0; i < g->blocks; i++) {
        V360Point *point = w->point + (size_t)i * V360_BLOCK_SAMPLES;
        V360Segment *s = &w->segment[i / V360_SEGMENT_BLOCKS];
        V360Span span = { INT32_MAX, INT32_MIN };

        for (int y = 0; y < V360_BLOCK_H; y++)
            add_span(&span,
                     ff_v360_point_span(&line[y], point + y * V360_BLOCK_W,
                                        i * V360_BLOCK_W));
        span.x1 += window;
        s->block_span[i % V360_SEGMENT_BLOCKS] = span;
    }
}

/* Write n blocks that fit no layout as one run, and return its end. */
static uint8_t *copy_points(uint8_t *data, const V360Point *point, int n)
{
    for (int y = 0; y < V360_BLOCK_H; y++) {
        for (int i = 0; i < n; i++) {
            const size_t size = V360_BLOCK_W * sizeof(*point);

            memcpy(data, point + i * V360_BLOCK_SAMPLES + y * V360_BLOCK_W,
                   size);
            data += size;
        }
    }
    return data;
}

/* Make the blocks of a segment, and return the end of their data. */
static uint8_t *make_segment(V360Segment *s, uint8_t *data,
                             const V360PackedGrid *g, const V360Point *point,
                             int n)
{
    int odd = 0; /* latest blocks that fit no layout, not yet written */

    s->span = (V360Span){ INT32_MAX, INT32_MIN };
    for (int i = 0; i < n; i++, point += V360_BLOCK_SAMPLES) {
        V360Block *block = (V360Block *)(data + odd * V360_BLOCK_POINTS_SIZE);

        add_span(&s->span, s->block_span[i]);
        s->layout[i] = s->block_span[i].x0 == V360_UNMAPPED ? V360_BLOCK_NONE :
                       ff_v360_block_make(block, point, &g->format, g->phase);
        if (s->layout[i] == V360_BLOCK_NONE) {
            odd++;
            continue;
        }
        if (odd) {
            data = copy_points(data, point - odd * V360_BLOCK_SAMPLES, odd);
            odd  = 0;
        }
        data += ff_v360_block_size(s->layout[i]);
    }
    for (int i = n; i < V360_SEGMENT_BLOCKS; i++)
        s->layout[i] = s->layout[n - 1];
    return copy_points(data, point - odd * V360_BLOCK_SAMPLES, odd);
}

/* Keep a copy of the row, in memory of the size that it turned out to need. */
static int keep_row(V360BlockRow *row, const RowBuffers *w,
                    const V360PackedGrid *g, size_t size)
{
    const size_t segments = FFALIGN(g->segments * sizeof(*w->segment), 64);
    uint8_t *p = av_malloc(segments + size);

    if (!p)
        return AVERROR(ENOMEM);
    row->segment = (V360Segment *)p;
    row->data    = p + segments;
    memcpy(row->segment, w->segment, g->segments * sizeof(*w->segment));
    memcpy(row->data, w->data, size);
    return 0;
}

static int make_row(const RowBuffers *w, const V360PackedGrid *g, int row)
{
    uint8_t *end = w->data;

    for (int i = 0; i < g->segments; i++) {
        V360Segment *s = &w->segment[i];
        const int n = ff_v360_segment_blocks(g, i);

        s->data = end - w->data;
        end = make_segment(s, end, g, w->point + (size_t)i *
                           V360_SEGMENT_BLOCKS * V360_BLOCK_SAMPLES, n);
    }
    return keep_row(&g->row[row], w, g, end - w->data);
}

static void buffers_free(RowBuffers *w)
{
    av_freep(&w->point);
    av_freep(&w->segment);
    av_freep(&w->data);
}

static int buffers_init(RowBuffers *w, const V360PackedGrid *g)
{
    w->point   = av_malloc_array(g->blocks,
                                 V360_BLOCK_SAMPLES * sizeof(*w->point));
    w->segment = av_malloc_array(g->segments, sizeof(*w->segment));
    w->data    = av_malloc_array(g->blocks, V360_BLOCK_POINTS_SIZE);
    return w->point && w->segment && w->data ? 0 : AVERROR(ENOMEM);
}

static void make_rows(void *arg, int job, int nb_jobs)
{
    PackJob *j = arg;
    const int rows = j->packed[0].rows, end = rows * (job + 1) / nb_jobs;
    RowBuffers w = { 0 };
    int ret = buffers_init(&w, &j->packed[0]);

    for (int y = rows * job / nb_jobs; y < end && ret >= 0; y++) {
        make_points(&w, j->grid, &j->packed[0], y);
        for (int i = 0; i < j->nb_packed && ret >= 0; i++)
            ret = make_row(&w, &j->packed[i], y);
    }
    if (ret < 0)
        atomic_store(&j->failed, ret);
    buffers_free(&w);
}

static int packed_init(V360PackedGrid *g, const V360PlaneGrid *grid)
{
    g->w        = grid->w;
    g->h        = grid->h;
    g->blocks   = (grid->w + V360_BLOCK_W - 1) / V360_BLOCK_W;
    g->segments = (g->blocks + V360_SEGMENT_BLOCKS - 1) / V360_SEGMENT_BLOCKS;
    g->rows     = (grid->h + V360_BLOCK_H - 1) / V360_BLOCK_H;
    g->prefetch = NULL;
    g->row      = av_calloc(g->rows, sizeof(*g->row));
    return g->row ? 0 : AVERROR(ENOMEM);
}

int ff_v360_pack(V360PackedGrid *packed, int n, const V360PlaneGrid *grid,
                 const V360Execute *exec)
{
    PackJob job = { .grid = grid, .packed = packed };
    int ret = 0;

    while (job.nb_packed < n && ret >= 0)
        ret = packed_init(&packed[job.nb_packed++], grid);
    if (ret >= 0) {
        /* 4 jobs a thread: see V360Execute */
        exec->run(exec->opaque, make_rows, &job,
                  FFMIN(packed[0].rows, exec->nb_threads * 4));
        ret = atomic_load(&job.failed);
    }
    for (int i = 0; i < job.nb_packed && ret < 0; i++)
        ff_v360_packed_free(&packed[i]);
    return ret;
}
