;*****************************************************************************
;* v360batch: bilinear kernels, points without blocks, AVX2
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

pw_2:        times 8 dw 2
pw_16384:    times 8 dw 16384
pd_8192:     times 4 dd 8192
; two taps of each sample, by component instead of by tap
pick_two:    db 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15

SECTION .text

;-----------------------------------------------------------------------------
; inside_*(uint8_t *dst, const V360Point *point, int n, const V360Remap *r,
;          int32_t dx), n a multiple of 8
;-----------------------------------------------------------------------------

; Bilinear sums of 4 pairs of bytes, upper in %1, lower in %2 -> dwords in %1.
; %3, %4 weights; %5: the pairs are in the low (lbw) or the high half (hbw)
%macro PAIR_DOT 5
    punpck%5         %1, m13
    punpck%5         %2, m13
    pmaddwd          %1, %3
    pmaddwd          %2, %4
    paddd            %1, %2
    paddd            %1, m14
    psrld            %1, 14
%endmacro

; 4 samples of two components -> words in m12; %1, %2 upper and lower taps,
; %3, %4 weights. Keeps m8
%macro FOUR_TWO 4
    pshufb           %1, m15
    pshufb           %2, m15
    punpckldq       m10, %3, %3
    punpckldq       m11, %4, %4
    mova            m12, %1
    mova             m9, %2
    PAIR_DOT        m12, m9, m10, m11, lbw
    punpckhdq       m10, %3, %3
    punpckhdq       m11, %4, %4
    PAIR_DOT         %1, %2, m10, m11, hbw
    packssdw        m12, %1
%endmacro

INIT_XMM avx2
%macro INSIDE_LINE8 1 ; components
cglobal v360_inside_bilinear8_%1, 5, 8, 16, 32, dst, point, n, r, dx, src, ls, a
    mov            srcq, [rq]
    mov             lsq, [rq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pick_two]
    movd             m0, dxd
    vpbroadcastd     m0, m0
    movd             m1, lsd
    vpbroadcastd     m1, m1
.loop:
%assign h 0
%rep 2
    movu             m2, [pointq + 32*h]
    movu             m3, [pointq + 32*h + 16]
    shufps           m4, m2, m3, q2020
    shufps           m5, m2, m3, q3131
    paddd            m4, m0
    pslld            m6, m4, 24
    psrld            m6, 24
    pslld            m7, m5, 24
    psrld            m7, 24
    psrad            m4, 8
    psrad            m5, 8
    pmulld           m5, m1
%if %1 == 2
    paddd            m4, m4
%endif
    paddd            m4, m5
    mova  [rsp + 16*h], m4
%if h == 0
    mova             m8, m6
    mova             m9, m7
%endif
%assign h h+1
%endrep
    packusdw         m8, m6
    packusdw         m9, m7
    LINE_WEIGHTS     m8, m9, m10, m11
    punpcklwd        m2, m11, m8
    punpckhwd        m3, m11, m8
    punpcklwd        m4, m9, m10
    punpckhwd        m5, m9, m10
%assign i 0
%rep 8
    movsxd           aq, dword [rsp + 4*i]
    add              aq, srcq
%if %1 == 1
    pinsrw           m6, [aq], i
    pinsrw           m7, [aq + lsq], i
%elif i == 0
    movd             m6, [aq]
    movd             m7, [aq + lsq]
%elif i < 4
    pinsrd           m6, [aq], i
    pinsrd           m7, [aq + lsq], i
%elif i == 4
    FOUR_TWO         m6, m7, m2, m4
    mova             m8, m12
    movd             m6, [aq]
    movd             m7, [aq + lsq]
%else
    pinsrd           m6, [aq], i-4
    pinsrd           m7, [aq + lsq], i-4
%endif
%assign i i+1
%endrep
%if %1 == 1
    mova             m8, m6
    mova             m9, m7
    PAIR_DOT         m6, m7, m2, m4, lbw
    PAIR_DOT         m8, m9, m3, m5, hbw
    packssdw         m6, m8
    packuswb         m6, m6
    movq         [dstq], m6
%else
    FOUR_TWO         m6, m7, m3, m5
    packuswb         m8, m12
    movu         [dstq], m8
%endif
    add          pointq, 64
    add            dstq, 8*%1
    sub              nd, 8
    jg .loop
    RET
%endmacro

INSIDE_LINE8 1
INSIDE_LINE8 2

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
