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

/**
 * @file
 * Operations and the three ways to run them. All that are not done are in one
 * list, in the order of submission, so every dependency of an operation
 * stands before it.
 */

static ScOp *first, *last;
static int worker_started;

ScOp *sc_op_new(ScContext *context, ScStream *stream, enum ScOpKind kind)
{
    ScOp *op = calloc(1, sizeof(*op));

    op->refs    = 1;
    op->kind    = kind;
    op->context = context;
    op->stream  = stream;
    return op;
}

void sc_op_ref(ScOp *op)
{
    op->refs++;
}

static void drop_deps(ScOp *op)
{
    for (int i = 0; i < op->nb_deps; i++)
        sc_op_unref(op->deps[i]);
    free(op->deps);
    op->deps    = NULL;
    op->nb_deps = 0;
}

void sc_op_unref(ScOp *op)
{
    if (!op || --op->refs)
        return;
    drop_deps(op);
    if (op->kind == SC_OP_COPY)
        free(op->copy.staged);
    if (op->kind == SC_OP_LAUNCH)
        free(op->launch.params);
    free(op);
}

void sc_op_depend(ScOp *op, ScOp *on)
{
    if (!on || on->done)
        return;
    sc_op_ref(on);
    op->deps = realloc(op->deps, (op->nb_deps + 1) * sizeof(*op->deps));
    op->deps[op->nb_deps++] = on;
}

static void copy_rows(ScOp *op)
{
    const uint8_t *src = op->copy.staged ? op->copy.staged : op->copy.src;
    size_t pitch = op->copy.staged ? op->copy.width : op->copy.src_pitch;

    for (size_t y = 0; y < op->copy.height; y++)
        memmove(op->copy.dst + y * op->copy.dst_pitch, src + y * pitch,
                op->copy.width);
}

/* In thread mode the lock is not held here. */
static void execute(ScOp *op)
{
    if (op->context->sticky)
        return;
    switch (op->kind) {
    case SC_OP_COPY:
    case SC_OP_READ:
        copy_rows(op);
        break;
    case SC_OP_FILL:
        memset(op->fill.dst, op->fill.value, op->fill.size);
        break;
    case SC_OP_LAUNCH:
        sc_execute_launch(op);
        break;
    case SC_OP_CALLBACK:
        op->callback.function(op->callback.stream, CUDA_SUCCESS,
                              op->callback.opaque);
        break;
    default:
        break;
    }
}

static void append(ScOp *op)
{
    sc_op_ref(op);
    op->prev = last;
    if (last)
        last->next = op;
    else
        first = op;
    last = op;
}

static void complete(ScOp *op)
{
    op->done = 1;
    if (op->prev)
        op->prev->next = op->next;
    else
        first = op->next;
    if (op->next)
        op->next->prev = op->prev;
    else
        last = op->prev;
    op->prev = op->next = NULL;
    drop_deps(op);
    sc_op_unref(op);
}

/* Run an operation and, before it, only what it depends on: work of another
 * stream that nobody ordered stays undone. */
static void force(ScOp *target)
{
    target->needed = 1;
    for (ScOp *op = target; op; op = op->prev)
        for (int i = 0; op->needed && i < op->nb_deps; i++)
            op->deps[i]->needed = 1;
    for (ScOp *op = first, *next; !target->done; op = next) {
        next = op->next;
        if (!op->needed)
            continue;
        execute(op);
        complete(op);
    }
}

static void *worker(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&sc.lock);
    for (;;) {
        ScOp *op;

        while (!first)
            pthread_cond_wait(&sc.progress, &sc.lock);
        op = first;
        pthread_mutex_unlock(&sc.lock);
        execute(op);
        pthread_mutex_lock(&sc.lock);
        complete(op);
        pthread_cond_broadcast(&sc.progress);
    }
    return NULL;
}

static void start_worker(void)
{
    pthread_t thread;

    if (worker_started || pthread_create(&thread, NULL, worker, NULL))
        return;
    worker_started = 1;
    pthread_detach(thread);
}

/* The default stream and the streams that are not "non-blocking" wait for
 * each other. */
static void order(ScOp *op)
{
    ScContext *context = op->context;

    sc_op_depend(op, op->stream->last);
    if (op->stream == &context->default_stream) {
        for (ScStream *s = context->streams; s; s = s->next)
            if (!s->non_blocking)
                sc_op_depend(op, s->last);
    } else if (!op->stream->non_blocking) {
        sc_op_depend(op, context->default_stream.last);
    }
}

void sc_submit(ScOp *op)
{
    ScStream *stream = op->stream;

    order(op);
    sc_op_unref(stream->last);
    sc_op_ref(op);
    stream->last  = op;
    stream->polls = 0;
    append(op);
    if (sc.mode == SC_EAGER) {
        force(op);
    } else if (sc.mode == SC_THREAD) {
        start_worker();
        pthread_cond_broadcast(&sc.progress);
    }
    sc_op_unref(op);
}

void sc_wait_apart(ScOp *op)
{
    if (op->done)
        return;
    sc_op_ref(op);
    if (sc.mode == SC_THREAD) {
        while (!op->done)
            pthread_cond_wait(&sc.progress, &sc.lock);
    } else {
        force(op);
    }
    sc_op_unref(op);
}

void sc_wait(ScOp *op)
{
    if (!op)
        return;
    sc_timeline_wait(op);
    sc_wait_apart(op);
}

void sc_sync_stream(ScContext *context, ScStream *stream)
{
    if (stream == &context->default_stream)
        for (ScStream *s = context->streams; s; s = s->next)
            if (!s->non_blocking)
                sc_wait(s->last);
    sc_wait(stream->last);
}

void sc_sync_context(ScContext *context)
{
    for (ScStream *s = context->streams; s; s = s->next)
        sc_wait(s->last);
    sc_wait(context->default_stream.last);
}

void sc_drain(void)
{
    while (last) {
        if (sc.mode == SC_THREAD)
            pthread_cond_wait(&sc.progress, &sc.lock);
        else
            force(last);
    }
}

CUresult sc_poll(ScOp *op, int *polls)
{
    if (op && !op->done && (sc.mode != SC_LAZY || ++*polls < 2))
        return CUDA_ERROR_NOT_READY;
    if (!sc_timeline_poll(op))
        return CUDA_ERROR_NOT_READY;
    sc_wait(op);
    return CUDA_SUCCESS;
}
