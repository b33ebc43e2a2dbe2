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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_BORDER_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_BORDER_H

#include "device_sample.h"

/**
 * @file
 * Samples with taps beyond the edges of the source or of a face, on the device.
 * For the kernels alone.
 */

/* A face is the address at which its members read as those of face 0 of border
 * 0 of V360CudaSetup. */
#define FACE(type, p, member) type(p, V360CudaSetup, border[0].face[0].member)

/* The face in which a sample lies; the last one, if it lies in none. */
DEVICE Ptr find_face(Ptr border, int x, int y)
{
    int n = INT(border, V360CudaSetup, border[0].nb_faces);

#pragma unroll 1
    for (; n > 1; n--, border += sizeof(V360CudaFace))
        if (x >= FACE(INT, border, x0) && x < FACE(INT, border, x1) &&
            y >= FACE(INT, border, y0) && y < FACE(INT, border, y1))
            break;
    return border;
}

/* The sample to fetch instead of one beyond the edge of a face, with its row in
 * the high half; see find_sample() of cpu/dsp.c. x and y count from the face's
 * corner. */
DEVICE unsigned find_sample(const V360CudaLaunch &l, const Word &t, Ptr face,
                            int x, int y, int w, int h)
{
    const Ptr ring = PTR(border_of(l, siting_of(l, t)), V360CudaSetup,
                         border[0].ring);
    int index = FACE(INT, face, ring);

    if (y < 0)
        index += (y + 2) * (w + 4) + x + 2;
    else if (y >= h)
        index += (y + 2 - h) * (w + 4) + x + 2;
    else
        index += 4 * (w + 4) + y * 4 + x + 2 - (x < 0 ? 0 : w);
    return load_int<0>(entry<4>(ring, index));
}

/* The sample to fetch for one of the source's rectangle, in the same form; see
 * ff_v360_sample_inside(). outline is that of V360CudaFace. */
DEVICE unsigned find_inside(const V360CudaLaunch &l, int outline, int x, int y)
{
    const Ptr row = l.setup + (unsigned)(outline + y *
                                         (int)sizeof(V360CudaOutlineRow));
    int at;

    if (x < INT(row, V360CudaOutlineRow, x0))
        at = INT(row, V360CudaOutlineRow, left) +
             4 * max(x, INT(row, V360CudaOutlineRow, first));
    else if (x < INT(row, V360CudaOutlineRow, x1))
        return y << 16 | x;
    else
        at = INT(row, V360CudaOutlineRow, right) +
             4 * min(x, INT(row, V360CudaOutlineRow, end) - 1);
    return load_int<0>(l.setup + (unsigned)at);
}

/* How many bytes after the source's first sample a sample is fetched that lies
 * in a face or beyond its edges. */
DEVICE unsigned sample_offset(const V360CudaLaunch &l, const Word &t, Ptr face,
                              int x, int y, int step)
{
    const int x0 = FACE(LATE, face, x0), w = FACE(LATE, face, x1) - x0;
    const int y0 = FACE(LATE, face, y0), h = FACE(LATE, face, y1) - y0;

    if ((unsigned)(x - x0) >= (unsigned)w ||
        (unsigned)(y - y0) >= (unsigned)h) {
        const unsigned at = find_sample(l, t, face, x - x0, y - y0, w, h);

        x = at & 0xffff;
        y = at >> 16;
    } else {
        const int outline = FACE(LATE, face, outline);

        if (outline) {
            const unsigned at = find_inside(l, outline, x, y);

            x = at & 0xffff;
            y = at >> 16;
        }
    }
    return (unsigned)y * linesize_of(l, plane_of(l, t)) + (unsigned)(x * step);
}

/* Make a sample with taps beyond its face: one tap after the other. */
template<int BITS, int COMPS, int TAPS>
DEVICE void border_sample(int *v, const V360CudaLaunch &l, const Word &t,
                          Ptr src, int x, int y)
{
    enum { N = TAPS == 2 ? 2 : 4, FIRST = TAPS == 2 ? 0 : -1 };
    const Ptr face = find_face(border_of(l, siting_of(l, t)), (x + 128) >> 8,
                               (y + 128) >> 8);
    int row[COMPS];

#pragma unroll
    for (int c = 0; c < COMPS; c++) {
        v[c]   = TAPS == 2 ? 8192 << Depth<BITS>(l).shift : 0;
        row[c] = 0;
    }
#pragma unroll 1
    for (int n = 0; n < N * N; n++) {
        const int i = n % N, j = n / N;
        const Depth<BITS> d(l);
        int s[COMPS];

        Sample<BITS, COMPS, 0>::load(s, src + sample_offset(l, t, face,
            (x >> 8) + i + FIRST, (y >> 8) + j + FIRST, COMPS * BITS / 8));
#pragma unroll
        for (int c = 0; c < COMPS; c++) {
            if (TAPS == 2) {
                v[c] = mad(line_weight(x & 255, y & 255, i, j), s[c], v[c]);
                continue;
            }
            row[c] = mad(load_weight(l.setup, x & 255, i),
                         cube_tap<BITS, COMPS>(s[c], d),
                         i ? row[c] : cube_start(d));
            if (i == N - 1)
                v[c] = mad(load_weight(l.setup, y & 255, j),
                           row[c] >> cube_shift(d), v[c]);
        }
    }
#pragma unroll
    for (int c = 0; c < COMPS; c++)
        v[c] = TAPS == 2 ? line_end(v[c], Depth<BITS>(l))
                         : cube_end(v[c], Depth<BITS>(l));
}

