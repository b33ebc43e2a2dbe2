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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "track.h"

static int compare(const void *a, const void *b)
{
    const V360GeoPoint *p = a, *q = b;

    if (p->time != q->time)
        return p->time < q->time ? -1 : 1;
    if (p->lat != q->lat)
        return p->lat < q->lat ? -1 : 1;
    if (p->lon != q->lon)
        return p->lon < q->lon ? -1 : 1;
    return p->has_alt != q->has_alt ? q->has_alt - p->has_alt :
           FFDIFFSIGN(p->alt, q->alt);
}

/** Put the points into the order of their times, and keep one of each time. */
static void sort(V360GeoTrack *track)
{
    V360GeoPoint *p = track->points;
    int nb = 0;

    if (track->nb)
        qsort(p, track->nb, sizeof(*p), compare);
    for (int i = 0; i < track->nb; i++)
        if (!nb || p[i].time != p[nb - 1].time)
            p[nb++] = p[i];
    track->nb = nb;
}

int ff_v360_geo_parse(V360GeoTrack *track, const char *text, size_t size,
                      V360GeoReason why)
{
    static const char bom[] = "\xef\xbb\xbf";
    const char *bad = NULL;
    int ret = 0;

    *track = (V360GeoTrack){ 0 };
    *why   = 0;
    if (size > V360_GEO_MAX_BYTES)
        bad = "it has more than 64 MiB";
    else if (memchr(text, 0, size))
        bad = "it is not a text in ASCII or UTF-8";
    if (!bad) {
        text += strncmp(text, bom, 3) ? 0 : 3;
        ret   = text[strspn(text, " \t\r\n")] == '<' ?
                ff_v360_geo_read_gpx(track, text, why) :
                ff_v360_geo_read_csv(track, text, why);
        if (ret == AVERROR_INVALIDDATA && !*why)
            bad = "it has more than 2 million points";
    }
    if (!bad && ret >= 0 && !track->nb)
        bad = "no point in it has a time";
    if (bad) {
        snprintf(why, sizeof(V360GeoReason), "%s", bad);
        ret = AVERROR_INVALIDDATA;
    }
    sort(track);
    return ret;
}

void ff_v360_geo_free(V360GeoTrack *track)
{
    av_freep(&track->points);
    track->nb   = 0;
    track->size = 0;
}

/** @return the index of the first point that is later, or their number */
static int find_later(const V360GeoTrack *track, int64_t time)
{
    int from = 0, to = track->nb;

    while (from < to) {
        const int middle = from + (to - from) / 2;

        if (track->points[middle].time > time)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

/** Mix A and B at T of ALL. */
static int64_t mix(int64_t a, int64_t b, int64_t t, int64_t all)
{
    return a + av_rescale(b - a, t, all);
}

int ff_v360_geo_find(const V360GeoTrack *track, V360GeoPoint *at, int64_t time,
                     int64_t max_gap, int64_t hold)
{
    const int64_t turn = 360 * V360_GEO_DEGREE;
    const V360GeoPoint *a, *b;
    int64_t all, lon;
    int later;

    if (!track->nb)
        return 0;
    later    = find_later(track, time);
    a        = &track->points[FFMAX(later - 1, 0)];
    b        = &track->points[FFMIN(later, track->nb - 1)];
    *at      = *a;
    at->time = time;
    if (a == b || a->time == time) /* beside the ends, or at a point */
        return FFABS(time - a->time) <= hold;
    all = b->time - a->time;
    if (all > max_gap) {
        if (b->time - time < time - a->time)
            a = b;
        *at      = *a;
        at->time = time;
        return FFABS(time - a->time) <= hold;
    }
    lon = b->lon;
    if (lon - a->lon > turn / 2)
        lon -= turn;
    else if (lon - a->lon < -turn / 2)
        lon += turn;
    at->lat = mix(a->lat, b->lat, time - a->time, all);
    at->lon = mix(a->lon, lon, time - a->time, all);
    if (at->lon < -turn / 2)
        at->lon += turn;
    else if (at->lon >= turn / 2)
        at->lon -= turn;
    at->has_alt = a->has_alt && b->has_alt;
    at->alt     = mix(a->alt, b->alt, time - a->time, all);
    return 1;
}
