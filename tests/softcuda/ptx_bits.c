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

/** @file Logic, shifts and bit fields. */

static const char *u32_source(Translator *c, const Instruction *in, int i)
{
    return read_as(c, &in->op[i], TYPE_U32);
}

static void write_u32(Translator *c, const Instruction *in, const char *expr)
{
    write_to(c, &in->op[0], TYPE_U32, expr);
}

/* the operand type, sign dropped; only whole types of 32 bits if narrow */
static Type bits_type(Translator *c, const Instruction *in, int only_32)
{
    Type type = in->type;

    if (!type.kind || type.kind == 'f' || type.kind == 'h' ||
        (only_32 && type.size != 4))
        unsupported(c, in);
    if (type.kind != 'p')
        type.kind = 'u';
    return type;
}

static void emit_logic(Translator *c, Instruction *in)
{
    const char *op = token_is(in->part[0], "and") ? "&" :
                     token_is(in->part[0], "or")  ? "|" : "^";
    Type type = bits_type(c, in, 0);

    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], type,
             format(c, type.kind == 'p' ? "(!!%s) %s (!!%s)" : "%s %s %s",
                    read_as(c, &in->op[1], type), op,
                    read_as(c, &in->op[2], type)));
}

static void emit_not(Translator *c, Instruction *in)
{
    Type type = bits_type(c, in, 0);
    int logical = type.kind == 'p' || token_is(in->part[0], "cnot");

    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], type,
             format(c, "%s%s", logical ? "!" : "~",
                    read_as(c, &in->op[1], type)));
}

static void emit_shift(Translator *c, Instruction *in)
{
    int left = token_is(in->part[0], "shl");
    Type type = bits_type(c, in, 0);

    if (type.size < 2)
        unsupported(c, in);
    if (!left && in->type.kind == 's')
        type.kind = 's';
    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], type,
             format(c, "sc_%s%s%d(%s, %s)", left ? "shl" : "shr",
                    left ? "" : type.kind == 's' ? "s" : "u", type.size * 8,
                    read_as(c, &in->op[1], type), u32_source(c, in, 2)));
}

static void emit_funnel_shift(Translator *c, Instruction *in)
{
    bits_type(c, in, 1);
    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "sc_shf(%s, %s, %s, %d, %d)",
                            u32_source(c, in, 1), u32_source(c, in, 2),
                            u32_source(c, in, 3), has(in, ".l"),
                            has(in, ".clamp")));
}

static void emit_extract(Translator *c, Instruction *in)
{
    bits_type(c, in, 1);
    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "sc_bfe(%s, %s, %s, %d)",
                            u32_source(c, in, 1), u32_source(c, in, 2),
                            u32_source(c, in, 3), in->type.kind == 's'));
}

static void emit_permute(Translator *c, Instruction *in)
{
    if (in->nb_parts > 2)
        unsupported(c, in);     /* .f4e, .b4e, ... */
    bits_type(c, in, 1);
    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "sc_prmt(%s, %s, %s)", u32_source(c, in, 1),
                            u32_source(c, in, 2), u32_source(c, in, 3)));
}

/* bfi d, a, b, position, length and lop3 d, a, b, c, table */
static void emit_four_sources(Translator *c, Instruction *in)
{
    if (in->nb_parts > 2)
        unsupported(c, in);     /* lop3.and, .or: they write a predicate */
    bits_type(c, in, 1);
    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "sc_%s(%s, %s, %s, %s)",
                            token_is(in->part[0], "bfi") ? "bfi" : "lop3",
                            u32_source(c, in, 1), u32_source(c, in, 2),
                            u32_source(c, in, 3), u32_source(c, in, 4)));
}

static void emit_popc(Translator *c, Instruction *in)
{
    Type type = bits_type(c, in, 0);

    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "__builtin_popcountll(%s)",
                            read_as(c, &in->op[1], type)));
}

static void emit_clz(Translator *c, Instruction *in)
{
    Type type = bits_type(c, in, 0);
    const char *a = read_as(c, &in->op[1], type);

    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "(%s ? __builtin_clzll(%s) - %d : %d)", a, a,
                            64 - type.size * 8, type.size * 8));
}

static void emit_reverse(Translator *c, Instruction *in)
{
    bits_type(c, in, 1);
    count(c, SC_CLASS_INT);
    write_u32(c, in, format(c, "sc_brev(%s)", u32_source(c, in, 1)));
}

const EmitterEntry ptx_bits_table[] = {
    { "and",  emit_logic,        3 },
    { "or",   emit_logic,        3 },
    { "xor",  emit_logic,        3 },
    { "not",  emit_not,          2 },
    { "cnot", emit_not,          2 },
    { "shl",  emit_shift,        3 },
    { "shr",  emit_shift,        3 },
    { "shf",  emit_funnel_shift, 4 },
    { "bfe",  emit_extract,      4 },
    { "bfi",  emit_four_sources, 5 },
    { "lop3", emit_four_sources, 5 },
    { "prmt", emit_permute,      4 },
    { "popc", emit_popc,         2 },
    { "clz",  emit_clz,          2 },
    { "brev", emit_reverse,      2 },
    { NULL },
};
