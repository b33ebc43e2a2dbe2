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
 * Flushes files to the disk. Until that is done their data are only in the
 * kernel's memory, and after a power cut a file may have its name but none of
 * its data.
 */

#define _GNU_SOURCE /* openat, syncfs */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "job.h"

#define FUSE_MAGIC 0x65735546
/* Microseconds of work that a power cut can cost. The kernel by itself writes
 * data after 5 to 30 seconds. */
#define FLUSH_INTERVAL INT64_C(10000000)

static int before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec ||
           (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static int flush_tree(int fd, const struct timespec *since);

/** Flush a folder, or a file that was written at SINCE or later. */
static int flush_entry(int parent, const char *name,
                       const struct timespec *since)
{
    struct stat st;
    int fd, ret;

    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        /* The file may have been renamed meanwhile. */
        return errno == ENOENT ? 0 : AVERROR(errno);
    if (!S_ISDIR(st.st_mode) &&
        (!S_ISREG(st.st_mode) || before(&st.st_mtim, since)))
        return 0;
    fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : AVERROR(errno);
    if (S_ISDIR(st.st_mode))
        return flush_tree(fd, since);
    ret = fdatasync(fd) < 0 ? AVERROR(errno) : 0;
    close(fd);
    return ret;
}

static int flush_tree(int fd, const struct timespec *since)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    int ret = dir ? 0 : AVERROR(errno);

    while (ret >= 0 && (errno = 0, entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            ret = flush_entry(fd, entry->d_name, since);
    if (ret >= 0 && (errno || (fsync(fd) < 0 && errno != EINVAL)))
        ret = AVERROR(errno);
    if (dir)
        closedir(dir);
    else
        close(fd);
    return ret;
}

/**
 * Flush the file system of FD, or what is below DIR where the kernel cannot
 * flush a whole file system, as with FUSE.
 */
static int flush(int fd, const char *dir, const struct timespec *since)
{
    struct statfs fs;
    int tree;

    if (fstatfs(fd, &fs) < 0)
        return AVERROR(errno);
    if (fs.f_type != FUSE_MAGIC) {
        if (syncfs(fd) >= 0)
            return 0;
        if (errno != ENOSYS)
            return AVERROR(errno);
    }
    tree = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return tree < 0 ? AVERROR(errno) : flush_tree(tree, since);
}

int v360job_flush(const char *dir)
{
    const struct timespec ever = { 0 };
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int ret = fd < 0 ? AVERROR(errno) : flush(fd, dir, &ever);

    if (fd >= 0)
        close(fd);
    return ret;
}

/** Flush the folder of a file, whose data hold the file's name. */
static int flush_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? av_strndup(path, slash - path + 1) : av_strdup(".");
    int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int ret = fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? AVERROR(errno) : 0;

    if (fd >= 0)
        close(fd);
    av_free(dir);
    return ret;
}

/** Write a new file, so that no link which is there is followed. */
static int write_fresh(const char *path, const char *text, size_t size)
{
    int fd, ret = 0;

    if (unlink(path) < 0 && errno != ENOENT)
        return AVERROR(errno);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return AVERROR(errno);
    while (ret >= 0 && size) {
        const ssize_t n = write(fd, text, size);

        ret = n < 0 && errno != EINTR ? AVERROR(errno) : 0;
        text += n > 0 ? n : 0;
        size -= n > 0 ? n : 0;
    }
    if (ret >= 0 && fsync(fd) < 0)
        ret = AVERROR(errno);
    if (close(fd) < 0 && ret >= 0)
        ret = AVERROR(errno);
    return ret;
}

int v360job_store(const char *path, const char *text, const char *dir)
{
    char *fresh = av_asprintf("%s.new", path);
    int ret = fresh ? write_fresh(fresh, text, strlen(text)) : AVERROR(ENOMEM);

    if (ret >= 0 && dir)
        ret = v360job_flush(dir);
    if (ret >= 0 && rename(fresh, path) < 0)
        ret = AVERROR(errno);
    if (ret >= 0)
        ret = flush_folder(path);
    if (ret < 0)
        fprintf(stderr, "%s: %s\n", path, av_err2str(ret));
    av_free(fresh);
    return ret;
}

int v360job_mark_open(V360JobMark *mark, const char *path)
{
    const struct timespec never[2] = { { 0 }, { 0 } };
    const struct timespec touch[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
    struct timespec set[2] = { { 0, UTIME_OMIT } };
    struct stat st;

    mark->begun = av_gettime_relative();
    mark->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (mark->fd >= 0)
        return futimens(mark->fd, never) < 0 ? AVERROR(errno) : 0;
    mark->fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (mark->fd < 0 || futimens(mark->fd, touch) < 0 ||
        fstat(mark->fd, &st) < 0)
        return AVERROR(errno);
    /* If the clock was set back, files that are written from now on would be
     * older than the mark, as if they were on the disk. */
    set[1] = st.st_atim;
    if (before(&st.st_atim, &st.st_mtim) && futimens(mark->fd, set) < 0)
        return AVERROR(errno);
    return 0;
}

/**
 * Set the mark's atime to now, flush, and copy the atime to the mtime: all that
 * was written before the mtime is then on the disk. Both times are of the file
 * system's own clock, and times need no new block, which a full disk lacks.
 */
static int advance(const V360JobMark *mark)
{
    const struct timespec touch[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
    struct timespec set[2] = { { 0, UTIME_OMIT } };
    struct stat st;
    int ret;

    if (futimens(mark->fd, touch) < 0 || fstat(mark->fd, &st) < 0)
        return AVERROR(errno);
    ret = flush(mark->fd, ".", &st.st_mtim);
    if (ret < 0)
        return ret;
    set[1] = st.st_atim;
    return futimens(mark->fd, set) < 0 ? AVERROR(errno) : 0;
}

/** Fetch the result of the child that flushes, if it has ended. */
static int reap(V360JobMark *mark, int options)
{
    int status, got;

    if (!mark->flusher)
        return 0;
    while ((got = waitpid(mark->flusher, &status, options)) < 0 &&
           errno == EINTR)
        continue;
    if (!got)
        return 0;
    mark->flusher = 0;
    if (got > 0 && WIFEXITED(status) && WEXITSTATUS(status))
        mark->error = AVERROR(WEXITSTATUS(status));
    return mark->error;
}

int v360job_mark_step(V360JobMark *mark)
{
    const int64_t now = av_gettime_relative();
    int ret = reap(mark, WNOHANG);

    if (ret < 0 || mark->flusher || now - mark->begun < FLUSH_INTERVAL)
        return ret;
    mark->begun = now;
    mark->flusher = fork();
    if (!mark->flusher)
        _exit(AVUNERROR(advance(mark)) & 255);
    if (mark->flusher < 0) /* the next step tries again */
        mark->flusher = 0;
    return 0;
}

int v360job_mark_close(V360JobMark *mark)
{
    int ret;

    if (mark->fd < 0)
        return 0;
    ret = reap(mark, 0);
    if (ret >= 0)
        ret = advance(mark);
    close(mark->fd);
    return ret;
}
