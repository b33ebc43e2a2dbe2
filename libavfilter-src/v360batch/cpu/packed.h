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

#include "libavutil/macros.h"
#include "libavfilter/v360batch/sample.h"
#include "block.h"

/**
 * @file
 * The points of a whole grid as blocks, in rows of segments, packed.
 */

/** Blocks of a segment: all of them are shifted and wrapped alike. */
#define V360_SEGMENT_BLOCKS (V360_BLOCK_PITCH / V360_BLOCK_W)

/** Rows of blocks in a slice. */
#define V360_SLICE_BLOCK_ROWS 8

/** Bytes of a block that is kept as points, the most that a block takes. */
#define V360_BLOCK_POINTS_SIZE (V360_BLOCK_SAMPLES * sizeof(V360Point))

/** Blocks side by side, up to V360_SEGMENT_BLOCKS. */
typedef struct V360Segment {
    /**
     * Smallest and largest x of the points, as V360Span; a window is added to
     * the largest. V360_UNMAPPED in x0: some points lie at a border.
     */
    V360Span span, block_span[V360_SEGMENT_BLOCKS];
    uint32_t data;                   ///< of the first block: byte of its row
    uint8_t layout[V360_SEGMENT_BLOCKS]; ///< enum V360BlockLayout by block
} V360Segment;

/** A row of blocks. */
typedef struct V360BlockRow {
    V360Segment *segment;
    uint8_t *data;
} V360BlockRow;

/** All blocks of a grid, for offsets of one phase and one sample size. */
typedef struct V360PackedGrid {
    uint64_t id;        ///< of the grid
    int siting;         ///< of the planes
    V360BlockFormat format;
    int phase;          ///< low 8 bits of dx; 0 for all if there are no layouts
    int w, h;           ///< samples of the grid
    int blocks;         ///< per row of blocks
    int segments;       ///< likewise
    int rows;           ///< rows of blocks
    V360BlockRow *row;
    /**
     * For each slice, or NULL: the lines of the source that a segment is the
     * first of its slice to read. At the beginning stands where the list of
     * each segment begins, and where the last list ends; then follow the lists
     * themselves, as V360DSPContext.prefetch takes them.
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

void ff_v360_packed_free(V360PackedGrid *g);

/** Blocks of a segment. */
static inline int ff_v360_segment_blocks(const V360PackedGrid *g, int segment)
{
    return FFMIN(V360_SEGMENT_BLOCKS,
                 g->blocks - segment * V360_SEGMENT_BLOCKS);
}

/** Bytes that a block takes, whatever its layout, V360_BLOCK_NONE included. */
size_t ff_v360_block_bytes(enum V360BlockLayout layout);

/**
 * The next run of a segment.
 *
 * @param run  { 0 } before the first one
 * @param n    blocks of the segment
 * @return whether there is one
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

/** The row of the source where the middle of a row of blocks begins. */
int ff_v360_packed_y(const V360PackedGrid *g, int row);

/** Points of one block of a run, in rows. */
void ff_v360_run_points(const V360PackedGrid *g, const V360BlockRun *run,
                        int block, V360Point point[V360_BLOCK_SAMPLES]);

#endif /* AVFILTER_V360BATCH_CPU_PACKED_H */
