/*
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
#include "avfilter.h"
#include "v360batch_cuda.h"

/**
 * @file
 * Grids and tables on the device: made and copied once for each
 * configuration, and again for what a command changes.
 */

#define TAPS_BEFORE(c) ((c)->interp > V360_LINE ? V360_TAPS_BEFORE : 0)
#define TAPS_AFTER(c)  ((c)->interp > V360_LINE ? V360_TAPS_AFTER : \
                        (c)->interp == V360_LINE)

/* Whether all taps lie inside one face, as the kernel takes it. Where the
 * source wraps, only rows count: the kernel looks at columns, which differ
 * between views. It wraps them by whole columns, so not chroma of an odd
 * width, and takes y for positive. */
static int is_inside(const V360BatchContext *c, int kind, const V360Point *p)
{
    const V360Border *b = &c->grids.border[kind];
    const int wraps  = c->grids.period[kind] < INT32_MAX;
    const int bias   = c->interp == V360_NEAR ? V360_PHASES / 2 : 0;
    const int before = TAPS_BEFORE(c), after = TAPS_AFTER(c);
    const int x = (p->x + bias) >> 8, y = (p->y + bias) >> 8;

    if (p->y < 0 || (wraps && (b->face[0].x1 <= before + after ||
                               c->grids.period[kind] % 256)))
        return 0;
    for (int i = 0; i < b->nb_faces; i++) {
        const V360BorderFace *f = &b->face[i];

        if (y - before >= f->y0 && y + after < f->y1 &&
            (wraps || (x - before >= f->x0 && x + after < f->x1)))
            return 1;
    }
    return 0;
}

static V360CudaPoint cuda_point(const V360BatchContext *c, int kind,
                                const V360Point *p)
{
    if (p->x == V360_VOID)
        return (V360CudaPoint){ V360_CUDA_VOID, V360_CUDA_BORDER };
    return (V360CudaPoint){ p->x, (p->y & ~V360_CUDA_BORDER) |
                            (is_inside(c, kind, p) ? 0 : V360_CUDA_BORDER) };
}

static int grid_pitch(const V360Grid *g)
{
    return FFALIGN(g->w, 4);
}

static size_t grid_points(const V360Grid *g)
{
    return (size_t)grid_pitch(g) * g->h;
}

typedef struct FillJob {
    const V360BatchContext *c;
    const V360Grid *grid;
    int kind;
    V360CudaPoint *dst;
} FillJob;

static void fill_row(const FillJob *j, int y)
{
    const int pitch = grid_pitch(j->grid);
    V360CudaPoint *dst = j->dst + (size_t)y * pitch;
    V360PointRow row;

    ff_v360_point_row_init(&row, &j->grid->map, y);
    for (int x = 0; x < pitch; x += V360_RUN) {
        V360Point point[V360_RUN];

        ff_v360_point_run(&row, point, x);
        for (int i = 0; i < FFMIN(V360_RUN, pitch - x); i++)
            dst[x + i] = cuda_point(j->c, j->kind, &point[i]);
    }
}

static void fill_rows(void *arg, int job, int nb_jobs)
{
    const FillJob *j = arg;
    const int end = j->grid->h * (int64_t)(job + 1) / nb_jobs;

    for (int y = j->grid->h * (int64_t)job / nb_jobs; y < end; y++)
        fill_row(j, y);
}

static void fill_grid(AVFilterContext *ctx, V360CudaPoint *dst, int kind,
                      const V360Grid *g)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360Execute exec = ff_v360batch_executor(ctx);

    exec.run(exec.opaque, fill_rows, &(FillJob){ &s->common, g, kind, dst },
             FFMIN(g->h, exec.nb_threads * 4));
}

static size_t group_size(const V360GridGroup *group)
{
    return (grid_points(&group->plane[0]) + grid_points(&group->plane[1])) *
           sizeof(V360CudaPoint);
}

static int upload_grids(AVFilterContext *ctx, V360CudaGrid *grid,
                        const V360GridGroup *group)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    V360CudaPoint *points = av_malloc(group_size(group));
    int ret;

    if (!points)
        return AVERROR(ENOMEM);
    fill_grid(ctx, points, 0, &group->plane[0]);
    if (c->grids.source.nb_planes > 1)
        fill_grid(ctx, points + grid_points(&group->plane[0]), 1,
                  &group->plane[1]);
    ret = ff_v360cuda_upload(ctx, grid->mem.ptr, points, group_size(group));
    av_free(points);
    if (ret >= 0)
        grid->id = group->id;
    return ret;
}

static V360CudaGrid *find_grid(const V360BatchCudaContext *s, uint64_t id,
                               size_t size)
{
    for (int i = 0; i < s->nb_grids; i++)
        if (s->grids[i].id == id && (!size || s->grids[i].mem.size == size))
            return &s->grids[i];
    return NULL;
}

