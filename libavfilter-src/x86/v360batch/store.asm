;*****************************************************************************
;* v360batch: stores past the caches, and prefetches
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

SECTION .text

;-----------------------------------------------------------------------------
; store(uint8_t *dst, ptrdiff_t dst_linesize, const uint8_t *src,
;       ptrdiff_t src_linesize, ptrdiff_t width)
;-----------------------------------------------------------------------------
%macro STORE 0
cglobal v360_store, 5, 7, 2, dst, dls, src, sls, w, x, rows
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

%if HAVE_AVX2_EXTERNAL
INIT_YMM avx2
STORE
%endif
%if HAVE_AVX512ICL_EXTERNAL
INIT_ZMM avx512icl
STORE
%endif

INIT_XMM sse
cglobal v360_store_end, 0, 0, 0
    sfence
    RET

;-----------------------------------------------------------------------------
; prefetch(const uint32_t *line, ptrdiff_t n, const uint8_t *src,
;          ptrdiff_t linesize)
;
; prefetcht1 (L2): a list has more lines than L1 has fill buffers, and L1 drops
; the excess.
;-----------------------------------------------------------------------------
cglobal v360_prefetch, 4, 6, 0, line, n, src, ls, y, x
    lea           lineq, [lineq + 4*nq]
    neg              nq
    jge .end
.loop:
    mov              yd, [lineq + 4*nq]
    movzx            xd, yw
    shr              yd, 16
    imul             yq, lsq
    shl              xd, 6
    add              yq, srcq
    prefetcht1  [yq + xq]
    inc              nq
    jl .loop
.end:
    RET

;-----------------------------------------------------------------------------
; prefetch_bytes(const void *p, ptrdiff_t n)
;-----------------------------------------------------------------------------
cglobal v360_prefetch_bytes, 2, 2, 0, p, n
    add              pq, nq
    neg              nq
    jge .end
.loop:
    prefetcht1  [pq + nq]
    add              nq, 64
    jl .loop
.end:
    RET

%endif ; ARCH_X86_64
