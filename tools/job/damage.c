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
 * Damage of a source. ffmpeg ends at the first error (-xerror, -err_detect
 * explode), which may be of no frame that is wanted, or one that a decoder
 * bridges. Then the source is decoded here, to say which frames it is about.
 */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/mathematics.h"
#include "frames.h"

/* Elements of Matroska that may come before the segment: its head, and gaps. */
#define MAX_BEFORE_SEGMENT 16
/* Lines of damage that are kept; one more says that there are others. */
#define MAX_LINES 20

static double seconds(const V360JobSource *source, int64_t pts)
{
    return pts * av_q2d(source->time_base) - source->start_us / 1e6;
}

static void note(V360JobTexts *lines, const V360JobSource *source,
                 int64_t pts, int err)
{
    char text[160];

    if (lines->nb > MAX_LINES)
        return;
    if (lines->nb == MAX_LINES)
        snprintf(text, sizeof(text), "the source is damaged at more places");
    else if (pts == AV_NOPTS_VALUE)
        snprintf(text, sizeof(text), "the source is damaged: %s",
                 av_err2str(err));
    else
        snprintf(text, sizeof(text), "the source is damaged at %.3f s: %s",
                 seconds(source, pts), av_err2str(err));
    /* A packet and its frame, or its fields, may both be bad. */
    if (!lines->nb || strcmp(lines->text[lines->nb - 1], text))
        v360job_add(lines, text);
}

/**
 * Tell whether what v360job_next_frame() gave is wanted. Where an error has no
 * time stamp, the packet before it says where that is, with some room for
 * frames that are not shown in the order of packets; after an error that ends
 * all, nothing would tell of frames that do not come.
 */
static int is_wanted(const V360JobStream *s, const V360JobRange *range,
                     const V360JobSource *source, int ret, int64_t pts)
{
    const int64_t room = av_rescale_q(1, (AVRational){ 1, 2 },
                                      source->time_base);

    if (ret < 0 && pts == AV_NOPTS_VALUE && s->last_dts != AV_NOPTS_VALUE)
        return (range->end == AV_NOPTS_VALUE || s->last_dts < range->end) &&
               (range->first == AV_NOPTS_VALUE || s->ended ||
                s->last_dts + room >= range->first);
    return v360job_in_range(range, pts);
}

/** @return whether an error is of the machine, and not about a frame */
static int is_serious(int err)
{
    return err == AVERROR(ENOMEM) || err == AVERROR_EXIT ||
           err == AVERROR_OPTION_NOT_FOUND;
}

int v360job_find_damage(V360JobTexts *lines, const V360JobSource *source,
                        const V360JobRange *range, int first_only,
                        int64_t *nb_seen)
{
    V360JobStream s = { 0 };
    int ret = v360job_open_stream(&s, source->file, source->stream, 1);
    const int64_t second = av_rescale_q(1, (AVRational){ 1, 1 },
                                        source->time_base);
    int64_t last = AV_NOPTS_VALUE;

    *nb_seen = 0;
    if (ret >= 0 && range->seek_us != AV_NOPTS_VALUE)
        ret = v360job_seek(&s, range->seek_us);
    while (ret >= 0 && !(first_only && lines->nb) && !v360job_stopped) {
        int64_t pts;
        int wanted;

        ret = v360job_next_frame(&s);
        if (ret == AVERROR_EOF)
            break;
        pts = ret < 0 ? s.bad_pts : s.frame->best_effort_timestamp;
        wanted = is_wanted(&s, range, source, ret, pts);
        /* A packet without a time stamp comes behind the last frame. */
        last = pts = pts == AV_NOPTS_VALUE ? last : pts;
        if (range->end != AV_NOPTS_VALUE && pts != AV_NOPTS_VALUE &&
            pts >= range->end + second) {
            ret = 0;
            break;
        }
        if (wanted && ret < 0)
            note(lines, source, pts, ret);
        else if (wanted)
            ++*nb_seen;
        ret = is_serious(ret) ? ret : 0;
    }
    v360job_close_stream(&s);
    if (v360job_stopped)
        return AVERROR_EXIT;
    return ret < 0 && ret != AVERROR_EOF ?
           v360job_cannot("cannot read", source->file, ret) : 0;
}

/** @return the end of the last frame by a file's index, as of an MP4, or 0 */
static int64_t end_by_index(const AVStream *st)
{
    const int n = avformat_index_get_entries_count((AVStream *)st);
    int64_t end = 0;

    for (int i = 0; i < n; i++) {
        const AVIndexEntry *e =
            avformat_index_get_entry((AVStream *)st, i);

        end = FFMAX(end, e->pos + e->size);
    }
    return end;
}

/** @return the end of a Matroska file's segment, or 0 where it is open */
static int64_t end_of_matroska(AVIOContext *pb)
{
    for (int i = 0; i < MAX_BEFORE_SEGMENT; i++) {
        const int64_t id   = v360job_ebml_number(pb, 1);
        const int64_t size = v360job_ebml_number(pb, 0);

        if (id < 0 || size < 0)
            return 0;
        if (id == V360JOB_EBML_SEGMENT)
            return size < INT64_C(1) << 48 ? avio_tell(pb) + size : 0;
        if (avio_skip(pb, size) < 0)
            return 0;
    }
    return 0;
}

/** @return the end of a file by its header, or 0 where that does not say */
static int64_t end_by_header(const char *path)
{
    AVIOContext *pb = NULL;
    uint8_t head[12] = { 0 };
    int64_t end = 0;

    if (avio_open(&pb, path, AVIO_FLAG_READ) < 0)
        return 0;
    avio_read(pb, head, sizeof(head));
    if (AV_RB32(head) == 0x1a45dfa3 && avio_seek(pb, 0, SEEK_SET) >= 0)
        end = end_of_matroska(pb);
    else if (!memcmp(head, "RIFF", 4) && !memcmp(head + 8, "AVI ", 4) &&
             AV_RL32(head + 4) < UINT32_MAX)
        end = INT64_C(8) + AV_RL32(head + 4);
    avio_closep(&pb);
    return end;
}

void v360job_find_cut(V360JobTexts *lines, const V360JobSource *source)
{
    V360JobStream s = { 0 };
    int64_t end = end_by_header(source->file);
    struct stat st;

    if (!end && v360job_open_stream(&s, source->file, source->stream, 0) >= 0 &&
        av_match_name("mp4", s.ctx->iformat->name))
        end = end_by_index(s.st);
    v360job_close_stream(&s);
    if (stat(source->file, &st) >= 0 && end > st.st_size)
        v360job_addf(lines, "the source is cut off: it has %lld of %lld bytes",
                     (long long)st.st_size, (long long)end);
}
