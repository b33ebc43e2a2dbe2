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

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/cpu.h"
#include "libavutil/x86/cpu.h"
#include "libavfilter/v360batch/cpu/mix.h"

#if ARCH_X86_64

/* The assembly has these numbers. */
_Static_assert(offsetof(V360Mix, coef) == 0 && offsetof(V360Mix, offset) == 8 &&
              offsetof(V360Mix, shift) == 12 && offsetof(V360Mix, max) == 16,
              "V360Mix");

#define DECLARE_MIX(nb, in, out, opt)                                         \
void ff_v360_mix##nb##_##in##_##out##_##opt(uint8_t *dst,                     \
                                            const uint8_t *const src[3],      \
                                            const V360Mix *m, ptrdiff_t n);

#define DECLARE_LUMA(place, in, out, opt)                                     \
void ff_v360_luma_##place##_##in##_##out##_##opt(                             \
    uint8_t *dst, const uint8_t *src, const int32_t *part,                    \
    const V360ChromaPlaces *chroma, const V360Mix *m, ptrdiff_t n);

/* The function for the place of chroma, which is subsampled once in x. */
#define CHOOSE_LUMA(in, out, opt)                                             \
static void luma_##in##_##out##_##opt(                                        \
    uint8_t *dst, const uint8_t *src, const int32_t *part,                    \
    const V360ChromaPlaces *chroma, const V360Mix *m, ptrdiff_t n)            \
{                                                                             \
    if (chroma->xpos == 0)                                                    \
        ff_v360_luma_0_##in##_##out##_##opt(dst, src, part, chroma, m, n);    \
    else if (chroma->xpos == 128)                                             \
        ff_v360_luma_128_##in##_##out##_##opt(dst, src, part, chroma, m, n);  \
    else                                                                      \
        ff_v360_luma_256_##in##_##out##_##opt(dst, src, part, chroma, m, n);  \
}

#define DECLARE(in, out, opt)                                                 \
DECLARE_MIX(1, in, out, opt)                                                  \
DECLARE_MIX(2, in, out, opt)                                                  \
DECLARE_MIX(3, in, out, opt)                                                  \
DECLARE_LUMA(0, in, out, opt)                                                 \
DECLARE_LUMA(128, in, out, opt)                                               \
DECLARE_LUMA(256, in, out, opt)                                               \
CHOOSE_LUMA(in, out, opt)

#define DECLARE_ALL(opt)                                                      \
DECLARE(8, 8, opt)                                                            \
DECLARE(8, 16, opt)                                                           \
DECLARE(16, 8, opt)                                                           \
DECLARE(16, 16, opt)                                                          \
void ff_v360_part_8_##opt(int32_t *dst, const uint8_t *const src[2],          \
                          const V360Mix *m, ptrdiff_t n);                     \
void ff_v360_part_16_##opt(int32_t *dst, const uint8_t *const src[2],         \
                           const V360Mix *m, ptrdiff_t n);                    \
void ff_v360_blend_##opt(int32_t *dst, const int32_t *a, const int32_t *b,    \
                         int weight, ptrdiff_t n);

void ff_v360_pack3_avx2(uint8_t *dst, const uint8_t *const src[3], ptrdiff_t n);
DECLARE_ALL(avx2)
DECLARE_ALL(avx512icl)

#define SET(in, out, opt)                                                     \
    (V360MixDSP){ { ff_v360_mix1_##in##_##out##_##opt,                        \
                    ff_v360_mix2_##in##_##out##_##opt,                        \
                    ff_v360_mix3_##in##_##out##_##opt },                      \
                  ff_v360_part_##in##_##opt, ff_v360_blend_##opt,             \
                  luma_##in##_##out##_##opt, ff_v360_pack3_avx2 }

#define CHOOSE(dsp, in, out, opt)                                             \
    *(dsp) = (in) == 8 ? ((out) == 8 ? SET(8, 8, opt)  : SET(8, 16, opt))     \
                       : ((out) == 8 ? SET(16, 8, opt) : SET(16, 16, opt))

#endif /* ARCH_X86_64 */

av_cold void ff_v360_mix_init_x86(V360MixDSP *dsp, int in, int out, int min_n)
{
#if ARCH_X86_64
    const int flags = av_get_cpu_flags();

    if (EXTERNAL_AVX2_FAST(flags) && min_n >= 16)
        CHOOSE(dsp, in, out, avx2);
    if (EXTERNAL_AVX512ICL(flags) && min_n >= 32)
        CHOOSE(dsp, in, out, avx512icl);
#endif
}
