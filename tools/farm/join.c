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
 * The videos of shards, joined to one for each view, without encoding again.
 * Each begins with a key frame. Its first frame has the time that it has in the
 * job, so that the joined video has the frames at the times of the shards.
 */

#include <string.h>
#include <unistd.h>

#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "farm.h"

#define SECOND INT64_C(1000000)

static int no_memory(const V360Job *job)
{
    return v360job_cannot("cannot join the videos of", job->options.outdir,
                          AVERROR(ENOMEM));
}

/** @return 1 if all videos of a shard are what its task wrote */
static int check_shard(const V360Job *job, const V360FarmPlan *plan, int shard)
{
    const int farm = v360job_open_folder_at(job->folder.work_fd, "farm", 0);
    V360FarmMarker m;
    int ret = v360farm_read_marker(&m, &job->folder, plan, shard);

    for (int i = 0; i < m.files.nb && ret > 0; i++) {
        const int fd = v360job_open(farm, m.files.text[i]);
        V360JobSum sum;

        ret = fd < 0 ? 0 : v360job_sum_file(&sum, fd) >= 0 &&
              !strcmp(sum.hash, m.sums[i].hash);
        if (fd >= 0)
            close(fd);
    }
    v360farm_free_marker(&m);
    if (farm >= 0)
        close(farm);
    return v360job_stopped ? AVERROR_EXIT : ret;
}

/** Get when a video begins, in microseconds. */
static int get_start(int64_t *start, const V360Job *job, int shard, int view)
{
    char *path = av_asprintf("%s/farm/videos/%d/%s.mp4", job->folder.work,
                             shard, job->views.names.text[view]);
    V360JobStream s = { 0 };
    int ret = path ? v360job_open_stream(&s, path, -1, 0) : AVERROR(ENOMEM);

    if (ret >= 0)
        *start = s.st->start_time == AV_NOPTS_VALUE ? 0 :
                 av_rescale_q(s.st->start_time, s.st->time_base,
                              AV_TIME_BASE_Q);
    v360job_close_stream(&s);
    if (ret < 0)
        v360job_cannot("cannot read", path ? path : job->options.outdir, ret);
    av_free(path);
    return ret;
}

/** List the videos of a view, each with the time until the next one begins. */
static int write_list(const V360Job *job, const V360FarmPlan *plan, int view,
                      int64_t *first)
{
    AVBPrint list;
    int64_t start, next;
    int ret = get_start(&start, job, 0, view);

    *first = start;
    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&list, "ffconcat version 1.0\n");
    for (int i = 0; i < plan->nb_shards && ret >= 0; i++) {
        char *name = av_asprintf("farm/videos/%d/%s.mp4", i,
                                 job->views.names.text[view]);

        av_bprintf(&list, "file ");
        v360job_quote(&list, name ? name : "");
        av_bprintf(&list, "\n");
        av_free(name);
        if (i + 1 == plan->nb_shards)
            continue;
        ret = get_start(&next, job, i + 1, view);
        /* Pictures of a list are a second each, from 0 on. */
        if (job->source.is_list)
            next = start + plan->shard[i].frames * SECOND;
        av_bprintf(&list, "duration %lldus\n", (long long)(next - start));
        start = job->source.is_list ? start : next;
    }
    if (ret >= 0)
        ret = av_bprint_is_complete(&list) ?
              v360job_write(&job->folder, "list", list.str) : no_memory(job);
    av_bprint_finalize(&list, NULL);
    return ret;
}

static int join_view(V360Job *job, const V360FarmPlan *plan, int view)
{
    V360JobTexts args = { 0 };
    int64_t first = 0;
    int ret = write_list(job, plan, view, &first);

    v360job_add_all(&args, "-f", "concat", "-safe", "0", "-itsoffset", NULL);
    v360job_addf(&args, "%lldus", (long long)first);
    v360job_add_all(&args, "-i", "list", "-map", "0:v", "-c", "copy",
                    "-bitexact", "-movie_timescale", "1000000", NULL);
    v360job_addf(&args, "videos/%s.mp4", job->views.names.text[view]);
    if (ret >= 0)
        return v360job_run_hidden(job, &args);
    v360job_free_texts(&args);
    return ret;
}

int v360farm_join(V360Job *job, const V360FarmPlan *plan)
{
    int nb_bad = 0, ret = 0;

    for (int i = 0; i < plan->nb_shards && ret >= 0; i++) {
        ret = check_shard(job, plan, i);
        if (!ret) {
            v360job_say("videos of shard %d are not what its task wrote", i);
            nb_bad++;
            ret = v360farm_drop_shard(job, i);
        }
    }
    if (ret < 0 || nb_bad)
        return ret < 0 ? ret : 1;
    ret = v360job_clear(&job->folder, "videos");
    if (ret >= 0)
        ret = v360job_make_folder(&job->folder, "videos");
    for (int i = 0; i < job->views.names.nb && ret >= 0; i++)
        ret = join_view(job, plan, i);
    return ret;
}
