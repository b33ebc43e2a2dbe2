;*****************************************************************************
;* v360batch: bilinear kernels, blocks with windows, AVX-512
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
pw_2:        times 32 dw 2
pw_16384:    times 32 dw 16384
pd_8192:     times 16 dd 8192
pw_00ff:     times 32 dw 0x00ff
; offsets of a sample's taps from the first. Upper and lower taps take turns,
; so that even bytes are words of the upper row, odd bytes words of the lower
taps_2d:     times 16 db 0, 16, 1, 17
taps_2d_two: times 16 db 0, 16, 2, 18
pb_1:        times 64 db 1
taps_4:      times 16 db 0, 1, 2, 3
; 16-bit samples become signed by pw_8000, which takes 32768 << 14 off the sum
pw_8000:     times 32 dw 0x8000
pd_1_29:     times 16 dd 1 << 29
pb_16:       times 64 db 16
; masks of the bytes of a 4x4 quarter that one window has: of 4x2, of 2x2 samples
own_bytes_8: dq 0x00000000ffffffff, 0xffffffff00000000
own_bytes_16: dq 0x0000000000ff00ff, 0x00ff00ff00000000
              dq 0x00000000ff00ff00, 0xff00ff0000000000

SECTION .text

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl

; Taps of the 4x4 samples of quarter %4 (0 to 3) of a block -> %1. Where several
; windows share a quarter, each replaces the bytes of its own samples, which k4 to
; k7 tell. %2 control, %3 windows of the block, %5 first of the quarters that share
; a window
%macro BLOCK_TAPS 5
    mova             %1, %2
%if %3 == 2
%if %4 == %5
    LOAD_WINDOW     m24, m25, %4/2
%endif
    vpermi2b         %1, m24, m25
%elif %3 == 4
    LOAD_WINDOW     m24, m25, %4
    vpermi2b         %1, m24, m25
%else
%assign %%i 0
%rep %3/4
%assign %%k 4+%%i
    LOAD_WINDOW     m24, m25, %4*%3/4 + %%i
    vpermi2b     %1{k %+ %%k}, m24, m25
%assign %%i %%i+1
%endrep
%endif
%endmacro

; Bytes [p00, p10, p01, p11] of taps in %1 -> dwords of samples in %1. Weights:
; w00, w01 in %2, w10, w11 in %3. Clobbers m27, m28
%macro LINE_DOT 3
    vpandd          m27, %1, m21
    psrlw            %1, 8
    mova            m28, m20
    vpdpwssd        m28, m27, %2
    vpdpwssd        m28, %1, %3
    psrld            %1, m28, 14
%endmacro

; Taps of the components of quarter %5 -> %1, %2; %3 control, %4 windows
%macro BLOCK_TAPS_TWO 5
    paddb            %2, %3, [pb_1]
    mova             %1, %3
%if %4 == 4
    LOAD_WINDOW     m24, m25, %5
    vpermi2b         %1, m24, m25
    vpermi2b         %2, m24, m25
%else
    LOAD_WINDOW     m24, m25, %5*2
    mova            m26, %1
    mova            m27, %2
    vpermi2b         %1, m24, m25
    vpermi2b         %2, m24, m25
    LOAD_WINDOW     m24, m25, %5*2 + 1
    vpermi2b        m26, m24, m25
    vpermi2b        m27, m24, m25
    vmovdqa32    %1{k4}, m26
    vmovdqa32    %2{k4}, m27
%endif
%endmacro

; 4x4 samples of two components -> %1 as dwords; %2 windows, %3 quarter,
; %4 control, %5, %6 weights
%macro BLOCK_TWO 6
    BLOCK_TAPS_TWO   %1, m29, %4, %2, %3
    LINE_DOT         %1, %5, %6
    LINE_DOT        m29, %5, %6
    pslld           m29, 8
    vpord            %1, %1, m29
%endmacro

; Control and weights of the halves of a block: m(6h+0), m(6h+1) control of
; the left and the right 4x4; m(6h+2), m(6h+3) weights of the left;
; m(6h+4), m(6h+5) of the right. %1 offsets of the taps
%macro PREPARE_LINE 1
%assign %%h 0
%rep 2
%assign i_a 6*%%h
%assign i_b 6*%%h+1
%assign i_c 6*%%h+2
%assign i_d 6*%%h+3
%assign i_e 6*%%h+4
%assign i_f 6*%%h+5
    pmovzxbw        m24, [blockq + PHASEX + 32*%%h]
    pmovzxbw        m25, [blockq + PHASEY + 32*%%h]
    LINE_WEIGHTS    m24, m25, m26, m27
    punpcklwd    m %+ i_c, m27, m24
    punpcklwd    m %+ i_d, m25, m26
    punpckhwd    m %+ i_e, m27, m24
    punpckhwd    m %+ i_f, m25, m26
    movu           ym28, [blockq + INDEX + 32*%%h]
    mova            m24, [ctrl_left]
    mova            m25, [ctrl_right]
    vpermb       m %+ i_a, m24, m28
    vpermb       m %+ i_b, m25, m28
    paddb        m %+ i_a, [%1]
    paddb        m %+ i_b, [%1]
