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

#ifndef AVFILTER_V360BATCH_CUDA_BORDER_H
#define AVFILTER_V360BATCH_CUDA_BORDER_H

#include "v360batch_cuda_sample.h"

/**
 * @file
 * Samples of the device with taps beyond the edges of the source or of a face.
 * For vf_v360batch_cuda.cu alone.
 */

/* A rectangle of the source plane, and where the samples beyond are taken. */
struct Face {
    int x0, y0, x1, y1;
    Ptr ring;
};

DEVICE bool in_face(const Face &f, int x, int y)
{
    return x >= f.x0 && x < f.x1 && y >= f.y0 && y < f.y1;
}

DEVICE Face find_face(Ptr border, int x, int y)
{
    Ptr p = FIELD(border, V360CudaBorder, face);
    int n = load_int(FIELD(border, V360CudaBorder, nb_faces));
    Face f;

#pragma unroll 1
    for (;; p += sizeof(V360CudaFace)) {
        f.x0 = load_int(FIELD(p, V360CudaFace, x0));
        f.y0 = load_int(FIELD(p, V360CudaFace, y0));
        f.x1 = load_int(FIELD(p, V360CudaFace, x1));
        f.y1 = load_int(FIELD(p, V360CudaFace, y1));
        if (--n <= 0 || in_face(f, x, y))
            break;
    }
    f.ring = load_ptr(FIELD(border, V360CudaBorder, ring)) +
             4 * (Ptr)(unsigned)load_int(FIELD(p, V360CudaFace, ring));
    return f;
}

/* See find_place() of v360batchdsp.c. */
DEVICE Ptr place(const Face &f, int x, int y, Ptr src, int linesize, int step)
{
    const int w = f.x1 - f.x0, h = f.y1 - f.y0;
    const int rx = x - f.x0 + 2, ry = y - f.y0 + 2;
    int index;

    if (!in_face(f, x, y)) {
        if (y < f.y0)
            index = ry * (w + 4) + rx;
        else if (y >= f.y1)
            index = (ry - h) * (w + 4) + rx;
        else
            index = 4 * (w + 4) + (ry - 2) * 4 + (x < f.x0 ? rx : rx - w);
        index = load_int(f.ring + 4 * (Ptr)(unsigned)index);
        x = index & 0xffff;
        y = (unsigned)index >> 16;
    }
    return src + (Ptr)((unsigned)y * (unsigned)linesize) +
           (unsigned)(x * step);
}

/* A sample with taps beyond its face. */
template<int BITS, int COMPS, int TAPS>
DEVICE void border_sample(int *v, Ptr border, int x, int y, Ptr src,
                          const Plane &p)
{
    const Face f = find_face(border, (x + 128) >> 8, (y + 128) >> 8);
    const int step = COMPS * BITS / 8;
    const int fx = x & 255, fy = y & 255;
    const int n = TAPS == 2 ? 2 : 4, first = TAPS == 2 ? 0 : -1;
    const int bias  = BITS == 8 ? 0 : 1 << (p.depth - 1);
    const int shift = BITS == 8 ? 8 : p.depth - 3;
    int sum[COMPS];

#pragma unroll
    for (int c = 0; c < COMPS; c++)
        sum[c] = TAPS == 2 ? 8192 << p.shift : 0;
#pragma unroll 1
    for (int j = 0; j < n; j++) {
        int row[COMPS];

#pragma unroll
        for (int c = 0; c < COMPS; c++)
            row[c] = 1 << (shift - 1);
#pragma unroll 1
        for (int k = 0; k < n; k++) {
            int s[COMPS];

            Sample<BITS, COMPS, 0>::load(s, place(f, (x >> 8) + k + first,
                                                  (y >> 8) + j + first, src,
                                                  p.linesize, step));
#pragma unroll
            for (int c = 0; c < COMPS; c++) {
                if (TAPS == 2)
                    sum[c] = mad(line_weight(fx, fy, k, j), s[c], sum[c]);
                else
                    row[c] = mad(load_weight(p.setup, fx, k),
                                 s[c] - bias, row[c]);
            }
        }
#pragma unroll
        for (int c = 0; c < COMPS && TAPS == 4; c++)
            sum[c] = mad(load_weight(p.setup, fy, j),
                         row[c] >> shift, sum[c]);
    }
#pragma unroll
    for (int c = 0; c < COMPS; c++)
        v[c] = TAPS == 2 ? line_end(sum[c], p) : cube_end<BITS>(sum[c], p);
}

DEVICE int shift_x(int x, int dx, int period)
{
    x += dx;
    return x >= period ? x - period : x;
}

DEVICE int unpack_y(unsigned y)
{
    return (int)(y << 1) >> 1;
}

template<int BITS, int COMPS, int TAPS>
DEVICE unsigned border_word(Ptr border, Ptr point, int dx, int period,
                            unsigned fill, Ptr src, const Plane &p)
{
    const int bits = COMPS * BITS;
    const unsigned mask = 0xffffffffu >> (32 - bits);
    unsigned word = 0;

#pragma unroll 1
    for (int n = 0; n < 32; n += bits, point += sizeof(V360CudaPoint)) {
        const V360CudaPoint at = load_point(point);
        const int x = shift_x(at.x, dx, period), y = unpack_y(at.y);
        int v[COMPS];

        if (at.x == V360_CUDA_VOID) {
            word |= fill & (mask << n);
            continue;
        }
        if (TAPS == 1) {
            const Face f = find_face(border, (x + 128) >> 8, (y + 128) >> 8);
            Inside<BITS, COMPS, 1>::near(v, place(f, (x + 128) >> 8,
                                                  (y + 128) >> 8, src,
                                                  p.linesize, bits / 8));
        } else {
            border_sample<BITS, COMPS, TAPS>(v, border, x, y, src, p);
        }
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            word |= (unsigned)v[i] << (n + i * BITS);
    }
    return word;
}

#endif /* AVFILTER_V360BATCH_CUDA_BORDER_H */
