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
 * Lists of texts, what split360 says, FFmpeg's messages, and text of unknown
 * origin, on a terminal and in JSON.
 */

#define _GNU_SOURCE /* O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavutil/thread.h"
#include "text.h"

/* FFmpeg calls back without a context, and may do so in many threads. */
static struct {
    AVMutex lock;
    char line[512];             ///< not at its end yet
    char error[512], warning[512], told[512];
} kept = { AV_MUTEX_INITIALIZER };

static int is_quiet;
static char last_error[512];

/** Add a text that the list then owns; NULL: memory ran out. */
static void add_own(V360JobTexts *list, char *text)
{
    const int nb = list->nb;
    char **more  = list->text;

    /* The room doubles: the list is full at powers of two. */
    if (text && !list->failed && !(nb & (nb - 1)))
        more = av_realloc_array(more, FFMAX(2 * (size_t)nb, 1) + 1,
                                sizeof(*more));
    if (!text || list->failed || !more) {
        list->failed = 1;
        av_free(text);
        return;
    }
    list->text      = more;
    more[list->nb++] = text;
    more[list->nb]   = NULL;
}

void v360job_add(V360JobTexts *list, const char *text)
{
    add_own(list, text && !list->failed ? av_strdup(text) : NULL);
}

void v360job_addf(V360JobTexts *list, const char *fmt, ...)
{
    AVBPrint text;
    char *own;
    va_list args;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    va_start(args, fmt);
    av_vbprintf(&text, fmt, args);
    va_end(args);
    v360job_finish(&text, &own);
    add_own(list, own);
}

void v360job_add_all(V360JobTexts *list, ...)
{
    const char *text;
    va_list args;

    va_start(args, list);
    while ((text = va_arg(args, const char *)))
        v360job_add(list, text);
    va_end(args);
}

void v360job_append(V360JobTexts *list, const V360JobTexts *more)
{
    for (int i = 0; i < more->nb; i++)
        v360job_add(list, more->text[i]);
    list->failed |= more->failed;
}

char *v360job_join(const V360JobTexts *list)
{
    AVBPrint text;
    char *result;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < list->nb; i++)
        av_bprintf(&text, "%s%s", i ? " " : "", list->text[i]);
    v360job_finish(&text, &result);
    return result;
}

int v360job_finish(AVBPrint *text, char **result)
{
    const int complete = av_bprint_is_complete(text);
    const int ret = av_bprint_finalize(text, complete ? result : NULL);

    if (!complete || ret < 0)
        *result = NULL;
    return !complete ? AVERROR(ENOMEM) : ret;
}

void v360job_remove(V360JobTexts *list, int index)
{
    av_free(list->text[index]);
    memmove(list->text + index, list->text + index + 1,
            (list->nb - index) * sizeof(*list->text));
    list->nb--;
}

int v360job_texts_ok(const V360JobTexts *list)
{
    if (!list->failed)
        return 0;
    v360job_error("%s", av_err2str(AVERROR(ENOMEM)));
    return AVERROR(ENOMEM);
}

void v360job_free_texts(V360JobTexts *list)
{
    for (int i = 0; i < list->nb; i++)
        av_free(list->text[i]);
    av_freep(&list->text);
    list->nb     = 0;
    list->failed = 0;
}

void v360job_quote(AVBPrint *to, const char *word)
{
    av_bprint_chars(to, '\'', 1);
    for (; *word; word++) {
        if (*word == '\'')
            av_bprintf(to, "'\\''");
        else
            av_bprint_chars(to, *word, 1);
    }
    av_bprint_chars(to, '\'', 1);
}

int v360job_open_std(void)
{
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* The least number that is free is this one. */
        if (open("/dev/null", fd ? O_WRONLY : O_RDONLY) < 0)
            return AVERROR(errno);
    }
    return 0;
}

void v360job_be_quiet(int quiet)
{
    is_quiet = quiet;
}

