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

#include "engine.h"
#include "softcuda.h"

/** @file What the libraries of other engines do on this device. */

#define ENGINE_EXPORT __attribute__((visibility("default")))

/* The calls of a library, by name; under sc.lock but for the first look. */
static ScCall *find_call(const char *name)
{
    static struct Known {
        struct Known *next;
        ScCall call;
    } *known;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct Known *k;

    pthread_mutex_lock(&lock);
    for (k = known; k && strcmp(k->call.name, name); k = k->next)
        ;
    if (!k) {
        k = calloc(1, sizeof(*k));
        k->call.name = strdup(name);
        k->next      = known;
        known = k;
    }
    pthread_mutex_unlock(&lock);
    return &k->call;
}

ENGINE_EXPORT int softcuda_call(const char *function)
{
    int code = sc_enter(find_call(function));

    sc_leave(&code);
    return code;
}

ENGINE_EXPORT CUresult softcuda_read(CUcontext ctx, CUstream handle, void *dst,
                                     CUdeviceptr src, size_t size, void **read)
{
    ScContext *context = (ScContext *)ctx;
    CUresult ret = CUDA_SUCCESS;
    ScStream *stream;

    pthread_mutex_lock(&sc.lock);
    stream = sc_stream(context, handle);
    if (!stream)
        ret = CUDA_ERROR_INVALID_HANDLE;
    else if (!sc_device_range(src, size))
        ret = CUDA_ERROR_INVALID_VALUE;
    else
        ret = context->sticky;
    if (!ret) {
        ScOp *op = sc_op_new(context, stream, SC_OP_READ);

        op->copy.dst    = dst;
        op->copy.src    = sc_alias(src);
        op->copy.width  = size;
        op->copy.height = 1;
        sc_op_ref(op);
        sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
        sc_submit(op);
        *read = op;
    }
    pthread_mutex_unlock(&sc.lock);
    return ret;
}

ENGINE_EXPORT CUresult softcuda_order(CUcontext ctx, CUstream handle,
                                      void *read)
{
    ScContext *context = (ScContext *)ctx;
    ScStream *stream;

    pthread_mutex_lock(&sc.lock);
    stream = sc_stream(context, handle);
    if (stream) {
        ScOp *op = sc_op_new(context, stream, SC_OP_WAIT);

        sc_op_depend(op, read);
        sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
        sc_timeline_after(op, read);
        sc_submit(op);
    }
    pthread_mutex_unlock(&sc.lock);
    return stream ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

ENGINE_EXPORT CUresult softcuda_finish(CUcontext ctx, void *read)
{
    ScContext *context = (ScContext *)ctx;
    CUresult ret;

    pthread_mutex_lock(&sc.lock);
    sc_wait_apart(read);
    sc_op_unref(read);
    ret = context->sticky;
    pthread_mutex_unlock(&sc.lock);
    return ret;
}

ENGINE_EXPORT int softcuda_is_allocated(CUdeviceptr ptr, size_t size)
{
    int ret;

    pthread_mutex_lock(&sc.lock);
    ret = sc_device_range(ptr, size);
    pthread_mutex_unlock(&sc.lock);
    return ret;
}
