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
 * Values of options. Each is checked here in full: what ffmpeg would say of it
 * is about its own options.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavfilter/v360batch/rig/rig.h"
#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/parseutils.h"
#include "text.h"
#include "values.h"

#define DIGITS "0123456789"

const char *v360job_choice(const V360JobChoices *choices, int i)
{
    if (choices->word)
        return choices->word(i);
    return i < choices->nb_words ? choices->words[i] : NULL;
}

void v360job_list_choices(AVBPrint *to, const V360JobChoices *choices,
                          const char *deflt)
{
    const char *word, *comma = "";

    for (int i = 0; (word = v360job_choice(choices, i)); i++) {
        if (!*word)
            continue;
        av_bprintf(to, "%s%s", comma, word);
        if (deflt && !strcmp(word, deflt))
            av_bprintf(to, " (default)");
        comma = v360job_choice(choices, i + 1) &&
                !v360job_choice(choices, i + 2) ? " or " : ", ";
    }
}

int v360job_bad_value(const char *name, const char *value, const char *want)
{
    return v360job_error("--%s '%s': expected %s", name, value, want);
}

int v360job_bad_choice(const char *name, const char *value,
                       const V360JobChoices *choices)
{
    AVBPrint list;
    int ret;

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360job_list_choices(&list, choices, NULL);
    ret = v360job_bad_value(name, value, list.str);
    av_bprint_finalize(&list, NULL);
    return ret;
}

int v360job_parse_choice(int *index, const char *name, const char *value,
                         const V360JobChoices *choices)
{
    const char *word;

    for (int i = 0; (word = v360job_choice(choices, i)); i++) {
        if (*word && !strcmp(word, value)) {
            *index = i;
            return 0;
        }
    }
    return v360job_bad_choice(name, value, choices);
}

/**
 * Take digits off the front of a text.
 *
 * @param max  most digits that may be there
 * @return their value, or -1 if there are none or too many
 */
static int take_digits(const char **text, int max)
{
    const size_t len = strspn(*text, DIGITS);
    int value = 0;

    if (!len || len > max)
        return -1;
    for (const char *end = *text + len; *text < end; ++*text)
        value = 10 * value + (**text - '0');
    return value;
}

/**
 * Take a point and at most six decimals, if they are there.
 *
 * @return millionths, or -1
 */
static int take_decimals(const char **text)
{
    const char *first = *text + 1;
    int value;

    if (**text != '.')
        return 0;
    *text = first;
    value = take_digits(text, 6);
    for (ptrdiff_t len = *text - first; value > 0 && len < 6; len++)
        value *= 10;
    return value;
}

int v360job_parse_number(int *number, const char *name, const char *value,
                         int min, int max)
{
    const char *end = value;
    char want[64];

    *number = take_digits(&end, 6);
    if (*number >= min && *number <= max && !*end)
        return 0;
    snprintf(want, sizeof(want), "a number from %d to %d", min, max);
    return v360job_bad_value(name, value, want);
}

int v360job_parse_size(int *w, int *h, const char *name, const char *value)
{
    const int max   = V360_MAX_VIEW_SIZE;
    const char *end = value;
    char want[64];

    *w = take_digits(&end, 5);
    *h = *w >= 0 && *end++ == 'x' ? take_digits(&end, 5) : -1;
    if (*h < 0 || *end)
        return v360job_bad_value(name, value, "as 1920x1080");
    if (*w >= 2 && *h >= 2 && *w <= max && *h <= max)
        return 0;
    snprintf(want, sizeof(want), "2x2 to %dx%d", max, max);
    return v360job_bad_value(name, value, want);
}

/**
 * Copy degrees above 0 and below 180 from the front of a text.
 *
 * @return the text behind them, or NULL
 */
static const char *take_degrees(char degrees[16], const char *text)
{
    const char *end;
    int whole, decimals;

    while (text[0] == '0' && av_isdigit(text[1]))
        text++;
    end      = text;
    whole    = take_digits(&end, 3);
    decimals = take_decimals(&end);
    if (whole < 0 || whole >= 180 || decimals < 0 || !(whole | decimals))
        return NULL;
    av_strlcpy(degrees, text, end - text + 1);
    return end;
}

