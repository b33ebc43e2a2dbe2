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
 * Options that were not given, by the job that a folder holds already.
 */

#include <cjson/cJSON.h>

#include "job.h"

/** @return whether a job of an earlier version has these settings */
static int is_old(const cJSON *settings)
{
    return cJSON_IsObject(settings) &&
           !cJSON_GetObjectItemCaseSensitive(settings, "supersample");
}

void v360job_settle_options(V360JobOptions *o, const cJSON *settings)
{
    if (o->supersample < 0 && !is_old(settings))
        o->supersample = V360_SUPERSAMPLE_AUTO;
}

void v360job_settle_by_folder(V360JobOptions *o, const V360JobFolder *folder)
{
    cJSON *other = NULL;
    int ret;

    if (o->supersample < 0 && !o->force && !o->print) {
        other = v360job_json_at(folder->work_fd, "job.json", &ret);
        if (!other)
            other = v360job_json_at(folder->outdir_fd, "manifest.json", &ret);
    }
    v360job_settle_options(o, cJSON_GetObjectItemCaseSensitive(other,
                                                               "settings"));
    cJSON_Delete(other);
}
