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

#ifndef AVCODEC_MJPEG_CUDA_MJPEG_CUDA_H
#define AVCODEC_MJPEG_CUDA_MJPEG_CUDA_H

/**
 * @file
 * The encoder's context, and what its files have for each other.
 */

#include <stdint.h>

#include "libavutil/buffer.h"
#include "libavutil/frame.h"
#include "libavutil/hwcontext_cuda_internal.h"
#include "libavutil/log.h"
#include "libavutil/pixfmt.h"
#include "libavcodec/avcodec.h"
#include "libavcodec/bytestream.h"
#include "launch.h"

/** Kernels, in the order of ff_mjpeg_cuda_open(). */
enum MJpegCudaKernel {
    MJPEG_CUDA_DCT, MJPEG_CUDA_PLACE, MJPEG_CUDA_SUM, MJPEG_CUDA_WRITE,
    MJPEG_CUDA_COUNT, MJPEG_CUDA_STUFF, MJPEG_CUDA_NB_KERNELS,
};

/** A frame on its way. */
typedef struct MJpegCudaSlot {
    AVFrame *frame;
    CUevent done;
    MJpegCudaResult *host;      ///< and the scan behind it
    size_t size;                ///< bytes of the scan there is room for
    int pinned;                 ///< host is pinned memory
    unsigned room;              ///< bytes of a scan that it was encoded for
    unsigned copied;            ///< bytes of the scan that come with the result
} MJpegCudaSlot;

typedef struct MJpegCudaContext {
    const AVClass *class;
    int quality;
    int async_depth;

    AVBufferRef *device_ref;
    AVCUDADeviceContext *hwctx;
    CudaFunctions *cu;
    /** Not in FFmpeg's table of the driver's functions. */
    CUresult CUDAAPI (*mem_host_alloc)(void **ptr, size_t size, unsigned flags);
    CUresult CUDAAPI (*mem_free_host)(void *ptr);
    CUmodule module;
    CUfunction kernel[MJPEG_CUDA_NB_KERNELS];
    CUstream stream;
    CUevent input;              ///< the frame of the last launch is made
    CUdeviceptr fixed;          ///< what is as large as the picture
    CUdeviceptr growing;        ///< what is as large as a scan
    unsigned expected;          ///< bytes that the next scan probably has

    enum AVPixelFormat sw_format;
    AVRational density;         ///< see ff_jpegenc_density()
    uint8_t quant[2][64];       ///< quantisers of luma and chroma, as in a scan
    MJpegCudaLaunch launch;
    MJpegCudaSlot *slot;        ///< async_depth of them, as a ring
    int first, nb;              ///< those with a frame
    int failed;                 ///< an error of the device, which stays
} MJpegCudaContext;

/** Quantisers of libjpeg for a quality of 1 to 100. */
void ff_mjpeg_cuda_quantisers(uint8_t quant[2][64], int quality);

/** What the kernels need of quantisers and Huffman codes. */
void ff_mjpeg_cuda_tables(MJpegCudaTables *tables, const uint8_t quant[2][64]);

/** Bytes that a header has at most. */
size_t ff_mjpeg_cuda_header_size(const AVBufferRef *exif,
                                 const AVFrameSideData *icc);

/** Write all markers before the scan, as libturbojpeg does. */
void ff_mjpeg_cuda_write_header(AVCodecContext *avctx, PutByteContext *pb,
                                const AVBufferRef *exif,
                                const AVFrameSideData *icc);

/** How many groups of a size there are. */
static inline int ff_mjpeg_cuda_groups(int64_t nb, int size)
{
    return (nb + size - 1) / size;
}

/**
 * Allocate what each block has, and the tables. The device's context is current,
 * as in all of the following.
 */
int ff_mjpeg_cuda_alloc_fixed(AVCodecContext *avctx);

/** Make room for a scan of so many bytes before and after stuffing, or more. */
int ff_mjpeg_cuda_grow(AVCodecContext *avctx, uint64_t scan, uint64_t out);

/**
 * Make room on the host for a scan of so many bytes: in pinned memory, without
 * which copies are waited for, and all is as well.
 */
int ff_mjpeg_cuda_alloc_host(AVCodecContext *avctx, MJpegCudaSlot *slot,
                             size_t size);

void ff_mjpeg_cuda_free_host(AVCodecContext *avctx, MJpegCudaSlot *slot);

/** Load the kernels, and allocate memory. */
int ff_mjpeg_cuda_open(AVCodecContext *avctx);

void ff_mjpeg_cuda_close(AVCodecContext *avctx);

/** Begin to encode the frame of a slot. */
int ff_mjpeg_cuda_submit(AVCodecContext *avctx, MJpegCudaSlot *slot);

/**
 * Wait for the scan of a slot, which ends up behind MJpegCudaSlot.host.
 *
 * @return its bytes, or an AVERROR
 */
int64_t ff_mjpeg_cuda_wait(AVCodecContext *avctx, MJpegCudaSlot *slot);

#define CHECK_CU(x) FF_CUDA_CHECK_DL(avctx, ctx->cu, x)

#endif /* AVCODEC_MJPEG_CUDA_MJPEG_CUDA_H */
