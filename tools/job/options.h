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
 * The command line of split360: its values, checked, and its table.
 */

#ifndef TOOLS_JOB_OPTIONS_H
#define TOOLS_JOB_OPTIONS_H

#include <stdint.h>

#include "libavutil/rational.h"
#include "table.h"
#include "text.h"

enum V360JobFormat { V360JOB_JPG, V360JOB_PNG, V360JOB_TIF, V360JOB_MP4 };
enum V360JobChroma {
    V360JOB_SOURCE_CHROMA, V360JOB_444, V360JOB_422, V360JOB_420,
};
enum V360JobNaming { V360JOB_NUMBER, V360JOB_PTS, V360JOB_US };
enum V360JobReader {
    V360JOB_ANY_READER,     ///< not given: COLMAP's files where the rig allows
    V360JOB_COLMAP, V360JOB_NERFSTUDIO, V360JOB_REALITYSCAN,
};
enum V360JobDevice { V360JOB_AUTO_DEVICE, V360JOB_CUDA, V360JOB_CPU };
enum V360JobEncoder {
    V360JOB_CPU_ENCODER, V360JOB_NVENC, V360JOB_AUTO_ENCODER,
};
/** What a run does: all of a job, or its beginning, a part, its end. */
enum V360JobCommand {
    V360JOB_SPLIT, V360JOB_PLAN, V360JOB_TASK, V360JOB_MERGE,
};
/** Which program starts the tasks of a job in shards. */
enum V360JobEngine {
    V360JOB_BY_HAND, V360JOB_PARALLEL, V360JOB_SLURM,
    V360JOB_GPUS,           ///< of --gpus
};
enum V360JobStereo { V360JOB_2D, V360JOB_SBS, V360JOB_TB };

#define V360JOB_MAX_SHARDS 10000
#define V360JOB_MAX_GPUS   64

/** A command line. Texts are as they were given, NULL if they were not. */
typedef struct V360JobOptions {
    char *input;            ///< absolute; NULL with --demo and --verify
    char *outdir;           ///< absolute
    char *views_file;       ///< absolute
    char *mask;             ///< absolute
    char *gps;              ///< absolute: places by time
    const char *gps_offset;
    int64_t gps_offset_us;  ///< microseconds to be added to the source's times
    const char *rig;        ///< ring8 if neither it nor views_file is given
    const char *size, *fov, *fps, *from, *to;
    const char *projection; ///< a name of v360batch; NULL: by the metadata
    const char *interp;
    int w, h;               ///< of --size; 0: not given
    char h_fov[16], v_fov[16]; ///< of --fov, for the filter; "": not given
    AVRational fps_value;   ///< 0/1: not given
    int every, sharpest;    ///< 0: not given
    int64_t from_us, to_us; ///< microseconds; AV_NOPTS_VALUE: not given
    enum V360JobFormat format;
    int quality;            ///< of the format; 0 for PNG
    enum V360JobChroma chroma; ///< of JPEGs
    enum V360JobNaming naming;
    enum V360JobReader reader;
    enum V360JobDevice device;
    enum V360JobEncoder encoder;
    int stereo;             ///< enum V360JobStereo; -1: by the metadata
    int eye;                ///< enum V360Eye; -1: not given
    int supersample;        ///< of views that give none themselves; -1: not
                            ///< given, and 1 from v360job_settle_options() on
    int stream;             ///< index of the video in INPUT; -1: the best one
    enum V360JobCommand command;
    enum V360JobEngine engine;
    const char *shards;     ///< a number or auto; NULL: not in shards
    int nb_shards;          ///< 0: auto
    const char *gpus;       ///< a number or all; NULL: not given
    int nb_gpus;            ///< 0: all
    int shard;              ///< of a task; -1: not given
    int cpus;               ///< of a task; 0: not given
    int round;              ///< how often a merge has had shards made again
    V360JobTexts words;     ///< the command line of any run for the same result
    int owner_masks, keep_going, force, quiet, json, demo, verify, print;
    int status, cancel;
} V360JobOptions;

/** Names of the enumerators of V360JobOptions, in their order. */
extern const char *const v360job_formats[5], *const v360job_namings[4],
                  *const v360job_readers[5], *const v360job_devices[4],
                  *const v360job_encoders[4], *const v360job_stereos[4],
                  *const v360job_engines[4], *const v360job_chromas[5];

/**
 * Parse a command line.
 *
 * @param o  written; to be freed with v360job_free_options() in any case
 * @return 1 if --help was asked for and printed, 0, or a negative AVERROR, told
 */
int v360job_parse_options(V360JobOptions *o, int argc, char **argv);

void v360job_free_options(V360JobOptions *o);

/**
 * Set what options say.
 *
 * @param line   zero-initialised; set to the words
 * @param words  those behind the program's name and the subcommand
 * @return 1 if --help was asked for and printed, 0, or a negative AVERROR, told
 */
int v360job_read_options(V360JobOptions *o, V360JobLine *line, char **words);

/**
 * Check that the files of options are there, and set o->words.
 *
 * @return 0 or a negative AVERROR, told
 */
int v360job_check_options(V360JobOptions *o, const V360JobLine *line);

/** @return whether files of a format have EXIF */
static inline int v360job_has_exif(enum V360JobFormat format)
{
    return format == V360JOB_JPG || format == V360JOB_PNG;
}

/* together.c */

/**
 * Check what depends on more than one option, and set what one says of others.
 *
 * @return 0 or a negative AVERROR, told
 */
int v360job_check_together(V360JobOptions *o);

#endif /* TOOLS_JOB_OPTIONS_H */
