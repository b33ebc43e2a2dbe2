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
 * Shows the progress of a run of ffmpeg. The stage that limits the speed is
 * found by the CPU time that the kernel counts for each thread, and by ffmpeg's
 * names of its threads.
 */

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/macros.h"
#include "libavutil/time.h"
#include "progress.h"

static const char *const stage_names[] = {
    "decode", "remap", "encode", "write",
};

/**
 * Stage of a thread by its name: fftools has dmx, dec, fc, enc and mux, and
 * libavcodec has av:…:df. The workers of filters and encoders inherit the
 * name of the thread that made them.
 */
static enum V360JobStage stage_of(const char *name)
{
    if (!strncmp(name, "enc", 3))
        return V360JOB_ENCODE;
    if (!strncmp(name, "dec", 3) || !strncmp(name, "av:", 3) ||
        !strncmp(name, "dmx", 3))
        return V360JOB_DECODE;
    return !strncmp(name, "mux", 3) ? V360JOB_WRITE : V360JOB_REMAP;
}

static int read_line(const V360JobProgress *p, const char *tid,
                     const char *name, char *line, int size)
{
    char path[80];
    FILE *file;
    int ok;

    snprintf(path, sizeof(path), "/proc/%d/task/%.20s/%s", (int)p->pid, tid,
             name);
    file = fopen(path, "r");
    if (!file)
        return 0;
    ok = !!fgets(line, size, file);
    fclose(file);
    return ok;
}

static void add_thread(V360JobProgress *p, const char *tid)
{
    char name[64], times[128];
    unsigned long long ran, waited;

    if (!read_line(p, tid, "comm", name, sizeof(name)) ||
        !read_line(p, tid, "schedstat", times, sizeof(times)) ||
        sscanf(times, "%llu %llu", &ran, &waited) != 2)
        return;
    p->cpu[stage_of(name)] += ran / 1e9;
    p->wanted += (ran + waited) / 1e9;
}

static void measure(V360JobProgress *p)
{
    double before[V360JOB_NB_STAGES], wanted = p->wanted;
    char path[64];
    const struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)p->pid);
    dir = opendir(path);
    if (!dir)
        return;
    memcpy(before, p->cpu, sizeof(before));
    memset(p->cpu, 0, sizeof(p->cpu));
    p->wanted = 0;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            add_thread(p, entry->d_name);
    closedir(dir);
    /* The time of threads that have ended is missing now. */
    for (int i = 0; i < V360JOB_NB_STAGES; i++)
        p->cpu[i] = FFMAX(p->cpu[i], before[i]);
    p->wanted = FFMAX(p->wanted, wanted);
}

/**
 * Name of the stage that took most of the CPU time since the last line, or of
 * the disk: where less than half a core is asked for, all stages wait for it.
 */
static const char *limit(const V360JobProgress *p, double seconds,
                         double share[V360JOB_NB_STAGES])
{
    double sum = 0;
    int top = 0;

    for (int i = 0; i < V360JOB_NB_STAGES; i++) {
        share[i] = FFMAX(p->cpu[i] - p->shown_cpu[i], 0);
        sum += share[i];
        if (share[i] > share[top])
            top = i;
    }
    for (int i = 0; i < V360JOB_NB_STAGES; i++)
        share[i] = sum > 0 ? 100 * share[i] / sum : 0;
    return p->wanted - p->shown_wanted < 0.5 * seconds ?
           "disk" : stage_names[top];
}

static void print_line(const V360JobProgress *p, double rate, int64_t eta,
                       const char *lim, const double share[V360JOB_NB_STAGES])
{
    fprintf(stderr, p->live ? "\r" : "split360: ");
    fprintf(stderr, "frame %lld", (long long)(p->done + p->frame));
    if (p->total)
        fprintf(stderr, "/%lld", (long long)p->total);
    fprintf(stderr, ", %.1f fps, %.1f images/s, ETA ", rate, rate * p->views);
    if (eta < 0)
        fprintf(stderr, "unknown");
    else
        fprintf(stderr, "%d:%02d:%02d", (int)(eta / 3600),
                (int)(eta / 60 % 60), (int)(eta % 60));
    if (lim)
        fprintf(stderr, ", limit %s (decode %.0f %%, remap %.0f %%, "
                "encode %.0f %% of the CPU time)", lim, share[V360JOB_DECODE],
                share[V360JOB_REMAP], share[V360JOB_ENCODE]);
    fprintf(stderr, p->live ? "  " : "\n");
}

static void print_json(const V360JobProgress *p, double rate, int64_t eta,
                       const char *lim,
                       const double share[V360JOB_NB_STAGES], int last)
{
    printf("{\"frame\":%lld,\"total\":%lld,\"fps\":%.2f,\"images_per_s\":%.2f,"
           "\"eta_s\":%lld", (long long)(p->done + p->frame),
           (long long)p->total, rate, rate * p->views, (long long)eta);
    if (lim)
        printf(",\"limit\":\"%s\",\"cpu_percent\":{\"decode\":%.1f,"
               "\"remap\":%.1f,\"encode\":%.1f,\"write\":%.1f}",
               lim, share[V360JOB_DECODE], share[V360JOB_REMAP],
               share[V360JOB_ENCODE], share[V360JOB_WRITE]);
    printf(",\"end\":%s}\n", last ? "true" : "false");
    fflush(stdout);
}

void v360job_begin_progress(V360JobProgress *p, pid_t pid)
{
    p->pid   = pid;
    p->live  = isatty(STDERR_FILENO);
    p->begin = p->shown = av_gettime_relative();
}

void v360job_show_progress(V360JobProgress *p, int last)
{
    const int64_t now = av_gettime_relative();
    const double seconds = (now - p->begin + 1) / 1e6;
    const double rate = p->frame / seconds;
    const int64_t left = p->total - p->done - p->frame;
    int64_t eta = -1;
    double share[V360JOB_NB_STAGES];
    const char *lim;

    if (p->quiet && !p->json)
        return;
    measure(p);
    if (!last && !p->live && !p->json && now - p->shown < 10000000)
        return;
    if (p->total && (left <= 0 || rate > 0))
        eta = left > 0 ? left / rate + 0.5 : 0;
    if (last) { /* the last line has the shares of the whole run */
        p->shown_wanted = 0;
        memset(p->shown_cpu, 0, sizeof(p->shown_cpu));
    }
    lim = limit(p, last ? seconds : (now - p->shown) / 1e6, share);
    if (p->wanted < 0.5) /* too early: most of that was the start */
        lim = NULL;
    if (p->json)
        print_json(p, rate, eta, lim, share, last);
    if (!p->quiet)
        print_line(p, rate, eta, lim, share);
    p->shown = now;
    p->shown_wanted = p->wanted;
    memcpy(p->shown_cpu, p->cpu, sizeof(p->cpu));
}

void v360job_end_progress(const V360JobProgress *p)
{
    if (p->live && !p->quiet)
        fputc('\n', stderr);
}
