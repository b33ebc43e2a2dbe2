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

#include "softcuda.h"

/** @file Contexts: a stack for each host thread, one primary per device. */

#define STACK_SIZE 64

static __thread ScContext *stack[STACK_SIZE];
static __thread int stack_used;
static ScContext *primary[SC_MAX_DEVICES];
static unsigned primary_flags[SC_MAX_DEVICES];

CUresult sc_current(ScContext **context, int allow_sticky)
{
    *context = stack_used ? stack[stack_used - 1] : NULL;
    if (!sc.initialised)
        return CUDA_ERROR_NOT_INITIALIZED;
    if (!*context)
        return CUDA_ERROR_INVALID_CONTEXT;
    return allow_sticky ? CUDA_SUCCESS : (*context)->sticky;
}

/* NULL and the "legacy" handle 1 are the default stream */
ScStream *sc_stream(ScContext *context, CUstream handle)
{
    if (!handle || handle == (CUstream)1)
        return &context->default_stream;
    for (ScStream *s = context->streams; s; s = s->next)
        if (s == (ScStream *)handle)
            return s;
    sc_log("%p is no stream of the current context", (void *)handle);
    return NULL;
}

static CUresult context_new(ScContext **context, int device, unsigned flags)
{
    ScContext *c;

    if (sc.exclusive && sc.live_contexts[device]) {
        sc_log("a second context on device %d, which SOFTCUDA_EXCLUSIVE "
               "refuses", device);
        return CUDA_ERROR_DEVICE_UNAVAILABLE;
    }
    c = calloc(1, sizeof(*c));
    c->device = device;
    c->flags  = flags;
    c->refs   = 1;
    *context  = c;
    sc.live_contexts[device]++;
    sc.count.contexts++;
    sc.count.live_contexts++;
    if (sc.count.contexts_at_once < sc.count.live_contexts)
        sc.count.contexts_at_once = sc.count.live_contexts;
    return CUDA_SUCCESS;
}

static CUresult push(ScContext *context)
{
    if (!context || stack_used == STACK_SIZE)
        return CUDA_ERROR_INVALID_VALUE;
    stack[stack_used++] = context;
    return CUDA_SUCCESS;
}

static CUresult check_device(CUdevice device)
{
    if (!sc.initialised)
        return CUDA_ERROR_NOT_INITIALIZED;
    return device < 0 || device >= sc.nb_devices ? CUDA_ERROR_INVALID_DEVICE :
                                                   CUDA_SUCCESS;
}

SC_EXPORT cuCtxCreate_v2(CUcontext *pctx, unsigned int flags, CUdevice device)
{
    CUresult ret;

    SC_API(cuCtxCreate_v2);
    ret = check_device(device);
    if (ret)
        return ret;
    ret = context_new((ScContext **)pctx, device, flags);
    if (ret)
        return ret;
    return push((ScContext *)*pctx);
}

/* Contexts stay in memory: other threads may still have them on a stack. */
static void context_end(ScContext *context)
{
    sc_sync_context(context);
    sc.live_contexts[context->device]--;
    sc.count.live_contexts--;
    if (sc.log)
        sc_log_live();
}

SC_EXPORT cuCtxDestroy_v2(CUcontext ctx)
{
    ScContext *context = (ScContext *)ctx;

    SC_API_RELEASE(cuCtxDestroy_v2);
    if (!context)
        return CUDA_ERROR_INVALID_VALUE;
    context_end(context);
    for (int i = 0; i < stack_used; i++) {
        if (stack[i] != context)
            continue;
        memmove(stack + i, stack + i + 1,
                (stack_used - i - 1) * sizeof(*stack));
        stack_used--;
        break;
    }
    return SC_RELEASED(context, CUDA_SUCCESS);
}

SC_EXPORT cuCtxGetCurrent(CUcontext *pctx)
{
    SC_API(cuCtxGetCurrent);
    *pctx = stack_used ? (CUcontext)stack[stack_used - 1] : NULL;
    return CUDA_SUCCESS;
}

SC_EXPORT cuCtxSetCurrent(CUcontext ctx)
{
    SC_API(cuCtxSetCurrent);
    if (stack_used)
        stack_used--;
    return ctx ? push((ScContext *)ctx) : CUDA_SUCCESS;
}

SC_EXPORT cuCtxPushCurrent_v2(CUcontext ctx)
{
    SC_API(cuCtxPushCurrent_v2);
    return push((ScContext *)ctx);
}

SC_EXPORT cuCtxPopCurrent_v2(CUcontext *pctx)
{
    SC_API_RELEASE(cuCtxPopCurrent_v2);
    if (!stack_used)
        return CUDA_ERROR_INVALID_CONTEXT;
    stack_used--;
    if (pctx)
        *pctx = (CUcontext)stack[stack_used];
    return sc_injected;
}

SC_EXPORT cuCtxGetDevice(CUdevice *device)
{
    SC_API(cuCtxGetDevice);
    SC_CONTEXT(context);
    *device = context->device;
    return CUDA_SUCCESS;
}

SC_EXPORT cuCtxSetLimit(CUlimit limit, size_t value)
{
    SC_API(cuCtxSetLimit);
    SC_CONTEXT(context);
    (void)limit;                /* nothing here has these limits */
    (void)value;
    return CUDA_SUCCESS;
}

SC_EXPORT cuCtxSynchronize(void)
{
    SC_API(cuCtxSynchronize);
    SC_CONTEXT(context);
    sc_count_sync();
    sc_sync_context(context);
    return context->sticky;
}

SC_EXPORT cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice device)
{
    CUresult ret;

    SC_API(cuDevicePrimaryCtxRetain);
    ret = check_device(device);
    if (ret)
        return ret;
    if (primary[device]) {
        primary[device]->refs++;
    } else {
        ret = context_new(&primary[device], device, primary_flags[device]);
        if (ret)
            return ret;
    }
    *pctx = (CUcontext)primary[device];
    return CUDA_SUCCESS;
}

static CUresult primary_release(CUdevice device)
{
    CUresult ret = check_device(device);

    if (ret)
        return ret;
    if (!primary[device])
        return CUDA_ERROR_INVALID_CONTEXT;
    if (!--primary[device]->refs) {
        context_end(primary[device]);
        primary[device] = NULL;
    }
    return CUDA_SUCCESS;
}

SC_EXPORT cuDevicePrimaryCtxRelease(CUdevice device)
{
    CUresult ret;

    SC_API_RELEASE(cuDevicePrimaryCtxRelease);
    ret = primary_release(device);
    return sc_injected ? sc_injected : ret;
}

SC_EXPORT cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
    return cuDevicePrimaryCtxRelease(device);
}

SC_EXPORT cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags)
{
    CUresult ret;

    SC_API(cuDevicePrimaryCtxSetFlags);
    ret = check_device(device);
    if (!ret)
        primary_flags[device] = flags;
    return ret;
}

SC_EXPORT cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags,
                                     int *active)
{
    CUresult ret;

    SC_API(cuDevicePrimaryCtxGetState);
    ret = check_device(device);
    if (ret)
        return ret;
    *flags  = primary_flags[device];
    *active = !!primary[device];
    return CUDA_SUCCESS;
}

SC_EXPORT cuDevicePrimaryCtxReset(CUdevice device)
{
    SC_API(cuDevicePrimaryCtxReset);
    return check_device(device);
}
