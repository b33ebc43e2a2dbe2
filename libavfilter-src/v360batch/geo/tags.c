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
#include <string.h>
#include <time.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/time_internal.h"
#include "tags.h"

/* EXIF 3.0, tables 8 and 15 */
#define DATE         0x9003     /* DateTimeOriginal */
#define DATE_OFFSET  0x9011     /* OffsetTimeOriginal */
#define DATE_SUBSEC  0x9291     /* SubSecTimeOriginal */
#define GPS_VERSION  0
#define GPS_LAT_REF  1
#define GPS_LAT      2
#define GPS_LON_REF  3
#define GPS_LON      4
#define GPS_ALT_REF  5
#define GPS_ALT      6
#define GPS_TIME     7
#define GPS_DATUM    0x12
#define GPS_DATE     0x1D

#define MILLI (V360_GEO_SECOND / 1000)

/** Append the value of an entry to a text of BUF. */
static void append(char *buf, size_t size, const char *mark, const char *value)
{
    const size_t n = strlen(buf);

    if (value)
        snprintf(buf + n, size - n, "%s%s", mark, value);
}

int ff_v360_geo_get_date(AVExifMetadata *ifd, int64_t *time)
{
    const char *date   = ff_v360_exif_text(ifd, V360_IFD_EXIF, DATE);
    const char *subsec = ff_v360_exif_text(ifd, V360_IFD_EXIF, DATE_SUBSEC);
    const char *offset = ff_v360_exif_text(ifd, V360_IFD_EXIF, DATE_OFFSET);
    char buf[64] = "";
    const char *p = buf;

    if (!date || strlen(date) != 19)
        return 0;
    append(buf, sizeof(buf), "", date);
    if (subsec && *subsec >= '0' && *subsec <= '9')
        snprintf(buf + 19, sizeof(buf) - 19, ".%.9s", subsec);
    /* Texts of EXIF may be padded with spaces. */
    buf[19 + strcspn(buf + 19, " ")] = 0;
    if (offset && (*offset == '+' || *offset == '-'))
        append(buf, sizeof(buf), "", offset);
    return ff_v360_geo_time(&p, time) >= 0;
}

/** Take a time apart. @return AVERROR_INVALIDDATA if it is none of EXIF */
static int split_time(int64_t time, struct tm *tm, int *millis)
{
    const int64_t seconds = av_rescale_rnd(time, 1, V360_GEO_SECOND,
                                           AV_ROUND_DOWN);
    const time_t t = seconds;

    *millis = (time - seconds * V360_GEO_SECOND) / MILLI;
    if (t != seconds || !gmtime_r(&t, tm) || tm->tm_year < -1900 ||
        tm->tm_year > 9999 - 1900)
        return AVERROR_INVALIDDATA;
    return 0;
}

int ff_v360_geo_set_date(AVExifMetadata *ifd, int64_t time)
{
    char date[64], subsec[16];
    struct tm tm;
    int millis, ret = split_time(av_rescale(time, 1, MILLI) * MILLI, &tm,
                                 &millis);
    const V360ExifValue values[] = {
        { 0x9000,      AV_TIFF_UNDEFINED, .bytes = "0300", .count = 4 },
        { DATE,        AV_TIFF_STRING, .text = date },
        { DATE_OFFSET, AV_TIFF_STRING, .text = "+00:00" },
        { DATE_SUBSEC, AV_TIFF_STRING, .text = subsec },
    };

    if (ret < 0)
        return ret;
    snprintf(date, sizeof(date), "%04d:%02d:%02d %02d:%02d:%02d",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
    snprintf(subsec, sizeof(subsec), "%03d", millis);
    return ff_v360_exif_set_all(ifd, V360_IFD_EXIF, values,
                                FF_ARRAY_ELEMS(values));
}

int ff_v360_geo_has_place(AVExifMetadata *ifd)
{
    AVExifMetadata *gps = ff_v360_exif_part(ifd, V360_IFD_GPS);
    AVExifEntry *entry;

    return gps && av_exif_get_entry(NULL, gps, GPS_LAT, 0, &entry) > 0 &&
           av_exif_get_entry(NULL, gps, GPS_LON, 0, &entry) > 0;
}

/** Degrees, minutes, and seconds to their millionth, 0.03 mm on the ground. */
static V360ExifValue angle(uint16_t id, int64_t degrees)
{
    /* 1e-9 degrees are 3.6 millionths of a second. */
    const int64_t all = (FFABS(degrees) * 36 + 5) / 10;
    const int64_t minute = 60 * INT64_C(1000000);

    return (V360ExifValue){
        id, AV_TIFF_RATIONAL, .count = 3,
        .rational = { { all / (60 * minute), 1 },
                      { all / minute % 60, 1 },
                      { all % minute, 1000000 } },
    };
}

static int set_fix_time(AVExifMetadata *ifd, int64_t time)
{
    struct tm tm;
    int millis, ret = split_time(time, &tm, &millis);
    char date[64];
    V360ExifValue values[] = {
        { GPS_TIME, AV_TIFF_RATIONAL, .count = 3 },
        { GPS_DATE, AV_TIFF_STRING, .text = date },
    };

    if (ret < 0)
        return ret;
    values[0].rational[0] = (AVRational){ tm.tm_hour, 1 };
    values[0].rational[1] = (AVRational){ tm.tm_min, 1 };
    values[0].rational[2] = (AVRational){ tm.tm_sec * 1000 + millis, 1000 };
    snprintf(date, sizeof(date), "%04d:%02d:%02d", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday);
    return ff_v360_exif_set_all(ifd, V360_IFD_GPS, values,
                                FF_ARRAY_ELEMS(values));
}

int ff_v360_geo_write_place(AVExifMetadata *ifd, const V360GeoPoint *point,
                            int with_time)
{
    const V360ExifValue values[] = {
        { GPS_VERSION, AV_TIFF_BYTE, .bytes = { 2, 4, 0, 0 }, .count = 4 },
        { GPS_LAT_REF, AV_TIFF_STRING, .text = point->lat < 0 ? "S" : "N" },
        angle(GPS_LAT, point->lat),
        { GPS_LON_REF, AV_TIFF_STRING, .text = point->lon < 0 ? "W" : "E" },
        angle(GPS_LON, point->lon),
        { GPS_DATUM, AV_TIFF_STRING, .text = "WGS-84" },
    };
    const V360ExifValue height[] = {
        { GPS_ALT_REF, AV_TIFF_BYTE, .bytes = { point->alt < 0 }, .count = 1 },
        { GPS_ALT, AV_TIFF_RATIONAL, .count = 1,
          .rational = { { FFABS(point->alt), 1000 } } },
    };
    int ret = av_exif_remove_entry(NULL, ifd, V360_IFD_GPS, 0);

    if (ret >= 0)
        ret = ff_v360_exif_set_all(ifd, V360_IFD_GPS, values,
                                   FF_ARRAY_ELEMS(values));
    if (ret >= 0 && point->has_alt)
        ret = ff_v360_exif_set_all(ifd, V360_IFD_GPS, height,
                                   FF_ARRAY_ELEMS(height));
    return ret < 0 || !with_time ? ret : set_fix_time(ifd, point->time);
}
