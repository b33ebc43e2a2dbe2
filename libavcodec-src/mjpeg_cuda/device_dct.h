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

#ifndef AVCODEC_MJPEG_CUDA_DEVICE_DCT_H
#define AVCODEC_MJPEG_CUDA_DEVICE_DCT_H

#include "launch.h"

/**
 * @file
 * From samples to coefficients, on the device. For the kernels alone.
 */

#ifndef __launch_bounds__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#endif
#ifndef __shared__
#define __shared__ __attribute__((shared))
#endif

#define DEVICE static __inline__ __device__

typedef MJpegCudaPtr Wide;

/* One axis of the accurate integer DCT of libjpeg (jfdctint.c): Loeffler,
 * Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with 11
 * multiplications", ICASSP 1989, in 13 bits of fraction. Rows keep 2 bits more
 * than there are, which columns round off. */
template<int STEP, bool COLUMN>
DEVICE void dct(int *d)
{
    enum { DOWN = COLUMN ? 15 : 11, ROUND = 1 << (DOWN - 1) };
    int *const a0 = d,            *const a1 = d + STEP,
        *const a2 = d + 2 * STEP, *const a3 = d + 3 * STEP,
        *const a4 = d + 4 * STEP, *const a5 = d + 5 * STEP,
        *const a6 = d + 6 * STEP, *const a7 = d + 7 * STEP;
    const int s0 = *a0 + *a7, s1 = *a1 + *a6, s2 = *a2 + *a5, s3 = *a3 + *a4;
    const int d0 = *a0 - *a7, d1 = *a1 - *a6, d2 = *a2 - *a5, d3 = *a3 - *a4;
    const int e0 = s0 + s3, e1 = s1 + s2, e2 = s1 - s2, e3 = s0 - s3;
    const int even = (e2 + e3) * 4433;
    const int odd  = (d0 + d1 + d2 + d3) * 9633;
    const int z1 = (d3 + d0) * -7373;
    const int z2 = (d2 + d1) * -20995;
    const int z3 = (d3 + d1) * -16069 + odd;
    const int z4 = (d2 + d0) * -3196  + odd;

    *a0 = COLUMN ? (e0 + e1 + 2) >> 2 : (e0 + e1) * 4;
    *a4 = COLUMN ? (e0 - e1 + 2) >> 2 : (e0 - e1) * 4;
    *a2 = (even + e3 *   6270 + ROUND) >> DOWN;
    *a6 = (even + e2 * -15137 + ROUND) >> DOWN;
    *a7 = (d3 *  2446 + z1 + z3 + ROUND) >> DOWN;
    *a5 = (d2 * 16819 + z2 + z4 + ROUND) >> DOWN;
    *a3 = (d1 * 25172 + z2 + z3 + ROUND) >> DOWN;
    *a1 = (d0 * 12299 + z1 + z4 + ROUND) >> DOWN;
}

/* Samples of a row of a block. To the right of the picture its last one is
 * repeated. */
DEVICE void load_row(const MJpegCudaPlane &p, int x, int y, int *d)
{
    const unsigned char *row = (const unsigned char *)p.data +
                               (long long)min(y, p.h - 1) * p.linesize;
    const int shift = 8 * p.first;

    if (!p.aligned || x + 8 > p.w) {
#pragma unroll
        for (int i = 0; i < 8; i++)
            d[i] = row[min(x + i, p.w - 1) * p.step + p.first];
        return;
    }
    const unsigned *word = (const unsigned *)(row + x * p.step);
    if (p.step == 1) {
#pragma unroll
        for (int i = 0; i < 8; i++)
            d[i] = word[i / 4] >> 8 * (i % 4) & 255;
    } else {
#pragma unroll
        for (int i = 0; i < 8; i++)
            d[i] = word[i / 2] >> 16 * (i % 2) >> shift & 255;
    }
}

/* The nearest multiple of a quantiser; of two, the larger magnitude. */
DEVICE int quantise(int v, MJpegCudaDivisor by)
{
    const unsigned magnitude = abs(v);
    const int q = (Wide)(magnitude + by.half) * by.reciprocal >> 32;

    return v < 0 ? -q : q;
}

/* Two coefficients in a register. */
DEVICE int pair_of(int low, int high)
{
    int r;

    asm("prmt.b32 %0, %1, %2, 0x5410;" : "=r"(r) : "r"(low), "r"(high));
    return r;
}

/* The coefficient of a place, of those in pairs along rows. */
DEVICE int coef_of(const int *pair, int place)
{
    return place % 2 ? pair[place / 2] >> 16 : (short)pair[place / 2];
}

/* The coefficients of a block, from its samples. */
DEVICE void transform(int *pair, const MJpegCudaPlane &p, int x, int y,
                      const MJpegCudaDivisor *divisor)
{
    int d[64];

#pragma unroll
    for (int j = 0; j < 8; j++)
        load_row(p, x, y + j, d + 8 * j);
#pragma unroll
    for (int j = 0; j < 8; j++) {
        dct<1, false>(d + 8 * j);
        d[8 * j] -= 4 * 8 * 128; /* of samples that have no sign */
    }
#pragma unroll
    for (int j = 0; j < 8; j++) {
        dct<8, true>(d + j);
#pragma unroll
        for (int k = j; k < 64; k += 8) {
            d[k] = quantise(d[k], divisor[k]);
            if (j % 2)
                pair[k / 2] = pair_of(d[k - 1], d[k]);
        }
    }
}

#endif /* AVCODEC_MJPEG_CUDA_DEVICE_DCT_H */
