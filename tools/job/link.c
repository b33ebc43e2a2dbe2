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
 * One file under many names, as a mask that stands still is the same for all
 * frames. Where a file cannot have so many names, it is copied.
 */

#define _GNU_SOURCE /* O_CLOEXEC, linkat */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "file.h"

#define SIZE 65536

static int write_all(int fd, const char *buf, ssize_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, buf, size);

        if (n < 0 && errno != EINTR)
            return AVERROR(errno);
        buf  += n > 0 ? n : 0;
        size -= n > 0 ? n : 0;
    }
    return 0;
}

static int copy_bytes(int from, int to)
{
    char *buf = av_malloc(SIZE);
    int ret = buf ? 0 : AVERROR(ENOMEM);
    ssize_t n;

    while (ret >= 0 && (n = read(from, buf, SIZE)) != 0)
        if (n > 0 || errno != EINTR)
            ret = n < 0 ? AVERROR(errno) : write_all(to, buf, n);
    av_free(buf);
    return ret;
}

static int copy(const char *file, const char *name)
{
    const int from = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int to, ret;

    if (from < 0)
        return AVERROR(errno);
    to  = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ret = to < 0 ? AVERROR(errno) : copy_bytes(from, to);
    close(from);
    if (to < 0)
        return ret;
    if (close(to) < 0 && ret >= 0)
        ret = AVERROR(errno);
    if (ret < 0)
        unlink(name);
    return ret;
}

/* exFAT and many network shares have no hard links, and ext4 has 65000 per
 * file. A picture of the user's may be a link itself. */
int v360job_link(const char *file, const char *name)
{
    /* A file that is there was made before a power cut, and may be cut off. */
    if (unlink(name) < 0 && errno != ENOENT)
        return AVERROR(errno);
    if (linkat(AT_FDCWD, file, AT_FDCWD, name, AT_SYMLINK_FOLLOW) >= 0)
        return 0;
    switch (errno) {
    case EPERM: case EMLINK: case EOPNOTSUPP: case EXDEV: case ENOSYS:
        return copy(file, name);
    default:
        return AVERROR(errno);
    }
}
