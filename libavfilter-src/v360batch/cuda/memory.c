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

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavfilter/avfilter.h"
#include "cuda.h"

/**
 * @file
 * Memory of the device, and copies to it that the host does not wait for.
 */

/* Most bytes of pinned memory, which nothing else on the host can use while the
 * filter lives. What exceeds it, as large grids do, is copied once and can
 * start from ordinary memory: the driver stages such copies by itself. */
#define MAX_PINNED (32 << 20)

av_cold void ff_v360_cuda_load_extra(V360BatchCudaContext *s)
{
    void *lib = s->cu->lib;

    s->extra.mem_get_info   = (void *)FFNV_SYM_FUNC(lib, "cuMemGetInfo_v2");
    s->extra.mem_host_alloc = (void *)FFNV_SYM_FUNC(lib, "cuMemHostAlloc");
    s->extra.mem_free_host  = (void *)FFNV_SYM_FUNC(lib, "cuMemFreeHost");
    s->no_pinned = !s->extra.mem_host_alloc || !s->extra.mem_free_host;
}

int64_t ff_v360_cuda_available_mib(AVFilterContext *ctx, size_t *bytes)
{
    V360BatchCudaContext *s = ctx->priv;
    size_t available, total;

    if (!s->extra.mem_get_info ||
        CHECK_CU(s->extra.mem_get_info(&available, &total)) < 0)
        return -1;
    if (bytes)
        *bytes = available;
    return available >> 20;
}

int ff_v360_cuda_is_over(AVFilterContext *ctx, CUevent event, int wait)
{
    V360BatchCudaContext *s = ctx->priv;
    CUresult err = s->cu->cuEventQuery(event);

    if (err == CUDA_ERROR_NOT_READY && !wait)
        return 0;
    if (err == CUDA_ERROR_NOT_READY)
        err = s->cu->cuEventSynchronize(event);
    return err == CUDA_SUCCESS ? 1 :
           ff_cuda_check(ctx, s->cu->cuGetErrorName, s->cu->cuGetErrorString,
                         err, "cuEventSynchronize(event)");
}

int ff_v360_cuda_new_slot(AVFilterContext *ctx, V360CudaSlot *slot,
                          size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret = s->no_pinned ? AVERROR(ENOMEM) : 0;

    *slot = (V360CudaSlot){ .size = size };
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuEventCreate(&slot->copied,
                                            CU_EVENT_DISABLE_TIMING));
    if (ret < 0)
        goto fail;
    ret = CHECK_CU(s->extra.mem_host_alloc(&slot->host, size, 0));
    if (ret >= 0)
        return 0;
    CHECK_CU(s->cu->cuEventDestroy(slot->copied));

fail:
    if (!s->no_pinned)
        av_log(ctx, AV_LOG_WARNING, "no pinned memory: copies to the device "
               "start from ordinary memory\n");
    s->no_pinned = 1;
    return ret;
}

void ff_v360_cuda_free_slot(AVFilterContext *ctx, const V360CudaSlot *slot)
{
    V360BatchCudaContext *s = ctx->priv;

    CHECK_CU(s->extra.mem_free_host(slot->host));
    CHECK_CU(s->cu->cuEventDestroy(slot->copied));
}

static V360CudaSlot *new_slot(AVFilterContext *ctx, size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaSlot *slot = &s->slot[s->nb_slots];

    if (s->no_pinned || s->nb_slots == V360_CUDA_MAX_SLOTS ||
        size > MAX_PINNED - s->pinned ||
        ff_v360_cuda_new_slot(ctx, slot, size) < 0)
        return NULL;
    s->nb_slots++;
    s->pinned += size;
    return slot;
}

/* Find the smallest free slot that is large enough, or make one; NULL if there
 * can be none. */
static int get_slot(AVFilterContext *ctx, V360CudaSlot **found, size_t size)
{
    V360BatchCudaContext *s = ctx->priv;

    *found = NULL;
    for (int i = 0; i < s->nb_slots; i++) {
        V360CudaSlot *slot = &s->slot[i];

        if (slot->size < size || (*found && (*found)->size <= slot->size))
            continue;
        if (slot->busy) {
            const int ret = ff_v360_cuda_is_over(ctx, slot->copied, 0);

            if (ret < 0)
                return ret;
            if (!ret)
                continue;
            slot->busy = 0;
        }
        *found = slot;
    }
    if (!*found)
        *found = new_slot(ctx, size);
    return 0;
}

int ff_v360_cuda_upload(AVFilterContext *ctx, CUdeviceptr dst, const void *src,
                        size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaSlot *slot;
    int ret = get_slot(ctx, &slot, size);

    if (ret < 0)
        return ret;
    if (slot)
        src = memcpy(slot->host, src, size);
    ret = CHECK_CU(s->cu->cuMemcpyHtoDAsync(dst, src, size, s->hwctx->stream));
    /* the device may still read ordinary memory */
    if (ret >= 0 && !slot)
        ret = CHECK_CU(s->cu->cuStreamSynchronize(s->hwctx->stream));
    if (ret < 0 || !slot)
        return ret;
    ret = CHECK_CU(s->cu->cuEventRecord(slot->copied, s->hwctx->stream));
    slot->busy = 1;
    return ret;
}

void ff_v360_cuda_free_slots(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    for (int i = 0; i < s->nb_slots; i++)
        ff_v360_cuda_free_slot(ctx, &s->slot[i]);
    s->nb_slots = 0;
    s->pinned   = 0;
}

void ff_v360_cuda_free(AVFilterContext *ctx, V360CudaBuffer *b)
{
    V360BatchCudaContext *s = ctx->priv;

    /* a kernel may still read it, and cuMemFree() need not wait for that */
    if (b->ptr) {
        CHECK_CU(s->cu->cuStreamSynchronize(s->hwctx->stream));
        CHECK_CU(s->cu->cuMemFree(b->ptr));
    }
    *b = (V360CudaBuffer){ 0 };
}

int ff_v360_cuda_reserve(AVFilterContext *ctx, V360CudaBuffer *b, size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    CUresult err;
    int64_t mib;

    if (b->size >= size)
        return 0;
    ff_v360_cuda_free(ctx, b);
    err = s->cu->cuMemAlloc(&b->ptr, size);
    if (err == CUDA_SUCCESS) {
        b->size = size;
        return 0;
    }
    b->ptr = 0;
    ff_cuda_check(ctx, s->cu->cuGetErrorName, s->cu->cuGetErrorString, err,
                  "cuMemAlloc(&b->ptr, size)");
    if (err != V360_CUDA_OUT_OF_MEMORY)
        return AVERROR_EXTERNAL;
    mib = ff_v360_cuda_available_mib(ctx, NULL);
    av_log(ctx, AV_LOG_ERROR, "grids, tables and views on their way "
           "need %zu MiB more, %"PRId64" MiB of the device are free\n", (size >> 20) + 1, mib);
    return AVERROR(ENOMEM);
}
