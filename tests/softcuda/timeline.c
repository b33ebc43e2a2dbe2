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

#include "timeline.h"

/**
 * @file
 * Virtual time: when each operation would run on a machine of two copy
 * engines and one compute engine. A model of order and bytes; it knows
 * nothing of how fast a kernel computes.
 *
 * The operations are only recorded while the program runs, in the order of
 * the calls, and timed at the end: so all modes give the same times. Only
 * queries are answered on the way, where operations run with their calls.
 */

/** Bandwidths in GB/s, times in microseconds. */
static struct Machine {
    double h2d_pinned, h2d_pageable, d2h_pinned, d2h_pageable, memory;
    double copy_latency, launch_latency, host_call;
} machine = { 25, 10, 25, 10, 360, 8, 4, 2 };

static const struct {
    const char *key;
    double *value;
} settings[] = {
    { "h2d_pinned",     &machine.h2d_pinned     },
    { "h2d_pageable",   &machine.h2d_pageable   },
    { "d2h_pinned",     &machine.d2h_pinned     },
    { "d2h_pageable",   &machine.d2h_pageable   },
    { "memory",         &machine.memory         },
    { "copy_latency",   &machine.copy_latency   },
    { "launch_latency", &machine.launch_latency },
    { "host_call",      &machine.host_call      },
};

int sc_timeline_enabled;
char sc_machine_name[64] = "default";
ScTimelineEntry *sc_timeline_entries;
static ScTimelineEntry **entries_end = &sc_timeline_entries;

/** How far the schedule is. */
static struct Progress {
    ScTimelineEntry **next;
    double available[ENGINE_NB], host;
    Times t;
} progress;

static void set_parameter(const char *path, const char *key, double value)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
        if (strcmp(settings[i].key, key))
            continue;
        *settings[i].value = value;
        return;
    }
    sc_log("%s: unknown parameter '%s'", path, key);
    abort();
}

/* lines of "key value", "#" begins a comment */
static void read_machine(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256], key[64];
    double value;

    if (!f) {
        sc_log("cannot read the machine model %s", path);
        abort();
    }
    while (fgets(line, sizeof(line), f)) {
        line[strcspn(line, "#\n")] = 0;
        if (sscanf(line, "name %63s", sc_machine_name) == 1)
            continue;
        if (sscanf(line, "%63s %lf", key, &value) == 2 && value >= 0)
            set_parameter(path, key, value);
        else if (strspn(line, " \t") != strlen(line))
            set_parameter(path, line, 0);
    }
    fclose(f);
}

void sc_timeline_setup(void)
{
    const char *model = getenv("SOFTCUDA_MODEL");

    sc_timeline_enabled = model || getenv("SOFTCUDA_TRACE");
    if (model)
        read_machine(model);
}

static ScTimelineEntry *append(void)
{
    ScTimelineEntry *e = calloc(1, sizeof(*e));

    e->engine    = ENGINE_NONE;
    *entries_end = e;
    entries_end  = &e->next;
    return e;
}

static void depend(ScTimelineEntry *e, const ScOp *on)
{
    if (!on || !on->timeline)
        return;
    e->deps = realloc(e->deps, (e->nb_deps + 1) * sizeof(*e->deps));
    e->deps[e->nb_deps++] = on->timeline;
}

/* As queue.c orders, but with what is already done: here that is later. */
static void order(ScTimelineEntry *e, const ScOp *op)
{
    const ScContext *context = op->context;

    depend(e, op->stream->last);
    if (op->stream == &context->default_stream) {
        for (const ScStream *s = context->streams; s; s = s->next)
            if (!s->non_blocking)
                depend(e, s->last);
    } else if (!op->stream->non_blocking) {
        depend(e, context->default_stream.last);
    }
}

static const char *operation_name(const ScOp *op, enum ScDirection way)
{
    static const char *const copies[] = {
        "copy to device", "copy to host", "copy on device", "copy on host"
    };

    switch (op->kind) {
    case SC_OP_COPY:
        return copies[way];
    case SC_OP_FILL:
        return "fill";
    case SC_OP_LAUNCH:
        return op->launch.kernel->stats->name;
    default:
        return "";
    }
}

