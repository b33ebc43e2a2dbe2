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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "softcuda.h"

/**
 * @file
 * Device memory. A device address lies in a window of addresses that nobody
 * may touch, so that a host access faults; the bytes lie in an arena at a
 * fixed distance. A shadow byte for each 128 bytes says how many of them
 * belong to an allocation, which is what kernels check.
 */

#define ALIGNMENT 512           /* of every allocation, and its red zone */
#define GRANULE   128
#define FILL_NEW  0xCD          /* what an uninitialised byte reads as */
#define FILL_FREE 0xDD
#define HISTORY   256

typedef struct Block {
    struct Block *next;         ///< by address
    uint64_t offset, size;      ///< in the window, red zone included
    uint64_t requested;
    int used, device;
    const char *api;
} Block;

/** A freed allocation, remembered for messages. */
typedef struct Freed {
    uint64_t offset, size;
    const char *api;
} Freed;

static Block *blocks;
static uint64_t rover;           /* where the next allocation is looked for */
static Freed freed[HISTORY];
static int nb_freed;

static void *map(size_t size, int protection, void *hint)
{
    void *p = mmap(hint, size, protection,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED) {
        sc_log("cannot map %zu bytes", size);
        abort();
    }
    return p;
}

/* Only names the mistake: the default action still ends the process. */
static void host_fault(int signal, siginfo_t *info, void *context)
{
    char place[256], text[400];
    int n;

    (void)context;
    if (sc_is_device((uint64_t)(uintptr_t)info->si_addr)) {
        sc_describe((uint64_t)(uintptr_t)info->si_addr, place, sizeof(place));
        n = snprintf(text, sizeof(text), "[softcuda] the host touched device "
                     "address %p: %s\n", info->si_addr, place);
        if (write(STDERR_FILENO, text, n) < 0)
            _exit(128 + signal);
    }
    sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
}

static void watch_host(void)
{
    struct sigaction old, new = {
        .sa_sigaction = host_fault, .sa_flags = SA_SIGINFO
    };

    if (!sigaction(SIGSEGV, NULL, &old) && old.sa_handler == SIG_DFL)
        sigaction(SIGSEGV, &new, NULL);
}

void sc_memory_setup(void)
{
    /* Twice what can be allocated on all devices: freed memory is not used
     * again soon, so a use after free is seen. */
    sc.window_size = sc.memory_size * 2 * (sc.nb_devices ? sc.nb_devices : 1);
    sc.arena  = map(sc.window_size, PROT_READ | PROT_WRITE, NULL);
    sc.shadow = map(sc.window_size / GRANULE, PROT_READ | PROT_WRITE, NULL);
    sc.window = (uint64_t)(uintptr_t)map(sc.window_size, PROT_NONE,
                                         (void *)0x700000000000);
    blocks = calloc(1, sizeof(*blocks));
    blocks->size = sc.window_size;
    watch_host();
}

static void set_shadow(uint64_t offset, uint64_t size, int valid)
{
    for (uint64_t o = 0; o < size; o += GRANULE) {
        uint64_t n = size - o < GRANULE ? size - o : GRANULE;

        sc.shadow[(offset + o) / GRANULE] = valid ? n : 0;
    }
}

/* The first free place of a size at or after an offset. */
static Block *find_space(uint64_t from, uint64_t size, uint64_t *at)
{
    for (Block *b = blocks; b; b = b->next) {
        *at = b->offset > from ? b->offset : from;
        if (!b->used && *at < b->offset + b->size &&
            size <= b->offset + b->size - *at)
            return b;
    }
    return NULL;
}

/* Cut a block in two at an offset; the second half is returned. */
static Block *split(Block *b, uint64_t at)
{
    Block *rest;

    if (at == b->offset)
        return b;
    if (at == b->offset + b->size)
        return b->next;
    rest = calloc(1, sizeof(*rest));
    rest->offset = at;
    rest->size   = b->offset + b->size - at;
    rest->next   = b->next;
    b->next = rest;
    b->size = at - b->offset;
    return rest;
}

/* Page by page, the small allocations together, as far as any page size is
 * set: more than half a page is large. */
static uint64_t whole_pages(uint64_t size)
{
    uint64_t page = sc.page_size ? sc.page_size : 1;

    return (size + page - 1) / page * page;
}

static int is_large(uint64_t size)
{
    return size > sc.page_size / 2;
}

uint64_t sc_memory_taken(int device)
{
    return sc.large[device] + whole_pages(sc.small[device]);
}

static int fits(int device, uint64_t size)
{
    uint64_t small = sc.small[device], large = sc.large[device];

    if (size > sc.memory_size)          /* and the sums do not wrap */
        return 0;
    if (is_large(size))
        large += whole_pages(size);
    else
        small += size;
    return large + whole_pages(small) <= sc.memory_size;
}

static void count_alloc(int device, uint64_t size)
{
    ScCounters *c = &sc.count;
    uint64_t taken = 0;

    if (is_large(size))
        sc.large[device] += whole_pages(size);
    else
        sc.small[device] += size;
    for (int i = 0; i < SC_MAX_DEVICES; i++)
        taken += sc_memory_taken(i);
    c->used += size;
    c->live++;
    c->allocations++;
    if (c->used > c->peak)
        c->peak = c->used;
    if (taken > c->taken_peak)
        c->taken_peak = taken;
}

