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

#include "device_convert.h"

/** @file The kernels that convert colours, for samples of 8 and 16 bits. */

#define CONVERT(in, out)                                                    \
extern "C" __global__ void __launch_bounds__(V360_CUDA_THREADS, BLOCKS)     \
v360batch_convert_##in##_##out(V360CudaConvert l)                           \
{                                                                           \
    convert<in, out>(l);                                                    \
}

CONVERT(8, 8)
CONVERT(8, 16)
CONVERT(16, 8)
CONVERT(16, 16)
