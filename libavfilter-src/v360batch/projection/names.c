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

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "projection.h"

static const struct {
    enum V360ProjectionID id;
    const char *name;
} names[] = {
#define NAME(id, name, description) { id, name },
    V360_PROJECTION_NAMES(NAME)
};

av_cold int ff_v360_projection_find(const char *name)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(names); i++)
        if (!strcmp(names[i].name, name))
            return names[i].id;
    return AVERROR(EINVAL);
}

av_cold const char *ff_v360_projection_name(enum V360ProjectionID id)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(names); i++)
        if (names[i].id == id)
            return names[i].name;
    return "unknown";
}
