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
 * The part of a panorama that a source is, by XMP or by the bounds of a video.
 */

#define _GNU_SOURCE /* memmem */

#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/spherical.h"
#include "source.h"

/* No panorama is wider: a number above is not one of samples. */
#define MAX_NUMBER 9999999

enum { FULL_W, FULL_H, PART_W, PART_H, LEFT, TOP, NB_TAGS };

typedef struct Tag {
    int is_there, is_bad;
    int64_t value;
} Tag;

/** Read a number as TEXT has it, maybe with zeros behind a point. */
static void read_number(Tag *tag, const char *text, const char *end)
{
    const int minus = text < end && *text == '-';

    text += minus || (text < end && *text == '+');
    tag->is_bad = text == end || !av_isdigit(*text);
    for (; text < end && av_isdigit(*text); text++)
        if (tag->value <= MAX_NUMBER)
            tag->value = tag->value * 10 + *text - '0';
    if (text < end && *text == '.')
        for (text++; text < end && *text == '0';)
            text++;
    tag->is_bad |= text == end || !memchr("\"'< \t\r\n", *text, 7) ||
                   tag->value > MAX_NUMBER;
    if (minus)
        tag->value = -tag->value;
}

/** Read the tag NAME="12", NAME='12' or <NAME>12</NAME>. */
static Tag read_tag(const char *text, size_t size, const char *name)
{
    const char *at = memmem(text, size, name, strlen(name)), *end = text + size;
    Tag tag = { 0 };

    if (!at)
        return tag;
    at += strlen(name);
    if (at == end || !memchr("=> \t\r\n", *at, 6))
        return tag;
    while (at < end && memchr("=>\"' \t\r\n", *at, 8))
        at++;
    tag.is_there = 1;
    read_number(&tag, at, end);
    return tag;
}

/** Scale a tag of a picture that was scaled later; 0 if it is not integral. */
static int scale(int *to, int64_t value, int size, int64_t tagged)
{
    const int64_t product = value * size;

    if (value < 0 || product % tagged || product / tagged > INT32_MAX / 2)
        return 0;
    *to = product / tagged;
    return 1;
}

static void print_tag(char *text, size_t size, const char *before,
                      const Tag *tag)
{
    if (tag->is_there && !tag->is_bad)
        av_strlcatf(text, size, "%s%lld", before, (long long)tag->value);
    else
        av_strlcatf(text, size, "%s?", before);
}

static void print_tags(char *bad, size_t size, const Tag *tags)
{
    static const char *const before[] = { "", "x", " cut to ", "x", " at ",
                                          "," };

    for (int i = 0; i < NB_TAGS; i++)
        print_tag(bad, size, before[i], &tags[i]);
}

void v360job_parse_area(V360JobArea *area, char bad[64], const char *text,
                        size_t size, const char *prefix, int w, int h)
{
    static const char *const names[] = {
        "FullPanoWidthPixels", "FullPanoHeightPixels",
        "CroppedAreaImageWidthPixels", "CroppedAreaImageHeightPixels",
        "CroppedAreaLeftPixels", "CroppedAreaTopPixels",
    };
    Tag tags[NB_TAGS];
    V360JobArea found;
    int is_bad = 0;

    *bad = 0;
    for (int i = 0; i < NB_TAGS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "%s:%s", prefix, names[i]);
        tags[i] = read_tag(text, size, name);
        if (i <= PART_H && (!tags[i].is_there ||
                            (!tags[i].is_bad && !tags[i].value)))
            return;
        is_bad |= !tags[i].is_there || tags[i].is_bad || tags[i].value < 0;
        if (i == PART_H && !is_bad &&
            tags[FULL_W].value == tags[PART_W].value &&
            tags[FULL_H].value == tags[PART_H].value)
            return;
    }
    if (!is_bad &&
        scale(&found.w, tags[FULL_W].value, w, tags[PART_W].value) &&
        scale(&found.x, tags[LEFT].value,   w, tags[PART_W].value) &&
        scale(&found.h, tags[FULL_H].value, h, tags[PART_H].value) &&
        scale(&found.y, tags[TOP].value,    h, tags[PART_H].value))
        *area = found;
    else
        print_tags(bad, 64, tags);
}

int v360job_read_area(V360JobArea *area, char bad[64], const char *path,
                      int w, int h)
{
    size_t size;
    char *text;
    int ret = v360job_read_ends(&text, &size, path);

    *bad = 0;
    if (ret >= 0)
        v360job_parse_area(area, bad, text, size, "GPano", w, h);
    av_free(text);
    return ret;
}

/** @return size of the whole; bounds are shares of it in 0.32 fixed point */
static int whole_size(int64_t size, uint64_t before, uint64_t after)
{
    const int64_t unit = INT64_C(1) << 32;

    return FFMIN(av_rescale_rnd(size, unit,
                                FFMAX(unit - (int64_t)(before + after), 1),
                                AV_ROUND_NEAR_INF), INT32_MAX / 2);
}

void v360job_read_bounds(V360JobArea *area, char bad[64],
                         const AVCodecParameters *par, int w, int h)
{
    const AVPacketSideData *sd =
        av_packet_side_data_get(par->coded_side_data, par->nb_coded_side_data,
                                AV_PKT_DATA_SPHERICAL);
    const AVSphericalMapping *map = sd ?
        (const AVSphericalMapping *)sd->data : NULL;
    const int64_t unit = INT64_C(1) << 32;

    if (!map || map->projection != AV_SPHERICAL_EQUIRECTANGULAR_TILE)
        return;
    *bad    = 0;
    area->w = whole_size(w, map->bound_left, map->bound_right);
    area->h = whole_size(h, map->bound_top, map->bound_bottom);
    area->x = av_rescale(area->w, map->bound_left, unit);
    area->y = av_rescale(area->h, map->bound_top, unit);
}
