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
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file Operands of an instruction, and the names they may refer to. */

Token current(const Translator *c)
{
    return c->module->tokens[c->pos];
}

void expect(Translator *c, const char *text)
{
    if (!token_is(current(c), text))
        ptx_fail(c->module, c->pos, "expected '%s'", text);
    c->pos++;
}

Register *add_register(Translator *c, Token name, int count, Type type,
                       enum RegisterKind kind, uint32_t offset)
{
    Register *r;

    if (name.length >= sizeof(r->name))
        ptx_fail(c->module, c->pos, "name too long");
    c->registers = realloc(c->registers,
                           (c->nb_registers + 1) * sizeof(*c->registers));
    r = &c->registers[c->nb_registers++];
    memcpy(r->name, name.text, name.length);
    r->name[name.length] = 0;
    r->count  = count;
    r->type   = type;
    r->scope  = c->scope;
    r->kind   = kind;
    r->offset = offset;
    return r;
}

/* "%r7" belongs to "%r<12>"; the innermost declaration wins */
static int names(const Register *r, Token t)
{
    size_t n = strlen(r->name);
    uint32_t digits = t.length;

    if (r->count < 0)
        return n == t.length && !memcmp(r->name, t.text, n);
    while (digits && isdigit((unsigned char)t.text[digits - 1]))
        digits--;
    return n == digits && digits < t.length &&
           !memcmp(r->name, t.text, n) && atoi(t.text + digits) < r->count;
}

static Register *find_register(Translator *c, Token t)
{
    for (uint32_t i = c->nb_registers; i-- > 0; )
        if (names(&c->registers[i], t))
            return &c->registers[i];
    return NULL;
}

static void add_item(Translator *c, Operand *o, Operand item)
{
    if (!o->items)
        o->items = arena_alloc(c, MAX_OPERANDS * sizeof(*o->items));
    if (o->nb_items == MAX_OPERANDS)
        ptx_fail(c->module, c->pos, "vector too long");
    o->items[o->nb_items++] = item;
}

static Operand parse_vector(Translator *c)
{
    Operand o = { .kind = OPERAND_VECTOR, .token = current(c) };

    expect(c, "{");
    for (;;) {
        add_item(c, &o, parse_operand(c));
        if (!token_is(current(c), ","))
            break;
        c->pos++;
    }
    expect(c, "}");
    return o;
}

/* "[base]", "[base+8]", "[base+-8]", "[texture, {x, y}]" */
static Operand parse_address(Translator *c)
{
    Operand o = { .kind = OPERAND_ADDRESS, .token = current(c) };

    expect(c, "[");
    add_item(c, &o, parse_operand(c));
    if (token_is(current(c), "+") || token_is(current(c), "-")) {
        int negative = token_is(current(c), "-");

        c->pos++;
        if (token_is(current(c), "-")) {
            negative = !negative;
            c->pos++;
        }
        o.offset = token_number(c->module, c->pos++);
        if (negative)
            o.offset = -o.offset;
    }
    if (token_is(current(c), ",")) {
        c->pos++;
        add_item(c, &o, parse_operand(c));
    }
    expect(c, "]");
    return o;
}

static Operand parse_literal(Translator *c, Operand o)
{
    const Token t = o.token;

    o.value = token_number(c->module, c->pos - 1);
    o.kind  = t.length > 2 && t.text[0] == '0' && strchr("fFdD", t.text[1]) ?
              OPERAND_FLOAT : OPERAND_INT;
    if (o.negated && o.kind == OPERAND_INT)
        o.value = -o.value;
    return o;
}

static Operand parse_name(Translator *c, Operand o)
{
    o.reg = find_register(c, o.token);
    if (token_is(o.token, "_")) {
        o.kind = OPERAND_SINK;
    } else if (o.reg) {
        o.kind = o.reg->kind == REG_VALUE ? OPERAND_REG : OPERAND_SYMBOL;
    } else if (o.token.text[0] == '%') {
        o.kind = OPERAND_SPECIAL;
    } else if (token_is(o.token, "WARP_SZ")) {
        o.kind  = OPERAND_INT;
        o.value = 32;
    } else {
        o.kind = OPERAND_SYMBOL;
    }
    return o;
}

Operand parse_operand(Translator *c)
{
    Operand o = { 0 };

    if (token_is(current(c), "{"))
        return parse_vector(c);
    if (token_is(current(c), "["))
        return parse_address(c);
    if (token_is(current(c), "!")) {
        o.inverted = 1;
        c->pos++;
    }
    if (token_is(current(c), "-")) {
        o.negated = 1;
        c->pos++;
    }
    o.token = current(c);
    c->pos++;
    if (isdigit((unsigned char)o.token.text[0]))
        return parse_literal(c, o);
    o = parse_name(c, o);
    if (token_is(current(c), "|")) {
        c->pos++;
        o.second  = arena_alloc(c, sizeof(*o.second));
        *o.second = parse_operand(c);
    }
    return o;
}

void parse_operands(Translator *c, Instruction *in)
{
    while (!token_is(current(c), ";")) {
        if (in->nb_ops == MAX_OPERANDS)
            unsupported(c, in);
        in->op[in->nb_ops++] = parse_operand(c);
        if (!token_is(current(c), ","))
            break;
        c->pos++;
    }
}
