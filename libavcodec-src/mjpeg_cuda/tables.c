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

/**
 * @file
 * Quantisers and Huffman codes: those of ITU-T T.81, annex K, as libjpeg takes
 * them for a quality.
 */

#include <string.h>

#include "libavutil/common.h"
#include "libavcodec/jpegtables.h"
#include "libavcodec/mathops.h"
#include "mjpeg_cuda.h"

/* Tables K.1 and K.2, row by row. */
static const uint8_t annex_k[2][64] = {
    {
        16, 11, 10, 16,  24,  40,  51,  61,
        12, 12, 14, 19,  26,  58,  60,  55,
        14, 13, 16, 24,  40,  57,  69,  56,
        14, 17, 22, 29,  51,  87,  80,  62,
        18, 22, 37, 56,  68, 109, 103,  77,
        24, 35, 55, 64,  81, 104, 113,  92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103,  99,
    }, {
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    },
};

void ff_mjpeg_cuda_quantisers(uint8_t quant[2][64], int quality)
{
    const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;

    for (int t = 0; t < 2; t++)
        for (int k = 0; k < 64; k++)
            quant[t][k] = av_clip((annex_k[t][ff_zigzag_direct[k]] * percent + 50) /
                                  100, 1, 255);
}

/* Codes of a table, each with its length in the high half. */
static void set_codes(unsigned *codes, const uint8_t *bits,
                      const uint8_t *values)
{
    unsigned code = 0;

    for (unsigned length = 1; length <= 16; length++, code <<= 1)
        for (int i = 0; i < bits[length]; i++)
            codes[*values++] = code++ | length << 16;
}

void ff_mjpeg_cuda_tables(MJpegCudaTables *tables, const uint8_t quant[2][64])
{
    memset(tables, 0, sizeof(*tables));
    for (int t = 0; t < 2; t++)
        for (int k = 0; k < 64; k++)
            tables->divisor[t][ff_zigzag_direct[k]] = (MJpegCudaDivisor){
                .reciprocal = (UINT32_MAX / (8 * quant[t][k])) + 1,
                .half       = 4 * quant[t][k],
            };
    set_codes(tables->dc[0], ff_mjpeg_bits_dc_luminance,   ff_mjpeg_val_dc);
    set_codes(tables->dc[1], ff_mjpeg_bits_dc_chrominance, ff_mjpeg_val_dc);
    set_codes(tables->ac[0], ff_mjpeg_bits_ac_luminance,
              ff_mjpeg_val_ac_luminance);
    set_codes(tables->ac[1], ff_mjpeg_bits_ac_chrominance,
              ff_mjpeg_val_ac_chrominance);
}
