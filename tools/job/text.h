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
 * Texts and lists of texts, and what split360 says.
 */

#ifndef TOOLS_JOB_TEXT_H
#define TOOLS_JOB_TEXT_H

#include <stdio.h>

#include "libavutil/attributes.h"

struct AVBPrint;

/** Texts that the list owns; the one behind the last is NULL. */
typedef struct V360JobTexts {
    char **text;
    int nb;
    int failed;             ///< memory ran out; adding does nothing then
} V360JobTexts;

/** Add a text. NULL, as of an allocation that failed, is a failure. */
void v360job_add(V360JobTexts *list, const char *text);

/** Add a text that is made as by printf(). */
void v360job_addf(V360JobTexts *list, const char *fmt, ...)
    av_printf_format(2, 3);

/** Add the texts up to a NULL of type const char *. */
void v360job_add_all(V360JobTexts *list, ...);

/** Add all texts of another list. */
void v360job_append(V360JobTexts *list, const V360JobTexts *more);

/** @return the texts with blanks between them, to be freed, or NULL */
char *v360job_join(const V360JobTexts *list);

/**
 * Take the text out of a buffer, which is finalised in any case.
 *
 * @param result  set to the text, to be freed, or NULL
 * @return 0, or AVERROR(ENOMEM), not told, also if a part of it did not fit
 */
int v360job_finish(struct AVBPrint *text, char **result);

/** Remove and free the text at an index. */
void v360job_remove(V360JobTexts *list, int index);

/** @return AVERROR(ENOMEM), told, if a text could not be added, else 0 */
int v360job_texts_ok(const V360JobTexts *list);

void v360job_free_texts(V360JobTexts *list);

/** Append a text in quotes, as a shell and FFmpeg's lists of files ask for. */
void v360job_quote(struct AVBPrint *to, const char *word);

/**
 * Open /dev/null as those of standard input, output and error that are closed:
 * files would get their numbers. To be called before anything is opened.
 *
 * @return 0, or a negative AVERROR, not told
 */
int v360job_open_std(void);

/** Have v360job_say() say nothing. */
void v360job_be_quiet(int quiet);

/** Print a line to stderr, without its control characters, unless quiet. */
void v360job_say(const char *fmt, ...) av_printf_format(1, 2);

/** Print a line that begins with "warning: ". */
void v360job_warn(const char *fmt, ...) av_printf_format(1, 2);

/** Print a line that begins with "error: ". @return AVERROR(EINVAL) */
int v360job_error(const char *fmt, ...) av_printf_format(1, 2);

/** @return the last error that was told, or "" */
const char *v360job_last_error(void);

/** Tell of an error of a file or folder. @return err */
int v360job_cannot(const char *what, const char *path, int err);

/**
 * Keep FFmpeg's messages instead of printing them; warnings and errors only.
 *
 * @return the first error that was kept since the last call, or else the first
 *         warning, without addresses and names of contexts; "" if there is
 *         none. It stays until the next call.
 */
void v360job_keep_log(void);
const char *v360job_kept_log(void);

/** Print text of unknown origin, without its control characters. */
void v360job_print(FILE *to, const char *text);

/** @return whether S begins with a control character, ASCII or U+0080..9F */
int v360job_is_control(const char *s);

/** Replace each byte of a text that is not part of UTF-8 by a question mark. */
void v360job_make_utf8(char *text);

/**
 * Compare names as people count: digits by their value. For qsort() of char *.
 * It is in natural.c.
 */
int v360job_compare_names(const void *a, const void *b);

#endif /* TOOLS_JOB_TEXT_H */
