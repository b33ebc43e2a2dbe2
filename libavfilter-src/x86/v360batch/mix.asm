;*****************************************************************************
;* v360batch: mixes of rows of components, for conversions of colours
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

; V360Mix
%define COEF   0
%define OFFSET 8
%define SHIFT  12
%define MAX    16

SECTION_RODATA 64

; pmaddwd takes signed words: samples of 16 bits are biased by -32768, which the
; offset makes up for.
bias: times 32 dw 0x8000

; Bytes of three rows for each third of 16 pixels.
%macro PACK3_MASKS 1 ; third
%assign %%k 0
%rep 3
%assign %%i 0
%rep 16
%assign %%at %1*16 + %%i
%if %%at % 3 == %%k
    db %%at / 3
%else
    db -1
%endif
%assign %%i %%i+1
%endrep
%assign %%k %%k+1
%endrep
%endmacro
pack3_masks:
    PACK3_MASKS 0
    PACK3_MASKS 1
    PACK3_MASKS 2

pd_1: dd 1
pd_2: dd 2
pd_4: dd 4
pd_8: dd 8

SECTION .text

; Coefficients %2 and %3 (-1: 0) of m in each dword of m%1.
%macro COEFS 3
    movzx            xd, word [mq + COEF + 2*%2]
%if %3 >= 0
    movzx            yd, word [mq + COEF + 2*%3]
    shl              yd, 16
    or               xd, yd
%endif
    movd          xm%1, xd
    vpbroadcastd   m%1, xm%1
%endmacro

; The offset in each dword of m%1, for %2 components of %3 bits.
%macro LOAD_OFFSET 3
    mov              xd, [mq + OFFSET]
%if %3 == 16
%assign %%i 0
%rep %2
    movsx            yd, word [mq + COEF + 2*%%i]
    shl              yd, 15
    add              xd, yd
%assign %%i %%i+1
%endrep
%endif
    movd          xm%1, xd
    vpbroadcastd   m%1, xm%1
%endmacro

; mmsize/2 components of %3 bits from %2 on as signed words in m%1.
%macro LOAD 3
%if %3 == 8
    pmovzxbw        m%1, [%2q + iq]
%else
    movu            m%1, [%2q + 2*iq]
    pxor            m%1, m13
%endif
%endmacro

; Words m%1 and m%2 (z: 0) by the coefficients m%3: dwords of the first halves of
; lanes in m%4 and those of the second ones in m%1.
%macro MADD 4
    punpcklwd       m%4, m%1, m%2
    punpckhwd       m%1, m%1, m%2
    pmaddwd         m%4, m%3
    pmaddwd         m%1, m%3
%endmacro

; Shift, clip and store the sums m%1 and m%2 as %3 bits.
%macro FINISH 3
    psrad           m%1, xm10
    psrad           m%2, xm10
%if %3 == 16
    packusdw        m%1, m%2
    pminuw          m%1, m11
    movu [dstq + 2*iq], m%1
%elif mmsize == 64
    packusdw        m%1, m%2
    vpmovuswb [dstq + iq], m%1
%else
    packssdw        m%1, m%2
    packuswb        m%1, m%1
    vpermq          m%1, m%1, q3120
    movu    [dstq + iq], xm%1
%endif
%endmacro

; What FINISH and LOAD need, for %1 bits in and %2 bits out.
%macro PREPARE 2
    movd           xm10, [mq + SHIFT]
%if %2 == 16
    vpbroadcastw    m11, [mq + MAX]
%endif
    pxor            xm12, xm12
%if %1 == 16
    mova            m13, [bias]
%endif
%endmacro

; Go on with the next mmsize/2 samples; the last ones overlap those before.
%macro NEXT 0
    cmp              iq, nq
    je .end
    add              iq, mmsize/2
    cmp              iq, nq
    cmovg            iq, nq
    jmp .loop
.end:
%endmacro

