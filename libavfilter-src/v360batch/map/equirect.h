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

#ifndef AVFILTER_V360BATCH_MAP_EQUIRECT_H
#define AVFILTER_V360BATCH_MAP_EQUIRECT_H

#include "libavfilter/v360batch/sample.h"

/**
 * @file
 * Points of a flat view in a full equirectangular source, V360_SPAN at a time.
 * Before they are rounded they differ from those of point.c, which takes any
 * projection, by 1e-9 of 1/256 sample at most; so only a position that close
 * to a tie could become another point.
 */

/** A row of samples; the sample at x has the ray (p + q * x) / length. */
typedef struct V360EquirectRow {
    double p[3], q[3];
    double c, d;               ///< c + d * x is the x of that sample in the
                               ///< image plane
    double s;                  ///< length is sqrt(s + (c + d * x)^2)
    double scale_x, bias_x;    ///< angle to 24.8, to be rounded down
    double scale_y, bias_y;
    int32_t period;
} V360EquirectRow;

/**
 * Make the V360_SPAN points of the samples from x on.
 *
 * @param bounds  set to the smallest and the largest x and y
 */
typedef void (*V360EquirectFunc)(V360Point *point, V360Point bounds[2],
                                 const V360EquirectRow *row, int x);

/** @return NULL if this CPU has nothing faster than point.c */
V360EquirectFunc ff_v360_equirect_func_x86(void);

#endif /* AVFILTER_V360BATCH_MAP_EQUIRECT_H */
