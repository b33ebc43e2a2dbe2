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

static int same_group(const V360GridGroup *a, const V360Geometry *view,
                      const V360Orientation *o)
{
    return a->orientation.yaw == o->yaw && a->orientation.pitch == o->pitch &&
           a->orientation.roll == o->roll &&
           a->view.projection == view->projection &&
           a->view.w     == view->w     && a->view.h     == view->h &&
           a->view.h_fov == view->h_fov && a->view.v_fov == view->v_fov;
}

static void grid_init(const V360GridCache *c, V360GridGroup *group, int siting)
{
    V360Grid *g = &group->plane[siting];

    g->map = (V360PointMap) {
        .source    = &c->source,
        .transform = &c->transform,
        .border    = &c->border[siting],
        .siting      = siting,
        .period    = c->period[siting],
        .view      = group->view,
    };
    ff_v360_point_map_init(&g->map, &group->orientation);
    g->w = g->map.sampling.w;
    g->h = g->map.sampling.h;
}

static int group_new(V360GridCache *c, V360GridGroup **group,
                     const V360GridGroup *key)
{
    V360GridGroup *g = av_memdup(key, sizeof(*key));
    int ret;

    if (!g)
        return AVERROR(ENOMEM);
    for (int i = 0; i < c->source.nb_sitings; i++)
        grid_init(c, g, i);
    ret = av_dynarray_add_nofree(&c->groups, &c->nb_groups, g);
    if (ret < 0)
        av_free(g);
    else
        *group = g;
    return ret;
}

int ff_v360_grids_acquire(V360GridCache *c, V360GridGroup **group,
                          const V360Geometry *view,
                          const V360Orientation *orientation, int32_t dx[2])
{
    V360GridGroup key = { .view = *view, .orientation = *orientation,
                          .id = c->last_id + 1 };
    int ret;

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

    *group = NULL;
    for (int i = 0; i < c->nb_groups && !*group; i++)
        if (same_group(c->groups[i], view, &key.orientation))
            *group = c->groups[i];
    if (!*group) {
        ret = group_new(c, group, &key);
        if (ret < 0)
            return ret;
        c->last_id = key.id;
    }
    (*group)->nb_views++;
    return 0;
}

void ff_v360_grids_release(V360GridCache *c, V360GridGroup **group)
{
    V360GridGroup *g = *group;

    *group = NULL;
    if (!g || --g->nb_views)
        return;
    for (int i = 0; i < c->nb_groups; i++) {
        if (c->groups[i] == g) {
            c->groups[i] = c->groups[--c->nb_groups];
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
        /* half a sample less than the plane for chroma of an odd width */
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
    for (int i = 0; i < c->nb_groups; i++)
        av_free(c->groups[i]);
    av_freep(&c->groups);
    c->nb_groups = 0;
    for (int i = 0; i < 2; i++)
        ff_v360_border_uninit(&c->border[i]);
}
