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
 * Markers of shards. A marker is a text: a line that says of which shard and
 * plan it is, a line "SIZE MURMUR3 NAME" for each image or video, the same with
 * "seam " before it for the first frame of the next shard, and at last "end"
 * with the hash of all before. One that was cut off or changed does not count.
 */

#define _GNU_SOURCE /* fstatat */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "farm.h"

char *v360farm_image_name(const V360Job *job, const char *own, int view,
                          int64_t n)
{
    const char *name = job->views.names.text[view];

    return job->options.naming == V360JOB_NUMBER ?
           av_asprintf("images/%s/%06lld.%s", name, (long long)n + 1,
                       v360job_formats[job->options.format]) :
           av_asprintf("images/%s/%s", name, own);
}

/** Open the folder of a view, and list its images. */
static int open_view(const V360Job *job, int view, V360JobTexts *names)
{
    char *path = av_asprintf("images/%s", job->views.names.text[view]);
    int dir = path ? v360job_open_folder_at(job->folder.work_fd, path, 0) :
              AVERROR(ENOMEM);
    const int ret = dir < 0 ? dir : v360job_list_frames(dir, names);

    av_free(path);
    if (ret < 0 && dir >= 0)
        close(dir);
    return ret < 0 ? ret : dir;
}

/** Add the line of a file, and free its NAME in the marker. */
static int add_line(AVBPrint *text, int dir, const char *own, char *name,
                    int is_seam)
{
    const int fd = v360job_open(dir, own);
    V360JobSum sum;
    int ret = fd < 0 ? fd : name ? v360job_sum_file(&sum, fd) : AVERROR(ENOMEM);

    if (ret >= 0)
        av_bprintf(text, "%s%lld %s %s\n", is_seam ? "seam " : "",
                   (long long)sum.size, sum.hash, name);
    if (fd >= 0)
        close(fd);
    av_free(name);
    return ret;
}

/** Add the lines of a view; frames come one after the other. */
static int add_view(AVBPrint *text, const V360Job *job,
                    const V360FarmShard *shard, int view, int64_t nb)
{
    V360JobTexts names = { 0 };
    const int dir = open_view(job, view, &names);
    int ret = dir < 0 ? dir : names.nb < nb ? AVERROR(ENOENT) : 0;

    for (int64_t i = 0; i < nb && ret >= 0; i++)
        ret = add_line(text, dir, names.text[i],
                       v360farm_image_name(job, names.text[i], view,
                                           shard->first + i),
                       shard->has_seam && i == nb - 1);
    if (dir >= 0)
        close(dir);
    v360job_free_texts(&names);
    return ret;
}

static int add_video(AVBPrint *text, const V360Job *job, int shard, int view)
{
    const char *name = job->views.names.text[view];
    char *own = av_asprintf("videos/%s.mp4", name);
    const int ret = own ? add_line(text, job->folder.work_fd, own,
                                   av_asprintf("videos/%d/%s.mp4", shard, name),
                                   0) : AVERROR(ENOMEM);

    av_free(own);
    return ret;
}

int v360farm_write_marker(AVBPrint *text, const V360Job *job,
                          const V360FarmPlan *plan, int shard)
{
    const V360FarmShard *s = &plan->shard[shard];
    const int64_t nb = job->frames.done;
    char hash[80];
    int ret = 0;

    av_bprintf(text, "split360 shard %d of %s first %lld frames %lld\n", shard,
               plan->id, (long long)s->first, (long long)nb - s->has_seam);
    for (int i = 0; i < job->views.names.nb && ret >= 0; i++)
        ret = job->options.format == V360JOB_MP4 ?
              add_video(text, job, shard, i) :
              add_view(text, job, s, i, nb);
    if (ret >= 0)
        ret = av_bprint_is_complete(text) ?
              v360job_sha256(hash, text->str, text->len) : AVERROR(ENOMEM);
    if (ret >= 0)
        av_bprintf(text, "end %s\n", hash);
    if (ret >= 0 && !av_bprint_is_complete(text))
        ret = AVERROR(ENOMEM);
    return ret < 0 ? v360job_cannot("cannot read", job->folder.work, ret) : 0;
}

/** Cut the last line off a marker. @return whether it says the rest is whole */
static int take_end(char *text)
{
    char hash[80], end[100];
    char *last = text + strlen(text);

    if (last == text || *--last != '\n')
        return 0;
    while (last > text && last[-1] != '\n')
        last--;
    if (v360job_sha256(hash, text, last - text) < 0)
        return 0;
    snprintf(end, sizeof(end), "end %s\n", hash);
    if (strcmp(last, end))
        return 0;
    *last = 0;
    return 1;
}

