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
 * Mistakes of CUDA programs, planted: planted FILE.ptx CASE. Exits with 0 if
 * the device noticed as it must; prints what it saw.
 */

#define N 1000                  /* 4-byte elements, no multiple of a granule */

enum { VALUE = 1, MEMORY = 2, PTX = 218, ILLEGAL = 700, MISALIGNED = 716,
       UNSUPPORTED = 801 };

static CUmodule module;

static int expect(const char *what, CUresult got, int wanted)
{
    printf("%s: %s\n", what, error_name(got));
    return (int)got != wanted;
}

static void launch(const char *name, CUstream stream, void **args)
{
    CUfunction kernel = get_kernel(module, name);

    MUST(cuLaunchKernel(kernel, (N + 127) / 128, 1, 1, 128, 1, 1, 0, stream,
                        args, NULL));
}

static void launch_fill(CUdeviceptr dst, unsigned n)
{
    void *args[] = { &dst, &n };

    launch("fill", NULL, args);
}

/* the error stays, whatever is called next */
static int faults_with(int wanted)
{
    CUdeviceptr unused;
    int bad = expect("after the kernel", cu->cuStreamSynchronize(NULL),
                     wanted);

    return bad | expect("later", cu->cuMemAlloc(&unused, 4), wanted);
}

static int correct(void)
{
    CUdeviceptr dst = upload(NULL, N * 4);
    unsigned out[N];

    launch_fill(dst, N);
    MUST(cuMemcpyDtoH(out, dst, sizeof(out)));
    MUST(cuMemFree(dst));
    for (unsigned i = 0; i < N; i++)
        if (out[i] != i)
            return 1;
    return 0;
}

static int out_of_bounds(void)
{
    launch_fill(upload(NULL, (N - 1) * 4), N);
    return faults_with(ILLEGAL);
}

static int use_after_free(void)
{
    CUdeviceptr dst = upload(NULL, N * 4), other;

    MUST(cuMemFree(dst));
    MUST(cuMemAlloc(&other, N * 4));    /* must not land in the same place */
    launch_fill(dst, N);
    return faults_with(ILLEGAL);
}

static int host_pointer(void)
{
    static unsigned host[N];

    launch_fill((CUdeviceptr)(uintptr_t)host, N);
    return faults_with(ILLEGAL) || host[1];
}

static int misaligned(void)
{
    launch_fill(upload(NULL, N * 4) + 2, N - 1);
    return faults_with(MISALIGNED);
}

static int shared_out_of_bounds(void)
{
    unsigned offset = 128;
    void *args[] = { &offset };

    launch("shared", NULL, args);
    return faults_with(ILLEGAL);
}

static int double_free(void)
{
    CUdeviceptr dst = upload(NULL, N * 4);

    MUST(cuMemFree(dst));
    return expect("second free", cu->cuMemFree(dst), VALUE);
}

static int leak(void)
{
    upload(NULL, 12345);        /* the caller reads live_at_exit */
    return 0;
}

static int copy_out_of_bounds(void)
{
    static unsigned host[N];
    CUdeviceptr dst = upload(NULL, N * 4 - 1);

    return expect("copy", cu->cuMemcpyHtoD(dst, host, sizeof(host)), VALUE);
}

/* Ends by a signal; returning at all is the failure. */
static int host_touch(void)
{
    CUdeviceptr dst = upload(NULL, N * 4);

    fflush(stdout);
    return *(volatile char *)(uintptr_t)(dst + 8) | 1;
}

