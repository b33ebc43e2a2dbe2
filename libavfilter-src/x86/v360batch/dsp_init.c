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

/* The assembly has these numbers. */
_Static_assert(offsetof(V360Unit, index) == 0 &&
              offsetof(V360Unit, fx) == 64 && offsetof(V360Unit, fy) == 128 &&
              offsetof(V360Unit, anchor) == 192, "V360Unit");
_Static_assert(offsetof(V360Remap, linesize) == 8 && V360_UNIT_PITCH == 128 &&
              offsetof(V360Remap, weights) == 24 &&
              offsetof(V360Remap, max) == 32 &&
              offsetof(V360Remap, shift) == 36 &&
              offsetof(V360Remap, depth) == 40, "V360Remap");

#define UNITS(name)                                                           \
void ff_v360batch_##name(uint8_t *dst, const V360Unit *unit, int n,           \
                         const uint8_t *const *src, int nb_src,               \
                         const V360Remap *r)

UNITS(line8_1_w2_avx512icl);
UNITS(line8_1_w4_avx512icl);
UNITS(line8_1_w8_avx512icl);
UNITS(line8_1_w16_avx512icl);
UNITS(line8_2_w4_avx512icl);
UNITS(line8_2_w8_avx512icl);
UNITS(cube8_1_w2_avx512icl);
UNITS(cube8_1_w4_avx512icl);
UNITS(cube8_1_w8_avx512icl);
UNITS(cube8_2_w4_avx512icl);
UNITS(cube8_2_w8_avx512icl);
UNITS(cube15_1_w4_avx512icl);
UNITS(cube15_1_w8_avx512icl);
UNITS(cube16_1_w4_avx512icl);
UNITS(cube16_1_w8_avx512icl);
UNITS(cube8_1_8x1_r2_avx2);
UNITS(cube8_1_8x1_r3_avx2);
UNITS(line16_1_w4_avx512icl);
UNITS(line16_1_w8_avx512icl);
UNITS(line16_1_4x1_r3_avx2);
UNITS(line8_1_8x1_r2_avx2);
UNITS(line8_1_8x1_r3_avx2);
UNITS(line8_1_8x1_r6_avx2);
UNITS(line8_1_4x1_r3_avx2);
UNITS(line8_1_4x1_r6_avx2);
UNITS(line8_2_4x1_r3_avx2);

UNITS(cube8_1_1x1_avx2);
UNITS(cube8_2_1x1_avx2);
UNITS(cube8_4_1x1_avx2);
UNITS(cube15_1_1x1_avx2);
UNITS(cube16_1_1x1_avx2);
UNITS(cube16_2_1x1_avx2);
UNITS(line8_2_1x1_avx2);
UNITS(line8_4_1x1_avx2);
UNITS(line16_1_1x1_avx2);
UNITS(line16_2_1x1_avx2);
UNITS(near1_8x1_r2_avx2);
UNITS(near1_8x1_r3_avx2);
UNITS(near1_1x1_avx2);
UNITS(near2_4x1_r3_avx2);
UNITS(near2_1x1_avx2);
UNITS(near4_1x1_avx2);

#define STORE(name)                                                           \
void ff_v360batch_##name(uint8_t *dst, ptrdiff_t dst_linesize,                \
                         const uint8_t *src, ptrdiff_t src_linesize,          \
                         ptrdiff_t width)

STORE(store_avx2);
STORE(store_avx512icl);
void ff_v360batch_store_end_sse(void);
void ff_v360batch_prefetch_sse(const uint32_t *line, ptrdiff_t n,
                               const uint8_t *src, ptrdiff_t linesize);
void ff_v360batch_prefetch_bytes_sse(const void *p, ptrdiff_t n);

/* The assembly takes 8 samples at a time: the rest goes by way of copies. */
#define INSIDE(name, step)                                                    \
void ff_v360batch_##name(uint8_t *dst, const V360Point *point, int n,         \
                         const V360Remap *r, int32_t dx);                     \
