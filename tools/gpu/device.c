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

/** @file The driver, and what it says of the GPU. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "measure.h"

static const struct {
    const char *name;
    size_t place;
    int optional;
} functions[] = {
#define FUNCTION(name, member) { name, offsetof(Driver, member), 0 }
#define OPTIONAL(name, member) { name, offsetof(Driver, member), 1 }
    FUNCTION("cuInit", init),
    FUNCTION("cuDriverGetVersion", driver_version),
    FUNCTION("cuDeviceGetCount", device_count),
    FUNCTION("cuDeviceGet", device_get),
    FUNCTION("cuDeviceGetName", device_name),
    FUNCTION("cuDeviceGetAttribute", device_attribute),
    FUNCTION("cuDeviceTotalMem_v2", device_memory),
    OPTIONAL("cuDeviceGetUuid", device_uuid),
    OPTIONAL("cuDeviceGetPCIBusId", device_pci),
    FUNCTION("cuCtxCreate_v2", ctx_create),
    FUNCTION("cuCtxDestroy_v2", ctx_destroy),
    FUNCTION("cuCtxSynchronize", synchronize),
    FUNCTION("cuMemGetInfo_v2", mem_info),
    FUNCTION("cuMemAlloc_v2", mem_alloc),
    FUNCTION("cuMemFree_v2", mem_free),
    FUNCTION("cuMemHostAlloc", host_alloc),
    FUNCTION("cuMemFreeHost", host_free),
    FUNCTION("cuMemcpyHtoDAsync_v2", to_device),
    FUNCTION("cuMemcpyDtoHAsync_v2", to_host),
    FUNCTION("cuMemcpyDtoDAsync_v2", on_device),
    FUNCTION("cuMemcpy2DAsync_v2", copy_2d),
    FUNCTION("cuEventCreate", event_create),
    FUNCTION("cuEventDestroy_v2", event_destroy),
    FUNCTION("cuEventRecord", event_record),
    FUNCTION("cuEventSynchronize", event_synchronize),
    FUNCTION("cuEventElapsedTime", event_elapsed),
    FUNCTION("cuGetErrorName", error_name),
};

static char why_not[256];

const Driver *gpu_driver(void)
{
    static Driver cu;
    CUresult error;

    if (cu.library)
        return &cu;
    cu.library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!cu.library) {
        snprintf(why_not, sizeof(why_not), "%s", dlerror());
        return NULL;
    }
    for (int i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        void *function = dlsym(cu.library, functions[i].name);

        if (!function && !functions[i].optional) {
            snprintf(why_not, sizeof(why_not), "libcuda.so.1 has no %s",
                     functions[i].name);
            goto fail;
        }
        memcpy((char *)&cu + functions[i].place, &function, sizeof(function));
    }
    error = cu.init(0);
    if (!error)
        return &cu;
    snprintf(why_not, sizeof(why_not), "cuInit: %s", gpu_error(&cu, error));

fail:
    dlclose(cu.library);
    cu.library = NULL;
    return NULL;
}

const char *gpu_error(const Driver *cu, CUresult error)
{
    const char *name = NULL;

    return cu->error_name(error, &name) || !name ? "unknown error" : name;
}

int gpu_device_count(const char **why)
{
    const Driver *cu = gpu_driver();
    int n = 0;

    if (cu && (cu->device_count(&n) || !n))
        snprintf(why_not, sizeof(why_not), "the driver has no device");
    if (why)
        *why = why_not;
    return n;
}

const char *gpu_driver_folder(void)
{
    static char folder[1024];
    const Driver *cu = gpu_driver();
    Dl_info info;
    char *path = NULL;

    if (!*folder && cu && dladdr((void *)cu->init, &info))
        path = realpath(info.dli_fname, NULL);
    if (path)
        snprintf(folder, sizeof(folder), "%s", dirname(path));
    free(path);
    return folder;
}

/** @param name gets what nvidia-smi knows the device by */
static void describe_identity(const Driver *cu, CUdevice device, Section *s,
                              char *name, size_t size)
{
    char text[256];
    CUuuid uuid;
    int version = 0;

    if (!cu->device_name(text, sizeof(text), device))
        gpu_row(s, "GPU", 0, "", "%s", text);
    if (cu->device_uuid && !cu->device_uuid(&uuid, device)) {
        const unsigned char *b = (const unsigned char *)uuid.bytes;

        snprintf(name, size, "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                 "%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
                 b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
                 b[15]);
        gpu_row(s, "UUID", 0, "", "%s", name);
    }
    if (cu->device_pci && !cu->device_pci(text, sizeof(text), device))
        gpu_row(s, "PCI", 0, "", "%s, the first of %d by PCI order", text,
                gpu_device_count(NULL));
    if (!cu->driver_version(&version))
        gpu_row(s, "CUDA of the driver", 0, "", "%d.%d", version / 1000,
                version % 1000 / 10);
}

