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
#include "internal.h"

/** The letters of V360_FORDER have the order of enum V360Direction. */
static const char direction_letters[] = V360_FORDER;

/** Axis that a side faces and axes of its s and t, oriented as in v360. */
static const int8_t cube_axes[6][3][3] = {
    [V360_RIGHT] = { {  1,  0,  0 }, {  0,  0, -1 }, {  0,  1,  0 } },
    [V360_LEFT]  = { { -1,  0,  0 }, {  0,  0,  1 }, {  0,  1,  0 } },
    [V360_UP]    = { {  0, -1,  0 }, {  1,  0,  0 }, {  0,  0,  1 } },
    [V360_DOWN]  = { {  0,  1,  0 }, {  1,  0,  0 }, {  0,  0, -1 } },
    [V360_FRONT] = { {  0,  0,  1 }, {  1,  0,  0 }, {  0,  1,  0 } },
    [V360_BACK]  = { {  0,  0, -1 }, { -1,  0,  0 }, {  0,  1,  0 } },
};

/**
 * Side that a ray goes through. Ties go, as in v360, to the four sides rather
 * than to up or down; each of the four owns its left edge, as seen from the
 * centre.
 */
static enum V360Direction cube_direction(const double ray[3])
{
    const double ax = fabs(ray[0]), ay = fabs(ray[1]), az = fabs(ray[2]);
    const double sum = ray[0] + ray[2], difference = ray[2] - ray[0];
    const double e = V360_EPS * (ax + az);

    if (ay > FFMAX(ax, az) * (1.0 + V360_EPS))
        return ray[1] > 0.0 ? V360_DOWN : V360_UP;
    if (difference > e)
        return sum >= -e ? V360_FRONT : V360_LEFT;
    if (sum > e)
        return V360_RIGHT;
    return difference < -e ? V360_BACK : V360_LEFT;
}

static double axis_dot(const int8_t axis[3], const double ray[3])
{
    return axis[0] * ray[0] + axis[1] * ray[1] + axis[2] * ray[2];
}

enum V360Direction ff_v360_cube_side(const double ray[3], double st[2])
{
    const enum V360Direction side = cube_direction(ray);
    const double depth = axis_dot(cube_axes[side][0], ray);

    /* a ray may lie beyond the edge by V360_EPS, the slack of ties */
    for (int i = 0; i < 2; i++)
        st[i] = av_clipd(axis_dot(cube_axes[side][i + 1], ray) / depth,
                         -1.0, 1.0);
    return side;
}

void ff_v360_cube_ray(enum V360Direction side, const double st[2],
                      double ray[3])
{
    const int8_t (*axes)[3] = cube_axes[side];

    for (int i = 0; i < 3; i++)
        ray[i] = axes[0][i] + axes[1][i] * st[0] + axes[2][i] * st[1];
    v360_normalize(ray);
}

static void rotate(double st[2], int quarter_turns)
{
    for (int i = 0; i < (quarter_turns & 3); i++) {
        const double s = st[0];

        st[0] = -st[1];
        st[1] = s;
    }
}

int ff_v360_cube_face(const V360Geometry *g, const double ray[3],
                      double st[2])
{
    const int face = g->face_at[ff_v360_cube_side(ray, st)];

    rotate(st, g->rotation_at[face]);
    return face;
}

void ff_v360_cube_face_ray(const V360Geometry *g, int face,
                           const double st[2], double ray[3])
{
    double turned[2] = { st[0], st[1] };

    rotate(turned, 4 - g->rotation_at[face]);
    ff_v360_cube_ray(g->direction_at[face], turned, ray);
}

static av_cold int parse_forder(V360Geometry *g, const char *prefix,
                                void *log_ctx)
{
    const char *forder = g->forder ? g->forder : direction_letters;
    unsigned seen = 0;

    for (int face = 0; face < 6 && forder[face]; face++) {
        const char *letter = strchr(direction_letters, forder[face]);

        if (!letter)
            break;
        g->direction_at[face] = letter - direction_letters;
        g->face_at[g->direction_at[face]] = face;
        seen |= 1 << g->direction_at[face];
    }
    if (seen == 0x3f && !forder[6])
        return 0;

    av_log(log_ctx, AV_LOG_ERROR, "%s_forder=%s: must have each of the "
           "letters " V360_FORDER " once\n", prefix, forder);
    return AVERROR(EINVAL);
}

static av_cold int parse_frot(V360Geometry *g, const char *prefix,
                              void *log_ctx)
{
    const char *frot = g->frot ? g->frot : V360_FROT;

    if (strspn(frot, "0123") != 6 || frot[6]) {
        av_log(log_ctx, AV_LOG_ERROR, "%s_frot=%s: must be six digits, "
               "each 0, 1, 2 or 3\n", prefix, frot);
        return AVERROR(EINVAL);
    }
    for (int face = 0; face < 6; face++)
        g->rotation_at[face] = frot[face] - '0';
    return 0;
}

