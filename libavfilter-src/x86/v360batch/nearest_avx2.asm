;*****************************************************************************
;* v360batch: nearest kernels, all blocks, AVX2
;*
;* Copyright (c) 2026 the v360batch authors
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
%include "libavfilter/x86/v360batch/single_template.asm"

%if ARCH_X86_64 && HAVE_AVX2_EXTERNAL

SECTION_RODATA 64

pb_rows:     times 32 db 0
             times 32 db 16
             times 32 db 32
pb_112:      times 32 db 0x70
; the indices of 8 samples, each twice: the first 4 in the low lane, the last 4
; in the high lane
dup_words:   times 2 db 0, 0, 1, 1, 2, 2, 3, 3
             times 2 db 4, 4, 5, 5, 6, 6, 7, 7
taps_word:   times 16 db 0, 1

SECTION .text

INIT_YMM avx2

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;
; Names have the bytes of a sample: components and depth make no difference.
;-----------------------------------------------------------------------------

; Samples of the windows at a and b, of %1 rows -> m13; m%2 and the following
; are the controls of the rows
%macro NEAR_ROWS 2
%assign %%i 0
%assign %%pick %2
%rep %1
%if %%i == 0
    movu           xm13, [aq]
    vinserti128     m13, m13, [bq], 1
    pshufb          m13, m%[%%pick]
%else
    movu           xm14, [aq + %%i*lsq]
    vinserti128     m14, m14, [bq + %%i*lsq], 1
    pshufb          m14, m%[%%pick]
    por             m13, m14
%endif
%assign %%i %%i+1
%assign %%pick %%pick+1
%endrep
%endmacro

; Controls of the %1 rows of two windows -> m%2 and the following, from the
; indices in m12
%macro NEAR_PICKS 2
%assign %%i 0
%assign %%pick %2
%rep %1
    PICK            %%i, %[%%pick], 12
%assign %%i %%i+1
%assign %%pick %%pick+1
%endrep
%endmacro

%macro NEAR_8X1 1 ; rows
cglobal v360_nearest1_8x1_r%1, 6, 12, 16, 64, \
        dst, block, n, src, nsrc, ls, off, p, v, out, a, b
    mov             lsq, [lsq + LINESIZE]
    mova            m15, [pb_112]
.block:
    WINDOWS           8, 1
%assign j 0
%rep 4
%assign first %1*j
    vpermq          m12, [blockq + INDEX + 16*j], q0100
    NEAR_PICKS       %1, first
%assign j j+1
%endrep
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
%assign j 0
%rep 4
%assign first %1*j
    mov              aq, [rsp + 16*j]
    mov              bq, [rsp + 16*j + 8]
    add              aq, pq
    add              bq, pq
    NEAR_ROWS        %1, first
    vpermq          m13, m13, q0020
    movu [outq + PITCH*j], xm13
%assign j j+1
%endrep
    NEXT_VIEW       .view, 1
    NEXT_BLOCK       8, 1
%endmacro

NEAR_8X1 2
NEAR_8X1 3

%macro NEAR_4X1 1 ; rows
cglobal v360_nearest2_4x1_r%1, 6, 12, 16, 128, \
        dst, block, n, src, nsrc, ls, off, p, v, out, a, b
    mov             lsq, [lsq + LINESIZE]
    mova            m15, [pb_112]
.block:
    WINDOWS          16, 2
%assign j 0
%rep 8 ; halves of rows
    vpbroadcastq    m12, [blockq + INDEX + 8*j]
    pshufb          m12, [dup_words]
    paddb           m12, [taps_word]
    NEAR_PICKS       %1, 0
    xor              vd, vd
    lea            outq, [dstq + (PITCH*2)*(j/2) + 16*(j&1)]
.view%[j]:
    mov              bq, [srcq + 8*vq]
    mov              aq, [rsp + 16*j]
    add              aq, bq
    add              bq, [rsp + 16*j + 8]
    NEAR_ROWS        %1, 0
    vpermq          m13, m13, q0020
    movu         [outq], xm13
    NEXT_VIEW       .view%[j], 2
%assign j j+1
%endrep
    NEXT_BLOCK       16, 2
%endmacro

NEAR_4X1 3

%macro NEAR_1X1 2 ; bytes of a sample, log2 of them
cglobal v360_nearest%1_1x1, 6, 11, 3, SINGLE_STACK, \
        dst, block, n, src, nsrc, r, p, v, out, a, s
.block:
    SINGLE_OFFSETS    %2
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
%assign i 0
%rep 64
%assign to (PITCH*(i/16) + (i&15))*%1
    mov              aq, [rsp + OFFSETS + 8*i]
%if %1 == 4
    mov              sd, [pq + aq]
    mov     [outq + to], sd
%elif %1 == 2
    movzx            sd, word [pq + aq]
    mov     [outq + to], sw
%else
    movzx            sd, byte [pq + aq]
    mov     [outq + to], sb
%endif
%assign i i+1
%endrep
    NEXT_VIEW       .view, %1
    NEXT_BLOCK       64, %1
%endmacro

NEAR_1X1 1, 0
NEAR_1X1 2, 1
NEAR_1X1 4, 2

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
