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
 * A table of options: the words of a command line by it, and --help.
 */

#ifndef TOOLS_JOB_TABLE_H
#define TOOLS_JOB_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "values.h"

/** What a user has in mind, and --help is ordered by. */
enum V360JobTask {
    V360JOB_SOURCE_TASK, V360JOB_VIEWS_TASK, V360JOB_FRAMES_TASK,
    V360JOB_OUTPUT_TASK, V360JOB_MASKS_TASK, V360JOB_MACHINE_TASK,
    V360JOB_FARM_TASK, V360JOB_CONTROL_TASK, V360JOB_NB_TASKS,
};

#define V360JOB_MAX_OPTIONS 48

typedef struct V360JobOption {
    const char *name;       ///< without its dashes; NULL behind the last row
    const char *value;      ///< name of its value; NULL: it takes none
    int kind;               ///< how the value is parsed
    size_t offset;          ///< of the member that is written
    size_t parsed;          ///< of the other one, for kinds that have two
    int min, max;           ///< range of a number
    V360JobChoices choices;
    const char *deflt;      ///< value if it is not given, or NULL
    int of_run;             ///< it says nothing of the result: a job that is
                            ///< done in parts has it at its beginning only
    enum V360JobTask task;
    const char *help;       ///< "%s" is where the choices are listed
} V360JobOption;

/** The words of a command line. */
typedef struct V360JobLine {
    const char *given[V360JOB_MAX_OPTIONS]; ///< last values, by option; "1" if
                            ///< the option takes none; NULL: not given
    const char *place[3];   ///< INPUT, OUTDIR, and one too many
    int nb_places;
} V360JobLine;

/**
 * Take the words of a command line apart.
 *
 * @param line   zero-initialised
 * @param words  those behind the program's name, with NULL behind the last one
 * @return 1 if --help is among them, 0, or a negative AVERROR, told
 */
int v360job_take_words(V360JobLine *line, const V360JobOption *options,
                       char **words);

/** @return the index of an option, whose name has LEN bytes, or -1 */
int v360job_find_option(const V360JobOption *options, const char *name,
                        size_t len);

/** Print what --help prints. @return 0 or a negative AVERROR, told */
int v360job_print_help(FILE *to, const V360JobOption *options);

#endif /* TOOLS_JOB_TABLE_H */
