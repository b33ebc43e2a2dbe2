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
 * manifest.json: the settings, frames, sources and files of a finished job.
 */

#define _GNU_SOURCE /* fstatat */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/avutil.h"
#include "libavutil/bprint.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/rational.h"
#include "job.h"

/**
 * Add a text under a name, unless there is such a name: the job's own come
 * first.
 */
static int add_pair(cJSON *to, const char *name, const char *value)
{
    char *own = av_strdup(value ? value : "");
    int ret = own ? 0 : AVERROR(ENOMEM);

    if (own) {
        v360job_make_utf8(own);
        if (!cJSON_GetObjectItemCaseSensitive(to, name) &&
            !cJSON_AddStringToObject(to, name, own))
            ret = AVERROR(ENOMEM);
    }
    av_free(own);
    return ret;
}

static int add_number(cJSON *to, const char *name, int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);
    return add_pair(to, name, text);
}

/** Add a tag of the source, KEY=VALUE, up to the first line end in it. */
static int add_tag(cJSON *to, const char *tag)
{
    char *own = av_strndup(tag, strcspn(tag, "\r\n"));
    char *value = own ? strchr(own, '=') : NULL;
    int ret = own ? 0 : AVERROR(ENOMEM);

    if (value && (av_strstart(own, "TAG:", NULL) ||
                  av_strstart(own, "GPano:", NULL))) {
        *value++ = 0;
        v360job_make_utf8(own);
        ret = add_pair(to, own, value);
    }
    av_free(own);
    return ret;
}

/** Add the options of the encoder, as on a command line. */
static int add_encoder(cJSON *to, const V360JobTexts *coding)
{
    char *text = v360job_join(coding);
    const int ret = text ? add_pair(to, "encoder", text) : AVERROR(ENOMEM);

    av_free(text);
    return ret;
}

/**
 * Add the rig: a preset, or the name of a file, as the settings have its
 * content.
 */
static int add_rig(cJSON *to, const V360JobOptions *o)
{
    char *text = o->views_file ? av_asprintf("file %s",
                                             av_basename(o->views_file)) :
                                 av_strdup(o->rig);
    int ret = text ? add_pair(to, "rig", text) : AVERROR(ENOMEM);

    av_free(text);
    return ret;
}

static int add_supersample(cJSON *to, const V360Job *job)
{
    AVBPrint text;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = v360job_print_supersample(&text, job);
    if (ret >= 0)
        ret = add_pair(to, "supersample", text.str);
    av_bprint_finalize(&text, NULL);
    return ret;
}

static int add_job(cJSON *root, const V360Job *job)
{
    const V360JobTexts *tags = &job->source.tags;
    cJSON *to = cJSON_AddObjectToObject(root, "job");
    int ret = to ? add_pair(to, "source", job->source.name) : AVERROR(ENOMEM);

    if (ret >= 0)
        ret = add_pair(to, "ffmpeg", job->programs.version);
    if (ret >= 0)
        ret = add_pair(to, "configuration", job->programs.configuration);
    if (ret >= 0)
        ret = add_pair(to, "filter", job->graph.filter);
    if (ret >= 0)
        ret = add_encoder(to, &job->graph.coding);
    if (ret >= 0)
        ret = add_rig(to, &job->options);
    if (ret >= 0)
        ret = add_pair(to, "backend", job->graph.uses_cuda ? "cuda" : "cpu");
    if (ret >= 0)
        ret = add_number(to, "views", job->views.names.nb);
    if (ret >= 0)
        ret = add_supersample(to, job);
    if (ret >= 0)
        ret = add_number(to, "frames", job->frames.done);
    if (ret >= 0 && job->nb_shards)
        ret = add_number(to, "shards", job->nb_shards);
    for (int i = 0; ret >= 0 && i < tags->nb; i++)
        ret = add_tag(to, tags->text[i]);
    return ret;
}

