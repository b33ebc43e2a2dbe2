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
#include "libavfilter/v360batch/interp.h"
#include "block.h"

#define SHAPE(log2_w, log2_h, rows, total) \
    { 1 << (log2_w), 1 << (log2_h), rows, total, log2_w, log2_h }

const V360BlockShape ff_v360_block_shapes[V360_NB_BLOCK_LAYOUTS] = {
    [V360_BLOCK_8X4]    = SHAPE(3, 2, 0, 8),
    [V360_BLOCK_4X4]    = SHAPE(2, 2, 0, 8),
    [V360_BLOCK_4X2]    = SHAPE(2, 1, 0, 8),
    [V360_BLOCK_2X2]    = SHAPE(1, 1, 0, 8),
    [V360_BLOCK_8X1_R2] = SHAPE(3, 0, 2, 0),
    [V360_BLOCK_8X1_R3] = SHAPE(3, 0, 3, 0),
    [V360_BLOCK_8X1_R6] = SHAPE(3, 0, 6, 0),
    [V360_BLOCK_4X1_R3] = SHAPE(2, 0, 3, 0),
    [V360_BLOCK_4X1_R6] = SHAPE(2, 0, 6, 0),
    [V360_BLOCK_1X1]    = SHAPE(0, 0, 1, 0),
};

/* Distances to a block's first tap are clipped to this, so that the indices of
 * fit_samples(), up to 20 * FAR, fit in int16_t. A window with a clipped tap is
 * refused: all of its taps may lie beyond the seam, and clipping has then made
 * their distances equal. */
#define FAR 1000

/* An extent is that of two samples: only windows of 1x1 are narrower, and these
 * need no extents. */
#define PAIR 2

/** Smallest and largest tap of each sample of a row and its right neighbour. */
typedef struct Extent {
    int16_t x0[V360_BLOCK_W], x1[V360_BLOCK_W];
    int16_t y0[V360_BLOCK_W], y1[V360_BLOCK_W];
} Extent;

/**
 * First taps of a block's samples, counted from that of the first sample, and
 * their phases, in rows. The types are small so that compilers vectorise.
 */
typedef struct Taps {
    int x, y;           ///< first tap of the first sample
    int16_t dx[V360_BLOCK_SAMPLES + 1], dy[V360_BLOCK_SAMPLES + 1];
    uint8_t fx[V360_BLOCK_SAMPLES], fy[V360_BLOCK_SAMPLES];
    Extent row[V360_BLOCK_H];
} Taps;

static int taps_before(const V360BlockFormat *f)
{
    return f->taps == 4;
}

/* The last pair would need a sample beyond the row; the result of that pair is
 * never read. */
static void find_extent(Extent *e, const int16_t *x, const int16_t *y)
{
    for (int i = 0; i < V360_BLOCK_W; i++) {
        e->x0[i] = FFMIN(x[i], x[i + 1]);
        e->x1[i] = FFMAX(x[i], x[i + 1]);
        e->y0[i] = FFMIN(y[i], y[i + 1]);
        e->y1[i] = FFMAX(y[i], y[i + 1]);
    }
}

static void merge(Extent *a, const Extent *b)
{
    for (int i = 0; i < V360_BLOCK_W; i++) {
        a->x0[i] = FFMIN(a->x0[i], b->x0[i]);
        a->x1[i] = FFMAX(a->x1[i], b->x1[i]);
        a->y0[i] = FFMIN(a->y0[i], b->y0[i]);
        a->y1[i] = FFMAX(a->y1[i], b->y1[i]);
    }
}

static void find_taps(Taps *t, const V360Point *p, const V360BlockFormat *f,
                      int phase)
{
    const int bias = ff_v360_tap_bias(f->taps), before = taps_before(f);
    const int add = phase + bias;
    const int x = (p->x + add) >> 8, y = (p->y + bias) >> 8;

    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        const int px = p[i].x + add, py = p[i].y + bias;

        t->dx[i] = av_clip((px >> 8) - x, -FAR, FAR);
        t->dy[i] = av_clip((py >> 8) - y, -FAR, FAR);
        t->fx[i] = px;
        t->fy[i] = py;
    }
    t->dx[V360_BLOCK_SAMPLES] = t->dy[V360_BLOCK_SAMPLES] = 0;
    for (int y = 0; y < V360_BLOCK_H; y++)
        find_extent(&t->row[y], t->dx + y * V360_BLOCK_W,
                    t->dy + y * V360_BLOCK_W);
    t->x = x - before;
    t->y = y - before;
}

/* Fit a window around the taps of columns x to end. Returns whether it can. */
static int fit_window(uint16_t anchor[2], const Taps *t, const Extent *e,
                      int x, int end, int rows, const V360BlockFormat *f)
{
    int x0 = e->x0[x], y0 = e->y0[x], x1 = e->x1[x], y1 = e->y1[x];

    for (int i = x + PAIR; i < end; i += PAIR) {
        x0 = FFMIN(x0, e->x0[i]);
        x1 = FFMAX(x1, e->x1[i]);
        y0 = FFMIN(y0, e->y0[i]);
        y1 = FFMAX(y1, e->y1[i]);
    }
    if (x0 <= -FAR || x1 >= FAR || y0 <= -FAR || y1 >= FAR)
        return 0;
    x0 += t->x;
    x1 += t->x;
    y1 += t->y;
    y0 = FFMIN(y0 + t->y, f->h - rows);
    anchor[0] = x0;
    anchor[1] = y0;
    return y0 >= 0 && x0 >= 0 && x0 <= UINT16_MAX && y0 <= UINT16_MAX &&
           (x1 - x0 + f->taps) * f->step <= V360_WINDOW_BYTES &&
           y1 - y0 + f->taps <= rows;
}

