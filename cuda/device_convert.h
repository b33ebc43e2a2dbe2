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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_CONVERT_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_CONVERT_H

#include "device_sample.h"

/**
 * @file
 * Colours on the device: a thread makes a unit of a plane of an output from the
 * remapped planes of its view. For the kernels alone. The arithmetic
 * is that of cpu/convert.c and cpu/mix.c, bit for bit; sums wrap as there.
 */

/* The whole samples that a thread makes, and the words that they fill. */
template<int OUT, int COMPS> struct Unit {
    enum {
        WORDS = COMPS == 3 ? 3 : (COMPS * OUT + 31) / 32,
        ALL = WORDS * 32 / OUT,
        N = ALL / COMPS
    };
};

/* The unit of a plane that a thread makes. */
struct Target {
    Ptr conversion;         /* V360CudaConversion */
    Ptr in;                 /* remapped planes of a frame */
    Ptr out;                /* the plane's row of the frame */
    int unit, y;
};

#define AT(member) __builtin_offsetof(V360CudaConversion, member)
#define OF(t, member) load_int<AT(member)>((t).conversion)

template<int OFFSET> DEVICE void load_quad(int v[4], Ptr p)
{
    asm("ld.global.nc.v4.s32 {%0, %1, %2, %3}, [%4+%5];"
        : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3])
        : "l"(p), "n"(OFFSET));
}

DEVICE int clip(int i, int last)
{
    i = i < 0 ? 0 : i;
    return i < last ? i : last;
}

/* A component of the remapped planes. */
struct Component {
    unsigned offset, linesize, step;
    int right, bottom;
};

DEVICE Component component_of(const Target &t, int k)
{
    const Ptr p = t.conversion + k * sizeof(V360CudaComponent);
    int v[4];

    load_quad<AT(in[0].offset)>(v, p);
    const Component c = {
        (unsigned)v[0], (unsigned)v[1], (unsigned)v[2], v[3],
        load_int<AT(in[0].bottom)>(p)
    };
    return c;
}

template<int IN> DEVICE int fetch(Ptr in, unsigned offset)
{
    int v;
    Sample<IN, 1, 0>::load(&v, in + offset);
    return v;
}

/* The mean of the samples of a component around one of the plane. */
template<int IN>
DEVICE int mean_of(const Target &t, const Component &c, int x, int y)
{
    const int shift = OF(t, mean_shift);
    int ax[4], ay[4];       /* log2, place, nb, weights */
    unsigned sum = 0;

    load_quad<AT(x)>(ax, t.conversion);
    load_quad<AT(y)>(ay, t.conversion);
    x = (x << ax[0]) + ax[1];
    y = (y << ay[0]) + ay[1];
#pragma unroll 1
    for (int j = 0; j < ay[2]; j++, y++) {
        const unsigned row = c.offset + clip(y, c.bottom) * c.linesize;
        const int weight = ay[3] >> 4 * j & 15;

#pragma unroll 1
        for (int i = 0; i < ax[2]; i++)
            sum += fetch<IN>(t.in, row + clip(x + i, c.right) * c.step) *
                   (weight * (ax[3] >> 4 * i & 15));
    }
    return ((sum << OF(t, mean_up)) + (1u << shift >> 1)) >> shift & 0xffff;
}

/* A sum of a mix as a component of the output; end: offset, shift and max. */
DEVICE unsigned finish(int sum, const int end[4], int up)
{
    return (unsigned)clip(sum >> end[1], end[2]) << up;
}

/* Add component k of the samples of a unit to the sums of their mixes. Samples
 * beyond the last column are in the padding of rows, and go to such. */
template<int IN, int COMPS, int N>
DEVICE void add_component(int *sum, const Target &t, int k, int kind)
{
    const Component c = component_of(t, k);
    const unsigned row = c.offset + t.y * c.linesize + t.unit * N * c.step;
    const Ptr coefs = t.conversion + 4 * k;
    int coef[COMPS];

#pragma unroll
    for (int i = 0; i < COMPS; i++)
        coef[i] = load_int<AT(mix[0].coef)>(coefs + i * sizeof(V360CudaMix));
#pragma unroll
    for (int n = 0; n < N; n++) {
        const int v = kind == V360_CUDA_MEAN ?
            mean_of<IN>(t, c, t.unit * N + n, t.y) :
            fetch<IN>(t.in, row + n * c.step);

#pragma unroll
        for (int i = 0; i < COMPS; i++)
            sum[n * COMPS + i] = mad(coef[i], v, sum[n * COMPS + i]);
    }
}

DEVICE unsigned swap_bytes(unsigned word)
{
    return permute<0x2301>(word, 0);
}

/* A unit of samples that are mixed from components at their places, or from
 * means around them. */
template<int IN, int OUT, int COMPS> DEVICE void make_mixed(const Target &t)
{
    typedef Unit<OUT, COMPS> U;
    enum { IN_WORD = 32 / OUT };
    const int kind = OF(t, kind), up = OF(t, up);
    const bool swap = OUT == 16 && OF(t, swap);
    unsigned takes = OF(t, takes);
    int sum[U::ALL];

#pragma unroll
    for (int i = 0; i < U::ALL; i++)
        sum[i] = load_int<AT(mix[0].offset)>(t.conversion + i % COMPS *
                                             sizeof(V360CudaMix));
#pragma unroll 1
    for (int k = 0; takes; k++, takes >>= 1)
        if (takes & 1)
            add_component<IN, COMPS, U::N>(sum, t, k, kind);
#pragma unroll
    for (int i = 0; i < COMPS; i++) {
        int end[4];

        load_quad<AT(mix[0].offset)>(end, t.conversion +
                                     i * sizeof(V360CudaMix));
#pragma unroll
        for (int n = i; n < U::ALL; n += COMPS)
            sum[n] = finish(sum[n], end, up);
    }
#pragma unroll
    for (int i = 0; i < U::WORDS; i++) {
        unsigned word = 0;

#pragma unroll
        for (int n = 0; n < IN_WORD; n++)
            word |= (unsigned)sum[i * IN_WORD + n] << n * OUT;
        store_word(t.out + (unsigned)(t.unit * U::WORDS + i) * 4,
                   swap ? swap_bytes(word) : word);
    }
}

