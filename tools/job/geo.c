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
 * When and where the source's frames were taken: the filter geotag, which
 * writes both into the EXIF of images.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "libavfilter/v360batch/geo/track.h"
#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/time_internal.h"
#include "frames.h"

#define PIECE (1 << 16)
/* How long the place of a point holds beside the track: geotag's default. */
#define HOLD V360_GEO_SECOND
/* A clock that was never set begins with 1970, if not with 1904. */
#define FIRST_TIME (366 * 86400 * V360_GEO_SECOND)

/** Read a file, which may be a pipe, up to a byte more than a track has. */
static int read_file(AVBPrint *text, const char *path)
{
    FILE *file = fopen(path, "rb");
    char buf[PIECE];
    size_t got;
    int ret = 0;

    if (!file)
        return AVERROR(errno);
    while (text->len <= V360_GEO_MAX_BYTES && !v360job_stopped &&
           (got = fread(buf, 1, sizeof(buf), file)))
        av_bprint_append_data(text, buf, got);
    if (v360job_stopped)
        ret = AVERROR_EXIT;
    else if (ferror(file))
        ret = AVERROR(errno);
    else if (!av_bprint_is_complete(text))
        ret = AVERROR(ENOMEM);
    fclose(file);
    return ret;
}

/** Name the track by its points and hash, as its name decides nothing. */
static int set_id(V360Job *job, const AVBPrint *text, const V360GeoTrack *track)
{
    char hash[80];

    if (v360job_sha256(hash, text->str, text->len) >= 0)
        job->gps_id = av_asprintf("%d points, SHA-256 %s", track->nb, hash);
    return job->gps_id ? 0 : AVERROR(ENOMEM);
}

/**
 * Read the track, and write it to gps.txt in the private folder: no path of the
 * user's is to be escaped where the job runs.
 */
static int read_track(V360Job *job, V360GeoTrack *track)
{
    const char *path = job->options.gps;
    V360GeoReason why = "";
    AVBPrint text;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = read_file(&text, path);
    if (ret >= 0)
        ret = ff_v360_geo_parse(track, text.str, text.len, why);
    if (ret >= 0)
        ret = set_id(job, &text, track);
    if (*why)
        ret = v360job_error("bad track %s: %s", path, why);
    else if (ret < 0 && ret != AVERROR_EXIT)
        v360job_cannot("cannot read the track", path, ret);
    else if (ret >= 0 && !job->options.print)
        ret = v360job_write(&job->folder, "gps.txt", text.str);
    av_bprint_finalize(&text, NULL);
    return ret;
}

/** @return when the video was recorded, by its metadata; or AV_NOPTS_VALUE */
static int64_t find_created(const V360JobSource *source)
{
    const char *text = v360job_tag(&source->tags, "TAG:creation_time");
    int64_t time;

    if (!text || ff_v360_geo_time(&text, &time) < 0 || *text ||
        time < FIRST_TIME)
        return AV_NOPTS_VALUE;
    return time;
}

/** @return whether metadata say where it was; a camera without a fix says 0,0 */
static int find_place(const V360JobSource *source, V360GeoPoint *at)
{
    static const char *const keys[] = {
        "TAG:location", "TAG:location-eng",
        "TAG:com.apple.quicktime.location.ISO6709",
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(keys); i++) {
        const char *text = v360job_tag(&source->tags, keys[i]);

        if (text && ff_v360_geo_parse_place(at, text) >= 0 &&
            (at->lat || at->lon))
            return 1;
    }
    return 0;
}

