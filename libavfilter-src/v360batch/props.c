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

#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/spherical.h"
#include "exif.h"
#include "props.h"

/* Side data about the source's image or its display, though no property of its
 * descriptor says so. */
static const enum AVFrameSideDataType of_the_source[] = {
    AV_FRAME_DATA_AFD,
    AV_FRAME_DATA_STEREO3D,
    AV_FRAME_DATA_DISPLAYMATRIX,
    AV_FRAME_DATA_VIEW_ID,
    AV_FRAME_DATA_3D_REFERENCE_DISPLAYS,
    AV_FRAME_DATA_VIDEO_ENC_PARAMS,
};

/*
 * Whether side data has windows and statistics of one frame's colours, as that
 * of HDR10+ has: it depends on colours, and does not hold for a whole stream.
 * Dolby Vision's stays, because without it there are no colours at all.
 */
static int is_dynamic_hdr(enum AVFrameSideDataType type)
{
    const AVSideDataDescriptor *desc = av_frame_side_data_desc(type);

    return desc && (desc->props & AV_SIDE_DATA_PROP_COLOR_DEPENDENT) &&
           !(desc->props & AV_SIDE_DATA_PROP_GLOBAL) &&
           type != AV_FRAME_DATA_DOVI_RPU_BUFFER &&
           type != AV_FRAME_DATA_DOVI_METADATA;
}

static void remove_side_data(AVFrameSideData ***sd, int *nb_sd)
{
    av_frame_side_data_remove_by_props(sd, nb_sd,
                                       AV_SIDE_DATA_PROP_SIZE_DEPENDENT);
    for (int i = 0; i < FF_ARRAY_ELEMS(of_the_source); i++)
        av_frame_side_data_remove(sd, nb_sd, of_the_source[i]);
    for (int i = *nb_sd - 1; i >= 0; i--)
        if (is_dynamic_hdr((*sd)[i]->type)) {
            av_frame_side_data_remove(sd, nb_sd, (*sd)[i]->type);
            i = *nb_sd;
        }
}

/*
 * The spherical mapping of a view that is a whole sphere, or -1. FFmpeg's
 * cubemap is 3x2, and its faces up and down are upside down to v360's. Views
 * with padding have none, as v360 counts it as a share of the faces.
 */
static int spherical_projection(const V360Geometry *g)
{
    if (g->projection == V360_EQUIRECT)
        return g->h_fov == 360.0 && g->v_fov == 180.0 ?
               AV_SPHERICAL_EQUIRECTANGULAR : -1;
    if (g->projection == V360_C3X2)
        return !strcmp(g->forder, V360_FORDER) && !strcmp(g->frot, "002200") &&
               g->pad == 0.0 && !g->fpad ? AV_SPHERICAL_CUBEMAP : -1;
    return -1;
}

int ff_v360_side_data(AVFrameSideData ***sd, int *nb_sd,
                      const V360Geometry *geometry)
{
    const int projection = spherical_projection(geometry);
    AVSphericalMapping *mapping;
    AVFrameSideData *entry;
    size_t size;

    remove_side_data(sd, nb_sd);
    if (projection < 0)
        return 0;
    mapping = av_spherical_alloc(&size);
    if (!mapping)
        return AVERROR(ENOMEM);
    mapping->projection = projection;
    entry = av_frame_side_data_new(sd, nb_sd, AV_FRAME_DATA_SPHERICAL, size,
                                   0);
    if (entry)
        memcpy(entry->data, mapping, size);
    av_free(mapping);
    return entry ? 0 : AVERROR(ENOMEM);
}

/* Print a number like "%.9g" in the C locale: other locales have another
 * decimal point, of one byte or more. */
static void print_number(char *text, size_t size, double value)
{
    char *dst = text, *src = text;

    snprintf(text, size, "%.9g", value);
    while (*src) {
        const size_t n = strcspn(src, "0123456789+-e");

        if (n)
            *dst++ = '.';
        else
            *dst++ = *src;
        src += FFMAX(n, 1);
    }
    *dst = 0;
}

static int set_metadata(AVFrame *out, const char *key, double value)
{
    char name[64], text[32];

    snprintf(name, sizeof(name), "lavfi.v360batch.%s", key);
    print_number(text, sizeof(text), value);
    return av_dict_set(&out->metadata, name, text, 0);
}

int ff_v360_frame_props(AVFrame *out, const AVFrame *in, const V360View *view,
                        const V360Geometry *geometry, int exif)
{
    int ret = av_frame_copy_props(out, in);

    if (ret < 0)
        return ret;
    out->sample_aspect_ratio = (AVRational){ 1, 1 };
    out->crop_top = out->crop_bottom = out->crop_left = out->crop_right = 0;
    /* a line of a view belongs to neither field */
    out->flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);

    if ((ret = ff_v360_side_data(&out->side_data, &out->nb_side_data,
                                 geometry)) < 0 ||
        (ret = ff_v360_exif_of_view(out, exif ? view : NULL, geometry)) < 0 ||
        (ret = av_dict_set(&out->metadata, "lavfi.v360batch.view", view->name,
                           0)) < 0 ||
        (ret = set_metadata(out, "yaw",   view->yaw))       < 0 ||
        (ret = set_metadata(out, "pitch", view->pitch))     < 0 ||
        (ret = set_metadata(out, "roll",  view->roll))      < 0 ||
        (ret = set_metadata(out, "h_fov", geometry->h_fov)) < 0 ||
        (ret = set_metadata(out, "v_fov", geometry->v_fov)) < 0)
        return ret;
    return 0;
}
