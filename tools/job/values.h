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
 * Values of options: numbers, sizes, times, and words that one may choose.
 *
 * Functions that parse return 0, or AVERROR(EINVAL), told with the name of the
 * option, its value and what was expected. Numbers have ASCII digits without a
 * sign, whatever the locale.
 */

#ifndef TOOLS_JOB_VALUES_H
#define TOOLS_JOB_VALUES_H

#include <stdint.h>

#include "libavutil/bprint.h"
#include "libavutil/rational.h"

/** Words that a value may be: an array, or what a function says of each. */
typedef struct V360JobChoices {
    const char *const *words;       ///< of which "" is not offered
    int nb_words;
    const char *(*word)(int i);     ///< NULL behind the last one
} V360JobChoices;

/** @return a word, or NULL behind the last one */
const char *v360job_choice(const V360JobChoices *choices, int i);

/** Append the words as "a, b or c"; behind DEFLT follows "(default)". */
void v360job_list_choices(AVBPrint *to, const V360JobChoices *choices,
                          const char *deflt);

/** Tell of a bad value. @return AVERROR(EINVAL) */
int v360job_bad_value(const char *name, const char *value, const char *want);

/** The same of a value that is none of the words. */
int v360job_bad_choice(const char *name, const char *value,
                       const V360JobChoices *choices);

/** Get the index of a word. */
int v360job_parse_choice(int *index, const char *name, const char *value,
                         const V360JobChoices *choices);

/** Parse a whole number of at most six digits. */
int v360job_parse_number(int *number, const char *name, const char *value,
                         int min, int max);

/** Parse a size as 1920x1080, of a view. */
int v360job_parse_size(int *w, int *h, const char *name, const char *value);

/** Parse degrees, as 90 or 90x60, into texts without leading zeros. */
int v360job_parse_fov(char h_fov[16], char v_fov[16], const char *name,
                      const char *value);

/** Parse a rate as 2, 29.97 or 30000/1001, to the same value as FFmpeg's. */
int v360job_parse_rate(AVRational *rate, const char *name, const char *value);

/** Parse seconds, MM:SS or HH:MM:SS, with decimals, to microseconds. */
int v360job_parse_time(int64_t *us, const char *name, const char *value);

/** Parse such a time with a sign or without. */
int v360job_parse_offset(int64_t *us, const char *name, const char *value);

/** Check what may be the name of a preset. */
int v360job_check_preset(const char *name, const char *value);

/**
 * Make a path absolute, byte by byte as it was given.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_absolute(char **absolute, const char *path);

/**
 * Where a relative path that was made absolute is no file but a glob, have the
 * current folder's name before it be no pattern.
 */
int v360job_escape_folder(char **absolute, const char *path);

#endif /* TOOLS_JOB_VALUES_H */
