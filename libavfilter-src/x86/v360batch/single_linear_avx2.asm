;*****************************************************************************
;* v360batch: bilinear kernels, blocks of single samples, AVX2
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

; two taps of two samples, by component instead of by tap
planar8_2:   times 2 db 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15
planar8_4:   times 2 db 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15
planar16_2:  times 2 db 0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15
pw_2:        times 16 dw 2
pw_16384:    times 16 dw 16384
pd_8192:     times 8 dd 8192
; 16-bit samples become signed by pw_8000, which takes 32768 << 14 off the sum
pw_8000:     times 16 dw 0x8000
pd_1_29:     times 8 dd 1 << 29

SECTION .text

INIT_YMM avx2

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

; on the stack: by sample, words of the weights of the upper and the lower taps
%define UPPER      (SINGLE_STACK)
%define LOWER      (UPPER + 256)
%define LINE_STACK (LOWER + 256)

; Low lanes of m%2 and m%3 -> m%1, their high lanes -> m%3
%macro IN_ORDER 3
    vinserti128    m%1, m%2, xm%3, 1
    vperm2i128     m%3, m%2, m%3, q0301
%endmacro

; Weights of the 64 samples of a block
%macro SINGLE_WEIGHTS 0
%assign %%i 0
%rep 4
    pmovzxbw        m0, [blockq + PHASEX + 16*%%i]
    pmovzxbw        m1, [blockq + PHASEY + 16*%%i]
    LINE_WEIGHTS    m0, m1, m2, m3
    punpcklwd       m4, m3, m0
    punpckhwd       m3, m3, m0
    punpcklwd       m5, m1, m2
    punpckhwd       m1, m1, m2
    IN_ORDER          0, 4, 3
    IN_ORDER          2, 5, 1
    mova [rsp + UPPER + 64*%%i], m0
    mova [rsp + UPPER + 64*%%i + 32], m3
    mova [rsp + LOWER + 64*%%i], m2
    mova [rsp + LOWER + 64*%%i + 32], m1
%assign %%i %%i+1
%endrep
%endmacro

; Weights of a group, the samples whose upper taps fill a register: of the upper
; taps -> m10, of the lower taps -> m11. With 8 bits these are for the low half
; of each lane of taps, and m12, m13 for the high half, as VALUES8 unpacks them.
; %1 bits, %2 components
%macro WEIGHTS_GROUP 2
    mov              aq, gq
    shr              aq, 1
%if %2 == 1
    mova            m10, [rsp + aq + UPPER]
    mova            m11, [rsp + aq + LOWER]
%elif %1 == 8 && %2 == 2
    mova            m10, [rsp + aq + UPPER]
    mova            m11, [rsp + aq + LOWER]
    punpckhdq       m12, m10, m10
    punpckhdq       m13, m11, m11
    punpckldq       m10, m10
    punpckldq       m11, m11
%else
    pmovzxdq        m10, [rsp + aq + UPPER]
    pmovzxdq        m11, [rsp + aq + LOWER]
%if %1 == 16
    pshufd          m10, m10, q2200
    pshufd          m11, m11, q2200
%else
    pshufd          m12, m10, q2222
    pshufd          m13, m11, q2222
    pshufd          m10, m10, q0000
    pshufd          m11, m11, q0000
%endif
%endif
%endmacro

; Upper taps of a group -> m0, lower taps -> m1
%macro TAPS16_1 0
    ROWS_OF        2, 0, 4, 0, 1, 2, 3, 4, 5, 6, 7
%endmacro

%macro TAPS_QWORDS 0
    ROWS_OF        2, 0, 8, 0, 1, 2, 3
%endmacro

%macro TAPS16_2 0
    TAPS_QWORDS
    pshufb           m0, [planar16_2]
    pshufb           m1, [planar16_2]
%endmacro

%macro TAPS8_2 0
    TAPS16_1
    pshufb           m0, [planar8_2]
    pshufb           m1, [planar8_2]
%endmacro

%macro TAPS8_4 0
    TAPS_QWORDS
    pshufb           m0, [planar8_4]
    pshufb           m1, [planar8_4]
%endmacro

; The values of a group, 16 bytes -> out
%macro VALUES16 0
    pxor             m0, m12
    pxor             m1, m12
    pmaddwd          m0, m10
    pmaddwd          m1, m11
    paddd            m0, m14
    paddd            m0, m1
    psrld            m0, xm15
    pminsd           m0, m13
    pslld            m0, xm9
    vextracti128    xm1, m0, 1
    packusdw        xm0, xm1
    movu         [outq], xm0
%endmacro

%macro VALUES8 0
    punpckhbw        m2, m0, m15
    punpcklbw        m0, m15
    punpckhbw        m3, m1, m15
    punpcklbw        m1, m15
    pmaddwd          m0, m10
    pmaddwd          m1, m11
    pmaddwd          m2, m12
    pmaddwd          m3, m13
    paddd            m0, m14
    paddd            m2, m14
    paddd            m0, m1
    paddd            m2, m3
    psrld            m0, 14
    psrld            m2, 14
    packssdw         m0, m2
    vextracti128    xm1, m0, 1
    packuswb        xm0, xm1
    movu         [outq], xm0
%endmacro

; Constants of bilinear_sample() in C for 16 bits
%macro CONSTANTS16 0
    mov              vd, [rq + SHIFT]
    movd            xm9, vd
    vpbroadcastd    m13, [rq + MAX]
    mova            m14, [pd_8192]
    pslld           m14, xm9
    paddd           m14, [pd_1_29]
    add              vd, 14
    movd           xm15, vd
    mova            m12, [pw_8000]
%endmacro

%macro SINGLE_LINE 3 ; bits, components, log2 of the bytes of a sample
%assign stack_bytes LINE_STACK
cglobal v360_bilinear%1_%2_1x1, 6, 12, 16, stack_bytes, \
        dst, block, n, src, nsrc, r, p, v, out, row1, g, a
%if %1 == 8
    pxor           xm15, xm15
    mova            m14, [pd_8192]
%else
    CONSTANTS16
%endif
.block:
    SINGLE_OFFSETS    %3
    SINGLE_WEIGHTS
    xor              gd, gd
.group:
    WEIGHTS_GROUP    %1, %2
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
    mov           row1q, [rq + LINESIZE]
    add           row1q, pq
    TAPS%1_%2
    VALUES%1
    NEXT_VIEW       .view, (1 << %3)
    add            dstq, mmsize/2
    add              gd, 8*mmsize >> (1 + %3)
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

SINGLE_LINE  8, 2, 1
SINGLE_LINE  8, 4, 2
SINGLE_LINE 16, 1, 1
SINGLE_LINE 16, 2, 2

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
