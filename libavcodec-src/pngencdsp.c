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

#include "config.h"

#include "libavutil/attributes.h"
#include "libavutil/intreadwrite.h"

#include "pngencdsp.h"

#define EACH(byte) ((byte) * UINT64_C(0x0101010101010101))

/* Eight bytes at once. No carry leaves a byte: the mean is summed without its
 * lowest bit, and subtracted without the highest bit of each byte. */
static void sub_avg_c(uint8_t *dst, const uint8_t *src, const uint8_t *left,
                      const uint8_t *top, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i += 8) {
        const uint64_t s = AV_RN64(src + i);
        const uint64_t a = AV_RN64(left + i), b = AV_RN64(top + i);
        const uint64_t avg = (a & b) + (((a ^ b) & EACH(0xfe)) >> 1);
        const uint64_t low = (s | EACH(0x80)) - (avg & EACH(0x7f));

        AV_WN64(dst + i, low ^ (~(s ^ avg) & EACH(0x80)));
    }
}

av_cold void ff_pngencdsp_init(PNGEncDSPContext *dsp)
{
    dsp->sub_avg = sub_avg_c;
#if ARCH_X86 && HAVE_X86ASM
    ff_pngencdsp_init_x86(dsp);
#endif
}
