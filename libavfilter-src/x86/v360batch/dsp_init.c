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
#include <string.h>

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/cpu.h"
#include "libavutil/macros.h"
#include "libavutil/x86/cpu.h"
#include "libavfilter/v360batch/cpu/dsp.h"

#if ARCH_X86_64

/* The assembly has these numbers in block_template.asm. */
_Static_assert(offsetof(V360Block, index) == 0 &&
              offsetof(V360Block, fx) == 64 && offsetof(V360Block, fy) == 128 &&
              offsetof(V360Block, anchor) == 192, "V360Block");
_Static_assert(offsetof(V360Remap, linesize) == 8 && V360_BLOCK_PITCH == 128 &&
              offsetof(V360Remap, weights) == 24 &&
              offsetof(V360Remap, max) == 32 &&
              offsetof(V360Remap, shift) == 36 &&
              offsetof(V360Remap, msb) == 40, "V360Remap");

/*
 * Kernels: X(taps, bits, components, layout of blocks, name).
 *
 * Bits are 8, 16, or 15 for cubic samples of 16 bits that use fewer, which
 * stay positive as signed words. Nearest copies whole samples, so that its
 * bits are those of all components together.
 */
#define WINDOWS_AVX2(X)                                                       \
    X(1,  8, 1, 8X1_R2, nearest1_8x1_r2_avx2)                                 \
    X(1,  8, 1, 8X1_R3, nearest1_8x1_r3_avx2)                                 \
    X(1, 16, 1, 4X1_R3, nearest2_4x1_r3_avx2)                                 \
    X(2,  8, 1, 8X1_R2, bilinear8_1_8x1_r2_avx2)                              \
    X(2,  8, 1, 8X1_R3, bilinear8_1_8x1_r3_avx2)                              \
    X(2,  8, 1, 8X1_R6, bilinear8_1_8x1_r6_avx2)                              \
    X(2,  8, 1, 4X1_R3, bilinear8_1_4x1_r3_avx2)                              \
    X(2,  8, 1, 4X1_R6, bilinear8_1_4x1_r6_avx2)                              \
    X(2,  8, 2, 4X1_R3, bilinear8_2_4x1_r3_avx2)                              \
    X(2, 16, 1, 4X1_R3, bilinear16_1_4x1_r3_avx2)                             \
    X(4,  8, 1, 8X1_R2, bicubic8_1_8x1_r2_avx2)                               \
    X(4,  8, 1, 8X1_R3, bicubic8_1_8x1_r3_avx2)

/*
 * Where there are any, those of AVX2 are not used. Nearest has none: it is
 * loads and permutes of bytes alone, and wider vectors were not tried.
 */
#define WINDOWS_AVX512ICL(X)                                                  \
    X(2,  8, 1, 8X4, bilinear8_1_8x4_avx512icl)                               \
    X(2,  8, 1, 4X4, bilinear8_1_4x4_avx512icl)                               \
    X(2,  8, 1, 4X2, bilinear8_1_4x2_avx512icl)                               \
    X(2,  8, 1, 2X2, bilinear8_1_2x2_avx512icl)                               \
    X(2,  8, 2, 4X4, bilinear8_2_4x4_avx512icl)                               \
    X(2,  8, 2, 4X2, bilinear8_2_4x2_avx512icl)                               \
    X(2, 16, 1, 4X4, bilinear16_1_4x4_avx512icl)                              \
    X(2, 16, 1, 4X2, bilinear16_1_4x2_avx512icl)                              \
    X(4,  8, 1, 8X4, bicubic8_1_8x4_avx512icl)                                \
    X(4,  8, 1, 4X4, bicubic8_1_4x4_avx512icl)                                \
    X(4,  8, 1, 4X2, bicubic8_1_4x2_avx512icl)                                \
    X(4,  8, 2, 4X4, bicubic8_2_4x4_avx512icl)                                \
    X(4,  8, 2, 4X2, bicubic8_2_4x2_avx512icl)                                \
    X(4, 15, 1, 4X4, bicubic15_1_4x4_avx512icl)                               \
    X(4, 15, 1, 4X2, bicubic15_1_4x2_avx512icl)                               \
    X(4, 16, 1, 4X4, bicubic16_1_4x4_avx512icl)                               \
    X(4, 16, 1, 4X2, bicubic16_1_4x2_avx512icl)

/*
 * Samples one by one, for those that fit no windows and for formats with too
 * few samples in 16 bytes. AVX2 is for all CPUs: wider vectors are not faster.
 */
#define SINGLES_AVX2(X)                                                       \
    X(1,  8, 1, 1X1, nearest1_1x1_avx2)                                       \
    X(1, 16, 1, 1X1, nearest2_1x1_avx2)                                       \
    X(1, 32, 1, 1X1, nearest4_1x1_avx2)                                       \
    X(2,  8, 2, 1X1, bilinear8_2_1x1_avx2)                                    \
    X(2,  8, 4, 1X1, bilinear8_4_1x1_avx2)                                    \
    X(2, 16, 1, 1X1, bilinear16_1_1x1_avx2)                                   \
    X(2, 16, 2, 1X1, bilinear16_2_1x1_avx2)                                   \
    X(4,  8, 1, 1X1, bicubic8_1_1x1_avx2)                                     \
    X(4,  8, 2, 1X1, bicubic8_2_1x1_avx2)                                     \
    X(4,  8, 4, 1X1, bicubic8_4_1x1_avx2)                                     \
    X(4, 15, 1, 1X1, bicubic15_1_1x1_avx2)                                    \
    X(4, 16, 1, 1X1, bicubic16_1_1x1_avx2)                                    \
    X(4, 16, 2, 1X1, bicubic16_2_1x1_avx2)

