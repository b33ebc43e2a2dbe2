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
 * The driver's side: kernels, and what is queued for a frame.
 */

#include <string.h>

#include "config.h"

#include "libavutil/cuda_check.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/mem.h"
#include "libavutil/pixdesc.h"
#if CONFIG_SHADER_COMPRESSION
#include "libavutil/zlib_utils.h"
#endif
#include "mjpeg_cuda.h"

extern const unsigned char ff_mjpeg_cuda_ptx_data[];
extern const unsigned int ff_mjpeg_cuda_ptx_len;

static int load_module(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
#if CONFIG_SHADER_COMPRESSION
    uint8_t *ptx;
    size_t size;
    int ret = ff_zlib_expand(avctx, &ptx, &size, ff_mjpeg_cuda_ptx_data,
                             ff_mjpeg_cuda_ptx_len);

    if (ret < 0)
        return ret;
    ret = CHECK_CU(ctx->cu->cuModuleLoadData(&ctx->module, ptx));
    av_free(ptx);
    return ret;
#else
    return CHECK_CU(ctx->cu->cuModuleLoadData(&ctx->module,
                                              ff_mjpeg_cuda_ptx_data));
#endif
}

static int load_kernels(AVCodecContext *avctx)
{
    static const char *const names[MJPEG_CUDA_NB_KERNELS] = {
        "mjpeg_cuda_dct",   "mjpeg_cuda_place", "mjpeg_cuda_sum",
        "mjpeg_cuda_write", "mjpeg_cuda_count", "mjpeg_cuda_stuff",
    };
    MJpegCudaContext *ctx = avctx->priv_data;
    int ret = load_module(avctx);

    for (int i = 0; i < MJPEG_CUDA_NB_KERNELS && ret >= 0; i++)
        ret = CHECK_CU(ctx->cu->cuModuleGetFunction(&ctx->kernel[i], ctx->module,
                                                    names[i]));
    return ret;
}

static void set_planes(MJpegCudaContext *ctx, int w, int h)
{
    MJpegCudaLaunch *l = &ctx->launch;
    int h_shift, v_shift;

    av_pix_fmt_get_chroma_sub_sample(ctx->sw_format, &h_shift, &v_shift);
    for (int i = 0; i < 3; i++) {
        MJpegCudaPlane *p = &l->plane[i];
        const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(ctx->sw_format);

        p->w        = i ? AV_CEIL_RSHIFT(w, h_shift) : w;
        p->h        = i ? AV_CEIL_RSHIFT(h, v_shift) : h;
        p->blocks_w = ff_mjpeg_cuda_groups(p->w, 8);
        p->blocks_h = ff_mjpeg_cuda_groups(p->h, 8);
        p->step     = desc->comp[i].step;
        p->first    = desc->comp[i].offset;
    }
    l->h      = 1 << h_shift;
    l->v      = 1 << v_shift;
    l->mcus_w = ff_mjpeg_cuda_groups(w, 8 * l->h);
    l->blocks = l->mcus_w * ff_mjpeg_cuda_groups(h, 8 * l->v) * (l->h * l->v + 2);
}