/* One stream fills, another copies what was filled. */
static int two_streams(int ordered)
{
    CUdeviceptr src = upload(NULL, N * 4), dst = upload(NULL, N * 4);
    CUstream a, b;
    CUevent event;
    unsigned n = N, out[N], wrong = 0;
    void *fill[] = { &src, &n }, *copy[] = { &dst, &src, &n };

    MUST(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
    MUST(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
    MUST(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
    launch("fill", a, fill);
    MUST(cuEventRecord(event, a));
    if (ordered)
        MUST(cuStreamWaitEvent(b, event, 0));
    launch("copy", b, copy);
    MUST(cuMemcpyDtoHAsync(out, dst, sizeof(out), b));
    MUST(cuStreamSynchronize(b));
    for (unsigned i = 0; i < N; i++)
        wrong += out[i] != i;
    printf("%u of %d values wrong\n", wrong, N);
    return wrong;
}

/* A stream that is not "non-blocking" and the default stream wait for each
 * other without any event. */
static int default_stream(void)
{
    CUdeviceptr src = upload(NULL, N * 4), dst = upload(NULL, N * 4);
    unsigned n = N, out[N], wrong = 0;
    void *fill[] = { &src, &n }, *copy[] = { &dst, &src, &n };
    CUstream stream;

    MUST(cuStreamCreate(&stream, CU_STREAM_DEFAULT));
    launch("fill", stream, fill);
    launch("copy", NULL, copy);
    MUST(cuMemcpyDtoHAsync(out, dst, sizeof(out), stream));
    for (unsigned i = 0; i < N; i++)
        wrong += out[i] != i;
    printf("%u of %d values wrong\n", wrong, N);
    return wrong != 0;
}

static void CUDAAPI note_value(CUstream stream, CUresult status, void *opaque)
{
    unsigned **p = opaque;

    (void)stream;
    *p[1] = status ? 0 : p[0][7];
}

/* A callback runs after what stands before it in the stream. */
static int callback(void)
{
    CUresult (*host_alloc)(void **, size_t, unsigned) =
        extra_symbol("cuMemHostAlloc");
    CUdeviceptr dst = upload(NULL, N * 4);
    unsigned *out, seen = 0, *opaque[2];

    if (host_alloc((void **)&out, N * 4, 0))
        return 1;
    launch_fill(dst, N);
    MUST(cuMemcpyDtoHAsync(out, dst, N * 4, NULL));
    opaque[0] = out;
    opaque[1] = &seen;
    MUST(cuStreamAddCallback(NULL, note_value, opaque, 0));
    MUST(cuStreamSynchronize(NULL));
    printf("the callback saw %u\n", seen);
    return seen != 7;
}

static int unsupported_call(void)
{
    CUdeviceptr ptr;

    return expect("managed memory", cu->cuMemAllocManaged(&ptr, 4, 1),
                  UNSUPPORTED);
}

static int event_present(void)
{
    return two_streams(1) != 0;
}

static int event_missing(void)
{
    return two_streams(0) == 0;
}

/* Pinned memory holds nothing before the host waits for the copy. */
static int wait_missing(void)
{
    CUresult (*host_alloc)(void **, size_t, unsigned) =
        extra_symbol("cuMemHostAlloc");
    CUresult (*host_free)(void *) = extra_symbol("cuMemFreeHost");
    CUdeviceptr dst = upload(NULL, N * 4);
    CUstream stream;
    unsigned *out, early, late;

    if (host_alloc((void **)&out, N * 4, 0))
        return 1;
    out[7] = 99;
    MUST(cuStreamCreate(&stream, 0));
    launch_fill(dst, N);
    MUST(cuMemcpyDtoHAsync(out, dst, N * 4, stream));
    early = out[7];
    MUST(cuStreamSynchronize(stream));
    late = out[7];
    printf("before the wait %u, after it %u\n", early, late);
    return host_free(out) || early != 99 || late != 7;
}

static int barrier(void)
{
    CUdeviceptr dst = upload(NULL, 4);
    CUfunction kernel = get_kernel(module, "reduce");
    void *args[] = { &dst };
    unsigned sum;

    MUST(cuLaunchKernel(kernel, 1, 1, 1, 256, 1, 1, 0, NULL, args, NULL));
    MUST(cuMemcpyDtoH(&sum, dst, sizeof(sum)));
    printf("sum %u\n", sum);
    return sum != 256 * 255 / 2;
}

static int flush_to_zero(void)
{
    unsigned v[4] = { 1 };      /* the smallest subnormal */
    CUdeviceptr ptr = upload(v, sizeof(v));
    CUfunction kernel = get_kernel(module, "flush");
    void *args[] = { &ptr };

    MUST(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, NULL, args, NULL));
    MUST(cuMemcpyDtoH(v, ptr, sizeof(v)));
    printf("%x + 0 = %x, flushed %x, minimum of both zeros %x\n", v[0], v[1],
           v[2], v[3]);
    return v[1] != 1 || v[2] || v[3] != 0x80000000;
}

static int unsupported_ptx(void)
{
    CUfunction kernel;

    return expect("shfl", cu->cuModuleGetFunction(&kernel, module, "shuffle"),
                  PTX);
}

/* SOFTCUDA_MEM_MB=16 */
static int memory_size(void)
{
    CUresult (*info)(size_t *, size_t *) = extra_symbol("cuMemGetInfo_v2");
    size_t before, after, total, mb = 1 << 20;
    CUdeviceptr a, b;
    int bad;

    if (info(&before, &total))
        return 1;
    MUST(cuMemAlloc(&a, 10 * mb));
    bad = expect("7 MiB more", cu->cuMemAlloc(&b, 7 * mb), MEMORY) ||
          info(&after, &total);
    MUST(cuMemFree(a));
    printf("total %zu, free %zu, then %zu\n", total, before, after);
    return bad || total != 16 * mb || before - after != 10 * mb;
}

/* SOFTCUDA_DEVICES=3 SOFTCUDA_CC=75 SOFTCUDA_DRIVER=12020 */
static int settings(void)
{
    int count, major, minor, version;

    MUST(cuDeviceGetCount(&count));
    MUST(cuDeviceComputeCapability(&major, &minor, 2));
    MUST(cuDriverGetVersion(&version));
    printf("%d devices, sm_%d%d, driver %d\n", count, major, minor, version);
    return count != 3 || major != 7 || minor != 5 || version != 12020;
}

/* SOFTCUDA_FAIL=cuMemAlloc:2:2: the second call, and only that one */
static int injected_failure(void)
{
    CUdeviceptr ptr;
    int bad = expect("first", cu->cuMemAlloc(&ptr, 4), 0);

    bad |= expect("second", cu->cuMemAlloc(&ptr, 4), MEMORY);
    return bad | expect("third", cu->cuMemAlloc(&ptr, 4), 0);
}

/* SOFTCUDA_FAIL=cuMemAlloc/8:2:2: the second one of 8 bytes */
static int injected_size(void)
{
    CUdeviceptr ptr;
    int bad = expect("8 bytes", cu->cuMemAlloc(&ptr, 8), 0);

    bad |= expect("4 bytes", cu->cuMemAlloc(&ptr, 4), 0);
    bad |= expect("8 bytes again", cu->cuMemAlloc(&ptr, 8), MEMORY);
    return bad | expect("8 bytes at last", cu->cuMemAlloc(&ptr, 8), 0);
}

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    { "correct",              correct              },
    { "out-of-bounds",        out_of_bounds        },
    { "use-after-free",       use_after_free       },
    { "host-pointer",         host_pointer         },
    { "misaligned",           misaligned           },
    { "shared-out-of-bounds", shared_out_of_bounds },
    { "double-free",          double_free          },
    { "leak",                 leak                 },
    { "copy-out-of-bounds",   copy_out_of_bounds   },
    { "host-touch",           host_touch           },
    { "event-present",        event_present        },
    { "event-missing",        event_missing        },
    { "default-stream",       default_stream       },
    { "callback",             callback             },
    { "unsupported-call",     unsupported_call     },
    { "wait-missing",         wait_missing         },
    { "barrier",              barrier              },
    { "flush-to-zero",        flush_to_zero        },
    { "unsupported-ptx",      unsupported_ptx      },
    { "memory-size",          memory_size          },
    { "settings",             settings             },
    { "injected-failure",     injected_failure     },
    { "injected-size",        injected_size        },
};

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (strcmp(cases[i].name, argv[2]))
            continue;
        open_context();
        module = load_module(argv[1]);
        return cases[i].run();
    }
    printf("no case '%s'\n", argv[2]);
    return 2;
}
