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
 * The private folder of a job, OUTDIR/.split360, and the lock of the run that
 * works there. The folder may have come from anywhere with the rest of OUTDIR,
 * so it is used only after a check that it is ours and has plain files and
 * folders in it.
 */

#define _GNU_SOURCE /* openat, mkdtemp, DT_REG */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "folder.h"
#include "os.h"

/* Microseconds: a job that was killed needs a moment to end. */
#define MAX_WAIT INT64_C(5000000)
#define NOT_OURS "belongs to another user, or others may write to it"

static int cannot_write(const V360JobFolder *folder, int err)
{
    return v360job_cannot("cannot write to", folder->outdir, err);
}

static int refuse(const char *path, const char *why)
{
    return v360job_error("%s %s; delete it if you do not know whose it is",
                         path, why);
}

static int refuse_private(const V360JobFolder *folder, const char *why)
{
    char *path = av_asprintf("%s/" V360JOB_PRIVATE, folder->outdir);
    int ret = refuse(path ? path : V360JOB_PRIVATE, why);

    av_free(path);
    return ret;
}

static int walk(const V360JobFolder *folder, int fd, const char *path);

static int check_entry(const V360JobFolder *folder, int parent,
                       const char *path, const char *name)
{
    char *below = av_asprintf("%s/%s", path, name);
    struct stat st;
    int ret = 0;

    if (!below)
        ret = cannot_write(folder, AVERROR(ENOMEM));
    else if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        ret = cannot_write(folder, AVERROR(errno));
    else if (S_ISDIR(st.st_mode))
        ret = walk(folder, v360job_open_folder_at(parent, name, 0), below);
    else if (!S_ISREG(st.st_mode))
        ret = refuse(below, "is a link or a device, which no job makes");
    av_free(below);
    return ret;
}

/** Check everything below a folder, and close FD, which may be an error. */
static int walk(const V360JobFolder *folder, int fd, const char *path)
{
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int ret = 0;

    if (!dir) {
        ret = cannot_write(folder, fd < 0 ? fd : AVERROR(errno));
        if (fd >= 0)
            close(fd);
        return ret;
    }
    while (ret >= 0 && (errno = 0, entry = readdir(dir))) {
        if (entry->d_type != DT_REG && strcmp(entry->d_name, ".") &&
            strcmp(entry->d_name, ".."))
            ret = check_entry(folder, fd, path, entry->d_name);
    }
    if (ret >= 0 && errno)
        ret = cannot_write(folder, AVERROR(errno));
    closedir(dir);
    return ret;
}

/**
 * Get the owner and rights of a folder that is made in OUTDIR now: some file
 * systems have no owners, or give all files the same rights.
 */
static int fresh_folder(const char *outdir, struct stat *st)
{
    char *path = av_asprintf("%s/" V360JOB_PRIVATE ".XXXXXX", outdir);
    int ret = path && mkdtemp(path) && lstat(path, st) >= 0 ? 0 : -1;

    if (path)
        rmdir(path);
    av_free(path);
    return ret;
}

static int is_ours(const char *outdir, const struct stat *st)
{
    struct stat fresh;

    if (st->st_uid == geteuid() && !(st->st_mode & 022))
        return 1;
    return fresh_folder(outdir, &fresh) >= 0 && fresh.st_uid == st->st_uid &&
           !(st->st_mode & ~fresh.st_mode & 022);
}

/**
 * Tell why the private folder cannot be opened.
 *
 * @return AVERROR(ENOENT), not told, if it was removed meanwhile
 */
static int tell_closed(const V360JobFolder *folder, int err)
{
    struct stat st;

    if (err != AVERROR(ENOENT) &&
        fstatat(folder->outdir_fd, V360JOB_PRIVATE, &st,
                AT_SYMLINK_NOFOLLOW) < 0)
        err = AVERROR(errno);
    if (err == AVERROR(ENOENT))
        return err;
    if (!S_ISDIR(st.st_mode))
        return refuse_private(folder, "is no folder but a link or a file");
    if (!is_ours(folder->outdir, &st))
        return refuse_private(folder, NOT_OURS);
    return cannot_write(folder, err);
}

/** Make the private folder, or check who made the one that is there. */
static int open_private(V360JobFolder *folder)
{
    const int made = !folder->is_shared &&
                     mkdirat(folder->outdir_fd, V360JOB_PRIVATE, 0700) >= 0;
    struct stat st;
    int fd;

    if (!made && !folder->is_shared && errno != EEXIST)
        return errno == ENOENT ? AVERROR(ENOENT) :
               cannot_write(folder, AVERROR(errno));
    fd = v360job_open_folder_at(folder->outdir_fd, V360JOB_PRIVATE, 0);
    if (fd < 0)
        return tell_closed(folder, fd);
    folder->work_fd = fd;
    if (fstat(fd, &st) < 0)
        return cannot_write(folder, AVERROR(errno));
    if (!made && !is_ours(folder->outdir, &st))
        return refuse_private(folder, NOT_OURS);
    if (st.st_mode & 077)
        fchmod(fd, 0700); /* some file systems have no rights to set */
    return 0;
}

/**
 * The lock is inherited by ffmpeg: as long as that writes, no other job
 * begins, even if this program was killed.
 */
static int open_lock(V360JobFolder *folder)
{
    struct stat st;

    folder->lock = openat(folder->work_fd, "lock", O_RDWR | O_CREAT |
                          O_NOFOLLOW | O_NONBLOCK, 0666);
    if (folder->lock < 0 && errno == ENOENT)
        return AVERROR(ENOENT);
    if (folder->lock < 0 && errno != ELOOP)
        return cannot_write(folder, AVERROR(errno));
    if (folder->lock >= 0 && fstat(folder->lock, &st) < 0)
        return cannot_write(folder, AVERROR(errno));
    if (folder->lock < 0 || !S_ISREG(st.st_mode))
        return refuse_private(folder, "holds a link or a device, which no job "
                              "makes");
    return 0;
}

/**
 * @return AVERROR(EAGAIN), not told, if the lock is that of a folder that was
 *          removed meanwhile
 */
static int wait_for_lock(V360JobFolder *folder)
{
    const int64_t end = av_gettime_relative() + (folder->patience ?
                                                 folder->patience : MAX_WAIT);
    char *path = av_asprintf("%s/" V360JOB_PRIVATE "/lock", folder->outdir);
    int got = folder->patience < 0, same;

    while (!got &&
           !(got = v360job_try_lock(folder->lock, folder->is_shared)) &&
           !v360job_stopped &&
           av_gettime_relative() < end)
        av_usleep(20000);
    same = path && v360job_has_name(folder->lock, path);
    av_free(path);
    if (!path)
        return cannot_write(folder, AVERROR(ENOMEM));
    if (!got)
        return v360job_error("another split360 works in %s", folder->outdir);
    if (!same)
        return AVERROR(EAGAIN);
    if (got < 0)
        v360job_warn("the file system of %s has no locks (%s): see that no "
                     "other split360 works there", folder->outdir,
                     av_err2str(got));
    return 0;
}

int v360job_lock_private(V360JobFolder *folder)
{
    int ret = open_private(folder);

    if (ret >= 0)
        ret = open_lock(folder);
    if (ret >= 0)
        ret = wait_for_lock(folder);
    return ret;
}

int v360job_check_private(const V360JobFolder *folder)
{
    return walk(folder, v360job_open_folder_at(folder->work_fd, ".", 0),
                folder->work);
}
