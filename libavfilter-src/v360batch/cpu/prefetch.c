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

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/mem.h"
#include "prefetch.h"

/*
 * Hardware prefetchers miss the lines that the windows of a block read, because
 * the rows of a window are far apart: so there are lists of these lines.
 */

#define LINE 64     /* bytes that a cache fetches at once */

typedef struct ListJob {
    V360PackedGrid *packed;
    int slices;
    int lines;      ///< number of lines in a row of the source
} ListJob;

/** The lines that a slice has read so far. */
typedef struct SliceReads {
    const ListJob *job;
    uint8_t *bits;  ///< one for each line of the source: it has been read
    size_t size;
    uint32_t *list;
    int n;
} SliceReads;

static void read_line(SliceReads *s, int x, int y)
{
    const size_t i = (size_t)y * s->job->lines + x;

    if (s->bits[i >> 3] >> (i & 7) & 1)
        return;
    s->bits[i >> 3] |= 1 << (i & 7);
    s->list[s->n++] = (uint32_t)y << 16 | x;
}

/* Windows are read as a whole, whatever the samples need. */
static void read_windows(SliceReads *s, const V360Block *block,
                         enum V360BlockLayout layout)
{
    const V360BlockFormat *f = &s->job->packed->format;
    const int rows = ff_v360_window_rows(layout, f->taps);

    for (int i = 0; i < ff_v360_nb_windows(layout); i++) {
        const int x0 = block->anchor[i][0] * f->step;
        const int x1 = x0 + V360_WINDOW_BYTES - 1;

        for (int y = block->anchor[i][1]; y < block->anchor[i][1] + rows; y++) {
            read_line(s, x0 / LINE, y);
            if (x1 / LINE != x0 / LINE)
                read_line(s, x1 / LINE, y);
        }
    }
}

/* The first tap of each sample and the one below are enough for blocks that fit
 * no layout: most of the other taps are in the same lines. */
static void read_points(SliceReads *s, const V360Point *point, int n)
{
    const V360BlockFormat *f = &s->job->packed->format;
    const int phase = s->job->packed->phase;

    for (int i = 0; i < n; i++) {
        const int x = av_clip((point[i].x + phase) >> 8, 0, f->w - 1);
        const int y = av_clip(point[i].y >> 8, 0, f->h - 1);

        if (point[i].x == V360_UNMAPPED)
            continue;
        read_line(s, x * f->step / LINE, y);
        read_line(s, x * f->step / LINE, y + 1);
    }
}

static void read_segment(SliceReads *s, const V360BlockRow *row, int segment)
{
    const int n = ff_v360_segment_blocks(s->job->packed, segment);
    V360BlockRun run = { 0 };

    while (ff_v360_block_run_next(&run, row, &row->segment[segment], n)) {
        if (run.layout == V360_BLOCK_NONE) {
            read_points(s, (const V360Point *)run.data,
                        run.n * V360_BLOCK_SAMPLES);
            continue;
        }
        for (int i = run.first; i < run.first + run.n; i++)
            read_windows(s, ff_v360_run_block(&run, i), run.layout);
    }
}

static void read_slice(SliceReads *s, int slice)
{
    const V360PackedGrid *g = s->job->packed;
    const int y0 = slice * V360_SLICE_BLOCK_ROWS;
    const int y1 = FFMIN(y0 + V360_SLICE_BLOCK_ROWS, g->rows);
    uint32_t *first = s->list;

    memset(s->bits, 0, s->size);
    s->n = (y1 - y0) * g->segments + 1;
    for (int y = y0; y < y1; y++) {
        for (int i = 0; i < g->segments; i++) {
            *first++ = s->n;
            read_segment(s, &g->row[y], i);
        }
    }
    *first = s->n;
}

/* Most lines of a block: two for each row of each window, which has 9 rows at
 * most. */
#define MAX_LINES (V360_BLOCK_WINDOWS * 9 * 2)

/* On ENOMEM the slice simply has no list. */
static void make_slices(void *arg, int job, int nb_jobs)
{
    const ListJob *j = arg;
    const V360PackedGrid *g = j->packed;
    const int end = j->slices * (job + 1) / nb_jobs;
    SliceReads s = { j, .size = (size_t)j->lines * (g->format.h + 1) / 8 + 1 };

    s.bits = av_malloc(s.size);
    s.list = av_malloc_array((size_t)g->blocks * V360_SLICE_BLOCK_ROWS,
                             (MAX_LINES + 2) * sizeof(*s.list));
    for (int i = j->slices * job / nb_jobs; i < end && s.bits && s.list; i++) {
        read_slice(&s, i);
        g->prefetch[i] = av_memdup(s.list, s.n * sizeof(*s.list));
    }
    av_free(s.bits);
    av_free(s.list);
}

int ff_v360_prefetch_make(V360PackedGrid *g, const V360Execute *exec)
{
    ListJob job = { g };

    job.slices  = (g->rows + V360_SLICE_BLOCK_ROWS - 1) / V360_SLICE_BLOCK_ROWS;
    job.lines   = g->format.w * g->format.step / LINE + 1;
    g->prefetch = av_calloc(job.slices, sizeof(*g->prefetch));
    if (!g->prefetch)
        return AVERROR(ENOMEM);
    /* 4 jobs a thread: see V360Execute */
    exec->run(exec->opaque, make_slices, &job,
              FFMIN(job.slices, exec->nb_threads * 4));
    return 0;
}
