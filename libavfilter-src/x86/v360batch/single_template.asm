;*****************************************************************************
;* v360batch: macros that the kernels of single samples share
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

%include "libavfilter/x86/v360batch/block_template.asm"

; A value is a component of a sample. A register of sums has VALUES values, in
; their order: dwords of a ymm register.
%define VALUES 8
; on the stack: qwords of offsets of the samples' first taps from the source
%define OFFSETS       0
%define SINGLE_STACK 512

; OFFSETS of the 64 samples of a block; %1 log2 of the bytes of a sample
%macro SINGLE_OFFSETS 1
    vpbroadcastd     m1, [rq + LINESIZE]
%assign %%i 0
%rep 64/VALUES
    movu             m0, [blockq + ANCHOR + 4*VALUES*%%i]
    psrld            m2, m0, 16
    pmulld           m2, m1
    pslld            m0, 16
    psrld            m0, 16 - %1
    paddd            m2, m0
    pmovsxdq         m0, xm2
    vextracti128    xm2, m2, 1
    pmovsxdq         m2, xm2
    mova [rsp + OFFSETS + 8*VALUES*%%i], m0
    mova [rsp + OFFSETS + 8*VALUES*%%i + mmsize], m2
%assign %%i %%i+1
%endrep
%endmacro

; %4 bytes at address %3, a row of a sample's taps -> element %2 of m%1.
; Clobbers m8
%macro ELEMENT 4
%if %2 == 0 && %4 == 4
    movd           xm%1, [%3]
%elif %2 == 0 && %4 == 8
    movq           xm%1, [%3]
%elif %2 == 0
    movu           xm%1, [%3]
%elif %4 == 16
    vinserti128     m%1, m%1, [%3], 1
%elif %4 == 8
    vpbroadcastq     m8, [%3]
    vpblendd        m%1, m8, 3 << (2*%2)
%else
    vpbroadcastd     m8, [%3]
    vpblendd        m%1, m8, 1 << %2
%endif
%endmacro

; Taps of several samples -> m%2 and the following, one for each of %1 rows.
; %3 bytes of a row of a sample's taps; %4 and the following are the samples
%macro ROWS_OF 4-*
%assign %%rows %1
%assign %%r0 %2
%assign %%r1 %2+1
%assign %%r2 %2+2
%assign %%r3 %2+3
%assign %%bytes %3
%assign %%i 0
%rotate 3
%rep %0 - 3
    mov              aq, [rsp + gq + OFFSETS + 8*%1]
    ELEMENT     %[%%r0], %[%%i], pq + aq, %[%%bytes]
    ELEMENT     %[%%r1], %[%%i], row1q + aq, %[%%bytes]
%if %%rows == 4
    ELEMENT     %[%%r2], %[%%i], row2q + aq, %[%%bytes]
    ELEMENT     %[%%r3], %[%%i], row3q + aq, %[%%bytes]
%endif
%rotate 1
%assign %%i %%i+1
%endrep
%endmacro
