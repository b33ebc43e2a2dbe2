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

#include <dlfcn.h>
#include <stdio.h>
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

const Driver *gpu_driver(void)
{
    static Driver cu;

    if (cu.library)
        return &cu;
    cu.library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!cu.library)
        return NULL;
    for (int i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        void *function = dlsym(cu.library, functions[i].name);

        if (!function && !functions[i].optional) {
            fprintf(stderr, "libcuda.so.1 has no %s\n", functions[i].name);
            goto fail;
        }
        memcpy((char *)&cu + functions[i].place, &function, sizeof(function));
    }
    if (!cu.init(0))
        return &cu;

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

int gpu_device_count(void)
{
    const Driver *cu = gpu_driver();
    int n;

    return cu && !cu->device_count(&n) ? n : 0;
}

static void describe_identity(const Driver *cu, CUdevice device, Section *s)
{
    char text[256];
    CUuuid uuid;
    int version = 0;

    if (!cu->device_name(text, sizeof(text), device))
        gpu_row(s, "GPU", 0, "", "%s", text);
    if (cu->device_uuid && !cu->device_uuid(&uuid, device)) {
        const unsigned char *b = (const unsigned char *)uuid.bytes;

        gpu_row(s, "UUID", 0, "", "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-"
                "%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
                b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                b[14], b[15]);
    }
    if (cu->device_pci && !cu->device_pci(text, sizeof(text), device))
        gpu_row(s, "PCI", 0, "", "%s, the first of %d by PCI order", text,
                gpu_device_count());
    if (!cu->driver_version(&version))
        gpu_row(s, "CUDA of the driver", 0, "", "%d.%d", version / 1000,
                version % 1000 / 10);
}

/** What nvidia-smi knows beyond the driver's functions, where it is. */
static void describe_by_smi(const Machine *m, Section *s)
{
    char text[1024];

    if (gpu_run(m, 15, text, sizeof(text), 0, "nvidia-smi -i 0 --format=csv,noheader "
                "--query-gpu=driver_version,vbios_version,clocks.max.sm,"
                "clocks.max.mem,pcie.link.gen.max,pcie.link.width.max,"
                "pcie.link.gen.current,pcie.link.width.current,power.limit,ecc.mode.current"))
        snprintf(text, sizeof(text), "there is none that answers");
    text[strcspn(text, "\n")] = 0;
    gpu_row(s, "nvidia-smi: driver, BIOS, clocks, PCIe most and now, power, ECC",
            0, "", "%s", text);
}

void gpu_describe(Machine *m, Section *s)
{
    static const struct {
        const char *name;
        CUdevice_attribute attribute;
    } attributes[] = {
        { "multiprocessors", CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT },
        { "clock, kHz", CU_DEVICE_ATTRIBUTE_CLOCK_RATE },
        { "memory clock, kHz", CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE },
        { "memory bus, bits", CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH },
        { "L2 cache, bytes", GPU_ATTRIBUTE_L2_CACHE_SIZE },
        { "compute mode", CU_DEVICE_ATTRIBUTE_COMPUTE_MODE },
    };
    const Driver *cu = gpu_driver();
    CUdevice device;
    CUresult error;
    int major = 0, minor = 0, value;

    error = cu->device_get(&device, 0);
    if (error) {
        gpu_end(s, GPU_FAILED, "cuDeviceGet: %s", gpu_error(cu, error));
        return;
    }
    describe_identity(cu, device, s);
    cu->device_attribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
    cu->device_attribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
    gpu_row(s, "compute capability", 0, "", "%d.%d", major, minor);
    for (int i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (!cu->device_attribute(&value, attributes[i].attribute, device)) {
            gpu_row(s, attributes[i].name, 0, "", "%d", value);
            m->exclusive |= value == GPU_EXCLUSIVE_PROCESS &&
                attributes[i].attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_MODE;
        }
    describe_by_smi(m, s);
    gpu_row(s, "processors", m->jobs, "", "%d", m->jobs);
}
