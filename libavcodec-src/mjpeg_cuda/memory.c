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

/**
 * @file
 * Memory of the device, and of the host for what comes from there.
 */

#include <limits.h>

#include "libavutil/cuda_check.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "mjpeg_cuda.h"

#define OUT_OF_MEMORY 2         /* CUDA_ERROR_OUT_OF_MEMORY, not in ffnvcodec */
#define ALIGNMENT     256       /* of what is in one allocation */
#define MOST_BYTES    (INT_MAX - FFMAX(MJPEG_CUDA_GROUP, ALIGNMENT)) /* of a scan */

static int alloc_device(AVCodecContext *avctx, CUdeviceptr *ptr, size_t size)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    const CUresult err = ctx->cu->cuMemAlloc(ptr, size);
    const int ret = ff_cuda_check(avctx, ctx->cu->cuGetErrorName,
                                  ctx->cu->cuGetErrorString, err,
                                  "cuMemAlloc(ptr, size)");

    if (ret >= 0)
        return 0;
    *ptr = 0;
    return err == OUT_OF_MEMORY ? AVERROR(ENOMEM) : ret;
}

/* Take a part of an allocation, whose size grows by it. */
static CUdeviceptr take(size_t *size, size_t part)
{
    const CUdeviceptr at = *size;

    *size += FFALIGN(part, ALIGNMENT);
    return at;
}

/* What each block has, and the tables. */
int ff_mjpeg_cuda_alloc_fixed(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaLaunch *l = &ctx->launch;
    const int nb_groups = ff_mjpeg_cuda_groups(l->blocks, MJPEG_CUDA_THREADS);
    size_t size = 0;
    int ret;

    l->tables = take(&size, sizeof(MJpegCudaTables));
    l->result = take(&size, sizeof(MJpegCudaResult));
    l->group  = take(&size, 8 * (size_t)nb_groups);
    l->at     = take(&size, 4 * (size_t)l->blocks);
    l->coefs  = take(&size, 2 * 64 * (size_t)l->blocks);
    ret = alloc_device(avctx, &ctx->fixed, size);
    l->tables += ctx->fixed;
    l->result += ctx->fixed;
    l->group  += ctx->fixed;
    l->at     += ctx->fixed;
    l->coefs  += ctx->fixed;
    return ret;
}

/* Make room for a scan of so many bytes before and after stuffing. */
int ff_mjpeg_cuda_grow(AVCodecContext *avctx, uint64_t scan, uint64_t out)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaLaunch *l = &ctx->launch;
    size_t size = 0;
    int nb_groups, ret;

    if (scan > MOST_BYTES || out > MOST_BYTES)
        return AVERROR(ENOMEM);
    /* some room more, as what follows may be a little larger */
    scan = FFMIN(scan + scan / 4, MOST_BYTES);
    out  = FFMIN(out  + out  / 4, MOST_BYTES);
    if (ctx->growing) {
        if ((ret = CHECK_CU(ctx->cu->cuStreamSynchronize(ctx->stream))) < 0 ||
            (ret = CHECK_CU(ctx->cu->cuMemFree(ctx->growing))) < 0)
            return ret;
        ctx->growing = 0;
    }
    nb_groups    = ff_mjpeg_cuda_groups(scan, MJPEG_CUDA_GROUP);
    l->scan_size = nb_groups * MJPEG_CUDA_GROUP;
    l->out_size  = FFALIGN(FFMAX(out, l->scan_size), ALIGNMENT);
    l->scan           = take(&size, l->scan_size);
    l->stuffing       = take(&size, l->scan_size / MJPEG_CUDA_BYTES *
                                   sizeof(uint32_t));
    l->stuffing_group = take(&size, 8 * (size_t)nb_groups);
    l->out            = take(&size, l->out_size);
    ret = alloc_device(avctx, &ctx->growing, size);
    l->scan           += ctx->growing;
    l->stuffing       += ctx->growing;
    l->stuffing_group += ctx->growing;
    l->out            += ctx->growing;
    return ret;
}

void ff_mjpeg_cuda_free_host(AVCodecContext *avctx, MJpegCudaSlot *slot)
{
    MJpegCudaContext *ctx = avctx->priv_data;

    if (slot->host && slot->pinned)
        CHECK_CU(ctx->mem_free_host(slot->host));
    else
        av_free(slot->host);
    slot->host = NULL;
    slot->size = 0;
}

/* Without pinned memory copies are waited for, and all is as well. */
int ff_mjpeg_cuda_alloc_host(AVCodecContext *avctx, MJpegCudaSlot *slot, size_t size)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    const size_t bytes = sizeof(*slot->host) + size;

    if (slot->size >= size)
        return 0;
    ff_mjpeg_cuda_free_host(avctx, slot);
    slot->pinned = ctx->mem_host_alloc && ctx->mem_free_host &&
                   ctx->mem_host_alloc((void **)&slot->host, bytes, 0) ==
                   CUDA_SUCCESS;
    if (!slot->pinned) {
        av_log(avctx, AV_LOG_WARNING, "no pinned memory: each frame is waited for\n");
        slot->host = av_malloc(bytes);
    }
    if (!slot->host)
        return AVERROR(ENOMEM);
    slot->size = size;
    return 0;
}
