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

#ifndef AVFILTER_V360BATCH_CPU_SLICE_H
#define AVFILTER_V360BATCH_CPU_SLICE_H

#include "dsp.h"
#include "packed.h"

/**
 * @file
 * The remapping of some rows of a plane for all views that share its grid.
 */

/** One plane of one view. */
typedef struct V360SliceView {
    uint8_t *dst;
    ptrdiff_t linesize;
    const V360Remap *remap;
    /**
     * NULL, or the same with a src in which the columns from V360_SEAM before
     * the wrap to V360_SEAM behind it lie side by side.
     */
    const V360Remap *seam;
    int32_t dx;
} V360SliceView;

/** Columns on either side of the wrap. Blocks that see more are rare. */
#define V360_SEAM 64

/** What the rows of a plane are remapped with. */
typedef struct V360SliceContext {
    const V360DSPContext *dsp;
    const V360PackedGrid *packed; ///< blocks for the phase of the views
    int keep;                     ///< rows are read soon: leave them in caches
} V360SliceContext;

/** Samples by the path they took, to see that the fast one is taken. */
typedef struct V360SliceCount {
    uint64_t blocks, inside, border;
} V360SliceCount;

/**
 * Remap rows y0 to y1 of a plane to all views.
 *
 * @param y0     a multiple of V360_BLOCK_H
 * @param count  increased by the samples that are remapped
 */
void ff_v360_slice_remap(const V360SliceContext *t, int y0, int y1,
                         const V360SliceView *views, int nb_views,
                         V360SliceCount *count);

/** The same of segments first to end, without the end of stores. */
void ff_v360_slice_remap_segments(const V360SliceContext *t, int y0, int y1,
                                  int first, int end,
                                  const V360SliceView *views, int nb_views,
                                  V360SliceCount *count);

/** Bytes of a thread for samples of which views are made. */
#define V360_FINE_SIZE (64 << 10)

/**
 * Remap rows y0 to y1 of views, each sample of which is the mean of
 * V360PackedGrid.supersample x supersample. They are not stored past the
 * caches.
 *
 * @param y0    a multiple of V360_BLOCK_H
 * @param fine  V360_FINE_SIZE bytes, aligned to 64
 */
void ff_v360_slice_supersample(const V360SliceContext *t, int y0, int y1,
                               const V360SliceView *views, int nb_views,
                               uint8_t *fine, V360SliceCount *count);

/** Whether blocks of a grid would use V360SliceView.seam for an offset. */
int ff_v360_slice_has_seam(const V360PackedGrid *packed, int32_t dx,
                           int32_t period);

#endif /* AVFILTER_V360BATCH_CPU_SLICE_H */
