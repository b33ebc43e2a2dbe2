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

/**
 * @file
 * Samples that are the means of finer ones.
 */

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/intreadwrite.h"
#include "dsp.h"

static av_always_inline void shrink(uint8_t *dst, const uint8_t *src,
                                    ptrdiff_t linesize, int n, int shift,
                                    int size, int bits, int comps)
{
    for (int x = 0; x < n * comps; x++) {
        const int at = (x - x % comps) * size + x % comps;
        int sum = size * size / 2;

        for (int j = 0; j < size; j++) {
            const uint8_t *row = src + j * linesize;

            for (int i = at; i < at + size * comps; i += comps)
                sum += (bits == 8 ? row[i] : AV_RN16A(row + 2 * i)) >> shift;
        }
        sum = sum / (size * size) << shift;
        if (bits == 8)
            dst[x] = sum;
        else
            AV_WN16A(dst + 2 * x, sum);
    }
}

#define SHRINK(size, bits, comps)                                             \
static void shrink_##size##_##bits##_##comps##_c(uint8_t *dst,                \
                                                 const uint8_t *src,          \
                                                 ptrdiff_t linesize, int n,   \
                                                 int shift)                   \
{                                                                             \
    shrink(dst, src, linesize, n, shift, size, bits, comps);                  \
}

#define SHRINKS(bits, comps) \
    SHRINK(2, bits, comps)   \
    SHRINK(3, bits, comps)   \
    SHRINK(4, bits, comps)

SHRINKS( 8, 1)
SHRINKS( 8, 2)
SHRINKS( 8, 4)
SHRINKS(16, 1)
SHRINKS(16, 2)

#define SET(bits, comps) do {                       \
    dsp->shrink[2] = shrink_2_##bits##_##comps##_c; \
    dsp->shrink[3] = shrink_3_##bits##_##comps##_c; \
    dsp->shrink[4] = shrink_4_##bits##_##comps##_c; \
} while (0)

av_cold void ff_v360_shrink_init(V360DSPContext *dsp, int bits, int components)
{
    if (bits == 8 && components == 1)
        SET( 8, 1);
    else if (bits == 8 && components == 2)
        SET( 8, 2);
    else if (bits == 8)
        SET( 8, 4);
    else if (components == 1)
        SET(16, 1);
    else
        SET(16, 2);
#if ARCH_X86 && HAVE_X86ASM
    ff_v360_shrink_init_x86(dsp, bits, components);
#endif
}
