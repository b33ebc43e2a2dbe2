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

#include <stddef.h>

#include "libavutil/imgutils.h"
#include "libavutil/macros.h"
#include "cuda.h"

/**
 * @file
 * How the planes of a frame lie in memory that is not FFmpeg's: on the device,
 * and in the same way in pinned memory of the host, so that one copy moves
 * all of them.
 */

/* Rows begin at whole vectors of the CPU, and whole sectors of the device. */
#define ALIGNMENT 64

/* A thread stores whole units, of up to three words: the last one of a row ends
 * less than this beyond the row. */
#define PADDING 12

V360CudaLayout ff_v360_cuda_layout(enum AVPixelFormat format, int w, int h)
{
    V360CudaLayout l = { .size = 0 };
    ptrdiff_t linesize[4];
    size_t size[4] = { 0 };

    if (av_image_fill_linesizes(l.linesize, format, w) < 0)
        return l;
    for (int i = 0; i < 4; i++) {
        if (l.linesize[i])
            l.linesize[i] = FFALIGN(l.linesize[i] + PADDING, ALIGNMENT);
        linesize[i] = l.linesize[i];
    }
    av_image_fill_plane_sizes(size, format, h, linesize);
    for (int i = 0; i < 4; i++) {
        l.offset[i] = l.size;
        l.size     += size[i];
    }
    /* what reads whole vectors may read beyond the last row */
    l.size += ALIGNMENT;
    return l;
}

void ff_v360_cuda_point_planes(AVFrame *frame, const V360CudaLayout *l,
                               uint8_t *at)
{
    for (int i = 0; i < 4 && l->linesize[i]; i++) {
        frame->data[i]     = at + l->offset[i];
        frame->linesize[i] = l->linesize[i];
    }
}
