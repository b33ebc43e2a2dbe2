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
 * Masks of the images: of the rig (--owner-masks), of the panorama (--mask), or
 * their product, under the names that the reader of the images looks for.
 */

#define _GNU_SOURCE /* AT_FDCWD */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "job.h"
#include "os.h"

/** Make a gray picture a view in the folder owner, from the rig alone. */
static int make_owner_masks(V360Job *job)
{
    RigSetup *setup = &job->views.setup;
    char *dir = v360job_work_path(&job->folder, "owner");
    const char *reason;
    int ret = v360job_clear(&job->folder, "owner");

    if (ret < 0) {
        av_free(dir);
        return ret;
    }
    v360job_kept_log();
    setup->output = dir;
    ret = dir ? v360rig_owner_masks(setup) : AVERROR(ENOMEM);
    setup->output = NULL;
    av_free(dir);
    if (ret >= 0)
        return 0;
    reason = v360job_kept_log();
    v360job_error("no owner masks: %s", *reason ? reason : av_err2str(ret));
    return ret;
}

/** Make raw/VIEW/000001.png of owner masks alone. */
static int convert_owner_masks(V360Job *job)
{
    const V360JobTexts *names = &job->views.names;
    V360JobTexts args = { 0 };

    for (int i = 0; i < names->nb; i++) {
        v360job_add(&args, "-i");
        v360job_addf(&args, "owner/%s.pgm", names->text[i]);
    }
    for (int i = 0; i < names->nb; i++) {
        v360job_add(&args, "-map");
        v360job_addf(&args, "%d:v", i);
        v360job_add_all(&args, "-bitexact", "-c:v", "png", "-threads", "1",
                        "-frames:v", "1", NULL);
        v360job_addf(&args, "raw/%s/%%06d.png", names->text[i]);
    }
    return v360job_run_hidden(job, &args);
}

/** @return path of the mask of a view and a frame, or NULL */
static char *raw_path(const V360Job *job, const char *view, int number)
{
    return av_asprintf("%s/raw/%s/%06d.png", job->folder.work, view, number);
}

/** @return how many masks of a view there are, or a negative AVERROR, told */
static int count_masks(const V360Job *job, const char *view)
{
    int n = 0, ret = 0;

    while (ret >= 0) {
        char *path = raw_path(job, view, n + 1);

        ret = !path ? AVERROR(ENOMEM) :
              access(path, F_OK) < 0 ? AVERROR(errno) : 0;
        av_free(path);
        n += ret >= 0;
    }
    return ret == AVERROR(ENOENT) ? n :
           v360job_cannot("cannot read", job->folder.work, ret);
}

/** @return path of the mask of an image, as the reader wants it, or NULL */
static char *mask_path(const V360Job *job, const char *view, const char *image)
{
    const char *work = job->folder.work;

    switch (job->options.reader) {
    case V360JOB_NERFSTUDIO:
        return av_asprintf("%s/masks/%s/%.*s.png", work, view,
                           (int)(strrchr(image, '.') - image), image);
    case V360JOB_REALITYSCAN:
        return av_asprintf("%s/images/%s/%s.mask.png", work, view, image);
    default:
        return av_asprintf("%s/masks/%s/%s.png", work, view, image);
    }
}

/**
 * Give a mask that stands still the names of all images: each by the name
 * before, as after some 65,000 names a file system wants another file.
 */
static int link_masks(const V360Job *job, const char *view,
                      const V360JobTexts *images)
{
    char *from = raw_path(job, view, 1);
    int ret = from ? 0 : AVERROR(ENOMEM);

    for (int i = 0; i < images->nb && ret >= 0 && !v360job_stopped; i++) {
        char *to = mask_path(job, view, images->text[i]);

        ret = to ? v360job_link(from, to) : AVERROR(ENOMEM);
        av_free(from);
        from = to;
    }
    av_free(from);
    return ret;
}

/** Give each mask the name of its image. */
static int move_masks(const V360Job *job, const char *view,
                      const V360JobTexts *images)
{
    const int numbered = job->options.naming == V360JOB_NUMBER;
    int ret = 0;

    for (int i = 0; i < images->nb && ret >= 0 && !v360job_stopped; i++) {
        const char *image = images->text[i];
        /* By bytes, the millionth image is not the last one. */
        const int n = numbered ? strtol(image, NULL, 10) : i + 1;
        char *from = raw_path(job, view, n), *to = mask_path(job, view, image);

        ret = from && to ? v360job_rename(AT_FDCWD, from, AT_FDCWD, to, 1) :
                           AVERROR(ENOMEM);
        av_free(from);
        av_free(to);
    }
    return ret;
}

/** Give the masks of a view the names that the reader looks for. */
static int name_masks(const V360Job *job, const char *view, int still)
{
    const V360JobOptions *o = &job->options;
    V360JobTexts images = { 0 };
    char dir[16 + V360_NAME_SIZE];
    int ret;

    snprintf(dir, sizeof(dir), "%s/%s",
             o->reader == V360JOB_REALITYSCAN ? "images" : "masks", view);
    ret = v360job_make_folder(&job->folder, dir);
    if (ret >= 0)
        ret = v360job_list_images(&job->folder, &images, view,
                                  v360job_formats[o->format]);
    if (ret >= 0) {
        ret = still ? link_masks(job, view, &images) :
                      move_masks(job, view, &images);
        if (ret < 0)
            v360job_cannot("cannot write to", o->outdir, ret);
        else if (v360job_stopped)
            ret = AVERROR_EXIT;
    }
    v360job_free_texts(&images);
    return ret;
}

/** Make raw/VIEW/NUMBER.png of all masks. @return whether they stand still */
static int make_raw(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const V360JobTexts *names = &job->views.names;
    int ret = o->owner_masks ? make_owner_masks(job) : 0;

    for (int i = 0; i < names->nb && ret >= 0; i++) {
        char dir[16 + V360_NAME_SIZE];

        snprintf(dir, sizeof(dir), "raw/%s", names->text[i]);
        ret = v360job_make_folder(&job->folder, dir);
    }
    if (ret >= 0)
        ret = o->mask ? v360job_split_mask(job) : convert_owner_masks(job);
    return ret < 0 ? ret : !o->mask || job->mask_is_still;
}

/** Check that there is a mask for each frame. */
static int check_number(const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const char *view = job->views.names.text[0];
    const int n = count_masks(job, view);
    V360JobTexts images = { 0 };
    int ret = n < 0 ? n : v360job_list_images(&job->folder, &images, view,
                                              v360job_formats[o->format]);

    if (ret >= 0 && n != images.nb)
        ret = v360job_error("the mask %s gives %d frames, the source %d",
                            o->mask, n, images.nb);
    v360job_free_texts(&images);
    return ret;
}

int v360job_make_masks(V360Job *job)
{
    const V360JobTexts *names = &job->views.names;
    int ret, still;

    if (!job->options.mask && !job->options.owner_masks)
        return 0;
    ret = v360job_clear(&job->folder, "raw");
    if (ret >= 0)
        ret = v360job_clear(&job->folder, "masks");
    if (ret >= 0)
        ret = make_raw(job);
    still = ret;
    if (ret >= 0 && !still)
        ret = check_number(job);
    for (int i = 0; i < names->nb && ret >= 0; i++)
        ret = name_masks(job, names->text[i], still);
    return ret < 0 ? ret : v360job_clear(&job->folder, "raw");
}
