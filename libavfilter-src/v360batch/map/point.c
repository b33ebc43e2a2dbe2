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
#include <string.h>

#include "config.h"
#include "libavutil/common.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "point.h"

/* Rays are rounded to 2^-40. That is coarser than the differences between
 * compilers and libms, so that all choose the same cube face for a ray on an
 * edge; and it is only 3e-9 sample of a 16384 wide panorama. The sum leaves no
 * negative zero. pd_snap of x86/v360batch/equirect.asm is the same number. */
#define SNAP (1.5 * (1 << 12))

static void multiply(double m[3][3], const double a[3][3])
{
    double r[3][3];

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            r[i][j] = m[i][0] * a[0][j] + m[i][1] * a[1][j] +
                      m[i][2] * a[2][j];
    memcpy(m, r, sizeof(r));
}

/* Elementary rotations are right-handed; the first letter is outermost. As y is
 * down, positive pitch looks up. */
static void rotation_matrix(double m[3][3], const V360Orientation *o,
                            const char *order)
{
    static const double identity[3][3] = { { 1, 0, 0 }, { 0, 1, 0 },
                                           { 0, 0, 1 } };

    memcpy(m, identity, sizeof(identity));
    for (int i = 0; i < 3; i++) {
        const double angle = order[i] == 'y' ? o->yaw :
                             order[i] == 'p' ? o->pitch : o->roll;
        const double c = cos(angle * M_PI / 180.0);
        const double s = sin(angle * M_PI / 180.0);

        if (order[i] == 'y')
            multiply(m, (double[3][3]){ {  c, 0, s }, { 0, 1, 0 },
                                        { -s, 0, c } });
        else if (order[i] == 'p')
            multiply(m, (double[3][3]){ { 1, 0,  0 }, { 0, c, -s },
                                        { 0, s,  c } });
        else
            multiply(m, (double[3][3]){ { c, -s, 0 }, { s, c, 0 },
                                        { 0,  0, 1 } });
    }
}

static double snap(double x)
{
    /* The assignment rounds, which x87 does not do within an expression. */
    const double sum = x + SNAP;

    return sum - SNAP;
}

/* The offset of a flat view moves the image plane, as an off-axis lens does;
 * that of other views moves the point on the unit sphere. */
static void offset_ray(const V360PointMap *m, double ray[3])
{
    const V360Transform *t = m->transform;
    const double z = m->view.projection == V360_FLAT ? ray[2] : 1.0;
    double norm;

    ray[0] += t->h_offset * z;
    ray[1] += t->v_offset * z;
    norm = sqrt(ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]);
    if (norm < 1e-12) { /* no direction is left: look ahead, as v360 does */
        ray[0] = ray[1] = 0.0;
        ray[2] = norm = 1.0;
    }
    for (int i = 0; i < 3; i++)
        ray[i] /= norm;
}

static void transform_ray(const V360PointMap *m, double ray[3])
{
    const V360Transform *t = m->transform;
    const int mirror[3] = { t->h_flip, t->v_flip, t->d_flip };
    double r[3];

    if (t->h_offset != 0.0 || t->v_offset != 0.0)
        offset_ray(m, ray);
    for (int i = 0; i < 3; i++)
        r[i] = m->rotation[i][0] * ray[0] + m->rotation[i][1] * ray[1] +
               m->rotation[i][2] * ray[2];
    for (int i = 0; i < 3; i++)
        ray[i] = snap(mirror[i] ? -r[i] : r[i]);
}

/* Returns the face, or -1 if the point is unmapped. */
static int build_point(const V360PointMap *m, V360Point *point, int x, int y)
{
    const V360Source *source = m->source;
    const V360Sampling *s = &source->sampling[m->siting];
    const V360BorderFace *f;
    double uv[2], ray[3];
    int face, hit;

    ff_v360_sample_uv(&m->sampling, x, y, uv);
    hit = ff_v360_unproject(&m->view, uv, ray);
    transform_ray(m, ray);
    if (!hit || !ff_v360_project(&source->geometry, ray, uv, &face)) {
        *point = (V360Point){ V360_UNMAPPED, 0 };
        return -1;
    }
    ff_v360_source_store(source, uv);
    point->x = ff_v360_quantise(ff_v360_sample_x(s, uv[0]));
    point->y = ff_v360_quantise(ff_v360_sample_y(s, uv[1]));
    if (m->period < INT32_MAX)
        point->x = ((point->x % m->period) + m->period) % m->period;
    if (source->geometry.nb_faces > 1) {
        /* find_face() of cpu/dsp.c and the kernel take the face in which the
         * nearest sample lies: so the point must be nearest to one of it */
        f = &m->border->face[face];
        point->x = av_clip(point->x, f->x0 * 256 - 128, f->x1 * 256 - 129);
        point->y = av_clip(point->y, f->y0 * 256 - 128, f->y1 * 256 - 129);
    }
    return face;
}

static int within(int32_t lo, int32_t hi, int first, int end)
{
    return (lo >> 8) - V360_TAPS_BEFORE >= first &&
           (hi >> 8) + V360_TAPS_AFTER < end;
}