static int add_frame(cJSON *to, int64_t number, const V360JobStamp *stamp)
{
    const double time = stamp->pts * av_q2d(stamp->time_base);
    cJSON *frame = cJSON_CreateObject();

    if (cJSON_AddNumberToObject(frame, "number", number) &&
        cJSON_AddNumberToObject(frame, "pts", stamp->pts) &&
        cJSON_AddNumberToObject(frame, "time", time) &&
        cJSON_AddItemToArray(to, frame))
        return 0;
    cJSON_Delete(frame);
    return AVERROR(ENOMEM);
}

/** Of pictures, their names say which frame is which. */
static int add_frames(cJSON *root, const V360Job *job)
{
    cJSON *to = cJSON_AddArrayToObject(root, "frames");
    int ret = to ? 0 : AVERROR(ENOMEM);

    if (job->source.is_list || job->options.format == V360JOB_MP4)
        return ret;
    if (job->frames.nb_stamps < job->frames.done)
        return AVERROR_INVALIDDATA;
    for (int64_t i = 0; ret >= 0 && i < job->frames.done; i++)
        ret = add_frame(to, i + 1, &job->frames.stamps[i]);
    return ret;
}

static int add_text(cJSON *to, const char *text)
{
    char *own = av_strdup(text);
    cJSON *item = NULL;

    if (own) {
        v360job_make_utf8(own);
        item = cJSON_CreateString(own);
    }
    av_free(own);
    if (item && cJSON_AddItemToArray(to, item))
        return 0;
    cJSON_Delete(item);
    return AVERROR(ENOMEM);
}

static int add_texts(cJSON *root, const char *name, const V360JobTexts *texts)
{
    cJSON *to = cJSON_AddArrayToObject(root, name);
    int ret = to ? 0 : AVERROR(ENOMEM);

    for (int i = 0; ret >= 0 && i < texts->nb; i++)
        ret = add_text(to, texts->text[i]);
    return ret;
}

static int add_sources(cJSON *root, const V360JobSource *source)
{
    cJSON *to;

    if (source->is_list)
        return add_texts(root, "sources", &source->files);
    to = cJSON_AddArrayToObject(root, "sources");
    return to ? add_text(to, source->file) : AVERROR(ENOMEM);
}

/** The files of a job, and where they are. */
typedef struct Files {
    cJSON *to;
    const V360JobFolder *folder;
} Files;

/** Tell of an error of a file of the private folder. @return err */
static int told(const V360JobFolder *folder, const char *name, int err)
{
    char *path = v360job_work_path(folder, name);

    if (err != AVERROR_EXIT)
        v360job_cannot("cannot read", path ? path : name, err);
    av_free(path);
    return err;
}

static int add_file(const Files *files, int fd, const char *name)
{
    V360JobSum sum;
    int ret = fd < 0 ? fd : v360job_sum_file(&sum, fd);
    cJSON *file;

    if (fd >= 0)
        close(fd);
    if (ret < 0)
        return told(files->folder, name, ret);
    file = cJSON_AddObjectToObject(files->to, name);
    if (!cJSON_AddNumberToObject(file, "size", sum.size) ||
        !cJSON_AddStringToObject(file, "murmur3", sum.hash))
        return told(files->folder, name, AVERROR(ENOMEM));
    return 0;
}

static int add_tree(const Files *files, int dir, const char *base,
                    const char *name);

/**
 * Add all files of a folder in order of their names, and close DIR, which may
 * be an error. What was not finished goes.
 */
static int add_folder(const Files *files, int dir, const char *name)
{
    V360JobTexts names = { 0 };
    int ret = dir < 0 ? dir : v360job_list(dir, ".", &names);

    if (ret < 0)
        told(files->folder, name, ret);
    for (int i = 0; ret >= 0 && i < names.nb; i++) {
        char *below = av_asprintf("%s/%s", name, names.text[i]);

        if (!below)
            ret = told(files->folder, name, AVERROR(ENOMEM));
        else if (av_match_ext(below, "tmp"))
            ret = v360job_clear(files->folder, below);
        else if (names.text[i][0] != '.')
            ret = add_tree(files, dir, names.text[i], below);
        av_free(below);
    }
    if (dir >= 0)
        close(dir);
    v360job_free_texts(&names);
    return ret;
}

