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

void ff_v360_packed_free(V360PackedGrid *u)
{
    for (int i = 0; i * V360_SLICE_BLOCK_ROWS < u->block_rows && u->prefetch; i++)
        av_free(u->prefetch[i]);
    av_freep(&u->prefetch);
    for (int i = 0; u->block_row && i < u->block_rows; i++)
        av_free(u->block_row[i].segment);
    av_freep(&u->block_row);
}

size_t ff_v360_block_bytes(enum V360BlockLayout layout)
{
    return layout == V360_BLOCK_NONE ? V360_BLOCK_POINTS_SIZE : ff_v360_block_size(layout);
}

int ff_v360_block_run_next(V360BlockRun *g, const V360BlockRow *b,
                           const V360Segment *c, int n)
{
    g->data   = g->n ? g->data + g->n * ff_v360_block_bytes(g->layout) :
                       b->data + c->data;
    g->first += g->n;
    if (g->first >= n)
        return 0;
    g->layout = c->layout[g->first];
    for (g->n = 1; g->first + g->n < n; g->n++)
        if (c->layout[g->first + g->n] != g->layout)
            break;
    return 1;
}

void ff_v360_run_points(const V360PackedGrid *u, const V360BlockRun *g, int block,
                         V360Point point[V360_BLOCK_SAMPLES])
{
    const V360Point *row = (const V360Point *)g->data;

    if (g->layout != V360_BLOCK_NONE) {
        ff_v360_block_decode(point, ff_v360_run_block(g, block), g->layout,
                             &u->format, u->phase);
        return;
    }
    row += (block - g->first) * V360_BLOCK_W;
    for (int y = 0; y < V360_BLOCK_H; y++, row += g->n * V360_BLOCK_W)
        memcpy(point + y * V360_BLOCK_W, row, V360_BLOCK_W * sizeof(*point));
}

int ff_v360_packed_y(const V360PackedGrid *u, int block_row)
{
    const V360BlockRow *b = &u->block_row[block_row];
    const int segment   = u->segments / 2;
    V360Point point[V360_BLOCK_SAMPLES];
    V360BlockRun g = { 0 };

    ff_v360_block_run_next(&g, b, &b->segment[segment],
                           ff_v360_segment_blocks(u, segment));
    ff_v360_run_points(u, &g, 0, point);
    return point[0].y >> 8;
}
