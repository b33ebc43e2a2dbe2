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

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavfilter/avfilter.h"
#include "cuda.h"

/**
 * @file
 * Views that are not sent as they are remapped: the memory of the device that
 * they are remapped to, and what the device is told about their conversion.
 */

/* Rows on the way begin at whole sectors of the device's memory. */
#define ALIGNMENT 32

V360CudaStage ff_v360_cuda_stage(const V360BatchContext *c,
                                 const V360BatchView *v)
{
    V360CudaStage stage = { .size = 0 };

    for (int i = 0; i < c->format.nb_planes; i++) {
        const V360Plane *p = &c->format.plane[i];
        const V360PlaneGrid *g = &v->grid->plane[p->siting];

        stage.offset[i]   = stage.size;
        stage.linesize[i] = FFALIGN(g->w / v->grid->supersample *
                                    ff_v360_sample_bytes(p), ALIGNMENT);
        stage.size       += (size_t)stage.linesize[i] *
                            (g->h / v->grid->supersample);
    }
    return stage;
}

size_t ff_v360_cuda_stage_bytes(const V360BatchCudaContext *s)
{
    const V360BatchContext *c = &s->common;
    size_t bytes = 0;

    for (int i = 0; i < c->rig.nb_views; i++)
        if (c->views[i].output.converts)
            bytes += ff_v360_cuda_stage(c, &c->views[i]).size;
    return bytes;
}

int ff_v360_cuda_reserve_stage(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const size_t size = s->batch * ff_v360_cuda_stage_bytes(s);

    if (s->stage.size != size)
        ff_v360_cuda_free(ctx, &s->stage);
    return size ? ff_v360_cuda_reserve(ctx, &s->stage, size) : 0;
}

static V360CudaMix cuda_mix(const V360Mix *m)
{
    return (V360CudaMix){ { m->coef[0], m->coef[1], m->coef[2] }, m->offset,
                          m->shift, m->max };
}

static void fill_mixes(V360CudaConversion *dst, const V360Output *o,
                       const V360Format *in)
{
    const V360Format *f = &o->format;
    const V360Mix *mix = dst->kind == V360_CUDA_MEAN ? o->mixer.mean
                                                     : o->mixer.mix;

    /* what is no component is the padding of formats such as RGB0 */
    for (int i = 0; i < dst->components; i++)
        dst->mix[i] = (V360CudaMix){ .offset = 255, .max = 255 };
    for (int k = 0; k < f->nb_colours; k++) {
        if (f->comp[k].plane != dst->plane)
            continue;
        dst->mix[f->comp[k].index] = cuda_mix(&mix[k]);
        dst->up = f->comp[k].shift;
    }
    if (f->has_alpha && f->comp[3].plane == dst->plane) {
        V360CudaMix *alpha = &dst->mix[f->comp[3].index];

        *alpha  = cuda_mix(&o->mixer.mix[3]);
        dst->up = f->comp[3].shift;
        if (in->has_alpha)
            FFSWAP(int, alpha->coef[0], alpha->coef[3]);
    }
    for (int i = 0; i < dst->components; i++)
        for (int k = 0; k < 4; k++)
            dst->takes |= !!dst->mix[i].coef[k] << k;
}

/* Luma of another matrix takes chroma, which may lie elsewhere. */
static void fill_luma(V360CudaConversion *dst, const V360Output *o)
{
    const V360ChromaPlaces *p = &o->places;
    V360CudaMix *mix = &dst->mix[0];

    dst->kind    = V360_CUDA_LUMA;
    dst->part    = o->mixer.part;
    mix->offset -= dst->part;
    dst->x = (V360CudaAxis){ p->log2_w, ((1 << p->log2_w) - 1) * p->xpos >> 4 };
    dst->y = (V360CudaAxis){ p->log2_h, ((1 << p->log2_h) - 1) * p->ypos >> 4 };
}

static V360CudaAxis means_axis(int log2, int pos, int *shift)
{
    const V360Means m = ff_v360_means(log2, pos);
    V360CudaAxis axis = { .log2 = log2, .place = m.first, .nb = m.nb };

    for (int i = 0; i < m.nb; i++)
        axis.weights |= m.weight[i] << 4 * i;
    *shift += m.log2_sum;
    return axis;
}

static void fill_means(V360CudaConversion *dst, const V360Output *o)
{
    const V360ChromaPlaces *to = &o->chroma, *from = &o->places;

    dst->mean_up = o->mixer.mean_bits;
    dst->x = means_axis(to->log2_w - from->log2_w, to->xpos, &dst->mean_shift);
    dst->y = means_axis(to->log2_h - from->log2_h, to->ypos, &dst->mean_shift);
}

static void fill_components(V360CudaConversion *dst, const V360BatchContext *c,
                            const V360BatchView *v)
{
    const V360CudaStage stage = ff_v360_cuda_stage(c, v);

    for (int k = 0; k < 4; k++) {
        const V360Component *from = &c->format.comp[k];
        const V360Plane *p = &c->format.plane[from->plane];
        const V360PlaneGrid *g = &v->grid->plane[p->siting];

        dst->in[k] = (V360CudaComponent) {
            .offset   = stage.offset[from->plane] + from->index * p->bits / 8,
            .linesize = stage.linesize[from->plane],
            .step     = ff_v360_sample_bytes(p),
            .right    = g->w / v->grid->supersample - 1,
            .bottom   = g->h / v->grid->supersample - 1,
        };
    }
}

