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
 * Shards by Slurm: an array of tasks, a merge that waits for it, and what Slurm
 * knows of both.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "farm.h"

/** Write a script for Slurm, with the commands that run when it does. */
static int write_script(const V360JobOptions *o, const char *name,
                        const char *command)
{
    char *path = av_asprintf("%s/" V360JOB_PRIVATE "/farm", o->outdir);
    const int dir = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    char *text = av_asprintf("#!/bin/sh\n# Made by split360; see "
                             "doc/farm.md.\n%s", command);
    const int ret = dir < 0 ? AVERROR(errno) : !text ? AVERROR(ENOMEM) :
                    v360job_store_at(dir, name, text, 0);

    if (dir >= 0)
        close(dir);
    av_free(path);
    av_free(text);
    return ret < 0 ? v360job_cannot("cannot write to", o->outdir, ret) : 0;
}

static int write_scripts(const V360JobOptions *o, int round)
{
    char *self = v360farm_self();
    AVBPrint task, merge;
    int ret;

    av_bprint_init(&task, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&merge, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&task, "exec ");
    v360farm_add_command(&task, self, "task", o->outdir);
    av_bprintf(&task, "\n");
    /* A merge that is killed is begun again: it goes on where it was. */
    av_bprintf(&merge, "for n in 1 2 3; do\n    ");
    v360farm_add_command(&merge, self, "merge", o->outdir);
    av_bprintf(&merge, " --submit=slurm --round=%d", round);
    if (o->cpus)
        av_bprintf(&merge, " --cpus=%d", o->cpus);
    av_bprintf(&merge, "\n    status=$?\n    [ $status -gt 130 ] || exit "
               "$status\ndone\nexit $status\n");
    ret = self && av_bprint_is_complete(&task) &&
          av_bprint_is_complete(&merge) ? 0 : v360farm_no_memory(o);
    if (ret >= 0)
        ret = write_script(o, "task.sh", task.str);
    if (ret >= 0)
        ret = write_script(o, "merge.sh", merge.str);
    av_bprint_finalize(&task, NULL);
    av_bprint_finalize(&merge, NULL);
    av_free(self);
    return ret;
}

/** Remember the number of a job, so that it can be cancelled. */
static int keep_number(const V360JobOptions *o, const char *number)
{
    char *path = av_asprintf("%s/" V360JOB_PRIVATE "/farm/jobs", o->outdir);
    FILE *file = path ? fopen(path, "a") : NULL;
    int ret = file && fprintf(file, "%s\n", number) > 0 ? 0 : AVERROR(errno);

    if (file && fclose(file) && ret >= 0)
        ret = AVERROR(errno);
    av_free(path);
    return ret < 0 ? v360job_cannot("cannot write to", o->outdir, ret) : 0;
}

/**
 * Run sbatch with arguments that are freed.
 *
 * @param number  set to the number of the job
 */
