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

#ifndef AVFILTER_V360BATCH_GEO_TRACK_H
#define AVFILTER_V360BATCH_GEO_TRACK_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Where something was at which time: a list of points from a file, GPX or CSV,
 * and the place between two of them. All is in integers, so that places are the
 * same on all machines.
 */

#define V360_GEO_DEGREE  INT64_C(1000000000)
#define V360_GEO_SECOND  INT64_C(1000000)
/* A track of a second a point lasts weeks then, and a file is as large. */
#define V360_GEO_MAX_POINTS (1 << 21)
#define V360_GEO_MAX_BYTES  (64 << 20)

typedef struct V360GeoPoint {
    int64_t time;       ///< microseconds since 1970, UTC
    int64_t lat, lon;   ///< 1e-9 degrees; -180 is included, 180 is not
    int32_t alt;        ///< millimetres above sea level
    int has_alt;
} V360GeoPoint;

typedef struct V360GeoTrack {
    V360GeoPoint *points;   ///< by time; no two have the same
    int nb;
    unsigned size;          ///< of the memory
} V360GeoTrack;

/** What a text is wrong about, for people. */
typedef char V360GeoReason[128];

/**
 * Parse a track: GPX if the text begins with "<", else CSV.
 *
 * @param track  written; to be freed in any case
 * @param text   with a zero behind its SIZE bytes
 * @param why    if AVERROR_INVALIDDATA is returned, what is wrong; else ""
 * @return 0, AVERROR_INVALIDDATA or AVERROR(ENOMEM)
 */
int ff_v360_geo_parse(V360GeoTrack *track, const char *text, size_t size,
                      V360GeoReason why);

void ff_v360_geo_free(V360GeoTrack *track);

/**
 * Get the place at a time, by a straight line between the points before and
 * after it, in degrees, the shorter way around.
 *
 * @param max_gap  microseconds between these points, up to which it is done
 * @param hold     microseconds beside the ends and those of a longer gap, for
 *                 which there is the place of the point there
 * @return whether there is a place
 */
int ff_v360_geo_find(const V360GeoTrack *track, V360GeoPoint *at, int64_t time,
                     int64_t max_gap, int64_t hold);

/* number.c: parts of texts. A text is moved behind what was taken. */

/**
 * Take a decimal number, with a sign or without, and without an exponent.
 *
 * @param decimals  the value is in units of 10 to the power of minus this
 * @param max       of its absolute value, at most 1e17
 * @return 0 or AVERROR_INVALIDDATA
 */
int ff_v360_geo_decimal(const char **text, int decimals, int64_t max,
                        int64_t *value);

/**
 * Take a date and time of ISO 8601, with or without its "-" and ":", or with
 * the ":" and the space of EXIF, and with a zone or in UTC; or seconds since
 * 1970, of five digits or more.
 *
 * @param time  set to microseconds since 1970
 * @return 0 or AVERROR_INVALIDDATA
 */
int ff_v360_geo_time(const char **text, int64_t *time);

/** Take a zone, as Z or +01:00. @return 0 or AVERROR_INVALIDDATA */
int ff_v360_geo_zone(const char **text, int64_t *offset);

/* gpx.c, csv.c: append the points of a text to a track, in its order. The last
 * parameter is set to what is wrong. Returns are those of
 * ff_v360_geo_parse(). */

int ff_v360_geo_read_gpx(V360GeoTrack *track, const char *text,
                         V360GeoReason why);
int ff_v360_geo_read_csv(V360GeoTrack *track, const char *text,
                         V360GeoReason why);

/* place.c */

/**
 * Parse a place as ISO 6709 and containers have it, such as
 * "+48.1371+011.5754+519/", in degrees, or with minutes, or with seconds, too.
 *
 * @return 0 or AVERROR_INVALIDDATA
 */
int ff_v360_geo_parse_place(V360GeoPoint *at, const char *text);

/* points.c */

/** Set a latitude and a longitude of 1e-9 degrees. @return as _parse() */
int ff_v360_geo_set_place(V360GeoPoint *point, int64_t lat, int64_t lon);

/**
 * Append a point.
 *
 * @return 0, AVERROR(ENOMEM), or AVERROR_INVALIDDATA if there are too many
 */
int ff_v360_geo_add(V360GeoTrack *track, const V360GeoPoint *point);

#endif /* AVFILTER_V360BATCH_GEO_TRACK_H */