int v360job_parse_fov(char h_fov[16], char v_fov[16], const char *name,
                      const char *value)
{
    const char *end = take_degrees(h_fov, value);

    if (end && *end == 'x')
        end = take_degrees(v_fov, end + 1);
    if (end && !*end)
        return 0;
    return v360job_bad_value(name, value,
                             "degrees above 0 and below 180, as 90 or 90x60");
}

int v360job_parse_rate(AVRational *rate, const char *name, const char *value)
{
    const char *end = value;
    int valid = take_digits(&end, 6) >= 0;

    if (valid && (*end == '.' || *end == '/')) {
        end++;
        valid = take_digits(&end, 6) >= 0;
    }
    if (valid && !*end && av_parse_video_rate(rate, value) >= 0)
        return 0;
    return v360job_bad_value(name, value, "a positive number or fraction");
}

/**
 * Take seconds, MM:SS or HH:MM:SS off the front of a text.
 *
 * @return seconds, or -1
 */
static int take_time(const char **text)
{
    const int is_clock = !!strchr(*text, ':');
    int part[3], nb = 0;

    do {
        part[nb] = take_digits(text, is_clock ? 2 : 6);
        if (part[nb++] < 0)
            return -1;
    } while (nb < 3 && **text == ':' && ++*text);
    if (!is_clock)
        return part[0];
    if (nb < 2 || part[nb - 2] > 59 || part[nb - 1] > 59)
        return -1;
    return 3600 * (nb == 3 ? part[0] : 0) + 60 * part[nb - 2] + part[nb - 1];
}

int v360job_parse_time(int64_t *us, const char *name, const char *value)
{
    const char *end = value;
    const int seconds = take_time(&end), decimals = take_decimals(&end);

    *us = seconds * INT64_C(1000000) + decimals;
    if (seconds >= 0 && decimals >= 0 && !*end)
        return 0;
    return v360job_bad_value(name, value, "seconds or HH:MM:SS.mmm");
}

int v360job_parse_offset(int64_t *us, const char *name, const char *value)
{
    const int sign  = *value == '-' ? -1 : 1;
    const char *end = value + (*value == '-' || *value == '+');
    const int seconds = take_time(&end), decimals = take_decimals(&end);

    *us = sign * (seconds * INT64_C(1000000) + decimals);
    if (seconds >= 0 && decimals >= 0 && !*end)
        return 0;
    return v360job_bad_value(name, value,
                             "seconds or HH:MM:SS.mmm, with a sign or without");
}

int v360job_check_preset(const char *name, const char *value)
{
    static const char letters[] = DIGITS "@.,+-abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (*value && !value[strspn(value, letters)])
        return 0;
    return v360job_bad_value(name, value, "the name of a preset, or of several, as "
                             "ring8+up+down");
}

int v360job_escape_folder(char **absolute, const char *path)
{
    const size_t dir = strlen(*absolute) - strlen(path);
    struct stat st;
    AVBPrint text;
    char *escaped = NULL;

    if (!dir || !strpbrk(*absolute, "*?[]\\") || lstat(*absolute, &st) >= 0)
        return 0;
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (size_t i = 0; i < dir; i++) {
        if (strchr("*?[]\\", (*absolute)[i]))
            av_bprint_chars(&text, '\\', 1);
        av_bprint_chars(&text, (*absolute)[i], 1);
    }
    av_bprintf(&text, "%s", path);
    if (v360job_finish(&text, &escaped) < 0)
        return v360job_cannot("cannot take", path, AVERROR(ENOMEM));
    av_free(*absolute);
    *absolute = escaped;
    return 0;
}

int v360job_absolute(char **absolute, const char *path)
{
    char *dir = *path == '/' ? NULL : getcwd(NULL, 0);

    if (*path != '/' && !dir)
        return v360job_cannot("cannot find the current folder, for", path,
                              AVERROR(errno));
    *absolute = av_asprintf("%s%s%s", dir ? dir : "",
                            dir && strcmp(dir, "/") ? "/" : "", path);
    free(dir);
    if (*absolute)
        return 0;
    return v360job_cannot("cannot take", path, AVERROR(ENOMEM));
}
