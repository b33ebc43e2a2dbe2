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
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "file.h"
#include "os.h"

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
    fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : AVERROR(errno);
    if (S_ISDIR(st.st_mode))
        return flush_tree(fd, since);
    ret = fdatasync(fd) < 0 ? AVERROR(errno) : 0;
    close(fd);
    return ret;
}

/** Flush a folder, of which some file systems know nothing. */
static int flush_names(int fd)
{
    return fsync(fd) < 0 && errno != EINVAL ? AVERROR(errno) : 0;
}

/** Flush all that is below a folder, and close FD. */
static int flush_tree(int fd, const struct timespec *since)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    int ret = dir ? 0 : AVERROR(errno);

    while (ret >= 0 && (errno = 0, entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            ret = flush_entry(fd, entry->d_name, since);
    if (ret >= 0)
        ret = errno ? AVERROR(errno) : flush_names(fd);
    if (dir)
        closedir(dir);
    else
        close(fd);
    return ret;
}

/**
 * Flush the file system of a folder, or what is below the folder where the
 * kernel cannot flush a whole file system, as with FUSE.
 *
 * @param fd  the folder, or a file in it
 */
static int flush(int fd, int dir, const struct timespec *since)
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
    tree = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return tree < 0 ? AVERROR(errno) : flush_tree(tree, since);
}

int v360job_flush_at(int dir)
{
    const struct timespec ever = { 0 };

    return flush(dir, dir, &ever);
}

/** Open the folder of a file, whose path may have links, and find its name. */
static int open_dir_of(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? av_strndup(path, slash - path + 1) : av_strdup(".");
    int fd = -1, err = ENOMEM;

    *name = slash ? slash + 1 : path;
    if (dir) {
        fd  = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        err = errno;
    }
    av_free(dir);
    return fd < 0 ? AVERROR(err) : fd;
}

int v360job_flush_name(const char *path)
{
    const char *name;
    const int fd = open_dir_of(path, &name);
    int ret;

    if (fd < 0)
        return fd;
    ret = flush_names(fd);
    close(fd);
    return ret;
}

/** Write a new file, so that no link which is there is followed. */
static int write_fresh(int dir, const char *name, const char *text,
                       size_t size)
{
    int fd, ret = 0;

    if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
        return AVERROR(errno);
    fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
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

int v360job_store_at(int dir, const char *name, const char *text, int all)
{
    char *fresh = av_asprintf("%s.new", name);
    int ret = fresh ? write_fresh(dir, fresh, text, strlen(text)) :
                      AVERROR(ENOMEM);

    if (ret >= 0 && all)
        ret = v360job_flush_at(dir);
    if (ret >= 0)
        ret = v360job_rename(dir, fresh, dir, name, 1);
    if (ret >= 0)
        ret = flush_names(dir);
    av_free(fresh);
    return ret;
}

/**
 * Get the file system's own time, by the mtime of a file, which is finer than
 * an atime: FAT keeps only the day of that.
 */
static int ask_time(const V360JobMark *mark, struct timespec *now)
{
    struct stat st;

    if (futimens(mark->clock, NULL) < 0 || fstat(mark->clock, &st) < 0)
        return AVERROR(errno);
    *now = st.st_mtim;
    return 0;
}

/** Open or make the files of a mark, and set its time. */
static int begin_mark(V360JobMark *mark, const char *name)
{
    const struct timespec never[2] = { { 0 }, { 0 } };
    struct timespec set[2] = { { 0, UTIME_OMIT } };
    struct stat st;
    int ret;

    mark->clock = openat(mark->dir, "clock", O_RDWR | O_CREAT | O_NOFOLLOW |
                         O_NONBLOCK | O_CLOEXEC, 0666);
    if (mark->clock < 0)
        return AVERROR(errno);
    mark->fd = openat(mark->dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                      0666);
    if (mark->fd >= 0)
        return futimens(mark->fd, never) < 0 ? AVERROR(errno) : 0;
    if (errno != EEXIST)
        return AVERROR(errno);
    mark->fd = openat(mark->dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
                      O_CLOEXEC);
    if (mark->fd < 0 || fstat(mark->fd, &st) < 0)
        return AVERROR(errno);
    ret = ask_time(mark, &set[1]);
    /* If the clock was set back, files that are written from now on would be
     * older than the mark, as if they were on the disk. */
    if (ret >= 0 && before(&set[1], &st.st_mtim) &&
        futimens(mark->fd, set) < 0)
        return AVERROR(errno);
    return ret;
}

static void end_mark(V360JobMark *mark)
{
    if (mark->fd >= 0)
        close(mark->fd);
    if (mark->clock >= 0)
        close(mark->clock);
    mark->fd = mark->clock = -1;
}

int v360job_mark_open(V360JobMark *mark, int dir, const char *name)
{
    int ret;

    *mark = (V360JobMark){ .begun = av_gettime_relative(), .fd = -1,
                           .clock = -1, .dir = dir };
    ret = begin_mark(mark, name);
    if (ret < 0)
        end_mark(mark);
    return ret;
}

/**
 * Ask for the time, flush, and set the mark's mtime to that time: all that was
 * written before is then on the disk. Both times are of the file system's own
 * clock, and times need no new block, which a full disk lacks.
 */
static int advance(const void *arg)
{
    const V360JobMark *mark = arg;
    struct timespec set[2] = { { 0, UTIME_OMIT } };
    struct stat st;
    int ret = ask_time(mark, &set[1]);

    if (ret < 0 || fstat(mark->fd, &st) < 0)
        return ret < 0 ? ret : AVERROR(errno);
    ret = flush(mark->fd, mark->dir, &st.st_mtim);
    if (ret < 0)
        return ret;
    return futimens(mark->fd, set) < 0 ? AVERROR(errno) : 0;
}

/** Fetch the result of the child that flushes, if it has ended. */
static int reap(V360JobMark *mark, int wait)
{
    int ret;

    if (!mark->flusher)
        return mark->error;
    ret = v360job_end_child(mark->flusher, wait);
    if (ret > 0)
        return 0;
    mark->flusher = 0;
    mark->error   = ret;
    return ret;
}

int v360job_mark_step(V360JobMark *mark)
{
    const int64_t now = av_gettime_relative();
    int ret = reap(mark, 0);

    if (ret < 0 || mark->flusher || now - mark->begun < FLUSH_INTERVAL)
        return ret;
    mark->begun = now;
    ret = v360job_begin_child(advance, mark);
    mark->flusher = ret > 0 ? ret : 0; /* the next step tries again */
    return 0;
}

int v360job_mark_close(V360JobMark *mark)
{
    int ret;

    if (mark->fd < 0)
        return 0;
    ret = reap(mark, 1);
    if (ret >= 0)
        ret = advance(mark);
    end_mark(mark);
    return ret;
}
