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
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "tools/farm/farm.h"
#include "tools/job/job.h"

/* A merge waits so long, in microseconds, for tasks that come to their end. */
#define MERGE_PATIENCE (120 * INT64_C(1000000))

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
    v360job_say_coverage(job);
    v360job_say_supersample(job);
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

/** Have the frames made by tasks, those that are not there yet. */
static int share(V360Job *job, V360FarmPlan *plan, const cJSON *settings)
{
    int ret = v360job_begin(&job->folder, settings);
    uint8_t *missing = NULL;

    if (ret >= 0)
        ret = v360farm_make_plan(plan, job, settings);
    if (ret >= 0) {
        missing = av_malloc(plan->nb_shards);
        ret = missing ? v360farm_find_missing(missing, &job->folder, plan) :
              v360job_cannot("cannot split", job->source.name, AVERROR(ENOMEM));
    }
    if (ret >= 0) {
        v360job_leave_folder(&job->folder, 1);
        ret = v360farm_submit(job, plan, missing, 0);
    }
    av_free(missing);
    return ret;
}

/** Make what OUTDIR lacks of the job, but for the last renames. */
static int make_rest(V360Job *job, const V360FarmPlan *plan,
                     const cJSON *settings)
{
    const int is_merge = job->options.command == V360JOB_MERGE;
    int ret = is_merge ? v360farm_gather(job, plan) : v360farm_take_over(job);
    const int is_gathered = is_merge && !ret;

    if (ret < 0 || ret == 1)
        return ret;
    if (ret == 2) /* a merge may run where there is no GPU */
        job->options.device = V360JOB_AUTO_DEVICE;
    if (is_gathered && job->options.format == V360JOB_MP4)
        job->nb_shards = plan->nb_shards;
    ret = is_gathered ? 0 : v360job_choose_device(job);
    job->looked = av_gettime_relative();
    if (ret >= 0)
        ret = make(job, settings);
    if (ret >= 0 && is_gathered)
        ret = v360farm_compare(job, plan);
    /* Files that have changed meanwhile are made again. */
    return ret > 0 ? make_rest(job, plan, settings) : ret;
}

/** The job, from what OUTDIR holds to what it shall hold, once it is known. */
static int complete(V360Job *job, V360FarmPlan *plan, const cJSON *settings)
{
    const enum V360JobState state = job->folder.state;
    int ret = 0;

    if (job->options.shards &&
        (state == V360JOB_NEW || state == V360JOB_CONTINUE))
        return share(job, plan, settings);
    if (state == V360JOB_REPAIR) {
        ret = v360job_choose_device(job);
        job->looked = av_gettime_relative();
        if (ret >= 0)
            ret = repair(job);
    } else if (state != V360JOB_PUBLISH) {
        ret = make_rest(job, plan, settings);
    }
    if (!ret && state != V360JOB_REPAIR)
        ret = v360job_publish(&job->folder);
    if (!ret)
        ret = v360job_close_folder(&job->folder);
    if (!ret)
        say_summary(job);
    return ret;
}

/** Find out what there is to do, and do it. */
static int run_job(V360Job *job, V360FarmPlan *plan)
{
    cJSON *settings;
    int ret = v360job_find_programs(job);

    if (ret >= 0 && job->options.gpus)
        ret = v360job_find_gpus(job);
    if (ret >= 0)
        ret = v360job_read_views(job);
    if (ret >= 0 && !job->options.print)
        ret = v360job_open_folder(&job->folder, job->options.outdir);
    if (ret >= 0) {
        v360job_settle_by_folder(&job->options, &job->folder);
        ret = v360job_look(job);
    }
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
        ret = complete(job, plan, settings);
    }
    cJSON_Delete(settings);
    return ret;
}

/** What the command line asks for. */
static int run(V360Job *job, V360FarmPlan *plan)
{
    const V360JobOptions *o = &job->options;
    int ret = 0;

    job->begin = av_gettime_relative();
    if (o->verify)
        return v360job_verify(o->outdir);
    if (o->status)
        return v360farm_status(o->outdir);
    if (o->cancel)
        return v360farm_cancel(o->outdir);
    if (o->command == V360JOB_TASK)
        return v360farm_task(o);
    if (o->shards) {
        ret = v360farm_is_at_work(o);
        if (ret > 0)
            v360job_say("submitted already; split360 --status %s tells how far "
                        "it is", o->outdir);
    }
    if (o->command == V360JOB_MERGE) {
        job->folder.patience = MERGE_PATIENCE;
        ret = v360farm_load(plan, &job->options);
    }
    return ret ? FFMIN(ret, 0) : run_job(job, plan);
}

/** Keep what the next run can go on with, and leave nothing else. */
static void leave(V360Job *job, int ret)
{
    int64_t images;
    int keep = 0;

    if (ret < 0 && job->is_ours && job->folder.work) {
        keep = v360job_has_manifest(&job->folder) ||
               v360job_exists(job->folder.work_fd, "end") ||
               v360job_exists(job->folder.work_fd, "farm") ||
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

int main(int argc, char **argv)
{
    V360Job job = { .folder.lock = -1 };
    V360FarmPlan plan = { 0 };
    int ret;

    v360job_open_std();
    catch_signals();
    v360job_keep_log();
    ret = v360job_parse_options(&job.options, argc, argv);
    v360job_be_quiet(job.options.quiet);
    if (!ret)
        ret = run(&job, &plan);
    leave(&job, ret);
    if (v360job_stopped && ret < 0)
        v360job_warn("interrupted");
    v360job_free_job(&job);
    v360farm_free_plan(&plan);
    return v360job_stopped && ret < 0 ? 130 : ret < 0;
}