/** What nvidia-smi knows beyond the driver's functions, where it is. */
static void describe_by_smi(const Machine *m, Section *s, const char *device)
{
    static const char fields[] =
        "driver_version,vbios_version,clocks.max.sm,clocks.max.mem,"
        "pcie.link.gen.max,pcie.link.width.max,pcie.link.gen.current,"
        "pcie.link.width.current,power.limit,ecc.mode.current,memory.total";
    char text[1024];

    if (gpu_run(m, 15, text, sizeof(text), 0, "nvidia-smi -i %s "
                "--format=csv,noheader --query-gpu=%s", device, fields))
        snprintf(text, sizeof(text), "there is none that answers");
    text[strcspn(text, "\n")] = 0;
    gpu_row(s, "nvidia-smi", 0, "", "%s (%s)", text, fields);
}

/**
 * Each process that uses the device takes some hundred MB of its memory, and
 * there may be an exclusive mode.
 */
static void limit_jobs(const Driver *cu, CUdevice device, Machine *m,
                       Section *s)
{
    size_t memory = 0;
    int mode = 0, processors = m->jobs;

    cu->device_attribute(&mode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, device);
    cu->device_memory(&memory, device);
    gpu_row(s, "memory", memory * 1e-9, "GB", "%s", "");
    if (m->jobs > memory >> 30)
        m->jobs = memory >> 30;
    if (m->jobs < 1 || mode == GPU_EXCLUSIVE_PROCESS)
        m->jobs = 1;
    gpu_row(s, "processes at once", m->jobs, "", "%d, %d processors",
            m->jobs, processors);
}

void gpu_describe(Machine *m, Section *s)
{
    static const struct {
        const char *name;
        CUdevice_attribute attribute;
    } attributes[] = {
        { "compute capability", CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR },
        { "its minor part", CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR },
        { "multiprocessors", CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT },
        { "clock, kHz", CU_DEVICE_ATTRIBUTE_CLOCK_RATE },
        { "memory clock, kHz", CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE },
        { "memory bus, bits", CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH },
        { "L2 cache, bytes", GPU_ATTRIBUTE_L2_CACHE_SIZE },
        { "compute mode", CU_DEVICE_ATTRIBUTE_COMPUTE_MODE },
    };
    const Driver *cu = gpu_driver();
    char name[64] = "0";
    CUdevice device;
    CUresult error;
    int value;

    error = cu->device_get(&device, 0);
    if (error) {
        gpu_end(s, GPU_FAILED, "cuDeviceGet: %s", gpu_error(cu, error));
        return;
    }
    describe_identity(cu, device, s, name, sizeof(name));
    for (int i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (!cu->device_attribute(&value, attributes[i].attribute, device))
            gpu_row(s, attributes[i].name, 0, "", "%d", value);
    describe_by_smi(m, s, name);
    limit_jobs(cu, device, m, s);
}
