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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_REMAP_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_REMAP_H

#include "device_border.h"
#include "device_sample.h"
#include "device_window.h"

/**
 * @file
 * The kernels that remap, as templates for each interpolation and layout of
 * samples: a thread makes a word of a plane, for all views of a grid and all
 * frames. Kernels of one interpolation are a file, as the driver compiles all
 * of a file when it is loaded.
 */

/*
 * What views of one phase have in common: for each sample of a word, the
 * weights and how far its tap 0 is from the source's first row and the word's
 * first column. A view moves all samples by whole columns.
 */
template<int BITS, int COMPS, int TAPS> struct Taps {
    enum { STEP = COMPS * BITS / 8, N = 4 / STEP, BIAS = TAPS == 1 ? 128 : 0 };

    unsigned offset[N];
    Weights w[N];
    int phase;              /* phase of the views; -1: not made yet */
    unsigned columns;       /* the first; in the high half how many follow it */
};

/* Make the taps of a word. Returns whether all of them lie in one face. */
template<int BITS, int COMPS, int TAPS>
DEVICE bool make_taps(Taps<BITS, COMPS, TAPS> &taps, const V360CudaLaunch &l,
                      const Word &t, int phase)
{
    typedef Taps<BITS, COMPS, TAPS> T;
    const Ptr points = points_of<T::N>(l, t);
    const unsigned linesize = linesize_of(l, plane_of(l, t));
    int first = 0xffff, last = 0;
    bool inside = true;

#pragma unroll
    for (int i = 0; i < T::N; i++) {
        const V360CudaPoint p = load_point(points + 8 * i);
        const int x = p.x + phase + T::BIAS, y = p.y + T::BIAS;

        first          = x >> 8 < first ? x >> 8 : first;
        last           = x >> 8 > last  ? x >> 8 : last;
        inside        &= (int)p.y >= 0;
        taps.offset[i] = (y >> 8) * linesize + (unsigned)((x >> 8) * T::STEP);
        if (TAPS == 2)
            taps.w[i] = line_weights<BITS>(x & 255, y & 255);
    }
#pragma unroll
    for (int i = 0; i < T::N; i++)
        taps.offset[i] -= (unsigned)(first * T::STEP);
    taps.phase   = phase;
    taps.columns = first | (unsigned)(last - first) << 16;
    return inside;
}

template<int BITS, int COMPS, int TAPS>
DEVICE unsigned inside_word(const Taps<BITS, COMPS, TAPS> &taps,
                            const Depth<BITS> &depth, Ptr src,
                            unsigned linesize)
{
    typedef Taps<BITS, COMPS, TAPS> T;
    int v[T::N * COMPS];

#pragma unroll
    for (int i = 0; i < T::N; i++) {
        if (TAPS == 1)
            Sample<BITS, COMPS, 0>::load(v + i * COMPS, src + taps.offset[i]);
        else
            line<BITS, COMPS>(v + i * COMPS, src + taps.offset[i], linesize,
                              taps.w[i], depth);
    }
    return pack<BITS, TAPS == 2 ? 16 : 0>(v);
}

/* The same with 4x4 taps. One sample is made after the other, and its position
 * looked up in the grid again: there are no registers for those of all. */
template<int BITS, int COMPS>
DEVICE unsigned cube_word(Ptr points, int phase, Ptr setup,
                          const Depth<BITS> &depth, Ptr frame, unsigned eye,
                          unsigned linesize)
{
    unsigned word = 0;

#pragma unroll 1
    for (int n = 0; n < 32; n += COMPS * BITS, points += 8) {
        const V360CudaPoint p = load_point(points);
        const int x = p.x + phase;
        int v[COMPS];

        cube<BITS, COMPS>(v, frame + (eye + (p.y >> 8) * linesize +
                                      (x >> 8) * (COMPS * BITS / 8)),
                          linesize, setup, x & 255, p.y & 255, depth);
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            word |= (unsigned)v[i] << (n + i * BITS);
    }
    return word;
}

/* Where a view's eye begins for the taps of a word, whose first column it is.
 * Offsets count from that column, but those of 4x4 taps from the row: then eye
 * is less by that column, and may wrap below 0, as only the 32-bit sum of both
 * must be right. */
template<int BITS, int COMPS, int TAPS>
DEVICE unsigned taps_eye(const Taps<BITS, COMPS, TAPS> &taps,
                         const V360CudaLaunch &l, int view, int plane,
                         int column)
{
    const int first = TAPS == 4 ? taps.columns & 0xffff : 0;

    return eye_of(l, view, plane) +
           (unsigned)((column - first) * Taps<BITS, COMPS, TAPS>::STEP);
}

