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

#include "libavutil/bswap.h"
#include "libavutil/common.h"
#include "libavutil/intreadwrite.h"
#include "convert.h"

/** Rows on the way from a band to a frame, and which ones they are. */
typedef struct Work {
    const V360Converter *c;
    uint8_t *data;           ///< remapped rows
    AVFrame *out;
    uint8_t *split[4];       ///< components of interleaved rows
    uint8_t *mixed[4];       ///< components of the output, not yet packed
    int32_t *part[2];        ///< by the lowest bit of the row's number
    int part_row[2];
    int32_t *blend;          ///< what lies between two rows of parts
    uint16_t *mean[3];
    uint32_t *sum;
} Work;

/* Whether a component of the source lies where chroma is remapped to. */
static int is_chroma(const V360Converter *c, int comp)
{
    return c->in->plane[c->in->comp[comp].plane].siting;
}

static int comp_w(const V360Converter *c, int comp)
{
    return AV_CEIL_RSHIFT(c->w, is_chroma(c, comp) ? c->out->places.log2_w : 0);
}

static int comp_h(const V360Converter *c, int comp)
{
    return AV_CEIL_RSHIFT(c->h, is_chroma(c, comp) ? c->out->places.log2_h : 0);
}

/* A row of a component, which is the first or last one beyond the view. */
static const uint8_t *get_row(const Work *w, int comp, int y)
{
    const V360Converter *c = w->c;
    const V360Component *f = &c->in->comp[comp];
    const V360Plane *plane = &c->in->plane[f->plane];
    const int n = comp_w(c, comp), step = plane->components;
    const uint8_t *src = ff_v360_converter_rows(c, w->data, f->plane,
                                                av_clip(y, 0, comp_h(c, comp) -
                                                              1));
    uint8_t *dst = w->split[comp];

    if (step == 1)
        return src;
    if (plane->bits == 8)
        for (int x = 0; x < n; x++)
            dst[x] = src[x * step + f->index];
    else
        for (int x = 0; x < n; x++)
            AV_WN16A(dst + 2 * x, AV_RN16A(src + 2 * (x * step + f->index)));
    return dst;
}

/* Pack a component into its plane of the frame. */
static void pack(const Work *w, int comp, const uint8_t *src, int y, int n)
{
    const V360Format *f = &w->c->out->format;
    const V360Component *c = &f->comp[comp];
    const int step = f->plane[c->plane].components;
    uint8_t *dst = w->out->data[c->plane] + y * w->out->linesize[c->plane];

    if (f->plane[c->plane].bits == 8) {
        for (int x = 0; x < n; x++)
            dst[x * step + c->index] = src[x];
        return;
    }
    for (int x = 0; x < n; x++) {
        const unsigned value = AV_RN16A(src + 2 * x) << c->shift;

        AV_WN16A(dst + 2 * (x * step + c->index),
                 f->is_swapped ? av_bswap16(value) : value);
    }
}

/* Whether rows of a component can be mixed right into the frame, which has no
 * space for what V360MixDSP.luma may write beyond their end. */
static int is_direct(const V360Converter *converter, int comp)
{
    const V360Format *f = &converter->out->format;
    const V360Component *c = &f->comp[comp];

    return f->plane[c->plane].components == 1 && !c->shift &&
           !f->is_swapped && (comp || !converter->out->has_part ||
                              !(converter->w & 1));
}

static uint8_t *begin_row(const Work *w, int comp, int y)
{
    const V360Component *c = &w->c->out->format.comp[comp];

    return is_direct(w->c, comp) ?
           w->out->data[c->plane] + y * w->out->linesize[c->plane] :
           w->mixed[comp];
}

/* Whether pixels are three bytes, which are packed at once. */
static int is_pack3(const V360Converter *c)
{
    const V360Plane *p = &c->out->format.plane[0];

    return p->components == 3 && p->bits == 8;
}

