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

/** A net of four triangles whose copies, turned by half, fill the plane. */
static int tetrahedron_ray_to_uv(const V360Geometry *g, const double ray[3],
                                 double uv[2], int *face)
{
    const double x = ray[0], y = ray[1], z = ray[2];
    const double left  = FFMAX(x + y - z, -x - y - z);
    const double right = FFMAX(x - y + z, -x + y + z);
    const double scale = FFMAX(left, right);

    uv[0] = 0.25 + 0.25 * x / scale;
    if (right > left + V360_EPS * scale)
        uv[0] = 1.0 - uv[0];
    uv[1] = 0.5 - 0.5 * y / scale;
    return 1;
}

static int tetrahedron_uv_to_ray(const V360Geometry *g, const double uv[2],
                                 double ray[3])
{
    const double u = uv[0], v = uv[1];

    v360_set_ray(ray, u < 0.5 ? 4.0 * u - 1.0 : 3.0 - 4.0 * u, 1.0 - 2.0 * v,
                 2.0 * fabs(1.0 - fabs(1.0 - 2.0 * u + v)) - 1.0);
    v360_normalize(ray);
    return 1;
}

static int tetrahedron_neighbour(const V360Geometry *g, int face, double uv[2])
{
    double u = uv[0];

    if (uv[1] < 0.0 || uv[1] > 1.0) {
        u     = 1.0 - u;
        uv[1] = uv[1] < 0.0 ? -uv[1] : 2.0 - uv[1];
    }
    ff_v360_clamp_to_face(g, face, uv);
    uv[0] = u - floor(u);
    return face;
}

const V360Projection ff_v360_tetrahedron = {
    .ray_to_uv = tetrahedron_ray_to_uv,
    .uv_to_ray = tetrahedron_uv_to_ray,
    .neighbour = tetrahedron_neighbour,
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 },
    .full_w    = 1.0,
    .full_h    = 1.0,
};

/** Sign of x; a tie, which is a seam of the image, is positive. */
static double seam_sign(double x)
{
    return x < -V360_EPS ? -1.0 : 1.0;
}

static int octahedron_to_plane(const V360Geometry *g, const double ray[3],
                               double xy[2])
{
    const double sum = fabs(ray[0]) + fabs(ray[1]) + fabs(ray[2]);
    const double x = ray[0] / sum, y = ray[1] / sum;

    xy[0] = ray[2] < 0.0 ? (1.0 - fabs(y)) * seam_sign(x) : x;
    xy[1] = ray[2] < 0.0 ? (1.0 - fabs(x)) * seam_sign(y) : y;
    return 1;
}

static int octahedron_from_plane(const V360Geometry *g, const double xy[2],
                                 double ray[3])
{
    const double ax = fabs(xy[0]), ay = fabs(xy[1]), z = 1.0 - ax - ay;

    if (z < 0.0)
        v360_set_ray(ray, copysign(1.0 - ay, xy[0]),
                     copysign(1.0 - ax, xy[1]), z);
    else
        v360_set_ray(ray, xy[0], xy[1], z);
    v360_normalize(ray);
    return 1;
}

/** Beyond each edge lies the same edge, turned by half about its middle. */
static int octahedron_neighbour(const V360Geometry *g, int face, double uv[2])
{
    for (int i = 0; i < 2; i++) {
        if (uv[i] >= 0.0 && uv[i] <= 1.0)
            continue;
        uv[i]     = uv[i] < 0.0 ? -uv[i] : 2.0 - uv[i];
        uv[1 - i] = 1.0 - uv[1 - i];
    }
    ff_v360_clamp_to_face(g, face, uv);
    return face;
}

const V360Projection ff_v360_octahedron = {
    .to_plane   = octahedron_to_plane,
    .from_plane = octahedron_from_plane,
    .neighbour  = octahedron_neighbour,
    .x          = { V360_EXTENT_FIXED, 360.0, 360.0, 1.0 },
    .y          = { V360_EXTENT_FIXED, 180.0, 180.0, 1.0 },
    .full_w     = 1.0,
    .full_h     = 0.5,
};

