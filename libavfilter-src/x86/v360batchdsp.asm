;*****************************************************************************
;* x86-optimized functions for the v360batch filter
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

; V360Unit
%define INDEX    0
%define PHASEX  64
%define PHASEY 128
%define ANCHOR 192
%define UNIT_SIZE(windows) ((ANCHOR + 4*(windows) + 15) & ~15)
; V360Remap
%define LINESIZE 8
%define WEIGHTS 24
%define MAX     32
%define SHIFT   36
; bytes of a row of what remap_units writes, for samples of one byte
%define PITCH  128

%if ARCH_X86_64

SECTION_RODATA 64

; dwords of the left and of the right 4x4 samples of a half of a unit
ctrl_left:   db  0,  0,  0,  0,  1,  1,  1,  1,  2,  2,  2,  2,  3,  3,  3,  3
             db  8,  8,  8,  8,  9,  9,  9,  9, 10, 10, 10, 10, 11, 11, 11, 11
             db 16, 16, 16, 16, 17, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 19
             db 24, 24, 24, 24, 25, 25, 25, 25, 26, 26, 26, 26, 27, 27, 27, 27
ctrl_right:  db  4,  4,  4,  4,  5,  5,  5,  5,  6,  6,  6,  6,  7,  7,  7,  7
             db 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15
             db 20, 20, 20, 20, 21, 21, 21, 21, 22, 22, 22, 22, 23, 23, 23, 23
             db 28, 28, 28, 28, 29, 29, 29, 29, 30, 30, 30, 30, 31, 31, 31, 31
dup_words:   db 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7
             db 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7
dup_dwords:  db 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3
             db 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7

pw_2:        times 32 dw 2
pw_16384:    times 32 dw 16384
pd_8192:     times 16 dd 8192
pw_00ff:     times 32 dw 0x00ff
; bytes of the taps of a sample, from the first: in the order of the words
; that a multiplication of even and of odd bytes wants
taps_2d:     times 16 db 0, 16, 1, 17
taps_2d_two: times 16 db 0, 16, 2, 18
pb_1:        times 64 db 1
; left and right, in one row
taps_row:    times 16 db 0, 1
pick_two:    db 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15
             times 16 db 0
taps_row_two: times 8 db 0, 2, 1, 3
pb_rows:     times 32 db 0
             times 32 db 16
             times 32 db 32
             times 32 db 48
             times 32 db 64
             times 32 db 80
pb_112:      times 32 db 0x70
align 64
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
even_dwords: dd 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
odd_dwords:  dd 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
; 16-bit samples are taken for signed: 32768 << 14 is missing from the sum
pw_8000:     times 32 dw 0x8000
pd_1_29:     times 16 dd 1 << 29
pw_128:      times 32 dw 128
pd_128:      times 16 dd 128
pd_1_19:     times 16 dd 1 << 19
pb_16:       times 64 db 16
; samples of the other window of a lane
pb_not_left: times 2 dq 0, 0x8080808080808080
pb_not_right: times 2 dq 0x8080808080808080, 0

SECTION .text

; Addresses of the windows of a unit, less the source's, to the stack.
; %1 number of windows, %2 bytes of a sample
%macro WINDOWS 2
%assign %%i 0
%rep %1
    movzx          offd, word [unitq + ANCHOR + 4*%%i + 2]
    movzx            pd, word [unitq + ANCHOR + 4*%%i]
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

; Bilinear weights of words of phases, as line_weights() in C.
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

;-----------------------------------------------------------------------------
; remap_units_*(uint8_t *dst, const V360Unit *unit, int n,
;               const uint8_t *const *src, int nb_src, const V360Remap *r)
;-----------------------------------------------------------------------------

INIT_YMM avx2

; Bytes of the windows at a and b; both go to the next row.
%macro LOAD_ROW 1
    movu            xm%1, [aq]
    vinserti128      m%1, m%1, [bq], 1
    add               aq, lsq
    add               bq, lsq
%endmacro

; Picks of the samples whose first tap is in row %1 of their window; the
; others become zero. %2 -> control, %3 indices, %4 and those of a window
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

