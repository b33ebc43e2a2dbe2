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

#include "libavfilter/v360batch/cpu/dsp.h"
#include "equirect.h"
#include "libavfilter/v360batch/projection/projection.h"

/**
 * @file
 * Points: for each sample of a plane of a view, the position in the source
 * plane it looks at, in double precision, then rounded to 1/256 sample.
 */

/** Where the samples of one plane of an image lie. */
typedef struct V360Sampling {
    int w, h;            ///< samples of the plane
    int luma_w, luma_h;  ///< size of the image in luma samples
    double step_x, step_y; ///< luma samples between two samples
    double x0, y0;       ///< place of sample (0, 0), in luma samples from the
                         ///< top left corner; its centre is at 0.5 for luma
} V360Sampling;

/**
 * @param log2_w,log2_h  subsampling of the plane
 * @param xpos,ypos      of chroma as av_chroma_location_enum_to_pos() gives it
 */
V360Sampling ff_v360_sampling(int luma_w, int luma_h, int log2_w, int log2_h,
                              int xpos, int ypos);

/** One eye of the source as it is stored. */
typedef struct V360Source {
    V360Geometry geometry;   ///< with w and h swapped if transposed
    int transpose;           ///< stored with x and y swapped
    int h_flip, v_flip;      ///< then mirrored
    int nb_planes;           ///< kinds of planes: 1, or 2 with chroma apart
    V360Sampling plane[2];
} V360Source;

/** What all views have in common. */
typedef struct V360Transform {
    char rorder[4];              ///< e.g. "ypr": the first letter is outermost
    int h_flip, v_flip, d_flip;  ///< mirror x, y, z after the rotation
    double h_offset, v_offset;   ///< off-axis offsets, before it
    int log2_chroma_w, log2_chroma_h;
    int chroma_xpos, chroma_ypos;
} V360Transform;

/** Points that are made by one call. */
#define V360_RUN V360_UNIT_W

/**
 * Smallest and largest x (24.8) of some points, or V360_VOID in x0: some
 * kernel's taps lie beyond a border.
 */
typedef struct V360Run {
    int32_t x0, x1;
} V360Run;

/** How the points of a plane of a view are made. */
typedef struct V360PointMap {
    const V360Source *source;
    const V360Transform *transform;
    const V360Border *border;
    int kind;                     ///< of the plane
    int32_t period;               ///< 24.8 width of the source, or INT32_MAX
    V360Geometry view;
    double rotation[3][3];
    V360Sampling sampling;        ///< of the view's plane
    V360EquirectFunc equirect;    ///< or NULL: the general way
} V360PointMap;

/** A row of samples. */
typedef struct V360PointRow {
    const V360PointMap *map;
    int y;
    V360EquirectRow equirect;
} V360PointRow;

/**
 * @param m  source, transform, border, kind, period and view are set
 */
void ff_v360_point_map_init(V360PointMap *m, double yaw, double pitch,
                            double roll);

void ff_v360_point_row_init(V360PointRow *row, const V360PointMap *m, int y);

/**
 * Make the points of V360_RUN samples from x; those beyond the end of the row
 * are the last one's.
 */
V360Run ff_v360_point_run(const V360PointRow *row, V360Point *point, int x);

/** Round a position in samples, times 256, as points are. */
int32_t ff_v360_quantise(double x);

#endif /* AVFILTER_V360BATCH_MAP_POINT_H */
