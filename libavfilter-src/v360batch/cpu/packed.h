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
 * The points of a whole grid as units, in rows of chunks, packed.
 */

/** Units in a chunk, which is one for the wrap of x. */
#define V360_CHUNK_UNITS (V360_UNIT_PITCH / V360_UNIT_W)

/** Rows of units in a tile. */
#define V360_TILE_BANDS 8

/** Bytes of a unit that is kept as points, the most that a unit takes. */
#define V360_UNIT_POINTS_SIZE (V360_UNIT_SAMPLES * sizeof(V360Point))

/** Some units of a row of units. */
typedef struct V360Chunk {
    /**
     * Smallest and largest x of the points, as V360Span; a window is added to
     * the largest. V360_UNMAPPED in x0: some points lie at a border.
     */
    V360Span span, unit_span[V360_CHUNK_UNITS];
    uint32_t data;                   ///< of the first unit: place in the band
    uint8_t kind[V360_CHUNK_UNITS];  ///< enum V360UnitKind by unit
} V360Chunk;

/** A row of units. */
typedef struct V360Band {
    V360Chunk *chunk;
    uint8_t *data;
} V360Band;

/** All units of a grid, for offsets of one fraction and one sample size. */
typedef struct V360Units {
    uint64_t id;        ///< of the grid
    int siting;         ///< of the planes
    V360UnitFormat format;
    int fraction;       ///< low 8 bits of dx; 0 for all if there are no kinds
    int w, h;           ///< samples of the grid
    int units;          ///< per row of units
    int chunks;         ///< likewise
    int bands;          ///< rows of units
    V360Band *band;
    /**
     * For each tile, or NULL: which lines of the source the units of a chunk
     * touch that those before them in the tile did not. First where the list
     * of each chunk begins and the last one ends, then the lists themselves,
     * as V360BatchDSPContext.prefetch takes them.
     */
    uint32_t **touch;
} V360Units;

/** Neighbouring units of one kind within a chunk. */
typedef struct V360UnitGroup {
    enum V360UnitKind kind;
    int first, n;
    /**
     * n units of ff_v360_unit_size() bytes each. Those that fit no kind are
     * kept as points instead: V360_UNIT_H rows of n * V360_UNIT_W points.
     */
    const uint8_t *data;
} V360UnitGroup;

void ff_v360_units_free(V360Units *u);

/** Units of a chunk. */
static inline int ff_v360_chunk_units(const V360Units *u, int chunk)
{
    return FFMIN(V360_CHUNK_UNITS, u->units - chunk * V360_CHUNK_UNITS);
}

/** Bytes that a unit takes, whatever its kind, V360_UNIT_NONE included. */
size_t ff_v360_unit_bytes(enum V360UnitKind kind);

/**
 * The next group of a chunk.
 *
 * @param g  { 0 } before the first one
 * @param n  units of the chunk
 * @return whether there is one
 */
int ff_v360_unit_group_next(V360UnitGroup *g, const V360Band *b,
                            const V360Chunk *c, int n);

/** One of the units of a group, of any kind but V360_UNIT_NONE. */
static inline const V360Unit *ff_v360_group_unit(const V360UnitGroup *g,
                                                 int unit)
{
    return (const V360Unit *)(g->data + (unit - g->first) *
                              ff_v360_unit_size(g->kind));
}

/** The row of the source where the middle of a band begins. */
int ff_v360_units_y(const V360Units *u, int band);

/** Points of one unit of a group, in rows. */
void ff_v360_group_points(const V360Units *u, const V360UnitGroup *g, int unit,
                          V360Point point[V360_UNIT_SAMPLES]);

#endif /* AVFILTER_V360BATCH_CPU_PACKED_H */
