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
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "run.h"

/**
 * @file
 * What a kernel's memory accesses cost: for each warp request the distinct
 * 32-byte sectors, for those that go through L1 its wavefronts, and for each
 * launch the sectors it touches at all.
 */

#define SECTOR_SHIFT 5
#define WORD_SHIFT   2
#define NB_BANKS     32          /* of L1, a word wide; a line is one of each */

/* For each sector of the window the last launch that read and wrote it. */
static uint32_t *marks[2];
static uint32_t epoch;

uint32_t sc_profile_epoch(void)
{
    for (int i = 0; i < 2 && !marks[i]; i++)
        marks[i] = mmap(NULL, (sc.window_size >> SECTOR_SHIFT) * 4,
                        PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (marks[0] == MAP_FAILED || marks[1] == MAP_FAILED) {
        sc_log("cannot map the sector marks");
        abort();
    }
    return ++epoch;
}

/* With barriers the warps of a block are under way at the same time. */
void sc_profile_begin(Run *r)
{
    const PtxKernelInfo *info = &r->launch->kernel->info;
    uint32_t warps = info->uses_barrier ?
                     (r->threads + WARP_SIZE - 1) / WARP_SIZE : 1;

    r->nb_sites    = info->nb_mem * warps;
    r->sites       = calloc(r->nb_sites + 1, sizeof(*r->sites));
    r->block_count = calloc(info->nb_blocks + 1, sizeof(*r->block_count));
    r->thread.block_count = r->block_count;
}

void sc_profile_end(Run *r)
{
    const ScKernel *k = r->launch->kernel;
    ScKernelStats *s = k->stats;

    for (uint32_t b = 0; b < k->info.nb_blocks; b++)
        for (int c = 0; c < SC_CLASS_NB; c++)
            s->classes[c] += r->block_count[b] *
                             k->info.block_weight[b * SC_CLASS_NB + c];
    for (int i = 0; i < SC_MEM_NB; i++) {
        s->requests[i]   += r->requests[i];
        s->sectors[i]    += r->sectors[i];
        s->bytes[i]      += r->bytes[i];
        s->lines[i]      += r->lines[i];
        s->wavefronts[i] += r->wavefronts[i];
    }
    s->unique_read    += r->unique[0];
    s->unique_written += r->unique[1];
    for (uint32_t i = 0; i < r->nb_sites; i++)
        free(r->sites[i].requests);
    free(r->sites);
    free(r->block_count);
}

static Request *next_request(AccessSite *site, uint32_t lane)
{
    uint32_t n = site->done[lane]++;

    if (n >= site->nb_requests) {
        uint32_t size = n + 8;

        site->requests = realloc(site->requests,
                                 size * sizeof(*site->requests));
        memset(site->requests + site->nb_requests, 0,
               (size - site->nb_requests) * sizeof(*site->requests));
        site->nb_requests = size;
    }
    return &site->requests[n];
}

/* The last ones are looked at first: neighbours come one after the other. */
static void add(uint32_t *list, uint32_t *nb, uint32_t most, uint32_t value)
{
    for (uint32_t i = *nb; i-- > 0; )
        if (list[i] == value)
            return;
    if (*nb < most)
        list[(*nb)++] = value;
}

/* Whoever marks a sector first counts it, so the sum over the host threads
 * does not depend on their order. */
static void mark(Run *r, uint64_t sector, int written)
{
    uint32_t now = r->launch->epoch;

    if (__atomic_exchange_n(&marks[written][sector], now,
                            __ATOMIC_RELAXED) != now)
        r->unique[written]++;
}

static int goes_through_l1(int kind)
{
    return kind == SC_MEM_LOAD_GLOBAL || kind == SC_MEM_STORE_GLOBAL;
}

void sc_profile_access(SCThread *t, uint32_t mem, uint64_t address,
                       uint32_t size, int kind)
{
    Run *r = t->opaque;
    uint32_t nb_mem = r->launch->kernel->info.nb_mem;
    AccessSite *site = &r->sites[r->fibers ? t->warp * nb_mem + mem : mem];
    Request *q = next_request(site, t->lane);
    int device = sc_is_device(address);
    uint64_t base = device ? sc.window : 0;
    int writes = kind == SC_MEM_STORE_GLOBAL || kind == SC_MEM_ATOMIC;

    site->kind = kind;
    q->bytes  += size;
    if (goes_through_l1(kind))
        for (uint64_t w = (address - base) >> WORD_SHIFT;
             w <= (address - base + size - 1) >> WORD_SHIFT; w++)
            add(q->words, &q->nb_words, 5 * WARP_SIZE, w);
    for (uint64_t s = (address - base) >> SECTOR_SHIFT;
         s <= (address - base + size - 1) >> SECTOR_SHIFT; s++) {
        add(q->sectors, &q->nb_sectors, 2 * WARP_SIZE, s);
        if (device)
            mark(r, s, writes);
    }
}

/* L1 takes 4 lines at a time, and one word of each of its 32 banks. */
static void count_wavefronts(Run *r, const Request *q, int kind)
{
    uint32_t lines[5 * WARP_SIZE], nb_lines = 0, conflicts = 0;
    uint8_t bank[NB_BANKS] = { 0 };

    for (uint32_t i = 0; i < q->nb_words; i++) {
        uint8_t n = ++bank[q->words[i] % NB_BANKS];

        if (n > conflicts)
            conflicts = n;
        add(lines, &nb_lines, 5 * WARP_SIZE, q->words[i] / NB_BANKS);
    }
    if (nb_lines > 4 * conflicts)
        conflicts = (nb_lines + 3) / 4;
    r->lines[kind]      += nb_lines;
    r->wavefronts[kind] += conflicts;
}

void sc_profile_warp(Run *r)
{
    for (uint32_t i = 0; i < r->nb_sites; i++) {
        AccessSite *site = &r->sites[i];

        for (uint32_t n = 0; n < site->nb_requests; n++) {
            Request *q = &site->requests[n];

            if (!q->bytes)
                break;
            r->requests[site->kind]++;
            r->sectors[site->kind] += q->nb_sectors;
            r->bytes[site->kind]   += q->bytes;
            count_wavefronts(r, q, site->kind);
            q->nb_sectors = q->nb_words = q->bytes = 0;
        }
        memset(site->done, 0, sizeof(site->done));
    }
}
