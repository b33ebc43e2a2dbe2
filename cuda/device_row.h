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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_ROW_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_ROW_H

#include "device_sample.h"
#include "device_table.h"

/**
 * @file
 * Taps that are loaded as rows of words, not one by one: rows are shifted so that
 * they begin with the first tap, bytes are picked by permutation, and two
 * products are summed at once (dp2a). For the kernels alone.
 */

/* A word of a row, if it is wanted: what follows a row need not be memory of the
 * frame. What is not wanted has any value, as it is not picked; but a register of
 * any value is taken in the whole loop. Where there are none to spare, CLEAR
 * makes it 0, for an instruction more. */
template<int OFFSET, bool CLEAR> DEVICE unsigned load_word(Ptr p, bool wanted)
{
    unsigned v;

    if (CLEAR)
        asm("{\n\t"
            ".reg .pred wanted;\n\t"
            "setp.ne.s32 wanted, %2, 0;\n\t"
            "mov.b32 %0, 0;\n\t"
            "@wanted ld.global.nc.u32 %0, [%1+%3];\n\t"
            "}" : "=r"(v) : "l"(p), "r"((int)wanted), "n"(OFFSET));
    else
        asm("{\n\t"
            ".reg .pred wanted;\n\t"
            "setp.ne.s32 wanted, %2, 0;\n\t"
            "@wanted ld.global.nc.u32 %0, [%1+%3];\n\t"
            "}" : "=r"(v) : "l"(p), "r"((int)wanted), "n"(OFFSET));
    return v;
}

/* The word that begins so many bits after the first one. */
DEVICE unsigned shifted(unsigned low, unsigned high, unsigned bits)
{
    unsigned v;
    asm("shf.r.wrap.b32 %0, %1, %2, %3;"
        : "=r"(v) : "r"(low), "r"(high), "r"(bits));
    return v;
}

/* The same, of up to 32 bits. */
DEVICE unsigned moved(unsigned low, unsigned high, unsigned bits)
{
    unsigned v;
    asm("shf.r.clamp.b32 %0, %1, %2, %3;"
        : "=r"(v) : "r"(low), "r"(high), "r"(bits));
    return v;
}

DEVICE unsigned pick(unsigned low, unsigned high, unsigned which)
{
    unsigned v;
    asm("prmt.b32 %0, %1, %2, %3;"
        : "=r"(v) : "r"(low), "r"(high), "r"(which));
    return v;
}

/* The sum of two products, of halves of w and the low or the high two bytes of
 * taps, and sum. */
#define DOT(name, part, sign)                                               \
DEVICE int name(unsigned w, unsigned taps, int sum)                         \
{                                                                           \
    int v;                                                                  \
    asm("dp2a." part "." sign ".u32 %0, %1, %2, %3;"                        \
        : "=r"(v) : "r"(w), "r"(taps), "r"(sum));                           \
    return v;                                                               \
}

DOT(dot_low,         "lo", "u32")
DOT(dot_high,        "hi", "u32")
DOT(dot_signed_low,  "lo", "s32")
DOT(dot_signed_high, "hi", "s32")

DEVICE int dot_both_signed_high(unsigned w, unsigned taps, int sum)
{
    int v;
    asm("dp2a.hi.s32.s32 %0, %1, %2, %3;"
        : "=r"(v) : "r"(w), "r"(taps), "r"(sum));
    return v;
}

/* Where the taps of a word lie. */
struct Place {
    unsigned offset;        /* of the first row, from the source's first one */
    unsigned columns;       /* the first; from bit 16 on how many follow it, from
                             * bit 23 on whether samples are in two rows of taps,
                             * and from bit 24 on the phase of the views */
};

/* The place of a word that has been looked at for no phase yet. */
#define NO_PLACE 0xff800000u

DEVICE bool has_phase(const Place &place, int phase)
{
    return place.columns != NO_PLACE && place.columns >> 24 == (unsigned)phase;
}

DEVICE unsigned columns_of(const Place &place)
{
    return place.columns & 0x7fffff;
}

DEVICE bool is_deep(const Place &place)
{
    return place.columns & 0x800000;
}

/* The points of a word, moved by a phase, in its place: y in the high half.
 * Returns whether all taps lie in one face. */
template<int N>
DEVICE bool find_place(Place &place, unsigned *point, const V360CudaLaunch &l,
                       const Word &t, int phase)
{
    const Ptr points = points_of<N>(l, t);
    int first = 0xffff, last = 0, top = 0x7fffff, bottom = 0;
    int x[N], y[N];
    bool inside = true;

#pragma unroll
    for (int i = 0; i < N; i++) {
        const V360CudaPoint p = load_point(points + 8 * i);

        x[i]    = p.x + phase;
        y[i]    = p.y;
        inside &= y[i] >= 0;
        first   = min(first, x[i] >> 8);
        last    = max(last, x[i] >> 8);
        top     = min(top, y[i] >> 8);
        bottom  = max(bottom, y[i] >> 8);
    }
#pragma unroll
    for (int i = 0; i < N; i++)
        point[i] = (y[i] - (top << 8)) << 16 | ((x[i] - (first << 8)) & 0xffff);
    place.offset  = top * linesize_of(l, plane_of(l, t));
    place.columns = first | (unsigned)min(last - first, 127) << 16 |
                    (bottom != top ? 0x800000 : 0) | (unsigned)phase << 24;
    return inside;
}

/* Where rows of words begin, for all frames of a view. */
struct Rows {
    unsigned from;          /* the first row's first word */
    unsigned shift;         /* bits of it before the first tap */
    int end;                /* bytes from the first word to the last tap */
};

/* bytes is how many a row of taps has that begins at the byte at. */
DEVICE Rows find_rows(unsigned at, int bytes)
{
    return Rows{ at & ~3u, (at & 3) * 8, (int)(at & 3) + bytes };
}

/* The first 8 bytes of a row of taps. */
template<bool CLEAR>
DEVICE void load_row(unsigned row[2], Ptr p, const Rows &r)
{
    const unsigned first  = load_word<0, CLEAR>(p, true);
    const unsigned second = load_word<4, CLEAR>(p, r.end > 4);
    const unsigned third  = load_word<8, CLEAR>(p, r.end > 8);

    row[0] = shifted(first, second, r.shift);
    row[1] = shifted(second, third, r.shift);
}

/* The first 12 bytes. */
DEVICE void load_long_row(unsigned row[3], Ptr p, const Rows &r)
{
    const unsigned third  = load_word<8, true>(p, r.end > 8);
    const unsigned fourth = load_word<12, true>(p, r.end > 12);

    load_row<true>(row, p, r);
    row[2] = shifted(third, fourth, r.shift);
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_ROW_H */
