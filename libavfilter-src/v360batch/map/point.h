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

#ifndef AVFILTER_V360BATCH_MAP_POINT_H
#define AVFILTER_V360BATCH_MAP_POINT_H

#include "libavfilter/v360batch/projection/density.h"
#include "libavfilter/v360batch/sample.h"
#include "equirect.h"
#include "source.h"

/**
 * @file
 * Points: for each sample of a plane of a view, the position in the source
 * plane it looks at, in double precision, then rounded to 1/256 sample.
 */

/** What the ways from all views to the source have in common. */
typedef struct V360Transform {
    char rorder[4];              ///< e.g. "ypr": the first letter is outermost
    int h_flip, v_flip, d_flip;  ///< mirror x, y, z after the rotation
    double h_offset, v_offset;   ///< off-axis offsets, before the rotation
} V360Transform;

/** Where a view looks, in degrees; see V360View. */
typedef struct V360Orientation {
    double yaw, pitch, roll;
} V360Orientation;

/** How the points of a plane of a view are made. */
typedef struct V360PointMap {
    const V360Source *source;
    const V360Transform *transform;
    const V360Border *border;
    int siting;                   ///< siting of the plane
    int32_t period;               ///< 24.8 width of the source, or INT32_MAX
    V360Geometry view;
    V360ChromaPlaces chroma;      ///< of the view, for siting 1
    int supersample;              ///< points for a sample, on each axis
    double rotation[3][3];
    V360Sampling sampling;        ///< where the samples of the plane lie
    V360EquirectFunc equirect;    ///< fast way, or NULL
} V360PointMap;

/** A row of a plane of a view. */
typedef struct V360PointRow {
    const V360PointMap *map;
    int y;
    V360EquirectRow equirect;
} V360PointRow;

/**
 * Complete a map.
 *
 * @param m  source, transform, border, siting, period, view, chroma and
 *           supersample are set; what the first three point to must outlive the
 *           map
 */
void ff_v360_point_map_init(V360PointMap *m,
                            const V360Orientation *orientation);

/** ff_v360_minification() of a view; siting, border and period are not used. */
double ff_v360_point_minification(const V360PointMap *m);

/** Prepare row y of the map's plane. */
void ff_v360_point_row_init(V360PointRow *row, const V360PointMap *m, int y);

/**
 * Make the points of V360_SPAN samples from x on. Samples beyond the end of the
 * row get the point of the last one.
 *
 * @return the span of the points
 */
V360Span ff_v360_point_span(const V360PointRow *row, V360Point *point, int x);

#endif /* AVFILTER_V360BATCH_MAP_POINT_H */
