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

#include <stdlib.h>

#include "stream.h"

/** @file Bits, NAL units, samples. */

static void add_byte(Bits *b, uint8_t byte)
{
    if (b->size == b->allocated) {
        b->allocated = b->allocated ? 2 * b->allocated : 4096;
        b->data      = realloc(b->data, b->allocated);
        if (!b->data)
            abort();
    }
    b->data[b->size++] = byte;
}

void bits_put(Bits *b, int n, uint32_t value)
{
    while (n-- > 0) {
        if (!b->nb_last && n >= 7) {
            add_byte(b, value >> (n - 7));
            n -= 7;
            continue;
        }
        b->last = b->last << 1 | (value >> n & 1);
        if (++b->nb_last < 8)
            continue;
        add_byte(b, b->last);
        b->last = b->nb_last = 0;
    }
}

void bits_ue(Bits *b, uint32_t value)
{
    int n = 0;

    while ((value + 1) >> (n + 1))
        n++;
    bits_put(b, n, 0);
    bits_put(b, n + 1, value + 1);
}

void bits_se(Bits *b, int32_t value)
{
    bits_ue(b, value > 0 ? 2 * value - 1 : -2 * value);
}

void bits_align(Bits *b)
{
    bits_put(b, (8 - b->nb_last) & 7, 0);
}

void bits_trailing(Bits *b)
{
    bits_put(b, 1, 1);
    bits_align(b);
}

/* Two zeros never stand before a byte of 3 or less but in a start code. */
void bits_nal(Bits *out, const uint8_t *header, int size, Bits *payload)
{
    int zeros = 0;

    for (int i = 0; i < 3; i++)
        add_byte(out, 0);
    add_byte(out, 1);
    for (int i = 0; i < size; i++)
        add_byte(out, header[i]);
    for (size_t i = 0; i < payload->size; i++) {
        uint8_t byte = payload->data[i];

        if (zeros == 2 && byte <= 3) {
            add_byte(out, 3);
            zeros = 0;
        }
        add_byte(out, byte);
        zeros = byte ? 0 : zeros + 1;
    }
    free(payload->data);
    *payload = (Bits){ 0 };
}

void bits_block(Bits *b, const Sequence *s, const Picture *p, int x, int y)
{
    for (int i = 0; i < 3; i++) {
        int size = i && !s->full_chroma ? BLOCK / 2 : BLOCK;
        const uint16_t *at = p->plane[i] + (size_t)y * size * p->stride[i] +
                             x * size;

        for (int v = 0; v < size; v++, at += p->stride[i])
            for (int u = 0; u < size; u++)
                bits_put(b, s->depth, at[u]);
    }
}

void bits_colours(Bits *b, const Sequence *s)
{
    bits_put(b, 1, s->signal);
    if (!s->signal)
        return;
    bits_put(b, 3, s->format);
    bits_put(b, 1, s->full_range);
    bits_put(b, 1, s->colours);
    if (!s->colours)
        return;
    bits_put(b, 8, s->primaries);
    bits_put(b, 8, s->transfer);
    bits_put(b, 8, s->matrix);
}
