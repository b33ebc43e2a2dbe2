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

/** @file The kernels of conformance.c, for clang and for nvcc. */

#ifdef __clang__
/* no CUDA SDK, so none of its headers: what they would declare */
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define THREAD_INDEX (__nvvm_read_ptx_sreg_ctaid_x() * \
                      __nvvm_read_ptx_sreg_ntid_x() +  \
                      __nvvm_read_ptx_sreg_tid_x())
static __device__ inline unsigned F2U(float f)
{
    union {
        float f;
        unsigned u;
    } x;

    x.f = f;
    return x.u;
}
#define FLOORF(x) __builtin_floorf(x)
#define RINTF(x)  __builtin_rintf(x)
#define SQRTF(x)  __builtin_sqrtf(x)
#else
#define THREAD_INDEX (blockIdx.x * blockDim.x + threadIdx.x)
#define F2U(f)    __float_as_uint(f)
#define FLOORF(x) floorf(x)
#define RINTF(x)  rintf(x)
#define SQRTF(x)  sqrtf(x)
#endif
#define HD __device__ inline

#include "scalar_ops.h"

extern "C" {

__global__ void scalar(unsigned *out, const unsigned *a, const unsigned *b,
                       const unsigned *c, const float *f, const float *g,
                       int n)
{
    int i = THREAD_INDEX;

    if (i >= n)
        return;
    for (int op = 0; op < NB_OPS; op++)
        out[i * NB_OPS + op] = scalar_op(a[i], b[i], c[i], f[i], g[i], op);
}

__global__ void texture(unsigned long long texture, float *out,
                        const float *x, const float *y, int n)
{
    int i = THREAD_INDEX;
    float r;

    if (i >= n)
        return;
    asm("{.reg .f32 g, b, a; "
        "tex.2d.v4.f32.f32 {%0, g, b, a}, [%1, {%2, %3}];}"
        : "=f"(r) : "l"(texture), "f"(x[i]), "f"(y[i]));
    out[i] = r;
}

}
