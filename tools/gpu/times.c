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

/**
 * @file
 * A library that is preloaded into ffmpeg and times every kernel by two events
 * around its launch. The driver's functions are looked up by dlsym(), which is
 * the one function that is replaced. Times go to the file GPU_TIMES, when a
 * module is unloaded: a line for each launch, its microseconds and the kernel.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

#define MAX_LAUNCHES 4096
#define MAX_KERNELS  64

static tcuLaunchKernel *launch_kernel;
static tcuModuleGetFunction *get_function;
static tcuModuleUnload *unload;
static tcuStreamAddCallback *add_callback;
static tcuEventCreate *event_create;
static tcuEventDestroy_v2 *event_destroy;
static tcuEventRecord *event_record;
static tcuEventSynchronize *event_synchronize;
static GPUElapsed *event_elapsed;

static struct {
    CUfunction function;
    char name[64];
} kernels[MAX_KERNELS];

static struct {
    CUevent start, stop;
    CUfunction function;
} launches[MAX_LAUNCHES];

static int nb_kernels, nb_launches;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static CUresult CUDAAPI my_get_function(CUfunction *function, CUmodule module,
                                        const char *name)
{
    CUresult ret = get_function(function, module, name);

    pthread_mutex_lock(&lock);
    if (!ret && nb_kernels < MAX_KERNELS) {
        kernels[nb_kernels].function = *function;
        snprintf(kernels[nb_kernels++].name, sizeof(kernels[0].name), "%s",
                 name);
    }
    pthread_mutex_unlock(&lock);
    return ret;
}

/**
 * The stream waits for this before a launch. An event that is alone in a stream
 * is over at once, and its time would be that of its call, not the kernel's
 * start. Behind this, event, kernel and event are all there before the first
 * one begins.
 */
static void CUDAAPI hold_stream(CUstream stream, CUresult status, void *data)
{
    usleep(50);
}

static CUresult CUDAAPI my_launch_kernel(CUfunction f, unsigned gx, unsigned gy,
    unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
    CUstream stream, void **params, void **extra)
{
    CUevent start = NULL, stop = NULL;
    CUresult ret;

    pthread_mutex_lock(&lock);
    if (nb_launches == MAX_LAUNCHES || event_create(&start, 0) ||
        event_create(&stop, 0) || add_callback(stream, hold_stream, NULL, 0) ||
        event_record(start, stream)) {
        ret = launch_kernel(f, gx, gy, gz, bx, by, bz, shared, stream, params,
                            extra);
    } else {
        ret = launch_kernel(f, gx, gy, gz, bx, by, bz, shared, stream, params,
                            extra);
        if (!ret && !event_record(stop, stream)) {
            launches[nb_launches].start      = start;
            launches[nb_launches].stop       = stop;
            launches[nb_launches++].function = f;
        }
    }
    pthread_mutex_unlock(&lock);
    return ret;
}

static const char *name_of(CUfunction function)
{
    /* The latest: a function of an unloaded module may have had its place. */
    for (int i = nb_kernels - 1; i >= 0; i--)
        if (kernels[i].function == function)
            return kernels[i].name;
    return "unknown";
}

static void write_times(void)
{
    const char *path = getenv("GPU_TIMES");
    FILE *f = path ? fopen(path, "a") : NULL;

    for (int i = 0; i < nb_launches; i++) {
        float milliseconds = 0;

        if (f && !event_synchronize(launches[i].stop) &&
            !event_elapsed(&milliseconds, launches[i].start, launches[i].stop))
            fprintf(f, "%.3f %s\n", milliseconds * 1000,
                    name_of(launches[i].function));
        event_destroy(launches[i].start);
        event_destroy(launches[i].stop);
    }
    nb_launches = 0;
    if (f)
        fclose(f);
}

static CUresult CUDAAPI my_unload(CUmodule module)
{
    pthread_mutex_lock(&lock);
    write_times();
    pthread_mutex_unlock(&lock);
    return unload(module);
}

static void *real_dlsym(void *library, const char *name)
{
    static void *(*function)(void *, const char *);
    static const char *const versions[] = {
        "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"
    };

    for (int i = 0; i < 3 && !function; i++)
        function = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    return function ? function(library, name) : NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    static const struct {
        const char *name;
        void *function, *keep;
    } replaced[] = {
        { "cuLaunchKernel",       my_launch_kernel, &launch_kernel },
        { "cuModuleGetFunction",  my_get_function,  &get_function },
        { "cuModuleUnload",       my_unload,        &unload },
        { "cuStreamAddCallback",  NULL, &add_callback },
        { "cuEventCreate",        NULL, &event_create },
        { "cuEventDestroy_v2",    NULL, &event_destroy },
        { "cuEventRecord",        NULL, &event_record },
        { "cuEventSynchronize",   NULL, &event_synchronize },
        { "cuEventElapsedTime",   NULL, &event_elapsed },
    };
    int mine = -1;

    for (int i = 0; i < 3 && mine < 0; i++)
        if (!strcmp(name, replaced[i].name))
            mine = i;
    if (mine < 0)
        return real_dlsym(library, name);
    for (int i = 0; i < sizeof(replaced) / sizeof(*replaced); i++) {
        void *function = real_dlsym(library, replaced[i].name);

        if (!function)
            return real_dlsym(library, name);
        memcpy(replaced[i].keep, &function, sizeof(function));
    }
    return replaced[mine].function;
}
