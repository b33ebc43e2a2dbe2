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
 * Tasks on the GPUs of this machine: one at a time on each, which the task sees
 * alone, and one progress for all.
 */

#define _GNU_SOURCE /* pipe2 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "tools/job/os.h"
#include "tools/job/progress.h"
#include "farm.h"

/* Progress is shown so often, in milliseconds. */
#define INTERVAL 500

/** A GPU, and the task that runs there. */
typedef struct Gpu {
    char *visible;          ///< what CUDA_VISIBLE_DEVICES calls it
    pid_t pid;              ///< 0: no task
    FILE *out;              ///< progress of the task
    long long frame;        ///< of the task, so far
} Gpu;

typedef struct Gpus {
    const V360Job *job;
    const V360JobOptions *options;
    const V360FarmPlan *plan;
    const uint8_t *missing;
    char *self;
    Gpu gpu[V360JOB_MAX_GPUS];
    int nb;
    int next;               ///< the next shard that may be missing
    int64_t done;           ///< frames of tasks that have ended
    V360JobProgress progress;
} Gpus;

/** Name the GPUs as the user's environment does, which may show some only. */
static int name_gpus(Gpus *g)
{
    const char *visible = getenv("CUDA_VISIBLE_DEVICES");
    char *list = visible ? av_strdup(visible) : NULL, *save = NULL;
    char *entry = list ? av_strtok(list, ",", &save) : NULL;

    if (visible && !list)
        return AVERROR(ENOMEM);
    for (int i = 0; i < g->nb; i++) {
        g->gpu[i].visible = entry ? av_strdup(entry) : av_asprintf("%d", i);
        if (!g->gpu[i].visible) {
            av_free(list);
            return AVERROR(ENOMEM);
        }
        entry = entry ? av_strtok(NULL, ",", &save) : NULL;
    }
    av_free(list);
    return 0;
}

/** Become a task; it ends with its parent. */
static void become(const Gpus *g, const Gpu *gpu, int shard, int out,
                   pid_t parent)
{
    char number[16];

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    snprintf(number, sizeof(number), "%d", shard);
    dup2(out, STDOUT_FILENO);
    setenv("CUDA_VISIBLE_DEVICES", gpu->visible, 1);
    execl(g->self, g->self, "task", g->options->outdir, number, "--quiet",
          "--json-progress", NULL);
    _exit(127);
}

static int start(const Gpus *g, Gpu *gpu, int shard)
{
    const pid_t parent = getpid();
    int out[2];

    if (pipe2(out, O_CLOEXEC) < 0)
        return AVERROR(errno);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    gpu->frame = 0;
    gpu->pid   = fork();
    if (!gpu->pid)
        become(g, gpu, shard, out[1], parent);
    close(out[1]);
    gpu->out = gpu->pid < 0 ? NULL : fdopen(out[0], "r");
    if (gpu->out)
        return 0;
    close(out[0]);
    return AVERROR(errno);
}

/** Give a GPU that has nothing to do a shard that is missing. */
static int start_next(Gpus *g, Gpu *gpu)
{
    while (g->next < g->plan->nb_shards && !g->missing[g->next])
        g->next++;
    if (g->next == g->plan->nb_shards || v360job_stopped)
        return 0;
    return start(g, gpu, g->next++);
}

/** Read what a task says. @return 0 at its end */
static int read_progress(Gpu *gpu)
{
    char line[512];

    clearerr(gpu->out);
    while (fgets(line, sizeof(line), gpu->out))
        sscanf(line, "{\"frame\":%lld", &gpu->frame);
    return !feof(gpu->out);
}

