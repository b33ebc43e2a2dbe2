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
 * What the commands of v360job share. A job is a run of split360, from the
 * first command line to the finished OUTDIR, however often it is interrupted.
 */

#ifndef TOOLS_JOB_JOB_H
#define TOOLS_JOB_JOB_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct cJSON;

/* sum.c */

/** A size in bytes and a hash in hexadecimal digits. */
typedef struct V360JobSum {
    int64_t size;
    char hash[80];
} V360JobSum;

/**
 * Get size and MURMUR3 of a whole file.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_sum_file(V360JobSum *sum, int fd);

/* text.c */

/** @return the JSON in a file, or NULL if it cannot be read or parsed */
struct cJSON *v360job_read_json(const char *path);

/** Replace each byte of a text that is not part of UTF-8 by a question mark. */
void v360job_make_utf8(char *text);

/* path.c */

/** @return the name of a part of a finished job; NULL behind the last part */
const char *v360job_part(unsigned i);

/**
 * @return whether a name that was read from a file may be used: it begins with
 *         the name of a part, has no empty or hidden component, thus no "..",
 *         and no control character
 */
int v360job_name_ok(const char *name);

/** Print text of unknown origin, without its control characters. */
void v360job_print(FILE *to, const char *text);

/**
 * Open the folder of the file NAME, below ROOT, without following a link.
 *
 * @param base  set to the last component of NAME
 * @param make  whether to make folders that are missing
 * @return a file descriptor or a negative AVERROR
 */
int v360job_parent(int root, const char *name, const char **base, int make);

/**
 * Open the file NAME, below ROOT, for reading, without following a link.
 *
 * @return a file descriptor or a negative AVERROR; AVERROR(EINVAL) if it is not
 *         a regular file
 */
int v360job_open(int root, const char *name);

/* whole.c */

/** @return whether an image has the end of its format; other files have it */
int v360job_is_ended(int fd, const char *name, int64_t size);

/* disk.c */

/**
 * Have all data of DIR's file system on the disk.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_flush(const char *dir);

/**
 * Write TEXT to PATH, which gets this name when the data are on the disk.
 *
 * @param dir  NULL, or a folder whose file system is flushed before that
 * @return 0 or a negative AVERROR, printed
 */
int v360job_store(const char *path, const char *text, const char *dir);

/**
 * A mark is a file by whose mtime one can tell what is on the disk: everything
 * that was written before that.
 */
typedef struct V360JobMark {
    int fd;             ///< negative if there is no mark
    pid_t flusher;      ///< child that flushes now, or 0
    int64_t begun;      ///< when the last child began, in microseconds
    int error;          ///< error of a child that has ended
} V360JobMark;

/**
 * Open a mark, or make it; then nothing is on the disk by it.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_mark_open(V360JobMark *mark, const char *path);

/**
 * Begin to flush in a child, if the last time is long enough ago.
 *
 * @return 0, or the negative AVERROR of a child that has ended
 */
int v360job_mark_step(V360JobMark *mark);

/**
 * Flush a last time, when no other process writes, and close the mark.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_mark_close(V360JobMark *mark);

/* header.c */

/** @return why FFmpeg cannot decode a TIFF whose header it can read, or NULL */
const char *v360job_bad_tiff(const char *path);

/**
 * Read from the XMP of a picture which part of a panorama it is.
 *
 * @param area  set to " of WxH+X+Y", the size of the whole panorama and the
 *              place in it; unchanged if the picture is a whole panorama
 */
void v360job_read_area(char *area, size_t size, const char *path, int w, int h);

/* The commands. Each gets the arguments behind its own name, their number
 * already checked, and returns the exit status of the process. */

/** settings FILE KEY=VALUE...: write the settings of a job to FILE, as JSON. */
int v360job_settings(int argc, char **argv);

/** differ FILE FILE: print in which settings two jobs differ. */
int v360job_differ(int argc, char **argv);

/**
 * source FILE...: print sizes and SHA-256 of sources, of all of a source up to
 * 2 MiB, else of its first and its last MiB.
 */
int v360job_source(int argc, char **argv);

/** run [OPTION]... -- COMMAND...: run ffmpeg and show how far it is. */
int v360job_run(int argc, char **argv);

/** manifest WORK FILE: describe a finished job. */
int v360job_manifest(int argc, char **argv);

/** whole EXT number|pts MARK|- VIEW...: count the frames that all views have. */
int v360job_whole(int argc, char **argv);

/** verify OUTDIR: compare all files with OUTDIR/manifest.json. */
int v360job_verify(int argc, char **argv);

/** missing OUTDIR: print files of the manifest that are to be made again. */
int v360job_missing(int argc, char **argv);

/** private OUTDIR: make OUTDIR/.split360, or check the one that is there. */
int v360job_private(int argc, char **argv);

/** lock FD FILE SECONDS: lock the file that the caller has open as FD. */
int v360job_lock(int argc, char **argv);

/** put WORK OUTDIR: move such files from WORK to OUTDIR. */
int v360job_put(int argc, char **argv);

/** link FILE: link or copy FILE to each name in the list on standard input. */
int v360job_link(int argc, char **argv);

/** scan LIST: print what each picture that the file LIST names is. */
int v360job_scan(int argc, char **argv);

/**
 * frames FILE STREAM: print how many frames of a stream are shown and how many
 * seconds they take; nothing where the header of the file does not tell.
 */
int v360job_frames(int argc, char **argv);

/** levels: print the least and the greatest byte of standard input. */
int v360job_levels(int argc, char **argv);

/**
 * circles: decide whether standard input, 128x64 gray samples, shows the two
 * circles of a dual fisheye; status 0 if so.
 */
int v360job_circles(int argc, char **argv);

#endif /* TOOLS_JOB_JOB_H */
