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
 * The packets of a video, without decoding any: when its frames are shown, and
 * at which of them decoding can begin.
 */

#include <stdlib.h>

#include "libavcodec/packet.h"
#include "libavformat/avformat.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "os.h"
#include "packets.h"

/* ffmpeg takes a jump of time stamps for a new beginning from so many seconds
 * on: in formats that are made to be joined, as MPEG-TS, and in all others. */
#define MAX_JUMP_DISCONT 10
#define MAX_JUMP (30 * 3600)

typedef struct Reader {
    V360JobPackets *packets;
    unsigned pts_size, key_size;
    int64_t max_jump;       ///< in the stream's time base
    int64_t dts;            ///< of the last packet
} Reader;

static int append(int64_t **list, unsigned *size, int64_t *nb, int64_t pts)
{
    int64_t *more = av_fast_realloc(*list, size, (*nb + 1) * sizeof(**list));

    if (!more)
        return AVERROR(ENOMEM);
    *list = more;
    more[(*nb)++] = pts;
    return 0;
}

/** Take a packet that is as it should be, else say in uneven why it is not. */
static int take(Reader *r, const AVPacket *pkt)
{
    V360JobPackets *p = r->packets;
    int ret = 0;

    if (pkt->pts == AV_NOPTS_VALUE) {
        p->uneven = "its packets have no time stamps";
        return 0;
    }
    if (pkt->dts != AV_NOPTS_VALUE && r->dts != AV_NOPTS_VALUE &&
        FFABS(av_sat_sub64(pkt->dts, r->dts)) > r->max_jump)
        p->uneven = "its time stamps jump";
    r->dts = pkt->dts;
    if (pkt->flags & AV_PKT_FLAG_KEY)
        ret = append(&p->key, &r->key_size, &p->nb_keys, pkt->pts);
    /* What an edit list hides is decoded, but not shown. */
    if (ret >= 0 && !(pkt->flags & AV_PKT_FLAG_DISCARD))
        ret = append(&p->pts, &r->pts_size, &p->nb, pkt->pts);
    return ret;
}

static int by_time(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void put_in_order(V360JobPackets *p)
{
    if (p->nb)
        qsort(p->pts, p->nb, sizeof(*p->pts), by_time);
    if (p->nb_keys)
        qsort(p->key, p->nb_keys, sizeof(*p->key), by_time);
    for (int64_t i = 1; i < p->nb && !p->uneven; i++)
        if (p->pts[i] == p->pts[i - 1])
            p->uneven = "two of its packets have one time stamp, as fields do";
    if (!p->nb && !p->uneven)
        p->uneven = "it has no packets";
}

int v360job_read_packets(V360JobPackets *packets, const V360JobSource *source)
{
    Reader r = { .packets = packets, .dts = AV_NOPTS_VALUE };
    V360JobStream s = { 0 };
    int ret = v360job_open_stream(&s, source->file, source->stream, 0);

    /* Only a GPU may have a decoder; its packets are there all the same. */
    if (ret == AVERROR_DECODER_NOT_FOUND && s.st)
        ret = (s.pkt = av_packet_alloc()) ? 0 : AVERROR(ENOMEM);
    if (ret >= 0)
        r.max_jump = av_rescale_q(s.ctx->iformat->flags & AVFMT_TS_DISCONT ?
                                  MAX_JUMP_DISCONT : MAX_JUMP,
                                  (AVRational){ 1, 1 }, s.st->time_base);
    while (ret >= 0 && !packets->uneven && !v360job_stopped) {
        ret = av_read_frame(s.ctx, s.pkt);
        if (ret == AVERROR_EOF)
            break;
        if (ret >= 0 && s.pkt->stream_index == s.st->index)
            ret = take(&r, s.pkt);
        av_packet_unref(s.pkt);
    }
    v360job_close_stream(&s);
    if (v360job_stopped)
        return AVERROR_EXIT;
    if (ret < 0 && ret != AVERROR_EOF)
        return v360job_cannot("cannot read", source->file, ret);
    put_in_order(packets);
    return 0;
}

int64_t v360job_last_packet(const int64_t *list, int64_t nb, int64_t pts)
{
    int64_t from = 0, to = nb;

    while (from < to) {
        const int64_t mid = from + (to - from) / 2;

        if (list[mid] <= pts)
            from = mid + 1;
        else
            to = mid;
    }
    return from - 1;
}

void v360job_free_packets(V360JobPackets *packets)
{
    av_freep(&packets->pts);
    av_freep(&packets->key);
    *packets = (V360JobPackets){ 0 };
}
