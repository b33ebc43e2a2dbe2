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

#ifndef AVFILTER_V360BATCH_INTERP_H
#define AVFILTER_V360BATCH_INTERP_H

#include <stdint.h>

/**
 * @file
 * Interpolations: their names, their taps, and the weights of the taps.
 */

enum V360Interp {
    V360_NEAREST,
    V360_BILINEAR,
    V360_LAGRANGE9,
    V360_BICUBIC,
    V360_LANCZOS,
    V360_SPLINE16,
    V360_GAUSSIAN,
    V360_MITCHELL,
    V360_NB_INTERPS,
};

/**
 * Option names, those of FFmpeg's v360 with aliases: X(id, name, description).
 * The first name of an id is the canonical one.
 */
#define V360_INTERP_NAMES(X)                            \
    X(V360_NEAREST,   "near",      "nearest neighbour") \
    X(V360_NEAREST,   "nearest",   "nearest neighbour") \
    X(V360_BILINEAR,  "line",      "bilinear")          \
    X(V360_BILINEAR,  "linear",    "bilinear")          \
    X(V360_LAGRANGE9, "lagrange9", "lagrange9")         \
    X(V360_BICUBIC,   "cube",      "bicubic")           \
    X(V360_BICUBIC,   "cubic",     "bicubic")           \
    X(V360_LANCZOS,   "lanc",      "lanczos")           \
    X(V360_LANCZOS,   "lanczos",   "lanczos")           \
    X(V360_SPLINE16,  "sp16",      "spline16")          \
    X(V360_SPLINE16,  "spline16",  "spline16")          \
    X(V360_GAUSSIAN,  "gauss",     "gaussian")          \
    X(V360_GAUSSIAN,  "gaussian",  "gaussian")          \
    X(V360_MITCHELL,  "mitchell",  "mitchell")

#define V360_PHASES       256
#define V360_WEIGHT_BITS   14

/** @return canonical name of an interpolation */
const char *ff_v360_interp_name(enum V360Interp interp);

/** Number of taps of a kernel in each direction. */
static inline int ff_v360_taps(enum V360Interp interp)
{
    return interp == V360_NEAREST ? 1 : interp == V360_BILINEAR ? 2 : 4;
}

/**
 * Amount to add to a position before its tap and phase are taken: the nearest
 * sample is the tap of the position half a sample further on.
 */
static inline int ff_v360_tap_bias(int taps)
{
    return taps == 1 ? V360_PHASES / 2 : 0;
}

/**
 * Weights of the four taps -1, 0, 1, 2 for each phase; each row sums to
 * 1 << V360_WEIGHT_BITS exactly. Formulas as in vf_v360.c.
 */
void ff_v360_interp_weights(int16_t weights[V360_PHASES][4],
                            enum V360Interp interp);

#endif /* AVFILTER_V360BATCH_INTERP_H */