/**
 * Truncated square pyramid: the front fills the left half, the back a small
 * rectangle in the right half, the other sides the trapezia around it.
 */
static int tspyramid_ray_to_uv(const V360Geometry *g, const double ray[3],
                               double uv[2], int *face)
{
    const enum V360Direction side = ff_v360_cube_side(ray, uv);
    const double s = 0.5 + 0.5 * uv[0], t = 0.5 + 0.5 * uv[1];

    uv[0] = s;
    uv[1] = t;
    switch (side) {
    case V360_UP:
        uv[0] = 0.8125 + 0.1875 * t - 0.125 * s - 0.375 * s * t;
        uv[1] = 0.375 - 0.375 * t;
        break;
    case V360_DOWN:
        uv[0] = 1.0 - 0.1875 * t - 0.5 * s + 0.375 * s * t;
        uv[1] = 1.0 - 0.375 * t;
        break;
    case V360_LEFT:
        uv[0] = 0.8125 + 0.1875 * s;
        uv[1] = 0.375 + 0.25 * t - 0.375 * s + 0.75 * s * t;
        break;
    case V360_RIGHT:
        uv[0] = 0.5 + 0.1875 * s;
        uv[1] = t + 0.375 * s - 0.75 * s * t;
        break;
    case V360_BACK:
        uv[0] = 0.6875 + 0.125 * s;
        uv[1] = 0.375 + 0.25 * t;
        break;
    case V360_FRONT:
        uv[0] = 0.5 * s;
        break;
    }
    return 1;
}

static enum V360Direction tspyramid_side(double u, double v)
{
    /* depth in the frame around the back, from each edge; 1: the back */
    const double right = (u - 0.5) / 0.1875, left = (1.0 - u) / 0.1875;
    const double up = v / 0.375, down = (1.0 - v) / 0.375;
    const double nearest = FFMIN(FFMIN(right, left), FFMIN(up, down));

    if (u < 0.5)
        return V360_FRONT;
    if (nearest >= 1.0)
        return V360_BACK;
    if (nearest == right)
        return V360_RIGHT;
    if (nearest == left)
        return V360_LEFT;
    return nearest == up ? V360_UP : V360_DOWN;
}

static int tspyramid_uv_to_ray(const V360Geometry *g, const double uv[2],
                               double ray[3])
{
    const double u = uv[0], v = uv[1];
    const enum V360Direction side = tspyramid_side(u, v);
    double s = 0.0, t = 0.0, st[2];

    switch (side) {
    case V360_UP:
        t = 1.0 - v / 0.375;
        s = (0.8125 + 0.1875 * t - u) / (0.125 + 0.375 * t);
        break;
    case V360_DOWN:
        t = (1.0 - v) / 0.375;
        s = (1.0 - 0.1875 * t - u) / (0.5 - 0.375 * t);
        break;
    case V360_LEFT:
        s = (u - 0.8125) / 0.1875;
        t = (v - 0.375 + 0.375 * s) / (0.25 + 0.75 * s);
        break;
    case V360_RIGHT:
        s = (u - 0.5) / 0.1875;
        t = (v - 0.375 * s) / (1.0 - 0.75 * s);
        break;
    case V360_BACK:
        s = (u - 0.6875) / 0.125;
        t = (v - 0.375) / 0.25;
        break;
    case V360_FRONT:
        s = 2.0 * u;
        t = v;
        break;
    }
    st[0] = 2.0 * s - 1.0;
    st[1] = 2.0 * t - 1.0;
    ff_v360_cube_ray(side, st, ray);
    return 1;
}

const V360Projection ff_v360_tspyramid = {
    .ray_to_uv = tspyramid_ray_to_uv,
    .uv_to_ray = tspyramid_uv_to_ray,
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 },
    .full_w    = 1.0,
    .full_h    = 1.0,
};
