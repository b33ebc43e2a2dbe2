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

#include <stdatomic.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "packed.h"

/* Bytes of a unit that is kept as points, the most that one takes. */
#define POINTS_SIZE (V360_UNIT_SAMPLES * sizeof(V360Point))

_Static_assert(sizeof(V360Unit) <= POINTS_SIZE, "V360Unit");

/** Points of a row of units, and the units that are made of them. */
typedef struct Work {
    V360Point *point;   ///< by unit, each in rows
    V360Chunk *chunk;
    uint8_t *data;
} Work;

typedef struct UnitsJob {
    V360Grid *grid;
    V360Units *units;
    int nb_units;       ///< one for each fraction
    atomic_int failed;
} UnitsJob;

static void add_run(V360Run *sum, V360Run run)
{
    sum->x0 = FFMIN(sum->x0, run.x0); /* V360_VOID is the smallest */
    sum->x1 = FFMAX(sum->x1, run.x1);
}

/* The points of a row of units. Below the bottom edge the last row is
 * repeated. */
static void make_points(const Work *w, const V360Grid *g, const V360Units *u,
                        int band)
{
    const int window = V360_WINDOW_BYTES / u->format.step * 256;
    V360PointRow row[V360_UNIT_H];

    for (int y = 0; y < V360_UNIT_H; y++)
        ff_v360_point_row_init(&row[y], &g->map,
                               FFMIN(band * V360_UNIT_H + y, g->h - 1));
    for (int i = 0; i < u->units; i++) {
        V360Point *point = w->point + (size_t)i * V360_UNIT_SAMPLES;
        V360Run run = { INT32_MAX, INT32_MIN };

        for (int y = 0; y < V360_UNIT_H; y++)
            add_run(&run, ff_v360_point_run(&row[y], point + y * V360_UNIT_W,
                                            i * V360_UNIT_W));
        run.x1 += window;
        w->chunk[i / V360_CHUNK_UNITS].unit_run[i % V360_CHUNK_UNITS] = run;
    }
}

/* Units that fit no kind, as one group of n. */
static uint8_t *copy_points(uint8_t *data, const V360Point *point, int n)
{
    for (int y = 0; y < V360_UNIT_H; y++) {
        for (int i = 0; i < n; i++) {
            const size_t size = V360_UNIT_W * sizeof(*point);

            memcpy(data, point + i * V360_UNIT_SAMPLES + y * V360_UNIT_W, size);
            data += size;
        }
    }
    return data;
}

/* Returns the end of the data of the chunk's units. */
static uint8_t *make_chunk(V360Chunk *c, uint8_t *data, const V360Units *u,
                           const V360Point *point, int n)
{
    int odd = 0; /* units in a row that fit no kind, not yet written */

    c->run = (V360Run){ INT32_MAX, INT32_MIN };
    for (int i = 0; i < n; i++, point += V360_UNIT_SAMPLES) {
        V360Unit *unit = (V360Unit *)(data + odd * POINTS_SIZE);

        add_run(&c->run, c->unit_run[i]);
        c->kind[i] = c->unit_run[i].x0 == V360_VOID ? V360_UNIT_NONE :
                     ff_v360_unit_make(unit, point, &u->format,
                                       u->fraction);
        if (c->kind[i] == V360_UNIT_NONE) {
            odd++;
            continue;
        }
        if (odd) {
            data = copy_points(data, point - odd * V360_UNIT_SAMPLES, odd);
            odd  = 0;
        }
        data += ff_v360_unit_size(c->kind[i]);
    }
    return copy_points(data, point - odd * V360_UNIT_SAMPLES, odd);
}

/* A copy of the band in memory of its own, as large as it turned out. */
static int keep_band(V360Band *b, const Work *w, const V360Units *u,
                     size_t size)
{
    const size_t chunks = FFALIGN(u->chunks * sizeof(*w->chunk), 64);
    uint8_t *p = av_malloc(chunks + size);

    if (!p)
        return AVERROR(ENOMEM);
    b->chunk = (V360Chunk *)p;
    b->data  = p + chunks;
    memcpy(b->chunk, w->chunk, u->chunks * sizeof(*w->chunk));
    memcpy(b->data, w->data, size);
    return 0;
}

static int make_band(const Work *w, const V360Units *u, int band)
{
    uint8_t *end = w->data;

    for (int i = 0; i < u->chunks; i++) {
        V360Chunk *c = &w->chunk[i];
        const int n = ff_v360_chunk_units(u, i);

        c->data = end - w->data;
        end = make_chunk(c, end, u, w->point + (size_t)i * V360_CHUNK_UNITS *
                                    V360_UNIT_SAMPLES, n);
    }
    return keep_band(&u->band[band], w, u, end - w->data);
}

static void work_free(Work *w)
{
    av_freep(&w->point);
    av_freep(&w->chunk);
    av_freep(&w->data);
}

static int work_init(Work *w, const V360Units *u)
{
    w->point = av_malloc_array(u->units, V360_UNIT_SAMPLES * sizeof(*w->point));
    w->chunk = av_malloc_array(u->chunks, sizeof(*w->chunk));
    w->data  = av_malloc_array(u->units, POINTS_SIZE);
    return w->point && w->chunk && w->data ? 0 : AVERROR(ENOMEM);
}

