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
 * What the result must not replace: files of the user's in its place, and
 * sources.
 */

#define _GNU_SOURCE /* fstatat, realpath */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "folder.h"

static int cannot_read(const V360JobFolder *folder, int err)
{
    return v360job_cannot("cannot read", folder->outdir, err);
}

/** @return whether there is nothing of anybody's in a part */
static int is_free(const V360JobFolder *folder, const char *part)
{
    V360JobTexts names = { 0 };
    struct stat st;
    int ret;

    if (fstatat(folder->outdir_fd, part, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 1 : cannot_read(folder, AVERROR(errno));
    if (!S_ISDIR(st.st_mode))
        return 0;
    ret = v360job_list(folder->outdir_fd, part, &names);
    ret = ret < 0 ? cannot_read(folder, ret) : !names.nb;
    v360job_free_texts(&names);
    return ret;
}

int v360job_spare_foreign(const V360JobFolder *folder, const char *part)
{
    int ret = v360job_exists(folder->outdir_fd, "manifest.json");

    if (!ret)
        ret = v360job_exists(folder->work_fd, "forced");
    if (ret)
        return ret < 0 ? cannot_read(folder, ret) : 0;
    ret = is_free(folder, part);
    if (!ret)
        return v360job_error("%s/%s is there already and is of no finished "
                             "job; --force replaces it", folder->outdir, part);
    return FFMIN(ret, 0);
}

typedef struct Guard {
    const V360JobFolder *folder;
    struct stat parts[16];  ///< of OUTDIR; st_mode 0: not there
    const char *last;       ///< a file in a folder that is known to be spared
} Guard;

/** @return the part that a file or folder is, or NULL */
static const char *part_by(const Guard *guard, const struct stat *st)
{
    const char *part;

    for (int i = 0; (part = v360job_part(i)); i++)
        if (guard->parts[i].st_mode && guard->parts[i].st_dev == st->st_dev &&
            guard->parts[i].st_ino == st->st_ino)
            return part;
    return NULL;
}

/** @return the part that a path leads through, by whatever names, or NULL */
static const char *part_above(const Guard *guard, char *path)
{
    const char *part = NULL;
    struct stat st;
    char *slash = path + strlen(path);

    do {
        *slash = 0;
        if (stat(path, &st) >= 0)
            part = part_by(guard, &st);
        slash = strrchr(path, '/');
    } while (!part && slash && slash > path);
    return part;
}

static int in_same_folder(const char *a, const char *b)
{
    const char *end = strrchr(a, '/');

    return end && strrchr(b, '/') == b + (end - a) && !strncmp(a, b, end - a);
}

static int check_source(Guard *guard, const char *file)
{
    const char *part;
    struct stat st;
    char *real;

    /* A pattern is no file. Why a file cannot be read is told elsewhere. */
    if (!file || lstat(file, &st) < 0)
        return 0;
    if (S_ISREG(st.st_mode) && guard->last && !part_by(guard, &st) &&
        in_same_folder(guard->last, file))
        return 0;
    real = realpath(file, NULL);
    part = real ? part_above(guard, real) : NULL;
    free(real);
    if (part)
        return v360job_error("%s lies in %s/%s, which the result replaces: "
                             "move it", file, guard->folder->outdir, part);
    if (S_ISREG(st.st_mode))
        guard->last = file;
    return 0;
}

int v360job_spare_sources(const V360JobFolder *folder, const char *input,
                          const V360JobTexts *files, const char *mask,
                          const char *views_file, const char *gps)
{
    Guard guard = { .folder = folder };
    const char *part;
    int ret;

    for (int i = 0; (part = v360job_part(i)); i++)
        if (fstatat(folder->outdir_fd, part, &guard.parts[i],
                    AT_SYMLINK_NOFOLLOW) < 0)
            guard.parts[i].st_mode = 0;
    ret = check_source(&guard, input);
    for (int i = 0; i < files->nb && ret >= 0; i++)
        ret = check_source(&guard, files->text[i]);
    if (ret >= 0)
        ret = check_source(&guard, mask);
    if (ret >= 0)
        ret = check_source(&guard, views_file);
    return ret < 0 ? ret : check_source(&guard, gps);
}
