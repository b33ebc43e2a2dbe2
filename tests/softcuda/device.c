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
#include <stdio.h>
#include <string.h>

#include "softcuda.h"

/** @file Initialisation, devices, names of errors. */

static const struct {
    int code;
    const char *name, *text;
} errors[] = {
    {   0, "CUDA_SUCCESS", "no error" },
    {   1, "CUDA_ERROR_INVALID_VALUE", "invalid argument" },
    {   2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory" },
    {   3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error" },
    {  46, "CUDA_ERROR_DEVICE_UNAVAILABLE",
           "CUDA-capable device(s) is/are busy or unavailable" },
    { 100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected" },
    { 101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal" },
    { 200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid" },
    { 201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context" },
    { 209, "CUDA_ERROR_NO_BINARY_FOR_GPU",
           "no kernel image is available for execution on the device" },
    { 218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed" },
    { 222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
           "the provided PTX was compiled with an unsupported toolchain." },
    { 400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle" },
    { 500, "CUDA_ERROR_NOT_FOUND", "named symbol not found" },
    { 600, "CUDA_ERROR_NOT_READY", "device not ready" },
    { 700, "CUDA_ERROR_ILLEGAL_ADDRESS",
           "an illegal memory access was encountered" },
    { 701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
           "too many resources requested for launch" },
    { 702, "CUDA_ERROR_LAUNCH_TIMEOUT",
           "the launch timed out and was terminated" },
    { 716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address" },
    { 719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure" },
    { 801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported" },
    { 999, "CUDA_ERROR_UNKNOWN", "unknown error" },
};

static int find_error(CUresult code)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (errors[i].code == (int)code)
            return i;
    return -1;
}

/* not counted, never failed: they are how failures are reported */
SC_EXPORT cuGetErrorName(CUresult code, const char **name)
{
    int i = find_error(code);

    *name = i < 0 ? NULL : errors[i].name;
    return i < 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

SC_EXPORT cuGetErrorString(CUresult code, const char **text)
{
    int i = find_error(code);

    *text = i < 0 ? NULL : errors[i].text;
    return i < 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

SC_EXPORT cuInit(unsigned int flags)
{
    SC_API(cuInit);
    if (flags)
        return CUDA_ERROR_INVALID_VALUE;
    if (!sc.nb_devices)
        return (CUresult)100;
    sc.initialised = 1;
    return CUDA_SUCCESS;
}

SC_EXPORT cuDriverGetVersion(int *version)
{
    SC_API(cuDriverGetVersion);
    *version = sc.driver_version;
    return CUDA_SUCCESS;
}

SC_EXPORT cuDeviceGetCount(int *count)
{
    SC_API(cuDeviceGetCount);
    if (!sc.initialised)
        return CUDA_ERROR_NOT_INITIALIZED;
    *count = sc.nb_devices;
    return CUDA_SUCCESS;
}

static CUresult check_device(CUdevice device)
{
    if (!sc.initialised)
        return CUDA_ERROR_NOT_INITIALIZED;
    return device < 0 || device >= sc.nb_devices ? CUDA_ERROR_INVALID_DEVICE :
                                                   CUDA_SUCCESS;
}

#define CHECK_DEVICE(device)                \
    do {                                    \
        CUresult ret = check_device(device);\
        if (ret)                            \
            return ret;                     \
    } while (0)

SC_EXPORT cuDeviceGet(CUdevice *device, int ordinal)
{
    SC_API(cuDeviceGet);
    CHECK_DEVICE(ordinal);
    *device = ordinal;
    return CUDA_SUCCESS;
}

SC_EXPORT cuDeviceGetName(char *name, int size, CUdevice device)
{
    SC_API(cuDeviceGetName);
    CHECK_DEVICE(device);
    snprintf(name, size, "softcuda sm_%d (CPU)", sc.compute_capability);
    return CUDA_SUCCESS;
}

SC_EXPORT cuDeviceGetUuid(CUuuid *uuid, CUdevice device)
{
    SC_API(cuDeviceGetUuid);
    CHECK_DEVICE(device);
    memset(uuid, 0x5c, sizeof(*uuid));
    uuid->bytes[15] = device;
    return CUDA_SUCCESS;
}

SC_EXPORT cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)
{
    return cuDeviceGetUuid(uuid, device);
}

SC_EXPORT cuDeviceComputeCapability(int *major, int *minor, CUdevice device)
{
    SC_API(cuDeviceComputeCapability);
    CHECK_DEVICE(device);
    *major = sc.compute_capability / 10;
    *minor = sc.compute_capability % 10;
    return CUDA_SUCCESS;
}

SC_EXPORT cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)
{
    SC_API(cuDeviceTotalMem_v2);
    CHECK_DEVICE(device);
    *bytes = sc.memory_size;
    return CUDA_SUCCESS;
}

/* Limits of a common device; by number, since the headers name few. */
static const struct {
    int attribute, value;
} attributes[] = {
    {   1, 1024       },        /* threads per block */
    {   2, 1024       },        /* block x, y, z */
    {   3, 1024       },
    {   4, 64         },
    {   5, 2147483647 },        /* grid x, y, z */
    {   6, 65535      },
    {   7, 65535      },
    {   8, 49152      },        /* shared memory per block */
    {   9, 65536      },        /* constant memory */
    {  10, 32         },        /* warp size */
    {  11, SC_MAX_PITCH },
    {  12, 65536      },        /* registers per block */
    {  13, 1500000    },        /* clock rate, kHz */
    {  16, 28         },        /* multiprocessors */
    {  19, 1          },        /* can map host memory */
    {  31, 1          },        /* concurrent kernels */
    {  36, 7500000    },        /* memory clock, kHz */
    {  37, 192        },        /* memory bus, bits */
    {  38, 2359296    },        /* L2 cache */
    {  39, 1536       },        /* threads per multiprocessor */
    {  40, 2          },        /* copy engines */
    {  41, 1          },        /* unified addressing */
    {  51, 32         },        /* texture pitch alignment */
};

SC_EXPORT cuDeviceGetAttribute(int *value, CUdevice_attribute attribute,
                               CUdevice device)
{
    SC_API(cuDeviceGetAttribute);
    CHECK_DEVICE(device);
    *value = 0;
    if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        *value = sc.compute_capability / 10;
    if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
        *value = sc.compute_capability % 10;
    if (attribute == CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT)
        *value = sc_env("SOFTCUDA_ALIGN", 512);
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (attributes[i].attribute == (int)attribute)
            *value = attributes[i].value;
    return CUDA_SUCCESS;
}
