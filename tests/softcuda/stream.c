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

#include "softcuda.h"

/** @file Streams and events. */

#define MAX_STREAMS 128         /* so that a leak of streams is an error */

static int stream_ids;

SC_EXPORT cuStreamCreate(CUstream *pstream, unsigned int flags)
{
    ScStream *s;
    int n = 0;

    SC_API(cuStreamCreate);
    SC_CONTEXT(context);
    for (s = context->streams; s; s = s->next)
        n++;
    if (n >= MAX_STREAMS)
        return CUDA_ERROR_OUT_OF_MEMORY;
    s = calloc(1, sizeof(*s));
    s->id           = ++stream_ids;
    s->non_blocking = !!(flags & CU_STREAM_NON_BLOCKING);
    s->next         = context->streams;
    context->streams = s;
    sc.count.streams++;
    sc.count.live_streams++;
    *pstream = (CUstream)s;
    return CUDA_SUCCESS;
}

/* All streams are equal here: one engine runs all kernels. */
SC_EXPORT cuStreamCreateWithPriority(CUstream *pstream, unsigned int flags,
                                     int priority)
{
    (void)priority;
    return cuStreamCreate(pstream, flags);
}

SC_EXPORT cuStreamDestroy_v2(CUstream handle)
{
    SC_API_RELEASE(cuStreamDestroy_v2);
    SC_CONTEXT_RELEASE(context);
    for (ScStream **at = &context->streams; *at; at = &(*at)->next) {
        ScStream *s = *at;

        if (s != (ScStream *)handle)
            continue;
        sc_wait(s->last);
        sc_op_unref(s->last);
        *at = s->next;
        free(s);
        sc.count.live_streams--;
        return SC_RELEASED(context, CUDA_SUCCESS);
    }
    return CUDA_ERROR_INVALID_HANDLE;
}

SC_EXPORT cuStreamSynchronize(CUstream handle)
{
    ScStream *stream;

    SC_API(cuStreamSynchronize);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!stream)
        return CUDA_ERROR_INVALID_HANDLE;
    sc_count_sync();
    sc_sync_stream(context, stream);
    return context->sticky;
}

SC_EXPORT cuStreamQuery(CUstream handle)
{
    ScStream *stream;
    CUresult ret;

    SC_API(cuStreamQuery);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!stream)
        return CUDA_ERROR_INVALID_HANDLE;
    ret = sc_poll(stream->last, &stream->polls);
    return ret ? ret : context->sticky;
}

SC_EXPORT cuStreamAddCallback(CUstream handle, CUstreamCallback *callback,
                              void *opaque, unsigned int flags)
{
    ScStream *stream;
    ScOp *op;

    SC_API(cuStreamAddCallback);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!stream)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!callback || flags)
        return CUDA_ERROR_INVALID_VALUE;
    op = sc_op_new(context, stream, SC_OP_CALLBACK);
    op->callback.function = callback;
    op->callback.stream   = handle;
    op->callback.opaque   = opaque;
    sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
    sc_submit(op);
    return CUDA_SUCCESS;
}

SC_EXPORT cuStreamWaitEvent(CUstream handle, CUevent pevent,
                            unsigned int flags)
{
    ScEvent *event = (ScEvent *)pevent;
    ScStream *stream;
    ScOp *op;

    SC_API(cuStreamWaitEvent);
    SC_CONTEXT(context);
    (void)flags;
    stream = sc_stream(context, handle);
    if (!stream || !event)
        return CUDA_ERROR_INVALID_HANDLE;
    op = sc_op_new(context, stream, SC_OP_WAIT);
    sc_op_depend(op, event->op);
    sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
    sc_timeline_after(op, event->op);
    sc_submit(op);
    return CUDA_SUCCESS;
}

SC_EXPORT cuEventCreate(CUevent *pevent, unsigned int flags)
{
    ScEvent *event;

    SC_API(cuEventCreate);
    SC_CONTEXT(context);
    event = calloc(1, sizeof(*event));
    event->timing = !(flags & CU_EVENT_DISABLE_TIMING);
    sc.count.events++;
    sc.count.live_events++;
    *pevent = (CUevent)event;
    return CUDA_SUCCESS;
}

SC_EXPORT cuEventDestroy_v2(CUevent pevent)
{
    ScEvent *event = (ScEvent *)pevent;

    SC_API_RELEASE(cuEventDestroy_v2);
    SC_CONTEXT_RELEASE(context);
    if (!event)
        return CUDA_ERROR_INVALID_HANDLE;
    sc_op_unref(event->op);
    free(event);
    sc.count.live_events--;
    return SC_RELEASED(context, CUDA_SUCCESS);
}

SC_EXPORT cuEventRecord(CUevent pevent, CUstream handle)
{
    ScEvent *event = (ScEvent *)pevent;
    ScStream *stream;
    ScOp *op;

    SC_API(cuEventRecord);
    SC_CONTEXT(context);
    stream = sc_stream(context, handle);
    if (!event || !stream)
        return CUDA_ERROR_INVALID_HANDLE;
    op = sc_op_new(context, stream, SC_OP_EVENT);
    sc_op_ref(op);
    sc_op_unref(event->op);
    event->op    = op;
    event->polls = 0;
    sc_timeline_add(op, SC_DIRECTION_NB, 0, 0);
    sc_submit(op);
    return CUDA_SUCCESS;
}

SC_EXPORT cuEventSynchronize(CUevent pevent)
{
    ScEvent *event = (ScEvent *)pevent;

    SC_API(cuEventSynchronize);
    SC_CONTEXT(context);
    if (!event)
        return CUDA_ERROR_INVALID_HANDLE;
    sc_count_sync();
    sc_wait(event->op);
    return context->sticky;
}

SC_EXPORT cuEventQuery(CUevent pevent)
{
    ScEvent *event = (ScEvent *)pevent;
    CUresult ret;

    SC_API(cuEventQuery);
    SC_CONTEXT(context);
    if (!event)
        return CUDA_ERROR_INVALID_HANDLE;
    ret = sc_poll(event->op, &event->polls);
    return ret ? ret : context->sticky;
}

/* Virtual time: 0 unless a machine model is in use. */
SC_EXPORT cuEventElapsedTime(float *ms, CUevent pfrom, CUevent pto)
{
    ScEvent *from = (ScEvent *)pfrom, *to = (ScEvent *)pto;

    SC_API(cuEventElapsedTime);
    SC_CONTEXT(context);
    if (!from || !to || !from->timing || !to->timing || !from->op || !to->op)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!from->op->done || !to->op->done)
        return CUDA_ERROR_NOT_READY;
    *ms = sc_timeline_elapsed(from->op, to->op);
    return CUDA_SUCCESS;
}
