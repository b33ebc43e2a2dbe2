;*****************************************************************************
;* v360batch: macros that the kernels of blocks share
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

; V360Block and V360Remap; dsp_init.c asserts these
%define INDEX    0
%define PHASEX  64
%define PHASEY 128
%define ANCHOR 192
%define BLOCK_SIZE(windows) ((ANCHOR + 4*(windows) + 15) & ~15)
%define LINESIZE 8
%define WEIGHTS 24
%define MAX     32
%define SHIFT   36
%define DEPTH   40
; V360_BLOCK_PITCH: from row to row of what remap_blocks writes, in samples
%define PITCH  128

; Offsets of a block's windows from the source -> the stack. %1 number of
; windows, %2 bytes of a sample
%macro WINDOWS 2
%assign %%i 0
%rep %1
    movzx          offd, word [blockq + ANCHOR + 4*%%i + 2]
    movzx            pd, word [blockq + ANCHOR + 4*%%i]
    imul           offq, lsq
%if %2 == 1
    add            offq, pq
%else
    lea            offq, [offq + %2*pq]
%endif
    mov   [rsp + 8*%%i], offq
%assign %%i %%i+1
%endrep
%endmacro

; Bilinear weights from words of phases, as line_weights() in C.
; %1 fx -> w01, %2 fy -> w10, %3 -> w11, %4 -> w00
%macro LINE_WEIGHTS 4
    pmullw           %3, %1, %2
    paddw            %3, [pw_2]
    psrlw            %3, 2
    psllw            %1, 6
    psllw            %2, 6
    mova             %4, [pw_16384]
    psubw            %4, %1
    psubw            %1, %3
    psubw            %2, %3
    psubw            %4, %2
%endmacro

; A row of the windows at a and at b -> the lanes of m%1; a and b go to the
; next row
%macro LOAD_ROW 1
    movu            xm%1, [aq]
    vinserti128      m%1, m%1, [bq], 1
    add               aq, lsq
    add               bq, lsq
%endmacro

; Control of pshufb for row %1 of a window -> m%2, from the indices in m%3.
; Samples with a first tap in another row become 0: with 0x70 of m15 added, only
; 0 to 15 leave bit 7 clear. %4, if given, sets bit 7 of samples of another
; window.
%macro PICK 3-4
%if %1
    psubb            m%2, m%3, [pb_rows + 32*(%1)]
    paddusb          m%2, m15
%else
    paddusb          m%2, m%3, m15
%endif
%if %0 == 4
    por              m%2, [%4]
%endif
%endmacro

; 8 rows of 16 bytes of window %3 -> %1 and %2, a lane each
%macro LOAD_WINDOW 3
    mov            offq, [rsp + 8*(%3)]
    add            offq, pq
    vbroadcasti32x4  %1, [offq]
    vbroadcasti32x4  %1{k1}, [offq + lsq]
    vbroadcasti32x4  %1{k2}, [offq + 2*lsq]
    vbroadcasti32x4  %1{k3}, [offq + ls3q]
    lea            offq, [offq + 4*lsq]
    vbroadcasti32x4  %2, [offq]
    vbroadcasti32x4  %2{k1}, [offq + lsq]
    vbroadcasti32x4  %2{k2}, [offq + 2*lsq]
    vbroadcasti32x4  %2{k3}, [offq + ls3q]
%endmacro

; The lanes of m%2 -> 4 rows of out, at offset %1; %3 bytes of a sample
%macro STORE_LANES 3
    movu           [outq + %1], xm%2
    vextracti32x4  [outq + %1 + PITCH*%3], m%2, 1
    vextracti32x4  [outq + %1 + 2*PITCH*%3], m%2, 2
    vextracti32x4  [outq + %1 + 3*PITCH*%3], m%2, 3
%endmacro

; k1 to k3: the dwords of lanes 1 to 3, which LOAD_WINDOW fills one by one
%macro ROW_MASKS 0
    mov              vd, 0x00f0
    kmovw            k1, vd
    mov              vd, 0x0f00
    kmovw            k2, vd
    mov              vd, 0xf000
    kmovw            k3, vd
%endmacro

; k4: the dwords of the lower 4x2 samples of a quarter
%macro LOWER_MASK 0
    mov              vd, 0xff00
    kmovw            k4, vd
%endmacro

