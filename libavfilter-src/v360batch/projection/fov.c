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

#include "libavutil/attributes.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "internal.h"

static double extent_from_fov(enum V360Extent rule, double fov)
{
    const double a = fov * M_PI / 360.0;

    switch (rule) {
    case V360_EXTENT_TAN:      return tan(a);
    case V360_EXTENT_TAN_HALF: return tan(0.5 * a);
    case V360_EXTENT_SIN:      return sin(a);
    case V360_EXTENT_SIN_HALF: return sin(0.5 * a);
    default:                   return a;
    }
}

static double fov_from_extent(enum V360Extent rule, double extent)
{
    double a;

    switch (rule) {
    case V360_EXTENT_TAN:      a = atan(extent);       break;
    case V360_EXTENT_TAN_HALF: a = atan(extent) * 2.0; break;
    case V360_EXTENT_SIN:      a = asin(extent);       break;
    case V360_EXTENT_SIN_HALF: a = asin(extent) * 2.0; break;
    default:                   a = extent;             break;
    }
    return a * 360.0 / M_PI;
}

/** @param axis  limits of the value; NULL: only those of v360's options */
static av_cold int check_fov(const V360Geometry *g, const V360Axis *axis,
                             const char *prefix, const char *name,
                             double fov, void *log_ctx)
{
    const int limited = axis && axis->rule != V360_EXTENT_FIXED &&
                        axis->rule != V360_EXTENT_PARAMETER;
    const double max = limited ? axis->max_fov : 360.0;
    const int open = limited && axis->rule == V360_EXTENT_TAN;

    if (fov >= 0.0 && (open ? fov < max : fov <= max))
        return 0;

    av_log(log_ctx, AV_LOG_ERROR,
           "%s%s=%g: must be above 0 and %s %g for projection %s\n",
           prefix, name, fov, open ? "below" : "at most", max,
           ff_v360_projection_name(g->projection));
    return AVERROR(EINVAL);
}

/** Width that the fields of view span: the image, or one of two fisheyes. */
static double span_width(const V360Geometry *g)
{
    return g->projection == V360_DFISHEYE ? 0.5 * g->w : g->w;
}

static av_cold void fov_from_diagonal(V360Geometry *g, const V360Projection *p)
{
    const double w = span_width(g), d = sqrt(w * w + (double)g->h * g->h);
    const double a = g->d_fov * M_PI / 360.0;
    double e;

    switch (p->diagonal) {
    case V360_DIAGONAL_NONE:
        break;
    case V360_DIAGONAL_RADIAL:
        e = extent_from_fov(p->x.rule, g->d_fov) / d;
        g->h_fov = fov_from_extent(p->x.rule, w    * e);
        g->v_fov = fov_from_extent(p->y.rule, g->h * e);
        break;
    case V360_DIAGONAL_EQUIRECT:
        g->h_fov = g->d_fov;
        g->v_fov = g->d_fov * 0.5;
        break;
    case V360_DIAGONAL_FLAT:
        g->h_fov = atan2(sin(a) * w    / d, cos(a)) * 360.0 / M_PI;
        g->v_fov = atan2(sin(a) * g->h / d, cos(a)) * 360.0 / M_PI;
        break;
    }
}

/**
 * Complete an axis that was not given: by the extent that makes pixels square,
 * or by the largest extent of the axis if that is less.
 */
static av_cold void square_axis(const V360Axis *axis, double square,
                                double *extent, double *fov)
{
    const double max = extent_from_fov(axis->rule, axis->max_fov);

    /* the slack makes a 2:1 panorama reach the poles in spite of rounding */
    if (square >= max * (1.0 - V360_EPS)) {
        *extent = max;
        *fov    = axis->max_fov;
    } else {
        *extent = square;
        *fov    = fov_from_extent(axis->rule, square);
    }
}

static av_cold void fov_complete(V360Geometry *g, const V360Projection *p)
{
    const double w = span_width(g);

    if (g->h_fov == 0.0 && g->v_fov == 0.0) {
        g->h_fov = p->x.default_fov;
        g->v_fov = p->y.default_fov;
    }
    if (g->h_fov > 0.0)
        g->ex = extent_from_fov(p->x.rule, g->h_fov);
    if (g->v_fov > 0.0)
        g->ey = extent_from_fov(p->y.rule, g->v_fov);
    if (g->h_fov == 0.0)
        square_axis(&p->x, g->ey * w / g->h, &g->ex, &g->h_fov);
    if (g->v_fov == 0.0)
        square_axis(&p->y, g->ex * g->h / w, &g->ey, &g->v_fov);
}

static av_cold int check_diagonal(V360Geometry *g, const V360Projection *p,
                                  const char *prefix, void *log_ctx)
{
    int ret;

    /* the flat rule takes any angle; what it gives is checked below */
    ret = check_fov(g, p->diagonal == V360_DIAGONAL_FLAT ? NULL : &p->x,
                    prefix, "d_fov", g->d_fov, log_ctx);
    if (ret < 0)
        return ret;

    fov_from_diagonal(g, p);
    if ((ret = check_fov(g, &p->x, prefix, "h_fov", g->h_fov, log_ctx)) < 0 ||
        (ret = check_fov(g, &p->y, prefix, "v_fov", g->v_fov, log_ctx)) < 0)
        av_log(log_ctx, AV_LOG_ERROR, "it follows from %sd_fov=%g\n",
               prefix, g->d_fov);
    return ret;
}

av_cold int ff_v360_fov_init(V360Geometry *g, const V360Projection *p,
                             const char *prefix, void *log_ctx)
{
    int ret;

    if ((ret = check_fov(g, &p->x, prefix, "h_fov", g->h_fov, log_ctx)) < 0 ||
        (ret = check_fov(g, &p->y, prefix, "v_fov", g->v_fov, log_ctx)) < 0 ||
        (ret = check_fov(g, NULL,  prefix, "d_fov", g->d_fov, log_ctx)) < 0)
        return ret;

    if (p->x.rule == V360_EXTENT_FIXED || p->x.rule == V360_EXTENT_PARAMETER) {
        if (p->x.rule == V360_EXTENT_FIXED || g->h_fov == 0.0)
            g->h_fov = p->x.default_fov;
        if (p->x.rule == V360_EXTENT_FIXED || g->v_fov == 0.0)
            g->v_fov = p->y.default_fov;
        g->ex = p->x.fixed;
        g->ey = p->y.fixed;
        return 0;
    }

    if (g->d_fov > 0.0 &&
        (ret = check_diagonal(g, p, prefix, log_ctx)) < 0)
        return ret;
    fov_complete(g, p);
    return 0;
}
