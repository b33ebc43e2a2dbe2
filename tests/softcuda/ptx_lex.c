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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx_internal.h"

/** @file Tokens of PTX, and the small things every other file asks of them. */

void ptx_append(PtxString *s, const char *fmt, ...)
{
    va_list ap, copy;
    int n;

    va_start(ap, fmt);
    va_copy(copy, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (s->length + n + 1 > s->capacity) {
        s->capacity = (s->length + n + 1) * 2;
        s->text = realloc(s->text, s->capacity);
    }
    vsnprintf(s->text + s->length, n + 1, fmt, copy);
    va_end(copy);
    s->length += n;
}

void ptx_fail(PtxModule *m, uint32_t token, const char *fmt, ...)
{
    const Token *t = token < m->nb_tokens ? &m->tokens[token] : NULL;
    va_list ap;
    size_t n;

    snprintf(m->error, m->error_size, "PTX line %u: ", t ? t->line : 0);
    n = strlen(m->error);
    va_start(ap, fmt);
    vsnprintf(m->error + n, m->error_size - n, fmt, ap);
    va_end(ap);
    n = strlen(m->error);
    if (t)
        snprintf(m->error + n, m->error_size - n, " (at '%.*s')",
                 (int)t->length, t->text);
    longjmp(m->fail, 1);
}

int token_is(Token t, const char *text)
{
    return t.length == strlen(text) && !memcmp(t.text, text, t.length);
}

int token_same(Token a, Token b)
{
    return a.length == b.length && !memcmp(a.text, b.text, a.length);
}

int token_starts(Token t, const char *prefix)
{
    size_t n = strlen(prefix);

    return t.length >= n && !memcmp(t.text, prefix, n);
}

uint32_t align_up(uint32_t value, uint32_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '%';
}

/* ".shared::cta" is one word: colons join only in pairs */
static int continues_word(const char *s)
{
    if (is_word(*s))
        return 1;
    if (*s == '.')
        return is_word(s[1]);
    return *s == ':' && ((s[1] == ':' && is_word(s[2])) ||
                         (s[-1] == ':' && is_word(s[1])));
}

static const char *skip_comment(const char *s, uint32_t *line)
{
    if (s[1] == '/') {
        while (*s && *s != '\n')
            s++;
        return s;
    }
    for (s += 2; *s && !(s[0] == '*' && s[1] == '/'); s++)
        *line += *s == '\n';
    return *s ? s + 2 : s;
}

static const char *skip_string(const char *s)
{
    for (s++; *s && *s != '"'; s++)
        if (*s == '\\' && s[1])
            s++;
    return *s ? s + 1 : s;
}

static const char *skip_token(const char *s)
{
    if (*s == '"')
        return skip_string(s);
    if (!is_word(*s) && !(*s == '.' && is_word(s[1])))
        return s + 1;
    for (s++; continues_word(s); s++)
        ;
    return s;
}

static void add_token(PtxModule *m, uint32_t *capacity, Token t)
{
    if (m->nb_tokens == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 4096;
        m->tokens = realloc(m->tokens, *capacity * sizeof(*m->tokens));
    }
    m->tokens[m->nb_tokens++] = t;
}

/* Looking a few tokens ahead must never leave the array. */
#define SENTINELS 16

void ptx_lex(PtxModule *m)
{
    uint32_t line = 1, capacity = 0;
    const char *s = m->text;

    while (*s) {
        const char *begin = s;

        if (*s == '\n') {
            line++;
            s++;
        } else if (isspace((unsigned char)*s)) {
            s++;
        } else if (s[0] == '/' && (s[1] == '/' || s[1] == '*')) {
            s = skip_comment(s, &line);
        } else {
            s = skip_token(s);
            add_token(m, &capacity,
                      (Token){ begin, (uint32_t)(s - begin), line });
        }
    }
    for (int i = 0; i < SENTINELS; i++)
        add_token(m, &capacity, (Token){ s, 0, line });
    m->nb_tokens -= SENTINELS;
}

Type token_type(Token t)
{
    static const struct {
        const char *name;
        Type type;
    } types[] = {
        { ".b8",  { 'b', 1 } }, { ".u8",  { 'u', 1 } }, { ".s8",  { 's', 1 } },
        { ".b16", { 'b', 2 } }, { ".u16", { 'u', 2 } }, { ".s16", { 's', 2 } },
        { ".b32", { 'b', 4 } }, { ".u32", { 'u', 4 } }, { ".s32", { 's', 4 } },
        { ".b64", { 'b', 8 } }, { ".u64", { 'u', 8 } }, { ".s64", { 's', 8 } },
        { ".f16", { 'h', 2 } }, { ".f32", { 'f', 4 } }, { ".f64", { 'f', 8 } },
        { ".pred", { 'p', 1 } },
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (token_is(t, types[i].name))
            return types[i].type;
    return (Type){ 0, 0 };
}

uint64_t token_number(PtxModule *m, uint32_t i)
{
    Token t = m->tokens[i];
    uint64_t value;
    char b[64], *end;

    if (!t.length || t.length >= sizeof(b))
        ptx_fail(m, i, "number expected");
    memcpy(b, t.text, t.length);
    b[t.length] = 0;
    if (b[0] == '0' && b[1] && strchr("fFdD", b[1])) {
        value = strtoull(b + 2, &end, 16);
    } else {
        value = strtoull(b, &end, 0);
        end += *end == 'U';
    }
    if (*end)
        ptx_fail(m, i, "number expected");
    return value;
}

/* i at ".param", ".reg", ".global", ...; the index after it is returned */
uint32_t ptx_parse_param(PtxModule *m, uint32_t i, Param *p)
{
    Type type = { 0, 0 };

    p->align = 0;
    for (i++; m->tokens[i].length && m->tokens[i].text[0] == '.'; i++) {
        Type t = token_type(m->tokens[i]);

        if (token_is(m->tokens[i], ".align"))
            p->align = token_number(m, ++i);
        else if (t.kind)
            type = t;           /* .ptr, .global, ... are hints here */
    }
    if (!type.kind)
        ptx_fail(m, i, "type expected");
    p->name = m->tokens[i++];
    p->size = type.size;
    if (p->align < type.size)
        p->align = type.size;
    if (token_is(m->tokens[i], "[")) {
        p->size = token_is(m->tokens[i + 1], "]") ? 0 :
                  type.size * token_number(m, i + 1);
        while (i < m->nb_tokens && !token_is(m->tokens[i], "]"))
            i++;
        i++;
    }
    return i;
}