static void name(uint8_t *dst, const V360Point *point, int n,                 \
                 const V360Remap *r, int32_t dx)                              \
{                                                                             \
    const int whole = n & ~7;                                                 \
    uint8_t rest[8 * (step)];                                                 \
    V360Point p[8];                                                           \
                                                                              \
    if (whole)                                                                \
        ff_v360batch_##name(dst, point, whole, r, dx);                        \
    if (whole == n)                                                           \
        return;                                                               \
    for (int i = 0; i < 8; i++)                                               \
        p[i] = point[FFMIN(whole + i, n - 1)];                                \
    ff_v360batch_##name(rest, p, 8, r, dx);                                   \
    memcpy(dst + whole * (step), rest, (n - whole) * (step));                 \
}

INSIDE(inside_line8_1_avx2, 1)
INSIDE(inside_line8_2_avx2, 2)
INSIDE(inside_cube8_1_avx2, 1)
INSIDE(inside_cube8_2_avx2, 2)
INSIDE(inside_cube8_4_avx2, 4)
INSIDE(inside_cube15_1_avx2, 2)
INSIDE(inside_cube16_1_avx2, 2)
INSIDE(inside_cube16_2_avx2, 4)

#define SET(kind, name) do {                                   \
    dsp->remap_units[V360_UNIT_##kind] = ff_v360batch_##name; \
    dsp->unit_kinds |= 1 << V360_UNIT_##kind;                  \
} while (0)

static av_cold void init_avx2(V360BatchDSPContext *dsp, enum V360Interp interp,
                              int bits, int components)
{
    dsp->store     = ff_v360batch_store_avx2;
    dsp->store_end = ff_v360batch_store_end_sse;
    dsp->prefetch  = ff_v360batch_prefetch_sse;
    dsp->prefetch_bytes = ff_v360batch_prefetch_bytes_sse;
    if (interp == V360_LINE && bits == 8 && components == 1) {
        dsp->remap_inside = inside_line8_1_avx2;
        SET(8X1_R2, line8_1_8x1_r2_avx2);
        SET(8X1_R3, line8_1_8x1_r3_avx2);
        SET(8X1_R6, line8_1_8x1_r6_avx2);
        SET(4X1_R3, line8_1_4x1_r3_avx2);
        SET(4X1_R6, line8_1_4x1_r6_avx2);
    } else if (interp == V360_LINE && bits == 8 && components == 2) {
        dsp->remap_inside = inside_line8_2_avx2;
        SET(4X1_R3, line8_2_4x1_r3_avx2);
    } else if (interp == V360_LINE && bits == 16 && components == 1) {
        SET(4X1_R3, line16_1_4x1_r3_avx2);
    } else if (interp > V360_LINE && bits == 8 && components == 1) {
        SET(8X1_R2, cube8_1_8x1_r2_avx2);
        SET(8X1_R3, cube8_1_8x1_r3_avx2);
    }
}

static av_cold void init_avx512icl(V360BatchDSPContext *dsp,
                                   enum V360Interp interp, int bits,
                                   int components, int depth)
{
    dsp->store = ff_v360batch_store_avx512icl;
    if (interp == V360_LINE && bits == 8 && components == 1) {
        dsp->unit_kinds = 0;
        SET(8X4, line8_1_w2_avx512icl);
        SET(4X4, line8_1_w4_avx512icl);
        SET(4X2, line8_1_w8_avx512icl);
        SET(2X2, line8_1_w16_avx512icl);
    } else if (interp == V360_LINE && bits == 8 && components == 2) {
        dsp->unit_kinds = 0;
        SET(4X4, line8_2_w4_avx512icl);
        SET(4X2, line8_2_w8_avx512icl);
    } else if (interp == V360_LINE && bits == 16 && components == 1) {
        dsp->unit_kinds = 0;
        SET(4X4, line16_1_w4_avx512icl);
        SET(4X2, line16_1_w8_avx512icl);
    } else if (interp > V360_LINE && bits == 8 && components == 1) {
        dsp->unit_kinds = 0;
        SET(8X4, cube8_1_w2_avx512icl);
        SET(4X4, cube8_1_w4_avx512icl);
        SET(4X2, cube8_1_w8_avx512icl);
    } else if (interp > V360_LINE && bits == 8 && components == 2) {
        dsp->unit_kinds = 0;
        SET(4X4, cube8_2_w4_avx512icl);
        SET(4X2, cube8_2_w8_avx512icl);
    } else if (interp > V360_LINE && bits == 16 && components == 1 &&
               depth < 16) {
        SET(4X4, cube15_1_w4_avx512icl);
        SET(4X2, cube15_1_w8_avx512icl);
    } else if (interp > V360_LINE && bits == 16 && components == 1) {
        SET(4X4, cube16_1_w4_avx512icl);
        SET(4X2, cube16_1_w8_avx512icl);
    }
}

