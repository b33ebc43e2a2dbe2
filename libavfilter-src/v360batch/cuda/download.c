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

#include <stdint.h>

#include "libavutil/attributes.h"
#include "libavutil/buffer.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavfilter/filters.h"
#include "cuda.h"

/**
 * @file
 * Views in the memory of the host. Those of a batch are made in one piece of
 * the device's memory, a slab; a stream of its own copies that to one piece of
 * the host's, which is pinned and which the frames are parts of. So a copy runs
 * beside the kernels of the next batch. There are two slabs, and as many pieces
 * of the host as frames are in use.
 */

int ff_v360_cuda_is_download(const AVFilterContext *ctx, int view)
{
    return ctx->outputs[view]->format != AV_PIX_FMT_CUDA;
}

static V360CudaLayout view_layout(const AVFilterContext *ctx, int view)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360Geometry *g = &s->common.views[view].geometry;

    return ff_v360_cuda_layout(ctx->outputs[view]->format, g->w, g->h);
}

static size_t bytes_of_frame(const AVFilterContext *ctx)
{
    size_t bytes = 0;

    for (int i = 0; i < ctx->nb_outputs; i++)
        if (ff_v360_cuda_is_download(ctx, i))
            bytes += view_layout(ctx, i).size;
    return bytes;
}

av_cold int ff_v360_cuda_open_download(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    int ret;

    d->frame_bytes = bytes_of_frame(ctx);
    if (!d->frame_bytes)
        return 0;
    ret = ff_v360_cuda_open_host(ctx);
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuStreamCreate(&d->stream,
                                             CU_STREAM_NON_BLOCKING));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuEventCreate(&d->made,
                                            CU_EVENT_DISABLE_TIMING));
    for (int i = 0; i < V360_CUDA_NB_SLABS && ret >= 0; i++)
        ret = CHECK_CU(s->cu->cuEventCreate(&d->slab[i].copied,
                                            CU_EVENT_DISABLE_TIMING));
    return ret;
}

int ff_v360_cuda_is_copied(AVFilterContext *ctx, int slab, int wait)
{
    V360BatchCudaContext *s = ctx->priv;
    const int ret = ff_v360_cuda_is_over(ctx, s->download.slab[slab].copied,
                                         wait);

    for (int i = 0; i < s->nb_sets && ret > 0; i++)
        if (s->sets[i].slab == slab)
            s->sets[i].slab = -1;
    return ret;
}

/* Wait for the copy of a slab, if there are views that wait for it. Others have
 * been sent, and so they had been copied. */
static int wait_for_slab(AVFilterContext *ctx, int slab)
{
    const V360BatchCudaContext *s = ctx->priv;

    for (int i = 0; i < s->nb_sets; i++)
        if (s->sets[i].slab == slab)
            return ff_v360_cuda_is_copied(ctx, slab, 1);
    return 0;
}

int ff_v360_cuda_begin_download(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    const size_t size = s->batch * d->frame_bytes;
    V360CudaSlab *slab;
    int ret;

    if (!d->frame_bytes)
        return 0;
    d->now = (d->now + 1) % V360_CUDA_NB_SLABS;
    slab = &d->slab[d->now];
    ret  = wait_for_slab(ctx, d->now);
    if (ret >= 0 && slab->mem.size != size) {
        ff_v360_cuda_free(ctx, &slab->mem);
        ret = ff_v360_cuda_reserve(ctx, &slab->mem, size);
    }
    if (ret >= 0)
        ret = ff_v360_cuda_get_host(ctx, size);
    if (ret < 0)
        return ret;
    d->filled    = 0;
    d->to_device = slab->mem.ptr - (uintptr_t)d->host->data;
    return 0;
}

static void free_view(void *opaque, uint8_t *data)
{
    AVBufferRef *host = opaque;

    av_buffer_unref(&host);
}

int ff_v360_cuda_get_download(AVFilterContext *ctx, AVFrame *out, int view)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    const AVFilterLink *link = ctx->outputs[view];
    const V360CudaLayout l = view_layout(ctx, view);
    uint8_t *at = d->host->data + d->filled;
    AVBufferRef *host = av_buffer_ref(d->host);

    if (!host)
        return AVERROR(ENOMEM);
    /* a buffer of its own, so that the frame is writable */
    out->buf[0] = av_buffer_create(at, l.size, free_view, host, 0);
    if (!out->buf[0]) {
        av_buffer_unref(&host);
        return AVERROR(ENOMEM);
    }
    out->format = link->format;
    out->width  = link->w;
    out->height = link->h;
    ff_v360_cuda_point_planes(out, &l, at);
    d->filled += l.size;
    return 0;
}

int ff_v360_cuda_download(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;
    V360CudaSlab *slab = &d->slab[d->now];
    int ret;

    if (!d->host || !d->filled)
        return 0;
    ret = CHECK_CU(s->cu->cuEventRecord(d->made, s->hwctx->stream));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuStreamWaitEvent(d->stream, d->made, 0));
    if (ret < 0)
        return ret;
    ret = CHECK_CU(s->cu->cuMemcpyDtoHAsync(d->host->data, slab->mem.ptr,
                                            d->filled, d->stream));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuEventRecord(slab->copied, d->stream));
    return ret;
}

void ff_v360_cuda_end_download(AVFilterContext *ctx, int failed)
{
    V360BatchCudaContext *s = ctx->priv;

    /* the memory may be used again when it has gone back */
    if (failed && s->download.host)
        CHECK_CU(s->cu->cuStreamSynchronize(s->download.stream));
    av_buffer_unref(&s->download.host);
}

av_cold void ff_v360_cuda_close_download(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaDownload *d = &s->download;

    if (d->stream)
        CHECK_CU(s->cu->cuStreamSynchronize(d->stream));
    for (int i = 0; i < V360_CUDA_NB_SLABS; i++) {
        ff_v360_cuda_free(ctx, &d->slab[i].mem);
        if (d->slab[i].copied)
            CHECK_CU(s->cu->cuEventDestroy(d->slab[i].copied));
    }
    if (d->made)
        CHECK_CU(s->cu->cuEventDestroy(d->made));
    if (d->stream)
        CHECK_CU(s->cu->cuStreamDestroy(d->stream));
    ff_v360_cuda_close_host(ctx);
    *d = (V360CudaDownload){ 0 };
}