; Weights of a block's samples, by phase -> the stack: qwords of x from %1 on, of
; y from %1 + 512 on, by quarters of 4x4 samples
%macro WEIGHTS_BY_QUARTER 1
%assign %%h 0
%rep 2
%assign %%l 0
%rep 32
%assign %%to %1 + %%h*256 + (%%l/8)*32 + (%%l&7)*8 + ((%%l&4)/4)*(128 - 32)
    movzx            pd, byte [blockq + PHASEX + 32*%%h + %%l]
    movzx          offd, byte [blockq + PHASEY + 32*%%h + %%l]
    mov              pq, [wq + 8*pq]
    mov            offq, [wq + 8*offq]
    mov     [rsp + %%to], pq
    mov     [rsp + %%to + 512], offq
%assign %%l %%l+1
%endrep
%assign %%h %%h+1
%endrep
%endmacro

; Constants for the SECTION_RODATA of files that use them: a control that makes
; dwords of the indices of the left 4x4 samples of half a block, and one for the
; right 4x4
%macro QUARTER_CONTROLS 0
ctrl_left:   db  0,  0,  0,  0,  1,  1,  1,  1,  2,  2,  2,  2,  3,  3,  3,  3
             db  8,  8,  8,  8,  9,  9,  9,  9, 10, 10, 10, 10, 11, 11, 11, 11
             db 16, 16, 16, 16, 17, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 19
             db 24, 24, 24, 24, 25, 25, 25, 25, 26, 26, 26, 26, 27, 27, 27, 27
ctrl_right:  db  4,  4,  4,  4,  5,  5,  5,  5,  6,  6,  6,  6,  7,  7,  7,  7
             db 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15
             db 20, 20, 20, 20, 21, 21, 21, 21, 22, 22, 22, 22, 23, 23, 23, 23
             db 28, 28, 28, 28, 29, 29, 29, 29, 30, 30, 30, 30, 31, 31, 31, 31
%endmacro

; Even and odd dwords of two registers
%macro DWORD_PICKS 0
even_dwords: dd 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
odd_dwords:  dd 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
%endmacro

; End of the loop over views, which begins at label %1; %2 bytes of a sample
%macro NEXT_VIEW 2
    add            outq, 4*PITCH*%2
    inc              vd
    cmp              vd, nsrcd
    jl %1
%endmacro

; End of the loop over blocks, of %1 windows each; %2 bytes of a sample
%macro NEXT_BLOCK 2
    add           blockq, BLOCK_SIZE(%1)
    add            dstq, 16*%2
    dec              nd
    jg .block
    RET
%endmacro

; Samples of 16 bits become signed words, as multiplications take them. With all
; 16 bits in use they are centred on 0. With up to 15 bits they are clipped to
; their depth instead, and the first value of a row's sum centres that sum.
%define CENTRE16 psubw
%define CENTRE15 pminuw

; Constants of bicubic_sample() in C for 16 bits, from V360Remap r: on the stack
; as named, m13 operand of CENTRE%4, m14 first value of a row's sum, xm15 shift
; of that sum, %3 half of the last division. %4 bits of a sample at most, 15 or
; 16. Clobbers %1, m0 to m2, a and the register %2
%macro CUBE_CONSTANTS16 4
    mova             %1, [pd_1]
    mov              %2d, [rq + DEPTH]
    movd            xm0, [rq + SHIFT]
    mova     [rsp + UP], xm0
    lea              ad, [%2q - 1]
    movd            xm1, ad
    pslld           m13, %1, xm1
    psrld            m2, m13, xm0
    mova   [rsp + BIAS], m2
%if %4 == 15
    pslld            m0, m13, 14
    paddd           m13, m13
    psubd           m13, %1
%endif
    vpbroadcastw    m13, xm13
    vpbroadcastd     m2, [rq + MAX]
    mova   [rsp + MOST], m2
    lea              ad, [%2q - 3]
    movd           xm15, ad
    lea              ad, [%2q - 4]
    movd            xm1, ad
    pslld           m14, %1, xm1
%if %4 == 15
    psubd           m14, m0
%endif
    mov              ad, 31
    sub              ad, %2d
    add              ad, [rq + SHIFT]
    movd            xm1, ad
    mova [rsp + SHIFT2], xm1
    dec              ad
    movd            xm1, ad
    pslld           %3, %1, xm1
%endmacro
