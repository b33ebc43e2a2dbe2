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

#ifndef AVFILTER_V360BATCH_COLOUR_H
#define AVFILTER_V360BATCH_COLOUR_H

#include <stdint.h>

#include "libavutil/pixfmt.h"
#include "format.h"

/**
 * @file
 * How the samples of a view become those of another format, range or matrix,
 * in integers and alike on the CPU and on a GPU.
 *
 * A view is remapped in the format of its source first, and the samples that
 * come out are converted then. Components 0 to 2 are Y, Cb and Cr, or R, G and
 * B; component 3 is alpha. A component of the output is rounded once:
 *
 *   clip((coef[0] c0 + coef[1] c1 + coef[2] c2 + offset) >> shift, 0, max)
 *
 * with the components c0 to c2 at the place of the sample. Where these have
 * other places in the view, they are brought to that of the sample:
 *
 * - Luma, R, G and B from chroma of 4:4:4 and RGB: nothing is to be done, as
 *   chroma is remapped to the places of luma. So it is wherever the output has
 *   no subsampled chroma.
 * - Luma of another matrix from subsampled chroma: the part of the sum that
 *   chroma makes, coef[1] (c1 - mid) + coef[2] (c2 - mid), is interpolated
 *   between the chroma samples around the place, first in y, then in x, by
 *   weights of eighths, each time as (w0 a + w1 b + 4) >> 3.
 * - Subsampled chroma from components that have a finer sampling: the mean of
 *   the samples around the place, with some more bits; see V360Means.
 */

/** How one component of the output is made. */
typedef struct V360Mix {
    int16_t coef[3];   ///< by component of the source
    int32_t offset;    ///< half of a unit, for rounding, included
    int shift;
    int max;
} V360Mix;

/** What a format's numbers stand for. */
typedef struct V360Colours {
    const V360Format *format;
    enum AVColorSpace matrix;  ///< not unspecified, but for gray
    int full;                  ///< full range
} V360Colours;

/** A conversion of colours. */
typedef struct V360Mixer {
    int nb;            ///< components of the output but for alpha, 1 or 3
    V360Mix mix[4];    ///< by component of the output; [3] is of alpha, from
                       ///< coef[0] times the source's alpha
    int mean_bits;     ///< fractional bits that a mean of samples has
    V360Mix mean[3];   ///< mixes of such means, by component of the output
    int32_t part;      ///< offset of the part of mix[0] that chroma makes
} V360Mixer;

/**
 * Prepare a conversion.
 *
 * @return 0, or AVERROR(ENOSYS) if there is no conversion between matrices that
 *         are not the same
 */
int ff_v360_mixer_init(V360Mixer *m, const V360Colours *in,
                       const V360Colours *out);

/**
 * Weights of two neighbours for a place between them, on one axis.
 *
 * @param i      place on the finer axis
 * @param log2   how many times the neighbours' sampling is halved
 * @param pos    place of the neighbours, as av_chroma_location_enum_to_pos()
 *               gives it
 * @param first  set to the index of the first neighbour, -1 or more
 * @return weight of the second neighbour in eighths; the first has the rest
 */
static inline int ff_v360_neighbours(int i, int log2, int pos, int *first)
{
    const int t = (16 * i - (((1 << log2) - 1) * pos >> 4)) >> (log2 + 1);

    *first = t >> 3;
    return t & 7;
}

/** Weights for the mean of the finer samples around a place, on one axis. */
typedef struct V360Means {
    int first;         ///< the first sample, from that of index << log2 on
    int nb;            ///< 1 to 5
    int weight[5];
    int log2_sum;      ///< of the weights
} V360Means;

/**
 * Get the weights for samples that are halved log2 times.
 *
 * @param pos  place of the result, as av_chroma_location_enum_to_pos() gives it
 */
V360Means ff_v360_means(int log2, int pos);

/**
 * Get the matrix of a source that may not say its own: BT.601 for full range,
 * as JPEG has it; else BT.709 for frames of HD, which are 1280 or more wide or
 * more than 576 high, and BT.601 for smaller ones, as players do.
 */
enum AVColorSpace ff_v360_matrix(enum AVColorSpace matrix, int w, int h,
                                 int full);

#endif /* AVFILTER_V360BATCH_COLOUR_H */