; Upper taps to m9, lower ones to m10, out of windows of %1 + 1 rows at a, b.
; %2: 1 the first, so nothing is in m9 and m10; %3 mask of the window if any
%macro ROW_TAPS 2-3
    LOAD_ROW           7
%assign %%i 0
%rep %1
    LOAD_ROW           8
%if %0 == 3
    PICK            %%i, 12, 4, %3
%else
    PICK            %%i, 12, 4
%endif
%if %2 && %%i == 0
    pshufb            m9, m7, m12
    pshufb           m10, m8, m12
%else
    pshufb           m11, m7, m12
    por               m9, m11
    pshufb           m11, m8, m12
    por              m10, m11
%endif
    mova              m7, m8
%assign %%i %%i+1
%endrep
%endmacro

; bytes of taps in m9, m10 -> words of samples in m9
%macro ROW_DOT 0
    punpcklbw        m11, m9, m13
    punpckhbw         m9, m13
    punpcklbw        m12, m10, m13
    punpckhbw        m10, m13
    pmaddwd          m11, m0
    pmaddwd           m9, m1
    pmaddwd          m12, m2
    pmaddwd          m10, m3
    paddd            m11, m14
    paddd             m9, m14
    paddd            m11, m12
    paddd             m9, m10
    psrld            m11, 14
    psrld             m9, 14
    packssdw         m11, m9
    SWAP               9, 11
%endmacro

; Rows of 8x1 or 4x1 samples; %1 width of the windows, %2 rows
%macro REMAP_ROWS_LINE8 2
cglobal v360batch_line8_1_%1x1_r%2, 6, 12, 16, 64*8/%1, dst, unit, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov             lsq, [lsq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pb_112]
.unit:
    WINDOWS          64/%1, 1
%assign j 0
%rep 4
    pmovzxbw         m4, [unitq + PHASEX + 16*j]
    pmovzxbw         m5, [unitq + PHASEY + 16*j]
    LINE_WEIGHTS     m4, m5, m6, m7
    punpcklwd        m0, m7, m4
    punpckhwd        m1, m7, m4
    punpcklwd        m2, m5, m6
    punpckhwd        m3, m5, m6
    movu            xm4, [unitq + INDEX + 16*j]
    vpermq           m4, m4, q0100
    pshufb           m4, [dup_words]
    paddb            m4, [taps_row]
    xor              vd, vd
    lea            outq, [dstq + PITCH*j]
.view%[j]:
    mov              pq, [srcq + 8*vq]
%if %1 == 8
    mov              aq, [rsp + 16*j]
    add              aq, pq
    add              bq, [rsp + 16*j + 8]
    ROW_TAPS         %2, 1
%else
    mov              aq, [rsp + 32*j]
    add              aq, pq
    add              bq, [rsp + 32*j + 16]
    ROW_TAPS         %2, 1, pb_not_left
    mov              pq, [srcq + 8*vq]
    mov              aq, [rsp + 32*j + 8]
    add              aq, pq
    add              bq, [rsp + 32*j + 24]
    ROW_TAPS         %2, 0, pb_not_right
%endif
    ROW_DOT
    vextracti128   xm11, m9, 1
    packuswb        xm9, xm11
    movu         [outq], xm9
    add            outq, 4*PITCH
    inc              vd
    cmp              vd, nsrcd
    jl .view%[j]
%assign j j+1
%endrep
    add           unitq, UNIT_SIZE(64/%1)
    add            dstq, 16
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_ROWS_LINE8 8, 2
REMAP_ROWS_LINE8 8, 3
REMAP_ROWS_LINE8 8, 6
REMAP_ROWS_LINE8 4, 3

; Rows of 4x1 samples of two components; %1 rows
%macro REMAP_ROWS_LINE8_TWO 1
cglobal v360batch_line8_2_4x1_r%1, 6, 12, 16, 128, dst, unit, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov             lsq, [lsq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pb_112]
.unit:
    WINDOWS          16, 2
