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
 * Headers of pictures, where libavformat does not read them: kinds of TIFF that
 * FFmpeg decodes to black pictures, the orientation, and the end of a file.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "source.h"

#define TAIL 65536

enum { TIFF_COMPRESSION = 259, TIFF_ORIENTATION = 274, TIFF_TILE_WIDTH = 322,
       TIFF_TILE_OFFSETS = 324, TIFF_DNG_VERSION = 50706 };

/** A directory of a TIFF, which EXIF is, too. */
typedef struct Tiff {
    FILE *file;
    int be, left;
    unsigned tag, type, value; ///< of the entry that was read
} Tiff;

static unsigned get16(const Tiff *t, const uint8_t *p)
{
    return t->be ? AV_RB16(p) : AV_RL16(p);
}

/** Go to the first directory, which is that of the picture. */
static const char *open_tiff(Tiff *t, FILE *file, int64_t start)
{
    uint8_t buf[8];
    uint32_t at;

    *t = (Tiff){ .file = file };
    if (fseeko(file, start, SEEK_SET) || fread(buf, 1, 8, file) < 8)
        return NULL;
    t->be = buf[0] == 'M';
    if (get16(t, buf + 2) == 43)
        return "it is a BigTIFF, which FFmpeg cannot read: convert it to a "
               "TIFF of less than 4 GiB or to PNG";
    at = t->be ? AV_RB32(buf + 4) : AV_RL32(buf + 4);
    if (!fseeko(file, start + at, SEEK_SET) && fread(buf, 1, 2, file) == 2)
        t->left = get16(t, buf);
    return NULL;
}

