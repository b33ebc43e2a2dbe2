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

/**
 * @file
 * Remapping of one row of samples, in integers only.
 *
 * A sample is interpolated from the taps around a position in 24.8 fixed
 * point: tap column and row are coord >> 8, the phase is coord & 255. All
 * implementations give the same bytes as the C ones.
 *
 * A sample beyond its depth, which no decoder makes but a raw file can have,
 * is clipped once: the kernels of four taps clip what they read, as their
 * weights can be negative; that of two taps clips its sum; nearest copies it.
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
    int max;                     ///< largest value of a sample, unshifted
    int shift;                   ///< unused low bits of a sample
    int depth;                   ///< bits of a sample, unused low ones included
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

/**
 * Samples that fast implementations take together: their taps lie in a few
 * small windows of the source. What picks the taps of a sample out of its
 * window, and its phases, is the same for all views whose x-offset has the
 * same fraction, so it is prepared once.
 */
#define V360_UNIT_W  16
#define V360_UNIT_H  4
#define V360_UNIT_SAMPLES (V360_UNIT_W * V360_UNIT_H)
#define V360_UNIT_WINDOWS V360_UNIT_SAMPLES
#define V360_WINDOW_BYTES 16    ///< width of all windows
/** Samples between two rows of what remap_units writes. */
#define V360_UNIT_PITCH  128

/**
 * How a unit is divided into windows. In kinds of blocks the samples are
 * ordered by halves of 8x4 samples, each in rows, and windows have 8 rows;
 * kinds of rows have the samples in rows, and windows of the rows named plus
 * those that the kernel reaches further.
 */
enum V360UnitKind {
    V360_UNIT_8X4,     ///< 2 windows, each for 8x4 samples
    V360_UNIT_4X4,     ///< 4 windows
    V360_UNIT_4X2,     ///< 8 windows
    V360_UNIT_2X2,     ///< 16 windows
    V360_UNIT_8X1_R2,  ///< 8 windows for 8x1 samples, which start in 2 rows
    V360_UNIT_8X1_R3,  ///< in 3 rows
    V360_UNIT_8X1_R6,  ///< in 6 rows
    V360_UNIT_4X1_R3,  ///< 16 windows for 4x1 samples
    V360_UNIT_4X1_R6,
    V360_UNIT_1X1,     ///< a window for each sample, of the taps it has
    V360_NB_UNIT_KINDS,
    V360_UNIT_NONE = V360_NB_UNIT_KINDS, ///< fits none of the kinds
};

typedef struct V360UnitShape {
    uint8_t w, h;     ///< samples of a window
    uint8_t rows;     ///< rows in which their first taps may lie, or
    uint8_t total;    ///< rows of the window, if not 0
    uint8_t log2_w, log2_h;  ///< of w and h
} V360UnitShape;

extern const V360UnitShape ff_v360_unit_shapes[V360_NB_UNIT_KINDS];

typedef struct V360Unit {
    /** First tap of a sample in its window: 16 * row + byte of the row. */
    uint8_t index[V360_UNIT_SAMPLES];
    uint8_t fx[V360_UNIT_SAMPLES], fy[V360_UNIT_SAMPLES]; ///< phases
    uint16_t anchor[V360_UNIT_WINDOWS][2];  ///< x, y of the windows it has
} V360Unit;

static inline int ff_v360_nb_windows(enum V360UnitKind kind)
{
    const V360UnitShape *s = &ff_v360_unit_shapes[kind];

    return V360_UNIT_SAMPLES / (s->w * s->h);
}

/** Rows of the windows of a kind, for a kernel of so many taps. */
static inline int ff_v360_window_rows(enum V360UnitKind kind, int taps)
{
    const V360UnitShape *s = &ff_v360_unit_shapes[kind];

    return s->total ? s->total : s->rows + taps - 1;
}