int ff_mjpeg_cuda_open(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    CudaFunctions *cu = ctx->cu;
    MJpegCudaTables tables;
    int64_t samples;
    int ret;

    ctx->mem_host_alloc = (void *)FFNV_SYM_FUNC(cu->lib, "cuMemHostAlloc");
    ctx->mem_free_host  = (void *)FFNV_SYM_FUNC(cu->lib, "cuMemFreeHost");
    set_planes(ctx, avctx->width, avctx->height);
    samples = 64LL * ctx->launch.blocks;
    ff_mjpeg_cuda_tables(&tables, ctx->quant);
    if ((ret = load_kernels(avctx)) < 0 ||
        (ret = CHECK_CU(cu->cuStreamCreate(&ctx->stream,
                                           CU_STREAM_NON_BLOCKING))) < 0 ||
        (ret = CHECK_CU(cu->cuEventCreate(&ctx->input,
                                          CU_EVENT_DISABLE_TIMING))) < 0 ||
        (ret = ff_mjpeg_cuda_alloc_fixed(avctx)) < 0 ||
        /* most scans have less than two bits of a sample */
        (ret = ff_mjpeg_cuda_grow(avctx, samples / 5 + 3072, 0)) < 0 ||
        (ret = CHECK_CU(cu->cuMemcpyHtoDAsync(ctx->launch.tables, &tables,
                                              sizeof(tables),
                                              ctx->stream))) < 0 ||
        (ret = CHECK_CU(cu->cuStreamSynchronize(ctx->stream))) < 0)
        return ret;
    for (int i = 0; i < ctx->async_depth && ret >= 0; i++)
        ret = CHECK_CU(cu->cuEventCreate(&ctx->slot[i].done,
                                         CU_EVENT_DISABLE_TIMING));
    ctx->expected = ctx->launch.out_size;
    return ret;
}

void ff_mjpeg_cuda_close(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    CudaFunctions *cu = ctx->cu;

    if (ctx->stream)
        CHECK_CU(cu->cuStreamSynchronize(ctx->stream));
    for (int i = 0; i < ctx->async_depth; i++) {
        ff_mjpeg_cuda_free_host(avctx, &ctx->slot[i]);
        if (ctx->slot[i].done)
            CHECK_CU(cu->cuEventDestroy(ctx->slot[i].done));
    }
    if (ctx->growing)
        CHECK_CU(cu->cuMemFree(ctx->growing));
    if (ctx->fixed)
        CHECK_CU(cu->cuMemFree(ctx->fixed));
    if (ctx->input)
        CHECK_CU(cu->cuEventDestroy(ctx->input));
    if (ctx->stream)
        CHECK_CU(cu->cuStreamDestroy(ctx->stream));
    if (ctx->module)
        CHECK_CU(cu->cuModuleUnload(ctx->module));
}

static int launch(AVCodecContext *avctx, enum MJpegCudaKernel kernel, int w, int h,
                  void *params)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    const int threads = kernel == MJPEG_CUDA_DCT ? MJPEG_CUDA_DCTS
                                                 : MJPEG_CUDA_THREADS;
    void *args[] = { params };

    return CHECK_CU(ctx->cu->cuLaunchKernel(ctx->kernel[kernel], w, h, 1, threads, 1,
                                            1, 0, ctx->stream, args, NULL));
}

/* Sums of the bits of groups of blocks, or of the stuffing of groups of bytes. */
static int launch_sum(AVCodecContext *avctx, MJpegCudaPtr values, int nb,
                      size_t total)
{
    const MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaSum sum = { values, ctx->launch.result + total, nb };

    return launch(avctx, MJPEG_CUDA_SUM, 1, 1, &sum);
}

static int launch_all(AVCodecContext *avctx)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    MJpegCudaLaunch *l = &ctx->launch;
    const int most    = FFMAX(l->plane[0].blocks_w * l->plane[0].blocks_h,
                              l->plane[1].blocks_w * l->plane[1].blocks_h);
    const int blocks  = ff_mjpeg_cuda_groups(l->blocks, MJPEG_CUDA_THREADS);
    const int parts   = l->scan_size / MJPEG_CUDA_GROUP;
    int ret;

    if ((ret = CHECK_CU(ctx->cu->cuMemsetD8Async(l->scan, 0, l->scan_size,
                                                 ctx->stream))) < 0 ||
        (ret = launch(avctx, MJPEG_CUDA_DCT,
                      ff_mjpeg_cuda_groups(most, MJPEG_CUDA_DCTS), 3, l)) < 0 ||
        (ret = launch(avctx, MJPEG_CUDA_PLACE, blocks, 1, l)) < 0 ||
        (ret = launch_sum(avctx, l->group, blocks,
                          offsetof(MJpegCudaResult, bits))) < 0 ||
        (ret = launch(avctx, MJPEG_CUDA_WRITE, blocks, 1, l)) < 0 ||
        (ret = launch(avctx, MJPEG_CUDA_COUNT, parts, 1, l)) < 0 ||
        (ret = launch_sum(avctx, l->stuffing_group, parts,
                          offsetof(MJpegCudaResult, stuffed))) < 0)
        return ret;
    return launch(avctx, MJPEG_CUDA_STUFF, parts, 1, l);
}

