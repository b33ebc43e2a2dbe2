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

#ifndef AVFILTER_V360BATCH_MAP_BORDER_H
#define AVFILTER_V360BATCH_MAP_BORDER_H

#include <stddef.h>

#include "libavfilter/v360batch/sample.h"
#include "source.h"

/**
 * @file
 * Faces of a source plane in samples, and the samples that continue them beyond
 * their edges: across wraps and poles, and in the neighbours of cube faces.
 */

/**
 * Find the faces of a source plane, and fill their rings.
 *
 * @param border  zeroed, or freed before; to be freed with
 *                ff_v360_border_uninit(), also after an error
 * @return 0, AVERROR(ENOMEM), or AVERROR(EINVAL) if a face has no sample
 */
int ff_v360_border_init(V360Border *border, const V360Source *source,
                        const V360Sampling *plane);

void ff_v360_border_uninit(V360Border *border);

/** Number of samples in the ring of a face. */
size_t ff_v360_ring_size(const V360BorderFace *f);

#endif /* AVFILTER_V360BATCH_MAP_BORDER_H */
