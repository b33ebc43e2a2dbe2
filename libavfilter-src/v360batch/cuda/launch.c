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

#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/v360batch/input.h"
#include "cuda.h"

/**
 * @file
 * One launch for all frames and views of a batch, and one for all that are
 * converted; the table that tells the kernels where all of it lies.
 */

/* Fill in where a view comes from. */
static void fill_source(const V360BatchCudaContext *s, V360CudaView *v,
                        int view)
{
    const V360BatchContext *c = &s->common;
    const AVFrame *in = s->queue[0];

    for (int i = 0; i < 2; i++)
        v->dx[i] = c->views[view].dx[i];
    for (int i = 0; i < c->format.nb_planes; i++) {
        const V360Plane *p = &c->format.plane[i];
        int x, y;

        ff_v360_input_eye_offset(c, c->rig.views[view].eye, p->siting, &x, &y);
        v->src[i] = y * in->linesize[i] + x * ff_v360_sample_bytes(p);
    }
}

/* Fill in where a view goes to, which is the same for all frames of it, as one
 * pool makes them. */
static int fill_output(AVFilterContext *ctx, V360CudaView *v, int view,
                       const AVFrame *out)
{
    const V360BatchCudaContext *s = ctx->priv;
    const V360Format *f = &s->common.views[view].output.format;

    for (int i = 0; i < f->nb_planes && out; i++) {
        v->dst[i] = out->data[i] - out->data[0];
        v->linesize[i] = out->linesize[i];
        /* whole words are stored, also at the end of a row */
        if (((uintptr_t)out->data[i] | out->linesize[i]) & 3) {
            av_log(ctx, AV_LOG_ERROR, "frames of an output are not aligned to "
                   "4 bytes\n");
            return AVERROR(EINVAL);
        }
    }
    return 0;
}

static uint32_t fill_word(const V360Plane *p)
{
    const int step = p->components * p->bits;
    uint32_t word = 0;

    for (int i = 0; i < 32; i += p->bits)
        word |= (uint32_t)p->fill[i % step / p->bits] << i;
    return word;
}

/* Remap a view that is converted to the next part of the stage. */
static void fill_stage(const V360BatchCudaContext *s, V360CudaView *v, int view,
                       V360CudaPtr *ptr, CUdeviceptr *at, int nb_frames)
{
    const V360CudaStage stage = ff_v360_cuda_stage(&s->common,
                                                   &s->common.views[view]);

    memcpy(v->dst, stage.offset, sizeof(v->dst));
    memcpy(v->linesize, stage.linesize, sizeof(v->linesize));
    for (int i = 0; i < nb_frames; i++) {
        ptr[i] = *at;
        *at   += stage.size;
    }
}

/* Fill in all views, and the outputs of those that are converted after them. */
static int fill_views(AVFilterContext *ctx, AVFrame **out, V360CudaPtr *ptr,
                      int nb_frames)
{
    const V360BatchCudaContext *s = ctx->priv;
    V360CudaTable *t = (V360CudaTable *)s->table;
    const int n = ctx->nb_outputs;
    CUdeviceptr at = s->stage.ptr;
    int converted = n;

    for (int i = 0; i < n; i++) {
        const int view = s->order[i];
        const int converts = s->common.views[view].output.converts;
        const int to = converts ? converted++ : i;
        const CUdeviceptr move = ff_v360_cuda_is_download(ctx, view) ?
                                 s->download.to_device : 0;
        int ret = fill_output(ctx, &t->view[to], view, out[view]);

        if (ret < 0)
            return ret;
        fill_source(s, &t->view[i], view);
        memset(ptr + i * nb_frames, 0, nb_frames * sizeof(*ptr));
        if (converts && out[view])
            fill_stage(s, &t->view[i], view, ptr + i * nb_frames, &at,
                       nb_frames);
        for (int j = 0; j < nb_frames; j++)
            ptr[to * nb_frames + j] =
                out[view] ? (uintptr_t)out[j * n + view]->data[0] + move : 0;
    }
    return 0;
}

