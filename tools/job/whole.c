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
 * The images of an unfinished job: counts the frames that are whole in all
 * views, lists images, and drops some. After a power cut, the images that were
 * written shortly before it may be empty.
 */

#define _GNU_SOURCE /* openat */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "folder.h"

typedef struct View {
    int fd;             ///< its folder
    V360JobTexts names; ///< its images, in order of time, if they are named
} View;

/** The directory is the last that FFmpeg's encoder of TIFF writes. */
static int tiff_is_ended(int fd, int64_t size)
{
    uint8_t buf[8];
    int64_t at;

    if (pread(fd, buf, 8, 0) != 8 || memcmp(buf, "II*", 4))
        return 0;
    at = AV_RL32(buf + 4);
    return pread(fd, buf, 2, at) == 2 &&
           at + 2 + 12 * AV_RL16(buf) + 4 == size;
}

/* The ends are those of FFmpeg's encoders, which write nothing behind them. */
int v360job_is_ended(int fd, const char *name, int64_t size)
{
    static const uint8_t jpeg[] = { 0xff, 0xd9 };
    static const uint8_t png[] = { 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
    const int is_png = av_match_ext(name, "png");
    const uint8_t *end = is_png ? png : jpeg;
    const size_t n = is_png ? sizeof(png) : sizeof(jpeg);
    uint8_t buf[sizeof(png)];

    if (av_match_ext(name, "tif"))
        return tiff_is_ended(fd, size);
    if (!is_png && !av_match_ext(name, "jpg"))
        return 1;
    return size > (int64_t)n && pread(fd, buf, n, size - n) == (ssize_t)n &&
           !memcmp(buf, end, n);
}

static int is_whole(int dir, const char *name, const struct timespec *mark)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    int whole;

    if (fd < 0)
        return 0;
    whole = fstat(fd, &st) >= 0 && S_ISREG(st.st_mode) &&
            (!mark || st.st_mtim.tv_sec < mark->tv_sec ||
             (st.st_mtim.tv_sec == mark->tv_sec &&
              st.st_mtim.tv_nsec < mark->tv_nsec)) &&
            v360job_is_ended(fd, name, st.st_size);
    close(fd);
    return whole;
}

/**
 * Compare zero-padded numbers, which are longer where the zeros are not
 * enough.
 */
static int by_number(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    const size_t n = strlen(x), m = strlen(y);

    return n != m ? (n > m) - (n < m) : strcmp(x, y);
}

/** Take what is no image off a list. Masks may lie beside images. */
static void keep_images(V360JobTexts *names, const char *ext)
{
    int nb = 0;

    for (int i = 0; i < names->nb; i++) {
        char *name = names->text[i];

        if (av_match_ext(name, ext) && !strstr(name, ".mask.png"))
            names->text[nb++] = name;
        else
            av_free(name);
    }
    if (names->text)
        names->text[nb] = NULL;
    names->nb = nb;
}

static int open_view(View *view, int images, const char *name, const char *ext,
                     int named)
{
    int ret;

    view->fd = v360job_open_folder_at(images, name, 0);
    if (view->fd < 0 || !named)
        return FFMIN(view->fd, 0);
    ret = v360job_list(view->fd, ".", &view->names);
    keep_images(&view->names, ext);
    if (view->names.nb)
        qsort(view->names.text, view->names.nb, sizeof(*view->names.text),
              by_number);
    return ret;
}

static void close_views(View *views, int nb_views)
{
    for (int i = 0; views && i < nb_views; i++) {
        v360job_free_texts(&views[i].names);
        if (views[i].fd >= 0)
            close(views[i].fd);
    }
    av_free(views);
}

/** @return whether frame N, from 0 on, is whole in all views, under one name */
static int frame_is_whole(const View *views, int nb_views, int n,
                          const char *ext, int named,
                          const struct timespec *mark)
{
    char number[64];
    const char *name = number;

    snprintf(number, sizeof(number), "%06d.%s", n + 1, ext);
    for (int i = 0; i < nb_views; i++) {
        if (named) {
            if (n >= views[i].names.nb)
                return 0;
            name = i ? name : views[i].names.text[n];
            if (strcmp(name, views[i].names.text[n]))
                return 0;
        }
        if (!is_whole(views[i].fd, name, mark))
            return 0;
    }
    return nb_views > 0;
}

static int count(int images, const V360JobTexts *names, const char *ext,
                 int named, const struct timespec *mark)
{
    View *views = av_calloc(names->nb, sizeof(*views));
    int n = 0, opened = 0, ret = views ? 0 : AVERROR(ENOMEM);

    for (; ret >= 0 && opened < names->nb; opened++)
        ret = open_view(&views[opened], images, names->text[opened], ext,
                        named);
    while (ret >= 0 && frame_is_whole(views, names->nb, n, ext, named, mark))
        n++;
    close_views(views, opened);
    return ret < 0 ? ret : n;
}

