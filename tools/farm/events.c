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
 * How far a job in shards is, for people: events that tasks note, markers, and
 * what tasks have in their private folders now.
 */

#define _GNU_SOURCE /* openat */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "tools/job/os.h"
#include "farm.h"

/* The time that tasks have to end after scancel, in microseconds. */
#define PATIENCE (60 * INT64_C(1000000))

/** What is known of a shard. */
typedef struct ShardState {
    int tries;
    int is_done, is_failed, is_running;
    int64_t started, ended; ///< of the last try, in microseconds; 0: not yet
    char node[64];
} ShardState;

static const char *node_name(char buf[64])
{
    const char *name = getenv("SLURMD_NODENAME");

    if (name)
        return name;
    if (gethostname(buf, 64) < 0)
        return "?";
    buf[63] = 0;
    return buf;
}

void v360farm_note(const V360JobFolder *folder, int shard, const char *what)
{
    const int farm = v360job_open_folder_at(folder->work_fd, "farm", 0);
    char line[160], buf[64];
    int fd;

    if (farm < 0)
        return;
    fd = openat(farm, "events", O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW |
                O_CLOEXEC, 0666);
    if (fd >= 0) {
        const int n = snprintf(line, sizeof(line), "%" PRId64
                               " shard %d node %.60s %s\n", av_gettime(), shard,
                               node_name(buf), what);

        /* A line that is lost is missing in what people see, no more. */
        if (write(fd, line, n) < 0)
            v360job_warn("cannot note when shard %d was made: %s", shard,
                         av_err2str(AVERROR(errno)));
        close(fd);
    }
    close(farm);
}

/** Take the events, of which lines may be missing or mixed. */
static int read_events(ShardState *states, int nb, const V360JobFolder *folder)
{
    int ret = 0;
    char *text = v360job_read(folder, "farm/events", &ret), *save = NULL;
    char *line = text ? av_strtok(text, "\n", &save) : NULL;

    for (; line; line = av_strtok(NULL, "\n", &save)) {
        int64_t time;
        int shard;
        char node[64], what[16];
        ShardState *s;

        if (sscanf(line, "%" SCNd64 " shard %d node %63s %15s", &time, &shard,
                   node, what) != 4 || shard < 0 || shard >= nb)
            continue;
        s = &states[shard];
        av_strlcpy(s->node, node, sizeof(s->node));
        s->is_running = !strcmp(what, "start");
        s->is_failed  = !strcmp(what, "failed");
        s->tries     += s->is_running;
        if (s->is_running)
            s->started = time;
        s->ended = s->is_running ? 0 : time;
    }
    av_free(text);
    return ret;
}

static void read_markers(ShardState *states, const V360FarmPlan *plan,
                         const V360JobFolder *folder)
{
    for (int i = 0; i < plan->nb_shards; i++) {
        V360FarmMarker m;

        states[i].is_done = v360farm_read_marker(&m, folder, plan, i) > 0;
        v360farm_free_marker(&m);
    }
}

static const char *state_of(const ShardState *s)
{
    return s->is_done ? "done" : s->is_running ? "running" :
           s->is_failed ? "failed" : s->tries ? "lost" : "waiting";
}

static void print_shards(const ShardState *states, const V360FarmPlan *plan)
{
    printf("shard   frames from  frames  state    node             tries  "
           "frames/s\n");
    for (int i = 0; i < plan->nb_shards; i++) {
        const ShardState *s = &states[i];
        const int64_t frames = plan->shard[i].frames;
        char rate[16] = "";

        if (s->is_done && frames && s->ended > s->started)
            snprintf(rate, sizeof(rate), "%.1f",
                     frames * 1e6 / (s->ended - s->started));
        printf("%5d %13" PRId64 " %7" PRId64 "  %-8s %-16s %5d  %8s\n", i,
               plan->shard[i].first + 1, frames, state_of(s), s->node, s->tries,
               rate);
    }
}

/** Print the sum, and the time that is left at the rate so far. */
static void print_sum(const ShardState *states, const V360FarmPlan *plan)
{
    int64_t done = 0, total = 0, begin = INT64_MAX, end = 0;
    int nb = 0, running = 0;
    double rate;

    for (int i = 0; i < plan->nb_shards; i++) {
        const ShardState *s = &states[i];

        total += plan->shard[i].frames;
        if (s->started)
            begin = FFMIN(begin, s->started);
        end      = FFMAX(end, s->ended);
        running += s->is_running && !s->is_done;
        if (!s->is_done)
            continue;
        nb++;
        done += plan->shard[i].frames;
    }
    printf("%d of %d shards done, %d running", nb, plan->nb_shards, running);
    if (done && end > begin) {
        rate = done * 1e6 / ((running ? av_gettime() : end) - begin);
        printf(", %.1f frames/s", rate);
        if (total > done && running)
            printf(", about %.0f s left", (total - done) / rate);
    }
    printf("\n");
}

int v360farm_status(const char *outdir)
{
    V360JobFolder folder = { .lock = -1, .patience = -1 };
    V360FarmPlan plan = { 0 };
    ShardState *states = NULL;
    int ret = v360job_enter_folder(&folder, outdir);

    if (ret >= 0)
        ret = v360farm_read_plan(&plan, &folder);
    if (ret == AVERROR(ENOENT)) {
        if (v360farm_is_finished(outdir)) {
            printf("done: all is in %s\n", outdir);
            ret = 0;
        } else {
            ret = v360job_error("%s has no plan of a job in shards", outdir);
        }
    } else if (ret >= 0) {
        states = av_calloc(plan.nb_shards, sizeof(*states));
        ret = states ? read_events(states, plan.nb_shards, &folder) :
              v360job_cannot("cannot read", outdir, AVERROR(ENOMEM));
        if (ret >= 0) {
            read_markers(states, &plan, &folder);
            print_shards(states, &plan);
            print_sum(states, &plan);
        }
    }
    av_free(states);
    v360farm_free_plan(&plan);
    v360job_leave_folder(&folder, 1);
    return ret;
}

int v360farm_cancel(const char *outdir)
{
    V360JobFolder folder = { .lock = -1, .patience = -1 };
    int ret = v360job_enter_folder(&folder, outdir);

    if (ret >= 0)
        ret = v360job_exists(folder.work_fd, "farm/plan.json") > 0 ? 0 :
              AVERROR(ENOENT);
    if (ret == AVERROR(ENOENT))
        ret = v360job_error("%s has no plan of a job in shards", outdir);
    if (ret >= 0)
        ret = v360farm_end_jobs(&folder);
    if (ret >= 0)
        ret = v360farm_put_plan_away(&folder);
    v360job_leave_folder(&folder, 1);
    if (ret < 0)
        return ret;
    /* Tasks work until they have ended. */
    folder = (V360JobFolder){ .lock = -1, .patience = PATIENCE };
    ret = v360job_open_folder(&folder, outdir);
    v360job_leave_folder(&folder, 1);
    if (ret >= 0)
        v360job_say("cancelled; the same command without --shards goes on "
                    "with the frames that are there");
    return ret;
}
