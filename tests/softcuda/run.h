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

#ifndef SOFTCUDA_RUN_H
#define SOFTCUDA_RUN_H

#include <setjmp.h>
#include <ucontext.h>

#include "softcuda.h"

/** @file One host thread's share of a launch. */

#define WARP_SIZE 32

/** One warp-wide request of a memory instruction. */
typedef struct Request {
    uint32_t sectors[2 * WARP_SIZE];    ///< distinct 32-byte sectors
    uint32_t words[5 * WARP_SIZE];      ///< distinct 4-byte words
    uint32_t nb_sectors, nb_words, bytes;
} Request;

/** A memory instruction in a warp: its n-th execution by each lane is taken
 *  to be one request, which is exact unless lanes loop differently. */
typedef struct AccessSite {
    Request *requests;
    uint32_t nb_requests;
    uint32_t done[WARP_SIZE];           ///< executions by each lane
    uint8_t kind;
} AccessSite;

/** What a faulting thread leaves for the message. */
typedef struct KernelFault {
    uint64_t block;                     ///< linear, UINT64_MAX = none
    int kind;
    uint32_t tid[3], ctaid[3];
    uint64_t address;
    uint32_t size, line;
} KernelFault;

/** A launch, shared by its host threads. */
typedef struct Launch {
    const ScOp *op;
    const ScKernel *kernel;
    uint64_t nb_blocks, next_block;
    uint64_t stop_at;                   ///< lowest faulting block so far
    uint32_t epoch;                     ///< of the sector marks
} Launch;

typedef struct Run {
    Launch *launch;
    SCThread thread;
    sigjmp_buf escape;
    KernelFault fault;
    uint64_t block;
    uint32_t threads;                   ///< in a block

    /* profile */
    uint64_t *block_count;
    AccessSite *sites;
    uint32_t nb_sites;
    uint64_t requests[SC_MEM_NB], sectors[SC_MEM_NB], bytes[SC_MEM_NB];
    uint64_t lines[SC_MEM_NB], wavefronts[SC_MEM_NB];
    uint64_t unique[2];                 ///< sectors read, written

    /* fibers, for kernels with barriers */
    ucontext_t scheduler, *fibers;
    uint8_t *stacks;
    int *fiber_done;
    uint32_t current;
} Run;

/* profile.c */
void sc_profile_begin(Run *r);
void sc_profile_end(Run *r);
void sc_profile_access(SCThread *t, uint32_t mem, uint64_t address,
                       uint32_t size, int kind);
void sc_profile_warp(Run *r);
uint32_t sc_profile_epoch(void);

/* block.c */
void sc_run_blocks(Run *r);

#endif /* SOFTCUDA_RUN_H */
