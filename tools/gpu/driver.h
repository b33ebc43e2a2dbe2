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

#ifndef TOOLS_GPU_DRIVER_H
#define TOOLS_GPU_DRIVER_H

/** @file The functions of the CUDA driver that the program itself calls. */

#include <stddef.h>
#include <ffnvcodec/dynlink_cuda.h>

/* What nv-codec-headers lack, as NVIDIA's cuda.h has it. */
#define GPU_ATTRIBUTE_L2_CACHE_SIZE ((CUdevice_attribute)38)
#define GPU_EXCLUSIVE_PROCESS 3
typedef CUresult CUDAAPI GPUSynchronize(void);
typedef CUresult CUDAAPI GPUMemInfo(size_t *available, size_t *total);
typedef CUresult CUDAAPI GPUTotalMem(size_t *size, CUdevice device);
typedef CUresult CUDAAPI GPUHostAlloc(void **memory, size_t size,
                                      unsigned flags);
typedef CUresult CUDAAPI GPUHostFree(void *memory);
typedef CUresult CUDAAPI GPUElapsed(float *milliseconds, CUevent start,
                                    CUevent stop);

typedef struct Driver {
    void *library;
    tcuInit *init;
    tcuDriverGetVersion *driver_version;
    tcuDeviceGetCount *device_count;
    tcuDeviceGet *device_get;
    tcuDeviceGetName *device_name;
    tcuDeviceGetAttribute *device_attribute;
    GPUTotalMem *device_memory;
    tcuDeviceGetUuid *device_uuid;          ///< may be NULL, as the next ones
    tcuDeviceGetPCIBusId *device_pci;
    tcuCtxCreate_v2 *ctx_create;
    tcuCtxDestroy_v2 *ctx_destroy;
    GPUSynchronize *synchronize;
    GPUMemInfo *mem_info;
    tcuMemAlloc_v2 *mem_alloc;
    tcuMemFree_v2 *mem_free;
    GPUHostAlloc *host_alloc;
    GPUHostFree *host_free;
    tcuMemcpyHtoDAsync_v2 *to_device;
    tcuMemcpyDtoHAsync_v2 *to_host;
    tcuMemcpyDtoDAsync_v2 *on_device;
    tcuMemcpy2DAsync_v2 *copy_2d;
    tcuEventCreate *event_create;
    tcuEventDestroy_v2 *event_destroy;
    tcuEventRecord *event_record;
    tcuEventSynchronize *event_synchronize;
    GPUElapsed *event_elapsed;
    tcuGetErrorName *error_name;
} Driver;

/** Load libcuda.so.1 and initialise it. @return NULL where that fails */
const Driver *gpu_driver(void);

/** The name of an error. */
const char *gpu_error(const Driver *cu, CUresult error);

#endif /* TOOLS_GPU_DRIVER_H */