static enum Engine engine_of(const ScOp *op, enum ScDirection way)
{
    if (op->kind == SC_OP_COPY)
        return way == SC_H2D ? ENGINE_H2D : way == SC_D2H ? ENGINE_D2H :
               way == SC_D2D ? ENGINE_COMPUTE : ENGINE_NONE;
    return op->kind == SC_OP_LAUNCH || op->kind == SC_OP_FILL ?
           ENGINE_COMPUTE : ENGINE_NONE;
}

void sc_timeline_add(ScOp *op, enum ScDirection way, int pinned,
                     uint64_t bytes)
{
    ScTimelineEntry *e;

    if (!sc_timeline_enabled)
        return;
    e = append();
    e->engine    = engine_of(op, way);
    e->stream    = op->stream->id;
    e->pinned    = pinned;
    e->is_kernel = op->kind == SC_OP_LAUNCH;
    e->is_call   = op->kind != SC_OP_READ;
    e->bytes     = way == SC_D2D ? 2 * bytes : bytes;  /* read and written */
    e->name      = operation_name(op, way);
    order(e, op);
    op->timeline = e;
}

void sc_timeline_after(ScOp *op, const ScOp *event)
{
    if (op->timeline)
        depend(op->timeline, event);
}

void sc_timeline_kernel_bytes(ScOp *op, uint64_t bytes)
{
    if (op->timeline)
        op->timeline->bytes = bytes;
}

void sc_timeline_wait(ScOp *op)
{
    if (sc_timeline_enabled && op->timeline)
        append()->wait_for = op->timeline;
}

static double duration(const ScTimelineEntry *e)
{
    double bandwidth = e->engine == ENGINE_COMPUTE ? machine.memory :
                       e->engine == ENGINE_H2D ?
                       (e->pinned ? machine.h2d_pinned :
                                    machine.h2d_pageable) :
                       (e->pinned ? machine.d2h_pinned :
                                    machine.d2h_pageable);

    if (e->engine == ENGINE_NONE)
        return 0;
    return (e->is_kernel ? machine.launch_latency : machine.copy_latency) +
           e->bytes / (bandwidth * 1e3);
}

static double later(double a, double b)
{
    return a > b ? a : b;
}

static void wait_for(ScTimelineEntry *e, struct Progress *p)
{
    e->end = p->host = later(p->host, e->wait_for->end);
    p->t.waited += e->end - e->start;
    p->t.waits  += e->end > e->start;
}

/* One host thread makes all calls, each of which takes host_call. */
static void schedule_entry(ScTimelineEntry *e, struct Progress *p)
{
    e->start = p->host;
    if (e->wait_for) {
        wait_for(e, p);
        return;
    }
    p->host += e->is_call ? machine.host_call : 0;
    e->start = p->host;
    for (int i = 0; i < e->nb_deps; i++)
        e->start = later(e->start, e->deps[i]->end);
    if (e->engine != ENGINE_NONE)
        e->start = later(e->start, p->available[e->engine]);
    e->end = e->start + duration(e);
    if (e->engine != ENGINE_NONE) {
        p->available[e->engine] = e->end;
        p->t.busy[e->engine]   += e->end - e->start;
    }
    if (e->engine == ENGINE_H2D && !e->pinned && !sc.pageable_async)
        p->host = e->end;       /* the host itself moves pageable memory */
    p->t.makespan = later(p->t.makespan, later(p->host, e->end));
}

/* Where operations run later than their calls, a kernel's bytes may have come
 * since the last time. */
const Times *sc_timeline_schedule(void)
{
    if (sc.mode != SC_EAGER || !progress.next)
        progress = (struct Progress){ .next = &sc_timeline_entries };
    for (; *progress.next; progress.next = &(*progress.next)->next)
        schedule_entry(*progress.next, &progress);
    return &progress.t;
}

int sc_timeline_poll(const ScOp *op)
{
    if (!sc_timeline_enabled || sc.mode != SC_EAGER || !op || !op->timeline)
        return 1;
    append()->is_call = 1;
    sc_timeline_schedule();
    return op->timeline->end <= progress.host;
}

float sc_timeline_elapsed(const ScOp *from, const ScOp *to)
{
    if (!from->timeline || !to->timeline)
        return 0;
    sc_timeline_schedule();
    return (to->timeline->end - from->timeline->end) / 1e3;
}
