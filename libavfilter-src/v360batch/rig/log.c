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

#include <stddef.h>
#include <stdio.h>

#include "libavutil/avstring.h"
#include "libavutil/log.h"
#include "libavutil/version.h"
#include "internal.h"

static const char *log_item_name(void *ctx)
{
    return ((V360RigLog *)ctx)->label;
}

static const AVClass log_class = {
    .class_name                = "v360rig",
    .item_name                 = log_item_name,
    .version                   = LIBAVUTIL_VERSION_INT,
    .parent_log_context_offset = offsetof(V360RigLog, parent),
};

void ff_v360_rig_log_init(V360RigLog *log, void *parent, int index,
                          const char *name, int line)
{
    *log = (V360RigLog){ .class = &log_class, .parent = parent };
    av_strlcpy(log->label, "view", sizeof(log->label));
    if (index >= 0)
        av_strlcatf(log->label, sizeof(log->label), " %d", index);
    if (name[0])
        av_strlcatf(log->label, sizeof(log->label), " '%s'", name);
    if (line)
        av_strlcatf(log->label, sizeof(log->label), ", line %d", line);
}

const char *ff_v360_rig_clip(char dst[V360_CLIP_SIZE], const char *s,
                             size_t len)
{
    /* room for one more escaped character, "..." and the NUL */
    const size_t room = V360_CLIP_SIZE - 8;
    size_t pos = 0, i;

    for (i = 0; i < len && pos < room; i++) {
        const unsigned char c = s[i];

        if (c >= 0x20 && c < 0x7f)
            dst[pos++] = c;
        else
            pos += snprintf(dst + pos, 5, "\\x%02x", c);
    }
    snprintf(dst + pos, V360_CLIP_SIZE - pos, "%s", i < len ? "..." : "");
    return dst;
}
