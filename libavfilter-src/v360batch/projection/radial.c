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

#include "libavutil/macros.h"
#include "internal.h"

static int flat_to_plane(const V360Geometry *g, const double ray[3],
                         double xy[2])
{
    xy[0] = xy[1] = 0.0;
    if (ray[2] <= V360_EPS * (fabs(ray[0]) + fabs(ray[1])))
        return 0;
    xy[0] = ray[0] / ray[2];
    xy[1] = ray[1] / ray[2];
    return 1;
}

static int flat_from_plane(const V360Geometry *g, const double xy[2],
                           double ray[3])
{
    v360_set_ray(ray, xy[0], xy[1], 1.0);
    v360_normalize(ray);
    return 1;
}

const V360Projection ff_v360_flat = {
    .to_plane   = flat_to_plane,
    .from_plane = flat_from_plane,
    .x          = { V360_EXTENT_TAN, 180.0, 90.0 },
    .y          = { V360_EXTENT_TAN, 180.0, 0.0 },
    .diagonal   = V360_DIAGONAL_RADIAL,
    .full_w     = 1.0,
    .full_h     = 1.0,
};

void ff_v360_equidistant(double x, double y, double z, double xy[2])
{
    const double h = sqrt(x * x + y * y);
    const double a = atan2(h, z);

    /* opposite to the axis any direction in the plane is right: +x is taken */
    xy[0] = h > 0.0 ? x / h * a : z < 0.0 ? M_PI : 0.0;
    xy[1] = h > 0.0 ? y / h * a : 0.0;
}

int ff_v360_equidistant_ray(const double xy[2], double ray[3])
{
    const double a = sqrt(xy[0] * xy[0] + xy[1] * xy[1]);
    const double s = a > 0.0 ? sin(a) / a : 1.0;

    v360_set_ray(ray, xy[0] * s, xy[1] * s, cos(a));
    return a <= M_PI + V360_EPS;
}

static int fisheye_to_plane(const V360Geometry *g, const double ray[3],
                            double xy[2])
{
    ff_v360_equidistant(ray[0], ray[1], ray[2], xy);
    return 1;
}

static int fisheye_from_plane(const V360Geometry *g, const double xy[2],
                              double ray[3])
{
    return ff_v360_equidistant_ray(xy, ray);
}

const V360Projection ff_v360_fisheye = {
    .to_plane   = fisheye_to_plane,
    .from_plane = fisheye_from_plane,
    .x          = { V360_EXTENT_LINEAR, 360.0, 180.0 },
    .y          = { V360_EXTENT_LINEAR, 360.0, 180.0 },
    .diagonal   = V360_DIAGONAL_RADIAL,
    .full_w     = 2.0,
    .full_h     = 1.0,
};

/** 1 + z of the unit vector, exact near the back pole too. */
static double one_plus_z(const double ray[3], double length)
{
    const double hh = ray[0] * ray[0] + ray[1] * ray[1];

    return ray[2] >= 0.0 ? 1.0 + ray[2] / length
                         : hh / (length * (length - ray[2]));
}

/** r = tan(angle / 2) = sin(angle) / (1 + cos(angle)) */
static int stereographic_to_plane(const V360Geometry *g, const double ray[3],
                                  double xy[2])
{
    const double length = v360_length(ray[0], ray[1], ray[2]);
    const double k = length * one_plus_z(ray, length);

    xy[0] = xy[1] = 0.0;
    if (k <= V360_EPS * V360_EPS * length)
        return 0;
    xy[0] = ray[0] / k;
    xy[1] = ray[1] / k;
    return 1;
}

static int stereographic_from_plane(const V360Geometry *g, const double xy[2],
                                    double ray[3])
{
    const double rr = xy[0] * xy[0] + xy[1] * xy[1];
    const double k  = 2.0 / (1.0 + rr);

    v360_set_ray(ray, xy[0] * k, xy[1] * k, (1.0 - rr) / (1.0 + rr));
    return 1;
}

const V360Projection ff_v360_stereographic = {
    .to_plane   = stereographic_to_plane,
    .from_plane = stereographic_from_plane,
    /* 359 as in v360: at 360 degrees the plane is infinite */
    .x          = { V360_EXTENT_TAN_HALF, 359.0, 180.0 },
    .y          = { V360_EXTENT_TAN_HALF, 359.0, 180.0 },
    .diagonal   = V360_DIAGONAL_RADIAL,
    .full_w     = 1.0,
    .full_h     = 0.5,
};

