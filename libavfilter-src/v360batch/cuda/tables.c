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
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/qsort.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/v360batch/map/border.h"
#include "cuda.h"

/**
 * @file
 * Tables on the device: borders and weights; the order of views; planes and
 * tiles, which say what each block of threads makes. They are made and copied
 * for each configuration, and again after a command has changed grids.
 */

static size_t samples_bytes(const V360Border *b)
{
    return b->nb_samples * sizeof(*b->samples);
}

static size_t outline_bytes(const V360GridCache *c, int siting)
{
    return c->border[siting].outline ? c->source.sampling[siting].h *
                                       sizeof(V360CudaOutlineRow) : 0;
}

static void fill_border(V360CudaBorder *dst, const V360BatchContext *c,
                        int siting, CUdeviceptr ring)
{
    const V360Border *b = &c->grids.border[siting];
    const int wraps = c->grids.period[siting] < INT32_MAX;

    dst->nb_faces = b->nb_faces;
    dst->period   = c->grids.period[siting];
    dst->limit    = wraps ? b->face[0].x1 - 1 - V360_CUDA_BEFORE(c) -
                            V360_CUDA_AFTER(c) : INT32_MAX;
    dst->ring     = ring;
    for (int i = 0; i < b->nb_faces; i++) {
        const V360BorderFace *f = &b->face[i];
        dst->face[i] = (V360CudaFace){ f->x0, f->y0, f->x1, f->y1,
                                       f->ring - b->samples };
    }
}

/* Fill rows of an outline, of which the samples are so many bytes from the
 * setup on. */
static void fill_outline(V360CudaOutlineRow *dst, const V360OutlineRow *src,
                         int rows, int samples)
{
    for (int y = 0; y < rows; y++, src++) {
        const int left  = samples + src->left  * (int)sizeof(V360SamplePos);
        const int right = samples + src->right * (int)sizeof(V360SamplePos);

        dst[y] = (V360CudaOutlineRow){ src->x0, src->x1, src->first, src->end,
                                       left, right };
    }
}

/* Fill the border of a siting and what belongs to it, which begins at *size;
 * *size is moved to its end. */
static void fill_siting(V360CudaSetup *setup, const V360BatchContext *c,
                        int siting, CUdeviceptr at, size_t *size)
{
    const V360Border *b = &c->grids.border[siting];
    uint8_t *base = (uint8_t *)setup;
    const size_t samples = *size, rows = samples + samples_bytes(b);

    fill_border(&setup->border[siting], c, siting, at + samples);
    memcpy(base + samples, b->samples, samples_bytes(b));
    *size = rows + outline_bytes(&c->grids, siting);
    if (!b->outline)
        return;
    setup->border[siting].face[0].outline = rows;
    fill_outline((V360CudaOutlineRow *)(base + rows), b->outline,
                 c->grids.source.sampling[siting].h, samples);
}

/* Copy a V360CudaSetup, followed by what belongs to borders of all sitings. */
static int upload_setup(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const int sitings = c->grids.source.nb_sitings;
    size_t size = sizeof(V360CudaSetup);
    V360CudaSetup *setup;
    int ret;

    for (int i = 0; i < sitings; i++)
        size += samples_bytes(&c->grids.border[i]) +
                outline_bytes(&c->grids, i);
    ret = ff_v360_cuda_reserve(ctx, &s->setup, size);
    if (ret < 0)
        return ret;
    setup = av_mallocz(size);
    if (!setup)
        return AVERROR(ENOMEM);
    size = sizeof(V360CudaSetup);
    for (int i = 0; i < sitings; i++)
        fill_siting(setup, c, i, s->setup.ptr, &size);
    ff_v360_interp_weights(setup->weights, c->interp);
    ret = ff_v360_cuda_upload(ctx, s->setup.ptr, setup, size);
    av_free(setup);
    return ret;
}

/* Order of views: by grid, then by the phase of their offset, as weights are
 * made anew where that changes. */
typedef struct ViewOrder {
    int grid, phase, view;
} ViewOrder;

static int compare_order(const void *a, const void *b)
{
    const ViewOrder *x = a, *y = b;

    if (x->grid != y->grid)
        return FFDIFFSIGN(x->grid, y->grid);
    if (x->phase != y->phase)
        return FFDIFFSIGN(x->phase, y->phase);
    return FFDIFFSIGN(x->view, y->view);
}

static int order_views(V360BatchCudaContext *s, int first_view[])
{
    const V360BatchContext *c = &s->common;
    const int n = c->rig.nb_views;
    ViewOrder key[V360_MAX_VIEWS];

    for (int i = 0; i < n; i++) {
        const V360BatchView *v = &c->views[i];

        key[i] = (ViewOrder){ 0, v->dx[0] & 255, i };
        while (c->grids.grids[key[i].grid] != v->grid)
            key[i].grid++;
    }
    AV_QSORT(key, n, ViewOrder, compare_order);
    av_freep(&s->order);
    s->order = av_malloc_array(n, sizeof(*s->order));
    if (!s->order)
        return AVERROR(ENOMEM);
    for (int i = n - 1; i >= 0; i--) {
        s->order[i] = key[i].view;
        first_view[key[i].grid] = i;
    }
    return 0;
}

/* Whether the samples of two planes lie alike. */
static int same_samples(const V360Plane *a, const V360Plane *b)
{
    return a->siting == b->siting && a->components == b->components;
}

/* List the first of all planes whose samples lie alike; returns how many there
 * are. */
static int find_groups(const V360Format *f, int first[4])
{
    int n = 0;

    for (int i = 0; i < f->nb_planes; i++) {
        int k = 0;

        while (k < n && !same_samples(&f->plane[first[k]], &f->plane[i]))
            k++;
        if (k == n)
            first[n++] = i;
    }
    return n;
}

