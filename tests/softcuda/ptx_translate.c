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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file Bodies: declarations, labels, basic blocks, device functions. */

static void close_block(Translator *c)
{
    uint32_t *weight;

    c->info->block_weight = realloc(c->info->block_weight,
                                    (c->block + 1) * sizeof(c->weight));
    weight = c->info->block_weight + c->block * SC_CLASS_NB;
    memcpy(weight, c->weight, sizeof(c->weight));
    memset(c->weight, 0, sizeof(c->weight));
    c->block++;
}

void end_block(Translator *c)
{
    close_block(c);
    emit(c, " BLOCK(%u);\n", c->block);
}

/* ".reg .b32 %r<7>, %x;": one C variable each, zero so that every run of an
 * uninitialised register gives the same bytes */
static void declare_registers(Translator *c)
{
    Type type;

    c->pos++;
    type = token_type(current(c));
    if (!type.kind)
        ptx_fail(c->module, c->pos, "register type not understood");
    if (type.kind == 's' || type.kind == 'b' || type.kind == 'h')
        type.kind = 'u';
    do {
        Token name = c->module->tokens[++c->pos];
        const char *text = c_name(c, name);
        int n = -1;

        c->pos++;
        if (token_is(current(c), "<")) {
            n = token_number(c->module, c->pos + 1);
            c->pos += 3;
        }
        add_register(c, name, n, type, REG_VALUE, 0);
        if (n < 0)
            emit(c, "%s %s = 0;", c_type(type), text);
        for (int i = 0; i < n; i++)
            emit(c, "%s %s%d = 0;", c_type(type), text, i);
    } while (token_is(current(c), ","));
    expect(c, ";");
    emit(c, "\n");
}

/* .local, .param and .shared arrays of a body */
static void declare_bytes(Translator *c)
{
    int shared = token_is(current(c), ".shared");
    PtxKernelInfo *info = c->info;
    Param p;

    c->pos = ptx_parse_param(c->module, c->pos, &p);
    expect(c, ";");
    if (shared) {
        info->shared_size = align_up(info->shared_size, p.align);
        add_register(c, p.name, -1, (Type){ 'b', 1 }, REG_SHARED,
                     info->shared_size);
        info->shared_size += p.size;
        return;
    }
    add_register(c, p.name, -1, (Type){ 'b', 1 }, REG_BYTES, 0);
    emit(c, "_Alignas(%u) uint8_t %s[%u];\n", p.align < 16 ? 16 : p.align,
         c_name(c, p.name), p.size ? p.size : 1);
}

static void close_scope(Translator *c)
{
    while (c->nb_registers &&
           c->registers[c->nb_registers - 1].scope == c->scope)
        c->nb_registers--;
    c->scope--;
    emit(c, "}\n");
}

static void skip_statement(Translator *c)
{
    while (!token_is(current(c), ";"))
        c->pos++;
    c->pos++;
}

static void skip_line(Translator *c)
{
    uint32_t line = current(c).line;

    while (current(c).line == line && c->pos < c->function->end)
        c->pos++;
}

/* 1 if the current token was a declaration, a brace or a directive */
static int translate_directive(Translator *c)
{
    Token t = current(c);

    if (token_is(t, "{")) {
        c->scope++;
        emit(c, "{");
        c->pos++;
    } else if (token_is(t, "}")) {
        close_scope(c);
        c->pos++;
    } else if (token_is(t, ";")) {
        c->pos++;
    } else if (token_is(t, ".reg")) {
        declare_registers(c);
    } else if (token_is(t, ".local") || token_is(t, ".param") ||
               token_is(t, ".shared")) {
        declare_bytes(c);
    } else if (token_is(t, ".loc")) {
        skip_line(c);
    } else if (token_is(t, ".pragma") || token_is(t, ".callprototype")) {
        skip_statement(c);
    } else {
        return 0;
    }
    return 1;
}

/* "name:"; a table of branch targets is read where it is used */
static int translate_label(Translator *c)
{
    const Token *t = &c->module->tokens[c->pos];

    if (c->pos + 1 >= c->function->end || !token_is(t[1], ":"))
        return 0;
    if (token_is(t[2], ".branchtargets")) {
        skip_statement(c);
        return 1;
    }
    emit(c, "%s:;", c_name(c, t[0]));
    end_block(c);
    c->pos += 2;
    return 1;
}

