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
 * All frames of a job, in as many runs of ffmpeg as it takes: after an
 * interruption from where it stopped, without damaged pictures, or only those
 * that a finished job lacks.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "frames.h"

/** Frames to come, for progress only; 0: unknown. */
static int64_t expected(const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const V360JobSource *source = &job->source;
    const AVRational rate = o->fps ? o->fps_value : source->frame_rate;
    const int step = v360job_group(o);
    int64_t from = o->from ? o->from_us : 0, to = source->duration_us, n;

    if (job->cut && job->cut->frames)
        return job->cut->frames;
    if (source->is_still)
        return source->is_list ? source->files.nb : 1;
    if (o->to && (!to || o->to_us < to))
        to = o->to_us;
    if (!o->fps && !o->from && !o->to && source->nb_frames)
        n = source->nb_frames;
    else
        n = to > from && rate.num && rate.den ?
            av_rescale(to - from, rate.num, INT64_C(1000000) * rate.den) : 0;
    return (n + step - 1) / step;
}

/**
 * @return whether the source has come to its end in an earlier run, and what
 *          was whole then still is
 */
static int has_ended(V360Job *job)
{
    int64_t images;
    int ret = 0;
    char *text = v360job_read(&job->folder, "end", &ret);
    const int known = text && *text && strlen(text) < 12 &&
                      text[strspn(text, "0123456789")] == '\n';
    const int64_t n = known ? strtoll(text, NULL, 10) : 0;

    av_free(text);
    if (ret < 0 || !known)
        return ret;
    if (job->options.format == V360JOB_MP4) {
        job->frames.done = n;
        return 1;
    }
    ret = v360job_count_frames(job, 0, &images);
    return ret < 0 ? ret : job->frames.done >= n;
}

/** @return whether frames lie so near that they may have one name by time */
static int are_near(const V360Job *job)
{
    const V360JobFrames *f = &job->frames;
    const AVRational unit = { 1, job->options.naming == V360JOB_PTS ? 1000 :
                                                              1000000 };

    for (int64_t i = 1; i < f->nb_stamps; i++) {
        const V360JobStamp *a = &f->stamps[i - 1], *b = &f->stamps[i];

        if (av_rescale_q(b->pts, b->time_base, AV_TIME_BASE_Q) -
            av_rescale_q(a->pts, a->time_base, AV_TIME_BASE_Q) <
            FFMAX(av_rescale_q(1, unit, AV_TIME_BASE_Q), 1))
            return 1;
    }
    return 0;
}

/**
 * Tell why there are fewer images than frames. @return a negative AVERROR
 */
static int lost_frames(const V360Job *job, int64_t total)
{
    if (job->options.naming != V360JOB_NUMBER && are_near(job))
        return v360job_one_name(job);
    return v360job_error("only %lld of %lld frames could be written to %s: is "
                         "the disk full or failing? The same command goes on "
                         "from there", (long long)job->frames.done,
                         (long long)total, job->options.outdir);
}

/**
 * Leave out pictures that cannot be decoded, if any.
 *
 * @return 1 if the frames have to be made without them, or without caring
 */
static int without_bad_pictures(V360Job *job, int failed, int64_t images)
{
    const int64_t done = job->frames.done, total = job->source.files.nb;
    int ret;

    if (!failed && images >= total)
        return done < total ? lost_frames(job, total) : 0;
    ret = v360job_find_undecodable(job, done < total ? done : 0);
    if (!ret && failed) /* it is nothing that would spoil a picture */
        ret = v360job_write_damage(job);
    else if (!ret)
        ret = v360job_error("only %lld of %lld pictures gave an image",
                            (long long)done, (long long)total);
    return ret < 0 ? ret : 1;
}

/** Note that the source has come to its end, and how it was. */
static int note_end(V360Job *job, const V360JobRange *range, int64_t images)
{
    const int64_t stamps = job->frames.nb_stamps;
    char text[32];
    int ret = 0;

    if (job->options.format != V360JOB_MP4 &&
        (stamps < images || (stamps > images && !job->source.is_list)))
        return lost_frames(job, FFMAX(stamps, images));
    if (!job->source.is_still && range->end == AV_NOPTS_VALUE)
        v360job_find_cut(&job->frames.damage, &job->source);
    if (job->frames.damage.nb)
        ret = v360job_write_damage(job);
    snprintf(text, sizeof(text), "%lld\n", (long long)job->frames.done);
    return ret < 0 ? ret : v360job_write(&job->folder, "end", text);
}

