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

#include "libavcodec/exif.h"
#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "exif.h"

/* EXIF 3.0, tables 4 to 8. */
static const struct {
    uint16_t id;
    const char *name;   /* in AVFrame.metadata */
} lens_tags[] = {
    { 0x920A, "FocalLength" },
    { 0xA405, "FocalLengthIn35mmFilm" },
    { 0xA404, "DigitalZoomRatio" },
    { 0xA20E, "FocalPlaneXResolution" },
    { 0xA20F, "FocalPlaneYResolution" },
    { 0xA210, "FocalPlaneResolutionUnit" },
    { 0xA432, "LensSpecification" },
    { 0xA433, "LensMake" },
    { 0xA434, "LensModel" },
    { 0xA435, "LensSerialNumber" },
    { 0x9214, "SubjectArea" },       /* positions in the source's image */
    { 0xA214, "SubjectLocation" },
    { 0x927C, "MakerNote" },         /* lens data in a vendor's form */
    { 0xFFFC, "IFD1" },              /* FFmpeg's number: the thumbnail */
};

static int strip(AVExifMetadata *ifd)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(lens_tags); i++) {
        int ret;

        do {
            ret = av_exif_remove_entry(NULL, ifd, lens_tags[i].id,
                                       AV_EXIF_FLAG_RECURSIVE);
        } while (ret > 0);
        if (ret < 0)
            return ret;
    }
    return 0;
}

int ff_v360_exif_strip(AVFrame *frame)
{
    const AVFrameSideData *sd = av_frame_get_side_data(frame,
                                                       AV_FRAME_DATA_EXIF);
    AVExifMetadata ifd = { 0 };
    AVBufferRef *buf = NULL;
    int ret;

    if (!sd)
        return 0;
    for (int i = 0; i < FF_ARRAY_ELEMS(lens_tags); i++)
        av_dict_set(&frame->metadata, lens_tags[i].name, NULL, 0);
    ret = av_exif_parse_buffer(NULL, sd->data, sd->size, &ifd,
                               AV_EXIF_TIFF_HEADER);
    av_frame_remove_side_data(frame, AV_FRAME_DATA_EXIF);
    if (ret < 0)
        return ret == AVERROR(ENOMEM) ? ret : 0;
    ret = strip(&ifd);
    if (ret >= 0 && ifd.count)
        ret = av_exif_write(NULL, &ifd, &buf, AV_EXIF_TIFF_HEADER);
    av_exif_free(&ifd);
    if (buf && !av_frame_side_data_add(&frame->side_data, &frame->nb_side_data,
                                       AV_FRAME_DATA_EXIF, &buf, 0)) {
        av_buffer_unref(&buf);
        return AVERROR(ENOMEM);
    }
    return ret == AVERROR(ENOMEM) ? ret : 0;
}
