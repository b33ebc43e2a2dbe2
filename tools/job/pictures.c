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
 * Many pictures as the source: those of a folder or a glob. Names are bytes.
 */

#define _GNU_SOURCE /* newlocale */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libavcodec/avcodec.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/pixdesc.h"
#include "job.h"

#define ENDINGS "jpg,jpeg,png,tif,tiff,webp,bmp,exr,avif,heic,jxl,dng"

/**
 * Whether a file is a picture by its name. macOS lays a file ._NAME beside
 * each NAME on foreign disks.
 */
static int is_picture_name(const char *name)
{
    return av_match_ext(name, ENDINGS) && strncmp(name, "._", 2);
}

/** Add what a file is that is not taken, in the plural. */
static void add_rest(V360JobTexts *rest, const char *name, mode_t mode)
{
    const char *ext = strrchr(name, '.');
    size_t n = 0;

    while (ext && (av_isdigit(ext[n + 1]) ||
                   (av_tolower(ext[n + 1]) >= 'a' &&
                    av_tolower(ext[n + 1]) <= 'z')))
        n++;
    if (S_ISDIR(mode))
        v360job_add(rest, "folders");
    else if (!mode)
        v360job_add(rest, "links to nothing");
    else if (n >= 1 && n <= 8 && !ext[n + 1])
        v360job_addf(rest, "%s files", ext);
    else
        v360job_add(rest, "other files");
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Say how many of each kind are not taken. */
static void say_rest(V360JobTexts *rest, const char *from)
{
    V360JobTexts kinds = { 0 };
    int last = 0;

    if (rest->nb)
        qsort(rest->text, rest->nb, sizeof(*rest->text), compare_texts);
    for (int i = 1; i <= rest->nb; i++) {
        if (i < rest->nb && !strcmp(rest->text[i], rest->text[last]))
            continue;
        v360job_addf(&kinds, "%s, %d %s", kinds.nb ? kinds.text[kinds.nb - 1] :
                     "", i - last, rest->text[last]);
        last = i;
    }
    if (kinds.nb)
        v360job_say("not taken from %s: %s", from,
                    kinds.text[kinds.nb - 1] + 2);
    v360job_free_texts(&kinds);
}

/**
 * Find out what a file is; a link counts as what it leads to, 0 if that is not
 * there. @return 0, or a negative AVERROR, told
 */
static int find_mode(mode_t *mode, int dir, const char *name)
{
    struct stat st;
    int ret = fstatat(dir, name, &st, 0) < 0 ? AVERROR(errno) : 0;

    *mode = ret < 0 ? 0 : st.st_mode;
    return ret < 0 && ret != AVERROR(ENOENT) && ret != AVERROR(ELOOP) ?
           v360job_cannot("cannot read", name, ret) : 0;
}

/**
 * Put a list into its order, and say what is not in it, unless RET is an
 * error.
 */
static int finish(V360JobTexts *files, V360JobTexts *rest, const char *from,
                  int ret)
{
    if (ret >= 0)
        ret = v360job_texts_ok(files);
    if (ret >= 0)
        ret = v360job_texts_ok(rest);
    if (ret >= 0)
        say_rest(rest, from);
    if (files->nb)
        qsort(files->text, files->nb, sizeof(*files->text),
              v360job_compare_names);
    v360job_free_texts(rest);
    return ret;
}

int v360job_list_folder(V360JobTexts *files, const char *dir)
{
    const size_t n = strlen(dir);
    const char *slash = n && dir[n - 1] == '/' ? "" : "/";
    V360JobTexts rest = { 0 };
    DIR *d = opendir(dir);
    struct dirent *e;
    int ret = 0;

    if (!d)
        return v360job_cannot("cannot read", dir, AVERROR(errno));
    while (ret >= 0 && (errno = 0, e = readdir(d))) {
        mode_t mode;

        ret = find_mode(&mode, dirfd(d), e->d_name);
        if (S_ISREG(mode) && is_picture_name(e->d_name))
            v360job_addf(files, "%s%s%s", dir, slash, e->d_name);
        else if (*e->d_name != '.')
            add_rest(&rest, e->d_name, mode);
    }
    if (ret >= 0 && errno)
        ret = v360job_cannot("cannot read", dir, AVERROR(errno));
    closedir(d);
    return finish(files, &rest, dir, ret);
}

/** What is not there, or not a folder, does not match; other errors count. */
static int is_serious(const char *path, int err)
{
    return err != ENOENT && err != ENOTDIR && err != ELOOP;
}

void v360job_leave_own_out(V360JobTexts *files, const char *outdir)
{
    char *own = av_asprintf("%s/preview.jpg", outdir);
    struct stat st, other;

    if (own && !stat(own, &st)) {
        for (int i = files->nb - 1; i >= 0; i--) {
            const char *name = av_basename(files->text[i]);

            if (!strcmp(name, "preview.jpg") && !stat(files->text[i], &other) &&
                st.st_dev == other.st_dev && st.st_ino == other.st_ino)
                v360job_remove(files, i);
        }
    }
    av_free(own);
}

/** Expand a glob. What a character is does not depend on the user's locale. */
static int expand(const char *pattern, glob_t *found)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
    int ret, err;

    old = utf8 ? uselocale(utf8) : (locale_t)0;
    ret = glob(pattern, GLOB_NOSORT, is_serious, found);
    err = errno;
    if (utf8) {
        uselocale(old);
        freelocale(utf8);
    }
    return !ret || ret == GLOB_NOMATCH ? 0 :
           ret == GLOB_NOSPACE ? AVERROR(ENOMEM) : AVERROR(err);
}

