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


#ifndef AVFILTER_V360UNIT_H
#define AVFILTER_V360UNIT_H

#include "v360grid.h"

/**
 * @file
 * Units for V360BatchDSPContext.remap_units, derived from a grid.
 */

/** Units in a chunk, which is one for the wrap of x. */
#define V360_CHUNK_UNITS (V360_UNIT_PITCH / V360_UNIT_W)

/** All units of a grid, for offsets of one fraction and one sample size. */
typedef struct V360Units {
    int step;           ///< bytes of a sample
    int fraction;       ///< low 8 bits of dx
    int units;          ///< per row of units
    int chunks;         ///< likewise
    int bands;          ///< rows of units
    V360Unit *unit;
    uint8_t *kind;      ///< enum V360UnitKind by unit
    /**
     * Smallest and largest x of the points of a unit and of a chunk, as
     * V360Run; a window is added to the largest. V360_VOID in x0: some points
     * lie at a border.
     */
    V360Run *run, *chunk;
} V360Units;

typedef struct V360UnitFormat {
    int kinds;          ///< V360BatchDSPContext.unit_kinds
    int taps;           ///< ff_v360_taps()
    int step;           ///< bytes of a sample
    int w, h;           ///< samples of the source plane
} V360UnitFormat;

/**
 * Derive units if there are none yet for this fraction. The grid owns them.
 *
 * @return 0 or a negative AVERROR
 */
int ff_v360_units_make(V360Grid *g, int fraction, const V360UnitFormat *f,
                       const V360Execute *exec);

void ff_v360_units_free(V360Grid *g);

#endif /* AVFILTER_V360UNIT_H */
