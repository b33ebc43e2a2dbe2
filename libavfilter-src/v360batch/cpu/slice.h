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
    int32_t dx;
} V360SliceView;

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

#endif /* AVFILTER_V360BATCH_CPU_SLICE_H */
