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
 * A task: makes one shard in a private folder, and moves what it has made to
 * the images of the job, file by file. It may be killed at any moment, run
 * again, and run twice at once: what it moves is always the same bytes, and
 * what counts is the marker, which is written last.
 */

#define _GNU_SOURCE /* openat */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "tools/job/os.h"
#include "farm.h"

/* Tasks wait so long, in microseconds, for a run that has the job to itself. */
#define PATIENCE (120 * INT64_C(1000000))

typedef struct Task {
    V360JobFolder folder;   ///< of the job
    V360FarmPlan plan;
    int number;
    const V360FarmShard *shard;
    V360Job job;            ///< of the shard
} Task;

static int cannot_write(const Task *t, int err)
{
    return v360job_cannot("cannot write to", t->folder.outdir, err);
}

/** Remove the private folders of tasks of this shard that have died. */
static void tidy(const Task *t)
{
    const int farm = v360job_open_folder_at(t->folder.work_fd, "farm", 0);
    V360JobTexts names = { 0 };
    char start[32];

    snprintf(start, sizeof(start), "task.%d.", t->number);
    if (farm >= 0)
        v360job_list(farm, ".", &names);
    for (int i = 0; i < names.nb; i++) {
        char *lock = av_asprintf("%s/lock", names.text[i]);
        const int fd = lock && av_strstart(names.text[i], start, NULL) ?
                       v360job_open(farm, lock) : -1;

        if (fd >= 0 && v360job_try_lock(fd, 0) == 1)
            v360job_remove_at(farm, names.text[i]);
        if (fd >= 0)
            close(fd);
        av_free(lock);
    }
    v360job_free_texts(&names);
    if (farm >= 0)
        close(farm);
}

/** Write why the shard could not be made, for the merge. */
static void fail(const Task *t, const char *kind)
{
    char *name = av_asprintf("farm/%d.failed", t->number);
    char *text = av_asprintf("%s\n%s\n", kind, v360job_last_error());

    if (name && text && !v360job_stopped &&
        v360farm_is_current(&t->plan, &t->folder))
        v360job_write(&t->folder, name, text);
    av_free(name);
    av_free(text);
}

/**
 * Check that there are as many frames as planned: a decoder may give fewer than
 * there are packets.
 */
static int check_frames(const Task *t)
{
    const V360JobFrames *f = &t->job.frames;
    const int64_t wanted = t->shard->frames ?
                           t->shard->frames + t->shard->has_seam : 0;

    if (f->damage.nb)
        return v360job_error("shard %d is damaged, and the job has to be made "
                             "in one piece: %s", t->number, f->damage.text[0]);
    if (wanted ? f->done != wanted : f->done < 1)
        return v360job_error("shard %d has %lld frames, not %lld", t->number,
                             (long long)f->done, (long long)wanted);
    return 0;
}

/** Move the images of a view. */
static int move_view(const Task *t, int view, int64_t nb)
{
    const char *name = t->job.views.names.text[view];
    char *path = av_asprintf("images/%s", name);
    const int from = path ? v360job_open_folder_at(t->job.folder.work_fd, path,
                                                   0) : AVERROR(ENOMEM);
    const int to = from < 0 ? from :
                   v360job_open_folder_at(t->folder.work_fd, path, 1);
    V360JobTexts files = { 0 };
    int ret = to < 0 ? to : v360job_list_frames(from, &files);

    for (int64_t i = 0; i < nb && ret >= 0; i++) {
        char *own = v360farm_image_name(&t->job, files.text[i], view,
                                        t->shard->first + i);

        ret = own ? v360job_rename(from, files.text[i], to,
                                   strrchr(own, '/') + 1, 1) : AVERROR(ENOMEM);
        av_free(own);
    }
    v360job_free_texts(&files);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    av_free(path);
    return ret;
}

/** Move a video of a view into the folder of the shard. */
static int move_video(const Task *t, int view)
{
    char *name = av_asprintf("%s.mp4", t->job.views.names.text[view]);
    char *path = av_asprintf("farm/videos/%d", t->number);
    const int from = name && path ?
                     v360job_open_folder_at(t->job.folder.work_fd, "videos",
                                            0) : AVERROR(ENOMEM);
    const int to = from < 0 ? from :
                   v360job_open_folder_at(t->folder.work_fd, path, 1);
    const int ret = to < 0 ? to : v360job_rename(from, name, to, name, 1);

    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    av_free(name);
    av_free(path);
    return ret;
}

/**
 * Move the time stamps: the names of their files tell which frame they begin
 * with.
 */
static int move_stamps(const Task *t)
{
    const int from = t->job.folder.work_fd;
    V360JobTexts files = { 0 };
    int ret = v360job_list(from, ".", &files);

    for (int i = 0; i < files.nb && ret >= 0; i++) {
        const char *digits;
        char name[40];

        if (!av_strstart(files.text[i], "part.", &digits))
            continue;
        snprintf(name, sizeof(name), "part.%lld",
                 (long long)t->shard->first + atoll(digits));
        ret = v360job_rename(from, files.text[i], t->folder.work_fd, name, 1);
    }
    v360job_free_texts(&files);
    return ret;
}

