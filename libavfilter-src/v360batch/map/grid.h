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

#ifndef AVFILTER_V360BATCH_MAP_GRID_H
#define AVFILTER_V360BATCH_MAP_GRID_H

#include "point.h"

/**
 * @file
 * Grids: the points of all samples of the planes of a view, shared by the
 * views that differ only in yaw, where the source allows it.
 */

/** How the points of one plane are made; none is stored. */
typedef struct V360PlaneGrid {
    int w, h;                  ///< number of points
    V360PointMap map;
} V360PlaneGrid;

/** The plane grids of all sitings, shared by nb_views views. */
typedef struct V360Grid {
    V360Geometry view;
    V360Orientation orientation; ///< yaw is 0 where it is a shift
    V360ChromaPlaces chroma;   ///< of the view; zeros if it has one siting
    int supersample;           ///< points for a sample, on each axis
    int nb_views;
    uint64_t id;               ///< differs from those of all grids so far
    V360PlaneGrid plane[2];
} V360Grid;

/** All grids of a filter, and what they have in common. */
typedef struct V360GridCache {
    V360Source source;
    V360Transform transform;
    int yaw_sign;              ///< of the x-shift per degree of yaw; 0: yaw is
                               ///< not a shift
    int32_t period[2];         ///< 24.8 width of the source, or INT32_MAX
    V360Border border[2];
    V360Grid **grids;
    int nb_grids;
    uint64_t last_id;
} V360GridCache;

/**
 * Prepare a cache for its source: period and borders.
 *
 * @param c  zeroed, or after ff_v360_grids_free(); source and transform set
 * @return 0 or a negative AVERROR, after which ff_v360_grids_free() is due, too
 */
int ff_v360_grids_init(V360GridCache *c, void *log_ctx);

/**
 * Get the grid of a view: one that another view has, or a new one.
 *
 * @param grid         set to the grid, to be given up with
 *                     ff_v360_grids_release(); NULL on error
 * @param view         after ff_v360_geometry_init()
 * @param orientation  with the view's own yaw
 * @param chroma       where the view's chroma lies
 * @param supersample  points for a sample, on each axis
 * @param dx           set to the x-offset (24.8) of the view by siting
 * @return 0 or a negative AVERROR
 */
int ff_v360_grids_acquire(V360GridCache *c, V360Grid **grid,
                          const V360Geometry *view,
                          const V360Orientation *orientation,
                          const V360ChromaPlaces *chroma, int supersample,
                          int32_t dx[2]);

/**
 * Give up a view's hold on its grid, which may be NULL, and set it to NULL. The
 * last view frees the grid.
 */
void ff_v360_grids_release(V360GridCache *c, V360Grid **grid);

/** Free everything but source and transform. No view may hold a grid then. */
void ff_v360_grids_free(V360GridCache *c);

#endif /* AVFILTER_V360BATCH_MAP_GRID_H */
