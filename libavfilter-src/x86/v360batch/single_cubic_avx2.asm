;*****************************************************************************
;* v360batch: kernels of four taps, blocks of single samples, AVX2
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

; four taps of one sample or two, by component instead of by tap
planar8_2:   times 2 db 0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15
planar8_4:   times 2 db 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15
planar16_2:  times 2 db 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15
pd_128:      times 8 dd 128
pd_1_19:     times 8 dd 1 << 19
pd_1:        times 8 dd 1

SECTION .text

INIT_YMM avx2

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;
; The taps of a row of VALUES values fill two registers: P has those of values 0
; and 1 of each lane, Q those of values 2 and 3.
;-----------------------------------------------------------------------------

; on the stack, after the offsets: by sample, qwords of weights of x and of y
%define WX      (SINGLE_STACK)
%define WY      (WX + 512)
; dwords of weights of y for VALUES values, by row
%define ROWS_Y  (WY + 512)
; constants for 16 bits, as in bicubic_sample() in C
%define ROUND   (ROWS_Y + 4*mmsize)
%define BIAS    (ROUND + mmsize)
%define MOST    (BIAS + mmsize)
%define SHIFT1  (MOST + mmsize)
%define SHIFT2  (SHIFT1 + 16)
%define UP      (SHIFT2 + 16)
%define STACK   (UP + 32)

; Weights of the 64 samples of a block
%macro SINGLE_WEIGHTS 0
%assign %%i 0
%rep 64
    movzx            ad, byte [blockq + PHASEX + %%i]
    movzx            vd, byte [blockq + PHASEY + %%i]
    mov              aq, [wq + 8*aq]
    mov              vq, [wq + 8*vq]
    mov [rsp + WX + 8*%%i], aq
    mov [rsp + WY + 8*%%i], vq
%assign %%i %%i+1
%endrep
%endmacro

; Weights at %3 + g of the samples of VALUES values, in the order of the taps: P
; -> m%1, Q -> m%2. %4 components
%macro WEIGHTS_PQ 4
%if %4 == 1
    mova            m%2, [rsp + gq + %3]
    vinserti128     m%1, m%2, [rsp + gq + %3 + 32], 1
    vperm2i128      m%2, m%2, [rsp + gq + %3 + 32], q0301
%elif %4 == 2
    mova            m%2, [rsp + gq + %3]
    punpcklqdq      m%1, m%2, m%2
    punpckhqdq      m%2, m%2
%else
    vpermq          m%1, [rsp + gq + %3], q1100
    mova            m%2, m%1
%endif
%endmacro

; Weights of VALUES values: of x -> m11 and m12, of y -> the stack
%macro WEIGHTS_GROUP 1
    WEIGHTS_PQ        0, 1, WY, %1
    shufps           m2, m0, m1, q2020
    shufps           m3, m0, m1, q3131
    psrad            m1, m2, 16
    pslld            m2, 16
    psrad            m0, m2, 16
    mova [rsp + ROWS_Y], m0
    mova [rsp + ROWS_Y + mmsize], m1
    psrad            m1, m3, 16
    pslld            m3, 16
    psrad            m0, m3, 16
    mova [rsp + ROWS_Y + 2*mmsize], m0
    mova [rsp + ROWS_Y + 3*mmsize], m1
    WEIGHTS_PQ       11, 12, WX, %1
%endmacro

; Bytes in each of m0 to m3 -> words, low ones in m0 to m3, high in m4 to m7
%macro UNPACK_ROWS 0
%assign %%i 0
%assign %%j 4
%rep 4
    punpckhbw      m%[%%j], m%[%%i], m13
    punpcklbw      m%[%%i], m13
%assign %%i %%i+1
%assign %%j %%j+1
%endrep
%endmacro

; Instruction %1 with operand %2 for each of the registers m%3 to m%4
%macro FOR_REGISTERS 4
%assign %%i %3
%rep %4 - %3 + 1
    %1             m%[%%i], %2
%assign %%i %%i+1
%endrep
%endmacro

; Taps of VALUES values: four rows of P -> m0 to m3, of Q -> m4 to m7
%macro TAPS8_1 0
    ROWS_OF         4, 0, 4, 0, 1, 2, 3, 4, 5, 6, 7
    UNPACK_ROWS
%endmacro

%macro TAPS8_2 0
    ROWS_OF         4, 0, 8, 0, 1, 2, 3
    FOR_REGISTERS pshufb, [planar8_2], 0, 3
    UNPACK_ROWS
