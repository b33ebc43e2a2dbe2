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

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "softcuda.h"

/** @file Modules, their variables and functions. */

/* The newest PTX a driver of a version accepts, newest first. */
static int newest_ptx(int driver)
{
    static const int versions[][2] = {
        { 13000, 90 }, { 12090, 88 }, { 12080, 87 }, { 12050, 85 },
        { 12040, 84 }, { 12030, 83 }, { 12020, 82 }, { 12010, 81 },
        { 12000, 80 }, { 11080, 78 }, { 11070, 77 }, { 11040, 74 },
        { 11010, 71 }, { 11000, 70 }, { 10020, 65 }, { 10000, 63 },
        {  9000, 60 }, {  8000, 50 },
    };

    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
        if (driver >= versions[i][0])
            return versions[i][1];
    return 40;
}

static CUresult check_target(const PtxModule *ptx)
{
    int sm, version, newest = newest_ptx(sc.driver_version);

    ptx_target(ptx, &sm, &version);
    if (version > newest) {
        sc_log("PTX %d.%d is newer than the %d.%d that driver %d accepts",
               version / 10, version % 10, newest / 10, newest % 10,
               sc.driver_version);
        return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
    }
    if (sm > sc.compute_capability) {
        sc_log("PTX for sm_%d on a device of sm_%d", sm,
               sc.compute_capability);
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    return CUDA_SUCCESS;
}

/* An ELF file (cubin) or a fatbin begins with its own magic. */
static int is_binary(const unsigned char *image)
{
    return (image[0] == 0x7f && image[1] == 'E') ||
           (image[0] == 0x50 && image[1] == 0xed);
}

static CUresult load(ScContext *context, ScModule *module)
{
    CUresult ret = check_target(module->ptx);

    if (ret)
        return ret;
    module->device       = context->device;
    module->globals_size = ptx_global_size(module->ptx);
    if (!module->globals_size)
        return CUDA_SUCCESS;
    ret = sc_device_alloc(context->device, module->globals_size,
                          &module->globals, "module variables");
    if (!ret)
        ptx_global_init(module->ptx, sc_alias(module->globals));
    return ret;
}

SC_EXPORT cuModuleLoadData(CUmodule *pmodule, const void *image)
{
    ScModule *module;
    char error[512];
    CUresult ret;

    SC_API(cuModuleLoadData);
    SC_CONTEXT(context);
    if (!image)
        return CUDA_ERROR_INVALID_VALUE;
    if (is_binary(image)) {
        sc_log("a module is binary code: only PTX text runs here");
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    module = calloc(1, sizeof(*module));
    module->ptx = ptx_parse(image, error, sizeof(error));
    if (!module->ptx) {
        sc_log("cannot parse a module: %s", error);
        free(module);
        return CUDA_ERROR_INVALID_PTX;
    }
    ret = load(context, module);
    if (ret) {
        ptx_free(module->ptx);
        free(module);
        return ret;
    }
    sc.count.modules++;
    sc.count.live_modules++;
    *pmodule = (CUmodule)module;
    return CUDA_SUCCESS;
}

SC_EXPORT cuModuleLoadDataEx(CUmodule *pmodule, const void *image,
                             unsigned int nb_options, CUjit_option *options,
                             void **values)
{
    (void)nb_options;           /* they tune a compiler that is not here */
    (void)options;
    (void)values;
    return cuModuleLoadData(pmodule, image);
}

static void free_kernel(ScKernel *kernel)
{
    ptx_info_free(&kernel->info);
    if (kernel->library)
        dlclose(kernel->library);
    free(kernel->name);
    free(kernel);
}

SC_EXPORT cuModuleUnload(CUmodule handle)
{
    ScModule *module = (ScModule *)handle;

    SC_API_RELEASE(cuModuleUnload);
    SC_CONTEXT_RELEASE(context);
    if (!module)
        return CUDA_ERROR_INVALID_HANDLE;
    sc_sync_context(context);
    if (module->globals)
        sc_device_free(module->globals, "cuModuleUnload");
    while (module->kernels) {
        ScKernel *next = module->kernels->next;

        free_kernel(module->kernels);
        module->kernels = next;
    }
    ptx_free(module->ptx);
    free(module);
    sc.count.live_modules--;
    return SC_RELEASED(context, CUDA_SUCCESS);
}

SC_EXPORT cuModuleGetFunction(CUfunction *pfunction, CUmodule handle,
                              const char *name)
{
    ScModule *module = (ScModule *)handle;
    ScKernel *kernel;
    CUresult ret;

    SC_API(cuModuleGetFunction);
    SC_CONTEXT(context);
    if (!module)
        return CUDA_ERROR_INVALID_HANDLE;
    for (kernel = module->kernels; kernel; kernel = kernel->next) {
        if (strcmp(kernel->name, name))
            continue;
        *pfunction = (CUfunction)kernel;
        return CUDA_SUCCESS;
    }
    kernel = calloc(1, sizeof(*kernel));
    kernel->module = module;
    kernel->name   = strdup(name);
    ret = sc_compile(kernel);
    if (ret) {
        free_kernel(kernel);
        return ret;
    }
    kernel->stats   = sc_kernel_stats(name);
    kernel->next    = module->kernels;
    module->kernels = kernel;
    *pfunction = (CUfunction)kernel;
    return CUDA_SUCCESS;
}

SC_EXPORT cuModuleGetGlobal_v2(CUdeviceptr *dptr, size_t *bytes,
                               CUmodule handle, const char *name)
{
    ScModule *module = (ScModule *)handle;
    uint32_t offset, size;

    SC_API(cuModuleGetGlobal_v2);
    SC_CONTEXT(context);
    if (!module)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!ptx_global_find(module->ptx, name, &offset, &size))
        return CUDA_ERROR_NOT_FOUND;
    if (dptr)
        *dptr = module->globals + offset;
    if (bytes)
        *bytes = size;
    return CUDA_SUCCESS;
}

/* the name under which nv-codec-headers look it up */
SC_EXPORT cuModuleGetGlobal(CUdeviceptr *dptr, size_t *bytes, CUmodule handle,
                            const char *name)
{
    return cuModuleGetGlobal_v2(dptr, bytes, handle, name);
}

SC_EXPORT cuFuncGetAttribute(int *value, int attribute, CUfunction function)
{
    ScKernel *kernel = (ScKernel *)function;

    SC_API(cuFuncGetAttribute);
    if (!kernel)
        return CUDA_ERROR_INVALID_HANDLE;
    *value = attribute == 0 ? 1024 :            /* threads per block */
             attribute == 1 ? (int)kernel->info.shared_size : 0;
    return CUDA_SUCCESS;
}
