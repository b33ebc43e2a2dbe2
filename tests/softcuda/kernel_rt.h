/*
 * Copyright (c) 2026 the v360batch authors
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#ifndef SOFTCUDA_KERNEL_RT_H
#define SOFTCUDA_KERNEL_RT_H

#include <stdint.h>
#include <string.h>

/**
 * @file
 * What a translated kernel stands on. Prepended verbatim to its C (with
 * SC_KERNEL defined), and included by the driver for the structure.
 */

/** Kinds of memory access that are counted apart. */
enum {
    SC_MEM_LOAD_GLOBAL, SC_MEM_STORE_GLOBAL, SC_MEM_TEXTURE,
    SC_MEM_LOAD_SHARED, SC_MEM_STORE_SHARED, SC_MEM_ATOMIC,
    SC_MEM_LOAD_CONST, SC_MEM_NB
};

/** Faults of a kernel: the CUresult they become, modulo 1000. */
enum {
    SC_FAULT_ILLEGAL    = 700,
    SC_FAULT_SHARED     = 1700,         ///< the address is an offset
    SC_FAULT_MISALIGNED = 716,
    SC_FAULT_TRAP       = 719,
};

/** Classes of instructions. */
enum {
    SC_CLASS_FLOAT, SC_CLASS_INT, SC_CLASS_MOVE, SC_CLASS_LOAD,
    SC_CLASS_STORE, SC_CLASS_TEXTURE, SC_CLASS_CONTROL, SC_CLASS_NB
};

/** One device thread, as its kernel sees it. */
typedef struct SCThread SCThread;
struct SCThread {
    uint32_t tid[3], ntid[3], ctaid[3], nctaid[3];
    uint32_t lane, warp;
    uint8_t *params, *shared;
    uint32_t params_size, shared_size;
    uint64_t local_low, local_high;     ///< host stack usable as .local
    uint64_t device_base, device_size;  ///< window of device addresses
    uint64_t delta;                     ///< device address to host alias
    const uint8_t *shadow;              ///< valid bytes per 128-byte granule
    uint64_t globals;                   ///< device address of the variables
    uint64_t *block_count;
    void (*fault)(SCThread *t, int kind, uint64_t address, uint32_t size,
                  uint32_t line) __attribute__((noreturn));
    void (*tex2d)(SCThread *t, uint64_t texture, float x, float y,
                  uint32_t *out, uint32_t mem, uint32_t line);
    void (*barrier)(SCThread *t);
    void (*access)(SCThread *t, uint32_t mem, uint64_t address,
                   uint32_t size, int kind);
    void *opaque;
};

#ifdef SC_KERNEL

#define SC_INLINE static inline __attribute__((always_inline))
#define SC_LIKELY(x) __builtin_expect(!!(x), 1)

#ifdef SC_PROFILE
#define BLOCK(k) (t->block_count[k]++)
#define SC_COUNT(...) t->access(__VA_ARGS__)
#else
#define BLOCK(k) ((void)0)
#define SC_COUNT(...) ((void)0)
#endif

SC_INLINE uint32_t sc_f2u(float f)
{
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
}

SC_INLINE float sc_u2f(uint32_t u)
{
    float f;
    memcpy(&f, &u, 4);
    return f;
}

SC_INLINE uint64_t sc_d2u(double f)
{
    uint64_t u;
    memcpy(&u, &f, 8);
    return u;
}

SC_INLINE double sc_u2d(uint64_t u)
{
    double f;
    memcpy(&f, &u, 8);
    return f;
}

SC_INLINE float sc_ftz(float f)
{
    return sc_f2u(f) & 0x7f800000u ? f : sc_u2f(sc_f2u(f) & 0x80000000u);
}

/* .global and .const: window, alignment, allocation; then the host alias */
SC_INLINE void *sc_g(SCThread *t, uint64_t a, uint32_t size, uint32_t mem,
                     int kind, uint32_t line)
{
    uint64_t o = a - t->device_base;

    if (!SC_LIKELY(o < t->device_size))
        t->fault(t, SC_FAULT_ILLEGAL, a, size, line);
    if (!SC_LIKELY((o & (size - 1)) == 0))
        t->fault(t, SC_FAULT_MISALIGNED, a, size, line);
    if (!SC_LIKELY((o & 127) + size <= t->shadow[o >> 7]))
        t->fault(t, SC_FAULT_ILLEGAL, a, size, line);
    SC_COUNT(t, mem, a, size, kind);
    return (void *)(a + t->delta);
}