static int sbatch(const V360JobOptions *o, V360JobTexts *args, char number[32])
{
    AVBPrint output;
    int ret;

    av_bprint_init(&output, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = v360farm_run(args, &output);
    v360job_free_texts(args);
    if (ret == 127)
        ret = v360job_error("--submit slurm: sbatch cannot be started; is this "
                            "a machine that may submit jobs?");
    else if (ret)
        ret = v360job_error("sbatch has refused the job, for the reason above; "
                            "the same command may have fewer --shards");
    else
        av_strlcpy(number, output.str, FFMIN(strcspn(output.str, ";\n") + 1,
                                             32));
    av_bprint_finalize(&output, NULL);
    return ret < 0 ? ret : keep_number(o, number);
}

/**
 * Add options of both jobs. Files are named in their folder, for Slurm takes a
 * % in a name for a pattern.
 */
static void add_common(V360JobTexts *args, const V360JobOptions *o,
                       const char *suffix, const char *log)
{
    const char *name = o->outdir + strlen(o->outdir);
    int len;

    while (name > o->outdir && name[-1] == '/')
        name--;
    for (len = 0; name > o->outdir && name[-1] != '/'; len++)
        name--;
    v360job_add_all(args, "sbatch", "--parsable", "--requeue",
                    "--open-mode=append", NULL);
    v360job_addf(args, "--chdir=%s/" V360JOB_PRIVATE "/farm", o->outdir);
    v360job_addf(args, "--output=%s", log);
    v360job_addf(args, "--job-name=split360-%.*s%s", len, name, suffix);
}

/** Submit an array of the shards in LIST, and a merge that waits for it. */
static int submit_both(const V360JobOptions *o, const char *list)
{
    char number[32] = "", merge[32] = "";
    V360JobTexts args = { 0 };
    int ret = 0;

    if (*list) {
        add_common(&args, o, "", "%a.log");
        v360job_addf(&args, "--array=%s", list);
        if (o->device == V360JOB_CUDA)
            v360job_add(&args, "--gres=gpu:1");
        if (o->cpus)
            v360job_addf(&args, "--cpus-per-task=%d", o->cpus);
        v360job_addf(&args, "%s/" V360JOB_PRIVATE "/farm/task.sh", o->outdir);
        ret = sbatch(o, &args, number);
    }
    if (ret >= 0) {
        add_common(&args, o, "-merge", "merge.log");
        if (*list)
            v360job_addf(&args, "--dependency=afterany:%s", number);
        v360job_addf(&args, "%s/" V360JOB_PRIVATE "/farm/merge.sh", o->outdir);
        ret = sbatch(o, &args, merge);
    }
    if (ret >= 0)
        v360job_say("submitted:%s%s%s%s merge as job %s; split360 --status %s "
                    "tells how far they are", *list ? " shards " : "", list,
                    *list ? " as job " : "", *list ? number : "", merge,
                    o->outdir);
    return ret;
}

int v360farm_by_slurm(const V360JobOptions *o, const V360FarmPlan *plan,
                    const uint8_t *missing, int round)
{
    AVBPrint list;
    int ret = write_scripts(o, round);

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360farm_list_missing(&list, missing, plan->nb_shards, "-", ",");
    if (ret >= 0)
        ret = av_bprint_is_complete(&list) ? submit_both(o, list.str) :
              v360farm_no_memory(o);
    av_bprint_finalize(&list, NULL);
    return ret;
}

/** Read the numbers of the jobs that were submitted. */
static int read_numbers(V360JobTexts *numbers, const V360JobFolder *folder)
{
    int ret = 0;
    char *text = v360job_read(folder, "farm/jobs", &ret), *save = NULL;

    for (char *n = text ? av_strtok(text, "\n", &save) : NULL; n;
         n = av_strtok(NULL, "\n", &save))
        if (*n && !n[strspn(n, "0123456789")])
            v360job_add(numbers, n);
    av_free(text);
    return ret < 0 ? ret : v360job_texts_ok(numbers);
}

/**
 * Ask Slurm for jobs.
 *
 * @param number  of the job; NULL: all
 * @return 1 if there are any, 0 if there are none, or -1 if it has no answer
 */
static int ask_slurm(const char *number)
{
    V360JobTexts args = { 0 };
    AVBPrint output;
    int ret;

    av_bprint_init(&output, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360job_add_all(&args, "squeue", "--noheader", NULL);
    if (number)
        v360job_addf(&args, "--jobs=%s", number);
    ret = v360farm_run(&args, &output);
    ret = ret ? -1 : output.len > 0;
    av_bprint_finalize(&output, NULL);
    v360job_free_texts(&args);
    return ret;
}

/** @return whether Slurm has one of these jobs, or a negative AVERROR, told */
static int has_job(const V360JobTexts *numbers)
{
    int found = 0;

    for (int i = 0; i < numbers->nb && found <= 0; i++)
        found = ask_slurm(numbers->text[i]);
    /* It has an error, too, for a job that it does not know any more. */
    if (found < 0 && ask_slurm(NULL) < 0)
        return v360job_error("squeue does not say whether the tasks are still "
                             "at work, for the reason above");
    return found > 0;
}

int v360farm_is_at_work(const V360JobOptions *o)
{
    V360JobFolder folder = { .lock = -1, .patience = -1 };
    V360JobTexts numbers = { 0 };
    int ret;

    if (o->engine != V360JOB_SLURM || o->force)
        return 0;
    ret = v360job_enter_folder(&folder, o->outdir);
    if (ret >= 0)
        ret = read_numbers(&numbers, &folder);
    if (ret >= 0)
        ret = has_job(&numbers);
    v360job_free_texts(&numbers);
    v360job_leave_folder(&folder, 1);
    return ret == AVERROR(ENOENT) ? 0 : ret;
}

int v360farm_end_jobs(const V360JobFolder *folder)
{
    V360JobTexts args = { 0 };
    int ret;

    v360job_add_all(&args, "scancel", "--quiet", NULL);
    ret = read_numbers(&args, folder);
    if (ret >= 0 && args.nb > 2) {
        ret = v360farm_run(&args, NULL);
        if (ret == 127)
            ret = v360job_error("scancel cannot be started; is this a machine "
                                "that may submit jobs?");
        else if (ret > 0) /* jobs that have ended are no longer known */
            ret = 0;
    }
    v360job_free_texts(&args);
    return ret;
}
