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
 * Sums: of sources, which tell whether they are the same as before, and of the
 * files in a manifest.
 */

#define _GNU_SOURCE /* O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/hash.h"
#include "libavutil/mem.h"
#include "job.h"

#define MIB (INT64_C(1) << 20)
#define PIECE (1 << 16)     /* what is read at once; 1 MiB is a multiple */

/**
 * Hash a file of sum->size bytes: all of it, or the first and the last bytes
 * where it has more than both. The first are a multiple of 1 MiB, or all.
 */
static int hash_parts(V360JobSum *sum, int fd, struct AVHashContext *hash,
                      int64_t first, int64_t last)
{
    /* A larger one from the heap leaves a hole for each file of a manifest. */
    uint8_t buf[PIECE];
    int64_t pos = 0;
    int ret = 0;

    while (ret >= 0 && pos < sum->size) {
        const ssize_t got = pread(fd, buf, PIECE, pos);

        if (v360job_stopped)
            ret = AVERROR_EXIT;
        else if (got < 0 && errno != EINTR)
            ret = AVERROR(errno);
        else if (!got) /* the file has become shorter meanwhile */
            ret = AVERROR(EIO);
        if (ret < 0 || got <= 0)
            continue;
        av_hash_update(hash, buf, got);
        pos += got;
        if (pos >= first && pos < sum->size - last)
            pos = sum->size - last;
    }
    return ret;
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

char *v360job_source_id(const char *path, int *err)
{
    /* A FIFO without a writer must not stop the program. */
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    V360JobSum sum;
    char *id = NULL;

    if (fd < 0) {
        *err = AVERROR(errno);
        return NULL;
    }
    *err = sum_parts(&sum, fd, "SHA256", MIB, MIB);
    close(fd);
    if (*err >= 0) {
        id = av_asprintf("%lld %s", (long long)sum.size,
                         sum.hash);
        *err = id ? 0 : AVERROR(ENOMEM);
    }
    return id;
}

int v360job_sha256(char hash[80], const char *text, size_t size)
{
    struct AVHashContext *context = NULL;
    int ret = av_hash_alloc(&context, "SHA256");

    if (ret < 0)
        return ret;
    av_hash_init(context);
    av_hash_update(context, (const uint8_t *)text, size);
    av_hash_final_hex(context, (uint8_t *)hash, 80);
    av_hash_freep(&context);
    return 0;
}
