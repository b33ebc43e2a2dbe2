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

/** @file Moves, conversions, comparisons and selections. */

/* mov.b64 %rd, {%r1, %r2}: low element first */
static void pack(Translator *c, Instruction *in)
{
    const Operand *v = &in->op[1];
    Type element = { 'u', in->type.size / v->nb_items };
    const char *value = "0";

    for (int i = 0; i < v->nb_items; i++)
        value = format(c, "%s | ((uint64_t)(%s) << %d)", value,
                       read_as(c, &v->items[i], element),
                       i * element.size * 8);
    write_to(c, &in->op[0], (Type){ 'u', in->type.size }, value);
}

static void unpack(Translator *c, Instruction *in)
{
    const Operand *v = &in->op[0];
    Type element = { 'u', in->type.size / v->nb_items };

    emit(c, "{uint64_t s = %s;",
         read_as(c, &in->op[1], (Type){ 'u', in->type.size }));
    for (int i = 0; i < v->nb_items; i++)
        write_to(c, &v->items[i], element,
                 format(c, "(%s)(s >> %d)", c_type(element),
                        i * element.size * 8));
    emit(c, "}");
}

static void emit_move(Translator *c, Instruction *in)
{
    Type type = in->type;

    if (!type.kind)
        unsupported(c, in);
    count(c, SC_CLASS_MOVE);
    if (in->op[1].kind == OPERAND_VECTOR) {
        pack(c, in);
        return;
    }
    if (in->op[0].kind == OPERAND_VECTOR) {
        unpack(c, in);
        return;
    }
    if (type.kind != 'f' && type.kind != 'p')
        type.kind = 'u';
    write_to(c, &in->op[0], type, read_as(c, &in->op[1], type));
}

/* Only .shared differs between its own and the generic address space. */
static void emit_cvta(Translator *c, Instruction *in)
{
    const char *shift = "";

    if (has(in, ".shared"))
        shift = has(in, ".to") ? " - (uint64_t)(uintptr_t)t->shared" :
                                 " + (uint64_t)(uintptr_t)t->shared";
    count(c, SC_CLASS_MOVE);
    write_to(c, &in->op[0], in->type,
             format(c, "%s%s", read_as(c, &in->op[1], in->type), shift));
}

static const char *rounding(const Instruction *in)
{
    return has(in, ".rni") ? "nearbyint" : has(in, ".rzi") ? "trunc" :
           has(in, ".rmi") ? "floor" : has(in, ".rpi") ? "ceil" : NULL;
}

static void convert_from_float(Translator *c, Instruction *in, Type to,
                               Type from)
{
    const char *round = rounding(in), *f = from.size == 4 ? "f" : "";
    const char *a = read_as(c, &in->op[1], from);

    if (from.size == 4)
        a = flush(c, in, a);
    if (round)
        a = format(c, "__builtin_%s%s(%s)", round, f, a);
    if (to.kind == 'f') {
        write_float(c, in, to, format(c, "(%s)(%s)", c_type(to), a));
        return;
    }
    if (!round)
        unsupported(c, in);
    write_to(c, &in->op[0], to,
             format(c, "sc_%c2%c%d(%s)", from.size == 4 ? 'f' : 'd',
                    to.kind == 's' ? 's' : 'u', to.size * 8, a));
}

/* .sat between integers of at most 32 bits: int64_t holds all of them */
static const char *saturate_integer(Translator *c, Instruction *in, Type to,
                                    Type from)
{
    int bits = to.size * 8 - (to.kind == 's');
    long long high = (1ll << bits) - 1, low = to.kind == 's' ? -high - 1 : 0;

    if (from.size == 8 || to.size == 8)
        unsupported(c, in);
    return format(c, "sc_clip((int64_t)%s, %lldll, %lldll)",
                  read_as(c, &in->op[1], from), low, high);
}

static void emit_convert(Translator *c, Instruction *in)
{
    Type from = type_from_end(in, 0), to = type_from_end(in, 1);

    if (!from.kind || !to.kind || from.kind == 'h' || to.kind == 'h')
        unsupported(c, in);
    count(c, from.kind == 'f' || to.kind == 'f' ? SC_CLASS_FLOAT :
                                                  SC_CLASS_INT);
    if (from.kind == 'f') {
        convert_from_float(c, in, to, from);
    } else if (to.kind == 'f') {
        if (!has(in, ".rn"))
            unsupported(c, in);
        write_float(c, in, to, format(c, "(%s)%s", c_type(to),
                                      read_as(c, &in->op[1], from)));
    } else {
        write_to(c, &in->op[0], to, has(in, ".sat") ?
                 saturate_integer(c, in, to, from) :
                 read_as(c, &in->op[1], from));
    }
}

