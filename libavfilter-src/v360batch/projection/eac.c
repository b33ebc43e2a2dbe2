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
#include "internal.h"

/**
 * Samples of padding around each row of an equi-angular cubemap. As in v360,
 * the padding is not stretched with the tangent as the faces are.
 */
#define EAC_PAD 2.0

/** The part of the image that a face fills, without padding. */
static V360Face eac_cell(const V360Geometry *g, int face)
{
    const double u_pad = EAC_PAD / g->w, v_pad = EAC_PAD / g->h;
    const double w = (1.0 - 2.0 * u_pad) / 3.0, h = 0.5 - 2.0 * v_pad;
    const double u0 = u_pad + face % 3 * w;
    const double v0 = v_pad + face / 3 * 0.5;

    return (V360Face){ u0, v0, u0 + w, v0 + h };
}

static av_cold int eac_init(V360Geometry *g, const char *prefix, void *log_ctx)
{
    static const uint8_t direction[6] = {
        V360_LEFT, V360_FRONT, V360_RIGHT, V360_DOWN, V360_BACK, V360_UP,
    };
    static const uint8_t rotation[6] = { 0, 0, 0, 3, 1, 3 };

    g->nb_faces = 6;
    for (int face = 0; face < 6; face++) {
        const V360Face cell = eac_cell(g, face);
        const int col = face % 3, row = face / 3;

        g->face_at[direction[face]] = face;
        g->direction_at[face] = direction[face];
        g->rotation_at[face]  = rotation[face];
        g->faces[face].u0 = col == 0 ? 0.0 : cell.u0;
        g->faces[face].u1 = col == 2 ? 1.0 : cell.u1;
        g->faces[face].v0 = row * 0.5;
        g->faces[face].v1 = row * 0.5 + 0.5;
    }
    /* a face ends where its neighbour on the right begins */
    for (int face = 0; face < 5; face++)
        if (face % 3 < 2)
            g->faces[face].u1 = g->faces[face + 1].u0;
    return 0;
}

static int eac_ray_to_uv(const V360Geometry *g, const double ray[3],
                         double uv[2], int *face)
{
    V360Face cell;
    double st[2];

    *face = ff_v360_cube_face(g, ray, st);
    cell  = eac_cell(g, *face);
    uv[0] = cell.u0 + (cell.u1 - cell.u0) * (0.5 + M_2_PI * atan(st[0]));
    uv[1] = cell.v0 + (cell.v1 - cell.v0) * (0.5 + M_2_PI * atan(st[1]));
    return 1;
}

/** @param a  position in a face, [-0.5, 0.5], or in the padding beyond it */
static double eac_tangent(double a, int padded)
{
    if (padded && fabs(a) > 0.5)
        return 2.0 * a;

    /* 0.9 is far from 1, where tan() jumps */
    return tan(M_PI_2 * av_clipd(a, -0.9, 0.9));
}

static void eac_face_to_ray(const V360Geometry *g, int face,
                            const double uv[2], double ray[3])
{
    const V360Face cell = eac_cell(g, face);
    const double s = (uv[0] - cell.u0) / (cell.u1 - cell.u0) - 0.5;
    const double t = (uv[1] - cell.v0) / (cell.v1 - cell.v0) - 0.5;
    const int padded = s < 0.0 ? face % 3 == 0 : face % 3 == 2;
    const double st[2] = { eac_tangent(s, padded), eac_tangent(t, 1) };

    ff_v360_cube_face_ray(g, face, st, ray);
}

static int eac_uv_to_ray(const V360Geometry *g, const double uv[2],
                         double ray[3])
{
    const int col = (uv[0] >= g->faces[1].u0) + (uv[0] >= g->faces[2].u0);

    eac_face_to_ray(g, 3 * (uv[1] >= 0.5) + col, uv, ray);
    return 1;
}

static int eac_neighbour(const V360Geometry *g, int face, double uv[2])
{
    double ray[3];

    eac_face_to_ray(g, face, uv, ray);
    eac_ray_to_uv(g, ray, uv, &face);
    ff_v360_clamp_to_face(g, face, uv);
    return face;
}

const V360Projection ff_v360_eac = {
    .ray_to_uv = eac_ray_to_uv,
    .uv_to_ray = eac_uv_to_ray,
    .neighbour = eac_neighbour,
    .init      = eac_init,
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 },
    .full_w    = 1.0,
    .full_h    = 8.0 / 9.0,
    .min_w     = 5,
    .min_h     = 9,
};
