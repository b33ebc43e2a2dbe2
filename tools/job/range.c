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
 * The part of a video from --from to --to. Its frames are chosen by their own
 * time stamps, which do not change with a seek. A seek may land behind what was
 * asked for (MPEG-TS), or on frames that refer to earlier ones (open groups of
 * pictures, intra refresh). Therefore the place to seek to is tried: the first
 * frame that is whole there must not come after the first one that is wanted.
 */

#include "libavcodec/avcodec.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "frames.h"

#define SECOND INT64_C(1000000)
/* Frames that are decoded after a seek to find one that is whole: an intra
 * refresh takes about as many as there are in a group of pictures. */
#define MAX_TRIED 300
/* As many that are whole are decoded: more than decoders keep for reference. */
#define MIN_WHOLE 18
/* Packets that are to have time stamps before a seek is trusted. */
#define MIN_STAMPED 100

int v360job_in_range(const V360JobRange *range, int64_t pts)
{
    return pts == AV_NOPTS_VALUE ||
           ((range->first == AV_NOPTS_VALUE || pts >= range->first) &&
            (range->end == AV_NOPTS_VALUE || pts < range->end));
}

int v360job_seek(V360JobStream *s, int64_t us)
{
    return avformat_seek_file(s->ctx, -1, INT64_MIN, us, us, 0);
}

/**
 * @return whether a frame after a seek is whole, and so are those after it:
 *         some decoders give frames that come before a key frame as they can.
 *         That of H.264 gives only what has recovered, or an error; but with
 *         an intra refresh that is what the encoder promised to be about right
 */
static int is_whole(const V360JobStream *s)
{
    return s->codec->codec_id == AV_CODEC_ID_H264 ?
           s->frame->pict_type == AV_PICTURE_TYPE_I :
           !!(s->frame->flags & AV_FRAME_FLAG_KEY);
}

/**
 * Try a seek to US. A decoder bridges references to frames before it; therefore
 * it is to be strict, for some frames more than the first that is whole.
 *
 * @return whether a frame that is whole comes no later than the first one that
 *         is wanted, and what cannot be decoded is not wanted
 */
static int lands(const V360JobSource *source, const V360JobRange *range,
                 int64_t us)
{
    V360JobStream s = { 0 };
    int ret = v360job_open_stream(&s, source->file, source->stream, 1);
    int nb = 0, bad = 0;

    if (ret >= 0)
        ret = v360job_seek(&s, us);
    for (int i = 0; ret >= 0 && i < MAX_TRIED && nb < MIN_WHOLE && !bad &&
         !v360job_stopped; i++) {
        int64_t pts;

        ret = v360job_next_frame(&s);
        if (ret == AVERROR_EOF)
            break;
        pts = ret < 0 ? s.bad_pts : s.frame->pts;
        bad = pts == AV_NOPTS_VALUE ||
              (ret < 0 ? v360job_in_range(range, pts) :
                         pts > range->first && !nb);
        nb += ret >= 0 && (nb || is_whole(&s));
        ret = 0;
    }
    v360job_close_stream(&s);
    return nb && !bad;
}

/** Find a place to seek to. Where there is none, all is decoded. */
static void find_seek(V360JobRange *range, const V360JobSource *source)
{
    const int64_t start = source->start_us;
    int64_t us = av_rescale_q(range->first, source->time_base,
                              AV_TIME_BASE_Q);

    for (int64_t step = SECOND; us > start + SECOND; step *= 2) {
        if (lands(source, range, us)) {
            range->seek_us = us;
            return;
        }
        us -= step;
    }
}

static int64_t stamp(const V360JobSource *source, int64_t us)
{
    return us == AV_NOPTS_VALUE ? us :
           av_rescale_q_rnd(source->start_us + us, AV_TIME_BASE_Q,
                            source->time_base, AV_ROUND_UP);
}

/** @return whether a time stamp is one of those before, and keep it */
static int is_double(int64_t *seen, int n, int64_t pts)
{
    for (int i = 0; i < FFMIN(n, MIN_STAMPED); i++)
        if (seen[i] == pts)
            return 1;
    if (n < MIN_STAMPED)
        seen[n] = pts;
    return 0;
}

/**
 * Look at packets from the seek on: without a frame in the range, a job would
 * look at all of the file before it says that there is none, and where time
 * stamps are missing, what is put in their place depends on where one begins.
 * Some that libavformat puts there are double.
 *
 * @return whether there is a frame in the range
 */
static int has_frames(V360JobRange *range, const V360JobSource *source)
{
    V360JobStream s = { 0 };
    int ret = v360job_open_stream(&s, source->file, source->stream, 0);
    int found = ret < 0; /* the job itself will tell why */
    int missing = 0;
    int64_t seen[MIN_STAMPED];

    if (ret >= 0 && range->seek_us != AV_NOPTS_VALUE)
        v360job_seek(&s, range->seek_us);
    for (int n = 0; ret >= 0 && !missing && !v360job_stopped &&
         (!found || n < MIN_STAMPED);) {
        ret = av_read_frame(s.ctx, s.pkt);
        if (ret >= 0 && s.pkt->stream_index == s.st->index) {
            missing = s.pkt->pts == AV_NOPTS_VALUE ||
                      is_double(seen, n, s.pkt->pts);
            found  |= missing || range->first <=
                      s.pkt->pts + FFMAX(s.pkt->duration, 0);
            n++;
        }
        av_packet_unref(s.pkt);
    }
    v360job_close_stream(&s);
    if (missing)
        range->seek_us = AV_NOPTS_VALUE;
    return found;
}

