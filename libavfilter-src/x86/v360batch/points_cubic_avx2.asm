;*****************************************************************************
;* v360batch: kernels of four taps, points without blocks, AVX2
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

; four taps in a lane, of two rows or of one, by component instead of by tap
planar8_2:   times 2 db 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15
planar8_4:   times 2 db 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15
planar16_2:  times 2 db 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15
; dwords of weights of y for 4 values: in the low lane of rows 0 and 1, in the
; high lane of rows 2 and 3
rows_of_1:   dd 0, 2, 4, 6, 1, 3, 5, 7
rows_of_2:   dd 0, 0, 2, 2, 1, 1, 3, 3
rows_of_4:   dd 0, 0, 0, 0, 1, 1, 1, 1
pd_128:      times 8 dd 128
pd_255:      times 8 dd 255
pd_1_19:     times 8 dd 1 << 19
pd_1:        times 8 dd 1

SECTION .text

;-----------------------------------------------------------------------------
; inside_*(uint8_t *dst, const V360Point *point, int n, const V360Remap *r,
;          int32_t dx), n a multiple of 8
;
; A value is a component of a sample. Whatever the layout of samples, the taps
; of a value get one order: words of rows 0 and 1 in the low lane, of rows 2
; and 3 in the high lane.
;-----------------------------------------------------------------------------

INIT_YMM avx2

; on the stack: dwords of 8 samples; DWORD_OF has the order that DECODE leaves
%define DWORD_OF(i) 4*(((i)&1) | (((i)&2)<<1) | (((i)&4)>>1))
%define OFFSETS   0
%define FX       32
%define FY       64
; constants for 16 bits, as in bicubic_sample() in C
%define ROUND    96
%define BIAS    128
%define MOST    160
%define SHIFT2  192
%define UP      208

; Offsets and phases of 8 points -> the stack. %1 log2 of the bytes of a sample;
; m10 dx, m11 linesize
%macro DECODE 1
    movu             m0, [pointq]
    movu             m1, [pointq + 32]
    shufps           m2, m0, m1, q2020
    shufps           m3, m0, m1, q3131
    paddd            m2, m10
    pand             m0, m2, [pd_255]
    pand             m1, m3, [pd_255]
    mova     [rsp + FX], m0
    mova     [rsp + FY], m1
    psrad            m2, 8
    psrad            m3, 8
    pmulld           m3, m11
%if %1
    pslld            m2, %1
%endif
    paddd            m2, m3
    mova [rsp + OFFSETS], m2
%endmacro

; Taps of sample %1 -> m0, of further components -> m1 to m3
%macro FETCH8_1 1
    movsxd           aq, dword [rsp + OFFSETS + DWORD_OF(%1)]
    vpbroadcastd    xm0, [row0q + aq]
    vpbroadcastd    xm1, [row1q + aq]
    vpbroadcastd    xm2, [row2q + aq]
    vpbroadcastd    xm3, [row3q + aq]
    vpblendd        xm0, xm1, 0x2
    vpblendd        xm2, xm3, 0x8
    vpblendd        xm0, xm2, 0xc
    pmovzxbw         m0, xm0
%endmacro

%macro FETCH_QWORDS 1
    movsxd           aq, dword [rsp + OFFSETS + DWORD_OF(%1)]
    vpbroadcastq     m0, [row0q + aq]
    vpbroadcastq     m1, [row1q + aq]
    vpbroadcastq     m2, [row2q + aq]
    vpbroadcastq     m3, [row3q + aq]
    vpblendd         m0, m1, 0x0c
    vpblendd         m2, m3, 0xc0
    vpblendd         m0, m2, 0xf0
%endmacro

%macro FETCH8_2 1
    FETCH_QWORDS     %1
    pshufb           m0, [planar8_2]
    punpckhbw        m1, m0, m13
    punpcklbw        m0, m13
%endmacro

%macro FETCH16_1 1
    FETCH_QWORDS     %1
    CENTRE16         m0, m13
%endmacro

%macro FETCH15_1 1
    FETCH_QWORDS     %1
    CENTRE15         m0, m13
%endmacro

%macro FETCH_LANES 1
    movsxd           aq, dword [rsp + OFFSETS + DWORD_OF(%1)]
    movu            xm0, [row0q + aq]
    movu            xm1, [row1q + aq]
    vinserti128      m0, m0, [row2q + aq], 1
    vinserti128      m1, m1, [row3q + aq], 1
%endmacro

%macro FETCH8_4 1
    FETCH_LANES      %1
    pshufb           m0, [planar8_4]
    pshufb           m1, [planar8_4]
    punpckhdq        m2, m0, m1
    punpckldq        m0, m1
    punpckhbw        m1, m0, m13
    punpcklbw        m0, m13
    punpckhbw        m3, m2, m13
    punpcklbw        m2, m13
%endmacro

%macro FETCH16_2 1
    FETCH_LANES      %1
    CENTRE16         m0, m13
    CENTRE16         m1, m13
    pshufb           m0, [planar16_2]
    pshufb           m1, [planar16_2]
    punpcklqdq       m2, m0, m1
    punpckhqdq       m1, m0, m1
    SWAP              0, 2
%endmacro

; Weights of sample %2: of x -> each qword of m%1, of y -> the low qword
%macro WEIGHTS_X 2
    mov              fd, [rsp + FX + DWORD_OF(%2)]
    vpbroadcastq    m%1, [wq + 8*fq]
%endmacro

%macro WEIGHTS_Y 2
    mov              fd, [rsp + FY + DWORD_OF(%2)]
    movq           xm%1, [wq + 8*fq]
%endmacro