/** Leave of the source what the job's cut is. */
static int cut_out(V360Job *job, V360JobRange *range)
{
    const V360JobCut *cut = job->cut;
    V360JobTexts *files = &job->source.files, some = { 0 };

    if (!job->source.is_list)
        return job->source.is_still ? 0 :
               v360job_narrow_range(range, &job->source, &job->options, cut,
                                    &job->packets);
    if (job->source.part_end)
        return 0;
    for (int64_t i = cut->file; i < FFMIN(cut->end_file, files->nb); i++)
        v360job_add(&some, files->text[i]);
    v360job_free_texts(files);
    *files = some;
    return v360job_texts_ok(files);
}

int v360job_choose_frames(V360Job *job, V360JobRange *range)
{
    const V360JobSource *source = &job->source;
    const int is_new = !range->filter;
    int ret = is_new ? v360job_find_range(range, source, &job->options) : 0;

    if (ret >= 0 && is_new && job->cut)
        ret = cut_out(job, range);
    if (ret >= 0)
        ret = v360job_find_sharpest(job, range);
    if (ret >= 0)
        ret = v360job_select_pictures(job);
    if (ret >= 0)
        ret = v360job_drop_undecodable(job);
    job->frames.total = expected(job);
    return ret;
}

/** Count the frames of videos, which all views have. */
static int count_videos(V360Job *job)
{
    V360JobStream s = { 0 };
    char *name = av_asprintf("videos/%s.mp4", job->views.names.text[0]);
    char *path = name ? v360job_work_path(&job->folder, name) : NULL;
    int ret = path ? v360job_open_stream(&s, path, -1, 0) : AVERROR(ENOMEM);

    if (ret >= 0)
        job->frames.done = s.st->nb_frames;
    else
        v360job_cannot("cannot read the video", name ? name : "", ret);
    v360job_close_stream(&s);
    av_free(path);
    av_free(name);
    return ret;
}

/** Make all frames, without any picture that cannot be decoded. */
static int make_all(V360Job *job, V360JobRange *range)
{
    int64_t images = 0;
    int again = 1, ret = 0;

    while (ret >= 0 && again) {
        const int failed = v360job_run_all(job, range);

        ret = failed < 0 ? failed : v360job_count_frames(job, 0, &images);
        /* Of a video, only ffmpeg's end tells. */
        again = ret >= 0 && job->source.is_list &&
                (failed || job->options.format != V360JOB_MP4) ?
                without_bad_pictures(job, failed, images) : 0;
        ret = again < 0 ? again : ret;
        if (again > 0)
            ret = v360job_choose_frames(job, range);
    }
    if (ret >= 0 && job->options.format == V360JOB_MP4)
        ret = count_videos(job);
    return ret < 0 ? ret : note_end(job, range, images);
}

/** Remove images that were not finished: they have no name of an image yet. */
static int begin_again(V360Job *job)
{
    int64_t images;
    int ret = v360job_clear(&job->folder, "end");

    if (ret >= 0)
        ret = v360job_drop_unfinished(&job->folder, &job->views.names);
    /* What is not surely on the disk may be lost with the next power cut, and
     * so it does not count, unless it is made again. */
    if (ret >= 0)
        ret = v360job_count_frames(job, 1, &images);
    if (ret >= 0 && job->options.format != V360JOB_MP4)
        ret = v360job_drop_images(&job->folder, &job->views.names,
                                  v360job_formats[job->options.format],
                                  job->frames.done);
    /* Tasks may have made later frames. */
    if (ret >= 0)
        ret = v360job_drop_parts(job, job->frames.done + 1);
    if (ret >= 0 && job->frames.done)
        v360job_say("going on after frame %lld", (long long)job->frames.done);
    return ret;
}

int v360job_make_frames(V360Job *job)
{
    V360JobRange range = { 0 };
    int ret = has_ended(job);
    const int ended = ret > 0;

    /* Which pictures there are is told in the end, too, and a mask that is a
     * video has as many frames. */
    if (ret >= 0 && (!ended || job->source.is_list || job->options.sharpest))
        ret = v360job_choose_frames(job, &range);
    if (ret >= 0 && ended) {
        ret = v360job_read_damage(job);
    } else if (ret >= 0) {
        ret = begin_again(job);
        if (ret >= 0)
            ret = make_all(job, &range);
        if (ret >= 0)
            ret = v360job_read_damage(job);
    }
    if (ret >= 0)
        ret = v360job_tell_damage(job);
    v360job_free_range(&range);
    return ret;
}
