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
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * @file
 * Preloaded, it takes memory of the device and gives it back beside a job of
 * ffmpeg, in a thread and a context of its own: 2000 times a piece of random
 * size, as long as there is any. How often it did goes to stderr at the end.
 */

enum { PIECES = 8, TIMES = 2000, LARGEST = 4 << 20 };

static int (*mem_alloc)(unsigned long long *ptr, size_t size);
static int (*mem_free)(unsigned long long ptr);
static int taken, refused;

static int open_context(void)
{
    void *lib = dlopen("libcuda.so.1", RTLD_NOW);
    int (*init)(unsigned), (*create)(void **, unsigned, int);
    void *context;

    if (!lib)
        return 0;
    *(void **)&init      = dlsym(lib, "cuInit");
    *(void **)&create    = dlsym(lib, "cuCtxCreate_v2");
    *(void **)&mem_alloc = dlsym(lib, "cuMemAlloc_v2");
    *(void **)&mem_free  = dlsym(lib, "cuMemFree_v2");
    return !init(0) && !create(&context, 0, 0);
}

static void *press(void *unused)
{
    unsigned long long piece[PIECES] = { 0 };
    unsigned seed = 1;

    if (!open_context())
        return unused;
    for (int i = 0; i < TIMES; i++) {
        unsigned long long *p = &piece[rand_r(&seed) % PIECES];

        if (*p)
            mem_free(*p);
        *p = 0;
        if (mem_alloc(p, rand_r(&seed) % LARGEST + 1))
            refused++;
        else
            taken++;
        usleep(500);
    }
    for (int i = 0; i < PIECES; i++)
        if (piece[i])
            mem_free(piece[i]);
    return NULL;
}

__attribute__((constructor)) static void start(void)
{
    pthread_t thread;

    if (!strcmp(program_invocation_short_name, "ffmpeg") &&
        !pthread_create(&thread, NULL, press, NULL))
        pthread_detach(thread);
}

__attribute__((destructor)) static void report(void)
{
    if (taken)
        fprintf(stderr, "pressure: %d taken, %d refused\n", taken, refused);
}
