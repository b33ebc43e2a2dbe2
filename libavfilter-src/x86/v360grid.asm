;*****************************************************************************
;* x86-optimized grids of the v360batch filter    
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

SECTION_RODATA 32

pd_0123:  dq 0.0, 1.0, 2.0, 3.0
pd_4:     times 4 dq 4.0
pd_1:     times 4 dq 1.0
pd_snap:  times 4 dq 6144.0
pd_split: times 4 dq 0.66
pd_tiny:  times 4 dq 1.0e-300
pd_abs:   times 4 dq 0x7fffffffffffffff
pd_sign:  times 4 dq 0x8000000000000000
pd_pi:    times 4 dq 3.14159265358979323846
pd_pi_2:  times 4 dq 1.57079632679489661923
pd_pi_4:  times 4 dq 0.78539816339744830962
; atan(t) = t + t^3 P(t^2) / Q(t^2) for |t| <= 0.66, to 2e-16
pd_p:     times 4 dq -8.750608600031904122785e-1
          times 4 dq -1.615753718733365076637e1
          times 4 dq -7.500855792314704667340e1
          times 4 dq -1.228866684490136173410e2
          times 4 dq -6.485021904942025371773e1
pd_q:     times 4 dq  2.485846490142306297962e1
          times 4 dq  1.650270098316988542046e2
          times 4 dq  4.328810604912902668951e2
          times 4 dq  4.853903996359136964868e2
          times 4 dq  1.945506571482613964425e2

SECTION .text

; %1 = atan2(%2, %3); clobbers m10 to m15. 0 if both are 0.
%macro ATAN2 3
    andpd           m10, %2, [pd_abs]
    andpd           m11, %3, [pd_abs]
    maxpd           m12, m10, m11
    minpd           m13, m10, m11
    mulpd           m14, m12, [pd_split]
    vcmppd          m14, m14, m13, 1    ; beyond it: (t - 1) / (t + 1), pi / 4 on
    subpd           m15, m13, m12
    addpd            %1, m13, m12
    vblendvpd       m13, m13, m15, m14
    vblendvpd       m12, m12, %1, m14
    maxpd           m12, [pd_tiny]
    divpd           m13, m12
    mulpd           m12, m13, m13
    movapd          m15, [pd_p]
    addpd            %1, m12, [pd_q]
    vfmadd213pd     m15, m12, [pd_p + 32]
    vfmadd213pd      %1, m12, [pd_q + 32]
    vfmadd213pd     m15, m12, [pd_p + 64]
    vfmadd213pd      %1, m12, [pd_q + 64]
    vfmadd213pd     m15, m12, [pd_p + 96]
    vfmadd213pd      %1, m12, [pd_q + 96]
    vfmadd213pd     m15, m12, [pd_p + 128]
    vfmadd213pd      %1, m12, [pd_q + 128]
    mulpd           m15, m12
    divpd           m15, %1
    vfmadd213pd     m15, m13, m13
    andpd           m14, [pd_pi_4]
    addpd           m15, m14
    vcmppd          m14, m11, m10, 1
    movapd          m12, [pd_pi_2]
    subpd           m12, m15
    vblendvpd       m15, m15, m12, m14
    movapd          m12, [pd_pi]
    subpd           m12, m15
    vblendvpd       m15, m15, m12, %3
    andpd           m12, %2, [pd_sign]
    orpd             %1, m15, m12
%endmacro

;-----------------------------------------------------------------------------
; equirect_run(V360Point point[16], const V360EquirectRow *row, int x)
;-----------------------------------------------------------------------------
INIT_YMM avx2
cglobal v360batch_equirect_run, 3, 4, 16, point, row, x, count
    cvtsi2sd        xm0, xm0, xd
    vbroadcastsd     m0, xm0
    addpd            m0, [pd_0123]
    mov          countd, 4
.loop:
    vbroadcastsd     m1, [rowq + 6*8]
    vbroadcastsd     m2, [rowq + 7*8]
    vfmadd231pd      m1, m2, m0
    vbroadcastsd     m2, [rowq + 8*8]
    vfmadd231pd      m2, m1, m1
    sqrtpd           m2, m2
    movapd           m3, [pd_1]
    divpd            m3, m2
%assign k 0
%rep 3
%assign r 4+k
    vbroadcastsd m %+ r, [rowq + 8*k]
    vbroadcastsd     m7, [rowq + 8*k + 24]
    vfmadd231pd  m %+ r, m7, m0
    mulpd        m %+ r, m3
    addpd        m %+ r, [pd_snap]
    subpd        m %+ r, [pd_snap]
%assign k k+1
%endrep
    mulpd            m7, m4, m4
    vfmadd231pd      m7, m6, m6
    sqrtpd           m7, m7
    ATAN2            m8, m4, m6
    ATAN2            m9, m5, m7
    vbroadcastsd     m1, [rowq + 10*8]
    vbroadcastsd     m2, [rowq + 9*8]
    vfmadd231pd      m1, m8, m2
    vbroadcastsd     m2, [rowq + 12*8]
    vbroadcastsd     m3, [rowq + 11*8]
    vfmadd231pd      m2, m9, m3
    vroundpd         m1, m1, 1
    vroundpd         m2, m2, 1
    vcvttpd2dq      xm1, m1
    vcvttpd2dq      xm2, m2
    vpbroadcastd    xm3, [rowq + 13*8]
    psrad          xm10, xm1, 31
    pand           xm10, xm3
    paddd           xm1, xm10
    pcmpgtd        xm10, xm3, xm1
    pandn          xm10, xm3
    psubd           xm1, xm10
    punpckhdq       xm3, xm1, xm2
    punpckldq       xm1, xm2
    movu       [pointq], xm1
    movu  [pointq + 16], xm3
    addpd            m0, [pd_4]
    add          pointq, 32
    dec          countd
    jg .loop
    RET

%endif ; ARCH_X86_64