%endmacro

%macro TAPS8_4 0
    ROWS_OF        4, 0, 16, 0, 1
    FOR_REGISTERS pshufb, [planar8_4], 0, 3
    UNPACK_ROWS
%endmacro

%macro TAPS16_1 0
    ROWS_OF         4, 0, 8, 0, 1, 4, 5
    ROWS_OF         4, 4, 8, 2, 3, 6, 7
    FOR_REGISTERS CENTRE16, m13, 0, 7
%endmacro

%macro TAPS15_1 0
    ROWS_OF         4, 0, 8, 0, 1, 4, 5
    ROWS_OF         4, 4, 8, 2, 3, 6, 7
    FOR_REGISTERS CENTRE15, m13, 0, 7
%endmacro

%macro TAPS16_2 0
    ROWS_OF        4, 0, 16, 0, 2
    ROWS_OF        4, 4, 16, 1, 3
    FOR_REGISTERS CENTRE16, m13, 0, 7
    FOR_REGISTERS pshufb, [planar16_2], 0, 7
%endmacro

; P and Q of four rows -> weighted sums in m0; %1 bits
%macro SUMS 1
%assign %%i 0
%assign %%j 4
%rep 4
    pmaddwd        m%[%%i], m11
    pmaddwd        m%[%%j], m12
    shufps           m8, m%[%%i], m%[%%j], q2020
    shufps         m%[%%i], m%[%%i], m%[%%j], q3131
    paddd            m8, m14
    paddd          m%[%%i], m8
%if %1 == 8
    psrad          m%[%%i], 8
%else
    psrad          m%[%%i], xm15
%endif
    pmulld         m%[%%i], [rsp + ROWS_Y + mmsize*%%i]
%assign %%i %%i+1
%assign %%j %%j+1
%endrep
    paddd            m0, m1
    paddd            m2, m3
    paddd            m0, m2
%endmacro

; Sums in m0 -> values in out; %1 bits
%macro STORE_VALUES 1
%if %1 == 8
    paddd            m0, m10
    psrad            m0, 20
    vextracti128    xm1, m0, 1
    packusdw        xm0, xm1
    packuswb        xm0, xm0
    movq         [outq], xm0
%else
    paddd            m0, m10
    psrad            m0, [rsp + SHIFT2]
    paddd            m0, [rsp + BIAS]
    pminsd           m0, [rsp + MOST]
    pslld            m0, [rsp + UP]
    vextracti128    xm1, m0, 1
    packusdw        xm0, xm1
    movu         [outq], xm0
%endif
%endmacro

; bits (15: up to 15 of 16), components, log2 of the bytes of a sample
%macro SINGLE_CUBE 3
%assign stack_bytes STACK
cglobal v360_bicubic%1_%2_1x1, 6, 15, 16, -stack_bytes, \
        dst, block, n, src, nsrc, r, w, p, v, out, row1, row2, row3, g, a
    mov              wq, [rq + WEIGHTS]
    vpxor           xm9, xm9, xm9
%if %1 == 8
    mova            m13, m9
    mova            m14, [pd_128]
    mova            m10, [pd_1_19]
%else
    CUBE_CONSTANTS16 m8, v, m10, %1
%endif
.block:
    SINGLE_OFFSETS    %3
    SINGLE_WEIGHTS
    xor              gd, gd
.group:
    WEIGHTS_GROUP    %2
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
    mov           row2q, [rq + LINESIZE]
    lea           row1q, [pq + row2q]
    lea           row3q, [row1q + 2*row2q]
    lea           row2q, [pq + 2*row2q]
    TAPS%1_%2
    SUMS             %1
    STORE_VALUES     %1
    NEXT_VIEW       .view, (1 << %3)
    add            dstq, (VALUES/%2) << %3
    add              gd, 8*VALUES/%2
    test             gd, 127
    jnz .group
    add            dstq, (PITCH - 16) << %3 ; the next row of samples
    cmp              gd, 512
    jl .group
    add           blockq, BLOCK_SIZE(64)
    sub            dstq, (4*PITCH - 16) << %3
    dec              nd
    jg .block
    RET
%endmacro

SINGLE_CUBE  8, 1, 0
SINGLE_CUBE  8, 2, 1
SINGLE_CUBE  8, 4, 2
SINGLE_CUBE 15, 1, 1
SINGLE_CUBE 16, 1, 1
SINGLE_CUBE 16, 2, 2

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