/* How many units a row of samples is: words, or three words of samples that
 * end in no word, or two words of samples that are as large. */
static int units(const V360Plane *p, int w)
{
    const int bytes = ff_v360_sample_bytes(p);
    const int words = p->components == 3 ? 3 : (bytes + 3) / 4;
    const int n = words * 4 / bytes;

    return (w + n - 1) / n;
}

static void fill_conversion(V360CudaConversion *dst, const V360BatchContext *c,
                            const V360BatchView *v, int plane)
{
    const V360Output *o = &v->output;
    const V360Plane *p = &o->format.plane[plane];

    dst->plane = plane;
    dst->units = units(p, AV_CEIL_RSHIFT(v->geometry.w,
                                         p->siting ? o->chroma.log2_w : 0));
    dst->h = AV_CEIL_RSHIFT(v->geometry.h, p->siting ? o->chroma.log2_h : 0);
    dst->components = p->components;
    dst->swap = p->bits == 16 && o->format.is_swapped;
    dst->kind = p->siting && o->has_means ? V360_CUDA_MEAN : V360_CUDA_MIX;
    fill_mixes(dst, o, &c->format);
    if (dst->kind == V360_CUDA_MEAN)
        fill_means(dst, o);
    else if (!plane && o->has_part)
        fill_luma(dst, o);
    fill_components(dst, c, v);
}

/* Make the conversions to outputs of so many bits, in the order of the views on
 * the device; NULL: only count. Counts the views that are converted, too. */
static int fill_conversions(V360BatchCudaContext *s, V360CudaConversion *dst,
                            int bits)
{
    const V360BatchContext *c = &s->common;
    int n = 0;

    s->nb_converted = 0;
    for (int i = 0; i < c->rig.nb_views; i++) {
        const V360BatchView *v = &c->views[s->order[i]];
        const V360Format *f = &v->output.format;

        if (!v->output.converts)
            continue;
        for (int p = 0; p < f->nb_planes && f->plane[p].bits == bits; p++) {
            if (dst) {
                dst[n].view = i;
                dst[n].out  = c->rig.nb_views + s->nb_converted;
                fill_conversion(&dst[n], c, v, p);
            }
            n++;
        }
        s->nb_converted++;
    }
    return n;
}

static int fill_tiles(V360CudaTile *tile, const V360CudaConversion *conversion,
                      int first, int nb)
{
    int n = 0;

    for (int i = first; i < first + nb; i++) {
        const V360CudaConversion *c = &conversion[i];

        n += ff_v360_cuda_fill_tiles(tile ? tile + n : NULL, i, c->units * 4,
                                     c->h);
    }
    return n;
}

/* Copy an array to a buffer of the device. */
static int upload(AVFilterContext *ctx, V360CudaBuffer *b, const void *src,
                  size_t size)
{
    const int ret = ff_v360_cuda_reserve(ctx, b, size);

    return ret < 0 ? ret : ff_v360_cuda_upload(ctx, b->ptr, src, size);
}

static int upload_conversions(AVFilterContext *ctx,
                              V360CudaConversion *conversion, const int nb[2])
{
    V360BatchCudaContext *s = ctx->priv;
    int first = 0, ret = AVERROR(ENOMEM);
    V360CudaTile *tiles;

    for (int i = 0; i < 2; first += nb[i++]) {
        fill_conversions(s, conversion + first, 8 << i);
        s->nb_convert_tiles[i] = fill_tiles(NULL, conversion, first, nb[i]);
    }
    first = s->nb_convert_tiles[0];
    tiles = av_malloc_array(first + s->nb_convert_tiles[1], sizeof(*tiles));
    if (tiles) {
        fill_tiles(tiles, conversion, 0, nb[0]);
        fill_tiles(tiles + first, conversion, nb[0], nb[1]);
        ret = upload(ctx, &s->conversions, conversion,
                     (nb[0] + nb[1]) * sizeof(*conversion));
        if (ret >= 0)
            ret = upload(ctx, &s->convert_tiles, tiles,
                         (first + s->nb_convert_tiles[1]) * sizeof(*tiles));
    }
    av_free(tiles);
    return ret;
}

int ff_v360_cuda_update_conversions(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const int nb[2] = { fill_conversions(s, NULL, 8),
                        fill_conversions(s, NULL, 16) };
    V360CudaConversion *conversion;
    int ret;

    if (!nb[0] && !nb[1])
        return 0;
    conversion = av_calloc(nb[0] + nb[1], sizeof(*conversion));
    if (!conversion)
        return AVERROR(ENOMEM);
    ret = upload_conversions(ctx, conversion, nb);
    av_free(conversion);
    return ret;
}

void ff_v360_cuda_free_conversions(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;

    ff_v360_cuda_free(ctx, &s->conversions);
    ff_v360_cuda_free(ctx, &s->convert_tiles);
    ff_v360_cuda_free(ctx, &s->stage);
    s->nb_converted = 0;
}
