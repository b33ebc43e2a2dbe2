;*****************************************************************************
;* v360batch: kernels of four taps, 8 bits, blocks with windows, AVX-512
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
pb_1:        times 64 db 1
taps_4:      times 16 db 0, 1, 2, 3
taps_4_two:  times 16 db 0, 2, 4, 6
even_bytes:
%assign i 0
%rep 64
             db 2*i
%assign i i+1
%endrep
odd_bytes:
%assign i 0
%rep 64
             db 2*i + 1
%assign i i+1
%endrep
DWORD_PICKS
pw_128:      times 32 dw 128
pd_128:      times 16 dd 128
pd_1_19:     times 16 dd 1 << 19
pb_16:       times 64 db 16

SECTION .text

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl

; A row of the kernel for 16 samples -> m27. m23 is the control, which goes to
; the next row; %1, %2 low and high bytes of the weights of x, %3 windows
%macro CUBE_ROW 3
    mova            m26, m23
    vpermi2b        m26, m24, m25
%if %3 == 8
    mova            m22, m23
    vpermi2b        m22, m30, m31
    vmovdqa32   m26{k4}, m22
%endif
    mova            m27, m20
    vpdpbusd        m27, m26, %1
    psrad           m27, 8
    vpdpbusd        m27, m26, %2
    paddb           m23, [pb_16]
%endmacro

; Rows in m28 and m27 -> pairs of words in m27
%macro CUBE_PAIR 0
    pslld           m27, 16
    vmovdqu16   m27{k5}, m28
%endmacro

; 16 samples of quarter %2 -> m29, not clipped; %3 windows, %4 first of the
; registers of the quarter, %5 component
%macro CUBE_QUARTER 5
%assign i_a %4
%assign i_b %4+1
%assign i_c %4+2
%assign i_d %4+3
%assign i_e %4+4
%if %3 == 2
%if %2 == 0 || %2 == 2
    LOAD_WINDOW     m24, m25, %2/2
%endif
%elif %3 == 4
    LOAD_WINDOW     m24, m25, %2
%else
    LOAD_WINDOW     m24, m25, %2*2
    LOAD_WINDOW     m30, m31, %2*2 + 1
%endif
%if %5
    paddb           m23, m %+ i_a, [pb_1]
%else
    mova            m23, m %+ i_a
%endif
    CUBE_ROW        m %+ i_b, m %+ i_c, %3
    mova            m28, m27
    CUBE_ROW        m %+ i_b, m %+ i_c, %3
    CUBE_PAIR
    mova            m29, m21
    vpdpwssd        m29, m27, m %+ i_d
    CUBE_ROW        m %+ i_b, m %+ i_c, %3
    mova            m28, m27
    CUBE_ROW        m %+ i_b, m %+ i_c, %3
    CUBE_PAIR
    vpdpwssd        m29, m27, m %+ i_e
%endmacro

; m0 to m19 for four quarters, each: control, low and high bytes of the weights of
; x, words of the first two and of the last two weights of y. %1 offsets of a
; sample's taps, %2 place of the weights on the stack
%macro PREPARE_CUBE 2
%assign %%b 0
%rep 4
%assign i_a 5*%%b
%assign i_b 5*%%b+1
%assign i_c 5*%%b+2
%assign i_d 5*%%b+3
%assign i_e 5*%%b+4
    movu           ym24, [blockq + INDEX + 32*(%%b/2)]
%if %%b & 1
    mova            m25, [ctrl_right]
%else
    mova            m25, [ctrl_left]
%endif
    vpermb       m %+ i_a, m25, m24
    paddb        m %+ i_a, [%1]
    mova            m24, [rsp + %2 + 128*%%b]
    mova            m25, [rsp + %2 + 128*%%b + 64]
    mova         m %+ i_b, [even_bytes]
    mova         m %+ i_c, [odd_bytes]
    vpermi2b     m %+ i_b, m24, m25
    paddw           m24, [pw_128]
    paddw           m25, [pw_128]
    vpermi2b     m %+ i_c, m24, m25
    mova            m24, [rsp + %2 + 512 + 128*%%b]
    mova            m25, [rsp + %2 + 512 + 128*%%b + 64]
    mova         m %+ i_d, [even_dwords]
    mova         m %+ i_e, [odd_dwords]
    vpermi2d     m %+ i_d, m24, m25
    vpermi2d     m %+ i_e, m24, m25
%assign %%b %%b+1
%endrep
%endmacro

; Bytes of component %3 of a block -> m29; %2 windows. Packing clips sums that do
; not fit in a byte, as all of them fit in a signed word.
%macro CUBE_COMPONENT 3
    CUBE_QUARTER        0, 0, %2, 0, %3
    psrad           m29, 20
    mova   [rsp + 128], m29
    CUBE_QUARTER        0, 1, %2, 5, %3
    psrad           m29, 20
    mova            m28, [rsp + 128]
    packusdw        m28, m29
    mova   [rsp + 128], m28
    CUBE_QUARTER        0, 2, %2, 10, %3
    psrad           m29, 20
    mova   [rsp + 192], m29
    CUBE_QUARTER        0, 3, %2, 15, %3
    psrad           m29, 20
    mova            m28, [rsp + 192]
    packusdw        m28, m29
    mova            m29, [rsp + 128]
    packuswb        m29, m28
%endmacro

%macro REMAP_CUBE8 3 ; components, windows
cglobal v360_bicubic8_%1_%3, 6, 14, 32, 320 + 1024, \
        dst, block, n, src, nsrc, ls, ls3, off, p, v, out, w
    mov              wq, [lsq + WEIGHTS]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    ROW_MASKS
    LOWER_MASK
    mov              vd, 0x55555555
    kmovd            k5, vd
    mova            m20, [pd_128]
    mova            m21, [pd_1_19]
.block:
    WINDOWS          %2, %1
    WEIGHTS_BY_QUARTER 320
%if %1 == 1
    PREPARE_CUBE     taps_4, 320
%else
    PREPARE_CUBE     taps_4_two, 320
%endif
    xor              vd, vd
    mov            outq, dstq
.view:
    mov              pq, [srcq + 8*vq]
    CUBE_COMPONENT    0, %2, 0
%if %1 == 1
    STORE_LANES       0, 29, 1
%else
    mova   [rsp + 256], m29
    CUBE_COMPONENT    0, %2, 1
    mova            m28, [rsp + 256]
    punpcklbw       m27, m28, m29
    punpckhbw       m28, m29
    STORE_LANES       0, 27, 2
    STORE_LANES      16, 28, 2
%endif
    NEXT_VIEW       .view, %1
    NEXT_BLOCK       %2, %1
%endmacro

REMAP_CUBE8 1, 2, 8x4
REMAP_CUBE8 1, 4, 4x4
REMAP_CUBE8 1, 8, 4x2
REMAP_CUBE8 2, 4, 4x4
REMAP_CUBE8 2, 8, 4x2

%endif ; HAVE_AVX512ICL_EXTERNAL

%endif ; ARCH_X86_64
