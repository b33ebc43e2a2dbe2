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

#include "stream.h"

/**
 * @file
 * HEVC of IDR pictures whose coding units are all PCM, so that a decoder gives
 * back the samples.
 */

enum { IDR = 20, VPS = 32, SPS, PPS };

/* Ranges of the less probable symbol by state, of a context that only ever sees
 * the other one. */
static const uint8_t lps_ranges[63][4] = {
    { 128, 176, 208, 240 }, { 128, 167, 197, 227 }, { 128, 158, 187, 216 },
    { 123, 150, 178, 205 }, { 116, 142, 169, 195 }, { 111, 135, 160, 185 },
    { 105, 128, 152, 175 }, { 100, 122, 144, 166 }, {  95, 116, 137, 158 },
    {  90, 110, 130, 150 }, {  85, 104, 123, 142 }, {  81,  99, 117, 135 },
    {  77,  94, 111, 128 }, {  73,  89, 105, 122 }, {  69,  85, 100, 116 },
    {  66,  80,  95, 110 }, {  62,  76,  90, 104 }, {  59,  72,  86,  99 },
    {  56,  69,  81,  94 }, {  53,  65,  77,  89 }, {  51,  62,  73,  85 },
    {  48,  59,  69,  80 }, {  46,  56,  66,  76 }, {  43,  53,  63,  72 },
    {  41,  50,  59,  69 }, {  39,  48,  56,  65 }, {  37,  45,  54,  62 },
    {  35,  43,  51,  59 }, {  33,  41,  48,  56 }, {  32,  39,  46,  53 },
    {  30,  37,  43,  50 }, {  29,  35,  41,  48 }, {  27,  33,  39,  45 },
    {  26,  31,  37,  43 }, {  24,  30,  35,  41 }, {  23,  28,  33,  39 },
    {  22,  27,  32,  37 }, {  21,  26,  30,  35 }, {  20,  24,  29,  33 },
    {  19,  23,  27,  31 }, {  18,  22,  26,  30 }, {  17,  21,  25,  28 },
    {  16,  20,  23,  27 }, {  15,  19,  22,  25 }, {  14,  18,  21,  24 },
    {  14,  17,  20,  23 }, {  13,  16,  19,  22 }, {  12,  15,  18,  21 },
    {  12,  14,  17,  20 }, {  11,  14,  16,  19 }, {  11,  13,  15,  18 },
    {  10,  12,  15,  17 }, {  10,  12,  14,  16 }, {   9,  11,  13,  15 },
    {   9,  11,  12,  14 }, {   8,  10,  12,  14 }, {   8,   9,  11,  13 },
    {   7,   9,  11,  12 }, {   7,   9,  10,  12 }, {   7,   8,  10,  11 },
    {   6,   8,   9,  11 }, {   6,   7,   9,  10 }, {   6,   7,   8,   9 },
};

/** The arithmetic coder, and the one context that there is. */
typedef struct Coder {
    Bits *b;
    unsigned low, range;
    int first, outstanding;
    int state;
} Coder;

static void start(Coder *c)
{
    c->low   = 0;
    c->range = 510;
    c->first = 1;
    c->outstanding = 0;
}

static void put_bit(Coder *c, int bit)
{
    if (!c->first)
        bits_put(c->b, 1, bit);
    c->first = 0;
    for (; c->outstanding; c->outstanding--)
        bits_put(c->b, 1, !bit);
}

static void renormalise(Coder *c)
{
    for (; c->range < 256; c->range <<= 1, c->low <<= 1) {
        if (c->low < 256) {
            put_bit(c, 0);
        } else if (c->low >= 512) {
            c->low -= 512;
            put_bit(c, 1);
        } else {
            c->low -= 256;
            c->outstanding++;
        }
    }
}

static void probable(Coder *c)
{
    c->range -= lps_ranges[c->state][c->range >> 6 & 3];
    if (c->state < 62)
        c->state++;
    renormalise(c);
}

/* With end, the last bit is a one. */
static void terminate(Coder *c, int end)
{
    c->range -= 2;
    if (!end) {
        renormalise(c);
        return;
    }
    c->low  += c->range;
    c->range = 2;
    renormalise(c);
    put_bit(c, c->low >> 9 & 1);
    bits_put(c->b, 2, (c->low >> 7 & 3) | 1);
}

static void profile(Bits *b, const Sequence *s)
{
    int idc = s->full_chroma ? 4 : s->depth > 8 ? 2 : 1;

    bits_put(b, 3, 0);
    bits_put(b, 5, idc);
    bits_put(b, 32, 1u << (31 - idc) | (idc == 1 ? 1u << 29 : 0));
    bits_put(b, 4, 9);          /* progressive, frames only */
    bits_put(b, 32, 0);
    bits_put(b, 12, 0);
    bits_put(b, 8, 186);        /* level 6.2 */
}