int v360job_count_whole(const V360JobFolder *folder, const V360JobTexts *views,
                        const char *ext, int named, int flushed)
{
    const int images = v360job_open_folder_at(folder->work_fd, "images", 0);
    struct stat mark = { 0 }; /* if there is none, all files are too new */
    int ret = images;

    if (ret >= 0 && flushed && fstatat(folder->work_fd, "flushed", &mark,
                                       AT_SYMLINK_NOFOLLOW) < 0 &&
        errno != ENOENT)
        ret = AVERROR(errno);
    if (ret >= 0)
        ret = count(images, views, ext, named,
                    flushed ? &mark.st_mtim : NULL);
    if (images >= 0)
        close(images);
    /* If the folder of a view is missing, no frame is whole. */
    if (ret < 0 && ret != AVERROR(ENOENT)) {
        char *path = v360job_work_path(folder, "images");

        v360job_cannot("cannot read", path ? path : "images", ret);
        av_free(path);
        return ret;
    }
    return FFMAX(ret, 0);
}

int v360job_list_frames(int dir, V360JobTexts *names)
{
    const int ret = v360job_list(dir, ".", names);

    if (names->nb)
        qsort(names->text, names->nb, sizeof(*names->text), by_number);
    return ret;
}

/**
 * List what the folder of a view holds, below the private folder or OUTDIR. A
 * folder that is missing is an empty one.
 */
static int list_view(const V360JobFolder *folder, int dir, const char *view,
                     V360JobTexts *names)
{
    char *path = av_asprintf("images/%s", view);
    int ret = path ? v360job_list(dir, path, names) : AVERROR(ENOMEM);

    av_free(path);
    return ret < 0 && ret != AVERROR(ENOENT) ?
           v360job_error("cannot read the images of view %s in %s: %s", view,
                         folder->outdir, av_err2str(ret)) : 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Sort names, and drop the second of two that are the same. */
static void make_unique(V360JobTexts *names)
{
    int nb = 0;

    if (!names->nb)
        return;
    qsort(names->text, names->nb, sizeof(*names->text), by_bytes);
    for (int i = 0; i < names->nb; i++) {
        if (nb && !strcmp(names->text[nb - 1], names->text[i]))
            av_free(names->text[i]);
        else
            names->text[nb++] = names->text[i];
    }
    names->text[nb] = NULL;
    names->nb = nb;
}

int v360job_list_images(const V360JobFolder *folder, V360JobTexts *names,
                        const char *view, const char *ext)
{
    int ret = list_view(folder, folder->work_fd, view, names);

    if (ret >= 0 && folder->state == V360JOB_REPAIR)
        ret = list_view(folder, folder->outdir_fd, view, names);
    keep_images(names, ext);
    make_unique(names);
    return ret;
}

/** Remove some of what the folder of a view holds, from index FIRST on. */
static int remove_some(const V360JobFolder *folder, const char *view,
                       const V360JobTexts *names, int first)
{
    char *path = av_asprintf("images/%s", view);
    int dir = path ? v360job_open_folder_at(folder->work_fd, path, 0) :
                     AVERROR(ENOMEM);
    int ret = first < names->nb ? FFMIN(dir, 0) : 0;

    for (int i = first; ret >= 0 && i < names->nb; i++)
        ret = v360job_remove_at(dir, names->text[i]);
    if (dir >= 0)
        close(dir);
    av_free(path);
    return ret < 0 ? v360job_cannot("cannot write to", folder->outdir, ret) : 0;
}

int v360job_drop_images(const V360JobFolder *folder, const V360JobTexts *views,
                        const char *ext, int first)
{
    int ret = 0;

    for (int i = 0; ret >= 0 && i < views->nb; i++) {
        V360JobTexts names = { 0 };

        ret = list_view(folder, folder->work_fd, views->text[i], &names);
        keep_images(&names, ext);
        if (names.nb)
            qsort(names.text, names.nb, sizeof(*names.text), by_number);
        if (ret >= 0)
            ret = remove_some(folder, views->text[i], &names, first);
        v360job_free_texts(&names);
    }
    return ret;
}

int v360job_drop_unfinished(const V360JobFolder *folder,
                            const V360JobTexts *views)
{
    int ret = 0;

    for (int i = 0; ret >= 0 && i < views->nb; i++) {
        V360JobTexts names = { 0 };

        ret = list_view(folder, folder->work_fd, views->text[i], &names);
        keep_images(&names, "tmp");
        if (ret >= 0)
            ret = remove_some(folder, views->text[i], &names, 0);
        v360job_free_texts(&names);
    }
    return ret;
}
