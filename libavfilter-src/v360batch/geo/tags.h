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

#ifndef AVFILTER_V360BATCH_GEO_TAGS_H
#define AVFILTER_V360BATCH_GEO_TAGS_H

#include "libavfilter/v360batch/exif_ifd.h"
#include "track.h"

/**
 * @file
 * Date and place in EXIF. Functions that return an int return 0 or a negative
 * AVERROR, unless they say something else.
 */

/**
 * Get when a picture was taken by its own EXIF: DateTimeOriginal with its
 * fraction of a second and its zone, without which it is taken for UTC.
 *
 * @param time  set to microseconds since 1970
 * @return whether it says so
 */
int ff_v360_geo_get_date(AVExifMetadata *ifd, int64_t *time);

/** Write that date, to the millisecond, in UTC. */
int ff_v360_geo_set_date(AVExifMetadata *ifd, int64_t time);

/** @return whether there is a latitude and a longitude */
int ff_v360_geo_has_place(AVExifMetadata *ifd);

/**
 * Write a place instead of the one that is there.
 *
 * @param with_time  whether its time is that of the measurement
 */
int ff_v360_geo_write_place(AVExifMetadata *ifd, const V360GeoPoint *point,
                            int with_time);

#endif /* AVFILTER_V360BATCH_GEO_TAGS_H */
