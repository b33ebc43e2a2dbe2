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
 * Date and place of the source's frames, in their EXIF.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/opt.h"
#include "filters.h"
#include "v360batch/geo/tags.h"
#include "v360batch/geo/track.h"
#include "video.h"

typedef struct GeotagContext {
    const AVClass *class;

    /* options */
    char *creation_time, *location, *track_name;
    int64_t offset, track_offset;   ///< microseconds
    int64_t max_gap, hold;          ///< microseconds

    V360GeoTrack track;
    V360GeoPoint place;             ///< of location
    int64_t created;                ///< AV_NOPTS_VALUE: it is not known when
} GeotagContext;

static av_cold int read_track(AVFilterContext *ctx)
{
    GeotagContext *s = ctx->priv;
    V360GeoReason why = "";
    uint8_t *map;
    char *text;
    size_t size, taken;
    int ret = av_file_map(s->track_name, &map, &size, 0, ctx);

    if (ret < 0)
        return ret;
    taken = FFMIN(size, V360_GEO_MAX_BYTES + 1);
    text  = av_malloc(taken + 1);
    if (text) {
        if (taken) /* nothing is mapped of an empty file */
            memcpy(text, map, taken);
        text[taken] = 0;
        ret = ff_v360_geo_parse(&s->track, text, taken, why);
    } else {
        ret = AVERROR(ENOMEM);
    }
    av_file_unmap(map, size);
    av_free(text);
    if (ret < 0)
        av_log(ctx, AV_LOG_ERROR, "track %s: %s\n", s->track_name,
               *why ? why : av_err2str(ret));
    return ret;
}

static av_cold int init(AVFilterContext *ctx)
{
    GeotagContext *s = ctx->priv;
    const char *text = s->creation_time;

    s->created = AV_NOPTS_VALUE;
    if (text && (ff_v360_geo_time(&text, &s->created) < 0 || *text)) {
        av_log(ctx, AV_LOG_ERROR, "creation_time '%s' is neither a date and "
               "time of ISO 8601 nor seconds since 1970\n", s->creation_time);
        return AVERROR(EINVAL);
    }
    if (s->location && ff_v360_geo_parse_place(&s->place, s->location) < 0) {
        av_log(ctx, AV_LOG_ERROR, "location '%s' is no place of ISO 6709, such "
               "as +48.1371+011.5754/\n", s->location);
        return AVERROR(EINVAL);
    }
    return s->track_name ? read_track(ctx) : 0;
}

static av_cold void uninit(AVFilterContext *ctx)
{
    GeotagContext *s = ctx->priv;

    ff_v360_geo_free(&s->track);
}

/** @return when a frame was shown first, by the stream; or AV_NOPTS_VALUE */
static int64_t time_of(const AVFilterLink *link, const AVFrame *frame)
{
    const GeotagContext *s = link->dst->priv;

    if (s->created == AV_NOPTS_VALUE || frame->pts == AV_NOPTS_VALUE)
        return AV_NOPTS_VALUE;
    return av_sat_add64(s->created + s->offset,
                        av_rescale_q(frame->pts, link->time_base,
                                     AV_TIME_BASE_Q));
}

static int set_place(const GeotagContext *s, AVExifMetadata *ifd, int64_t time)
{
    V360GeoPoint at;

    if (time != AV_NOPTS_VALUE &&
        ff_v360_geo_find(&s->track, &at,
                         av_sat_add64(time, s->track_offset), s->max_gap,
                         s->hold))
        return ff_v360_geo_write_place(ifd, &at, 1);
    if (s->location && !ff_v360_geo_has_place(ifd))
        return ff_v360_geo_write_place(ifd, &s->place, 0);
    return 0;
}

/* What a frame's own EXIF says of its time is right, as that of a picture. */
static int set_tags(AVFilterLink *link, AVFrame *frame)
{
    const GeotagContext *s = link->dst->priv;
    AVExifMetadata ifd;
    int64_t time;
    int ret = ff_v360_exif_take(&ifd, frame);

    if (ret < 0)
        return ret;
    if (!ff_v360_geo_get_date(&ifd, &time)) {
        time = time_of(link, frame);
        if (time != AV_NOPTS_VALUE)
            ret = ff_v360_geo_set_date(&ifd, time);
    }
    if (ret >= 0)
        ret = set_place(s, &ifd, time);
    if (ret == AVERROR(ENOMEM)) {
        av_exif_free(&ifd);
        return ret;
    }
    return ff_v360_exif_store(frame, &ifd);
}

static int filter_frame(AVFilterLink *link, AVFrame *frame)
{
    const int ret = set_tags(link, frame);

    if (ret == AVERROR(ENOMEM)) {
        av_frame_free(&frame);
        return ret;
    }
    return ff_filter_frame(link->dst->outputs[0], frame);
}

#define OFFSET(x) offsetof(GeotagContext, x)
#define FLAGS (AV_OPT_FLAG_FILTERING_PARAM | AV_OPT_FLAG_VIDEO_PARAM)

static const AVOption geotag_options[] = {
    { "creation_time", "when time stamp 0 was recorded", OFFSET(creation_time),
      AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "offset", "what is added to time stamps", OFFSET(offset),
      AV_OPT_TYPE_DURATION, { .i64 = 0 }, INT64_MIN / 4, INT64_MAX / 4, FLAGS },
    { "location", "place of all frames without one, as in ISO 6709",
      OFFSET(location), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "track", "file with places by time, GPX or CSV", OFFSET(track_name),
      AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "track_offset", "what is added to times of frames to get those of the "
      "track", OFFSET(track_offset), AV_OPT_TYPE_DURATION, { .i64 = 0 },
      INT64_MIN / 4, INT64_MAX / 4, FLAGS },
    { "max_gap", "longest time between two points of the track that places "
      "are interpolated for", OFFSET(max_gap), AV_OPT_TYPE_DURATION,
      { .i64 = 1800 * V360_GEO_SECOND }, 0, INT64_MAX, FLAGS },
    { "hold", "how long the place of a point holds beside the track and in "
      "longer gaps", OFFSET(hold), AV_OPT_TYPE_DURATION,
      { .i64 = V360_GEO_SECOND }, 0, INT64_MAX, FLAGS },
    { NULL }
};

AVFILTER_DEFINE_CLASS(geotag);

static const AVFilterPad inputs[] = {
    {
        .name         = "default",
        .type         = AVMEDIA_TYPE_VIDEO,
        .filter_frame = filter_frame,
    },
};

const FFFilter ff_vf_geotag = {
    .p.name        = "geotag",
    .p.description = NULL_IF_CONFIG_SMALL("Write date and place of frames into their EXIF."),
    .p.priv_class  = &geotag_class,
    .p.flags       = AVFILTER_FLAG_METADATA_ONLY,
    .priv_size     = sizeof(GeotagContext),
    .init          = init,
    .uninit        = uninit,
    FILTER_INPUTS(inputs),
    FILTER_OUTPUTS(ff_video_default_filterpad),
};
