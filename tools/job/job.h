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
 * A job of split360, from the first command line to the finished OUTDIR,
 * however often it is interrupted, and what its steps share. Functions that
 * return an int return 0 or a negative AVERROR of which the user has been told,
 * unless they say something else.
 */

#ifndef TOOLS_JOB_JOB_H
#define TOOLS_JOB_JOB_H

#include <stdint.h>

#include "libavutil/bprint.h"
#include "folder.h"
#include "options.h"
#include "os.h"
#include "packets.h"
#include "source.h"
#include "text.h"
#include "tools/rig/rig.h"

struct cJSON;

/** The programs that a job uses, by the environment or beside this one. */
typedef struct V360JobPrograms {
    char *ffmpeg;
    char *version, *configuration; ///< what ffmpeg says of itself
} V360JobPrograms;

/** The views, in the order of the filter's pads. */
typedef struct V360JobViews {
    RigSetup setup;         ///< the rig, and the cameras for the source
    char *text;             ///< of the rig file; NULL: a preset
    V360JobTexts names;
    int w, h;               ///< of --size, or the default; 0: by the rig
} V360JobViews;

/** How frames become views: texts for ffmpeg's command line. */
typedef struct V360JobGraph {
    char *geotag;           ///< "" or "geotag=...,": date and place
    char *rate;             ///< "" or "fps=...,"
    char *select;           ///< chooses frames: "" or filters, each with a ,
    char *before;           ///< makes frames that v360batch reads, and pads
                            ///< them: "" or filters with ,
    char *batch;            ///< v360batch with its options, without pads
    char means[16];         ///< an option more for images: "" or ":ss=..."
    const char *exif;       ///< another one for images: "" or ":exif=1"
    char *colours;          ///< those of its options that are about colours
    char *after;            ///< what views shall be: "" or a filter
    char *pads;             ///< [v0][v1]...
    char *pad;              ///< "" or "pad=...,": all of the panorama
    char *run_batch;        ///< batch with pads as it is run, maybe on a GPU
    char *fetch;            ///< "" or filters: brings frames back from the GPU
    char *filter;           ///< all from geotag to after, for the settings
    V360JobTexts input;     ///< ffmpeg's options before -i
    V360JobTexts decoding;  ///< the decoder of a list with its options
    V360JobTexts coding;    ///< the encoder with its options
    V360JobTexts run_coding; ///< the same as it is run, maybe on a GPU
    int threads;            ///< of an encoder
    int uses_cuda;
} V360JobGraph;

/** When a frame is shown in its source. */
typedef struct V360JobStamp {
    int64_t pts;
    AVRational time_base;
} V360JobStamp;

/** Which of the frames are there, and how many are to come. */
typedef struct V360JobFrames {
    int64_t done;           ///< frames that are whole, with their time stamps
    int64_t total;          ///< frames to come in all, for progress; 0: unknown
    V360JobStamp *stamps;   ///< of the frames, from the first one on
    int64_t nb_stamps;
    V360JobTexts damage;    ///< what is damaged, a line each
    V360JobTexts all;       ///< of a list: the pictures before --every
} V360JobFrames;

typedef struct V360Job {
    V360JobOptions options;
    V360JobPrograms programs;
    V360JobFolder folder;
    V360JobSource source;
    V360JobViews views;
    V360JobGraph graph;
    V360JobFrames frames;
    V360JobPackets packets; ///< of a video, where they are needed
    const struct V360JobCut *cut; ///< the frames that are made here; NULL: all
    int nb_shards;          ///< of which the videos were joined; 0: of none
    int is_ours;            ///< what is in the private folder is of this job
    int64_t begin;          ///< when the run began, in microseconds
    int64_t looked, made;   ///< when all was known, when all frames were made
    int mask_is_still;      ///< the mask is a picture
    int mask_stream;        ///< index of the mask's video in its file
    char *mask_id;          ///< as the settings have it; NULL: no mask
    char *gps_id;           ///< as the settings have it; NULL: no track
    char *mask_filter;      ///< makes the mask gray, transparent parts black
} V360Job;

/* look.c */

/**
 * Find out what the source is, and which views are made of it, after
 * v360job_find_programs(), v360job_read_views() and the opening of the folder.
 */
int v360job_look(V360Job *job);

/** Free all but the folder. */
void v360job_free_job(V360Job *job);

/* views.c */

/** Read the rig, before the source is known: names, and the size if given. */
int v360job_read_views(V360Job *job);

/**
 * Set the sizes for the source and the cameras, and warn of views that see
 * nothing of it. Writes the rig file to views.txt in the private folder.
 */
int v360job_place_views(V360Job *job);

/* density.c */

/** Say of how many samples those of views are made, if it is more than one. */
void v360job_say_supersample(const V360Job *job);

/** Say how much of the panorama no view shows, and which rig would show all. */
void v360job_say_coverage(const V360Job *job);

/** Print that number of each view. @return 0 or AVERROR(ENOMEM) */
int v360job_print_supersample(struct AVBPrint *text, const V360Job *job);

/* settle.c */

/**
 * Set options that were not given as the job in a folder needs them: one that
 * was begun before there was --supersample goes on without.
 *
 * @param settings  of that job; NULL: there is none
 */
void v360job_settle_options(V360JobOptions *o, const struct cJSON *settings);

/** The same by what a folder, which is open, holds. */
void v360job_settle_by_folder(V360JobOptions *o, const V360JobFolder *folder);

/* geo.c */

/**
 * Find out when and where the source was taken: graph.geotag. Writes the track
 * to gps.txt in the private folder.
 */
int v360job_locate(V360Job *job);

