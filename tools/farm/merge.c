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
 * The end of a job in shards: what is there is known by the markers alone. What
 * is not is made again; what cannot be made apart is made here, as an ordinary
 * job that goes on.
 */

#define _GNU_SOURCE /* AT_FDCWD */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "farm.h"

#define MAX_ROUNDS 3

/** What is known of the shards. */
typedef struct Gathered {
    uint8_t *missing;       ///< by shard
    int nb_missing;
    int64_t frames;         ///< of the shards up to the first missing one
    int64_t whole;          ///< those of them that need not be made again
    int is_uneven;          ///< some of them cannot be made apart
    int is_hopeless;        ///< what is missing would fail again
} Gathered;

int v360farm_is_finished(const char *outdir)
{
    char *path = av_asprintf("%s/manifest.json", outdir);
    const int ret = path && v360job_exists(AT_FDCWD, path) > 0;

    av_free(path);
    return ret;
}

int v360farm_load(V360FarmPlan *plan, V360JobOptions *o)
{
    const enum V360JobEngine engine = o->engine;
    const int round = o->round, cpus = o->cpus, quiet = o->quiet;
    const int json = o->json, nb_gpus = o->nb_gpus;
    V360JobFolder folder = { .lock = -1, .patience = -1 };
    char *outdir = av_strdup(o->outdir);
    int ret = outdir ? v360job_enter_folder(&folder, outdir) :
              v360job_cannot("cannot read", o->outdir, AVERROR(ENOMEM));

    if (ret >= 0)
        ret = v360farm_read_plan(plan, &folder);
    v360job_leave_folder(&folder, 1);
    if (ret == AVERROR(ENOENT))
        ret = v360farm_is_finished(outdir) ? 1 :
              v360job_error("%s has no plan of a job in shards", outdir);
    if (!ret) {
        v360job_free_options(o);
        ret = v360farm_read_words(o, plan, outdir);
    }
    av_free(outdir);
    if (ret)
        return ret;
    o->command = V360JOB_MERGE;
    o->engine  = engine;
    o->round   = round;
    o->cpus    = cpus;
    o->quiet   = quiet;
    o->json    = json;
    o->nb_gpus = nb_gpus;
    return ret;
}

/** @return whether the seam of a marker is the first frame of the next one */
static int seams_fit(const V360FarmMarker *m, const V360FarmMarker *next,
                     int nb_views)
{
    const int64_t own = m->files.nb / nb_views;
    const int64_t other = next->files.nb / nb_views;

    for (int i = 0; i < nb_views; i++) {
        const V360JobSum *a = &m->sums[(i + 1) * own - 1];
        const V360JobSum *b = &next->sums[i * other];

        if (a->size != b->size || strcmp(a->hash, b->hash))
            return 0;
    }
    return 1;
}

/** Read why a task has failed, and tell. */
static int read_failure(Gathered *g, const V360JobFolder *folder, int shard,
                        int64_t first)
{
    char name[32], *text;
    int ret = 0;

    snprintf(name, sizeof(name), "farm/%d.failed", shard);
    text = v360job_read(folder, name, &ret);
    if (text) {
        char *why = strchr(text, '\n');

        if (why) {
            why[strcspn(why + 1, "\n") + 1] = 0;
            v360job_say("shard %d: %s", shard, why + 1);
        }
        if (av_strstart(text, "uneven\n", NULL) && !g->is_uneven) {
            g->whole     = first;
            g->is_uneven = 1;
        }
        g->is_hopeless |= av_strstart(text, "damaged\n", NULL);
    }
    av_free(text);
    return ret < 0 ? ret : v360job_clear(folder, name);
}

/** Look at a shard, and compare its first frame with the seam before it. */
static int look_at(Gathered *g, V360FarmMarker *last, const V360Job *job,
                   const V360FarmPlan *plan, int i)
{
    const int nb_views = job->views.names.nb;
    const int is_mp4 = job->options.format == V360JOB_MP4;
    V360FarmMarker m;
    int ret = v360farm_read_marker(&m, &job->folder, plan, i);

    if (ret > 0)
        ret = m.nb == nb_views * (is_mp4 ? 1 : m.frames) &&
              m.files.nb == m.nb + nb_views * plan->shard[i].has_seam &&
              v360farm_has_files(&m, &job->folder);
    if (ret == 0) {
        g->missing[i] = 1;
        g->nb_missing++;
        ret = read_failure(g, &job->folder, i, plan->shard[i].first);
    } else if (ret > 0) {
        if (!g->nb_missing)
            g->frames += m.frames;
        if (last->nb && !is_mp4 && !seams_fit(last, &m, nb_views)) {
            v360job_say("shard %d does not begin as the frame behind shard %d "
                        "shows", i, i - 1);
            if (!g->is_uneven)
                g->whole = plan->shard[i - 1].first;
            g->is_uneven = 1;
        }
    }
    v360farm_free_marker(last);
    *last = m;
    if (g->missing[i]) {
        v360farm_free_marker(last);
        *last = (V360FarmMarker){ 0 };
    }
    return FFMIN(ret, 0);
}

static int look_at_all(Gathered *g, const V360Job *job,
                       const V360FarmPlan *plan)
{
    V360FarmMarker last = { 0 };
    int ret = 0;

    g->missing = av_calloc(plan->nb_shards, 1);
    if (!g->missing)
        ret = v360job_cannot("cannot read", job->options.outdir,
                             AVERROR(ENOMEM));
    for (int i = 0; i < plan->nb_shards && ret >= 0; i++)
        ret = look_at(g, &last, job, plan, i);
    v360farm_free_marker(&last);
    return ret;
}

