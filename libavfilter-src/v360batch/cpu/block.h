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

#include "dsp.h"

/**
 * @file
 * A unit for V360BatchDSPContext.remap_units from points, and back.
 */

/** Samples of which units are made. */
typedef struct V360UnitFormat {
    int kinds;          ///< V360BatchDSPContext.unit_kinds
    int taps;           ///< ff_v360_taps()
    int step;           ///< bytes of a sample
    int w, h;           ///< samples of the source plane
} V360UnitFormat;

/**
 * Make a unit of the first of the kinds that it fits.
 *
 * @param point     V360_UNIT_SAMPLES in rows, none of them void
 * @param fraction  low 8 bits of the x-offset it is for
 */
enum V360UnitKind ff_v360_unit_make(V360Unit *u, const V360Point *point,
                                    const V360UnitFormat *f, int fraction);

/** The points that a unit was made of. */
void ff_v360_unit_decode(V360Point *point, const V360Unit *unit,
                         enum V360UnitKind kind, const V360UnitFormat *f,
                         int fraction);

#endif /* AVFILTER_V360BATCH_CPU_BLOCK_H */