int v360job_is_control(const char *s)
{
    const unsigned char c = s[0], next = c ? s[1] : 0;

    return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f);
}

/** @return the next byte, or a question mark for a control character */
static int next_byte(const char **text)
{
    const char *at = *text;
    const int is_control = v360job_is_control(at);

    *text += 1 + (is_control && *at == '\xc2');
    return is_control ? '?' : *at;
}

void v360job_print(FILE *to, const char *text)
{
    while (*text)
        fputc(next_byte(&text), to);
}

/* The line is written at once: beside it, other programs may print theirs. */
static av_printf_format(2, 0)
void print_line(const char *kind, const char *fmt, va_list args)
{
    AVBPrint line;
    char *to;

    av_bprint_init(&line, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&line, "split360: %s", kind);
    av_vbprintf(&line, fmt, args);
    to = line.str;
    for (const char *text = line.str; *text;)
        *to++ = next_byte(&text);
    *to = 0;
    fprintf(stderr, "%s\n", line.str);
    av_bprint_finalize(&line, NULL);
}

void v360job_say(const char *fmt, ...)
{
    va_list args;

    if (is_quiet)
        return;
    va_start(args, fmt);
    print_line("", fmt, args);
    va_end(args);
}

void v360job_warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line("warning: ", fmt, args);
    va_end(args);
}

int v360job_error(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(last_error, sizeof(last_error), fmt, args);
    va_end(args);
    va_start(args, fmt);
    print_line("error: ", fmt, args);
    va_end(args);
    return AVERROR(EINVAL);
}

const char *v360job_last_error(void)
{
    return last_error;
}

int v360job_cannot(const char *what, const char *path, int err)
{
    v360job_error("%s %s: %s", what, path, av_err2str(err));
    return err;
}

/** Take a line of FFmpeg's, of which the first of its kind counts. */
static void keep_line(int is_error)
{
    char *to = is_error ? kept.error : kept.warning;

    kept.line[strcspn(kept.line, "\r\n")] = 0;
    if (!*to)
        av_strlcpy(to, kept.line, sizeof(kept.line));
    kept.line[0] = 0;
}

static void keep_message(void *ctx, int level, const char *fmt, va_list args)
{
    const AVClass *class = ctx ? *(const AVClass *const *)ctx : NULL;
    char text[512];
    int prefix = 0;

    level &= 0xff; /* above is a colour */
    if (level > AV_LOG_WARNING)
        return;
    av_log_format_line2(ctx, level, fmt, args, text, sizeof(text), &prefix);
    ff_mutex_lock(&kept.lock);
    /* A rig tells by the name of the context which view a message is about. */
    if (class && !strcmp(class->class_name, "v360rig") && !*kept.line)
        snprintf(kept.line, sizeof(kept.line), "%s: ", class->item_name(ctx));
    av_strlcat(kept.line, text, sizeof(kept.line));
    /* What is too long for TEXT lost its end. */
    if (strchr(text, '\n') || strlen(kept.line) == sizeof(kept.line) - 1)
        keep_line(level <= AV_LOG_ERROR);
    ff_mutex_unlock(&kept.lock);
}

void v360job_keep_log(void)
{
    av_log_set_callback(keep_message);
}

const char *v360job_kept_log(void)
{
    ff_mutex_lock(&kept.lock);
    keep_line(0);
    av_strlcpy(kept.told, *kept.error ? kept.error : kept.warning,
               sizeof(kept.told));
    kept.error[0] = kept.warning[0] = 0;
    ff_mutex_unlock(&kept.lock);
    return kept.told;
}

void v360job_make_utf8(char *text)
{
    const uint8_t *next = (const uint8_t *)text, *end = next + strlen(text);

    while (next < end) {
        char *at = (char *)next;
        int32_t code;

        if (av_utf8_decode(&code, &next, end,
                           AV_UTF8_FLAG_ACCEPT_NON_CHARACTERS) >= 0)
            continue;
        *at  = '?';
        next = (const uint8_t *)at + 1;
    }
}
