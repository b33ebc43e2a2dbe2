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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file A module's functions and variables; bodies stay tokens. */

static uint32_t skip_to(PtxModule *m, uint32_t i, const char *text)
{
    uint32_t start = i;

    while (i < m->nb_tokens && !token_is(m->tokens[i], text))
        i++;
    if (i == m->nb_tokens)
        ptx_fail(m, start, "no '%s' after this", text);
    return i;
}

/* i at "{"; the index after the matching "}" is returned */
static uint32_t skip_braces(PtxModule *m, uint32_t i)
{
    uint32_t start = i;
    int depth = 0;

    do {
        if (i >= m->nb_tokens)
            ptx_fail(m, start, "unbalanced {");
        depth += token_is(m->tokens[i], "{");
        depth -= token_is(m->tokens[i], "}");
        i++;
    } while (depth);
    return i;
}

static uint32_t skip_line(PtxModule *m, uint32_t i)
{
    uint32_t line = m->tokens[i].line;

    while (i < m->nb_tokens && m->tokens[i].line == line)
        i++;
    return i;
}

/* i at "(" */
static uint32_t parse_params(PtxModule *m, uint32_t i, Param **params,
                             uint32_t *nb)
{
    uint32_t offset = 0;

    for (i++; !token_is(m->tokens[i], ")"); ) {
        Param *p;

        if (i >= m->nb_tokens)
            ptx_fail(m, i, "unbalanced (");
        if (token_is(m->tokens[i], ",")) {
            i++;
            continue;
        }
        *params = realloc(*params, (*nb + 1) * sizeof(**params));
        p = &(*params)[(*nb)++];
        i = ptx_parse_param(m, i, p);
        offset = align_up(offset, p->align);
        p->offset = offset;
        offset += p->size;
    }
    return i + 1;
}

/* ".reqntid 32, 8, 1"; i at the word */
static uint32_t parse_ntid(PtxModule *m, uint32_t i, Function *f)
{
    int required = token_is(m->tokens[i], ".reqntid");
    uint32_t dim[3] = { 1, 1, 1 };

    i++;
    for (int k = 0; k < 3; k++) {
        dim[k] = token_number(m, i++);
        if (!token_is(m->tokens[i], ","))
            break;
        i++;
    }
    if (required)
        memcpy(f->reqntid, dim, sizeof(dim));
    else
        f->maxntid = dim[0] * dim[1] * dim[2];
    return i;
}

/* A declaration is replaced by its definition. */
static void add_function(PtxModule *m, const Function *f)
{
    for (uint32_t k = 0; k < m->nb_functions; k++) {
        if (!token_same(m->functions[k].name, f->name))
            continue;
        if (f->begin) {
            free(m->functions[k].params);
            free(m->functions[k].returns);
            m->functions[k] = *f;
        } else {
            free(f->params);
            free(f->returns);
        }
        return;
    }
    m->functions = realloc(m->functions,
                           (m->nb_functions + 1) * sizeof(*m->functions));
    m->functions[m->nb_functions++] = *f;
}

/* i at ".entry" or ".func" */
static uint32_t parse_function(PtxModule *m, uint32_t i)
{
    Function f = { .is_entry = token_is(m->tokens[i], ".entry") };

    i++;
    if (token_is(m->tokens[i], ".attribute"))
        i = skip_to(m, i, ")") + 1;
    if (token_is(m->tokens[i], "("))
        i = parse_params(m, i, &f.returns, &f.nb_returns);
    f.name = m->tokens[i++];
    if (token_is(m->tokens[i], "("))
        i = parse_params(m, i, &f.params, &f.nb_params);
    while (i < m->nb_tokens && !token_is(m->tokens[i], "{") &&
           !token_is(m->tokens[i], ";")) {
        if (token_is(m->tokens[i], ".reqntid") ||
            token_is(m->tokens[i], ".maxntid"))
            i = parse_ntid(m, i, &f);
        else
            i++;
    }
    if (token_is(m->tokens[i], "{")) {
        f.begin = i + 1;
        i = skip_braces(m, i);
        f.end = i - 1;
    } else {
        i++;
    }
    add_function(m, &f);
    return i;
}

static Type element_type(PtxModule *m, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to; k++) {
        Type t = token_type(m->tokens[k]);

        if (t.kind)
            return t;
    }
    return (Type){ 'b', 1 };
}

/* Initialisers are lists of numbers; an address in one is refused. */
static void check_init(PtxModule *m, const Variable *v)
{
    for (uint32_t k = v->init; k < v->init + v->nb_init; k++) {
        if (isdigit((unsigned char)m->tokens[k].text[0]))
            token_number(m, k);
        else if (!strchr("{},-", m->tokens[k].text[0]))
            ptx_fail(m, k, "initialiser not understood");
    }
}

