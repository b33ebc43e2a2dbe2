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

#include <stddef.h>

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/cpu.h"
#include "libavutil/x86/cpu.h"
#include "libavfilter/v360batch/map/equirect.h"

/* The assembly has these numbers in equirect.asm. */
_Static_assert(offsetof(V360EquirectRow, p)       ==  0 * 8 &&
               offsetof(V360EquirectRow, q)       ==  3 * 8 &&
               offsetof(V360EquirectRow, c)       ==  6 * 8 &&
               offsetof(V360EquirectRow, d)       ==  7 * 8 &&
               offsetof(V360EquirectRow, s)       ==  8 * 8 &&
               offsetof(V360EquirectRow, scale_x) ==  9 * 8 &&
               offsetof(V360EquirectRow, bias_x)  == 10 * 8 &&
               offsetof(V360EquirectRow, scale_y) == 11 * 8 &&
               offsetof(V360EquirectRow, bias_y)  == 12 * 8 &&
               offsetof(V360EquirectRow, period)  == 13 * 8 &&
               sizeof(V360Point) == 8, "V360EquirectRow");

void ff_v360_equirect_span_avx2(V360Point *point, V360Point bounds[2],
                                const V360EquirectRow *row, int x);
void ff_v360_equirect_span_avx512(V360Point *point, V360Point bounds[2],
                                  const V360EquirectRow *row, int x);

av_cold V360EquirectFunc ff_v360_equirect_func_x86(void)
{
#if ARCH_X86_64
    const int flags = av_get_cpu_flags();

    if (EXTERNAL_AVX512(flags))
        return ff_v360_equirect_span_avx512;
    if (EXTERNAL_AVX2_FAST(flags) && EXTERNAL_FMA3(flags))
        return ff_v360_equirect_span_avx2;
#endif
    return NULL;
}