/* A word of a frame, with all taps inside; eye is taps_eye(). */
template<int BITS, int COMPS, int TAPS>
DEVICE unsigned taps_word(const Taps<BITS, COMPS, TAPS> &taps,
                          const V360CudaLaunch &l, Ptr points,
                          const Depth<BITS> &depth, Ptr frame, unsigned eye,
                          unsigned linesize)
{
    return TAPS == 4 ?
           cube_word<BITS, COMPS>(points, taps.phase, l.setup, depth, frame,
                                  eye, linesize) :
           inside_word(taps, depth, frame + eye, linesize);
}

/* Remap all frames of a view, with all taps inside. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_inside(const Taps<BITS, COMPS, TAPS> &taps,
                         const V360CudaLaunch &l, const Word &t, int view,
                         int column)
{
    typedef Taps<BITS, COMPS, TAPS> T;
    const int plane = plane_of(l, t);
    const unsigned eye = taps_eye(taps, l, view, plane, column);
    const unsigned offset = word_offset(l, t, view, plane);
    const unsigned linesize = linesize_of(l, plane);
    const Ptr points = TAPS == 4 ? points_of<T::N>(l, t) : 0;
    const Depth<BITS> depth(l);
    unsigned src = plane * l.nb_frames, dst = view * l.nb_frames;
    const unsigned end = src + l.nb_frames;

#pragma unroll 1
    for (; src != end; src++, dst++) {
        const unsigned word = taps_word(taps, l, points, depth,
                                        source_of(l, src), eye, linesize);

        store_word(output_of(l, dst) + offset, word);
    }
}

/* Remap all views. Grid and weights are read for the first view, and again
 * where the phase changes. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_plane(const V360CudaLaunch &l, const Word &t)
{
    Taps<BITS, COMPS, TAPS> taps = {};
    int view = LATE(planes_of(l, t), V360CudaPlanes, first_view);

    taps.phase = -1;
#pragma unroll 1
    for (; view < end_of(l, t); view++) {
        int siting, dx, column = -1;

        if (!output_of(l, late(view) * l.nb_frames))
            continue;
        siting = siting_of(l, t);
        dx     = dx_of(l, view, siting);
        if (taps.phase == (dx & 255) || make_taps(taps, l, t, dx & 255))
            column = find_column<TAPS>(l, siting, taps.columns, dx);
        if (column >= 0) {
            remap_inside(taps, l, t, view, column);
        } else {
            remap_border<BITS, COMPS, TAPS>(l, t, view);
            /* reset, so that no registers hold the taps in remap_border() */
            taps = Taps<BITS, COMPS, TAPS>();
            taps.phase = -1;
        }
    }
}

/* A word of a view and a frame, from the points that t says. */
template<int BITS, int COMPS, int TAPS>
DEVICE unsigned any_word(const V360CudaLaunch &l, const Word &t, int view,
                         int frame)
{
    const int siting = siting_of(l, t), plane = plane_of(l, t);
    const int dx = dx_of(l, view, siting);
    Taps<BITS, COMPS, TAPS> taps;
    int column = -1;

    if (make_taps(taps, l, t, dx & 255))
        column = find_column<TAPS>(l, siting, taps.columns, dx);
    if (column < 0)
        return border_word<BITS, COMPS, TAPS>(l, t, view, frame);
    return taps_word(taps, l, points_of<Taps<BITS, COMPS, TAPS>::N>(l, t),
                     Depth<BITS>(l),
                     source_of(l, plane * l.nb_frames + frame),
                     taps_eye(taps, l, view, plane, column),
                     linesize_of(l, plane));
}

/* The sums of the components of words, two in a register for 8 bits. */
template<int BITS> struct Sums {
    unsigned low, high;
};

template<int BITS>
DEVICE void add_word(Sums<BITS> &sums, unsigned word, int shift)
{
    if (BITS == 8) {
        sums.low  += word & 0x00ff00ff;
        sums.high += word >> 8 & 0x00ff00ff;
    } else {
        sums.low  += (word & 0xffff) >> shift;
        sums.high += word >> 16 >> shift;
    }
}

/* A sum divided by the number of its terms and rounded. The product exceeds
 * that of the exact reciprocal by less than 2^32 / 9, as sums are small. */
DEVICE unsigned mean(unsigned sum, int nb, unsigned reciprocal)
{
    unsigned v;
    asm("mul.hi.u32 %0, %1, %2;" : "=r"(v)
        : "r"(sum + (unsigned)(nb >> 1)), "r"(reciprocal));
    return v;
}

template<int BITS>
DEVICE unsigned mean_word(const Sums<BITS> &sums, int nb, unsigned reciprocal,
                          int shift)
{
    if (BITS == 16)
        return mean(sums.low, nb, reciprocal) << shift |
               mean(sums.high, nb, reciprocal) << shift << 16;
    return mean(sums.low & 0xffff, nb, reciprocal) |
           mean(sums.high & 0xffff, nb, reciprocal) << 8 |
           mean(sums.low >> 16, nb, reciprocal) << 16 |
           mean(sums.high >> 16, nb, reciprocal) << 24;
}

