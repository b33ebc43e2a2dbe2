/*
 * The scan of a plain JPEG, fast
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

/**
 * @file
 * The scan of a baseline JPEG of 8 bits, with all components in it: Huffman codes
 * by a table that has the value as well, and blocks without AC without an IDCT.
 * The IDCT and all numbers are mjpeg's, so the samples are, too. Nothing is told,
 * nor made good: what mjpeg might complain of is left to it.
 */

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/intreadwrite.h"

#include "mjpeg.h"
#include "mjpegpictures.h"

enum {
    END_OF_BLOCK = 64,          ///< the index goes behind all coefficients
};

/** Bits, the next one is the highest. Behind the end they are 0. */
typedef struct Bits {
    uint64_t window;
    int left;                   ///< bits in the window
    const uint8_t *ptr, *end;
    int64_t over;               ///< bits behind the end in the window
} Bits;

static av_always_inline void fill(Bits *b)
{
    if (b->left >= 32)
        return;
    b->window |= (uint64_t)AV_RB32(b->ptr) << (32 - b->left);
    b->left   += 32;
    if (b->ptr < b->end)
        b->ptr += 4;
    else
        b->over += 32;
}

static av_always_inline void skip(Bits *b, int n)
{
    b->window <<= n;
    b->left    -= n;
}

/** @return a value of 1 to 15 bits as JPEG has it, the lower half negative */
static av_always_inline int value_of(unsigned bits, int size)
{
    return bits >> (size - 1) ? bits : (int)bits - (1 << size) + 1;
}

/** @return a symbol as MJpegCodes.lut has it, of a code of LEN bits */
static uint32_t pack(int symbol, int len, int is_ac)
{
    const int size    = symbol & 15;
    const int advance = !is_ac ? 0 : symbol ? (symbol >> 4) + 1 : END_OF_BLOCK;

    return len | advance << 5 | size << 12;
}

static void fill_lut(MJpegCodes *codes, unsigned code, int len, uint32_t entry)
{
    const int rest = MJPEG_LUT_BITS - len, size = entry >> 12;

    for (unsigned i = 0; i < 1 << rest; i++) {
        uint32_t e = entry;

        if (size && size <= rest) {
            const int value = value_of(i >> (rest - size), size);

            e = (entry & 0xfff) + size + ((uint32_t)value << 16);
        }
        codes->lut[code << rest | i] = e;
    }
}

/** @return whether the table is one of 8 bits without fault */
static int build_codes(MJpegCodes *codes, const uint8_t lengths[16],
                       const uint8_t values[256], int is_ac)
{
    unsigned code = 0;
    int n = 0;

    memset(codes->lut, 0, sizeof(codes->lut));
    codes->values = values;
    for (int len = 1; len <= 16; len++, code <<= 1) {
        codes->first[len] = n - (int)code;
        for (int i = 0; i < lengths[len - 1]; i++, code++) {
            if (n >= 256 || code >= 1U << len ||
                (!is_ac && values[n] > 11))
                return 0;
            if (len <= MJPEG_LUT_BITS)
                fill_lut(codes, code, len, pack(values[n], len, is_ac));
            n++;
        }
        codes->end[len] = code << (16 - len);
    }
    return 1;
}

/** @return the entry of a code longer than the table is for, 0 if it is none */
static av_noinline uint32_t find_long(const MJpegCodes *codes, unsigned bits,
                                      int is_ac)
{
    for (int len = MJPEG_LUT_BITS + 1; len <= 16; len++)
        if (bits < codes->end[len])
            return pack(codes->values[codes->first[len] +
                                      (int)(bits >> (16 - len))], len, is_ac);
    return 0;
}

/** Read a code with its value. @return its entry, 0 if there is no such code */
static av_always_inline uint32_t read_code(Bits *b, const MJpegCodes *codes,
                                           int is_ac, int *value)
{
    uint32_t e = codes->lut[b->window >> (64 - MJPEG_LUT_BITS)];
    int size;

    if (!e)
        e = find_long(codes, b->window >> 48, is_ac);
    skip(b, e & 31);
    *value = (int32_t)e >> 16;
    size   = e >> 12 & 15;
    if (size) {
        *value = value_of(b->window >> (64 - size), size);
        skip(b, size);
    }
    return e;
}

/**
 * Read the AC coefficients of a block.
 *
 * @return 1 if there are any, 0, or -1 if there is anything wrong
 */
static av_always_inline int read_ac(Bits *bits, const MJpegCodes *codes,
                                    const uint16_t *quant, const uint8_t *order,
                                    int16_t *block)
{
    Bits b = *bits; /* in registers */
    int i = 0, any = 0;

    do {
        uint32_t e;
        int value;

        fill(&b);
        e  = read_code(&b, codes, 1, &value);
        i += e >> 5 & 127;
        if (!e)
            return -1;
        if (value) {
            if (i > 63)
                return -1;
            block[order[i]] = value * quant[i];
            any = 1;
        }
    } while (i < 63);
    *bits = b;
    return any;
}

static av_always_inline void put_flat(uint8_t *dst, ptrdiff_t linesize, int value)
{
    for (int y = 0; y < 8; y++)
        AV_WN64(dst + y * linesize, value * UINT64_C(0x0101010101010101));
}

