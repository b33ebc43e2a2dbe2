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
 * Compares a finished job with its manifest, and finds what it lacks. The
 * manifest may come from anywhere, so its names are checked before they are
 * used.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

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
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "folder.h"

typedef struct Manifest {
    cJSON *root;
    const cJSON *files;
    int dir;            ///< OUTDIR, -1 if it is not open
    int folder;         ///< that of the last file, -1 if it is not open
    const char *last;   ///< the last file
} Manifest;

/** Open OUTDIR, and read its manifest. */
static int open_manifest(Manifest *m, const char *outdir)
{
    int ret = 0;

    *m = (Manifest){ .folder = -1 };
    m->dir = open(outdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->dir < 0 && (errno == ENOENT || errno == ENOTDIR))
        return v360job_error("no such folder: %s", outdir);
    if (m->dir < 0)
        return v360job_cannot("cannot read", outdir, AVERROR(errno));
    m->root  = v360job_json_at(m->dir, "manifest.json", &ret);
    m->files = cJSON_GetObjectItemCaseSensitive(m->root, "files");
    if (cJSON_IsObject(m->files))
        return 0;
    m->files = NULL;
    if (ret < 0 && ret != AVERROR(ENOENT) && ret != AVERROR_INVALIDDATA)
        return v360job_error("cannot read %s/manifest.json: %s", outdir,
                             av_err2str(ret));
    return v360job_error("%s/manifest.json is missing or no manifest", outdir);
}

static void close_manifest(Manifest *m)
{
    cJSON_Delete(m->root);
    if (m->folder >= 0)
        close(m->folder);
    if (m->dir >= 0)
        close(m->dir);
}

/** Open a file of the manifest. Most lie beside the one before. */
static int open_file(Manifest *m, const char *name, struct stat *st)
{
    const char *slash = strrchr(name, '/');
    const size_t dir = slash ? slash + 1 - name : 0;

    if (m->folder < 0 || strncmp(m->last, name, dir) ||
        strchr(m->last + dir, '/')) {
        const char *base;

        if (m->folder >= 0)
            close(m->folder);
        m->folder = v360job_parent(m->dir, name, &base, 0);
        m->last   = name;
    }
    return m->folder < 0 ? m->folder :
           v360job_open_file(m->folder, name + dir, st);
}

/** @return the size in the manifest, or -1 if a file cannot have it */
static int64_t size_of(const cJSON *file)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(file, "size");
    const double size = cJSON_IsNumber(item) ? item->valuedouble : -1;

    return size >= 0 && size < 9007199254740992.0 ? (int64_t)size : -1;
}

typedef struct Why {
    char text[96];      ///< what is wrong with a file; "": nothing
} Why;

static const Why bad_name = { "not the name of a job's file" };

static Why reason(int err)
{
    Why why;

    switch (err) {
    case AVERROR(ENOENT):  return (Why){ "missing" };
    case AVERROR(ELOOP):
    case AVERROR(ENOTDIR): return (Why){ "a link, or behind one" };
    case AVERROR(EINVAL):  return (Why){ "no regular file" };
    }
    snprintf(why.text, sizeof(why.text), "cannot be read: %s",
             av_err2str(err));
    return why;
}

/**
 * @return what is wrong with a file; *stop is set if the user has ended the
 *          program
 */
static Why check_file(Manifest *m, const cJSON *file, int *stop)
{
    const cJSON *hash = cJSON_GetObjectItemCaseSensitive(file, "murmur3");
    V360JobSum sum;
    struct stat st;
    int fd, ret;

    if (!v360job_name_ok(file->string))
        return bad_name;
    fd = open_file(m, file->string, &st);
    if (fd < 0)
        return reason(fd);
    ret = v360job_sum_file(&sum, fd);
    close(fd);
    *stop = ret == AVERROR_EXIT;
    if (ret < 0)
        return reason(ret);
    if (sum.size != size_of(file))
        return (Why){ "another size" };
    if (!cJSON_IsString(hash) || strcmp(sum.hash, hash->valuestring))
        return (Why){ "other bytes" };
    return (Why){ "" };
}

int v360job_verify(const char *outdir)
{
    Manifest m;
    const cJSON *file;
    int nb = 0, bad = 0, stop = 0, ret = open_manifest(&m, outdir);

    cJSON_ArrayForEach(file, m.files) {
        const Why why = check_file(&m, file, &stop);

        if (stop)
            break;
        nb++;
        if (!*why.text)
            continue;
        bad++;
        v360job_print(stdout, file->string);
        printf(": %s\n", why.text);
    }
    if (ret >= 0 && !stop)
        printf("%d files, %d bad\n", nb, bad);
    fflush(stdout);
    close_manifest(&m);
    if (bad && !stop)
        return v360job_error("%s is not as its manifest.json says; delete what "
                             "is bad, and the command that made it makes it "
                             "anew", outdir);
    return stop ? AVERROR_EXIT : ret;
}

