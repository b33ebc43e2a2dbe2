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

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "pack.h"
#include "prefetch.h"
#include "remap.h"

int ff_v360_cpu_phase(const V360BatchCPUContext *s, const V360BatchView *v,
                      int plane)
{
    return s->dsp[plane].block_layouts ?
           v->dx[s->common.format.plane[plane].siting] & 255 : 0;
}

int ff_v360_cpu_is_for(const V360PackedGrid *g, const V360Plane *plane)
{
    return g->siting == plane->siting &&
           g->format.step == ff_v360_sample_bytes(plane);
}

int ff_v360_cpu_takes(const V360BatchCPUContext *s, int view, int plane,
                      const V360PackedGrid *g)
{
    const V360BatchView *v = &s->common.views[view];

    return v->grid->id == g->id &&
           ff_v360_cpu_is_for(g, &s->common.format.plane[plane]) &&
           ff_v360_cpu_phase(s, v, plane) == g->phase;
}

V360SliceView ff_v360_cpu_slice_view(const V360BatchCPUContext *s,
                                     const V360RemapFrame *frame, int view,
                                     int plane)
{
    const V360BatchContext *c = &s->common;
    const int eye = c->rig.views[view].eye;
    const V360Remap *seam = &frame->seam[plane][eye];

    return (V360SliceView) {
        .remap = &frame->remap[plane][eye],
        .seam  = seam->src ? seam : NULL,
        .dx    = c->views[view].dx[c->format.plane[plane].siting],
    };
}

static int is_wanted(const V360BatchCPUContext *s, const V360PackedGrid *g)
{
    const V360BatchContext *c = &s->common;

    for (int p = 0; p < c->format.nb_planes; p++)
        for (int i = 0; i < c->rig.nb_views; i++)
            if (ff_v360_cpu_takes(s, i, p, g))
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

static const V360PackedGrid *find_packed(const V360BatchCPUContext *s,
                                         uint64_t id, const V360Plane *plane,
                                         int phase)
{
    for (int i = 0; i < s->nb_packed; i++)
        if (s->packed[i].id == id && ff_v360_cpu_is_for(&s->packed[i], plane) &&
            s->packed[i].phase == phase)
            return &s->packed[i];
    return NULL;
}

const V360PackedGrid *ff_v360_cpu_find_packed(const V360BatchCPUContext *s,
                                              int view, int plane)
{
    const V360BatchView *v = &s->common.views[view];

    return find_packed(s, v->grid->id, &s->common.format.plane[plane],
                       ff_v360_cpu_phase(s, v, plane));
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
            wanted[ff_v360_cpu_phase(s, &c->views[i], p)] = 1;
    for (int i = 0; i < 256; i++) {
        if (!wanted[i] || find_packed(s, grid->id, plane, i))
            continue;
        packed[n++] = (V360PackedGrid) {
            .id          = grid->id,
            .siting      = plane->siting,
            .phase       = i,
            .supersample = grid->supersample,
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

int ff_v360_cpu_update_packed(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    int ret = 0;

    drop_packed(s);
    for (int i = 0; i < c->grids.nb_grids; i++)
        for (int p = 0; p < c->format.nb_planes && ret >= 0; p++)
            ret = pack_plane(ctx, c->grids.grids[i], p);
    return ret;
}
