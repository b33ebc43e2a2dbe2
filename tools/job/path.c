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
 * Names that come from a file, which are not trusted: checks them, prints them,
 * and opens files by them without following any link.
 */

#define _GNU_SOURCE /* openat */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "job.h"

static const struct {
    const char *name;
    int folder;
} parts[] = {
    { "images", 1 }, { "videos", 1 }, { "masks", 1 },
    { "rig_config.json", 0 }, { "cameras.txt", 0 }, { "database.sh", 0 },
    { "transforms.json", 0 },
};

const char *v360job_part(unsigned i)
{
    return i < sizeof(parts) / sizeof(*parts) ? parts[i].name : NULL;
}

/** @return whether S begins with a control character, ASCII or U+0080..9F */
static int is_control(const char *s)
{
    const unsigned char c = s[0], next = c ? s[1] : 0;

    return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f);
}

void v360job_print(FILE *to, const char *text)
{
    for (; *text; text++)
        fputc(is_control(text) ? '?' : *text, to);
}

int v360job_name_ok(const char *name)
{
    size_t i = 0, len = strcspn(name, "/");

    while (i < sizeof(parts) / sizeof(*parts) &&
           (strlen(parts[i].name) != len || strncmp(name, parts[i].name, len)))
        i++;
    if (i == sizeof(parts) / sizeof(*parts) || !!name[len] != parts[i].folder ||
        strlen(name) >= PATH_MAX)
        return 0;
    for (const char *s = name; *s; s++)
        if (is_control(s) ||
            (*s == '/' && (!s[1] || s[1] == '/' || s[1] == '.')))
            return 0;
    return 1;
}

static int open_folder(int parent, const char *name, int make)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);

    if (fd < 0 && errno == ENOENT && make &&
        (mkdirat(parent, name, 0777) >= 0 || errno == EEXIST))
        fd = openat(parent, name, flags);
    return fd;
}

int v360job_parent(int root, const char *name, const char **base, int make)
{
    int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (fd >= 0 && strchr(name, '/')) {
        char part[NAME_MAX + 1];
        const size_t len = strcspn(name, "/");
        int below = -1, err = ENAMETOOLONG;

        if (len < sizeof(part)) {
            av_strlcpy(part, name, len + 1);
            below = open_folder(fd, part, make);
            err = errno;
        }
        close(fd);
        fd = below;
        errno = err;
        name += len + 1;
    }
    *base = name;
    return fd < 0 ? AVERROR(errno) : fd;
}

int v360job_open(int root, const char *name)
{
    const char *base;
    struct stat st;
    int parent = v360job_parent(root, name, &base, 0), fd, err;

    if (parent < 0)
        return parent;
    /* A FIFO without a writer must not stop the program. */
    fd = openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    err = errno;
    close(parent);
    if (fd < 0)
        return AVERROR(err);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return AVERROR(EINVAL);
    }
    return fd;
}
