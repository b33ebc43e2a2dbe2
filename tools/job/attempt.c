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
 * Runs of ffmpeg, one after the other, until the source has come to its end.
 *
 * The first run is strict: ffmpeg ends at the first error of the source. What
 * that is about is then found by decoding it here, noted, and told. What need
 * not be told, or is not to stop the job, does not stop the next run.
 */

#include <errno.h>

#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "frames.h"

/**
 * Whether a status of ffmpeg is an error of errno.h, of which only the lowest
 * byte is left.
 */
static int is_errno(int status, int number)
{
    return status == 256 - number;
}

/**
 * @return whether the status of a strict run may be that of a bad source, not
 *          of a disk or a signal, by which ffmpeg ends with 255
 */
static int may_be_damage(int status)
{
    return status < 255 && !is_errno(status, ENOSPC) &&
           !is_errno(status, EDQUOT) && !is_errno(status, EROFS) &&
           !is_errno(status, EFBIG) && !is_errno(status, EACCES) &&
           !is_errno(status, ENOENT);
}

/**
 * After a strict run has failed: find out what the error is about, and note it.
 * All of the range is decoded, as what follows is not looked at any more.
 *
 * @return 1 if the job can go on, 0 if the error is not the source's
 */
static int look_for_damage(V360Job *job, V360JobRange *range,
                           int status)
{
    V360JobTexts *lines = &job->frames.damage;
    int64_t seen;
    int ret = v360job_find_damage(lines, &job->source, range,
                                  !job->options.keep_going, &seen);

    /* What is bad after a seek only is no damage: no seek, then. */
    if (ret >= 0 && lines->nb && range->seek_us != AV_NOPTS_VALUE) {
        range->seek_us = AV_NOPTS_VALUE;
        v360job_free_texts(lines);
        ret = v360job_find_damage(lines, &job->source, range,
                                  !job->options.keep_going, &seen);
    }
    if (ret >= 0 && !lines->nb && is_errno(status, EIO))
        return 0;
    if (ret >= 0 && !seen && !lines->nb)
        ret = v360job_no_frame();
    /* Without --keep-going, only the first place is known. */
    if (ret >= 0)
        ret = v360job_refuse_damage(job);
    if (ret >= 0)
        ret = v360job_write_damage(job);
    return ret < 0 ? ret : 1;
}

/**
 * Run ffmpeg, and tell why it failed.
 *
 * @return 1 if that was because of the source, so that one may go on
 */
static int attempt(V360Job *job, V360JobRange *range, int64_t first,
                   int64_t last, int strict)
{
    V360JobRun run = { 0 };
    int ret = v360job_run_frames(job, &run, range, first, last, strict);

    const int status = ret;
    int bad = 0;

    if (status > 0 && strict && may_be_damage(status) &&
        v360job_exists(job->folder.outdir_fd, V360JOB_PRIVATE)) {
        if (job->source.is_list)
            bad = !is_errno(status, EIO);
        else
            bad = look_for_damage(job, range, status);
        ret = bad;
    }
    if (status > 0 && !bad)
        ret = v360job_tell_run(job, &run, status);
    v360job_free_run(&run);
    return ret;
}

/**
 * Begin near the first frame that is not there yet, if the packets say where
 * that is, and the time stamps of the frames that are there say the same.
 *
 * @param part  set to the rest of the range, or to all of it; to be freed in
 *              any case
 */
static int find_rest(V360JobRange *part, V360Job *job,
                     const V360JobRange *range, int64_t first)
{
    const V360JobFrames *f = &job->frames;
    const V360JobStamp *stamp = &f->stamps[first];
    V360JobCut cut;
    int ret = 0;

    *part = *range;
    part->filter = av_strdup(range->filter);
    part->slots  = av_strdup(range->slots);
    if (!part->filter || !part->slots)
        return v360job_cannot("cannot read", job->source.file, AVERROR(ENOMEM));
    /* The numbers of the sharpest frames count from the start. What a decoder
     * puts in the place of damage may be of any frame before it. */
    if (!first || f->damage.nb || first >= f->nb_stamps || job->cut ||
        job->source.is_still || job->options.sharpest || range->never_seek)
        return 0;
    if (!job->packets.nb && !job->packets.nb_keys && !job->packets.uneven)
        ret = v360job_read_packets(&job->packets, &job->source);
    if (ret < 0 || !v360job_cut_frames(&cut, job, range, first, -1) ||
        av_compare_ts(cut.first, job->source.time_base, stamp->pts,
                      stamp->time_base))
        return ret;
    part->is_rest = 1;
    return v360job_narrow_range(part, &job->source, &job->options, &cut,
                                &job->packets);
}

/** Make the frames from FIRST on, and remember if a seek led elsewhere. */
static int attempt_rest(V360Job *job, V360JobRange *range, int64_t first,
                        int strict)
{
    V360JobRange part;
    int ret = find_rest(&part, job, range, first);
    const int seeks = part.seek_us != AV_NOPTS_VALUE;

    if (ret >= 0)
        ret = attempt(job, &part, first, -1, strict);
    if (seeks && part.seek_us == AV_NOPTS_VALUE) {
        range->seek_us    = AV_NOPTS_VALUE;
        range->never_seek = 1;
    }
    v360job_free_range(&part);
    return ret;
}

int v360job_run_all(V360Job *job, V360JobRange *range)
{
    int strict = v360job_read_damage(job), ret = strict < 0 ? strict : 1;
    int64_t images;

    strict = !strict;
    if (ret > 0 && v360job_refuse_damage(job) < 0)
        ret = AVERROR(EINVAL);
    while (ret > 0) {
        ret = v360job_count_frames(job, 0, &images);
        if (ret >= 0 && job->options.format == V360JOB_MP4)
            ret = v360job_clear(&job->folder, "videos");
        /* The last one again: an encoder that gets no frame at all may call
         * that an error, and that there is none would be known only after
         * all are decoded. */
        if (ret >= 0)
            ret = attempt_rest(job, range, FFMAX(job->frames.done - 1, 0),
                               strict);
        if (ret > 0 && job->source.is_list)
            break;
        strict = 0;
    }
    return ret;
}
