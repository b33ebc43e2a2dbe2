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

#ifndef AVFILTER_V360BATCH_CPU_MIX_H
#define AVFILTER_V360BATCH_CPU_MIX_H

#include <stddef.h>
#include <stdint.h>

#include "libavfilter/v360batch/colour.h"
#include "libavfilter/v360batch/map/source.h"

/**
 * @file
 * Rows of components, each in a row of its own, mixed on the CPU. All
 * implementations give the same bytes as the C ones.
 */

/** Parts before and after a row of them that functions may read or write. */
#define V360_PART_MARGIN 16

/** Bytes after the end of a row that functions may read. */
#define V360_MIX_MARGIN 64

/**
 * Mix components.
 *
 * @param src  rows of the components whose coefficients are not 0, those first
 * @param m    its coefficients are in the order of src
 */
typedef void (*V360MixFunc)(uint8_t *dst, const uint8_t *const src[3],
                            const V360Mix *m, ptrdiff_t n);

typedef struct V360MixDSP {
    V360MixFunc mix[3];    ///< of 1, 2 and 3 components
    /**
     * The part of a sum that two components make:
     * coef[0] src[0] + coef[1] src[1] + offset
     */
    void (*part)(int32_t *dst, const uint8_t *const src[2], const V360Mix *m,
                 ptrdiff_t n);
    /** Interpolate between rows of parts; weight is that of b in eighths. */
    void (*blend)(int32_t *dst, const int32_t *a, const int32_t *b, int weight,
                  ptrdiff_t n);
    /**
     * Mix luma, by coef[0], with parts that are interpolated in x. If n is odd,
     * dst must have space for one more sample.
     *
     * @param part    of chroma, with V360_PART_MARGIN more before and after
     * @param chroma  where it lies
     */
    void (*luma)(uint8_t *dst, const uint8_t *src, const int32_t *part,
                 const V360ChromaPlaces *chroma, const V360Mix *m,
                 ptrdiff_t n);
    /** Interleave three rows of bytes. */
    void (*pack3)(uint8_t *dst, const uint8_t *const src[3], ptrdiff_t n);
} V360MixDSP;

/**
 * Choose the fastest functions that this CPU has.
 *
 * @param in     size of a component in memory that is read, 8 or 16
 * @param out    size of a component that is written, 8 or 16
 * @param min_n  smallest n of all calls; below 16 there are only functions in
 *               C, and others have a luma for chroma that is subsampled once
 *               in x alone
 */
void ff_v360_mix_init(V360MixDSP *dsp, int in, int out, int min_n);
void ff_v360_mix_init_x86(V360MixDSP *dsp, int in, int out, int min_n);

#endif /* AVFILTER_V360BATCH_CPU_MIX_H */
