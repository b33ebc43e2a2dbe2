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
 * memory CASE: what settings say of host and device memory.
 */

#define N 1000

/* An upload in a stream, and the source is written anew behind the call, or
 * once the upload is done. */
static unsigned stale_values(int wait)
{
    unsigned source[N], out[N], stale = 0;
    CUdeviceptr ptr = upload(NULL, sizeof(source));
    CUstream stream;

    MUST(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    memset(source, 1, sizeof(source));
    MUST(cuMemcpyHtoDAsync(ptr, source, sizeof(source), stream));
    if (wait)
        MUST(cuStreamSynchronize(stream));
    memset(source, 2, sizeof(source));
    MUST(cuMemcpyDtoHAsync(out, ptr, sizeof(out), stream));
    for (int i = 0; i < N; i++)
        stale += out[i] != 0x01010101;
    return stale;
}

static int pageable(void)
{
    unsigned early = stale_values(0), late = stale_values(1);

    printf("%u of %d values of a source written too early, %u later\n",
           early, N, late);
    return 0;
}

/* A copy of a synchronous call has read its source, whatever the settings. */
static int pageable_call(void)
{
    unsigned source[N], out[N];
    CUdeviceptr ptr;

    memset(source, 1, sizeof(source));
    ptr = upload(source, sizeof(source));
    memset(source, 2, sizeof(source));
    MUST(cuMemcpyDtoH(out, ptr, sizeof(out)));
    return out[0] != 0x01010101 || out[N - 1] != 0x01010101;
}

static size_t available(void)
{
    static CUresult (*info)(size_t *, size_t *);
    size_t bytes, total;

    if (!info)
        info = extra_symbol("cuMemGetInfo_v2");
    return info(&bytes, &total) ? 0 : bytes;
}

/* SOFTCUDA_PAGE_KB=2048 SOFTCUDA_MEM_MB=16: sizes in KiB, and what they take */
static int pages(void)
{
    static const struct {
        size_t size, taken;
    } steps[] = {
        { 3072, 4096 }, { 100, 2048 }, { 100, 0 }, { 1024, 0 }, { 1025, 2048 },
        { 1000, 2048 },
    };
    CUdeviceptr ptr[6], more;
    size_t whole = available(), before, taken;
    int bad = 0;

    for (int i = 0; i < 6; i++) {
        before = available();
        MUST(cuMemAlloc(&ptr[i], steps[i].size << 10));
        taken = before - available();
        printf("%zu takes %zu, ", steps[i].size, taken >> 10);
        bad |= taken != steps[i].taken << 10;
    }
    bad |= cu->cuMemAlloc(&more, 6145 << 10) != (CUresult)2;
    MUST(cuMemAlloc(&more, 6144 << 10));
    MUST(cuMemFree(more));
    for (int i = 0; i < 6; i++)
        MUST(cuMemFree(ptr[i]));
    printf("and %zu KiB too many are left\n", (whole - available()) >> 10);
    return bad || whole != available();
}

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    { "pageable",      pageable      },
    { "pageable-call", pageable_call },
    { "pages",         pages         },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (argc < 2 || strcmp(cases[i].name, argv[1]))
            continue;
        open_context();
        return cases[i].run();
    }
    printf("no such case\n");
    return 2;
}
