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

#ifndef AVFILTER_V360BATCH_CPU_PACK_H
#define AVFILTER_V360BATCH_CPU_PACK_H

#include "libavfilter/v360batch/execute.h"
#include "libavfilter/v360batch/map/grid.h"
#include "packed.h"

/**
 * @file
 * The making of blocks from the points of a grid.
 */

/**
 * Make the blocks of a grid for n phases at once, so that its points are made
 * once.
 *
 * @param packed  format and phase are set, the same format in all; on error
 *                nothing of them is left to be freed
 * @param n       1 or more
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_pack(V360PackedGrid *packed, int n, const V360PlaneGrid *grid,
                 const V360Execute *exec);

#endif /* AVFILTER_V360BATCH_CPU_PACK_H */