/** r = sin(angle / 2) = sin(angle) / sqrt(2 (1 + cos(angle))) */
static int equisolid_to_plane(const V360Geometry *g, const double ray[3],
                              double xy[2])
{
    const double length = v360_length(ray[0], ray[1], ray[2]);
    const double k = length * sqrt(2.0 * one_plus_z(ray, length));

    xy[0] = k > 0.0 ? ray[0] / k : 1.0;
    xy[1] = k > 0.0 ? ray[1] / k : 0.0;
    return 1;
}

static int equisolid_from_plane(const V360Geometry *g, const double xy[2],
                                double ray[3])
{
    const double rr = xy[0] * xy[0] + xy[1] * xy[1];
    const double k  = 2.0 * sqrt(FFMAX(1.0 - rr, 0.0));

    v360_set_ray(ray, xy[0] * k, xy[1] * k, 1.0 - 2.0 * FFMIN(rr, 1.0));
    if (rr > 1.0)
        v360_set_ray(ray, 0.0, 0.0, -1.0);
    return rr <= 1.0 + V360_EPS;
}

const V360Projection ff_v360_equisolid = {
    .to_plane   = equisolid_to_plane,
    .from_plane = equisolid_from_plane,
    .x          = { V360_EXTENT_SIN_HALF, 360.0, 180.0 },
    .y          = { V360_EXTENT_SIN_HALF, 360.0, 180.0 },
    .diagonal   = V360_DIAGONAL_RADIAL,
    .full_w     = 1.0,
    .full_h     = 0.5,
};

/** A mirror ball is an equisolid fisheye of the whole sphere. */
const V360Projection ff_v360_ball = {
    .to_plane   = equisolid_to_plane,
    .from_plane = equisolid_from_plane,
    .x          = { V360_EXTENT_FIXED, 360.0, 360.0, 1.0 },
    .y          = { V360_EXTENT_FIXED, 360.0, 360.0, 1.0 },
    .full_w     = 1.0,
    .full_h     = 0.5,
};

static int orthographic_to_plane(const V360Geometry *g, const double ray[3],
                                 double xy[2])
{
    const double length = v360_length(ray[0], ray[1], ray[2]);

    xy[0] = ray[0] / length;
    xy[1] = ray[1] / length;
    return ray[2] >= -V360_EPS * length;
}

static int orthographic_from_plane(const V360Geometry *g, const double xy[2],
                                   double ray[3])
{
    const double rr = xy[0] * xy[0] + xy[1] * xy[1];

    v360_set_ray(ray, xy[0], xy[1], sqrt(FFMAX(1.0 - rr, 0.0)));
    if (rr > 1.0)
        v360_normalize(ray);
    return rr <= 1.0 + V360_EPS;
}

const V360Projection ff_v360_orthographic = {
    .to_plane   = orthographic_to_plane,
    .from_plane = orthographic_from_plane,
    .x          = { V360_EXTENT_SIN, 180.0, 180.0 },
    .y          = { V360_EXTENT_SIN, 180.0, 180.0 },
    .diagonal   = V360_DIAGONAL_RADIAL,
    .full_w     = 1.0,
    .full_h     = 0.5,
};

/** v360's own formula; v_fov is not an angle but the distance of the eye. */
static int perspective_from_plane(const V360Geometry *g, const double xy[2],
                                  double ray[3])
{
    const double rr = xy[0] * xy[0] + xy[1] * xy[1], r = sqrt(rr);
    const double h  = 1.0 + g->v_fov;
    const double s  = (h - sqrt(FFMAX(1.0 - rr, 0.0))) * h / (h * h + rr);

    /* s * r is the sine of the angle from the axis */
    v360_set_ray(ray, xy[0] * s, xy[1] * s,
                 sqrt(FFMAX(1.0 - s * s * rr, 0.0)));
    v360_normalize(ray);
    return r <= 1.0 + V360_EPS && s * r <= 1.0;
}

const V360Projection ff_v360_perspective = {
    .from_plane = perspective_from_plane,
    .x          = { V360_EXTENT_PARAMETER, 360.0, 360.0, 1.0 },
    .y          = { V360_EXTENT_PARAMETER, 360.0, 180.0, 1.0 },
    .full_w     = 2.0,
    .full_h     = 1.0,
};
