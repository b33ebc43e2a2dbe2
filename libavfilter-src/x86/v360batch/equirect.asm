;*****************************************************************************
;* v360batch: points of a flat view in an equirectangular source
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

; V360EquirectRow; equirect_init.c asserts these
%define ROW_P           0
%define ROW_Q         3*8
%define ROW_C         6*8
%define ROW_D         7*8
%define ROW_S         8*8
%define ROW_SCALE_X   9*8
%define ROW_BIAS_X   10*8
%define ROW_SCALE_Y  11*8
%define ROW_BIAS_Y   12*8
%define ROW_PERIOD   13*8

SECTION_RODATA 64

pd_index: dq 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0
pd_4:     times 8 dq 4.0
pd_8:     times 8 dq 8.0
pd_1:     times 8 dq 1.0
; SNAP of map/point.c: a sum with it has no bits below 2^-40
pd_snap:  times 8 dq 6144.0
; tan(pi / 8)
pd_split: times 8 dq 0.41421356237309504880
; least divisor, for 0 / 0: the product of two is still a normal number
pd_tiny:  times 8 dq 1.0e-150
pd_abs:   times 8 dq 0x7fffffffffffffff
pd_sign:  times 8 dq 0x8000000000000000
pd_pi:    times 8 dq 3.14159265358979323846
pd_pi_2:  times 8 dq 1.57079632679489661923
pd_pi_4:  times 8 dq 0.78539816339744830962
; atan(t) = t + t^3 P(t^2) for |t| <= tan(pi / 8), to 4e-17. P is by the Remez
; algorithm; the coefficients begin with the lowest
pd_p:     times 8 dq -0.333333333333308750481
          times 8 dq  0.199999999992266583842
          times 8 dq -0.142857142049174775956
          times 8 dq  0.111111069984469578962
          times 8 dq -0.0909078954689904629483
          times 8 dq  0.0769015887007747729089
          times 8 dq -0.0664183746738202164049
          times 8 dq  0.0569598033989082750339
          times 8 dq -0.043682881422669268361
          times 8 dq  0.0213645736682430816646

SECTION .text

; Fraction %1 / %2 whose arc tangent, with %5 added, is atan2() of |%3| and |%4|
; or the complement of that. The fraction is at most tan(pi / 8); %5 is pi / 4
; where that needed an angle less by pi / 4, else 0. Clobbers m14, m15
%macro ATAN2_FRACTION 5
    andpd           m14, %3, [pd_abs]
    andpd           m15, %4, [pd_abs]
    maxpd            %2, m14, m15
    minpd            %1, m14, m15
    mulpd           m14, %2, [pd_split]
%if mmsize == 64
    vcmppd           k1, m14, %1, 1
    vmovapd      %5{k1}{z}, [pd_pi_4]
    vsubpd       m14, %1, %2
    vaddpd       %2{k1}, %1, %2
    vmovapd      %1{k1}, m14
%else
    vcmppd           %5, m14, %1, 1
    subpd           m14, %1, %2
    addpd           m15, %1, %2
    vblendvpd        %1, %1, m14, %5
    vblendvpd        %2, %2, m15, %5
    andpd            %5, [pd_pi_4]
%endif
    maxpd            %2, [pd_tiny]
%endmacro

; %1 = atan2(%2, %3) by ATAN2_FRACTION's fraction in %1 and addend %4; %5: 1 if
; %3 may be negative. Clobbers m1, m2, m3, m15
%macro ATAN2 5
    mulpd            m1, %1, %1
    mulpd            m2, m1, m1
    movapd           m3, [pd_p + 8*64]
    movapd          m15, [pd_p + 9*64]
%assign %%i 6
%rep 4
    vfmadd213pd      m3, m2, [pd_p + %%i*64]
    vfmadd213pd     m15, m2, [pd_p + %%i*64 + 64]