int v360job_check_result(const V360JobFolder *folder)
{
    Manifest m;
    const cJSON *file;
    AVBPrint text;
    int bad = 0, stop = 0, ret = open_manifest(&m, folder->outdir);

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    cJSON_ArrayForEach(file, m.files) {
        const Why why = check_file(&m, file, &stop);

        if (stop)
            break;
        if (!*why.text)
            continue;
        if (bad++ < 3)
            av_bprintf(&text, "%s%s: %s", bad > 1 ? "; " : "", file->string,
                       why.text);
    }
    if (bad && !stop)
        ret = v360job_error("%s is still bad: %s%s", folder->outdir, text.str,
                            bad > 3 ? "; and others" : "");
    av_bprint_finalize(&text, NULL);
    close_manifest(&m);
    return stop ? AVERROR_EXIT : ret;
}

/** Tell why a job cannot be mended. */
static int told(const char *outdir, const char *name, Why why)
{
    return v360job_error("cannot repair %s: %s: %s; --force begins anew",
                         outdir, name, why.text);
}

/**
 * @return 1 if a file is to be made again, because it is missing, cut off or of
 *         another size; a negative AVERROR, told, if something is in its place
 *         that is no accident, for example a link
 */
static int is_gone(Manifest *m, const char *outdir, const cJSON *file)
{
    struct stat st;
    int fd, gone;

    if (!v360job_name_ok(file->string))
        return told(outdir, file->string, bad_name);
    fd = open_file(m, file->string, &st);
    if (fd == AVERROR(ENOENT) || fd == AVERROR(EIO))
        return 1;
    if (fd < 0)
        return told(outdir, file->string, reason(fd));
    gone = st.st_size != size_of(file) ||
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

/**
 * Find the number of the frame that an image shows, by its name or by the place
 * of its name in its folder: the manifest has the names in that order.
 */
static int frame_of(const char *name, int is_numbered, int place)
{
    const char *base = strrchr(name, '/') + 1;
    const size_t digits = strspn(base, "0123456789");

    return is_numbered && digits && digits < 10 ? strtol(base, NULL, 10) :
           place;
}

static int add_gone(V360JobGone **gone, int *nb_gone, const char *name,
                    int frame)
{
    const int nb = *nb_gone;
    V360JobGone *more = *gone;

    /* The room doubles: the list is full at powers of two. */
    if (!(nb & (nb - 1)))
        more = av_realloc_array(more, FFMAX(2 * (size_t)nb, 1), sizeof(*more));
    if (!more)
        return AVERROR(ENOMEM);
    *gone = more;
    more[nb] = (V360JobGone){ av_strdup(name), frame };
    *nb_gone += !!more[nb].name;
    return more[nb].name ? 0 : AVERROR(ENOMEM);
}

int v360job_find_gone(V360JobGone **gone, int *nb_gone, const char *outdir)
{
    Manifest m;
    const cJSON *file, *names;
    const char *before = "";
    int place = 0, is_numbered, ret = open_manifest(&m, outdir);

    *gone    = NULL;
    *nb_gone = 0;
    names = cJSON_GetObjectItemCaseSensitive(m.root, "settings");
    names = cJSON_GetObjectItemCaseSensitive(names, "names");
    is_numbered = cJSON_IsString(names) &&
                  !strcmp(names->valuestring, "number");
    cJSON_ArrayForEach(file, m.files) {
        const char *name = file->string, *slash = strrchr(name, '/');
        const size_t dir = slash ? slash + 1 - name : 0;
        const int has_frame = is_image(name);

        if (strncmp(before, name, dir + !dir))
            place = 0;
        place += has_frame;
        before = name;
        ret = is_gone(&m, outdir, file);
        if (ret > 0 && add_gone(gone, nb_gone, name, has_frame ?
                                frame_of(name, is_numbered, place) : 0) < 0)
            ret = v360job_cannot("cannot repair", outdir, AVERROR(ENOMEM));
        if (ret < 0)
            break;
    }
    close_manifest(&m);
    return FFMIN(ret, 0);
}

void v360job_free_gone(V360JobGone **gone, int nb_gone)
{
    for (int i = 0; i < nb_gone; i++)
        av_free((*gone)[i].name);
    av_freep(gone);
}
