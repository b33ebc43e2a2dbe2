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

#include <stdlib.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "libavfilter/filters.h"
#include "libavfilter/v360batch/input.h"
#include "pack.h"
#include "prefetch.h"
#include "remap.h"

#define SLICE_ROWS (V360_SLICE_BLOCK_ROWS * V360_BLOCK_H)

typedef struct ThreadData {
    V360Remap remap[4][2];   ///< by plane and eye
    AVFrame *const *out;
} ThreadData;

/* Sub-sample part of a view's x-offset; blocks are packed per value. */
static int phase(const V360BatchCPUContext *s, const V360BatchView *v,
                 int plane)
{
    return s->dsp[plane].block_layouts ?
           v->dx[s->common.format.plane[plane].siting] & 255 : 0;
}

av_cold int ff_v360_cpu_init(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    s->weights = av_malloc_array(V360_PHASES, sizeof(*s->weights));
    if (!s->weights)
        return AVERROR(ENOMEM);
    ff_v360_interp_weights(s->weights, s->common.interp);
    return 0;
}

av_cold void ff_v360_cpu_config(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360Format *f = &s->common.format;

    for (int i = 0; i < f->nb_planes; i++)
        ff_v360_dsp_init(&s->dsp[i], s->common.interp, f->plane[i].bits,
                         f->plane[i].components, f->plane[i].msb);
}

static int is_for(const V360PackedGrid *g, const V360Plane *plane)
{
    return g->siting == plane->siting &&
           g->format.step == ff_v360_sample_bytes(plane);
}

static int is_wanted(const V360BatchCPUContext *s, const V360PackedGrid *g)
{
    const V360BatchContext *c = &s->common;

    for (int p = 0; p < c->format.nb_planes; p++)
        for (int i = 0; i < c->rig.nb_views; i++)
            if (g->id == c->views[i].grid->id &&
                is_for(g, &c->format.plane[p]) &&
                g->phase == phase(s, &c->views[i], p))
                return 1;
    return 0;
}

static void drop_packed(V360BatchCPUContext *s)
{
    int n = 0;

    for (int i = 0; i < s->nb_packed; i++) {
        if (is_wanted(s, &s->packed[i]))
            s->packed[n++] = s->packed[i];
        else
            ff_v360_packed_free(&s->packed[i]);
    }
    s->nb_packed = n;
}

static int has_packed(const V360BatchCPUContext *s, uint64_t id,
                      const V360Plane *plane, int phase)
{
    for (int i = 0; i < s->nb_packed; i++)
        if (s->packed[i].id == id && is_for(&s->packed[i], plane) &&
            s->packed[i].phase == phase)
            return 1;
    return 0;
}

/* Describe the packed grids that a plane of a grid lacks, one for each phase.
 * Returns their number. */
static int find_missing(const V360BatchCPUContext *s,
                        V360PackedGrid packed[256], const V360Grid *grid,
                        int p)
{
    const V360BatchContext *c = &s->common;
    const V360Plane *plane = &c->format.plane[p];
    const V360Sampling *source = &c->grids.source.sampling[plane->siting];
    uint8_t wanted[256] = { 0 };
    int n = 0;

    for (int i = 0; i < c->rig.nb_views; i++)
        if (c->views[i].grid == grid)
            wanted[phase(s, &c->views[i], p)] = 1;
    for (int i = 0; i < 256; i++) {
        if (!wanted[i] || has_packed(s, grid->id, plane, i))
            continue;
        packed[n++] = (V360PackedGrid) {
            .id     = grid->id,
            .siting = plane->siting,
            .phase  = i,
            .format = {
                .layouts = s->dsp[p].block_layouts,
                .taps    = ff_v360_taps(c->interp),
                .step    = ff_v360_sample_bytes(plane),
                .w       = source->w,
                .h       = source->h,
            },
        };
    }
    return n;
}

/* Make what is missing for a plane of a grid: all phases at once, so that its
 * points are made once. The array takes 18 KiB of the stack. */
static int pack_plane(AVFilterContext *ctx, const V360Grid *grid, int p)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360Execute exec = ff_v360_common_executor(ctx);
    V360PackedGrid new[256], *packed = NULL;
    const int n = find_missing(s, new, grid, p);
    int ret;

    if (!n)
        return 0;
    ret = ff_v360_pack(new, n, &grid->plane[new[0].siting], &exec);
    if (ret < 0)
        return ret;
    for (int i = 0; i < n && new[i].format.layouts && ret >= 0; i++)
        ret = ff_v360_prefetch_make(&new[i], &exec);
    if (ret >= 0)
        packed = av_realloc_array(s->packed, s->nb_packed + n, sizeof(*packed));
    if (!packed) {
        for (int i = 0; i < n; i++)
            ff_v360_packed_free(&new[i]);
        return ret < 0 ? ret : AVERROR(ENOMEM);
    }
    memcpy(packed + s->nb_packed, new, n * sizeof(*new));
    s->packed     = packed;
    s->nb_packed += n;
    return 0;
}

/* Make the slices of a plane, and return their number; if slice is NULL, only
 * return it. */
static int plane_slices(const V360PackedGrid *g, V360Slice *slice, int plane)
{
    int n = 0;

    for (int y = 0; y < g->h; y += SLICE_ROWS, n++)
        if (slice)
            slice[n] = (V360Slice){ g, plane, y, FFMIN(y + SLICE_ROWS, g->h),
                                    ff_v360_packed_y(g, y / V360_BLOCK_H) };
    return n;
}

