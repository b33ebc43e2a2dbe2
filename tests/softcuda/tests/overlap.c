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

#include <math.h>
#include <string.h>

#include "cuda_test.h"

/**
 * @file
 * overlap FILE.ptx: virtual time of uploads, kernels and downloads, in one
 * stream, in three, and in three that wait for each other, against what the
 * default machine gives on paper.
 */

#define CHUNKS 8
#define SIZE   (4 << 20)

/* the default machine of timeline.c */
#define BANDWIDTH    25e9
#define COPY_LATENCY 8e-3       /* ms */
#define LAUNCH_TIME  4e-3       /* and a few bytes */

static CUmodule module;
static unsigned char *host;

static CUresult (*elapsed)(float *, CUevent, CUevent);

static void chunk(CUstream stream, CUdeviceptr ptr)
{
    CUfunction kernel = get_kernel(module, "fill");
    unsigned n = 128;
    void *args[] = { &ptr, &n };

    MUST(cuMemcpyHtoDAsync(ptr, host, SIZE, stream));
    MUST(cuLaunchKernel(kernel, 1, 1, 1, 128, 1, 1, 0, stream, args, NULL));
    MUST(cuMemcpyDtoHAsync(host + SIZE, ptr, SIZE, stream));
}

/* milliseconds of virtual time; chained: each chunk waits for the last */
static float pipeline(int nb_streams, int chained)
{
    CUstream streams[3];
    CUdeviceptr ptr[3];
    CUevent begin, done[CHUNKS];
    float ms = -1;

    MUST(cuEventCreate(&begin, CU_EVENT_DEFAULT));
    for (int i = 0; i < nb_streams; i++) {
        MUST(cuStreamCreate(&streams[i], CU_STREAM_NON_BLOCKING));
        MUST(cuMemAlloc(&ptr[i], SIZE));
    }
    MUST(cuEventRecord(begin, streams[0]));
    for (int i = 0; i < CHUNKS; i++) {
        CUstream stream = streams[i % nb_streams];

        if (chained && i)
            MUST(cuStreamWaitEvent(stream, done[i - 1], 0));
        chunk(stream, ptr[i % nb_streams]);
        MUST(cuEventCreate(&done[i], CU_EVENT_DEFAULT));
        MUST(cuEventRecord(done[i], stream));
    }
    for (int i = 0; i < nb_streams; i++)
        MUST(cuStreamSynchronize(streams[i]));
    if (elapsed(&ms, begin, done[CHUNKS - 1]))
        printf("no elapsed time\n");
    for (int i = 0; i < nb_streams; i++)
        MUST(cuMemFree(ptr[i]));
    return ms;
}

/* 2 %: the calls themselves take 2 us of the 180 us of a copy, here and there
 * before the first and after the last operation */
static int wrong(const char *what, double got, double expected)
{
    printf("%s %.3f ms (on paper %.3f); ", what, got, expected);
    return !(fabs(got - expected) < expected * .02);
}

int main(int argc, char **argv)
{
    CUresult (*host_alloc)(void **, size_t, unsigned);
    double copy = COPY_LATENCY + SIZE / BANDWIDTH * 1e3;
    double serial = CHUNKS * (2 * copy + LAUNCH_TIME);
    double overlapped = (CHUNKS + 1) * copy + LAUNCH_TIME;
    int bad;

    if (argc < 2)
        return 2;
    setenv("SOFTCUDA_TRACE", "/dev/null", 1);
    open_context();
    elapsed    = extra_symbol("cuEventElapsedTime");
    host_alloc = extra_symbol("cuMemHostAlloc");
    module     = load_module(argv[1]);
    if (host_alloc((void **)&host, 2 * SIZE, 0))
        return 2;
    memset(host, 1, 2 * SIZE);
    bad  = wrong("one stream", pipeline(1, 0), serial);
    bad |= wrong("three", pipeline(3, 0), overlapped);
    bad |= wrong("three in turn", pipeline(3, 1), serial);
    printf("\n");
    fflush(stdout);
    return bad;
}
