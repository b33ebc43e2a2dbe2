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

#ifndef AVFILTER_V360BATCH_CPU_CONVERT_H
#define AVFILTER_V360BATCH_CPU_CONVERT_H

#include "libavfilter/v360batch/context.h"
#include "mix.h"

/**
 * @file
 * The conversion of rows of a view that have just been remapped, while they are
 * in a cache.
 *
 * Rows come in bands: V360_BLOCK_H rows of planes that are sited as the view's
 * remapped chroma, and as many of luma as belong to them. Where rows of other
 * bands are needed, too, the bands before and after are in the cache as well.
 */

/** Rows on the way that V360Converter.row_size has space for. */
#define V360_CONVERTER_ROWS 15

/** A mix of only those components that it takes. */
typedef struct V360ConverterMix {
    V360Mix mix;
    int nb;                   ///< 0 to 3; 0: the same everywhere
    int comp[3];
} V360ConverterMix;

/** How views of one kind of output are converted. */
typedef struct V360Converter {
    const V360Format *in;
    const V360Output *out;
    int w, h;                 ///< of the view
    int rows[4];              ///< rows of a band, by plane of the source
    int pitch[4];             ///< bytes of a row, by plane; 0: not needed
    int slots[4];             ///< bands that are kept: 3, or 1
    size_t offset[4];         ///< where a plane begins
    size_t size;              ///< bytes of all planes of a view
    size_t row_size;          ///< bytes for rows on the way
    int halo;                 ///< bands around one are needed to convert it
    V360MixDSP dsp, mean_dsp; ///< for samples, and for means of them
    V360ConverterMix mix[4];  ///< by component of the output
    V360ConverterMix mean[3]; ///< if chroma is made of means
    V360Mix part, luma;       ///< for V360MixDSP.part and .luma
    V360Means mean_x, mean_y;
} V360Converter;

/**
 * Prepare for views of one output, which has its places.
 *
 * @param in  format of the source
 */
void ff_v360_converter_init(V360Converter *c, const V360Format *in,
                            const V360Output *out, int w, int h);

/** Rows of luma in a band. */
int ff_v360_converter_band(const V360Converter *c);

/**
 * Where rows of a band of a plane are to be remapped to.
 *
 * @param data  c->size bytes, aligned to 64
 * @param y     the band's first row in the plane
 */
uint8_t *ff_v360_converter_rows(const V360Converter *c, uint8_t *data,
                                int plane, int y);

/**
 * Convert a band.
 *
 * @param data  remapped rows
 * @param tmp   c->row_size bytes, aligned to 64
 * @param y     the band's first row of luma
 */
void ff_v360_convert_band(const V360Converter *c, uint8_t *data, uint8_t *tmp,
                          AVFrame *out, int y);

#endif /* AVFILTER_V360BATCH_CPU_CONVERT_H */
