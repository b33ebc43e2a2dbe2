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
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "internal.h"

int ff_v360_yaw_is_shift(const V360Geometry *g)
{
    switch (g->projection) {
    case V360_EQUIRECT:
    case V360_CYLINDRICAL:
    case V360_CYLINDRICALEA:
    case V360_MERCATOR:
        return g->h_fov == 360.0;
    default:
        return 0;
    }
}

static int equirect_to_plane(const V360Geometry *g, const double ray[3],
                             double xy[2])
{
    xy[0] = v360_longitude(ray);
    xy[1] = atan2(ray[1], sqrt(ray[0] * ray[0] + ray[2] * ray[2]));
    return 1;
}

static int equirect_from_plane(const V360Geometry *g, const double xy[2],
                               double ray[3])
{
    const double r = cos(xy[1]);

    v360_set_ray(ray, r * sin(xy[0]), sin(xy[1]), r * cos(xy[0]));
    return 1;
}

static int cylinder_neighbour(const V360Geometry *g, int face, double uv[2])
{
    const int poles = g->v_fov == 180.0 &&
                      (g->projection == V360_EQUIRECT ||
                       g->projection == V360_CYLINDRICALEA);
    double u = uv[0];

    if (!ff_v360_yaw_is_shift(g)) {
        ff_v360_clamp_to_face(g, face, uv);
        return face;
    }
    if (poles && (uv[1] < 0.0 || uv[1] > 1.0)) {
        u    += 0.5;
        uv[1] = uv[1] < 0.0 ? -uv[1] : 2.0 - uv[1];
    }
    ff_v360_clamp_to_face(g, face, uv);
    uv[0] = u - floor(u);
    return face;
}

const V360Projection ff_v360_equirect = {
    .to_plane   = equirect_to_plane,
    .from_plane = equirect_from_plane,
    .neighbour  = cylinder_neighbour,
    .x          = { V360_EXTENT_LINEAR, 360.0, 360.0 },
    .y          = { V360_EXTENT_LINEAR, 180.0, 180.0 },
    .diagonal   = V360_DIAGONAL_EQUIRECT,
    .full_w     = 1.0,
    .full_h     = 1.0,
};

const V360Projection ff_v360_hequirect = {
    .to_plane   = equirect_to_plane,
    .from_plane = equirect_from_plane,
    .x          = { V360_EXTENT_FIXED, 180.0, 180.0, M_PI_2 },
    .y          = { V360_EXTENT_FIXED, 180.0, 180.0, M_PI_2 },
    .full_w     = 2.0,
    .full_h     = 1.0,
};

static int cylindrical_to_plane(const V360Geometry *g, const double ray[3],
                                double xy[2])
{
    const double h = sqrt(ray[0] * ray[0] + ray[2] * ray[2]);

    xy[0] = v360_longitude(ray);
    xy[1] = 0.0;
    if (h <= V360_EPS * fabs(ray[1]))
        return 0;
    xy[1] = ray[1] / h;
    return 1;
}

static int cylindrical_from_plane(const V360Geometry *g, const double xy[2],
                                  double ray[3])
{
    v360_set_ray(ray, sin(xy[0]), xy[1], cos(xy[0]));
    v360_normalize(ray);
    return 1;
}

const V360Projection ff_v360_cylindrical = {
    .to_plane   = cylindrical_to_plane,
    .from_plane = cylindrical_from_plane,
    .neighbour  = cylinder_neighbour,
    .x          = { V360_EXTENT_LINEAR, 360.0, 90.0 },
    .y          = { V360_EXTENT_TAN,    180.0, 0.0 },
    .diagonal   = V360_DIAGONAL_FLAT,
    .full_w     = 1.0,
    .full_h     = 2.0,
};

static int cylindricalea_to_plane(const V360Geometry *g, const double ray[3],
                                  double xy[2])
{
    xy[0] = v360_longitude(ray);
    xy[1] = ray[1] / v360_length(ray[0], ray[1], ray[2]);
    return 1;
}

static int cylindricalea_from_plane(const V360Geometry *g, const double xy[2],
                                    double ray[3])
{
    const double y = av_clipd(xy[1], -1.0, 1.0), r = sqrt(1.0 - y * y);

    v360_set_ray(ray, r * sin(xy[0]), y, r * cos(xy[0]));
    return 1;
}

const V360Projection ff_v360_cylindricalea = {
    .to_plane   = cylindricalea_to_plane,
    .from_plane = cylindricalea_from_plane,
    .neighbour  = cylinder_neighbour,
    .x          = { V360_EXTENT_LINEAR, 360.0, 360.0 },
    .y          = { V360_EXTENT_SIN,    180.0, 180.0 },
    .diagonal   = V360_DIAGONAL_FLAT,
    .full_w     = 1.0,
    .full_h     = 1.0,
};

/** The plane is a square, so that it ends at 85.05 degrees of latitude. */
static int mercator_to_plane(const V360Geometry *g, const double ray[3],
                             double xy[2])
{
    if (!cylindrical_to_plane(g, ray, xy))
        return 0;
    xy[1] = asinh(xy[1]);
    return 1;
}

