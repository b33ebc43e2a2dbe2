/*
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
 * v360job manifest and verify: what a finished job holds.
 */

#define _GNU_SOURCE // getline, prctl

#include <dirent.h>
#include <errno.h>
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
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/rational.h"
#include "v360job.h"

static cJSON *read_json(const char *path)
{
    uint8_t *map;
    size_t size;
    cJSON *root;

    if (av_file_map(path, &map, &size, AV_LOG_QUIET, NULL) < 0)
        return NULL;
    root = cJSON_ParseWithLength((const char *)map, size);
    av_file_unmap(map, size);
    return root;
}

/* Calls fn for each line of WORK/NAME; a file that is not there has none. */
static int each_line(const char *work, const char *name, cJSON *to,
                     int (*fn)(cJSON *to, char *line))
{
    char *path = av_asprintf("%s/%s", work, name), *line = NULL;
    FILE *file = path ? fopen(path, "r") : NULL;
    size_t size = 0;
    int ret = 0;

    while (file && ret >= 0 && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        ret = fn(to, line);
    }
    free(line);
    if (file)
        fclose(file);
    av_free(path);
    return ret;
}

static int add_pair(cJSON *to, char *line)
{
    char *value = strchr(line, '=');

    if (!value)
        return 0;
    *value++ = 0;
    return cJSON_AddStringToObject(to, line, value) ? 0 : AVERROR(ENOMEM);
}

static int add_text(cJSON *to, char *line)
{
    return cJSON_AddItemToArray(to, cJSON_CreateString(line)) ? 0 : AVERROR(ENOMEM);
}

/* NUMBER PTS NUM/DEN OFFSET: what ffmpeg's -stats_enc_pre tells of a frame's
 * source, and the microseconds that ffmpeg took off all time stamps. */
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
    pts -= av_rescale_q(-offset, AV_TIME_BASE_Q, tb); // rounded as ffmpeg does
    cJSON_AddNumberToObject(frame, "number", number);
    cJSON_AddNumberToObject(frame, "pts", pts);
    cJSON_AddNumberToObject(frame, "time", pts * av_q2d(tb));
    return cJSON_AddItemToArray(to, frame) ? 0 : AVERROR(ENOMEM);
}

static int add_file(cJSON *files, const char *path, const char *name)
{
    V360JobSum sum;
    int ret = v360job_sum_file(&sum, path);
    cJSON *file;

    if (ret < 0) {
        fprintf(stderr, "%s: %s\n", path, av_err2str(ret));
        return ret;
    }
    file = cJSON_AddObjectToObject(files, name);
    cJSON_AddNumberToObject(file, "size", sum.size);
    cJSON_AddStringToObject(file, "murmur3", sum.hash);
    return 0;
}

/* DIR/NAME, a file or a folder with all below it, in order of name. */
static int add_tree(cJSON *files, const char *dir, const char *name)
{
    char *path = av_asprintf("%s/%s", dir, name);
    struct dirent **entries = NULL;
    struct stat st;
    int n = 0, ret = 0;

    if (!path || stat(path, &st) < 0)
        goto end; // not every job has every part
    if (!S_ISDIR(st.st_mode)) {
        ret = add_file(files, path, name);
        goto end;
    }
    n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && ret >= 0) {
            char *below = av_asprintf("%s/%s", name, entries[i]->d_name);

            ret = below ? add_tree(files, dir, below) : AVERROR(ENOMEM);
            av_free(below);
        }
        free(entries[i]);
    }
    free(entries);

end:
    av_free(path);
    return ret;
}

/* The parts of a job are in WORK until they are published. */
static int add_part(cJSON *files, const char *work, const char *outdir,
                    const char *part)
{
    const int before = cJSON_GetArraySize(files);
    int ret = add_tree(files, work, part);

    if (ret >= 0 && cJSON_GetArraySize(files) == before)
        ret = add_tree(files, outdir, part);
    return ret;
}

static int write_json(const cJSON *root, const char *path)
{
    char *text = cJSON_Print(root);
    char *tmp = av_asprintf("%s.tmp", path);
    FILE *file = text && tmp ? fopen(tmp, "w") : NULL;
    int bad = !file || fputs(text, file) < 0 || fputc('\n', file) < 0;

    if (file)
        bad |= fflush(file) | fsync(fileno(file)) | fclose(file);
    if (!bad)
        bad = rename(tmp, path);
    if (bad)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    av_free(tmp);
    cJSON_free(text);
    return bad != 0;
}

