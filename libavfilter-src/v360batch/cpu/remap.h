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

#ifndef AVFILTER_V360BATCH_CPU_REMAP_H
#define AVFILTER_V360BATCH_CPU_REMAP_H

#include "libavfilter/v360batch/common.h"
#include "dsp.h"
#include "packed.h"
#include "slice.h"

/**
 * @file
 * v360batch on the CPU: packed grids, and remapping a frame to all views.
 */

/** Rows of a plane, for all views that share a grid: what a thread takes. */
typedef struct V360Slice {
    const V360PackedGrid *packed;
    int plane;
    int y0, y1;
    int source_y;                   ///< row of the source about which it reads
    V360SliceCount count;
} V360Slice;

/** The private context of the filter. */
typedef struct V360BatchCPUContext {
    V360BatchContext common;
    V360DSPContext dsp[4];          ///< by plane
    int16_t (*weights)[4];
    V360PackedGrid *packed;         ///< the grids of the views
    int nb_packed;
    V360Slice *slices;              ///< NULL: to be made before the next frame
    int nb_slices;
} V360BatchCPUContext;

/**
 * Make the weights of the interpolation, once and before all else.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_cpu_init(AVFilterContext *ctx);

/** Free all; also after an error, and if ff_v360_cpu_init() was not called. */
void ff_v360_cpu_uninit(AVFilterContext *ctx);

/** Choose the functions for the format of the input, whenever that is set. */
void ff_v360_cpu_config(AVFilterContext *ctx);

/**
 * Bring packed grids and slices up to date with the views, which have grids.
 *
 * @return 0 or AVERROR(ENOMEM), after which there are no slices: call it again
 *         before the next frame
 */
int ff_v360_cpu_update(AVFilterContext *ctx);

/**
 * Remap a frame to all views. There are slices.
 *
 * @param out  frames of the views; NULL: nobody wants the view
 */
void ff_v360_cpu_remap(AVFilterContext *ctx, const AVFrame *in,
                       AVFrame *const *out);

#endif /* AVFILTER_V360BATCH_CPU_REMAP_H */
