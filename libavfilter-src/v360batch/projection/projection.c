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

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "internal.h"

static const V360Projection *const projections[V360_NB_PROJECTIONS] = {
    [V360_EQUIRECT]      = &ff_v360_equirect,
    [V360_HEQUIRECT]     = &ff_v360_hequirect,
    [V360_FLAT]          = &ff_v360_flat,
    [V360_FISHEYE]       = &ff_v360_fisheye,
    [V360_DFISHEYE]      = &ff_v360_dfisheye,
    [V360_C3X2]          = &ff_v360_c3x2,
    [V360_C6X1]          = &ff_v360_c6x1,
    [V360_C1X6]          = &ff_v360_c1x6,
    [V360_EAC]           = &ff_v360_eac,
    [V360_CYLINDRICAL]   = &ff_v360_cylindrical,
    [V360_CYLINDRICALEA] = &ff_v360_cylindricalea,
    [V360_STEREOGRAPHIC] = &ff_v360_stereographic,
    [V360_MERCATOR]      = &ff_v360_mercator,
    [V360_BALL]          = &ff_v360_ball,
    [V360_HAMMER]        = &ff_v360_hammer,
    [V360_SINUSOIDAL]    = &ff_v360_sinusoidal,
    [V360_PANNINI]       = &ff_v360_pannini,
    [V360_PERSPECTIVE]   = &ff_v360_perspective,
    [V360_TETRAHEDRON]   = &ff_v360_tetrahedron,
    [V360_OCTAHEDRON]    = &ff_v360_octahedron,
    [V360_BARREL]        = &ff_v360_barrel,
    [V360_BARRELSPLIT]   = &ff_v360_barrelsplit,
    [V360_TSPYRAMID]     = &ff_v360_tspyramid,
    [V360_EQUISOLID]     = &ff_v360_equisolid,
    [V360_ORTHOGRAPHIC]  = &ff_v360_orthographic,
};

void ff_v360_full_size(enum V360ProjectionID id, int w, int h,
                       double *full_w, double *full_h)
{
    *full_w = w * projections[id]->full_w;
    *full_h = h * projections[id]->full_h;
}

void ff_v360_size_from_full(enum V360ProjectionID id, double full_w,
                            double full_h, int *w, int *h)
{
    *w = FFMAX(lrint(full_w / projections[id]->full_w), 1);
    *h = FFMAX(lrint(full_h / projections[id]->full_h), 1);
}

av_cold int ff_v360_projection_is_source(enum V360ProjectionID id)
{
    return projections[id]->to_plane || projections[id]->ray_to_uv;
}

static av_cold int check_size(const V360Geometry *g, const V360Projection *p,
                              int is_source, void *log_ctx)
{
    const int min_w = FFMAX(p->min_w, 1), min_h = FFMAX(p->min_h, 1);

    if (g->w >= min_w && g->w <= V360_MAX_SIZE &&
        g->h >= min_h && g->h <= V360_MAX_SIZE)
        return 0;

    av_log(log_ctx, AV_LOG_ERROR,
           "%s size %dx%d: must be %dx%d to %dx%d for projection %s\n",
           is_source ? "source" : "view", g->w, g->h,
           min_w, min_h, V360_MAX_SIZE, V360_MAX_SIZE,
           ff_v360_projection_name(g->projection));
    return AVERROR(EINVAL);
}

av_cold int ff_v360_geometry_init(V360Geometry *g, int is_source,
                                  void *log_ctx)
{
    const char *prefix = is_source ? "i" : "";
    const V360Projection *p;
    int ret;

    if ((unsigned)g->projection >= V360_NB_PROJECTIONS) {
        av_log(log_ctx, AV_LOG_ERROR, "unknown projection %d\n",
               g->projection);
        return AVERROR(EINVAL);
    }
    p = projections[g->projection];

    if (is_source && !ff_v360_projection_is_source(g->projection)) {
        av_log(log_ctx, AV_LOG_ERROR, "input=%s: can only be an output\n",
               ff_v360_projection_name(g->projection));
        return AVERROR(EINVAL);
    }
    if ((ret = check_size(g, p, is_source, log_ctx)) < 0 ||
        (ret = ff_v360_fov_init(g, p, prefix, log_ctx)) < 0)
        return ret;

    g->nb_faces = 1;
    g->faces[0] = (V360Face){ 0.0, 0.0, 1.0, 1.0 };
    return p->init ? p->init(g, is_source ? "in" : "out", log_ctx) : 0;
}

int ff_v360_has_outline(const V360Geometry *g)
{
    return projections[g->projection]->has_outline;
}

static int inside(const double uv[2])
{
    return uv[0] >= -V360_EPS && uv[0] <= 1.0 + V360_EPS &&
           uv[1] >= -V360_EPS && uv[1] <= 1.0 + V360_EPS;
}

int ff_v360_project(const V360Geometry *g, const double ray[3],
                    double uv[2], int *face)
{
    const V360Projection *p = projections[g->projection];
    double xy[2];
    int shown;

    *face = 0;
    if (p->ray_to_uv)
        return p->ray_to_uv(g, ray, uv, face);

    if (!p->to_plane) {
        uv[0] = uv[1] = 0.5;
        return 0;
    }

    shown = p->to_plane(g, ray, xy);
    uv[0] = 0.5 + 0.5 * xy[0] / g->ex;
    uv[1] = 0.5 + 0.5 * xy[1] / g->ey;
    return shown && inside(uv);
}

int ff_v360_unproject(const V360Geometry *g, const double uv[2],
                      double ray[3])
{
    const V360Projection *p = projections[g->projection];
    double xy[2];

    if (p->uv_to_ray)
        return p->uv_to_ray(g, uv, ray);

    xy[0] = (2.0 * uv[0] - 1.0) * g->ex;
    xy[1] = (2.0 * uv[1] - 1.0) * g->ey;
    return p->from_plane(g, xy, ray);
}

int ff_v360_neighbour(const V360Geometry *g, int face, double uv[2])
{
    const V360Projection *p = projections[g->projection];
    double ray[3];

    if (p->neighbour)
        return p->neighbour(g, face, uv);
    if (p->has_outline) {
        ff_v360_unproject(g, uv, ray);
        ff_v360_project(g, ray, uv, &face);
        return face;
    }

    ff_v360_clamp_to_face(g, face, uv);
    return face;
}