/** Take the sum of a line and its name, which may be used. */
static int take_line(V360FarmMarker *m, const char *line, const char **name)
{
    const int n = m->files.nb;
    V360JobSum *sums = av_fast_realloc(m->sums, &m->size,
                                       (n + 1) * sizeof(*sums));
    long long size;
    int at = 0;

    if (!sums)
        return 0;
    m->sums = sums;
    if (sscanf(line, "%lld %79s %n", &size, sums[n].hash, &at) != 2 || !at)
        return 0;
    sums[n].size = size;
    *name = line + at;
    return v360job_name_ok(*name);
}

static int parse(V360FarmMarker *m, const V360FarmPlan *plan, int shard)
{
    const V360FarmShard *s = &plan->shard[shard];
    char *save = NULL, *line, head[200];
    long long frames = -1;
    int at = 0;

    if (!take_end(m->text))
        return 0;
    snprintf(head, sizeof(head), "split360 shard %d of %s first %lld frames ",
             shard, plan->id, (long long)s->first);
    line = av_strtok(m->text, "\n", &save);
    if (!line || !av_strstart(line, head, (const char **)&line) ||
        sscanf(line, "%lld%n", &frames, &at) != 1 || line[at] || frames < 1 ||
        (s->frames && frames != s->frames))
        return 0;
    /* Lines are view by view, and each view's last one is the seam. */
    while ((line = av_strtok(NULL, "\n", &save))) {
        const char *name, *rest = line;
        const int is_seam = av_strstart(line, "seam ", &rest);

        if (!take_line(m, rest, &name))
            return 0;
        v360job_addf(&m->files, "%s%s", is_seam ? "seam " : "", name);
        m->nb += !is_seam;
    }
    m->frames = frames;
    return !m->files.failed && m->nb > 0;
}

int v360farm_read_marker(V360FarmMarker *marker, const V360JobFolder *folder,
                         const V360FarmPlan *plan, int shard)
{
    char name[32];
    int ret = 0;

    *marker = (V360FarmMarker){ 0 };
    snprintf(name, sizeof(name), "farm/%d.done", shard);
    marker->text = v360job_read(folder, name, &ret);
    if (ret < 0 || !marker->text)
        return ret;
    return parse(marker, plan, shard);
}

int v360farm_has_files(const V360FarmMarker *marker,
                       const V360JobFolder *folder)
{
    const int farm = v360job_open_folder_at(folder->work_fd, "farm", 0);
    int ok = farm >= 0;

    for (int i = 0; i < marker->files.nb && ok; i++) {
        const char *name = marker->files.text[i];
        struct stat st;

        if (av_strstart(name, "seam ", NULL))
            continue;
        ok = fstatat(av_strstart(name, "videos/", NULL) ? farm :
                     folder->work_fd, name, &st, AT_SYMLINK_NOFOLLOW) >= 0 &&
             S_ISREG(st.st_mode) && st.st_size == marker->sums[i].size;
    }
    if (farm >= 0)
        close(farm);
    return ok;
}

int v360farm_find_missing(uint8_t *missing, const V360JobFolder *folder,
                          const V360FarmPlan *plan)
{
    int nb = 0, ret = 0;

    for (int i = 0; i < plan->nb_shards && ret >= 0; i++) {
        V360FarmMarker m;

        ret = v360farm_read_marker(&m, folder, plan, i);
        missing[i] = ret >= 0 && !(ret && v360farm_has_files(&m, folder));
        nb += missing[i];
        v360farm_free_marker(&m);
    }
    return ret < 0 ? ret : nb;
}

int v360farm_drop_shard(const V360Job *job, int shard)
{
    char name[32];
    int ret;

    snprintf(name, sizeof(name), "farm/%d.done", shard);
    ret = v360job_clear(&job->folder, name);
    if (ret >= 0)
        ret = v360job_clear(&job->folder, "manifest.json");
    if (ret >= 0)
        ret = v360job_clear(&job->folder, "parts");
    return ret < 0 ? ret : v360job_clear(&job->folder, "end");
}

void v360farm_free_marker(V360FarmMarker *marker)
{
    av_freep(&marker->text);
    av_freep(&marker->sums);
    v360job_free_texts(&marker->files);
}
