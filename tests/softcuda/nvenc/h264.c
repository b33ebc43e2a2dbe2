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
 * H.264 of IDR pictures whose macroblocks are all I_PCM, so that a decoder
 * gives back the samples.
 */

enum { SLICE_IDR = 0x65, SPS = 0x67, PPS = 0x68 };      /* bytes of NAL units */
enum { SLICE_I = 7, MB_I_PCM = 25 };

static void vui(Bits *b, const Sequence *s)
{
    bits_put(b, 1, 1);
    bits_put(b, 2, 0);          /* no aspect ratio, no overscan */
    bits_colours(b, s);
    bits_put(b, 5, 0);          /* no siting, timing, HRD twice, structure */
    bits_put(b, 2, 3);          /* restrictions; vectors past the edge */
    bits_ue(b, 0);              /* bytes and bits of a picture: any */
    bits_ue(b, 0);
    bits_ue(b, 10);             /* lengths of vectors */
    bits_ue(b, 10);
    bits_ue(b, 0);              /* no picture is reordered */
    bits_ue(b, 0);              /* or kept */
}

static void write_sps(Bits *b, const Sequence *s)
{
    int w = whole_blocks(s->width), h = whole_blocks(s->height);
    int unit = s->full_chroma ? 1 : 2;

    bits_put(b, 8, s->full_chroma ? 244 : s->depth > 8 ? 110 : 100);
    bits_put(b, 8, 0);
    bits_put(b, 8, 52);         /* level 5.2 */
    bits_ue(b, 0);
    bits_ue(b, s->full_chroma ? 3 : 1);
    if (s->full_chroma)
        bits_put(b, 1, 0);
    bits_ue(b, s->depth - 8);
    bits_ue(b, s->depth - 8);
    bits_put(b, 2, 0);          /* no bypass, no scaling matrix */
    bits_ue(b, 0);              /* frame numbers of 4 bits */
    bits_ue(b, 2);              /* order of output is that of decoding */
    bits_ue(b, 0);              /* no reference */
    bits_put(b, 1, 0);
    bits_ue(b, w - 1);
    bits_ue(b, h - 1);
    bits_put(b, 2, 3);          /* frames only, direct 8x8 */
    bits_put(b, 1, 1);          /* cropping: left, right, top, bottom */
    bits_ue(b, 0);
    bits_ue(b, (w * BLOCK - s->width) / unit);
    bits_ue(b, 0);
    bits_ue(b, (h * BLOCK - s->height) / unit);
    vui(b, s);
    bits_trailing(b);
}

static void write_pps(Bits *b)
{
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_put(b, 2, 0);          /* CAVLC */
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_ue(b, 0);
    bits_put(b, 3, 0);
    bits_se(b, 0);
    bits_se(b, 0);
    bits_se(b, 0);
    bits_put(b, 3, 4);          /* slices say that nothing is deblocked */
    bits_trailing(b);
}

void h264_headers(Bits *out, const Sequence *s)
{
    Bits b = { 0 };

    write_sps(&b, s);
    bits_nal(out, &(uint8_t){ SPS }, 1, &b);
    write_pps(&b);
    bits_nal(out, &(uint8_t){ PPS }, 1, &b);
}

void h264_picture(Bits *out, const Sequence *s, const Picture *p, unsigned n)
{
    Bits b = { 0 };

    bits_ue(&b, 0);
    bits_ue(&b, SLICE_I);
    bits_ue(&b, 0);
    bits_put(&b, 4, 0);         /* frame number */
    bits_ue(&b, n & 1);         /* IDR pictures in a row have others */
    bits_put(&b, 2, 0);
    bits_se(&b, 0);
    bits_ue(&b, 1);             /* no deblocking */
    for (int y = 0; y < whole_blocks(s->height); y++)
        for (int x = 0; x < whole_blocks(s->width); x++) {
            bits_ue(&b, MB_I_PCM);
            bits_align(&b);
            bits_block(&b, s, p, x, y);
        }
    bits_trailing(&b);
    bits_nal(out, &(uint8_t){ SLICE_IDR }, 1, &b);
}
