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


#include "config.h"

#include "libavutil/attributes.h"
#include "mix.h"

static av_always_inline int get(const uint8_t *src, ptrdiff_t i, int bits)
{
    return bits == 8 ? src[i] : ((const uint16_t *)src)[i];
}

static av_always_inline void put(uint8_t *dst, ptrdiff_t i, int bits,
                                 int value)
{
    if (bits == 8)
        dst[i] = value;
    else
        ((uint16_t *)dst)[i] = value;
}

static av_always_inline int finish(const V360Mix *m, int sum)
{
    const int value = sum >> m->shift;

    return value < 0 ? 0 : value > m->max ? m->max : value;
}

/* Sums fit an int, as ff_v360_mixer_init() sees to; but samples beyond their
 * depth, which only the nearest kernel lets through, may wrap. */
static av_always_inline void mix(uint8_t *dst, const uint8_t *const src[3],
                                 const V360Mix *m, ptrdiff_t n, int nb, int in,
                                 int out)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        unsigned sum = m->offset;

        for (int k = 0; k < nb; k++)
            sum += m->coef[k] * (unsigned)get(src[k], i, in);
        put(dst, i, out, finish(m, sum));
    }
}

static av_always_inline void part(int32_t *dst, const uint8_t *const src[2],
                                  const V360Mix *m, ptrdiff_t n, int in)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dst[i] = m->coef[0] * (unsigned)get(src[0], i, in) +
                 m->coef[1] * (unsigned)get(src[1], i, in) + m->offset;
}

static av_always_inline int between(int a, int b, unsigned weight)
{
    return (int)(a * (8 - weight) + b * weight + 4) >> 3;
}

static void blend(int32_t *dst, const int32_t *a, const int32_t *b, int weight,
                  ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dst[i] = between(a[i], b[i], weight);
}

static av_always_inline void luma(uint8_t *dst, const uint8_t *src,
                                  const int32_t *part,
                                  const V360ChromaPlaces *chroma,
                                  const V360Mix *m, ptrdiff_t n, int in,
                                  int out)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        int x, w = ff_v360_neighbours(i, chroma->log2_w, chroma->xpos, &x);

        put(dst, i, out, finish(m, m->coef[0] * (unsigned)get(src, i, in) +
                                   between(part[x], part[x + 1], w) +
                                   m->offset));
    }
}

static void pack3(uint8_t *dst, const uint8_t *const src[3], ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            dst[3 * i + k] = src[k][i];
}

#define MIX(nb, in, out)                                                      \
static void mix##nb##_##in##_##out(uint8_t *dst, const uint8_t *const src[3], \
                                   const V360Mix *m, ptrdiff_t n)             \
{                                                                             \
    mix(dst, src, m, n, nb, in, out);                                         \
}

#define LUMA(in, out)                                                         \
static void luma_##in##_##out(uint8_t *dst, const uint8_t *src,               \
                              const int32_t *part,                            \
                              const V360ChromaPlaces *chroma,                 \
                              const V360Mix *m, ptrdiff_t n)                  \
{                                                                             \
    luma(dst, src, part, chroma, m, n, in, out);                        \
}

#define FUNCTIONS(in, out)                                                    \
MIX(1, in, out)                                                               \
MIX(2, in, out)                                                               \
MIX(3, in, out)                                                               \
LUMA(in, out)

#define PART(in)                                                              \
static void part_##in(int32_t *dst, const uint8_t *const src[2],              \
                      const V360Mix *m, ptrdiff_t n)                          \
{                                                                             \
    part(dst, src, m, n, in);                                                 \
}

FUNCTIONS(8, 8)
FUNCTIONS(8, 16)
FUNCTIONS(16, 8)
FUNCTIONS(16, 16)
PART(8)
PART(16)

#define SET(in, out)                                                          \
    (V360MixDSP){ { mix1_##in##_##out, mix2_##in##_##out, mix3_##in##_##out },\
                  part_##in, blend, luma_##in##_##out, pack3 }

av_cold void ff_v360_mix_init(V360MixDSP *dsp, int in, int out, int min_n)
{
    if (in == 8)
        *dsp = out == 8 ? SET(8, 8) : SET(8, 16);
    else
        *dsp = out == 8 ? SET(16, 8) : SET(16, 16);
#if ARCH_X86 && HAVE_X86ASM
    ff_v360_mix_init_x86(dsp, in, out, min_n);
#endif
}
