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

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/imgutils.h"
#include "libavutil/mem.h"
#include "libavfilter/filters.h"
#include "cuda.h"

/**
 * @file
 * Size of a batch: how many frames fit in the memory of the device.
 */

/* Rows of device frames are taken to be aligned to this. hwcontext_cuda aligns
 * them as textures, for which GPUs want 512 bytes or less; rows of yuv420p to
 * twice that. */
#define ALIGNMENT 512

/* Drivers hand out memory in pages of this size; small pieces share them. */
#define PAGE (2 << 20)

/* Frames of an output that are neither in the filter nor free: ffmpeg has room
 * for two before each encoder, which holds one. */
#define QUEUED_FRAMES 3

/* A batch of more frames saves nothing: what is looked up once for a batch is
 * then a small part of its work. */
#define MAX_AUTO_BATCH 16

/* The same of frames that are copied: the copies take far longer than the
 * kernels, and a batch is pinned and on the device several times. */
#define MAX_AUTO_COPIED 4

/* Batches of views that are in pinned memory: one is being copied, one is being
 * sent, and two are with encoders. */
#define PINNED_BATCHES 4

/* Most bytes of a batch's table: the driver does not make the host wait for a
 * copy of 64 KiB or less, even if it starts from ordinary memory. */
#define MAX_TABLE (64 << 10)

static size_t frame_bytes(enum AVPixelFormat format, int w, int h)
{
    const int align = ALIGNMENT << (format == AV_PIX_FMT_YUV420P);
    const int size  = av_image_get_buffer_size(format, w, h, align);

    return size < 0        ? SIZE_MAX >> 16
         : size > PAGE / 2 ? FFALIGN((size_t)size, PAGE) : size;
}

/* The views of a frame that are CUDA frames. */
static size_t output_bytes(const AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;
    size_t bytes = 0;

    for (int i = 0; i < ctx->nb_outputs; i++)
        if (!ff_v360_cuda_is_download(ctx, i) &&
            !ff_outlink_get_status(ctx->outputs[i]))
            bytes += frame_bytes(s->common.out_pix_fmt,
                                 s->common.views[i].geometry.w,
                                 s->common.views[i].geometry.h);
    return bytes;
}

/* What a frame of a batch costs: the frame itself, the views on the way to
 * outputs that are converted, and all outputs twice, as those of the batch
 * before are sent while a batch is collected. */
static size_t batch_bytes(const AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const AVFilterLink *inlink = ctx->inputs[0];

    return ff_v360_cuda_stage_bytes(s) + 2 * output_bytes(ctx) +
           V360_CUDA_NB_SLABS * s->download.frame_bytes +
           (s->upload.stream ? ff_v360_cuda_upload_bytes(ctx) :
            frame_bytes(c->pix_fmt, inlink->w, inlink->h));
}

/* The table itself, then src of all planes and dst of all its views. */
size_t ff_v360_cuda_table_bytes(const AVFilterContext *ctx, int nb_frames)
{
    const V360BatchCudaContext *s = ctx->priv;
    const int nb_views = ctx->nb_outputs + s->nb_converted;

    return sizeof(V360CudaTable) + nb_views * sizeof(V360CudaView) +
           sizeof(V360CudaPtr) * nb_frames *
           (s->common.format.nb_planes + nb_views);
}

int ff_v360_cuda_no_memory(AVFilterContext *ctx)
{
    const size_t need = batch_bytes(ctx) + (1 << 20) - 1;

    av_log(ctx, AV_LOG_ERROR, "a batch of one frame needs %zu MiB, "
           "%"PRId64" MiB of the device are free\n", need >> 20,
           ff_v360_cuda_available_mib(ctx, NULL));
    return AVERROR(ENOMEM);
}

/* The largest batch that is of any use. */
static int most_frames(const V360BatchCudaContext *s)
{
    const size_t bytes = s->download.frame_bytes;
    const int most = bytes || s->upload.stream ? MAX_AUTO_COPIED
                                               : MAX_AUTO_BATCH;

    return bytes ? av_clip64(s->pinned_option / PINNED_BATCHES / bytes, 1, most)
                 : most;
}

