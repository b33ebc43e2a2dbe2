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

#include <stdlib.h>

#include "ptx_internal.h"

/** @file Loads, stores, atomics and texture fetches. */

/* A number for each memory instruction: warps are put together by it. */
static uint32_t memory_id(Translator *c, uint32_t line)
{
    PtxKernelInfo *info = c->info;

    info->mem_line = realloc(info->mem_line,
                             (info->nb_mem + 1) * sizeof(*info->mem_line));
    info->mem_line[info->nb_mem] = line;
    return info->nb_mem++;
}

/* The check that guards an access: 'g'lobal, 's'hared, 'p'aram or local,
 * 'x' generic. */
static char space_of(const Instruction *in)
{
    if (has(in, ".global") || has(in, ".const"))
        return 'g';
    if (has(in, ".shared") || has(in, ".shared::cta"))
        return 's';
    if (has(in, ".param") || has(in, ".param::entry") ||
        has(in, ".param::func") || has(in, ".local"))
        return 'p';
    return 'x';
}

static const char *access_kind(const Instruction *in, char space, int store)
{
    if (space == 's')
        return store ? "SC_MEM_STORE_SHARED" : "SC_MEM_LOAD_SHARED";
    if (store)
        return "SC_MEM_STORE_GLOBAL";
    return has(in, ".const") ? "SC_MEM_LOAD_CONST" : "SC_MEM_LOAD_GLOBAL";
}

static int vector_length(const Instruction *in)
{
    return has(in, ".v2") ? 2 : has(in, ".v4") ? 4 : has(in, ".v8") ? 8 : 1;
}

/* Declare m, a checked host pointer to the data of the access. */
static Type open_access(Translator *c, const Instruction *in, int store,
                        const Operand *address, int length)
{
    Type type  = in->type;
    char space = space_of(in);
    uint32_t id = 0;

    if (!type.kind || type.kind == 'p')
        unsupported(c, in);
    if (type.kind == 'b' || type.kind == 'h')
        type.kind = 'u';
    if (space != 'p')
        id = memory_id(c, in->line);
    count(c, space == 'p' ? SC_CLASS_MOVE :
             store ? SC_CLASS_STORE : SC_CLASS_LOAD);
    emit(c, "{%s *m = (%s *)sc_%c(t, %s, %d, %u, %s, %u);", c_type(type),
         c_type(type), space, address_of(c, address), type.size * length, id,
         access_kind(in, space, store), in->line);
    return type;
}

static const Operand *vector_operand(Translator *c, const Instruction *in,
                                     const Operand *o, int length)
{
    if (length == 1)
        return o;
    if (o->kind != OPERAND_VECTOR || o->nb_items != length)
        unsupported(c, in);
    return o->items;
}

static void emit_load(Translator *c, Instruction *in)
{
    int length = vector_length(in);
    const Operand *dst = vector_operand(c, in, &in->op[0], length);
    Type type = open_access(c, in, 0, &in->op[1], length);

    for (int i = 0; i < length; i++)
        write_to(c, &dst[i], type, format(c, "m[%d]", i));
    emit(c, "}");
}

static void emit_store(Translator *c, Instruction *in)
{
    int length = vector_length(in);
    const Operand *src = vector_operand(c, in, &in->op[1], length);
    Type type = open_access(c, in, 1, &in->op[0], length);

    for (int i = 0; i < length; i++)
        emit(c, "m[%d] = %s;", i, read_as(c, &src[i], type));
    emit(c, "}");
}

/* the new value from the old one o, the operand v and, for cas, w */
static const char *atomic_result(Translator *c, const Instruction *in)
{
    static const struct {
        const char *part, *expr;
        int bits_only;
    } ops[] = {
        { ".add",  "o + v",                         0 },
        { ".exch", "v",                             0 },
        { ".min",  "o < v ? o : v",                 0 },
        { ".max",  "o > v ? o : v",                 0 },
        { ".and",  "o & v",                         1 },
        { ".or",   "o | v",                         1 },
        { ".xor",  "o ^ v",                         1 },
        { ".inc",  "o >= v ? 0 : o + 1",            1 },
        { ".dec",  "o == 0 || o > v ? v : o - 1",   1 },
        { ".cas",  "o == v ? w : o",                1 },
    };

    for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
        if (has(in, ops[i].part) &&
            !(ops[i].bits_only && in->type.kind == 'f'))
            return ops[i].expr;
    unsupported(c, in);
}

/* atom d, [a], v (, w) and red [a], v: blocks run on several host threads,
 * so the exchange is a real one */
static void emit_atomic(Translator *c, Instruction *in)
{
    int returns = token_is(in->part[0], "atom");
    const Operand *address = &in->op[returns], *v = address + 1;
    const char *name, *result = atomic_result(c, in);
    int cas = has(in, ".cas");
    Type type = in->type;

    if (in->nb_ops != returns + 2 + cas || !type.kind || type.kind == 'h')
        unsupported(c, in);
    if (type.kind == 'b')
        type.kind = 'u';
    name = c_type(type);
    count(c, SC_CLASS_STORE);
    emit(c, "{%s *m = (%s *)sc_%c(t, %s, %d, %u, SC_MEM_ATOMIC, %u), o, n;",
         name, name, space_of(in), address_of(c, address), type.size,
         memory_id(c, in->line), in->line);
    emit(c, "%s v = %s;", name, read_as(c, v, type));
    if (cas)
        emit(c, "%s w = %s;", name, read_as(c, v + 1, type));
    emit(c, "__atomic_load(m, &o, __ATOMIC_SEQ_CST); do { n = %s; } "
         "while (!__atomic_compare_exchange(m, &o, &n, 0, "
         "__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));", result);
    if (returns)
        write_to(c, &in->op[0], type, "o");
    emit(c, "}");
}

/* tex.2d.v4.f32.f32 {a, b, c, d}, [texture, {x, y}]; */
static void emit_texture(Translator *c, Instruction *in)
{
    const Operand *dst = &in->op[0], *src = &in->op[1], *xy;

    if (!has(in, ".2d") || !has(in, ".v4") ||
        (in->type.kind != 'f' && in->type.kind != 's') ||
        type_from_end(in, 1).size != 4 ||
        dst->kind != OPERAND_VECTOR || dst->nb_items != 4 ||
        src->kind != OPERAND_ADDRESS || src->nb_items != 2)
        unsupported(c, in);
    xy = &src->items[1];
    if (xy->kind != OPERAND_VECTOR || xy->nb_items < 2)
        unsupported(c, in);
    count(c, SC_CLASS_TEXTURE);
    emit(c, "{uint32_t o[4]; t->tex2d(t, %s, (float)%s, (float)%s, o, %u, %u);",
         read_as(c, &src->items[0], TYPE_U64),
         read_as(c, &xy->items[0], in->type),
         read_as(c, &xy->items[1], in->type),
         memory_id(c, in->line), in->line);
    for (int i = 0; i < 4; i++)
        write_to(c, &dst->items[i], TYPE_U32, format(c, "o[%d]", i));
    emit(c, "}");
}

const EmitterEntry ptx_memory_table[] = {
    { "ld",   emit_load,    2 },
    { "ldu",  emit_load,    2 },
    { "st",   emit_store,   2 },
    { "atom", emit_atomic, -1 },
    { "red",  emit_atomic, -1 },
    { "tex",  emit_texture, 2 },
    { NULL },
};