/* One picture is kept, none reordered or late. */
static void delays(Bits *b)
{
    bits_put(b, 1, 1);
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_ue(b, 0);
}

static void write_vps(Bits *b, const Sequence *s)
{
    bits_put(b, 4, 0);
    bits_put(b, 2, 3);
    bits_put(b, 9, 0);          /* one layer, one sublayer */
    bits_put(b, 1, 1);
    bits_put(b, 16, 0xffff);
    profile(b, s);
    delays(b);
    bits_put(b, 6, 0);
    bits_ue(b, 0);
    bits_put(b, 2, 0);          /* no timing, no extension */
    bits_trailing(b);
}

static void size_and_window(Bits *b, const Sequence *s)
{
    int w = whole_blocks(s->width), h = whole_blocks(s->height);
    int unit = s->full_chroma ? 1 : 2;

    bits_ue(b, w * BLOCK);
    bits_ue(b, h * BLOCK);
    bits_put(b, 1, 1);
    bits_ue(b, 0);
    bits_ue(b, (w * BLOCK - s->width) / unit);
    bits_ue(b, 0);
    bits_ue(b, (h * BLOCK - s->height) / unit);
}

static void write_sps(Bits *b, const Sequence *s)
{
    bits_put(b, 7, 0);
    bits_put(b, 1, 1);
    profile(b, s);
    bits_ue(b, 0);
    bits_ue(b, s->full_chroma ? 3 : 1);
    if (s->full_chroma)
        bits_put(b, 1, 0);
    size_and_window(b, s);
    bits_ue(b, s->depth - 8);
    bits_ue(b, s->depth - 8);
    bits_ue(b, 4);              /* order counts of 8 bits */
    delays(b);
    bits_ue(b, 1);              /* coding blocks of 16, and none else */
    bits_ue(b, 0);
    bits_ue(b, 0);              /* transforms of 4 to 16, which there are not */
    bits_ue(b, 2);
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_put(b, 3, 0);          /* no scaling lists, partitions, offsets */
    bits_put(b, 1, 1);          /* PCM blocks of 16, not filtered */
    bits_put(b, 4, s->depth - 1);
    bits_put(b, 4, s->depth - 1);
    bits_ue(b, 1);
    bits_ue(b, 0);
    bits_put(b, 1, 1);
    bits_ue(b, 0);              /* no references */
    bits_put(b, 3, 0);
    bits_put(b, 1, 1);          /* usability information */
    bits_put(b, 2, 0);
    bits_colours(b, s);
    bits_put(b, 7, 0);          /* of which there is nothing else */
    bits_put(b, 1, 0);
    bits_trailing(b);
}

static void write_pps(Bits *b)
{
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_put(b, 7, 0);
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_se(b, 0);
    bits_put(b, 3, 0);
    bits_se(b, 0);
    bits_se(b, 0);
    bits_put(b, 7, 0);
    bits_put(b, 3, 5);          /* no deblocking, which slices do not change */
    bits_put(b, 2, 0);
    bits_ue(b, 0);
    bits_put(b, 2, 0);
    bits_trailing(b);
}

static void nal(Bits *out, int type, Bits *b)
{
    bits_nal(out, (uint8_t[]){ type << 1, 1 }, 2, b);
}

void hevc_headers(Bits *out, const Sequence *s)
{
    Bits b = { 0 };

    write_vps(&b, s);
    nal(out, VPS, &b);
    write_sps(&b, s);
    nal(out, SPS, &b);
    write_pps(&b);
    nal(out, PPS, &b);
}

void hevc_picture(Bits *out, const Sequence *s, const Picture *p)
{
    int w = whole_blocks(s->width), h = whole_blocks(s->height);
    Bits b = { 0 };
    Coder c = { .b = &b };

    bits_put(&b, 2, 2);         /* the first slice; nothing is thrown away */
    bits_ue(&b, 0);
    bits_ue(&b, 2);             /* intra */
    bits_se(&b, 0);
    bits_trailing(&b);
    start(&c);
    for (int i = 0; i < w * h; i++) {
        probable(&c);           /* not partitioned */
        terminate(&c, 1);       /* PCM */
        bits_align(&b);
        bits_block(&b, s, p, i % w, i / w);
        start(&c);
        terminate(&c, i == w * h - 1);
    }
    bits_align(&b);             /* the coder's last one is the stop bit */
    nal(out, IDR, &b);
}
