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

#include "libavutil/avassert.h"
#include "libavutil/common.h"
#include "slice.h"

/* Views that are remapped together, as many as slice.c takes. */
#define MAX_VIEWS_AT_ONCE 8

/** A piece of the finer picture that divides into whole samples. */
typedef struct Piece {
    int y0, y1;          ///< rows
    int segment, end;    ///< segments
    int pitch;           ///< bytes of a row
    size_t size;         ///< bytes for a view
} Piece;

/* Segments side by side and rows of blocks below each other: the fewest that
 * divide into whole samples. */
static int piece_blocks(int supersample)
{
    return supersample == 3 ? 3 : 1;
}

/* Make the samples of a view from its piece. */
static void shrink(const V360SliceContext *t, const V360SliceView *v,
                   const uint8_t *fine, const Piece *p)
{
    const V360PackedGrid *g = t->packed;
    const int n = g->supersample;
    const int x0 = p->segment * V360_BLOCK_PITCH / n;
    const int x1 = FFMIN(p->end * V360_BLOCK_PITCH, g->w) / n;

    for (int y = p->y0; y < p->y1; y += n)
        t->dsp->shrink[n](v->dst + y / n * v->linesize + x0 * g->format.step,
                          fine + (y - p->y0) * p->pitch, p->pitch, x1 - x0,
                          v->remap->shift);
}

static void remap_piece(const V360SliceContext *t, const Piece *p,
                        const V360SliceView *views, int nb_views, uint8_t *fine,
                        V360SliceCount *count)
{
    const V360SliceContext keep = { t->dsp, t->packed, .keep = 1 };
    const ptrdiff_t first = p->y0 * (ptrdiff_t)p->pitch +
                            p->segment * V360_BLOCK_PITCH *
                            t->packed->format.step;
    V360SliceView view[MAX_VIEWS_AT_ONCE];

    for (int i = 0; i < nb_views; i++) {
        view[i]          = views[i];
        view[i].dst      = fine + i * p->size - first;
        view[i].linesize = p->pitch;
    }
    ff_v360_slice_remap_segments(&keep, p->y0, p->y1, p->segment, p->end, view,
                                 nb_views, count);
    for (int i = 0; i < nb_views; i++)
        shrink(t, &views[i], fine + i * p->size, p);
}

void ff_v360_slice_supersample(const V360SliceContext *t, int y0, int y1,
                               const V360SliceView *views, int nb_views,
                               uint8_t *fine, V360SliceCount *count)
{
    const V360PackedGrid *g = t->packed;
    const int n = g->supersample, blocks = piece_blocks(n);
    const int pitch = blocks * V360_BLOCK_PITCH * g->format.step;
    const int rows  = blocks * V360_BLOCK_H;
    const int at_once = FFMIN(V360_FINE_SIZE / (pitch * rows),
                              MAX_VIEWS_AT_ONCE);

    av_assert1(at_once > 0);
    for (int i = 0; i < nb_views; i += at_once)
        for (int y = y0 * n; y < y1 * n; y += rows)
            for (int k = 0; k < g->segments; k += blocks)
                remap_piece(t, &(Piece){
                    .y0      = y,
                    .y1      = FFMIN(y + rows, y1 * n),
                    .segment = k,
                    .end     = FFMIN(k + blocks, g->segments),
                    .pitch   = pitch,
                    .size    = pitch * rows,
                }, views + i, FFMIN(at_once, nb_views - i), fine, count);
}
