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

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavfilter/avfilter.h"
#include "cuda.h"

/**
 * @file
 * Grids on the device: made and copied once, and again for what a command
 * changes.
 */

/* Whether all taps lie inside one face, by the rules of the kernel. Where the
 * source wraps, only rows count: the kernel checks columns itself, as they
 * differ between views. It wraps by whole columns, which chroma of an odd width
 * does not, and takes y for positive. */
static int is_inside(const V360BatchContext *c, int siting, const V360Point *p)
{
    const V360Border *b = &c->grids.border[siting];
    const int wraps  = c->grids.period[siting] < INT32_MAX;
    const int bias   = ff_v360_tap_bias(ff_v360_taps(c->interp));
    const int before = V360_CUDA_BEFORE(c), after = V360_CUDA_AFTER(c);
    const int x = (p->x + bias) >> 8, y = (p->y + bias) >> 8;

    if (p->y < 0 || (wraps && (b->face[0].x1 <= before + after ||
                               c->grids.period[siting] % 256)))
        return 0;
    for (int i = 0; i < b->nb_faces; i++) {
        const V360BorderFace *f = &b->face[i];

        if (y - before >= f->y0 && y + after < f->y1 &&
            (wraps || (x - before >= f->x0 && x + after < f->x1 &&
                       ff_v360_is_in_outline(b, x - before, y - before,
                                             x + after, y + after))))
            return 1;
    }
    return 0;
}

static V360CudaPoint cuda_point(const V360BatchContext *c, int siting,
                                const V360Point *p)
{
    if (p->x == V360_UNMAPPED)
        return (V360CudaPoint){ V360_CUDA_UNMAPPED, V360_CUDA_BORDER };
    return (V360CudaPoint){ p->x, (p->y & ~V360_CUDA_BORDER) |
                            (is_inside(c, siting, p) ? 0 : V360_CUDA_BORDER) };
}

int ff_v360_cuda_grid_pitch(const V360PlaneGrid *g)
{
    return FFALIGN(g->w / g->map.supersample, 4);
}

size_t ff_v360_cuda_grid_points(const V360PlaneGrid *g)
{
    if (!g->w) /* the format has no such planes */
        return 0;
    return (size_t)ff_v360_cuda_grid_pitch(g) * g->h * g->map.supersample;
}

/* Rows [y0, y1) of a grid. On the device, each of them is as many rows as there
 * are points for a sample on an axis: the points of a word lie side by side. */
typedef struct FillJob {
    const V360BatchContext *c;
    const V360PlaneGrid *grid;
    int siting;
    int y0, y1;
    V360CudaPoint *dst;
    uint8_t *narrow;            ///< V360CudaGrid.narrow of the siting
} FillJob;

static void fill_row(const FillJob *j, int y)
{
    const int n = j->grid->map.supersample;
    const int pitch = ff_v360_cuda_grid_pitch(j->grid);
    V360CudaPoint *dst = j->dst + (size_t)(y - j->y0) * n * pitch;
    V360PointRow row;

    ff_v360_point_row_init(&row, &j->grid->map, y);
    for (int x = 0; x < pitch * n; x += V360_SPAN) {
        V360Point point[V360_SPAN];

        /* beyond the last sample, points are as good as any */
        ff_v360_point_span(&row, point, FFMIN(x, j->grid->w - 1));
        for (int i = x; i < FFMIN(x + V360_SPAN, pitch * n); i++)
            dst[i % n * pitch + i / n] = cuda_point(j->c, j->siting,
                                                    &point[i - x]);
    }
    if (j->narrow)
        ff_v360_cuda_mark_narrow(j->c, j->narrow, j->grid, j->siting, y, dst);
}

static void fill_rows(void *arg, int job, int nb_jobs)
{
    const FillJob *j = arg;
    const int64_t n = j->y1 - j->y0;
    const int end = j->y0 + n * (job + 1) / nb_jobs;

    for (int y = j->y0 + n * job / nb_jobs; y < end; y++)
        fill_row(j, y);
}

static void fill_grid(AVFilterContext *ctx, V360CudaPoint *dst, uint8_t *narrow,
                      int siting, const V360PlaneGrid *g, int y0, int y1)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360Execute exec = ff_v360_common_executor(ctx);
    FillJob job = { &s->common, g, siting, y0, y1, dst, narrow };

    /* 4 jobs a thread: see V360Execute */
    exec.run(exec.opaque, fill_rows, &job, FFMIN(y1 - y0, exec.nb_threads * 4));
}

static size_t grid_bytes(const V360Grid *grid)
{
    return (ff_v360_cuda_grid_points(&grid->plane[0]) +
            ff_v360_cuda_grid_points(&grid->plane[1])) * sizeof(V360CudaPoint);
}

/* Most bytes of points that are made before they are copied: av_malloc() gives
 * less than 2 GiB, and a grid can need more. */
