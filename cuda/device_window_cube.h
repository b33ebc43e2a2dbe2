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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_CUBE_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_CUBE_H

#include "device_row.h"
#include "device_sample.h"

/**
 * @file
 * Windows for 4x4 taps of 8 bits, see device_window.h. For the kernels alone.
 */

/* Taps of 4x4, of one component: five rows at most, of which each sample sees
 * four. */
struct CubeWindow {
    enum { N = 4, TAPS = 4, BEFORE = 1 };

    Place place;
    unsigned wx[4][2], wy[4][3];
    unsigned which[4];
};

/* The weights of a phase, two in a register. */
DEVICE void load_pairs(unsigned w[2], Ptr setup, int phase)
{
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2+%3];"
        : "=r"(w[0]), "=r"(w[1])
        : "l"(entry<8>(setup, phase)),
          "n"(__builtin_offsetof(V360CudaSetup, weights)));
}

/* The weights of a point of find_place(), in rows those of the window. */
DEVICE void load_cube_weights(unsigned wx[2], unsigned wy[3],
                              const V360CudaLaunch &l, unsigned point)
{
    const bool low = point >> 24;
    unsigned w[2];

    load_pairs(wx, l.setup, point & 255);
    load_pairs(w, l.setup, point >> 16 & 255);
    wy[0] = low ? w[0] << 16              : w[0];
    wy[1] = low ? w[0] >> 16 | w[1] << 16 : w[1];
    wy[2] = low ? w[1] >> 16              : 0;
}

DEVICE bool make_window(CubeWindow &win, const V360CudaLaunch &l, const Word &t,
                        int phase)
{
    unsigned point[4];
    const bool inside = find_place<4>(win.place, point, l, t, phase);

#pragma unroll
    for (int i = 0; i < 4; i++) {
        load_cube_weights(win.wx[i], win.wy[i], l, point[i]);
        win.which[i] = (point[i] >> 8 & 255) * 0x1111 + 0x3210;
    }
    return inside;
}

/* The sum of a row of taps. */
DEVICE int cube_sum(const unsigned w[2], unsigned taps, const Depth<8> &depth)
{
    return dot_signed_high(w[1], taps,
                           dot_signed_low(w[0], taps, cube_start(depth)));
}

/* Sums of columns: of the low and of the high byte of what a row's sum is
 * shifted down to, which has 16 bits, as the sum is less than 2^23. */
struct ColumnSums {
    int low, high;
};

/* What cube_end() adds, so that nothing is left to be added to the sums. */
#define CUBE_HALF (1 << 19)
#define CUBE_START {{ CUBE_HALF }, { CUBE_HALF }, { CUBE_HALF }, { CUBE_HALF }}

/* Add the sums of two rows, of which a register has the weights. */
DEVICE void add_sums(ColumnSums &v, unsigned w, int upper, int lower)
{
    const unsigned bytes = permute<0x6251>(upper, lower);

    v.low  = dot_signed_low(w, bytes, v.low);
    v.high = dot_both_signed_high(w, bytes, v.high);
}

DEVICE unsigned cube_result(const ColumnSums sums[4], const Depth<8> &depth)
{
    int v[4];

#pragma unroll
    for (int i = 0; i < 4; i++)
        v[i] = cube_end(sums[i].low + sums[i].high * 256 - CUBE_HALF, depth);
    return pack<8, 0>(v);
}

template<int PAIR>
DEVICE void add_rows(ColumnSums v[4], const CubeWindow &win,
                     const unsigned upper[2], const unsigned lower[2],
                     const Depth<8> &depth)
{
#pragma unroll
    for (int i = 0; i < 4; i++)
        add_sums(v[i], win.wy[i][PAIR],
                 cube_sum(win.wx[i], pick(upper[0], upper[1], win.which[i]),
                          depth),
                 cube_sum(win.wx[i], pick(lower[0], lower[1], win.which[i]),
                          depth));
}

DEVICE unsigned window_word(const CubeWindow &win, Ptr p, const Rows &r,
                            unsigned linesize, const Depth<8> &depth)
{
    ColumnSums sums[4] = CUBE_START;
    unsigned upper[2], lower[2];

    load_row<true>(upper, p, r);
    load_row<true>(lower, p += linesize, r);
    add_rows<0>(sums, win, upper, lower, depth);
    load_row<true>(upper, p += linesize, r);
    load_row<true>(lower, p += linesize, r);
    add_rows<1>(sums, win, upper, lower, depth);
    if (is_deep(win.place)) {
        load_row<true>(upper, p + linesize, r);
        add_rows<2>(sums, win, upper, upper, depth);
    }
    return cube_result(sums, depth);
}

/* Taps of 4x4, of two components, which lie in turns: rows of 12 bytes. */
struct PairWindow {
    enum { N = 2, TAPS = 4, BEFORE = 1 };

    Place place;
    unsigned wx[2][2], wy[2][3];
    unsigned shifts;        /* bits from the first tap to each sample's, the first
                             * sample's in the high half */
};

DEVICE bool make_window(PairWindow &win, const V360CudaLaunch &l, const Word &t,
                        int phase)
{
    unsigned point[2];
    const bool inside = find_place<2>(win.place, point, l, t, phase);
    const int first = point[0] >> 8 & 255, second = point[1] >> 8 & 255;

#pragma unroll
    for (int i = 0; i < 2; i++)
        load_cube_weights(win.wx[i], win.wy[i], l, point[i]);
    win.shifts = 16 * first << 16 | 16 * second;
    return inside;
}

/* The taps of a component of a sample. */
template<int SELECT>
DEVICE unsigned pair_taps(const unsigned row[3], unsigned shift)
{
    return permute<SELECT>(moved(row[0], row[1], shift),
                           moved(row[1], row[2], shift));
}

template<int PAIR>
DEVICE void add_rows(ColumnSums v[4], const PairWindow &win,
                     const unsigned upper[3], const unsigned lower[3],
                     const Depth<8> &depth)
{
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const unsigned shift = i ? win.shifts & 0xffff : win.shifts >> 16;

        add_sums(v[2 * i], win.wy[i][PAIR],
                 cube_sum(win.wx[i], pair_taps<0x6420>(upper, shift), depth),
                 cube_sum(win.wx[i], pair_taps<0x6420>(lower, shift), depth));
        add_sums(v[2 * i + 1], win.wy[i][PAIR],
                 cube_sum(win.wx[i], pair_taps<0x7531>(upper, shift), depth),
                 cube_sum(win.wx[i], pair_taps<0x7531>(lower, shift), depth));
    }
}

DEVICE unsigned window_word(const PairWindow &win, Ptr p, const Rows &r,
                            unsigned linesize, const Depth<8> &depth)
{
    ColumnSums sums[4] = CUBE_START;
    unsigned upper[3], lower[3];

    load_long_row(upper, p, r);
    load_long_row(lower, p += linesize, r);
    add_rows<0>(sums, win, upper, lower, depth);
    load_long_row(upper, p += linesize, r);
    load_long_row(lower, p += linesize, r);
    add_rows<1>(sums, win, upper, lower, depth);
    if (is_deep(win.place)) {
        load_long_row(upper, p + linesize, r);
        add_rows<2>(sums, win, upper, upper, depth);
    }
    return cube_result(sums, depth);
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_WINDOW_CUBE_H */