%assign j 0
%rep 8 ; halves of rows
    pmovzxbw        xm4, [unitq + PHASEX + 8*j]
    pmovzxbw        xm5, [unitq + PHASEY + 8*j]
    LINE_WEIGHTS    xm4, xm5, xm6, xm7
    punpckhwd       xm8, xm7, xm4
    punpcklwd       xm7, xm7, xm4
    punpckhwd       xm9, xm5, xm6
    punpcklwd       xm5, xm5, xm6
    vinserti128      m7, m7, xm8, 1
    vinserti128      m5, m5, xm9, 1
    punpckldq        m0, m7, m7
    punpckhdq        m1, m7, m7
    punpckldq        m2, m5, m5
    punpckhdq        m3, m5, m5
    vpbroadcastq     m4, [unitq + INDEX + 8*j]
    pshufb           m4, [dup_dwords]
    paddb            m4, [taps_row_two]
    xor              vd, vd
    lea            outq, [dstq + (PITCH*2)*(j/2) + 16*(j&1)]
.view%[j]:
    mov              pq, [srcq + 8*vq]
    mov              aq, [rsp + 16*j]
    add              aq, pq
    add              bq, [rsp + 16*j + 8]
    ROW_TAPS         %1, 1
    ROW_DOT
    packuswb         m9, m9
    vpermq           m9, m9, q0020
    movu         [outq], xm9
    add            outq, 4*PITCH*2
    inc              vd
    cmp              vd, nsrcd
    jl .view%[j]
%assign j j+1
%endrep
    add           unitq, UNIT_SIZE(16)
    add            dstq, 32
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_ROWS_LINE8_TWO 3
REMAP_ROWS_LINE8_TWO 6

;-----------------------------------------------------------------------------
; inside_*(uint8_t *dst, const V360Point *point, int n, const V360Remap *r,
;          int32_t dx), n a multiple of 8
;-----------------------------------------------------------------------------

; Bilinear sums of 4 bytes pairs each in the low half of %1 and %2, or in the
; high one; weights %3, %4 -> %1 as dwords; %5 lbw or hbw
%macro PAIR_DOT 5
    punpck%5         %1, m13
    punpck%5         %2, m13
    pmaddwd          %1, %3
    pmaddwd          %2, %4
    paddd            %1, %2
    paddd            %1, m14
    psrld            %1, 14
%endmacro

; 4 samples of two components -> words in m12; %1, %2 upper and lower taps,
; %3, %4 weights. m8 is left alone
%macro FOUR_TWO 4
    pshufb           %1, m15
    pshufb           %2, m15
    punpckldq       m10, %3, %3
    punpckldq       m11, %4, %4
    mova            m12, %1
    mova             m9, %2
    PAIR_DOT        m12, m9, m10, m11, lbw
    punpckhdq       m10, %3, %3
    punpckhdq       m11, %4, %4
    PAIR_DOT         %1, %2, m10, m11, hbw
    packssdw        m12, %1
%endmacro

INIT_XMM avx2
%macro INSIDE_LINE8 1 ; components
cglobal v360batch_inside_line8_%1, 5, 8, 16, 32, dst, point, n, r, dx, src, ls, a
    mov            srcq, [rq]
    mov             lsq, [rq + LINESIZE]
    pxor            m13, m13
    mova            m14, [pd_8192]
    mova            m15, [pick_two]
    movd             m0, dxd
    vpbroadcastd     m0, m0
    movd             m1, lsd
    vpbroadcastd     m1, m1
.loop:
%assign h 0
%rep 2
    movu             m2, [pointq + 32*h]
    movu             m3, [pointq + 32*h + 16]
    shufps           m4, m2, m3, q2020
    shufps           m5, m2, m3, q3131
    paddd            m4, m0
    pslld            m6, m4, 24
    psrld            m6, 24
    pslld            m7, m5, 24
    psrld            m7, 24
    psrad            m4, 8
    psrad            m5, 8
    pmulld           m5, m1
%if %1 == 2
    paddd            m4, m4
%endif
    paddd            m4, m5
    mova  [rsp + 16*h], m4
%if h == 0
    mova             m8, m6
    mova             m9, m7
