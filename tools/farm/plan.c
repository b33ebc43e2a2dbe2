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
 * The plan of a job in shards: made once, from the time stamps of packets or
 * the number of pictures, without decoding; only --shards auto makes some
 * frames, to see how long they take.
 */

#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "tools/job/os.h"
#include "farm.h"

#define PLAN "farm/plan.json"
#define OLD_PLAN "farm/cancelled.json"
#define TIMED_FRAMES 24     /* what is made to see how long it takes */
#define SHARD_SECONDS 60    /* of work in a shard */
#define MAX_ARRAY 1000      /* tasks of an array, as Slurm is by default */

static int64_t count_frames(const V360Job *job, const V360JobRange *range)
{
    const int g = v360job_group(&job->options);

    return job->source.is_list ? (job->source.files.nb + g - 1) / g :
           job->source.is_still ? 1 : v360job_count_chosen(job, range);
}

/**
 * Keep the last key frames before a shard, farther apart each time, and the
 * first one of all, at which nothing is saved.
 */
static int keep_entries(V360FarmShard *shard, const V360JobPackets *packets)
{
    int64_t i = v360job_last_packet(packets->key, packets->nb_keys,
                                    shard->cut.first);
    int64_t at[64];
    int nb = 0;

    for (int64_t step = 1; i > 0; i -= step, step *= 2)
        at[nb++] = i;
    if (shard->cut.first == AV_NOPTS_VALUE || !nb)
        return 0;
    at[nb++] = 0;
    shard->entries.key = av_calloc(nb, sizeof(*shard->entries.key));
    if (!shard->entries.key)
        return AVERROR(ENOMEM);
    while (nb)
        shard->entries.key[shard->entries.nb_keys++] = packets->key[at[--nb]];
    return 0;
}

/**
 * Set what a shard makes, frames FIRST to NEXT - 1.
 *
 * @param is_last  also what may come behind these
 */
static int place_shard(V360FarmShard *shard, const V360Job *job,
                       const V360JobRange *range, int64_t first, int64_t next,
                       int is_last)
{
    const V360JobOptions *o = &job->options;
    const int group = v360job_group(o);
    V360JobCut *cut = &shard->cut;
    int64_t end;
    int ret = 0;

    *cut = (V360JobCut){ AV_NOPTS_VALUE, AV_NOPTS_VALUE, AV_NOPTS_VALUE,
                         AV_NOPTS_VALUE };
    shard->first    = first;
    shard->frames   = is_last && (o->fps || !next) ? 0 : next - first;
    shard->has_seam = !is_last && o->format != V360JOB_MP4;
    end = is_last ? -1 : next + shard->has_seam;
    if (job->source.is_list) {
        cut->file     = first * group;
        cut->end_file = is_last ? job->source.files.nb :
                        FFMIN(end * group, job->source.files.nb);
        if (!job->source.skipped.nb) {
            shard->source = v360job_list_id(&job->source, cut->file,
                                            cut->end_file);
            ret = shard->source ? 0 : AVERROR(ENOMEM);
        }
    } else if (first || !is_last) {
        if (!v360job_cut_frames(cut, job, range, first, end))
            return v360job_error("cannot find frame %lld in %s",
                                 (long long)first, job->source.name);
        if (!first)
            cut->first = cut->slot = AV_NOPTS_VALUE;
        ret = keep_entries(shard, &job->packets);
    }
    cut->frames = shard->frames ? shard->frames + shard->has_seam : 0;
    return ret < 0 ? v360job_cannot("cannot split", job->source.name, ret) : 0;
}

/** Get the seconds that a frame takes here, from some that are made. */
static int time_frames(double *seconds, const V360Job *job,
                       const V360JobRange *range, int64_t total)
{
    const int64_t n = FFMIN(TIMED_FRAMES, total);
    const V360FarmPlan plan = { .words = job->options.words,
                                .quiet = job->options.quiet,
                                .json_progress = job->options.json };
    V360FarmShard shard = { 0 };
    V360Job own = { 0 };
    const int64_t start = av_gettime_relative();
    int ret = place_shard(&shard, job, range, 0, n, n == total);

    shard.has_seam = 0;
    shard.frames   = shard.cut.frames = 0;
    if (ret >= 0) {
        v360job_say("making %lld frames to see how long they take",
                    (long long)n);
        ret = v360farm_make_shard(&own, &plan, &shard, &job->folder,
                                  "farm/task.time");
    }
    if (ret >= 0 && !own.frames.done)
        ret = v360job_no_frame();
    if (ret >= 0)
        *seconds = (av_gettime_relative() - start) / 1e6 / own.frames.done;
    v360farm_end_shard(&own);
    v360farm_free_shard(&shard);
    return ret;
}