/** Bytes of a unit: it ends, but for padding, with the last of its windows. */
static inline int ff_v360_unit_size(enum V360UnitKind kind)
{
    return (offsetof(V360Unit, anchor[ff_v360_nb_windows(kind)]) + 15) & ~15;
}

/**
 * Where a sample of a unit is kept.
 *
 * @param window  its window
 * @return index into the arrays of V360Unit
 */
static inline int ff_v360_unit_index(enum V360UnitKind kind, int x, int y,
                                     int *window)
{
    const V360UnitShape *s = &ff_v360_unit_shapes[kind];

    if (!s->total) {
        *window = y * (V360_UNIT_W >> s->log2_w) + (x >> s->log2_w);
        return y * V360_UNIT_W + x;
    }
    /* by halves, then by columns, then by rows of windows */
    *window = (x >> s->log2_w) * (V360_UNIT_H >> s->log2_h) + (y >> s->log2_h);
    return x / 8 * 32 + y * 8 + x % 8;
}

/**
 * Remap n units of one kind, one beside the other, for several sources.
 *
 * @param unit    n units, each of ff_v360_unit_size() bytes
 * @param dst     for each source 4 rows of V360_UNIT_PITCH samples
 * @param src     nb_src addresses that anchors count from
 * @param r       src, period and border are not looked at
 */
typedef void (*V360UnitsFunc)(uint8_t *dst, const V360Unit *unit, int n,
                              const uint8_t *const *src, int nb_src,
                              const V360Remap *r);

typedef struct V360BatchDSPContext {
    /**
     * No point is void, and all taps of each lie inside one face, after
     * adding dx without wrapping.
     */
    V360RemapFunc remap_inside;
    /** Any points. */
    V360RemapFunc remap_border;
    V360UnitsFunc remap_units[V360_NB_UNIT_KINDS];
    /**
     * Kinds that are faster than remap_inside: bits 1 << enum V360UnitKind.
     * A unit is made of the first kind that it fits.
     */
    int unit_kinds;
    /**
     * Copy V360_UNIT_H rows of a multiple of 64 bytes, for the last time in
     * a while. All addresses and pitches are multiples of 64.
     */
    void (*store)(uint8_t *dst, ptrdiff_t dst_linesize, const uint8_t *src,
                  ptrdiff_t src_linesize, ptrdiff_t width);
    /**
     * Ask for lines of 64 bytes, without waiting for them. n may be 0 or less.
     *
     * @param line  y << 16 | 64ths of the offset in the row
     */
    void (*prefetch)(const uint32_t *line, ptrdiff_t n, const uint8_t *src,
                     ptrdiff_t linesize);
    /** The same for consecutive lines of memory, some bytes of each. */
    void (*prefetch_bytes)(const void *p, ptrdiff_t n);
    /** Called after the last store of a thread. */
    void (*store_end)(void);
} V360BatchDSPContext;

/**
 * @param bits        size of a component in memory, 8 or 16
 * @param components  interleaved components of a sample: 1, 2 or 4 (8 bit),
 *                    1 or 2 (16 bit)
 * @param depth       that of the V360Remap of all calls
 */
void ff_v360batchdsp_init(V360BatchDSPContext *dsp, enum V360Interp interp,
                          int bits, int components, int depth);
void ff_v360batchdsp_init_x86(V360BatchDSPContext *dsp, enum V360Interp interp,
                              int bits, int components, int depth);

/** Taps of a kernel in each direction. */
static inline int ff_v360_taps(enum V360Interp interp)
{
    return interp == V360_NEAR ? 1 : interp == V360_LINE ? 2 : 4;
}

/**
 * Weights of the four taps -1, 0, 1, 2 for each phase; each row sums to
 * 1 << V360_WEIGHT_BITS exactly. Formulas as in vf_v360.c.
 */
void ff_v360_kernel_weights(int16_t weights[V360_PHASES][4],
                            enum V360Interp interp);

#endif /* AVFILTER_V360BATCH_CPU_DSP_H */