%endif
%assign h h+1
%endrep
    packusdw         m8, m6
    packusdw         m9, m7
    LINE_WEIGHTS     m8, m9, m10, m11
    punpcklwd        m2, m11, m8
    punpckhwd        m3, m11, m8
    punpcklwd        m4, m9, m10
    punpckhwd        m5, m9, m10
%assign i 0
%rep 8
    movsxd           aq, dword [rsp + 4*i]
    add              aq, srcq
%if %1 == 1
    pinsrw           m6, [aq], i
    pinsrw           m7, [aq + lsq], i
%elif i == 0
    movd             m6, [aq]
    movd             m7, [aq + lsq]
%elif i < 4
    pinsrd           m6, [aq], i
    pinsrd           m7, [aq + lsq], i
%elif i == 4
    FOUR_TWO         m6, m7, m2, m4
    mova             m8, m12
    movd             m6, [aq]
    movd             m7, [aq + lsq]
%else
    pinsrd           m6, [aq], i-4
    pinsrd           m7, [aq + lsq], i-4
%endif
%assign i i+1
%endrep
%if %1 == 1
    mova             m8, m6
    mova             m9, m7
    PAIR_DOT         m6, m7, m2, m4, lbw
    PAIR_DOT         m8, m9, m3, m5, hbw
    packssdw         m6, m8
    packuswb         m6, m6
    movq         [dstq], m6
%else
    FOUR_TWO         m6, m7, m3, m5
    packuswb         m8, m12
    movu         [dstq], m8
%endif
    add          pointq, 64
    add            dstq, 8*%1
    sub              nd, 8
    jg .loop
    RET
%endmacro

INSIDE_LINE8 1
INSIDE_LINE8 2

INIT_YMM avx2

; Rows of 4x1 samples of 16 bits; %1 rows
%macro REMAP_ROWS_LINE16 1
cglobal v360batch_line16_1_4x1_r%1, 6, 12, 16, 128, dst, unit, n, src, nsrc, ls, off, p, v, out, a, b
%define offq aq
%define offd ad
%define pq bq
%define pd bd
    mov              vd, [lsq + SHIFT]
    movd            xm1, vd
    movd            xm3, [lsq + MAX]
    vpbroadcastd     m3, xm3
    mova            m14, [pd_8192]
    pslld           m14, xm1
    paddd           m14, [pd_1_29]
    add              vd, 14
    movd           xm13, vd
    mova             m6, [pw_8000]
    mova            m15, [pb_112]
    mov             lsq, [lsq + LINESIZE]
.unit:
    WINDOWS          16, 2
%assign j 0
%rep 8 ; halves of rows
    pmovzxbw        xm4, [unitq + PHASEX + 8*j]
    pmovzxbw        xm5, [unitq + PHASEY + 8*j]
    LINE_WEIGHTS    xm4, xm5, xm0, xm7
    punpckhwd       xm8, xm7, xm4
    punpcklwd       xm7, xm7, xm4
    punpckhwd       xm9, xm5, xm0
    punpcklwd       xm5, xm5, xm0
    vinserti128      m0, m7, xm8, 1
    vinserti128      m2, m5, xm9, 1
    vpbroadcastq     m4, [unitq + INDEX + 8*j]
    pshufb           m4, [dup_dwords]
    paddb            m4, [taps_4]
    xor              vd, vd
    lea            outq, [dstq + (PITCH*2)*(j/2) + 16*(j&1)]
.view%[j]:
    mov              pq, [srcq + 8*vq]
    mov              aq, [rsp + 16*j]
    add              aq, pq
    add              bq, [rsp + 16*j + 8]
    ROW_TAPS         %1, 1
    pxor             m9, m6
    pxor            m10, m6
    pmaddwd          m9, m0
    pmaddwd         m10, m2
    paddd            m9, m14
    paddd            m9, m10
    psrld            m9, xm13
    pminsd           m9, m3
    pslld            m9, xm1
    packusdw         m9, m9
    vpermq           m9, m9, q0020
    movu         [outq], xm9
    add            outq, 4*PITCH*2
    inc              vd
    cmp              vd, nsrcd
    jl .view%[j]
