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

#include "device_dct.h"

/**
 * @file
 * The kernels of mjpeg_cuda, in the order in which they run. All is done in
 * integers as libjpeg does it, so that the bytes are the same.
 */

#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)

DEVICE void barrier(void)
{
    asm volatile("bar.sync 0;" : : : "memory");
}

DEVICE void set_bits(unsigned *p, unsigned v)
{
    asm volatile("red.global.or.b32 [%0], %1;" : : "l"(p), "r"(v) : "memory");
}

/* The number of bits that a magnitude is written with. */
DEVICE int bits_of(unsigned v)
{
    int zeros;

    asm("clz.b32 %0, %1;" : "=r"(zeros) : "r"(v));
    return 32 - zeros;
}

/* The bytes of a word of the scan, which begins with its high bits. */
DEVICE unsigned bytes_of(unsigned v)
{
    unsigned r;

    asm("prmt.b32 %0, %1, 0, 0x0123;" : "=r"(r) : "r"(v));
    return r;
}

/* The sum of the values of all threads before this one, and of all. A kernel
 * calls it once. */
template<typename T>
DEVICE T sum_before(T v, T *total)
{
    __shared__ T sum[2][MJPEG_CUDA_THREADS];
    const int t = threadIdx.x;
    int from = 0;

    sum[0][t] = v;
    barrier();
    for (int n = 1; n < MJPEG_CUDA_THREADS; n *= 2) {
        sum[!from][t] = sum[from][t] + (t >= n ? sum[from][t - n] : 0);
        from ^= 1;
        barrier();
    }
    *total = sum[from][MJPEG_CUDA_THREADS - 1];
    return sum[from][t] - v;
}

/* The number of a block of a component in the scan. */
DEVICE int block_at(const MJpegCudaLaunch &l, int component, int x, int y)
{
    const int luma = l.h * l.v;

    if (component)
        return (y * l.mcus_w + x) * (luma + 2) + luma + component - 1;
    return ((y >> (l.v - 1)) * l.mcus_w + (x >> (l.h - 1))) * (luma + 2) +
           (y & (l.v - 1)) * l.h + (x & (l.h - 1));
}

/* A thread makes the coefficients of a block, and counts the bits of all but
 * the first, which depends on another block. */
KERNEL(MJPEG_CUDA_DCTS) mjpeg_cuda_dct(MJpegCudaLaunch l)
{
    static const unsigned char place[64] = { /* in the order of a scan */
         0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    };
    const int component = blockIdx.y;
    const int i = blockIdx.x * MJPEG_CUDA_DCTS + threadIdx.x;
    const MJpegCudaPlane &p = l.plane[component];
    const MJpegCudaTables *tables = (const MJpegCudaTables *)l.tables;
    const unsigned *ac = tables->ac[component > 0];
    const int y = i / p.blocks_w, x = i - y * p.blocks_w;
    unsigned bits = 0, run = 0;
    int pair[32];

    if (y >= p.blocks_h)
        return;
    transform(pair, p, 8 * x, 8 * y, tables->divisor[component > 0]);

    const int at = block_at(l, component, x, y);
    int4 *coefs = (int4 *)l.coefs + (long long)at * 8;
    int part[4];
#pragma unroll
    for (int k = 0; k < 64; k++) {
        const int v = coef_of(pair, place[k]);

        if (k % 2)
            part[k / 2 % 4] = pair_of(coef_of(pair, place[k - 1]), v);
        if (k % 8 == 7)
            coefs[k / 8] = make_int4(part[0], part[1], part[2], part[3]);
        if (k && v) {
            const int size = bits_of(abs(v));

            bits += (run >> 4) * (ac[0xf0] >> 16) + size +
                    (ac[(run & 15) << 4 | size] >> 16);
        }
        run = !k || v ? 0 : run + 1;
    }
    ((unsigned *)l.at)[at] = bits + (run ? ac[0] >> 16 : 0);
}