/* graph.c, colour.c, decoder.c, encoder.c, device.c */

/** Ask ffmpeg for its version and configuration. */
int v360job_find_programs(V360Job *job);

/** Choose encoder and colours, and write the filtergraph. */
int v360job_make_graph(V360Job *job);

/**
 * Choose what a list of pictures is decoded with, several of them at once: the
 * samples are the same.
 */
int v360job_choose_decoder(V360Job *job);

/** Choose what every view is encoded with. */
int v360job_choose_encoder(V360Job *job);

/**
 * Set how many GPUs a job in shards takes, where that is not given, and the
 * number of shards after it.
 */
int v360job_find_gpus(V360Job *job);

/** Choose where the views are made, and say so. */
int v360job_choose_device(V360Job *job);

/**
 * Set how colours become those of the written format: graph.before, .colours
 * and .after.
 */
int v360job_set_colour(V360Job *job);

/** @return the layout of chroma that a JPEG gets: that asked for, or the source's */
const char *v360job_jpeg_format(const V360Job *job);

/**
 * Print a filter with an output for each view and, unless it is "", a chain of
 * filters for each; the last ones have graph.pads.
 */
void v360job_print_views(AVBPrint *text, const V360Job *job, const char *filter,
                         const char *chain);

/* stamps.c */

/**
 * Count the frames that are there.
 *
 * @param flushed  count only what is surely on the disk
 * @param images   set to the number of those that are whole in all views;
 *                 frames.done to that of those that have a time stamp, too
 */
int v360job_count_frames(V360Job *job, int flushed, int64_t *images);

/* frames.c */

/** Make all frames, as many as are not there yet. */
int v360job_make_frames(V360Job *job);

/**
 * Make those frames of a finished job again that have gone.
 *
 * @return 1 if there is nothing to do
 */
int v360job_repair(V360Job *job);

/* print.c */

/** Print the command that would make the frames, ready for a shell. */
int v360job_print_command(V360Job *job);

/* child.c: the only program that a job starts is ffmpeg */

/** How a run of ffmpeg is shown, and what it writes. */
typedef struct V360JobRun {
    int64_t total, done;    ///< frames of the job, and those of earlier runs
    int shown;              ///< whether to show progress
    int marked;             ///< whether to flush to the disk what it writes
    AVBPrint *output;       ///< gets its standard output; NULL: its progress
    int64_t frames;         ///< result: frames of this run
    int not_started;        ///< result: whether it could not be started
    AVBPrint messages;      ///< result: the end of what it printed
} V360JobRun;

/**
 * Run ffmpeg in the private folder, or in the current one before there is one.
 * It ends when this program ends, however that happens. A signal that ends the
 * job ends ffmpeg.
 *
 * @param args  its arguments; -nostdin, -hide_banner and -y are added
 * @param run   to be finalised with v360job_free_run() in any case
 * @return its exit status, or 256 and the number of the signal that ended it;
 *         AVERROR_EXIT if a signal ended the job, or another negative AVERROR,
 *         not told
 */
int v360job_ffmpeg(const V360Job *job, const V360JobTexts *args,
                   V360JobRun *run);

void v360job_free_run(V360JobRun *run);

/**
 * Run ffmpeg for what it prints; its messages are dropped.
 *
 * @return its exit status, or 256 and the number of the signal that ended it,
 *         or a negative AVERROR, told
 */
int v360job_ask(const V360Job *job, const V360JobTexts *args,
                AVBPrint *output);

/**
 * @param kind  filter, decoder or encoder
 * @return 1 if ffmpeg has one of that name, 0, or a negative AVERROR, told
 */
int v360job_has(const V360Job *job, const char *kind, const char *name);

/**
 * Run ffmpeg without showing its progress, tell why it failed, and free its
 * arguments.
 */
int v360job_run_hidden(const V360Job *job, V360JobTexts *args);

/* reason.c */

/** Tell why a run failed. @return a negative AVERROR */
int v360job_tell_run(const V360Job *job, const V360JobRun *run, int status);

/** Tell that no frame came. @return a negative AVERROR */
int v360job_no_frame(void);

/** Tell that two frames have one name by their time. @return an AVERROR */
int v360job_one_name(const V360Job *job);

/** @return why a run failed, by its own messages, to be freed; or NULL */
char *v360job_reason(const V360JobRun *run);

/* mask.c */

/** Look at --mask: its size, its values. Sets mask_*. */
int v360job_probe_mask(V360Job *job);

/**
 * Split the mask into raw/VIEW/NUMBER.png, in folders that are there: nearest,
 * binary, and multiplied with the masks owner/VIEW.pgm, if the job has them.
 */
int v360job_split_mask(const V360Job *job);

/* masks.c */

/** Make all masks, under the names that the reader wants. */
int v360job_make_masks(V360Job *job);

/* poses.c */

/** Write the files that the reader of the images wants. */
int v360job_write_poses(V360Job *job);

/* preview.c */

/** Write preview.jpg, the first image of each view on one sheet. */
int v360job_write_preview(V360Job *job);

/* demo.c */

/**
 * Make a panorama of the program's own in the private folder: options.input.
 */
int v360job_make_demo(V360Job *job);

/* identity.c */

/**
 * @return all that decides about the bytes of the result, as a JSON object of
 *          texts; NULL if memory runs out
 */
struct cJSON *v360job_settings(const V360Job *job);

/* manifest.c */

/**
 * Describe the finished job: manifest.json in the private folder. All data are
 * on the disk before it gets its name.
 */
int v360job_write_manifest(V360Job *job, const struct cJSON *settings);

#endif /* TOOLS_JOB_JOB_H */
