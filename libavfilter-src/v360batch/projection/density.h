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

#ifndef AVFILTER_V360BATCH_PROJECTION_DENSITY_H
#define AVFILTER_V360BATCH_PROJECTION_DENSITY_H

#include "projection.h"

/**
 * @file
 * How much denser the samples of a source are than those of a view, and how
 * many samples of the view look at all of them.
 */

/** Turn a direction of a view into one of the source. */
typedef void (*V360TurnFunc)(const void *opaque, double ray[3]);

/**
 * How many samples of the source a sample of the view shows, on the axis and at
 * the place where they are the most.
 *
 * Columns of an equirect lie closer together towards the poles than at the
 * equator, and count there as they do at the equator.
 *
 * @param view, source  after ff_v360_geometry_init()
 * @return 0 if the source shows nothing of the view
 */
double ff_v360_minification(const V360Geometry *view,
                            const V360Geometry *source, V360TurnFunc turn,
                            const void *opaque);

/** Values of supersample: by the minification, and the largest number. */
#define V360_SUPERSAMPLE_AUTO 0
#define V360_MAX_SUPERSAMPLE  4

/** Samples of the source on an axis that a kernel of two taps looks at. */
#define V360_SAMPLES_SEEN     2

/**
 * @return so many times as many samples, on each axis, look at all of the
 *         source; at most V360_MAX_SUPERSAMPLE
 */
int ff_v360_auto_supersample(double minification);

/**
 * @return how many times as large a view should be so that so many samples on
 *         each axis look at all of the source; 1 if they do
 */
double ff_v360_undersampling(double minification, int supersample);

#endif /* AVFILTER_V360BATCH_PROJECTION_DENSITY_H */
