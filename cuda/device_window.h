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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_H

#include "device_border.h"
#include "device_row.h"
#include "device_sample.h"
#include "device_window_cube.h"

/**
 * @file
 * Words of 8 bits whose taps lie close together, in a window of a few rows. The
 * sums are those of device_sample.h, so the bytes are the same.
 *
 * That needs rows that begin at multiples of 4 bytes (V360CudaLaunch.words), and
 * taps that fit (V360CudaTile.narrow). For the kernels alone.
 */

/* Taps of 2x2: the samples of a word see three rows at most, and each of them
 * two, so that a third pair of weights is 0. */
template<int COMPS> struct LineWindow {
    enum { N = 4 / COMPS, TAPS = 2, BEFORE = 0 };

    Place place;
    unsigned w[3][N];
    unsigned which[2];
};

template<int COMPS>
DEVICE bool make_window(LineWindow<COMPS> &win, const V360CudaLaunch &l,
                        const Word &t, int phase)
{
    enum { N = 4 / COMPS };
    unsigned point[N];
    const bool inside = find_place<N>(win.place, point, l, t, phase);

    win.which[0] = win.which[1] = 0;
#pragma unroll
    for (int i = 0; i < N; i++) {
        const Weights w = line_weights<8>(point[i] & 255, point[i] >> 16 & 255);
        const bool low = point[i] >> 24;
        const unsigned at = (point[i] >> 8 & 255) * COMPS;

        win.w[0][i] = low ? 0       : w.above;
        win.w[1][i] = low ? w.above : w.below;
        win.w[2][i] = low ? w.below : 0;
        if (COMPS == 1)
            win.which[i / 2] |= (at * 0x11 + 0x10) << 8 * (i % 2);
        else
            win.which[i] = at * 0x1111 + 0x3120;
    }
    return inside;
}

template<int COMPS>
DEVICE void add_line_row(int *v, const LineWindow<COMPS> &win,
                         const unsigned *w, const unsigned row[2])
{
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const unsigned taps = pick(row[0], row[1], win.which[i]);

        v[2 * i]     = dot_low(w[2 * i / COMPS], taps, v[2 * i]);
        v[2 * i + 1] = dot_high(w[(2 * i + 1) / COMPS], taps, v[2 * i + 1]);
    }
}

template<int COMPS>
DEVICE unsigned window_word(const LineWindow<COMPS> &win, Ptr p, const Rows &r,
                            unsigned linesize, const Depth<8> &depth)
{
    int v[4] = { 32768, 32768, 32768, 32768 };
    unsigned row[2];

    load_row<false>(row, p, r);
    add_line_row(v, win, win.w[0], row);
    load_row<false>(row, p += linesize, r);
    add_line_row(v, win, win.w[1], row);
    if (is_deep(win.place)) {
        load_row<false>(row, p + linesize, r);
        add_line_row(v, win, win.w[2], row);
    }
    return pack<8, 16>(v);
}

/* Where the rows of a word begin in a view whose first column it is. */
template<typename Window>
DEVICE Rows rows_of(const Window &win, const V360CudaLaunch &l, int view,
                    int plane, int column)
{
    enum { COMPS = 4 / Window::N };
    const int bytes = ((columns_of(win.place) >> 16) + Window::TAPS) * COMPS;

    return find_rows(eye_of(l, view, plane) + win.place.offset +
                     (unsigned)((column - Window::BEFORE) * COMPS) -
                     Window::BEFORE * linesize_of(l, plane), bytes);
}

/* Remap all frames of a view, with all taps inside. */
template<typename Window>
DEVICE void remap_window(const Window &win, const V360CudaLaunch &l,
                         const Word &t, int view, int column)
{
    const int plane = plane_of(l, t);
    const Rows rows = rows_of(win, l, view, plane, column);
    const unsigned offset = word_offset(l, t, view, plane);
    const unsigned linesize = linesize_of(l, plane);
    const Depth<8> depth(l);
    unsigned src = plane * l.nb_frames, dst = view * l.nb_frames;
    const unsigned end = src + l.nb_frames;

#pragma unroll 1
    for (; src != end; src++, dst++) {
        const unsigned word = window_word(win, source_of(l, src) + rows.from,
                                          rows, linesize, depth);

        store_word(output_of(l, dst) + offset, word);
    }
}

/* Remap all views. Grid and weights are read for the first view, and again
 * where the phase changes. */
template<typename Window>
DEVICE void remap_windows(const V360CudaLaunch &l, const Word &t)
{
    int view = LATE(planes_of(l, t), V360CudaPlanes, first_view);
    Window win = {};

    win.place.columns = NO_PLACE;
#pragma unroll 1
    for (; view < end_of(l, t); view++) {
        int siting, dx, column = -1;

        if (!output_of(l, late(view) * l.nb_frames))
            continue;
        siting = siting_of(l, t);
        dx     = dx_of(l, view, siting);
        if (has_phase(win.place, dx & 255) || make_window(win, l, t, dx & 255))
            column = find_column<Window::TAPS>(l, siting,
                                               columns_of(win.place), dx);
        if (column >= 0) {
            remap_window(win, l, t, view, column);
        } else {
            remap_border<8, 4 / Window::N, Window::TAPS>(l, t, view);
            /* reset, so that no registers hold it in remap_border() */
            win = Window();
            win.place.columns = NO_PLACE;
        }
    }
}

/* Which words there are windows for. */
template<int BITS, int COMPS, int TAPS> struct Windows {
    enum { KNOWN = 0 };

    static __inline__ __device__ void remap(const V360CudaLaunch &,
                                            const Word &) {}
};

#define WINDOWS(comps, taps, window)                                        \
template<> struct Windows<8, comps, taps> {                                 \
    enum { KNOWN = 1 };                                                     \
                                                                            \
    static __inline__ __device__ void remap(const V360CudaLaunch &l,        \
                                            const Word &t)                  \
    {                                                                       \
        remap_windows<window>(l, t);                                        \
    }                                                                       \
};

WINDOWS(1, 2, LineWindow<1>)
WINDOWS(2, 2, LineWindow<2>)
WINDOWS(1, 4, CubeWindow)
WINDOWS(2, 4, PairWindow)

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_H */
