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

#include "run.h"

/**
 * @file
 * The threads of a block: one after another, or, where the kernel has
 * barriers, as fibers that take turns at them.
 */

#define FIBER_STACK (64 << 10)
/* of a host thread's stack, what a device thread may use as .local */
#define LOCAL_SIZE  (512 << 10)

static void yield(Run *r)
{
    swapcontext(&r->fibers[r->current], &r->scheduler);
}

static void barrier(SCThread *t)
{
    Run *r = t->opaque;

    if (r->fibers)              /* a block of one thread has none */
        yield(r);
}

/* Of several faulting blocks the first is reported, so that the message does
 * not depend on the host threads: blocks before it still run. */
static void lower_stop(Launch *l, uint64_t block)
{
    uint64_t seen = __atomic_load_n(&l->stop_at, __ATOMIC_RELAXED);

    while (block < seen &&
           !__atomic_compare_exchange_n(&l->stop_at, &seen, block, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

static __attribute__((noreturn)) void fault(SCThread *t, int kind,
                                            uint64_t address, uint32_t size,
                                            uint32_t line)
{
    Run *r = t->opaque;

    r->fault = (KernelFault){
        .block = r->block, .kind = kind, .address = address, .size = size,
        .line  = line,
    };
    memcpy(r->fault.tid, t->tid, sizeof(t->tid));
    memcpy(r->fault.ctaid, t->ctaid, sizeof(t->ctaid));
    lower_stop(r->launch, r->block);
    if (r->fibers)
        setcontext(&r->scheduler);
    siglongjmp(r->escape, 1);
}

static void set_thread(Run *r, uint32_t i)
{
    SCThread *t = &r->thread;

    t->tid[0] = i % t->ntid[0];
    t->tid[1] = i / t->ntid[0] % t->ntid[1];
    t->tid[2] = i / (t->ntid[0] * t->ntid[1]);
    t->lane   = i % WARP_SIZE;
    t->warp   = i / WARP_SIZE;
}

/* makecontext() passes ints only */
static void fiber_main(unsigned low, unsigned high)
{
    Run *r = (Run *)((uintptr_t)high << 32 | low);

    r->launch->kernel->entry(&r->thread);
    r->fiber_done[r->current] = 1;
    yield(r);
}

static void start_fibers(Run *r)
{
    if (!r->fibers) {
        r->fibers     = calloc(r->threads, sizeof(*r->fibers));
        r->stacks     = malloc((size_t)r->threads * FIBER_STACK);
        r->fiber_done = calloc(r->threads, sizeof(*r->fiber_done));
    }
    r->thread.local_low  = (uint64_t)(uintptr_t)r->stacks;
    r->thread.local_high = r->thread.local_low +
                           (size_t)r->threads * FIBER_STACK;
    for (uint32_t i = 0; i < r->threads; i++) {
        ucontext_t *f = &r->fibers[i];

        getcontext(f);
        f->uc_stack.ss_sp   = r->stacks + (size_t)i * FIBER_STACK;
        f->uc_stack.ss_size = FIBER_STACK;
        f->uc_link          = &r->scheduler;
        makecontext(f, (void (*)(void))fiber_main, 2,
                    (unsigned)(uintptr_t)r,
                    (unsigned)((uintptr_t)r >> 32));
        r->fiber_done[i] = 0;
    }
}

/* Each turn takes every thread to its next barrier or to its end. */
static void run_fibers(Run *r)
{
    uint32_t left = r->threads;

    start_fibers(r);
    while (left && r->fault.block != r->block) {
        left = 0;
        for (uint32_t i = 0; i < r->threads; i++) {
            if (r->fiber_done[i])
                continue;
            r->current = i;
            set_thread(r, i);
            swapcontext(&r->scheduler, &r->fibers[i]);
            if (r->fault.block == r->block)
                break;
            left += !r->fiber_done[i];
        }
    }
    if (sc.profile)
        sc_profile_warp(r);
}

static void run_threads(Run *r)
{
    for (uint32_t i = 0; i < r->threads; i++) {
        set_thread(r, i);
        r->launch->kernel->entry(&r->thread);
        if (sc.profile && (i % WARP_SIZE == WARP_SIZE - 1 ||
                           i == r->threads - 1))
            sc_profile_warp(r);
    }
}

static int next_block(Run *r)
{
    Launch *l = r->launch;
    const uint32_t *grid = l->op->launch.grid;
    uint64_t b = __atomic_fetch_add(&l->next_block, 1, __ATOMIC_RELAXED);

    if (b >= l->nb_blocks ||
        b >= __atomic_load_n(&l->stop_at, __ATOMIC_RELAXED))
        return 0;
    r->block = b;
    r->thread.ctaid[0] = b % grid[0];
    r->thread.ctaid[1] = b / grid[0] % grid[1];
    r->thread.ctaid[2] = b / ((uint64_t)grid[0] * grid[1]);
    return 1;
}

static void setup_thread(Run *r)
{
    const ScOp *op = r->launch->op;
    const ScKernel *k = r->launch->kernel;
    SCThread *t = &r->thread;
    uint8_t here;

    t->opaque      = r;
    t->fault       = fault;
    t->tex2d       = sc_tex2d;
    t->barrier     = barrier;
    t->access      = sc_profile_access;
    t->params      = op->launch.params;
    t->params_size = k->info.param_size;
    t->shared_size = k->info.shared_size + op->launch.dynamic_shared;
    t->shared      = aligned_alloc(128, (t->shared_size + 255) & ~127u);
    t->device_base = sc.window;
    t->device_size = sc.window_size;
    t->delta       = (uint64_t)(uintptr_t)sc.arena - sc.window;
    t->shadow      = sc.shadow;
    t->globals     = k->module->globals;
    t->local_high  = (uint64_t)(uintptr_t)&here;
    t->local_low   = t->local_high - LOCAL_SIZE;
    memcpy(t->ntid, op->launch.block, sizeof(t->ntid));
    memcpy(t->nctaid, op->launch.grid, sizeof(t->nctaid));
    r->threads     = t->ntid[0] * t->ntid[1] * t->ntid[2];
    r->fault.block = UINT64_MAX;
}

void sc_run_blocks(Run *r)
{
    SCThread *t = &r->thread;

    setup_thread(r);
    if (sc.profile)
        sc_profile_begin(r);
    /* no local of this function changes between here and the jump */
    if (!sigsetjmp(r->escape, 0)) {
        while (next_block(r)) {
            memset(t->shared, 0xCB, t->shared_size);
            if (r->launch->kernel->info.uses_barrier && r->threads > 1)
                run_fibers(r);
            else
                run_threads(r);
        }
    }
    free(t->shared);
    free(r->fibers);
    free(r->stacks);
    free(r->fiber_done);
}