/* Fit all windows of a layout around the taps. origin is set to where each
 * sample's window begins, as an index counted from the first sample's tap. */
static int fit_windows(V360Block *block, int16_t origin[V360_BLOCK_SAMPLES],
                       const Taps *t, enum V360BlockLayout layout,
                       const V360BlockFormat *f)
{
    const V360BlockShape *s = &ff_v360_block_shapes[layout];
    const int columns = V360_BLOCK_W / s->w, rows = V360_BLOCK_H / s->h;
    const int window_rows = ff_v360_window_rows(layout, f->taps);

    for (int j = 0; j < rows; j++) {
        Extent e = t->row[j * s->h];

        for (int y = 1; y < s->h; y++)
            merge(&e, &t->row[j * s->h + y]);
        for (int i = 0; i < columns; i++) {
            uint16_t *anchor = block->anchor[s->total ? i * rows + j :
                                                        j * columns + i];
            int16_t *p = origin + j * s->h * V360_BLOCK_W + i * s->w;
            int begin;

            if (!fit_window(anchor, t, &e, i * s->w, (i + 1) * s->w,
                            window_rows, f))
                return 0;
            begin = (anchor[0] - t->x) * f->step +
                    (anchor[1] - t->y) * V360_WINDOW_BYTES;
            for (int y = 0; y < s->h; y++)
                for (int x = 0; x < s->w; x++)
                    p[y * V360_BLOCK_W + x] = begin;
        }
    }
    return 1;
}

/* Give each sample a window of its own, however far they are from each other.
 * All indices become 0. */
static int fit_samples(V360Block *block, int16_t origin[V360_BLOCK_SAMPLES],
                       const Taps *t, const V360Point *p,
                       const V360BlockFormat *f, int phase)
{
    const int bias = ff_v360_tap_bias(f->taps), before = taps_before(f);
    int outside = 0;

    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        const int x = ((p[i].x + phase + bias) >> 8) - before;
        const int y = ((p[i].y + bias) >> 8) - before;

        outside |= x | y | (UINT16_MAX - x) | (f->h - f->taps - y);
        block->anchor[i][0] = x;
        block->anchor[i][1] = y;
        origin[i] = t->dx[i] * f->step + t->dy[i] * V360_WINDOW_BYTES;
    }
    return outside >= 0;
}

static int fit(V360Block *block, int16_t origin[V360_BLOCK_SAMPLES],
               const Taps *t, const V360Point *point,
               enum V360BlockLayout layout,
               const V360BlockFormat *f, int phase)
{
    return layout == V360_BLOCK_1X1 ?
           fit_samples(block, origin, t, point, f, phase) :
           fit_windows(block, origin, t, layout, f);
}

/* Layouts whose windows all have 8 rows keep the left half of a block first. */
static void fill_block(V360Block *block,
                       const int16_t origin[V360_BLOCK_SAMPLES],
                       const Taps *t, int halves, int step)
{
    uint8_t index[V360_BLOCK_SAMPLES];

    for (int i = 0; i < V360_BLOCK_SAMPLES; i++)
        index[i] = t->dx[i] * step + t->dy[i] * V360_WINDOW_BYTES - origin[i];
    if (!halves) {
        memcpy(block->index, index, sizeof(index));
        memcpy(block->fx, t->fx, sizeof(t->fx));
        memcpy(block->fy, t->fy, sizeof(t->fy));
        return;
    }
    for (int i = 0; i < V360_BLOCK_SAMPLES; i += 8) {
        const int from = i % 32 * 2 + i / 32 * 8;

        memcpy(block->index + i, index + from, 8);
        memcpy(block->fx + i, t->fx + from, 8);
        memcpy(block->fy + i, t->fy + from, 8);
    }
}

enum V360BlockLayout ff_v360_block_make(V360Block *block,
                                        const V360Point *point,
                                        const V360BlockFormat *f, int phase)
{
    int16_t origin[V360_BLOCK_SAMPLES];
    Taps t;

    if (!f->layouts)
        return V360_BLOCK_NONE;
    find_taps(&t, point, f, phase);
    for (int layout = 0; layout < V360_NB_BLOCK_LAYOUTS; layout++) {
        if (!(f->layouts >> layout & 1) ||
            !fit(block, origin, &t, point, layout, f, phase))
            continue;
        fill_block(block, origin, &t, ff_v360_block_shapes[layout].total,
                   f->step);
        return layout;
    }
    return V360_BLOCK_NONE;
}

void ff_v360_block_decode(V360Point *point, const V360Block *block,
                          enum V360BlockLayout layout, const V360BlockFormat *f,
                          int phase)
{
    const int bias = ff_v360_tap_bias(f->taps), before = taps_before(f);
    int column[V360_WINDOW_BYTES];

    for (int i = 0; i < V360_WINDOW_BYTES; i++)
        column[i] = i / f->step;
    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        int window, k = ff_v360_block_index(layout, i % V360_BLOCK_W,
                                            i / V360_BLOCK_W, &window);
        const uint16_t *anchor = block->anchor[window];
        const int x = anchor[0] + column[block->index[k] % V360_WINDOW_BYTES];
        const int y = anchor[1] + block->index[k] / V360_WINDOW_BYTES;

        point[i].x = (x + before) * 256 + block->fx[k] - bias - phase;
        point[i].y = (y + before) * 256 + block->fy[k] - bias;
    }
}
