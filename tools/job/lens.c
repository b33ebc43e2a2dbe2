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
 * Which part of the sphere the source shows, and whether it is one at all. Who
 * gives --input knows better.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/spherical.h"
#include "libavutil/stereo3d.h"
#include "source.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"
/* No panorama is larger. */
#define MAX_SIZE 32768

/** What the metadata say. */
typedef struct Lens {
    const char *projection; ///< a word for it; NULL: nothing
    int is_known;           ///< it is one that FFmpeg has read
    char word[32];          ///< holds it
    char stereo[32];        ///< words for it; "": nothing
    int swapped;            ///< the right eye comes first
    V360JobArea area;
    char bad[64];           ///< an area that does not fit
} Lens;

/** @return side data of the stream or its frame, or NULL */
static const void *side_data(const V360JobStream *s,
                             enum AVPacketSideDataType common,
                             enum AVFrameSideDataType own)
{
    const AVCodecParameters *par = s->st->codecpar;
    const AVPacketSideData *sd =
        av_packet_side_data_get(par->coded_side_data, par->nb_coded_side_data,
                                common);
    const AVFrameSideData *fd = av_frame_get_side_data(s->frame, own);

    return sd ? sd->data : fd ? fd->data : NULL;
}

/** Copy the text of an element of XML. @return whether there is one */
static int xml_value(char *value, size_t size, const char *xml,
                     const char *name)
{
    const char *at = strstr(xml, name);

    if (!at)
        return 0;
    at += strlen(name);
    at += strspn(at, " \t\r\n");
    av_strlcpy(value, at, FFMIN(size, strcspn(at, " \t\r\n<") + 1));
    return 1;
}

/** Google's spherical video of version 1, which FFmpeg reads in part. */
static void read_xml(Lens *lens, const char *xml, const V360JobStream *s)
{
    char value[32];

    if (!xml ||
        !xml_value(value, sizeof(value), xml, "GSpherical:Spherical>") ||
        !av_strcasecmp(value, "false"))
        return;
    if (xml_value(value, sizeof(value), xml, "GSpherical:ProjectionType>")) {
        av_strlcpy(lens->word, value, sizeof(lens->word));
        lens->projection = lens->word;
        lens->is_known   = 1;
    }
    if (!*lens->stereo &&
        xml_value(value, sizeof(value), xml, "GSpherical:StereoMode>") &&
        av_strcasecmp(value, "mono"))
        av_strlcpy(lens->stereo,
                   !av_strcasecmp(value, "left-right") ? "side by side" :
                   !av_strcasecmp(value, "top-bottom") ? "top and bottom" :
                   value, sizeof(lens->stereo));
    v360job_parse_area(&lens->area, lens->bad, xml, strlen(xml), "GSpherical",
                       s->frame->width, s->frame->height);
}

static void read_stereo(Lens *lens, const V360JobStream *s)
{
    const AVStereo3D *stereo = side_data(s, AV_PKT_DATA_STEREO3D,
                                         AV_FRAME_DATA_STEREO3D);

    if (!stereo || stereo->type == AV_STEREO3D_2D ||
        stereo->type == AV_STEREO3D_UNSPEC)
        return;
    av_strlcpy(lens->stereo, av_stereo3d_type_name(stereo->type),
               sizeof(lens->stereo));
    lens->swapped = stereo->flags & AV_STEREO3D_FLAG_INVERT;
}

/** By GPano in a picture; the word in it may be anything. */
static int read_picture(Lens *lens, const V360JobSource *source,
                        const V360JobStream *s)
{
    const char *word = v360job_tag(&source->tags, "GPano:ProjectionType");

    if (word && *word && !word[strspn(word, LETTERS)] &&
        av_strcasecmp(word, "equirectangular")) {
        av_strlcpy(lens->word, word, sizeof(lens->word));
        lens->projection = lens->word;
        lens->is_known   = 1;
    }
    return v360job_read_area(&lens->area, lens->bad, source->file,
                             s->frame->width, s->frame->height);
}

