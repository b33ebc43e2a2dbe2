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
#include "libavutil/common.h"
#include "libavutil/macros.h"
#include "internal.h"

/*
 * Dual fisheye: the left half looks back, the right half looks ahead. Each
 * direction is taken from the half in whose hemisphere it lies; what a lens
 * sees beyond its own hemisphere is not used.
 */

static av_cold int dfisheye_init(V360Geometry *g, const char *prefix,
                                 void *log_ctx)
{
    g->nb_faces = 2;
    g->faces[0] = (V360Face){ 0.0, 0.0, 0.5, 1.0 };
    g->faces[1] = (V360Face){ 0.5, 0.0, 1.0, 1.0 };
    return 0;
}

static int dfisheye_ray_to_uv(const V360Geometry *g, const double ray[3],
                              double uv[2], int *face)
{
    const int front = ray[2] >= -V360_EPS * (fabs(ray[0]) + fabs(ray[1]));
    const double m = front ? 1.0 : -1.0;
    double xy[2];

    ff_v360_equidistant(m * ray[0], ray[1], m * ray[2], xy);
    xy[0] /= g->ex;
    xy[1] /= g->ey;

    *face = front;
    uv[0] = 0.25 + 0.5 * front + 0.25 * av_clipd(xy[0], -1.0, 1.0);
    uv[1] = 0.5 + 0.5 * av_clipd(xy[1], -1.0, 1.0);
    return fabs(xy[0]) <= 1.0 + V360_EPS && fabs(xy[1]) <= 1.0 + V360_EPS;
}

static int dfisheye_uv_to_ray(const V360Geometry *g, const double uv[2],
                              double ray[3])
{
    const int front = uv[0] >= 0.5;
    const double xy[2] = {
        (4.0 * uv[0] - (front ? 3.0 : 1.0)) * g->ex,
        (2.0 * uv[1] - 1.0) * g->ey,
    };
    const int shown = ff_v360_equidistant_ray(xy, ray);

    if (!front) {
        ray[0] = -ray[0];
        ray[2] = -ray[2];
    }
    return shown;
}

const V360Projection ff_v360_dfisheye = {
    .ray_to_uv = dfisheye_ray_to_uv,
    .uv_to_ray = dfisheye_uv_to_ray,
    .init      = dfisheye_init,
    .x         = { V360_EXTENT_LINEAR, 360.0, 180.0 },
    .y         = { V360_EXTENT_LINEAR, 360.0, 180.0 },
    .diagonal  = V360_DIAGONAL_RADIAL,
    .full_w    = 1.0,
    .full_h    = 1.0,
    .min_w     = 2,
};

/*
 * Barrels: a band of latitudes up to 45 degrees, as in an equirectangular
 * image, and two caps, each a disc in the side of a cube.
 */

/** The tie goes to the band, as in v360's split barrel. */
static int in_band(const double ray[3])
{
    const double hh = ray[0] * ray[0] + ray[2] * ray[2];

    return ray[1] * ray[1] <= hh * (1.0 + V360_EPS);
}

static double latitude(const double ray[3])
{
    return atan2(ray[1], sqrt(ray[0] * ray[0] + ray[2] * ray[2]));
}

static void set_band_ray(double lon, double lat, double ray[3])
{
    const double r = cos(lat);

    v360_set_ray(ray, r * sin(lon), sin(lat), r * cos(lon));
}

/** Share of each part that is not padding, as in v360. */
#define BARREL_SCALE 0.99

enum BarrelFace {
    BARREL_BAND,
    BARREL_UP,
    BARREL_DOWN,
};

static av_cold int barrel_init(V360Geometry *g, const char *prefix,
                               void *log_ctx)
{
    g->nb_faces = 3;
    g->faces[BARREL_BAND] = (V360Face){ 0.0, 0.0, 0.8, 1.0 };
    g->faces[BARREL_UP]   = (V360Face){ 0.8, 0.0, 1.0, 0.5 };
    g->faces[BARREL_DOWN] = (V360Face){ 0.8, 0.5, 1.0, 1.0 };
    return 0;
}

static int barrel_ray_to_uv(const V360Geometry *g, const double ray[3],
                            double uv[2], int *face)
{
    const V360Face *f;
    double st[2];

    if (in_band(ray)) {
        *face = BARREL_BAND;
        st[0] = v360_longitude(ray) / M_PI;
        st[1] = latitude(ray) / M_PI_4;
    } else {
        *face = ray[1] < 0.0 ? BARREL_UP : BARREL_DOWN;
        st[0] = ray[0] / fabs(ray[1]);
        st[1] = -ray[2] / ray[1];
    }
    f = &g->faces[*face];
    uv[0] = f->u0 + (f->u1 - f->u0) * (0.5 + 0.5 * BARREL_SCALE * st[0]);
    uv[1] = f->v0 + (f->v1 - f->v0) * (0.5 + 0.5 * BARREL_SCALE * st[1]);
    return 1;
}

