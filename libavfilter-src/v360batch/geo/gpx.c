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
 * GPX: the points of all tracks, by a reader of as much XML as that takes. It
 * reads no entity and no DOCTYPE, so that nothing in a file can grow.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "track.h"

#define MAX_DEPTH 64
#define SPACE " \t\r\n"

/** A name in the text. */
typedef struct Name {
    const char *at;
    int len;
} Name;

typedef struct Reader {
    const char *p;
    int depth;
    Name open[MAX_DEPTH];       ///< the elements that are open
    V360GeoTrack *track;
    V360GeoPoint point;
    int has_time;               ///< the point has one
    const char *bad;            ///< what is wrong; NULL: nothing
} Reader;

static int fail(Reader *r, const char *bad)
{
    r->bad = bad;
    return AVERROR_INVALIDDATA;
}

/** Compare a name without its prefix. */
static int is_called(const Name *name, const char *what)
{
    const char *colon = memchr(name->at, ':', name->len);
    const char *from = colon ? colon + 1 : name->at;
    const size_t len = name->at + name->len - from;

    return len == strlen(what) && !memcmp(from, what, len);
}

/** @return whether the element that is open at a depth is called so */
static int is_open(const Reader *r, int depth, const char *what)
{
    return depth > 0 && is_called(&r->open[depth - 1], what);
}

static Name take_name(Reader *r)
{
    Name name = { r->p };

    r->p    += strcspn(r->p, SPACE "/>=<\"'&");
    name.len = r->p - name.at;
    return name;
}

/** Go behind what ends with END. */
static int skip_to(Reader *r, const char *end)
{
    const char *at = strstr(r->p, end);

    if (!at)
        return fail(r, "it ends in the middle");
    r->p = at + strlen(end);
    return 0;
}

/** Read degrees that fill a value. @return whether they do */
static int read_degrees(const char *p, char quote, int max, int64_t *value)
{
    p += strspn(p, SPACE);
    if (ff_v360_geo_decimal(&p, 9, max * V360_GEO_DEGREE, value) < 0)
        return 0;
    p += strspn(p, SPACE);
    return *p == quote;
}

/**
 * Take the attributes of a tag.
 *
 * @param place  latitude and longitude; INT64_MIN where there is none
 */
static int take_attributes(Reader *r, int64_t place[2])
{
    while (1) {
        const size_t space = strspn(r->p, SPACE);
        Name name;
        char quote;

        r->p += space;
        if (*r->p == '>' || *r->p == '/')
            return 0;
        name  = take_name(r);
        r->p += strspn(r->p, SPACE);
        if (!space || !name.len || *r->p != '=')
            return fail(r, "a tag is not well-formed");
        r->p++;
        r->p += strspn(r->p, SPACE);
        quote = *r->p;
        if (quote != '"' && quote != '\'')
            return fail(r, "an attribute has no quotes");
        r->p++;
        if (is_called(&name, "lat") && !read_degrees(r->p, quote, 90, place))
            place[0] = INT64_MIN;
        if (is_called(&name, "lon") &&
            !read_degrees(r->p, quote, 180, place + 1))
            place[1] = INT64_MIN;
        r->p += strcspn(r->p, quote == '"' ? "\"<" : "'<");
        if (*r->p != quote)
            return fail(r, "a tag is not well-formed");
        r->p++;
    }
}

static int begin_point(Reader *r, const int64_t place[2])
{
    if (place[0] == INT64_MIN || place[1] == INT64_MIN)
        return fail(r, "a point lacks its latitude or longitude, or they are "
                       "no numbers of degrees up to 90 and 180");
    r->point    = (V360GeoPoint){ 0 };
    r->has_time = 0;
    return ff_v360_geo_set_place(&r->point, place[0], place[1]);
}

