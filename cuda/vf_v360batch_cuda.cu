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

#include "v360batch_cuda_border.h"
#include "v360batch_cuda_sample.h"

/* What a view adds to a word. */
DEVICE Ptr view_of(const V360CudaLaunch &l, int view)
{
    return FIELD(l.table, V360CudaTable, view) +
           (unsigned)(view * (int)sizeof(V360CudaView));
}

DEVICE Ptr frames_of(const V360CudaLaunch &l, Ptr first, int index)
{
    return first + (Ptr)(unsigned)(index * l.nb_frames) * 8;
}

DEVICE int offset_of(const V360CudaLaunch &l, const Word &t, int view)
{
    return load_int(FIELD(view_of(l, view), V360CudaView, dx) + 4 * t.kind);
}

/* Where the word lies in a frame of the view. */
DEVICE unsigned place_of_word(const Word &t, Ptr view_plane)
{
    return load_int(FIELD(view_plane, V360CudaView, dst)) + t.x +
           (unsigned)(t.row * load_int(FIELD(view_plane, V360CudaView,
                                             linesize)));
}

DEVICE int plane_of(const Word &t, int k)
{
    return load_int(FIELD(t.job, V360CudaJob, plane) + 4 * k);
}

/*
 * The views for which all taps are inside. A column and a row of the source
 * share a register: both are less than 65536 there. Returns whether there are
 * views for which taps are not.
 */
template<int BITS, int COMPS, int TAPS>
DEVICE bool remap_inside(const V360CudaLaunch &l, const Word &t, Ptr border)
{
    typedef Inside<BITS, COMPS, TAPS> In;
    enum { N = In::N, STEP = In::STEP, BIAS = TAPS == 1 ? 128 : 0 };
    const int period = load_int(FIELD(border, V360CudaBorder, period)) >> 8;
    const unsigned limit = load_int(FIELD(border, V360CudaBorder, limit));
    const int planes = load_int(FIELD(t.job, V360CudaJob, planes));
    unsigned at[N];
    int w[N][4], phase = -1;
    bool rest = false;

#pragma unroll 1
    for (int view = t.view; view < t.end; view++) {
        const Ptr dsts = frames_of(l, l.dst, view);
        const int dx = offset_of(l, t, view);
        unsigned column[N], outside = 0;

        if (!load_ptr(dsts))
            continue;
        if (phase != (dx & 255)) {
            phase = dx & 255;
#pragma unroll
            for (int i = 0; i < N; i++) {
                const V360CudaPoint p = load_point(t.points + 8 * i);
                const int x = p.x + phase + BIAS, y = p.y + BIAS;

                /* such a word is for all views remap_border()'s */
                if ((int)p.y < 0)
                    return true;
                at[i] = (unsigned)(y >> 8) << 16 | (unsigned)(x >> 8);
                if (TAPS == 2)
                    line_weights<BITS>(w[i], x & 255, y & 255);
            }
        }
#pragma unroll
        for (int i = 0; i < N; i++) {
            int c = (at[i] & 0xffff) + (dx >> 8);

            c -= c >= period ? period : 0;
            column[i] = c * STEP;
            outside |= (unsigned)(c - (TAPS == 4)) > limit;
        }
        if (outside) {
            rest = true;
            continue;
        }

#pragma unroll 1
        for (int k = 0; k < planes; k++) {
            const int plane = plane_of(t, k);
            const Ptr of_view = view_of(l, view) + 4 * plane;
            const Plane p = { load_int(l.table + 4 * plane), l.depth,
                              l.shift, (1 << (l.depth - l.shift)) - 1,
                              l.setup };
            const Ptr eye = (unsigned)load_int(FIELD(of_view, V360CudaView,
                                                     src));
            const Ptr word = place_of_word(t, of_view);
            Ptr src = frames_of(l, l.src, plane), dst = dsts;
            unsigned offset[N];

#pragma unroll
            for (int i = 0; i < N; i++)
                offset[i] = (at[i] >> 16) * (unsigned)p.linesize + column[i];
#pragma unroll 1
            for (int n = l.nb_frames; n; n--, src += 8, dst += 8) {
                const Ptr frame = load_ptr(src) + eye;
                int s[N * COMPS];

                if (TAPS == 4) {
                    store_word(load_ptr(dst) + word,
                               In::cubes(t, dx, period, frame, p));
                } else {
#pragma unroll
                    for (int i = 0; i < N; i++) {
                        if (TAPS == 1)
                            In::near(s + i * COMPS, frame + offset[i]);
                        else
                            In::line(s + i * COMPS, frame + offset[i], w[i], p);
                    }
                    store_word(load_ptr(dst) + word,
                               pack<BITS, TAPS == 2 ? 16 : 0>(s));
                }
            }
        }
    }
    return rest;
}

