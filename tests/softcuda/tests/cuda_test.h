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

#ifndef SOFTCUDA_TESTS_CUDA_TEST_H
#define SOFTCUDA_TESTS_CUDA_TEST_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <ffnvcodec/dynlink_loader.h>

/** @file What the test programs share: FFmpeg's own loader, a context. */

static CudaFunctions *cu;

static inline const char *error_name(CUresult code)
{
    const char *name = NULL;

    cu->cuGetErrorName(code, &name);
    return name ? name : "?";
}

/* for calls that are not what is tested */
#define MUST(call)                                                  \
    do {                                                            \
        CUresult must_ = cu->call;                                  \
        if (must_) {                                                \
            printf("%s -> %s\n", #call, error_name(must_));         \
            exit(2);                                                \
        }                                                           \
    } while (0)

/** A symbol that nv-codec-headers do not load. */
static inline void *extra_symbol(const char *name)
{
    void *library = dlopen("libcuda.so.1", RTLD_LAZY);
    void *symbol = library ? dlsym(library, name) : NULL;

    if (!symbol) {
        printf("no %s\n", name);
        exit(2);
    }
    return symbol;
}

static inline char *read_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;

    if (!f) {
        perror(path);
        exit(2);
    }
    for (;;) {
        size_t n;

        text = realloc(text, size + 65537);
        n = fread(text + size, 1, 65536, f);
        size += n;
        if (!n)
            break;
    }
    text[size] = 0;
    fclose(f);
    return text;
}

static inline CUcontext open_context(void)
{
    CUcontext context;
    CUdevice device;

    if (cuda_load_functions(&cu, NULL)) {
        printf("cannot load libcuda.so.1\n");
        exit(2);
    }
    MUST(cuInit(0));
    MUST(cuDeviceGet(&device, 0));
    MUST(cuCtxCreate(&context, 0, device));
    return context;
}

static inline CUmodule load_module(const char *path)
{
    char *text = read_text(path);
    CUmodule module;

    MUST(cuModuleLoadData(&module, text));
    free(text);
    return module;
}

static inline CUfunction get_kernel(CUmodule module, const char *name)
{
    CUfunction kernel;

    MUST(cuModuleGetFunction(&kernel, module, name));
    return kernel;
}

static inline CUdeviceptr upload(const void *data, size_t size)
{
    CUdeviceptr ptr;

    MUST(cuMemAlloc(&ptr, size));
    if (data)
        MUST(cuMemcpyHtoD(ptr, data, size));
    return ptr;
}

#endif /* SOFTCUDA_TESTS_CUDA_TEST_H */
