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
 * The manifest of a merged job against the markers of its shards: the files are
 * read once, for the manifest, and here no more.
 */

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "farm.h"

/** The files of a manifest, in order of their names. */
typedef struct Sorted {
    const cJSON **file;
    int nb;
} Sorted;

static int by_name(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;

    return strcmp((*x)->string, (*y)->string);
}

/** cJSON looks a name up in one file after the other, and there are many. */
static int sort_files(Sorted *s, const cJSON *files)
{
    const cJSON *file;

    s->file = av_calloc(FFMAX(cJSON_GetArraySize(files), 1), sizeof(*s->file));
    if (!s->file)
        return AVERROR(ENOMEM);
    cJSON_ArrayForEach(file, files)
        s->file[s->nb++] = file;
    qsort(s->file, s->nb, sizeof(*s->file), by_name);
    return 0;
}

/** @return the file below images, or NULL */
static const cJSON *find_file(const Sorted *s, const char *name)
{
    const cJSON key = { .string = (char *)name }, *wanted = &key;
    const cJSON **file = bsearch(&wanted, s->file, s->nb, sizeof(*s->file),
                                 by_name);

    return file ? *file : NULL;
}

/** @return whether the manifest's sums of a shard's files are its marker's */
static int is_same(const V360FarmMarker *m, const Sorted *files)
{
    for (int i = 0; i < m->files.nb; i++) {
        const char *name = m->files.text[i];
        const int is_seam = av_strstart(name, "seam ", NULL);
        const cJSON *file = is_seam ? NULL : find_file(files, name);
        const cJSON *size = cJSON_GetObjectItemCaseSensitive(file, "size");
        const char *hash = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(file, "murmur3"));

        if (!is_seam && (!cJSON_IsNumber(size) ||
                         size->valuedouble != m->sums[i].size || !hash ||
                         strcmp(hash, m->sums[i].hash)))
            return 0;
    }
    return 1;
}

int v360farm_compare(V360Job *job, const V360FarmPlan *plan)
{
    const int is_mp4 = job->options.format == V360JOB_MP4;
    int nb_bad = 0, ret = 0;
    cJSON *json = v360job_json_at(job->folder.work_fd, "manifest.json", &ret);
    Sorted files = { 0 };

    if (ret >= 0)
        ret = sort_files(&files, cJSON_GetObjectItemCaseSensitive(json,
                                                                  "files"));
    if (ret < 0)
        v360job_cannot("cannot read", job->folder.work, ret);
    for (int i = 0; i < plan->nb_shards && ret >= 0 && !is_mp4; i++) {
        V360FarmMarker m;

        ret = v360farm_read_marker(&m, &job->folder, plan, i);
        if (ret > 0 && !is_same(&m, &files)) {
            nb_bad++;
            ret = v360farm_drop_shard(job, i);
        }
        v360farm_free_marker(&m);
    }
    av_free(files.file);
    cJSON_Delete(json);
    if (ret >= 0 && nb_bad)
        v360job_warn("files of %d shards are not what their tasks wrote; they "
                     "are made again", nb_bad);
    return ret < 0 ? ret : nb_bad > 0;
}