static int fill_table(AVFilterContext *ctx, AVFrame **out, int nb_frames)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360Format *f = &s->common.format;
    V360CudaTable *t = (V360CudaTable *)s->table;
    V360CudaPtr *ptr = (V360CudaPtr *)&t->view[ctx->nb_outputs +
                                               s->nb_converted];

    for (int i = 0; i < f->nb_planes; i++) {
        t->linesize[i] = s->queue[0]->linesize[i];
        t->fill[i]     = fill_word(&f->plane[i]);
        for (int j = 0; j < nb_frames; j++)
            *ptr++ = (uintptr_t)s->queue[j]->data[i];
    }
    return fill_views(ctx, out, ptr, nb_frames);
}

static int launch_convert(AVFilterContext *ctx, const V360CudaLaunch *remap)
{
    V360BatchCudaContext *s = ctx->priv;
    V360CudaConvert c = {
        .tiles       = s->convert_tiles.ptr,
        .conversions = s->conversions.ptr,
        .table       = remap->table,
        .dst         = remap->dst,
        .nb_frames   = remap->nb_frames,
    };
    void *args[] = { &c };
    int ret = 0;

    for (int i = 0; i < 2 && s->nb_converted && ret >= 0; i++) {
        const int n = s->nb_convert_tiles[i];

        if (n)
            ret = CHECK_CU(s->cu->cuLaunchKernel(s->convert[i], n, c.nb_frames,
                                                 1, V360_CUDA_TILE_WORDS,
                                                 V360_CUDA_TILE_ROWS, 1, 0,
                                                 s->hwctx->stream, args, NULL));
        c.tiles += n * sizeof(V360CudaTile);
    }
    return ret;
}

/* A bit for each plane whose rows begin at multiples of 4 bytes in all frames. */
static int find_words(const V360BatchCudaContext *s, int nb_frames)
{
    int words = 0;

    for (int i = 0; i < s->common.format.nb_planes; i++) {
        uintptr_t bits = s->queue[0]->linesize[i];

        for (int j = 0; j < nb_frames; j++)
            bits |= (uintptr_t)s->queue[j]->data[i];
        words |= !(bits & 3) << i;
    }
    return words;
}

static int launch(AVFilterContext *ctx, int nb_frames)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360Format *f = &s->common.format;
    const CUdeviceptr table = s->table_mem.ptr;
    const CUdeviceptr ptrs = table + sizeof(V360CudaTable) +
                             (ctx->nb_outputs + s->nb_converted) *
                             sizeof(V360CudaView);
    V360CudaLaunch l = {
        .tiles     = s->tiles.ptr,
        .planes    = s->planes.ptr,
        .setup     = s->setup.ptr,
        .table     = table,
        .src       = ptrs,
        .dst       = ptrs + nb_frames * f->nb_planes * sizeof(V360CudaPtr),
        .nb_frames = nb_frames,
        .msb       = f->plane[0].msb,
        .shift     = f->plane[0].shift,
        .words     = find_words(s, nb_frames),
    };
    void *args[] = { &l };
    int ret = ff_v360_cuda_upload(ctx, table, s->table,
                                  ff_v360_cuda_table_bytes(ctx, nb_frames));

    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuLaunchKernel(s->kernel, s->nb_tiles, 1, 1,
                                             V360_CUDA_TILE_WORDS,
                                             V360_CUDA_TILE_ROWS, 1, 0,
                                             s->hwctx->stream, args, NULL));
    return ret < 0 ? ret : launch_convert(ctx, &l);
}

int ff_v360_cuda_remap(AVFilterContext *ctx, AVFrame **out, int nb_frames)
{
    int ret;

    if ((ret = fill_table(ctx, out, nb_frames)) < 0 ||
        (ret = ff_v360_cuda_wait_for_uploads(ctx)) < 0 ||
        (ret = launch(ctx, nb_frames)) < 0 ||
        (ret = ff_v360_cuda_have_read(ctx, nb_frames)) < 0)
        return ret;
    return ff_v360_cuda_download(ctx);
}
