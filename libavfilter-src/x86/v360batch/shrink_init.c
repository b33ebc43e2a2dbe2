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

#include <string.h>

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/cpu.h"
#include "libavutil/x86/cpu.h"
#include "libavfilter/v360batch/cpu/dsp.h"

#if ARCH_X86_64

/* Bytes of samples that the assembly makes at once. */
#define VECTOR 8

typedef void (*ShrinkFunc)(uint8_t *dst, const uint8_t *src, ptrdiff_t linesize,
                           ptrdiff_t n, ptrdiff_t shift);

/* Make bytes of samples that are fewer than a vector. */
static av_noinline void shrink_few(ShrinkFunc shrink, uint8_t *dst,
                                   const uint8_t *src, ptrdiff_t linesize,
                                   int bytes, int size, int shift)
{
    uint8_t rows[V360_MAX_SUPERSAMPLE][V360_MAX_SUPERSAMPLE * VECTOR];
    uint8_t vector[VECTOR];

    memset(rows, 0, sizeof(rows));
    for (int y = 0; y < size; y++)
        memcpy(rows[y], src + y * linesize, size * bytes);
    shrink(vector, rows[0], sizeof(*rows), 1, shift);
    memcpy(dst, vector, bytes);
}

/* Make bytes of samples; the last vector may make some for a second time. */
static av_always_inline void shrink_bytes(ShrinkFunc shrink, uint8_t *dst,
                                          const uint8_t *src,
                                          ptrdiff_t linesize, int bytes,
                                          int size, int shift)
{
    const int last = bytes - VECTOR;

    if (last < 0) {
        shrink_few(shrink, dst, src, linesize, bytes, size, shift);
        return;
    }
    shrink(dst, src, linesize, bytes / VECTOR, shift);
    if (bytes % VECTOR)
        shrink(dst + last, src + size * last, linesize, 1, shift);
}

#define SHRINK(size, bits, components)                                        \
void ff_v360_shrink##size##_##bits##_##components##_avx2(                     \
    uint8_t *dst, const uint8_t *src, ptrdiff_t linesize, ptrdiff_t n,        \
    ptrdiff_t shift);                                                         \
static void shrink##size##_##bits##_##components(uint8_t *dst,                \
                                                 const uint8_t *src,          \
                                                 ptrdiff_t linesize, int n,   \
                                                 int shift)                   \
{                                                                             \
    shrink_bytes(ff_v360_shrink##size##_##bits##_##components##_avx2, dst,    \
                 src, linesize, n * (components) * (bits) / 8, size, shift);  \
}

#define SHRINKS(bits, components) \
    SHRINK(2, bits, components)   \
    SHRINK(3, bits, components)   \
    SHRINK(4, bits, components)

SHRINKS( 8, 1)
SHRINKS( 8, 2)
SHRINKS( 8, 4)
SHRINKS(16, 1)
SHRINKS(16, 2)
#endif

#define SET(bits, components) do {                     \
    dsp->shrink[2] = shrink2_##bits##_##components;    \
    dsp->shrink[3] = shrink3_##bits##_##components;    \
    dsp->shrink[4] = shrink4_##bits##_##components;    \
} while (0)

av_cold void ff_v360_shrink_init_x86(V360DSPContext *dsp, int bits,
                                     int components)
{
#if ARCH_X86_64
    if (!EXTERNAL_AVX2(av_get_cpu_flags()))
        return;
    if (bits == 8 && components == 1)
        SET( 8, 1);
    else if (bits == 8 && components == 2)
        SET( 8, 2);
    else if (bits == 8 && components == 4)
        SET( 8, 4);
    else if (bits == 16 && components == 1)
        SET(16, 1);
    else if (bits == 16 && components == 2)
        SET(16, 2);
#endif
}
