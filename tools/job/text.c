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
 * JSON of files, and text of unknown origin made fit for JSON.
 */

#include <stdint.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>

#include "libavutil/common.h"
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "job.h"

cJSON *v360job_read_json(const char *path)
{
    struct stat st;
    uint8_t *map;
    size_t size;
    cJSON *root;

    /* A FIFO without a writer must not stop the program. */
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return NULL;
    if (av_file_map(path, &map, &size, AV_LOG_QUIET, NULL) < 0)
        return NULL;
    root = cJSON_ParseWithLength((const char *)map, size);
    av_file_unmap(map, size);
    return root;
}

void v360job_make_utf8(char *text)
{
    const uint8_t *next = (const uint8_t *)text;

    while (*next) {
        char *at = (char *)next;
        uint32_t code;

        GET_UTF8(code, *next++, goto bad;)
        if (code < 0xd800 || (code > 0xdfff && code <= 0x10ffff))
            continue;
bad:
        *at  = '?';
        next = (const uint8_t *)at + 1;
    }
}
