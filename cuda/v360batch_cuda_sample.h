/*
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

#ifndef AVFILTER_V360BATCH_CUDA_SAMPLE_H
#define AVFILTER_V360BATCH_CUDA_SAMPLE_H

#include "vf_v360batch_cuda.h"

/**
 * @file
 * The device's samples: loads, weights, one word of a plane. For
 * vf_v360batch_cuda.cu alone.
 */

/*
 * The arithmetic is that of v360batchdsp.c, bit for bit; the proofs that no
 * sum overflows are there. Loads are written as assembly: they bypass the
 * generic address space and extend a sample to 32 bits for nothing, and what
 * they read is constant during a launch. Compiles with clang and nvcc.
 */

#ifndef __launch_bounds__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#endif

#define DEVICE static inline __device__

#define FIELD(p, type, member) ((p) + __builtin_offsetof(type, member))

typedef V360CudaPtr Ptr;

DEVICE int load_int(Ptr p)
{
    int v;
    asm("ld.global.nc.s32 %0, [%1];" : "=r"(v) : "l"(p));
    return v;
}

DEVICE Ptr load_ptr(Ptr p)
{
    Ptr v;
    asm("ld.global.nc.u64 %0, [%1];" : "=l"(v) : "l"(p));
    return v;
}

DEVICE V360CudaPoint load_point(Ptr p)
{
    V360CudaPoint v;
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];"
        : "=r"(v.x), "=r"(v.y) : "l"(p));
    return v;
}

DEVICE void load_weights(int w[4], Ptr setup, int phase)
{
    asm("ld.global.nc.v4.s16 {%0, %1, %2, %3}, [%4];"
        : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
        : "l"(FIELD(setup, V360CudaSetup, weights) + (unsigned)phase * 8));
}

DEVICE int load_weight(Ptr setup, int phase, int tap)
{
    int v;
    asm("ld.global.nc.s16 %0, [%1];" : "=r"(v)
        : "l"(FIELD(setup, V360CudaSetup, weights) +
              (unsigned)(phase * 8 + tap * 2)));
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

/* As assembly, so that no compiler puts sums into an order that needs more
 * instructions. */
DEVICE int mad(int a, int b, int c)
{
    int v;
    asm("mad.lo.s32 %0, %1, %2, %3;" : "=r"(v) : "r"(a), "r"(b), "r"(c));
    return v;
}

/* The components of the sample OFFSET bytes after p. */
template<int BITS, int COMPS, int OFFSET> struct Sample;

#define SAMPLE(bits, comps, type, values, ...)                            \
template<int OFFSET> struct Sample<bits, comps, OFFSET> {                 \
    static inline __device__ void load(int *v, Ptr p)                     \
    {                                                                     \
        asm("ld.global.nc." type " " values ", [%" #comps "+%" __VA_ARGS__ \
            : "l"(p), "n"(OFFSET));                                       \
    }                                                                     \
};

SAMPLE( 8, 1, "u8",  "%0",                "2];" : "=r"(v[0]))
SAMPLE(16, 1, "u16", "%0",                "2];" : "=r"(v[0]))
SAMPLE( 8, 2, "v2.u8",  "{%0, %1}",       "3];" : "=r"(v[0]), "=r"(v[1]))
SAMPLE(16, 2, "v2.u16", "{%0, %1}",       "3];" : "=r"(v[0]), "=r"(v[1]))
SAMPLE( 8, 4, "v4.u8",  "{%0, %1, %2, %3}", "5];"
       : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3]))

/* What is the same for a plane of all frames and for all its samples. */
struct Plane {
    int linesize;
    int depth, shift, max;
    Ptr setup;
};

/* 8 bit: in units of 1 / 65536, so that a byte of the sum is the result. */
template<int BITS> DEVICE void line_weights(int w[4], int fx, int fy)
{
    if (BITS == 8) {
        w[3] = (fx * fy + 2) & ~3;
        w[1] = 256 * fx - w[3];
        w[2] = 256 * fy - w[3];
        w[0] = 65536 - 256 * fx - w[2];
    } else {
        w[3] = (fx * fy + 2) >> 2;
        w[1] = 64 * fx - w[3];
        w[2] = 64 * fy - w[3];
        w[0] = 16384 - 64 * fx - w[2];
    }
}

/* One of them in units of 1 / 16384: of column i and row j. */
DEVICE int line_weight(int fx, int fy, int i, int j)
{
    const int both  = (fx * fy + 2) >> 2;
    const int below = i ? both : 64 * fy - both;

    return j ? below : (i ? 64 * fx : 16384 - 64 * fx) - below;
}

DEVICE int line_end(int sum, const Plane &p)
{
    sum >>= 14 + p.shift;
    return (sum < p.max ? sum : p.max) << p.shift;
}

