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
 * One run of ffmpeg that makes frames: its arguments, and what it leaves.
 */

#define _GNU_SOURCE /* O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "frames.h"

const char *v360job_kind(const V360Job *job)
{
    return job->options.format == V360JOB_MP4 ? "videos" : "images";
}

/**
 * Add an encoder and its files for each view, into FOLDER, numbered from
 * FIRST + 1.
 */
static int add_outputs(const V360Job *job, V360JobTexts *args,
                       const char *folder, int64_t first)
{
    const V360JobOptions *o = &job->options;
    const int images = o->format != V360JOB_MP4;

    for (int i = 0; i < job->views.names.nb; i++) {
        const char *name = job->views.names.text[i];

        v360job_add(args, "-map");
        v360job_addf(args, "[v%d]", i);
        v360job_add_all(args, "-bitexact", "-fps_mode", "passthrough",
                        "-enc_time_base", "filter", "-threads", NULL);
        v360job_addf(args, "%d", job->graph.threads);
        v360job_append(args, &job->graph.run_coding);
        if (images) {
            /* What bears an image's name is whole. */
            v360job_add_all(args, "-f", "image2", "-atomic_writing", "1",
                            "-start_number", NULL);
            v360job_addf(args, "%lld", (long long)first + 1);
            if (o->naming != V360JOB_NUMBER)
                v360job_add_all(args, "-frame_pts", "1", NULL);
        }
        if (images && !i && !o->print) {
            v360job_add(args, "-stats_enc_pre");
            v360job_addf(args, "part.%lld", (long long)first);
            v360job_add_all(args, "-stats_enc_pre_fmt",
                            "{n} {ptsi} {tbi} {pts} {tb}", NULL);
        }
        /* When a video begins is not rounded to milliseconds. */
        if (!images)
            v360job_add_all(args, "-movie_timescale", "1000000", NULL);
        if (images)
            v360job_addf(args, "%s/%s/%%0%dd.%s", folder, name,
                         6 + 3 * o->naming, v360job_formats[o->format]);
        else
            v360job_addf(args, "%s/%s.mp4", folder, name);
    }
    return v360job_texts_ok(args);
}

/** Make the folders of the views. */
static int make_folders(const V360Job *job, const char *folder)
{
    int ret = v360job_make_folder(&job->folder, folder);

    for (int i = 0; i < job->views.names.nb && ret >= 0; i++) {
        char *name = av_asprintf("%s/%s", folder, job->views.names.text[i]);

        if (job->options.format != V360JOB_MP4)
            ret = name ? v360job_make_folder(&job->folder, name) :
                         v360job_cannot("cannot write to",
                                        job->options.outdir, AVERROR(ENOMEM));
        av_free(name);
    }
    return ret;
}

/**
 * Add the filtergraph for the frames FIRST to LAST of those that are chosen;
 * LAST -1: to the end. Of a list only these pictures are read at all.
 */
static void add_graph(const V360Job *job, V360JobTexts *args,
                      const V360JobRange *range, int64_t first, int64_t last)
{
    const V360JobGraph *g = &job->graph;
    const int is_list = job->source.is_list;
    const long long from = is_list || range->is_rest ? 0 : first;
    /* Two frames of one time are no error, but FFmpeg's encoder of JPEG wants
     * each to be later than the one before. */
    const char *later = job->options.format != V360JOB_JPG ||
                        job->options.naming != V360JOB_NUMBER ? "" :
                        "setpts=if(lte(PTS\\,PREV_OUTPTS)\\,PREV_OUTPTS+1\\,"
                        "PTS),";
    char trim[80] = "";

    if (last >= 0)
        snprintf(trim, sizeof(trim), "trim=start_frame=%lld:end_frame=%lld,",
                 from, (long long)(is_list ? last - first : last));
    else if (from)
        snprintf(trim, sizeof(trim), "trim=start_frame=%lld,", from);
    v360job_add(args, "-filter_complex");
    /* Date and place are those of the source's own time stamps. */
    v360job_addf(args, "[0:%d]%s%s%s%s%s%s%s%s%s%s", job->source.stream,
                 range->filter, g->geotag, g->rate, range->slots, g->select,
                 trim, later, *g->before ? g->fetch : "", g->before,
                 g->run_batch);
}

/** Remove what an earlier run that began with the same frame wrote. */
static int begin_part(const V360Job *job, int64_t first)
{
    char name[32];

    snprintf(name, sizeof(name), "part.%lld", (long long)first);
    return v360job_clear(&job->folder, name);
}

/** Remember that a run came to its end, so that its last line is believed. */
static int end_part(const V360Job *job, int64_t first)
{
    static const char end[] = "end\n";
    char name[32];
    int fd, ret = 0;

    snprintf(name, sizeof(name), "part.%lld", (long long)first);
    fd = openat(job->folder.work_fd, name, O_WRONLY | O_APPEND | O_NOFOLLOW |
                O_CLOEXEC);
    if (fd < 0 || write(fd, end, strlen(end)) < 0)
        ret = AVERROR(errno);
    if (fd >= 0 && close(fd) < 0 && ret >= 0)
        ret = AVERROR(errno);
    return ret < 0 ? v360job_cannot("cannot write to", job->options.outdir,
                                    ret) : 0;
}

int v360job_add_frames(V360Job *job, V360JobTexts *args,
                       const V360JobRange *range, const char *folder,
                       int64_t first, int64_t last)
{
    int ret;

    v360job_append(args, &job->graph.input);
    ret = v360job_add_input(job, args, range, first);
    add_graph(job, args, range, first, last);
    return ret < 0 ? ret : add_outputs(job, args, folder, first);
}

int v360job_run_frames(V360Job *job, V360JobRun *run,
                       const V360JobRange *range, int64_t first, int64_t last,
                       int strict)
{
    const char *folder = v360job_kind(job);
    V360JobTexts args = { 0 };
    int ret;

    run->total  = last < 0 ? job->frames.total : last;
    run->done   = first;
    run->shown  = run->marked = 1;
    if (!first)
        v360job_add_all(&args, "-abort_on", "empty_output", NULL);
    if (strict)
        v360job_add_strict(&args);
    ret = v360job_add_frames(job, &args, range, folder, first, last);
    if (ret >= 0)
        ret = make_folders(job, folder);
    if (ret >= 0)
        ret = begin_part(job, first);
    if (ret >= 0) {
        ret = v360job_ffmpeg(job, &args, run);
        if (ret < 0)
            v360job_tell_run(job, run, ret);
    }
    if (!ret && job->options.format != V360JOB_MP4)
        ret = end_part(job, first);
    v360job_free_texts(&args);
    return ret;
}