static int all_slices(const V360BatchCPUContext *s, V360Slice *slice)
{
    const V360Format *f = &s->common.format;
    int n = 0;

    for (int i = 0; i < s->nb_packed; i++)
        for (int p = 0; p < f->nb_planes; p++)
            if (is_for(&s->packed[i], &f->plane[p]))
                n += plane_slices(&s->packed[i], slice ? slice + n : NULL, p);
    return n;
}

/* Slices that read the same lines of the source follow each other. */
static int compare_slices(const void *a, const void *b)
{
    const V360Slice *x = a, *y = b;

    return FFDIFFSIGN(x->plane, y->plane) ? FFDIFFSIGN(x->plane, y->plane) :
           FFDIFFSIGN(x->source_y, y->source_y);
}

int ff_v360_cpu_update(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const int64_t start = av_gettime_relative();
    int n, ret;

    av_freep(&s->slices);
    s->nb_slices = 0;
    drop_packed(s);
    for (int i = 0; i < c->grids.nb_grids; i++)
        for (int p = 0; p < c->format.nb_planes; p++)
            if ((ret = pack_plane(ctx, c->grids.grids[i], p)) < 0)
                return ret;
    n = all_slices(s, NULL);
    s->slices = av_malloc_array(n, sizeof(*s->slices));
    if (!s->slices)
        return AVERROR(ENOMEM);
    s->nb_slices = all_slices(s, s->slices);
    qsort(s->slices, s->nb_slices, sizeof(*s->slices), compare_slices);
    av_log(ctx, AV_LOG_VERBOSE, "grids are ready after %.1f ms\n",
           (av_gettime_relative() - start) / 1000.0);
    return 0;
}

/* The array of views takes 8 KiB of the stack. */
static int remap_slice(AVFilterContext *ctx, void *arg, int job, int nb_jobs)
{
    const V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const ThreadData *td = arg;
    V360Slice *slice = &s->slices[job];
    const int p = slice->plane;
    const V360SliceContext t = { .dsp = &s->dsp[p], .packed = slice->packed };
    V360SliceCount count = slice->count; /* no shared cache line */
    V360SliceView views[V360_MAX_VIEWS];
    int n = 0;

    for (int i = 0; i < c->rig.nb_views; i++) {
        const V360BatchView *v = &c->views[i];
        const AVFrame *out = td->out[i];

        if (!out || v->grid->id != slice->packed->id ||
            phase(s, v, p) != slice->packed->phase)
            continue;
        views[n++] = (V360SliceView) {
            .dst      = out->data[p],
            .linesize = out->linesize[p],
            .remap    = &td->remap[p][c->rig.views[i].eye],
            .dx       = v->dx[slice->packed->siting],
        };
    }
    ff_v360_slice_remap(&t, slice->y0, slice->y1, views, n, &count);
    slice->count = count;
    return 0;
}

static void init_remaps(const V360BatchCPUContext *s, ThreadData *td,
                        const AVFrame *in)
{
    const V360BatchContext *c = &s->common;

    for (int p = 0; p < c->format.nb_planes; p++) {
        const V360Plane *plane = &c->format.plane[p];

        for (int eye = 0; eye < 2; eye++) {
            V360Remap *r = &td->remap[p][eye];
            int x, y;

            ff_v360_input_eye_offset(c, eye, plane->siting, &x, &y);
            r->src      = in->data[p] + y * (ptrdiff_t)in->linesize[p] +
                          x * ff_v360_sample_bytes(plane);
            r->linesize = in->linesize[p];
            r->period   = c->grids.period[plane->siting];
            r->weights  = s->weights;
            r->msb      = plane->msb;
            r->shift    = plane->shift;
            r->max      = plane->max;
            r->border   = &c->grids.border[plane->siting];
            memcpy(r->fill, plane->fill, sizeof(r->fill));
        }
    }
}

void ff_v360_cpu_remap(AVFilterContext *ctx, const AVFrame *in,
                       AVFrame *const *out)
{
    const V360BatchCPUContext *s = ctx->priv;
    ThreadData td = { .out = out };

    init_remaps(s, &td, in);
    ff_filter_execute(ctx, remap_slice, &td, NULL, s->nb_slices);
}

/* Say how many samples took which path since grids last changed. */
static av_cold void log_paths(AVFilterContext *ctx)
{
    const V360BatchCPUContext *s = ctx->priv;
    V360SliceCount sum = { 0 };
    double all;

    for (int i = 0; i < s->nb_slices; i++) {
        sum.blocks += s->slices[i].count.blocks;
        sum.inside += s->slices[i].count.inside;
        sum.border += s->slices[i].count.border;
    }
    all = FFMAX(sum.blocks + sum.inside + sum.border, 1) / 100.0;
    av_log(ctx, AV_LOG_DEBUG, "samples in blocks %.3f %%, inside %.3f %%, at "
           "borders %.3f %%\n", sum.blocks / all, sum.inside / all,
           sum.border / all);
}

av_cold void ff_v360_cpu_uninit(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    log_paths(ctx);
    for (int i = 0; i < s->nb_packed; i++)
        ff_v360_packed_free(&s->packed[i]);
    av_freep(&s->packed);
    s->nb_packed = 0;
    av_freep(&s->slices);
    av_freep(&s->weights);
}
