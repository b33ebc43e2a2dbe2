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

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "softcuda.h"

/** @file Copies and fills. */

/** One end of a copy. */
typedef struct End {
    uint64_t address;
    int device;
    size_t pitch;
} End;

static End device_end(CUdeviceptr ptr, size_t pitch)
{
    return (End){ ptr, 1, pitch };
}

static End host_end(const void *ptr, size_t pitch)
{
    return (End){ (uint64_t)(uintptr_t)ptr, 0, pitch };
}

/* with unified addresses the pointer itself says where it points */
static End unified_end(uint64_t address, size_t pitch)
{
    return (End){ address, sc_is_device(address), pitch };
}

static int in_allocation(const End *end, size_t width, size_t height,
                         const char *role)
{
    size_t size = end->pitch * (height - 1) + width;
    char place[256];

    if (!end->device || sc_device_range(end->address, size))
        return 1;
    sc_describe(end->address, place, sizeof(place));
    sc_log("copy: %s 0x%llx of %zu bytes is outside of any allocation: %s",
           role, (unsigned long long)end->address, size, place);
    return 0;
}

static enum ScDirection direction(const End *dst, const End *src)
{
    if (dst->device)
        return src->device ? SC_D2D : SC_H2D;
    return src->device ? SC_D2H : SC_H2H;
}

static void *host_view(const End *end)
{
    return end->device ? sc_alias(end->address) :
                         (void *)(uintptr_t)end->address;
}

/* Pageable memory is read before the call returns, as by the real driver where
 * the GPU cannot read such memory. */
static void stage(ScOp *op)
{
    size_t width = op->copy.width;

    op->copy.staged = malloc(width * op->copy.height);
    for (size_t y = 0; y < op->copy.height; y++)
        memcpy(op->copy.staged + y * width,
               op->copy.src + y * op->copy.src_pitch, width);
}

static ScOp *copy_op(ScContext *context, ScStream *stream, const End *dst,
                     const End *src, size_t width, size_t height)
{
    ScOp *op = sc_op_new(context, stream, SC_OP_COPY);

    op->copy.dst       = host_view(dst);
    op->copy.src       = host_view(src);
    op->copy.dst_pitch = dst->pitch;
    op->copy.src_pitch = src->pitch;
    op->copy.width     = width;
    op->copy.height    = height;
    return op;
}

static void count_copy(ScOp *op, enum ScDirection way, int pinned,
                       uint64_t bytes)
{
    sc.count.copies[way][pinned].calls++;
    sc.count.copies[way][pinned].bytes += bytes;
    sc_timeline_add(op, way, pinned, bytes);
}

/** When a copy that involves the host is done, or has read its source. */
enum When {
    SYNC,                       ///< done when the call returns
    ASYNC,                      ///< as the settings have it
    STAGED                      ///< read when the call returns
};

/* Whether the call returns only when the data is there. Between device
 * addresses it never waits, nor does an upload that was staged. */
static int copy_waits(enum ScDirection way, int pinned, enum When when)
{
    if (way == SC_D2D)
        return 0;
    if (way == SC_H2D)
        return when == SYNC;
    return when == SYNC || !pinned;
}

static CUresult copy(End dst, End src, size_t width, size_t height,
                     CUstream handle, enum When when)
{
    enum ScDirection way = direction(&dst, &src);
    int pinned, wait;
    ScStream *stream;
    ScOp *op;

    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!stream)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!width || !height)
        return CUDA_SUCCESS;
    if (!in_allocation(&dst, width, height, "destination") ||
        !in_allocation(&src, width, height, "source"))
        return CUDA_ERROR_INVALID_VALUE;
    op     = copy_op(context, stream, &dst, &src, width, height);
    pinned = (dst.device || sc_is_pinned(op->copy.dst)) &&
             (src.device || sc_is_pinned(op->copy.src));
    wait   = copy_waits(way, pinned, when);
    count_copy(op, way, pinned, (uint64_t)width * height);
    if (!src.device && sc.mode != SC_EAGER && !wait && !pinned &&
        (!sc.pageable_async || when == STAGED))
        stage(op);
    sc_op_ref(op);
    sc_submit(op);
    if (wait) {
        sc_count_sync();
        sc_wait(op);
    }
    sc_op_unref(op);
    return context->sticky;
}

SC_EXPORT cuMemcpy(CUdeviceptr dst, CUdeviceptr src, size_t size)
{
    SC_API(cuMemcpy);
    return copy(unified_end(dst, size), unified_end(src, size), size, 1,
                NULL, SYNC);
}

SC_EXPORT cuMemcpyAsync(CUdeviceptr dst, CUdeviceptr src, size_t size,
                        CUstream stream)
{
    SC_API(cuMemcpyAsync);
    return copy(unified_end(dst, size), unified_end(src, size), size, 1,
                stream, ASYNC);
}

SC_EXPORT cuMemcpyHtoD_v2(CUdeviceptr dst, const void *src, size_t size)
{
    SC_API(cuMemcpyHtoD_v2);
    return copy(device_end(dst, size), host_end(src, size), size, 1, NULL,
                SYNC);
}

