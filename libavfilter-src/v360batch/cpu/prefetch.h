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

#ifndef AVFILTER_V360BATCH_CPU_PREFETCH_H
#define AVFILTER_V360BATCH_CPU_PREFETCH_H

#include "libavfilter/v360batch/execute.h"
#include "packed.h"

/**
 * @file
 * Lists of the lines that the blocks of a grid read, to fetch them ahead.
 */

/**
 * Make V360PackedGrid.prefetch; all other members are set. A slice for whose
 * list there is no memory has none.
 *
 * @return 0, or AVERROR(ENOMEM) if there is no memory for any list
 */
int ff_v360_prefetch_make(V360PackedGrid *g, const V360Execute *exec);

#endif /* AVFILTER_V360BATCH_CPU_PREFETCH_H */