/** @param dst  NULL if the block is beyond the picture */
static int decode_block(MJpegScan *scan, MJpegDecodeContext *s, Bits *b, int c,
                        uint8_t *dst, ptrdiff_t linesize)
{
    const uint16_t *quant = s->quant_matrixes[s->quant_index[c]];
    int any, dc, diff;

    fill(b);
    if (!read_code(b, &scan->dc[c], 0, &diff))
        return 0;
    dc  = diff * (unsigned)quant[0] + scan->last_dc[c];
    any = read_ac(b, &scan->ac[c], quant, s->permutated_scantable, s->block);
    scan->last_dc[c] = dc;
    if (any < 0)
        return 0;
    if (!any && dc >= 0 && dc < MJPEG_NB_DC) {
        if (dst)
            put_flat(dst, linesize, scan->flat[dc]);
        return 1;
    }
    s->block[0] = av_clip_int16(dc);
    if (dst)
        s->idsp.idct_put(dst, linesize, s->block);
    s->bdsp.clear_block(s->block);
    return 1;
}

/** Find the samples of blocks without AC by the IDCT, once. */
static void make_flat(MJpegScan *scan, MJpegDecodeContext *s)
{
    DECLARE_ALIGNED(16, uint8_t, samples)[64];

    for (int dc = 0; dc < MJPEG_NB_DC && !scan->has_flat; dc++) {
        s->bdsp.clear_block(s->block);
        s->block[0] = dc;
        s->idsp.idct_put(samples, 8, s->block);
        scan->flat[dc] = samples[0];
    }
    s->bdsp.clear_block(s->block);
    scan->has_flat = 1;
}

/** @return whether the header of the scan is the usual one, with known tables */
static int read_scan_header(MJpegScan *scan, MJpegDecodeContext *s)
{
    GetByteContext *g = &s->gB;
    const int n = s->nb_components;
    int good;

    if (bytestream2_get_bytes_left(g) < 6 + 2 * n)
        return 0;
    good = bytestream2_get_be16u(g) == 6 + 2 * n &&
           bytestream2_get_byteu(g) == n;
    for (int c = 0; c < n && good; c++) {
        const int id = bytestream2_get_byteu(g), tables = bytestream2_get_byteu(g);
        const int dc = tables >> 4, ac = tables & 15;

        good = id == s->component_id[c] && dc < 4 && ac < 4 &&
               s->vlcs[0][dc].table && s->vlcs[1][ac].table &&
               build_codes(&scan->dc[c], s->raw_huffman_lengths[0][dc],
                           s->raw_huffman_values[0][dc], 0) &&
               build_codes(&scan->ac[c], s->raw_huffman_lengths[1][ac],
                           s->raw_huffman_values[1][ac], 1);
    }
    return good && bytestream2_get_be24u(g) == 63 << 8;
}

static int decode_mcu(MJpegScan *scan, MJpegDecodeContext *s, Bits *b,
                      const AVFrame *frame, int mcu_x, int mcu_y)
{
    for (int c = 0; c < s->nb_components; c++) {
        const int h = s->nb_components > 1 ? s->h_count[c] : 1;
        const int v = s->nb_components > 1 ? s->v_count[c] : 1;
        const ptrdiff_t linesize = frame->linesize[c];
        const int w_plane = AV_CEIL_RSHIFT(s->width,  c ? s->pix_desc->log2_chroma_w : 0);
        const int h_plane = AV_CEIL_RSHIFT(s->height, c ? s->pix_desc->log2_chroma_h : 0);

        for (int i = 0; i < h * v; i++) {
            const int x = 8 * (h * mcu_x + i % h), y = 8 * (v * mcu_y + i / h);
            uint8_t *dst = x < w_plane && y < h_plane ?
                           frame->data[c] + y * linesize + x : NULL;

            if (!decode_block(scan, s, b, c, dst, linesize))
                return 0;
        }
    }
    return 1;
}

/** Begin with the bytes up to the next marker. */
static int begin_segment(MJpegScan *scan, MJpegDecodeContext *s, Bits *b)
{
    if (ff_mjpeg_unescape_sos(s) < 0)
        return 0;
    *b = (Bits){ .ptr = s->gb.buffer,
                 .end = s->gb.buffer + s->gb.size_in_bits / 8 };
    for (int c = 0; c < s->nb_components; c++)
        scan->last_dc[c] = 4 << s->bits;
    return 1;
}

/** @return whether no bit was used that is not there */
static int end_segment(const MJpegDecodeContext *s, const Bits *b)
{
    return (b->ptr - s->gb.buffer) * 8 + b->over - b->left <= s->gb.size_in_bits;
}

int ff_mjpeg_scan_decode(MJpegScan *scan, MJpegDecodeContext *s,
                         const AVFrame *frame)
{
    const int gray = s->nb_components == 1;
    const int mcu_w = 8 * (gray ? 1 : s->h_max), mcu_h = 8 * (gray ? 1 : s->v_max);
    const int w = (s->width + mcu_w - 1) / mcu_w, h = (s->height + mcu_h - 1) / mcu_h;
    int left, n = 0;
    Bits b;

    if (!read_scan_header(scan, s) || !begin_segment(scan, s, &b))
        return 0;
    make_flat(scan, s);
    left = s->restart_interval;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            if (s->restart_interval && !left--) {
                if (!end_segment(s, &b) ||
                    s->gB.buffer[-1] != RST0 + n++ % 8 ||
                    !begin_segment(scan, s, &b))
                    return 0;
                left = s->restart_interval - 1;
            }
            if (!decode_mcu(scan, s, &b, frame, x, y))
                return 0;
        }
    }
    return end_segment(s, &b) && bytestream2_get_bytes_left(&s->gB) >= 2 &&
           AV_RB16(s->gB.buffer) == (0xff00 | EOI);
}
