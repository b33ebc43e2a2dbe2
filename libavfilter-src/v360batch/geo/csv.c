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
 * CSV: time,lat,lon or time,lat,lon,alt. Lines before the first point that begin
 * with a letter are headings, and those that begin with # comments.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "track.h"

/** Go over spaces and what is between two fields. @return what that is, or 0 */
static int next_field(const char **text)
{
    int c;

    *text += strspn(*text, " ");
    c = **text;
    if (c != ',' && c != ';' && c != '\t')
        return 0;
    ++*text;
    *text += strspn(*text, " ");
    return c;
}

static int is_letter(int c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static int is_at_end(const char *text)
{
    text += strspn(text, " \t\r");
    return !*text || *text == '\n';
}

/** Parse a line. @return NULL, or what is wrong */
static const char *read_point(V360GeoPoint *point, const char *p)
{
    int64_t lat, lon, alt;

    if (ff_v360_geo_time(&p, &point->time) < 0)
        return "its time is none";
    if (!next_field(&p) ||
        ff_v360_geo_decimal(&p, 9, 90 * V360_GEO_DEGREE, &lat) < 0)
        return "its latitude is no number of degrees up to 90";
    if (!next_field(&p) ||
        ff_v360_geo_decimal(&p, 9, 180 * V360_GEO_DEGREE, &lon) < 0)
        return "its longitude is no number of degrees up to 180";
    ff_v360_geo_set_place(point, lat, lon);
    if (is_at_end(p) || !next_field(&p) || is_at_end(p))
        return is_at_end(p) ? NULL : "what stands behind its longitude is "
                                     "another number";
    if (ff_v360_geo_decimal(&p, 3, 100000000, &alt) < 0)
        return "its altitude is no number of metres";
    point->alt     = alt;
    point->has_alt = 1;
    return is_at_end(p) ? NULL : "it has more than time, latitude, longitude "
                                 "and altitude";
}

int ff_v360_geo_read_csv(V360GeoTrack *track, const char *text,
                         V360GeoReason why)
{
    int ret = 0;

    for (int line = 1; *text && ret >= 0; line++) {
        const char *p = text + strspn(text, " \t"), *bad;
        V360GeoPoint point = { 0 };

        text += strcspn(text, "\n");
        text += !!*text;
        if (is_at_end(p) || *p == '#' || (!track->nb && is_letter(*p)))
            continue;
        bad = read_point(&point, p);
        if (bad) {
            snprintf(why, sizeof(V360GeoReason), "line %d: %s", line, bad);
            ret = AVERROR_INVALIDDATA;
        } else {
            ret = ff_v360_geo_add(track, &point);
        }
    }
    return ret;
}
