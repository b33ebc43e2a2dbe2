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
 * A job of split360 in shards: frames that tasks make on many machines, as a
 * plan says that is made once, and a merge that finishes the job. doc/farm.md
 * tells what they hold against.
 *
 * Beside what folder.h tells, OUTDIR/.split360 then holds:
 *   farm/plan.json   what each task makes; it never changes
 *   farm/cancelled.json  a plan that no task works for any more
 *   farm/N.done      marker: shard N is in images, on the disk, and its sums
 *   farm/N.sharpest  which frames shard N has chosen
 *   farm/N.failed    why a task could not make shard N
 *   farm/N.log merge.log   what tasks and merges have said, where the engine
 *                    writes that
 *   farm/videos      of shards, a folder for each
 *   farm/events      when tasks began and ended, for people
 *   farm/jobs        the engine's numbers of what was submitted
 *   farm/task.N.*    private folders of tasks
 *
 * Functions that return an int return 0 or a negative AVERROR of which the user
 * has been told, unless they say something else.
 */

#ifndef TOOLS_FARM_FARM_H
#define TOOLS_FARM_FARM_H

#include <stdint.h>

#include "libavutil/bprint.h"
#include "tools/job/frames.h"
#include "tools/job/job.h"

struct cJSON;

/** Frames of a job that one task makes. */
typedef struct V360FarmShard {
    int64_t first;          ///< index of the first one among the job's frames
    int64_t frames;         ///< how many; 0: all to the end
    int has_seam;           ///< the first frame of the next shard is made, too,
                            ///< to be compared
    V360JobCut cut;         ///< where they are in the source, with the seam
    V360JobPackets entries; ///< key frames that decoding may begin at
    char *source;           ///< of a list, the id of the shard's pictures; only
                            ///< these are looked at then; NULL: all are
} V360FarmShard;

typedef struct V360FarmPlan {
    struct cJSON *json;     ///< which owns all texts
    const char *id;         ///< no other plan has it
    const char *why_one;    ///< why there is one shard only; "": for no reason
    V360JobTexts words;     ///< the command line of a task
    const struct cJSON *settings;
    V360FarmShard *shard;
    int nb_shards;
    int quiet, json_progress; ///< how progress is shown
} V360FarmPlan;

/* plan.c */

/**
 * Make the plan of a job whose folder is locked, and write it; one that is
 * there is kept.
 *
 * @param plan  zero-initialised; to be freed in any case
 */
int v360farm_make_plan(V360FarmPlan *plan, V360Job *job,
                       const struct cJSON *settings);

/**
 * Read the plan of a private folder.
 *
 * @return 0; AVERROR(ENOENT), not told, if there is none; or another negative
 *         AVERROR, told
 */
int v360farm_read_plan(V360FarmPlan *plan, const V360JobFolder *folder);

/** The same, also of a plan that was cancelled. */
int v360farm_read_any_plan(V360FarmPlan *plan, const V360JobFolder *folder);

/** Take the plan away from tasks: a task that is done then finds none. */
int v360farm_put_plan_away(const V360JobFolder *folder);

/** @return whether the private folder's plan still is this one */
int v360farm_is_current(const V360FarmPlan *plan, const V360JobFolder *folder);

void v360farm_free_shard(V360FarmShard *shard);

void v360farm_free_plan(V360FarmPlan *plan);

/* plan_json.c */

/** Write a plan's shards, words and settings to plan->json. */
int v360farm_plan_to_json(V360FarmPlan *plan, const struct cJSON *settings);

/** Put another command line into plan->json. @return 0 or AVERROR(ENOMEM) */
int v360farm_set_words(V360FarmPlan *plan, const V360JobTexts *words);

/** Read plan->json. @return 0 or AVERROR_INVALIDDATA, not told */
int v360farm_plan_of_json(V360FarmPlan *plan);

/* shard.c */

/**
 * Read the command line of a job from its plan, of which the options keep the
 * texts, for the folder where the job is now.
 */
int v360farm_read_words(V360JobOptions *o, const V360FarmPlan *plan,
                        const char *outdir);

/**
 * Make the frames of a shard, by a job of its own.
 *
 * @param job    zero-initialised; to be ended with v360farm_end_shard() in any
 *               case
 * @param name   of a private folder, which is made, below that of FOLDER
 */
int v360farm_make_shard(V360Job *job, const V360FarmPlan *plan,
                        const V360FarmShard *shard,
                        const V360JobFolder *folder, const char *name);

/** Free the job, and remove its private folder. */
void v360farm_end_shard(V360Job *job);

/* task.c */

/** Make a shard of the job in OUTDIR, unless it is there. */
int v360farm_task(const V360JobOptions *o);

/* marker.c */

/** The files of a shard, and their sums. */
typedef struct V360FarmMarker {
    char *text;
    V360JobTexts files;     ///< images/VIEW/NAME, view by view, "seam " before
                            ///< the next shard's; or videos/SHARD/VIEW.mp4,
                            ///< which are below farm
    V360JobSum *sums;       ///< of them
    unsigned size;          ///< of that memory
    int nb;                 ///< of the files that are the shard's
    int64_t frames;
} V360FarmMarker;

