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
 * v360job manifest: writes manifest.json, which has the settings, frames,
 * sources and files of a finished job.
 */

#define _GNU_SOURCE /* getdelim, scandirat */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/rational.h"
#include "job.h"

/** Print an error about a file and return it. */
static int told(int err, const char *path)
{
    fprintf(stderr, "%s: %s\n", path, av_err2str(err));
    return err;
}

/**
 * Call fn for each text of the file WORK/NAME that ends in the character END. A
 * missing file is an empty one.
 */
static int each_line(const char *work, const char *name, char end, cJSON *to,
                     int (*fn)(cJSON *to, char *line))
{
    char *path = av_asprintf("%s/%s", work, name), *line = NULL;
    FILE *file = path ? fopen(path, "r") : NULL;
    size_t size = 0;
    ssize_t n;
    int ret = file || (path && errno == ENOENT) ? 0 : AVERROR(errno);

    while (file && ret >= 0 && (n = getdelim(&line, &size, end, file)) > 0) {
        if (line[n - 1] == end)
            line[n - 1] = 0;
        ret = fn(to, line);
    }
    if (file && ret >= 0 && ferror(file))
        ret = AVERROR(EIO);
    free(line);
    if (file)
        fclose(file);
    if (ret < 0)
        told(ret, path ? path : name);
    av_free(path);
    return ret;
}

/** Add NAME=VALUE, unless there is such a name: the job's own come first. */
static int add_pair(cJSON *to, char *line)
{
    char *value = strchr(line, '=');

    if (!value)
        return 0;
    *value++ = 0;
    v360job_make_utf8(line);
    v360job_make_utf8(value);
    if (cJSON_GetObjectItemCaseSensitive(to, line))
        return 0;
    return cJSON_AddStringToObject(to, line, value) ? 0 : AVERROR(ENOMEM);
}

static int add_text(cJSON *to, char *line)
{
    v360job_make_utf8(line);
    return cJSON_AddItemToArray(to, cJSON_CreateString(line)) ?
           0 : AVERROR(ENOMEM);
}

/**
 * Add a frame by NUMBER PTS NUM/DEN OFFSET: what ffmpeg's -stats_enc_pre prints
 * about the source of a frame, and the microseconds that ffmpeg subtracted from
 * all time stamps.
 */
static int add_frame(cJSON *to, char *line)
{
    cJSON *frame = cJSON_CreateObject();
    long long number, pts, offset;
    AVRational tb;

    if (sscanf(line, "%lld %lld %d/%d %lld", &number, &pts, &tb.num, &tb.den,
               &offset) != 5 || tb.num <= 0 || tb.den <= 0) {
        cJSON_Delete(frame);
        return AVERROR_INVALIDDATA;
    }
    /* The offset is negated twice so that it is rounded as ffmpeg does it. */
    pts -= av_rescale_q(-offset, AV_TIME_BASE_Q, tb);
    cJSON_AddNumberToObject(frame, "number", number);
    cJSON_AddNumberToObject(frame, "pts", pts);
    cJSON_AddNumberToObject(frame, "time", pts * av_q2d(tb));
    return cJSON_AddItemToArray(to, frame) ? 0 : AVERROR(ENOMEM);
}

static int add_file(cJSON *files, int dir, const char *name)
{
    V360JobSum sum;
    int fd = v360job_open(dir, name);
    int ret = fd < 0 ? fd : v360job_sum_file(&sum, fd);
    cJSON *file;

    if (fd >= 0)
        close(fd);
    if (ret < 0)
        return told(ret, name);
    file = cJSON_AddObjectToObject(files, name);
    cJSON_AddNumberToObject(file, "size", sum.size);
    cJSON_AddStringToObject(file, "murmur3", sum.hash);
    return 0;
}

static int add_tree(cJSON *files, int dir, const char *name);

static int add_folder(cJSON *files, int dir, const char *name)
{
    struct dirent **entries = NULL;
    int n = scandirat(dir, name, &entries, NULL, alphasort);
    int ret = n < 0 ? told(AVERROR(errno), name) : 0;

    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && ret >= 0) {
            char *below = av_asprintf("%s/%s", name, entries[i]->d_name);

            ret = below ? add_tree(files, dir, below) : AVERROR(ENOMEM);
            av_free(below);
        }
        free(entries[i]);
    }
    free(entries);
    return ret;
}

/** Add a file, or all files below a folder in order of their names. */
static int add_tree(cJSON *files, int dir, const char *name)
{
    struct stat st;

    /* Not each job has all parts. */
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT && !strchr(name, '/') ? 0 :
               told(AVERROR(errno), name);
    return S_ISDIR(st.st_mode) ? add_folder(files, dir, name) :
                                 add_file(files, dir, name);
}

/** Write the manifest; before it gets its name, all files are on the disk. */
static int write_json(const cJSON *root, const char *work, const char *path)
{
    char *text = cJSON_Print(root);
    char *line = text ? av_asprintf("%s\n", text) : NULL;
    int ret = line ? v360job_store(path, line, work) : AVERROR(ENOMEM);

    av_free(line);
    cJSON_free(text);
    return ret;
}

int v360job_manifest(int argc, char **argv)
{
    static const struct {
        const char *name, *file;
        char end;
        cJSON *(*make)(cJSON *root, const char *name);
        int (*fn)(cJSON *to, char *line);
    } lists[] = {
        { "job",     "info",    0,    cJSON_AddObjectToObject, add_pair },
        { "frames",  "frames",  '\n', cJSON_AddArrayToObject,  add_frame },
        { "sources", "sources", '\n', cJSON_AddArrayToObject,  add_text },
        { "skipped", "skipped", '\n', cJSON_AddArrayToObject,  add_text },
    };
    const char *work = argv[0], *part;
    char *job = av_asprintf("%s/job.json", work);
    int dir = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cJSON *root = job ? v360job_read_json(job) : NULL, *files;
    int ret = !root ? told(AVERROR_INVALIDDATA, "job.json") :
              dir < 0 ? told(AVERROR(errno), work) : 0;

    (void)argc;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists) && ret >= 0; i++)
        ret = each_line(work, lists[i].file, lists[i].end,
                        lists[i].make(root, lists[i].name), lists[i].fn);
    files = cJSON_AddObjectToObject(root, "files");
    for (unsigned i = 0; (part = v360job_part(i)) && ret >= 0; i++)
        ret = add_tree(files, dir, part);
    cJSON_AddNumberToObject(root, "file_count", cJSON_GetArraySize(files));
    if (ret >= 0)
        ret = write_json(root, work, argv[1]);
    cJSON_Delete(root);
    av_free(job);
    if (dir >= 0)
        close(dir);
    return ret < 0;
}
