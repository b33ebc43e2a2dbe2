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
 * A folder in memory for the fuzz targets of split360.
 */

#define _GNU_SOURCE /* mkdtemp */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "tools/job/folder.h"

static char scratch[] = "/dev/shm/v360fuzz.XXXXXX";

void fuzz_require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void remove_scratch(void)
{
    v360job_remove_at(AT_FDCWD, scratch);
}

const char *fuzz_scratch(void)
{
    static int is_made;

    if (!is_made) {
        fuzz_require(!!mkdtemp(scratch), "no folder in /dev/shm");
        atexit(remove_scratch);
        is_made = 1;
    }
    return scratch;
}

void fuzz_put(int dir, const char *name, const void *data, size_t size)
{
    const int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                          0666);

    fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size &&
                 close(fd) >= 0, "a file could not be written");
}

char *fuzz_copy(const uint8_t *data, size_t size, int terminated)
{
    char *copy = malloc(size + terminated + !(size + terminated));

    fuzz_require(!!copy, "no memory");
    if (size)
        memcpy(copy, data, size);
    if (terminated)
        copy[size] = 0;
    return copy;
}
