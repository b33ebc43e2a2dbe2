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

#ifndef AVFILTER_V360GRID_H
#define AVFILTER_V360GRID_H

#include "v360batchdsp.h"
#include "v360projection.h"

/**
 * @file
 * Grids: for each sample of a plane of a view, the position in the source
 * plane it looks at. Built once, in double precision, quantised to 1/256
 * sample and shared by the views that differ only in yaw, where the source
 * allows it.
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

/** Samples that are remapped by one call; n of them share a V360Run. */
#define V360_RUN 16

/** Smallest and largest x (24.8) of a run, or V360_VOID in x0: at a border. */
typedef struct V360Run {
    int32_t x0, x1;
} V360Run;

/** The grid of one plane: w * h points, and runs of V360_RUN of a row. */
typedef struct V360Grid {
    int w, h;
    int runs;          ///< per row
    V360Point *point;
    V360Run *run;
    struct V360Units *units;  ///< derived from it on demand, see v360unit.h
    int nb_units;
} V360Grid;

/** A grid for each kind of plane, shared by nb_views views. */
typedef struct V360GridGroup {
    V360Geometry view;
    double yaw, pitch, roll;   ///< degrees; yaw is 0 where it is a shift
    int nb_views;
    uint64_t id;               ///< unlike that of any other group so far
    V360Grid plane[2];
} V360GridGroup;

typedef struct V360Execute {
    /** Run job(arg, i, nb_jobs) for all i in [0, nb_jobs), in any order. */
    void (*run)(void *opaque, void (*job)(void *arg, int i, int nb_jobs),
                void *arg, int nb_jobs);
    void *opaque;
    int nb_threads;
} V360Execute;

typedef struct V360GridCache {
    V360Source source;
    V360Transform transform;
    int yaw_sign;              ///< yaw shifts x by this times it, or 0: not so
    int32_t period[2];         ///< 24.8 width of the source, or INT32_MAX
    V360Border border[2];
    V360Place *places[2];
    V360GridGroup **groups;
    int nb_groups;
    uint64_t last_id;
} V360GridCache;

/**
 * @param c  zeroed, or after ff_v360_grids_free(); source and transform set
 * @return 0 or a negative AVERROR
 */
int ff_v360_grids_init(V360GridCache *c, void *log_ctx);

/**
 * Get the grids of a view, built if there are none yet.
 *
 * @param view  after ff_v360_geometry_init()
 * @param dx    x-offset (24.8) of the view in each kind of plane
 * @return 0 or a negative AVERROR
 */
int ff_v360_grids_acquire(V360GridCache *c, V360GridGroup **group,
                          const V360Geometry *view, double yaw, double pitch,
                          double roll, int32_t dx[2], const V360Execute *exec);

/** Give up a view's hold on its group; the last one frees it. */
void ff_v360_grids_release(V360GridCache *c, V360GridGroup **group);

/** Free everything but source and transform. All views' groups are gone. */
void ff_v360_grids_free(V360GridCache *c);

/**
 * Whether all taps of a run lie inside one face for a view with this offset.
 *
 * @param dx      offset of the view on entry; on exit the offset to use for
 *                V360BatchDSPContext.remap_inside
 */
static inline int ff_v360_run_is_inside(const V360Run *run, int32_t *dx,
                                        int32_t period)
{
    int32_t x0 = run->x0, x1 = run->x1;

    if (x0 == V360_VOID || period == INT32_MAX)
        return x0 != V360_VOID;
    if (x0 + *dx >= period)
        *dx -= period;
    x0 += *dx;
    x1 += *dx;
    return x0 >= V360_TAPS_BEFORE * 256 &&
           x1 < period - V360_TAPS_AFTER * 256;
}

#endif /* AVFILTER_V360GRID_H */
