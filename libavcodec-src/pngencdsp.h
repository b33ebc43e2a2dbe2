/*
 * PNG encoder: filters of rows
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

#ifndef AVCODEC_PNGENCDSP_H
#define AVCODEC_PNGENCDSP_H

#include <stddef.h>
#include <stdint.h>

enum { FF_PNG_STEP = 32 };      ///< bytes of which sub_avg() takes a multiple

typedef struct PNGEncDSPContext {
    /**
     * PNG's filter "average": dst = src - (left + top) / 2, rounded down, for
     * each byte. No buffer needs to be aligned.
     * @param n bytes, a multiple of FF_PNG_STEP and at least that
     */
    void (*sub_avg)(uint8_t *dst, const uint8_t *src, const uint8_t *left,
                    const uint8_t *top, ptrdiff_t n);
} PNGEncDSPContext;

void ff_pngencdsp_init(PNGEncDSPContext *dsp);
void ff_pngencdsp_init_x86(PNGEncDSPContext *dsp);

#endif /* AVCODEC_PNGENCDSP_H */
