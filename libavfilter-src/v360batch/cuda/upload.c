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
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/imgutils.h"
#include "libavutil/log.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/filters.h"
#include "cuda.h"

/**
 * @file
 * Sources in the memory of the host. A frame is copied to pinned memory by the
 * threads of the filter, and from there to the device by a stream of its own,
 * beside the kernels and the downloads of frames before. On the device there
 * are places for the frames of two batches.
 */

av_cold int ff_v360_cuda_open_upload(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    const AVFilterLink *inlink = ctx->inputs[0];
    int ret;

    if (inlink->format == AV_PIX_FMT_CUDA)
        return 0;
    u->layout = ff_v360_cuda_layout(inlink->format, inlink->w, inlink->h);
    ret = CHECK_CU(s->cu->cuStreamCreate(&u->stream, CU_STREAM_NON_BLOCKING));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuEventCreate(&u->copied,
                                            CU_EVENT_DISABLE_TIMING));
    for (int i = 0; i < 2 && ret >= 0; i++)
        ret = CHECK_CU(s->cu->cuEventCreate(&u->read[i],
                                            CU_EVENT_DISABLE_TIMING));
    return ret;
}

size_t ff_v360_cuda_upload_bytes(const AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;

    return 2 * s->upload.layout.size;
}

int ff_v360_cuda_reserve_upload(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;

    u->nb_places = 2 * s->batch;
    u->next      = 0;
    memset(u->reader, 0, sizeof(u->reader));
    return u->stream ? ff_v360_cuda_reserve(ctx, &u->places, u->nb_places *
                                            u->layout.size) : 0;
}

/* Make one more piece of pinned memory, if there may be one. */
static V360CudaSlot *new_slot(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    const int64_t size = u->layout.size;
    V360CudaSlot *slot = &u->slot[u->nb_slots];

    if (u->has_slots || u->nb_slots == V360_CUDA_UPLOAD_SLOTS ||
        u->pinned + size > s->pinned_option / 2 ||
        ff_v360_cuda_new_slot(ctx, slot, size) < 0) {
        u->has_slots = 1;
        return NULL;
    }
    u->pinned += size;
    u->nb_slots++;
    return slot;
}

/* Find pinned memory for a frame: the piece that was used the longest time ago,
 * which the host waits for if it must. *found is NULL if there is none. */
static int get_slot(AVFilterContext *ctx, V360CudaSlot **found)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    int ret;

    *found = new_slot(ctx);
    if (*found || !u->nb_slots)
        return 0;
    *found = &u->slot[u->next_slot];
    u->next_slot = (u->next_slot + 1) % u->nb_slots;
    if (!(*found)->busy)
        return 0;
    (*found)->busy = 0;
    ret = ff_v360_cuda_is_over(ctx, (*found)->copied, 1);
    return FFMIN(ret, 0);
}

static int plane_rows(const AVFrame *in, int plane)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(in->format);

    return AV_CEIL_RSHIFT(in->height, plane == 1 || plane == 2 ?
                                      desc->log2_chroma_h : 0);
}

/** A frame to copy by several threads. */
typedef struct CopyJob {
    const AVFrame *in;
    AVFrame out;
} CopyJob;

static int copy_rows(AVFilterContext *ctx, void *arg, int jobnr, int nb_jobs)
{
    const CopyJob *j = arg;

    for (int i = 0; i < 4 && j->out.linesize[i]; i++) {
        const int h = plane_rows(j->in, i);
        const int y = h * jobnr / nb_jobs;

        av_image_copy_plane(j->out.data[i] + (ptrdiff_t)y * j->out.linesize[i],
                            j->out.linesize[i],
                            j->in->data[i] + (ptrdiff_t)y * j->in->linesize[i],
                            j->in->linesize[i],
                            av_image_get_linesize(j->in->format, j->in->width,
                                                  i),
                            h * (jobnr + 1) / nb_jobs - y);
    }
    return 0;
}

/* Copy a frame through pinned memory. */
static int copy_pinned(AVFilterContext *ctx, V360CudaSlot *slot,
                       const AVFrame *in, CUdeviceptr to)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    CopyJob job = { .in = in };
    int ret;

    ff_v360_cuda_point_planes(&job.out, &u->layout, slot->host);
    ff_filter_execute(ctx, copy_rows, &job, NULL,
                      FFMIN(in->height, ff_filter_get_nb_threads(ctx)));
    ret = CHECK_CU(s->cu->cuMemcpyHtoDAsync(to, slot->host, u->layout.size,
                                            u->stream));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuEventRecord(slot->copied, u->stream));
    slot->busy = ret >= 0;
    return ret;
}

/* Copy rows of a plane. The driver takes no negative distance of rows: each row
 * of such a plane is a copy of its own. */
