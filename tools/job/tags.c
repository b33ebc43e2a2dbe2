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

/**
 * @file
 * What a source says of itself. All of it is somebody else's text: a key has no
 * other letters than those below, and a value ends with its line.
 */

#define _GNU_SOURCE /* memmem */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "source.h"

#define PART (1 << 20)
/* More are not written down: each is compared with all before it. */
#define MAX_TAGS 256
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const char *v360job_tag(const V360JobTexts *tags, const char *key)
{
    for (int i = 0; i < tags->nb; i++) {
        const char *value;

        if (av_strstart(tags->text[i], key, &value) && *value == '=')
            return value + 1;
    }
    return NULL;
}

/** Add KIND:KEY=VALUE, unless there is such a key. */
static void add_tag(V360JobTexts *tags, const char *kind, const char *key,
                    size_t key_size, const char *value, size_t size)
{
    const size_t start = strlen(kind) + 1 + key_size;
    char *text, *to;

    if (tags->nb >= MAX_TAGS || key_size > 256)
        return;
    text = av_malloc(start + 1 + size + 1);
    if (!text) {
        tags->failed = 1;
        return;
    }
    snprintf(text, start + 1, "%s:%.*s", kind, (int)key_size, key);
    if (!v360job_tag(tags, text)) {
        to    = text + start;
        *to++ = '=';
        for (size_t i = 0; i < size; i++)
            if (value[i] != '\r')
                *to++ = value[i];
        *to = 0;
        v360job_add(tags, text);
    }
    av_free(text);
}

static void add_metadata(V360JobTexts *tags, const AVDictionary *dict)
{
    static const char *const others[] = { "encoder", "vendor_id",
                                          "handler_name", "DURATION" };
    const AVDictionaryEntry *e = NULL;

    while ((e = av_dict_iterate(dict, e))) {
        int skip = !*e->key || e->key[strspn(e->key, LETTERS ":_. -")];

        for (size_t i = 0; i < FF_ARRAY_ELEMS(others); i++)
            skip |= av_strstart(e->key, others[i], NULL);
        if (!skip)
            add_tag(tags, "TAG", e->key, strlen(e->key), e->value,
                    strcspn(e->value, "\n"));
    }
}

void v360job_parse_gpano(V360JobTexts *tags, const char *text, size_t size)
{
    const char *start = text, *end = text + size, *key;

    while ((key = memmem(text, end - text, "GPano:", 6))) {
        const int is_end = key > start && key[-1] == '/';
        const char *after, *value, *to;
        int is_quoted;

        after = text = key += 6;
        while (after < end && *after && strchr(LETTERS, *after))
            after++;
        if (is_end || after == key || end - after < 2 ||
            (*after != '>' && memcmp(after, "=\"", 2)))
            continue;
        is_quoted = *after == '=';
        value     = after + 1 + is_quoted;
        for (to = value; to < end && !memchr("<>\n\"", *to, 3 + is_quoted);)
            to++;
        if (to < end && *to == (is_quoted ? '"' : '<'))
            add_tag(tags, "GPano", key, after - key, value, to - value);
    }
}

int v360job_read_ends(char **text, size_t *size, const char *path)
{
    FILE *file = fopen(path, "rb");
    int ret = file ? 0 : AVERROR(errno);

    *text = file ? av_malloc(2 * PART) : NULL;
    if (file && !*text)
        ret = AVERROR(ENOMEM);
    if (ret >= 0) {
        *size = fread(*text, 1, PART, file);
        /* The XMP of a JPEG is always at its start. */
        if (*size == PART && (uint8_t)**text != 0xff &&
            !memmem(*text, PART, "GPano:", 6)) {
            fseeko(file, 0, SEEK_END);
            fseeko(file, FFMAX(ftello(file) - PART, PART), SEEK_SET);
            *size += fread(*text + PART, 1, PART, file);
        }
        ret = ferror(file) ? AVERROR(EIO) : 0;
    }
    if (file)
        fclose(file);
    return ret;
}

int v360job_read_tags(V360JobTexts *tags, const V360JobStream *s,
                      const char *path)
{
    size_t size;
    char *text;
    int ret = v360job_read_ends(&text, &size, path);

    add_metadata(tags, s->ctx->metadata);
    add_metadata(tags, s->st->metadata);
    add_metadata(tags, s->frame->metadata);
    if (ret >= 0)
        v360job_parse_gpano(tags, text, size);
    av_free(text);
    return ret < 0 ? v360job_cannot("cannot read", path, ret) :
           v360job_texts_ok(tags);
}
