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
 * Names that come from a file or a folder, which are not trusted: checks them,
 * and opens, lists and reads files by them without following any link.
 */

#define _GNU_SOURCE /* openat */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "file.h"

static const struct {
    const char *name;
    int folder;
} parts[] = {
    { "images", 1 }, { "videos", 1 }, { "masks", 1 },
    { "rig_config.json", 0 }, { "cameras.txt", 0 }, { "database.sh", 0 },
    { "transforms.json", 0 }, { "preview.jpg", 0 },
};

const char *v360job_part(unsigned i)
{
    return i < FF_ARRAY_ELEMS(parts) ? parts[i].name : NULL;
}

int v360job_part_of(const char *name)
{
    const size_t len = strcspn(name, "/");

    for (int i = 0; i < FF_ARRAY_ELEMS(parts); i++)
        if (strlen(parts[i].name) == len && !strncmp(name, parts[i].name, len))
            return i;
    return -1;
}

int v360job_name_ok(const char *name)
{
    const int part = v360job_part_of(name);

    if (part < 0 || !!strchr(name, '/') != parts[part].folder ||
        strlen(name) >= PATH_MAX)
        return 0;
    for (const char *s = name; *s; s++)
        if (v360job_is_control(s) ||
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

int v360job_open_folder_at(int root, const char *name, int make)
{
    const char *base;
    int parent = v360job_parent(root, name, &base, make), fd, err;

    if (parent < 0)
        return parent;
    fd = open_folder(parent, base, make);
    err = errno;
    close(parent);
    return fd < 0 ? AVERROR(err) : fd;
}

int v360job_open_file(int root, const char *name, struct stat *st)
{
    const char *base = name;
    int parent = root, fd, err;

    if (strchr(name, '/'))
        parent = v360job_parent(root, name, &base, 0);
    if (parent < 0)
        return parent;
    /* A FIFO without a writer must not stop the program. */
    fd = openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    err = errno;
    if (parent != root)
        close(parent);
    if (fd < 0)
        return AVERROR(err);
    err = fstat(fd, st) < 0 ? errno : S_ISREG(st->st_mode) ? 0 : EINVAL;
    if (err)
        close(fd);
    return err ? AVERROR(err) : fd;
}

int v360job_open(int root, const char *name)
{
    struct stat st;

    return v360job_open_file(root, name, &st);
}

int v360job_exists(int dir, const char *name)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) >= 0)
        return 1;
    return errno == ENOENT ? 0 : AVERROR(errno);
}

/** Read SIZE bytes from the start of a file. */
static int read_bytes(int fd, char *buf, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = pread(fd, buf + done, size - done, done);

        if (n < 0 && errno != EINTR)
            return AVERROR(errno);
        if (!n) /* the file has become shorter meanwhile */
            return AVERROR(EIO);
        done += n > 0 ? n : 0;
    }
    return 0;
}

char *v360job_read_at(int root, const char *name, size_t *size, int *err)
{
    struct stat st;
    const int fd = v360job_open_file(root, name, &st);
    char *text;

    *err = fd < 0 ? fd : 0;
    if (fd < 0)
        return NULL;
    *size = st.st_size;
    text  = av_malloc(*size + 1);
    *err  = text ? read_bytes(fd, text, *size) : AVERROR(ENOMEM);
    if (!*err)
        text[*size] = 0;
    else
        av_freep(&text);
    close(fd);
    return text;
}

static int compare_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int v360job_list(int root, const char *name, V360JobTexts *names)
{
    const int fd = v360job_open_folder_at(root, name, 0);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int ret = fd < 0 ? fd : dir ? 0 : AVERROR(errno);

    while (dir && (errno = 0, entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            v360job_add(names, entry->d_name);
    if (dir && errno)
        ret = AVERROR(errno);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    if (ret >= 0 && names->failed)
        ret = AVERROR(ENOMEM);
    if (ret >= 0 && names->nb)
        qsort(names->text, names->nb, sizeof(*names->text), compare_bytes);
    return ret;
}
