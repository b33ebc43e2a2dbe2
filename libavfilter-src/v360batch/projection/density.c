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

#include "libavutil/common.h"
#include "libavutil/macros.h"
#include "density.h"

/* Places of a view on each axis at which the densities are compared: an odd
 * number, so that the middle of the view is one of them. */
#define PLACES 17

/* How far apart, in samples of the view, positions are that differences are
 * taken of: so near that a seam of the source is seldom between them. */
#define STEP 0.125

/** What is the same for all places of a view. */
typedef struct Density {
    const V360Geometry *view, *source;
    V360TurnFunc turn;
    const void *opaque;
} Density;

/** A place of a view in the source. */
typedef struct Place {
    double x, y;      ///< in samples
    double crowding;
    int face;         ///< -1: the source does not show it
} Place;

/*
 * Rows of these are circles of latitude: where these are smaller than the
 * equator, their samples lie closer together, and yet show no more, as a
 * panorama has no more detail along the circles than it has across them.
 */
static double crowding(const V360Geometry *source, const double ray[3])
{
    switch (source->projection) {
    case V360_EQUIRECT:
    case V360_HEQUIRECT:
    case V360_CYLINDRICALEA:
        return sqrt(ray[0] * ray[0] + ray[2] * ray[2]);
    default:
        return 1.0;
    }
}

static Place find_place(const Density *d, double u, double v)
{
    double uv[2] = { u, v }, ray[3];
    Place p = { .face = -1 };
    int hit = ff_v360_unproject(d->view, uv, ray);

    d->turn(d->opaque, ray);
    if (!ff_v360_project(d->source, ray, uv, &p.face) || !hit)
        p.face = -1;
    p.x = uv[0] * d->source->w;
    p.y = uv[1] * d->source->h;
    p.crowding = crowding(d->source, ray);
    return p;
}

/* Samples of the source between two places; -1: a border is between them, or
 * one of them is not shown. */
static double distance(const Density *d, const Place *a, const Place *b)
{
    double dx = b->x - a->x;

    if (a->face < 0 || a->face != b->face)
        return -1.0;
    if (ff_v360_yaw_is_shift(d->source))
        dx -= d->source->w * rint(dx / d->source->w);
    return hypot(dx * a->crowding, b->y - a->y);
}

/* Samples of the source in one of the view along an axis. Where a seam that is
 * no border of a face lies on one side of the place, the other side counts. */
static double density(const Density *d, const Place *p, double u, double v,
                      double du, double dv)
{
    const Place before = find_place(d, u - du, v - dv);
    const Place after  = find_place(d, u + du, v + dv);
    const double a = distance(d, p, &before), b = distance(d, p, &after);

    return a < 0.0 ? b : b < 0.0 ? a : FFMIN(a, b);
}

double ff_v360_minification(const V360Geometry *view,
                            const V360Geometry *source, V360TurnFunc turn,
                            const void *opaque)
{
    const Density d = { view, source, turn, opaque };
    double most = 0.0;

    for (int j = 0; j < PLACES; j++) {
        for (int i = 0; i < PLACES; i++) {
            const double u = (i + 0.5) / PLACES, v = (j + 0.5) / PLACES;
            const Place p = find_place(&d, u, v);
            const double x = density(&d, &p, u, v, STEP / view->w, 0.0);
            const double y = density(&d, &p, u, v, 0.0, STEP / view->h);

            most = FFMAX3(most, x, y);
        }
    }
    return most / STEP;
}

/* Half a hundredth of a sample is nothing: of two libms, one may round up. */
#define SLACK 0.005

int ff_v360_auto_supersample(double minification)
{
    return av_clip(ceil((minification - SLACK) / V360_SAMPLES_SEEN), 1,
                   V360_MAX_SUPERSAMPLE);
}

double ff_v360_undersampling(double minification, int supersample)
{
    const int seen = V360_SAMPLES_SEEN * supersample;

    return minification > seen + SLACK ? minification / seen : 1.0;
}
