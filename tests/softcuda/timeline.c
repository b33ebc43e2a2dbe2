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

#include "softcuda.h"

/**
 * @file
 * Virtual time: when each operation would run on a machine of two copy
 * engines and one compute engine. A model of order and bytes; it knows
 * nothing of how fast a kernel computes.
 *
 * The operations are only recorded while the program runs, in the order of
 * the calls, and timed at the end: so all modes give the same times.
 */

enum Engine { ENGINE_H2D, ENGINE_COMPUTE, ENGINE_D2H, ENGINE_NB, ENGINE_NONE };

struct ScTimelineEntry {
    ScTimelineEntry *next;
    ScTimelineEntry *wait_for;  ///< the host waits: no operation
    enum Engine engine;
    int stream, pinned, is_kernel, is_call;
    uint64_t bytes;
    const char *name;
    ScTimelineEntry **deps;
    int nb_deps;
    double start, end;          ///< microseconds
};

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
static char machine_name[64] = "default";
static ScTimelineEntry *entries, **entries_end = &entries;

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
        if (sscanf(line, "name %63s", machine_name) == 1)
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

/** What a schedule comes to, in microseconds. */
typedef struct Times {
    double makespan, busy[ENGINE_NB];
    double waited;              ///< by the host
    uint64_t waits;             ///< that took any time
} Times;

static void wait_for(ScTimelineEntry *e, double *host, Times *t)
{
    e->end = *host = later(*host, e->wait_for->end);
    t->waited += e->end - e->start;
    t->waits  += e->end > e->start;
}

/* One host thread makes all calls, each of which takes host_call. */
static Times schedule(void)
{
    double available[ENGINE_NB] = { 0 }, host = 0;
    Times t = { 0 };

    for (ScTimelineEntry *e = entries; e; e = e->next) {
        e->start = host;
        if (e->wait_for) {
            wait_for(e, &host, &t);
            continue;
        }
        host    += e->is_call ? machine.host_call : 0;
        e->start = host;
        for (int i = 0; i < e->nb_deps; i++)
            e->start = later(e->start, e->deps[i]->end);
        if (e->engine != ENGINE_NONE)
            e->start = later(e->start, available[e->engine]);
        e->end = e->start + duration(e);
        if (e->engine != ENGINE_NONE) {
            available[e->engine] = e->end;
            t.busy[e->engine]   += e->end - e->start;
        }
        if (e->engine == ENGINE_H2D && !e->pinned && !sc.pageable_async)
            host = e->end;      /* the host itself moves pageable memory */
        t.makespan = later(t.makespan, later(host, e->end));
    }
    return t;
}

float sc_timeline_elapsed(const ScOp *from, const ScOp *to)
{
    if (!from->timeline || !to->timeline)
        return 0;
    schedule();
    return (to->timeline->end - from->timeline->end) / 1e3;
}

static void write_entry(FILE *f, const ScTimelineEntry *e)
{
    static const char *const memory[] = { "pageable", "pinned" };

    if (e->wait_for && e->end > e->start)
        fprintf(f, ",\n{\"name\": \"wait\", \"ph\": \"X\", \"pid\": 1, "
                "\"tid\": 0, \"ts\": %.3f, \"dur\": %.3f}", e->start,
                e->end - e->start);
    if (e->wait_for || e->engine == ENGINE_NONE)
        return;
    fprintf(f, ",\n{\"name\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": %d, "
            "\"ts\": %.3f, \"dur\": %.3f, \"args\": {\"stream\": %d, "
            "\"bytes\": %llu", e->name, e->engine + 1, e->start,
            e->end - e->start, e->stream, (unsigned long long)e->bytes);
    if (e->engine != ENGINE_COMPUTE)
        fprintf(f, ", \"memory\": \"%s\"", memory[e->pinned]);
    fprintf(f, "}}");
}

static void write_trace(const char *path)
{
    static const char *const rows[] = {
        "host waits", "copies to device", "compute", "copies to host"
    };
    FILE *f = fopen(path, "w");

    if (!f) {
        sc_log("cannot write %s", path);
        return;
    }
    fprintf(f, "{\"traceEvents\": [\n{\"name\": \"process_name\", \"ph\": "
            "\"M\", \"pid\": 1, \"args\": {\"name\": \"softcuda: %s, a model "
            "of order and bytes, not of kernels' speed\"}}", machine_name);
    for (int i = 0; i < 4; i++)
        fprintf(f, ",\n{\"name\": \"thread_name\", \"ph\": \"M\", \"pid\": 1,"
                " \"tid\": %d, \"args\": {\"name\": \"%s\"}}", i, rows[i]);
    for (const ScTimelineEntry *e = entries; e; e = e->next)
        write_entry(f, e);
    fprintf(f, "\n]}\n");
    fclose(f);
}

void sc_timeline_counters(FILE *f)
{
    Times t;

    if (!sc_timeline_enabled)
        return;
    t = schedule();
    fprintf(f, "  \"virtual_time\": {\"machine\": \"%s\", \"makespan\": %.3f, "
            "\"to_device\": %.3f, \"compute\": %.3f, \"to_host\": %.3f, "
            "\"host_waits\": %llu, \"host_waited\": %.3f},\n", machine_name,
            t.makespan, t.busy[ENGINE_H2D], t.busy[ENGINE_COMPUTE],
            t.busy[ENGINE_D2H], (unsigned long long)t.waits, t.waited);
}

void sc_timeline_finish(void)
{
    const char *path = getenv("SOFTCUDA_TRACE");
    double scale;
    Times t;

    if (!sc_timeline_enabled)
        return;
    t     = schedule();
    scale = t.makespan > 0 ? 100 / t.makespan : 0;
    if (path)
        write_trace(path);
    sc_log("virtual time on %s: makespan %.3f ms, busy: to device %.1f %%, "
           "compute %.1f %%, to host %.1f %%; the host waits %.1f %% (order "
           "and bytes, not the speed of kernels)", machine_name,
           t.makespan / 1e3, t.busy[ENGINE_H2D] * scale,
           t.busy[ENGINE_COMPUTE] * scale, t.busy[ENGINE_D2H] * scale,
           t.waited * scale);
}
