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
 * Hands shards to an engine: GNU parallel, a person, Slurm by slurm.c, or the
 * GPUs of this machine by gpus.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/cpu.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "farm.h"

/* A task decodes, remaps and encodes with some threads. */
#define TASK_PROCESSORS 4

/** Print the commands of tasks and merge. */
static int by_hand(const V360JobOptions *o, const V360FarmPlan *plan,
                   const uint8_t *missing)
{
    char *self = v360farm_self();
    AVBPrint text;
    int ret = 0;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360farm_add_command(&text, self, "task", o->outdir);
    av_bprintf(&text, " N   # for each N of ");
    v360farm_list_missing(&text, missing, plan->nb_shards, "-", ",");
    av_bprintf(&text, ", on any machines, in any order\n");
    v360farm_add_command(&text, self, "merge", o->outdir);
    av_bprintf(&text, "    # when they have ended\n");
    if (!self || !av_bprint_is_complete(&text))
        ret = v360farm_no_memory(o);
    else
        fputs(text.str, stdout);
    if (ret >= 0 && fflush(stdout))
        ret = v360job_cannot("cannot write to", "standard output",
                             AVERROR(errno));
    av_bprint_finalize(&text, NULL);
    av_free(self);
    return ret;
}

/** Run GNU parallel, and then merge in this process's place. */
static int by_parallel(const V360JobOptions *o, const V360FarmPlan *plan,
                       const uint8_t *missing, int round)
{
    char *self = v360farm_self(), *save = NULL;
    V360JobTexts args = { 0 };
    AVBPrint list;
    int ret;

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360farm_list_missing(&list, missing, plan->nb_shards, NULL, " ");
    v360job_add_all(&args, "parallel", "--will-cite", "--line-buffer", "--tag",
                    "--jobs", NULL);
    v360job_addf(&args, "%d", FFMAX(av_cpu_count() / TASK_PROCESSORS, 1));
    /* What a name holds is not to be replaced. */
    v360job_add_all(&args, "\"$SPLIT360_PROGRAM\" task \"$SPLIT360_OUTDIR\" {}",
                    ":::", NULL);
    for (char *n = av_strtok(list.str, " ", &save); n;
         n = av_strtok(NULL, " ", &save))
        v360job_add(&args, n);
    av_bprint_finalize(&list, NULL);
    if (!self || setenv("SPLIT360_PROGRAM", self, 1) < 0 ||
        setenv("SPLIT360_OUTDIR", o->outdir, 1) < 0 ||
        setenv("PARALLEL_SHELL", "/bin/sh", 1) < 0)
        ret = v360farm_no_memory(o);
    else
        ret = v360farm_run(&args, NULL);
    v360job_free_texts(&args);
    if (ret == 127)
        ret = v360job_error("--submit parallel: GNU parallel cannot be "
                            "started; is it installed?");
    if (ret >= 0) { /* whatever became of the tasks, the merge finds out */
        char number[16];

        snprintf(number, sizeof(number), "%d", round);
        execl(self, self, "merge", o->outdir, "--submit=parallel", "--round",
              number, o->quiet ? "--quiet" : NULL, NULL);
        ret = v360job_cannot("cannot start", self, AVERROR(errno));
    }
    av_free(self);
    return ret;
}

int v360farm_submit(const V360Job *job, const V360FarmPlan *plan,
                    const uint8_t *missing, int round)
{
    const V360JobOptions *o = &job->options;

    if (o->engine == V360JOB_GPUS)
        return v360farm_by_gpus(job, plan, missing, round);
    if (o->engine == V360JOB_SLURM)
        return v360farm_by_slurm(o, plan, missing, round);
    return o->engine == V360JOB_PARALLEL ?
           by_parallel(o, plan, missing, round) : by_hand(o, plan, missing);
}
