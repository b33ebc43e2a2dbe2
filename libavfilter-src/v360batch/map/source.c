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

#include "libavutil/common.h"
#include "libavutil/macros.h"
#include "source.h"

V360Sampling ff_v360_sampling(int luma_w, int luma_h,
                              const V360ChromaPlaces *chroma)
{
    const int log2_w = chroma ? chroma->log2_w : 0;
    const int log2_h = chroma ? chroma->log2_h : 0;
    const int xpos   = chroma ? chroma->xpos   : 0;
    const int ypos   = chroma ? chroma->ypos   : 0;

    return (V360Sampling) {
        .w      = AV_CEIL_RSHIFT(luma_w, log2_w),
        .h      = AV_CEIL_RSHIFT(luma_h, log2_h),
        .luma_w = luma_w,
        .luma_h = luma_h,
        .step_x = 1 << log2_w,
        .step_y = 1 << log2_h,
        .x0     = 0.5 + ((1 << log2_w) - 1) * xpos / 256.0,
        .y0     = 0.5 + ((1 << log2_h) - 1) * ypos / 256.0,
    };
}

void ff_v360_sampling_divide(V360Sampling *s, int n)
{
    s->x0     -= s->step_x * (n - 1) / (2.0 * n);
    s->y0     -= s->step_y * (n - 1) / (2.0 * n);
    s->step_x /= n;
    s->step_y /= n;
    s->w      *= n;
    s->h      *= n;
}

void ff_v360_source_store(const V360Source *source, double uv[2])
{
    if (source->transpose)
        FFSWAP(double, uv[0], uv[1]);
    if (source->h_flip)
        uv[0] = 1.0 - uv[0];
    if (source->v_flip)
        uv[1] = 1.0 - uv[1];
}

void ff_v360_source_unstore(const V360Source *source, double uv[2])
{
    if (source->h_flip)
        uv[0] = 1.0 - uv[0];
    if (source->v_flip)
        uv[1] = 1.0 - uv[1];
    if (source->transpose)
        FFSWAP(double, uv[0], uv[1]);
}
