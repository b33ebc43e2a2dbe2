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
 * v360job whole: counts the frames of an unfinished job that are whole in all
 * views. After a power cut, the images that were written shortly before it may
 * be empty.
 */

#define _GNU_SOURCE /* openat, scandirat */

#include <dirent.h>
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
#include "libavutil/mem.h"
#include "job.h"

typedef struct View {
    int fd;         ///< its folder
    char **names;   ///< its images, in order
    int nb_names;
} View;

/* The ends are those of FFmpeg's encoders, which write nothing behind them. */
int v360job_is_ended(int fd, const char *name, int64_t size)
{
    static const uint8_t jpeg[] = { 0xff, 0xd9 };
    static const uint8_t png[] = { 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
    const int is_png = av_match_ext(name, "png");
    const uint8_t *end = is_png ? png : jpeg;
    const size_t n = is_png ? sizeof(png) : sizeof(jpeg);
    uint8_t buf[sizeof(png)];

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

/* The extension of is_wanted(), to which scandirat() passes no argument. */
static const char *wanted;

static int is_wanted(const struct dirent *entry)
{
    return av_match_ext(entry->d_name, wanted) &&
           !strstr(entry->d_name, ".mask.png");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int open_view(View *view, const char *path, int named)
{
    struct dirent **entries = NULL;

    view->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (view->fd < 0 || !named)
        return view->fd < 0 ? AVERROR(errno) : 0;
    view->nb_names = scandirat(view->fd, ".", &entries, is_wanted, by_bytes);
    if (view->nb_names < 0)
        return AVERROR(errno);
    view->names = av_calloc(view->nb_names + 1, sizeof(*view->names));
    for (int i = 0; i < view->nb_names; i++) {
        if (view->names)
            view->names[i] = av_strdup(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return view->names ? 0 : AVERROR(ENOMEM);
}

static void close_view(View *view)
{
    for (int i = 0; view->names && i < view->nb_names; i++)
        av_free(view->names[i]);
    av_free(view->names);
    if (view->fd >= 0)
        close(view->fd);
}

/** @return whether frame N, from 0 on, is whole in all views, under one name */
static int frame_is_whole(const View *views, int nb_views, int n,
                          const char *ext, const struct timespec *mark)
{
    char number[64];
    const char *name = number;

    snprintf(number, sizeof(number), "%06d.%s", n + 1, ext);
    for (int i = 0; i < nb_views; i++) {
        if (views->names) {
            if (n >= views[i].nb_names || !views[i].names[n])
                return 0;
            name = i ? name : views[i].names[n];
            if (strcmp(name, views[i].names[n]))
                return 0;
        }
        if (!is_whole(views[i].fd, name, mark))
            return 0;
    }
    return nb_views > 0;
}

int v360job_whole(int argc, char **argv)
{
    const int nb_views = argc - 3, named = !strcmp(argv[1], "pts");
    const int marked = strcmp(argv[2], "-");
    View *views = av_calloc(nb_views, sizeof(*views));
    struct stat mark = { 0 }; /* if MARK is missing, all files are too new */
    int n = 0, ret = views ? 0 : AVERROR(ENOMEM), opened = 0;

    wanted = argv[0];
    if (marked && lstat(argv[2], &mark) < 0 && errno != ENOENT)
        ret = AVERROR(errno);
    for (; ret >= 0 && opened < nb_views; opened++)
        ret = open_view(&views[opened], argv[3 + opened], named);
    while (ret >= 0 && frame_is_whole(views, nb_views, n, argv[0],
                                      marked ? &mark.st_mtim : NULL))
        n++;
    /* If the folder of a view is missing, no frame is whole. */
    if (ret < 0 && ret != AVERROR(ENOENT))
        fprintf(stderr, "%s\n", av_err2str(ret));
    else
        printf("%d\n", n);
    while (opened)
        close_view(views + --opened);
    av_free(views);
    return ret < 0 && ret != AVERROR(ENOENT);
}
