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

#include <string.h>
#include <time.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/parseutils.h"
#include "track.h"

#define MINUTE (60 * V360_GEO_SECOND)
#define DIGITS "0123456789"

int ff_v360_geo_decimal(const char **text, int decimals, int64_t max,
                        int64_t *value)
{
    const int negative = **text == '-';
    const char *p = *text + (negative || **text == '+');
    const size_t whole = strspn(p, DIGITS);
    const size_t parts = p[whole] == '.' ? strspn(p + whole + 1, DIGITS) : 0;
    const char *decimal = p + whole + 1;
    int64_t sum = 0;

    if (!whole && !parts)
        return AVERROR_INVALIDDATA;
    for (size_t i = 0; i < whole && sum <= max; i++)
        sum = 10 * sum + (p[i] - '0');
    for (int i = 0; i < decimals && sum <= max; i++)
        sum = 10 * sum + (i < parts ? decimal[i] - '0' : 0);
    sum += parts > decimals && decimal[decimals] >= '5';
    if (sum > max)
        return AVERROR_INVALIDDATA;
    *value = negative ? -sum : sum;
    *text  = p + whole + (p[whole] == '.') + parts;
    return 0;
}

/** Take N digits. @return their value, or -1 */
static int take(const char **text, int n)
{
    int value = 0;

    for (; n; n--, ++*text) {
        if (!av_isdigit(**text))
            return -1;
        value = 10 * value + (**text - '0');
    }
    return value;
}

/** Take one of some characters if it is there. */
static void skip(const char **text, const char *some)
{
    *text += **text && strchr(some, **text);
}

static int take_date(const char **text, struct tm *tm)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                                    31 };
    int year, is_leap;

    year = take(text, 4);
    skip(text, "-:");
    tm->tm_year = year - 1900;
    tm->tm_mon  = take(text, 2) - 1;
    skip(text, "-:");
    tm->tm_mday = take(text, 2);
    is_leap = !(year % 4) && (year % 100 || !(year % 400));
    if (year < 1900 || tm->tm_mon < 0 || tm->tm_mon > 11 || tm->tm_mday < 1 ||
        tm->tm_mday > days[tm->tm_mon] + (is_leap && tm->tm_mon == 1))
        return AVERROR_INVALIDDATA;
    return 0;
}

/** Seconds may be left out; a leap second is the one after it. */
static int take_clock(const char **text, struct tm *tm)
{
    tm->tm_hour = take(text, 2);
    skip(text, ":");
    tm->tm_min = take(text, 2);
    if (**text == ':' || av_isdigit(**text)) {
        skip(text, ":");
        tm->tm_sec = take(text, 2);
    }
    return tm->tm_hour < 0 || tm->tm_hour > 23 || tm->tm_min < 0 ||
           tm->tm_min > 59 || tm->tm_sec < 0 || tm->tm_sec > 60 ?
           AVERROR_INVALIDDATA : 0;
}

int ff_v360_geo_zone(const char **text, int64_t *offset)
{
    const int sign = **text == '-' ? -1 : 1;
    int hours, minutes = 0;

    *offset = 0;
    if (**text == 'Z' || **text == 'z') {
        ++*text;
        return 0;
    }
    if (**text != '+' && **text != '-')
        return AVERROR_INVALIDDATA;
    ++*text;
    hours = take(text, 2);
    if (**text == ':' || av_isdigit(**text)) {
        skip(text, ":");
        minutes = take(text, 2);
    }
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return AVERROR_INVALIDDATA;
    *offset = sign * (60 * hours + minutes) * MINUTE;
    return 0;
}

int ff_v360_geo_time(const char **text, int64_t *time)
{
    const size_t n = strspn(*text, DIGITS);
    int64_t decimals = 0, offset = 0;
    struct tm tm = { 0 };

    /* 8 digits are a date only if a time follows. */
    if (n > 4 && (n != 8 || !(*text)[n] || !strchr("Tt ", (*text)[n])))
        return ff_v360_geo_decimal(text, 6, INT64_C(253402300799) *
                                            V360_GEO_SECOND, time);
    if (take_date(text, &tm) < 0 || !**text || !strchr("Tt ", **text))
        return AVERROR_INVALIDDATA;
    ++*text;
    if (take_clock(text, &tm) < 0)
        return AVERROR_INVALIDDATA;
    if (**text == '.' &&
        ff_v360_geo_decimal(text, 6, V360_GEO_SECOND, &decimals) < 0)
        return AVERROR_INVALIDDATA;
    if (**text && strchr("Zz+-", **text) && ff_v360_geo_zone(text, &offset) < 0)
        return AVERROR_INVALIDDATA;
    *time = av_timegm(&tm) * V360_GEO_SECOND + decimals - offset;
    return 0;
}