%assign %%i %%i-2
%endrep
    vfmadd213pd     m15, m1, m3
    mulpd            m1, %1
    vfmadd213pd      m1, m15, %1
    addpd            m1, %4
    andpd            m2, %2, [pd_abs]
    andpd            m3, %3, [pd_abs]
%if mmsize == 64
    vcmppd           k1, m3, m2, 1
    movapd           m3, [pd_pi_2]
    vsubpd       m1{k1}, m3, m1
%else
    vcmppd           m2, m3, m2, 1
    movapd           m3, [pd_pi_2]
    subpd            m3, m1
    vblendvpd        m1, m1, m3, m2
%endif
%if %5
    movapd           m3, [pd_pi]
%if mmsize == 64
    vpmovq2m         k1, %3
    vsubpd       m1{k1}, m3, m1
%else
    subpd            m3, m1
    vblendvpd        m1, m1, m3, %3
%endif
%endif
    andpd            m3, %2, [pd_sign]
    orpd             %1, m1, m3
%endmacro

; Doubles x in m1, y in m2 -> points in registers 1 and 3 with prefix %1, half
; the size; x wraps
%macro WRAP 1
    vcvttpd2dq     %1 %+ 1, m1
    vcvttpd2dq     %1 %+ 2, m2
    vpbroadcastd   %1 %+ 3, [rowq + ROW_PERIOD]
    paddd          %1 %+ 10, %1 %+ 1, %1 %+ 3
    pminud         %1 %+ 1, %1 %+ 10    ; a negative x is a large number
    psubd          %1 %+ 10, %1 %+ 1, %1 %+ 3
    pminud         %1 %+ 1, %1 %+ 10
    punpckhdq      %1 %+ 3, %1 %+ 1, %1 %+ 2
    punpckldq      %1 %+ 1, %1 %+ 2
%endmacro

; Smallest and largest of the 16 points at pointq, by lanes, in 1 and 2 of
; the registers %1, which have %2 bytes
%macro BOUNDS 2
    movu           %1 %+ 1, [pointq]
    movu           %1 %+ 2, [pointq]
%assign %%i %2
%rep 128/%2 - 1
    vpminsd        %1 %+ 1, %1 %+ 1, [pointq + %%i]
    vpmaxsd        %1 %+ 2, %1 %+ 2, [pointq + %%i]
%assign %%i %%i + %2
%endrep
%endmacro

;-----------------------------------------------------------------------------
; equirect_span(V360Point point[16], V360Point bounds[2],
;              const V360EquirectRow *row, int x)
;-----------------------------------------------------------------------------
; Three passes over the points, with short chains of work: roots and divisions,
; which take long, overlap for several vectors.
%define RAY_X  rsp + atq
%define RAY_Y  rsp + atq + 128
%define RAY_Z  rsp + atq + 128*2
%define RAY_H  rsp + atq + 128*3   ; sqrt(x^2 + z^2)
%define TAN_X  rsp + atq + 128*4   ; fractions, and the addends of their arcs
%define ADD_X  rsp + atq + 128*5
%define TAN_Y  rsp + atq + 128*6
%define ADD_Y  rsp + atq + 128*7

%macro EQUIRECT_SPAN 0
cglobal v360_equirect_span, 4, 5, 16, 128*8, point, bounds, row, first, at
    vcvtsi2sd       xm0, xm0, firstd
    vbroadcastsd     m0, xm0
    addpd            m0, [pd_index]
    xor             atd, atd
.rays:
    vbroadcastsd     m1, [rowq + ROW_C]
    vbroadcastsd     m2, [rowq + ROW_D]
    vfmadd231pd      m1, m2, m0
    vbroadcastsd     m2, [rowq + ROW_S]
    vfmadd231pd      m2, m1, m1
    sqrtpd           m2, m2
    movapd           m3, [pd_1]
    divpd            m3, m2
%assign k 0
%rep 3
%assign i_r 4+k
    vbroadcastsd m %+ i_r, [rowq + ROW_P + 8*k]
    vbroadcastsd     m7, [rowq + ROW_Q + 8*k]
    vfmadd231pd  m %+ i_r, m7, m0
    mulpd        m %+ i_r, m3
    addpd        m %+ i_r, [pd_snap]
    subpd        m %+ i_r, [pd_snap]
