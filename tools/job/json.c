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
 * JSON that is read from the folders of a job.
 */

#include <cjson/cJSON.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "file.h"

cJSON *v360job_json_at(int root, const char *name, int *err)
{
    size_t size;
    char *text = v360job_read_at(root, name, &size, err);
    cJSON *json = text ? cJSON_ParseWithLength(text, size) : NULL;

    av_free(text);
    /* A link or a folder is not JSON either. */
    if ((!*err && !json) || *err == AVERROR(EINVAL) || *err == AVERROR(ELOOP))
        *err = AVERROR_INVALIDDATA;
    return json;
}

unsigned v360job_parts_in(const cJSON *manifest)
{
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(manifest, "files");
    const cJSON *file;
    unsigned found = 0;

    if (!cJSON_IsObject(files))
        return 0;
    cJSON_ArrayForEach(file, files)
        if (v360job_name_ok(file->string))
            found |= 1U << v360job_part_of(file->string);
    return found;
}
