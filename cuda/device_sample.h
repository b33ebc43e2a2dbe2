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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_SAMPLE_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_SAMPLE_H

#include "device_table.h"

/**
 * @file
 * Samples on the device: loads, weights, sums. For the kernels alone.
 * The arithmetic is that of cpu/dsp.c, bit for bit; the proofs that no sum
 * overflows are there.
 */

/* The weights of the 4 taps of a phase, and one of them. */
DEVICE void load_weights(int w[4], Ptr setup, int phase)
{
    asm("ld.global.nc.v4.s16 {%0, %1, %2, %3}, [%4+%5];"
        : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
        : "l"(entry<8>(setup, phase)),
          "n"(__builtin_offsetof(V360CudaSetup, weights)));
}

DEVICE int load_weight(Ptr setup, int phase, int tap)
{
    int v;
    asm("ld.global.nc.s16 %0, [%1+%2];" : "=r"(v)
        : "l"(entry<2>(setup, phase * 4 + tap)),
          "n"(__builtin_offsetof(V360CudaSetup, weights)));
    return v;
}

DEVICE void store_word(Ptr p, unsigned v)
{
    asm volatile("st.global.u32 [%0], %1;" : : "l"(p), "r"(v) : "memory");
}

template<int SELECT> DEVICE unsigned permute(unsigned a, unsigned b)
{
    unsigned v;
    asm("prmt.b32 %0, %1, %2, %3;" : "=r"(v) : "r"(a), "r"(b), "n"(SELECT));
    return v;
}

/* Written as assembly, so that no compiler puts sums into an order that needs
 * more instructions. */
DEVICE int mad(int a, int b, int c)
{
    int v;
    asm("mad.lo.s32 %0, %1, %2, %3;" : "=r"(v) : "r"(a), "r"(b), "r"(c));
    return v;
}

/* The components of the sample OFFSET bytes after p. */
template<int BITS, int COMPS, int OFFSET> struct Sample;

#define LOAD(value, constraint, list, type, values, ...)                  \
    static inline __device__ void load(value *v, Ptr p)                   \
    {                                                                     \
        asm("ld.global.nc." type " " values ", [%" __VA_ARGS__ "];"       \
            : list(constraint) : "l"(p), "n"(OFFSET));                    \
    }