static int read_lens(Lens *lens, const V360JobSource *source,
                     const V360JobStream *s)
{
    const AVSphericalMapping *map = side_data(s, AV_PKT_DATA_SPHERICAL,
                                              AV_FRAME_DATA_SPHERICAL);
    const AVDictionaryEntry *webm =
        av_dict_get(s->st->metadata, "SPHERICAL-VIDEO", NULL, 0);
    V360JobSphere sphere = { 0 };
    int ret = v360job_read_sphere(&sphere, s);

    read_stereo(lens, s);
    if (ret >= 0 && source->is_still)
        ret = read_picture(lens, source, s);
    else if (ret >= 0)
        read_xml(lens, sphere.xml ? sphere.xml : webm ? webm->value : NULL, s);
    if (map) { /* version 2 counts more than version 1 */
        lens->projection = av_spherical_projection_name(map->projection);
        lens->is_known   = 1;
        v360job_read_bounds(&lens->area, lens->bad, s->st->codecpar,
                            s->frame->width, s->frame->height);
    }
    /* FFmpeg has not read this one, whatever it has read beside it. */
    if (sphere.projection && (!map || !strcmp(sphere.projection, "mesh"))) {
        lens->projection = sphere.projection;
        lens->is_known   = 0;
    }
    av_free(sphere.xml);
    return ret < 0 ? v360job_cannot("cannot read", source->file, ret) : 0;
}

/** VR180 is often written as a panorama that lacks a quarter at each side. */
static int is_half(const V360JobSource *source, const V360JobArea *area)
{
    return area->w == 2 * source->w && area->h == source->h &&
           area->x == source->w / 2 && !area->y;
}

static int set_projection(V360JobSource *source, Lens *lens)
{
    const char *word = lens->projection;

    source->projection = "equirect";
    if (!word)
        return 0;
    if (!strcmp(word, "mesh"))
        return v360job_error("the source says that a mesh is its projection, "
                             "which cannot be read: give --input, eac for a "
                             "video of YouTube, hequirect for VR180");
    if (!lens->is_known || (av_strcasecmp(word, "equirectangular") &&
                            !av_strstart(word, "tiled", NULL) &&
                            !av_strstart(word, "half", NULL)))
        return v360job_error("the source says that it is %s%s: give --input",
                             word, lens->is_known || *word != 'e' ? "" :
                             " in a way that cannot be read");
    if (av_strstart(word, "half", NULL)) {
        source->projection = "hequirect";
    } else if (!*lens->bad && is_half(source, &lens->area)) {
        source->projection = "hequirect";
        lens->area         = (V360JobArea){ 0 };
        v360job_say("a half sphere by the source's metadata: --input "
                    "hequirect");
    }
    return 0;
}

static int set_stereo(V360JobSource *source, const V360JobOptions *o,
                      const Lens *lens)
{
    static const char *const eyes[] = { "left", "right", "both" };

    if (o->stereo >= 0) {
        source->stereo = o->stereo;
        return 0;
    }
    if (!*lens->stereo)
        return 0;
    if (av_strstart(lens->stereo, "top and bottom", NULL))
        source->stereo = V360JOB_TB;
    else if (av_strstart(lens->stereo, "side by side", NULL))
        source->stereo = V360JOB_SBS;
    else
        return v360job_error("the source says that it is stereo, %s, which "
                             "cannot be read: give --stereo, 2d to take its "
                             "frames as they are", lens->stereo);
    v360job_say("stereo %s by the source's metadata, %s eye; --stereo 2d to "
                "ignore", v360job_stereos[source->stereo],
                eyes[FFMAX(o->eye, 0)]);
    if (lens->swapped)
        v360job_warn("by the source's metadata the right eye comes first: what "
                     "is called left is right");
    return 0;
}

static int refuse_area(const V360JobSource *source, const char *area,
                       const char *why)
{
    return v360job_error("the source says that it is cropped, a part of a "
                         "panorama of %s, which %s (%dx%d): --input equirect "
                         "takes it for a whole one", area, why, source->w,
                         source->h);
}

/** The rest of the panorama gets the colour of what views do not see. */
static int use_area(V360JobSource *source, const V360JobOptions *o,
                    const Lens *lens)
{
    const V360JobArea *a = &lens->area;
    char text[64];

    if (*lens->bad)
        return refuse_area(source, lens->bad, "does not fit its size");
    if (!a->w)
        return 0;
    snprintf(text, sizeof(text), "%dx%d+%d+%d", a->w, a->h, a->x, a->y);
    if (a->w > MAX_SIZE || a->h > MAX_SIZE || a->x > a->w - source->w ||
        a->y > a->h - source->h)
        return refuse_area(source, text, "does not fit its size");
    if (source->stereo != V360JOB_2D)
        return refuse_area(source, text, "cannot be used for a stereo source");
    if (source->rotation)
        return refuse_area(source, text, "cannot be used for a turned source");
    if (o->format == V360JOB_MP4 && v360job_is_odd(a))
        return refuse_area(source, text,
                           "is at an odd place, which mp4 does not allow");
    v360job_warn("the source is cropped, the part at %d,%d of a panorama of "
                 "%d x %d: what it lacks is black in the views; --input "
                 "equirect takes it for a whole one", a->x, a->y, a->w, a->h);
    source->area   = *a;
    source->pano_w = a->w;
    source->pano_h = a->h;
    return 0;
}

