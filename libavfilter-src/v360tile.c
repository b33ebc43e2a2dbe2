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


#include <string.h>

#include "libavutil/common.h"
#include "libavutil/mem_internal.h"
#include "v360tile.h"

/* Views that are remapped together: their chunks fit in half of an L1. */
#define BATCH 8
#define MAX_STEP 4
#define SLAB (V360_UNIT_H * V360_UNIT_PITCH)

/** Views of which a chunk lies inside, and what they read and write. */
typedef struct Batch {
    const V360TileView *view[BATCH];
    const uint8_t *src[BATCH];
    int32_t shift[BATCH];
    int n;
} Batch;

/* As many samples of a row at once as lie inside, or as do not. */
static void remap_runs(const V360Tile *t, const V360TileView *v, int y,
                       int first, int end, V360TileCount *count)
{
    const V360Grid *g = t->grid;
    const V360Point *point = g->point + (size_t)y * g->w;
    const V360Run *run     = g->run   + (size_t)y * g->runs;
    const int32_t period   = v->remap->period;
    uint8_t *dst = v->dst + y * v->linesize;

    for (int i = first, n; i < end; i += n) {
        const int x = i * V360_RUN;
        int32_t shift = v->dx, next;
        const int inside = ff_v360_run_is_inside(&run[i], &shift, period);
        int samples;

        for (n = 1; i + n < end; n++) {
            next = v->dx;
            if (ff_v360_run_is_inside(&run[i + n], &next, period) != inside ||
                (inside && next != shift))
                break;
        }
        samples = FFMIN(n * V360_RUN, g->w - x);
        if (inside) {
            t->dsp->remap_inside(dst + x * t->step, point + x, samples,
                                 v->remap, shift);
            count->inside += samples;
        } else {
            t->dsp->remap_border(dst + x * t->step, point + x, samples,
                                 v->remap, v->dx);
            count->border += samples;
        }
    }
}

static void remap_rows(const V360Tile *t, const V360TileView *v, int y, int x0,
                       int x1, V360TileCount *count)
{
    const int end = FFMIN(y + V360_UNIT_H, t->grid->h);

    for (; y < end; y++)
        remap_runs(t, v, y, x0, x1, count);
}

/* Whether all taps and windows of a unit or a chunk lie inside the source. */
static int is_inside(const V360Tile *t, const V360TileView *v,
                     const V360Run *run, int32_t *shift)
{
    *shift = v->dx;
    return ff_v360_run_is_inside(run, shift, v->remap->period) &&
           run->x1 + *shift < t->w * 256;
}

/* Add the view if the chunk lies inside. */
static int batch_add(Batch *b, const V360Tile *t, const V360TileView *v,
                     const V360Run *chunk)
{
    int32_t shift;

    if (!is_inside(t, v, chunk, &shift))
        return 0;
    b->view[b->n]  = v;
    b->shift[b->n] = shift;
    b->src[b->n]   = v->remap->src +
                     (shift - t->units->fraction) / 256 * t->step;
    b->n++;
    return 1;
}

/* A unit that fits no kind. */
static void remap_odd_unit(const V360Tile *t, const Batch *b, uint8_t *dst,
                           int unit, int band)
{
    const V360Grid *g = t->grid;
    const int end = FFMIN(V360_UNIT_H, g->h - band * V360_UNIT_H);
    const int n   = FFMIN(V360_UNIT_W, g->w - unit * V360_UNIT_W);
    const V360Point *point = g->point + unit * V360_UNIT_W +
                             (size_t)band * V360_UNIT_H * g->w;

    for (int i = 0; i < b->n; i++)
        for (int y = 0; y < end; y++)
            t->dsp->remap_inside(dst + (i * SLAB + y * V360_UNIT_PITCH) *
                                 t->step, point + y * g->w, n,
                                 b->view[i]->remap, b->shift[i]);
}

