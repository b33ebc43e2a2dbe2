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

#ifndef AVFILTER_V360BATCH_CUDA_DEVICE_TABLE_H
#define AVFILTER_V360BATCH_CUDA_DEVICE_TABLE_H

#include "launch.h"

/**
 * @file
 * How the device looks up what the host has passed. For the kernels alone.
 */

/*
 * Loads are written as assembly: they bypass the generic address space, extend
 * a sample to 32 bits for nothing, and say that what they read is constant
 * during a launch (.nc). The code compiles with clang and nvcc.
 *
 * A thread has 48 registers. What is used once for a view or a frame is looked
 * up each time, not kept: `volatile` stops compilers from keeping it.
 */

#ifndef __launch_bounds__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#endif

#define DEVICE static __inline__ __device__

/* Blocks on a multiprocessor: with ten of them, threads have 48 registers.
 * Where there can be only eight (sm_75), ptxas ignores this, and threads have
 * 64. */
#define BLOCKS 10

/* The same of kernels with means: threads have 64 registers, as sums stay in
 * registers while all else is looked up. */
#define MEANS_BLOCKS 8

/* The same of kernels with windows: threads have 56 registers, with 4x4 taps
 * 64, of which 20 are weights. */
#define WINDOW_BLOCKS(taps) ((taps) == 4 ? 8 : 9)

typedef V360CudaPtr Ptr;

/* Members of the structures of launch.h: an int, a pointer, and an int that is
 * loaded each time. LATE is a plain load (not .nc), whose value a store might
 * have changed, so that ptxas cannot keep it either. */
#define INT(p, type, member) load_int<__builtin_offsetof(type, member)>(p)
#define PTR(p, type, member) load_ptr<__builtin_offsetof(type, member)>(p)
#define LATE(p, type, member) load_late<__builtin_offsetof(type, member)>(p)

template<int OFFSET> DEVICE int load_int(Ptr p)
{
    int v;
    asm("ld.global.nc.s32 %0, [%1+%2];" : "=r"(v) : "l"(p), "n"(OFFSET));
    return v;
}

template<int OFFSET> DEVICE int load_late(Ptr p)
{
    int v;
    asm volatile("ld.global.s32 %0, [%1+%2];"
                 : "=r"(v) : "l"(p), "n"(OFFSET));
    return v;
}

template<int OFFSET> DEVICE Ptr load_ptr(Ptr p)
{
    Ptr v;
    asm("ld.global.nc.u64 %0, [%1+%2];" : "=l"(v) : "l"(p), "n"(OFFSET));
    return v;
}

DEVICE V360CudaPoint load_point(Ptr p)
{
    V360CudaPoint v;
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];"
        : "=r"(v.x), "=r"(v.y) : "l"(p));
    return v;
}

/* An opaque copy of i: what depends on it cannot be hoisted out of a loop. */
DEVICE int late(int i)
{
    int v;
    asm volatile("mov.b32 %0, %1;" : "=r"(v) : "r"(i));
    return v;
}

/* The address of an entry of a table. If the table's address is a parameter of
 * the kernel, it takes no register as long as nothing is added to it: so the
 * offset of a member is added by the load, not here. */
template<int SIZE> DEVICE Ptr entry(Ptr table, unsigned i)
{
    Ptr p;
    asm volatile("mad.wide.u32 %0, %1, %2, %3;"
                 : "=l"(p) : "r"(i), "n"(SIZE), "l"(table));
    return p;
}

/* What a thread makes: a word of a plane, for the views that share its grid.
 * Each member has two halves, the high one first. */
struct Word {
    unsigned planes;        /* which plane of them, index of V360CudaPlanes */
    unsigned at;            /* row, word in the row */
    unsigned rows;          /* rows of the grid for each row, which of them */
};

/* In kernels without means, a constant, so that nothing is computed. */
#define ONE_ROW (1u << 16)