int v360job_list_glob(V360JobTexts *files, const char *pattern)
{
    V360JobTexts rest = { 0 };
    glob_t found = { 0 };
    int ret = expand(pattern, &found);

    if (ret < 0)
        v360job_cannot("cannot read", pattern, ret);
    for (size_t i = 0; ret >= 0 && i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        mode_t mode;

        ret = find_mode(&mode, AT_FDCWD, path);
        if (!S_ISREG(mode))
            add_rest(&rest, av_basename(path), mode);
        else if (strncmp(av_basename(path), "._", 2))
            v360job_add(files, path);
    }
    globfree(&found);
    return finish(files, &rest, pattern, ret);
}

/**
 * @return whether a HEIF is one of tiles: FFmpeg would take a single tile for
 *          the picture
 */
static int has_tiles(const AVFormatContext *ctx, char *buf, size_t size)
{
    for (unsigned i = 0; i < ctx->nb_stream_groups; i++) {
        const AVStreamGroup *group = ctx->stream_groups[i];
        const AVStreamGroupTileGrid *grid = group->params.tile_grid;

        if (group->type != AV_STREAM_GROUP_PARAMS_TILE_GRID ||
            grid->nb_tiles < 2)
            continue;
        snprintf(buf, size, "it is a HEIF of %u tiles, %dx%d in all, of which "
                 "only single ones can be read: convert it to JPEG or PNG",
                 grid->nb_tiles, grid->width, grid->height);
        return 1;
    }
    return 0;
}

const char *v360job_why_unreadable(const V360JobStream *s, const char *path,
                                   int err, char *buf, size_t size)
{
    const AVCodecParameters *par = s->st ? s->st->codecpar : NULL;
    const char *why = NULL;

    if (s->ctx && has_tiles(s->ctx, buf, size))
        return buf;
    if (par && err == AVERROR_DECODER_NOT_FOUND) {
        snprintf(buf, size, "it is %s, for which this FFmpeg has no decoder: "
                 "convert it to %s", avcodec_get_name(par->codec_id),
                 v360job_is_picture(s->ctx) ? "JPEG or PNG" : "H.264");
        return buf;
    }
    if (err == AVERROR_STREAM_NOT_FOUND)
        return "no video or picture in it";
    if (err == AVERROR_DEMUXER_NOT_FOUND)
        return "it is a list of other files, of which give one";
    if (err < 0) {
        av_strlcpy(buf, av_err2str(err), size);
        return buf;
    }
    if (!v360job_is_picture(s->ctx))
        return NULL;
    err = v360job_is_cut_off(path, par->codec_id);
    if (err > 0)
        return "cut off";
    if (err >= 0 && par->codec_id == AV_CODEC_ID_TIFF)
        err = v360job_bad_tiff(&why, path);
    if (err >= 0)
        return why;
    av_strlcpy(buf, av_err2str(err), size);
    return buf;
}