%assign j j+1
%endrep
    add           unitq, UNIT_SIZE(16)
    add            dstq, 32
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_ROWS_LINE16 3
REMAP_ROWS_LINE16 6

; Weights of a unit by phase to the stack: words of x from %1, of y from
; %1 + 512, in the order of the samples
%macro WEIGHTS_BY_ROW 1
%assign %%i 0
%rep 64
    movzx            pd, byte [unitq + PHASEX + %%i]
    movzx            ad, byte [unitq + PHASEY + %%i]
    mov              pq, [wq + 8*pq]
    mov              aq, [wq + 8*aq]
    mov     [rsp + %1 + 8*%%i], pq
    mov     [rsp + %1 + 8*%%i + 512], aq
%assign %%i %%i+1
%endrep
%endmacro

; Row %1 of a window of 8 samples, both lanes alike, from row a
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

; A row of the kernel of 8 samples -> m7 as dwords; a goes to the next row
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
cglobal v360batch_cube8_1_8x1_r%1, 6, 14, 16, 64 + 1024, dst, unit, n, src, nsrc, ls, ls3, ls5, p, v, out, a, w
%define offq aq
%define offd ad
    mov              wq, [lsq + WEIGHTS]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    lea            ls5q, [5*lsq]
    pxor            m13, m13
    mova            m14, [pd_128]
    mova            m15, [pb_112]
.unit:
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
    vpbroadcastq     m4, [unitq + INDEX + 8*j]
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
    add            outq, 4*PITCH
    inc              vd
    cmp              vd, nsrcd
    jl .view%[j]
%assign j j+1
%endrep
    add           unitq, UNIT_SIZE(8)
    add            dstq, 16
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_ROWS_CUBE8 2
REMAP_ROWS_CUBE8 3
REMAP_ROWS_CUBE8 6

%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl

; 8 rows of 16 bytes of window %3 -> %1, %2
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

; Taps of the 4x4 samples of block %4 (0 to 3) of a unit.
; %1 taps, %2 control, %3 windows, %5 first block of those that share it
%macro BLOCK_TAPS 5
%if %3 == 2
%if %4 == %5
    LOAD_WINDOW     m24, m25, %4/2
%endif
    mova             %1, %2
    vpermi2b         %1, m24, m25
%elif %3 == 4
    LOAD_WINDOW     m24, m25, %4
    mova             %1, %2
    vpermi2b         %1, m24, m25
%else
    LOAD_WINDOW     m24, m25, %4*2
    mova             %1, %2
    vpermi2b         %1, m24, m25
    LOAD_WINDOW     m24, m25, %4*2 + 1
    mova            m26, %2
    vpermi2b        m26, m24, m25
    vmovdqa32    %1{k4}, m26
%endif
%endmacro

; dwords of samples from bytes [p00, p10, p01, p11]; %1 in: taps, out: sample
; %2 weights w00, w01, %3 w10, w11 -> clobbers m27, m28
%macro LINE_DOT 3
    vpandd          m27, %1, m21
    psrlw            %1, 8
    mova            m28, m20
    vpdpwssd        m28, m27, %2
    vpdpwssd        m28, %1, %3
    psrld            %1, m28, 14
%endmacro

; Taps of both components; %1, %2 taps, %3 control, %4 windows, %5 block
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

; 4x4 samples of two components as dwords -> m%1; %2 windows, %3 block
; %4 control, %5, %6 weights
%macro BLOCK_TWO 6
    BLOCK_TAPS_TWO   %1, m29, %4, %2, %3
    LINE_DOT         %1, %5, %6
    LINE_DOT        m29, %5, %6
    pslld           m29, 8
    vpord            %1, %1, m29
%endmacro

; the 4 lanes of %2 to 4 rows; %1 offset, %3 bytes of a sample
%macro STORE_LANES 3
    movu           [outq + %1], xm%2
    vextracti32x4  [outq + %1 + PITCH*%3], m%2, 1
    vextracti32x4  [outq + %1 + 2*PITCH*%3], m%2, 2
    vextracti32x4  [outq + %1 + 3*PITCH*%3], m%2, 3
