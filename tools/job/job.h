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
 * Bookkeeping of a split360 job: settings, progress, manifest, panoramas.
 */

#ifndef TOOLS_JOB_JOB_H
#define TOOLS_JOB_JOB_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct cJSON;

/** A size in bytes and a hash in hexadecimal digits. */
typedef struct V360JobSum {
    int64_t size;
    char hash[80];
} V360JobSum;

/** Size and MURMUR3 of a whole file. @return 0 or a negative AVERROR */
int v360job_sum_file(V360JobSum *sum, int fd);

/**
 * Size and SHA-256 of a source: all of it up to 2 MiB, else of the first and
 * the last MiB. @return 0 or a negative AVERROR
 */
int v360job_sum_source(V360JobSum *sum, const char *path);

/** @return what PATH holds, or NULL if that cannot be had */
struct cJSON *v360job_read_json(const char *path);

/** The parts of a finished job, by number; NULL after the last one. */
const char *v360job_part(unsigned i);

/**
 * May a name that was read from a file be used? It begins with a part's name,
 * has no empty or hidden part, thus no "..", and no control character.
 */
int v360job_name_ok(const char *name);

/** Print text of which nobody knows where it comes from to a terminal. */
void v360job_print(FILE *to, const char *text);

/**
 * Open the folder that NAME lies in, below ROOT, and follow no link.
 * @param base gets the last part of NAME
 * @param make make folders that are not there
 * @return a file descriptor or a negative AVERROR
 */
int v360job_parent(int root, const char *name, const char **base, int make);

/** Open a regular file likewise, to read it; AVERROR(EINVAL) if it is none. */
int v360job_open(int root, const char *name);

/** Does the open image end as its format must? Other files always do. */
int v360job_is_ended(int fd, const char *name, int64_t size);

/** Have all data on the disk that the file system of DIR holds. */
int v360job_flush(const char *dir);

/**
 * Write TEXT to PATH, which gets the name when the data are on the disk.
 * @param dir if it is not NULL, all data of its file system are there before
 */
int v360job_store(const char *path, const char *text, const char *dir);

/** A file whose mtime says: what was written before is on the disk. */
typedef struct V360JobMark {
    int fd;             ///< negative if there is none
    pid_t flusher;      ///< a child that is at it
    int64_t begun;      ///< when it began, or the one before
    int error;          ///< of one that has ended
} V360JobMark;

int v360job_mark_open(V360JobMark *mark, const char *path);

/** Begin to flush if it is time to. @return a negative AVERROR if one failed */
int v360job_mark_step(V360JobMark *mark);

/** Flush once more, when there is no other writer, and wait for it. */
int v360job_mark_close(V360JobMark *mark);

/** Puts a question mark for each byte of a text that is not part of UTF-8. */
void v360job_make_utf8(char *text);

/** Why FFmpeg cannot read a TIFF whose header it can read, or NULL. */
const char *v360job_bad_tiff(const char *path);

/**
 * The part of a panorama that a picture is by its XMP, as " of WxH+X+Y": the whole
 * panorama and the place in it. Unchanged where it is a whole one.
 */
void v360job_read_area(char *area, size_t size, const char *path, int w, int h);

/* The commands. Each gets the arguments after its own name and returns the
 * status of the process. */

/** run [OPTION]... -- COMMAND...: run ffmpeg and show how far it is. */
int v360job_run(int argc, char **argv);

/** manifest WORK FILE: describe a finished job. */
int v360job_manifest(int argc, char **argv);

/** whole EXT number|pts MARK|- VIEW...: how many frames all views have. */
int v360job_whole(int argc, char **argv);

/** verify OUTDIR: compare all files with OUTDIR/manifest.json. */
int v360job_verify(int argc, char **argv);

/** missing OUTDIR: files of the manifest that are not there any more. */
int v360job_missing(int argc, char **argv);

/** private OUTDIR: make its private folder, or see that it is ours. */
int v360job_private(int argc, char **argv);

/** lock FD FILE SECONDS: lock the file that the caller has open as FD. */
int v360job_lock(int argc, char **argv);

/** put WORK OUTDIR: move these from WORK to OUTDIR. */
int v360job_put(int argc, char **argv);

/** link FILE: give it all names in the list on stdin, copy it if need be. */
int v360job_link(int argc, char **argv);

/** scan LIST: what each picture named in the file LIST is. */
int v360job_scan(int argc, char **argv);

/**
 * frames FILE STREAM: how many frames of it are shown, and how many seconds they
 * take; nothing where that is not known before all is read.
 */
int v360job_frames(int argc, char **argv);

/** levels: the least and the greatest byte of the standard input. */
int v360job_levels(int argc, char **argv);

/**
 * circles: whether the standard input, 128x64 gray, shows two fisheye circles.
 * @return 0 if so
 */
int v360job_circles(int argc, char **argv);

#endif /* TOOLS_JOB_JOB_H */
