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

#ifndef AVCODEC_MJPEG_CUDA_LAUNCH_H
#define AVCODEC_MJPEG_CUDA_LAUNCH_H

/**
 * @file
 * What the host passes to the kernels of mjpeg_cuda. Both sides compile this, so
 * it has only types of fixed size.
 *
 * Blocks of 8x8 samples have numbers, in the order of the scan. Where a
 * component has no samples for a block of the last MCUs, that block is an empty
 * one: it has the mean of the block before it, and nothing else.
 */

/** Threads of a block of threads, and what each of them does. */
#define MJPEG_CUDA_THREADS  256
#define MJPEG_CUDA_DCTS      64 ///< the same of the kernel with the DCT
#define MJPEG_CUDA_BYTES     16 ///< of the scan that a thread stuffs
#define MJPEG_CUDA_GROUP (MJPEG_CUDA_THREADS * MJPEG_CUDA_BYTES)

/** Most bits of a block: 16 of a code and 11 or 10 of a value, 64 times. */
#define MJPEG_CUDA_MAX_BITS (64 * 27)

typedef unsigned long long MJpegCudaPtr;

/** A component of a picture. */
typedef struct MJpegCudaPlane {
    MJpegCudaPtr data;
    int linesize, step;         ///< bytes
    int w, h;                   ///< samples
    int blocks_w, blocks_h;     ///< those that have samples
    int aligned;                ///< rows of blocks begin at multiples of 4 bytes
    int first;                  ///< byte of a group of step that is the sample
} MJpegCudaPlane;

/** The quantiser of a coefficient, which is 8 times too large. */
typedef struct MJpegCudaDivisor {
    unsigned reciprocal;        ///< 2^32 / (8 q), rounded up
    unsigned half;              ///< 4 q
} MJpegCudaDivisor;

/** The tables of luma and of chroma. A code has its length in the high half. */
typedef struct MJpegCudaTables {
    MJpegCudaDivisor divisor[2][64]; ///< row by row
    unsigned dc[2][16];         ///< code of a number of bits
    unsigned ac[2][256];        ///< code of 16 times a run, and a number of bits
} MJpegCudaTables;

/** What a picture becomes. */
typedef struct MJpegCudaResult {
    MJpegCudaPtr bits;          ///< of the scan, before stuffing
    MJpegCudaPtr stuffed;       ///< bytes that are put in
} MJpegCudaResult;

/** The parameters of all kernels but mjpeg_cuda_sum. */
typedef struct MJpegCudaLaunch {
    MJpegCudaPlane plane[3];
    MJpegCudaPtr tables;        ///< MJpegCudaTables
    MJpegCudaPtr coefs;         ///< 64 of 16 bits of each block that is not empty
    MJpegCudaPtr at;            ///< of each block its bits, then its first bit in
                                ///< the group of MJPEG_CUDA_THREADS
    MJpegCudaPtr group;         ///< of 64 bits: first bit of a group of blocks
    MJpegCudaPtr scan;          ///< bytes, all 0 before
    MJpegCudaPtr stuffing;      ///< of each MJPEG_CUDA_BYTES of the scan: bytes put
                                ///< in before them, in a MJPEG_CUDA_GROUP
    MJpegCudaPtr stuffing_group; ///< of 64 bits: the same before a group
    MJpegCudaPtr out;           ///< the scan's bytes
    MJpegCudaPtr result;        ///< MJpegCudaResult
    int h, v;                   ///< luma blocks of an MCU, on each axis
    int mcus_w;
    int blocks;
    unsigned scan_size, out_size; ///< bytes there is room for
} MJpegCudaLaunch;

/** The parameters of mjpeg_cuda_sum. */
typedef struct MJpegCudaSum {
    MJpegCudaPtr values;        ///< of 64 bits: become the sums of those before
    MJpegCudaPtr total;         ///< of 64 bits
    int nb;
    int pad;
} MJpegCudaSum;

#endif /* AVCODEC_MJPEG_CUDA_LAUNCH_H */
