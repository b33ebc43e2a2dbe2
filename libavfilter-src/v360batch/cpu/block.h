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

#ifndef AVFILTER_V360BATCH_CPU_BLOCK_H
#define AVFILTER_V360BATCH_CPU_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "libavfilter/v360batch/sample.h"

/**
 * @file
 * Blocks: samples that fast implementations remap together. The taps of a block
 * lie in a few small windows of the source. The index that picks a sample's
 * taps from its window, and the sample's phases, are the same for all views
 * whose x-offsets have one phase: so a block is made once for all of them.
 */

#define V360_BLOCK_W  16
#define V360_BLOCK_H  4
#define V360_BLOCK_SAMPLES (V360_BLOCK_W * V360_BLOCK_H)
#define V360_BLOCK_WINDOWS V360_BLOCK_SAMPLES
#define V360_WINDOW_BYTES 16    ///< width of all windows
/**
 * Samples from row to row of what remap_blocks writes. 128 are 8 blocks side by
 * side: 4 rows of 4 bytes a sample for 8 views at once are 16 KiB, half of an
 * L1 cache.
 */
#define V360_BLOCK_PITCH  128

/**
 * How a block is divided into windows, each for as many samples as the name
 * begins with. In the first four, windows have 8 rows, and samples are ordered
 * by halves of 8x4 samples, each half in rows. In the others, samples are in
 * rows, and windows have the R rows in which first taps lie, and those that the
 * kernel reaches further.
 */
enum V360BlockLayout {
    V360_BLOCK_8X4,    ///< 2 windows, each for 8x4 samples
    V360_BLOCK_4X4,    ///< 4 windows
    V360_BLOCK_4X2,    ///< 8 windows
    V360_BLOCK_2X2,    ///< 16 windows
    V360_BLOCK_8X1_R2, ///< 8 windows for 8x1 samples, first taps in 2 rows
    V360_BLOCK_8X1_R3, ///< in 3 rows
    V360_BLOCK_8X1_R6, ///< in 6 rows
    V360_BLOCK_4X1_R3, ///< 16 windows for 4x1 samples
    V360_BLOCK_4X1_R6,
    V360_BLOCK_1X1,    ///< a window for each sample, as high as the kernel
    V360_NB_BLOCK_LAYOUTS,
    V360_BLOCK_NONE = V360_NB_BLOCK_LAYOUTS, ///< no layout fits the block
};

typedef struct V360BlockShape {
    uint8_t w, h;     ///< samples that have a window in common
    uint8_t rows;     ///< rows in which their first taps may lie
    uint8_t total;    ///< rows of the window; 0: by rows and the kernel
    uint8_t log2_w, log2_h;  ///< logarithms of w and h
} V360BlockShape;

extern const V360BlockShape ff_v360_block_shapes[V360_NB_BLOCK_LAYOUTS];

typedef struct V360Block {
    /** First tap of a sample in its window: 16 * row + byte of the row. */
    uint8_t index[V360_BLOCK_SAMPLES];
    uint8_t fx[V360_BLOCK_SAMPLES], fy[V360_BLOCK_SAMPLES]; ///< phases
    uint16_t anchor[V360_BLOCK_WINDOWS][2]; ///< x, y of each window there is
} V360Block;

static inline int ff_v360_nb_windows(enum V360BlockLayout layout)
{
    const V360BlockShape *s = &ff_v360_block_shapes[layout];

    return V360_BLOCK_SAMPLES >> (s->log2_w + s->log2_h);
}

/** Rows of the windows of a layout, for a kernel of so many taps. */
static inline int ff_v360_window_rows(enum V360BlockLayout layout, int taps)
{
    const V360BlockShape *s = &ff_v360_block_shapes[layout];

    return s->total ? s->total : s->rows + taps - 1;
}

/** Bytes of a block, which ends with its last window's anchor, and padding. */
static inline int ff_v360_block_size(enum V360BlockLayout layout)
{
    return (offsetof(V360Block, anchor[ff_v360_nb_windows(layout)]) + 15) & ~15;
}

/**
 * Where a sample of a block is kept.
 *
 * @param window  set to the sample's window
 * @return index into the arrays of V360Block
 */
static inline int ff_v360_block_index(enum V360BlockLayout layout, int x, int y,
                                      int *window)
{
    const V360BlockShape *s = &ff_v360_block_shapes[layout];

    if (!s->total) {
        *window = y * (V360_BLOCK_W >> s->log2_w) + (x >> s->log2_w);
        return y * V360_BLOCK_W + x;
    }
    /* by halves, then by columns, then by rows of windows */
    *window = (x >> s->log2_w) * (V360_BLOCK_H >> s->log2_h) + (y >> s->log2_h);
    return x / 8 * 32 + y * 8 + x % 8;
}

/** Properties of the samples that blocks are made of. */
typedef struct V360BlockFormat {
    int layouts;        ///< V360DSPContext.block_layouts
    int taps;           ///< ff_v360_taps()
    int step;           ///< bytes of a sample
    int w, h;           ///< samples of the source plane
} V360BlockFormat;

/**
 * Make a block of the first of the layouts that it fits.
 *
 * @param point  V360_BLOCK_SAMPLES in rows, none of them unmapped
 * @param phase  low 8 bits of the x-offset that the block is for
 * @return the layout; V360_BLOCK_NONE: the contents of block are undefined
 */
enum V360BlockLayout ff_v360_block_make(V360Block *block,
                                        const V360Point *point,
                                        const V360BlockFormat *f, int phase);

/** Restore the points that a block was made of. */
void ff_v360_block_decode(V360Point *point, const V360Block *block,
                          enum V360BlockLayout layout, const V360BlockFormat *f,
                          int phase);

#endif /* AVFILTER_V360BATCH_CPU_BLOCK_H */
