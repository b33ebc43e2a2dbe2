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

#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "cuda.h"

/**
 * @file
 * Which tiles the kernels may read by rows of words: those in which the taps of
 * each word fit into a window, whatever the phase of the view.
 */

/* The plane whose samples a grid's points are for; those of a siting are alike.
 * NULL if there are no windows for them. */
static const V360Plane *find_plane(const V360BatchContext *c,
                                   const V360PlaneGrid *g, int siting)
{
    const V360Format *f = &c->format;
    const int taps = ff_v360_taps(c->interp);
    const V360Plane *p = NULL;

    for (int i = f->nb_planes - 1; i >= 0; i--)
        if (f->plane[i].siting == siting) {
            if (p && p->components != f->plane[i].components)
                return NULL;
            p = &f->plane[i];
        }
    return p && p->bits == 8 && p->components <= 2 && taps > 1 && g->w &&
           g->map.supersample == 1 ? p : NULL;
}

/* Tiles in a row of a plane's grid. */
static int tiles_of(const V360Plane *p, const V360PlaneGrid *g)
{
    const int tile = V360_CUDA_TILE_WORDS * 4 / p->components;

    return (g->w + tile - 1) / tile;
}

int ff_v360_cuda_alloc_narrow(const V360BatchContext *c, V360CudaGrid *copy,
                              const V360Grid *grid)
{
    for (int i = 0; i < c->grids.source.nb_sitings; i++) {
        const V360PlaneGrid *g = &grid->plane[i];
        const V360Plane *p = find_plane(c, g, i);

        av_freep(&copy->narrow[i]);
        if (!p)
            continue;
        copy->narrow[i] = av_malloc_array(g->h, tiles_of(p, g));
        if (!copy->narrow[i])
            return AVERROR(ENOMEM);
    }
    return 0;
}

/* Words with a point whose taps are not all in one face are remapped tap by
 * tap. A phase moves all points by less than a column. */
static int is_narrow(const V360CudaPoint *point, int nb, int taps)
{
    int left = INT_MAX, right = INT_MIN, top = INT_MAX, bottom = 0;

    for (int i = 0; i < nb; i++) {
        const int y = point[i].y >> 8;

        if (point[i].y & V360_CUDA_BORDER)
            return 1;
        left   = FFMIN(left, point[i].x);
        right  = FFMAX(right, point[i].x);
        top    = FFMIN(top, y);
        bottom = FFMAX(bottom, y);
    }
    return (((right - left + 255) >> 8) + taps) * (4 / nb) <=
           V360_CUDA_WINDOW_BYTES(taps, 4 / nb) &&
           bottom - top <= V360_CUDA_WINDOW_ROWS;
}

void ff_v360_cuda_mark_narrow(const V360BatchContext *c, uint8_t *narrow,
                              const V360PlaneGrid *g, int siting, int y,
                              const V360CudaPoint *row)
{
    const V360Plane *p = find_plane(c, g, siting);
    const int nb = 4 / p->components, n = tiles_of(p, g);
    const int taps = ff_v360_taps(c->interp);

    narrow += (size_t)y * n;
    memset(narrow, 1, n);
    for (int x = 0; x < g->w; x += nb)
        narrow[x / nb / V360_CUDA_TILE_WORDS] &= is_narrow(row + x, nb, taps);
}

int ff_v360_cuda_is_narrow(const V360BatchContext *c, const uint8_t *narrow,
                           const V360PlaneGrid *g, int siting,
                           const V360CudaTile *tile)
{
    const int y = tile->y * V360_CUDA_TILE_ROWS;
    int n, all = 1;

    if (!narrow)
        return 0;
    n = tiles_of(find_plane(c, g, siting), g);
    for (int i = y; i < FFMIN(y + V360_CUDA_TILE_ROWS, g->h); i++)
        all &= narrow[(size_t)i * n + tile->x];
    return all;
}

void ff_v360_cuda_free_narrow(V360CudaGrid *copy)
{
    for (int i = 0; i < 2; i++)
        av_freep(&copy->narrow[i]);
}
