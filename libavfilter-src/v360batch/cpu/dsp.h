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

#ifndef AVFILTER_V360BATCH_CPU_DSP_H
#define AVFILTER_V360BATCH_CPU_DSP_H

#include <stddef.h>
#include <stdint.h>

#include "libavfilter/v360batch/interp.h"
#include "libavfilter/v360batch/projection/density.h"
#include "libavfilter/v360batch/sample.h"
#include "block.h"

/**
 * @file
 * The functions that remap on the CPU, in integers only: samples by their
 * points, and whole blocks; those that shrink; and those that store and prefetch.
 *
 * All implementations give the same bytes as the C ones. A sample beyond its
 * depth, which no decoder makes but a raw file can have, is clipped once: the
 * kernels of four taps clip what they read, as their weights can be negative;
 * the kernel of two taps clips its sum; nearest copies the sample.
 */

/** What is the same for all samples of a plane of a view. */
typedef struct V360Remap {
    const uint8_t *src;
    ptrdiff_t linesize;
    int32_t period;              ///< x wraps here (24.8); INT32_MAX: nowhere
    const int16_t (*weights)[4]; ///< weights of a 4-tap kernel, by phase
    int max;                     ///< largest value of a sample, unshifted
    int shift;                   ///< unused low bits of a sample
    int msb;                     ///< bits of a sample, unused low ones included
    uint16_t fill[4];            ///< value of unmapped points, by component
    const V360Border *border;
} V360Remap;

/**
 * Remap n samples of one row.
 *
 * @param dst    samples of one row
 * @param point  n positions
 * @param dx     added to every x (24.8), then wrapped at r->period
 */
typedef void (*V360RemapFunc)(uint8_t *dst, const V360Point *point, int n,
                              const V360Remap *r, int32_t dx);

/**
 * Remap n blocks of one layout, one beside the other, for several sources.
 *
 * @param block   n blocks, each of ff_v360_block_size() bytes
 * @param dst     for each source 4 rows of V360_BLOCK_PITCH samples
 * @param src     nb_src addresses that anchors count from
 * @param r       its src, period and border are not used
 */
typedef void (*V360BlocksFunc)(uint8_t *dst, const V360Block *block, int n,
                               const uint8_t *const *src, int nb_src,
                               const V360Remap *r);

typedef struct V360DSPContext {
    /**
     * For points of which none is unmapped, and whose taps all lie inside one
     * face after dx is added without a wrap.
     */
    V360RemapFunc remap_points_inside;
    /** For any points. */
    V360RemapFunc remap_points;
    V360BlocksFunc remap_blocks[V360_NB_BLOCK_LAYOUTS];
    /**
     * Layouts that are faster than remap_points_inside, as bits 1 << enum
     * V360BlockLayout. A block is made in the first layout that it fits.
     */
    int block_layouts;
    /**
     * Make n samples, each the mean of as many columns and rows of src as the
     * index says, 2 to V360_MAX_SUPERSAMPLE, rounded; ties go up.
     *
     * @param shift  V360Remap.shift
     */
    void (*shrink[V360_MAX_SUPERSAMPLE + 1])(uint8_t *dst, const uint8_t *src,
                                             ptrdiff_t src_linesize, int n,
                                             int shift);
    /**
     * Copy V360_BLOCK_H rows of width bytes, past the caches where that can be
     * done: nobody reads dst soon. All arguments are multiples of 64.
     */
    void (*store)(uint8_t *dst, ptrdiff_t dst_linesize, const uint8_t *src,
                  ptrdiff_t src_linesize, ptrdiff_t width);
    /**
     * Have n lines of 64 bytes fetched into a cache, without waiting for them.
     * n may be 0 or less.
     *
     * @param line  y << 16 | 64ths of the offset in the row
     */
    void (*prefetch)(const uint32_t *line, ptrdiff_t n, const uint8_t *src,
                     ptrdiff_t linesize);
    /** The same for the lines of n consecutive bytes. */
    void (*prefetch_bytes)(const void *p, ptrdiff_t n);
    /** To be called after the last store of a thread, before others read. */
    void (*store_end)(void);
} V360DSPContext;

/**
 * Choose the fastest functions that this CPU has.
 *
 * @param bits        size of a component in memory, 8 or 16
 * @param components  interleaved components of a sample: 1, 2 or 4 (8 bit),
 *                    1 or 2 (16 bit)
 * @param msb         that of the V360Remap of all calls
 */
void ff_v360_dsp_init(V360DSPContext *dsp, enum V360Interp interp,
                      int bits, int components, int msb);
void ff_v360_dsp_init_x86(V360DSPContext *dsp, enum V360Interp interp,
                          int bits, int components, int msb);

/** The same for V360DSPContext.shrink alone. */
void ff_v360_shrink_init(V360DSPContext *dsp, int bits, int components);
void ff_v360_shrink_init_x86(V360DSPContext *dsp, int bits, int components);

#endif /* AVFILTER_V360BATCH_CPU_DSP_H */