; Halves of the sums of rows of two values, in m%2 and m%3 -> dwords of the sums
; of both in m%1. %4 bits; clobbers m%2
%macro ROW_SUMS 4
    shufps          m%1, m%2, m%3, q2020
    shufps          m%2, m%2, m%3, q3131
    paddd           m%1, m14
    paddd           m%1, m%2
%if %4 == 8
    psrad           m%1, 8
%else
    psrad           m%1, xm15
%endif
%endmacro

; Sums of rows of two values of 16 bits in m%1, times their weights of y: of
; sample %2, and of %3 if the second value is of another sample
%macro COLUMNS16 2-3
    WEIGHTS_Y         9, %2
%if %0 == 3
    WEIGHTS_Y         0, %3
    punpckldq       xm9, xm0
%else
    punpckldq       xm9, xm9
%endif
    pmovsxwd         m9, xm9
    pmulld          m%1, m9
%endmacro

; Weighted sums of four values from sample %3 on -> m6, in two parts, a lane
; each. %1 bits, %2 components
%macro FOUR_VALUES 3
%if %2 == 4
    FETCH%1_4        %3
    WEIGHTS_X         9, %3
    pmaddwd          m4, m0, m9
    pmaddwd          m5, m1, m9
    pmaddwd          m2, m9
    pmaddwd          m3, m9
    ROW_SUMS          6, 4, 5, %1
    ROW_SUMS          7, 2, 3, %1
%else
%assign %%p 6
%assign %%s %3
%rep 2
    FETCH%1_%2       %%s
    WEIGHTS_X         4, %%s
%if %2 == 2
    pmaddwd          m5, m1, m4
    pmaddwd          m4, m0
%else
    pmaddwd          m4, m0
    FETCH%1_%2       %%s+1
    WEIGHTS_X         5, %%s+1
    pmaddwd          m5, m0
%endif
    ROW_SUMS        %%p, 4, 5, %1
%if %1 == 16 && %2 == 2
    COLUMNS16       %%p, %%s
%elif %1 >= 15
    COLUMNS16       %%p, %%s, %%s+1
%endif
%assign %%p %%p+1
%assign %%s %%s+2/%2
%endrep
%endif
%if %1 >= 15
    shufps           m0, m6, m7, q2020
    shufps           m6, m6, m7, q3131
    paddd            m6, m0
%else
    WEIGHTS_Y         9, %3
%if %2 == 2
    mov              fd, [rsp + FY + DWORD_OF(%3+1)]
    movhps          xm9, [wq + 8*fq]
%elif %2 == 1
    mov              fd, [rsp + FY + DWORD_OF(%3+1)]
    movhps          xm9, [wq + 8*fq]
    WEIGHTS_Y         0, %3+2
    mov              fd, [rsp + FY + DWORD_OF(%3+3)]
    movhps          xm0, [wq + 8*fq]
    vinserti128      m9, m9, xm0, 1
%endif
    vpermd           m9, m12, m9
    packssdw         m6, m7
    pmaddwd          m6, m9
%endif
%endmacro

; 8 values from the parts in m8 and m6 -> dst + %2; %1 bits
%macro STORE8 2
    vperm2i128       m0, m8, m6, q0200
    vperm2i128       m6, m8, m6, q0301
    paddd            m0, m6
%if %1 == 8
    paddd            m0, [pd_1_19]
    psrad            m0, 20
    vextracti128    xm1, m0, 1
    packusdw        xm0, xm1
    packuswb        xm0, xm0
    movq    [dstq + %2], xm0
%else
    paddd            m0, [rsp + ROUND]
    psrad            m0, [rsp + SHIFT2]
    paddd            m0, [rsp + BIAS]
    pminsd           m0, [rsp + MOST]
    pslld            m0, [rsp + UP]
    vextracti128    xm1, m0, 1
    packusdw        xm0, xm1
    movu    [dstq + %2], xm0
%endif
%endmacro

; bits (15: up to 15 of 16), components, log2 of the bytes of a sample
%macro INSIDE_CUBE 3
cglobal v360_inside_bicubic%1_%2, 5, 11, 16, 224, \
        dst, point, n, row0, row1, row2, row3, w, a, f
%define rq row0q
    movd            xm0, row1d ; dx
    vpbroadcastd    m10, xm0
    vpbroadcastd    m11, [rq + LINESIZE]
    mov              wq, [rq + WEIGHTS]
%if %1 == 8
    pxor            m13, m13
    mova            m14, [pd_128]
    mova            m12, [rows_of_%2]
%else
    CUBE_CONSTANTS16 m9, f, m9, %1
    mova  [rsp + ROUND], m9
%endif
    mov           row1q, [rq + LINESIZE]
    mov           row0q, [rq]
    sub           row0q, row1q
    sub           row0q, 1 << %3
    lea           row2q, [row0q + 2*row1q]
    lea           row3q, [row2q + row1q]
    add           row1q, row0q
.loop:
    DECODE           %3
%assign g 0
%rep %2
    FOUR_VALUES      %1, %2, g
    mova             m8, m6
    FOUR_VALUES      %1, %2, g + 4/%2
    STORE8           %1, (g << %3)
%assign g g + 8/%2
%endrep
    add          pointq, 64
    add            dstq, 8 << %3
    sub              nd, 8
    jg .loop
    RET
%endmacro

INSIDE_CUBE  8, 1, 0
INSIDE_CUBE  8, 2, 1
INSIDE_CUBE  8, 4, 2
INSIDE_CUBE 15, 1, 1
INSIDE_CUBE 16, 1, 1
INSIDE_CUBE 16, 2, 2

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