template<int BITS, int COMPS, int TAPS>
DEVICE bool is_inside(const Word &t, int dx, int period, unsigned limit)
{
    unsigned outside = 0;

#pragma unroll
    for (int i = 0; i < Inside<BITS, COMPS, TAPS>::N; i++) {
        const V360CudaPoint p = load_point(t.points + 8 * i);
        int c = (p.x + (dx & 255) + (TAPS == 1 ? 128 : 0)) >> 8;

        c += dx >> 8;
        c -= c >= period ? period : 0;
        outside |= (unsigned)(c - (TAPS == 4)) > limit || (int)p.y < 0;
    }
    return !outside;
}

/* The other views. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_border(const V360CudaLaunch &l, const Word &t, Ptr border)
{
    const int period = load_int(FIELD(border, V360CudaBorder, period));
    const unsigned limit = load_int(FIELD(border, V360CudaBorder, limit));
    const int planes = load_int(FIELD(t.job, V360CudaJob, planes));

#pragma unroll 1
    for (int view = t.view; view < t.end; view++) {
        const Ptr dsts = frames_of(l, l.dst, view);
        const int dx = offset_of(l, t, view);

        if (!load_ptr(dsts) ||
            is_inside<BITS, COMPS, TAPS>(t, dx, period >> 8, limit))
            continue;
#pragma unroll 1
        for (int k = 0; k < planes; k++) {
            const int plane = plane_of(t, k);
            const Ptr of_view = view_of(l, view) + 4 * plane;
            const Plane p = { load_int(l.table + 4 * plane), l.depth,
                              l.shift, (1 << (l.depth - l.shift)) - 1,
                              l.setup };
            const unsigned eye = load_int(FIELD(of_view, V360CudaView, src));
            const unsigned fill = load_int(FIELD(l.table + 4 * plane,
                                                 V360CudaTable, fill));
            const Ptr word = place_of_word(t, of_view);
            Ptr src = frames_of(l, l.src, plane), dst = dsts;

#pragma unroll 1
            for (int n = l.nb_frames; n; n--, src += 8, dst += 8)
                store_word(load_ptr(dst) + word,
                           border_word<BITS, COMPS, TAPS>(border, t.points, dx,
                               period, fill, load_ptr(src) + eye, p));
        }
    }
}

template<int BITS, int COMPS, int TAPS>
DEVICE void remap(const V360CudaLaunch &l, const Word &t)
{
    const Ptr border = FIELD(l.setup, V360CudaSetup, border) +
                       t.kind * (int)sizeof(V360CudaBorder);

    if (remap_inside<BITS, COMPS, TAPS>(l, t, border))
        remap_border<BITS, COMPS, TAPS>(l, t, border);
}

/* Returns whether the thread has a word to make, of samples of size bytes. */
DEVICE bool find_word(Word &t, const V360CudaLaunch &l, int size)
{
    const int row = t.row * V360_CUDA_TILE_ROWS + threadIdx.y;
    const int x = (t.x * V360_CUDA_TILE_WORDS + threadIdx.x) * (4 / size);

    t.row    = row;
    t.x      = x * size;
    t.points = load_ptr(FIELD(t.job, V360CudaJob, grid)) + 8 *
               ((Ptr)(unsigned)row *
                load_int(FIELD(t.job, V360CudaJob, pitch)) + x);
    t.view   = load_int(FIELD(t.job, V360CudaJob, first_view));
    t.end    = load_int(FIELD(t.job, V360CudaJob, nb_views)) + t.view;
    return x < load_int(FIELD(t.job, V360CudaJob, w)) &&
           row < load_int(FIELD(t.job, V360CudaJob, h));
}

#define KERNEL(name, bits, taps, comps)                                     \
extern "C" __global__ void __launch_bounds__(V360_CUDA_THREADS, 5)          \
v360batch_##name(V360CudaLaunch l)                                          \
{                                                                           \
    const Ptr tile = l.tiles + (Ptr)blockIdx.x * sizeof(V360CudaTile);      \
    const unsigned head = load_int(tile);                                   \
    Word t;                                                                 \
                                                                            \
    t.job  = l.jobs + (head & 0xffff) * (unsigned)sizeof(V360CudaJob);      \
    t.x    = head >> 16;                                                    \
    t.row  = load_int(tile + 4) & 0xffff;                                   \
    t.kind = load_int(FIELD(t.job, V360CudaJob, kind));                     \
    if (comps == 4) {                                                       \
        if (find_word(t, l, 4))                                             \
            remap<8, 4, taps>(l, t);                                        \
    } else if (t.kind && l.pairs) {                                         \
        if (find_word(t, l, 2 * bits / 8))                                  \
            remap<bits, 2, taps>(l, t);                                     \
    } else {                                                                \
        if (find_word(t, l, bits / 8))                                      \
            remap<bits, 1, taps>(l, t);                                     \
    }                                                                       \
}

KERNEL(near_8,   8, 1, 0)
KERNEL(line_8,   8, 2, 0)
KERNEL(cube_8,   8, 4, 0)
KERNEL(near_16, 16, 1, 0)
KERNEL(line_16, 16, 2, 0)
KERNEL(cube_16, 16, 4, 0)
KERNEL(near_rgb, 8, 1, 4)
KERNEL(line_rgb, 8, 2, 4)
KERNEL(cube_rgb, 8, 4, 4)
