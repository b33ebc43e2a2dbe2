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

void ff_v360_units_free(V360Units *u)
{
    for (int i = 0; i * V360_TILE_BANDS < u->bands && u->touch; i++)
        av_free(u->touch[i]);
    av_freep(&u->touch);
    for (int i = 0; u->band && i < u->bands; i++)
        av_free(u->band[i].chunk);
    av_freep(&u->band);
}

size_t ff_v360_unit_bytes(enum V360UnitKind kind)
{
    return kind == V360_UNIT_NONE ? V360_UNIT_POINTS_SIZE : ff_v360_unit_size(kind);
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
