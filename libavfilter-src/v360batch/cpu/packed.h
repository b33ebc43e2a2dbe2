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

#ifndef AVFILTER_V360BATCH_CPU_PACKED_H
#define AVFILTER_V360BATCH_CPU_PACKED_H

#include <stdint.h>

#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavfilter/v360batch/sample.h"
#include "block.h"

/**
 * @file
 * The points of a whole grid as blocks, in rows of segments, packed.
 */

/** Blocks of a segment, which are shifted and wrapped as one. */
#define V360_SEGMENT_BLOCKS (V360_BLOCK_PITCH / V360_BLOCK_W)

/** Rows of blocks in a slice. */
#define V360_SLICE_BLOCK_ROWS 8

/** Rows of samples in a slice. */
#define V360_SLICE_ROWS (V360_SLICE_BLOCK_ROWS * V360_BLOCK_H)

/** Bytes of a block that is kept as points, the most that a block takes. */
#define V360_BLOCK_POINTS_SIZE (V360_BLOCK_SAMPLES * sizeof(V360Point))

/** Blocks side by side, up to V360_SEGMENT_BLOCKS. */
typedef struct V360Segment {
    /**
     * Smallest and largest x of the points, of all and by block; the largest is
     * increased by the width of a window. x0 is V360_UNMAPPED if any point is
     * unmapped or lies at a border.
     */
    V360Span span, block_span[V360_SEGMENT_BLOCKS];
    uint32_t data;          ///< where its first block begins in the row's data
    /** enum V360BlockLayout by block; beyond the last one, that of the last. */
    uint8_t layout[V360_SEGMENT_BLOCKS];
} V360Segment;

/** A row of blocks. */
typedef struct V360BlockRow {
    V360Segment *segment;
    uint8_t *data;
} V360BlockRow;

/** All blocks of a grid, for offsets of one phase and one sample size. */
typedef struct V360PackedGrid {
    uint64_t id;        ///< V360Grid.id
    int siting;         ///< siting of the planes
    V360BlockFormat format;
    int phase;          ///< low 8 bits of dx; 0 for all if there are no layouts
    int w, h;           ///< points of the grid
    int supersample;    ///< points for a sample, on each axis
    int blocks;         ///< number in a row of blocks
    int segments;       ///< number in a row of blocks
    int rows;           ///< number of rows of blocks
    V360BlockRow *row;
    /**
     * An array for each slice, or NULL: for each segment, a list of the lines
     * of the source that the segment is the first of its slice to read. The
     * array begins with the indices at which the lists begin and at which the
     * last one ends; then the lists follow, as V360DSPContext.prefetch takes
     * them.
     */
    uint32_t **prefetch;
} V360PackedGrid;

/** Neighbouring blocks of one layout within a segment. */
typedef struct V360BlockRun {
    enum V360BlockLayout layout;
    int first, n;
    /**
     * n blocks of ff_v360_block_size() bytes each. Those that fit no layout are
     * kept as points instead: V360_BLOCK_H rows of n * V360_BLOCK_W points.
     */
    const uint8_t *data;
} V360BlockRun;

/** Free the blocks and the lists of a packed grid, if it has any. */
void ff_v360_packed_free(V360PackedGrid *g);

/** Number of blocks in a segment. */
static inline int ff_v360_segment_blocks(const V360PackedGrid *g, int segment)
{
    return FFMIN(V360_SEGMENT_BLOCKS,
                 g->blocks - segment * V360_SEGMENT_BLOCKS);
}

/** @return the layout of all blocks, or V360_BLOCK_NONE if there are several */
static inline enum V360BlockLayout
ff_v360_segment_layout(const V360Segment *segment)
{
    const uint64_t all = segment->layout[0] * UINT64_C(0x0101010101010101);

    return AV_RN64(segment->layout) == all ? segment->layout[0]
                                           : V360_BLOCK_NONE;
}

/** Bytes that a block takes, whatever its layout, V360_BLOCK_NONE included. */
size_t ff_v360_block_bytes(enum V360BlockLayout layout);

/**
 * Go on to the next run of a segment.
 *
 * @param run  { 0 } before the first one
 * @param n    number of blocks in the segment
 * @return whether there is a next run
 */
int ff_v360_block_run_next(V360BlockRun *run, const V360BlockRow *row,
                           const V360Segment *segment, int n);

/** One of the blocks of a run, of any layout but V360_BLOCK_NONE. */
static inline const V360Block *ff_v360_run_block(const V360BlockRun *run,
                                                 int block)
{
    return (const V360Block *)(run->data + (block - run->first) *
                               ff_v360_block_size(run->layout));
}

/** About which row of the source samples from row y on read in their middle. */
int ff_v360_packed_y(const V360PackedGrid *g, int y);

/** Rows of samples that a thread takes. */
static inline int ff_v360_packed_slice(const V360PackedGrid *g)
{
    return V360_SLICE_ROWS / g->supersample / V360_BLOCK_H * V360_BLOCK_H;
}

/** Points of one block of a run, in rows. */
void ff_v360_run_points(const V360PackedGrid *g, const V360BlockRun *run,
                        int block, V360Point point[V360_BLOCK_SAMPLES]);

#endif /* AVFILTER_V360BATCH_CPU_PACKED_H */
