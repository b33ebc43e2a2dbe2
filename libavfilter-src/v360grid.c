/*
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
#include "libavutil/avassert.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "v360border.h"
#include "v360equirect.h"
#include "v360grid.h"
#include "v360unit.h"

/* Decides exact ties of rounding alike everywhere: results of the libms
 * differ by 1e-11 at most in these units of 1/256 sample. */
#define NUDGE 1e-6

/* Rays are rounded to 2^-40: coarser than what compilers and libms disagree
 * on, so that all of them choose the same cube face for a ray on an edge; and
 * 3e-9 sample of a 16384 wide panorama. Leaves no negative zero. */
#define SNAP (1.5 * (1 << 12))

typedef struct V360BuildJob {
    const V360GridCache *c;
    const V360GridGroup *group;
    double rotation[3][3];
    int kind;                     ///< index of the plane
    V360Sampling sampling;        ///< of the view's plane
    V360EquirectFunc equirect;    ///< or NULL: build_point() serves all
} V360BuildJob;

V360Sampling ff_v360_sampling(int luma_w, int luma_h, int log2_w, int log2_h,
                              int xpos, int ypos)
{
    return (V360Sampling) {
        .w      = AV_CEIL_RSHIFT(luma_w, log2_w),
        .h      = AV_CEIL_RSHIFT(luma_h, log2_h),
        .luma_w = luma_w,
        .luma_h = luma_h,
        .step_x = 1 << log2_w,
        .step_y = 1 << log2_h,
        .x0     = 0.5 + ((1 << log2_w) - 1) * xpos / 256.0,
        .y0     = 0.5 + ((1 << log2_h) - 1) * ypos / 256.0,
    };
}

static void multiply(double m[3][3], const double a[3][3])
{
    double r[3][3];

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            r[i][j] = m[i][0] * a[0][j] + m[i][1] * a[1][j] +
                      m[i][2] * a[2][j];
    memcpy(m, r, sizeof(r));
}

