/*
 * PNG encoder: filters of rows with SIMD
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

#include "libavutil/attributes.h"
#include "libavutil/cpu.h"
#include "libavutil/x86/cpu.h"
#include "libavcodec/pngencdsp.h"

void ff_png_sub_avg_sse2(uint8_t *dst, const uint8_t *src, const uint8_t *left,
                         const uint8_t *top, ptrdiff_t n);
void ff_png_sub_avg_avx2(uint8_t *dst, const uint8_t *src, const uint8_t *left,
                         const uint8_t *top, ptrdiff_t n);

av_cold void ff_pngencdsp_init_x86(PNGEncDSPContext *dsp)
{
    const int flags = av_get_cpu_flags();

    if (EXTERNAL_SSE2(flags))
        dsp->sub_avg = ff_png_sub_avg_sse2;
    if (EXTERNAL_AVX2_FAST(flags))
        dsp->sub_avg = ff_png_sub_avg_avx2;
}
