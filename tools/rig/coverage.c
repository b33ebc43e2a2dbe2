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

/**
 * @file
 * v360rig coverage: in how many views directions are seen, how many pixels a
 * degree has in each view and in the source, and what supersample=auto is.
 */

#include <math.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "rig.h"

#define NB_DIRECTIONS 200000
#define GRID 64           ///< samples of a view, across and down
#define SLACK 0.1         ///< share of pixels that is neither lost nor invented

/**
 * Direction I of N that spread evenly: bands of equal area, turned by the golden
 * angle.
 */
static void direction(int i, int n, double ray[3])
{
    const double y = 1 - (2 * i + 1.0) / n, r = sqrt(1 - y * y);
    const double lambda = fmod(i * 137.50776405003785, 360) * M_PI / 180;

    ray[0] = r * sin(lambda);
    ray[1] = y;
    ray[2] = r * cos(lambda);
}

/**
 * Count directions by the number of views that show them, seen[3] for 3 and
 * more.
 */
static void count(const RigSetup *setup, int seen[4])
{
    for (int i = 0; i < NB_DIRECTIONS; i++) {
        double ray[3];
        int n = 0;

        direction(i, NB_DIRECTIONS, ray);
        for (int j = 0; j < setup->rig.nb_views && n < 3; j++)
            n += v360rig_sees(&setup->cameras[j], ray);
        seen[n]++;
    }
}

double v360rig_unseen(const RigSetup *setup)
{
    const int n = NB_DIRECTIONS / 10;
    int shown = 0, unseen = 0;

    for (int i = 0; i < n; i++) {
        double ray[3], uv[2];
        int face, j = 0;

        direction(i, n, ray);
        if (!ff_v360_project(&setup->source, ray, uv, &face))
            continue;
        shown++;
        while (j < setup->rig.nb_views && !v360rig_sees(&setup->cameras[j], ray))
            j++;
        unseen += j == setup->rig.nb_views;
    }
    return shown ? (double)unseen / shown : 0;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Change of the direction (x, y, z) per pixel along an axis of the image. */
static void derivative(const V360Geometry *g, const double uv[2], int axis,
                       double d[3])
{
    const double size = axis ? g->h : g->w, step = 1e-5;
    double a[2] = { uv[0], uv[1] }, b[2] = { uv[0], uv[1] };
    double ra[3], rb[3];

    a[axis] = FFMAX(uv[axis] - step, 0);
    b[axis] = FFMIN(uv[axis] + step, 1);
    ff_v360_unproject(g, a, ra);
    ff_v360_unproject(g, b, rb);
    for (int i = 0; i < 3; i++)
        d[i] = (rb[i] - ra[i]) / ((b[axis] - a[axis]) * size);
}

/**
 * Pixels per degree at a position, in the direction that has the fewest. Where
 * pixels are denser in the other direction, as near a panorama's poles, they
 * show no more detail.
 */
static double density(const V360Geometry *g, const double uv[2])
{
    double a[3], b[3], aa, bb, ab, largest;

    derivative(g, uv, 0, a);
    derivative(g, uv, 1, b);
    aa = dot(a, a);
    bb = dot(b, b);
    ab = dot(a, b);
    largest = (aa + bb + sqrt((aa - bb) * (aa - bb) + 4 * ab * ab)) / 2;
    return M_PI / 180 / sqrt(largest);
}

/** Solid angle of a pixel at a position. */
static double solid_angle(const V360Geometry *g, const double uv[2])
{
    double a[3], b[3];

    derivative(g, uv, 0, a);
    derivative(g, uv, 1, b);
    return sqrt(FFMAX(dot(a, a) * dot(b, b) - dot(a, b) * dot(a, b), 0));
}

typedef struct Sums {
    double area, lost, invented;        ///< solid angles
    double min, mean;                   ///< pixels per degree of the view
    double source_min, source_mean;     ///< the same of the source there
} Sums;

static void add_sample(const RigSetup *setup, const Camera *cam,
                       const double uv[2], Sums *s)
{
    double r[3], ray[3], source_uv[2], own, source, area;
    int face;

    if (!ff_v360_unproject(&cam->g, uv, r))
        return;
    v360rig_to_pano(cam, r, ray);
    if (!ff_v360_project(&setup->source, ray, source_uv, &face))
        return;
    own    = density(&cam->g, uv);
    source = density(&setup->source, source_uv);
    area   = solid_angle(&cam->g, uv);
    s->min         = FFMIN(s->min, own);
    s->source_min  = FFMIN(s->source_min, source);
    s->area        += area;
    s->mean        += area * own;
    s->source_mean += area * source;
    s->lost        += area * (own < source * (1 - SLACK));
    s->invented    += area * (own > source * (1 + SLACK));
}

/** Tell what is wrong with a view, and what helps. */
static void print_verdict(const Sums *s, double m, int n)
{
    if (n > 1)
        printf(" throws pixels away: shows %.1f samples of the source in one "
               "of its own; supersample=%d", m, n);
    else if (s->lost > s->area / 2)
        printf(" throws pixels away");
    else if (s->invented > s->area / 2)
        printf(" invents pixels");
    if (ff_v360_undersampling(m, n) > 1)
        printf(" looks at %d of them: it should be %.2f times as large",
               V360_SAMPLES_SEEN * n, ff_v360_undersampling(m, n));
    putchar('\n');
}

static void print_view(const RigSetup *setup, int index, int width)
{
    const Camera *cam = &setup->cameras[index];
    Sums s = { .min = INFINITY, .source_min = INFINITY };
    const double m = cam->samples;
    const int n = ff_v360_auto_supersample(m);

    for (int i = 0; i < GRID * GRID; i++) {
        const double uv[2] = { (i % GRID + 0.5) / GRID,
                               (i / GRID + 0.5) / GRID };

        add_sample(setup, cam, uv, &s);
    }
    if (!s.area) {
        printf("%-*s sees nothing of the source\n", width, cam->view->name);
        return;
    }
    printf("%-*s %7.2f %7.2f %10.2f %11.2f %6.1f%% %8.1f%% %7.2f %4d", width,
           cam->view->name, s.min, s.mean / s.area, s.source_min,
           s.source_mean / s.area, 100 * s.lost / s.area,
           100 * s.invented / s.area, m, n);
    print_verdict(&s, m, n);
}

int v360rig_coverage(RigSetup *setup)
{
    static const char *const times[] = { "0", "1", "2", "3+" };
    int ret = v360rig_cameras(setup, 1), width = strlen("view");
    int seen[4] = { 0 };

    if (ret < 0)
        return ret;
    count(setup, seen);
    v360rig_count_samples(setup);
    printf("seen   share of the sphere\n");
    for (int i = 0; i < 4; i++)
        printf("%-6s %7.3f%%\n", times[i], 100.0 * seen[i] / NB_DIRECTIONS);
    for (int i = 0; i < setup->rig.nb_views; i++)
        width = FFMAX(width, strlen(setup->rig.views[i].name));
    printf("\npixels per degree; share of the view with over %g%% fewer "
           "(lost) or more (invented) than the source;\n"
           "samples of the source in one of the view where they are the most, "
           "and supersample=auto for them\n"
           "%-*s %7s %7s %10s %11s %7s %9s %7s %4s\n", 100 * SLACK, width,
           "view", "min", "mean", "source_min", "source_mean", "lost",
           "invented", "samples", "auto");
    for (int i = 0; i < setup->rig.nb_views; i++)
        print_view(setup, i, width);
    return v360rig_close(stdout, NULL);
}