/* Elementary rotations are right-handed; the first letter is outermost. */
static void rotation_matrix(double m[3][3], const V360GridGroup *group,
                            const char *order)
{
    static const double identity[3][3] = { { 1, 0, 0 }, { 0, 1, 0 },
                                           { 0, 0, 1 } };

    memcpy(m, identity, sizeof(identity));
    for (int i = 0; i < 3; i++) {
        const double angle = order[i] == 'y' ? group->yaw :
                             order[i] == 'p' ? group->pitch : group->roll;
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
    return x + SNAP - SNAP;
}

/* Of a flat view the offset moves the image plane, as an off-axis lens does;
 * of others the point on the unit sphere. */
static void offset_ray(const V360BuildJob *b, double ray[3])
{
    const V360Transform *t = &b->c->transform;
    const double z = b->group->view.projection == V360_FLAT ? ray[2] : 1.0;
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

static void transform_ray(const V360BuildJob *b, double ray[3])
{
    const V360Transform *t = &b->c->transform;
    const int mirror[3] = { t->h_flip, t->v_flip, t->d_flip };
    double r[3];

    if (t->h_offset != 0.0 || t->v_offset != 0.0)
        offset_ray(b, ray);
    for (int i = 0; i < 3; i++)
        r[i] = b->rotation[i][0] * ray[0] + b->rotation[i][1] * ray[1] +
               b->rotation[i][2] * ray[2];
    for (int i = 0; i < 3; i++)
        ray[i] = snap(mirror[i] ? -r[i] : r[i]);
}

static int32_t quantise(double x)
{
    return floor(x * 256.0 + 0.5 + NUDGE);
}

/* Returns the face, or -1 if the point is void. */
static int build_point(const V360BuildJob *b, V360Point *point, int x, int y)
{
    const V360GridCache *c = b->c;
    const V360Sampling *s = &c->source.plane[b->kind];
    const V360BorderFace *f;
    double uv[2], ray[3];
    int face, hit;

    ff_v360_sample_uv(&b->sampling, x, y, uv);
    hit = ff_v360_sample_to_ray(&b->group->view, uv, ray);
    transform_ray(b, ray);
    if (!hit || !ff_v360_ray_to_source(&c->source.geometry, ray, uv, &face)) {
        *point = (V360Point){ V360_VOID, 0 };
        return -1;
    }
    ff_v360_source_store(&c->source, uv);
    point->x = quantise(ff_v360_sample_x(s, uv[0]));
    point->y = quantise(ff_v360_sample_y(s, uv[1]));
    if (c->period[b->kind] < INT32_MAX)
        point->x = ((point->x % c->period[b->kind]) + c->period[b->kind]) %
                   c->period[b->kind];
    if (c->source.geometry.nb_faces > 1) {
        /* the nearest sample tells the face, so it must lie in it */
        f = &c->border[b->kind].face[face];
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

/* Where the ray and its place in the source are simple functions of x. */
static V360EquirectFunc equirect_func(const V360BuildJob *b)
{
    const V360Transform *t = &b->c->transform;
    const V360Source *s = &b->c->source;

    if (b->c->period[b->kind] == INT32_MAX || s->h_flip || s->v_flip ||
        s->geometry.projection != V360_EQUIRECT || s->geometry.v_fov != 180.0 ||
        b->group->view.projection != V360_FLAT ||
        t->h_offset != 0.0 || t->v_offset != 0.0)
        return NULL;
#if ARCH_X86 && HAVE_X86ASM
    return ff_v360_equirect_func_x86();
#else
    return NULL;
#endif
}

static void equirect_row(const V360BuildJob *b, V360EquirectRow *row, int y)
{
    const V360Transform *t = &b->c->transform;
    const V360Geometry *view = &b->group->view, *g = &b->c->source.geometry;
    const V360Sampling *v = &b->sampling, *s = &b->c->source.plane[b->kind];
    const double mirror[3] = { t->h_flip, t->v_flip, t->d_flip };
    double uv[2], py;

    ff_v360_sample_uv(v, 0, y, uv);
    py = (2.0 * uv[1] - 1.0) * view->ey;
    row->c = (2.0 * uv[0] - 1.0) * view->ex;
    row->d = 2.0 * v->step_x / v->luma_w * view->ex;
    row->s = 1.0 + py * py;
    for (int i = 0; i < 3; i++) {
        const double *r = b->rotation[i], sign = mirror[i] ? -1.0 : 1.0;

        row->p[i] = sign * (r[0] * row->c + r[1] * py + r[2]);
        row->q[i] = sign * (r[0] * row->d);
    }
    row->scale_x = 0.5 / g->ex * s->luma_w / s->step_x * 256.0;
    row->scale_y = 0.5 / g->ey * s->luma_h / s->step_y * 256.0;
    row->bias_x  = (0.5 * s->luma_w - s->x0) / s->step_x * 256.0 + 0.5 + NUDGE;
    row->bias_y  = (0.5 * s->luma_h - s->y0) / s->step_y * 256.0 + 0.5 + NUDGE;
    row->period  = b->c->period[b->kind];
}

static V360Run build_run(const V360BuildJob *b, const V360EquirectRow *row,
                         V360Point *point, int x, int y, int n)
{
    const V360BorderFace *f = b->c->border[b->kind].face;
    V360Run run = { INT32_MAX, INT32_MIN };
    int32_t y0 = INT32_MAX, y1 = INT32_MIN;
    int face = 0, first = 0, inside = 1;

    if (b->equirect) {
        V360Point all[V360_RUN];

        b->equirect(all, row, x);
        memcpy(point, all, n * sizeof(*point));
    }
    for (int i = 0; i < n; i++) {
        if (!b->equirect)
            face = build_point(b, &point[i], x + i, y);
        if (!i)
            first = face;
        inside &= face == first;
        run.x0 = FFMIN(run.x0, point[i].x);
        run.x1 = FFMAX(run.x1, point[i].x);
        y0 = FFMIN(y0, point[i].y);
        y1 = FFMAX(y1, point[i].y);
    }
    inside = inside && face >= 0 && within(y0, y1, f[face].y0, f[face].y1);
    if (inside && b->c->period[b->kind] == INT32_MAX)
        inside = within(run.x0, run.x1, f[face].x0, f[face].x1);
    if (!inside)
        run.x0 = V360_VOID;
    return run;
}

static void build_rows(void *arg, int job, int nb_jobs)
{
    const V360BuildJob *b = arg;
    const V360Grid *g = &b->group->plane[b->kind];
    const int end = g->h * (int64_t)(job + 1) / nb_jobs;

    for (int y = g->h * (int64_t)job / nb_jobs; y < end; y++) {
        V360Point *point = g->point + (size_t)y * g->w;
        V360Run *run     = g->run   + (size_t)y * g->runs;
        V360EquirectRow row;

        if (b->equirect)
            equirect_row(b, &row, y);
        for (int x = 0; x < g->w; x += V360_RUN)
            run[x / V360_RUN] = build_run(b, &row, point + x, x, y,
                                          FFMIN(V360_RUN, g->w - x));
    }
}

static int build_plane(const V360GridCache *c, V360GridGroup *group, int kind,
                       const V360Execute *exec)
{
    const V360Transform *t = &c->transform;
    V360Grid *g = &group->plane[kind];
    const int w = group->view.w, h = group->view.h;
    V360BuildJob b = { .c = c, .group = group, .kind = kind };

    b.sampling = kind ? ff_v360_sampling(w, h, t->log2_chroma_w,
                                         t->log2_chroma_h, t->chroma_xpos,
                                         t->chroma_ypos)
                      : ff_v360_sampling(w, h, 0, 0, 0, 0);
    rotation_matrix(b.rotation, group, t->rorder);
    b.equirect = equirect_func(&b);
    g->w     = b.sampling.w;
    g->h     = b.sampling.h;
    g->runs  = (g->w + V360_RUN - 1) / V360_RUN;
    g->point = av_malloc_array((size_t)g->w * g->h, sizeof(*g->point));
    g->run   = av_malloc_array((size_t)g->runs * g->h, sizeof(*g->run));
    if (!g->point || !g->run)
        return AVERROR(ENOMEM);
    /* rows of a view differ in cost: more jobs than threads */
    exec->run(exec->opaque, build_rows, &b, FFMIN(g->h, exec->nb_threads * 4));
    return 0;
}

static void group_free(V360GridGroup **group)
{
    if (!*group)
        return;
    for (int i = 0; i < 2; i++) {
        ff_v360_units_free(&(*group)->plane[i]);
        av_freep(&(*group)->plane[i].point);
        av_freep(&(*group)->plane[i].run);
    }
    av_freep(group);
}

static int same_group(const V360GridGroup *a, const V360Geometry *view,
                      double yaw, double pitch, double roll)
{
    return a->yaw == yaw && a->pitch == pitch && a->roll == roll &&
           a->view.projection == view->projection &&
           a->view.w     == view->w     && a->view.h     == view->h &&
           a->view.h_fov == view->h_fov && a->view.v_fov == view->v_fov;
}

static int group_new(V360GridCache *c, V360GridGroup **group,
                     const V360GridGroup *key, const V360Execute *exec)
{
    V360GridGroup *g = av_memdup(key, sizeof(*key));
    int ret = g ? 0 : AVERROR(ENOMEM);

    for (int i = 0; i < c->source.nb_planes && ret >= 0; i++)
        ret = build_plane(c, g, i, exec);
    if (ret >= 0)
        ret = av_dynarray_add_nofree(&c->groups, &c->nb_groups, g);
    if (ret < 0) {
        group_free(&g);
        return ret;
    }
    *group = g;
    return 0;
}

int ff_v360_grids_acquire(V360GridCache *c, V360GridGroup **group,
                          const V360Geometry *view, double yaw, double pitch,
                          double roll, int32_t dx[2], const V360Execute *exec)
{
    V360GridGroup key = { .view = *view, .yaw = yaw, .pitch = pitch,
                          .roll = roll, .id = c->last_id + 1 };
    int ret;

    dx[0] = dx[1] = 0;
    if (c->yaw_sign) {
        for (int i = 0; i < c->source.nb_planes; i++) {
            const V360Sampling *s = &c->source.plane[i];
            const int32_t x = quantise(c->yaw_sign * yaw / 360.0 *
                                       s->luma_w / s->step_x);
            dx[i] = (x % c->period[i] + c->period[i]) % c->period[i];
        }
        key.yaw = 0.0;
    }

    *group = NULL;
    for (int i = 0; i < c->nb_groups && !*group; i++)
        if (same_group(c->groups[i], view, key.yaw, pitch, roll))
            *group = c->groups[i];
    if (!*group) {
        ret = group_new(c, group, &key, exec);
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
    group_free(&g);
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
    for (int i = 0; i < s->nb_planes; i++) {
        /* half a sample less than the plane for chroma of an odd width */
        c->period[i] = c->yaw_sign ? lrint(256 * s->plane[i].luma_w /
                                           s->plane[i].step_x) : INT32_MAX;
        ret = ff_v360_border_init(&c->border[i], &c->places[i], s,
                                  &s->plane[i]);
        if (ret == AVERROR(EINVAL))
            av_log(log_ctx, AV_LOG_ERROR, "source of %dx%d is too small for "
                   "%s\n", s->plane[i].luma_w, s->plane[i].luma_h,
                   ff_v360_projection_name(s->geometry.projection));
        if (ret < 0)
            return ret;
    }
    return 0;
}

void ff_v360_grids_free(V360GridCache *c)
{
    for (int i = 0; i < c->nb_groups; i++)
        group_free(&c->groups[i]);
    av_freep(&c->groups);
    c->nb_groups = 0;
    for (int i = 0; i < 2; i++)
        av_freep(&c->places[i]);
}
