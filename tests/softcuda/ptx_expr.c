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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file C expressions that read and write PTX operands. */

struct Arena {
    Arena *next;
    _Alignas(16) char data[];
};

/* Freed after each instruction, so a plain list of blocks is enough. */
void *arena_alloc(Translator *c, size_t size)
{
    Arena *a = calloc(1, sizeof(*a) + size);

    a->next  = c->arena;
    c->arena = a;
    return a->data;
}

void arena_reset(Translator *c)
{
    while (c->arena) {
        Arena *next = c->arena->next;

        free(c->arena);
        c->arena = next;
    }
}

const char *format(Translator *c, const char *fmt, ...)
{
    va_list ap, copy;
    char *text;
    int n;

    va_start(ap, fmt);
    va_copy(copy, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = arena_alloc(c, n + 1);
    vsnprintf(text, n + 1, fmt, copy);
    va_end(copy);
    return text;
}

void emit(Translator *c, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    ptx_append(c->out, "%s", text);
    free(text);
}

/* "%" is dropped: a prefix keeps the names apart from C's */
const char *c_name(Translator *c, Token t)
{
    char *b = arena_alloc(c, t.length * 2 + 3);
    size_t k = 0;

    b[k++] = 'v';
    b[k++] = '_';
    for (uint32_t i = 0; i < t.length; i++) {
        if (t.text[i] == '%')
            continue;
        if (t.text[i] == '$') {
            b[k++] = '_';
            b[k++] = 'D';
        } else {
            b[k++] = t.text[i] == '.' ? '_' : t.text[i];
        }
    }
    b[k] = 0;
    return b;
}

const char *c_type(Type t)
{
    static const char *const is_signed[] = {
        [1] = "int8_t", [2] = "int16_t", [4] = "int32_t", [8] = "int64_t"
    };
    static const char *const is_unsigned[] = {
        [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t"
    };

    if (t.kind == 'p')
        return "int";
    if (t.kind == 'f')
        return t.size == 4 ? "float" : "double";
    return t.kind == 's' ? is_signed[t.size] : is_unsigned[t.size];
}

static const char *special(Translator *c, const Operand *o)
{
    static const char *const vectors[] = {
        "%tid.", "%ntid.", "%ctaid.", "%nctaid."
    };
    static const char *const fields[] = {
        "tid", "ntid", "ctaid", "nctaid"
    };

    for (int i = 0; i < 4; i++) {
        size_t n = strlen(vectors[i]);
        char axis = o->token.length == n + 1 ? o->token.text[n] : 0;

        if (axis >= 'x' && axis <= 'z' && token_starts(o->token, vectors[i]))
            return format(c, "t->%s[%d]", fields[i], axis - 'x');
    }
    if (token_is(o->token, "%laneid"))
        return "t->lane";
    if (token_is(o->token, "%warpid"))
        return "t->warp";
    ptx_fail(c->module, c->pos - 1, "unsupported register '%.*s'",
             (int)o->token.length, o->token.text);
}

static const char *variable_address(Translator *c, Variable *v)
{
    PtxKernelInfo *info = c->info;

    if (!v->is_shared)
        return format(c, "(t->globals + %uu)", v->offset);
    if (v->is_extern)
        return "(uint64_t)SC_DYN_SHARED";
    if (!v->placed) {
        v->offset = align_up(info->shared_size, v->align);
        info->shared_size = v->offset + v->size;
        v->placed = 1;
    }
    return format(c, "(uint64_t)%uu", v->offset);
}

static const char *param_address(Translator *c, Token name)
{
    const Function *f = c->function;

    for (uint32_t i = 0; i < f->nb_params; i++) {
        if (!token_same(f->params[i].name, name))
            continue;
        return f->is_entry ?
               format(c, "((uint64_t)(uintptr_t)t->params + %uu)",
                      f->params[i].offset) :
               format(c, "((uint64_t)(uintptr_t)a%u)", i);
    }
    for (uint32_t i = 0; i < f->nb_returns; i++)
        if (token_same(f->returns[i].name, name))
            return format(c, "((uint64_t)(uintptr_t)q%u)", i);
    return NULL;
}

/* .param and .local are host addresses, .shared an offset, .global a device
 * address; all of them as uint64_t. */
static const char *symbol_address(Translator *c, const Operand *o)
{
    const char *param;

    if (o->reg)
        return o->reg->kind == REG_SHARED ?
               format(c, "(uint64_t)%uu", o->reg->offset) :
               format(c, "((uint64_t)(uintptr_t)%s)", c_name(c, o->token));
    param = param_address(c, o->token);
    if (param)
        return param;
    for (uint32_t i = 0; i < c->module->nb_variables; i++)
        if (token_same(c->module->variables[i].name, o->token))
            return variable_address(c, &c->module->variables[i]);
    ptx_fail(c->module, c->pos - 1, "unknown symbol '%.*s'",
             (int)o->token.length, o->token.text);
}

const char *address_of(Translator *c, const Operand *o)
{
    const char *base;

    if (o->kind != OPERAND_ADDRESS || o->nb_items != 1)
        ptx_fail(c->module, c->pos - 1, "address expected");
    base = read_as(c, &o->items[0], TYPE_U64);
    return o->offset ? format(c, "(%s + (%lldll))", base,
                              (long long)o->offset) : base;
}

static const char *read_int(Translator *c, const Operand *o, Type type)
{
    unsigned long long v = o->value;

    if (type.kind == 'f')
        return type.size == 4 ? format(c, "sc_u2f(%lluu)", v) :
                                format(c, "sc_u2d(%lluull)", v);
    if (type.kind == 'p')
        return v ? "1" : "0";
    return format(c, "((%s)%lluull)", c_type(type), v);
}

static const char *read_float(Translator *c, const Operand *o, Type type)
{
    int is_double = o->token.text[1] == 'd' || o->token.text[1] == 'D';
    uint64_t bits = o->value;

    if (o->negated)
        bits ^= 1ull << (is_double ? 63 : 31);
    if (type.kind != 'f')
        return format(c, "((%s)0x%llxull)", c_type(type),
                      (unsigned long long)bits);
    return format(c, is_double ? "sc_u2d(0x%llxull)" : "sc_u2f(0x%llxu)",
                  (unsigned long long)bits);
}

/* A register is read as the instruction's type, whatever it was declared. */
static const char *read_register(Translator *c, const Operand *o, Type type)
{
    const char *name = c_name(c, o->token);
    const char *minus = o->negated ? "-" : "";
    Type r = o->reg->type;

    if (r.kind == 'p' || type.kind == 'p')
        return format(c, "(%s%s)", o->inverted ? "!" : "", name);
    if (r.kind == 'f' && type.kind == 'f') {
        if (r.size != type.size)
            ptx_fail(c->module, c->pos - 1, "float of another size");
        return format(c, "%s%s", minus, name);
    }
    if (r.kind == 'f')
        return format(c, "((%s)sc_%c2u(%s))", c_type(type),
                      r.size == 4 ? 'f' : 'd', name);
    if (type.kind == 'f')
        return format(c, "sc_u2%c((%s)%s)", type.size == 4 ? 'f' : 'd',
                      type.size == 4 ? "uint32_t" : "uint64_t", name);
    return format(c, "((%s)%s%s)", c_type(type), minus, name);
}

const char *read_as(Translator *c, const Operand *o, Type type)
{
    switch (o->kind) {
    case OPERAND_INT:
        return read_int(c, o, type);
    case OPERAND_FLOAT:
        return read_float(c, o, type);
    case OPERAND_SPECIAL:
        return format(c, "((%s)%s)", c_type(type), special(c, o));
    case OPERAND_SYMBOL:
        return format(c, "((%s)%s)", c_type(type), symbol_address(c, o));
    case OPERAND_REG:
        return read_register(c, o, type);
    default:
        ptx_fail(c->module, c->pos - 1, "operand not understood");
    }
}

void write_to(Translator *c, const Operand *o, Type type, const char *expr)
{
    const char *name;
    Type r;

    if (o->kind == OPERAND_SINK) {
        emit(c, "(void)(%s);", expr);
        return;
    }
    if (o->kind != OPERAND_REG)
        ptx_fail(c->module, c->pos - 1, "destination is no register");
    name = c_name(c, o->token);
    r    = o->reg->type;
    if (r.kind == 'p')
        emit(c, "%s = !!(%s);", name, expr);
    else if ((r.kind == 'f') == (type.kind == 'f'))
        emit(c, "%s = (%s)(%s)(%s);", name, c_type(r), c_type(type), expr);
    else if (r.kind == 'f')
        emit(c, "%s = sc_u2%c((%s)(%s));", name, r.size == 4 ? 'f' : 'd',
             r.size == 4 ? "uint32_t" : "uint64_t", expr);
    else
        emit(c, "%s = (%s)sc_%c2u(%s);", name, c_type(r),
             type.size == 4 ? 'f' : 'd', expr);
}