static void set_frame(MJpegCudaContext *ctx, const AVFrame *frame)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(ctx->sw_format);

    for (int i = 0; i < 3; i++) {
        MJpegCudaPlane *p = &ctx->launch.plane[i];
        const int plane = desc->comp[i].plane;

        p->data     = (uintptr_t)frame->data[plane];
        p->linesize = frame->linesize[plane];
        p->aligned  = !(p->data % 4) && !(p->linesize % 4);
    }
}

int ff_mjpeg_cuda_submit(AVCodecContext *avctx, MJpegCudaSlot *slot)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    CudaFunctions *cu = ctx->cu;
    uint8_t *scan;
    int ret;

    if ((ret = ff_mjpeg_cuda_alloc_host(avctx, slot, ctx->launch.out_size)) < 0)
        return ret;
    scan = (uint8_t *)(slot->host + 1);
    slot->room   = ctx->launch.scan_size;
    slot->copied = FFMIN(ctx->expected, ctx->launch.out_size);
    set_frame(ctx, slot->frame);
    if ((ret = CHECK_CU(cu->cuEventRecord(ctx->input, ctx->hwctx->stream))) < 0 ||
        (ret = CHECK_CU(cu->cuStreamWaitEvent(ctx->stream, ctx->input, 0))) < 0 ||
        (ret = launch_all(avctx)) < 0 ||
        (ret = CHECK_CU(cu->cuMemcpyDtoHAsync(slot->host, ctx->launch.result,
                                              sizeof(*slot->host),
                                              ctx->stream))) < 0 ||
        (ret = CHECK_CU(cu->cuMemcpyDtoHAsync(scan, ctx->launch.out, slot->copied,
                                              ctx->stream))) < 0)
        return ret;
    return CHECK_CU(cu->cuEventRecord(slot->done, ctx->stream));
}

/* Encode a frame once more, with room for a scan of so many bytes. */
static int repeat(AVCodecContext *avctx, MJpegCudaSlot *slot, uint64_t scan,
                  uint64_t out)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    const MJpegCudaLaunch *l = &ctx->launch;
    int ret = 0;

    /* the stuffing of a scan that had no room is not known */
    if (scan > l->scan_size)
        ret = ff_mjpeg_cuda_grow(avctx, scan, 0);
    else if (out > l->out_size)
        ret = ff_mjpeg_cuda_grow(avctx, l->scan_size, out);
    ctx->expected = l->out_size;
    return ret < 0 ? ret : ff_mjpeg_cuda_submit(avctx, slot);
}

int64_t ff_mjpeg_cuda_wait(AVCodecContext *avctx, MJpegCudaSlot *slot)
{
    MJpegCudaContext *ctx = avctx->priv_data;
    uint64_t scan, out;
    int ret;

    while (1) {
        ret = CHECK_CU(ctx->cu->cuEventSynchronize(slot->done));
        if (ret < 0)
            return ret;
        scan = (slot->host->bits + 7) / 8;
        out  = scan + slot->host->stuffed;
        if (scan <= slot->room && out <= slot->copied)
            break;
        if ((ret = repeat(avctx, slot, scan, out)) < 0)
            return ret;
    }
    ctx->expected = FFMIN(out + out / 4 + 1024, INT_MAX);
    return out;
}
