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

/**
 * @file
 * Expressions that the host's compiler and a CUDA compiler both turn into
 * code; conformance.c compares what they give. The including file defines
 * HD (attributes), F2U, FLOORF, RINTF and SQRTF.
 */

#define NB_OPS 45
/* from here on the results are bits of floats, where any NaN equals any */
#define FIRST_FLOAT_OP 21

static HD unsigned horner(unsigned a, unsigned b)
{
    unsigned r = 0;

    for (unsigned i = 0; i < (a & 15); i++)
        r = r * 31 + (b ^ i);
    return r;
}

/* an array with variable indices: .local memory */
static HD unsigned local_array(unsigned a, unsigned b, unsigned c)
{
    unsigned char t[8];

    for (int i = 0; i < 8; i++)
        t[i] = a >> i;
    return t[b & 7] + t[c & 7];
}

static HD int divides(int a, int b)
{
    return b && !(a == -2147483647 - 1 && b == -1);
}

static HD unsigned integer_op(unsigned a, unsigned b, unsigned c, int op)
{
    int sa = a, sb = b;
    long long la = (long long)sa * sb;
    unsigned long long ul = (unsigned long long)a * b;

    switch (op) {
    case 0:  return a + b * c;
    case 1:  return (unsigned)(la >> 32);
    case 2:  return (unsigned)(ul >> 32);
    case 3:  return b ? a / b : 7;
    case 4:  return b ? a % b : 7;
    case 5:  return divides(sa, sb) ? sa / sb : 7;
    case 6:  return divides(sa, sb) ? sa % sb : 7;
    case 7:  return a << (c & 31);
    case 8:  return a >> (c & 31);
    case 9:  return sa >> (c & 31);
    case 10: return (a & b) | (~a & c);
    case 11: return a ^ b ^ c;
    case 12: return sa < sb ? sa : sb;
    case 13: return a > b ? a : b;
    case 14: return sa < 0 ? 0u - a : a;
    case 15: return (unsigned char)a * (unsigned short)b + (signed char)c;
    case 16: return (unsigned)(short)a;
    case 17: return (a >> (b & 15)) & 0xff;
    case 18: return (a << 13) | (a >> 19);
    case 19: return (unsigned)(ul * c >> 17);
    case 20: return (unsigned)(la / (sb | 1));
    }
    return 0;
}

static HD unsigned float_op(unsigned a, unsigned b, unsigned c, float f,
                            float g, int op)
{
    int sa = a;

    switch (op) {
    case 21: return F2U(f + g);
    case 22: return F2U(f - g);
    case 23: return F2U(f * g);
    case 24: return F2U(f / g);
    case 25: return F2U((float)sa);
    case 26: return F2U((float)a);
    case 27: return f > -2e9f && f < 2e9f ? (unsigned)(int)f : 1u;
    case 28: return f >= 0.f && f < 4e9f ? (unsigned)f : 1u;
    case 29: return f < g;
    case 30: return f >= g;
    case 31: return f == g;
    case 32: return f != g;
    case 33: return !(f < g);
    case 34: return F2U(FLOORF(f));
    case 35: return F2U(f < 0.f ? -f : f);
    case 36: return f > -2e9f && f < 2e9f ? (unsigned)(int)RINTF(f) : 1u;
    case 37: return F2U((float)((double)f * (double)g + (double)sa));
    case 38: return (unsigned)(int)((double)sa * 0.37);
    case 39: return F2U(f > g ? f : g) ^ F2U(f < g ? f : g);
    case 40: return horner(a, b);
    case 41: return local_array(a, b, c);
    case 42: return F2U(SQRTF(f < 0.f ? -f : f));
    case 43: return a * 3u > b ? c : a - c;
    case 44: return F2U(g * g + f);     /* two roundings, no fma */
    }
    return 0;
}

static HD unsigned scalar_op(unsigned a, unsigned b, unsigned c, float f,
                             float g, int op)
{
    return op < FIRST_FLOAT_OP ? integer_op(a, b, c, op) :
                                 float_op(a, b, c, f, g, op);
}
