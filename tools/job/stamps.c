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
 * Time stamps of the frames. ffmpeg writes a line for each frame that the
 * first view's encoder gets, "NUMBER PTS NUM/DEN PTS NUM/DEN", to part.N, N
 * being the frame that the run began with. The first time stamp is the one that
 * the source has for the frame, if it has any; the second one has come through
 * the filters, and was guessed by ffmpeg where the source's is missing or
 * wrong.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "frames.h"

typedef struct Stamp {
    int64_t pts;
    AVRational tb;          ///< 0/0: there is none
    int64_t out_pts;        ///< behind the filters
    AVRational out_tb;
} Stamp;

typedef struct Stamps {
    Stamp *stamp;
    unsigned size;
    int64_t nb;
} Stamps;

/** @return whether NAME is part.N with a number of frames that is possible */
static int is_part(const char *name, int64_t *first)
{
    const char *digits;

    if (!av_strstart(name, "part.", &digits) || !*digits ||
        strlen(digits) > 9 || digits[strspn(digits, "0123456789")])
        return 0;
    *first = strtoll(digits, NULL, 10);
    return 1;
}

/** Put the stamp of the frame with index N, unless one before it is missing. */
static int put(Stamps *all, int64_t n, const Stamp *stamp)
{
    Stamp *more;

    if (n > all->nb)
        return 0;
    more = av_fast_realloc(all->stamp, &all->size, (n + 1) * sizeof(*more));
    if (!more)
        return AVERROR(ENOMEM);
    all->stamp = more;
    all->nb    = FFMAX(all->nb, n + 1);
    more[n]    = *stamp;
    return 0;
}

/**
 * Parse the lines of a run. The last one is not believed unless the run came to
 * its end: on a full disk it may be that of a frame after the one that was not
 * encoded any more. In a list of pictures each lasts a second: its time says
 * whether one before it is lost.
 */
static int parse_part(Stamps *all, char *text, int64_t first, int is_list)
{
    char *save = NULL, *line = av_strtok(text, "\n", &save);
    Stamp held = { 0 };
    int64_t n = first;
    int ret = 0;

    for (; line && ret >= 0; line = av_strtok(NULL, "\n", &save)) {
        long long number, pts, out_pts;
        Stamp stamp;
        char more;

        if (held.tb.den)
            ret = put(all, n - 1, &held);
        held.tb.den = 0;
        if (sscanf(line, "%lld %lld %d/%d %lld %d/%d%c", &number, &pts,
                   &stamp.tb.num, &stamp.tb.den, &out_pts, &stamp.out_tb.num,
                   &stamp.out_tb.den, &more) != 7 || number != n - first ||
            stamp.tb.num <= 0 || stamp.tb.den <= 0 ||
            stamp.out_tb.num <= 0 || stamp.out_tb.den <= 0)
            break;
        stamp.pts     = pts;
        stamp.out_pts = out_pts;
        n++;
        if (is_list && av_rescale_q(pts, stamp.tb, (AVRational){ 1, 1 }) !=
                       n - 1 - first)
            break;
        held = stamp;
    }
    return ret;
}

/** Read all runs, in the order of their first frames: the later one counts. */
static int read_parts(V360Job *job, Stamps *all)
{
    V360JobTexts names = { 0 };
    int64_t first;
    int ret = v360job_list(job->folder.work_fd, ".", &names);

    if (ret < 0)
        v360job_cannot("cannot read", job->folder.work, ret);
    else if (names.nb)
        qsort(names.text, names.nb, sizeof(*names.text),
              v360job_compare_names);
    for (int i = 0; ret >= 0 && i < names.nb; i++) {
        const char *name = names.text[i];
        char *text = is_part(name, &first) ?
                     v360job_read(&job->folder, name, &ret) : NULL;

        if (!text)
            continue;
        ret = parse_part(all, text, first, job->source.is_list);
        av_free(text);
        if (ret < 0)
            v360job_cannot("cannot read", name, ret);
    }
    v360job_free_texts(&names);
    return ret;
}

/**
 * Where filters have not changed time stamps but by what is known, or the
 * source has none, take the one behind them.
 */
static void correct(Stamp *stamp, const V360Job *job, int ranged)
{
    const V360JobOptions *o = &job->options;
    const V360JobSource *source = &job->source;
    int64_t pts = stamp->out_pts;

    if (source->is_still || ((o->fps || o->naming != V360JOB_NUMBER) &&
                             stamp->pts != AV_NOPTS_VALUE))
        return;
    if (o->naming != V360JOB_NUMBER && o->from && o->fps)
        pts = av_sat_sub64(pts, av_rescale_q_rnd(o->from_us, AV_TIME_BASE_Q,
                                                 stamp->out_tb,
                                                 AV_ROUND_DOWN));
    stamp->pts = av_rescale_q(pts, stamp->out_tb, source->time_base);
    stamp->tb  = source->time_base;
    if (ranged)
        stamp->pts = av_sat_add64(stamp->pts, v360job_zero(source, o));
}

/** Give a job's frames the time stamps of their source. */
static int keep(V360JobFrames *frames, const Stamps *all, int64_t offset)
{
    frames->stamps    = av_malloc_array(all->nb, sizeof(*frames->stamps));
    frames->nb_stamps = frames->stamps ? all->nb : 0;
    for (int64_t i = 0; i < frames->nb_stamps; i++) {
        const Stamp *stamp = &all->stamp[i];

        frames->stamps[i].time_base = stamp->tb;
        /* The offset is negated twice so that it is rounded as ffmpeg does
         * it. */
        frames->stamps[i].pts = av_sat_sub64(
            stamp->pts, av_rescale_q(-offset, AV_TIME_BASE_Q, stamp->tb));
    }
    return frames->stamps || !all->nb ? 0 :
           v360job_cannot("cannot read", "part", AVERROR(ENOMEM));
}

int v360job_drop_parts(V360Job *job, int64_t first)
{
    V360JobTexts names = { 0 };
    int64_t n;
    int ret = v360job_list(job->folder.work_fd, ".", &names);

    if (ret < 0)
        v360job_cannot("cannot read", job->folder.work, ret);
    for (int i = 0; ret >= 0 && i < names.nb; i++)
        if (is_part(names.text[i], &n) && n >= first)
            ret = v360job_clear(&job->folder, names.text[i]);
    v360job_free_texts(&names);
    return ret;
}

int v360job_read_stamps(V360Job *job)
{
    const int ranged = job->options.from || job->options.to;
    /* ffmpeg subtracts the start of the file, but not with -copyts. */
    const int64_t offset = ranged ? 0 : job->source.start_us;
    Stamps all = { 0 };
    int ret = read_parts(job, &all);

    av_freep(&job->frames.stamps);
    job->frames.nb_stamps = 0;
    for (int64_t i = 0; ret >= 0 && i < all.nb; i++)
        correct(&all.stamp[i], job, ranged);
    if (ret >= 0)
        ret = keep(&job->frames, &all, offset);
    av_free(all.stamp);
    return ret;
}

int v360job_count_frames(V360Job *job, int flushed, int64_t *images)
{
    const V360JobOptions *o = &job->options;
    int ret = 0;

    job->frames.done = *images = 0;
    if (o->format == V360JOB_MP4)
        return 0;
    ret = v360job_count_whole(&job->folder, &job->views.names,
                              v360job_formats[o->format],
                              o->naming != V360JOB_NUMBER, flushed);
    if (ret < 0)
        return ret;
    *images = ret;
    ret = v360job_read_stamps(job);
    job->frames.done = FFMIN(*images, job->frames.nb_stamps);
    return ret;
}