/* Copies and kernels run in order, so the memory of a group that is gone can
 * take another one of the same size without a wait. */
static int add_grid(AVFilterContext *ctx, const V360GridGroup *group)
{
    V360BatchCudaContext *s = ctx->priv;
    const size_t size = group_size(group);
    V360CudaGrid *grid = find_grid(s, 0, size);
    int ret;

    if (!grid) {
        grid = av_dynarray2_add((void **)&s->grids, &s->nb_grids,
                                sizeof(*grid), NULL);
        if (!grid)
            return AVERROR(ENOMEM);
        *grid = (V360CudaGrid){ 0 };
        ret = ff_v360cuda_reserve(ctx, &grid->mem, size);
        if (ret < 0)
            return ret;
    }
    return upload_grids(ctx, grid, group);
}

static int update_grids(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360GridCache *c = &s->common.grids;
    int ret;

    for (int i = 0; i < s->nb_grids; i++) {
        int used = 0;
        for (int j = 0; j < c->nb_groups; j++)
            used |= c->groups[j]->id == s->grids[i].id;
        if (!used)
            s->grids[i].id = 0;
    }
    for (int i = 0; i < c->nb_groups; i++) {
        if (find_grid(s, c->groups[i]->id, 0))
            continue;
        ret = add_grid(ctx, c->groups[i]);
        if (ret < 0)
            return ret;
    }
    for (int i = s->nb_grids - 1; i >= 0; i--) {
        if (s->grids[i].id)
            continue;
        ff_v360cuda_free(ctx, &s->grids[i].mem);
        s->grids[i] = s->grids[--s->nb_grids];
    }
    return 0;
}

static size_t nb_places(const V360Border *b)
{
    size_t n = 0;

    for (int i = 0; i < b->nb_faces; i++)
        n += 2 * V360_RING * (size_t)(b->face[i].x1 - b->face[i].x0 +
                                      2 * V360_RING +
                                      b->face[i].y1 - b->face[i].y0);
    return n;
}

static void fill_border(V360CudaBorder *dst, const V360BatchContext *c,
                        int kind, CUdeviceptr ring)
{
    const V360Border *b = &c->grids.border[kind];
    const int wraps = c->grids.period[kind] < INT32_MAX;

    dst->nb_faces = b->nb_faces;
    dst->period   = c->grids.period[kind];
    dst->limit    = wraps ? b->face[0].x1 - 1 - TAPS_BEFORE(c) - TAPS_AFTER(c)
                          : INT32_MAX;
    dst->ring     = ring;
    for (int i = 0; i < b->nb_faces; i++) {
        const V360BorderFace *f = &b->face[i];
        dst->face[i] = (V360CudaFace){ f->x0, f->y0, f->x1, f->y1,
                                       f->ring - c->grids.places[kind] };
    }
}

/* V360CudaSetup, then the places of both kinds of planes. */
static int upload_setup(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const int kinds = c->grids.source.nb_planes;
    size_t n[2] = { 0 }, size = sizeof(V360CudaSetup);
    V360CudaSetup *setup;
    uint8_t *ring;
    int ret;

    for (int i = 0; i < kinds; i++) {
        n[i]  = nb_places(&c->grids.border[i]) * sizeof(V360Place);
        size += n[i];
    }
    ret = ff_v360cuda_reserve(ctx, &s->setup, size);
    if (ret < 0)
        return ret;
    setup = av_mallocz(size);
    if (!setup)
        return AVERROR(ENOMEM);
    ring = (uint8_t *)(setup + 1);
    for (int i = 0; i < kinds; i++) {
        fill_border(&setup->border[i], c, i,
                    s->setup.ptr + (ring - (uint8_t *)setup));
        memcpy(ring, c->grids.places[i], n[i]);
        ring += n[i];
    }
    ff_v360_kernel_weights(setup->weights, c->interp);
    ret = ff_v360cuda_upload(ctx, s->setup.ptr, setup, size);
    av_free(setup);
    return ret;
}

/* Order of views: by group, then by the phase of their offset, as weights are
 * made anew where that changes. */
typedef struct Key {
    int group, phase, view;
} Key;

static int compare_keys(const void *a, const void *b)
{
    const Key *x = a, *y = b;

    if (x->group != y->group)
        return FFDIFFSIGN(x->group, y->group);
    if (x->phase != y->phase)
        return FFDIFFSIGN(x->phase, y->phase);
    return FFDIFFSIGN(x->view, y->view);
}

