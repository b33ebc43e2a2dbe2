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

#ifndef AVFILTER_V360BATCH_CUDA_LAUNCH_H
#define AVFILTER_V360BATCH_CUDA_LAUNCH_H

#if !defined(__CUDACC__) && !defined(__CUDA__)
#include <ffnvcodec/dynlink_cuda.h>
#endif

/**
 * @file
 * What the host passes to the kernels: one launch remaps a batch of frames to
 * all views, and a second one converts the colours of those views that are not
 * sent as they are remapped. Both sides compile this, so it has only types of
 * fixed size.
 *
 * A thread makes one aligned 32-bit word of a plane, which is 4 samples of
 * one byte, 2 of two bytes or 1 of four: when remapping for all views that
 * share a grid and all frames of the batch, when converting for one frame of
 * one view. Samples of three components, or of four of 16 bits, are converted
 * in units of more words.
 */

/** Words of a tile, which a block of threads makes, each thread one. */
#define V360_CUDA_TILE_WORDS 16
#define V360_CUDA_TILE_ROWS   8
#define V360_CUDA_THREADS (V360_CUDA_TILE_WORDS * V360_CUDA_TILE_ROWS)

#define V360_CUDA_MAX_FRAMES 64
#define V360_CUDA_MAX_FACES   6

/** x of a point that sees nothing of the source. */
#define V360_CUDA_UNMAPPED (-0x7fffffff - 1)

/**
 * Set in y of a point whose taps do not all lie inside one face. The rest of y
 * is a number of 31 bits, with sign.
 */
#define V360_CUDA_BORDER 0x80000000u

typedef unsigned long long V360CudaPtr;

/** A position of the source plane: 24.8 fixed point, of the sample centre. */
typedef struct V360CudaPoint {
    int x;
    unsigned y;
} V360CudaPoint;

/** Planes whose samples lie alike, of the views that share a grid. */
typedef struct V360CudaPlanes {
    V360CudaPtr grid;       ///< V360CudaPoint, rows of pitch points: for each
                            ///< row of samples, one for each of the points
                            ///< that one of its samples is the mean of
    int pitch;              ///< points, a multiple of 4
    int w, h;               ///< samples
    int siting;
    int components;         ///< in a sample: 1, 2 or 4
    int nb_planes;
    int plane[4];           ///< indices of the planes
    int first_view, nb_views; ///< the views, in V360CudaTable.view
    int nb_means;           ///< points that a sample is the mean of: 1, 4, 9, 16
    unsigned reciprocal;    ///< 2^32 / nb_means, rounded up
} V360CudaPlanes;

/**
 * The window that the taps of all samples of a word have to fit into, so that
 * device_window.h can load them as rows: bytes of a row, and rows that samples
 * may be apart.
 */
#define V360_CUDA_WINDOW_BYTES(taps, components) \
    ((taps) == 4 && (components) == 2 ? 12 : 8)
#define V360_CUDA_WINDOW_ROWS 1

/** The work of a block of threads. */
typedef struct V360CudaTile {
    unsigned short planes;  ///< index of V360CudaPlanes, or V360CudaConversion
    unsigned short x, y;    ///< column and row of the tile
    unsigned short narrow;  ///< the taps of each word fit into a window, in all
                            ///< views
} V360CudaTile;

/** See V360BorderFace; ring is an index into V360CudaBorder.ring. */
typedef struct V360CudaFace {
    int x0, y0, x1, y1;
    unsigned ring;
    int outline;            ///< where its V360CudaOutlineRow are, or 0
} V360CudaFace;

/**
 * See V360OutlineRow; left and right, and V360CudaFace.outline, are bytes from
 * V360CudaSetup on: the kernel has no register for another address.
 */
typedef struct V360CudaOutlineRow {
    int x0, x1, first, end, left, right;
} V360CudaOutlineRow;

typedef struct V360CudaBorder {
    int nb_faces;
    int period;             ///< x wraps here (24.8); 0x7fffffff: nowhere
    int limit;              ///< largest column that taps are added to
    int pad;
    V360CudaPtr ring;       ///< samples: x in the low half, y in the high one
    V360CudaFace face[V360_CUDA_MAX_FACES];
} V360CudaBorder;

/** What changes with the configuration only. */
typedef struct V360CudaSetup {
    V360CudaBorder border[2];  ///< by siting
    short weights[256][4];     ///< weights of a 4-tap kernel, by phase
} V360CudaSetup;

/** A view, or an output of a view that is converted. */
typedef struct V360CudaView {
    int dx[2];              ///< x-offset (24.8) by siting
    unsigned src[4];        ///< where the view's eye begins, bytes, by plane
    unsigned dst[4];        ///< where a plane begins in a frame, bytes
    int linesize[4];        ///< of the output's frames, by plane
} V360CudaView;

