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
 * From all being whole to all being in its place. Data are on the disk before
 * names, names before what says that all is there.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "folder.h"
#include "os.h"

/** Tell that a part of OUTDIR cannot be replaced. @return err */
static int told(const V360JobFolder *folder, const char *what,
                const char *name, int err)
{
    char *path = av_asprintf("%s/%s", folder->outdir, name);

    v360job_cannot(what, path ? path : name, err);
    av_free(path);
    return err;
}

int v360job_read_parts(const V360JobFolder *folder, unsigned *parts)
{
    int ret = 0;
    char *text = v360job_read(folder, "parts", &ret), *save = NULL;
    char *line = text ? av_strtok(text, "\n", &save) : NULL;

    *parts = 0;
    for (; line; line = av_strtok(NULL, "\n", &save)) {
        const int i = v360job_part_of(line);

        if (i >= 0 && !strchr(line, '/'))
            *parts |= 1U << i;
    }
    av_free(text);
    return ret;
}

/**
 * Read which parts are of the job that OUTDIR holds. What is of no job of ours
 * stays, and that is all of it if the manifest cannot be understood.
 */
static int read_old_parts(const V360JobFolder *folder, unsigned *parts)
{
    int ret = 0;
    cJSON *manifest = v360job_json_at(folder->outdir_fd, "manifest.json",
                                      &ret);

    *parts = v360job_parts_in(manifest);
    cJSON_Delete(manifest);
    if (ret >= 0 || ret == AVERROR(ENOENT) || ret == AVERROR_INVALIDDATA)
        return 0;
    return told(folder, "cannot read", "manifest.json", ret);
}

/** Put what lies in the place of a part into the folder OLD, to go later. */
static int put_aside(const V360JobFolder *folder, int old, const char *part)
{
    int ret = v360job_exists(folder->outdir_fd, part);

    if (ret <= 0)
        return ret < 0 ? told(folder, "cannot replace", part, ret) : 0;
    ret = v360job_spare_foreign(folder, part);
    if (ret < 0)
        return ret;
    ret = v360job_remove_at(old, part);
    if (ret >= 0)
        ret = v360job_rename(folder->outdir_fd, part, old, part, 0);
    /* An overlay renames no folder of its lower layer. */
    if (ret == AVERROR(EXDEV))
        ret = v360job_remove_at(folder->outdir_fd, part);
    return ret < 0 ? told(folder, "cannot replace", part, ret) : 0;
}

/** Bring one part into its place. */
static int publish_part(const V360JobFolder *folder, int old, const char *part,
                        int is_new, int is_old)
{
    int ret = is_new ? v360job_exists(folder->work_fd, part) : is_old;

    if (ret < 0)
        return told(folder, "cannot write to", part, ret);
    if (!ret) /* not this job's, or renamed by the run before this one */
        return 0;
    ret = put_aside(folder, old, part);
    if (ret < 0 || !is_new)
        return ret;
    ret = v360job_rename(folder->work_fd, part, folder->outdir_fd, part, 0);
    return ret < 0 ? told(folder, "cannot write to", part, ret) : 0;
}

static int publish_parts(const V360JobFolder *folder)
{
    unsigned parts, old_parts = 0;
    const char *part;
    int old = -1, ret = v360job_read_parts(folder, &parts);

    if (ret >= 0)
        ret = read_old_parts(folder, &old_parts);
    if (ret >= 0) {
        ret = old = v360job_open_folder_at(folder->work_fd, "old", 1);
        if (ret < 0)
            v360job_cannot("cannot write to", folder->outdir, ret);
    }
    for (int i = 0; ret >= 0 && (part = v360job_part(i)); i++)
        ret = publish_part(folder, old, part, parts >> i & 1,
                           old_parts >> i & 1);
    if (old >= 0)
        close(old);
    return ret;
}

/** Have all of OUTDIR on the disk, also its own name. */
static int flush(const V360JobFolder *folder)
{
    int ret = v360job_flush_at(folder->outdir_fd);

    for (int i = 0; ret >= 0 && i < folder->made.nb; i++) {
        ret = v360job_flush_name(folder->made.text[i]);
        if (ret == AVERROR(EACCES)) /* one may write there but not read */
            ret = 0;
    }
    return ret < 0 ? v360job_cannot("cannot write to", folder->outdir, ret) : 0;
}

int v360job_publish(V360JobFolder *folder)
{
    int ret;

    v360job_ignore_signals();
    ret = publish_parts(folder);
    if (ret >= 0)
        ret = flush(folder); /* or a manifest could be there before the rest */
    if (ret >= 0) {
        ret = v360job_rename(folder->work_fd, "manifest.json",
                             folder->outdir_fd, "manifest.json", 1);
        if (ret < 0)
            told(folder, "cannot write to", "manifest.json", ret);
    }
    return ret < 0 ? ret : flush(folder);
}

/**
 * Move one file from the private folder to OUTDIR. If it is not there, a
 * comparison will tell why that of OUTDIR is bad.
 */
static int put_one(const V360JobFolder *folder, const char *name)
{
    const char *base;
    const int from = v360job_parent(folder->work_fd, name, &base, 0);
    int to = -1, ret = from < 0 ? from : v360job_exists(from, base);

    if (ret > 0)
        ret = to = v360job_parent(folder->outdir_fd, name, &base, 1);
    if (ret > 0)
        ret = v360job_rename(from, base, to, base, 1);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return ret < 0 && ret != AVERROR(ENOENT) ?
           told(folder, "cannot put back", name, ret) : 0;
}

int v360job_put_back(V360JobFolder *folder)
{
    V360JobGone *gone = NULL;
    int nb_gone = 0, ret = v360job_flush_at(folder->work_fd);

    if (ret < 0)
        return v360job_cannot("cannot write to", folder->outdir, ret);
    ret = v360job_find_gone(&gone, &nb_gone, folder->outdir);
    for (int i = 0; ret >= 0 && i < nb_gone; i++)
        ret = put_one(folder, gone[i].name);
    v360job_free_gone(&gone, nb_gone);
    if (ret >= 0)
        ret = flush(folder);
    return ret < 0 ? ret : v360job_check_result(folder);
}