#define MAX_SLICE (1 << 30)

/* Make and copy one plane grid after the other, some rows at a time, through
 * the same memory. */
static int upload_slices(AVFilterContext *ctx, const V360CudaGrid *copy,
                         const V360Grid *grid, V360CudaPoint *points)
{
    const V360BatchCudaContext *s = ctx->priv;
    CUdeviceptr dst = copy->mem.ptr;
    int ret = 0;

    for (int i = 0; i < s->common.grids.source.nb_sitings; i++) {
        const V360PlaneGrid *g  = &grid->plane[i];
        const size_t row   = ff_v360_cuda_grid_pitch(g) * sizeof(*points) *
                             g->map.supersample;
        const int max_rows = MAX_SLICE / row;

        for (int y = 0; y < g->h && ret >= 0; y += max_rows) {
            const int end = FFMIN(y + max_rows, g->h);

            fill_grid(ctx, points, copy->narrow[i], i, g, y, end);
            ret = ff_v360_cuda_upload(ctx, dst + y * row, points,
                                      (end - y) * row);
            if (ret >= 0)
                ret = CHECK_CU(s->cu->cuStreamSynchronize(s->hwctx->stream));
        }
        dst += g->h * row;
    }
    return ret;
}

/* Make all plane grids, and copy them at once. */
static int upload_at_once(AVFilterContext *ctx, const V360CudaGrid *copy,
                          const V360Grid *grid, V360CudaPoint *points)
{
    const V360BatchCudaContext *s = ctx->priv;
    V360CudaPoint *p = points;

    for (int i = 0; i < s->common.grids.source.nb_sitings; i++) {
        const V360PlaneGrid *g = &grid->plane[i];

        fill_grid(ctx, p, copy->narrow[i], i, g, 0, g->h);
        p += ff_v360_cuda_grid_points(g);
    }
    return ff_v360_cuda_upload(ctx, copy->mem.ptr, points, grid_bytes(grid));
}

static int upload_grid(AVFilterContext *ctx, V360CudaGrid *copy,
                       const V360Grid *grid)
{
    const V360BatchCudaContext *s = ctx->priv;
    const size_t size = grid_bytes(grid);
    V360CudaPoint *points;
    int ret = ff_v360_cuda_alloc_narrow(&s->common, copy, grid);

    if (ret < 0)
        return ret;
    points = av_malloc(FFMIN(size, MAX_SLICE));
    if (!points)
        return AVERROR(ENOMEM);
    ret = (size > MAX_SLICE ? upload_slices : upload_at_once)
          (ctx, copy, grid, points);
    av_free(points);
    if (ret >= 0)
        copy->id = grid->id;
    return ret;
}

V360CudaGrid *ff_v360_cuda_find_grid(const V360BatchCudaContext *s, uint64_t id,
                                     size_t size)
{
    for (int i = 0; i < s->nb_grids; i++)
        if (s->grids[i].id == id && (!size || s->grids[i].mem.size == size))
            return &s->grids[i];
    return NULL;
}

/* Copies and kernels run in order, so the memory of a grid that is gone can
 * take another one of the same size without a wait. */
static int add_grid(AVFilterContext *ctx, const V360Grid *grid)
{
    V360BatchCudaContext *s = ctx->priv;
    const size_t size = grid_bytes(grid);
    V360CudaGrid *copy = ff_v360_cuda_find_grid(s, 0, size);
    int ret;

    if (!copy) {
        copy = av_dynarray2_add((void **)&s->grids, &s->nb_grids,
                                sizeof(*copy), NULL);
        if (!copy)
            return AVERROR(ENOMEM);
        *copy = (V360CudaGrid){ 0 };
        ret = ff_v360_cuda_reserve(ctx, &copy->mem, size);
        if (ret < 0)
            return ret;
    }
    return upload_grid(ctx, copy, grid);
}

int ff_v360_cuda_update_grids(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360GridCache *c = &s->common.grids;
    int ret;

    for (int i = 0; i < s->nb_grids; i++) {
        int used = 0;
        for (int j = 0; j < c->nb_grids; j++)
            used |= c->grids[j]->id == s->grids[i].id;
        if (!used)
            s->grids[i].id = 0;
    }
    for (int i = 0; i < c->nb_grids; i++) {
        if (ff_v360_cuda_find_grid(s, c->grids[i]->id, 0))
            continue;
        ret = add_grid(ctx, c->grids[i]);
        if (ret < 0)
            return ret;
    }
    for (int i = s->nb_grids - 1; i >= 0; i--) {
        if (s->grids[i].id)
            continue;
        ff_v360_cuda_free(ctx, &s->grids[i].mem);
        ff_v360_cuda_free_narrow(&s->grids[i]);
        s->grids[i] = s->grids[--s->nb_grids];
    }
    return 0;
}