static int order_views(V360BatchCudaContext *s, int first_view[])
{
    const V360BatchContext *c = &s->common;
    const int n = c->rig.nb_views;
    Key key[V360_MAX_VIEWS];

    for (int i = 0; i < n; i++) {
        const V360BatchView *v = &c->views[i];

        key[i] = (Key){ 0, v->dx[0] & 255, i };
        while (c->grids.groups[key[i].group] != v->group)
            key[i].group++;
    }
    AV_QSORT(key, n, Key, compare_keys);
    av_freep(&s->order);
    s->order = av_malloc_array(n, sizeof(*s->order));
    if (!s->order)
        return AVERROR(ENOMEM);
    for (int i = n - 1; i >= 0; i--) {
        s->order[i] = key[i].view;
        first_view[key[i].group] = i;
    }
    return 0;
}

static void fill_job(V360CudaJob *job, const V360BatchCudaContext *s,
                     const V360GridGroup *group, int kind, int first_view)
{
    const V360Format *f = &s->common.format;
    const V360Grid *g = &group->plane[kind];

    *job = (V360CudaJob) {
        .grid       = find_grid(s, group->id, 0)->mem.ptr +
                      kind * grid_points(&group->plane[0]) *
                      sizeof(V360CudaPoint),
        .pitch      = grid_pitch(g),
        .w          = g->w,
        .h          = g->h,
        .kind       = kind,
        .first_view = first_view,
        .nb_views   = group->nb_views,
    };
    for (int i = 0; i < f->nb_planes; i++)
        if (f->plane[i].kind == kind)
            job->plane[job->planes++] = i;
}

/* Size of a tile in samples of a job. */
static int tile_width(const V360Format *f, const V360CudaJob *job)
{
    const V360Plane *p = &f->plane[job->plane[0]];

    return V360_CUDA_TILE_WORDS * 4 / (p->components * p->bits / 8);
}

static int job_tiles(const V360Format *f, const V360CudaJob *job,
                     V360CudaTile *tile, int index)
{
    const int w = tile_width(f, job), h = V360_CUDA_TILE_ROWS;
    const int nx = (job->w + w - 1) / w, ny = (job->h + h - 1) / h;

    for (int y = 0; y < ny && tile; y++)
        for (int x = 0; x < nx; x++)
            *tile++ = (V360CudaTile){ index, x, y };
    return nx * ny;
}

static int upload_tiles(AVFilterContext *ctx, const V360CudaJob *jobs,
                        int nb_jobs)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360Format *f = &s->common.format;
    V360CudaTile *tiles;
    int n = 0, ret;

    for (int i = 0; i < nb_jobs; i++)
        n += job_tiles(f, &jobs[i], NULL, i);
    ret = ff_v360cuda_reserve(ctx, &s->tiles, n * sizeof(*tiles));
    if (ret < 0)
        return ret;
    tiles = av_malloc_array(n, sizeof(*tiles));
    if (!tiles)
        return AVERROR(ENOMEM);
    s->nb_tiles = 0;
    for (int i = 0; i < nb_jobs; i++)
        s->nb_tiles += job_tiles(f, &jobs[i], tiles + s->nb_tiles, i);
    ret = ff_v360cuda_upload(ctx, s->tiles.ptr, tiles, n * sizeof(*tiles));
    av_free(tiles);
    return ret;
}

static int upload_jobs(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360GridCache *c = &s->common.grids;
    const int kinds = c->source.nb_planes, n = c->nb_groups * kinds;
    int first_view[V360_MAX_VIEWS] = { 0 };
    int ret = order_views(s, first_view);
    V360CudaJob *jobs;

    if (ret < 0)
        return ret;
    ret = ff_v360cuda_reserve(ctx, &s->jobs, n * sizeof(*jobs));
    if (ret < 0)
        return ret;
    jobs = av_malloc_array(n, sizeof(*jobs));
    if (!jobs)
        return AVERROR(ENOMEM);
    for (int i = 0; i < n; i++)
        fill_job(&jobs[i], s, c->groups[i / kinds], i % kinds,
                 first_view[i / kinds]);
    ret = ff_v360cuda_upload(ctx, s->jobs.ptr, jobs, n * sizeof(*jobs));
    if (ret >= 0)
        ret = upload_tiles(ctx, jobs, n);
    av_free(jobs);
    return ret;
}

int ff_v360cuda_setup(AVFilterContext *ctx)
{
    int ret = update_grids(ctx);

    if (ret >= 0)
        ret = upload_setup(ctx);
    if (ret >= 0)
        ret = upload_jobs(ctx);
    return ret;
}

void ff_v360cuda_free_setup(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    for (int i = 0; i < s->nb_grids; i++)
        ff_v360cuda_free(ctx, &s->grids[i].mem);
    av_freep(&s->grids);
    s->nb_grids = 0;
    ff_v360cuda_free(ctx, &s->setup);
    ff_v360cuda_free(ctx, &s->jobs);
    ff_v360cuda_free(ctx, &s->tiles);
    av_freep(&s->order);
}
