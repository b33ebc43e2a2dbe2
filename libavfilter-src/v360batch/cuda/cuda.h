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

#ifndef AVFILTER_V360BATCH_CUDA_CUDA_H
#define AVFILTER_V360BATCH_CUDA_CUDA_H

#include "libavutil/buffer.h"
#include "libavutil/cuda_check.h"
#include "libavutil/hwcontext_cuda_internal.h"
#include "libavfilter/v360batch/common.h"
#include "launch.h"

/**
 * @file
 * v360batch_cuda: what the parts of the filter share. All functions but those
 * that say so need the CUDA context to be current.
 */

#define CHECK_CU(x) FF_CUDA_CHECK_DL(ctx, s->cu, x)

/** CUDA_ERROR_OUT_OF_MEMORY, which nv-codec-headers do not have. */
#define V360_CUDA_OUT_OF_MEMORY 2

#define V360_CUDA_MAX_SLOTS 16

/** Pinned memory of the host that copies to the device start from. */
typedef struct V360CudaSlot {
    void *host;
    size_t size;
    CUevent copied;
    int busy;                ///< until copied has happened
} V360CudaSlot;

typedef struct V360CudaBuffer {
    CUdeviceptr ptr;
    size_t size;
} V360CudaBuffer;

/** A copy of a V360Grid on the device. */
typedef struct V360CudaGrid {
    uint64_t id;             ///< of the grid; 0: of none any more
    V360CudaBuffer mem;
} V360CudaGrid;

/** Functions that FFmpeg does not load, NULL where the driver has none. */
typedef struct V360CudaExtra {
    CUresult (CUDAAPI *mem_get_info)(size_t *available, size_t *total);
    CUresult (CUDAAPI *mem_host_alloc)(void **ptr, size_t size, unsigned flags);
    CUresult (CUDAAPI *mem_free_host)(void *ptr);
} V360CudaExtra;

typedef struct V360BatchCudaContext {
    V360BatchContext common;

    /* options */
    int batch_option;
    double vram;
    int64_t delay_option;

    /* device */
    AVBufferRef *device_ref;
    AVCUDADeviceContext *hwctx;
    CudaFunctions *cu;
    V360CudaExtra extra;
    CUmodule module;
    CUfunction kernel;

    /* copies to the device */
    V360CudaSlot slot[V360_CUDA_MAX_SLOTS];
    int nb_slots;
    size_t pinned;           ///< bytes
    int no_pinned;           ///< an allocation has failed

    /* the configuration on the device */
    V360CudaGrid *grids;
    int nb_grids;
    V360CudaBuffer setup, jobs, tiles;
    int nb_tiles;
    int *order;              ///< views as the jobs have them

    /* batches */
    enum AVPixelFormat sw_format;
    AVFrame *queue[V360_CUDA_MAX_FRAMES];
    int nb_queued;
    int batch;               ///< 0: not yet chosen
    int64_t delay;           ///< a frame may wait so long; INT64_MAX: forever
    struct {
        int64_t first, last; ///< of the queued frames
        int64_t before_last; ///< 0: the last frame was the first of all
    } arrival;               ///< when frames came, in microseconds
    int retried;             ///< out of memory since frames were last sent
    uint8_t *table;          ///< staged V360CudaTable and pointers
    V360CudaBuffer table_mem;
    int eof, status;
    int64_t status_pts;
} V360BatchCudaContext;

/* memory.c */

/**
 * Queue a copy; src may be reused at once.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_upload(AVFilterContext *ctx, CUdeviceptr dst, const void *src,
                        size_t size);
/**
 * Make a buffer at least size bytes large; its contents are lost.
 *
 * @return 0; AVERROR(ENOMEM), said already; or another negative AVERROR
 */
int ff_v360_cuda_reserve(AVFilterContext *ctx, V360CudaBuffer *b, size_t size);
/** Free a buffer, or do nothing where it has none. */
void ff_v360_cuda_free(AVFilterContext *ctx, V360CudaBuffer *b);
/** Look up the functions that FFmpeg does not. Needs no context. */
void ff_v360_cuda_load_extra(V360BatchCudaContext *s);
/** Free the pinned memory, and the events that guard it. */
void ff_v360_cuda_free_slots(AVFilterContext *ctx);
/** Free memory of the device in MiB, -1 if the driver does not tell. */
int64_t ff_v360_cuda_available_mib(AVFilterContext *ctx, size_t *bytes);

/* frame.c; they need no context */

/**
 * Refuse a frame that the kernel would read beyond its end: the kernel reads
 * whole samples, and addresses a plane with 31 bits.
 *
 * @return 0 or AVERROR(EINVAL)
 */
int ff_v360_cuda_check_frame(AVFilterContext *ctx, const AVFrame *in);
/**
 * Whether b can be in one batch with a: the same grids, colour of what is not
 * seen, and layout. A frame without a context is like no other.
 */
int ff_v360_cuda_is_alike(const AVFrame *a, const AVFrame *b);

/* grid.c */

/** How far the kernel in use reaches from its tap column or row. */
#define V360_CUDA_BEFORE(c) (ff_v360_taps((c)->interp) == 4)
#define V360_CUDA_AFTER(c)  (ff_v360_taps((c)->interp) / 2)

/** Points of a row of a grid on the device: the width, and padding. */
int ff_v360_cuda_grid_pitch(const V360PlaneGrid *g);
/** Points of all rows of a grid on the device. */
size_t ff_v360_cuda_grid_points(const V360PlaneGrid *g);
/**
 * The copy of a grid, or any (id 0) that is free and of this size; NULL if
 * there is none. size 0: of any size.
 */
V360CudaGrid *ff_v360_cuda_find_grid(const V360BatchCudaContext *s, uint64_t id,
                                     size_t size);
/** Bring grids on the device up to date with the views. */
int ff_v360_cuda_update_grids(AVFilterContext *ctx);

/* tables.c */

/** Bring grids and tables on the device up to date with the views. */
int ff_v360_cuda_setup(AVFilterContext *ctx);
/** Free what ff_v360_cuda_setup() has made, also where it failed. */
void ff_v360_cuda_free_setup(AVFilterContext *ctx);

/* size.c */

/** Bytes of a V360CudaTable and its pointers, for a batch of so many frames. */
size_t ff_v360_cuda_table_bytes(const AVFilterContext *ctx, int nb_frames);
/**
 * Choose the number of frames of a batch, of which in is the first.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_choose_batch(AVFilterContext *ctx, const AVFrame *in);
/** Say that a batch of one frame does not fit; returns AVERROR(ENOMEM). */
int ff_v360_cuda_no_memory(AVFilterContext *ctx);

/* batch.c */

/**
 * Remap the first frames of the queue in one launch and send the results.
 * Pushes the CUDA context itself.
 *
 * @return AVERROR(EAGAIN) if the batch had to become smaller
 */
int ff_v360_cuda_run_batch(AVFilterContext *ctx);

#endif /* AVFILTER_V360BATCH_CUDA_CUDA_H */