static const char *operator_of(const Instruction *in, int *unordered)
{
    static const struct {
        const char *part, *op;
        int unordered;
    } ops[] = {
        { ".eq",  "==", 0 }, { ".ne",  "!=", 0 }, { ".lt",  "<",  0 },
        { ".le",  "<=", 0 }, { ".gt",  ">",  0 }, { ".ge",  ">=", 0 },
        { ".lo",  "<",  0 }, { ".ls",  "<=", 0 }, { ".hi",  ">",  0 },
        { ".hs",  ">=", 0 }, { ".equ", "==", 1 }, { ".neu", "!=", 1 },
        { ".ltu", "<",  1 }, { ".leu", "<=", 1 }, { ".gtu", ">",  1 },
        { ".geu", ">=", 1 },
    };

    for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
        if (!has(in, ops[i].part))
            continue;
        *unordered = ops[i].unordered;
        return ops[i].op;
    }
    return NULL;
}

static const char *comparison(Translator *c, Instruction *in)
{
    int is_float = in->type.kind == 'f', unordered = 0;
    Type type = in->type.kind == 'b' ? (Type){ 'u', in->type.size } : in->type;
    const char *op = operator_of(in, &unordered);
    const char *a = read_as(c, &in->op[1], type);
    const char *b = read_as(c, &in->op[2], type);

    if (is_float) {
        a = flush(c, in, a);
        b = flush(c, in, b);
    }
    if (has(in, ".num"))
        return format(c, "!sc_unordered(%s, %s)", a, b);
    if (has(in, ".nan"))
        return format(c, "sc_unordered(%s, %s)", a, b);
    if (!op)
        unsupported(c, in);
    if (!is_float)
        return format(c, "(%s) %s (%s)", a, op, b);
    return format(c, unordered ? "(sc_unordered(%s, %s) || (%s) %s (%s))" :
                                 "(!sc_unordered(%s, %s) && (%s) %s (%s))",
                  a, b, a, op, b);
}

/* setp.lt.and.u32 p|q, a, b, r: p = (a < b) & r, q = !(a < b) & r */
static void emit_setp(Translator *c, Instruction *in)
{
    const char *bool_op = has(in, ".and") ? "&" : has(in, ".or") ? "|" :
                          has(in, ".xor") ? "^" : NULL;
    const Operand *q = in->op[0].second;

    if (!in->type.kind || in->type.kind == 'h' || in->type.kind == 'p' ||
        in->nb_ops != 3 + !!bool_op)
        unsupported(c, in);
    count(c, in->type.kind == 'f' ? SC_CLASS_FLOAT : SC_CLASS_INT);
    emit(c, "{int s = (%s), r = ", comparison(c, in));
    emit(c, "!!%s;", bool_op ? read_as(c, &in->op[3], TYPE_PRED) : "0");
    if (!bool_op)
        bool_op = "|";
    write_to(c, &in->op[0], TYPE_PRED, format(c, "s %s r", bool_op));
    if (q)
        write_to(c, q, TYPE_PRED, format(c, "(!s) %s r", bool_op));
    emit(c, "}");
}

static void emit_select(Translator *c, Instruction *in)
{
    Type type = in->type;

    if (!type.kind || type.kind == 'h')
        unsupported(c, in);
    if (type.kind != 'f')
        type.kind = 'u';
    count(c, SC_CLASS_INT);
    write_to(c, &in->op[0], type,
             format(c, "%s ? %s : %s", read_as(c, &in->op[3], TYPE_PRED),
                    read_as(c, &in->op[1], type),
                    read_as(c, &in->op[2], type)));
}

const EmitterEntry ptx_convert_table[] = {
    { "mov",  emit_move,    2 },
    { "cvta", emit_cvta,    2 },
    { "cvt",  emit_convert, 2 },
    { "setp", emit_setp,   -1 },
    { "selp", emit_select,  4 },
    { NULL },
};
