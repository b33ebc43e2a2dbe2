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

#include <string.h>

#include "cuda_test.h"

/**
 * @file
 * streams FILE.ptx SLOTS BATCHES [poll]: batches go through a stream of uploads,
 * one of kernels and one of downloads, which events order. A slot is used again
 * once its download is done: the stream of uploads waits for it, or the host
 * asks until it is. The host waits once, at the end.
 */

#define SIZE  (4 << 20)
#define N     4096              /* elements that the kernel copies */
#define SLOTS 8

enum { UP, COMPUTE, DOWN, NB_STREAMS };

static CUstream streams[NB_STREAMS];
static CUfunction kernel;
static unsigned *host_in, *host_out;
static unsigned asked;

static struct Slot {
    CUdeviceptr in, out;
    CUevent done[NB_STREAMS];
} slots[SLOTS];

static void make_slot(struct Slot *s)
{
    s->in  = upload(NULL, SIZE);
    s->out = upload(NULL, SIZE);
    for (int i = 0; i < NB_STREAMS; i++)
        MUST(cuEventCreate(&s->done[i], CU_EVENT_DISABLE_TIMING));
}

static void reuse(const struct Slot *s, int poll)
{
    if (!poll)
        MUST(cuStreamWaitEvent(streams[UP], s->done[DOWN], 0));
    while (poll && cu->cuEventQuery(s->done[DOWN]))
        asked++;
}

static void batch(struct Slot *s)
{
    unsigned n = N;
    void *args[] = { &s->out, &s->in, &n };

    MUST(cuMemcpyHtoDAsync(s->in, host_in, SIZE, streams[UP]));
    MUST(cuEventRecord(s->done[UP], streams[UP]));
    MUST(cuStreamWaitEvent(streams[COMPUTE], s->done[UP], 0));
    MUST(cuLaunchKernel(kernel, N / 128, 1, 1, 128, 1, 1, 0,
                        streams[COMPUTE], args, NULL));
    MUST(cuEventRecord(s->done[COMPUTE], streams[COMPUTE]));
    MUST(cuStreamWaitEvent(streams[DOWN], s->done[COMPUTE], 0));
    MUST(cuMemcpyDtoHAsync(host_out, s->out, SIZE, streams[DOWN]));
    MUST(cuEventRecord(s->done[DOWN], streams[DOWN]));
}

int main(int argc, char **argv)
{
    CUresult (*host_alloc)(void **, size_t, unsigned);
    int nb_slots   = argc > 2 ? atoi(argv[2]) : 0;
    int nb_batches = argc > 3 ? atoi(argv[3]) : 0;
    unsigned wrong = 0;

    if (nb_batches < 1 || nb_slots < 1 || nb_slots > SLOTS)
        return 2;
    open_context();
    host_alloc = extra_symbol("cuMemHostAlloc");
    kernel     = get_kernel(load_module(argv[1]), "copy");
    if (host_alloc((void **)&host_in, SIZE, 0) ||
        host_alloc((void **)&host_out, SIZE, 0))
        return 2;
    for (unsigned i = 0; i < SIZE / 4; i++)
        host_in[i] = i * 2654435761u;
    for (int i = 0; i < NB_STREAMS; i++)
        MUST(cuStreamCreate(&streams[i], CU_STREAM_NON_BLOCKING));
    for (int i = 0; i < nb_slots; i++)
        make_slot(&slots[i]);
    for (int i = 0; i < nb_batches; i++) {
        if (i >= nb_slots)
            reuse(&slots[i % nb_slots], argc > 4);
        batch(&slots[i % nb_slots]);
    }
    MUST(cuStreamSynchronize(streams[DOWN]));
    for (unsigned i = 0; i < N; i++)
        wrong += host_out[i] != host_in[i];
    printf("%u of %d values wrong, %u queries for nothing\n", wrong, N, asked);
    return wrong != 0;
}
