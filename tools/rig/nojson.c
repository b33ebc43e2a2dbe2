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
 * What takes the place of colmap.c and preview_html.c where there is no cJSON.
 */

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "preview.h"

static int missing(void)
{
    av_log(NULL, AV_LOG_ERROR, "this v360rig was built without cJSON, which "
           "its JSON needs: install libcjson-dev and build it again\n");
    return AVERROR(ENOSYS);
}

int v360rig_colmap(Job *job)
{
    return missing();
}

int v360rig_nerfstudio(Job *job)
{
    return missing();
}

int v360rig_html(const Job *job, const Picture *pano)
{
    return missing();
}
