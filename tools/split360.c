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
 * split360: a 360 video or pictures in, perspective views out, in a folder that
 * photogrammetry programs can read. This file is the order of a job.
 */

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "tools/job/job.h"

static void stop(int sig)
{
    v360job_stopped = sig;
}

static void catch_signals(void)
{
    const struct sigaction action = { .sa_handler = stop,
                                      .sa_flags = SA_RESTART };

    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

    for (int i = 0; i < FF_ARRAY_ELEMS(signals); i++) {
        struct sigaction was;

        /* nohup ignores SIGHUP, and a shell that puts a job into the
         * background SIGINT. */
        if (!sigaction(signals[i], NULL, &was) && was.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN); /* a reader of the progress may go */
}

/** Find out what the source is, and which views are made of it. */
static int look(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    int ret = o->demo ? v360job_make_demo(job) : 0;

    if (ret >= 0)
        ret = v360job_open_source(&job->source, o);
    if (ret >= 0 && o->demo) { /* the file is not the same each time */
        job->source.name = "demo";
        av_free(job->source.id);
        job->source.id = av_strdup("demo");
    }
    if (ret >= 0 && !o->print)
        ret = v360job_spare_sources(&job->folder, o->demo ? NULL : o->input,
                                    &job->source.files, o->mask,
                                    o->views_file);
    if (ret >= 0)
        ret = v360job_probe_mask(job);
    if (ret >= 0)
        ret = v360job_place_views(job);
    return ret < 0 ? ret : v360job_make_graph(job);
}

static void say_job(const V360Job *job)
{
    const V360JobSource *s = &job->source;
    const V360JobOptions *o = &job->options;
    char size[32] = "size by the rig";

    if (job->views.w)
        snprintf(size, sizeof(size), "%dx%d", job->views.w, job->views.h);
    v360job_say("%d x %d %s%s%s -> %d views (%s), %s, %s, %s", s->w, s->h,
                s->projection, s->stereo ? " " : "",
                s->stereo ? v360job_stereos[s->stereo] : "",
                job->views.names.nb, o->views_file ? o->views_file : o->rig,
                v360job_formats[o->format], o->interp, size);
}

/** Make masks and the files that readers and people want. */
static int finish(V360Job *job)
{
    int ret = v360job_make_masks(job);

    if (ret >= 0)
        ret = v360job_write_poses(job);
    return ret < 0 ? ret : v360job_write_preview(job);
}

/** Make a job, or go on with it, up to its manifest. */
static int make(V360Job *job, const cJSON *settings)
{
    int ret = v360job_begin(&job->folder, settings);

    if (ret >= 0)
        ret = v360job_make_frames(job);
    job->made = av_gettime_relative();
    if (ret >= 0)
        ret = finish(job);
    return ret < 0 ? ret : v360job_write_manifest(job, settings);
}

/** @return 1 if there is nothing to do */
static int repair(V360Job *job)
{
    int ret = v360job_repair(job);

    job->made = av_gettime_relative();
    if (!ret)
        ret = finish(job);
    return ret ? ret : v360job_put_back(&job->folder);
}

/** Say where the time went, and what a reader of the images runs next. */
static void say_more(const V360Job *job, int64_t end)
{
    char *path = av_asprintf("%s/database.sh", job->options.outdir);

    if (job->made)
        v360job_say("time: %.1f s to look at the source, %.1f s to make the "
                    "frames, %.1f s for all else", (job->looked - job->begin) /
                    1e6, (job->made - job->looked) / 1e6,
                    (end - job->made) / 1e6);
    if (path && !access(path, F_OK))
        v360job_say("next: sh %s, for COLMAP 3.12 or later", path);
    av_free(path);
}

static void say_summary(const V360Job *job)
{
    const int64_t end = av_gettime_relative();
    const double seconds = (end - job->begin) / 1e6;
    const int64_t images = job->frames.done * job->views.names.nb;
    char count[32] = "";

    if (job->source.skipped.nb && job->source.is_list)
        v360job_warn("%d pictures left out, see \"skipped\" in manifest.json",
                     job->source.skipped.nb);
    if (job->frames.done)
        snprintf(count, sizeof(count), " x %lld images",
                 (long long)job->frames.done);
    v360job_say("done: %d views%s in %s/%s, %.1f s, %.1f images/s",
                job->views.names.nb, count, job->options.outdir,
                job->options.format == V360JOB_MP4 ? "videos" : "images",
                seconds, images / FFMAX(seconds, 1));
    say_more(job, end);
}

/** The job, from what OUTDIR holds to what it shall hold. */
static int run(V360Job *job)
{
    cJSON *settings;
    int ret;

    job->begin = av_gettime_relative();
    if (job->options.verify)
        return v360job_verify(job->options.outdir);
    ret = v360job_find_programs(job);
    if (ret >= 0)
        ret = v360job_read_views(job);
    if (ret >= 0 && !job->options.print)
        ret = v360job_open_folder(&job->folder, job->options.outdir);
    if (ret >= 0)
        ret = look(job);
    if (ret < 0)
        return ret;
    if (job->options.print) {
        ret = v360job_choose_device(job);
        return ret < 0 ? ret : v360job_print_command(job);
    }
    settings = v360job_settings(job);
    ret = settings ? v360job_find_state(&job->folder, settings,
                                        job->options.force) :
          v360job_cannot("cannot split", job->source.name, AVERROR(ENOMEM));
    job->is_ours = ret >= 0;
    if (ret >= 0) {
        say_job(job);
        ret = v360job_choose_device(job);
    }
    job->looked = av_gettime_relative();
    if (ret >= 0 && job->folder.state == V360JOB_REPAIR)
        ret = repair(job);
    else if (ret >= 0 && job->folder.state != V360JOB_PUBLISH)
        ret = make(job, settings);
    if (!ret && job->folder.state != V360JOB_REPAIR)
        ret = v360job_publish(&job->folder);
    if (!ret)
        ret = v360job_close_folder(&job->folder);
    if (!ret)
        say_summary(job);
    cJSON_Delete(settings);
    return ret;
}

/** Keep what the next run can go on with, and leave nothing else. */
static void leave(V360Job *job, int ret)
{
    int64_t images;
    int keep = 0;

    if (ret < 0 && job->is_ours && job->folder.work) {
        keep = v360job_has_manifest(&job->folder) ||
               v360job_exists(job->folder.work_fd, "end") ||
               v360job_exists(job->folder.work_fd, "sharpest") ||
               v360job_count_frames(job, 1, &images) < 0;
        if (job->frames.done)
            v360job_say("%lld frames are whole in %s; the same command goes on "
                        "from there", (long long)job->frames.done,
                        job->folder.work);
        keep |= !!job->frames.done;
    }
    v360job_leave_folder(&job->folder, job->is_ours ? keep : -1);
}

static void free_job(V360Job *job)
{
    V360JobGraph *g = &job->graph;
    char **const texts[] = {
        &job->programs.ffmpeg, &job->programs.version,
        &job->programs.configuration, &job->views.text, &g->rate,
        &g->select, &g->colour, &g->batch, &g->pads, &g->pad, &g->run_batch, &g->fetch,
        &g->filter, &job->mask_id, &job->mask_filter,
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(texts); i++)
        av_freep(texts[i]);
    v360job_free_texts(&g->input);
    v360job_free_texts(&g->coding);
    av_freep(&job->frames.stamps);
    v360job_free_texts(&job->frames.damage);
    v360job_free_texts(&job->frames.all);
    v360job_free_texts(&job->views.names);
    v360rig_free_setup(&job->views.setup);
    v360job_free_packets(&job->packets);
    v360job_free_source(&job->source);
    v360job_free_options(&job->options);
}

int main(int argc, char **argv)
{
    V360Job job = { .folder.lock = -1 };
    int ret;

    v360job_open_std();
    catch_signals();
    v360job_keep_log();
    ret = v360job_parse_options(&job.options, argc, argv);
    v360job_be_quiet(job.options.quiet);
    if (!ret)
        ret = run(&job);
    leave(&job, ret);
    if (v360job_stopped && ret < 0)
        v360job_warn("interrupted");
    free_job(&job);
    return v360job_stopped && ret < 0 ? 130 : ret < 0;
}
