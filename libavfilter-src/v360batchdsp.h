/*
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

#ifndef AVFILTER_V360BATCHDSP_H
#define AVFILTER_V360BATCHDSP_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Remapping of one row of samples, in integers only.
 *
 * A sample is interpolated from the taps around a position in 24.8 fixed
 * point: tap column and row are coord >> 8, the phase is coord & 255. All
 * implementations give the same bytes as the C ones.
 */

enum V360Interp {
    V360_NEAR,
    V360_LINE,
    V360_LAGRANGE9,
    V360_CUBE,
    V360_LANC,
    V360_SP16,
    V360_GAUSS,
    V360_MITCHELL,
    V360_NB_INTERPS,
};

#define V360_PHASES        256
#define V360_WEIGHT_BITS    14
#define V360_VOID    INT32_MIN  ///< x of a point that hits no source

/** How far the widest kernel reaches from its tap column or row. */
#define V360_TAPS_BEFORE 1
#define V360_TAPS_AFTER  2
/** Width of the frame of replacement places around a face. */
#define V360_RING        2

/** A position in the source plane: 24.8 fixed point, of the sample centre. */
typedef struct V360Point {
    int32_t x, y;
} V360Point;

/** A sample of the source plane. */
typedef struct V360Place {
    uint16_t x, y;
} V360Place;

/** A rectangle of the source plane and what lies beyond its edges. */
typedef struct V360BorderFace {
    int x0, y0, x1, y1;  ///< samples; x1 and y1 are outside
    /**
     * Places to fetch instead of the samples of a frame V360_RING wide
     * around the rectangle: rows above, rows below, each (x1 - x0 + 4) long,
     * then for each row of the rectangle two to its left and two to its right.
     */
    const V360Place *ring;
} V360BorderFace;

typedef struct V360Border {
    int nb_faces;
    V360BorderFace face[6];
} V360Border;

/** What is the same for all samples of a plane of a view. */
typedef struct V360Remap {
    const uint8_t *src;
    ptrdiff_t linesize;
    int32_t period;              ///< x wraps here (24.8); INT32_MAX: nowhere
    const int16_t (*weights)[4]; ///< by phase, of the 4-tap kernels
    int depth;                   ///< bits of a sample, unused low ones included
    int shift;                   ///< unused low bits of a sample
    int max;                     ///< largest value of a sample, unshifted
    uint16_t fill[4];            ///< by component, for points that are void
    const V360Border *border;
} V360Remap;

/**
 * @param dst    samples of one row
 * @param point  n positions
 * @param dx     added to every x (24.8), then wrapped at r->period
 */
typedef void (*V360RemapFunc)(uint8_t *dst, const V360Point *point, int n,
                              const V360Remap *r, int32_t dx);

typedef struct V360BatchDSPContext {
    /**
     * No point is void, and all taps of each lie inside one face, after
     * adding dx without wrapping.
     */
    V360RemapFunc remap_inside;
    /** Any points. */
    V360RemapFunc remap_border;
} V360BatchDSPContext;

/**
 * @param bits        size of a component in memory, 8 or 16
 * @param components  interleaved components of a sample: 1, 2 or 4 (8 bit),
 *                    1 or 2 (16 bit)
 */
void ff_v360batchdsp_init(V360BatchDSPContext *dsp, enum V360Interp interp,
                          int bits, int components);

/**
 * Weights of the four taps -1, 0, 1, 2 for each phase; each row sums to
 * 1 << V360_WEIGHT_BITS exactly. Formulas as in vf_v360.c.
 */
void ff_v360_kernel_weights(int16_t weights[V360_PHASES][4],
                            enum V360Interp interp);

#endif /* AVFILTER_V360BATCHDSP_H */