template<int BITS, int COMPS>
DEVICE void border_near(int *v, const V360CudaLaunch &l, const Word &t,
                        Ptr src, int x, int y)
{
    const Ptr face = find_face(border_of(l, siting_of(l, t)), x, y);

    Sample<BITS, COMPS, 0>::load(v, src + sample_offset(l, t, face, x, y,
                                                        COMPS * BITS / 8));
}

/* Find the position of a word's sample i in a view. Returns whether it sees
 * anything. */
template<int PER_WORD>
DEVICE bool find_point(int *x, int *y, const V360CudaLaunch &l, const Word &t,
                       int view, int i)
{
    const int siting = siting_of(l, t);
    const int period = INT(border_of(l, siting), V360CudaSetup,
                           border[0].period);
    const V360CudaPoint p = load_point(points_of<PER_WORD>(l, t) + 8 * i);

    *x  = p.x + dx_of(l, view, siting);
    *x -= *x >= period ? period : 0;
    *y  = (int)(p.y << 1) >> 1;
    return p.x != V360_CUDA_UNMAPPED;
}

template<int BITS, int COMPS, int TAPS>
DEVICE void border_any(int *v, const V360CudaLaunch &l, const Word &t,
                       int view, int frame, int x, int y)
{
    const int plane = plane_of(l, t);
    const Ptr src = source_of(l, plane * l.nb_frames + frame) +
                    eye_of(l, view, plane);

    if (TAPS == 1)
        border_near<BITS, COMPS>(v, l, t, src, (x + 128) >> 8, (y + 128) >> 8);
    else
        border_sample<BITS, COMPS, TAPS>(v, l, t, src, x, y);
}

/* Make a word of which some taps are outside: one sample after the other, each
 * of which is looked up in the grid again. */
template<int BITS, int COMPS, int TAPS>
DEVICE unsigned border_word(const V360CudaLaunch &l, const Word &t, int view,
                            int frame)
{
    enum { SIZE = COMPS * BITS };
    unsigned word = 0;

#pragma unroll 1
    for (int n = 0; n < 32; n += SIZE) {
        int x, y, v[COMPS];

        if (!find_point<32 / SIZE>(&x, &y, l, t, view, n / SIZE)) {
            word |= fill_of(l, plane_of(l, t)) &
                    0xffffffffu >> (32 - SIZE) << n;
            continue;
        }
        border_any<BITS, COMPS, TAPS>(v, l, t, view, frame, x, y);
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            word |= (unsigned)v[i] << (n + i * BITS);
    }
    return word;
}

/*
 * The word's first column for a view, or -1 if some taps are outside. Only the
 * first column is wrapped. So a word on both sides of the seam counts as
 * outside: its last column is then beyond the source.
 */
template<int TAPS>
DEVICE int find_column(const V360CudaLaunch &l, int siting, unsigned columns,
                       int dx)
{
    const Ptr border = border_of(l, siting);
    const int period = INT(border, V360CudaSetup, border[0].period) >> 8;
    const unsigned limit = INT(border, V360CudaSetup, border[0].limit);
    int first = (int)(columns & 0xffff) + (dx >> 8);
    unsigned tap;

    first -= first >= period ? period : 0;
    tap    = first - (TAPS == 4);
    return tap > limit || tap + (columns >> 16) > limit ? -1 : first;
}

/* Remap all frames of a view, with some taps outside. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_border(const V360CudaLaunch &l, const Word &t, int view)
{
#pragma unroll 1
    for (int n = 0; n < l.nb_frames; n++) {
        const unsigned word = border_word<BITS, COMPS, TAPS>(l, t, view, n);

        store_word(output_of(l, late(view) * l.nb_frames + n) +
                   word_offset(l, t, view, plane_of(l, t)), word);
    }
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_BORDER_H */
