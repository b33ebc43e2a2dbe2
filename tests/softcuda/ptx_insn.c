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
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file From an instruction's text to its emitter; control flow. */

int has(const Instruction *in, const char *part)
{
    for (int i = 1; i < in->nb_parts; i++)
        if (token_is(in->part[i], part))
            return 1;
    return 0;
}

/* 0 = the last type of the mnemonic, 1 = the one before: cvt.u32.f32 */
Type type_from_end(const Instruction *in, int skip)
{
    for (int i = in->nb_parts; i-- > 1; ) {
        Type t = token_type(in->part[i]);

        if (t.kind && skip-- == 0)
            return t;
    }
    return (Type){ 0, 0 };
}

void unsupported(Translator *c, const Instruction *in)
{
    ptx_fail(c->module, in->token, "unsupported instruction");
}

void count(Translator *c, int instruction_class)
{
    c->weight[instruction_class]++;
}

/* .ftz: subnormal inputs and results are zero, f32 only */
const char *flush(Translator *c, const Instruction *in, const char *expr)
{
    return has(in, ".ftz") ? format(c, "sc_ftz(%s)", expr) : expr;
}

void write_float(Translator *c, const Instruction *in, Type type,
                 const char *expr)
{
    if (type.size == 4)
        expr = flush(c, in, expr);
    if (has(in, ".sat"))
        expr = format(c, "sc_sat%c(%s)", type.size == 4 ? 'f' : 'd', expr);
    write_to(c, &in->op[0], type, expr);
}

static void emit_return(Translator *c, Instruction *in)
{
    (void)in;
    count(c, SC_CLASS_CONTROL);
    emit(c, "return;");
}

static void emit_trap(Translator *c, Instruction *in)
{
    count(c, SC_CLASS_CONTROL);
    emit(c, "t->fault(t, SC_FAULT_TRAP, 0, 0, %u);", in->line);
}

/* Threads run one after another: order and caches need nothing. */
static void emit_nothing(Translator *c, Instruction *in)
{
    (void)in;
    count(c, SC_CLASS_CONTROL);
    emit(c, ";");
}

/* Only the barrier of the whole block: the others need a warp in step. */
static void emit_barrier(Translator *c, Instruction *in)
{
    if (!has(in, ".sync") || has(in, ".warp") || in->nb_ops != 1 ||
        in->op[0].kind != OPERAND_INT || in->op[0].value)
        unsupported(c, in);
    count(c, SC_CLASS_CONTROL);
    c->info->uses_barrier = 1;
    emit(c, "t->barrier(t);");
}

static void emit_branch(Translator *c, Instruction *in)
{
    if (in->op[0].kind != OPERAND_SYMBOL)
        unsupported(c, in);
    count(c, SC_CLASS_CONTROL);
    emit(c, "goto %s;", c_name(c, in->op[0].token));
}

/* "table: .branchtargets a, b, c;" somewhere in the same body */
static uint32_t find_targets(Translator *c, const Instruction *in, Token table)
{
    const Token *t = c->module->tokens;

    for (uint32_t i = c->function->begin; i + 3 < c->function->end; i++)
        if (token_same(t[i], table) && token_is(t[i + 1], ":") &&
            token_is(t[i + 2], ".branchtargets"))
            return i + 3;
    unsupported(c, in);
}

static void emit_branch_index(Translator *c, Instruction *in)
{
    uint32_t i = find_targets(c, in, in->op[1].token);
    int n = 0;

    count(c, SC_CLASS_CONTROL);
    emit(c, "switch (%s) {", read_as(c, &in->op[0], TYPE_U32));
    for (; !token_is(c->module->tokens[i], ";"); i++)
        if (!token_is(c->module->tokens[i], ","))
            emit(c, "case %d: goto %s;", n++,
                 c_name(c, c->module->tokens[i]));
    emit(c, "default: t->fault(t, SC_FAULT_TRAP, 0, 0, %u);}", in->line);
}

