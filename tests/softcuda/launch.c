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
#include <stdlib.h>
#include <string.h>

#include "run.h"

/** @file cuLaunchKernel, and a launch's blocks over the host threads. */

#define MAX_SHARED  49152
#define MAX_THREADS 1024

static int shape_fits(const uint32_t grid[3], const uint32_t block[3])
{
    for (int i = 0; i < 3; i++)
        if (!grid[i] || !block[i])
            return 0;
    return grid[0] <= INT32_MAX && grid[1] <= 65535 && grid[2] <= 65535 &&
           block[0] <= MAX_THREADS && block[1] <= MAX_THREADS &&
           block[2] <= 64 &&
           (uint64_t)block[0] * block[1] * block[2] <= MAX_THREADS;
}

static int kernel_accepts(const PtxKernelInfo *info, const uint32_t block[3],
                          uint32_t shared)
{
    if (info->reqntid[0] && memcmp(info->reqntid, block, 3 * sizeof(*block)))
        return 0;
    if (info->maxntid && block[0] * block[1] * block[2] > info->maxntid)
        return 0;
    return info->shared_size + shared <= MAX_SHARED;
}

static uint8_t *copy_params(const PtxKernelInfo *info, void **params)
{
    uint8_t *copy = aligned_alloc(128, (info->param_size + 255) & ~127u);

    for (uint32_t i = 0; i < info->nb_params; i++)
        memcpy(copy + info->param_offset[i], params[i], info->param_bytes[i]);
    return copy;
}

/* A fault of the kernel shows in the next call, as on hardware. */
SC_EXPORT cuLaunchKernel(CUfunction function, unsigned int grid_x,
                         unsigned int grid_y, unsigned int grid_z,
                         unsigned int block_x, unsigned int block_y,
                         unsigned int block_z, unsigned int shared,
                         CUstream handle, void **params, void **extra)
{
    const uint32_t grid[3]  = { grid_x, grid_y, grid_z };
    const uint32_t block[3] = { block_x, block_y, block_z };
    ScKernel *kernel = (ScKernel *)function;
    ScStream *stream;
    ScOp *op;

    SC_API(cuLaunchKernel);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!kernel || !stream)
        return CUDA_ERROR_INVALID_HANDLE;
    if (extra || (!params && kernel->info.nb_params))
        return CUDA_ERROR_INVALID_VALUE;
    if (!shape_fits(grid, block) ||
        !kernel_accepts(&kernel->info, block, shared)) {
        sc_log("launch of %s refused: grid %u,%u,%u block %u,%u,%u, %u bytes "
               "of shared memory", kernel->name, grid_x, grid_y, grid_z,
               block_x, block_y, block_z, kernel->info.shared_size + shared);
        return CUDA_ERROR_INVALID_VALUE;
    }
    op = sc_op_new(context, stream, SC_OP_LAUNCH);
    op->launch.kernel         = kernel;
    op->launch.dynamic_shared = shared;
    op->launch.params         = copy_params(&kernel->info, params);
    memcpy(op->launch.grid, grid, sizeof(grid));
    memcpy(op->launch.block, block, sizeof(block));
    sc_count_launch(op);
    sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
    sc_submit(op);
    return CUDA_SUCCESS;
}

static void report_fault(const ScKernel *kernel, const KernelFault *f)
{
    const char *what = f->kind == SC_FAULT_ILLEGAL ? "illegal address" :
                       f->kind == SC_FAULT_SHARED ? "outside of .shared" :
                       f->kind == SC_FAULT_MISALIGNED ? "misaligned address" :
                                                        "trap";
    char place[256];

    if (f->kind == SC_FAULT_SHARED)
        snprintf(place, sizeof(place), "offset in shared memory");
    else
        sc_describe(f->address, place, sizeof(place));
    sc_log("FAULT: %s in kernel %s, PTX line %u, block (%u,%u,%u), thread "
           "(%u,%u,%u), address 0x%llx, %u bytes: %s", what, kernel->name,
           f->line, f->ctaid[0], f->ctaid[1], f->ctaid[2], f->tid[0],
           f->tid[1], f->tid[2], (unsigned long long)f->address, f->size,
           place);
}

static void *run_main(void *run)
{
    sc_run_blocks(run);
    return NULL;
}

static void collect(Launch *launch, Run *runs, int nb_runs)
{
    uint64_t sectors = 0;
    CUresult ret = CUDA_SUCCESS;

    /* in thread mode this is the worker, which runs without the lock */
    pthread_mutex_lock(&sc.lock);
    for (int i = 0; i < nb_runs; i++) {
        Run *r = &runs[i];

        if (sc.profile) {
            sectors += r->unique[0] + r->unique[1];
            sc_profile_end(r);
        }
        if (r->fault.block == launch->stop_at &&
            r->fault.block != UINT64_MAX) {
            report_fault(launch->kernel, &r->fault);
            ret = (CUresult)(r->fault.kind % 1000);
        }
    }
    sc_timeline_kernel_bytes((ScOp *)launch->op, sectors * 32);
    sc.count.faults += ret != CUDA_SUCCESS;
    launch->op->context->sticky = ret;
    pthread_mutex_unlock(&sc.lock);
}

void sc_execute_launch(ScOp *op)
{
    const uint32_t *grid = op->launch.grid;
    Launch launch = {
        .op        = op,
        .kernel    = op->launch.kernel,
        .nb_blocks = (uint64_t)grid[0] * grid[1] * grid[2],
        .stop_at   = UINT64_MAX,
        .epoch     = sc.profile ? sc_profile_epoch() : 0,
    };
    int nb_runs = launch.nb_blocks < (uint64_t)sc.threads ?
                  (int)launch.nb_blocks : sc.threads;
    Run *runs = calloc(nb_runs, sizeof(*runs));
    pthread_t threads[64];

    for (int i = 0; i < nb_runs; i++)
        runs[i].launch = &launch;
    for (int i = 1; i < nb_runs; i++)
        if (pthread_create(&threads[i], NULL, run_main, &runs[i]))
            abort();
    sc_run_blocks(&runs[0]);
    for (int i = 1; i < nb_runs; i++)
        pthread_join(threads[i], NULL);
    collect(&launch, runs, nb_runs);
    free(runs);
}
