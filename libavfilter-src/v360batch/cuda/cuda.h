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
#include "libavutil/hwcontext.h"
#include "libavutil/hwcontext_cuda_internal.h"
#include "libavfilter/formats.h"
#include "libavfilter/v360batch/common.h"
#include "libavfilter/v360batch/input.h"
#include "copy.h"
#include "launch.h"

/**
 * @file
 * What the parts of v360batch_cuda share. All functions need the CUDA context
 * to be current, but for those that say that they do not.
 */

#define CHECK_CU(x) FF_CUDA_CHECK_DL(ctx, s->cu, x)

/** CUDA_ERROR_OUT_OF_MEMORY, which nv-codec-headers do not have. */
#define V360_CUDA_OUT_OF_MEMORY 2

/**
 * Most copies that start from pinned memory at once. A configuration needs a
 * handful, and each batch in flight one; any more start from ordinary memory.
 */
#define V360_CUDA_MAX_SLOTS 16

/** A copy of a V360Grid on the device. */
typedef struct V360CudaGrid {
    uint64_t id;             ///< V360Grid.id; 0: the grid is gone
    V360CudaBuffer mem;
    uint8_t *narrow[2];      ///< by siting, for each row and tile whether the
                             ///< words are, see V360CudaTile; NULL: none are
} V360CudaGrid;

/** The views of a frame, which wait to be sent. */
typedef struct V360CudaSet {
    int64_t arrived;         ///< when the frame came
    int slab;                ///< that some are copied from; -1: not any more
    AVFrame **frame;         ///< by output; NULL: not wanted
} V360CudaSet;

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
    enum AVPixelFormat format_option;
    int64_t pinned_option;

    int asked;               ///< for formats, which the source did not know yet

    /* device */
    AVBufferRef *device_ref;
    AVCUDADeviceContext *hwctx;
    CudaFunctions *cu;
    V360CudaExtra extra;
    CUmodule module, convert_module;
    CUfunction kernel;
    CUfunction convert[2];   ///< convert what kernel has remapped, to 8 and 16
                             ///< bits

    /* copies to the device */
    V360CudaSlot slot[V360_CUDA_MAX_SLOTS];
    int nb_slots;
    size_t pinned;           ///< bytes
    int no_pinned;           ///< an allocation has failed

    V360CudaUpload upload;
    V360CudaDownload download;

    /* the configuration on the device */
    V360CudaGrid *grids;
    int nb_grids;
    V360CudaBuffer setup, planes, tiles;
    int nb_tiles;
    int *order;              ///< views in the order of V360CudaTable.view
    int nb_converted;        ///< views that are converted
    V360CudaBuffer conversions, convert_tiles;
    int nb_convert_tiles[2]; ///< of a frame, by convert
    int ready;               ///< all of it is on the device

    /* batches */
    V360CudaBuffer stage;    ///< views of a batch on the way to a conversion
    AVFrame *queue[V360_CUDA_MAX_FRAMES];
    int64_t arrived[V360_CUDA_MAX_FRAMES]; ///< when the frames of queue came
    int nb_queued;
    int unlike;              ///< the next frame cannot be in one batch with them
    V360CudaSet *sets;       ///< views that are not sent yet
    int nb_sets;
    int batch;               ///< 0: not yet chosen
    int64_t delay;           ///< how long a frame waits; INT64_MAX: forever
    V360Arrival arrival;
    int full_batch;          ///< what batch would be if memory were not short
    int nb_retries;          ///< of a batch that lacks memory
    int nb_good;             ///< batches since one lacked memory
    int nb_needed;           ///< nb_good at which a larger batch is tried
    uint8_t *table;          ///< staged V360CudaTable and pointers
    V360CudaBuffer table_mem;
    int failed;              ///< error in a command, which no one looks at
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
 * @return 0; or AVERROR(ENOMEM), which has been logged, or another negative
 *         AVERROR, after which the buffer is empty
 */