av_cold int ff_v360_pad_check(const V360Geometry *g, double w, double h,
                              const char *prefix, void *log_ctx)
{
    /* without the cast x87 compares with a long double, which is less */
    if (!(g->pad >= 0.0 && g->pad <= (double)0.1)) {
        av_log(log_ctx, AV_LOG_ERROR, "%s_pad=%g: must be 0 to 0.1\n",
               prefix, g->pad);
        return AVERROR(EINVAL);
    }
    if (g->fpad < 0 || g->fpad >= FFMIN(w, h)) {
        av_log(log_ctx, AV_LOG_ERROR, "f%s_pad=%d: must be at least 0 "
               "and below %g, the size of a face of an image of %dx%d\n",
               prefix, g->fpad, FFMIN(w, h), g->w, g->h);
        return AVERROR(EINVAL);
    }
    return 0;
}

static int columns(const V360Geometry *g)
{
    return g->projection == V360_C6X1 ? 6 : g->projection == V360_C1X6 ? 1 : 3;
}

/** Beginning of part k of n, at a whole sample; v360 rounds up. */
static double part(int k, int n, int size)
{
    return (double)((k * size + n - 1) / n) / size;
}

/** Half extents ex and ey are the share of a face that is not padding. */
static av_cold int cube_init(V360Geometry *g, const char *prefix,
                             void *log_ctx)
{
    const int cols = columns(g), rows = 6 / cols;
    const double w = (double)g->w / cols, h = (double)g->h / rows;
    int ret;

    if ((ret = parse_forder(g, prefix, log_ctx)) < 0 ||
        (ret = parse_frot(g, prefix, log_ctx)) < 0 ||
        (ret = ff_v360_pad_check(g, w, h, prefix, log_ctx)) < 0)
        return ret;

    g->ex = v360_pad_scale(g, w);
    g->ey = v360_pad_scale(g, h);
    g->nb_faces = 6;
    for (int face = 0; face < 6; face++) {
        const int col = face % cols, row = face / cols;

        g->faces[face].u0 = part(col,     cols, g->w);
        g->faces[face].u1 = part(col + 1, cols, g->w);
        g->faces[face].v0 = part(row,     rows, g->h);
        g->faces[face].v1 = part(row + 1, rows, g->h);
    }
    return 0;
}

static int cube_face_at(const V360Geometry *g, const double uv[2])
{
    const int cols = columns(g), rows = 6 / cols;
    int col = cols - 1, row = rows - 1;

    while (col > 0 && uv[0] < g->faces[col].u0)
        col--;
    while (row > 0 && uv[1] < g->faces[row * cols].v0)
        row--;
    return row * cols + col;
}

static int cube_ray_to_uv(const V360Geometry *g, const double ray[3],
                          double uv[2], int *face)
{
    const V360Face *f;
    double st[2];

    *face = ff_v360_cube_face(g, ray, st);
    f = &g->faces[*face];
    uv[0] = f->u0 + (f->u1 - f->u0) * (0.5 + 0.5 * st[0] * g->ex);
    uv[1] = f->v0 + (f->v1 - f->v0) * (0.5 + 0.5 * st[1] * g->ey);
    return 1;
}

/** Direction that a face shows at uv, which may be beyond its edges. */
static void cube_face_to_ray(const V360Geometry *g, int face,
                             const double uv[2], double ray[3])
{
    const V360Face *f = &g->faces[face];
    const double st[2] = {
        (2.0 * (uv[0] - f->u0) / (f->u1 - f->u0) - 1.0) / g->ex,
        (2.0 * (uv[1] - f->v0) / (f->v1 - f->v0) - 1.0) / g->ey,
    };

    ff_v360_cube_face_ray(g, face, st, ray);
}

static int cube_uv_to_ray(const V360Geometry *g, const double uv[2],
                          double ray[3])
{
    cube_face_to_ray(g, cube_face_at(g, uv), uv, ray);
    return 1;
}

static int cube_neighbour(const V360Geometry *g, int face, double uv[2])
{
    double ray[3];

    cube_face_to_ray(g, face, uv, ray);
    cube_ray_to_uv(g, ray, uv, &face);
    ff_v360_clamp_to_face(g, face, uv);
    return face;
}

#define CUBE                                            \
    .ray_to_uv = cube_ray_to_uv,                        \
    .uv_to_ray = cube_uv_to_ray,                        \
    .neighbour = cube_neighbour,                        \
    .init      = cube_init,                             \
    .x         = { V360_EXTENT_FIXED, 360.0, 360.0 },   \
    .y         = { V360_EXTENT_FIXED, 180.0, 180.0 }

const V360Projection ff_v360_c3x2 = {
    CUBE, .full_w = 4.0 / 3.0, .full_h = 1.0, .min_w = 3, .min_h = 2,
};

const V360Projection ff_v360_c6x1 = {
    CUBE, .full_w = 2.0 / 3.0, .full_h = 2.0, .min_w = 6,
};

const V360Projection ff_v360_c1x6 = {
    CUBE, .full_w = 4.0, .full_h = 1.0 / 3.0, .min_h = 6,
};