/**
 * What changes with each batch. Pointers follow it: for each plane of the
 * source those of all frames, then for each view those of all frames (0: not
 * wanted). Of a view that is converted, they are those of its remapped planes;
 * its outputs follow those of all views, as further views.
 */
typedef struct V360CudaTable {
    int linesize[4];        ///< of the source, by plane
    unsigned fill[4];       ///< a word of the fill colour, by plane
    V360CudaView view[];    ///< those that share a grid follow each other
} V360CudaTable;

/** The parameters of the kernel. */
typedef struct V360CudaLaunch {
    V360CudaPtr tiles;      ///< V360CudaTile, one for each block
    V360CudaPtr planes;     ///< V360CudaPlanes
    V360CudaPtr setup;      ///< V360CudaSetup
    V360CudaPtr table;      ///< V360CudaTable
    V360CudaPtr src;        ///< V360CudaPtr[plane][frame]
    V360CudaPtr dst;        ///< V360CudaPtr[view][frame]
    int nb_frames;
    int msb;                ///< bits of a sample, unused low ones included
    int shift;              ///< unused low bits of a 16-bit sample
    int words;              ///< a bit for each plane of the source whose rows
                            ///< begin at multiples of 4 bytes
} V360CudaLaunch;

/** How the samples of a plane are converted; see colour.h. */
enum V360CudaKind {
    V360_CUDA_MIX,          ///< from components at the same places
    V360_CUDA_LUMA,         ///< luma, and chroma that is interpolated
    V360_CUDA_MEAN,         ///< from means of components around the places
};

/** A V360Mix. */
typedef struct V360CudaMix {
    int coef[4];            ///< by component of the source
    int offset, shift, max;
    int pad;
} V360CudaMix;

/** A component of the remapped planes. */
typedef struct V360CudaComponent {
    unsigned offset;        ///< of the first sample, bytes
    int linesize, step;     ///< bytes
    int right, bottom;      ///< last column and row
    int pad[3];
} V360CudaComponent;

/** Where remapped components lie around the samples of a plane, on one axis. */
typedef struct V360CudaAxis {
    int log2;               ///< how many times the coarser sampling is halved
    int place;              ///< LUMA: of chroma, sixteenths; MEAN: first sample
    int nb;                 ///< MEAN: samples
    int weights;            ///< MEAN: 4 bits for each
} V360CudaAxis;

/** How a plane of a view is made from what is remapped. */
typedef struct V360CudaConversion {
    V360CudaMix mix[4];     ///< by place in a sample
    V360CudaComponent in[4];
    V360CudaAxis x, y;
    int view, out;          ///< indices in V360CudaTable.view
    int plane;              ///< of the output
    int units, h;           ///< in a row, and rows
    int kind;
    int components;         ///< in a sample: 1 to 4
    int takes;              ///< a bit for each component that a mix takes
    int up;                 ///< unused low bits of a sample
    int part;               ///< LUMA: offset of chroma's part of the sum
    int mean_up, mean_shift; ///< MEAN: how a sum of samples becomes a mean
    int swap;               ///< 16 bits: the other byte order
    int pad[3];             ///< so that quads of members are aligned
} V360CudaConversion;

/** The parameters of the kernel that converts. */
typedef struct V360CudaConvert {
    V360CudaPtr tiles;      ///< V360CudaTile, one for each block of a frame
    V360CudaPtr conversions; ///< V360CudaConversion
    V360CudaPtr table;      ///< V360CudaTable
    V360CudaPtr dst;        ///< V360CudaPtr[view][frame]
    int nb_frames;
    int pad;
} V360CudaConvert;

#ifdef __cplusplus
#define V360_CUDA_ASSERT(condition, text) static_assert(condition, text)
#else
#define V360_CUDA_ASSERT(condition, text) _Static_assert(condition, text)
#endif

V360_CUDA_ASSERT(sizeof(V360CudaPoint)  ==    8, "point");
V360_CUDA_ASSERT(sizeof(V360CudaPlanes) ==   64, "planes");
V360_CUDA_ASSERT(sizeof(V360CudaTile)   ==    8, "tile");
V360_CUDA_ASSERT(sizeof(V360CudaBorder) ==  168, "border");
V360_CUDA_ASSERT(sizeof(V360CudaSetup)  == 2384, "setup");
V360_CUDA_ASSERT(sizeof(V360CudaView)   ==   56, "view");
V360_CUDA_ASSERT(sizeof(V360CudaTable)  ==   32, "table");
V360_CUDA_ASSERT(sizeof(V360CudaLaunch) ==   64, "launch");
V360_CUDA_ASSERT(sizeof(V360CudaMix)    ==   32, "mix");
V360_CUDA_ASSERT(sizeof(V360CudaConversion) == 352, "conversion");
V360_CUDA_ASSERT(sizeof(V360CudaConvert)    ==  40, "convert");

#endif /* AVFILTER_V360BATCH_CUDA_LAUNCH_H */
