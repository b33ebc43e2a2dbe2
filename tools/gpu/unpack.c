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
 * The programs and libraries of the pack, which are compressed so that the pack
 * is small, and which a machine without gzip has to be able to read.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "measure.h"

static int unpack_file(const char *from, const char *to)
{
    static char buffer[1 << 18];
    gzFile in = gzopen(from, "rb");
    FILE *out = in ? fopen(to, "wb") : NULL;
    int n = -1, ret = -1;

    if (out) {
        while ((n = gzread(in, buffer, sizeof(buffer))) > 0)
            if (fwrite(buffer, 1, n, out) != n)
                break;
        ret = fclose(out) || n ? -1 : chmod(to, 0755);
    }
    if (in)
        gzclose(in);
    if (ret < 0)
        fprintf(stderr, "%s: cannot be put into %s\n", from, to);
    return ret;
}

static int unpack_folder(const Machine *m, const char *name)
{
    char from[1024], to[1024];
    struct dirent *entry;
    DIR *folder;
    int ret = 0;

    snprintf(from, sizeof(from), "%s/%s", m->pack, name);
    snprintf(to, sizeof(to), "%s/%s", m->work, name);
    if (mkdir(to, 0755) || !(folder = opendir(from))) {
        perror(from);
        return -1;
    }
    while (!ret && (entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);

        if (length < 4 || strcmp(entry->d_name + length - 3, ".gz"))
            continue;
        snprintf(from, sizeof(from), "%s/%s/%s", m->pack, name, entry->d_name);
        snprintf(to, sizeof(to), "%s/%s/%.*s", m->work, name,
                 (int)length - 3, entry->d_name);
        ret = unpack_file(from, to);
    }
    closedir(folder);
    return ret;
}

int gpu_unpack(const Machine *m)
{
    return unpack_folder(m, "bin") || unpack_folder(m, "lib") ? -1 : 0;
}
