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
 * v360job verify, missing and put: compare a finished job with its manifest,
 * and repair it. The manifest may come from anywhere, so its names are checked
 * before they are used.
 */

#define _GNU_SOURCE /* O_CLOEXEC, renameat */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "job.h"

typedef struct Manifest {
    cJSON *root;
    const cJSON *files;
    int dir;            ///< OUTDIR
} Manifest;

static int open_manifest(Manifest *m, const char *outdir)
{
    char *path = av_asprintf("%s/manifest.json", outdir);

    m->root = path ? v360job_read_json(path) : NULL;
    m->files = cJSON_GetObjectItemCaseSensitive(m->root, "files");
    m->dir = open(outdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    av_free(path);
    if (cJSON_IsObject(m->files) && m->dir >= 0)
        return 0;
    m->files = NULL;
    fprintf(stderr, "%s/manifest.json is missing or no manifest\n", outdir);
    return -1;
}

static void close_manifest(Manifest *m)
{
    cJSON_Delete(m->root);
    if (m->dir >= 0)
        close(m->dir);
}

/** @return the size in the manifest, or -1 if a file cannot have it */
static int64_t size_of(const cJSON *file)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(file, "size");
    const double size = cJSON_IsNumber(item) ? item->valuedouble : -1;

    return size >= 0 && size < 9007199254740992.0 ? (int64_t)size : -1;
}

static const char *reason(int err)
{
    switch (err) {
    case AVERROR(ENOENT):  return "missing";
    case AVERROR(ELOOP):
    case AVERROR(ENOTDIR): return "a link, or behind one";
    case AVERROR(EINVAL):  return "no regular file";
    default:               return "cannot be read";
    }
}

/** @return what is wrong with a file, or NULL */
static const char *check_file(int dir, const cJSON *file)
{
    const cJSON *hash = cJSON_GetObjectItemCaseSensitive(file, "murmur3");
    V360JobSum sum;
    int fd, ret;

    if (!v360job_name_ok(file->string))
        return "not the name of a job's file";
    fd = v360job_open(dir, file->string);
    if (fd < 0)
        return reason(fd);
    ret = v360job_sum_file(&sum, fd);
    close(fd);
    if (ret < 0)
        return reason(ret);
    if (sum.size != size_of(file))
        return "another size";
    if (!cJSON_IsString(hash) || strcmp(sum.hash, hash->valuestring))
        return "other bytes";
    return NULL;
}

int v360job_verify(int argc, char **argv)
{
    Manifest m;
    const cJSON *file;
    int n = 0, bad = 0, ret = open_manifest(&m, argv[0]);

    (void)argc;
    cJSON_ArrayForEach(file, m.files) {
        const char *why = check_file(m.dir, file);

        n++;
        bad += !!why;
        if (why) {
            v360job_print(stdout, file->string);
            printf(": %s\n", why);
        }
    }
    if (ret >= 0)
        printf("%d files, %d bad\n", n, bad);
    close_manifest(&m);
    return ret < 0 || bad > 0;
}

/**
 * @return 1 if a file is to be made again, because it is missing, cut off or of
 *         another size; -1, logged, if something is in its place that is no
 *         accident, for example a link
 */
static int is_gone(int dir, const cJSON *file)
{
    struct stat st;
    int fd = AVERROR(EINVAL), gone;

    if (v360job_name_ok(file->string)) {
        fd = v360job_open(dir, file->string);
        if (fd == AVERROR(ENOENT) || fd == AVERROR(EIO))
            return 1;
    }
    if (fd < 0) {
        v360job_print(stderr, file->string);
        fprintf(stderr, ": %s\n", v360job_name_ok(file->string) ?
                reason(fd) : "not the name of a job's file");
        return -1;
    }
    gone = fstat(fd, &st) < 0 || st.st_size != size_of(file) ||
           !v360job_is_ended(fd, file->string, st.st_size);
    close(fd);
    return gone;
}

/** @return whether it is an image; masks and poses may lie beside images */
static int is_image(const char *name)
{
    return av_strstart(name, "images/", NULL) && !av_match_ext(name, "xmp") &&
           !strstr(name, ".mask.png");
}

/* The number of a frame is the place of its name in its folder of images, and
 * the manifest has the names in that order. */
int v360job_missing(int argc, char **argv)
{
    Manifest m;
    const cJSON *file;
    const char *before = "";
    int number = 0, ret = open_manifest(&m, argv[0]);

    (void)argc;
    cJSON_ArrayForEach(file, m.files) {
        const char *slash = strrchr(file->string, '/');
        const size_t dir = slash ? slash + 1 - file->string : 0;

        if (strncmp(before, file->string, dir + !dir))
            number = 0;
        number += is_image(file->string);
        before = file->string;
        ret = is_gone(m.dir, file);
        if (ret < 0)
            break;
        if (ret)
            printf("%d %s\n", is_image(file->string) ? number : 0,
                   file->string);
    }
    close_manifest(&m);
    return ret < 0;
}

static int put_one(int work, int dir, const char *name)
{
    const char *base;
    int from = v360job_parent(work, name, &base, 0);
    int to = from < 0 ? from : v360job_parent(dir, name, &base, 1);
    int ret = to < 0 ? to : 0;

    if (ret >= 0 && renameat(from, base, to, base) < 0)
        ret = AVERROR(errno);
    if (ret < 0)
        fprintf(stderr, "%s: %s\n", name, av_err2str(ret));
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return ret;
}

/* The data are on the disk before the files get their names in OUTDIR. */
int v360job_put(int argc, char **argv)
{
    Manifest m;
    const cJSON *file;
    int work = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int ret = open_manifest(&m, argv[1]);

    (void)argc;
    if (ret >= 0)
        ret = work < 0 ? AVERROR(errno) : v360job_flush(argv[0]);
    cJSON_ArrayForEach(file, m.files) {
        if (ret >= 0)
            ret = is_gone(m.dir, file);
        if (ret > 0)
            ret = put_one(work, m.dir, file->string);
        if (ret < 0)
            break;
    }
    if (ret >= 0)
        ret = v360job_flush(argv[1]);
    close_manifest(&m);
    if (work >= 0)
        close(work);
    return ret < 0;
}
