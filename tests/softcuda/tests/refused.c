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

#include <string.h>

#include "cuda_test.h"

/**
 * @file
 * Calls that the real driver refuses for what they ask: refused CASE. Exits
 * with 0 if the device refused them too, and took what is allowed.
 */

#define W 64
#define H 4

static int expect(const char *what, CUresult got, CUresult wanted)
{
    printf("%s: %s\n", what, error_name(got));
    return got != wanted;
}

/* SOFTCUDA_EXCLUSIVE=1: one context at a time; SOFTCUDA_DEVICES=2: on each */
static int second_context(void)
{
    const CUresult unavailable = (CUresult)46;
    CUcontext first, other, primary;
    int bad;

    MUST(cuCtxPopCurrent(&first));
    bad  = expect("second context", cu->cuCtxCreate(&other, 0, 0),
                  unavailable);
    bad |= expect("primary context",
                  cu->cuDevicePrimaryCtxRetain(&primary, 0), unavailable);
    bad |= expect("on another device", cu->cuCtxCreate(&other, 0, 1), 0);
    MUST(cuCtxDestroy(first));
    bad |= expect("after the first", cu->cuCtxCreate(&first, 0, 0), 0);
    MUST(cuCtxDestroy(other));
    MUST(cuCtxDestroy(first));
    bad |= expect("primary alone", cu->cuDevicePrimaryCtxRetain(&primary, 0),
                  0);
    bad |= expect("primary again", cu->cuDevicePrimaryCtxRetain(&primary, 0),
                  0);
    return bad | expect("beside the primary", cu->cuCtxCreate(&other, 0, 0),
                        unavailable);
}

/* An upload of H rows of W bytes whose first lies at an address. */
static CUresult upload_rows(CUdeviceptr dst, const void *src, long long pitch)
{
    CUDA_MEMCPY2D copy = {
        .srcMemoryType = CU_MEMORYTYPE_HOST,
        .srcHost       = src,
        .srcPitch      = (size_t)pitch,
        .dstMemoryType = CU_MEMORYTYPE_DEVICE,
        .dstDevice     = dst,
        .dstPitch      = W,
        .WidthInBytes  = W,
        .Height        = H,
    };

    return cu->cuMemcpy2D(&copy);
}

static int pitch(void)
{
    static unsigned char host[H * W];
    const CUresult value = (CUresult)1;
    CUdeviceptr dst = upload(NULL, sizeof(host));
    int bad = expect("rows side by side", upload_rows(dst, host, W), 0);

    bad |= expect("rows from the bottom up",
                  upload_rows(dst, host + (H - 1) * W, -W), value);
    bad |= expect("rows that overlap", upload_rows(dst, host, W - 1), value);
    return bad | expect("rows 2 GiB apart",
                        upload_rows(dst, host, 0x80000000LL), value);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    open_context();
    if (!strcmp(argv[1], "second-context"))
        return second_context();
    if (!strcmp(argv[1], "pitch"))
        return pitch();
    printf("no case '%s'\n", argv[1]);
    return 2;
}