int64_t v360job_zero(const V360JobSource *source, const V360JobOptions *o)
{
    /* A frame's name has the same time as without --from; but --fps counts from
     * there. */
    const int counts = o->naming == V360JOB_NUMBER || o->fps;

    return stamp(source, o->from && counts ? o->from_us : 0);
}

/** @return what ffmpeg adds to the time stamps of a file: it begins at 0 */
static int64_t offset(const V360JobSource *source)
{
    return av_rescale_q(-source->start_us, AV_TIME_BASE_Q, source->time_base);
}

static int write_filter(V360JobRange *range, const V360JobSource *source,
                        const V360JobOptions *o)
{
    const int64_t add = range->at_zero ? offset(source) : 0;
    AVBPrint text;

    av_freep(&range->filter);
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (range->first != AV_NOPTS_VALUE || range->end != AV_NOPTS_VALUE) {
        av_bprintf(&text, "trim=");
        if (range->first != AV_NOPTS_VALUE)
            av_bprintf(&text, "start_pts=%lld",
                       (long long)(range->first + add));
        if (range->end != AV_NOPTS_VALUE)
            av_bprintf(&text, "%send_pts=%lld", range->first !=
                       AV_NOPTS_VALUE ? ":" : "",
                       (long long)(range->end + add));
        av_bprintf(&text, ",");
        /* Frames begin at 0, as without a range. */
        if (!range->at_zero)
            av_bprintf(&text, "setpts=PTS-(%lld),",
                       (long long)v360job_zero(source, o));
    }
    return v360job_finish(&text, &range->filter) < 0 ?
           v360job_cannot("cannot read", source->file, AVERROR(ENOMEM)) : 0;
}

int v360job_find_range(V360JobRange *range, const V360JobSource *source,
                       const V360JobOptions *o)
{
    range->first   = stamp(source, o->from_us);
    range->end     = stamp(source, o->to_us);
    range->seek_us = AV_NOPTS_VALUE;
    range->slots   = av_strdup("");
    if (!range->slots)
        return v360job_cannot("cannot read", source->file, AVERROR(ENOMEM));
    if (range->first != AV_NOPTS_VALUE && range->first > 0) {
        find_seek(range, source);
        if (!has_frames(range, source))
            return v360job_error("no frame from --from %s on: the source lasts "
                                 "%g s", o->from, source->duration_us / 1e6);
    }
    return write_filter(range, source, o);
}

/**
 * Try to seek to the last key frames before the first frame, farther back each
 * time. Where none of them does, the seek of the wider range will do.
 */
static void find_key(V360JobRange *range, const V360JobSource *source,
                     const V360JobPackets *packets)
{
    int64_t i = v360job_last_packet(packets->key, packets->nb_keys,
                                    range->first);

    if (range->never_seek || packets->uneven)
        return;
    /* What begins at the first key frame begins at the start. */
    for (int64_t step = 1; i > 0 && !v360job_stopped; i -= step, step *= 2) {
        const int64_t us = av_rescale_q_rnd(packets->key[i], source->time_base,
                                            AV_TIME_BASE_Q, AV_ROUND_UP);

        if (lands(source, range, us)) {
            range->seek_us = us;
            return;
        }
    }
}

static int write_slots(V360JobRange *range, const V360JobCut *cut)
{
    AVBPrint text;

    av_freep(&range->slots);
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (cut->slot != AV_NOPTS_VALUE)
        av_bprintf(&text, "trim=start_pts=%lld%s", (long long)cut->slot,
                   cut->end_slot == AV_NOPTS_VALUE ? "," : "");
    if (cut->end_slot != AV_NOPTS_VALUE)
        av_bprintf(&text, "%send_pts=%lld,",
                   cut->slot == AV_NOPTS_VALUE ? "trim=" : ":",
                   (long long)cut->end_slot);
    return v360job_finish(&text, &range->slots);
}

int v360job_narrow_range(V360JobRange *range, const V360JobSource *source,
                         const V360JobOptions *o, const V360JobCut *cut,
                         const V360JobPackets *packets)
{
    range->at_zero = !o->from && !o->to;
    if (cut->first != AV_NOPTS_VALUE)
        range->first = range->first == AV_NOPTS_VALUE ? cut->first :
                       FFMAX(range->first, cut->first);
    if (cut->end != AV_NOPTS_VALUE)
        range->end = range->end == AV_NOPTS_VALUE ? cut->end :
                     FFMIN(range->end, cut->end);
    if (cut->first != AV_NOPTS_VALUE)
        find_key(range, source, packets);
    if (write_slots(range, cut) < 0)
        return v360job_cannot("cannot read", source->file, AVERROR(ENOMEM));
    return write_filter(range, source, o);
}

void v360job_free_range(V360JobRange *range)
{
    av_freep(&range->filter);
    av_freep(&range->slots);
}