static int next_entry(Tiff *t)
{
    uint8_t buf[12];

    if (t->left <= 0 || fread(buf, 1, sizeof(buf), t->file) < sizeof(buf))
        return 0;
    t->left--;
    t->tag   = get16(t, buf);
    t->type  = get16(t, buf + 2);
    t->value = get16(t, buf + 8);
    return 1;
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

/** @return RESULT, or a negative AVERROR if the file could not be read */
static int close_file(FILE *file, int result)
{
    const int failed = ferror(file);

    fclose(file);
    return failed ? AVERROR(EIO) : result;
}

int v360job_bad_tiff(const char **reason, const char *path)
{
    FILE *file = fopen(path, "rb");
    const char *why;
    int tiles = 0;
    Tiff t;

    if (!file)
        return AVERROR(errno);
    why = open_tiff(&t, file, 0);
    while (next_entry(&t)) {
        if (t.tag == TIFF_COMPRESSION)
            why = bad_compression(t.value);
        tiles |= t.tag == TIFF_TILE_WIDTH || t.tag == TIFF_TILE_OFFSETS;
        if (t.tag == TIFF_DNG_VERSION) { /* whose tiles FFmpeg can read */
            why   = NULL;
            tiles = 0;
            break;
        }
    }
    if (tiles)
        why = "it is a TIFF of tiles, which FFmpeg cannot read: convert it to "
              "a TIFF of strips or to PNG";
    *reason = why;
    return close_file(file, 0);
}

/** Go behind the marker of a JPEG's segment. @return the marker, or 0 */
static int next_segment(FILE *file, int64_t *at, unsigned *size)
{
    uint8_t buf[4];

    do { /* there may be more bytes than one of 0xff before a marker */
        if (fseeko(file, (*at)++, SEEK_SET) || fread(buf, 1, 4, file) < 4 ||
            buf[0] != 0xff)
            return 0;
    } while (buf[1] == 0xff);
    *size = AV_RB16(buf + 2);
    *at  += 3;
    return buf[1];
}

/** @return where the EXIF of a JPEG begins, or -1 */
static int64_t exif_of_jpeg(FILE *file)
{
    int64_t at = 2;
    unsigned size;
    uint8_t buf[6];
    int marker;

    while ((marker = next_segment(file, &at, &size)) && marker != 0xda) {
        if (marker == 0xe1 && fread(buf, 1, 6, file) == 6 &&
            !memcmp(buf, "Exif\0", 6))
            return at + 6;
        at += (int)size - 2;
    }
    return -1;
}

/**
 * @return where the EXIF of a PNG or WebP begins, or -1. Both are chunks; in a
 * PNG it lies before the many chunks of samples.
 */
static int64_t exif_of_chunks(FILE *file, int is_png)
{
    int64_t at = is_png ? 8 : 12;
    uint8_t buf[8];

    for (int i = 0; i < 256; i++) {
        uint32_t size;

        if (fseeko(file, at, SEEK_SET) || fread(buf, 1, 8, file) < 8 ||
            !memcmp(buf + 4, "IDAT", 4))
            break;
        size = is_png ? AV_RB32(buf) : AV_RL32(buf + 4);
        if (!memcmp(buf + 4 * is_png, is_png ? "eXIf" : "EXIF", 4))
            return at + 8;
        at += is_png ? 12 + (int64_t)size : 8 + (int64_t)size + (size & 1);
    }
    return -1;
}

int v360job_orientation(const char *path)
{
    FILE *file = fopen(path, "rb");
    int64_t at = -1;
    int orientation = 1;
    uint8_t buf[12];
    Tiff t;

    if (!file)
        return AVERROR(errno);
    if (fread(buf, 1, sizeof(buf), file) == sizeof(buf)) {
        if (buf[0] == 0xff && buf[1] == 0xd8)
            at = exif_of_jpeg(file);
        else if (!memcmp(buf, "\x89PNG", 4) || !memcmp(buf + 8, "WEBP", 4))
            at = exif_of_chunks(file, buf[0] == 0x89);
        else if (!memcmp(buf, "II*", 4) || !memcmp(buf, "MM\0*", 4))
            at = 0;
    }
    if (at >= 0 && !open_tiff(&t, file, at))
        while (next_entry(&t))
            if (t.tag == TIFF_ORIENTATION && t.type == 3 && t.value <= 8)
                orientation = FFMAX(t.value, 1);
    return close_file(file, orientation);
}

/** @return whether a mark of two to four bytes is in a file from AT on */
static int has_mark(FILE *file, int64_t at, const char *mark, size_t size)
{
    uint8_t buf[TAIL];
    size_t had = 0, got;

    if (fseeko(file, at, SEEK_SET))
        return 0;
    while ((got = fread(buf + had, 1, sizeof(buf) - had, file)) > 0) {
        got += had;
        for (size_t i = 0; i + size <= got; i++)
            if (buf[i] == (uint8_t)*mark && !memcmp(buf + i, mark, size))
                return 1;
        had = FFMIN(size - 1, got);
        memmove(buf, buf + got - had, had);
    }
    return 0;
}

/**
 * @return whether the mark at the end is behind the start of the samples.
 * Cameras append data to a JPEG, maybe a whole video.
 */
static int jpeg_has_end(FILE *file)
{
    int64_t at = 2;
    unsigned size;
    int marker;

    while ((marker = next_segment(file, &at, &size)) && marker != 0xda)
        at += (int)size - 2;
    return marker && has_mark(file, at, "\xff\xd9", 2);
}

int v360job_is_cut_off(const char *path, enum AVCodecID id)
{
    const int is_png = id == AV_CODEC_ID_PNG;
    FILE *file;
    int64_t at;
    int whole;

    if (!is_png && id != AV_CODEC_ID_MJPEG)
        return 0;
    file = fopen(path, "rb");
    if (!file)
        return AVERROR(errno);
    fseeko(file, 0, SEEK_END);
    at    = FFMAX(ftello(file) - TAIL, 0);
    whole = has_mark(file, at, is_png ? "IEND" : "\xff\xd9", is_png ? 4 : 2) ||
            (!is_png && jpeg_has_end(file));
    return close_file(file, !whole);
}