SC_EXPORT cuMemcpyHtoDAsync_v2(CUdeviceptr dst, const void *src, size_t size,
                               CUstream stream)
{
    SC_API(cuMemcpyHtoDAsync_v2);
    return copy(device_end(dst, size), host_end(src, size), size, 1, stream,
                ASYNC);
}

SC_EXPORT cuMemcpyDtoH_v2(void *dst, CUdeviceptr src, size_t size)
{
    SC_API(cuMemcpyDtoH_v2);
    return copy(host_end(dst, size), device_end(src, size), size, 1, NULL,
                SYNC);
}

SC_EXPORT cuMemcpyDtoHAsync_v2(void *dst, CUdeviceptr src, size_t size,
                               CUstream stream)
{
    SC_API(cuMemcpyDtoHAsync_v2);
    return copy(host_end(dst, size), device_end(src, size), size, 1, stream,
                ASYNC);
}

SC_EXPORT cuMemcpyDtoD_v2(CUdeviceptr dst, CUdeviceptr src, size_t size)
{
    SC_API(cuMemcpyDtoD_v2);
    return copy(device_end(dst, size), device_end(src, size), size, 1, NULL,
                SYNC);
}

SC_EXPORT cuMemcpyDtoDAsync_v2(CUdeviceptr dst, CUdeviceptr src, size_t size,
                               CUstream stream)
{
    SC_API(cuMemcpyDtoDAsync_v2);
    return copy(device_end(dst, size), device_end(src, size), size, 1, stream,
                ASYNC);
}

static End end_2d(CUmemorytype type, const void *host, CUdeviceptr device,
                  size_t pitch, size_t x, size_t y)
{
    End end = type == CU_MEMORYTYPE_HOST ? host_end(host, pitch) :
                                           device_end(device, pitch);

    end.address += y * pitch + x;
    return end;
}

/* The driver wants each row within its pitch. A negative number of bytes from
 * row to row, as a flipped picture has, is a pitch beyond the limit. */
static int pitch_is_good(size_t pitch, size_t x, size_t width,
                         const char *role)
{
    if (pitch <= SC_MAX_PITCH && x <= pitch && width <= pitch - x)
        return 1;
    sc_log("2D copy: %s pitch %zu for rows of %zu bytes from %zu; at most %d",
           role, pitch, width, x, SC_MAX_PITCH);
    return 0;
}

static CUresult copy_2d(const CUDA_MEMCPY2D *c, CUstream stream,
                        enum When when)
{
    if (c->srcMemoryType == CU_MEMORYTYPE_ARRAY ||
        c->dstMemoryType == CU_MEMORYTYPE_ARRAY)
        return CUDA_ERROR_NOT_SUPPORTED;
    if (!pitch_is_good(c->dstPitch, c->dstXInBytes, c->WidthInBytes,
                       "destination") ||
        !pitch_is_good(c->srcPitch, c->srcXInBytes, c->WidthInBytes,
                       "source"))
        return CUDA_ERROR_INVALID_VALUE;
    return copy(end_2d(c->dstMemoryType, c->dstHost, c->dstDevice,
                       c->dstPitch, c->dstXInBytes, c->dstY),
                end_2d(c->srcMemoryType, c->srcHost, c->srcDevice,
                       c->srcPitch, c->srcXInBytes, c->srcY),
                c->WidthInBytes, c->Height, stream, when);
}

SC_EXPORT cuMemcpy2D_v2(const CUDA_MEMCPY2D *copy)
{
    SC_API(cuMemcpy2D_v2);
    return copy_2d(copy, NULL, SYNC);
}

static CUresult memcpy_2d_async(const CUDA_MEMCPY2D *copy, CUstream stream,
                                enum When when)
{
    SC_API(cuMemcpy2DAsync_v2);
    return copy_2d(copy, stream, when);
}

SC_EXPORT cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *copy, CUstream stream)
{
    return memcpy_2d_async(copy, stream, ASYNC);
}

/* For NVDEC, whose surfaces are no memory that a setting is about. */
__attribute__((visibility("default")))
CUresult softcuda_copy_surface(const CUDA_MEMCPY2D *copy, CUstream stream)
{
    return memcpy_2d_async(copy, stream, STAGED);
}

SC_EXPORT cuMemsetD8Async(CUdeviceptr dst, unsigned char value, size_t size,
                          CUstream handle)
{
    ScStream *stream;
    ScOp *op;

    SC_API(cuMemsetD8Async);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!stream)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!size)
        return CUDA_SUCCESS;
    if (!in_allocation(&(End){ dst, 1, size }, size, 1, "fill"))
        return CUDA_ERROR_INVALID_VALUE;
    op = sc_op_new(context, stream, SC_OP_FILL);
    op->fill.dst   = sc_alias(dst);
    op->fill.size  = size;
    op->fill.value = value;
    sc.count.fills++;
    sc.count.fill_bytes += size;
    sc_timeline_add(op, SC_DIRECTION_NB, 0, size);
    sc_submit(op);
    return context->sticky;
}