static void translate_statement(Translator *c)
{
    int predicated = token_is(current(c), "@"), ends_block;

    if (predicated) {
        Operand o;

        c->pos++;
        o = parse_operand(c);
        emit(c, "if (%s) {", read_as(c, &o, TYPE_PRED));
    }
    ends_block = token_starts(current(c), "bra") ||
                 token_starts(current(c), "brx") ||
                 token_starts(current(c), "ret") ||
                 token_starts(current(c), "exit");
    translate_instruction(c);
    expect(c, ";");
    if (predicated)
        emit(c, "}");
    if (ends_block)
        end_block(c);
    else
        emit(c, "\n");
}

static void translate_body(Translator *c, Function *f)
{
    c->function     = f;
    c->nb_registers = 0;
    c->scope        = 0;
    emit(c, "{ BLOCK(%u);\n", c->block);
    for (c->pos = f->begin; c->pos < f->end; ) {
        if (!translate_directive(c) && !translate_label(c))
            translate_statement(c);
        arena_reset(c);
    }
    emit(c, "}\n");
    close_block(c);
}

static void emit_prototype(Translator *c, const Function *f)
{
    emit(c, "static void f%s(SCThread *t", c_name(c, f->name));
    for (uint32_t i = 0; i < f->nb_returns; i++)
        emit(c, ", uint8_t *q%u", i);
    for (uint32_t i = 0; i < f->nb_params; i++)
        emit(c, ", uint8_t *a%u", i);
    emit(c, ")");
}

/* Forget what an earlier kernel of the module queued and placed. */
static Function *find_entry(PtxModule *m, const char *name)
{
    Function *entry = NULL;

    for (uint32_t i = 0; i < m->nb_functions; i++) {
        Function *f = &m->functions[i];

        f->queued = 0;
        if (f->is_entry && f->begin && token_is(f->name, name))
            entry = f;
    }
    for (uint32_t i = 0; i < m->nb_variables; i++)
        m->variables[i].placed = 0;
    return entry;
}

static void describe_params(PtxKernelInfo *info, const Function *f)
{
    info->nb_params    = f->nb_params;
    info->param_offset = calloc(f->nb_params + 1, sizeof(uint32_t));
    info->param_bytes  = calloc(f->nb_params + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < f->nb_params; i++) {
        info->param_offset[i] = f->params[i].offset;
        info->param_bytes[i]  = f->params[i].size;
        info->param_size      = f->params[i].offset + f->params[i].size;
    }
    memcpy(info->reqntid, f->reqntid, sizeof(info->reqntid));
    info->maxntid = f->maxntid;
}

/* The kernel first: it queues the functions it calls, and they theirs. */
static int translate_all(Translator *c, Function *entry, PtxString part[3])
{
    if (setjmp(c->module->fail))
        return PTX_UNSUPPORTED;
    describe_params(c->info, entry);
    c->out = &part[2];
    emit(c, "void sc_entry(SCThread *t)\n");
    translate_body(c, entry);
    for (uint32_t i = 0; i < c->nb_queue; i++) {
        c->out = &part[0];
        emit_prototype(c, c->queue[i]);
        emit(c, ";\n");
        c->out = &part[1];
        emit_prototype(c, c->queue[i]);
        emit(c, "\n");
        translate_body(c, c->queue[i]);
    }
    c->info->nb_blocks   = c->block;
    c->info->shared_size = align_up(c->info->shared_size, 16);
    return PTX_OK;
}

int ptx_translate(PtxModule *m, const char *name, PtxString *out,
                  PtxKernelInfo *info, char *error, size_t error_size)
{
    Function *entry = find_entry(m, name);
    Translator c = { .module = m, .info = info };
    PtxString part[3] = { { 0 } };      /* prototypes, functions, kernel */
    int ret;

    m->error      = error;
    m->error_size = error_size;
    memset(info, 0, sizeof(*info));
    if (!entry) {
        snprintf(error, error_size, "no entry '%s'", name);
        return PTX_NO_ENTRY;
    }
    ret = translate_all(&c, entry, part);
    if (ret == PTX_OK)
        ptx_append(out, "#define SC_DYN_SHARED %uu\n", info->shared_size);
    else
        ptx_info_free(info);
    for (int i = 0; i < 3; i++) {
        if (ret == PTX_OK && part[i].text)
            ptx_append(out, "%s", part[i].text);
        free(part[i].text);
    }
    arena_reset(&c);
    free(c.registers);
    free(c.queue);
    return ret;
}

void ptx_info_free(PtxKernelInfo *info)
{
    free(info->block_weight);
    free(info->mem_line);
    free(info->param_offset);
    free(info->param_bytes);
    memset(info, 0, sizeof(*info));
}
