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

#include "libavutil/mem.h"
#include "packed.h"

void ff_v360_packed_free(V360PackedGrid *g)
{
    for (int i = 0; i * V360_SLICE_BLOCK_ROWS < g->rows && g->prefetch; i++)
        av_free(g->prefetch[i]);
    av_freep(&g->prefetch);
    for (int i = 0; g->row && i < g->rows; i++)
        av_free(g->row[i].segment);
    av_freep(&g->row);
}

size_t ff_v360_block_bytes(enum V360BlockLayout layout)
{
    return layout == V360_BLOCK_NONE ? V360_BLOCK_POINTS_SIZE
                                     : ff_v360_block_size(layout);
}

int ff_v360_block_run_next(V360BlockRun *run, const V360BlockRow *row,
                           const V360Segment *segment, int n)
{
    run->data   = run->n ? run->data + run->n * ff_v360_block_bytes(run->layout)
                         : row->data + segment->data;
    run->first += run->n;
    if (run->first >= n)
        return 0;
    run->layout = segment->layout[run->first];
    for (run->n = 1; run->first + run->n < n; run->n++)
        if (segment->layout[run->first + run->n] != run->layout)
            break;
    return 1;
}

void ff_v360_run_points(const V360PackedGrid *g, const V360BlockRun *run,
                        int block, V360Point point[V360_BLOCK_SAMPLES])
{
    const V360Point *row = (const V360Point *)run->data;

    if (run->layout != V360_BLOCK_NONE) {
        ff_v360_block_decode(point, ff_v360_run_block(run, block), run->layout,
                             &g->format, g->phase);
        return;
    }
    row += (block - run->first) * V360_BLOCK_W;
    for (int y = 0; y < V360_BLOCK_H; y++, row += run->n * V360_BLOCK_W)
        memcpy(point + y * V360_BLOCK_W, row, V360_BLOCK_W * sizeof(*point));
}

int ff_v360_packed_y(const V360PackedGrid *g, int y)
{
    const V360BlockRow *r = &g->row[y * g->supersample / V360_BLOCK_H];
    const int segment = g->segments / 2;
    V360Point point[V360_BLOCK_SAMPLES];
    V360BlockRun run = { 0 };

    ff_v360_block_run_next(&run, r, &r->segment[segment],
                           ff_v360_segment_blocks(g, segment));
    ff_v360_run_points(g, &run, 0, point);
    return point[0].y >> 8;
}
