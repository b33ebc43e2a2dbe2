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

#include <limits.h>
#include <math.h>

#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "exif.h"
#include "exif_ifd.h"

/* Samples of a view per millimetre of the sensor that its EXIF tells of. The
 * real one is not known, and no view has it: what counts is the focal length in
 * samples, which is the product. */
#define PITCH 100

/* Diagonal of a frame of 35 mm film as CIPA DCG-001 has it, and COLMAP. */
#define FILM_DIAGONAL 43.27

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

/** A positive number with nine decimals, or fewer where it is larger. */
static AVRational rational(double value)
{
    int scale = 1000000000;
    AVRational q;

    while (scale > 1 && value * scale >= INT_MAX)
        scale /= 10;
    av_reduce(&q.num, &q.den, llrint(fmin(value * scale, INT_MAX)), scale,
              INT_MAX);
    return q;
}

/**
 * Write the lens of a flat view. EXIF has a whole number of millimetres for the
 * equivalent of 35 mm film, which is 2 % off for a square view of 90 degrees; it
 * is a fraction here, as programs read it before all other tags.
 */
static int set_lens(AVExifMetadata *ifd, const V360Geometry *g)
{
    const double fx = g->w / (2 * tan(g->h_fov * (M_PI / 360)));
    const double fy = g->h / (2 * tan(g->v_fov * (M_PI / 360)));
    const double film = FILM_DIAGONAL * fx /
                        sqrt((double)g->w * g->w +
                             (double)g->h * g->h * (fx / fy) * (fx / fy));
    const V360ExifValue values[] = {
        { 0x920A, AV_TIFF_RATIONAL, .count = 1,
          .rational = { rational(fx / PITCH) } },
        { 0xA20E, AV_TIFF_RATIONAL, .count = 1,
          .rational = { { 10 * PITCH, 1 } } },
        { 0xA20F, AV_TIFF_RATIONAL, .count = 1,
          .rational = { rational(10 * PITCH * (fy / fx)) } },
        { 0xA210, AV_TIFF_SHORT, .number = 3 /* centimetres */ },
        { 0xA405, AV_TIFF_RATIONAL, .count = 1,
          .rational = { rational(film) } },
    };

    return ff_v360_exif_set_all(ifd, V360_IFD_EXIF, values,
                                FF_ARRAY_ELEMS(values));
}

static int set_view(AVExifMetadata *ifd, const V360View *view,
                    const V360Geometry *g)
{
    const V360ExifValue camera[] = {
        { 0x0100, AV_TIFF_LONG,   .number = g->w },
        { 0x0101, AV_TIFF_LONG,   .number = g->h },
        { 0x010F, AV_TIFF_STRING, .text = "v360batch" },
        { 0x0110, AV_TIFF_STRING, .text = view->name },
        { 0x0112, AV_TIFF_SHORT,  .number = 1 },     /* upright */
    };
    const V360ExifValue image[] = {
        { 0x9000, AV_TIFF_UNDEFINED, .bytes = "0300", .count = 4 },
        { 0xA002, AV_TIFF_SHORT,     .number = g->w },
        { 0xA003, AV_TIFF_SHORT,     .number = g->h },
    };
    int ret = ff_v360_exif_set_all(ifd, 0, camera, FF_ARRAY_ELEMS(camera));

    if (ret >= 0)
        ret = ff_v360_exif_set_all(ifd, V360_IFD_EXIF, image,
                                   FF_ARRAY_ELEMS(image));
    return ret < 0 || g->projection != V360_FLAT ? ret : set_lens(ifd, g);
}

int ff_v360_exif_of_view(AVFrame *frame, const V360View *view,
                         const V360Geometry *geometry)
{
    AVExifMetadata ifd;
    int ret;

    if (!view && !av_frame_get_side_data(frame, AV_FRAME_DATA_EXIF))
        return 0;
    for (int i = 0; i < FF_ARRAY_ELEMS(lens_tags); i++)
        av_dict_set(&frame->metadata, lens_tags[i].name, NULL, 0);
    ret = ff_v360_exif_take(&ifd, frame);
    if (ret < 0)
        return ret;
    ret = strip(&ifd);
    if (ret >= 0 && view)
        ret = set_view(&ifd, view, geometry);
    if (ret < 0)
        av_exif_free(&ifd);
    else
        ret = ff_v360_exif_store(frame, &ifd);
    return ret == AVERROR(ENOMEM) ? ret : 0;
}