;-----------------------------------------------------------------------------
; mix(uint8_t *dst, const uint8_t *const src[3], const V360Mix *m, ptrdiff_t n)
; n is mmsize/2 or more.
;-----------------------------------------------------------------------------
%macro MIX 3 ; components, bits in, bits out
cglobal v360_mix%1_%2_%3, 4, 10, 14, dst, src, m, n, i, x, y, p0, p1, p2
    PREPARE          %2, %3
    LOAD_OFFSET       9, %1, %2
%if %1 == 1
    COEFS             7, 0, -1
%else
    COEFS             7, 0, 1
%endif
%if %1 == 3
    COEFS             8, 2, -1
    mov             p2q, [srcq + 16]
%endif
    mov             p0q, [srcq]
%if %1 > 1
    mov             p1q, [srcq + 8]
%endif
    xor              id, id
    sub              nq, mmsize/2
.loop:
    LOAD              0, p0, %2
%if %1 == 1
    MADD              0, 12, 7, 1
%else
    LOAD              2, p1, %2
    MADD              0, 2, 7, 1
%endif
%if %1 == 3
    LOAD              2, p2, %2
    MADD              2, 12, 8, 3
    paddd             m1, m3
    paddd             m0, m2
%endif
    paddd             m1, m9
    paddd             m0, m9
    FINISH             1, 0, %3
    NEXT
    RET
%endmacro

;-----------------------------------------------------------------------------
; part(int32_t *dst, const uint8_t *const src[2], const V360Mix *m, ptrdiff_t n)
;-----------------------------------------------------------------------------
%macro PART 1 ; bits
cglobal v360_part_%1, 4, 9, 14, dst, src, m, n, i, x, y, p0, p1
    LOAD_OFFSET       9, 2, %1
    COEFS             7, 0, 1
    mov             p0q, [srcq]
    mov             p1q, [srcq + 8]
%if %1 == 16
    mova            m13, [bias]
%endif
    xor              id, id
.loop:
%if %1 == 8
    pmovzxbd         m0, [p0q + iq]
    pmovzxbd         m1, [p1q + iq]
%else
    pmovzxwd         m0, [p0q + 2*iq]
    pmovzxwd         m1, [p1q + 2*iq]
%endif
    pslld            m1, 16
    por              m0, m1
%if %1 == 16
    pxor             m0, m13
%endif
    pmaddwd          m0, m7
    paddd            m0, m9
    movu  [dstq + 4*iq], m0
    add              iq, mmsize/4
    cmp              iq, nq
    jl .loop
    RET
%endmacro

;-----------------------------------------------------------------------------
; blend(int32_t *dst, const int32_t *a, const int32_t *b, int weight,
;       ptrdiff_t n)
; n is mmsize/4 or more.
;-----------------------------------------------------------------------------
%macro BLEND 0
cglobal v360_blend, 5, 6, 6, dst, a, b, weight, n, i
    movd            xm4, weightd
    vpbroadcastd     m4, xm4
    vpbroadcastd     m3, [pd_8]
    vpbroadcastd     m5, [pd_4]
    psubd            m3, m4
    xor              id, id
    sub              nq, mmsize/4
.loop:
    pmulld           m0, m3, [aq + 4*iq]
    pmulld           m1, m4, [bq + 4*iq]
    paddd            m0, m5
    paddd            m0, m1
    psrad            m0, 3
    movu  [dstq + 4*iq], m0
    cmp              iq, nq
    je .end
    add              iq, mmsize/4
    cmp              iq, nq
    cmovg            iq, nq
    jmp .loop
.end:
    RET
%endmacro

;-----------------------------------------------------------------------------
; luma(uint8_t *dst, const uint8_t *src, const int32_t *part,
;      const V360ChromaPlaces *chroma, const V360Mix *m, ptrdiff_t n)
; n is mmsize/2 or more; if n is odd, one more sample is written. Chroma is
; subsampled once.
;-----------------------------------------------------------------------------

; Parts of even and odd luma in m2 and m3, for chroma at %1: between the two
; (128), on the even (0) or on the odd one (256).
%macro BETWEEN 1
%if %1 == 0
    movu             m2, [partq + 2*iq]
    paddd            m3, m2, m8
    paddd            m3, [partq + 2*iq + 4]
    psrad            m3, 1
