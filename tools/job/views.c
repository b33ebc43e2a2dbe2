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
 * The views: their names, sizes and cameras, and whether they see anything of
 * the source.
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

#define MAX_TEXT (1 << 20)  ///< bytes of a rig file; 256 views take far less
#define MAX_NAMED 12        ///< views that a warning names
#define GRID 64             ///< samples of a view, across and down

static const char *rig_name(const V360JobOptions *o)
{
    return o->views_file ? o->views_file : o->rig;
}

/** Read the rig file, which may be a pipe. */
static int read_text(V360Job *job)
{
    const char *path = job->options.views_file;
    FILE *file = fopen(path, "rb");
    char *text = av_malloc(MAX_TEXT + 1);
    size_t size = 0;
    int ret = !file ? AVERROR(errno) : !text ? AVERROR(ENOMEM) : 0;

    if (ret >= 0) {
        size = fread(text, 1, MAX_TEXT + 1, file);
        if (ferror(file))
            ret = AVERROR(errno);
    }
    if (file)
        fclose(file);
    if (ret < 0)
        v360job_cannot("cannot read the rig file", path, ret);
    else if (size > MAX_TEXT)
        ret = v360job_error("bad rig %s: it has more than %d bytes", path,
                            MAX_TEXT);
    else if (memchr(text, 0, size))
        ret = v360job_error("bad rig %s: it is not a text in ASCII or UTF-8",
                            path);
    if (ret < 0) {
        av_free(text);
        return ret;
    }
    text[size] = 0;
    job->views.text = text;
    return 0;
}

/** Make the rig of its text or name, the options, and the size so far. */
static int make_rig(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    V360JobViews *views = &job->views;
    RigSetup *setup = &views->setup;
    const char *reason;
    int ret = 0;

    v360rig_free_setup(setup);
    v360rig_init_setup(setup);
    if (views->text) {
        setup->views_file = o->views_file;
        setup->text       = av_strdup(views->text);
        ret               = setup->text ? 0 : AVERROR(ENOMEM);
    } else {
        setup->rig_name = o->rig;
    }
    setup->defaults.w     = views->w;
    setup->defaults.h     = views->h;
    setup->defaults.h_fov = strtod(o->h_fov, NULL); /* 0: not given */
    setup->defaults.v_fov = strtod(o->v_fov, NULL);
    setup->defaults.eye   = o->eye;
    setup->defaults.supersample = o->supersample;
    v360job_kept_log();
    if (ret >= 0)
        ret = v360rig_make_rig(setup);
    if (ret >= 0)
        return 0;
    reason = v360job_kept_log();
    v360job_error("bad rig %s: %s", rig_name(o),
                  *reason ? reason : av_err2str(ret));
    return ret;
}

int v360job_read_views(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    V360JobViews *views = &job->views;
    int ret = o->views_file ? read_text(job) : 0;

    views->w = o->w;
    views->h = o->h;
    if (ret >= 0)
        ret = make_rig(job);
    if (ret < 0)
        return ret;
    for (int i = 0; i < views->setup.rig.nb_views; i++)
        v360job_add(&views->names, views->setup.rig.views[i].name);
    return v360job_texts_ok(&views->names);
}

/** @return whether the source shows a direction */
static int is_shown(const V360Job *job, const double ray[3])
{
    const V360JobSource *s = &job->source;
    const V360JobArea *area = &s->area;
    double uv[2], x, y;
    int face;

    if (!ff_v360_project(&job->views.setup.source, ray, uv, &face))
        return 0;
    x = floor(uv[0] * area->w) - area->x;
    y = floor(uv[1] * area->h) - area->y;
    return !area->w || (x >= 0 && y >= 0 && x < s->w && y < s->h);
}

/** @return place of the centre of a sample, I of N that spread over all */
static double centre(int i, int n, int size)
{
    return (0.5 + (n > 1 ? (int64_t)i * (size - 1) / (n - 1) : 0)) / size;
}

/** @return whether no sample of a view sees anything of the source */
static int is_blind(const V360Job *job, const Camera *cam)
{
    const int nb_x = FFMIN(cam->g.w, GRID), nb_y = FFMIN(cam->g.h, GRID);

    for (int i = 0; i < nb_x * nb_y; i++) {
        const double uv[2] = { centre(i % nb_x, nb_x, cam->g.w),
                               centre(i / nb_x, nb_y, cam->g.h) };
        double r[3], ray[3];

        if (!ff_v360_unproject(&cam->g, uv, r))
            continue;
        v360rig_to_pano(cam, r, ray);
        if (is_shown(job, ray))
            return 0;
    }
    return 1;
}

/** Warn of views that look where the source shows nothing. */
static void warn_of_blind_views(const V360Job *job)
{
    const RigSetup *setup = &job->views.setup;
    const int nb_views = setup->rig.nb_views;
    AVBPrint names;
    int blind = 0;

    if (setup->source.projection == V360_EQUIRECT && !job->source.area.w)
        return;
    av_bprint_init(&names, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < nb_views; i++) {
        if (!is_blind(job, &setup->cameras[i]))
            continue;
        if (blind++ < MAX_NAMED)
            av_bprintf(&names, " %s", setup->rig.views[i].name);
    }
    if (blind)
        v360job_warn("%d of %d views see nothing of the source:%s%s; --rig or "
                     "--views chooses others", blind, nb_views, names.str,
                     blind > MAX_NAMED ? " \xe2\x80\xa6" : "");
    av_bprint_finalize(&names, NULL);
}

/** Set up the source and the cameras. */
static int place_cameras(V360Job *job)
{
    const V360JobSource *source = &job->source;
    RigSetup *setup = &job->views.setup;
    int ret = ff_v360_projection_find(source->projection);
    const char *reason;

    if (ret < 0)
        return v360job_error("--input '%s': expected a projection",
                             source->projection);
    setup->source.projection = ret;
    setup->source.w          = source->eye_w;
    setup->source.h          = source->eye_h;
    v360job_kept_log();
    ret = v360rig_cameras(setup, 0);
    if (ret >= 0) {
        v360rig_count_samples(setup);
        return 0;
    }
    reason = v360job_kept_log();
    v360job_error("%dx%d %s cannot be split by the rig %s: %s", source->eye_w,
                  source->eye_h, source->projection, rig_name(&job->options),
                  *reason ? reason : av_err2str(ret));
    return ret;
}

int v360job_place_views(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    V360JobViews *views = &job->views;
    int ret;

    /* Other presets and files have rules of their own for a size. */
    if (!o->w && !o->views_file && av_strstart(o->rig, "ring", NULL))
        v360job_default_size(&job->source, o, &views->w, &views->h);
    ret = make_rig(job); /* again, with all that is known now */
    if (ret >= 0)
        ret = place_cameras(job);
    if (ret >= 0 && views->text)
        ret = job->options.print ? 0 :
              v360job_write(&job->folder, "views.txt", views->text);
    if (ret < 0)
        return ret;
    warn_of_blind_views(job);
    return 0;
}
