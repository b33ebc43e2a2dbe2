;*****************************************************************************
;* v360batch: bilinear kernels, blocks with windows, AVX2
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
%include "libavfilter/x86/v360batch/block_template.asm"

%if ARCH_X86_64 && HAVE_AVX2_EXTERNAL

SECTION_RODATA 64

dup_words:   db 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7
             db 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7
dup_dwords:  db 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3
             db 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7
pw_2:        times 32 dw 2
pw_16384:    times 32 dw 16384
pd_8192:     times 16 dd 8192
; the left and the right tap of a sample; taps_row_two: of both components
taps_row:    times 16 db 0, 1
taps_row_two: times 8 db 0, 2, 1, 3
pb_rows:     times 32 db 0
             times 32 db 16
             times 32 db 32
             times 32 db 48
             times 32 db 64
             times 32 db 80
pb_112:      times 32 db 0x70
taps_4:      times 16 db 0, 1, 2, 3
; 16-bit samples become signed by pw_8000, which takes 32768 << 14 off the sum
pw_8000:     times 32 dw 0x8000
pd_1_29:     times 16 dd 1 << 29
; bit 7 of the samples of a lane that are not in its left, its right window
pb_not_left: times 2 dq 0, 0x8080808080808080
pb_not_right: times 2 dq 0x8080808080808080, 0

SECTION .text

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

INIT_YMM avx2

; Upper taps -> m9, lower taps -> m10, from windows of %1 + 1 rows at a and b.
; %2: 1 for the first windows of samples, 0 to add those of further windows;
; %3: bit 7 of samples in other windows, where a lane has two
%macro ROW_TAPS 2-3
    LOAD_ROW           7
%assign %%i 0
%rep %1
    LOAD_ROW           8
%if %0 == 3
    PICK            %%i, 12, 4, %3
%else
    PICK            %%i, 12, 4
%endif
%if %2 && %%i == 0
    pshufb            m9, m7, m12
    pshufb           m10, m8, m12
%else
    pshufb           m11, m7, m12
    por               m9, m11
    pshufb           m11, m8, m12
    por              m10, m11
%endif
    mova              m7, m8
%assign %%i %%i+1
%endrep
%endmacro

; Bytes of taps in m9 and m10 -> words of samples in m9
%macro ROW_DOT 0
    punpcklbw        m11, m9, m13
    punpckhbw         m9, m13
    punpcklbw        m12, m10, m13
    punpckhbw        m10, m13
    pmaddwd          m11, m0
    pmaddwd           m9, m1
    pmaddwd          m12, m2
    pmaddwd          m10, m3
    paddd            m11, m14
    paddd             m9, m14
    paddd            m11, m12
    paddd             m9, m10
    psrld            m11, 14
    psrld             m9, 14
    packssdw         m11, m9
    SWAP               9, 11
%endmacro

; Blocks of 8x1 or 4x1 samples a window: %1 is the 8 or 4, %2 rows of first taps
%macro REMAP_ROWS_LINE8 2
cglobal v360_bilinear8_1_%1x1_r%2, 6, 12, 16, 64*8/%1, \
        dst, block, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov             lsq, [lsq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pb_112]
.block:
    WINDOWS          64/%1, 1
%assign j 0
%rep 4
    pmovzxbw         m4, [blockq + PHASEX + 16*j]
    pmovzxbw         m5, [blockq + PHASEY + 16*j]
    LINE_WEIGHTS     m4, m5, m6, m7
    punpcklwd        m0, m7, m4
    punpckhwd        m1, m7, m4
    punpcklwd        m2, m5, m6
    punpckhwd        m3, m5, m6
    movu            xm4, [blockq + INDEX + 16*j]
    vpermq           m4, m4, q0100
    pshufb           m4, [dup_words]
    paddb            m4, [taps_row]
    xor              vd, vd
    lea            outq, [dstq + PITCH*j]
.view%[j]:
    mov              pq, [srcq + 8*vq]
%if %1 == 8
    mov              aq, [rsp + 16*j]
    add              aq, pq
    add              bq, [rsp + 16*j + 8]
    ROW_TAPS         %2, 1
%else
    mov              aq, [rsp + 32*j]
    add              aq, pq
    add              bq, [rsp + 32*j + 16]
    ROW_TAPS         %2, 1, pb_not_left
    mov              pq, [srcq + 8*vq]
    mov              aq, [rsp + 32*j + 8]
    add              aq, pq
    add              bq, [rsp + 32*j + 24]
    ROW_TAPS         %2, 0, pb_not_right