/** Set how many shards there are. */
static int count_shards(V360FarmPlan *plan, const V360Job *job,
                        const V360JobRange *range, int64_t total)
{
    const int asked = job->options.nb_shards;
    double seconds = 0;
    int ret = 0;

    if (!plan->why_one && !total)
        plan->why_one = "it is not known how many frames it has";
    if (plan->why_one || asked || total <= TIMED_FRAMES) {
        plan->nb_shards = plan->why_one ? 1 : FFMIN(FFMAX(asked, 1), total);
    } else {
        ret = time_frames(&seconds, job, range, total);
        plan->nb_shards = av_clip64(llrint(total * seconds / SHARD_SECONDS), 1,
                                    FFMIN(total, job->options.engine ==
                                          V360JOB_SLURM ? MAX_ARRAY :
                                          V360JOB_MAX_SHARDS));
    }
    if (ret >= 0 && plan->why_one && asked != 1)
        v360job_say("one shard: %s", plan->why_one);
    return ret;
}

/**
 * Get the index of the frame that a shard begins with: at a key frame, before
 * which nothing has to be decoded, if one is near.
 */
static int64_t find_first(const V360FarmPlan *plan, const V360Job *job,
                          const V360JobRange *range, int64_t total, int i)
{
    const V360JobPackets *p = &job->packets;
    const int64_t first = av_rescale(total, i, plan->nb_shards);
    const int64_t near  = total / plan->nb_shards / 4;
    int64_t start = 0, best = first, least = near + 1, key;

    if (!i || i == plan->nb_shards || job->source.is_still ||
        job->options.fps || v360job_group(&job->options) > 1)
        return first;
    if (range->first != AV_NOPTS_VALUE)
        start = v360job_last_packet(p->pts, p->nb, range->first - 1) + 1;
    key = v360job_last_packet(p->key, p->nb_keys, p->pts[start + first]);
    for (int64_t k = FFMAX(key, 0); k < FFMIN(key + 2, p->nb_keys); k++) {
        const int64_t at = v360job_last_packet(p->pts, p->nb, p->key[k]) -
                           start;

        if (FFABS(at - first) < least) {
            least = FFABS(at - first);
            best  = at;
        }
    }
    return best;
}

/** Divide the frames among shards. */
static int fill(V360FarmPlan *plan, V360Job *job)
{
    V360JobRange range = { 0 };
    int64_t total = 0;
    int ret = v360job_find_range(&range, &job->source, &job->options);

    if (ret >= 0 && !job->source.is_still)
        ret = v360job_read_packets(&job->packets, &job->source);
    if (ret >= 0) {
        plan->why_one = job->source.is_still ? NULL : job->packets.uneven;
        total = count_frames(job, &range);
        ret = count_shards(plan, job, &range, total);
    }
    plan->shard = ret < 0 ? NULL : av_calloc(plan->nb_shards,
                                             sizeof(*plan->shard));
    if (ret >= 0 && !plan->shard)
        ret = v360job_cannot("cannot split", job->source.name, AVERROR(ENOMEM));
    for (int i = 0; i < plan->nb_shards && ret >= 0; i++)
        ret = place_shard(&plan->shard[i], job, &range,
                          find_first(plan, job, &range, total, i),
                          find_first(plan, job, &range, total, i + 1),
                          i == plan->nb_shards - 1);
    v360job_free_range(&range);
    return ret;
}

/** Give the plan a name that no other one has. */
static int name_plan(char id[80], const cJSON *settings)
{
    char *text = cJSON_PrintUnformatted(settings);
    char *own = av_asprintf("%lld %s", (long long)av_gettime(),
                            text ? text : "");
    const int ret = text && own ? v360job_sha256(id, own, strlen(own)) :
                    AVERROR(ENOMEM);

    cJSON_free(text);
    av_free(own);
    id[16] = 0;
    return ret;
}

static int write_json(V360FarmPlan *plan, const V360Job *job)
{
    char *text = cJSON_PrintUnformatted(plan->json);
    char *line = text ? av_asprintf("%s\n", text) : NULL;
    const int ret = line ? v360job_write(&job->folder, PLAN, line) :
                    v360job_cannot("cannot split", job->source.name,
                                   AVERROR(ENOMEM));

    cJSON_free(text);
    av_free(line);
    return ret;
}

