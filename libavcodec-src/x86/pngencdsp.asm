;*****************************************************************************
;* PNG encoder: filters of rows with SIMD
;*
;* This file is part of FFmpeg.
;*
;* FFmpeg is free software; you can redistribute it and/or
;* modify it under the terms of the GNU Lesser General Public
;* License as published by the Free Software Foundation; either
;* version 2.1 of the License, or (at your option) any later version.
;*
;* FFmpeg is distributed in the hope that it will be useful,
;* but WITHOUT ANY WARRANTY; without even the implied warranty of
;* MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
;* Lesser General Public License for more details.
;*
;* You should have received a copy of the GNU Lesser General Public
;* License along with FFmpeg; if not, write to the Free Software
;* Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
;*****************************************************************************

%include "libavutil/x86/x86util.asm"

cextern pb_1

SECTION .text

; void ff_png_sub_avg(uint8_t *dst, const uint8_t *src, const uint8_t *left,
;                     const uint8_t *top, ptrdiff_t n)
; pavgb rounds up: one less where the two differ in the lowest bit
%macro SUB_AVG 0
cglobal png_sub_avg, 5,5,4, dst, src, left, top, n
    mova            m3, [pb_1]
    add           dstq, nq
    add           srcq, nq
    add          leftq, nq
    add           topq, nq
    neg             nq
.loop:
    movu            m0, [leftq + nq]
    movu            m1, [topq + nq]
    pxor            m2, m0, m1
    pavgb           m0, m1
    pand            m2, m3
    movu            m1, [srcq + nq]
    psubb           m1, m0
    paddb           m1, m2
    movu   [dstq + nq], m1
    add             nq, mmsize
    jl .loop
    RET
%endmacro

INIT_XMM sse2
SUB_AVG
%if HAVE_AVX2_EXTERNAL
INIT_YMM avx2
SUB_AVG
%endif
