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

#include "checkasm.h"
#include "libavcodec/pngencdsp.h"
#include "libavutil/mem_internal.h"

#define SIZE 4096
#define GUARD 64        /* bytes that must stay as they are */

/* All pairs of bytes to the left and above meet, at all alignments; then comes the
 * shortest row. */
static void check_sub_avg(PNGEncDSPContext *dsp)
{
    LOCAL_ALIGNED_32(uint8_t, src, [SIZE + GUARD]);
    LOCAL_ALIGNED_32(uint8_t, left, [SIZE + GUARD]);
    LOCAL_ALIGNED_32(uint8_t, top, [SIZE + GUARD]);
    LOCAL_ALIGNED_32(uint8_t, ref, [SIZE + GUARD]);
    LOCAL_ALIGNED_32(uint8_t, new, [SIZE + GUARD]);

    declare_func(void, uint8_t *dst, const uint8_t *src, const uint8_t *left,
                 const uint8_t *top, ptrdiff_t n);

    if (!check_func(dsp->sub_avg, "png_sub_avg"))
        return;
    for (int i = 0; i <= 65536; i += SIZE) {
        const int n  = i < 65536 ? SIZE : FF_PNG_STEP;
        const int at = i / SIZE * 5 % (GUARD / 2);

        for (int j = 0; j < SIZE; j++) {
            left[at + 3 + j] = (i + j) >> 8;
            top[at + 9 + j]  = j;
            src[at + j]      = rnd();
        }
        memset(ref, 0x5a, SIZE + GUARD);
        memset(new, 0x5a, SIZE + GUARD);
        call_ref(ref + at + 1, src + at, left + at + 3, top + at + 9, n);
        call_new(new + at + 1, src + at, left + at + 3, top + at + 9, n);
        if (memcmp(ref, new, SIZE + GUARD))
            fail();
    }
    bench_new(new, src, left, top, SIZE);
}

void checkasm_check_pngencdsp(void)
{
    PNGEncDSPContext dsp;

    ff_pngencdsp_init(&dsp);
    check_sub_avg(&dsp);
    report("sub_avg");
}
