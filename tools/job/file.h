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
 * Files of which the names are not trusted, and how they get on the disk. A
 * folder is a file descriptor, and no link below it is followed.
 */

#ifndef TOOLS_JOB_FILE_H
#define TOOLS_JOB_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct cJSON;
struct stat;

/* path.c */

/** @return the name of a part of a finished job; NULL behind the last part */
const char *v360job_part(unsigned i);

/** @return the index of the part that a name begins with, or -1 */
int v360job_part_of(const char *name);

/**
 * @return whether a name that was read from a file may be used: it begins with
 *         the name of a part, has no empty or hidden component, thus no "..",
 *         and no control character
 */
int v360job_name_ok(const char *name);

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

/** The same, which also tells of the file. */
int v360job_open_file(int root, const char *name, struct stat *st);

/** The same for a folder, which is made if MAKE and missing. */
int v360job_open_folder_at(int root, const char *name, int make);

/** @return whether NAME is in a folder, as a link too, or a negative AVERROR */
int v360job_exists(int dir, const char *name);

/**
 * Read the file NAME, below ROOT, without following a link.
 *
 * @param size  its size; behind that is a zero byte
 * @return its bytes, to be freed, or NULL with *err, a negative AVERROR
 */
char *v360job_read_at(int root, const char *name, size_t *size, int *err);

/**
 * List what is in the folder NAME, below ROOT, in order of bytes, without
 * following a link. @return 0 or a negative AVERROR
 */
int v360job_list(int root, const char *name, V360JobTexts *names);

/* json.c */

/**
 * @return the JSON in the file NAME, below ROOT, or NULL with *err, which is
 *          AVERROR_INVALIDDATA if there is something else
 */
struct cJSON *v360job_json_at(int root, const char *name, int *err);

/** @return a bit for each part, 1 << index, that has a file in a manifest */
unsigned v360job_parts_in(const struct cJSON *manifest);

/* disk.c */

/**
 * Have all data of a folder's file system on the disk.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_flush_at(int dir);

/**
 * Have the name of a file or folder on the disk, with those beside it.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_flush_name(const char *path);

/**
 * Write TEXT to the file NAME in a folder, which gets this name when the data
 * are on the disk.
 *
 * @param all  whether all data of the file system are there before that
 * @return 0 or a negative AVERROR
 */
int v360job_store_at(int dir, const char *name, const char *text, int all);

/**
 * A mark is a file by whose mtime one can tell what is on the disk: everything
 * that was written before that.
 */
typedef struct V360JobMark {
    int fd;             ///< -1 if there is no mark
    int clock;          ///< a file by which the file system's time is asked
    int dir;            ///< its folder, in which a job writes
    int flusher;        ///< child process that flushes now, or 0
    int64_t begun;      ///< when the last child began, in microseconds
    int error;          ///< error of a child that has ended
} V360JobMark;

/**
 * Open a mark NAME of the folder DIR, which stays open as long, or make it;
 * then nothing is on the disk by it.
 *
 * @return 0, or a negative AVERROR; then there is no mark
 */
int v360job_mark_open(V360JobMark *mark, int dir, const char *name);

/**
 * Begin to flush in a child, if the last time is long enough ago.
 *
 * @return 0, or the negative AVERROR of a child that has ended
 */
int v360job_mark_step(V360JobMark *mark);

/**
 * Flush a last time, when no other process writes, and close the mark.
 *
 * @return 0, or a negative AVERROR, also that of an earlier child
 */
int v360job_mark_close(V360JobMark *mark);

/* sum.c */

/** A size in bytes and a hash in hexadecimal digits. */
typedef struct V360JobSum {
    int64_t size;
    char hash[80];
} V360JobSum;

/**
 * Get size and MURMUR3 of a whole file.
 *
 * @return 0, AVERROR_EXIT, or another negative AVERROR
 */
int v360job_sum_file(V360JobSum *sum, int fd);

/**
 * Get "SIZE HASH" of a source: bytes, and the SHA-256 of all of it up to 2 MiB,
 * else of its first and its last MiB.
 *
 * @return a text, to be freed, or NULL with *err set
 */
char *v360job_source_id(const char *path, int *err);

/** Get the SHA-256 of a text, in hexadecimal digits. @return 0 or an AVERROR */
int v360job_sha256(char hash[80], const char *text, size_t size);

/* link.c */

/**
 * Give FILE another name, by a hard link or a copy; what has that name goes.
 * FILE may be the name that was made last: then one copy is enough where a file
 * can have no more names.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_link(const char *file, const char *name);

#endif /* TOOLS_JOB_FILE_H */
