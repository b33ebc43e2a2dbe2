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
#include "libavutil/mem_internal.h"
#include "slice.h"

/* Views that are remapped together: their segments are 16 KiB with 4 bytes a
 * sample, half of an L1 cache. */
#define MAX_VIEWS_AT_ONCE 8
#define MAX_STEP 4      /* bytes of a sample */
#define SLAB (V360_BLOCK_H * V360_BLOCK_PITCH)

/** A segment and where it lies. */
typedef struct SegmentPos {
    const V360BlockRow *row;
    const V360Segment *segment;
    int blocks;              ///< number of blocks in the segment
    int x, y;                ///< its first sample
} SegmentPos;

/** Views for which a segment lies inside, and what it reads for each. */
typedef struct Views {
    const V360SliceView *view[MAX_VIEWS_AT_ONCE];
    const V360Remap *remap[MAX_VIEWS_AT_ONCE]; ///< of one linesize
    const uint8_t *src[MAX_VIEWS_AT_ONCE];
    int32_t shift[MAX_VIEWS_AT_ONCE];
    int n;
} Views;

/*
 * Whether all taps of a span lie inside one face for a view with this offset.
 * dx is the offset of the view on entry, and on exit the offset to give to
 * remap_points_inside().
 */
static int span_is_inside(const V360Span *span, int32_t *dx, int32_t period)
{
    int32_t x0 = span->x0, x1 = span->x1;

    if (x0 == V360_UNMAPPED || period == INT32_MAX)
        return x0 != V360_UNMAPPED;
    if (x0 + *dx >= period)
        *dx -= period;
    x0 += *dx;
    x1 += *dx;
    return x0 >= V360_TAPS_BEFORE * 256 &&
           x1 < period - V360_TAPS_AFTER * 256;
}

/*
 * Whether all taps and windows of a block or a segment lie inside the source,
 * and its blocks have the phase of the view: chroma of an odd width wraps by
 * half a sample more, and so to another phase.
 */
static int is_inside(const V360SliceContext *t, const V360SliceView *v,
                     const V360Span *span, int32_t *shift)
{
    const V360PackedGrid *g = t->packed;

    *shift = v->dx;
    return span_is_inside(span, shift, v->remap->period) &&
           span->x1 + *shift < g->format.w * 256 &&
           !(g->format.layouts && (*shift - g->phase) % 256);
}

/* Whether all taps and windows of a span lie in the columns of a seam. *dx is
 * the offset of the view on entry, and on exit that to the columns, which go on
 * behind the wrap. */
static int is_in_seam(const V360Span *span, int32_t *dx, int32_t period)
{
    if (span->x0 == V360_UNMAPPED)
        return 0;
    if (span->x0 + *dx >= period + period / 2)
        *dx -= period;
    else if (span->x0 + *dx < period / 2)
        *dx += period;
    return span->x0 + *dx >= period - (V360_SEAM - V360_TAPS_BEFORE) * 256 &&
           span->x1 + *dx <  period + (V360_SEAM - V360_TAPS_AFTER)  * 256;
}

/* What a block is remapped with for a view, and the offset; NULL: it lies at a
 * border. */
static const V360Remap *find_remap(const V360SliceContext *t,
                                   const V360SliceView *v,
                                   const V360Span *span, int32_t *shift)
{
    if (is_inside(t, v, span, shift))
        return v->remap;
    *shift = v->dx;
    return v->seam && is_in_seam(span, shift, v->remap->period) ? v->seam
                                                                : NULL;
}

static void views_add(Views *b, const V360SliceContext *t,
                      const V360SliceView *v, const V360Remap *remap,
                      int32_t shift)
{
    b->view[b->n]  = v;
    b->remap[b->n] = remap;
    b->shift[b->n] = shift;
    b->src[b->n]   = remap->src + (shift - t->packed->phase) / 256 *
                                  t->packed->format.step;
    b->n++;
}

/* Remap blocks first to end of a run that fits no layout. */
static void remap_unpacked(const V360SliceContext *t, const Views *b,
                           uint8_t *dst, const V360BlockRun *run, int first,
                           int end, int rows)
{
    const V360Point *point = (const V360Point *)run->data +
                             (first - run->first) * V360_BLOCK_W;
    const int step = t->packed->format.step;

    for (int i = 0; i < b->n; i++)
        for (int y = 0; y < rows; y++)
            t->dsp->remap_points_inside(dst + (i * SLAB +
                                               y * V360_BLOCK_PITCH) * step,
                                        point + y * run->n * V360_BLOCK_W,
                                        (end - first) * V360_BLOCK_W,
                                        b->remap[i], b->shift[i]);
}

