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

#include "softcuda.h"

/** @file Allocation functions: device memory, pinned host memory. */

/** A range of pinned host memory. */
typedef struct Pinned {
    struct Pinned *next;
    uint8_t *base;
    size_t size;
    int owned;                  ///< allocated here, not registered
} Pinned;

static Pinned *pinned;

SC_EXPORT cuMemAlloc_v2(CUdeviceptr *dptr, size_t size)
{
    SC_API(cuMemAlloc_v2);
    SC_CONTEXT(context);
    sc_state = sc_injected_size(size);
    if (sc_state)
        return sc_state;
    return sc_device_alloc(context->device, size, dptr, "cuMemAlloc");
}

SC_EXPORT cuMemAllocPitch_v2(CUdeviceptr *dptr, size_t *pitch, size_t width,
                             size_t height, unsigned int element)
{
    SC_API(cuMemAllocPitch_v2);
    SC_CONTEXT(context);
    if (element != 4 && element != 8 && element != 16)
        return CUDA_ERROR_INVALID_VALUE;
    *pitch = (width + 511) & ~(size_t)511;
    return sc_device_alloc(context->device, *pitch * height, dptr,
                           "cuMemAllocPitch");
}

/* All queued work may use the memory: the real driver waits as well. */
SC_EXPORT cuMemFree_v2(CUdeviceptr dptr)
{
    CUresult ret;

    SC_API_RELEASE(cuMemFree_v2);
    SC_CONTEXT_RELEASE(context);
    if (!dptr)
        return sc_injected;
    sc_count_sync();
    sc_sync_context(context);
    ret = sc_device_free(dptr, "cuMemFree");
    return SC_RELEASED(context, ret);
}

SC_EXPORT cuMemGetInfo_v2(size_t *available, size_t *total)
{
    SC_API(cuMemGetInfo_v2);
    SC_CONTEXT(context);
    *total     = sc.memory_size;
    *available = sc.memory_size - sc_memory_taken(context->device);
    return CUDA_SUCCESS;
}

int sc_is_pinned(const void *ptr)
{
    const uint8_t *p = ptr;

    for (const Pinned *h = pinned; h; h = h->next)
        if (p >= h->base && p < h->base + h->size)
            return 1;
    return 0;
}

static void add_pinned(void *base, size_t size, int owned)
{
    Pinned *h = calloc(1, sizeof(*h));

    *h = (Pinned){ pinned, base, size, owned };
    pinned = h;
    sc.count.host_allocations++;
    sc.count.host_live++;
    sc.count.host_bytes += size;
}

static CUresult remove_pinned(void *base, int owned)
{
    for (Pinned **at = &pinned; *at; at = &(*at)->next) {
        Pinned *h = *at;

        if (h->base != base || h->owned != owned)
            continue;
        *at = h->next;
        if (owned)
            free(h->base);
        free(h);
        sc.count.host_live--;
        return CUDA_SUCCESS;
    }
    sc_log("%p is no %s host memory", base, owned ? "pinned" : "registered");
    return CUDA_ERROR_INVALID_VALUE;
}

SC_EXPORT cuMemHostAlloc(void **ptr, size_t size, unsigned int flags)
{
    SC_API(cuMemHostAlloc);
    SC_CONTEXT(context);
    (void)flags;
    if (!size)
        return CUDA_ERROR_INVALID_VALUE;
    sc_state = sc_injected_size(size);
    if (sc_state)
        return sc_state;
    *ptr = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);
    if (!*ptr)
        return CUDA_ERROR_OUT_OF_MEMORY;
    add_pinned(*ptr, size, 1);
    return CUDA_SUCCESS;
}

SC_EXPORT cuMemAllocHost_v2(void **ptr, size_t size)
{
    return cuMemHostAlloc(ptr, size, 0);
}

SC_EXPORT cuMemHostRegister_v2(void *ptr, size_t size, unsigned int flags)
{
    SC_API(cuMemHostRegister_v2);
    SC_CONTEXT(context);
    (void)flags;
    if (!ptr || !size || sc_is_device((uint64_t)(uintptr_t)ptr))
        return CUDA_ERROR_INVALID_VALUE;
    add_pinned(ptr, size, 0);
    return CUDA_SUCCESS;
}

SC_EXPORT cuMemHostRegister(void *ptr, size_t size, unsigned int flags)
{
    return cuMemHostRegister_v2(ptr, size, flags);
}

SC_EXPORT cuMemFreeHost(void *ptr)
{
    CUresult ret;

    SC_API_RELEASE(cuMemFreeHost);
    SC_CONTEXT_RELEASE(context);
    sc_count_sync();
    sc_sync_context(context);
    ret = remove_pinned(ptr, 1);
    return SC_RELEASED(context, ret);
}

SC_EXPORT cuMemHostUnregister(void *ptr)
{
    CUresult ret;

    SC_API_RELEASE(cuMemHostUnregister);
    SC_CONTEXT_RELEASE(context);
    sc_count_sync();
    sc_sync_context(context);
    ret = remove_pinned(ptr, 0);
    return SC_RELEASED(context, ret);
}