static Function *callee(Translator *c, const Instruction *in, Token name)
{
    Function *f = NULL;

    for (uint32_t i = 0; i < c->module->nb_functions; i++)
        if (token_same(c->module->functions[i].name, name))
            f = &c->module->functions[i];
    if (!f || !f->begin)
        ptx_fail(c->module, in->token, "call of '%.*s', which is not here",
                 (int)name.length, name.text);
    if (!f->queued) {
        f->queued = 1;
        c->queue  = realloc(c->queue, (c->nb_queue + 1) * sizeof(*c->queue));
        c->queue[c->nb_queue++] = f;
    }
    return f;
}

/* "(a, b)" becomes ", v_a, v_b" */
static const char *call_list(Translator *c)
{
    const char *list = "";

    expect(c, "(");
    while (!token_is(current(c), ")")) {
        if (!token_is(current(c), ","))
            list = format(c, "%s, %s", list, c_name(c, current(c)));
        c->pos++;
    }
    c->pos++;
    return list;
}

/* call.uni (result), function, (arguments); */
static void emit_call(Translator *c, Instruction *in)
{
    const char *results = "", *arguments = "";
    Token name;

    count(c, SC_CLASS_CONTROL);
    if (token_is(current(c), "(")) {
        results = call_list(c);
        expect(c, ",");
    }
    name = current(c);
    callee(c, in, name);
    c->pos++;
    if (token_is(current(c), ",")) {
        c->pos++;
        arguments = call_list(c);
    }
    emit(c, "f%s(t%s%s);", c_name(c, name), results, arguments);
}

static const EmitterEntry control_table[] = {
    { "ret",       emit_return,       0 },
    { "exit",      emit_return,       0 },
    { "trap",      emit_trap,         0 },
    { "membar",    emit_nothing,      0 },
    { "fence",     emit_nothing,      0 },
    { "prefetch",  emit_nothing,     -1 },
    { "prefetchu", emit_nothing,     -1 },
    { "bar",       emit_barrier,     -1 },
    { "barrier",   emit_barrier,     -1 },
    { "bra",       emit_branch,       1 },
    { "brx",       emit_branch_index, 2 },
    { NULL },
};

static const EmitterEntry *find_emitter(Token name)
{
    static const EmitterEntry *const tables[] = {
        control_table, ptx_memory_table, ptx_arith_table, ptx_bits_table,
        ptx_convert_table,
    };

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        for (const EmitterEntry *e = tables[i]; e->name; e++)
            if (token_is(name, e->name))
                return e;
    return NULL;
}

static void split_mnemonic(Instruction *in, Token t)
{
    uint32_t begin = 0;

    for (uint32_t i = 1; i <= t.length; i++) {
        if (i < t.length && t.text[i] != '.')
            continue;
        if (in->nb_parts < MAX_PARTS)
            in->part[in->nb_parts++] =
                (Token){ t.text + begin, i - begin, t.line };
        begin = i;
    }
}

/* Directed rounding of floats would need the host's rounding mode. */
static int rounds_otherwise(const Instruction *in)
{
    return in->type.kind == 'f' &&
           (has(in, ".rz") || has(in, ".rm") || has(in, ".rp"));
}

void translate_instruction(Translator *c)
{
    Instruction in = { .token = c->pos, .line = current(c).line };
    const EmitterEntry *entry;

    split_mnemonic(&in, current(c));
    in.type = type_from_end(&in, 0);
    if (rounds_otherwise(&in))
        unsupported(c, &in);
    c->pos++;
    c->info->approx += has(&in, ".approx");
    if (token_is(in.part[0], "call")) {
        emit_call(c, &in);
        return;
    }
    entry = find_emitter(in.part[0]);
    if (!entry)
        unsupported(c, &in);
    parse_operands(c, &in);
    if (entry->nb_ops >= 0 && entry->nb_ops != in.nb_ops)
        unsupported(c, &in);
    entry->emit(c, &in);
}
