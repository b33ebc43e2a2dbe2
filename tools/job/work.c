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
 * Files and folders in the private folder of a job, by names that are relative
 * to it. No link in it is followed.
 */

#define _GNU_SOURCE /* openat */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "folder.h"

char *v360job_work_path(const V360JobFolder *folder, const char *name)
{
    return av_asprintf("%s/%s", folder->work, name);
}

/** Tell of an error of a file of the private folder. @return err */
static int told(const V360JobFolder *folder, const char *what,
                const char *name, int err)
{
    char *path = v360job_work_path(folder, name);

    v360job_cannot(what, path ? path : name, err);
    av_free(path);
    return err;
}

/** Remove all that is in a folder. */
static int remove_below(int dir)
{
    V360JobTexts names = { 0 };
    int ret = v360job_list(dir, ".", &names);

    for (int i = 0; ret >= 0 && i < names.nb; i++)
        ret = v360job_remove_at(dir, names.text[i]);
    v360job_free_texts(&names);
    return ret;
}

int v360job_remove_at(int dir, const char *name)
{
    int fd, ret, err;

    if (unlinkat(dir, name, 0) >= 0 || errno == ENOENT)
        return 0;
    err = errno;
    if (err != EISDIR && err != EPERM) /* POSIX has EPERM for a folder */
        return AVERROR(err);
    fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : AVERROR(errno == ENOTDIR ? err : errno);
    ret = remove_below(fd);
    close(fd);
    if (ret < 0)
        return ret;
    return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ?
           AVERROR(errno) : 0;
}

int v360job_clear(const V360JobFolder *folder, const char *name)
{
    const char *base;
    const int parent = v360job_parent(folder->work_fd, name, &base, 0);
    int ret = parent;

    if (parent >= 0) {
        ret = v360job_remove_at(parent, base);
        close(parent);
    }
    return ret < 0 && ret != AVERROR(ENOENT) ?
           told(folder, "cannot remove", name, ret) : 0;
}

int v360job_make_folder(const V360JobFolder *folder, const char *name)
{
    const int fd = v360job_open_folder_at(folder->work_fd, name, 1);

    if (fd < 0)
        return told(folder, "cannot write to", name, fd);
    close(fd);
    return 0;
}

int v360job_write(const V360JobFolder *folder, const char *name,
                  const char *text)
{
    const char *base;
    const int parent = v360job_parent(folder->work_fd, name, &base, 1);
    int ret = parent;

    if (parent >= 0) {
        ret = v360job_store_at(parent, base, text, 0);
        close(parent);
    }
    return ret < 0 ? told(folder, "cannot write to", name, ret) : 0;
}

char *v360job_read(const V360JobFolder *folder, const char *name, int *err)
{
    size_t size;
    char *text = v360job_read_at(folder->work_fd, name, &size, err);

    if (*err == AVERROR(ENOENT))
        *err = 0;
    else if (*err < 0)
        told(folder, "cannot read", name, *err);
    return text;
}
