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
 * What OUTDIR holds when a run begins, and whose it is. The transitions between
 * states are a table in doc/split360.md.
 */

#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "folder.h"

static int cannot_read(const V360JobFolder *folder, int err)
{
    return v360job_cannot("cannot read", folder->outdir, err);
}

/** @return whether NAME is in a folder, or a negative AVERROR, told */
static int exists(const V360JobFolder *folder, int dir, const char *name)
{
    const int ret = v360job_exists(dir, name);

    return ret < 0 ? cannot_read(folder, ret) : ret;
}

/**
 * Compare the settings in the file NAME of a folder with those of this job.
 *
 * @param text  set to what differs, to be freed; NULL: nothing
 */
static int differs(const V360JobFolder *folder, int dir, const char *name,
                   const cJSON *settings, char **text)
{
    int ret = 0;
    cJSON *other = v360job_json_at(dir, name, &ret);

    if (ret >= 0)
        ret = v360job_differences(text, other, settings);
    if (ret == AVERROR_INVALIDDATA) {
        *text = av_asprintf("%s: not the settings of a job", name);
        ret   = *text ? 0 : AVERROR(ENOMEM);
    }
    cJSON_Delete(other);
    return ret < 0 ? cannot_read(folder, ret) : 0;
}

/**
 * Refuse a job with other settings.
 *
 * @param what     the job, before the name of OUTDIR
 * @param remedy   what --force does with it
 */
static int refuse_other(const V360JobFolder *folder, int dir, const char *name,
                        const cJSON *settings, const char *what,
                        const char *remedy)
{
    char *text = NULL;
    int ret = differs(folder, dir, name, settings, &text);

    if (text)
        ret = v360job_error("%s%s has other settings: %s; --force %s", what,
                            folder->outdir, text, remedy);
    av_free(text);
    return ret;
}

static int refuse_other_result(const V360JobFolder *folder,
                               const cJSON *settings)
{
    return refuse_other(folder, folder->outdir_fd, "manifest.json", settings,
                        "", "replaces it");
}

/**
 * @return whether all is in its place, and only the private folder was to
 *          go, or a negative AVERROR, told
 */
static int is_published(const V360JobFolder *folder)
{
    unsigned parts;
    const char *part;
    int ret = v360job_read_parts(folder, &parts);

    if (ret >= 0 && !parts)
        return 0;
    if (ret >= 0)
        ret = exists(folder, folder->work_fd, "manifest.json");
    for (int i = 0; !ret && (part = v360job_part(i)); i++)
        ret = exists(folder, folder->work_fd, part);
    return ret ? FFMIN(ret, 0) :
           exists(folder, folder->outdir_fd, "manifest.json");
}

/**
 * @return whether the private folder has a manifest of this job and all parts
 *          with files in it are listed, or a negative AVERROR, told
 */
static int is_whole(const V360JobFolder *folder, const cJSON *settings)
{
    unsigned parts = 0;
    char *text = NULL;
    int ret, whole;
    cJSON *manifest = v360job_json_at(folder->work_fd, "manifest.json", &ret);

    if (ret >= 0)
        ret = v360job_differences(&text, manifest, settings);
    if (ret < 0 && ret != AVERROR_INVALIDDATA)
        cannot_read(folder, ret);
    else if (ret >= 0)
        ret = v360job_read_parts(folder, &parts);
    whole = ret >= 0 && !text && parts &&
            !(v360job_parts_in(manifest) & ~parts);
    av_free(text);
    cJSON_Delete(manifest);
    return ret < 0 && ret != AVERROR_INVALIDDATA ? ret : whole;
}

static int look_at_unfinished(V360JobFolder *folder, const cJSON *settings)
{
    int ret = refuse_other(folder, folder->work_fd, "job.json", settings,
                           "the unfinished job in ", "begins anew");

    if (ret >= 0)
        ret = exists(folder, folder->work_fd, "forced");
    if (!ret) {
        ret = exists(folder, folder->outdir_fd, "manifest.json");
        if (ret > 0)
            ret = refuse_other_result(folder, settings);
    }
    if (ret < 0)
        return ret;
    folder->state = V360JOB_CONTINUE;
    ret = exists(folder, folder->work_fd, "manifest.json");
    if (ret <= 0)
        return ret;
    ret = is_whole(folder, settings);
    if (ret > 0)
        folder->state = V360JOB_PUBLISH;
    /* What is no manifest of this job says nothing of its images. */
    return ret ? ret : v360job_clear(folder, "manifest.json");
}

static int look(V360JobFolder *folder, const cJSON *settings)
{
    int ret = exists(folder, folder->work_fd, "job.json");

    if (ret > 0) {
        ret = is_published(folder);
        if (!ret)
            return look_at_unfinished(folder, settings);
    }
    if (ret >= 0)
        ret = exists(folder, folder->outdir_fd, "manifest.json");
    if (ret <= 0)
        return ret;
    folder->state = V360JOB_REPAIR;
    return refuse_other_result(folder, settings);
}

/** @return whether a file of the private folder is of this run already */
static int is_fresh(const char *name)
{
    return !strcmp(name, "lock") || !strcmp(name, "views.txt") ||
           !strcmp(name, "gps.txt") || !strcmp(name, "demo.mp4");
}

/**
 * Remove what an older job left in the private folder. Without the settings,
 * which go first, the rest is taken for no job.
 */
static int clear_older(const V360JobFolder *folder)
{
    V360JobTexts names = { 0 };
    int ret = v360job_clear(folder, "job.json");

    if (ret >= 0) {
        ret = v360job_list(folder->work_fd, ".", &names);
        if (ret < 0)
            cannot_read(folder, ret);
    }
    for (int i = 0; ret >= 0 && i < names.nb; i++)
        if (!is_fresh(names.text[i]))
            ret = v360job_clear(folder, names.text[i]);
    v360job_free_texts(&names);
    return ret;
}

int v360job_find_state(V360JobFolder *folder, const cJSON *settings, int force)
{
    const char *part;
    int ret = 0;

    folder->state = V360JOB_NEW;
    if (!force)
        ret = look(folder, settings);
    if (ret >= 0 && folder->state == V360JOB_PUBLISH) {
        folder->is_unknown = 0;
        return 0;
    }
    for (int i = 0; !force && ret >= 0 && (part = v360job_part(i)); i++)
        ret = v360job_spare_foreign(folder, part);
    if (ret >= 0 && folder->state != V360JOB_CONTINUE)
        ret = clear_older(folder);
    if (ret >= 0 && force)
        ret = v360job_write(folder, "forced", "");
    if (ret >= 0)
        folder->is_unknown = 0;
    return ret;
}

int v360job_begin(const V360JobFolder *folder, const cJSON *settings)
{
    cJSON *root = cJSON_CreateObject();
    char *text = NULL, *line = NULL;
    int ret;

    if (cJSON_AddItemReferenceToObject(root, "settings", (cJSON *)settings))
        text = cJSON_Print(root);
    if (text)
        line = av_asprintf("%s\n", text);
    ret = line ? v360job_write(folder, "job.json", line) :
          v360job_cannot("cannot write to", folder->outdir, AVERROR(ENOMEM));
    av_free(line);
    cJSON_free(text);
    cJSON_Delete(root);
    return ret;
}

int v360job_has_manifest(const V360JobFolder *folder)
{
    return v360job_exists(folder->work_fd, "manifest.json") != 0;
}