%endif
    ROW_DOT
    vextracti128   xm11, m9, 1
    packuswb        xm9, xm11
    movu         [outq], xm9
    NEXT_VIEW       .view%[j], 1
%assign j j+1
%endrep
    NEXT_BLOCK       64/%1, 1
%endmacro

REMAP_ROWS_LINE8 8, 2
REMAP_ROWS_LINE8 8, 3
REMAP_ROWS_LINE8 8, 6
REMAP_ROWS_LINE8 4, 3
REMAP_ROWS_LINE8 4, 6

; Pairs of weights of the 8 samples in half row j of a block: of the upper taps
; -> %1, of the lower taps -> %2. Clobbers %3, m4, m5, m7, m8, m9
%macro HALF_ROW_WEIGHTS 3
    pmovzxbw        xm4, [blockq + PHASEX + 8*j]
    pmovzxbw        xm5, [blockq + PHASEY + 8*j]
    LINE_WEIGHTS    xm4, xm5, %3, xm7
    punpckhwd       xm8, xm7, xm4
    punpcklwd       xm7, xm7, xm4
    punpckhwd       xm9, xm5, %3
    punpcklwd       xm5, xm5, %3
    vinserti128      %1, m7, xm8, 1
    vinserti128      %2, m5, xm9, 1
%endmacro

; Head of the loop over views for half row j of a block, which is two windows of
; 4x1 samples of two bytes: taps as by ROW_TAPS. %1 rows of first taps
%macro HALF_ROW_VIEWS 1
    xor              vd, vd
    lea            outq, [dstq + (PITCH*2)*(j/2) + 16*(j&1)]
.view%[j]:
    mov              pq, [srcq + 8*vq]
    mov              aq, [rsp + 16*j]
    add              aq, pq
    add              bq, [rsp + 16*j + 8]
    ROW_TAPS         %1, 1
%endmacro

; Blocks of 4x1 samples a window, two components; %1 rows of first taps
%macro REMAP_ROWS_LINE8_TWO 1
cglobal v360_bilinear8_2_4x1_r%1, 6, 12, 16, 128, \
        dst, block, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov             lsq, [lsq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pb_112]
.block:
    WINDOWS          16, 2
%assign j 0
%rep 8 ; halves of rows
    HALF_ROW_WEIGHTS m7, m5, xm6
    punpckldq        m0, m7, m7
    punpckhdq        m1, m7, m7
    punpckldq        m2, m5, m5
    punpckhdq        m3, m5, m5
    vpbroadcastq     m4, [blockq + INDEX + 8*j]
    pshufb           m4, [dup_dwords]
    paddb            m4, [taps_row_two]
    HALF_ROW_VIEWS   %1
    ROW_DOT
    packuswb         m9, m9
    vpermq           m9, m9, q0020
    movu         [outq], xm9
    NEXT_VIEW       .view%[j], 2
%assign j j+1
%endrep
    NEXT_BLOCK       16, 2
%endmacro

REMAP_ROWS_LINE8_TWO 3

; Blocks of 4x1 samples a window, 16 bits; %1 rows of first taps
%macro REMAP_ROWS_LINE16 1
cglobal v360_bilinear16_1_4x1_r%1, 6, 12, 16, 128, \
        dst, block, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov              vd, [lsq + SHIFT]
    movd            xm1, vd
    movd            xm3, [lsq + MAX]
    vpbroadcastd     m3, xm3
    mova            m14, [pd_8192]
    pslld           m14, xm1
    paddd           m14, [pd_1_29]
    add              vd, 14
    movd           xm13, vd
    mova             m6, [pw_8000]
    mova            m15, [pb_112]
    mov             lsq, [lsq + LINESIZE]
.block:
    WINDOWS          16, 2
%assign j 0
%rep 8 ; halves of rows
    HALF_ROW_WEIGHTS m0, m2, xm0
    vpbroadcastq     m4, [blockq + INDEX + 8*j]
    pshufb           m4, [dup_dwords]
    paddb            m4, [taps_4]
    HALF_ROW_VIEWS   %1
    pxor             m9, m6
    pxor            m10, m6
    pmaddwd          m9, m0
    pmaddwd         m10, m2
    paddd            m9, m14
    paddd            m9, m10
    psrld            m9, xm13
    pminsd           m9, m3
    pslld            m9, xm1
    packusdw         m9, m9
    vpermq           m9, m9, q0020
    movu         [outq], xm9
    NEXT_VIEW       .view%[j], 2
%assign j j+1
%endrep
    NEXT_BLOCK       16, 2
%endmacro

REMAP_ROWS_LINE16 3

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