#define SAMPLE(bits, comps, ...)                                          \
template<int OFFSET> struct Sample<bits, comps, OFFSET> {                 \
    LOAD(int, "=r", LIST##comps, __VA_ARGS__)                             \
    LOAD(unsigned short, "=h", LIST##comps, __VA_ARGS__)                  \
};

#define LIST1(c) c(v[0])
#define LIST2(c) c(v[0]), c(v[1])
#define LIST4(c) c(v[0]), c(v[1]), c(v[2]), c(v[3])

SAMPLE( 8, 1, "u8",     "%0",               "1+%2")
SAMPLE(16, 1, "u16",    "%0",               "1+%2")
SAMPLE( 8, 2, "v2.u8",  "{%0, %1}",         "2+%3")
SAMPLE(16, 2, "v2.u16", "{%0, %1}",         "2+%3")
SAMPLE( 8, 4, "v4.u8",  "{%0, %1, %2, %3}", "4+%5")

/* The depth of samples: constants for 8 bits, else what the launch says. */
template<int BITS> struct Depth {
    int bits, shift, max;   /* bits: the msb of the launch */

    inline __device__ Depth(const V360CudaLaunch &l)
    {
        bits  = BITS == 8 ? 8 : late(l.msb);
        shift = BITS == 8 ? 0 : late(l.shift);
        max   = (1 << (bits - shift)) - 1;
    }
};

/*
 * The weights of four bilinear taps, two in a register: the 16 weights of a
 * word would take a third of all registers. With 8 bits they are in units of
 * 1 / 65536, so that a byte of the sum is the result. 65536 does not fit in
 * half a register. It is the weight of a tap that counts alone, and 65535 gives
 * the same result: 65535 * s + 32768 is not less than 65536 * s, as s is less
 * than 32768.
 */
struct Weights {
    unsigned above, below;
};

template<int BITS> DEVICE Weights line_weights(int fx, int fy)
{
    const unsigned unit  = BITS == 8 ? 256 : 64;
    const unsigned both  = BITS == 8 ? (fx * fy + 2) & ~3 : (fx * fy + 2) >> 2;
    const unsigned right = unit * fx - both, left = unit * (256 - fy) - right;
    Weights w;

    w.above = (left < 65535 ? left : 65535) | right << 16;
    w.below = (unit * fy - both) | both << 16;
    return w;
}

/* The weight of the tap in column i and row j, in units of 1 / 16384. */
DEVICE int line_weight(int fx, int fy, int i, int j)
{
    const int both  = (fx * fy + 2) >> 2;
    const int below = i ? both : 64 * fy - both;

    return j ? below : (i ? 64 * fx : 16384 - 64 * fx) - below;
}

template<int BITS> DEVICE int line_end(int sum, const Depth<BITS> &d)
{
    sum >>= 14 + d.shift;
    return (sum < d.max ? sum : d.max) << d.shift;
}

/* Written as assembly, so that no compiler keeps the halves. */
DEVICE void unpack(unsigned short w[2], unsigned pair)
{
    asm volatile("mov.b32 {%0, %1}, %2;"
                 : "=h"(w[0]), "=h"(w[1]) : "r"(pair));
}

DEVICE int mad_wide(unsigned short a, unsigned short b, int c)
{
    int v;
    asm("mad.wide.u16 %0, %1, %2, %3;" : "=r"(v) : "h"(a), "h"(b), "r"(c));
    return v;
}

/* A sample of 2x2 taps. With 8 bits, the result is byte 2 of v. */
template<int BITS, int COMPS>
DEVICE void line(int *v, Ptr src, unsigned linesize, const Weights &weights,
                 const Depth<BITS> &depth)
{
    enum { STEP = COMPS * BITS / 8 };
    const int half = BITS == 8 ? 32768 : 8192 << depth.shift;
    const Ptr next = src + linesize;
    unsigned short a[COMPS], b[COMPS], c[COMPS], d[COMPS], w[4];

    Sample<BITS, COMPS, 0>::load(a, src);
    Sample<BITS, COMPS, STEP>::load(b, src);
    Sample<BITS, COMPS, 0>::load(c, next);
    Sample<BITS, COMPS, STEP>::load(d, next);
    unpack(w, weights.above);
    unpack(w + 2, weights.below);
#pragma unroll
    for (int i = 0; i < COMPS; i++) {
        v[i] = mad_wide(w[1], b[i], mad_wide(w[0], a[i], half));
        v[i] = mad_wide(w[3], d[i], mad_wide(w[2], c[i], v[i]));
        if (BITS == 16)
            v[i] = line_end(v[i], depth);
    }
}

/* The sum of a row of 4 taps starts with cube_start(), which centres it on 0 by
 * subtracting cube_bias(), and is shifted down by cube_shift(). */
template<int BITS> DEVICE int cube_shift(const Depth<BITS> &d)
{
    return BITS == 8 ? 8 : d.bits - 3;
}

template<int BITS> DEVICE int cube_bias(const Depth<BITS> &d)
{
    return BITS == 8 ? 0 : 1 << (d.bits - 1);
}

template<int BITS> DEVICE int cube_start(const Depth<BITS> &d)
{
    return (1 << (cube_shift(d) - 1)) - (cube_bias(d) << 14);
}

/* A tap, clipped to its depth: samples of a raw source can be beyond it, but
 * not in formats of two components, which use the high bits. */
template<int BITS, int COMPS> DEVICE int cube_tap(int s, const Depth<BITS> &d)
{
    const int most = (1 << d.bits) - 1;

    return BITS == 8 || COMPS == 2 || s < most ? s : most;
}

template<int BITS> DEVICE int cube_end(int sum, const Depth<BITS> &d)
{
    const int shift = (BITS == 8 ? 20 : 31 - d.bits) + d.shift;

    sum = ((sum + (1 << (shift - 1))) >> shift) + (cube_bias(d) >> d.shift);
    sum = sum < 0 ? 0 : sum;
    return (sum < d.max ? sum : d.max) << d.shift;
}

/* A sample of 4x4 taps. */
template<int BITS, int COMPS>
DEVICE void cube(int *v, Ptr src, unsigned linesize, Ptr setup, int fx, int fy,
                 const Depth<BITS> &depth)
{
    enum { STEP = COMPS * BITS / 8 };
    int w[4], wy[4];

    load_weights(w, setup, fx);
    load_weights(wy, setup, fy);
    src -= linesize;
#pragma unroll
    for (int i = 0; i < COMPS; i++)
        v[i] = 0;
#pragma unroll
    for (int j = 0; j < 4; j++, src += linesize) {
        int a[COMPS], b[COMPS], c[COMPS], d[COMPS];

        Sample<BITS, COMPS, -STEP>::load(a, src);
        Sample<BITS, COMPS, 0>::load(b, src);
        Sample<BITS, COMPS, STEP>::load(c, src);
        Sample<BITS, COMPS, 2 * STEP>::load(d, src);
#pragma unroll
        for (int i = 0; i < COMPS; i++) {
            int sum = mad(w[0], cube_tap<BITS, COMPS>(a[i], depth),
                          cube_start(depth));

            sum  = mad(w[1], cube_tap<BITS, COMPS>(b[i], depth), sum);
            sum  = mad(w[2], cube_tap<BITS, COMPS>(c[i], depth), sum);
            sum  = mad(w[3], cube_tap<BITS, COMPS>(d[i], depth), sum);
            v[i] = mad(wy[j], sum >> cube_shift(depth), v[i]);
        }
    }
#pragma unroll
    for (int i = 0; i < COMPS; i++)
        v[i] = cube_end(v[i], depth);
}

/* A word made of 2 values of 16 bits, or of byte SHIFT / 8 of 4 values. */
template<int BITS, int SHIFT> DEVICE unsigned pack(const int *v)
{
    enum { PAIR = (4 + SHIFT / 8) << 4 | SHIFT / 8 };

    if (BITS == 16)
        return permute<0x5410>(v[0], v[1]);
    return permute<0x5410>(permute<PAIR>(v[0], v[1]),
                           permute<PAIR>(v[2], v[3]));
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_SAMPLE_H */
