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
 * v360job link: gives one file many names, as a mask that stands still is the
 * same for all frames. Where a file cannot have so many names, it is copied.
 */

#define _GNU_SOURCE /* O_CLOEXEC, getline */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "job.h"

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

static int copy(const char *file, const char *name)
{
    static char buf[65536];
    int from = open(file, O_RDONLY | O_CLOEXEC);
    int to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int ret = from < 0 || to < 0 ? AVERROR(errno) : 0;
    ssize_t n;

    while (ret >= 0 && (n = read(from, buf, sizeof(buf))) != 0)
        ret = n < 0 ? AVERROR(errno) : write_all(to, buf, n);
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) < 0 && ret >= 0)
        ret = AVERROR(errno);
    return ret;
}

/**
 * Give a file another name. exFAT and many network shares have no hard links,
 * and ext4 has 65000 per file.
 */
static int link_or_copy(const char *file, const char *name)
{
    /* A file that is there was made before a power cut, and may be cut off. */
    if (unlink(name) < 0 && errno != ENOENT)
        return AVERROR(errno);
    if (link(file, name) >= 0)
        return 0;
    switch (errno) {
    case EPERM: case EMLINK: case EOPNOTSUPP: case EXDEV: case ENOSYS:
        return copy(file, name);
    default:
        return AVERROR(errno);
    }
}

int v360job_link(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;
    int ret = 0;

    (void)argc;
    while (ret >= 0 && getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        ret = link_or_copy(argv[0], line);
        if (ret < 0)
            fprintf(stderr, "%s: %s\n", line, av_err2str(ret));
    }
    free(line);
    return ret < 0;
}
