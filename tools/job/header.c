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
 * Headers of pictures, for v360job scan, where libavformat does not read them:
 * kinds of TIFF that FFmpeg decodes to black pictures, and the XMP tags GPano,
 * by which a picture is a part of a panorama.
 */

#define _GNU_SOURCE /* memmem */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

#define MAX_HEADER (1 << 20)

enum { TIFF_COMPRESSION = 259, TIFF_TILE_WIDTH = 322, TIFF_TILE_OFFSETS = 324,
       TIFF_DNG_VERSION = 50706 };

typedef struct Tiff {
    FILE *file;
    int be;
} Tiff;

static unsigned get16(const Tiff *t, const uint8_t *p)
{
    return t->be ? AV_RB16(p) : AV_RL16(p);
}

static const char *bad_compression(unsigned compression)
{
    static const uint16_t good[] = { 1, 2, 3, 4, 5, 8, 32773, 32946, 34925 };

    for (size_t i = 0; i < FF_ARRAY_ELEMS(good); i++)
        if (compression == good[i])
            return NULL;
    if (compression == 6 || compression == 7)
        return "it is a TIFF of JPEGs, which FFmpeg cannot read: convert it to "
               "a TIFF without compression or to PNG";
    return "it is a TIFF of a compression that FFmpeg cannot read: convert it "
           "to a TIFF without compression or to PNG";
}

/** Read the first directory, which is that of the picture. */
static const char *read_directory(const Tiff *t)
{
    uint8_t buf[12];
    const char *why = NULL;
    int n, tiles = 0;

    if (fread(buf, 1, 2, t->file) < 2)
        return NULL;
    n = get16(t, buf);
    while (n-- > 0 && fread(buf, 1, 12, t->file) == 12) {
        switch (get16(t, buf)) {
        case TIFF_DNG_VERSION: /* FFmpeg can read the tiles of a DNG */
            return NULL;
        case TIFF_TILE_WIDTH:
        case TIFF_TILE_OFFSETS:
            tiles = 1;
            break;
        case TIFF_COMPRESSION:
            why = bad_compression(get16(t, buf + 8));
            break;
        }
    }
    if (tiles)
        why = "it is a TIFF of tiles, which FFmpeg cannot read: convert it to "
              "a TIFF of strips or to PNG";
    return why;
}

const char *v360job_bad_tiff(const char *path)
{
    Tiff t = { .file = fopen(path, "rb") };
    const char *why = NULL;
    uint8_t buf[8];

    if (!t.file)
        return NULL;
    if (fread(buf, 1, sizeof(buf), t.file) == sizeof(buf)) {
        const uint32_t at = buf[0] == 'M' ? AV_RB32(buf + 4) : AV_RL32(buf + 4);

        t.be = buf[0] == 'M';
        if (!fseeko(t.file, at, SEEK_SET))
            why = read_directory(&t);
    }
    fclose(t.file);
    return why;
}

/** @return the number in NAME="12", NAME='12' or <NAME>12</NAME>, or -1 */
static int64_t read_tag(const char *text, size_t size, const char *name)
{
    const char *at = memmem(text, size, name, strlen(name)), *end = text + size;
    int64_t value = 0;

    if (!at)
        return -1;
    at += strlen(name);
    while (at < end && strchr("=\"'> \n\r\t", *at) && *at)
        at++;
    if (at == end || *at < '0' || *at > '9')
        return -1;
    for (; at < end && *at >= '0' && *at <= '9' && value < INT32_MAX; at++)
        value = value * 10 + *at - '0';
    return value;
}

/** Scale a tag of a picture that was scaled later; 0 if it is not integral. */
static int scale(int64_t *value, int size, int64_t tagged)
{
    if (*value * size % tagged)
        return 0;
    *value = *value * size / tagged;
    return 1;
}

static void print_area(char *area, size_t area_size, const char *text,
                       size_t size, int w, int h)
{
    int64_t full_w = read_tag(text, size, "GPano:FullPanoWidthPixels");
    int64_t full_h = read_tag(text, size, "GPano:FullPanoHeightPixels");
    int64_t part_w = read_tag(text, size, "GPano:CroppedAreaImageWidthPixels");
    int64_t part_h = read_tag(text, size, "GPano:CroppedAreaImageHeightPixels");
    int64_t x = read_tag(text, size, "GPano:CroppedAreaLeftPixels");
    int64_t y = read_tag(text, size, "GPano:CroppedAreaTopPixels");

    if (full_w <= 0 || full_h <= 0 || part_w <= 0 || part_h <= 0 ||
        (full_w == part_w && full_h == part_h))
        return;
    x = FFMAX(x, 0);
    y = FFMAX(y, 0);
    if (scale(&full_w, w, part_w) && scale(&x, w, part_w) &&
        scale(&full_h, h, part_h) && scale(&y, h, part_h))
        snprintf(area, area_size, " of %lldx%lld+%lld+%lld", (long long)full_w,
                 (long long)full_h, (long long)x, (long long)y);
    else
        snprintf(area, area_size, " of %lldx%lld cut to %lldx%lld",
                 (long long)full_w, (long long)full_h, (long long)part_w,
                 (long long)part_h);
}

void v360job_read_area(char *area, size_t size, const char *path, int w, int h)
{
    FILE *file = fopen(path, "rb");
    char *text = av_malloc(MAX_HEADER);
    size_t got;

    if (file && text && w > 0 && h > 0) {
        got = fread(text, 1, MAX_HEADER, file);
        print_area(area, size, text, got, w, h);
    }
    av_free(text);
    if (file)
        fclose(file);
}