static int auto_batch(AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;
    const size_t bytes = batch_bytes(ctx);
    const size_t queued = QUEUED_FRAMES * output_bytes(ctx);
    const int most = most_frames(s);
    size_t available;
    double usable;
    int batch;

    if (ff_v360_cuda_available_mib(ctx, &available) < 0) {
        av_log(ctx, AV_LOG_VERBOSE, "batch of %d frames: the driver does not "
               "tell how much memory is free\n", most);
        return most;
    }
    usable = FFMAX(available * s->vram - queued, 0);
    batch  = av_clip64(usable / bytes, 1, most);
    av_log(ctx, AV_LOG_VERBOSE, "batch of %d frames: %zu MiB are free, a frame "
           "with its views takes %.1f MiB, vram is %g, the most is %d\n", batch,
           available >> 20, bytes / 1048576.0, s->vram, most);
    return batch;
}

/* Whether the memory of a batch can be had now. Frames come from pools, which
 * keep the memory they have, so all of it is tried at once, and freed again. */
static int batch_fits(AVFilterContext *ctx, int batch)
{
    V360BatchCudaContext *s = ctx->priv;
    CUdeviceptr ptr;
    const CUresult err = s->cu->cuMemAlloc(&ptr, batch * batch_bytes(ctx));

    if (err == CUDA_SUCCESS) {
        const int ret = CHECK_CU(s->cu->cuMemFree(ptr));
        return ret < 0 ? ret : 1;
    }
    if (err == V360_CUDA_OUT_OF_MEMORY)
        return 0;
    return ff_cuda_check(ctx, s->cu->cuGetErrorName, s->cu->cuGetErrorString,
                         err, "cuMemAlloc(&ptr, batch * batch_bytes(ctx))");
}

/* Frames of NVDEC are copies and no burden for it, unless unsafe_output makes
 * them its own surfaces: they then have a second buffer, which unmaps one. */
static void warn_of_small_pool(AVFilterContext *ctx, const AVFrame *in)
{
    const V360BatchCudaContext *s = ctx->priv;
    const FilterLink *l = ff_filter_link(ctx->inputs[0]);
    const AVHWFramesContext *f;

    if (s->upload.stream)
        return;
    f = (const AVHWFramesContext *)l->hw_frames_ctx->data;
    if (in->buf[1] && s->batch > 1)
        av_log(ctx, AV_LOG_INFO, "the decoder gives out its own surfaces, of "
               "which a batch holds %d: without -extra_hw_frames %d for it "
               "frames are lost\n", s->batch, s->batch);
    else if (f->initial_pool_size > 0 && s->batch > 1)
        av_log(ctx, AV_LOG_WARNING, "the source has a pool of %d frames, of "
               "which a batch holds %d: give its decoder -extra_hw_frames %d, "
               "or use a smaller batch\n", f->initial_pool_size, s->batch,
               s->batch);
}

int ff_v360_cuda_choose_batch(AVFilterContext *ctx, const AVFrame *in)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret;

    s->batch = s->batch_option ? s->batch_option : auto_batch(ctx);
    while (s->batch > 1 && ff_v360_cuda_table_bytes(ctx, s->batch) > MAX_TABLE)
        s->batch--;
    if (s->batch < s->batch_option)
        av_log(ctx, AV_LOG_WARNING, "batch of %d frames, not %d: it has %d "
               "views\n", s->batch, s->batch_option, ctx->nb_outputs);
    s->full_batch = s->batch;
    while ((ret = batch_fits(ctx, s->batch)) <= 0) {
        if (ret < 0)
            return ret;
        if (s->batch == 1)
            return ff_v360_cuda_no_memory(ctx);
        av_log(ctx, AV_LOG_WARNING, "a batch of %d frames does not fit, "
               "trying %d\n", s->batch, s->batch / 2);
        s->batch /= 2;
    }
    ret = ff_v360_cuda_reserve_upload(ctx);
    if (ret < 0)
        return ret;
    if (s->upload.stream) /* it has places for twice this batch */
        s->full_batch = s->batch;
    warn_of_small_pool(ctx, in);
    av_freep(&s->table);
    s->table = av_mallocz(ff_v360_cuda_table_bytes(ctx, s->full_batch));
    if (!s->table)
        return AVERROR(ENOMEM);
    return ff_v360_cuda_reserve(ctx, &s->table_mem,
                                ff_v360_cuda_table_bytes(ctx, s->full_batch));
}