/* Whether a block lies outside the picture, as those of chroma never do. */
DEVICE bool is_empty(const MJpegCudaLaunch &l, int i)
{
    const int luma = l.h * l.v;
    const int mcu = i / (luma + 2), in = i - mcu * (luma + 2);
    const int y = mcu / l.mcus_w, x = mcu - y * l.mcus_w;

    return in < luma && (x * l.h + (in & (l.h - 1))  >= l.plane[0].blocks_w ||
                         y * l.v + (in >> (l.h - 1)) >= l.plane[0].blocks_h);
}

DEVICE int mean_of(const MJpegCudaLaunch &l, int i)
{
    while (is_empty(l, i))
        i--;
    return ((const short *)l.coefs)[(long long)i * 64];
}

/* How the mean of a block that is not empty differs from the one before. */
DEVICE int difference(const MJpegCudaLaunch &l, int i)
{
    const int luma = l.h * l.v, all = luma + 2;
    const int in = i % all;
    const int before = !in ? i - 3 : in < luma ? i - 1 : i - all;

    return mean_of(l, i) - (before < 0 ? 0 : mean_of(l, before));
}

DEVICE int is_chroma(const MJpegCudaLaunch &l, int i)
{
    return i % (l.h * l.v + 2) >= l.h * l.v;
}

/* A thread finds the bits of a block, and where they lie in its group. */
KERNEL(MJPEG_CUDA_THREADS) mjpeg_cuda_place(MJpegCudaLaunch l)
{
    const int i = blockIdx.x * MJPEG_CUDA_THREADS + threadIdx.x;
    const MJpegCudaTables *tables = (const MJpegCudaTables *)l.tables;
    unsigned *at = (unsigned *)l.at;
    unsigned bits = 0, all;

    if (i < l.blocks) {
        const int chroma = is_chroma(l, i);
        const bool empty = is_empty(l, i);
        const int size = empty ? 0 : bits_of(abs(difference(l, i)));

        bits = (tables->dc[chroma][size] >> 16) + size +
               (empty ? tables->ac[chroma][0] >> 16 : at[i]);
    }
    bits = sum_before(bits, &all);
    if (i < l.blocks)
        at[i] = bits;
    if (!threadIdx.x)
        ((Wide *)l.group)[blockIdx.x] = all;
}

/* One block of threads makes sums of what there is before each value. */
KERNEL(MJPEG_CUDA_THREADS) mjpeg_cuda_sum(MJpegCudaSum s)
{
    const int each = (s.nb + MJPEG_CUDA_THREADS - 1) / MJPEG_CUDA_THREADS;
    const int from = min((int)threadIdx.x * each, s.nb);
    const int to = min(from + each, s.nb);
    Wide *values = (Wide *)s.values;
    Wide sum = 0, all;

    for (int i = from; i < to; i++)
        sum += values[i];
    sum = sum_before(sum, &all);
    for (int i = from; i < to; i++) {
        const Wide v = values[i];

        values[i] = sum;
        sum += v;
    }
    if (!threadIdx.x)
        *(Wide *)s.total = all;
}

/** Writes bits into words of the scan. */
struct Writer {
    unsigned *word;
    Wide bits;
    int nb;         /* of those, which are less than 32 */
    bool shared;    /* whether the word has bits of the block before */
};

DEVICE void put(Writer &w, unsigned value, int nb)
{
    w.bits = w.bits << nb | value;
    w.nb  += nb;
    if (w.nb < 32)
        return;
    w.nb -= 32;
    const unsigned bytes = bytes_of(w.bits >> w.nb);
    if (w.shared)
        set_bits(w.word++, bytes);
    else
        *w.word++ = bytes;
    w.shared = false;
}

/* A code of a number of bits, and then those. */
DEVICE void put_value(Writer &w, unsigned code, int v, int size)
{
    const unsigned bits = (v < 0 ? v - 1 : v) & ((1u << size) - 1);

    put(w, (code & 0xffff) << size | bits, (code >> 16) + size);
}