/* .shared addresses are offsets: they must fit 32-bit registers */
SC_INLINE void *sc_s(SCThread *t, uint64_t a, uint32_t size, uint32_t mem,
                     int kind, uint32_t line)
{
    if (!SC_LIKELY(a < t->shared_size && a + size <= t->shared_size))
        t->fault(t, SC_FAULT_SHARED, a, size, line);
    if (!SC_LIKELY((a & (size - 1)) == 0))
        t->fault(t, SC_FAULT_MISALIGNED, a, size, line);
    SC_COUNT(t, mem, a, size, kind);
    return t->shared + a;
}

/* .param of a kernel, .local, .param of a call: host addresses, all three */
SC_INLINE void *sc_p(SCThread *t, uint64_t a, uint32_t size, uint32_t mem,
                     int kind, uint32_t line)
{
    uint64_t o = a - (uint64_t)(uintptr_t)t->params;

    if ((o < t->params_size && o + size <= t->params_size) ||
        (a >= t->local_low && a + size <= t->local_high))
        return (void *)(uintptr_t)a;
    t->fault(t, SC_FAULT_ILLEGAL, a, size, line);
}

static inline void *sc_x(SCThread *t, uint64_t a, uint32_t size,
                         uint32_t mem, int kind, uint32_t line)
{
    uint64_t shared = a - (uint64_t)(uintptr_t)t->shared;

    if (a - t->device_base < t->device_size)
        return sc_g(t, a, size, mem, kind, line);
    if (shared < t->shared_size)
        return sc_s(t, shared, size, mem,
                    kind == SC_MEM_STORE_GLOBAL ? SC_MEM_STORE_SHARED :
                    kind == SC_MEM_LOAD_GLOBAL  ? SC_MEM_LOAD_SHARED : kind,
                    line);
    return sc_p(t, a, size, mem, kind, line);
}