static void end(Gpus *g, Gpu *gpu)
{
    while (waitpid(gpu->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    fclose(gpu->out);
    g->done += gpu->frame;
    gpu->frame = 0;
    gpu->out   = NULL;
    gpu->pid   = 0;
}

static void show(Gpus *g, int last)
{
    g->progress.frame = g->done;
    for (int i = 0; i < g->nb; i++)
        g->progress.frame += g->gpu[i].frame;
    v360job_show_progress(&g->progress, last);
}

/** Wait until tasks say something, or for a while. */
static void wait_for_tasks(const Gpus *g)
{
    struct pollfd fds[V360JOB_MAX_GPUS];
    int nb = 0;

    for (int i = 0; i < g->nb; i++)
        if (g->gpu[i].pid)
            fds[nb++] = (struct pollfd){ fileno(g->gpu[i].out), POLLIN };
    poll(fds, nb, INTERVAL);
}

/** @return how many tasks are at work, or a negative AVERROR */
static int look_at_tasks(Gpus *g)
{
    int running = 0;

    for (int i = 0; i < g->nb; i++) {
        Gpu *gpu = &g->gpu[i];
        int ret = 0;

        if (gpu->pid && v360job_stopped)
            kill(gpu->pid, SIGTERM);
        if (gpu->pid && !read_progress(gpu))
            end(g, gpu);
        if (!gpu->pid)
            ret = start_next(g, gpu);
        if (ret < 0)
            return ret;
        running += !!gpu->pid;
    }
    return running;
}

/** Frames of the shards that are missing; 0: nobody knows. */
static int64_t count_frames(const Gpus *g)
{
    int64_t nb = 0;

    for (int i = 0; i < g->plan->nb_shards; i++) {
        const V360FarmShard *shard = &g->plan->shard[i];

        if (!g->missing[i])
            continue;
        if (!shard->frames)
            return 0;
        nb += shard->frames + shard->has_seam;
    }
    return nb;
}

/** Run all tasks. */
static int run(Gpus *g)
{
    int ret;

    g->progress = (V360JobProgress) {
        .total = count_frames(g),
        .views = g->job->views.names.nb,
        .quiet = g->options->quiet,
        .json  = g->options->json,
    };
    v360job_begin_progress(&g->progress, 0);
    while ((ret = look_at_tasks(g)) > 0) {
        show(g, 0);
        wait_for_tasks(g);
    }
    show(g, 1);
    v360job_end_progress(&g->progress);
    for (int i = 0; i < g->nb; i++) { /* after an error */
        if (!g->gpu[i].pid)
            continue;
        kill(g->gpu[i].pid, SIGTERM);
        end(g, &g->gpu[i]);
    }
    return v360job_stopped ? AVERROR_EXIT : ret;
}

/** Go on as the merge, whatever became of the tasks: it finds out. */
static int become_merge(const Gpus *g, int round)
{
    char number[16], gpus[24];

    snprintf(number, sizeof(number), "%d", round);
    snprintf(gpus, sizeof(gpus), "--gpus=%d", g->nb);
    execl(g->self, g->self, "merge", g->options->outdir, gpus, "--round",
          number, g->options->quiet ? "--quiet" : NULL, NULL);
    return v360job_cannot("cannot start", g->self, AVERROR(errno));
}

int v360farm_by_gpus(const V360Job *job, const V360FarmPlan *plan,
                     const uint8_t *missing, int round)
{
    const V360JobOptions *o = &job->options;
    Gpus g = { job, o, plan, missing, v360farm_self(), .nb = o->nb_gpus };
    int ret = g.self ? name_gpus(&g) : AVERROR(ENOMEM), nb = 0;

    for (int i = 0; i < plan->nb_shards; i++)
        nb += missing[i];
    if (ret >= 0)
        v360job_say("%d GPUs make %d of %d shards", g.nb, nb, plan->nb_shards);
    if (ret >= 0)
        ret = run(&g);
    if (ret >= 0)
        ret = become_merge(&g, round);
    else if (ret != AVERROR_EXIT)
        ret = v360job_cannot("cannot start a task of", o->outdir, ret);
    for (int i = 0; i < g.nb; i++)
        av_free(g.gpu[i].visible);
    av_free(g.self);
    return ret;
}
