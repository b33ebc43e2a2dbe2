;*****************************************************************************
;* Samples that are the means of finer ones
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

%if ARCH_X86_64

SECTION_RODATA 16

; For the sums of three groups of %1 bytes that follow each other in three
; vectors: the bytes of each vector that go into the first, the second and the
; third term of a vector of sums.
%macro THIRDS 1 ; bytes of a group
thirds_%1:
%assign %%i 0
%rep 3
%assign %%v 0
%rep 3
%assign %%b 0
%rep 16
%assign %%at (%%b / %1 * 3 + %%i) * %1 + %%b % %1
%if %%at / 16 == %%v
    db %%at % 16
%else
    db -1
%endif
%assign %%b %%b+1
%endrep
%assign %%v %%v+1
%endrep
%assign %%i %%i+1
%endrep
%endmacro
THIRDS 2
THIRDS 4
THIRDS 8

pb_ones: times 16 db 1
half_8_2:  times 8 dw 2
half_8_3:  times 8 dw 4
half_8_4:  times 8 dw 8
half_16_2: times 4 dd 2
half_16_3: times 4 dd 4
half_16_4: times 4 dd 8

; A sum of words is 9 * 255 + 4 at most, one of dwords 9 * 65535 + 4. Products
; with 7282 = (65536 + 2) / 9 and with 477218589 = (2^32 + 5) / 9 exceed the sum
; times 65536 / 9, and times 2^32 / 9, by less than 1/9 of 65536 and of 2^32: so
; their high halves are the quotients, rounded down.
ninth_8:  times 8 dw 7282
ninth_16: times 4 dd 477218589

SECTION .text

; Add rows from [srcq + %4] on to m%1, as %3 loads them with m%2 for help.
%macro ADD_ROWS 5 ; vector, temporary, LOAD macro, offset, number of rows
    %3              m%1, srcq + %4
    %3              m%2, srcq + linesizeq + %4
    PADD            m%1, m%2
%if %5 > 2
    %3              m%2, srcq + linesizeq*2 + %4
    PADD            m%1, m%2
%endif
%if %5 > 3
    %3              m%2, srcq + linesize3q + %4
    PADD            m%1, m%2
%endif
%endmacro

%macro LOAD_BYTES 2
    pmovzxbw         %1, [%2]
%endmacro

%macro LOAD_WORDS 2
    pmovzxwd         %1, [%2]
    psrld            %1, m6
%endmacro

; 8 sums of two bytes each
%macro LOAD_PAIRS 2
    movu             %1, [%2]
    pmaddubsw        %1, m7
%endmacro

; The sums of neighbouring groups of %3 bytes of m%1 and m%2, in m%1.
%macro ADD_GROUPS 3
%if %3 == 2
    phaddw          m%1, m%2
%elif %3 == 4
    shufps           m4, m%1, m%2, q2020
    shufps          m%1, m%1, m%2, q3131
    PADD            m%1, m4
%else
    punpcklqdq       m4, m%1, m%2
    punpckhqdq      m%1, m%1, m%2
    PADD            m%1, m4
%endif
%endmacro

; The sums of three neighbouring groups of %1 bytes of m0, m1 and m2, in m0.
%macro ADD_THIRDS 1
    lea              xq, [thirds_%1]
    pxor             m4, m4
%assign %%i 0
%rep 9
%assign %%v %%i % 3
    pshufb           m5, m %+ %%v, [xq + 16*%%i]
    PADD             m4, m5
%assign %%i %%i+1
%endrep
    SWAP              0, 4
%endmacro

; Sums m0 of %1 x %1 samples of %2 bits as means, packed.
%macro FINISH 2
%if %2 == 8
    paddw            m0, m8
%if %1 == 3
    pmulhuw          m0, m9
%else
    psrlw            m0, %1
%endif
    packuswb         m0, m0
%else
    paddd            m0, m8
%if %1 == 3
    psrlq            m1, m0, 32
    pmuludq          m0, m9
    pmuludq          m1, m9
    psrlq            m0, 32
    pblendw          m0, m1, q3030
%else
    psrld            m0, %1
%endif
    pslld            m0, m6
    packusdw         m0, m0
%endif
%endmacro

; void ff_v360_shrink%1_%2_%3_avx2(uint8_t *dst, const uint8_t *src,
;                                  ptrdiff_t linesize, ptrdiff_t n,
;                                  ptrdiff_t shift)
; Make n times 8 bytes of samples of %3 components of %2 bits, each of which is
; the mean of %1 x %1.
%macro SHRINK 3 ; size, bits, components
cglobal v360_shrink%1_%2_%3, 5, 7, 10, dst, src, linesize, n, shift, x, \
                             linesize3
%if %2 == 8
%define PADD paddw
%define LOAD LOAD_BYTES
%assign %%group 2 * %3
%else
%define PADD paddd
%define LOAD LOAD_WORDS
%assign %%group 4 * %3
    movd             m6, shiftd
%if %1 == 3
    mova             m9, [ninth_16]
%endif
%endif
%if %2 == 8 && %1 == 3
    mova             m9, [ninth_8]
%endif
    mova             m8, [half_%2_%1]
    mova             m7, [pb_ones]
    lea      linesize3q, [linesizeq*3]
.loop:
%if %%group == 2 && %1 != 3
    ADD_ROWS          0, 4, LOAD_PAIRS, 0, %1
%if %1 == 4
    ADD_ROWS          1, 4, LOAD_PAIRS, 16, %1
    ADD_GROUPS        0, 1, 2
%endif
%else
%assign %%v 0
%rep %1
    ADD_ROWS       %%v, 4, LOAD, 8*%%v, %1
%assign %%v %%v+1
%endrep
%if %1 == 3
    ADD_THIRDS %%group
%else
    ADD_GROUPS        0, 1, %%group
%if %1 == 4
    ADD_GROUPS        2, 3, %%group
    ADD_GROUPS        0, 2, %%group
%endif
%endif
%endif
    FINISH           %1, %2
    movq         [dstq], m0
    add            dstq, 8
    add            srcq, 8*%1
    dec              nq
    jg .loop
    RET
%endmacro

; By size, for all layouts of samples.
%macro SHRINKS 1
    SHRINK           %1,  8, 1
    SHRINK           %1,  8, 2
    SHRINK           %1,  8, 4
    SHRINK           %1, 16, 1
    SHRINK           %1, 16, 2
%endmacro

INIT_XMM avx2
SHRINKS 2
SHRINKS 3
SHRINKS 4

%endif