int v360job_manifest(int argc, char **argv)
{
    static const char *const parts[] = {
        "images", "videos", "masks", "rig_config.json", "cameras.txt",
        "database.sh", "transforms.json",
    };
    const char *work = argv[0], *outdir = argv[1];
    char *job = av_asprintf("%s/job.json", work);
    cJSON *root = read_json(job), *list, *files;
    int ret = root ? 0 : AVERROR_INVALIDDATA;

    (void)argc;
    list = cJSON_AddObjectToObject(root, "job");
    if (ret >= 0)
        ret = each_line(work, "info", list, add_pair);
    list = cJSON_AddArrayToObject(root, "frames");
    if (ret >= 0)
        ret = each_line(work, "frames", list, add_frame);
    list = cJSON_AddArrayToObject(root, "sources");
    if (ret >= 0)
        ret = each_line(work, "sources", list, add_text);
    list = cJSON_AddArrayToObject(root, "skipped");
    if (ret >= 0)
        ret = each_line(work, "skipped", list, add_text);
    files = cJSON_AddObjectToObject(root, "files");
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && ret >= 0; i++)
        ret = add_part(files, work, outdir, parts[i]);
    cJSON_AddNumberToObject(root, "file_count", cJSON_GetArraySize(files));
    ret = ret < 0 || write_json(root, argv[2]);
    cJSON_Delete(root);
    av_free(job);
    return ret;
}

/* What is wrong with a file, or NULL. */
static const char *check_file(const char *outdir, const cJSON *file)
{
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(file, "size");
    const cJSON *hash = cJSON_GetObjectItemCaseSensitive(file, "murmur3");
    char *path = av_asprintf("%s/%s", outdir, file->string);
    V360JobSum sum;
    int ret = path ? v360job_sum_file(&sum, path) : AVERROR(ENOMEM);

    av_free(path);
    if (ret == AVERROR(ENOENT))
        return "missing";
    if (ret < 0)
        return "cannot be read";
    if (sum.size != (int64_t)cJSON_GetNumberValue(size))
        return "another size";
    if (!cJSON_IsString(hash) || strcmp(sum.hash, hash->valuestring))
        return "other bytes";
    return NULL;
}

int v360job_verify(int argc, char **argv)
{
    char *path = av_asprintf("%s/manifest.json", argv[0]);
    cJSON *root = read_json(path), *file;
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(root, "files");
    int n = 0, bad = 0;

    (void)argc;
    if (!files) {
        fprintf(stderr, "%s is missing or no manifest\n", path);
        bad = 1;
    }
    cJSON_ArrayForEach(file, files) {
        const char *why = check_file(argv[0], file);

        n++;
        if (why)
            printf("%s: %s\n", file->string, why);
        bad += !!why;
    }
    if (files)
        printf("%d files, %d bad\n", n, bad);
    cJSON_Delete(root);
    av_free(path);
    return bad > 0;
}

/* Masks and poses may lie beside the images, for RealityScan. */
static int is_image(const char *name)
{
    return av_strstart(name, "images/", NULL) && !av_match_ext(name, "xmp") &&
           !strstr(name, ".mask.png");
}

/* Frames are numbered by the order of names in a folder of images, which is
 * the order in which the manifest has them. */
int v360job_missing(int argc, char **argv)
{
    char *path = av_asprintf("%s/manifest.json", argv[0]);
    cJSON *root = read_json(path), *file;
    const char *before = "";
    int number = 0;

    (void)argc;
    cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(root, "files")) {
        const cJSON *size = cJSON_GetObjectItemCaseSensitive(file, "size");
        const char *slash = strrchr(file->string, '/');
        const size_t dir = slash ? slash + 1 - file->string : 0;
        char *full = av_asprintf("%s/%s", argv[0], file->string);
        struct stat st;

        if (strncmp(before, file->string, dir + !dir))
            number = 0;
        number += is_image(file->string);
        before = file->string;
        if (!full || stat(full, &st) < 0 ||
            st.st_size != (int64_t)cJSON_GetNumberValue(size))
            printf("%d %s\n", is_image(file->string) ?
                   number : 0, file->string);
        av_free(full);
    }
    cJSON_Delete(root);
    av_free(path);
    return 0;
}
