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
 * v360job private and lock: the folder .split360 of an unfinished job, and the
 * lock of the run that works there. The folder may have come from anywhere with
 * the rest of OUTDIR, so it is used only after a check that it is ours and has
 * plain files and folders in it.
 */

#define _GNU_SOURCE /* openat, mkdtemp, DT_REG */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "job.h"

static int refuse(const char *path, const char *why)
{
    v360job_print(stderr, path);
    fprintf(stderr, " %s\n", why);
    return 1;
}

/**
 * Print the error of a system call. A missing file is not an error: the run
 * that it belonged to has removed it meanwhile, and the lock will show that.
 */
static int failed(const char *path)
{
    if (errno == ENOENT)
        return 0;
    v360job_print(stderr, path);
    fprintf(stderr, ": %s\n", strerror(errno));
    return 2;
}

static int walk(int fd, const char *path);

static int check_entry(int parent, const char *path, const char *name)
{
    char *below = av_asprintf("%s/%s", path, name);
    struct stat st;
    int ret, fd;

    if (!below || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        ret = failed(path);
    } else if (S_ISREG(st.st_mode)) {
        ret = 0;
    } else if (!S_ISDIR(st.st_mode)) {
        ret = refuse(below, "is a link or a device, which no job makes");
    } else {
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
                    O_CLOEXEC);
        ret = fd < 0 ? failed(below) : walk(fd, below);
    }
    av_free(below);
    return ret;
}

/** Check everything below a folder, and close FD. */
static int walk(int fd, const char *path)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    int ret = dir ? 0 : failed(path);

    while (!ret && (entry = readdir(dir)))
        if (entry->d_type != DT_REG && strcmp(entry->d_name, ".") &&
            strcmp(entry->d_name, ".."))
            ret = check_entry(fd, path, entry->d_name);
    if (dir)
        closedir(dir);
    else
        close(fd);
    return ret;
}

/**
 * Get the owner and rights of a folder that is made in OUTDIR now: some file
 * systems have no owners, or give all files the same rights.
 */
static int fresh_folder(const char *outdir, struct stat *st)
{
    char *path = av_asprintf("%s/.split360.XXXXXX", outdir);
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
 * Make OUTDIR/.split360, or check the one that is there.
 *
 * @return 1 if it is not ours, 2 if no folder can be made there
 */
int v360job_private(int argc, char **argv)
{
    char *path = av_asprintf("%s/.split360", argv[0]);
    struct stat st;
    int ret = 0, fd;

    (void)argc;
    if (!path || mkdir(path, 0700) >= 0) {
        ret = path ? 0 : 2;
    } else if (errno != EEXIST) {
        fprintf(stderr, "%s\n", strerror(errno));
        ret = 2;
    } else if (lstat(path, &st) < 0) {
        ret = failed(path);
    } else if (!S_ISDIR(st.st_mode)) {
        ret = refuse(path, "is no folder but a link or a file");
    } else if (!is_ours(argv[0], &st)) {
        ret = refuse(path, "belongs to another user, or others may write to "
                     "it");
    } else {
        fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && st.st_mode & 077)
            fchmod(fd, 0700); /* some file systems have no rights to set */
        ret = fd < 0 ? failed(path) : walk(fd, path);
    }
    av_free(path);
    return ret;
}

/**
 * Lock FILE, which the caller has opened as FD and keeps open.
 *
 * @return 1 if another process has the lock, 2 if the file system has no locks,
 *         3 if FILE was replaced meanwhile, by that of a later run
 */
int v360job_lock(int argc, char **argv)
{
    const int fd = atoi(argv[0]);
    const int64_t end = av_gettime_relative() +
                        atoi(argv[2]) * INT64_C(1000000);
    struct stat own, st;

    (void)argc;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            fprintf(stderr, "%s\n", strerror(errno));
            return 2;
        }
        if (av_gettime_relative() > end)
            return 1;
        av_usleep(20000);
    }
    if (fstat(fd, &own) < 0 || lstat(argv[1], &st) < 0 ||
        own.st_dev != st.st_dev || own.st_ino != st.st_ino)
        return 3;
    return 0;
}