/**
 * Sum the images of a shard up, and write the marker's text.
 *
 * @param job  of the shard, whose frames are made
 */
int v360farm_write_marker(AVBPrint *text, const V360Job *job,
                          const V360FarmPlan *plan, int shard);

/**
 * Read a marker.
 *
 * @param marker  to be freed with v360farm_free_marker() in any case
 * @return 1; 0 if there is none, or it is not whole or of another plan; or a
 *         negative AVERROR, told
 */
int v360farm_read_marker(V360FarmMarker *marker, const V360JobFolder *folder,
                         const V360FarmPlan *plan, int shard);

/** @return whether all files of a marker are there, in the size they had */
int v360farm_has_files(const V360FarmMarker *marker,
                       const V360JobFolder *folder);

/**
 * Mark the shards that are not there.
 *
 * @return how many, or a negative AVERROR, told
 */
int v360farm_find_missing(uint8_t *missing, const V360JobFolder *folder,
                          const V360FarmPlan *plan);

/** Have a shard made again whose files are not those that its task wrote. */
int v360farm_drop_shard(const V360Job *job, int shard);

void v360farm_free_marker(V360FarmMarker *marker);

/**
 * @param own  its name in the folder of the task
 * @param n    its index among all frames of the job
 * @return the name of an image in the private folder, to be freed, or NULL
 */
char *v360farm_image_name(const V360Job *job, const char *own, int view,
                          int64_t n);

/* merge.c */

/** @return whether OUTDIR has a manifest */
int v360farm_is_finished(const char *outdir);

/**
 * Read the options of the job in OUTDIR from its plan, in the place of those of
 * a merge.
 *
 * @return 1 if there is no plan, but a finished job
 */
int v360farm_load(V360FarmPlan *plan, V360JobOptions *o);

/**
 * Look which shards are there. If all are, or cannot be made apart, the job can
 * be gone on with as any other; else the missing ones are submitted, or named.
 *
 * @return 0 if all are there; 1 if others are at work now; 2 if the rest has to
 *         be made in one piece; or a negative AVERROR, told
 */
int v360farm_gather(V360Job *job, const V360FarmPlan *plan);

/**
 * Keep what tasks have made, as far as it is whole, for an ordinary job that
 * goes on from there.
 */
int v360farm_take_over(V360Job *job);

/* compare.c */

/**
 * Compare the manifest of the merged job with what the tasks have written.
 *
 * @return 1 if some files differ; their shards are missing then
 */
int v360farm_compare(V360Job *job, const V360FarmPlan *plan);

/* join.c */

/**
 * Join the videos of all shards: videos in the private folder.
 *
 * @return 1 if a file is not what its task wrote; its shard is missing then
 */
int v360farm_join(V360Job *job, const V360FarmPlan *plan);

/* submit.c */

/** Have shards made that are marked as missing, and merged. */
int v360farm_submit(const V360Job *job, const V360FarmPlan *plan,
                    const uint8_t *missing, int round);

/* gpus.c */

/** The same by the GPUs of this machine; where that ends well, as the merge. */
int v360farm_by_gpus(const V360Job *job, const V360FarmPlan *plan,
                     const uint8_t *missing, int round);

/* engine.c */

/** Tell that memory has run out. @return AVERROR(ENOMEM) */
int v360farm_no_memory(const V360JobOptions *o);

/** List the missing shards, as "0-3,7" with DASH "-", one by one with NULL. */
void v360farm_list_missing(AVBPrint *to, const uint8_t *missing, int nb,
                           const char *dash, const char *comma);

/** Append a command of this program, for a shell: task or merge of OUTDIR. */
void v360farm_add_command(AVBPrint *to, const char *program,
                          const char *command, const char *outdir);

/* slurm.c */

/** The same by Slurm. */
int v360farm_by_slurm(const V360JobOptions *o, const V360FarmPlan *plan,
                      const uint8_t *missing, int round);

/** @return 1 if what was submitted for the job in OUTDIR has not ended yet */
int v360farm_is_at_work(const V360JobOptions *o);

/** End what was submitted for a job, as far as the engine knows of it. */
int v360farm_end_jobs(const V360JobFolder *folder);

/**
 * Run a program, and take what it prints.
 *
 * @param output  NULL: it prints to where this program does
 * @return its exit status, or a negative AVERROR, not told
 */
int v360farm_run(const V360JobTexts *args, AVBPrint *output);

/** @return the path of this program, to be freed, or NULL */
char *v360farm_self(void);

/* events.c */

/** Note for people what a task does. */
void v360farm_note(const V360JobFolder *folder, int shard, const char *what);

/** Print how far the job in OUTDIR is. */
int v360farm_status(const char *outdir);

/** End the tasks of the job in OUTDIR, and take its plan away from them. */
int v360farm_cancel(const char *outdir);

#endif /* TOOLS_FARM_FARM_H */