%assign k k+1
%endrep
    mulpd            m7, m4, m4
    vfmadd231pd      m7, m6, m6
    sqrtpd           m7, m7
    movapd      [RAY_X], m4
    movapd      [RAY_Y], m5
    movapd      [RAY_Z], m6
    movapd      [RAY_H], m7
%if mmsize == 64
    addpd            m0, [pd_8]
%else
    addpd            m0, [pd_4]
%endif
    add             atd, mmsize
    cmp             atd, 128
    jl .rays

    xor             atd, atd
.fractions:
    movapd           m4, [RAY_X]
    movapd           m5, [RAY_Y]
    movapd           m6, [RAY_Z]
    movapd           m7, [RAY_H]
    ATAN2_FRACTION   m8, m9, m4, m6, m10
    ATAN2_FRACTION  m11, m12, m5, m7, m13
    mulpd           m14, m9, m12        ; one division for both
    movapd          m15, [pd_1]
    divpd           m15, m14
    mulpd            m8, m12
    mulpd           m11, m9
    mulpd            m8, m15
    mulpd           m11, m15
    movapd      [TAN_X], m8
    movapd      [ADD_X], m10
    movapd      [TAN_Y], m11
    movapd      [ADD_Y], m13
    add             atd, mmsize
    cmp             atd, 128
    jl .fractions

    xor             atd, atd
.arcs:
    movapd           m4, [RAY_X]
    movapd           m5, [RAY_Y]
    movapd           m6, [RAY_Z]
    movapd           m7, [RAY_H]
    movapd           m8, [TAN_X]
    movapd          m10, [ADD_X]
    movapd          m11, [TAN_Y]
    movapd          m13, [ADD_Y]
    ATAN2            m8, m4, m6, m10, 1
    ATAN2           m11, m5, m7, m13, 0
    vbroadcastsd     m1, [rowq + ROW_BIAS_X]
    vbroadcastsd     m2, [rowq + ROW_SCALE_X]
    vfmadd231pd      m1, m8, m2
    vbroadcastsd     m2, [rowq + ROW_BIAS_Y]
    vbroadcastsd     m3, [rowq + ROW_SCALE_Y]
    vfmadd231pd      m2, m11, m3
%if mmsize == 64
    vrndscalepd      m1, m1, 1
    vrndscalepd      m2, m2, 1
    WRAP             ym
    vinserti32x4    ym2, ym1, xm3, 1
    vshufi64x2      ym3, ym1, ym3, 3
    vmovdqu32 [pointq + atq], ym2
    vmovdqu32 [pointq + atq + 32], ym3
%else
    vroundpd         m1, m1, 1
    vroundpd         m2, m2, 1
    WRAP             xm
    movu [pointq + atq], xm1
    movu [pointq + atq + 16], xm3
%endif
    add             atd, mmsize
    cmp             atd, 128
    jl .arcs

%if mmsize == 64
    BOUNDS           ym, 32
    vextracti32x4   xm3, ym1, 1
    vextracti32x4   xm4, ym2, 1
    vpminsd         xm1, xm3
    vpmaxsd         xm2, xm4
%else
    BOUNDS           xm, 16
%endif
    pshufd          xm3, xm1, q1032
    pshufd          xm4, xm2, q1032
    vpminsd         xm1, xm3
    vpmaxsd         xm2, xm4
    movq      [boundsq], xm1
    movq  [boundsq + 8], xm2
    RET
%endmacro

%if HAVE_AVX2_EXTERNAL && HAVE_FMA3_EXTERNAL
INIT_YMM avx2
EQUIRECT_SPAN
%endif
%if HAVE_AVX512_EXTERNAL
INIT_ZMM avx512
EQUIRECT_SPAN
%endif

%endif ; ARCH_X86_64
