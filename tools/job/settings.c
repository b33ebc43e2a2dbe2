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
 * v360job settings and differ: the settings of a job as JSON, to tell whether a
 * later command line means the same job.
 */

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/mem.h"
#include "job.h"

int v360job_settings(int argc, char **argv)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *list = cJSON_AddObjectToObject(root, "settings");
    char *text = NULL, *line;
    int ret = 1;

    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (!value)
            goto end;
        *value++ = 0;
        cJSON_AddStringToObject(list, argv[i], value);
    }
    text = cJSON_Print(root);
    line = text ? av_asprintf("%s\n", text) : NULL;
    ret = !line || v360job_store(argv[0], line, NULL) < 0;
    av_free(line);

end:
    cJSON_free(text);
    cJSON_Delete(root);
    return ret;
}

static cJSON *read_settings(const char *path)
{
    cJSON *root = v360job_read_json(path);
    cJSON *list = cJSON_DetachItemFromObjectCaseSensitive(root, "settings");

    cJSON_Delete(root);
    if (list && !cJSON_IsObject(list)) {
        cJSON_Delete(list);
        list = NULL;
    }
    return list;
}

static const char *setting(const cJSON *list, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(list, key);
    const char *value = cJSON_GetStringValue(item);

    return value && *value ? value : "none";
}

/** @return 3, the exit status, if a setting differs, else 0 */
static int print_difference(const char *key, const cJSON *a, const cJSON *b)
{
    const char *was = setting(a, key), *is = setting(b, key);

    if (!strcmp(was, is))
        return 0;
    v360job_print(stdout, key);
    printf(": was ");
    v360job_print(stdout, was);
    printf(", now ");
    v360job_print(stdout, is);
    printf("\n");
    return 3;
}

int v360job_differ(int argc, char **argv)
{
    cJSON *a = read_settings(argv[0]), *b = read_settings(argv[1]), *item;
    int ret = 0;

    (void)argc;
    if (!a || !b) {
        printf("%s: not the settings of a job\n", argv[!!a]);
        ret = 3;
    } else {
        cJSON_ArrayForEach(item, b)
            ret |= print_difference(item->string, a, b);
        cJSON_ArrayForEach(item, a)
            if (!cJSON_HasObjectItem(b, item->string))
                ret |= print_difference(item->string, a, b);
    }
    cJSON_Delete(a);
    cJSON_Delete(b);
    return ret;
}