%assign %%h %%h+1
%endrep
%endmacro

%macro REMAP_LINE8 3 ; components, windows
cglobal v360_bilinear8_%1_%3, 6, 13, 32, 8*%2, \
        dst, block, n, src, nsrc, ls, ls3, off, p, v, out
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    ROW_MASKS
%if %1 == 2
    LOWER_MASK
%elif %2 >= 8
%assign %%i 0
%rep %2/4
%assign %%k 4+%%i
    kmovq         k %+ %%k, [own_bytes_%2 + 8*%%i]
%assign %%i %%i+1
%endrep
%endif
    mova            m20, [pd_8192]
    mova            m21, [pw_00ff]
.block:
    WINDOWS          %2, %1
%if %1 == 1
    PREPARE_LINE     taps_2d
%else
    PREPARE_LINE     taps_2d_two
%endif
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
%if %1 == 1
    BLOCK_TAPS      m16, m0, %2, 0, 0
    BLOCK_TAPS      m17, m1, %2, 1, 0
    LINE_DOT        m16, m2, m3
    LINE_DOT        m17, m4, m5
    BLOCK_TAPS      m18, m6, %2, 2, 2
    BLOCK_TAPS      m19, m7, %2, 3, 2
    LINE_DOT        m18, m8, m9
    LINE_DOT        m19, m10, m11
    packusdw        m16, m17
    packusdw        m18, m19
    packuswb        m16, m18
    STORE_LANES       0, 16, 1
%else
    BLOCK_TWO       m16, %2, 0, m0, m2, m3
    BLOCK_TWO       m17, %2, 1, m1, m4, m5
    BLOCK_TWO       m18, %2, 2, m6, m8, m9
    BLOCK_TWO       m19, %2, 3, m7, m10, m11
    packusdw        m16, m17
    packusdw        m18, m19
    STORE_LANES       0, 16, 2
    STORE_LANES      16, 18, 2
%endif
    NEXT_VIEW       .view, %1
    NEXT_BLOCK       %2, %1
%endmacro

REMAP_LINE8 1, 2, 8x4
REMAP_LINE8 1, 4, 4x4
REMAP_LINE8 1, 8, 4x2
REMAP_LINE8 1, 16, 2x2
REMAP_LINE8 2, 4, 4x4
REMAP_LINE8 2, 8, 4x2

; 16 samples of 16 bits of quarter %2 -> %1; %3 windows, %4 control, %5, %6
; weights
%macro BLOCK_16 6
    paddb           m23, %4, [pb_16]
    mova             %1, %4
%if %3 == 4
    LOAD_WINDOW     m24, m25, %2
    vpermi2b         %1, m24, m25
    vpermi2b        m23, m24, m25
%else
    LOAD_WINDOW     m24, m25, %2*2
    mova            m26, %1
    mova            m27, m23
    vpermi2b         %1, m24, m25
    vpermi2b        m23, m24, m25
    LOAD_WINDOW     m24, m25, %2*2 + 1
    vpermi2b        m26, m24, m25
    vpermi2b        m27, m24, m25
    vmovdqa32    %1{k4}, m26
    vmovdqa32   m23{k4}, m27
%endif
    vpxord           %1, %1, m21
    vpxord          m23, m23, m21
    mova            m28, m20
    vpdpwssd        m28, %1, %5
    vpdpwssd        m28, m23, %6
    psrld           m28, xm30
    pminsd          m28, m22
    pslld            %1, m28, xm31
%endmacro

%macro REMAP_LINE16 2 ; windows
cglobal v360_bilinear16_1_%2, 6, 13, 32, 8*%1, \
        dst, block, n, src, nsrc, ls, ls3, off, p, v, out
    mov              vd, [lsq + SHIFT]
    movd           xm31, vd
    add              vd, 14
    movd           xm30, vd
    vpbroadcastd    m22, [lsq + MAX]
    mova            m20, [pd_8192]
    pslld           m20, xm31
    paddd           m20, [pd_1_29]
    mova            m21, [pw_8000]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    ROW_MASKS
    LOWER_MASK
.block:
    WINDOWS          %1, 2
    PREPARE_LINE     taps_4
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
    BLOCK_16        m16, 0, %1, m0, m2, m3
    BLOCK_16        m17, 1, %1, m1, m4, m5
    BLOCK_16        m18, 2, %1, m6, m8, m9
    BLOCK_16        m19, 3, %1, m7, m10, m11
    packusdw        m16, m17
    packusdw        m18, m19
    STORE_LANES       0, 16, 2
    STORE_LANES      16, 18, 2
    NEXT_VIEW       .view, 2
    NEXT_BLOCK       %1, 2
%endmacro

REMAP_LINE16 4, 4x4
REMAP_LINE16 8, 4x2

%endif ; HAVE_AVX512ICL_EXTERNAL

%endif ; ARCH_X86_64
