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
 * The frames of a shard: an ordinary job's, cut out, in a private folder of
 * their own.
 */

#define _GNU_SOURCE /* O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "tools/job/os.h"
#include "farm.h"

/** Make a private folder, with a lock by which one sees that it is in use. */
static int make_place(V360JobFolder *own, const V360JobFolder *folder,
                      const char *name)
{
    int ret = v360job_make_folder(folder, name);

    if (ret < 0)
        return ret;
    own->outdir    = folder->outdir;
    own->outdir_fd = folder->outdir_fd;
    own->work      = av_asprintf("%s/%s", folder->work, name);
    own->work_fd   = v360job_open_folder_at(folder->work_fd, name, 0);
    ret = own->work ? FFMIN(own->work_fd, 0) : AVERROR(ENOMEM);
    if (ret >= 0) {
        own->lock = openat(own->work_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW,
                           0666);
        ret = own->lock < 0 ? AVERROR(errno) : 0;
    }
    if (ret < 0)
        return v360job_cannot("cannot write to", folder->outdir, ret);
    v360job_try_lock(own->lock, 0);
    return 0;
}

int v360farm_read_words(V360JobOptions *o, const V360FarmPlan *plan,
                        const char *outdir)
{
    const int nb = plan->words.nb;
    char **argv  = av_calloc(nb + 2, sizeof(*argv));
    int ret;

    if (!argv)
        return v360job_cannot("cannot read", "the plan", AVERROR(ENOMEM));
    argv[0] = (char *)"split360";
    for (int i = 0; i < nb; i++)
        argv[1 + i] = plan->words.text[i];
    ret = v360job_parse_options(o, nb + 1, argv);
    av_free(argv);
    av_free(o->outdir); /* it may have been moved */
    o->outdir = av_strdup(outdir);
    return ret < 0 ? ret : o->outdir ? 0 :
           v360job_cannot("cannot read", outdir, AVERROR(ENOMEM));
}

/**
 * Refuse pictures that are not those of the plan; then all of the source are
 * taken for those of the plan.
 */
static int check_pictures(V360Job *job, const V360FarmPlan *plan,
                          const V360FarmShard *shard)
{
    const char *all = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(plan->settings, "source"));

    if (!shard->source || !plan->json)
        return 0;
    if (!all || strcmp(shard->source, job->source.id))
        return v360job_error("the pictures %lld to %lld of %s are not those "
                             "that it was planned for",
                             (long long)shard->cut.file + 1,
                             (long long)shard->cut.end_file, job->source.name);
    av_free(job->source.id);
    job->source.id = av_strdup(all);
    return job->source.id ? 0 : v360job_cannot("cannot read", job->source.name,
                                               AVERROR(ENOMEM));
}

/** Refuse a source, or an FFmpeg, that is not the one of the plan. */
static int check_settings(const V360Job *job, const V360FarmPlan *plan)
{
    cJSON *settings = plan->json ? v360job_settings(job) : NULL;
    char *text = NULL;
    int ret = !plan->json ? 0 : settings ?
              v360job_differences(&text, plan->json, settings) :
              AVERROR(ENOMEM);

    if (ret < 0)
        v360job_cannot("cannot read the plan of", job->options.outdir, ret);
    else if (text)
        ret = v360job_error("this is not what %s was planned for: %s",
                            job->options.outdir, text);
    av_free(text);
    cJSON_Delete(settings);
    return ret;
}

int v360farm_make_shard(V360Job *job, const V360FarmPlan *plan,
                        const V360FarmShard *shard,
                        const V360JobFolder *folder, const char *name)
{
    int ret;

    *job = (V360Job){ .folder = { .lock = -1, .work_fd = -1 } };
    job->cut     = &shard->cut;
    job->packets = shard->entries;
    if (shard->source) {
        job->source.part     = shard->cut.file;
        job->source.part_end = shard->cut.end_file;
    }
    ret = v360farm_read_words(&job->options, plan, folder->outdir);
    v360job_settle_options(&job->options, plan->settings);
    job->options.quiet = plan->quiet;
    job->options.json  = plan->json_progress;
    if (ret >= 0)
        ret = make_place(&job->folder, folder, name);
    if (ret >= 0)
        ret = v360job_find_programs(job);
    if (ret >= 0)
        ret = v360job_read_views(job);
    if (ret >= 0)
        ret = v360job_look(job);
    if (ret >= 0)
        ret = check_pictures(job, plan, shard);
    if (ret >= 0)
        ret = check_settings(job, plan);
    if (ret >= 0)
        ret = v360job_choose_device(job);
    return ret < 0 ? ret : v360job_make_frames(job);
}

void v360farm_end_shard(V360Job *job)
{
    V360JobFolder *own = &job->folder;

    if (own->work_fd >= 0 && own->work) {
        const char *name = strrchr(own->work, '/') + 1;
        const int parent = openat(own->work_fd, "..", O_RDONLY | O_DIRECTORY |
                                  O_CLOEXEC);

        if (parent >= 0) {
            v360job_remove_at(parent, name);
            close(parent);
        }
    }
    if (own->work_fd >= 0)
        close(own->work_fd);
    if (own->lock >= 0)
        close(own->lock);
    av_freep(&own->work);
    job->packets = (V360JobPackets){ 0 }; /* the plan's */
    v360job_free_job(job);
}