/* 8 bit: the result is byte 2. */
template<int BITS> DEVICE int line_sum(const int w[4], int a, int b, int c,
                                       int d, const Plane &p)
{
    int sum = BITS == 8 ? 32768 : 8192 << p.shift;

    sum = mad(w[3], d, mad(w[2], c, mad(w[1], b, mad(w[0], a, sum))));
    return BITS == 8 ? sum : line_end(sum, p);
}

template<int BITS> DEVICE int cube_row(const int w[4], int a, int b, int c,
                                       int d, const Plane &p)
{
    const int bias  = BITS == 8 ? 0 : 1 << (p.depth - 1);
    const int shift = BITS == 8 ? 8 : p.depth - 3;
    int sum = mad(w[0], a - bias, 1 << (shift - 1));

    sum = mad(w[3], d - bias, mad(w[2], c - bias, mad(w[1], b - bias, sum)));
    return sum >> shift;
}

template<int BITS> DEVICE int cube_end(int sum, const Plane &p)
{
    const int shift = (BITS == 8 ? 20 : 31 - p.depth) + p.shift;

    sum = ((sum + (1 << (shift - 1))) >> shift) +
          ((BITS == 8 ? 0 : 1 << (p.depth - 1)) >> p.shift);
    sum = sum < 0 ? 0 : sum;
    return (sum < p.max ? sum : p.max) << p.shift;
}

/* What a thread makes: a word of a row, for the views of a job. */
struct Word {
    Ptr job, points;
    int kind, row;
    unsigned x;             /* of the word in its row, bytes */
    int view, end;
};

/*
 * The samples of a word, all taps inside. X and Y are positions whose phases
 * count, src the address of their tap 0.
 */
template<int BITS, int COMPS, int TAPS> struct Inside {
    enum { STEP = COMPS * BITS / 8, N = 4 / STEP };

    static inline __device__ void near(int *v, Ptr src)
    {
        Sample<BITS, COMPS, 0>::load(v, src);
    }

    static inline __device__ void line(int *v, Ptr src, const int w[4],
                                       const Plane &p)
    {
        const Ptr below = src + p.linesize;
        int a[COMPS], b[COMPS], c[COMPS], d[COMPS];

        Sample<BITS, COMPS, 0>::load(a, src);
        Sample<BITS, COMPS, STEP>::load(b, src);
        Sample<BITS, COMPS, 0>::load(c, below);
        Sample<BITS, COMPS, STEP>::load(d, below);
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            v[i] = line_sum<BITS>(w, a[i], b[i], c[i], d[i], p);
    }

    static inline __device__ void cube(int *v, Ptr src, int fx, int fy,
                                       const Plane &p)
    {
        int wx[4], wy[4], sum[COMPS];

        load_weights(wx, p.setup, fx);
        load_weights(wy, p.setup, fy);
        src -= p.linesize;
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            sum[i] = 0;
#pragma unroll
        for (int j = 0; j < 4; j++, src += p.linesize) {
            int a[COMPS], b[COMPS], c[COMPS], d[COMPS];

            Sample<BITS, COMPS, -STEP>::load(a, src);
            Sample<BITS, COMPS, 0>::load(b, src);
            Sample<BITS, COMPS, STEP>::load(c, src);
            Sample<BITS, COMPS, 2 * STEP>::load(d, src);
#pragma unroll
            for (int i = 0; i < COMPS; i++)
                sum[i] += wy[j] * cube_row<BITS>(wx, a[i], b[i], c[i], d[i],
                                                 p);
        }
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            v[i] = cube_end<BITS>(sum[i], p);
    }

    /* A word, one sample after the other: all at once would need twice the
     * registers, for what is a small part of the work of so many taps. */
    static inline __device__ unsigned cubes(const Word &t, int dx, int period,
                                            Ptr frame, const Plane &p)
    {
        Ptr point = t.points;
        unsigned word = 0;

#pragma unroll 1
        for (int n = 0; n < 32; n += BITS * COMPS, point += 8) {
            const V360CudaPoint at = load_point(point);
            const int x = at.x + dx;
            int c = x >> 8, v[COMPS];

            c -= c >= period ? period : 0;
            cube(v, frame + (at.y >> 8) * (unsigned)p.linesize +
                    (unsigned)(c * STEP), x & 255, at.y & 255, p);
#pragma unroll
            for (int i = 0; i < COMPS; i++)
                word |= (unsigned)v[i] << (n + i * BITS);
        }
        return word;
    }
};

/* A word of 4 bytes, each in byte SHIFT / 8 of a value, or of 2 halves. */
template<int BITS, int SHIFT> DEVICE unsigned pack(const int *v)
{
    enum { PAIR = (4 + SHIFT / 8) << 4 | SHIFT / 8 };

    if (BITS == 16)
        return permute<0x5410>(v[0], v[1]);
    return permute<0x5410>(permute<PAIR>(v[0], v[1]),
                           permute<PAIR>(v[2], v[3]));
}

#endif /* AVFILTER_V360BATCH_CUDA_SAMPLE_H */