static int copy_plane(AVFilterContext *ctx, const AVFrame *in,
                      const AVFrame *to, int i)
{
    V360BatchCudaContext *s = ctx->priv;
    const int h = plane_rows(in, i);
    const int n = in->linesize[i] > 0 ? h : 1;
    int ret = 0;

    for (int y = 0; y < h && ret >= 0; y += n) {
        const CUDA_MEMCPY2D copy = {
            .srcMemoryType = CU_MEMORYTYPE_HOST,
            .srcHost       = in->data[i] + (ptrdiff_t)y * in->linesize[i],
            .srcPitch      = FFABS(in->linesize[i]),
            .dstMemoryType = CU_MEMORYTYPE_DEVICE,
            .dstDevice     = (uintptr_t)to->data[i] +
                             (size_t)y * to->linesize[i],
            .dstPitch      = to->linesize[i],
            .WidthInBytes  = av_image_get_linesize(in->format, in->width, i),
            .Height        = n,
        };
        ret = CHECK_CU(s->cu->cuMemcpy2DAsync(&copy, s->upload.stream));
    }
    return ret;
}

/* Copy a frame from where it lies, which the device may still read when the
 * driver returns. */
static int copy_ordinary(AVFilterContext *ctx, const AVFrame *in,
                         const AVFrame *to)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret = 0;

    for (int i = 0; i < 4 && to->linesize[i] && ret >= 0; i++)
        ret = copy_plane(ctx, in, to, i);
    if (CHECK_CU(s->cu->cuStreamSynchronize(s->upload.stream)) < 0 && ret >= 0)
        ret = AVERROR_EXTERNAL;
    return ret;
}

static int copy_frame(AVFilterContext *ctx, const AVFrame *in, AVFrame *out)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    const int64_t reader = u->reader[u->next];
    V360CudaSlot *slot;
    int ret = 0;

    if (reader)
        ret = CHECK_CU(s->cu->cuStreamWaitEvent(u->stream, u->read[reader & 1],
                                                0));
    if (ret >= 0)
        ret = get_slot(ctx, &slot);
    if (ret < 0)
        return ret;
    if (slot)
        ret = copy_pinned(ctx, slot, in, (CUdeviceptr)(uintptr_t)out->data[0]);
    else
        ret = copy_ordinary(ctx, in, out);
    if (ret >= 0)
        u->next = (u->next + 1) % u->nb_places;
    return ret;
}

int ff_v360_cuda_upload_frame(AVFilterContext *ctx, AVFrame **frame)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    const AVFrame *in = *frame;
    CUcontext dummy;
    AVFrame *out;
    int ret;

    if (!u->stream)
        return 0;
    out = av_frame_alloc();
    if (!out)
        return AVERROR(ENOMEM);
    ret = av_frame_copy_props(out, in);
    out->format = in->format;
    out->width  = in->width;
    out->height = in->height;
    ff_v360_cuda_point_planes(out, &u->layout, (uint8_t *)(uintptr_t)
                              (u->places.ptr + u->next * u->layout.size));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx));
    if (ret >= 0) {
        ret = copy_frame(ctx, in, out);
        if (CHECK_CU(s->cu->cuCtxPopCurrent(&dummy)) < 0 && ret >= 0)
            ret = AVERROR_EXTERNAL;
    }
    if (ret < 0) {
        av_frame_free(&out);
        return ret;
    }
    av_frame_free(frame);
    *frame = out;
    return 0;
}

int ff_v360_cuda_wait_for_uploads(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;
    int ret;

    if (!u->stream)
        return 0;
    ret = CHECK_CU(s->cu->cuEventRecord(u->copied, u->stream));
    return ret < 0 ? ret :
           CHECK_CU(s->cu->cuStreamWaitEvent(s->hwctx->stream, u->copied, 0));
}

int ff_v360_cuda_have_read(AVFilterContext *ctx, int nb_frames)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;

    if (!u->stream)
        return 0;
    u->nb_batches++;
    for (int i = 0; i < nb_frames; i++)
        u->reader[(u->next + u->nb_places - s->nb_queued + i) % u->nb_places] =
            u->nb_batches;
    return CHECK_CU(s->cu->cuEventRecord(u->read[u->nb_batches & 1],
                                         s->hwctx->stream));
}

av_cold void ff_v360_cuda_close_upload(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaUpload *u = &s->upload;

    if (u->stream)
        CHECK_CU(s->cu->cuStreamSynchronize(u->stream));
    ff_v360_cuda_free(ctx, &u->places);
    for (int i = 0; i < u->nb_slots; i++)
        ff_v360_cuda_free_slot(ctx, &u->slot[i]);
    for (int i = 0; i < 2; i++)
        if (u->read[i])
            CHECK_CU(s->cu->cuEventDestroy(u->read[i]));
    if (u->copied)
        CHECK_CU(s->cu->cuEventDestroy(u->copied));
    if (u->stream)
        CHECK_CU(s->cu->cuStreamDestroy(u->stream));
    *u = (V360CudaUpload){ 0 };
}