static void store(const V360SliceContext *t, const V360SliceView *v,
                  const uint8_t *src, int x, int end, int y)
{
    const int step  = t->packed->format.step;
    const int pitch = V360_BLOCK_PITCH * step;
    const int width = (FFMIN(end, t->packed->w) - x) * step;
    const int rows  = FFMIN(V360_BLOCK_H, t->packed->h - y);
    uint8_t *dst = v->dst + y * v->linesize + x * step;
    int done = 0;

    if (!t->keep && rows == V360_BLOCK_H &&
        !(((uintptr_t)dst | v->linesize) & 63)) {
        done = width & ~63;
        t->dsp->store(dst, v->linesize, src, pitch, done);
    }
    for (int i = 0; i < rows && done < width; i++)
        memcpy(dst + i * v->linesize + done, src + i * pitch + done,
               width - done);
}

/* Fetch the lines that the segment after the next one reads, and its blocks:
 * the lines of the next one would hardly arrive in time, as they take about as
 * long as this one. The first segment of a slice also fetches the lines for
 * itself and the next one. */
#define AHEAD 2

static void prefetch(const V360SliceContext *t, const Views *b,
                     const SegmentPos *p)
{
    const V360PackedGrid *g = t->packed;
    const int segment = p->segment - p->row->segment;
    const int row     = p->y / V360_BLOCK_H;
    const int slice   = row / V360_SLICE_BLOCK_ROWS;
    const int first   = slice * V360_SLICE_BLOCK_ROWS;
    const int rows    = FFMIN(V360_SLICE_BLOCK_ROWS, g->rows - first);
    const int n       = (row - first) * g->segments + segment + AHEAD;
    const int from    = n == AHEAD ? 0 : n;
    const V360BlockRow *next = p->row;
    const V360Segment *s;
    int ahead = segment + AHEAD;
    const uint32_t *list = g->prefetch ? g->prefetch[slice] : NULL;

    if (!list || n >= rows * g->segments)
        return;
    for (int i = 0; i < b->n; i++)
        t->dsp->prefetch(list + list[from], list[n + 1] - list[from],
                         b->src[i], b->remap[i]->linesize);
    for (; ahead >= g->segments; ahead -= g->segments)
        next++;
    s = &next->segment[ahead];
    t->dsp->prefetch_bytes(next->data + s->data, V360_SEGMENT_BLOCKS *
                           ff_v360_block_bytes(s->layout[0]));
}

/* Remap blocks first to end of a segment of several runs. */
static void remap_runs(const V360SliceContext *t, const Views *b,
                       const SegmentPos *p, uint8_t *out, int first, int end,
                       V360SliceCount *count)
{
    const int step = t->packed->format.step;
    V360BlockRun run = { 0 };

    while (ff_v360_block_run_next(&run, p->row, p->segment, p->blocks)) {
        const int lo = FFMAX(run.first, first);
        const int hi = FFMIN(run.first + run.n, end);
        uint8_t *dst = out + (lo - first) * V360_BLOCK_W * step;

        if (lo >= hi)
            continue;
        if (run.layout == V360_BLOCK_NONE) {
            remap_unpacked(t, b, dst, &run, lo, hi,
                           FFMIN(V360_BLOCK_H, t->packed->h - p->y));
            count->inside += (hi - lo) * b->n * V360_BLOCK_SAMPLES;
        } else {
            t->dsp->remap_blocks[run.layout](dst, ff_v360_run_block(&run, lo),
                                             hi - lo, b->src, b->n,
                                             b->remap[0]);
            count->blocks += (hi - lo) * b->n * V360_BLOCK_SAMPLES;
        }
    }
}

/* Remap blocks first to end of a segment, which lie inside for all views. */
static void remap_views(const V360SliceContext *t, const Views *b,
                        const SegmentPos *p, int first, int end,
                        V360SliceCount *count)
{
    LOCAL_ALIGNED_64(uint8_t, out, [MAX_VIEWS_AT_ONCE * SLAB * MAX_STEP]);
    const int step   = t->packed->format.step;
    const int layout = ff_v360_segment_layout(p->segment);

    if (layout < V360_BLOCK_NONE) {
        const uint8_t *data = p->row->data + p->segment->data +
                              first * ff_v360_block_size(layout);

        t->dsp->remap_blocks[layout](out, (const V360Block *)data, end - first,
                                     b->src, b->n, b->remap[0]);
        count->blocks += (end - first) * b->n * V360_BLOCK_SAMPLES;
    } else {
        remap_runs(t, b, p, out, first, end, count);
    }
    for (int i = 0; i < b->n; i++)
        store(t, b->view[i], out + i * SLAB * step, p->x + first * V360_BLOCK_W,
              p->x + end * V360_BLOCK_W, p->y);
}

/* Samples that fast versions of remap_points_inside take at once. */
#define SAMPLES_AT_ONCE 8

/* Remap up to 8 samples of a block at a border. If only the columns are in
 * question, x decides whether these samples reach it. */