%endmacro

; Control and weights of the halves of a unit: m(6h+0), m(6h+1) control of
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
    pmovzxbw        m24, [unitq + PHASEX + 32*%%h]
    pmovzxbw        m25, [unitq + PHASEY + 32*%%h]
    LINE_WEIGHTS    m24, m25, m26, m27
    punpcklwd    m %+ i_c, m27, m24
    punpcklwd    m %+ i_d, m25, m26
    punpckhwd    m %+ i_e, m27, m24
    punpckhwd    m %+ i_f, m25, m26
    movu           ym28, [unitq + INDEX + 32*%%h]
    mova            m24, [ctrl_left]
    mova            m25, [ctrl_right]
    vpermb       m %+ i_a, m24, m28
    vpermb       m %+ i_b, m25, m28
    paddb        m %+ i_a, [%1]
    paddb        m %+ i_b, [%1]
%assign %%h %%h+1
%endrep
%endmacro

%macro REMAP_LINE8 2 ; components, windows
cglobal v360batch_line8_%1_w%2, 6, 13, 32, 8*%2, dst, unit, n, src, nsrc, ls, ls3, off, p, v, out
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    mov              vd, 0x00f0
    kmovw            k1, vd
    mov              vd, 0x0f00
    kmovw            k2, vd
    mov              vd, 0xf000
    kmovw            k3, vd
    mov              vd, 0xff00
    kmovw            k4, vd
    mova            m20, [pd_8192]
    mova            m21, [pw_00ff]
.unit:
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
    add            outq, 4*PITCH*%1
    inc              vd
    cmp              vd, nsrcd
    jl .view
    add           unitq, UNIT_SIZE(%2)
    add            dstq, 16*%1
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_LINE8 1, 2
REMAP_LINE8 1, 4
REMAP_LINE8 1, 8
REMAP_LINE8 2, 4
REMAP_LINE8 2, 8

; 16 samples of 16 bits of block %2 -> %1; %3 windows, %4 control, %5, %6
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

%macro REMAP_LINE16 1 ; windows
cglobal v360batch_line16_1_w%1, 6, 13, 32, 8*%1, dst, unit, n, src, nsrc, ls, ls3, off, p, v, out
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
    mov              vd, 0x00f0
    kmovw            k1, vd
    mov              vd, 0x0f00
    kmovw            k2, vd
    mov              vd, 0xf000
    kmovw            k3, vd
    mov              vd, 0xff00
    kmovw            k4, vd
.unit:
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
    add            outq, 4*PITCH*2
    inc              vd
    cmp              vd, nsrcd
    jl .view
    add           unitq, UNIT_SIZE(%1)
    add            dstq, 32
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_LINE16 4
REMAP_LINE16 8

; Weights of a unit by phase to the stack, as words of x from %1 and of y from
; %1 + 512: 16 samples of each 4x4 block in turn
%macro WEIGHTS_BY_BLOCK 1
%assign %%h 0
%rep 2
%assign %%l 0
%rep 32
%assign %%to %1 + %%h*256 + (%%l/8)*32 + (%%l&7)*8 + ((%%l&4)/4)*(128 - 32)
    movzx            pd, byte [unitq + PHASEX + 32*%%h + %%l]
    movzx          offd, byte [unitq + PHASEY + 32*%%h + %%l]
    mov              pq, [wq + 8*pq]
    mov            offq, [wq + 8*offq]
    mov     [rsp + %%to], pq
    mov     [rsp + %%to + 512], offq
%assign %%l %%l+1
%endrep
%assign %%h %%h+1
%endrep
%endmacro

; Row of the kernel for 16 samples -> m27; m23 control, which goes to the next
; row; %1, %2 weights, %3 windows
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

; rows m28 and m27 as pairs of words -> m27
%macro CUBE_PAIR 0
    pslld           m27, 16
    vmovdqu16   m27{k5}, m28
%endmacro