/* All coefficients but the first. */
DEVICE void put_rest(Writer &w, const unsigned *ac, const int4 *coefs)
{
    int run = 0;

    for (int i = 0; i < 8; i++) {
        const int4 part = coefs[i];
        const int pair[4] = { part.x, part.y, part.z, part.w };

#pragma unroll
        for (int j = 0; j < 8; j++) {
            const int v = coef_of(pair, j);

            if (!v || (!i && !j)) {
                run += i || j;
                continue;
            }
            for (; run > 15; run -= 16)
                put(w, ac[0xf0] & 0xffff, ac[0xf0] >> 16);
            const int size = bits_of(abs(v));
            put_value(w, ac[run << 4 | size], v, size);
            run = 0;
        }
    }
    if (run)
        put(w, ac[0] & 0xffff, ac[0] >> 16);
}

/* Bytes of the scan; none if there is no room for them. */
DEVICE Wide scan_bytes(const MJpegCudaLaunch &l)
{
    const Wide bytes = (((const MJpegCudaResult *)l.result)->bits + 7) / 8;

    return bytes > l.scan_size ? 0 : bytes;
}

/* A thread writes the bits of a block. */
KERNEL(MJPEG_CUDA_THREADS) mjpeg_cuda_write(MJpegCudaLaunch l)
{
    const int i = blockIdx.x * MJPEG_CUDA_THREADS + threadIdx.x;
    const MJpegCudaTables *tables = (const MJpegCudaTables *)l.tables;

    if (i >= l.blocks || !scan_bytes(l))
        return;
    const Wide first = ((const Wide *)l.group)[blockIdx.x] +
                       ((const unsigned *)l.at)[i];
    const int chroma = is_chroma(l, i);
    const unsigned *ac = tables->ac[chroma], *dc = tables->dc[chroma];
    Writer w = { (unsigned *)l.scan + (first >> 5), 0, (int)(first & 31), true };
    if (is_empty(l, i)) {
        put_value(w, dc[0], 0, 0);
        put_value(w, ac[0], 0, 0);
    } else {
        const int v = difference(l, i), size = bits_of(abs(v));

        put_value(w, dc[size], v, size);
        put_rest(w, ac, (const int4 *)l.coefs + (long long)i * 8);
    }
    if (i == l.blocks - 1)
        put(w, (1u << (-w.nb & 7)) - 1, -w.nb & 7);
    if (w.nb)
        set_bits(w.word, bytes_of(w.bits << (32 - w.nb)));
}

/* A thread counts the zeros that a part of the scan needs: one after each byte
 * of all ones. */
KERNEL(MJPEG_CUDA_THREADS) mjpeg_cuda_count(MJpegCudaLaunch l)
{
    const unsigned i = blockIdx.x * MJPEG_CUDA_THREADS + threadIdx.x;
    unsigned nb = 0, all;

    if ((Wide)i * MJPEG_CUDA_BYTES < scan_bytes(l)) {
        const int4 part = ((const int4 *)l.scan)[i];
        const int words[4] = { part.x, part.y, part.z, part.w };

#pragma unroll
        for (int j = 0; j < MJPEG_CUDA_BYTES; j++)
            nb += (words[j / 4] >> 8 * (j % 4) & 255) == 255;
    }
    nb = sum_before(nb, &all);
    ((unsigned *)l.stuffing)[i] = nb;
    if (!threadIdx.x)
        ((Wide *)l.stuffing_group)[blockIdx.x] = all;
}

/* A thread copies a part of the scan, with those zeros. */
KERNEL(MJPEG_CUDA_THREADS) mjpeg_cuda_stuff(MJpegCudaLaunch l)
{
    const unsigned i = blockIdx.x * MJPEG_CUDA_THREADS + threadIdx.x;
    const Wide from = (Wide)i * MJPEG_CUDA_BYTES, bytes = scan_bytes(l);
    const MJpegCudaResult *result = (const MJpegCudaResult *)l.result;

    if (from >= bytes || bytes + result->stuffed > l.out_size)
        return;
    const unsigned char *src = (const unsigned char *)l.scan + from;
    unsigned char *dst = (unsigned char *)l.out + from +
                         ((const Wide *)l.stuffing_group)[blockIdx.x] +
                         ((const unsigned *)l.stuffing)[i];
    const int n = min(bytes - from, (Wide)MJPEG_CUDA_BYTES);
    for (int j = 0; j < n; j++) {
        *dst++ = src[j];
        if (src[j] == 255)
            *dst++ = 0;
    }
}
