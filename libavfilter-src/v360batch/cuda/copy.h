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

#ifndef AVFILTER_V360BATCH_CUDA_COPY_H
#define AVFILTER_V360BATCH_CUDA_COPY_H

#include <stddef.h>
#include <stdint.h>

#include <ffnvcodec/dynlink_cuda.h>

#include "libavutil/buffer.h"
#include "libavutil/frame.h"
#include "libavutil/pixfmt.h"
#include "libavfilter/avfilter.h"
#include "launch.h"

/**
 * @file
 * Frames that are copied between the host and the device: sources that are not
 * CUDA frames, and views that are not. All functions return 0 or a negative
 * AVERROR where nothing else is said, and need the CUDA context to be current,
 * but for those that say that they do not.
 */

/** Pinned memory of the host that copies to the device start from. */
typedef struct V360CudaSlot {
    void *host;
    size_t size;
    CUevent copied;
    int busy;                ///< copied may not have happened yet
} V360CudaSlot;

typedef struct V360CudaBuffer {
    CUdeviceptr ptr;
    size_t size;
} V360CudaBuffer;

/** Where the planes of a frame lie in one piece of memory. */
typedef struct V360CudaLayout {
    size_t offset[4];
    int linesize[4];         ///< 0: there is no such plane
    size_t size;             ///< bytes of a frame
} V360CudaLayout;

/** Pieces of pinned memory that sources are uploaded from. */
#define V360_CUDA_UPLOAD_SLOTS 3

/** Sources in the memory of the host. */
typedef struct V360CudaUpload {
    CUstream stream;         ///< NULL: sources are CUDA frames
    CUevent copied;          ///< all frames so far are on the device
    V360CudaLayout layout;
    V360CudaSlot slot[V360_CUDA_UPLOAD_SLOTS];
    int nb_slots, next_slot;
    int has_slots;           ///< there can be no more of them
    int64_t pinned;          ///< bytes
    V360CudaBuffer places;   ///< frames on the device
    int nb_places, next;
    int64_t reader[2 * V360_CUDA_MAX_FRAMES]; ///< last batch by place; 0: none
    int64_t nb_batches;
    CUevent read[2];         ///< even and odd batches have read their frames
} V360CudaUpload;

/** Memory of the device that views of a batch for the host are made in. */
typedef struct V360CudaSlab {
    V360CudaBuffer mem;
    CUevent copied;          ///< all of it is in the memory of the host
} V360CudaSlab;

#define V360_CUDA_NB_SLABS 2

/** Views in the memory of the host. */
typedef struct V360CudaDownload {
    size_t frame_bytes;      ///< of all such views of a frame; 0: none
    CUstream stream;
    CUevent made;            ///< the views of a batch are in their slab
    V360CudaSlab slab[V360_CUDA_NB_SLABS];
    int now;                 ///< slab of the batch that is being made
    AVBufferRef *memory;     ///< what all memory of the host needs
    AVBufferPool *pool;      ///< pinned memory of the host, for a batch
    size_t pool_bytes;
    AVBufferRef *host;       ///< that of the batch that is being made, or NULL
    size_t filled;           ///< bytes of it
    CUdeviceptr to_device;   ///< distance from host to the slab
    int warned;              ///< that no more memory can be pinned
} V360CudaDownload;

/* layout.c */

/** Lay out a frame of a format that is not one of hardware frames. */
V360CudaLayout ff_v360_cuda_layout(enum AVPixelFormat format, int w, int h);
/** Set a frame's planes, and nothing else; at: where it begins. */
void ff_v360_cuda_point_planes(AVFrame *frame, const V360CudaLayout *l,
                               uint8_t *at);

/* upload.c */

/** Make the stream that sources need which are not CUDA frames. */
int ff_v360_cuda_open_upload(AVFilterContext *ctx);
void ff_v360_cuda_close_upload(AVFilterContext *ctx);
/** Bytes that a frame of a batch needs on the device, 0 for CUDA frames. */
size_t ff_v360_cuda_upload_bytes(const AVFilterContext *ctx);
/** Give the frames of two batches memory on the device. */
int ff_v360_cuda_reserve_upload(AVFilterContext *ctx);
/**
 * Begin to copy a frame to the device; *frame becomes one whose planes are
 * addresses there, unless sources are CUDA frames. Needs no context.
 */
int ff_v360_cuda_upload_frame(AVFilterContext *ctx, AVFrame **frame);
/** Let the launch that follows wait for all frames. */
int ff_v360_cuda_wait_for_uploads(AVFilterContext *ctx);
/** After a launch: let copies to the frames that it reads wait for it. */
int ff_v360_cuda_have_read(AVFilterContext *ctx, int nb_frames);

/* host.c */

/** Needs no context. */
int ff_v360_cuda_open_host(AVFilterContext *ctx);
/** Set V360CudaDownload.host to a piece of a size, pinned or not. */
int ff_v360_cuda_get_host(AVFilterContext *ctx, size_t size);
void ff_v360_cuda_close_host(AVFilterContext *ctx);

/* download.c */

/** Whether a view's frames are in the memory of the host. Needs no context. */
int ff_v360_cuda_is_download(const AVFilterContext *ctx, int view);
/** Make the stream that such views need, if there are any. */
int ff_v360_cuda_open_download(AVFilterContext *ctx);
void ff_v360_cuda_close_download(AVFilterContext *ctx);
/**
 * Get memory for such views of a batch. Each frame of them comes from
 * ff_v360_cuda_get_download(), all of one source frame after the other.
 *
 * @return 0, AVERROR(ENOMEM) or another negative AVERROR
 */
int ff_v360_cuda_begin_download(AVFilterContext *ctx);
/** Needs no context. */
int ff_v360_cuda_get_download(AVFilterContext *ctx, AVFrame *out, int view);
/** After a launch: begin to copy its views to the host. */
int ff_v360_cuda_download(AVFilterContext *ctx);
/** The frames of the batch keep its memory; failed: they are freed, too. */
void ff_v360_cuda_end_download(AVFilterContext *ctx, int failed);
/**
 * Ask, or wait, whether the views of a slab are in the memory of the host. Then
 * no set waits for the slab any more.
 *
 * @return 1, or 0 if they are not, or a negative AVERROR
 */
int ff_v360_cuda_is_copied(AVFilterContext *ctx, int slab, int wait);

#endif /* AVFILTER_V360BATCH_CUDA_COPY_H */