/** Move what says which frames are the sharpest of theirs. */
static int move_choice(const Task *t, int farm)
{
    char name[32];
    int ret;

    if (!t->job.options.sharpest)
        return 0;
    snprintf(name, sizeof(name), "%d.sharpest", t->number);
    ret = v360job_rename(t->job.folder.work_fd, "sharpest", farm, name, 1);
    return ret == AVERROR(ENOENT) ? 0 : ret; /* the merge then looks again */
}

/**
 * Publish what was made: data are on the disk before names, and names before
 * the marker.
 */
static int publish(const Task *t, const char *marker)
{
    const int is_mp4 = t->job.options.format == V360JOB_MP4;
    const int own = t->job.folder.work_fd;
    const int64_t nb = t->job.frames.done - t->shard->has_seam;
    const int farm = v360job_open_folder_at(t->folder.work_fd, "farm", 0);
    char name[32];
    int ret = farm < 0 ? farm : v360job_flush_at(own);

    snprintf(name, sizeof(name), "%d.done", t->number);
    for (int i = 0; i < t->job.views.names.nb && ret >= 0; i++)
        ret = is_mp4 ? move_video(t, i) : move_view(t, i, nb);
    if (ret >= 0)
        ret = move_stamps(t);
    if (ret >= 0)
        ret = move_choice(t, farm);
    if (ret >= 0)
        ret = v360job_store_at(own, "done", marker, 1);
    if (ret >= 0)
        ret = v360job_rename(own, "done", farm, name, 1);
    if (ret >= 0)
        ret = v360job_flush_at(farm);
    if (farm >= 0)
        close(farm);
    return ret < 0 ? cannot_write(t, ret) : 0;
}

/** Make the shard, in a folder that no other task has. */
static int make(Task *t)
{
    char *name = av_asprintf("farm/task.%d.%08x%04x", t->number,
                             (unsigned)av_gettime(), (unsigned)getpid());
    AVBPrint marker;
    int ret;

    av_bprint_init(&marker, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = name ? v360farm_make_shard(&t->job, &t->plan, t->shard, &t->folder,
                                     name) : cannot_write(t, AVERROR(ENOMEM));
    av_free(name);
    if (ret < 0) {
        fail(t, t->job.frames.damage.nb ? "damaged" : "failed");
    } else {
        ret = check_frames(t);
        if (ret < 0)
            fail(t, "uneven");
    }
    if (ret >= 0)
        ret = v360farm_write_marker(&marker, &t->job, &t->plan, t->number);
    if (ret >= 0 && !v360farm_is_current(&t->plan, &t->folder))
        ret = v360job_error("the plan of %s has gone", t->folder.outdir);
    if (ret >= 0)
        ret = publish(t, marker.str);
    av_bprint_finalize(&marker, NULL);
    return ret;
}

/** @return 1 if the shard is there already */
static int is_done(const Task *t)
{
    V360FarmMarker marker = { 0 };
    int ret = v360farm_read_marker(&marker, &t->folder, &t->plan, t->number);

    if (ret > 0)
        ret = v360farm_has_files(&marker, &t->folder);
    v360farm_free_marker(&marker);
    return ret;
}

static int run(Task *t, const V360JobOptions *o)
{
    const int64_t start = av_gettime_relative();
    int ret;

    if (o->shard >= t->plan.nb_shards)
        return v360job_error("%s has shards 0 to %d, there is no %d", o->outdir,
                             t->plan.nb_shards - 1, o->shard);
    t->number = o->shard;
    t->shard  = &t->plan.shard[o->shard];
    t->plan.quiet         = o->quiet;
    t->plan.json_progress = o->json;
    ret = is_done(t);
    if (ret > 0)
        v360job_say("shard %d is there already", t->number);
    if (ret)
        return FFMIN(ret, 0);
    tidy(t);
    v360farm_note(&t->folder, t->number, "start");
    ret = make(t);
    if (ret >= 0)
        v360job_say("shard %d of %d: %lld frames, %.1f s", t->number,
                    t->plan.nb_shards, (long long)t->job.frames.done -
                    t->shard->has_seam, (av_gettime_relative() - start) / 1e6);
    v360farm_note(&t->folder, t->number, ret < 0 ? "failed" : "done");
    v360farm_end_shard(&t->job);
    return ret;
}

int v360farm_task(const V360JobOptions *o)
{
    Task t = { .folder = { .lock = -1, .patience = PATIENCE } };
    int ret = v360job_enter_folder(&t.folder, o->outdir);

    if (ret >= 0)
        ret = v360farm_read_plan(&t.plan, &t.folder);
    if (ret >= 0) {
        ret = run(&t, o);
    } else if (ret == AVERROR(ENOENT)) {
        ret = v360farm_is_finished(o->outdir) ? 0 :
              v360job_error("%s has no plan: it was cancelled, or "
                            "split360 plan has not been run", o->outdir);
    }
    v360farm_free_plan(&t.plan);
    v360job_leave_folder(&t.folder, 1);
    return ret;
}
