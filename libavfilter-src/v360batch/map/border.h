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

#include "point.h"

/**
 * @file
 * Faces of a source plane in samples, and what is fetched beyond their edges:
 * wraps, poles, the true neighbours of cube faces.
 */

/**
 * @param border  filled in; points into *places
 * @param places  newly allocated, to be freed with av_free()
 * @return 0, AVERROR(ENOMEM), or AVERROR(EINVAL) if a face has no sample
 */
int ff_v360_border_init(V360Border *border, V360Place **places,
                        const V360Source *source, const V360Sampling *plane);

/** Position in the projection's image <-> in the image as it is stored. */
void ff_v360_source_store(const V360Source *source, double uv[2]);
void ff_v360_source_unstore(const V360Source *source, double uv[2]);

/** Index of the sample that lies at a position, times 1, not rounded. */
static inline double ff_v360_sample_x(const V360Sampling *s, double u)
{
    return (u * s->luma_w - s->x0) / s->step_x;
}

static inline double ff_v360_sample_y(const V360Sampling *s, double v)
{
    return (v * s->luma_h - s->y0) / s->step_y;
}

/** Position of a sample. */
static inline void ff_v360_sample_uv(const V360Sampling *s, double x, double y,
                                     double uv[2])
{
    uv[0] = (x * s->step_x + s->x0) / s->luma_w;
    uv[1] = (y * s->step_y + s->y0) / s->luma_h;
}

#endif /* AVFILTER_V360BATCH_MAP_BORDER_H */