static int mercator_from_plane(const V360Geometry *g, const double xy[2],
                               double ray[3])
{
    const double r = 1.0 / cosh(xy[1]);

    v360_set_ray(ray, r * sin(xy[0]), tanh(xy[1]), r * cos(xy[0]));
    return 1;
}

const V360Projection ff_v360_mercator = {
    .to_plane   = mercator_to_plane,
    .from_plane = mercator_from_plane,
    .neighbour  = cylinder_neighbour,
    .x          = { V360_EXTENT_FIXED, 360.0, 360.0, M_PI },
    .y          = { V360_EXTENT_FIXED, 180.0, 180.0, M_PI },
    .full_w     = 1.0,
    .full_h     = 0.5,
};

static int sinusoidal_to_plane(const V360Geometry *g, const double ray[3],
                               double xy[2])
{
    const double h = sqrt(ray[0] * ray[0] + ray[2] * ray[2]);

    xy[0] = v360_longitude(ray) * h / v360_length(ray[0], ray[1], ray[2]);
    xy[1] = atan2(ray[1], h);
    return 1;
}

static int sinusoidal_from_plane(const V360Geometry *g, const double xy[2],
                                 double ray[3])
{
    const double r   = cos(xy[1]);
    const double lon = r > V360_EPS ? xy[0] / r : 0.0;

    v360_set_ray(ray, r * sin(lon), sin(xy[1]), r * cos(lon));
    return fabs(xy[0]) <= M_PI * r + V360_EPS;
}

const V360Projection ff_v360_sinusoidal = {
    .to_plane    = sinusoidal_to_plane,
    .from_plane  = sinusoidal_from_plane,
    .has_outline = 1,
    .x           = { V360_EXTENT_FIXED, 360.0, 360.0, M_PI },
    .y           = { V360_EXTENT_FIXED, 180.0, 180.0, M_PI_2 },
    .full_w      = 1.0,
    .full_h      = 1.0,
};

/** The scale is half the usual one, so that the ellipse is the unit circle. */
static int hammer_to_plane(const V360Geometry *g, const double ray[3],
                           double xy[2])
{
    const double length = v360_length(ray[0], ray[1], ray[2]);
    const double half   = 0.5 * v360_longitude(ray);
    const double r = sqrt(ray[0] * ray[0] + ray[2] * ray[2]) / length;
    const double z = sqrt(1.0 + r * cos(half));

    xy[0] = r * sin(half) / z;
    xy[1] = ray[1] / length / z;
    return 1;
}

static int hammer_from_plane(const V360Geometry *g, const double xy[2],
                             double ray[3])
{
    const double rr = xy[0] * xy[0] + xy[1] * xy[1];
    const double zz = 1.0 - 0.5 * FFMIN(rr, 2.0), z = sqrt(zz);
    /* sine and cosine of half the longitude, both times cos(latitude) */
    const double a = M_SQRT2 * xy[0] * z, b = 2.0 * zz - 1.0;
    const double r = sqrt(a * a + b * b), k = r > 0.0 ? 1.0 / r : 0.0;

    v360_set_ray(ray, 2.0 * a * b * k, M_SQRT2 * xy[1] * z,
                 (b * b - a * a) * k);
    return rr <= 1.0 + V360_EPS;
}

const V360Projection ff_v360_hammer = {
    .to_plane    = hammer_to_plane,
    .from_plane  = hammer_from_plane,
    .has_outline = 1,
    .x           = { V360_EXTENT_FIXED, 360.0, 360.0, 1.0 },
    .y           = { V360_EXTENT_FIXED, 180.0, 180.0, 1.0 },
    .full_w      = 1.0,
    .full_h      = 1.0,
};

/** h_fov is not an angle but pannini's d: 0 is flat, 1 the classic pannini. */
static int pannini_to_plane(const V360Geometry *g, const double ray[3],
                            double xy[2])
{
    const double r = sqrt(ray[0] * ray[0] + ray[2] * ray[2]);
    /* d + cos(longitude), times cos(latitude) */
    const double k = r * g->h_fov + ray[2];

    xy[0] = xy[1] = 0.0;
    if (ray[2] < -V360_EPS * fabs(ray[0]) || k <= V360_EPS * fabs(ray[1]))
        return 0;
    xy[0] = (g->h_fov + 1.0) * ray[0] / k;
    xy[1] = (g->h_fov + 1.0) * ray[1] / k;
    return 1;
}

static int pannini_from_plane(const V360Geometry *g, const double xy[2],
                              double ray[3])
{
    const double d = g->h_fov, x = xy[0] / (d + 1.0), k = x * x;
    const double c = (sqrt(1.0 + k - k * d * d) - k * d) / (k + 1.0);

    v360_set_ray(ray, xy[0], xy[1], (d + 1.0) * c / (d + c));
    v360_normalize(ray);
    return 1;
}

const V360Projection ff_v360_pannini = {
    .to_plane   = pannini_to_plane,
    .from_plane = pannini_from_plane,
    .x          = { V360_EXTENT_PARAMETER, 360.0, 360.0, 1.0 },
    .y          = { V360_EXTENT_PARAMETER, 360.0, 180.0, 1.0 },
    .full_w     = 1.0,
    .full_h     = 1.0,
};
