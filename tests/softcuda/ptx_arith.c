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

#define _GNU_SOURCE
#include "ptx_internal.h"

/** @file Arithmetic: integers wrap, floats round to nearest. */

static int is_float(const Instruction *in)
{
    return in->type.kind == 'f';
}

static void require_number(Translator *c, const Instruction *in)
{
    if (!in->type.kind || in->type.kind == 'p' || in->type.kind == 'h' ||
        has(in, ".cc"))
        unsupported(c, in);
}

/* a source as float, with .ftz applied to f32 */
static const char *float_source(Translator *c, const Instruction *in, int i)
{
    const char *x = read_as(c, &in->op[i], in->type);

    return in->type.size == 4 ? flush(c, in, x) : x;
}

static Type unsigned_of(Type type)
{
    return (Type){ 'u', type.size };
}

static void float_binary(Translator *c, Instruction *in, const char *op)
{
    count(c, SC_CLASS_FLOAT);
    /* Without an explicit rounding ptxas may contract it to an fma. */
    c->info->contractible += !has(in, ".rn");
    write_float(c, in, in->type,
                format(c, "(%s) %s (%s)", float_source(c, in, 1), op,
                       float_source(c, in, 2)));
}

static void saturated(Translator *c, Instruction *in, const char *op)
{
    if (in->type.kind != 's' || in->type.size != 4)
        unsupported(c, in);
    write_to(c, &in->op[0], in->type,
             format(c, "sc_sat_s32((int64_t)%s %s (int64_t)%s)",
                    read_as(c, &in->op[1], in->type), op,
                    read_as(c, &in->op[2], in->type)));
}

static void emit_add_sub(Translator *c, Instruction *in)
{
    const char *op = token_is(in->part[0], "add") ? "+" : "-";
    Type u = unsigned_of(in->type);

    require_number(c, in);
    if (is_float(in)) {
        float_binary(c, in, op);
        return;
    }
    count(c, SC_CLASS_INT);
    if (has(in, ".sat"))
        saturated(c, in, op);
    else
        write_to(c, &in->op[0], in->type,
                 format(c, "%s %s %s", read_as(c, &in->op[1], u), op,
                        read_as(c, &in->op[2], u)));
}

static void emit_fma(Translator *c, Instruction *in)
{
    require_number(c, in);
    if (!is_float(in))
        unsupported(c, in);
    count(c, SC_CLASS_FLOAT);
    c->info->fused++;
    write_float(c, in, in->type,
                format(c, "__builtin_fma%s(%s, %s, %s)",
                       in->type.size == 4 ? "f" : "", float_source(c, in, 1),
                       float_source(c, in, 2), float_source(c, in, 3)));
}

/* *result gets the type of the product: twice the size with .wide */
static const char *product(Translator *c, Instruction *in, Type *result)
{
    Type type = in->type, u = unsigned_of(type);
    const char *sign = type.kind == 's' ? "" : "unsigned ";

    *result = type;
    if (has(in, ".lo"))
        /* uint16_t would be promoted to int, whose overflow is undefined */
        return format(c, "(%s)%s * %s", type.size == 8 ? "uint64_t" :
                      "uint32_t", read_as(c, &in->op[1], u),
                      read_as(c, &in->op[2], u));
    if (has(in, ".wide")) {
        result->size *= 2;
        return format(c, "(%s)%s * (%s)%s", c_type(*result),
                      read_as(c, &in->op[1], type), c_type(*result),
                      read_as(c, &in->op[2], type));
    }
    if (has(in, ".hi"))
        return format(c, "(%s)((%s__int128)%s * (%s__int128)%s >> %d)",
                      c_type(u), sign, read_as(c, &in->op[1], type), sign,
                      read_as(c, &in->op[2], type), type.size * 8);
    unsupported(c, in);
}

static void emit_mul_mad(Translator *c, Instruction *in)
{
    int mad = token_is(in->part[0], "mad");
    const char *value;
    Type type;

    require_number(c, in);
    if (in->nb_ops != 3 + mad)
        unsupported(c, in);
    if (is_float(in)) {
        if (mad)
            emit_fma(c, in);
        else
            float_binary(c, in, "*");
        return;
    }
    if (has(in, ".sat"))
        unsupported(c, in);
    count(c, SC_CLASS_INT);
    value = product(c, in, &type);
    if (mad)
        value = format(c, "(%s)(%s) + %s", c_type(unsigned_of(type)), value,
                       read_as(c, &in->op[3], unsigned_of(type)));
    write_to(c, &in->op[0], type, value);
}

/* PTX leaves division by zero open; the hardware gives all ones. The most
 * negative number divided by -1 traps on the host, so it is negated. */
static void integer_division(Translator *c, Instruction *in)
{
    const char *a = read_as(c, &in->op[1], in->type);
    const char *b = read_as(c, &in->op[2], in->type);
    const char *name = c_type(in->type);
    int div = token_is(in->part[0], "div");
    const char *quotient = format(c, "(%s)(%s %s %s)", name, a,
                                  div ? "/" : "%", b);

    count(c, SC_CLASS_INT);
    if (in->type.kind == 's') {
        const char *ua = read_as(c, &in->op[1], unsigned_of(in->type));

        quotient = format(c, "%s == -1 ? (%s)%s : %s", b, name,
                          div ? format(c, "(0 - %s)", ua) : "0", quotient);
    }
    write_to(c, &in->op[0], in->type,
             format(c, "(%s == 0 ? (%s)-1 : %s)", b, name, quotient));
}

