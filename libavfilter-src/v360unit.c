/*
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


#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "v360unit.h"

typedef struct UnitsJob {
    const V360Grid *grid;
    const V360Units *units;
    const V360UnitFormat *format;
} UnitsJob;

/** First tap and phases of the samples of a unit, in rows. */
typedef struct Taps {
    int x[V360_UNIT_SAMPLES], y[V360_UNIT_SAMPLES];
    uint8_t fx[V360_UNIT_SAMPLES], fy[V360_UNIT_SAMPLES];
} Taps;

/* Beyond the right and the bottom edge the last sample is repeated. */
static void unit_taps(Taps *t, const UnitsJob *j, int ux, int uy)
{
    const V360Grid *g = j->grid;
    const int taps = j->format->taps;
    const int bias = taps == 1 ? V360_PHASES / 2 : 0, before = taps == 4;

    for (int i = 0; i < V360_UNIT_SAMPLES; i++) {
        const int x = FFMIN(ux * V360_UNIT_W + i % V360_UNIT_W, g->w - 1);
        const int y = FFMIN(uy * V360_UNIT_H + i / V360_UNIT_W, g->h - 1);
        const V360Point p = g->point[(size_t)y * g->w + x];
        const int px = p.x + j->units->fraction + bias, py = p.y + bias;

        t->x[i]  = (px >> 8) - before;
        t->y[i]  = (py >> 8) - before;
        t->fx[i] = px & 255;
        t->fy[i] = py & 255;
    }
}

/* A window around the taps of w * h samples from x, y. */
static int place_window(uint16_t anchor[2], const Taps *t, int x, int y,
                        const V360UnitShape *s, const V360UnitFormat *f)
{
    const int rows = s->total ? s->total : s->rows + f->taps - 1;
    int x0 = INT_MAX, y0 = INT_MAX, x1 = 0, y1 = 0;

    for (int j = y; j < y + s->h; j++) {
        for (int i = x; i < x + s->w; i++) {
            const int k = j * V360_UNIT_W + i;
            x0 = FFMIN(x0, t->x[k]);
            x1 = FFMAX(x1, t->x[k]);
            y0 = FFMIN(y0, t->y[k]);
            y1 = FFMAX(y1, t->y[k]);
        }
    }
    y0 = FFMIN(y0, f->h - rows);
    anchor[0] = x0;
    anchor[1] = y0;
    return y0 >= 0 && x0 >= 0 && x0 <= UINT16_MAX && y0 <= UINT16_MAX &&
           (x1 - x0 + f->taps) * f->step <= V360_WINDOW_BYTES &&
           y1 - y0 + f->taps <= rows;
}

static int try_kind(V360Unit *u, const Taps *t, enum V360UnitKind kind,
                    const V360UnitFormat *f)
{
    const V360UnitShape *s = &ff_v360_unit_shapes[kind];
    int window;

    for (int y = 0; y < V360_UNIT_H; y += s->h) {
        for (int x = 0; x < V360_UNIT_W; x += s->w) {
            ff_v360_unit_index(kind, x, y, &window);
            if (!place_window(u->anchor[window], t, x, y, s, f))
                return 0;
        }
    }
    for (int i = 0; i < V360_UNIT_SAMPLES; i++) {
        const int k = ff_v360_unit_index(kind, i % V360_UNIT_W,
                                         i / V360_UNIT_W, &window);
        const uint16_t *anchor = u->anchor[window];

        u->index[k] = (t->y[i] - anchor[1]) * V360_WINDOW_BYTES +
                      (t->x[i] - anchor[0]) * f->step;
        u->fx[k] = t->fx[i];
        u->fy[k] = t->fy[i];
    }
    return 1;
}

static enum V360UnitKind make_unit(V360Unit *u, const UnitsJob *j, int x, int y)
{
    Taps t;

    unit_taps(&t, j, x, y);
    for (int kind = 0; kind < V360_NB_UNIT_KINDS; kind++)
        if (j->format->kinds >> kind & 1 && try_kind(u, &t, kind, j->format))
            return kind;
    return V360_UNIT_NONE;
}

static void add_run(V360Run *sum, V360Run run)
{
    sum->x0 = FFMIN(sum->x0, run.x0); /* V360_VOID is the smallest */
    sum->x1 = FFMAX(sum->x1, run.x1);
}

/* The runs of a unit are those of the rows it has. */
static V360Run unit_run(const UnitsJob *j, int x, int y)
{
    const V360Grid *g = j->grid;
    const int end = FFMIN((y + 1) * V360_UNIT_H, g->h);
    V360Run run = { INT32_MAX, INT32_MIN };

    for (int i = y * V360_UNIT_H; i < end; i++)
        add_run(&run, g->run[(size_t)i * g->runs + x]);
    run.x1 += V360_WINDOW_BYTES / j->format->step * 256;
    return run;
}

static void make_bands(void *arg, int job, int nb_jobs)
{
    const UnitsJob *j = arg;
    const V360Units *u = j->units;
    const int end = u->bands * (job + 1) / nb_jobs;

    for (int y = u->bands * job / nb_jobs; y < end; y++) {
        V360Run *chunk = &u->chunk[(size_t)y * u->chunks];

        for (int i = 0; i < u->chunks; i++)
            chunk[i] = (V360Run){ INT32_MAX, INT32_MIN };
        for (int x = 0; x < u->units; x++) {
            const size_t i = (size_t)y * u->units + x;
            const V360Run run = unit_run(j, x, y);

            u->run[i] = run;
            add_run(&chunk[x / V360_CHUNK_UNITS], run);
            u->kind[i] = run.x0 == V360_VOID ? V360_UNIT_NONE :
                         make_unit(&u->unit[i], j, x, y);
        }
    }
}

static void units_free(V360Units *u)
{
    av_freep(&u->unit);
    av_freep(&u->kind);
    av_freep(&u->run);
    av_freep(&u->chunk);
}

int ff_v360_units_make(V360Grid *g, int fraction, const V360UnitFormat *f,
                       const V360Execute *exec)
{
    V360Units u = { .step = f->step, .fraction = fraction }, *array;
    UnitsJob job = { g, &u, f };
    size_t n;

    for (int i = 0; i < g->nb_units; i++)
        if (g->units[i].fraction == fraction && g->units[i].step == f->step)
            return 0;
    u.units  = g->runs;
    u.chunks = (u.units + V360_CHUNK_UNITS - 1) / V360_CHUNK_UNITS;
    u.bands  = (g->h + V360_UNIT_H - 1) / V360_UNIT_H;
    n        = (size_t)u.units * u.bands;
    u.unit   = av_malloc_array(n, sizeof(*u.unit));
    u.kind   = av_malloc(n);
    u.run    = av_malloc_array(n, sizeof(*u.run));
    u.chunk  = av_malloc_array((size_t)u.chunks * u.bands, sizeof(*u.chunk));
    array    = av_realloc_array(g->units, g->nb_units + 1, sizeof(*array));
    if (array)
        g->units = array;
    if (!u.unit || !u.kind || !u.run || !u.chunk || !array) {
        units_free(&u);
        return AVERROR(ENOMEM);
    }
    g->units[g->nb_units++] = u;
    exec->run(exec->opaque, make_bands, &job,
              FFMIN(u.bands, exec->nb_threads * 4));
    return 0;
}

void ff_v360_units_free(V360Grid *g)
{
    for (int i = 0; i < g->nb_units; i++)
        units_free(&g->units[i]);
    av_freep(&g->units);
    g->nb_units = 0;
}