/*
 * Samples one by one: for those that fit no windows, and all of a layout with
 * too few in 16 bytes. The same for all CPUs: wider vectors are not faster.
 */
static av_cold void init_singles(V360BatchDSPContext *dsp,
                                 enum V360Interp interp, int bits,
                                 int components, int depth)
{
    const int line = interp == V360_LINE, cube = interp > V360_LINE;

    if (cube && bits == 8 && components == 1) {
        dsp->remap_inside = inside_cube8_1_avx2;
        SET(1X1, cube8_1_1x1_avx2);
    } else if (cube && bits == 8 && components == 2) {
        dsp->remap_inside = inside_cube8_2_avx2;
        SET(1X1, cube8_2_1x1_avx2);
    } else if (cube && bits == 8 && components == 4) {
        dsp->remap_inside = inside_cube8_4_avx2;
        SET(1X1, cube8_4_1x1_avx2);
    } else if (cube && bits == 16 && components == 1 && depth < 16) {
        dsp->remap_inside = inside_cube15_1_avx2;
        SET(1X1, cube15_1_1x1_avx2);
    } else if (cube && bits == 16 && components == 1) {
        dsp->remap_inside = inside_cube16_1_avx2;
        SET(1X1, cube16_1_1x1_avx2);
    } else if (cube && bits == 16 && components == 2 && depth == 16) {
        dsp->remap_inside = inside_cube16_2_avx2;
        SET(1X1, cube16_2_1x1_avx2);
    } else if (line && bits == 8 && components == 2) {
        SET(1X1, line8_2_1x1_avx2);
    } else if (line && bits == 8 && components == 4) {
        SET(1X1, line8_4_1x1_avx2);
    } else if (line && bits == 16 && components == 1) {
        SET(1X1, line16_1_1x1_avx2);
    } else if (line && bits == 16 && components == 2) {
        SET(1X1, line16_2_1x1_avx2);
    }
}

/* Loads and permutes of bytes alone; not tried with wider vectors. */
static av_cold void init_near(V360BatchDSPContext *dsp, int step)
{
    if (step == 1) {
        SET(8X1_R2, near1_8x1_r2_avx2);
        SET(8X1_R3, near1_8x1_r3_avx2);
        SET(1X1, near1_1x1_avx2);
    } else if (step == 2) {
        SET(4X1_R3, near2_4x1_r3_avx2);
        SET(1X1, near2_1x1_avx2);
    } else {
        SET(1X1, near4_1x1_avx2);
    }
}
#endif

av_cold void ff_v360batchdsp_init_x86(V360BatchDSPContext *dsp,
                                      enum V360Interp interp, int bits,
                                      int components, int depth)
{
#if ARCH_X86_64
    const int flags = av_get_cpu_flags();

    if (EXTERNAL_AVX2_FAST(flags))
        init_avx2(dsp, interp, bits, components);
    if (EXTERNAL_AVX512ICL(flags))
        init_avx512icl(dsp, interp, bits, components, depth);
    if (EXTERNAL_AVX2_FAST(flags))
        init_singles(dsp, interp, bits, components, depth);
    if (EXTERNAL_AVX2_FAST(flags) && interp == V360_NEAR)
        init_near(dsp, components * bits / 8);
#endif
}
