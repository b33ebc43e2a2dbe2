;*****************************************************************************
;* v360batch: kernels of four taps, 16 bits, blocks with windows, AVX-512
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

%if ARCH_X86_64

SECTION_RODATA 64

QUARTER_CONTROLS
DWORD_PICKS
; indices of words for rows 0 to 3 of the kernel: of taps 0 and 1, of 2 and 3
words_16:
%assign i 0
%rep 4
             times 16 dw i, i+1
             times 16 dw i+2, i+3
%assign i i+8
%endrep
pd_1:        times 16 dd 1

SECTION .text

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl

; Row %4 of the kernel for 16 samples, times the row's weights %5 of y: row 0
; -> m29, others are added to m29. %1 indices, %2, %3 weights of x, %6 windows
%macro CUBE16_ROW 6
    paddw           m26, %1, [words_16 + 128*(%4)]
    paddw           m27, %1, [words_16 + 128*(%4) + 64]
%if %6 == 8
    mova            m28, m26
    mova            m30, m27
    vpermi2w        m28, m22, m23
    vpermi2w        m30, m22, m23
%endif
    vpermi2w        m26, m24, m25
    vpermi2w        m27, m24, m25
%if %6 == 8
    vmovdqa32   m26{k4}, m28
    vmovdqa32   m27{k4}, m30
%endif
    mova            m28, m31
    vpdpwssd        m28, m26, %2
    vpdpwssd        m28, m27, %3
    psrad           m28, xm14
%if %4
    pmulld          m28, %5
    paddd           m29, m28
%else
    pmulld          m29, m28, %5
%endif
%endmacro

; Window %3 -> %1 and %2 as signed words; %4 bits of a sample at most, 15 or 16
%macro CENTRED_WINDOW 4
    LOAD_WINDOW      %1, %2, %3
    CENTRE%4         %1, m20
    CENTRE%4         %2, m20
%endmacro

; 16 samples of quarter %1 -> m29 as dwords; %2 windows, %3 first of the
; registers of the quarter, %4 bits
%macro CUBE16_QUARTER 4
%assign i_a %3
%assign i_b %3+1
%assign i_c %3+2
%assign i_d %3+3
%if %2 == 4
    CENTRED_WINDOW  m24, m25, %1, %4
%else
    CENTRED_WINDOW  m24, m25, %1*2, %4
    CENTRED_WINDOW  m22, m23, %1*2 + 1, %4
%endif
%assign row 0
%rep 4
    CUBE16_ROW     m %+ i_a, m %+ i_b, m %+ i_c, row, m %+ i_d, %2
%assign row row+1
%assign i_d i_d+1
%endrep
    paddd           m29, m16
    psrad           m29, xm15
    paddd           m29, m17
    pminsd          m29, m18
    pslld           m29, [rsp + 64]
%endmacro

; Registers of quarter %1, from m%2 on: indices, weights of x of taps 0 and 1, of
; taps 2 and 3, weights of y of each row. %3 place of the weights on the stack
%macro PREPARE_CUBE16 3
%assign i_a %2
%assign i_b %2+1
%assign i_c %2+2
%assign i_d %2+3
%assign i_e %2+4
%assign i_f %2+5
%assign i_g %2+6
    movu           ym24, [blockq + INDEX + 32*(%1/2)]
%if %1 & 1
    mova            m25, [ctrl_right]
%else
    mova            m25, [ctrl_left]
%endif
    vpermb          m25, m25, m24
    psrlw        m %+ i_a, m25, 9
    mova            m24, [rsp + %3 + 128*%1]
    mova            m25, [rsp + %3 + 128*%1 + 64]
    mova         m %+ i_b, [even_dwords]
    mova         m %+ i_c, [odd_dwords]
    vpermi2d     m %+ i_b, m24, m25
    vpermi2d     m %+ i_c, m24, m25
    mova            m24, [rsp + %3 + 512 + 128*%1]
    mova            m25, [rsp + %3 + 512 + 128*%1 + 64]
    mova            m26, [even_dwords]
    mova            m27, [odd_dwords]
    vpermi2d        m26, m24, m25
    vpermi2d        m27, m24, m25
    psrad        m %+ i_e, m26, 16
    psrad        m %+ i_g, m27, 16
    pslld           m26, 16
    pslld           m27, 16
    psrad        m %+ i_d, m26, 16
    psrad        m %+ i_f, m27, 16
%endmacro

; Constants of bicubic_sample() in C for 16 bits, from V360Remap in ls. %1 bits,
; 15 or 16. CUBE_CONSTANTS16 has the same for AVX2, with fewer registers
%macro CUBE16_CONSTANTS 1
    mova            m19, [pd_1]
    mov              vd, [lsq + DEPTH]
    movd            xm0, [lsq + SHIFT]
    mova     [rsp + 64], xm0
    lea              pd, [vq - 1]
    movd            xm1, pd
    pslld           m20, m19, xm1
    psrld           m17, m20, xm0
%if %1 == 15
    pslld           m21, m20, 14
    paddd           m20, m20
    psubd           m20, m19
%endif
    vpbroadcastw    m20, xm20
    vpbroadcastd    m18, [lsq + MAX]
    lea              pd, [vq - 3]
    movd           xm14, pd
    dec              pd
    movd            xm1, pd
    pslld           m31, m19, xm1
%if %1 == 15
    psubd           m31, m21
%endif
    mov              pd, 31
    sub              pd, vd
    add              pd, [lsq + SHIFT]
    movd           xm15, pd
    dec              pd
    movd            xm1, pd
    pslld           m16, m19, xm1
%endmacro

%macro REMAP_CUBE16 3 ; bits of a sample at most, windows
cglobal v360_bicubic%1_1_%3, 6, 14, 32, 128 + 1024, \
        dst, block, n, src, nsrc, ls, ls3, off, p, v, out, w
    CUBE16_CONSTANTS %1
    mov              wq, [lsq + WEIGHTS]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    ROW_MASKS
    LOWER_MASK
.block:
    WINDOWS          %2, 2
    WEIGHTS_BY_QUARTER 128
%assign h 0
%rep 2
%assign left 2*h
%assign right 2*h + 1
    PREPARE_CUBE16  left, 0, 128
    PREPARE_CUBE16  right, 7, 128
    xor              vd, vd
    lea            outq, [dstq + 16*h]
.view%[h]:
    mov              pq, [srcq + 8*vq]
    CUBE16_QUARTER    left, %2, 0, %1
    mova            m21, m29
    CUBE16_QUARTER    right, %2, 7, %1
    packusdw        m21, m29
    STORE_LANES       0, 21, 2
    NEXT_VIEW       .view%[h], 2
%assign h h+1
%endrep
    NEXT_BLOCK       %2, 2
%endmacro

REMAP_CUBE16 15, 4, 4x4
REMAP_CUBE16 15, 8, 4x2
REMAP_CUBE16 16, 4, 4x4
REMAP_CUBE16 16, 8, 4x2

%endif ; HAVE_AVX512ICL_EXTERNAL

%endif ; ARCH_X86_64
