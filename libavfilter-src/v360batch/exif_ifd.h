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

#ifndef AVFILTER_V360BATCH_EXIF_IFD_H
#define AVFILTER_V360BATCH_EXIF_IFD_H

#include <stdint.h>

#include "libavcodec/exif.h"
#include "libavutil/frame.h"
#include "libavutil/rational.h"

/**
 * @file
 * The EXIF of a frame, to be changed: read, set entries, store. Functions that
 * return an int return 0 or a negative AVERROR.
 */

#define V360_IFD_EXIF 0x8769
#define V360_IFD_GPS  0x8825

/** A value of a tag, by its type. */
typedef struct V360ExifValue {
    uint16_t id;
    enum AVTiffDataType type;   ///< AV_TIFF_STRING, SHORT, LONG, BYTE,
                                ///< UNDEFINED or RATIONAL
    const char *text;           ///< of a string
    uint64_t number;            ///< a SHORT or LONG
    uint8_t bytes[4];           ///< of BYTE and UNDEFINED
    AVRational rational[3];
    unsigned count;             ///< of bytes or rationals
} V360ExifValue;

/**
 * Take the EXIF off a frame.
 *
 * @param ifd  written; empty if there is none or it cannot be parsed; to be
 *             given to ff_v360_exif_store() or av_exif_free()
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_exif_take(AVExifMetadata *ifd, AVFrame *frame);

/**
 * Give a frame EXIF, unless that has no entry. Entries are put into the order
 * of their numbers, as TIFF has it.
 *
 * @param ifd  freed in any case
 */
int ff_v360_exif_store(AVFrame *frame, AVExifMetadata *ifd);

/** @return a part of the EXIF, V360_IFD_..., or NULL if there is none */
AVExifMetadata *ff_v360_exif_part(AVExifMetadata *ifd, uint16_t part);

/** @return the text of an entry, or NULL if there is none */
const char *ff_v360_exif_text(AVExifMetadata *ifd, uint16_t part, uint16_t id);

/** Set an entry of a part of the EXIF, 0 being the main one. */
int ff_v360_exif_set(AVExifMetadata *ifd, uint16_t part,
                     const V360ExifValue *value);

/** Set N entries. */
int ff_v360_exif_set_all(AVExifMetadata *ifd, uint16_t part,
                         const V360ExifValue *values, int n);

#endif /* AVFILTER_V360BATCH_EXIF_IFD_H */