/* What lies between two values, by the weight of the second one in eighths. */
DEVICE int blend(int a, int b, int weight)
{
    return mad(a, 8 - weight, mad(b, weight, 4)) >> 3;
}

/* Chroma's part of the sum that makes luma. */
struct Part {
    unsigned row;           /* offset of the first of two rows of Cb */
    unsigned below, other;  /* from there to the second one, and to Cr */
    unsigned step;
    int right;
    int weight;             /* of the second row */
    int coef[4], start;
};

DEVICE Part make_part(const Target &t)
{
    const Component cb = component_of(t, 1);
    int axis[4], place;     /* log2, place */
    Part p;

    load_quad<AT(y)>(axis, t.conversion);
    load_quad<AT(mix[0].coef)>(p.coef, t.conversion);
    place    = (16 * t.y - axis[1]) >> (axis[0] + 1);
    p.weight = place & 7;
    p.row    = clip(place >> 3, cb.bottom) * cb.linesize;
    p.below  = clip((place >> 3) + 1, cb.bottom) * cb.linesize - p.row;
    p.row   += cb.offset;
    p.other  = component_of(t, 2).offset - cb.offset;
    p.step   = cb.step;
    p.right  = cb.right;
    p.start  = OF(t, part);
    return p;
}

/* The part in a column of chroma, between the two rows. */
template<int IN> DEVICE int part_of(const Part &p, Ptr in, int x)
{
    const unsigned cb = p.row + clip(x, p.right) * p.step, cr = cb + p.other;
    const int above = mad(p.coef[1], fetch<IN>(in, cb),
                          mad(p.coef[2], fetch<IN>(in, cr), p.start));
    const int below = mad(p.coef[1], fetch<IN>(in, cb + p.below),
                          mad(p.coef[2], fetch<IN>(in, cr + p.below), p.start));

    return blend(above, below, p.weight);
}

/* A unit of luma, which is a word. The parts of two columns of chroma are kept from sample to
 * sample; see ff_v360_neighbours(). */
template<int IN, int OUT> DEVICE void make_luma(const Target &t)
{
    enum { N = 32 / OUT };
    const Part p = make_part(t);
    const Component c = component_of(t, 0);
    const unsigned row = c.offset + t.y * c.linesize + t.unit * N * c.step;
    const int up = OF(t, up);
    int axis[4], end[4], at = 0, left = 0, right = 0;
    unsigned word = 0;

    load_quad<AT(x)>(axis, t.conversion);
    load_quad<AT(mix[0].offset)>(end, t.conversion);
#pragma unroll
    for (int n = 0; n < N; n++) {
        const int place = (16 * (t.unit * N + n) - axis[1]) >> (axis[0] + 1);
        const int first = place >> 3;

        if (!n || first != at) {
            left  = n ? right : part_of<IN>(p, t.in, first);
            right = part_of<IN>(p, t.in, first + 1);
            at    = first;
        }
        word |= finish(mad(p.coef[0], fetch<IN>(t.in, row + n * c.step),
                           end[0]) + blend(left, right, place & 7), end, up)
                << n * OUT;
    }
    if (OUT == 16 && OF(t, swap))
        word = swap_bytes(word);
    store_word(t.out + (unsigned)t.unit * 4, word);
}

template<int IN, int OUT> DEVICE void make_unit(const Target &t)
{
    const int components = OF(t, components);

    if (OF(t, kind) == V360_CUDA_LUMA)
        make_luma<IN, OUT>(t);
    else if (components == 1)
        make_mixed<IN, OUT, 1>(t);
    else if (components == 2)
        make_mixed<IN, OUT, 2>(t);
    else if (components == 3)
        make_mixed<IN, OUT, 3>(t);
    else
        make_mixed<IN, OUT, 4>(t);
}

/* Make a unit of a plane, if the tile has one for this thread and the output is
 * wanted. The frames of the batch are the rows of the grid. */
template<int IN, int OUT> DEVICE void convert(const V360CudaConvert &l)
{
    const Ptr tile = entry<sizeof(V360CudaTile)>(l.tiles, blockIdx.x);
    const unsigned head = load_int<0>(tile), frame = blockIdx.y;
    Target t = {
        entry<sizeof(V360CudaConversion)>(l.conversions, head & 0xffff), 0, 0,
        (int)((head >> 16) * V360_CUDA_TILE_WORDS + threadIdx.x),
        (int)((load_int<4>(tile) & 0xffff) * V360_CUDA_TILE_ROWS + threadIdx.y)
    };
    const int out = OF(t, out);
    Ptr to, view;

    if (t.unit >= OF(t, units) || t.y >= OF(t, h))
        return;
    to = load_ptr<0>(entry<8>(l.dst, out * l.nb_frames + frame));
    if (!to)
        return;
    t.in  = load_ptr<0>(entry<8>(l.dst, OF(t, view) * l.nb_frames + frame));
    view  = entry<4>(entry<sizeof(V360CudaView)>(l.table, out), OF(t, plane));
    t.out = to + (unsigned)
            (INT(view, V360CudaTable, view[0].dst[0]) +
             t.y * (unsigned)INT(view, V360CudaTable, view[0].linesize[0]));
    make_unit<IN, OUT>(t);
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_CONVERT_H */