; 16 samples of block %2 -> m%1, not clipped; %3 windows, %4 first of the
; registers of the block, %5 component
%macro CUBE_BLOCK 5
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

; m0 to m19: for each block control, low and high bytes of the weights of x,
; words of the first and the last two of y. %1 offsets of taps, %2 the weights
%macro PREPARE_CUBE 2
%assign %%b 0
%rep 4
%assign i_a 5*%%b
%assign i_b 5*%%b+1
%assign i_c 5*%%b+2
%assign i_d 5*%%b+3
%assign i_e 5*%%b+4
    movu           ym24, [unitq + INDEX + 32*(%%b/2)]
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

; bytes of one component of a unit -> xm%1 and the other lanes; %2 windows,
; %3 component. What overflows is clipped by the packing: it fits in a word.
%macro CUBE_COMPONENT 3
    CUBE_BLOCK        0, 0, %2, 0, %3
    psrad           m29, 20
    mova   [rsp + 128], m29
    CUBE_BLOCK        0, 1, %2, 5, %3
    psrad           m29, 20
    mova            m28, [rsp + 128]
    packusdw        m28, m29
    mova   [rsp + 128], m28
    CUBE_BLOCK        0, 2, %2, 10, %3
    psrad           m29, 20
    mova   [rsp + 192], m29
    CUBE_BLOCK        0, 3, %2, 15, %3
    psrad           m29, 20
    mova            m28, [rsp + 192]
    packusdw        m28, m29
    mova            m29, [rsp + 128]
    packuswb        m29, m28
%endmacro

%macro REMAP_CUBE8 2 ; components, windows
cglobal v360batch_cube8_%1_w%2, 6, 14, 32, 320 + 1024, dst, unit, n, src, nsrc, ls, ls3, off, p, v, out, w
    mov              wq, [lsq + WEIGHTS]
    mov             lsq, [lsq + LINESIZE]
    lea            ls3q, [3*lsq]
    mov              vd, 0x00f0
    kmovw            k1, vd
    mov              vd, 0x0f00
    kmovw            k2, vd
    mov              vd, 0xf000
    kmovw            k3, vd
    mov              vd, 0xff00
    kmovw            k4, vd
    mov              vd, 0x55555555
    kmovd            k5, vd
    mova            m20, [pd_128]
    mova            m21, [pd_1_19]
.unit:
    WINDOWS          %2, %1
    WEIGHTS_BY_BLOCK 320
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
    add            outq, 4*PITCH*%1
    inc              vd
    cmp              vd, nsrcd
    jl .view
    add           unitq, UNIT_SIZE(%2)
    add            dstq, 16*%1
    dec              nd
    jg .unit
    RET
%endmacro

REMAP_CUBE8 1, 2
REMAP_CUBE8 1, 4
REMAP_CUBE8 1, 8
REMAP_CUBE8 2, 4
REMAP_CUBE8 2, 8

%endif ; HAVE_AVX512ICL_EXTERNAL

;-----------------------------------------------------------------------------
; store(uint8_t *dst, ptrdiff_t dst_linesize, const uint8_t *src,
;       ptrdiff_t src_linesize, ptrdiff_t width)
;-----------------------------------------------------------------------------
%macro STORE 0
cglobal v360batch_store, 5, 7, 2, dst, dls, src, sls, w, x, rows
    add            dstq, wq
    add            srcq, wq
    neg              wq
    jz .end
    mov           rowsd, 4
.row:
    mov              xq, wq
.copy:
    mova             m0, [srcq + xq]
%if mmsize == 32
    mova             m1, [srcq + xq + 32]
    movntdq [dstq + xq], m0
    movntdq [dstq + xq + 32], m1
%else
    movntdq [dstq + xq], m0
%endif
    add              xq, 64
    jl .copy
    add            dstq, dlsq
    add            srcq, slsq
    dec           rowsd
    jg .row
.end:
    RET
%endmacro

INIT_YMM avx2
STORE
%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl
STORE
%endif

INIT_XMM sse
cglobal v360batch_store_end, 0, 0, 0
    sfence
    RET

%endif ; ARCH_X86_64