/* Make a word that is the mean of others, for a view and a frame. */
template<int BITS, int COMPS, int TAPS>
DEVICE void make_means(const V360CudaLaunch &l, Word t, int view, int frame)
{
    const Ptr planes = planes_of(l, t);
    const int nb = LATE(planes, V360CudaPlanes, nb_means);
    const int shift = BITS == 8 ? 0 : late(l.shift);
    const unsigned reciprocal = LATE(planes, V360CudaPlanes, reciprocal);
    Sums<BITS> sums = { 0, 0 };

    t.rows = (unsigned)nb << 16;
#pragma unroll 1
    for (int i = 0; i < nb; i++, t.rows++)
        add_word(sums, any_word<BITS, COMPS, TAPS>(l, t, view, frame), shift);
    store_word(output_of(l, late(view) * l.nb_frames + frame) +
               word_offset(l, t, view, plane_of(l, t)),
               mean_word(sums, nb, reciprocal, shift));
}

/* The same for all views and frames: what they have in common is looked up for
 * each, as there are no registers for the taps of all words of a mean. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_means(const V360CudaLaunch &l, const Word &t)
{
    int view = LATE(planes_of(l, t), V360CudaPlanes, first_view);

#pragma unroll 1
    for (; view < end_of(l, t); view++) {
        if (!output_of(l, late(view) * l.nb_frames))
            continue;
#pragma unroll 1
        for (int frame = 0; frame < l.nb_frames; frame++)
            make_means<BITS, COMPS, TAPS>(l, t, view, frame);
    }
}

/* narrow is V360CudaTile.narrow. */
template<int BITS, int COMPS, int TAPS, bool MEANS>
DEVICE void remap(const V360CudaLaunch &l, Word t, bool narrow)
{
    typedef Windows<BITS, COMPS, TAPS> W;
    unsigned n = INT(planes_of(l, t), V360CudaPlanes, nb_planes);

    t.planes += n << 16;
#pragma unroll 1
    while (t.planes >> 16) {
        t.planes -= 1 << 16;
        if (MEANS && LATE(planes_of(l, t), V360CudaPlanes, nb_means) > 1)
            remap_means<BITS, COMPS, TAPS>(l, t);
        else if (!MEANS && W::KNOWN && narrow && l.words >> plane_of(l, t) & 1)
            W::remap(l, t);
        else
            remap_plane<BITS, COMPS, TAPS>(l, t);
    }
}

/* Returns whether the thread has a word to make, of samples of size bytes. */
DEVICE bool find_word(Word &t, const V360CudaLaunch &l, int x, int y, int size)
{
    const unsigned row  = y * V360_CUDA_TILE_ROWS + threadIdx.y;
    const unsigned word = x * V360_CUDA_TILE_WORDS + threadIdx.x;
    const Ptr planes = planes_of(l, t);

    t.at = row << 16 | word;
    return word * (4 / size) < (unsigned)INT(planes, V360CudaPlanes, w) &&
           row < (unsigned)INT(planes, V360CudaPlanes, h);
}

#define KERNEL(name, bits, taps, comps, means)                              \
extern "C" __global__ void                                                  \
__launch_bounds__(V360_CUDA_THREADS, means ? MEANS_BLOCKS :                 \
                  bits == 8 && taps > 1 && !comps ? WINDOW_BLOCKS(taps) :   \
                  BLOCKS)                                                   \
v360batch_##name(V360CudaLaunch l)                                          \
{                                                                           \
    const Ptr tile = entry<sizeof(V360CudaTile)>(l.tiles, blockIdx.x);      \
    const unsigned head = load_int<0>(tile);                                \
    const unsigned tail = load_int<4>(tile);                                \
    const int x = head >> 16, y = tail & 0xffff;                            \
    const bool narrow = tail >> 16;                                         \
    Word t = { head & 0xffff, 0, ONE_ROW };                                 \
                                                                            \
    if (comps == 4) {                                                       \
        if (find_word(t, l, x, y, 4))                                       \
            remap<8, 4, taps, means>(l, t, narrow);                         \
    } else if (components_of(l, t) == 2) {                                  \
        if (find_word(t, l, x, y, 2 * bits / 8))                            \
            remap<bits, 2, taps, means>(l, t, narrow);                      \
    } else {                                                                \
        if (find_word(t, l, x, y, bits / 8))                                \
            remap<bits, 1, taps, means>(l, t, narrow);                      \
    }                                                                       \
}

/* With means, kernels also make samples that are the means of others. */
#define KERNELS(name, taps, means)                                          \
    KERNEL(name##_8,    8, taps, 0, means)                                  \
    KERNEL(name##_16,  16, taps, 0, means)                                  \
    KERNEL(name##_rgb,  8, taps, 4, means)

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_REMAP_H */