static void store(const V360Tile *t, const V360TileView *v, const uint8_t *src,
                  int x, int end, int y)
{
    const int pitch = V360_UNIT_PITCH * t->step;
    const int width = (end - x) * t->step;
    const int rows  = FFMIN(V360_UNIT_H, t->grid->h - y);
    uint8_t *dst = v->dst + y * v->linesize + x * t->step;
    int done = 0;

    if (rows == V360_UNIT_H && !(((uintptr_t)dst | v->linesize) & 63)) {
        done = width & ~63;
        t->dsp->store(dst, v->linesize, src, pitch, done);
    }
    for (int i = 0; i < rows && done < width; i++)
        memcpy(dst + i * v->linesize + done, src + i * pitch + done,
               width - done);
}

/* Units of a band, first to end, which lie inside for all views. */
static void remap_batch(const V360Tile *t, const Batch *b, int first, int end,
                        int band, V360TileCount *count)
{
    LOCAL_ALIGNED_64(uint8_t, out, [BATCH * SLAB * MAX_STEP]);
    const V360Units *u = t->units;
    const size_t row = (size_t)band * u->units;
    int odd = 0;

    for (int i = first, n; i < end; i += n) {
        const int kind = u->kind[row + i];
        uint8_t *dst = out + (i - first) * V360_UNIT_W * t->step;

        n = 1;
        if (kind != V360_UNIT_NONE) {
            t->dsp->remap_units[kind](dst, &u->unit[row + i], n, b->src, b->n,
                                      b->view[0]->remap);
        } else {
            odd++;
            remap_odd_unit(t, b, dst, i, band);
        }
    }
    for (int i = 0; i < b->n; i++)
        store(t, b->view[i], out + i * SLAB * t->step, first * V360_UNIT_W,
              FFMIN(end * V360_UNIT_W, t->grid->w), band * V360_UNIT_H);
    count->unit   += (end - first - odd) * b->n * V360_UNIT_SAMPLES;
    count->inside += odd * b->n * V360_UNIT_SAMPLES;
}

/* A chunk of a view that does not lie inside as a whole. */
static void remap_split(const V360Tile *t, const V360TileView *v, int first,
                        int end, int band, V360TileCount *count)
{
    const V360Run *run = &t->units->run[(size_t)band * t->units->units];

    for (int i = first, n; i < end; i += n) {
        Batch b = { .n = 0 };

        n = 1;
        if (!batch_add(&b, t, v, &run[i])) {
            remap_rows(t, v, band * V360_UNIT_H, i, i + 1, count);
            continue;
        }
        for (int32_t shift; i + n < end; n++)
            if (!is_inside(t, v, &run[i + n], &shift) || shift != b.shift[0])
                break;
        remap_batch(t, &b, i, i + n, band, count);
    }
}

static void remap_chunk(const V360Tile *t, int chunk, int band,
                        const V360TileView *views, int nb_views,
                        V360TileCount *count)
{
    const V360Run *run = &t->units->chunk[(size_t)band * t->units->chunks +
                                          chunk];
    const int first = chunk * V360_CHUNK_UNITS;
    const int end   = FFMIN(first + V360_CHUNK_UNITS, t->units->units);
    Batch b = { .n = 0 };

    for (int i = 0; i < nb_views; i++) {
        if (!batch_add(&b, t, &views[i], run))
            remap_split(t, &views[i], first, end, band, count);
        if (b.n == BATCH || (b.n && i == nb_views - 1)) {
            remap_batch(t, &b, first, end, band, count);
            b.n = 0;
        }
    }
}

void ff_v360_tile_remap(const V360Tile *t, int y0, int y1,
                        const V360TileView *views, int nb_views,
                        V360TileCount *count)
{
    for (int y = y0; y < y1; y += V360_UNIT_H) {
        if (t->units)
            for (int i = 0; i < t->units->chunks; i++)
                remap_chunk(t, i, y / V360_UNIT_H, views, nb_views, count);
        else
            for (int i = 0; i < nb_views; i++)
                remap_rows(t, &views[i], y, 0, t->grid->runs, count);
    }
    t->dsp->store_end();
}