static void make_bands(void *arg, int job, int nb_jobs)
{
    UnitsJob *j = arg;
    const int bands = j->units[0].bands, end = bands * (job + 1) / nb_jobs;
    Work w = { 0 };
    int ret = work_init(&w, &j->units[0]);

    for (int y = bands * job / nb_jobs; y < end && ret >= 0; y++) {
        make_points(&w, j->grid, &j->units[0], y);
        for (int i = 0; i < j->nb_units && ret >= 0; i++)
            ret = make_band(&w, &j->units[i], y);
    }
    if (ret < 0)
        atomic_store(&j->failed, ret);
    work_free(&w);
}

static void units_free(V360Units *u)
{
    ff_v360_touch_free(u);
    for (int i = 0; u->band && i < u->bands; i++)
        av_free(u->band[i].chunk);
    av_freep(&u->band);
}

/* Drop the units of the format that nobody wants. Those of another step are of
 * another plane, whose own call drops them. As it is both calls want the same
 * fractions, for there are fast kernels for both steps or for neither, and so
 * the result would be the same without the condition on the step. */
static void drop_units(V360Grid *g, const uint8_t wanted[256], int step)
{
    int n = 0;

    for (int i = 0; i < g->nb_units; i++) {
        V360Units *u = &g->units[i];

        if (u->format.step != step || wanted[u->fraction])
            g->units[n++] = *u;
        else
            units_free(u);
    }
    g->nb_units = n;
}

static int has_units(const V360Grid *g, int fraction, int step)
{
    for (int i = 0; i < g->nb_units; i++)
        if (g->units[i].fraction == fraction && g->units[i].format.step == step)
            return 1;
    return 0;
}

static int units_init(V360Units *u, const V360Grid *g, int fraction,
                      const V360UnitFormat *f)
{
    u->format   = *f;
    u->fraction = fraction;
    u->units    = (g->w + V360_UNIT_W - 1) / V360_UNIT_W;
    u->chunks   = (u->units + V360_CHUNK_UNITS - 1) / V360_CHUNK_UNITS;
    u->bands    = (g->h + V360_UNIT_H - 1) / V360_UNIT_H;
    u->touch    = NULL;
    u->band     = av_calloc(u->bands, sizeof(*u->band));
    return u->band ? 0 : AVERROR(ENOMEM);
}

/* All fractions at once, so that the points are made once. */
int ff_v360_units_update(V360Grid *g, const uint8_t wanted[256],
                         const V360UnitFormat *f, const V360Execute *exec)
{
    V360Units new[256], *units;
    UnitsJob job = { .grid = g, .units = new };
    int ret = 0;

    drop_units(g, wanted, f->step);
    for (int i = 0; i < 256 && ret >= 0; i++)
        if (wanted[i] && !has_units(g, i, f->step))
            ret = units_init(&new[job.nb_units++], g, i, f);
    if (ret >= 0 && job.nb_units) {
        exec->run(exec->opaque, make_bands, &job,
                  FFMIN(new[0].bands, exec->nb_threads * 4));
        ret = atomic_load(&job.failed);
    }
    for (int i = 0; i < job.nb_units && f->kinds && ret >= 0; i++)
        ret = ff_v360_touch_make(&new[i], exec);
    units = ret < 0 || !job.nb_units ? NULL :
            av_realloc_array(g->units, g->nb_units + job.nb_units,
                             sizeof(*units));
    if (units) {
        memcpy(units + g->nb_units, new, job.nb_units * sizeof(*new));
        g->units     = units;
        g->nb_units += job.nb_units;
        return 0;
    }
    for (int i = 0; i < job.nb_units; i++)
        units_free(&new[i]);
    return job.nb_units && ret >= 0 ? AVERROR(ENOMEM) : ret;
}

void ff_v360_units_free(V360Grid *g)
{
    for (int i = 0; i < g->nb_units; i++)
        units_free(&g->units[i]);
    av_freep(&g->units);
    g->nb_units = 0;
}

size_t ff_v360_unit_bytes(enum V360UnitKind kind)
{
    return kind == V360_UNIT_NONE ? POINTS_SIZE : ff_v360_unit_size(kind);
}

int ff_v360_unit_group_next(V360UnitGroup *g, const V360Band *b,
                            const V360Chunk *c, int n)
{
    g->data   = g->n ? g->data + g->n * ff_v360_unit_bytes(g->kind) :
                       b->data + c->data;
    g->first += g->n;
    if (g->first >= n)
        return 0;
    g->kind = c->kind[g->first];
    for (g->n = 1; g->first + g->n < n; g->n++)
        if (c->kind[g->first + g->n] != g->kind)
            break;
    return 1;
}

void ff_v360_group_points(const V360Units *u, const V360UnitGroup *g, int unit,
                         V360Point point[V360_UNIT_SAMPLES])
{
    const V360Point *row = (const V360Point *)g->data;

    if (g->kind != V360_UNIT_NONE) {
        ff_v360_unit_decode(point, ff_v360_group_unit(g, unit), g->kind,
                            &u->format, u->fraction);
        return;
    }
    row += (unit - g->first) * V360_UNIT_W;
    for (int y = 0; y < V360_UNIT_H; y++, row += g->n * V360_UNIT_W)
        memcpy(point + y * V360_UNIT_W, row, V360_UNIT_W * sizeof(*point));
}

int ff_v360_units_y(const V360Units *u, int band)
{
    const V360Band *b = &u->band[band];
    const int chunk   = u->chunks / 2;
    V360Point point[V360_UNIT_SAMPLES];
    V360UnitGroup g = { 0 };

    ff_v360_unit_group_next(&g, b, &b->chunk[chunk],
                            ff_v360_chunk_units(u, chunk));
    ff_v360_group_points(u, &g, 0, point);
    return point[0].y >> 8;
}
