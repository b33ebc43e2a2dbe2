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
 * Frames of a finished job whose files have gone: makes them again, in as few
 * runs of ffmpeg as there are gaps.
 */

#include <stdlib.h>

#include "libavutil/bprint.h"
#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

static int by_frame(const void *a, const void *b)
{
    return ((const V360JobGone *)a)->frame - ((const V360JobGone *)b)->frame;
}

static int run_part(V360Job *job, const V360JobRange *range, int64_t first,
                    int64_t last)
{
    V360JobRun run = { 0 };
    int ret = v360job_run_frames(job, &run, range, first, last, 0);

    if (ret > 0)
        ret = v360job_tell_run(job, &run, ret);
    v360job_free_run(&run);
    return ret;
}

/** Make the frames of GONE, which is in their order, from 1 on. */
static int run_parts(V360Job *job, const V360JobRange *range,
                     const V360JobGone *gone, int nb_gone)
{
    int ret = 0;

    for (int i = 0, end; i < nb_gone && ret >= 0; i = end) {
        end = i + 1;
        while (end < nb_gone && gone[end].frame <= gone[end - 1].frame + 1)
            end++;
        if (gone[end - 1].frame) /* masks and poses are of no frame */
            ret = run_part(job, range, FFMAX(gone[i].frame, 1) - 1,
                           gone[end - 1].frame);
    }
    return ret;
}

/** The job's frames, whose images are in OUTDIR or made again. */
static int count_images(V360Job *job)
{
    V360JobTexts names = { 0 };
    int ret = v360job_list_images(&job->folder, &names,
                                  job->views.names.text[0],
                                  v360job_formats[job->options.format]);

    job->frames.done = names.nb;
    v360job_free_texts(&names);
    return ret;
}

static int choose(V360Job *job, V360JobRange *range)
{
    int ret = v360job_clear(&job->folder, "images");

    if (ret >= 0)
        ret = v360job_clear(&job->folder, "masks");
    if (ret >= 0)
        ret = v360job_choose_frames(job, range);
    /* Frames are numbered without the pictures that the job had to leave
     * out. */
    if (ret >= 0 && job->source.is_list) {
        ret = v360job_find_undecodable(job, 0);
        if (ret > 0)
            ret = v360job_choose_frames(job, range);
    }
    return ret;
}

/** Refuse videos that were joined of shards: a run would make other ones. */
static int refuse_joined(const V360Job *job)
{
    int ret = 0;
    cJSON *json = v360job_json_at(job->folder.outdir_fd, "manifest.json", &ret);
    const cJSON *of = cJSON_GetObjectItemCaseSensitive(json, "job");
    const char *shards = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(of, "shards"));

    ret = shards && job->options.format == V360JOB_MP4 ?
          v360job_error("videos are missing in %s that were made in %s shards; "
                        "the same command with --force and --shards %s makes "
                        "all of them again", job->options.outdir, shards,
                        shards) : 0;
    cJSON_Delete(json);
    return ret;
}

int v360job_repair(V360Job *job)
{
    const int images = job->options.format != V360JOB_MP4;
    V360JobRange range = { 0 };
    V360JobGone *gone = NULL;
    int nb_gone = 0;
    int ret = v360job_find_gone(&gone, &nb_gone, job->options.outdir);

    if (ret >= 0 && !nb_gone) {
        v360job_say("nothing to do: %s is whole", job->options.outdir);
        ret = 1;
    } else if (ret >= 0) {
        v360job_say("%d files are missing in %s", nb_gone,
                    job->options.outdir);
        qsort(gone, nb_gone, sizeof(*gone), by_frame);
        ret = refuse_joined(job);
        if (ret >= 0)
            ret = choose(job, &range);
        if (ret >= 0)
            ret = images ? run_parts(job, &range, gone, nb_gone) :
                           run_part(job, &range, 0, -1);
        if (ret >= 0 && images)
            ret = count_images(job);
    }
    v360job_free_gone(&gone, nb_gone);
    v360job_free_range(&range);
    return ret;
}
