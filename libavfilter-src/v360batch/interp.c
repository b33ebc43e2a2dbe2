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

#include "libavutil/attributes.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "interp.h"

/**
 * @file
 * The names of interpolation kernels and the weights of their taps. What
 * interpolates with them is in cpu/dsp.c, x86/v360batch/ and the CUDA kernel.
 */

static const struct {
    enum V360Interp id;
    const char *name;
} names[] = {
#define NAME(id, name, description) { id, name },
    V360_INTERP_NAMES(NAME)
};

av_cold const char *ff_v360_interp_name(enum V360Interp interp)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(names); i++) {
        if (names[i].id == interp)
            return names[i].name;
    }
    return "unknown";
}

/* All coefficients are those of vf_v360.c. They are for the taps -1, 0, 1, 2 of
 * a position that lies t in [0, 1) after tap 0. */

static void lagrange9(double t, double w[4])
{
    w[0] = 0.0;
    w[1] = (t - 1.0) * (t - 2.0) * 0.5;
    w[2] = -t * (t - 2.0);
    w[3] = t * (t - 1.0) * 0.5;
}

static void cube(double t, double w[4])
{
    const double tt = t * t, ttt = t * t * t;

    w[0] =     - t / 3.0 + tt / 2.0 - ttt / 6.0;
    w[1] = 1.0 - t / 2.0 - tt       + ttt / 2.0;
    w[2] =       t       + tt / 2.0 - ttt / 2.0;
    w[3] =     - t / 6.0            + ttt / 6.0;
}

static double lanczos(double x)
{
    x = fabs(x) * M_PI;
    return x == 0.0 ? 1.0 : sin(x) * sin(x / 2.0) / (x * x / 2.0);
}

static void spline16(double t, double w[4])
{
    w[0] = ((-1.0 / 3.0 * t + 0.8) * t - 7.0 / 15.0) * t;
    w[1] = ((t - 9.0 / 5.0) * t - 0.2) * t + 1.0;
    w[2] = ((6.0 / 5.0 - t) * t + 0.8) * t;
    w[3] = ((1.0 / 3.0 * t - 0.2) * t - 2.0 / 15.0) * t;
}

static double gauss(double x)
{
    return exp(-2.0 * x * x) * exp(-x * x / 2.0);
}

/* The product of two cubics, one of x and one of x / 2, as in vf_v360.c. */
static double mitchell(double x)
{
    const double b = 1.0 / 3.0, c = 1.0 / 3.0;
    const double p0 = (  6.0 -  2.0 * b           ) / 6.0,
                 p2 = (-18.0 + 12.0 * b +  6.0 * c) / 6.0,
                 p3 = ( 12.0 -  9.0 * b -  6.0 * c) / 6.0,
                 q0 = (         8.0 * b + 24.0 * c) / 6.0,
                 q1 = (       -12.0 * b - 48.0 * c) / 6.0,
                 q2 = (         6.0 * b + 30.0 * c) / 6.0,
                 q3 = (              -b -  6.0 * c) / 6.0;

    x = fabs(x);
    if (x < 1.0)
        return (p0 + x * x * (p2 + x * p3)) *
               (p0 + x * x * (p2 + x * p3 / 2.0) / 4.0);
    if (x < 2.0)
        return (q0 + x * (q1 + x * (q2 + x * q3))) *
               (q0 + x * (q1 + x * (q2 + x / 2.0 * q3) / 2.0) / 2.0);
    return 0.0;
}

static void sampled(double (*kernel)(double), double t, double w[4])
{
    double sum = 0.0;

    for (int i = 0; i < 4; i++)
        sum += w[i] = kernel(t - (i - 1));
    for (int i = 0; i < 4; i++)
        w[i] /= sum;
}

static void coefficients(enum V360Interp interp, double t, double w[4])
{
    switch (interp) {
    case V360_LAGRANGE9: lagrange9(t, w);         break;
    case V360_BICUBIC:   cube(t, w);              break;
    case V360_LANCZOS:   sampled(lanczos, t, w);  break;
    case V360_SPLINE16:  spline16(t, w);          break;
    case V360_GAUSSIAN:  sampled(gauss, t, w);    break;
    case V360_MITCHELL:  sampled(mitchell, t, w); break;
    default:
        w[0] = w[3] = 0.0;
        w[1] = interp == V360_NEAREST ? 1.0 : 1.0 - t;
        w[2] = interp == V360_NEAREST ? 0.0 : t;
    }
}

av_cold void ff_v360_interp_weights(int16_t weights[V360_PHASES][4],
                                    enum V360Interp interp)
{
    const int one = 1 << V360_WEIGHT_BITS;

    for (int phase = 0; phase < V360_PHASES; phase++) {
        double w[4];
        int largest = 0, rest = one;

        coefficients(interp, phase / (double)V360_PHASES, w);
        for (int i = 0; i < 4; i++) {
            /* Where a compiler contracts products, exact ties may be off by
             * an ulp: the nudge decides them alike everywhere. */
            weights[phase][i] = floor(w[i] * one + 0.5 + 1e-7);
            rest -= weights[phase][i];
            if (w[i] > w[largest] + 1e-9) /* the same for equal weights */
                largest = i;
        }
        weights[phase][largest] += rest;
    }
}
