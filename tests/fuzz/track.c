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
 * Fuzz target of the places by time that geotag and split360 read; README says
 * how to run it. The input is a track, or a place of ISO 6709.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavfilter/v360batch/geo/track.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void check_place(const V360GeoPoint *p)
{
    require(p->lat >= -90 * V360_GEO_DEGREE && p->lat <= 90 * V360_GEO_DEGREE,
            "latitude");
    require(p->lon >= -180 * V360_GEO_DEGREE && p->lon < 180 * V360_GEO_DEGREE,
            "longitude");
    require(p->alt >= -100000000 && p->alt <= 100000000, "altitude");
}

/** Look between each two points and beside all of them. */
static void check_track(const V360GeoTrack *track)
{
    const int64_t hold = V360_GEO_SECOND;
    V360GeoPoint at;

    for (int i = 0; i < track->nb; i++) {
        const V360GeoPoint *p = &track->points[i];

        check_place(p);
        require(!i || p->time > p[-1].time, "order");
        require(ff_v360_geo_find(track, &at, p->time, INT64_MAX, 0) &&
                at.lat == p->lat && at.lon == p->lon, "a point");
        if (!i)
            continue;
        require(ff_v360_geo_find(track, &at,
                                 p[-1].time + (p->time - p[-1].time) / 3,
                                 INT64_MAX, 0), "a place between two points");
        check_place(&at);
        require(at.lat >= FFMIN(p->lat, p[-1].lat) &&
                at.lat <= FFMAX(p->lat, p[-1].lat), "between");
    }
    require(track->nb > 0 &&
            !ff_v360_geo_find(track, &at, track->points[0].time - hold - 1,
                              INT64_MAX, hold), "before the track");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    V360GeoReason why;
    V360GeoTrack track;
    V360GeoPoint at;
    int ret;

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    ret = ff_v360_geo_parse(&track, text, size, why);
    require(ret >= 0 ? !*why : (ret == AVERROR_INVALIDDATA) == !!*why,
            "a reason");
    if (ret >= 0)
        check_track(&track);
    ff_v360_geo_free(&track);
    if (ff_v360_geo_parse_place(&at, text) >= 0)
        check_place(&at);
    free(text);
    return 0;
}
