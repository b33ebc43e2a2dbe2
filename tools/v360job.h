/*
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
 * Bookkeeping of a split360 job: settings, progress, manifest, panoramas.
 */

#ifndef TOOLS_V360JOB_H
#define TOOLS_V360JOB_H

#include <stddef.h>
#include <stdint.h>

/** A size in bytes and a hash in hexadecimal digits. */
typedef struct V360JobSum {
    int64_t size;
    char hash[80];
} V360JobSum;

/** Size and MURMUR3 of a whole file. @return 0 or a negative AVERROR */
int v360job_sum_file(V360JobSum *sum, const char *path);

/**
 * Size and SHA-256 of a source: all of it up to 2 MiB, else of the first and
 * the last MiB. @return 0 or a negative AVERROR
 */
int v360job_sum_source(V360JobSum *sum, const char *path);

/* The commands. Each gets the arguments after its own name and returns the
 * status of the process. */

/** run [OPTION]... -- COMMAND...: run ffmpeg and show how far it is. */
int v360job_run(int argc, char **argv);

/** manifest WORK OUTDIR FILE: describe a finished job. */
int v360job_manifest(int argc, char **argv);

/** verify OUTDIR: compare all files with OUTDIR/manifest.json. */
int v360job_verify(int argc, char **argv);

/** missing OUTDIR: files of the manifest that are not there any more. */
int v360job_missing(int argc, char **argv);

/** scan LIST: what each picture named in the file LIST is. */
int v360job_scan(int argc, char **argv);

#endif /* TOOLS_V360JOB_H */