int ff_v360_cuda_reserve(AVFilterContext *ctx, V360CudaBuffer *b, size_t size);
/** Free the memory of a buffer, if it has any. */
void ff_v360_cuda_free(AVFilterContext *ctx, V360CudaBuffer *b);
/** Look up the functions that FFmpeg does not load. Needs no context. */
void ff_v360_cuda_load_extra(V360BatchCudaContext *s);
/**
 * Ask, or wait, whether an event has happened.
 *
 * @return 1, or 0 if it has not, or a negative AVERROR
 */
int ff_v360_cuda_is_over(AVFilterContext *ctx, CUevent event, int wait);
/**
 * Make a slot.
 *
 * @return 0, or a negative AVERROR after which there is no pinned memory
 */
int ff_v360_cuda_new_slot(AVFilterContext *ctx, V360CudaSlot *slot,
                          size_t size);
void ff_v360_cuda_free_slot(AVFilterContext *ctx, const V360CudaSlot *slot);
/** Free the slots of tables and grids. */
void ff_v360_cuda_free_slots(AVFilterContext *ctx);
/**
 * Tell how much memory of the device is free.
 *
 * @param bytes  set to the size in bytes, unless NULL or the size is unknown
 * @return the size in MiB, or -1 if the driver does not tell
 */
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
 * Whether b can be in one batch with a: they must have the same grids, fill
 * colour and, if they are CUDA frames, distances of rows and frames context.
 */
int ff_v360_cuda_is_alike(const AVFrame *a, const AVFrame *b);

/* grid.c */

/** How far the kernel in use reaches from its tap column or row. */
#define V360_CUDA_BEFORE(c) (ff_v360_taps((c)->interp) == 4)
#define V360_CUDA_AFTER(c)  (ff_v360_taps((c)->interp) / 2)

/** Points in a row of a plane grid on the device: its width, and padding. */
int ff_v360_cuda_grid_pitch(const V360PlaneGrid *g);
/** Points in all rows of a plane grid on the device. */
size_t ff_v360_cuda_grid_points(const V360PlaneGrid *g);
/**
 * Find the copy of a grid on the device.
 *
 * @param id    V360Grid.id, or 0 for memory of a grid that is gone
 * @param size  what the memory must have, 0: any
 * @return NULL if there is none
 */
V360CudaGrid *ff_v360_cuda_find_grid(const V360BatchCudaContext *s, uint64_t id,
                                     size_t size);
/**
 * Bring grids on the device up to date with the views.
 *
 * @return 0 or a negative AVERROR, after which some grids have no copy
 */
int ff_v360_cuda_update_grids(AVFilterContext *ctx);

/* window.c; these need no context */

/** Make room for what ff_v360_cuda_mark_narrow() finds. @return 0 or ENOMEM */
int ff_v360_cuda_alloc_narrow(const V360BatchContext *c, V360CudaGrid *copy,
                              const V360Grid *grid);
/**
 * Find which words of a row are narrow.
 *
 * @param narrow  V360CudaGrid.narrow of the siting, not NULL
 * @param row     the points of row y, as they are on the device
 */
void ff_v360_cuda_mark_narrow(const V360BatchContext *c, uint8_t *narrow,
                              const V360PlaneGrid *g, int siting, int y,
                              const V360CudaPoint *row);
/** Whether all words of a tile are narrow. */
int ff_v360_cuda_is_narrow(const V360BatchContext *c, const uint8_t *narrow,
                           const V360PlaneGrid *g, int siting,
                           const V360CudaTile *tile);
void ff_v360_cuda_free_narrow(V360CudaGrid *copy);

/* tables.c */

/**
 * List the tiles that cover a plane.
 *
 * @param tile   NULL: only count them
 * @param index  V360CudaTile.planes
 * @param bytes  of a row
 * @return the number of tiles
 */
int ff_v360_cuda_fill_tiles(V360CudaTile *tile, int index, int bytes, int rows);

/**
 * Bring grids and tables on the device up to date with the views.
 *
 * @return 0 or a negative AVERROR; ff_v360_cuda_free_setup() is due then, too
 */
int ff_v360_cuda_setup(AVFilterContext *ctx);
/** Free what ff_v360_cuda_setup() has made, also where it failed. */
void ff_v360_cuda_free_setup(AVFilterContext *ctx);

/* format.c */

