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

#ifndef SOFTCUDA_ENGINE_H
#define SOFTCUDA_ENGINE_H

#include <stddef.h>
#include <ffnvcodec/dynlink_cuda.h>

/**
 * @file
 * What softcuda's libcuda.so.1 exports besides the driver: for the libraries of
 * a GPU's other engines, which are on that device, and no calls of the program.
 */

/** Counts a call of a library and returns the code to fail with, or 0. */
int softcuda_call(const char *function);

/** Queues a read of size bytes at src into dst. What is returned is for
 *  softcuda_finish(). */
CUresult softcuda_read(CUcontext context, CUstream stream, void *dst,
                       CUdeviceptr src, size_t size, void **read);

/** Makes what comes later in a stream wait for a read. */
CUresult softcuda_order(CUcontext context, CUstream stream, void *read);

/** Waits for a read and releases it; the context's state. */
CUresult softcuda_finish(CUcontext context, void *read);

/** Whether size bytes lie in one live allocation. */
int softcuda_is_allocated(CUdeviceptr ptr, size_t size);

/** As cuMemcpy2DAsync, but pageable memory is always read before it returns. */
CUresult softcuda_copy_surface(const CUDA_MEMCPY2D *copy, CUstream stream);

#endif /* SOFTCUDA_ENGINE_H */