CUresult sc_device_alloc(int device, uint64_t size, CUdeviceptr *ptr,
                         const char *api)
{
    uint64_t total = ((size + ALIGNMENT - 1) & -(uint64_t)ALIGNMENT) +
                     ALIGNMENT, at;
    Block *b;

    if (!size)
        return CUDA_ERROR_INVALID_VALUE;
    if (!fits(device, size))
        return CUDA_ERROR_OUT_OF_MEMORY;
    b = find_space(rover, total, &at);
    if (!b)
        b = find_space(0, total, &at);
    if (!b)
        return CUDA_ERROR_OUT_OF_MEMORY;
    b = split(b, at);
    split(b, at + total);
    rover = at + total;
    b->used      = 1;
    b->device    = device;
    b->requested = size;
    b->api       = api;
    set_shadow(b->offset, size, 1);
    memset(sc.arena + b->offset, FILL_NEW, size);
    count_alloc(device, size);
    *ptr = sc.window + b->offset;
    return CUDA_SUCCESS;
}

static void merge_with_next(Block *b)
{
    Block *next = b->next;

    if (b->used || !next || next->used)
        return;
    b->size += next->size;
    b->next  = next->next;
    free(next);
}

static void release(Block *b)
{
    uint64_t page = 4096, first = (b->offset + page - 1) & -page;
    uint64_t last = (b->offset + b->size) & -page;

    set_shadow(b->offset, b->requested, 0);
    memset(sc.arena + b->offset, FILL_FREE, b->requested);
    if (last > first)
        madvise(sc.arena + first, last - first, MADV_DONTNEED);
    freed[nb_freed++ % HISTORY] =
        (Freed){ b->offset, b->requested, b->api };
    if (is_large(b->requested))
        sc.large[b->device] -= whole_pages(b->requested);
    else
        sc.small[b->device] -= b->requested;
    sc.count.used -= b->requested;
    sc.count.live--;
    sc.count.frees++;
    b->used = 0;
}

CUresult sc_device_free(CUdeviceptr ptr, const char *api)
{
    Block *previous = NULL, *b = blocks;
    char place[256];

    while (b && !(b->used && b->offset == ptr - sc.window)) {
        previous = b;
        b = b->next;
    }
    if (!b) {
        sc_describe(ptr, place, sizeof(place));
        sc_log("%s of 0x%llx, which is no allocation: %s", api, ptr, place);
        return CUDA_ERROR_INVALID_VALUE;
    }
    release(b);
    merge_with_next(b);
    if (previous)
        merge_with_next(previous);
    return CUDA_SUCCESS;
}

int sc_is_device(uint64_t address)
{
    return address - sc.window < sc.window_size;
}

int sc_device_range(CUdeviceptr ptr, uint64_t size)
{
    uint64_t o = ptr - sc.window;

    if (!sc_is_device(ptr))
        return 0;
    for (Block *b = blocks; b; b = b->next)
        if (b->used && o >= b->offset && o < b->offset + b->requested)
            return size <= b->offset + b->requested - o;
    return 0;
}

/* bytes between an offset and a block, 0 inside */
static uint64_t distance(const Block *b, uint64_t o)
{
    if (o < b->offset)
        return b->offset - o;
    return o < b->offset + b->requested ? 0 :
           o - (b->offset + b->requested) + 1;
}

static const Block *nearest(uint64_t o)
{
    const Block *best = NULL;

    for (const Block *b = blocks; b; b = b->next)
        if (b->used && (!best || distance(b, o) < distance(best, o)))
            best = b;
    return best;
}

static const Freed *find_freed(uint64_t o)
{
    int oldest = nb_freed > HISTORY ? nb_freed - HISTORY : 0;

    for (int i = nb_freed; i-- > oldest; ) {
        const Freed *f = &freed[i % HISTORY];

        if (o >= f->offset && o < f->offset + f->size)
            return f;
    }
    return NULL;
}

void sc_describe(uint64_t address, char *text, size_t size)
{
    uint64_t o = address - sc.window;
    const Freed *f;
    const Block *b;

    if (!sc_is_device(address)) {
        snprintf(text, size, "not a device address");
        return;
    }
    f = find_freed(o);
    b = nearest(o);
    if (b && !distance(b, o))
        f = NULL;
    if (f)
        snprintf(text, size, "offset %llu of a freed allocation of %llu bytes "
                 "by %s", (unsigned long long)(o - f->offset),
                 (unsigned long long)f->size, f->api);
    else if (b)
        snprintf(text, size, "nearest allocation 0x%llx of %llu bytes by %s, "
                 "offset %lld",
                 (unsigned long long)(sc.window + b->offset),
                 (unsigned long long)b->requested, b->api,
                 (long long)(o - b->offset));
    else
        snprintf(text, size, "no allocation is live");
}

void sc_log_live(void)
{
    for (const Block *b = blocks; b; b = b->next)
        if (b->used)
            sc_log("still allocated: 0x%llx, %llu bytes by %s",
                   (unsigned long long)(sc.window + b->offset),
                   (unsigned long long)b->requested, b->api);
}
