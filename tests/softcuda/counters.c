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
 * Counters, written as JSON. Everything in it depends on the calls alone:
 * not on the mode, the host threads or the clock.
 */

ScKernelStats *sc_kernel_stats(const char *name)
{
    ScKernelStats **at = &sc.kernels, *s;

    while (*at && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    if (*at && !strcmp((*at)->name, name))
        return *at;
    s = calloc(1, sizeof(*s));
    s->name = strdup(name);
    s->next = *at;
    *at = s;
    return s;
}

static void count_shape(ScKernelStats *s, const struct ScShape *shape)
{
    for (int i = 0; i < s->nb_shapes; i++) {
        if (memcmp(&s->shapes[i], shape, offsetof(struct ScShape, count)))
            continue;
        s->shapes[i].count++;
        return;
    }
    s->shapes = realloc(s->shapes, (s->nb_shapes + 1) * sizeof(*s->shapes));
    s->shapes[s->nb_shapes++] = *shape;
}

void sc_count_launch(const ScOp *op)
{
    const ScKernel *k = op->launch.kernel;
    const uint32_t *g = op->launch.grid, *b = op->launch.block;
    struct ScShape shape = { .shared = op->launch.dynamic_shared,
                             .count = 1 };
    ScKernelStats *s = k->stats;
    uint64_t blocks = (uint64_t)g[0] * g[1] * g[2];

    memcpy(shape.grid, g, sizeof(shape.grid));
    memcpy(shape.block, b, sizeof(shape.block));
    count_shape(s, &shape);
    sc.count.launches++;
    s->launches++;
    s->blocks      += blocks;
    s->threads     += blocks * b[0] * b[1] * b[2];
    s->contractible = k->info.contractible;
    s->fused        = k->info.fused;
    s->approx       = k->info.approx;
}

static void write_number(FILE *f, const char *name, uint64_t value)
{
    fprintf(f, "  \"%s\": %llu,\n", name, (unsigned long long)value);
}

static void write_totals(FILE *f)
{
    const ScCounters *c = &sc.count;
    const struct {
        const char *name;
        uint64_t value;
    } totals[] = {
        { "launches",                  c->launches         },
        { "syncs",                     c->syncs            },
        { "faults",                    c->faults           },
        { "live_at_exit",              c->used             },
        { "live_allocations_at_exit",  c->live             },
        { "live_host_at_exit",         c->host_live        },
        { "live_contexts_at_exit",     c->live_contexts    },
        { "live_modules_at_exit",      c->live_modules     },
        { "live_streams_at_exit",      c->live_streams     },
        { "live_events_at_exit",       c->live_events      },
        { "live_textures_at_exit",     c->live_textures    },
        { "allocations",               c->allocations      },
        { "frees",                     c->frees            },
        { "peak",                      c->peak             },
        { "taken_peak",                c->taken_peak       },
        { "host_allocations",          c->host_allocations },
        { "host_bytes",                c->host_bytes       },
        { "contexts",                  c->contexts         },
        { "contexts_at_once",          c->contexts_at_once },
        { "modules",                   c->modules          },
        { "streams",                   c->streams          },
        { "events",                    c->events           },
        { "textures",                  c->textures         },
        { "fills",                     c->fills            },
        { "fill_bytes",                c->fill_bytes       },
    };

    for (size_t i = 0; i < sizeof(totals) / sizeof(*totals); i++)
        write_number(f, totals[i].name, totals[i].value);
}

static void write_copies(FILE *f)
{
    static const char *const names[] = { "h2d", "d2h", "d2d", "h2h" };
    static const char *const memory[] = { "pageable", "pinned" };

    fprintf(f, "  \"copies\": {");
    for (int way = 0; way < SC_DIRECTION_NB; way++) {
        fprintf(f, "%s\n    \"%s\": {", way ? "," : "", names[way]);
        for (int pinned = 0; pinned < 2; pinned++)
            fprintf(f, "%s\"%s\": {\"calls\": %llu, \"bytes\": %llu}",
                    pinned ? ", " : "", memory[pinned],
                    (unsigned long long)sc.count.copies[way][pinned].calls,
                    (unsigned long long)sc.count.copies[way][pinned].bytes);
        fprintf(f, "}");
    }
    fprintf(f, "\n  },\n");
}

static void write_calls(FILE *f)
{
    const char *separator = "";

    fprintf(f, "  \"calls\": {");
    for (const ScCall *c = sc.calls; c; c = c->next) {
        fprintf(f, "%s\n    \"%s\": %llu", separator, c->name,
                (unsigned long long)c->calls);
        separator = ",";
    }
    fprintf(f, "\n  },\n  \"syncs_by_call\": {");
    separator = "";
    for (const ScCall *c = sc.calls; c; c = c->next) {
        if (!c->syncs)
            continue;
        fprintf(f, "%s\n    \"%s\": %llu", separator, c->name,
                (unsigned long long)c->syncs);
        separator = ",";
    }
    fprintf(f, "\n  },\n");
}

static int compare_shapes(const void *a, const void *b)
{
    const uint32_t *x = (const uint32_t *)a, *y = (const uint32_t *)b;

    for (int i = 0; i < 7; i++)         /* grid, block, shared */
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static void write_shapes(FILE *f, ScKernelStats *s)
{
    qsort(s->shapes, s->nb_shapes, sizeof(*s->shapes), compare_shapes);
    fprintf(f, ",\n     \"shapes\": [");
    for (int i = 0; i < s->nb_shapes; i++) {
        const struct ScShape *p = &s->shapes[i];

        fprintf(f, "%s\n      {\"grid\": [%u, %u, %u], \"block\": [%u, %u, "
                "%u], \"shared\": %u, \"launches\": %llu}", i ? "," : "",
                p->grid[0], p->grid[1], p->grid[2], p->block[0], p->block[1],
                p->block[2], p->shared, (unsigned long long)p->count);
    }
    fprintf(f, "]");
}

static void write_instructions(FILE *f, const ScKernelStats *s)
{
    static const char *const names[] = {
        "float", "int", "move", "load", "store", "texture", "control"
    };
    uint64_t total = 0;

    for (int i = 0; i < SC_CLASS_NB; i++)
        total += s->classes[i];
    fprintf(f, ",\n     \"instructions\": %llu, \"instructions_per_thread\": "
            "{\"all\": %.3f", (unsigned long long)total,
            (double)total / s->threads);
    for (int i = 0; i < SC_CLASS_NB; i++)
        fprintf(f, ", \"%s\": %.3f", names[i],
                (double)s->classes[i] / s->threads);
    fprintf(f, "}");
}

static void write_memory(FILE *f, const ScKernelStats *s)
{
    static const char *const names[] = {
        "load_global", "store_global", "texture", "load_shared",
        "store_shared", "atomic", "load_const"
    };

    for (int i = 0; i < SC_MEM_NB; i++) {
        if (!s->requests[i])
            continue;
        fprintf(f, ",\n     \"%s\": {\"requests\": %llu, \"sectors\": "
                "%llu, \"bytes\": %llu", names[i],
                (unsigned long long)s->requests[i],
                (unsigned long long)s->sectors[i],
                (unsigned long long)s->bytes[i]);
        if (s->wavefronts[i])
            fprintf(f, ", \"lines\": %llu, \"wavefronts\": %llu",
                    (unsigned long long)s->lines[i],
                    (unsigned long long)s->wavefronts[i]);
        fprintf(f, "}");
    }
    fprintf(f, ",\n     \"unique_sectors_read\": %llu, "
            "\"unique_sectors_written\": %llu",
            (unsigned long long)s->unique_read,
            (unsigned long long)s->unique_written);
}

static void write_kernels(FILE *f)
{
    const char *separator = "";

    fprintf(f, "  \"kernels\": [");
    for (ScKernelStats *s = sc.kernels; s; s = s->next) {
        if (!s->launches)
            continue;
        fprintf(f, "%s\n    {\"name\": \"%s\", \"launches\": %llu, \"blocks\""
                ": %llu, \"threads\": %llu,\n     \"contractible\": %u, "
                "\"fma\": %u, \"approximate\": %u", separator, s->name,
                (unsigned long long)s->launches,
                (unsigned long long)s->blocks,
                (unsigned long long)s->threads, s->contractible, s->fused,
                s->approx);
        write_shapes(f, s);
        if (sc.profile) {
            write_instructions(f, s);
            write_memory(f, s);
        }
        fprintf(f, "}");
        separator = ",";
    }
    fprintf(f, "\n  ]\n");
}

void sc_write_counters(const char *path)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "w") : stderr;

    if (!f) {
        sc_log("cannot write %s", path);
        return;
    }
    fprintf(f, "{\n");
    write_totals(f);
    write_copies(f);
    write_calls(f);
    sc_timeline_counters(f);
    write_kernels(f);
    fprintf(f, "}\n");
    if (f != stderr)
        fclose(f);
}