/* Whether all taps around positions within bounds lie inside a face. */
static int within_face(const V360PointMap *m, int face,
                       const V360Point bounds[2])
{
    const V360Point *lo = &bounds[0], *hi = &bounds[1];
    const V360BorderFace *f = &m->border->face[face];

    if (!within(lo->y, hi->y, f->y0, f->y1))
        return 0;
    if (m->period < INT32_MAX)
        return 1;
    return within(lo->x, hi->x, f->x0, f->x1) &&
           ff_v360_is_in_outline(m->border, (lo->x >> 8) - V360_TAPS_BEFORE,
                                 (lo->y >> 8) - V360_TAPS_BEFORE,
                                 (hi->x >> 8) + V360_TAPS_AFTER,
                                 (hi->y >> 8) + V360_TAPS_AFTER);
}

/* A fast way, or NULL. There can be one where the ray and its position in the
 * source are simple functions of x. */
static V360EquirectFunc equirect_func(const V360PointMap *m)
{
    const V360Transform *t = m->transform;
    const V360Source *s = m->source;

    if (m->period == INT32_MAX || s->h_flip || s->v_flip ||
        s->geometry.projection != V360_EQUIRECT || s->geometry.v_fov != 180.0 ||
        m->view.projection != V360_FLAT ||
        t->h_offset != 0.0 || t->v_offset != 0.0)
        return NULL;
#if ARCH_X86 && HAVE_X86ASM
    return ff_v360_equirect_func_x86();
#else
    return NULL;
#endif
}

void ff_v360_point_map_init(V360PointMap *m,
                            const V360Orientation *orientation)
{
    m->sampling = ff_v360_sampling(m->view.w, m->view.h,
                                   m->siting ? &m->chroma : NULL);
    ff_v360_sampling_divide(&m->sampling, m->supersample);
    rotation_matrix(m->rotation, orientation, m->transform->rorder);
    m->equirect = equirect_func(m);
}

static void turn(const void *map, double ray[3])
{
    transform_ray(map, ray);
}

double ff_v360_point_minification(const V360PointMap *m)
{
    return ff_v360_minification(&m->view, &m->source->geometry, turn, m);
}

static void equirect_row(const V360PointMap *m, V360EquirectRow *row, int y)
{
    const V360Transform *t = m->transform;
    const V360Geometry *view = &m->view, *g = &m->source->geometry;
    const V360Sampling *v = &m->sampling, *s = &m->source->sampling[m->siting];
    const int mirror[3] = { t->h_flip, t->v_flip, t->d_flip };
    double uv[2], py;

    ff_v360_sample_uv(v, 0, y, uv);
    py = (2.0 * uv[1] - 1.0) * view->ey;
    row->c = (2.0 * uv[0] - 1.0) * view->ex;
    row->d = 2.0 * v->step_x / v->luma_w * view->ex;
    row->s = 1.0 + py * py;
    for (int i = 0; i < 3; i++) {
        const double *r = m->rotation[i], sign = mirror[i] ? -1.0 : 1.0;

        row->p[i] = sign * (r[0] * row->c + r[1] * py + r[2]);
        row->q[i] = sign * (r[0] * row->d);
    }
    row->scale_x = 0.5 / g->ex * s->luma_w / s->step_x * 256.0;
    row->scale_y = 0.5 / g->ey * s->luma_h / s->step_y * 256.0;
    row->bias_x  = (0.5 * s->luma_w - s->x0) / s->step_x * 256.0 +
                   0.5 + V360_NUDGE;
    row->bias_y  = (0.5 * s->luma_h - s->y0) / s->step_y * 256.0 +
                   0.5 + V360_NUDGE;
    row->period  = m->period;
}

void ff_v360_point_row_init(V360PointRow *row, const V360PointMap *m, int y)
{
    row->map = m;
    row->y   = y;
    if (m->equirect)
        equirect_row(m, &row->equirect, y);
}

static void find_bounds(V360Point bounds[2], const V360Point *point, int n)
{
    bounds[0] = (V360Point){ INT32_MAX, INT32_MAX };
    bounds[1] = (V360Point){ INT32_MIN, INT32_MIN };
    for (int i = 0; i < n; i++) {
        bounds[0].x = FFMIN(bounds[0].x, point[i].x);
        bounds[0].y = FFMIN(bounds[0].y, point[i].y);
        bounds[1].x = FFMAX(bounds[1].x, point[i].x);
        bounds[1].y = FFMAX(bounds[1].y, point[i].y);
    }
}

/* Returns the face in which all n points lie, or -1. */
static int build_points(const V360PointRow *row, V360Point *point,
                        V360Point bounds[2], int x, int n)
{
    int all = -1;

    if (row->map->equirect) {
        row->map->equirect(point, bounds, &row->equirect, x);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        const int face = build_point(row->map, &point[i], x + i, row->y);

        all = !i || face == all ? face : -1;
    }
    find_bounds(bounds, point, n);
    return all;
}

V360Span ff_v360_point_span(const V360PointRow *row, V360Point *point, int x)
{
    const V360PointMap *m = row->map;
    const int n = FFMIN(V360_SPAN, m->sampling.w - x);
    V360Point b[2];
    const int face = build_points(row, point, b, x, n);
    const int inside = face >= 0 && within_face(m, face, b);

    for (int i = n; i < V360_SPAN; i++)
        point[i] = point[n - 1];
    return (V360Span){ inside ? b[0].x : V360_UNMAPPED, b[1].x };
}
