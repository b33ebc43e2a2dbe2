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
 * Parts of a job's frames, by the time stamps of packets. The frames of a part
 * are those that a decoder gives that began at the start of the file, and the
 * filters count them as they would there.
 */

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "frames.h"

/** Frames of the range, before any is chosen. */
typedef struct Span {
    const V360Job *job;
    const int64_t *pts;
    int64_t nb;
    int64_t zero;           ///< what --fps counts from
    int64_t slot;           ///< the first one behind --fps
    int group;              ///< frames of which one is chosen
    int last;               ///< those of a group up to the chosen one
} Span;

int v360job_group(const V360JobOptions *o)
{
    return FFMAX3(o->every, o->sharpest, 1);
}

/** @return when the frame with index I is shown, in units of 1/fps */
static int64_t slot(const Span *s, int64_t i)
{
    const AVRational rate = s->job->options.fps_value;

    /* As the filter fps does it. */
    return av_rescale_q_rnd(s->pts[i] - s->zero, s->job->source.time_base,
                            av_inv_q(rate),
                            AV_ROUND_NEAR_INF | AV_ROUND_PASS_MINMAX);
}

/** @return the index of the first frame shown at WANTED or later, or nb */
static int64_t find_slot(const Span *s, int64_t wanted)
{
    int64_t from = 0, to = s->nb;

    while (from < to) {
        const int64_t mid = from + (to - from) / 2;

        if (slot(s, mid) < wanted)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/** @return whether there are frames in the range that can be told apart */
static int open_span(Span *s, const V360Job *job, const V360JobRange *range)
{
    const V360JobPackets *p = &job->packets;
    const V360JobOptions *o = &job->options;
    const int is_ranged = o->from || o->to;
    int64_t from = 0, to = p->nb;

    if (p->uneven || !p->nb)
        return 0;
    if (range->first != AV_NOPTS_VALUE)
        from = v360job_last_packet(p->pts, p->nb, range->first - 1) + 1;
    if (range->end != AV_NOPTS_VALUE)
        to = v360job_last_packet(p->pts, p->nb, range->end - 1) + 1;
    *s = (Span){ .job = job, .pts = p->pts + from, .nb = to - from };
    s->group = v360job_group(o);
    s->last  = o->sharpest ? s->group : 1;
    s->zero  = is_ranged ? v360job_zero(&job->source, o) :
               -av_rescale_q(-job->source.start_us, AV_TIME_BASE_Q,
                             job->source.time_base);
    if (s->nb > 0 && o->fps)
        s->slot = job->cut && job->cut->slot != AV_NOPTS_VALUE ?
                  job->cut->slot : slot(s, 0);
    return s->nb > 0;
}

int64_t v360job_count_chosen(const V360Job *job, const V360JobRange *range)
{
    Span s;

    if (!open_span(&s, job, range))
        return 0;
    /* How long the last frame is shown is not known, nor whether at all. */
    if (job->options.fps)
        return FFMAX((slot(&s, s.nb - 1) - s.slot) / s.group, 1);
    return (s.nb + s.group - 1) / s.group;
}

int v360job_cut_frames(V360JobCut *cut, const V360Job *job,
                       const V360JobRange *range, int64_t first, int64_t end)
{
    Span s;
    int64_t from, to;

    *cut = (V360JobCut){ AV_NOPTS_VALUE, AV_NOPTS_VALUE, AV_NOPTS_VALUE,
                         AV_NOPTS_VALUE };
    if (!open_span(&s, job, range))
        return 0;
    from = first * s.group;
    to   = end < 0 ? INT64_MAX : (end - 1) * s.group + s.last;
    if (job->options.fps) {
        cut->slot = s.slot + from;
        /* A frame is shown until the next one is. */
        from = FFMAX(find_slot(&s, cut->slot + 1) - 1, 0);
        if (end >= 0) {
            cut->end_slot = s.slot + to;
            to = find_slot(&s, cut->end_slot) + 1;
        }
    }
    if (from >= s.nb)
        return 0;
    cut->first = s.pts[from];
    if (to < s.nb)
        cut->end = s.pts[to];
    return 1;
}
