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
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "internal.h"

static av_cold int unknown_field(const char *s, size_t len, void *log)
{
    char clip[V360_CLIP_SIZE], known[128] = "";

    for (int i = 0; i < V360_NB_FIELDS; i++)
        av_strlcatf(known, sizeof(known), " %s", ff_v360_rig_field_name(i));
    av_log(log, AV_LOG_ERROR, "unknown field '%s', must be one of%s\n",
           ff_v360_rig_clip(clip, s, len), known);
    return AVERROR(EINVAL);
}

static int parse_field(V360View *view, unsigned *seen, const char *s,
                       size_t len, void *log)
{
    const char *eq = memchr(s, '=', len);
    char clip[V360_CLIP_SIZE];
    int field;

    if (!eq) {
        av_log(log, AV_LOG_ERROR,
               "'%s': must be FIELD=VALUE, without spaces around '='\n",
               ff_v360_rig_clip(clip, s, len));
        return AVERROR(EINVAL);
    }
    field = ff_v360_rig_find_field(s, eq - s);
    if (field < 0)
        return unknown_field(s, eq - s, log);
    if (*seen & 1U << field) {
        av_log(log, AV_LOG_ERROR, "'%s': %s is given twice\n",
               ff_v360_rig_clip(clip, s, len), ff_v360_rig_field_name(field));
        return AVERROR(EINVAL);
    }
    *seen |= 1U << field;
    return ff_v360_rig_set_field(view, field, eq + 1, s + len - eq - 1, log);
}

static av_cold int parse_view(V360Rig *rig, const char *s, const char *end,
                              int line, void *log_ctx)
{
    V360View view = ff_v360_view_default();
    unsigned seen = 0;
    V360RigLog log;
    int ret;

    while (1) {
        const char *field;

        while (s < end && (*s == ' ' || *s == '\t'))
            s++;
        if (s == end)
            break;
        for (field = s; s < end && *s != ' ' && *s != '\t';)
            s++;
        ff_v360_rig_log_init(&log, log_ctx, rig->nb_views, view.name, line);
        ret = parse_field(&view, &seen, field, s - field, &log);
        if (ret < 0)
            return ret;
    }
    if (!seen)
        return 0;
    ff_v360_rig_log_init(&log, log_ctx, rig->nb_views, view.name, line);
    ret = ff_v360_rig_check_fields(&view, &log);
    if (ret < 0)
        return ret;
    return ff_v360_rig_append(rig, &view, &log);
}

av_cold int ff_v360_rig_parse(V360Rig *rig, const char *text, void *log_ctx)
{
    int line = 1;

    /* the byte order mark that some editors put before UTF-8 */
    if (!strncmp(text, "\xef\xbb\xbf", 3))
        text += 3;
    while (*text) {
        const char *end = text + strcspn(text, "|#\r\n");
        int ret = parse_view(rig, text, end, line, log_ctx);

        if (ret < 0)
            return ret;
        if (*end == '#')
            end += strcspn(end, "\r\n");
        line += *end == '\n';
        text = end + !!*end;
    }
    return 0;
}