#define DECLARE_BLOCKS(taps, bits, components, layout, name)                  \
void ff_v360_##name(uint8_t *dst, const V360Block *block, int n,              \
                    const uint8_t *const *src, int nb_src,                    \
                    const V360Remap *r);
WINDOWS_AVX2(DECLARE_BLOCKS)
WINDOWS_AVX512ICL(DECLARE_BLOCKS)
SINGLES_AVX2(DECLARE_BLOCKS)

typedef struct Kernel {
    uint8_t taps, bits, components, layout;
    V360BlocksFunc blocks;
    V360RemapFunc inside;
} Kernel;

#define BLOCKS(taps, bits, components, layout, name)                          \
    { taps, bits, components, V360_BLOCK_##layout, ff_v360_##name, NULL },

static const Kernel windows_avx2[]      = { WINDOWS_AVX2(BLOCKS) { 0 } };
static const Kernel windows_avx512icl[] = { WINDOWS_AVX512ICL(BLOCKS) { 0 } };
static const Kernel singles_avx2[]      = { SINGLES_AVX2(BLOCKS) { 0 } };

/*
 * Points without blocks: X(taps, bits, components, bytes of a sample, name).
 * The assembly takes 8 samples at a time; the last n % 8 go through copies.
 */
#define POINTS_AVX2(X)                                                        \
    X(2,  8, 1, 1, inside_bilinear8_1_avx2)                                   \
    X(2,  8, 2, 2, inside_bilinear8_2_avx2)                                   \
    X(4,  8, 1, 1, inside_bicubic8_1_avx2)                                    \
    X(4,  8, 2, 2, inside_bicubic8_2_avx2)                                    \
    X(4,  8, 4, 4, inside_bicubic8_4_avx2)                                    \
    X(4, 15, 1, 2, inside_bicubic15_1_avx2)                                   \
    X(4, 16, 1, 2, inside_bicubic16_1_avx2)                                   \
    X(4, 16, 2, 4, inside_bicubic16_2_avx2)

#define DEFINE_INSIDE(taps, bits, components, step, name)                     \
void ff_v360_##name(uint8_t *dst, const V360Point *point, int n,              \
                    const V360Remap *r, int32_t dx);                          \
static void name(uint8_t *dst, const V360Point *point, int n,                 \
                 const V360Remap *r, int32_t dx)                              \
{                                                                             \
    const int whole = n & ~7;                                                 \
    uint8_t rest[8 * (step)];                                                 \
    V360Point p[8];                                                           \
                                                                              \
    if (whole)                                                                \
        ff_v360_##name(dst, point, whole, r, dx);                             \
    if (whole == n)                                                           \
        return;                                                               \
    for (int i = 0; i < 8; i++)                                               \
        p[i] = point[FFMIN(whole + i, n - 1)];                                \
    ff_v360_##name(rest, p, 8, r, dx);                                        \
    memcpy(dst + whole * (step), rest, (n - whole) * (step));                 \
}
POINTS_AVX2(DEFINE_INSIDE)

#define INSIDE(taps, bits, components, step, name)                            \
    { taps, bits, components, V360_BLOCK_NONE, NULL, name },

static const Kernel points_avx2[] = { POINTS_AVX2(INSIDE) { 0 } };

#define STORE(name)                                                           \
void ff_v360_##name(uint8_t *dst, ptrdiff_t dst_linesize,                     \
                    const uint8_t *src, ptrdiff_t src_linesize,               \
                    ptrdiff_t width)

STORE(store_avx2);
STORE(store_avx512icl);
void ff_v360_store_end_sse(void);
void ff_v360_prefetch_sse(const uint32_t *line, ptrdiff_t n,
                          const uint8_t *src, ptrdiff_t linesize);
void ff_v360_prefetch_bytes_sse(const void *p, ptrdiff_t n);

/** @return layouts of blocks that there are kernels for, as block_layouts */
static av_cold int set_kernels(V360DSPContext *dsp, const Kernel *k,
                               int taps, int bits, int components)
{
    int layouts = 0;

    for (; k->taps; k++) {
        if (k->taps != taps || k->bits != bits || k->components != components)
            continue;
        if (k->inside) {
            dsp->remap_points_inside = k->inside;
        } else {
            dsp->remap_blocks[k->layout] = k->blocks;
            layouts |= 1 << k->layout;
        }
    }
    return layouts;
}
#endif

av_cold void ff_v360_dsp_init_x86(V360DSPContext *dsp,
                                  enum V360Interp interp, int bits,
                                  int components, int msb)
{
#if ARCH_X86_64
    const int flags = av_get_cpu_flags(), taps = ff_v360_taps(interp);

    if (taps == 1) {
        bits      *= components;
        components = 1;
    } else if (taps == 4 && bits == 16 && msb < 16) {
        bits = 15;
    }
    if (EXTERNAL_AVX512ICL(flags))
        dsp->block_layouts = set_kernels(dsp, windows_avx512icl, taps, bits,
                                         components);
    if (EXTERNAL_AVX2_FAST(flags)) {
        dsp->store     = ff_v360_store_avx2;
        dsp->store_end = ff_v360_store_end_sse;
        dsp->prefetch  = ff_v360_prefetch_sse;
        dsp->prefetch_bytes = ff_v360_prefetch_bytes_sse;
        set_kernels(dsp, points_avx2, taps, bits, components);
        if (!dsp->block_layouts)
            dsp->block_layouts = set_kernels(dsp, windows_avx2, taps, bits,
                                             components);
        dsp->block_layouts |= set_kernels(dsp, singles_avx2, taps, bits,
                                          components);
    }
    if (EXTERNAL_AVX512ICL(flags))
        dsp->store = ff_v360_store_avx512icl;
#endif
}