%elif %1 == 256
    movu             m3, [partq + 2*iq]
    paddd            m2, m3, m8
    paddd            m2, [partq + 2*iq - 4]
    psrad            m2, 1
%else
    movu             m4, [partq + 2*iq]
    paddd            m5, m4, m4
    paddd            m4, m5
    paddd            m4, m8
    paddd            m2, m4, [partq + 2*iq - 4]
    paddd            m3, m4, [partq + 2*iq + 4]
    psrad            m2, 2
    psrad            m3, 2
%endif
%endmacro

%macro LUMA_LOOP 3 ; place, bits in, bits out
.loop:
    LOAD              0, src, %2
    MADD              0, 12, 7, 1
    BETWEEN          %1
    punpckldq        m4, m2, m3
    punpckhdq        m2, m3
    paddd            m4, m9
    paddd            m2, m9
    paddd            m1, m4
    paddd            m0, m2
    FINISH            1, 0, %3
    NEXT
    RET
%endmacro

; The last vector begins at an even sample, as a part stands for two.
%macro LUMA 3 ; place, bits in, bits out
cglobal v360_luma_%1_%2_%3, 6, 9, 14, dst, src, part, chroma, m, n, i, x, y
    PREPARE          %2, %3
    LOAD_OFFSET       9, 1, %2
    COEFS             7, 0, -1
%if %1 == 128
    vpbroadcastd     m8, [pd_2]
%else
    vpbroadcastd     m8, [pd_1]
%endif
    xor              id, id
    inc              nq
    and              nq, -2
    sub              nq, mmsize/2
    LUMA_LOOP        %1, %2, %3
%endmacro

;-----------------------------------------------------------------------------
; pack3(uint8_t *dst, const uint8_t *const src[3], ptrdiff_t n)
; n is 16 or more.
;-----------------------------------------------------------------------------
%macro PACK3_THIRD 1
    pshufb           m3, m0, m%1
    pshufb           m4, m1, [masksq + 48*(%1-6) + 16]
    por              m3, m4
    pshufb           m4, m2, [masksq + 48*(%1-6) + 32]
    por              m3, m4
    movu [dstq + 16*(%1-6)], m3
%endmacro

%macro PACK3 0
cglobal v360_pack3, 3, 8, 9, dst, src, n, i, p0, p1, p2, masks
    mov             p0q, [srcq]
    mov             p1q, [srcq + 8]
    mov             p2q, [srcq + 16]
    lea          masksq, [pack3_masks]
    mova             m6, [masksq]
    mova             m7, [masksq + 48]
    mova             m8, [masksq + 96]
    xor              id, id
    sub              nq, 16
.loop:
    movu             m0, [p0q + iq]
    movu             m1, [p1q + iq]
    movu             m2, [p2q + iq]
    PACK3_THIRD       6
    PACK3_THIRD       7
    PACK3_THIRD       8
    cmp              iq, nq
    je .end
    add              iq, 16
    add            dstq, 48
    cmp              iq, nq
    jle .loop
    sub              iq, nq         ; samples that are too many
    lea              iq, [iq + 2*iq]
    sub            dstq, iq
    mov              iq, nq
    jmp .loop
.end:
    RET
%endmacro

%macro FUNCTIONS 2
    MIX               1, %1, %2
    MIX               2, %1, %2
    MIX               3, %1, %2
    LUMA              0, %1, %2
    LUMA            128, %1, %2
    LUMA            256, %1, %2
%endmacro

%macro ALL 0
    FUNCTIONS         8, 8
    FUNCTIONS         8, 16
    FUNCTIONS        16, 8
    FUNCTIONS        16, 16
    PART              8
    PART             16
    BLEND
%endmacro

%if HAVE_AVX2_EXTERNAL
INIT_XMM avx2
PACK3
INIT_YMM avx2
ALL
%endif
%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl
ALL
%endif

%endif ; ARCH_X86_64
