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
 * What the linker takes in a fuzz target in the place of functions of split360,
 * with its option --wrap.
 */

#include "libavutil/error.h"
#include "tools/job/job.h"
#include "tools/job/os.h"

int __wrap_v360job_ffmpeg(const V360Job *job, const V360JobTexts *args,
                          V360JobRun *run);
int __wrap_v360job_run_hidden(const V360Job *job, V360JobTexts *args);
void __wrap_v360job_ignore_signals(void);
int __wrap_v360job_open_stream(V360JobStream *s, const char *path, int stream,
                               int strict);

/** No program is started: the user seems to end the job. */
int __wrap_v360job_ffmpeg(const V360Job *job, const V360JobTexts *args,
                          V360JobRun *run)
{
    return AVERROR_EXIT;
}

int __wrap_v360job_run_hidden(const V360Job *job, V360JobTexts *args)
{
    v360job_free_texts(args);
    return AVERROR_EXIT;
}

/** Somebody may want to end the fuzzer. */
void __wrap_v360job_ignore_signals(void)
{
}

/** FFmpeg's demuxers have their own fuzz targets. */
int __wrap_v360job_open_stream(V360JobStream *s, const char *path, int stream,
                               int strict)
{
    *s = (V360JobStream){ 0 };
    return AVERROR_INVALIDDATA;
}
