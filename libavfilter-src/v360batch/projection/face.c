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
#include "internal.h"

/** Nearest position to x between a and b, a margin away from both. */
static double clamp_between(double x, double a, double b, double margin)
{
    if (b - a <= 2.0 * margin)
        return 0.5 * (a + b);
    return av_clipd(x, a + margin, b - margin);
}

void ff_v360_clamp_to_face(const V360Geometry *g, int face, double uv[2])
{
    const V360Face *f = &g->faces[face];

    uv[0] = clamp_between(uv[0], f->u0, f->u1, 0.5 / g->w);
    uv[1] = clamp_between(uv[1], f->v0, f->v1, 0.5 / g->h);
}