/** Take the text of an element that a point has, if it is one that counts. */
static int take_value(Reader *r)
{
    const char *p = r->p + strspn(r->p, SPACE);
    int64_t alt;

    if (!is_open(r, r->depth - 1, "trkpt"))
        return 0;
    if (is_open(r, r->depth, "time")) {
        if (ff_v360_geo_time(&p, &r->point.time) < 0)
            return fail(r, "the time of a point is none");
        r->has_time = 1;
    } else if (is_open(r, r->depth, "ele")) {
        if (ff_v360_geo_decimal(&p, 3, 100000000, &alt) < 0)
            return fail(r, "the elevation of a point is no number of metres");
        r->point.alt     = alt;
        r->point.has_alt = 1;
    } else {
        return 0;
    }
    p += strspn(p, SPACE);
    return *p == '<' ? 0 : fail(r, "something follows the time or elevation of "
                                   "a point");
}

/** Close the element that is open. Points without a time are left out. */
static int end_element(Reader *r)
{
    int ret = 0;

    if (is_open(r, r->depth, "trkpt") && r->has_time)
        ret = ff_v360_geo_add(r->track, &r->point);
    r->depth--;
    return ret;
}

static int take_end_tag(Reader *r)
{
    const Name name = take_name(r);
    const Name open = r->depth ? r->open[r->depth - 1] : (Name){ "" };

    r->p += strspn(r->p, SPACE);
    if (!open.len || name.len != open.len ||
        memcmp(name.at, open.at, name.len) || *r->p != '>')
        return fail(r, "an end tag does not fit its start tag");
    r->p++;
    return end_element(r);
}

static int take_start_tag(Reader *r)
{
    int64_t place[2] = { INT64_MIN, INT64_MIN };
    const Name name = take_name(r);
    int is_empty, ret;

    if (!name.len)
        return fail(r, "a tag is not well-formed");
    if (r->depth == MAX_DEPTH)
        return fail(r, "elements are nested too deep");
    if (!r->depth && !is_called(&name, "gpx"))
        return fail(r, "its first element is not gpx");
    ret = take_attributes(r, place);
    if (ret < 0)
        return ret;
    r->open[r->depth++] = name;
    is_empty = *r->p == '/';
    if (r->p[is_empty] != '>')
        return fail(r, "a tag is not well-formed");
    r->p += 1 + is_empty;
    if (is_open(r, r->depth, "trkpt"))
        ret = begin_point(r, place);
    if (ret >= 0)
        ret = is_empty ? end_element(r) : take_value(r);
    return ret;
}

/** Take what begins with "<". */
static int take_tag(Reader *r)
{
    const char *p = r->p++;

    if (*r->p == '?')
        return skip_to(r, "?>");
    if (!strncmp(p, "<!--", 4)) {
        r->p = p + 4;
        return skip_to(r, "-->");
    }
    if (!strncmp(p, "<![CDATA[", 9) && r->depth)
        return skip_to(r, "]]>");
    if (*r->p == '!')
        return fail(r, "declarations such as DOCTYPE are not taken");
    if (*r->p != '/')
        return take_start_tag(r);
    r->p++;
    return take_end_tag(r);
}

static int count_lines(const char *from, const char *to)
{
    int n = 1;

    while (from < to)
        n += *from++ == '\n';
    return n;
}

int ff_v360_geo_read_gpx(V360GeoTrack *track, const char *text,
                         V360GeoReason why)
{
    Reader r = { .p = text, .track = track };
    int ret = 0, nb_roots = 0;

    while (ret >= 0) {
        const size_t n = strcspn(r.p, "<");

        if (!r.depth && strspn(r.p, SPACE) < n)
            ret = fail(&r, "a text stands beside all elements");
        else if (!r.p[n])
            break;
        r.p += n;
        if (ret >= 0) {
            const int was_closed = !r.depth;

            ret = take_tag(&r);
            nb_roots += was_closed && r.depth;
        }
    }
    if (ret >= 0 && r.depth)
        ret = fail(&r, "it ends in the middle");
    if (ret >= 0 && nb_roots > 1)
        ret = fail(&r, "it has more than one first element");
    if (r.bad)
        snprintf(why, sizeof(V360GeoReason), "line %d: %s",
                 count_lines(text, r.p), r.bad);
    return ret;
}