/* The planes whose samples lie as those of the plane first. */
static void fill_planes(V360CudaPlanes *dst, const V360BatchCudaContext *s,
                        const V360Grid *grid, int first, int first_view)
{
    const V360Format *f = &s->common.format;
    const int siting = f->plane[first].siting;
    const V360PlaneGrid *g = &grid->plane[siting];
    const int means = grid->supersample * grid->supersample;

    *dst = (V360CudaPlanes) {
        .grid       = ff_v360_cuda_find_grid(s, grid->id, 0)->mem.ptr +
                      siting * ff_v360_cuda_grid_points(&grid->plane[0]) *
                      sizeof(V360CudaPoint),
        .pitch      = ff_v360_cuda_grid_pitch(g),
        .w          = g->w / grid->supersample,
        .h          = g->h / grid->supersample,
        .siting     = siting,
        .components = f->plane[first].components,
        .first_view = first_view,
        .nb_views   = grid->nb_views,
        .nb_means   = means,
        .reciprocal = ((INT64_C(1) << 32) + means - 1) / means,
    };
    for (int i = 0; i < f->nb_planes; i++)
        if (same_samples(&f->plane[i], &f->plane[first]))
            dst->plane[dst->nb_planes++] = i;
}

int ff_v360_cuda_fill_tiles(V360CudaTile *tile, int index, int bytes, int rows)
{
    const int w = V360_CUDA_TILE_WORDS * 4, h = V360_CUDA_TILE_ROWS;
    const int nx = (bytes + w - 1) / w, ny = (rows + h - 1) / h;

    for (int y = 0; y < ny && tile; y++)
        for (int x = 0; x < nx; x++)
            *tile++ = (V360CudaTile){ index, x, y };
    return nx * ny;
}

static int planes_tiles(const V360Format *f, const V360CudaPlanes *planes,
                        V360CudaTile *tile, int index)
{
    const V360Plane *p = &f->plane[planes->plane[0]];

    return ff_v360_cuda_fill_tiles(tile, index,
                                   planes->w * ff_v360_sample_bytes(p),
                                   planes->h);
}

/* Note which of the tiles of some planes are narrow. */
static void mark_tiles(const V360BatchCudaContext *s, V360CudaTile *tile, int nb,
                       const V360Grid *grid, int siting)
{
    const V360CudaGrid *copy = ff_v360_cuda_find_grid(s, grid->id, 0);

    for (int i = 0; i < nb; i++)
        tile[i].narrow = ff_v360_cuda_is_narrow(&s->common, copy->narrow[siting],
                                                &grid->plane[siting], siting,
                                                &tile[i]);
}

static int upload_tiles(AVFilterContext *ctx, const V360CudaPlanes *planes,
                        int nb, int groups)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360GridCache *c = &s->common.grids;
    const V360Format *f = &s->common.format;
    V360CudaTile *tiles;
    int n = 0, ret;

    for (int i = 0; i < nb; i++)
        n += planes_tiles(f, &planes[i], NULL, i);
    ret = ff_v360_cuda_reserve(ctx, &s->tiles, n * sizeof(*tiles));
    if (ret < 0)
        return ret;
    tiles = av_malloc_array(n, sizeof(*tiles));
    if (!tiles)
        return AVERROR(ENOMEM);
    s->nb_tiles = 0;
    for (int i = 0; i < nb; i++) {
        V360CudaTile *tile = tiles + s->nb_tiles;
        const int k = planes_tiles(f, &planes[i], tile, i);

        mark_tiles(s, tile, k, c->grids[i / groups], planes[i].siting);
        s->nb_tiles += k;
    }
    ret = ff_v360_cuda_upload(ctx, s->tiles.ptr, tiles, n * sizeof(*tiles));
    av_free(tiles);
    return ret;
}

static int upload_planes(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360GridCache *c = &s->common.grids;
    int first[4];
    const int groups = find_groups(&s->common.format, first);
    const int n = c->nb_grids * groups;
    int first_view[V360_MAX_VIEWS] = { 0 };
    int ret = order_views(s, first_view);
    V360CudaPlanes *planes;

    if (ret < 0)
        return ret;
    ret = ff_v360_cuda_reserve(ctx, &s->planes, n * sizeof(*planes));
    if (ret < 0)
        return ret;
    planes = av_malloc_array(n, sizeof(*planes));
    if (!planes)
        return AVERROR(ENOMEM);
    for (int i = 0; i < n; i++)
        fill_planes(&planes[i], s, c->grids[i / groups], first[i % groups],
                    first_view[i / groups]);
    ret = ff_v360_cuda_upload(ctx, s->planes.ptr, planes, n * sizeof(*planes));
    if (ret >= 0)
        ret = upload_tiles(ctx, planes, n, groups);
    av_free(planes);
    return ret;
}

int ff_v360_cuda_setup(AVFilterContext *ctx)
{
    int ret = ff_v360_cuda_update_grids(ctx);

    if (ret >= 0)
        ret = upload_setup(ctx);
    if (ret >= 0)
        ret = upload_planes(ctx);
    return ret;
}

void ff_v360_cuda_free_setup(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    for (int i = 0; i < s->nb_grids; i++) {
        ff_v360_cuda_free(ctx, &s->grids[i].mem);
        ff_v360_cuda_free_narrow(&s->grids[i]);
    }
    av_freep(&s->grids);
    s->nb_grids = 0;
    ff_v360_cuda_free(ctx, &s->setup);
    ff_v360_cuda_free(ctx, &s->planes);
    ff_v360_cuda_free(ctx, &s->tiles);
    av_freep(&s->order);
}