static int check_equirect(const V360JobSource *source)
{
    const int64_t w = (int64_t)source->eye_w * source->aspect.num;
    const int64_t h = (int64_t)source->eye_h * source->aspect.den;
    const char *hint = "";
    int ratio;

    if (source->eye_w < 8 || source->eye_h < 4)
        return v360job_error("the source, %d x %d, is too small for an "
                             "equirect", source->w, source->h);
    ratio = FFMIN(100 * w / h, INT32_MAX);
    if (ratio >= 97 && ratio <= 103)
        hint = "; top-bottom stereo? --stereo tb";
    if (ratio >= 390 && ratio <= 410)
        hint = "; side-by-side stereo? --stereo sbs";
    if (ratio < 195 || ratio > 205)
        v360job_warn("the source is not 2:1 as an equirect is, but %d.%02d:1%s",
                     ratio / 100, ratio % 100, hint);
    return 0;
}

int v360job_find_lens(V360JobSource *source, const V360JobOptions *o,
                      const V360JobStream *s)
{
    Lens lens = { 0 };
    int ret = read_lens(&lens, source, s);

    source->pano_w = source->w;
    source->pano_h = source->h;
    if (ret >= 0 && o->projection)
        source->projection = o->projection;
    else if (ret >= 0 && !lens.projection)
        ret = v360job_refuse_raw(source, o, s);
    if (ret >= 0 && !o->projection)
        ret = set_projection(source, &lens);
    if (ret >= 0)
        ret = set_stereo(source, o, &lens);
    if (ret >= 0 && source->rotation == V360JOB_MIRRORED)
        v360job_warn("the source's metadata mirror it, top to bottom, as "
                     "players show it: so it is split");
    else if (ret >= 0 && source->rotation)
        v360job_warn("the source's metadata turn it by %d degrees, as players "
                     "show it: so it is split", source->rotation);
    if (ret >= 0 && !o->projection)
        ret = use_area(source, o, &lens);
    source->eye_w = source->pano_w >> (source->stereo == V360JOB_SBS);
    source->eye_h = source->pano_h >> (source->stereo == V360JOB_TB);
    if (ret >= 0 && (!strcmp(source->projection, "equirect") ||
                     !strcmp(source->projection, "e")))
        ret = check_equirect(source);
    return ret;
}

int v360job_default_size(const V360JobSource *source, const V360JobOptions *o,
                         int *w, int *h)
{
    const double fov    = *o->h_fov ? strtod(o->h_fov, NULL) : 90;
    const double half   = fov * M_PI / 360;
    const double v_half = strtod(o->v_fov, NULL) * M_PI / 360;
    static const char *const names[][2] = {
        { "equirect", "4" }, { "e", "4" }, { "dfisheye", "4" },
        { "hequirect", "2" }, { "he", "2" }, { "fisheye", "2" },
        { "c3x2", "3" }, { "eac", "3" }, { "c6x1", "6" },
    };
    double width, height;
    int quarters = 0; /* of a circle, in the width of the source */

    for (size_t i = 0; i < FF_ARRAY_ELEMS(names); i++)
        if (!strcmp(source->projection, names[i][0]))
            quarters = *names[i][1] - '0';
    if (!quarters)
        return 0;
    /* As many pixels as the source has in the middle of a view, so that nothing
     * is invented, and not more than users of ring8 expect. */
    width = source->eye_w / quarters;
    if (fov != 90)
        width = width * 4 / M_PI * tan(half);
    *w = (int)(av_clipd(width, 2, 1920) / 2) * 2;
    height = *w;
    if (*o->v_fov) /* 60 degrees have a third of the pixels of 120 exactly */
        height = height * tan(v_half) / tan(half) + 1e-9;
    *h = (int)(av_clipd(height, 2, 16384) / 2) * 2;
    return 1;
}
