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

#include <stdatomic.h>
#include <stdint.h>

#include "libavutil/attributes.h"
#include "libavutil/buffer.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavfilter/avfilter.h"
#include "cuda.h"

/**
 * @file
 * Memory of the host that batches of views are downloaded to: pinned as long as
 * there may be more of that, else ordinary. Frames are parts of it, and may
 * outlive the filter.
 */

/** What pieces of the host's memory need, as long as a frame is in one. */
typedef struct HostMemory {
    AVBufferRef *device_ref;
    AVCUDADeviceContext *hwctx;
    V360CudaExtra extra;
    atomic_llong left;       ///< bytes that may be pinned
    int failed;              ///< the driver has refused to pin some
} HostMemory;

/** A piece of it, for a batch. */
typedef struct Piece {
    HostMemory *h;
    size_t size;
} Piece;

/* There may be no filter any more. */
#define CHECK_HOST(x) FF_CUDA_CHECK_DL(NULL, cu, x)

/* Frames are freed by any thread, and after the filter. */
static void free_pinned(void *opaque, uint8_t *data)
{
    Piece *piece = opaque;
    HostMemory *h = piece->h;
    CudaFunctions *cu = h->hwctx->internal->cuda_dl;
    CUcontext dummy;

    atomic_fetch_add(&h->left, piece->size);
    av_free(piece);
    if (CHECK_HOST(cu->cuCtxPushCurrent(h->hwctx->cuda_ctx)) < 0)
        return;
    CHECK_HOST(h->extra.mem_free_host(data));
    CHECK_HOST(cu->cuCtxPopCurrent(&dummy));
}

/* A buffer of pinned memory whose opaque value is not NULL; NULL if there can be
 * none. */
static AVBufferRef *alloc_pinned(HostMemory *h, size_t size)
{
    Piece *piece = av_malloc(sizeof(*piece));
    AVBufferRef *ref;
    void *data;

    if (!piece)
        return NULL;
    *piece = (Piece){ h, size };
    if (h->extra.mem_host_alloc(&data, size, 0) != CUDA_SUCCESS) {
        h->failed = 1;
        av_free(piece);
        return NULL;
    }
    atomic_fetch_sub(&h->left, size);
    ref = av_buffer_create(data, size, free_pinned, piece, 0);
    if (!ref)
        free_pinned(piece, data);
    return ref;
}

static void free_ordinary(void *opaque, uint8_t *data)
{
    av_free(data);
}

static AVBufferRef *alloc_host(void *opaque, size_t size)
{
    AVBufferRef *memory = opaque, *ref = NULL;
    HostMemory *h = (HostMemory *)memory->data;
    uint8_t *data;

    if (!h->failed && atomic_load(&h->left) >= (long long)size)
        ref = alloc_pinned(h, size);
    if (ref)
        return ref;
    data = av_malloc(size);
    ref  = data ? av_buffer_create(data, size, free_ordinary, NULL, 0) : NULL;
    if (!ref)
        av_free(data);
    return ref;
}

static void free_pool(void *opaque)
{
    AVBufferRef *memory = opaque;

    av_buffer_unref(&memory);
}

static void free_memory(void *opaque, uint8_t *data)
{
    HostMemory *h = (HostMemory *)data;

    av_buffer_unref(&h->device_ref);
    av_free(h);
}

/* Pinned memory that uploads may take; see upload.c. */
static int64_t most_uploads(const V360BatchCudaContext *s)
{
    const int64_t size = s->upload.stream ? s->upload.layout.size : 0;

    return FFMIN(V360_CUDA_UPLOAD_SLOTS * size, s->pinned_option / 2);
}

av_cold int ff_v360_cuda_open_host(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    HostMemory *h = av_mallocz(sizeof(*h));

    if (!h)
        return AVERROR(ENOMEM);
    h->hwctx  = s->hwctx;
    h->extra  = s->extra;
    h->failed = s->no_pinned;
    atomic_init(&h->left, s->pinned_option - most_uploads(s));
    h->device_ref = av_buffer_ref(s->device_ref);
    if (h->device_ref)
        s->download.memory = av_buffer_create((uint8_t *)h, sizeof(*h),
                                              free_memory, NULL, 0);
    if (s->download.memory)
        return 0;
    free_memory(NULL, (uint8_t *)h);
    return AVERROR(ENOMEM);
}

/* Make the pool of pieces of a size. */
static int open_pool(AVFilterContext *ctx, size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    AVBufferRef *memory;

    if (d->pool && d->pool_bytes == size)
        return 0;
    av_buffer_pool_uninit(&d->pool);
    memory = av_buffer_ref(d->memory);
    if (!memory)
        return AVERROR(ENOMEM);
    d->pool = av_buffer_pool_init2(size, memory, alloc_host, free_pool);
    if (!d->pool)
        av_buffer_unref(&memory);
    d->pool_bytes = size;
    return d->pool ? 0 : AVERROR(ENOMEM);
}

/* Say once that copies have to be waited for. */
static void warn_of_ordinary(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const HostMemory *h = (const HostMemory *)s->download.memory->data;

    if (s->download.warned)
        return;
    s->download.warned = 1;
    av_log(ctx, h->failed ? AV_LOG_WARNING : AV_LOG_VERBOSE, "no more pinned "
           "memory%s: the filter waits for the copies of some views\n",
           h->failed ? "" : ", see the option pinned");
}

int ff_v360_cuda_get_host(AVFilterContext *ctx, size_t size)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    const int ret = open_pool(ctx, size);

    if (ret < 0)
        return ret;
    d->host = av_buffer_pool_get(d->pool);
    if (!d->host)
        return AVERROR(ENOMEM);
    if (!av_buffer_pool_buffer_get_opaque(d->host))
        warn_of_ordinary(ctx);
    return 0;
}

av_cold void ff_v360_cuda_close_host(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    av_buffer_pool_uninit(&s->download.pool);
    av_buffer_unref(&s->download.memory);
}
