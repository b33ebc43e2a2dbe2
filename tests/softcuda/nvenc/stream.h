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

#ifndef SOFTCUDA_NVENC_STREAM_H
#define SOFTCUDA_NVENC_STREAM_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Bitstreams that hold the samples of their pictures as they are: PCM blocks of
 * H.264 and HEVC. Knows nothing of the API.
 */

/** Bytes that grow, the last one being filled from its highest bit. */
typedef struct Bits {
    uint8_t *data;
    size_t size, allocated;
    unsigned last;              ///< bits that are not a byte yet
    int nb_last;
} Bits;

void bits_put(Bits *b, int n, uint32_t value);
void bits_ue(Bits *b, uint32_t value);
void bits_se(Bits *b, int32_t value);
/** Zeros up to the next byte. */
void bits_align(Bits *b);
/** A one, and zeros up to the next byte. */
void bits_trailing(Bits *b);
/** Append a NAL unit to out and release what it holds. */
void bits_nal(Bits *out, const uint8_t *header, int size, Bits *payload);

enum { BLOCK = 16 };            /* of PCM, and what a picture is padded to */

/** What a stream says of all its pictures. */
typedef struct Sequence {
    int width, height;
    int full_chroma;            ///< 4:4:4, not 4:2:0
    int depth;
    int signal, format, full_range;     ///< whether it names these
    int colours, primaries, transfer, matrix;
} Sequence;

/** Samples of three planes, of whole blocks. */
typedef struct Picture {
    uint16_t *plane[3];
    int stride[3];
} Picture;

static inline int whole_blocks(int size)
{
    return (size + BLOCK - 1) / BLOCK;
}

/** The samples of one block, at a byte of b. */
void bits_block(Bits *b, const Sequence *s, const Picture *p, int x, int y);

/** What both codecs have in the same bits: range, primaries, transfer, matrix. */
void bits_colours(Bits *b, const Sequence *s);

/** Parameter sets, and a picture, appended to out. n counts the pictures. */
void h264_headers(Bits *out, const Sequence *s);
void h264_picture(Bits *out, const Sequence *s, const Picture *p, unsigned n);
void hevc_headers(Bits *out, const Sequence *s);
void hevc_picture(Bits *out, const Sequence *s, const Picture *p);

#endif /* SOFTCUDA_NVENC_STREAM_H */
