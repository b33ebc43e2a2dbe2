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

#include <math.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "border.h"
#include "grid.h"

static int same_chroma(const V360ChromaPlaces *a, const V360ChromaPlaces *b)
{
    return a->log2_w == b->log2_w && a->log2_h == b->log2_h &&
           a->xpos   == b->xpos   && a->ypos   == b->ypos;
}

static int same_grid(const V360Grid *a, const V360Grid *b)
{
    const V360Geometry *view = &b->view;
    const V360Orientation *o = &b->orientation;

    return a->supersample == b->supersample &&
           same_chroma(&a->chroma, &b->chroma) &&
           a->orientation.yaw == o->yaw && a->orientation.pitch == o->pitch &&
           a->orientation.roll == o->roll &&
           a->view.projection == view->projection &&
           a->view.w     == view->w     && a->view.h     == view->h &&
           a->view.h_fov == view->h_fov && a->view.v_fov == view->v_fov;
}

static void plane_init(const V360GridCache *c, V360Grid *grid, int siting)
{
    V360PlaneGrid *g = &grid->plane[siting];

    g->map = (V360PointMap) {
        .source      = &c->source,
        .transform   = &c->transform,
        .border      = &c->border[siting],
        .siting      = siting,
        .period      = c->period[siting],
        .view        = grid->view,
        .chroma      = grid->chroma,
        .supersample = grid->supersample,
    };
    ff_v360_point_map_init(&g->map, &grid->orientation);
    g->w = g->map.sampling.w;
    g->h = g->map.sampling.h;
}

static int grid_new(V360GridCache *c, V360Grid **grid, const V360Grid *key)
{
    V360Grid *g = av_memdup(key, sizeof(*key));
    int ret;

    if (!g)
        return AVERROR(ENOMEM);
    for (int i = 0; i < c->source.nb_sitings; i++)
        plane_init(c, g, i);
    ret = av_dynarray_add_nofree(&c->grids, &c->nb_grids, g);
    if (ret < 0)
        av_free(g);
    else
        *grid = g;
    return ret;
}

int ff_v360_grids_acquire(V360GridCache *c, V360Grid **grid,
                          const V360Geometry *view,
                          const V360Orientation *orientation,
                          const V360ChromaPlaces *chroma, int supersample,
                          int32_t dx[2])
{
    V360Grid key = { .view = *view, .orientation = *orientation,
                     .supersample = supersample, .id = c->last_id + 1 };
    int ret;

    if (c->source.nb_sitings > 1)
        key.chroma = *chroma;
    dx[0] = dx[1] = 0;
    if (c->yaw_sign) {
        for (int i = 0; i < c->source.nb_sitings; i++) {
            const V360Sampling *s = &c->source.sampling[i];
            const int32_t x = ff_v360_quantise(c->yaw_sign * orientation->yaw /
                                               360.0 * s->luma_w / s->step_x);
            dx[i] = (x % c->period[i] + c->period[i]) % c->period[i];
        }
        key.orientation.yaw = 0.0;
    }

    *grid = NULL;
    for (int i = 0; i < c->nb_grids && !*grid; i++)
        if (same_grid(c->grids[i], &key))
            *grid = c->grids[i];
    if (!*grid) {
        ret = grid_new(c, grid, &key);
        if (ret < 0)
            return ret;
        c->last_id = key.id;
    }
    (*grid)->nb_views++;
    return 0;
}

void ff_v360_grids_release(V360GridCache *c, V360Grid **grid)
{
    V360Grid *g = *grid;

    *grid = NULL;
    if (!g || --g->nb_views)
        return;
    for (int i = 0; i < c->nb_grids; i++) {
        if (c->grids[i] == g) {
            c->grids[i] = c->grids[--c->nb_grids];
            break;
        }
    }
    av_free(g);
}

int ff_v360_grids_init(V360GridCache *c, void *log_ctx)
{
    const V360Source *s = &c->source;
    const V360Transform *t = &c->transform;
    int ret;

    c->yaw_sign = 0;
    if (ff_v360_yaw_is_shift(&s->geometry) && t->rorder[0] == 'y' &&
        !s->transpose)
        c->yaw_sign = t->h_flip ^ t->d_flip ^ s->h_flip ? -1 : 1;
    for (int i = 0; i < s->nb_sitings; i++) {
        /* for chroma of an odd width, half a sample less than the plane */
        c->period[i] = c->yaw_sign ? lrint(256 * s->sampling[i].luma_w /
                                           s->sampling[i].step_x) : INT32_MAX;
        ret = ff_v360_border_init(&c->border[i], s, &s->sampling[i]);
        if (ret == AVERROR(EINVAL))
            av_log(log_ctx, AV_LOG_ERROR, "source of %dx%d is too small for "
                   "%s\n", s->sampling[i].luma_w, s->sampling[i].luma_h,
                   ff_v360_projection_name(s->geometry.projection));
        if (ret < 0)
            return ret;
    }
    return 0;
}

void ff_v360_grids_free(V360GridCache *c)
{
    for (int i = 0; i < c->nb_grids; i++)
        av_free(c->grids[i]);
    av_freep(&c->grids);
    c->nb_grids = 0;
    for (int i = 0; i < 2; i++)
        ff_v360_border_uninit(&c->border[i]);
}
