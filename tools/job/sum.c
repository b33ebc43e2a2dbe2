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
 * v360job source, and the sums of files in a manifest.
 */

#define _GNU_SOURCE /* O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "libavutil/hash.h"
#include "libavutil/mem.h"
#include "job.h"

#define MIB (INT64_C(1) << 20)

/**
 * Hash a file of sum->size bytes: all of it, or the first and the last bytes
 * where it has more than both. The first are a multiple of 1 MiB, or all.
 */
static int hash_parts(V360JobSum *sum, int fd, struct AVHashContext *hash,
                      int64_t first, int64_t last)
{
    uint8_t *buf = av_malloc(MIB);
    int64_t pos = 0;
    ssize_t got = buf ? 0 : -1;

    while (buf && pos < sum->size && (got = pread(fd, buf, MIB, pos)) > 0) {
        av_hash_update(hash, buf, got);
        pos += got;
        if (pos >= first && pos < sum->size - last)
            pos = sum->size - last;
    }
    av_free(buf);
    if (got < 0)
        return buf ? AVERROR(errno) : AVERROR(ENOMEM);
    /* The file may have become shorter meanwhile. */
    return pos < sum->size ? AVERROR(EIO) : 0;
}

static int sum_parts(V360JobSum *sum, int fd, const char *algorithm,
                     int64_t first, int64_t last)
{
    struct AVHashContext *hash = NULL;
    struct stat st;
    int ret = av_hash_alloc(&hash, algorithm);

    if (ret < 0)
        return ret;
    av_hash_init(hash);
    if (fstat(fd, &st) < 0) {
        ret = AVERROR(errno);
    } else {
        sum->size = st.st_size;
        ret = hash_parts(sum, fd, hash, first, last);
    }
    av_hash_final_hex(hash, (uint8_t *)sum->hash, sizeof(sum->hash));
    av_hash_freep(&hash);
    return ret;
}

int v360job_sum_file(V360JobSum *sum, int fd)
{
    return sum_parts(sum, fd, "MURMUR3", INT64_MAX, 0);
}

/** All of a source up to 2 MiB, else its first and its last MiB. */
static int sum_source(V360JobSum *sum, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int ret = fd < 0 ? AVERROR(errno) : sum_parts(sum, fd, "SHA256", MIB, MIB);

    if (fd >= 0)
        close(fd);
    return ret;
}

int v360job_source(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        V360JobSum sum;
        int ret = sum_source(&sum, argv[i]);

        if (ret < 0) {
            fprintf(stderr, "%s: %s\n", argv[i], av_err2str(ret));
            return 1;
        }
        printf("%lld %s\n", (long long)sum.size, sum.hash);
    }
    return 0;
}