static void print_time(char text[32], int64_t us)
{
    const time_t t = av_rescale_rnd(us, 1, V360_GEO_SECOND, AV_ROUND_DOWN);
    struct tm tm;

    *text = 0;
    if (gmtime_r(&t, &tm))
        strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/** Refuse a track of another time than the video's, warn of one of less. */
static int check_times(const V360Job *job, const V360GeoTrack *track,
                       int64_t created)
{
    const V360JobOptions *o = &job->options;
    const int64_t duration = job->source.duration_us;
    const int64_t zero  = created + o->gps_offset_us;
    const int64_t begin = zero + (o->from ? o->from_us : 0);
    const int64_t end   = o->to ? zero + o->to_us :
                          duration ? zero + duration : INT64_MAX;
    const int64_t first = track->points[0].time;
    const int64_t last  = track->points[track->nb - 1].time;
    char text[4][32];

    print_time(text[0], first);
    print_time(text[1], last);
    print_time(text[2], begin);
    if (end < first - HOLD || begin > last + HOLD)
        return v360job_error("--gps: the track is from %s to %s, but the video "
                             "begins at %s; --gps-offset is added to its times",
                             text[0], text[1], text[2]);
    print_time(text[3], end < INT64_MAX ? end : last);
    if (begin < first - HOLD || (end < INT64_MAX && end > last + HOLD))
        v360job_warn("--gps: the track is from %s to %s, the video from %s to "
                     "%s: images beside the track get no place from it",
                     text[0], text[1], text[2], text[3]);
    return 0;
}

/**
 * @return the time in the source, counted from its start, of what geotag gets
 *         as time stamp 0: ffmpeg rounds to a time stamp
 */
static int64_t find_offset(const V360Job *job)
{
    const V360JobSource *s = &job->source;
    const V360JobOptions *o = &job->options;
    const int64_t zero = o->from || o->to ? v360job_zero(s, o) :
                         -av_rescale_q(-s->start_us, AV_TIME_BASE_Q,
                                       s->time_base);

    return av_rescale_q(zero, s->time_base, AV_TIME_BASE_Q) - s->start_us;
}

/** Print a number with a sign, of so many decimals. */
static void print_number(AVBPrint *text, int64_t number, int decimals)
{
    int64_t unit = 1;

    for (int i = 0; i < decimals; i++)
        unit *= 10;
    av_bprintf(text, "%c%lld.%0*lld", number < 0 ? '-' : '+',
               (long long)(FFABS(number) / unit), decimals,
               (long long)(FFABS(number) % unit));
}

static void print_place(AVBPrint *text, const V360GeoPoint *at)
{
    const int64_t lat = FFABS(at->lat), lon = FFABS(at->lon);

    av_bprintf(text, "location=%c%02lld.%09lld%c%03lld.%09lld",
               at->lat < 0 ? '-' : '+', (long long)(lat / V360_GEO_DEGREE),
               (long long)(lat % V360_GEO_DEGREE), at->lon < 0 ? '-' : '+',
               (long long)(lon / V360_GEO_DEGREE),
               (long long)(lon % V360_GEO_DEGREE));
    if (at->has_alt)
        print_number(text, at->alt, 3);
    av_bprintf(text, "/:");
}

/** Write the filter: "" if there is nothing that it would write. */
static int write_filter(V360Job *job, int64_t created)
{
    const V360JobOptions *o = &job->options;
    const int is_video = !job->source.is_still;
    V360GeoPoint at;
    AVBPrint text;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (created != AV_NOPTS_VALUE)
        av_bprintf(&text, "creation_time=%lld.%06d:offset=%lldus:",
                   (long long)(created / V360_GEO_SECOND),
                   (int)(created % V360_GEO_SECOND),
                   (long long)find_offset(job));
    /* Where it was at first is wrong for images beside the track. */
    if (is_video && !o->gps && find_place(&job->source, &at))
        print_place(&text, &at);
    if (o->gps)
        av_bprintf(&text, "track=%s:track_offset=%lldus:",
                   o->print ? o->gps : "gps.txt", (long long)o->gps_offset_us);
    if (text.len && av_bprint_is_complete(&text)) {
        text.str[text.len - 1] = 0;
        job->graph.geotag = av_asprintf("geotag=%s,", text.str);
    } else {
        job->graph.geotag = av_strdup("");
    }
    av_bprint_finalize(&text, NULL);
    return job->graph.geotag ? 0 :
           v360job_cannot("cannot split", job->source.name, AVERROR(ENOMEM));
}

int v360job_locate(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const int is_video = !job->source.is_still;
    const int64_t created = is_video ? find_created(&job->source) :
                                       AV_NOPTS_VALUE;
    V360GeoTrack track = { 0 };
    int ret = 0;

    if (!v360job_has_exif(o->format)) {
        job->graph.geotag = av_strdup("");
        return job->graph.geotag ? 0 :
               v360job_cannot("cannot split", job->source.name,
                              AVERROR(ENOMEM));
    }
    if (o->gps && is_video && created == AV_NOPTS_VALUE)
        return v360job_error("--gps: %s does not say when it was recorded; "
                             "write that into a copy: ffmpeg -i IN -c copy "
                             "-metadata creation_time=2026-05-01T10:00:00Z OUT",
                             job->source.name);
    if (o->gps)
        ret = read_track(job, &track);
    if (ret >= 0 && o->gps && is_video)
        ret = check_times(job, &track, created);
    ff_v360_geo_free(&track);
    return ret < 0 ? ret : write_filter(job, created);
}
