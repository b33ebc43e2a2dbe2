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

#include "cuda_test.h"

/**
 * @file
 * access FILE.ptx KERNEL STRIDE: one warp loads with a stride, for what the
 * profile says of it.
 */

int main(int argc, char **argv)
{
    CUdeviceptr src, dst;
    unsigned stride;
    void *args[] = { &dst, &src, &stride };

    if (argc < 4)
        return 2;
    open_context();
    src    = upload(NULL, 1 << 16);
    dst    = upload(NULL, 128);
    stride = atoi(argv[3]);
    MUST(cuLaunchKernel(get_kernel(load_module(argv[1]), argv[2]), 1, 1, 1, 32,
                        1, 1, 0, NULL, args, NULL));
    MUST(cuStreamSynchronize(NULL));
    MUST(cuMemFree(src));
    MUST(cuMemFree(dst));
    return 0;
}