static void end_row(const Work *w, int comp, const uint8_t *row, int y, int n)
{
    if (!is_direct(w->c, comp) && !is_pack3(w->c))
        pack(w, comp, row, y, n);
}

static void pack3(const Work *w, int y)
{
    const V360Component *comp = w->c->out->format.comp;
    const uint8_t *src[3];

    for (int i = 0; i < 3; i++)
        src[comp[i].index] = w->mixed[i];
    w->c->dsp.pack3(w->out->data[0] + y * w->out->linesize[0], src, w->c->w);
}

/* A component that is the same everywhere. */
static void fill_row(uint8_t *dst, const V360Mix *m, int bits, int n)
{
    const int value = av_clip(m->offset >> m->shift, 0, m->max);

    if (bits == 8)
        memset(dst, value, n);
    else
        for (int x = 0; x < n; x++)
            AV_WN16A(dst + 2 * x, value);
}

/* Components of the output at places where all it takes is remapped to. */
static void mix_row(const Work *w, int comp, int y, int n)
{
    const V360ConverterMix *m = &w->c->mix[comp];
    const uint8_t *src[3] = { NULL };
    uint8_t *dst = begin_row(w, comp, y);

    for (int k = 0; k < m->nb; k++)
        src[k] = get_row(w, m->comp[k], y);
    if (m->nb)
        w->c->dsp.mix[m->nb - 1](dst, src, &m->mix, n);
    else
        fill_row(dst, &m->mix, w->c->out->format.plane[0].bits, n);
    end_row(w, comp, dst, y, n);
}

static const int32_t *get_part(Work *w, int y)
{
    const V360Converter *c = w->c;
    const int n = comp_w(c, 1), i = y & 1;
    int32_t *part = w->part[i];

    if (w->part_row[i] != y) {
        const uint8_t *const src[2] = { get_row(w, 1, y), get_row(w, 2, y) };

        c->dsp.part(part, src, &c->part, n);
        for (int k = 1; k <= V360_PART_MARGIN; k++) {
            part[-k]        = part[0];
            part[n - 1 + k] = part[n - 1];
        }
        w->part_row[i] = y;
    }
    return part;
}

/* Luma, with parts of chroma around it. */
static void luma_row(Work *w, int y)
{
    const V360Converter *c = w->c;
    const V360ChromaPlaces *places = &c->out->places;
    int first, weight = ff_v360_neighbours(y, places->log2_h, places->ypos,
                                           &first);
    const int32_t *part = get_part(w, first);
    uint8_t *dst = begin_row(w, 0, y);

    if (weight) {
        c->dsp.blend(w->blend - V360_PART_MARGIN, part - V360_PART_MARGIN,
                     get_part(w, first + 1) - V360_PART_MARGIN, weight,
                     comp_w(c, 1) + 2 * V360_PART_MARGIN);
        part = w->blend;
    }
    c->dsp.luma(dst, get_row(w, 0, y), part, places, &c->luma, c->w);
    end_row(w, 0, dst, y, c->w);
}

/* The mean of finer rows of a component around row y of the output's chroma. */
static void mean_row(const Work *w, int comp, int y, int n)
{
    const V360Converter *c = w->c;
    const V360Means *mx = &c->mean_x, *my = &c->mean_y;
    const int log2_w = c->out->chroma.log2_w - c->out->places.log2_w;
    const int log2_h = c->out->chroma.log2_h - c->out->places.log2_h;
    const int fine = comp_w(c, comp);
    const int shift = mx->log2_sum + my->log2_sum;
    const int up = c->out->mixer.mean_bits, half = 1 << shift >> 1;

    memset(w->sum, 0, fine * sizeof(*w->sum));
    for (int i = 0; i < my->nb; i++) {
        const uint8_t *src = get_row(w, comp, (y << log2_h) + my->first + i);

        if (c->in->plane[0].bits == 8)
            for (int x = 0; x < fine; x++)
                w->sum[x] += my->weight[i] * src[x];
        else
            for (int x = 0; x < fine; x++)
                w->sum[x] += my->weight[i] * AV_RN16A(src + 2 * x);
    }
    for (int x = 0; x < n; x++) {
        unsigned sum = 0;

        for (int i = 0; i < mx->nb; i++)
            sum += mx->weight[i] *
                   w->sum[av_clip((x << log2_w) + mx->first + i, 0, fine - 1)];
        w->mean[comp][x] = ((sum << up) + half) >> shift;
    }
}

