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

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "track.h"

int ff_v360_geo_set_place(V360GeoPoint *point, int64_t lat, int64_t lon)
{
    if (lat < -90 * V360_GEO_DEGREE || lat > 90 * V360_GEO_DEGREE ||
        lon < -180 * V360_GEO_DEGREE || lon > 180 * V360_GEO_DEGREE)
        return AVERROR_INVALIDDATA;
    point->lat = lat;
    point->lon = lon == 180 * V360_GEO_DEGREE ? -lon : lon;
    return 0;
}

int ff_v360_geo_add(V360GeoTrack *track, const V360GeoPoint *point)
{
    V360GeoPoint *points;

    if (track->nb >= V360_GEO_MAX_POINTS)
        return AVERROR_INVALIDDATA;
    points = av_fast_realloc(track->points, &track->size,
                             (track->nb + 1) * sizeof(*points));
    if (!points)
        return AVERROR(ENOMEM);
    track->points       = points;
    points[track->nb++] = *point;
    return 0;
}
