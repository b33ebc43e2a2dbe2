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
 * Times of the kernels alone, by events around their launches in a run of
 * ffmpeg, for the jobs that the file "kernels" of the pack lists. The source is
 * frames in the device's memory that come again and again, so that nothing is
 * uploaded.
 */

#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

/** A line of the file "kernels". */
typedef struct Job {
    char name[64], format[32], options[256], small_options[256];
    int views, batch;
    double traffic;             ///< bytes a frame, by softcuda's count
} Job;

typedef struct Times {
    char kernels[4][64];        ///< their names
    double sum[4];              ///< microseconds without the first launches
    int launches[4];
    int nb_kernels;
} Times;

static int kernel_at(Times *t, const char *name)
{
    int i = 0;

    while (i < t->nb_kernels && strcmp(t->kernels[i], name))
        i++;
    if (i == 4)
        return 3;
    if (i == t->nb_kernels)
        snprintf(t->kernels[t->nb_kernels++], sizeof(t->kernels[0]), "%s",
                 name);
    return i;
}

/** Sums by kernel; a quarter of the launches of each is a warm-up. */
static void sum_times(Times *t, char *text)
{
    int seen[4] = { 0 }, all[4] = { 0 };

    for (int pass = 0; pass < 2; pass++)
        for (const char *line = text; line && *line;
             line = strchr(line, '\n'), line += !!line) {
            char name[64];
            double us;
            int i;

            if (sscanf(line, "%lf %63s", &us, name) != 2)
                continue;
            i = kernel_at(t, name);
            if (!pass) {
                all[i]++;
            } else if (seen[i]++ >= all[i] / 4) {
                t->sum[i] += us;
                t->launches[i]++;
            }
        }
}

/** The filter, and where its outputs go. */
static void make_graph(const Job *job, int small, char *graph, size_t size)
{
    int n = snprintf(graph, size, "%s:batch=%d",
                     small ? job->small_options : job->options, job->batch);

    for (int i = 0; i < job->views; i++)
        n += snprintf(graph + n, size - n, "[v%d]", i);
    for (int i = 0; i < job->views; i++)
        n += snprintf(graph + n, size - n, ";[v%d]format=cuda[o%d]", i, i);
    n += snprintf(graph + n, size - n, "'");
    for (int i = 0; i < job->views; i++)
        n += snprintf(graph + n, size - n, " -map [o%d]", i);
}

/**
 * @return 1 if it was measured, 0 if time or memory did not suffice, -1 if
 *         ffmpeg failed
 */
static int measure(const Machine *m, Section *s, const Job *job)
{
    const char *size = m->small ? "480x240" : "7680x3840";
    /* Frames in the device's memory, a whole number of batches. */
    int distinct = job->batch > 8 ? job->batch : 8;
    int repeats = m->small ? 2 : job->batch < 4 ? 4 : 8;
    char times[300], text[2048], graph[8192];
    Times t = { .nb_kernels = 0 };
    double all = 0;
    char *log;
    int status;

    snprintf(times, sizeof(times), "%s/times", m->work);
    unlink(times);
    setenv("GPU_TIMES", times, 1);
    make_graph(job, m->small, graph, sizeof(graph));
    status = gpu_run(m, 30, text, sizeof(text), 1,
        "env LD_PRELOAD=%s/lib/gputimes.so %s/bin/ffmpeg -nostdin "
        "-v error -init_hw_device cuda=gpu -filter_hw_device gpu "
        "-f lavfi -i testsrc2=s=%s:r=25,trim=end_frame=%d,format=%s "
        "-filter_complex 'hwupload,loop=%d:size=%d,format=cuda,"
        "v360batch_cuda=%s -c:v wrapped_avframe -f null -",
        m->work, m->work, size, distinct, job->format, repeats - 1, distinct,
        graph);
    if (status) {
        if (gpu_lacks_memory(text))
            status = -1;
        gpu_row(s, job->name, 0, "", "not measured: %s", gpu_first_line(text));
        return status < 0 ? 0 : -1;
    }
    log = gpu_read(times, NULL);
    if (log)
        sum_times(&t, log);
    free(log);
    for (int i = 0; i < t.nb_kernels; i++)
        all += t.sum[i] / (t.launches[i] * job->batch);
    if (all > 0 && m->copy_rate > 0)
        gpu_row(s, job->name, all, "us a frame", "%.0f GB/s, %.0f %% of the "
                "copy; %.1f MB a frame", job->traffic / all * 1e-3,
                job->traffic / all * 1e8 / m->copy_rate, job->traffic * 1e-6);
    else
        gpu_row(s, job->name, NAN, "us a frame", "no times in %d launches",
                t.nb_kernels ? t.launches[0] : 0);
    for (int i = 0; i < t.nb_kernels && t.nb_kernels > 1; i++)
        gpu_row(s, t.kernels[i], t.sum[i] / (t.launches[i] * job->batch),
                "us a frame", "part of %s", job->name);
    return all > 0;
}

void gpu_kernels(Machine *m, Section *s)
{
    char path[1024], line[1024];
    FILE *f;
    int n = 0, failed = 0;

    snprintf(path, sizeof(path), "%s/kernels", m->pack);
    f = fopen(path, "r");
    if (!f) {
        gpu_end(s, GPU_FAILED, "there is no %s", path);
        return;
    }
    while (fgets(line, sizeof(line), f)) {
        Job job;

        if (sscanf(line, "%63s %31s %d %d %lf %255s %255s", job.name,
                   job.format, &job.views, &job.batch, &job.traffic,
                   job.options, job.small_options) != 7)
            continue;
        if (gpu_now() > m->deadline) {
            gpu_row(s, job.name, 0, "", "not run for want of time");
            continue;
        }
        switch (measure(m, s, &job)) {
        case 1:  n++; break;
        case -1: failed++; break;
        }
    }
    fclose(f);
    gpu_end(s, n && !failed ? GPU_PASSED : GPU_FAILED, "events around each "
            "launch; MB a frame are counted by softcuda's profile: sectors of "
            "32 bytes that a launch reads or writes, each once, for a quarter "
            "of width and height, times 16%s",
            m->small ? "; small frames here" : "");
}