/** Tell which shards are missing. @return a negative AVERROR */
static int give_up(const V360Job *job, const V360FarmPlan *plan,
                   const Gathered *g)
{
    AVBPrint list;
    int ret;

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0, nb = 0; i < plan->nb_shards; i++)
        if (g->missing[i] && nb++ < 20)
            av_bprintf(&list, "%s%d", nb > 1 ? ", " : "", i);
    ret = v360job_error("%d of %d shards are missing in %s: %s%s",
                        g->nb_missing, plan->nb_shards, job->options.outdir,
                        list.str, g->nb_missing > 20 ? ", ..." : "");
    av_bprint_finalize(&list, NULL);
    return ret;
}

/** Keep the frames before WHOLE only: an ordinary job goes on from there. */
static int keep_whole(V360Job *job, int64_t whole)
{
    const V360JobOptions *o = &job->options;
    V360JobMark mark;
    int ret = v360job_mark_open(&mark, job->folder.work_fd, "flushed");

    if (ret >= 0)
        ret = v360job_mark_close(&mark);
    if (ret < 0)
        return v360job_cannot("cannot write to", o->outdir, ret);
    return o->format == V360JOB_MP4 ? 0 :
           v360job_drop_images(&job->folder, &job->views.names,
                               v360job_formats[o->format], whole);
}

/** Have made what is missing. @return 1 if others are at work now */
static int make_missing(V360Job *job, const V360FarmPlan *plan,
                        const Gathered *g)
{
    const V360JobOptions *o = &job->options;
    int ret;

    if (o->engine == V360JOB_BY_HAND || g->is_hopeless ||
        o->round >= MAX_ROUNDS) {
        ret = give_up(job, plan, g);
        if (!g->is_hopeless && o->engine == V360JOB_BY_HAND)
            v360farm_submit(job, plan, g->missing, o->round);
        return ret;
    }
    v360job_leave_folder(&job->folder, 1);
    ret = v360farm_submit(job, plan, g->missing, o->round + 1);
    return ret < 0 ? ret : 1;
}

/** Numbers of the sharpest frames, of all shards. */
typedef struct Chosen {
    int64_t *frame, nb;
    unsigned size;
} Chosen;

/**
 * Add the numbers of a shard, but for that of the seam.
 *
 * @return 1 if they are all there, 0, or a negative AVERROR
 */
static int add_chosen(Chosen *all, const V360Job *job,
                      const V360FarmShard *shard, int number)
{
    const int64_t first = shard->first * job->options.sharpest;
    int64_t n = 0, frame;
    const char *at;
    char name[32], *text;
    int ret = 0;

    snprintf(name, sizeof(name), "farm/%d.sharpest", number);
    text = v360job_read(&job->folder, name, &ret);
    for (at = text; at && ret >= 0 &&
         (frame = v360job_next_sharpest(job, &at)) >= 0; n++) {
        int64_t *more = av_fast_realloc(all->frame, &all->size,
                                        (all->nb + 1) * sizeof(*more));

        if (!more) {
            ret = AVERROR(ENOMEM);
        } else {
            all->frame = more;
            if (!shard->frames || n < shard->frames)
                more[all->nb++] = first + frame;
        }
    }
    av_free(text);
    return ret < 0 ? ret : text && (!shard->frames ||
                                    n == shard->frames + shard->has_seam);
}

/** Put together which frames were chosen, so that none looks again. */
static int gather_chosen(V360Job *job, const V360FarmPlan *plan)
{
    Chosen all = { 0 };
    int ret = job->options.sharpest > 0;

    for (int i = 0; i < plan->nb_shards && ret > 0; i++)
        ret = add_chosen(&all, job, &plan->shard[i], i);
    if (ret > 0)
        ret = v360job_write_sharpest(job, all.frame, all.nb);
    else if (ret == AVERROR(ENOMEM))
        v360job_cannot("cannot read", job->options.outdir, ret);
    av_free(all.frame);
    return ret;
}

int v360farm_take_over(V360Job *job)
{
    V360FarmPlan plan = { 0 };
    Gathered g = { 0 };
    int ret = v360farm_read_any_plan(&plan, &job->folder);

    if (ret == AVERROR(ENOENT))
        return 0;
    if (ret >= 0)
        ret = look_at_all(&g, job, &plan);
    if (ret >= 0)
        ret = keep_whole(job, g.is_uneven ? g.whole : g.frames);
    if (ret >= 0)
        ret = v360job_clear(&job->folder, "farm");
    v360farm_free_plan(&plan);
    av_free(g.missing);
    return ret;
}

int v360farm_gather(V360Job *job, const V360FarmPlan *plan)
{
    const int is_mp4 = job->options.format == V360JOB_MP4;
    Gathered g = { 0 };
    char text[32];
    int ret = look_at_all(&g, job, plan);

    if (ret >= 0 && g.is_uneven) {
        v360job_say("the shards cannot be made apart: going on in one piece");
        ret = keep_whole(job, g.whole);
        ret = ret < 0 ? ret : 2;
    } else if (ret >= 0 && g.nb_missing) {
        ret = make_missing(job, plan, &g);
    } else if (ret >= 0) {
        snprintf(text, sizeof(text), "%lld\n", (long long)g.frames);
        ret = is_mp4 ? v360farm_join(job, plan) : gather_chosen(job, plan);
        if (!ret)
            ret = v360job_write(&job->folder, "end", text);
        else if (ret > 0) /* a file is not what its task wrote */
            ret = v360farm_gather(job, plan);
    }
    av_free(g.missing);
    return ret;
}