/* float to integer: clamped to the range, NaN gives 0 */
#define SC_TO_INT(name, F, T, LOW, HIGH)                \
SC_INLINE T name(F v)                                   \
{                                                       \
    return v != v ? 0 : v <= (F)(LOW) ? (T)(LOW) :      \
           v >= (F)(HIGH) ? (T)(HIGH) : (T)v;           \
}
#define SC_TO_INTS(f, F)                                    \
SC_TO_INT(sc_##f##2u8,  F, uint8_t,  0, 255)                \
SC_TO_INT(sc_##f##2s8,  F, int8_t,   -128, 127)             \
SC_TO_INT(sc_##f##2u16, F, uint16_t, 0, 65535)              \
SC_TO_INT(sc_##f##2s16, F, int16_t,  -32768, 32767)         \
SC_TO_INT(sc_##f##2u32, F, uint32_t, 0, UINT32_MAX)         \
SC_TO_INT(sc_##f##2s32, F, int32_t,  INT32_MIN, INT32_MAX)  \
SC_TO_INT(sc_##f##2u64, F, uint64_t, 0, UINT64_MAX)         \
SC_TO_INT(sc_##f##2s64, F, int64_t,  INT64_MIN, INT64_MAX)
SC_TO_INTS(f, float)
SC_TO_INTS(d, double)

SC_INLINE int64_t sc_clip(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

SC_INLINE int32_t sc_sat_s32(int64_t v)
{
    return sc_clip(v, INT32_MIN, INT32_MAX);
}

SC_INLINE float sc_satf(float v)
{
    return v > 0.f ? v < 1.f ? v : 1.f : 0.f;
}

SC_INLINE double sc_satd(double v)
{
    return v > 0. ? v < 1. ? v : 1. : 0.;
}

/* A NaN loses against a number, and -0 is less than +0. */
#define SC_MIN_MAX(f, F, SIGN)                                          \
SC_INLINE F sc_min##f(F a, F b)                                         \
{                                                                       \
    return a != a ? b : b != b ? a :                                    \
           a < b || (a == b && SIGN(a)) ? a : b;                        \
}                                                                       \
SC_INLINE F sc_max##f(F a, F b)                                         \
{                                                                       \
    return a != a ? b : b != b ? a :                                    \
           a > b || (a == b && !SIGN(a)) ? a : b;                       \
}
SC_MIN_MAX(f, float, __builtin_signbitf)
SC_MIN_MAX(d, double, __builtin_signbit)

SC_INLINE int sc_unordered(double a, double b)
{
    return a != a || b != b;
}

/* Shifts clamp their count. */
#define SC_SHIFTS(n)                                                    \
SC_INLINE uint##n##_t sc_shl##n(uint##n##_t a, uint32_t b)              \
{                                                                       \
    return b >= n ? 0 : (uint##n##_t)(a << b);                          \
}                                                                       \
SC_INLINE uint##n##_t sc_shru##n(uint##n##_t a, uint32_t b)             \
{                                                                       \
    return b >= n ? 0 : a >> b;                                         \
}                                                                       \
SC_INLINE int##n##_t sc_shrs##n(int##n##_t a, uint32_t b)               \
{                                                                       \
    return a >> (b >= n ? n - 1 : b);                                   \
}
SC_SHIFTS(16)
SC_SHIFTS(32)
SC_SHIFTS(64)

static inline uint32_t sc_shf(uint32_t a, uint32_t b, uint32_t n, int left,
                              int clamp)
{
    uint64_t v = (uint64_t)b << 32 | a;

    n = clamp ? n > 32 ? 32 : n : n & 31;
    return left ? v << n >> 32 : v >> n;
}

static inline uint32_t sc_prmt(uint32_t a, uint32_t b, uint32_t selector)
{
    uint64_t v = (uint64_t)b << 32 | a;
    uint32_t r = 0;

    for (int i = 0; i < 4; i++) {
        uint32_t s = selector >> 4 * i & 15, byte = v >> 8 * (s & 7) & 255;

        if (s & 8)
            byte = byte & 128 ? 255 : 0;
        r |= byte << 8 * i;
    }
    return r;
}

static inline uint32_t sc_lop3(uint32_t a, uint32_t b, uint32_t c,
                               uint32_t table)
{
    uint32_t r = 0;

    for (int i = 0; i < 8; i++)
        if (table >> i & 1)
            r |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
    return r;
}

static inline uint32_t sc_bfe(uint32_t a, uint32_t pos, uint32_t n,
                              int is_signed)
{
    uint32_t v;

    pos &= 255;
    n   &= 255;
    if (!n)
        return 0;
    if (pos > 31)
        return is_signed && a >> 31 ? ~0u : 0;
    if (n > 32 - pos)
        n = 32 - pos;
    v = a >> pos << (32 - n);
    return is_signed ? (uint32_t)((int32_t)v >> (32 - n)) : v >> (32 - n);
}

static inline uint32_t sc_bfi(uint32_t a, uint32_t b, uint32_t pos,
                              uint32_t n)
{
    uint64_t mask;

    pos &= 255;
    n   &= 255;
    if (pos > 31)
        return b;
    mask = (n > 31 ? 0xffffffffull : (1ull << n) - 1) << pos;
    return (b & ~mask) | ((uint64_t)a << pos & mask);
}

static inline uint32_t sc_brev(uint32_t a)
{
    uint32_t r = 0;

    for (int i = 0; i < 32; i++)
        r |= (a >> i & 1u) << (31 - i);
    return r;
}

/* the i-th field of n bits, sign-extended if is_signed */
SC_INLINE int64_t sc_field(uint32_t a, int i, int n, int is_signed)
{
    int64_t v = a >> n * i & ((1u << n) - 1);

    return is_signed && v >> (n - 1) ? v - (1ll << n) : v;
}

static inline uint32_t sc_dp4a(uint32_t a, uint32_t b, uint32_t c,
                               int a_signed, int b_signed)
{
    for (int i = 0; i < 4; i++)
        c += (uint32_t)(sc_field(a, i, 8, a_signed) *
                        sc_field(b, i, 8, b_signed));
    return c;
}

static inline uint32_t sc_dp2a(uint32_t a, uint32_t b, uint32_t c,
                               int a_signed, int b_signed, int high)
{
    for (int i = 0; i < 2; i++)
        c += (uint32_t)(sc_field(a, i, 16, a_signed) *
                        sc_field(b, i + 2 * high, 8, b_signed));
    return c;
}

#endif /* SC_KERNEL */
#endif /* SOFTCUDA_KERNEL_RT_H */
