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
 * The progress of a run of ffmpeg: a line for people, an object for programs.
 */

#ifndef TOOLS_JOB_PROGRESS_H
#define TOOLS_JOB_PROGRESS_H

#include <stdint.h>
#include <sys/types.h>

enum V360JobStage { V360JOB_DECODE, V360JOB_REMAP, V360JOB_ENCODE,
                    V360JOB_WRITE, V360JOB_NB_STAGES };

typedef struct V360JobProgress {
    int64_t total, done;    ///< frames of the job, and those of earlier runs
    int views, quiet, json, live;
    pid_t pid;              ///< of ffmpeg
    int64_t begin, shown;   ///< in microseconds
    int64_t frame;          ///< frames of this run so far
    double cpu[V360JOB_NB_STAGES]; ///< seconds on a core, by stage
    double wanted;          ///< seconds of all threads, on a core or waiting
    double shown_cpu[V360JOB_NB_STAGES], shown_wanted; ///< when last shown
} V360JobProgress;

/** Begin to measure a run; the members above pid are set before. */
void v360job_begin_progress(V360JobProgress *p, pid_t pid);

/**
 * Show how far a run is, if it is time to: a terminal gets a line that is
 * live, a log gets a line every ten seconds, and the last one in any case.
 */
void v360job_show_progress(V360JobProgress *p, int last);

/** End the live line. */
void v360job_end_progress(const V360JobProgress *p);

#endif /* TOOLS_JOB_PROGRESS_H */