/**
 * Describe a picture, so that those that are alike have the same text.
 *
 * @return 0 or a negative AVERROR
 */
static int describe(char *what, size_t size, V360JobStream *s,
                    const char *path, const V360JobOptions *o)
{
    const AVCodecParameters *par = s->st->codecpar;
    const int orientation = v360job_orientation(path);
    const int rotation = v360job_rotation(NULL, s->st);
    int w = par->width, h = par->height, ret;
    enum AVPixelFormat format = par->format;
    V360JobArea area = { 0 };
    char bad[64] = "";

    if (w <= 0 || h <= 0 || !av_get_pix_fmt_name(format)) {
        ret = v360job_first_frame(s); /* tells why, or knows it */
        if (ret < 0)
            return ret;
        w      = s->frame->width;
        h      = s->frame->height;
        format = s->frame->format;
    }
    snprintf(what, size, "%dx%d %s", w, h, av_get_pix_fmt_name(format));
    if (orientation != 1)
        av_strlcatf(what, size, " that EXIF turns (%d)", orientation);
    if (rotation)
        av_strlcatf(what, size, " that is turned by %d degrees", rotation);
    if (orientation < 0)
        return orientation;
    if (o->projection) /* then nobody asks what the pictures show */
        return 0;
    v360job_read_bounds(&area, bad, par, w, h);
    ret = v360job_read_area(&area, bad, path, w, h);
    if (*bad)
        av_strlcatf(what, size, " of %s", bad);
    else if (area.w)
        av_strlcatf(what, size, " of %dx%d+%d+%d", area.w, area.h, area.x,
                    area.y);
    return ret;
}

/** Look at a picture's header. @return whether it can be read */
static int scan(char *what, size_t size, const char *path,
                const V360JobOptions *o)
{
    V360JobStream s;
    int ret = v360job_open_stream(&s, path, -1, 0);
    const char *why = v360job_why_unreadable(&s, path, ret, what, size);

    if (!why && !v360job_is_picture(s.ctx))
        why = "it is a video, which has to be given alone";
    if (!why) {
        ret = describe(what, size, &s, path, o);
        if (ret < 0) {
            av_strlcpy(what, av_err2str(ret), size);
            why = what;
        }
    }
    if (why && why != what)
        av_strlcpy(what, why, size);
    v360job_close_stream(&s);
    return !why;
}

int v360job_leave_out(V360JobSource *source, int index, const char *reason)
{
    const char *path = source->files.text[index];

    v360job_warn("left out: %s: %s", path, reason);
    v360job_addf(&source->skipped, "%s: %s", path, reason);
    v360job_remove(&source->files, index);
    return v360job_texts_ok(&source->skipped);
}

int v360job_refuse_picture(V360JobSource *source, const V360JobOptions *o,
                           int index, const char *reason)
{
    return o->keep_going ? v360job_leave_out(source, index, reason) :
           v360job_error("cannot use %s: %s; --keep-going leaves it out",
                         source->files.text[index], reason);
}

int v360job_scan_pictures(V360JobSource *source, const V360JobOptions *o)
{
    char what[256] = "", first[256] = "", text[600];
    V360JobTexts *files = &source->files;

    for (int i = 0; i < files->nb;) {
        const int can_read = scan(what, sizeof(what), files->text[i], o);
        int ret;

        if (v360job_stopped)
            return AVERROR_EXIT;
        if (can_read && (!*first || !strcmp(what, first))) {
            av_strlcpy(first, what, sizeof(first));
            i++;
            continue;
        }
        if (can_read)
            snprintf(text, sizeof(text), "it is %s, the first one is %s", what,
                     first);
        else
            av_strlcpy(text, what, sizeof(text));
        ret = v360job_refuse_picture(source, o, i, text);
        if (ret < 0)
            return ret;
    }
    return files->nb ? 0 :
           v360job_error("cannot read any picture of %s: %s", source->name,
                         *what ? what : "none of them can be opened");
}
