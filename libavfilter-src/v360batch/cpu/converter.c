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


#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "block.h"
#include "convert.h"

static int is_needed(const V360Format *in, const V360Output *out, int plane)
{
    const V360Mixer *m = &out->mixer;

    for (int k = 0; k < 4; k++) {
        if (k < 3 ? k >= in->nb_colours : !in->has_alpha)
            continue;
        if (in->comp[k].plane != plane)
            continue;
        if (k == 3 && out->format.has_alpha)
            return 1;
        for (int i = 0; i < m->nb && k < 3; i++)
            if (m->mix[i].coef[k])
                return 1;
    }
    return 0;
}

/* Leave out the components that a mix does not take. */
static av_cold void take(V360ConverterMix *dst, const V360Mix *mix)
{
    int nb = 0;

    *dst = (V360ConverterMix){ .mix = *mix };
    for (int k = 0; k < 3; k++) {
        dst->mix.coef[k] = 0;
        if (!mix->coef[k])
            continue;
        dst->mix.coef[nb] = mix->coef[k];
        dst->comp[nb++]   = k;
    }
    dst->nb = nb;
}

/* Split the mix of luma into what comes from luma and what from chroma. */
static av_cold void init_luma(V360Converter *c)
{
    const V360Mixer *m = &c->out->mixer;
    const V360Mix *mix = &m->mix[0];

    c->luma = c->part = *mix;
    c->part.coef[0] = mix->coef[1];
    c->part.coef[1] = mix->coef[2];
    c->part.offset  = m->part;
    c->luma.offset  = mix->offset - m->part;
}

/* Whether rows before and after a band of a plane are needed with it. */
static av_cold int has_halo(const V360Converter *c, int plane)
{
    return c->halo && (plane == c->in->comp[1].plane ||
                       plane == c->in->comp[2].plane ||
                       (c->in->is_rgb && plane == c->in->comp[0].plane));
}

static av_cold void init_planes(V360Converter *c)
{
    const V360Output *o = c->out;
    const int luma_rows = ff_v360_converter_band(c);

    for (int p = 0; p < c->in->nb_planes; p++) {
        const V360Plane *plane = &c->in->plane[p];
        const int chroma = plane->siting;
        const int w = chroma ? AV_CEIL_RSHIFT(c->w, o->places.log2_w) : c->w;

        c->rows[p]   = chroma ? V360_BLOCK_H : luma_rows;
        c->slots[p]  = has_halo(c, p) ? 3 : 1;
        c->offset[p] = c->size;
        c->pitch[p]  = is_needed(c->in, o, p) ?
            FFALIGN(w * ff_v360_sample_bytes(plane) + V360_MIX_MARGIN, 64) : 0;
        c->size += (size_t)c->pitch[p] * c->rows[p] * c->slots[p];
    }
}

av_cold void ff_v360_converter_init(V360Converter *c, const V360Format *in,
                                    const V360Output *out, int w, int h)
{
    const V360Mixer *m = &out->mixer;
    const int log2_w = out->chroma.log2_w - out->places.log2_w;
    const int log2_h = out->chroma.log2_h - out->places.log2_h;
    const int bits = out->format.plane[0].bits;
    const int min_n = w >> out->chroma.log2_w;

    *c = (V360Converter){ .in = in, .out = out, .w = w, .h = h };
    for (int i = 0; i < m->nb; i++)
        take(&c->mix[i], &m->mix[i]);
    c->mix[3] = (V360ConverterMix){ m->mix[3], in->has_alpha, { 3 } };
    /* the fast functions only know chroma that is subsampled once in x */
    ff_v360_mix_init(&c->dsp, in->plane[0].bits, bits,
                     out->has_part && out->places.log2_w != 1 ? 0 : min_n);
    ff_v360_mix_init(&c->mean_dsp, 16, bits, min_n);
    c->mean_x    = ff_v360_means(log2_w, out->chroma.xpos);
    c->mean_y    = ff_v360_means(log2_h, out->chroma.ypos);
    for (int i = 1; i < 3 && out->has_means; i++)
        take(&c->mean[i], &m->mean[i]);
    if (out->has_part)
        init_luma(c);
    c->halo = (out->has_part && out->places.log2_h) ||
              (out->has_means && (c->mean_y.first < 0 ||
                                c->mean_y.first + c->mean_y.nb > 1 << log2_h));
    init_planes(c);
    c->row_size = V360_CONVERTER_ROWS *
                  FFALIGN((w + 2 * V360_PART_MARGIN) * 4 + V360_MIX_MARGIN,
                          64);
}

int ff_v360_converter_band(const V360Converter *c)
{
    return V360_BLOCK_H << (c->in->nb_sitings > 1 ? c->out->places.log2_h : 0);
}

uint8_t *ff_v360_converter_rows(const V360Converter *c, uint8_t *data,
                                int plane, int y)
{
    const int rows = c->rows[plane];

    return data + c->offset[plane] + (size_t)c->pitch[plane] *
           (y / rows % c->slots[plane] * rows + y % rows);
}
