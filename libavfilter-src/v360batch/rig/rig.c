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

#include <math.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "internal.h"

V360View ff_v360_view_default(void)
{
    return (V360View){
        .yaw = NAN, .pitch = NAN, .roll = NAN, .output = -1, .eye = -1,
        .supersample = -1,
    };
}

av_cold int ff_v360_rig_append(V360Rig *rig, const V360View *view, void *log)
{
    if (rig->nb_views >= V360_MAX_VIEWS) {
        av_log(log, AV_LOG_ERROR, "more than %d views\n", V360_MAX_VIEWS);
        return AVERROR(EINVAL);
    }
    for (int i = 0; view->name[0] && i < rig->nb_views; i++) {
        /* names become names of folders, and some file systems fold case */
        if (!av_strcasecmp(view->name, rig->views[i].name)) {
            av_log(log, AV_LOG_ERROR, "name=%s: taken by view %d\n",
                   view->name, i);
            return AVERROR(EINVAL);
        }
    }
    if (!av_dynarray2_add((void **)&rig->views, &rig->nb_views,
                          sizeof(*view), (const uint8_t *)view))
        return AVERROR(ENOMEM);
    return 0;
}

int ff_v360_rig_find(const V360Rig *rig, const char *name)
{
    int index;

    if (ff_v360_rig_integer(name, strlen(name), &index) >= 0)
        return index < rig->nb_views ? index : AVERROR(EINVAL);
    for (int i = 0; i < rig->nb_views; i++) {
        if (!strcmp(name, rig->views[i].name))
            return i;
    }
    return AVERROR(EINVAL);
}

av_cold void ff_v360_rig_free(V360Rig *rig)
{
    av_freep(&rig->views);
    rig->nb_views = 0;
}