/* i at ".global", ".const" or ".shared" */
static uint32_t parse_variable(PtxModule *m, uint32_t i)
{
    uint32_t start = i;
    Variable v = {
        .is_shared = token_is(m->tokens[i], ".shared"),
        .is_extern = i && token_is(m->tokens[i - 1], ".extern"),
    };
    Param p;

    i = ptx_parse_param(m, i, &p);
    v.name    = p.name;
    v.align   = p.align;
    v.size    = p.size;
    v.element = element_type(m, start, i);
    if (token_is(m->tokens[i], "=")) {
        v.init = ++i;
        i = skip_to(m, i, ";");
        v.nb_init = i - v.init;
        check_init(m, &v);
    }
    if (!token_is(m->tokens[i], ";"))
        ptx_fail(m, i, "variable not understood");
    if (!v.is_shared) {
        v.offset = align_up(m->global_size, v.align);
        m->global_size = v.offset + v.size;
    }
    m->variables = realloc(m->variables,
                           (m->nb_variables + 1) * sizeof(*m->variables));
    m->variables[m->nb_variables++] = v;
    return i + 1;
}

static uint32_t parse_directive(PtxModule *m, uint32_t i)
{
    Token t = m->tokens[i];

    if (token_is(t, ".version")) {
        m->version = (int)(atof(m->tokens[i + 1].text) * 10 + .5);
        return i + 2;
    }
    if (token_is(t, ".target")) {
        if (token_starts(m->tokens[i + 1], "sm_"))
            m->sm = atoi(m->tokens[i + 1].text + 3);
        return skip_line(m, i);
    }
    if (token_is(t, ".address_size") || token_is(t, ".file"))
        return skip_line(m, i);
    if (token_is(t, ".visible") || token_is(t, ".extern") ||
        token_is(t, ".weak") || token_is(t, ".common"))
        return i + 1;
    if (token_is(t, ".pragma"))
        return skip_to(m, i, ";") + 1;
    if (token_is(t, ".section"))
        return skip_braces(m, skip_to(m, i, "{"));
    if (token_is(t, ".entry") || token_is(t, ".func"))
        return parse_function(m, i);
    if (token_is(t, ".global") || token_is(t, ".const") ||
        token_is(t, ".shared"))
        return parse_variable(m, i);
    ptx_fail(m, i, "unknown at module level");
}

/* apart from ptx_parse(), so that longjmp() clobbers no local of it */
static int parse_module(PtxModule *m)
{
    if (setjmp(m->fail))
        return -1;
    ptx_lex(m);
    for (uint32_t i = 0; i < m->nb_tokens; )
        i = parse_directive(m, i);
    return 0;
}

PtxModule *ptx_parse(const char *text, char *error, size_t error_size)
{
    PtxModule *m = calloc(1, sizeof(*m));

    m->text       = strdup(text);
    m->error      = error;
    m->error_size = error_size;
    error[0] = 0;
    if (parse_module(m) < 0) {
        ptx_free(m);
        return NULL;
    }
    return m;
}

void ptx_free(PtxModule *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; i < m->nb_functions; i++) {
        free(m->functions[i].params);
        free(m->functions[i].returns);
    }
    free(m->functions);
    free(m->variables);
    free(m->tokens);
    free(m->text);
    free(m);
}

void ptx_target(const PtxModule *m, int *sm, int *version)
{
    *sm      = m->sm;
    *version = m->version;
}

int ptx_nb_entries(const PtxModule *m)
{
    int n = 0;

    for (uint32_t i = 0; i < m->nb_functions; i++)
        n += m->functions[i].is_entry;
    return n;
}

const char *ptx_entry_name(const PtxModule *m, int k, int *length)
{
    for (uint32_t i = 0; i < m->nb_functions; i++) {
        if (!m->functions[i].is_entry || k--)
            continue;
        *length = m->functions[i].name.length;
        return m->functions[i].name.text;
    }
    return NULL;
}

uint32_t ptx_global_size(const PtxModule *m)
{
    return m->global_size;
}

static void init_variable(PtxModule *m, const Variable *v, uint8_t *dst)
{
    uint32_t at = v->offset;

    for (uint32_t k = v->init; k < v->init + v->nb_init; k++) {
        int negative = token_is(m->tokens[k], "-");
        uint64_t value;

        k += negative;
        if (!isdigit((unsigned char)m->tokens[k].text[0]))
            continue;
        value = token_number(m, k);
        value = negative ? -value : value;
        if (at + v->element.size <= v->offset + v->size)
            memcpy(dst + at, &value, v->element.size);
        at += v->element.size;
    }
}

void ptx_global_init(const PtxModule *m, uint8_t *dst)
{
    memset(dst, 0, m->global_size);
    for (uint32_t i = 0; i < m->nb_variables; i++)
        if (!m->variables[i].is_shared)
            init_variable((PtxModule *)m, &m->variables[i], dst);
}

int ptx_global_find(const PtxModule *m, const char *name, uint32_t *offset,
                    uint32_t *size)
{
    for (uint32_t i = 0; i < m->nb_variables; i++) {
        const Variable *v = &m->variables[i];

        if (v->is_shared || !token_is(v->name, name))
            continue;
        *offset = v->offset;
        *size   = v->size;
        return 1;
    }
    return 0;
}