/** Write a new plan, before which what an older one left has gone. */
static int write_plan(V360FarmPlan *plan, V360Job *job, const cJSON *settings)
{
    char id[80];
    int ret = name_plan(id, settings);

    plan->id = id;
    if (!plan->why_one)
        plan->why_one = "";
    v360job_append(&plan->words, &job->options.words);
    if (ret >= 0)
        ret = plan->words.failed ? AVERROR(ENOMEM) :
              v360farm_plan_to_json(plan, settings);
    if (ret < 0)
        return v360job_cannot("cannot split", job->source.name, ret);
    ret = v360job_clear(&job->folder, "farm");
    return ret < 0 ? ret : write_json(plan, job);
}

/** @return 1 if another number of shards is asked for, and none is there yet */
static int is_unwanted(const V360FarmPlan *plan, const V360Job *job)
{
    const int asked = job->options.nb_shards;
    uint8_t *missing;
    int ret;

    if (!asked || asked == plan->nb_shards)
        return 0;
    missing = av_malloc(plan->nb_shards);
    if (!missing)
        return v360job_cannot("cannot split", job->source.name,
                              AVERROR(ENOMEM));
    ret = v360farm_find_missing(missing, &job->folder, plan);
    av_free(missing);
    return ret < 0 ? ret : ret == plan->nb_shards;
}

/** Keep a plan, with the options of this command line. */
static int keep_plan(V360FarmPlan *plan, const V360Job *job)
{
    int ret = v360farm_set_words(plan, &job->options.words);

    if (ret < 0)
        return v360job_cannot("cannot split", job->source.name, ret);
    v360job_say("the plan of %d shards is kept", plan->nb_shards);
    return write_json(plan, job);
}

int v360farm_make_plan(V360FarmPlan *plan, V360Job *job, const cJSON *settings)
{
    V360FarmPlan fresh = { 0 };
    int ret = v360farm_read_plan(plan, &job->folder);

    if (ret >= 0) {
        ret = is_unwanted(plan, job);
        if (ret <= 0)
            return ret < 0 ? ret : keep_plan(plan, job);
        v360farm_free_plan(plan);
    } else if (ret != AVERROR(ENOENT)) {
        return ret;
    }
    ret = fill(&fresh, job);
    if (ret >= 0)
        ret = write_plan(&fresh, job, settings);
    v360farm_free_plan(&fresh);
    ret = ret < 0 ? ret : v360farm_read_plan(plan, &job->folder);
    return ret == AVERROR(ENOENT) ?
           v360job_cannot("cannot read", job->options.outdir, ret) : ret;
}

static int read_plan(V360FarmPlan *plan, const V360JobFolder *folder,
                     const char *name)
{
    int ret = 0;

    plan->json = v360job_json_at(folder->work_fd, name, &ret);
    if (ret == AVERROR(ENOENT))
        return ret;
    if (ret >= 0)
        ret = v360farm_plan_of_json(plan);
    if (ret == AVERROR_INVALIDDATA)
        return v360job_error("%s/%s is no plan; --cancel takes it away",
                             folder->work, name);
    return ret < 0 ? v360job_cannot("cannot read the plan of", folder->outdir,
                                    ret) : 0;
}

int v360farm_read_plan(V360FarmPlan *plan, const V360JobFolder *folder)
{
    return read_plan(plan, folder, PLAN);
}

int v360farm_read_any_plan(V360FarmPlan *plan, const V360JobFolder *folder)
{
    const int ret = read_plan(plan, folder, PLAN);

    return ret == AVERROR(ENOENT) ? read_plan(plan, folder, OLD_PLAN) : ret;
}

int v360farm_put_plan_away(const V360JobFolder *folder)
{
    const int ret = v360job_rename(folder->work_fd, PLAN, folder->work_fd,
                                   OLD_PLAN, 1);

    return ret < 0 ? v360job_cannot("cannot write to", folder->outdir, ret) : 0;
}

int v360farm_is_current(const V360FarmPlan *plan, const V360JobFolder *folder)
{
    int err = 0;
    cJSON *json = v360job_json_at(folder->work_fd, PLAN, &err);
    const char *id =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "id"));
    const int is_current = id && !strcmp(id, plan->id);

    cJSON_Delete(json);
    return is_current;
}

void v360farm_free_shard(V360FarmShard *shard)
{
    v360job_free_packets(&shard->entries);
    av_freep(&shard->source);
}

void v360farm_free_plan(V360FarmPlan *plan)
{
    for (int i = 0; plan->shard && i < plan->nb_shards; i++)
        v360farm_free_shard(&plan->shard[i]);
    av_freep(&plan->shard);
    v360job_free_texts(&plan->words);
    cJSON_Delete(plan->json);
    *plan = (V360FarmPlan){ 0 };
}