static void remap_part(const V360SliceContext *t, const V360SliceView *v,
                       uint8_t *dst, const V360Point *point, int n, int only_x,
                       V360SliceCount *count)
{
    V360Span span = { INT32_MAX, INT32_MIN };
    int32_t shift = v->dx;

    for (int i = 0; i < n; i++) {
        span.x0 = FFMIN(span.x0, point[i].x);
        span.x1 = FFMAX(span.x1, point[i].x);
    }
    if (only_x && span_is_inside(&span, &shift, v->remap->period)) {
        t->dsp->remap_points_inside(dst, point, n, v->remap, shift);
        count->inside += n;
    } else {
        t->dsp->remap_points(dst, point, n, v->remap, v->dx);
        count->border += n;
    }
}

/* Remap a block of which some taps lie at a border. */
static void remap_at_border(const V360SliceContext *t, const V360SliceView *v,
                            const SegmentPos *p, int block,
                            V360SliceCount *count)
{
    const int x0 = p->x + block * V360_BLOCK_W, step = t->packed->format.step;
    const int n = FFMIN(V360_BLOCK_W, t->packed->w - x0);
    const int rows = FFMIN(V360_BLOCK_H, t->packed->h - p->y);
    const int only_x = p->segment->block_span[block].x0 != V360_UNMAPPED;
    uint8_t *dst = v->dst + p->y * v->linesize + x0 * step;
    V360Point point[V360_BLOCK_SAMPLES];
    V360BlockRun run = { 0 };

    while (ff_v360_block_run_next(&run, p->row, p->segment, p->blocks))
        if (block < run.first + run.n)
            break;
    ff_v360_run_points(t->packed, &run, block, point);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < n; x += SAMPLES_AT_ONCE)
            remap_part(t, v, dst + y * v->linesize + x * step,
                       point + y * V360_BLOCK_W + x,
                       FFMIN(SAMPLES_AT_ONCE, n - x), only_x, count);
}

/* Remap a segment that does not lie inside as a whole for this view. */
static void remap_split(const V360SliceContext *t, const V360SliceView *v,
                        const SegmentPos *p, V360SliceCount *count)
{
    const V360Span *span = p->segment->block_span;

    for (int i = 0, n; i < p->blocks; i += n) {
        Views b;
        int32_t shift, next;
        const V360Remap *remap = find_remap(t, v, &span[i], &shift);

        n = 1;
        if (!remap) {
            remap_at_border(t, v, p, i, count);
            continue;
        }
        b.n = 0;
        views_add(&b, t, v, remap, shift);
        for (; i + n < p->blocks; n++)
            if (find_remap(t, v, &span[i + n], &next) != remap || next != shift)
                break;
        remap_views(t, &b, p, i, i + n, count);
    }
}

static void remap_segment(const V360SliceContext *t, const SegmentPos *p,
                          const V360SliceView *views, int nb_views,
                          V360SliceCount *count)
{
    Views b; /* not set to 0 as a whole, for each segment */

    b.n = 0;
    for (int i = 0; i < nb_views; i++) {
        int32_t shift;

        if (is_inside(t, &views[i], &p->segment->span, &shift))
            views_add(&b, t, &views[i], views[i].remap, shift);
        else
            remap_split(t, &views[i], p, count);
        if (b.n == MAX_VIEWS_AT_ONCE || (b.n && i == nb_views - 1)) {
            prefetch(t, &b, p);
            remap_views(t, &b, p, 0, p->blocks, count);
            b.n = 0;
        }
    }
}

int ff_v360_slice_has_seam(const V360PackedGrid *g, int32_t dx,
                           int32_t period)
{
    for (int y = 0; y < g->rows; y++) {
        for (int i = 0; i < g->segments; i++) {
            const V360Segment *s = &g->row[y].segment[i];
            int32_t shift = dx;

            if (span_is_inside(&s->span, &shift, period))
                continue;
            for (int k = 0; k < ff_v360_segment_blocks(g, i); k++) {
                shift = dx;
                if (span_is_inside(&s->block_span[k], &shift, period))
                    continue;
                shift = dx;
                if (is_in_seam(&s->block_span[k], &shift, period))
                    return 1;
            }
        }
    }
    return 0;
}

void ff_v360_slice_remap_segments(const V360SliceContext *t, int y0, int y1,
                                  int first, int end,
                                  const V360SliceView *views, int nb_views,
                                  V360SliceCount *count)
{
    for (int y = y0; y < y1; y += V360_BLOCK_H) {
        const V360BlockRow *row = &t->packed->row[y / V360_BLOCK_H];

        for (int i = first; i < end; i++)
            remap_segment(t, &(SegmentPos){
                .row     = row,
                .segment = &row->segment[i],
                .blocks  = ff_v360_segment_blocks(t->packed, i),
                .x       = i * V360_BLOCK_PITCH,
                .y       = y,
            }, views, nb_views, count);
    }
}

void ff_v360_slice_remap(const V360SliceContext *t, int y0, int y1,
                         const V360SliceView *views, int nb_views,
                         V360SliceCount *count)
{
    ff_v360_slice_remap_segments(t, y0, y1, 0, t->packed->segments, views,
                                 nb_views, count);
    t->dsp->store_end();
}