static void emit_div_rem(Translator *c, Instruction *in)
{
    require_number(c, in);
    if (!is_float(in)) {
        integer_division(c, in);
        return;
    }
    if (token_is(in->part[0], "rem"))
        unsupported(c, in);
    count(c, SC_CLASS_FLOAT);
    c->info->approx += has(in, ".full");
    write_float(c, in, in->type,
                format(c, "(%s) / (%s)", float_source(c, in, 1),
                       float_source(c, in, 2)));
}

static void emit_abs(Translator *c, Instruction *in)
{
    const char *a;

    require_number(c, in);
    if (is_float(in)) {
        count(c, SC_CLASS_FLOAT);
        write_float(c, in, in->type,
                    format(c, "__builtin_fabs%s(%s)",
                           in->type.size == 4 ? "f" : "",
                           float_source(c, in, 1)));
        return;
    }
    count(c, SC_CLASS_INT);
    a = read_as(c, &in->op[1], in->type);
    write_to(c, &in->op[0], in->type,
             format(c, "(%s < 0 ? (%s)(0u - (uint64_t)%s) : %s)", a,
                    c_type(in->type), a, a));
}

static void emit_neg(Translator *c, Instruction *in)
{
    require_number(c, in);
    count(c, is_float(in) ? SC_CLASS_FLOAT : SC_CLASS_INT);
    if (is_float(in))
        write_float(c, in, in->type,
                    format(c, "-(%s)", float_source(c, in, 1)));
    else
        write_to(c, &in->op[0], in->type,
                 format(c, "0u - %s",
                        read_as(c, &in->op[1], unsigned_of(in->type))));
}

static void emit_min_max(Translator *c, Instruction *in)
{
    int min = token_is(in->part[0], "min");
    const char *a, *b;

    require_number(c, in);
    if (has(in, ".NaN") || has(in, ".relu"))
        unsupported(c, in);
    count(c, is_float(in) ? SC_CLASS_FLOAT : SC_CLASS_INT);
    if (is_float(in)) {
        write_to(c, &in->op[0], in->type,
                 format(c, "sc_%s%c(%s, %s)", min ? "min" : "max",
                        in->type.size == 4 ? 'f' : 'd',
                        float_source(c, in, 1), float_source(c, in, 2)));
        return;
    }
    a = read_as(c, &in->op[1], in->type);
    b = read_as(c, &in->op[2], in->type);
    write_to(c, &in->op[0], in->type,
             format(c, "%s %s %s ? %s : %s", a, min ? "<" : ">", b, a, b));
}

/* |a - b| + c */
static void emit_sad(Translator *c, Instruction *in)
{
    const char *a = read_as(c, &in->op[1], in->type);
    const char *b = read_as(c, &in->op[2], in->type);

    if (in->type.size != 4)
        unsupported(c, in);
    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], TYPE_U32,
             format(c, "%s + (uint32_t)(%s < %s ? (int64_t)%s - %s : "
                    "(int64_t)%s - %s)", read_as(c, &in->op[3], TYPE_U32),
                    a, b, b, a, a, b));
}

/* dp4a.u32.s32: the types of a and of b */
static void emit_dot_product(Translator *c, Instruction *in)
{
    int dp2a = token_is(in->part[0], "dp2a");

    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], TYPE_U32,
             format(c, dp2a ? "sc_dp2a(%s, %s, %s, %d, %d, %d)" :
                              "sc_dp4a(%s, %s, %s, %d, %d)",
                    read_as(c, &in->op[1], TYPE_U32),
                    read_as(c, &in->op[2], TYPE_U32),
                    read_as(c, &in->op[3], TYPE_U32),
                    type_from_end(in, 1).kind == 's',
                    type_from_end(in, 0).kind == 's', has(in, ".hi")));
}

/* Exact here, approximations on the hardware: see the README. */
static void emit_transcendental(Translator *c, Instruction *in)
{
    const char *f = in->type.size == 4 ? "f" : "", *a, *value;
    Token name = in->part[0];

    if (!is_float(in))
        unsupported(c, in);
    count(c, SC_CLASS_FLOAT);
    a = float_source(c, in, 1);
    if (token_is(name, "rcp"))
        value = format(c, "(%s)1 / (%s)", c_type(in->type), a);
    else if (token_is(name, "rsqrt"))
        value = format(c, "(%s)1 / __builtin_sqrt%s(%s)", c_type(in->type),
                       f, a);
    else if (token_is(name, "lg2"))
        value = format(c, "__builtin_log2%s(%s)", f, a);
    else if (token_is(name, "ex2"))
        value = format(c, "__builtin_exp2%s(%s)", f, a);
    else
        value = format(c, "__builtin_%.*s%s(%s)", (int)name.length,
                       name.text, f, a);
    write_float(c, in, in->type, value);
}

const EmitterEntry ptx_arith_table[] = {
    { "add",   emit_add_sub,        3 },
    { "sub",   emit_add_sub,        3 },
    { "mul",   emit_mul_mad,       -1 },
    { "mad",   emit_mul_mad,       -1 },
    { "fma",   emit_fma,            4 },
    { "div",   emit_div_rem,        3 },
    { "rem",   emit_div_rem,        3 },
    { "abs",   emit_abs,            2 },
    { "neg",   emit_neg,            2 },
    { "min",   emit_min_max,        3 },
    { "max",   emit_min_max,        3 },
    { "sad",   emit_sad,            4 },
    { "dp4a",  emit_dot_product,    4 },
    { "dp2a",  emit_dot_product,    4 },
    { "sqrt",  emit_transcendental, 2 },
    { "rcp",   emit_transcendental, 2 },
    { "rsqrt", emit_transcendental, 2 },
    { "sin",   emit_transcendental, 2 },
    { "cos",   emit_transcendental, 2 },
    { "lg2",   emit_transcendental, 2 },
    { "ex2",   emit_transcendental, 2 },
    { "tanh",  emit_transcendental, 2 },
    { NULL },
};
