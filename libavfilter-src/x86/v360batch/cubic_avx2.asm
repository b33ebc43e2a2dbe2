;*****************************************************************************
;* v360batch: kernels of four taps, 8 bits, blocks with windows, AVX2
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

dup_dwords:  db 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3
             db 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7
taps_4:      times 16 db 0, 1, 2, 3
pd_128:      times 16 dd 128
pd_1_19:     times 16 dd 1 << 19
pb_rows:     times 32 db 0
             times 32 db 16
             times 32 db 32
             times 32 db 48
             times 32 db 64
             times 32 db 80
pb_112:      times 32 db 0x70

SECTION .text

;-----------------------------------------------------------------------------
; remap_blocks_*(uint8_t *dst, const V360Block *block, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

INIT_YMM avx2

; Weights of a block's samples, by phase -> the stack: qwords of x from %1 on, of
; y from %1 + 512 on
%macro WEIGHTS_BY_ROW 1
%assign %%i 0
%rep 64
    movzx            pd, byte [blockq + PHASEX + %%i]
    movzx            ad, byte [blockq + PHASEY + %%i]
    mov              pq, [wq + 8*pq]
    mov              aq, [wq + 8*aq]
    mov     [rsp + %1 + 8*%%i], pq
    mov     [rsp + %1 + 8*%%i + 512], aq
%assign %%i %%i+1
%endrep
%endmacro

; Row %1 of the window at a -> both lanes of m%2
%macro CUBE_LOAD 2
%if %1 == 0
    vbroadcasti128   m%2, [aq]
%elif %1 == 1
    vbroadcasti128   m%2, [aq + lsq]
%elif %1 == 2
    vbroadcasti128   m%2, [aq + 2*lsq]
%elif %1 == 3
    vbroadcasti128   m%2, [aq + ls3q]
%elif %1 == 4
    vbroadcasti128   m%2, [aq + 4*lsq]
%else
    vbroadcasti128   m%2, [aq + ls5q]
%endif
%endmacro

; A row of the kernel for 8 samples -> m7 as dwords; a goes to the next row.
; %1 rows of first taps
%macro CUBE_ROW_TAPS 1
%assign %%r 0
%rep %1
    CUBE_LOAD       %%r, 8
%if %1 > 3
    PICK            %%r, 9, 4
    pshufb           m8, m9
%elif %%r == 0
    pshufb           m8, m4
%elif %%r == 1
    pshufb           m8, m5
%else
    pshufb           m8, m6
%endif
%if %%r == 0
    mova             m7, m8
%else
    por              m7, m8
%endif
%assign %%r %%r+1
%endrep
    add              aq, lsq
    punpckhbw        m8, m7, m13
    punpcklbw        m7, m13
    pmaddwd          m8, m1
    pmaddwd          m7, m0
    phaddd           m7, m8
    paddd            m7, m14
    psrad            m7, 8
%endmacro

%macro REMAP_ROWS_CUBE8 1 ; rows
cglobal v360_bicubic8_1_8x1_r%1, 6, 14, 16, 64 + 1024, \
        dst, block, n, src, nsrc, ls, ls3, ls5, p, v, out, a, w
%define offq aq
%define offd ad
    mov              wq, [lsq + WEIGHTS]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    lea            ls5q, [5*lsq]
    pxor            m13, m13
    mova            m14, [pd_128]
    mova            m15, [pb_112]
.block:
    WINDOWS           8, 1
    WEIGHTS_BY_ROW   64
%assign j 0
%rep 8 ; halves of rows
    mova             m7, [rsp + 64 + 64*j]
    mova             m8, [rsp + 64 + 64*j + 32]
    vperm2i128       m0, m7, m8, q0200
    vperm2i128       m1, m7, m8, q0301
    mova             m7, [rsp + 64 + 512 + 64*j]
    mova             m8, [rsp + 64 + 512 + 64*j + 32]
    vperm2i128       m9, m7, m8, q0200
    vperm2i128      m10, m7, m8, q0301
    shufps           m2, m9, m10, q2020
    shufps           m3, m9, m10, q3131
    vpbroadcastq     m4, [blockq + INDEX + 8*j]
    pshufb           m4, [dup_dwords]
    paddb            m4, [taps_4]
%if %1 == 3
    PICK              2, 6, 4
%endif
%if %1 <= 3
    PICK              1, 5, 4
    paddusb          m4, m15
%endif
    xor              vd, vd
    lea            outq, [dstq + PITCH*(j/2) + 8*(j&1)]
.view%[j]:
    mov              aq, [rsp + 8*j]
    add              aq, [srcq + 8*vq]
    CUBE_ROW_TAPS    %1
    mova            m11, m7
    CUBE_ROW_TAPS    %1
    pslld            m7, 16
    pblendw         m11, m7, 0xaa
    pmaddwd         m11, m2
    CUBE_ROW_TAPS    %1
    mova            m12, m7
    CUBE_ROW_TAPS    %1
    pslld            m7, 16
    pblendw         m12, m7, 0xaa
    pmaddwd         m12, m3
    paddd           m11, [pd_1_19]
    paddd           m11, m12
    psrad           m11, 20
    vextracti128   xm12, m11, 1
    packusdw       xm11, xm12
    packuswb       xm11, xm11
    movq         [outq], xm11
    NEXT_VIEW       .view%[j], 1
%assign j j+1
%endrep
    NEXT_BLOCK       8, 1
%endmacro

REMAP_ROWS_CUBE8 2
REMAP_ROWS_CUBE8 3

%endif ; ARCH_X86_64 && HAVE_AVX2_EXTERNAL