/* Chroma of the output from finer samples. */
static void chroma_means(const Work *w, int y, int n)
{
    const V360Converter *c = w->c;

    for (int k = 0; k < c->in->nb_colours; k++)
        if (k || c->in->is_rgb)
            mean_row(w, k, y, n);
    for (int i = 1; i < 3; i++) {
        const V360ConverterMix *m = &c->mean[i];
        const uint8_t *src[3] = { NULL };
        uint8_t *dst = begin_row(w, i, y);

        for (int k = 0; k < m->nb; k++)
            src[k] = (const uint8_t *)w->mean[m->comp[k]];
        c->mean_dsp.mix[m->nb - 1](dst, src, &m->mix, n);
        end_row(w, i, dst, y, n);
    }
}

static av_cold void init_work(Work *w, uint8_t *tmp)
{
    const int size = w->c->row_size / V360_CONVERTER_ROWS;

    for (int i = 0; i < 4; i++) {
        w->split[i] = tmp + i * size;
        w->mixed[i] = tmp + (4 + i) * size;
    }
    for (int i = 0; i < 2; i++) {
        w->part[i]     = (int32_t *)(tmp + (8 + i) * size) + V360_PART_MARGIN;
        w->part_row[i] = INT32_MIN;
    }
    for (int i = 0; i < 3; i++)
        w->mean[i] = (uint16_t *)(tmp + (10 + i) * size);
    w->sum   = (uint32_t *)(tmp + 13 * size);
    w->blend = (int32_t *)(tmp + 14 * size) + V360_PART_MARGIN;
}

/* The byte of formats such as RGB0 that stands for nothing. */
static void fill_padding(const Work *w, int y)
{
    const V360Format *f = &w->c->out->format;

    if (f->plane[0].components != 4 || f->has_alpha)
        return;
    for (int x = 0, i = 0 + 6 - f->comp[0].index - f->comp[1].index -
         f->comp[2].index; x < w->c->w; x++)
        w->out->data[0][y * w->out->linesize[0] + 4 * x + i] = 255;
}

void ff_v360_convert_band(const V360Converter *c, uint8_t *data, uint8_t *tmp,
                          AVFrame *out, int y)
{
    const V360Output *o = c->out;
    const int end = FFMIN(y + ff_v360_converter_band(c), c->h);
    const int step = 1 << o->chroma.log2_h;
    const int subsampled = o->format.nb_sitings > 1;
    const int chroma_w = AV_CEIL_RSHIFT(c->w, o->chroma.log2_w);
    Work w = { .c = c, .data = data, .out = out };

    init_work(&w, tmp);
    for (int row = y; row < end; row++) {
        for (int i = 0; i < o->mixer.nb && (!i || !subsampled); i++) {
            if (!i && c->out->has_part)
                luma_row(&w, row);
            else
                mix_row(&w, i, row, c->w);
        }
        if (o->format.has_alpha)
            mix_row(&w, 3, row, c->w);
        if (is_pack3(c))
            pack3(&w, row);
        fill_padding(&w, row);
    }
    for (int row = y; row < end && subsampled; row += step) {
        if (c->out->has_means)
            chroma_means(&w, row / step, chroma_w);
        for (int i = 1; i < 3 && !c->out->has_means; i++)
            mix_row(&w, i, row / step, chroma_w);
    }
}
