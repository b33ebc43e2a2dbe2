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
 * Settings of two jobs compared, to tell whether a later command line means the
 * same job.
 */

#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "folder.h"

/* What jobs did before there was a setting. */
static const struct {
    const char *key, *value;
} before[] = {
    { "supersample", "1" },
};

static const char *value_of(const char *key, const cJSON *item)
{
    const char *value = cJSON_GetStringValue(item);

    for (int i = 0; !item && i < FF_ARRAY_ELEMS(before); i++)
        if (!strcmp(key, before[i].key))
            return before[i].value;
    return value && *value ? value : "none";
}

static void print_difference(AVBPrint *text, const char *key, const cJSON *a,
                             const cJSON *b)
{
    const char *was = value_of(key, a), *is = value_of(key, b);

    if (strcmp(was, is))
        av_bprintf(text, "%s%s: was %s, now %s", text->len ? "; " : "", key,
                   was, is);
}

int v360job_differences(char **text, const cJSON *other, const cJSON *settings)
{
    const cJSON *was = cJSON_GetObjectItemCaseSensitive(other, "settings");
    const cJSON *item;
    AVBPrint result;

    *text = NULL;
    if (!cJSON_IsObject(was))
        return AVERROR_INVALIDDATA;
    av_bprint_init(&result, 0, AV_BPRINT_SIZE_UNLIMITED);
    cJSON_ArrayForEach(item, settings)
        print_difference(&result, item->string,
                         cJSON_GetObjectItemCaseSensitive(was, item->string),
                         item);
    /* No search in the other job's: it may have any number of settings. */
    cJSON_ArrayForEach(item, was)
        if (!cJSON_GetObjectItemCaseSensitive(settings, item->string))
            print_difference(&result, item->string, item, NULL);
    if (result.len)
        return v360job_finish(&result, text);
    av_bprint_finalize(&result, NULL);
    return 0;
}
