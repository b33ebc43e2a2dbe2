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
 * The order of names that people count in, which is that of sort -V, whatever
 * the locale: a number counts by its value, endings count last.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/macros.h"
#include "text.h"

static int is_letter(int c)
{
    c = av_tolower(c);
    return c >= 'a' && c <= 'z';
}

/** @return the length of a name without endings such as .tar.gz */
static size_t stem_length(const char *name)
{
    size_t len = 0, i = 0;

    while (name[i]) {
        len = ++i;
        while (name[i] == '.' && (is_letter(name[i + 1]) ||
                                  name[i + 1] == '~')) {
            i += 2;
            while (is_letter(name[i]) || av_isdigit(name[i]) || name[i] == '~')
                i++;
        }
    }
    return len;
}

/** @return the place of a character among others; 0 if a number may begin */
static int rank(const char *name, size_t at, size_t len)
{
    const unsigned char c = name[at];

    if (at >= len || av_isdigit(c))
        return 0;
    return c == '~' ? -2 : is_letter(c) ? c : c + 0x100;
}

/** Skip digits. @return how many there were behind leading zeros */
static size_t skip_number(const char *name, size_t *at, size_t len)
{
    size_t first;

    while (*at < len && name[*at] == '0')
        ++*at;
    first = *at;
    while (*at < len && av_isdigit(name[*at]))
        ++*at;
    return *at - first;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i = 0, j = 0;

    while (i < a_len || j < b_len) {
        /* The end of a name comes before all but a tilde. */
        const int a_rank = rank(a, i, a_len) - (i >= a_len);
        const int b_rank = rank(b, j, b_len) - (j >= b_len);
        size_t a_digits, b_digits;
        int diff;

        if (rank(a, i, a_len) || rank(b, j, b_len)) {
            if (a_rank != b_rank)
                return FFDIFFSIGN(a_rank, b_rank);
            i++;
            j++;
            continue;
        }
        a_digits = skip_number(a, &i, a_len);
        b_digits = skip_number(b, &j, b_len);
        if (a_digits != b_digits)
            return FFDIFFSIGN(a_digits, b_digits);
        diff = memcmp(a + i - a_digits, b + j - b_digits, a_digits);
        if (diff)
            return diff;
    }
    return 0;
}

int v360job_compare_names(const void *a, const void *b)
{
    const char *left = *(char *const *)a, *right = *(char *const *)b;
    int diff = compare(left, stem_length(left), right, stem_length(right));

    if (!diff)
        diff = compare(left, strlen(left), right, strlen(right));
    return diff ? diff : strcmp(left, right);
}
