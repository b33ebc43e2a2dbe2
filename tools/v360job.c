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
 * Bookkeeping for scripts/split360: what a shell cannot do well. This file has
 * the settings of a job; the other commands have files of their own.
 */

#define _GNU_SOURCE // O_CLOEXEC, pread

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/hash.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "tools/job/job.h"

#define MIB (INT64_C(1) << 20)

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360job settings FILE KEY=VALUE...\n"
            "       v360job differ FILE FILE\n"
            "       v360job source FILE...\n"
            "       v360job scan LIST\n"
            "       v360job frames FILE STREAM\n"
            "       v360job levels\n"
            "       v360job circles\n"
            "       v360job private OUTDIR\n"
            "       v360job lock FD FILE SECONDS\n"
            "       v360job run [OPTION]... -- COMMAND...\n"
            "       v360job whole EXT number|pts MARK|- VIEW...\n"
            "       v360job manifest WORK FILE\n"
            "       v360job verify OUTDIR\n"
            "       v360job missing OUTDIR\n"
            "       v360job put WORK OUTDIR\n"
            "       v360job store FILE <TEXT\n"
            "       v360job flush DIR\n"
            "       v360job link FILE <LIST\n"
            "\n"
            "settings  write the settings of a job as JSON\n"
            "differ    print what differs between the settings of two jobs;\n"
            "          exit status 3 if something does\n"
            "source    print size and SHA-256 of first and last MiB of files\n"
            "scan      print what each picture named in LIST is\n"
            "frames    print how many frames of an MP4 are shown, and their seconds\n"
            "levels    print the least and the greatest byte of the standard input\n"
            "circles   exit status 0 if gray samples there, 128x64, show two\n"
            "          circles of fisheye lenses\n"
            "private   make OUTDIR/.split360, or see that it is ours\n"
            "lock      lock FILE, which the caller has open as FD\n"
            "run       run ffmpeg, show its progress, end it when this ends\n"
            "whole     print how many frames are whole in the folders of all\n"
            "          views, and older than the file MARK\n"
            "manifest  write FILE about the finished job in WORK\n"
            "verify    compare the files of OUTDIR with its manifest.json\n"
            "missing   print files of the manifest that are not in OUTDIR, are\n"
            "          of another size or cut off, each after the number of the\n"
            "          frame that it shows, or 0\n"
            "put       move these from WORK to OUTDIR\n"
            "store     write FILE, which is whole or not there at any time\n"
            "flush     have all data of DIR's file system on the disk\n"
            "link      give FILE all names in the list, as hard links\n");
    return to == stderr ? 2 : 0;
}

static int hash_parts(V360JobSum *sum, int fd, struct AVHashContext *hash,
                      int64_t first, int64_t last)
{
    uint8_t *buf = av_malloc(MIB);
    int64_t pos = 0;
    ssize_t got = buf ? 0 : -1;

    while (buf && pos < sum->size && (got = pread(fd, buf, MIB, pos)) > 0) {
        av_hash_update(hash, buf, got);
        pos += got;
        if (pos >= first && pos < sum->size - last)
            pos = sum->size - last;
    }
    av_free(buf);
    if (got < 0)
        return buf ? AVERROR(errno) : AVERROR(ENOMEM);
    return pos < sum->size ? AVERROR(EIO) : 0; // it became shorter
}

static int sum_parts(V360JobSum *sum, int fd, const char *algorithm,
                     int64_t first, int64_t last)
{
    struct AVHashContext *hash = NULL;
    struct stat st;
    int ret = av_hash_alloc(&hash, algorithm);

    if (ret < 0)
        return ret;
    av_hash_init(hash);
    if (fstat(fd, &st) < 0) {
        ret = AVERROR(errno);
    } else {
        sum->size = st.st_size;
        ret = hash_parts(sum, fd, hash, first, last);
    }
    av_hash_final_hex(hash, (uint8_t *)sum->hash, sizeof(sum->hash));
    av_hash_freep(&hash);
    return ret;
}

int v360job_sum_file(V360JobSum *sum, int fd)
{
    return sum_parts(sum, fd, "MURMUR3", INT64_MAX, 0);
}

int v360job_sum_source(V360JobSum *sum, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int ret = fd < 0 ? AVERROR(errno) : sum_parts(sum, fd, "SHA256", MIB, MIB);

    if (fd >= 0)
        close(fd);
    return ret;
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

/* The text comes from stdin. */
static int store(const char *path)
{
    struct AVBPrint text;
    char buf[4096];
    size_t got;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    while ((got = fread(buf, 1, sizeof(buf), stdin)) > 0)
        av_bprint_append_data(&text, buf, got);
    ret = ferror(stdin) || !av_bprint_is_complete(&text) ? AVERROR(EIO) :
          v360job_store(path, text.str, NULL);
    av_bprint_finalize(&text, NULL);
    return ret < 0;
}

static int flush_disk(const char *dir)
{
    const int ret = v360job_flush(dir);

    if (ret < 0)
        fprintf(stderr, "%s: %s\n", dir, av_err2str(ret));
    return ret < 0;
}

static int settings(int argc, char **argv)
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

cJSON *v360job_read_json(const char *path)
{
    struct stat st;
    uint8_t *map;
    size_t size;
    cJSON *root;

    // A FIFO that nobody writes to must not stop the program.
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return NULL;
    if (av_file_map(path, &map, &size, AV_LOG_QUIET, NULL) < 0)
        return NULL;
    root = cJSON_ParseWithLength((const char *)map, size);
    av_file_unmap(map, size);
    return root;
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

/* The commands that have a file of their own, with the number of their
 * arguments, or, if it is negative, with that many at least. */
static const struct {
    const char *name;
    int argc;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "scan", 1, v360job_scan },
    { "frames", 2, v360job_frames },
    { "levels", 0, v360job_levels },
    { "circles", 0, v360job_circles },
    { "run", -1, v360job_run },
    { "whole", -4, v360job_whole },
    { "manifest", 2, v360job_manifest },
    { "verify", 1, v360job_verify },
    { "missing", 1, v360job_missing },
    { "put", 2, v360job_put },
    { "private", 1, v360job_private },
    { "lock", 3, v360job_lock },
    { "link", 1, v360job_link },
};

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
    if (!strcmp(command, "store") && argc == 3)
        return store(argv[2]);
    if (!strcmp(command, "flush") && argc == 3)
        return flush_disk(argv[2]);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        const int n = commands[i].argc;

        if (!strcmp(command, commands[i].name) &&
            (n < 0 ? argc - 2 >= -n : argc - 2 == n))
            return commands[i].run(argc - 2, argv + 2);
    }
    return usage(stderr);
}