/** Offer CUDA frames and all formats that sources and views may have. */
int ff_v360_cuda_query_formats(const AVFilterContext *ctx,
                               AVFilterFormatsConfig **cfg_in,
                               AVFilterFormatsConfig **cfg_out);

/** @return 0, or AVERROR(ENOSYS) for a source whose format is not remapped */
int ff_v360_cuda_check_format(AVFilterContext *ctx, enum AVPixelFormat format);

/**
 * Choose the software format of outputs that are CUDA frames: that of the
 * option, or the one nearest to the source's. The device is open.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_choose_format(AVFilterContext *ctx, enum AVPixelFormat source);

/* device.c */

/**
 * Open the device of the source's frames, or that of the filter, or the first
 * one. Needs no context.
 *
 * @param format  set to the software format of the source
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_open(AVFilterContext *ctx, enum AVPixelFormat *format);
/**
 * Load the kernels, make streams and pools, for formats that are known. Needs no
 * context.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_configure(AVFilterContext *ctx);
/** Free all that is on the device. Needs no context. */
void ff_v360_cuda_close(AVFilterContext *ctx);

/* convert.c */

/** How the remapped planes of a view lie in device memory. */
typedef struct V360CudaStage {
    unsigned offset[4];      ///< by plane of the source
    int linesize[4];
    size_t size;             ///< bytes of a frame
} V360CudaStage;

/** The stage of a view that is converted and has a grid. */
V360CudaStage ff_v360_cuda_stage(const V360BatchContext *c,
                                 const V360BatchView *v);
/** Bytes that a frame of a batch needs on the way to conversions. */
size_t ff_v360_cuda_stage_bytes(const V360BatchCudaContext *s);
/**
 * Give a batch its memory for views on the way, and no more.
 *
 * @return 0 or a negative AVERROR, after which there is none
 */
int ff_v360_cuda_reserve_stage(AVFilterContext *ctx);
/**
 * Bring conversions on the device up to date with the views, after
 * ff_v360_cuda_setup().
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_update_conversions(AVFilterContext *ctx);
/** Free conversions and the stage. */
void ff_v360_cuda_free_conversions(AVFilterContext *ctx);

/* size.c */

/** Bytes of a V360CudaTable and its pointers, for a batch of so many frames. */
size_t ff_v360_cuda_table_bytes(const AVFilterContext *ctx, int nb_frames);
/**
 * Choose the number of frames of a batch, of which in is the first.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_cuda_choose_batch(AVFilterContext *ctx, const AVFrame *in);
/** Log that a batch of one frame does not fit. @return AVERROR(ENOMEM) */
int ff_v360_cuda_no_memory(AVFilterContext *ctx);

/* batch.c */

/**
 * Remap the first frames of the queue in one launch; the views become sets.
 * Pushes the CUDA context itself.
 *
 * @return 0; AVERROR(EAGAIN) if memory was short: no frame has left the queue,
 *         and the call is to be repeated; or another negative AVERROR
 */
int ff_v360_cuda_run_batch(AVFilterContext *ctx);

/* launch.c */

/**
 * Remap the first frames of the queue and convert their views.
 *
 * @param out  by frame, then by output; NULL: not wanted
 */
int ff_v360_cuda_remap(AVFilterContext *ctx, AVFrame **out, int nb_frames);

/* send.c; they need no context */

/**
 * Let the views of a batch, of which the first frames of the queue are, wait to
 * be sent.
 *
 * @param out  by frame, then by output; NULL where a frame has been taken over
 */
int ff_v360_cuda_queue_sets(AVFilterContext *ctx, AVFrame **out, int nb_frames);
/**
 * Send the first set to all outputs that are open, when it is copied.
 */
int ff_v360_cuda_send_set(AVFilterContext *ctx);
/** @return whether there is a set that can be sent without a wait */
int ff_v360_cuda_set_is_ready(AVFilterContext *ctx);
/** Whether there is a set that is not to wait for another frame. */
int ff_v360_cuda_set_is_due(const AVFilterContext *ctx);
/** Free all sets. */
void ff_v360_cuda_drop_sets(AVFilterContext *ctx);

#endif /* AVFILTER_V360BATCH_CUDA_CUDA_H */