/**
 * Add a file, or all files below a folder.
 *
 * @param dir   the folder in which it is
 * @param base  its name there
 * @param name  its name in the manifest
 */
static int add_tree(const Files *files, int dir, const char *base,
                    const char *name)
{
    struct stat st;

    if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return told(files->folder, name, AVERROR(errno));
    return S_ISDIR(st.st_mode) ?
           add_folder(files, v360job_open_folder_at(dir, base, 0), name) :
           add_file(files, v360job_open(dir, base), name);
}

/** Add all files, and print the names of the parts that there are. */
static int add_parts(cJSON *root, const V360JobFolder *folder, AVBPrint *parts)
{
    const Files files = { cJSON_AddObjectToObject(root, "files"), folder };
    const char *part;
    int ret = files.to ? 0 : told(folder, "", AVERROR(ENOMEM));

    for (int i = 0; ret >= 0 && (part = v360job_part(i)); i++) {
        ret = v360job_exists(folder->work_fd, part);
        if (ret < 0)
            told(folder, part, ret);
        if (ret <= 0) /* not each job has all parts */
            continue;
        av_bprintf(parts, "%s\n", part);
        ret = add_tree(&files, folder->work_fd, part, part);
    }
    if (ret >= 0 && !cJSON_AddNumberToObject(root, "file_count",
                                             cJSON_GetArraySize(files.to)))
        ret = told(folder, "", AVERROR(ENOMEM));
    return ret;
}

static int describe(cJSON *root, const V360Job *job, const cJSON *settings)
{
    cJSON *copy = cJSON_Duplicate(settings, 1);
    int ret = 0;

    if (!cJSON_AddItemToObject(root, "settings", copy)) {
        cJSON_Delete(copy);
        ret = AVERROR(ENOMEM);
    }
    if (ret >= 0)
        ret = add_job(root, job);
    if (ret >= 0)
        ret = add_frames(root, job);
    if (ret >= 0)
        ret = add_sources(root, &job->source);
    if (ret >= 0)
        ret = add_texts(root, "skipped", &job->source.skipped);
    return ret < 0 ? v360job_cannot("cannot write to", job->folder.outdir,
                                    ret) : 0;
}

/**
 * Write the parts, and the manifest, before which all files are on the disk.
 * From then on, all that is left is renaming.
 */
static int store(const V360JobFolder *folder, const cJSON *root,
                 const AVBPrint *parts)
{
    char *text = NULL, *line = NULL;
    int ret = av_bprint_is_complete(parts) ?
              v360job_write(folder, "parts", parts->str) :
              told(folder, "parts", AVERROR(ENOMEM));

    if (ret < 0)
        return ret;
    text = cJSON_Print(root);
    if (text)
        line = av_asprintf("%s\n", text);
    ret = line ? v360job_store_at(folder->work_fd, "manifest.json", line, 1) :
                 AVERROR(ENOMEM);
    av_free(line);
    cJSON_free(text);
    return ret < 0 ? v360job_cannot("cannot write to", folder->outdir, ret) : 0;
}

int v360job_write_manifest(V360Job *job, const cJSON *settings)
{
    cJSON *root = cJSON_CreateObject();
    AVBPrint parts;
    int ret = describe(root, job, settings);

    av_bprint_init(&parts, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (ret >= 0)
        ret = add_parts(root, &job->folder, &parts);
    if (ret >= 0)
        ret = store(&job->folder, root, &parts);
    av_bprint_finalize(&parts, NULL);
    cJSON_Delete(root);
    return ret;
}