static int barrel_uv_to_ray(const V360Geometry *g, const double uv[2],
                            double ray[3])
{
    const int face = uv[0] < 0.8 ? BARREL_BAND :
                     uv[1] < 0.5 ? BARREL_UP : BARREL_DOWN;
    const V360Face *f = &g->faces[face];
    const double s = 2.0 * (uv[0] - f->u0) / (f->u1 - f->u0) - 1.0;
    const double t = 2.0 * (uv[1] - f->v0) / (f->v1 - f->v0) - 1.0;
    const double st[2] = { s / BARREL_SCALE, t / BARREL_SCALE };

    if (face == BARREL_BAND)
        set_band_ray(st[0] * M_PI, st[1] * M_PI_4, ray);
    else
        ff_v360_cube_ray(face == BARREL_UP ? V360_UP : V360_DOWN, st, ray);
    return 1;
}

const V360Projection ff_v360_barrel = {
    .ray_to_uv = barrel_ray_to_uv,
    .uv_to_ray = barrel_uv_to_ray,
    .init      = barrel_init,
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 },
    .full_w    = 0.8,
    .full_h    = 1.0,
    .min_w     = 5,
    .min_h     = 2,
};

/*
 * Split barrel: the bands of the front and of the back hemisphere, then half
 * discs: front top, front bottom, back top, back bottom.
 */
enum SplitFace {
    SPLIT_FRONT,
    SPLIT_BACK,
    SPLIT_CAPS,
};

static av_cold int barrelsplit_init(V360Geometry *g, const char *prefix,
                                    void *log_ctx)
{
    g->nb_faces = 6;
    g->faces[SPLIT_FRONT] = (V360Face){ 0.0, 0.0, 2.0 / 3.0, 0.5 };
    g->faces[SPLIT_BACK]  = (V360Face){ 0.0, 0.5, 2.0 / 3.0, 1.0 };
    for (int i = 0; i < 4; i++)
        g->faces[SPLIT_CAPS + i] = (V360Face){
            2.0 / 3.0, 0.25 * i, 1.0, 0.25 * (i + 1)
        };
    return ff_v360_pad_check(g, g->w / 3.0, g->h / 4.0, prefix, log_ctx);
}

/** Share of a band or half disc that is not padding, in x and in y. */
static void split_scale(const V360Geometry *g, int face, double scale[2])
{
    const int band = face < SPLIT_CAPS;

    scale[0] = v360_pad_scale(g, g->w * (band ? 2.0 : 1.0) / 3.0);
    scale[1] = v360_pad_scale(g, g->h * (band ? 0.5 : 0.25));
}

static int barrelsplit_ray_to_uv(const V360Geometry *g, const double ray[3],
                                 double uv[2], int *face)
{
    const int back = ray[2] < -V360_EPS * (fabs(ray[0]) + fabs(ray[1]));
    const double m = back ? -1.0 : 1.0;
    double scale[2], v;

    if (in_band(ray)) {
        const double turned[3] = { m * ray[0], ray[1], m * ray[2] };

        *face = back ? SPLIT_BACK : SPLIT_FRONT;
        split_scale(g, *face, scale);
        uv[0] = (1.0 + scale[0] * v360_longitude(turned) / M_PI_2) / 3.0;
        uv[1] = 0.25 + 0.5 * back + 0.25 * scale[1] * latitude(ray) / M_PI_4;
        return 1;
    }

    *face = SPLIT_CAPS + 2 * back + (ray[1] > 0.0);
    split_scale(g, *face, scale);
    v = scale[1] * (1.0 - scale[1] * m * ray[2] / fabs(ray[1]));
    v = av_clipd(ray[1] > 0.0 ? v : 1.0 - v, 0.0, 1.0);
    uv[0] = (5.0 + scale[0] * m * ray[0] / fabs(ray[1])) / 6.0;
    uv[1] = 0.25 * (*face - SPLIT_CAPS + v);
    return 1;
}

static int split_cap_ray(const V360Geometry *g, const double uv[2],
                         double ray[3])
{
    const int cap = av_clip_uintp2(floor(4.0 * uv[1]), 2);
    const double m = cap >= 2 ? -1.0 : 1.0, v = 4.0 * uv[1] - cap;
    double scale[2], s, q;

    split_scale(g, SPLIT_CAPS + cap, scale);
    s = (6.0 * uv[0] - 5.0) / scale[0];
    q = (1.0 - (cap & 1 ? v : 1.0 - v) / scale[1]) / scale[1];
    v360_set_ray(ray, m * s, cap & 1 ? 1.0 : -1.0, m * q);
    v360_normalize(ray);
    s *= scale[0];
    q *= scale[1];
    return s * s + q * q <= 1.0 + V360_EPS;
}

static int barrelsplit_uv_to_ray(const V360Geometry *g, const double uv[2],
                                 double ray[3])
{
    const int back = uv[1] >= 0.5;
    double scale[2];

    if (uv[0] >= 2.0 / 3.0)
        return split_cap_ray(g, uv, ray);

    split_scale(g, SPLIT_FRONT, scale);
    set_band_ray(((1.5 * uv[0] - 0.5) / scale[0] - back) * M_PI,
                 (uv[1] - 0.25 - 0.5 * back) / scale[1] * M_PI, ray);
    return 1;
}

const V360Projection ff_v360_barrelsplit = {
    .ray_to_uv = barrelsplit_ray_to_uv,
    .uv_to_ray = barrelsplit_uv_to_ray,
    .init      = barrelsplit_init,
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 },
    .full_w    = 4.0 / 3.0,
    .full_h    = 1.0,
    .min_w     = 3,
    .min_h     = 4,
};
