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
 * The folders of a job: opening them, and leaving or closing them.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "folder.h"
#include "os.h"

/* The private folder gets this name before it is removed, in one step: half a
 * private folder would be taken for an unfinished job. */
#define REMOVED V360JOB_PRIVATE ".old"
/* So many runs may end one after the other while one waits. */
#define MAX_TRIES 100

static int cannot_write(const V360JobFolder *folder, int err)
{
    return v360job_cannot("cannot write to", folder->outdir, err);
}

/** Note which folders are missing, before any is made. */
static int list_missing(V360JobTexts *missing, const char *path)
{
    char *dir = av_strdup(path);
    size_t len = strlen(path);
    struct stat st;

    while (dir && len > 1 && lstat(dir, &st) < 0 && errno == ENOENT) {
        v360job_add(missing, dir);
        while (len > 1 && dir[len - 1] == '/')
            len--;
        while (len > 1 && dir[len - 1] != '/')
            len--;
        while (len > 1 && dir[len - 1] == '/')
            len--;
        dir[len] = 0;
    }
    missing->failed |= !dir;
    av_free(dir);
    return v360job_texts_ok(missing);
}

/** Make a folder and those above it. @return 0 or the first AVERROR */
static int make_folders(const char *path)
{
    char *dir = av_strdup(path);
    int ret = dir ? 0 : AVERROR(ENOMEM);

    for (size_t i = 1; dir && i <= strlen(path); i++) {
        if (path[i] && path[i] != '/')
            continue;
        dir[i] = 0;
        if (mkdir(dir, 0777) < 0 && errno != EEXIST && ret >= 0)
            ret = AVERROR(errno);
        dir[i] = path[i];
    }
    av_free(dir);
    return ret;
}

/** Open OUTDIR, which another run that ends may remove meanwhile. */
static int open_outdir(V360JobFolder *folder)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    struct stat st;
    int err = 0;

    folder->outdir_fd = open(folder->outdir, flags);
    if (folder->outdir_fd < 0 && errno == ENOENT && !folder->is_shared) {
        err = make_folders(folder->outdir);
        folder->outdir_fd = open(folder->outdir, flags);
    }
    if (folder->outdir_fd >= 0)
        return 0;
    if (!err)
        err = AVERROR(errno);
    if (err == AVERROR(ENOTDIR) && stat(folder->outdir, &st) >= 0)
        return v360job_error("%s is not a folder", folder->outdir);
    return err == AVERROR(ENOENT) ? err : cannot_write(folder, err);
}

static void close_all(V360JobFolder *folder)
{
    if (folder->lock >= 0)
        close(folder->lock);
    if (folder->work_fd >= 0)
        close(folder->work_fd);
    if (folder->outdir_fd >= 0)
        close(folder->outdir_fd);
    folder->lock = folder->work_fd = folder->outdir_fd = -1;
    av_freep(&folder->work);
}

/**
 * Open both folders and lock the private one.
 *
 * @return AVERROR(EAGAIN) or AVERROR(ENOENT), not told: try again
 */
static int enter(V360JobFolder *folder)
{
    int ret;

    folder->lock = folder->work_fd = folder->outdir_fd = -1;
    ret = open_outdir(folder);
    if (ret >= 0)
        ret = v360job_lock_private(folder);
    if (ret >= 0) {
        folder->work = av_asprintf("%s/" V360JOB_PRIVATE, folder->outdir);
        ret = folder->work ? 0 : cannot_write(folder, AVERROR(ENOMEM));
        folder->is_unknown = 1;
    }
    if (ret < 0)
        close_all(folder);
    return ret;
}

/**
 * Remove what each run writes before it reads it, of this and of older
 * versions, and see what an earlier run has left.
 */
static int tidy(V360JobFolder *folder)
{
    static const char *const names[] = {
        "new.json", "views.txt", "gps.txt", "names", "sources", "skipped", "list", "blur",
        "choice", "gone", "info", "frames",
    };
    int ret = v360job_remove_at(folder->outdir_fd, REMOVED);

    if (ret < 0)
        return cannot_write(folder, ret);
    for (int i = 0; i < FF_ARRAY_ELEMS(names) && ret >= 0; i++)
        ret = v360job_clear(folder, names[i]);
    if (ret >= 0)
        folder->is_unknown = v360job_exists(folder->work_fd, "job.json");
    return ret;
}

int v360job_open_folder(V360JobFolder *folder, const char *outdir)
{
    int ret = list_missing(&folder->made, outdir);

    if (ret < 0)
        return ret;
    folder->outdir = outdir;
    /* The run that one waits for removes the folder with its lock when it is
     * done. */
    for (int i = 0; i < MAX_TRIES; i++) {
        ret = enter(folder);
        if (ret != AVERROR(EAGAIN) && ret != AVERROR(ENOENT))
            break;
    }
    if (ret == AVERROR(EAGAIN))
        return v360job_error("another split360 works in %s", outdir);
    if (ret == AVERROR(ENOENT))
        return cannot_write(folder, ret);
    if (ret >= 0)
        ret = v360job_check_private(folder);
    return ret < 0 ? ret : tidy(folder);
}

int v360job_enter_folder(V360JobFolder *folder, const char *outdir)
{
    int ret;

    folder->outdir    = outdir;
    folder->is_shared = 1;
    ret = enter(folder);
    if (ret == AVERROR(EAGAIN))
        return AVERROR(ENOENT);
    folder->is_unknown = 1; /* it is not removed by whoever leaves it */
    return ret;
}

/**
 * Take the private folder, which is closed then, out of the way of the next
 * run.
 */
static int put_away(V360JobFolder *folder)
{
    int ret = v360job_rename(folder->outdir_fd, V360JOB_PRIVATE,
                             folder->outdir_fd, REMOVED, 1);

    if (ret < 0)
        return ret;
    /* NFS and FUSE keep a file that is open. */
    close(folder->work_fd);
    if (folder->lock >= 0)
        close(folder->lock);
    folder->work_fd = folder->lock = -1;
    return 0;
}

/**
 * Remove the private folder of a job that has nothing to keep. An error that
 * ended the job has been told already.
 */
static void discard(V360JobFolder *folder)
{
    if (put_away(folder) >= 0) {
        v360job_remove_at(folder->outdir_fd, REMOVED);
        return;
    }
    /* Without this file, what is left is taken for no job. */
    v360job_remove_at(folder->work_fd, "job.json");
    v360job_remove_at(folder->outdir_fd, V360JOB_PRIVATE);
}

void v360job_leave_folder(V360JobFolder *folder, int keep)
{
    if (folder->work) {
        if (keep <= 0 && !folder->is_unknown &&
            !v360job_exists(folder->work_fd, "manifest.json"))
            discard(folder);
        close_all(folder);
    }
    for (int i = 0; i < folder->made.nb; i++)
        rmdir(folder->made.text[i]);
    v360job_free_texts(&folder->made);
}

int v360job_close_folder(V360JobFolder *folder)
{
    int ret = put_away(folder);

    if (ret < 0)
        return cannot_write(folder, ret);
    ret = v360job_remove_at(folder->outdir_fd, REMOVED);
    if (ret == AVERROR(ENOTEMPTY)) {
        /* NFS keeps a file that is open elsewhere, as the log of a job. */
        v360job_warn("%s/" REMOVED " is still in use; it may be removed later",
                     folder->outdir);
    } else if (ret < 0) {
        v360job_error("cannot remove %s/" REMOVED ": %s", folder->outdir,
                      av_err2str(ret));
        return ret;
    }
    close_all(folder);
    v360job_free_texts(&folder->made);
    return 0;
}
