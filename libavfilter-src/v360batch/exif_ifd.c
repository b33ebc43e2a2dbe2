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

#include <stdlib.h>
#include <string.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "exif_ifd.h"

int ff_v360_exif_take(AVExifMetadata *ifd, AVFrame *frame)
{
    const AVFrameSideData *sd = av_frame_get_side_data(frame,
                                                       AV_FRAME_DATA_EXIF);
    int ret;

    *ifd = (AVExifMetadata){ 0 };
    if (!sd)
        return 0;
    ret = av_exif_parse_buffer(NULL, sd->data, sd->size, ifd,
                               AV_EXIF_TIFF_HEADER);
    av_frame_remove_side_data(frame, AV_FRAME_DATA_EXIF);
    return ret == AVERROR(ENOMEM) ? ret : 0;
}

static int compare(const void *a, const void *b)
{
    const AVExifEntry *first = a, *second = b;

    return first->id - second->id;
}

static void sort(AVExifMetadata *ifd)
{
    if (ifd && ifd->count)
        qsort(ifd->entries, ifd->count, sizeof(*ifd->entries), compare);
}

int ff_v360_exif_store(AVFrame *frame, AVExifMetadata *ifd)
{
    AVBufferRef *buf = NULL;
    int ret = 0;

    sort(ifd);
    sort(ff_v360_exif_part(ifd, V360_IFD_EXIF));
    sort(ff_v360_exif_part(ifd, V360_IFD_GPS));
    if (ifd->count)
        ret = av_exif_write(NULL, ifd, &buf, AV_EXIF_TIFF_HEADER);
    av_exif_free(ifd);
    if (buf && !av_frame_side_data_add(&frame->side_data, &frame->nb_side_data,
                                       AV_FRAME_DATA_EXIF, &buf, 0)) {
        av_buffer_unref(&buf);
        ret = AVERROR(ENOMEM);
    }
    return ret;
}

AVExifMetadata *ff_v360_exif_part(AVExifMetadata *ifd, uint16_t part)
{
    AVExifEntry *entry = NULL;

    if (av_exif_get_entry(NULL, ifd, part, 0, &entry) <= 0 ||
        entry->type != AV_TIFF_IFD)
        return NULL;
    return &entry->value.ifd;
}

const char *ff_v360_exif_text(AVExifMetadata *ifd, uint16_t part, uint16_t id)
{
    AVExifMetadata *in = ff_v360_exif_part(ifd, part);
    AVExifEntry *entry = NULL;

    if (!in || av_exif_get_entry(NULL, in, id, 0, &entry) <= 0 ||
        entry->type != AV_TIFF_STRING)
        return NULL;
    return entry->value.str;
}

/** Set a string. The copy that is made of it is a byte longer than its count. */
static int set_text(AVExifMetadata *ifd, uint16_t id, const char *text)
{
    const size_t count = strlen(text) + 1;
    char *copy = av_mallocz(count + 1);
    int ret = AVERROR(ENOMEM);

    if (copy)
        ret = av_exif_set_entry(NULL, ifd, id, AV_TIFF_STRING, count, NULL, 0,
                                memcpy(copy, text, count));
    av_free(copy);
    return ret;
}

static int set(AVExifMetadata *ifd, const V360ExifValue *v)
{
    switch (v->type) {
    case AV_TIFF_STRING:
        return set_text(ifd, v->id, v->text);
    case AV_TIFF_SHORT:
    case AV_TIFF_LONG:
        return av_exif_set_entry(NULL, ifd, v->id, v->type, 1, NULL, 0,
                                 &v->number);
    case AV_TIFF_RATIONAL:
        return av_exif_set_entry(NULL, ifd, v->id, v->type, v->count, NULL, 0,
                                 v->rational);
    }
    return av_exif_set_entry(NULL, ifd, v->id, v->type, v->count, NULL, 0,
                             v->bytes);
}

int ff_v360_exif_set(AVExifMetadata *ifd, uint16_t part,
                     const V360ExifValue *value)
{
    static const AVExifMetadata empty;
    AVExifMetadata *in = part ? ff_v360_exif_part(ifd, part) : ifd;

    if (!in) {
        const int ret = av_exif_set_entry(NULL, ifd, part, AV_TIFF_IFD, 1,
                                          NULL, 0, &empty);

        if (ret < 0)
            return ret;
        in = ff_v360_exif_part(ifd, part);
    }
    return set(in, value);
}

int ff_v360_exif_set_all(AVExifMetadata *ifd, uint16_t part,
                         const V360ExifValue *values, int n)
{
    int ret = 0;

    for (int i = 0; i < n && ret >= 0; i++)
        ret = ff_v360_exif_set(ifd, part, &values[i]);
    return ret;
}
