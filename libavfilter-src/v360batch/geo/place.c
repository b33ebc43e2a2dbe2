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

#include "libavutil/error.h"
#include "track.h"

/**
 * Take an angle of ISO 6709: degrees of N digits, which two for minutes and two
 * for seconds may follow; the last of them may have decimals.
 */
static int take_angle(const char **text, int n, int64_t *angle)
{
    const int digits = *(*text) ? strspn(*text + 1, "0123456789") : 0;
    const int64_t unit = digits == n     ? 1 :
                         digits == n + 2 ? 100 :
                         digits == n + 4 ? 10000 : 0;
    int64_t value, degrees, minutes;

    if (!unit || (**text != '+' && **text != '-') ||
        ff_v360_geo_decimal(text, 9, 1000 * unit * V360_GEO_DEGREE, &value) < 0)
        return AVERROR_INVALIDDATA;
    degrees = value / (unit * V360_GEO_DEGREE);
    value  -= degrees * unit * V360_GEO_DEGREE;
    minutes = unit == 10000 ? value / (100 * V360_GEO_DEGREE) : 0;
    value  -= minutes * 100 * V360_GEO_DEGREE;
    *angle  = degrees * V360_GEO_DEGREE + minutes * V360_GEO_DEGREE / 60 +
              value / (unit == 1 ? 1 : unit == 100 ? 60 : 3600);
    return 0;
}

int ff_v360_geo_parse_place(V360GeoPoint *at, const char *text)
{
    int64_t lat, lon, alt;

    *at = (V360GeoPoint){ 0 };
    if (take_angle(&text, 2, &lat) < 0 || take_angle(&text, 3, &lon) < 0 ||
        ff_v360_geo_set_place(at, lat, lon) < 0)
        return AVERROR_INVALIDDATA;
    if ((*text == '+' || *text == '-') &&
        ff_v360_geo_decimal(&text, 3, 100000000, &alt) >= 0) {
        at->alt     = alt;
        at->has_alt = 1;
    }
    return *text && *text != '/' && *text != 'C' ? AVERROR_INVALIDDATA : 0;
}