DEVICE unsigned row_of(const Word &t)    { return (unsigned)late(t.at) >> 16; }
DEVICE unsigned column_of(const Word &t) { return late(t.at) & 0xffff; }

DEVICE Ptr planes_of(const V360CudaLaunch &l, const Word &t)
{
    return entry<sizeof(V360CudaPlanes)>(l.planes, t.planes & 0xffff);
}

DEVICE int siting_of(const V360CudaLaunch &l, const Word &t)
{
    return LATE(planes_of(l, t), V360CudaPlanes, siting);
}

DEVICE int components_of(const V360CudaLaunch &l, const Word &t)
{
    return INT(planes_of(l, t), V360CudaPlanes, components);
}

DEVICE int plane_of(const V360CudaLaunch &l, const Word &t)
{
    return LATE(entry<4>(planes_of(l, t), t.planes >> 16), V360CudaPlanes,
                plane);
}

/* The view after the last one. */
DEVICE int end_of(const V360CudaLaunch &l, const Word &t)
{
    const Ptr planes = planes_of(l, t);

    return LATE(planes, V360CudaPlanes, first_view) +
           LATE(planes, V360CudaPlanes, nb_views);
}

/* The points of the word's samples, PER_WORD of them. */
template<int PER_WORD>
DEVICE Ptr points_of(const V360CudaLaunch &l, const Word &t)
{
    const Ptr planes = planes_of(l, t);
    const unsigned pitch = LATE(planes, V360CudaPlanes, pitch);

    return PTR(planes, V360CudaPlanes, grid) + sizeof(V360CudaPoint) *
           (Ptr)((row_of(t) * (t.rows >> 16) + (t.rows & 0xffff)) * pitch +
                 column_of(t) * PER_WORD);
}

/* The address at which V360CudaSetup.border[siting] reads as border[0]. */
DEVICE Ptr border_of(const V360CudaLaunch &l, int siting)
{
    return entry<sizeof(V360CudaBorder)>(l.setup, siting);
}

/* With an index added to the table's address, what belongs to that plane,
 * siting or view is read as what belongs to the first one. */
DEVICE unsigned linesize_of(const V360CudaLaunch &l, int plane)
{
    return INT(entry<4>(l.table, plane), V360CudaTable, linesize[0]);
}

DEVICE unsigned fill_of(const V360CudaLaunch &l, int plane)
{
    return INT(entry<4>(l.table, plane), V360CudaTable, fill[0]);
}

DEVICE Ptr view_of(const V360CudaLaunch &l, int view, int of_plane)
{
    return entry<4>(entry<sizeof(V360CudaView)>(l.table, view), of_plane);
}

DEVICE int dx_of(const V360CudaLaunch &l, int view, int siting)
{
    return INT(view_of(l, view, siting), V360CudaTable, view[0].dx[0]);
}

/* Where the view's eye begins in a plane of a source frame, in bytes. */
DEVICE unsigned eye_of(const V360CudaLaunch &l, int view, int plane)
{
    return INT(view_of(l, view, plane), V360CudaTable, view[0].src[0]);
}

/* Where the word is in a frame of the view, in bytes. */
DEVICE unsigned word_offset(const V360CudaLaunch &l, const Word &t, int view,
                            int plane)
{
    const Ptr p = view_of(l, view, plane);
    const unsigned linesize = INT(p, V360CudaTable, view[0].linesize[0]);

    return INT(p, V360CudaTable, view[0].dst[0]) + column_of(t) * 4 +
           row_of(t) * linesize;
}

/* The addresses of a plane of a source frame, and of a frame of a view. */
DEVICE Ptr source_of(const V360CudaLaunch &l, unsigned i)
{
    return load_ptr<0>(entry<8>(l.src, i));
}

DEVICE Ptr output_of(const V360CudaLaunch &l, unsigned i)
{
    return load_ptr<0>(entry<8>(l.dst, i));
}

#endif /* AVFILTER_V360BATCH_CUDA_DEVICE_TABLE_H */
