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
 * Bookkeeping for scripts/split360: what a shell cannot do well. This file has
 * the settings of a job; the other commands have files of their own.
 */

#define _GNU_SOURCE // getline, prctl

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/hash.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "v360job.h"

#define MIB (INT64_C(1) << 20)

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360job settings FILE KEY=VALUE...\n"
            "       v360job differ FILE FILE\n"
            "       v360job source FILE...\n"
            "       v360job scan LIST\n"
            "       v360job run [OPTION]... -- COMMAND...\n"
            "       v360job manifest WORK OUTDIR FILE\n"
            "       v360job verify OUTDIR\n"
            "       v360job missing OUTDIR\n"
            "       v360job link FILE <LIST\n"
            "\n"
            "settings  write the settings of a job as JSON\n"
            "differ    print what differs between the settings of two jobs;\n"
            "          exit status 3 if something does\n"
            "source    print size and SHA-256 of first and last MiB of files\n"
            "scan      print what each picture named in LIST is\n"
            "run       run ffmpeg, show its progress, end it when this ends\n"
            "manifest  write FILE about the finished job in WORK and OUTDIR\n"
            "verify    compare the files of OUTDIR with its manifest.json\n"
            "missing   print files of the manifest that are not in OUTDIR, each\n"
            "          after the number of the frame that it shows, or 0\n"
            "link      give FILE all names in the list, as hard links\n");
    return to == stderr ? 2 : 0;
}

static int sum_parts(V360JobSum *sum, const char *path, const char *algorithm,
                     int64_t first, int64_t last)
{
    FILE *file = fopen(path, "rb");
    struct AVHashContext *hash = NULL;
    uint8_t *buf = av_malloc(MIB);
    int64_t pos = 0;
    size_t got;
    int ret;

    sum->size = 0;
    ret = !file ? AVERROR(errno) : !buf ? AVERROR(ENOMEM)
                                        : av_hash_alloc(&hash, algorithm);
    if (ret < 0)
        goto end;
    av_hash_init(hash);
    if (fseeko(file, 0, SEEK_END) < 0 || (sum->size = ftello(file)) < 0 ||
        fseeko(file, 0, SEEK_SET) < 0) {
        ret = AVERROR(errno);
        goto end;
    }
    while ((got = fread(buf, 1, MIB, file)) > 0) {
        av_hash_update(hash, buf, got);
        pos += got;
        if (pos >= first && pos < sum->size - last) {
            pos = sum->size - last;
            if (fseeko(file, pos, SEEK_SET) < 0)
                break;
        }
    }
    if (ferror(file))
        ret = AVERROR(EIO);
    av_hash_final_hex(hash, (uint8_t *)sum->hash, sizeof(sum->hash));

end:
    av_hash_freep(&hash);
    av_free(buf);
    if (file)
        fclose(file);
    return ret;
}

int v360job_sum_file(V360JobSum *sum, const char *path)
{
    return sum_parts(sum, path, "MURMUR3", INT64_MAX, 0);
}

int v360job_sum_source(V360JobSum *sum, const char *path)
{
    return sum_parts(sum, path, "SHA256", MIB, MIB);
}

static int source(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        V360JobSum sum;
        int ret = v360job_sum_source(&sum, argv[i]);

        if (ret < 0) {
            fprintf(stderr, "%s: %s\n", argv[i], av_err2str(ret));
            return 1;
        }
        printf("%lld %s\n", (long long)sum.size, sum.hash);
    }
    return 0;
}

static int write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    int bad = !file || fputs(text, file) < 0 || fputc('\n', file) < 0;

    if (file)
        bad |= fflush(file) | fsync(fileno(file)) | fclose(file);
    if (bad)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return bad != 0;
}

static int settings(int argc, char **argv)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *list = cJSON_AddObjectToObject(root, "settings");
    char *text;
    int ret = 1;

    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (!value)
            goto end;
        *value++ = 0;
        cJSON_AddStringToObject(list, argv[i], value);
    }
    text = cJSON_Print(root);
    if (text)
        ret = write_text(argv[0], text);
    cJSON_free(text);

end:
    cJSON_Delete(root);
    return ret;
}

static cJSON *read_settings(const char *path)
{
    uint8_t *map;
    size_t size;
    cJSON *root, *list = NULL;

    if (av_file_map(path, &map, &size, AV_LOG_QUIET, NULL) < 0)
        return NULL;
    root = cJSON_ParseWithLength((const char *)map, size);
    av_file_unmap(map, size);
    if (root)
        list = cJSON_DetachItemFromObjectCaseSensitive(root, "settings");
    cJSON_Delete(root);
    return list;
}

static const char *setting(const cJSON *list, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(list, key);
    const char *value = cJSON_GetStringValue(item);

    return value && *value ? value : "none";
}

static int print_difference(const char *key, const cJSON *a, const cJSON *b)
{
    const char *was = setting(a, key), *is = setting(b, key);

    if (!strcmp(was, is))
        return 0;
    printf("%s: was %s, now %s\n", key, was, is);
    return 3;
}

static int differ(const char *old_path, const char *new_path)
{
    cJSON *a = read_settings(old_path), *b = read_settings(new_path), *item;
    int ret = 0;

    if (!a || !b) {
        printf("%s: not the settings of a job\n", a ? new_path : old_path);
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

static int link_all(const char *file)
{
    char *line = NULL;
    size_t size = 0;
    int ret = 0;

    while (!ret && getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (link(file, line) < 0 && errno != EEXIST) {
            fprintf(stderr, "%s: %s\n", line, strerror(errno));
            ret = 1;
        }
    }
    free(line);
    return ret;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (!strcmp(command, "--help"))
        return usage(stdout);
    if (!strcmp(command, "settings") && argc > 2)
        return settings(argc - 2, argv + 2);
    if (!strcmp(command, "differ") && argc == 4)
        return differ(argv[2], argv[3]);
    if (!strcmp(command, "source") && argc > 2)
        return source(argc - 2, argv + 2);
    if (!strcmp(command, "scan") && argc == 3)
        return v360job_scan(argc - 2, argv + 2);
    if (!strcmp(command, "run") && argc > 2)
        return v360job_run(argc - 2, argv + 2);
    if (!strcmp(command, "manifest") && argc == 5)
        return v360job_manifest(argc - 2, argv + 2);
    if (!strcmp(command, "verify") && argc == 3)
        return v360job_verify(argc - 2, argv + 2);
    if (!strcmp(command, "missing") && argc == 3)
        return v360job_missing(argc - 2, argv + 2);
    if (!strcmp(command, "link") && argc == 3)
        return link_all(argv[2]);
    return usage(stderr);
}
