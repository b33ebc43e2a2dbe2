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

#include <stdatomic.h>
#include <stdint.h>

#include "libavutil/frame.h"
#include "libavfilter/v360batch/common.h"
#include "libavfilter/v360batch/input.h"
#include "convert.h"
#include "dsp.h"
#include "packed.h"
#include "slice.h"

/**
 * @file
 * v360batch on the CPU: packed grids, and remapping frames to all views.
 */

/**
 * Rows of a plane, for all views that share a grid, or of all planes of views
 * that are converted: what a thread takes.
 */
typedef struct V360Slice {
    const V360PackedGrid *packed;
    int plane;
    int converted;                  ///< first of the views, or -1
    int y0, y1;                     ///< rows of the plane, or of luma
    int source_y;                   ///< row of the source about which it reads
    V360SliceCount count;
} V360Slice;

/** Memory of a thread for views that are not remapped right to their place. */
typedef struct V360Scratch {
    uint8_t *data;                  ///< for views that are converted
    uint8_t *fine;                  ///< for views that are shrunk
    atomic_int taken;
} V360Scratch;

/** Columns around the wrap of the source, copied for each frame. */
typedef struct V360Seam {
    uint8_t *data;                  ///< NULL: no view sees them
    size_t size;                    ///< bytes for each frame
    int nb_frames;
    size_t offset[4][2];            ///< by plane and eye
    int pitch[4];                   ///< bytes of a row; 0: none of this plane
} V360Seam;

/** The private context of the filter. */
typedef struct V360BatchCPUContext {
    V360BatchContext common;
    V360DSPContext dsp[4];          ///< by plane
    int16_t (*weights)[4];
    V360PackedGrid *packed;         ///< the grids of the views
    int nb_packed;
    V360Slice *slices;              ///< NULL: to be made before the next frame
    int nb_slices;
    V360Converter *converter;       ///< by the first view of those it is for
    V360Scratch *scratch;           ///< one for each thread
    int nb_scratch;
    size_t scratch_size;
    V360Seam seam;
    int pairs;                      ///< two frames at once are faster
    int64_t delay;                  ///< option: how long a frame waits, in us
    AVFrame *held;                  ///< frame that waits for the next one
    int failed;                     ///< error in a command, which no one looks at
    V360Arrival arrival;
} V360BatchCPUContext;

/** A frame that is remapped, and its views; NULL: nobody wants the view. */
typedef struct V360RemapFrame {
    AVFrame *in;
    AVFrame *out[V360_MAX_VIEWS];
    V360Remap remap[4][2];          ///< by plane and eye
    V360Remap seam[4][2];           ///< the same; src is NULL: there is none
} V360RemapFrame;

#define V360_MAX_FRAMES 2

/** Frames that are remapped at once. Their rows are of the same size. */
typedef struct V360RemapJob {
    V360RemapFrame frame[V360_MAX_FRAMES];
    int nb_frames;
} V360RemapJob;

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

/** Remap frames to all views. There are slices. Only in and out are set. */
void ff_v360_cpu_remap(AVFilterContext *ctx, V360RemapJob *job);

/**
 * Make the packed grids that views lack, and free those that none needs.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_cpu_update_packed(AVFilterContext *ctx);

/** Which packed grid of its grid a plane of a view needs: see its phase. */
int ff_v360_cpu_phase(const V360BatchCPUContext *s, const V360BatchView *v,
                      int plane);

/** Whether a packed grid is one of those for a plane. */
int ff_v360_cpu_is_for(const V360PackedGrid *g, const V360Plane *plane);

/** Whether a packed grid is the one by which a plane of a view is remapped. */
int ff_v360_cpu_takes(const V360BatchCPUContext *s, int view, int plane,
                      const V360PackedGrid *g);

/** The packed grid by which a plane of a view is remapped. */
const V360PackedGrid *ff_v360_cpu_find_packed(const V360BatchCPUContext *s,
                                              int view, int plane);

/** What a view is remapped with; its dst and linesize are not set. */
V360SliceView ff_v360_cpu_slice_view(const V360BatchCPUContext *s,
                                     const V360RemapFrame *frame, int view,
                                     int plane);

/**
 * Prepare for converted views, which have packed grids, before their slices are
 * made.
 *
 * @param size  set to the bytes of scratch that a thread needs
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_cpu_update_converted(AVFilterContext *ctx, size_t *size);

/**
 * Make scratch for all threads.
 *
 * @param size  bytes for views that are converted
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_cpu_update_scratch(AVFilterContext *ctx, size_t size);
void ff_v360_cpu_free_scratch(V360BatchCPUContext *s);

/** Take scratch that no other thread has, and give it back. */
V360Scratch *ff_v360_cpu_take_scratch(V360BatchCPUContext *s);
void ff_v360_cpu_give_scratch(V360Scratch *scratch);

/**
 * Make the slices of all converted views.
 *
 * @param slice  NULL: only count them
 * @return their number
 */
int ff_v360_cpu_converted_slices(AVFilterContext *ctx, V360Slice *slice);

/**
 * Make room for the columns that views with packed grids see around the wrap.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_cpu_update_seam(V360BatchCPUContext *s);

/** Copy these columns, and describe them beside what remap has. */
void ff_v360_cpu_copy_seam(AVFilterContext *ctx, V360RemapJob *job);

/** Remap and convert a slice. */
void ff_v360_cpu_remap_converted(V360BatchCPUContext *s,
                                 const V360RemapJob *job,
                                 const V360Slice *slice,
                                 V360SliceCount *count);

#endif /* AVFILTER_V360BATCH_CPU_REMAP_H */
