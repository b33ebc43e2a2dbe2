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

#include "timeline.h"

/** @file What is told of virtual time: a trace, counters, a line. */

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
            "of order and bytes, not of kernels' speed\"}}", sc_machine_name);
    for (int i = 0; i < 4; i++)
        fprintf(f, ",\n{\"name\": \"thread_name\", \"ph\": \"M\", \"pid\": 1,"
                " \"tid\": %d, \"args\": {\"name\": \"%s\"}}", i, rows[i]);
    for (const ScTimelineEntry *e = sc_timeline_entries; e; e = e->next)
        write_entry(f, e);
    fprintf(f, "\n]}\n");
    fclose(f);
}

void sc_timeline_counters(FILE *f)
{
    const Times *t = sc_timeline_schedule();

    if (!sc_timeline_enabled)
        return;
    fprintf(f, "  \"virtual_time\": {\"machine\": \"%s\", \"makespan\": %.3f, "
            "\"to_device\": %.3f, \"compute\": %.3f, \"to_host\": %.3f, "
            "\"host_waits\": %llu, \"host_waited\": %.3f},\n", sc_machine_name,
            t->makespan, t->busy[ENGINE_H2D], t->busy[ENGINE_COMPUTE],
            t->busy[ENGINE_D2H], (unsigned long long)t->waits, t->waited);
}

void sc_timeline_finish(void)
{
    const char *path = getenv("SOFTCUDA_TRACE");
    const Times *t = sc_timeline_schedule();
    double scale = t->makespan > 0 ? 100 / t->makespan : 0;

    if (!sc_timeline_enabled)
        return;
    if (path)
        write_trace(path);
    sc_log("virtual time on %s: makespan %.3f ms, busy: to device %.1f %%, "
           "compute %.1f %%, to host %.1f %%; the host waits %.1f %% (order "
           "and bytes, not the speed of kernels)", sc_machine_name,
           t->makespan / 1e3, t->busy[ENGINE_H2D] * scale,
           t->busy[ENGINE_COMPUTE] * scale, t->busy[ENGINE_D2H] * scale,
           t->waited * scale);
}
