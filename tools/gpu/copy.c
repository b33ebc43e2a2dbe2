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

/** @file How fast memory is copied: on the device, and over PCIe. */

#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "measure.h"

typedef struct Copy {
    const Driver *cu;
    CUdeviceptr device, other;  ///< memory of the device
    void *pinned, *pageable;    ///< memory of the host
    size_t size;                ///< bytes of each
    CUevent start, stop;
    CUresult error;             ///< the first one
} Copy;

enum Way { ON_DEVICE, PINNED_UP, PINNED_DOWN, PAGEABLE_UP, PAGEABLE_DOWN };

static void keep(Copy *c, CUresult error)
{
    if (!c->error)
        c->error = error;
}

/**
 * Rows of 1920 bytes, as those of a view, which lie 2048 bytes apart on the
 * device.
 */
static void copy_rows(Copy *c, enum Way way, size_t size)
{
    void *host = way >= PAGEABLE_UP ? c->pageable : c->pinned;
    int up = way == PINNED_UP || way == PAGEABLE_UP;
    CUDA_MEMCPY2D copy = { .WidthInBytes = 1920, .Height = size / 2048 };

    copy.srcMemoryType = up ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
    copy.dstMemoryType = up ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
    copy.srcPitch = up ? 1920 : 2048;
    copy.dstPitch = up ? 2048 : 1920;
    if (up) {
        copy.srcHost   = host;
        copy.dstDevice = c->device;
    } else {
        copy.srcDevice = c->device;
        copy.dstHost   = host;
    }
    keep(c, c->cu->copy_2d(&copy, NULL));
}

static void copy_once(Copy *c, enum Way way, size_t size)
{
    const Driver *cu = c->cu;

    switch (way) {
    case ON_DEVICE:
        keep(c, cu->on_device(c->other, c->device, size, NULL));
        break;
    case PINNED_UP:
        keep(c, cu->to_device(c->device, c->pinned, size, NULL));
        break;
    case PINNED_DOWN:
        keep(c, cu->to_host(c->pinned, c->device, size, NULL));
        break;
    case PAGEABLE_UP:
        keep(c, cu->to_device(c->device, c->pageable, size, NULL));
        break;
    case PAGEABLE_DOWN:
        keep(c, cu->to_host(c->pageable, c->device, size, NULL));
        break;
    }
}

/**
 * Seconds of one copy: the least of some rounds. On the device events tell
 * them, over PCIe the host's clock, as a pageable copy is work of the host too.
 */
static double time_of(Copy *c, enum Way way, size_t size, int rows)
{
    const Driver *cu = c->cu;
    int copies = way == ON_DEVICE ? 10 : 4;
    double best = 0;

    for (int round = 0; round < 5 && !c->error; round++) {
        float milliseconds = 0;
        double t;

        keep(c, cu->synchronize());
        t = gpu_now();
        keep(c, cu->event_record(c->start, NULL));
        for (int i = 0; i < copies; i++) {
            if (rows)
                copy_rows(c, way, size);
            else
                copy_once(c, way, size);
        }
        keep(c, cu->event_record(c->stop, NULL));
        keep(c, cu->event_synchronize(c->stop));
        t = gpu_now() - t;
        keep(c, cu->event_elapsed(&milliseconds, c->start, c->stop));
        if (way == ON_DEVICE)
            t = milliseconds * 1e-3;
        t /= copies;
        if (round && (best <= 0 || t < best))   // the first one is a warm-up
            best = t;
    }
    return best;
}

static void measure_device(Copy *c, Machine *m, Section *s)
{
    double t = time_of(c, ON_DEVICE, c->size, 0);

    m->copy_rate = t > 0 ? 2.0 * c->size / t : 0;
    if (!c->error)
        gpu_row(s, "copy on the device", m->copy_rate * 1e-9, "GB/s",
                "read and written, %zu MB, by events", c->size >> 20);
}

static void measure_pcie(Copy *c, Machine *m, Section *s)
{
    static const char *const name[] = {
        [PINNED_UP]   = "pinned, up",   [PINNED_DOWN]   = "pinned, down",
        [PAGEABLE_UP] = "pageable, up", [PAGEABLE_DOWN] = "pageable, down",
    };
    /* Eight views of 1920x1080, and an 8K frame, of NV12. */
    static const size_t sizes[] = { 24883200, 44236800 };

    for (enum Way way = PINNED_UP; way <= PAGEABLE_DOWN; way++)
        for (int i = 0; i < 4 && !c->error; i++) {
            int rows = i & 1;
            size_t size = (m->small ? sizes[i / 2] / 64 : sizes[i / 2]) /
                          2048 * 2048;
            double t = time_of(c, way, size, rows);
            double bytes = rows ? size / 2048 * 1920.0 : size;

            if (!c->error)
                gpu_row(s, name[way], t > 0 ? bytes / t * 1e-9 : 0, "GB/s",
                        "%.1f MB%s", bytes * 1e-6, rows ? " in rows" : "");
        }
}

static void allocate(Copy *c, const Machine *m)
{
    const Driver *cu = c->cu;
    size_t available = 0, total = 0, host = 44236800;

    keep(c, cu->mem_info(&available, &total));
    c->size = m->small ? 4 << 20 : 512 << 20;
    while (c->size > available / 4 && c->size > 64 << 20)
        c->size /= 2;
    if (m->small)
        host /= 16;
    keep(c, cu->mem_alloc(&c->device, c->size));
    keep(c, cu->mem_alloc(&c->other, c->size));
    keep(c, cu->host_alloc(&c->pinned, host, 0));
    keep(c, cu->event_create(&c->start, 0));
    keep(c, cu->event_create(&c->stop, 0));
    c->pageable = malloc(host);
    if (!c->pageable)
        abort();
    memset(c->pageable, 1, host);
    if (c->pinned)
        memset(c->pinned, 1, host);
}

static void release(Copy *c)
{
    const Driver *cu = c->cu;

    if (c->device)
        cu->mem_free(c->device);
    if (c->other)
        cu->mem_free(c->other);
    if (c->pinned)
        cu->host_free(c->pinned);
    if (c->start)
        cu->event_destroy(c->start);
    if (c->stop)
        cu->event_destroy(c->stop);
    free(c->pageable);
}

void gpu_copies(Machine *m, Section *s)
{
    Copy c = { .cu = gpu_driver() };
    CUdevice device;
    CUcontext context;

    keep(&c, c.cu->device_get(&device, 0));
    /* Waits that sleep, as in FFmpeg's contexts. */
    if (!c.error)
        keep(&c, c.cu->ctx_create(&context, CU_CTX_SCHED_BLOCKING_SYNC,
                                  device));
    if (!c.error) {
        allocate(&c, m);
        measure_device(&c, m, s);
        measure_pcie(&c, m, s);
        release(&c);
        /* One process at a time may have a context on some machines. */
        keep(&c, c.cu->ctx_destroy(context));
    }
    if (c.error)
        gpu_end(s, GPU_FAILED, "%s", gpu_error(c.cu, c.error));
    else
        gpu_end(s, GPU_PASSED, "with 44 MB an 8K frame, with 25 MB eight "
                "views of 1920x1080; rows: one copy of many rows, of which the "
                "device's have a pitch");
}
