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
 * cJSON with one rule of ownership and FFmpeg's error codes.
 */

#include "libavutil/error.h"
#include "json.h"
#include "rig.h"

int json_add(cJSON *to, const char *name, cJSON *item)
{
    if (item && cJSON_AddItemToObject(to, name, item))
        return 0;
    cJSON_Delete(item);
    return AVERROR(ENOMEM);
}

int json_append(cJSON *to, cJSON *item)
{
    if (item && cJSON_AddItemToArray(to, item))
        return 0;
    cJSON_Delete(item);
    return AVERROR(ENOMEM);
}

int json_numbers(cJSON *to, const char *name, const double *x, int nb)
{
    return json_add(to, name, cJSON_CreateDoubleArray(x, nb));
}

int json_number(cJSON *to, const char *name, double x)
{
    return json_add(to, name, cJSON_CreateNumber(x));
}

int json_text(cJSON *to, const char *name, const char *text)
{
    return json_add(to, name, cJSON_CreateString(text));
}

int json_write(const char *dir, const char *name, cJSON *root)
{
    char *text = root ? cJSON_Print(root) : NULL;
    FILE *f = text ? v360rig_open(dir, name, "") : NULL;
    int ret = AVERROR(ENOMEM);

    if (f) {
        fprintf(f, "%s\n", text);
        ret = v360rig_close(f, name);
    } else if (text) {
        ret = AVERROR(EIO);
    }
    cJSON_free(text);
    cJSON_Delete(root);
    return ret;
}
