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
 * Command line of v360rig, and the rig that it gives.
 */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "picture.h"
#include "rig.h"

static int bad(const char *option, const char *value, const char *want)
{
    av_log(NULL, AV_LOG_ERROR, "%s %s: must be %s\n", option, value, want);
    return AVERROR(EINVAL);
}

static int parse_size(const char *option, const char *value, int max,
                      int *w, int *h)
{
    char end;

    if (strspn(value, "0123456789x") != strlen(value) ||
        sscanf(value, "%6dx%6d%c", w, h, &end) != 2 ||
        *w < 1 || *h < 1 || *w > max || *h > max)
        return bad(option, value, "WIDTHxHEIGHT in pixels");
    return 0;
}

static int parse_number(const char *option, const char *value, double max,
                        double *x)
{
    char *end;

    *x = strtod(value, &end);
    if (end == value || *end || !(*x > 0 && *x <= max))
        return bad(option, value, "a number above 0 within its range");
    return 0;
}

static int parse_fov(const char *option, const char *value, V360View *v)
{
    const char *x = strchr(value, 'x');
    char h[32];
    int ret;

    if (!x)
        return parse_number(option, value, 360, &v->h_fov);
    if (x - value >= sizeof(h))
        return bad(option, value, "H or HxV in degrees");
    memcpy(h, value, x - value);
    h[x - value] = 0;
    ret = parse_number(option, h, 360, &v->h_fov);
    return ret < 0 ? ret : parse_number(option, x + 1, 360, &v->v_fov);
}

static int parse_eye(const char *option, const char *value, int *eye)
{
    static const char *const eyes[] = { "left", "right", "both" };

    for (*eye = 0; *eye < FF_ARRAY_ELEMS(eyes); ++*eye) {
        if (!strcmp(value, eyes[*eye]))
            return 0;
    }
    return bad(option, value, "left, right or both");
}

static int parse_stereo(const char *option, const char *value, Job *job)
{
    job->stereo_w = strcmp(value, "sbs") ? 1 : 2;
    job->stereo_h = strcmp(value, "tb") ? 1 : 2;
    if (job->stereo_w * job->stereo_h == 1 && strcmp(value, "2d"))
        return bad(option, value, "2d, sbs or tb");
    return 0;
}

static int parse_input(const char *option, const char *value, V360Geometry *g)
{
    const int id = ff_v360_projection_find(value);

    if (id < 0)
        return bad(option, value, "a projection of v360batch");
    g->projection = id;
    return 0;
}

static int parse_source_option(Job *job, const char *o, const char *value)
{
    V360Geometry *g = &job->source;

    if (!strcmp(o, "--source"))
        return parse_size(o, value, V360_MAX_SIZE, &g->w, &g->h);
    if (!strcmp(o, "--input"))
        return parse_input(o, value, g);
    if (!strcmp(o, "--ih_fov"))
        return parse_number(o, value, 360, &g->h_fov);
    if (!strcmp(o, "--iv_fov"))
        return parse_number(o, value, 360, &g->v_fov);
    if (!strcmp(o, "--id_fov"))
        return parse_number(o, value, 360, &g->d_fov);
    if (!strcmp(o, "--in_pad"))
        return parse_number(o, value, 0.1, &g->pad);
    if (!strcmp(o, "--in_stereo"))
        return parse_stereo(o, value, job);
    if (!strcmp(o, "--in_forder"))
        g->forder = value;
    else if (!strcmp(o, "--in_frot"))
        g->frot = value;
    else
        return AVERROR_OPTION_NOT_FOUND;
    return 0;
}

static int parse_option(Job *job, const char *o, const char *value)
{
    if (!strcmp(o, "--size"))
        return parse_size(o, value, V360_MAX_VIEW_SIZE, &job->defaults.w,
                          &job->defaults.h);
    if (!strcmp(o, "--fov"))
        return parse_fov(o, value, &job->defaults);
    if (!strcmp(o, "--eye"))
        return parse_eye(o, value, &job->defaults.eye);
    if (!strcmp(o, "--rig"))
        job->rig_name = value;
    else if (!strcmp(o, "--views"))
        job->views_file = value;
    else if (!strcmp(o, "-o"))
        job->output = value;
    else if (!strcmp(o, "-i"))
        job->pano = value;
    else if (!strcmp(o, "--instance"))
        job->instance = value;
    else
        return parse_source_option(job, o, value);
    return 0;
}

static int parse_arguments(Job *job, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        struct stat st;
        int ret;

        if (argv[i][0] != '-') {
            if (!stat(argv[i], &st) && !S_ISDIR(st.st_mode))
                job->views_file = argv[i];
            else
                job->rig_name = argv[i];
            continue;
        }
        if (i + 1 == argc)
            ret = AVERROR_OPTION_NOT_FOUND;
        else
            ret = parse_option(job, argv[i], argv[i + 1]);
        if (ret == AVERROR_OPTION_NOT_FOUND)
            av_log(NULL, AV_LOG_ERROR, "%s: unknown option, or without its "
                   "value; see --help\n", argv[i]);
        if (ret < 0)
            return ret;
        i++;
    }
    if (!job->rig_name == !job->views_file) {
        av_log(NULL, AV_LOG_ERROR, "one rig is needed: a preset's name or a "
               "file of views\n");
        return AVERROR(EINVAL);
    }
    return 0;
}

static int read_views(V360Rig *rig, const char *file)
{
    uint8_t *map;
    size_t size;
    char *text;
    int ret = av_file_map(file, &map, &size, 0, NULL);

    if (ret < 0) {
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
        return ret;
    }
    text = av_strndup(map, size);
    av_file_unmap(map, size);
    if (!text)
        return AVERROR(ENOMEM);
    ret = ff_v360_rig_parse(rig, text, NULL);
    av_free(text);
    return ret;
}

int v360rig_parse_job(Job *job, int argc, char **argv)
{
    int ret;

    job->defaults      = ff_v360_view_default();
    job->source.forder = V360_FORDER;
    job->source.frot   = V360_FROT;
    job->stereo_w      = job->stereo_h = 1;
    ret = parse_arguments(job, argc, argv);
    if (ret < 0)
        return ret;
    if (job->rig_name)
        ret = ff_v360_rig_preset(&job->rig, job->rig_name, NULL);
    else
        ret = read_views(&job->rig, job->views_file);
    if (ret < 0)
        return ret;
    return ff_v360_rig_complete(&job->rig, &job->defaults, NULL);
}

/** The size of the source, where it matters. */
static int source_size(Job *job, int assume)
{
    V360Geometry *g = &job->source;
    int open = 0, ret;

    if (!g->w && job->pano) {
        ret = v360rig_image_size(job->pano, &g->w, &g->h);
        if (ret < 0)
            return ret;
        g->w /= job->stereo_w;
        g->h /= job->stereo_h;
    }
    if (g->w)
        return 0;
    for (int i = 0; i < job->rig.nb_views; i++)
        open |= !job->rig.views[i].w || !job->rig.views[i].h;
    if (open && !assume) {
        av_log(NULL, AV_LOG_ERROR, "the size of the views depends on the "
               "source's: give --source WxH, or --size WxH\n");
        return AVERROR(EINVAL);
    }
    g->w = 7680;
    g->h = 3840;
    if (open)
        av_log(NULL, AV_LOG_WARNING, "no --source: taken to be %dx%d\n",
               g->w, g->h);
    return 0;
}

/* The tangent of 45 degrees is 1, whatever the math library says. */
static double half_tangent(double fov)
{
    return fov == 90 ? 1 : tan(fov * M_PI / 360);
}

static void intrinsics(Camera *cam)
{
    const V360Geometry *g = &cam->g;

    if (g->projection != V360_FLAT)
        return;
    cam->fx = g->w / (2 * half_tangent(g->h_fov));
    cam->fy = g->h / (2 * half_tangent(g->v_fov));
    /* square pixels are meant where only the last bits differ */
    if (fabs(cam->fy / cam->fx - 1) < 1e-12)
        cam->fy = cam->fx;
    cam->cx = g->w / 2.0;
    cam->cy = g->h / 2.0;
}

int v360rig_cameras(Job *job, int assume)
{
    int ret = source_size(job, assume);

    if (ret < 0 || (ret = ff_v360_geometry_init(&job->source, 1, NULL)) < 0)
        return ret;
    job->cameras = av_calloc(job->rig.nb_views, sizeof(*job->cameras));
    if (!job->cameras)
        return AVERROR(ENOMEM);
    for (int i = 0; i < job->rig.nb_views; i++) {
        Camera *cam = &job->cameras[i];

        cam->view     = &job->rig.views[i];
        cam->g.forder = V360_FORDER;
        cam->g.frot   = V360_FROT;
        ret = ff_v360_view_geometry(&job->rig, i, &job->source, &cam->g, NULL);
        if (ret < 0)
            return ret;
        v360rig_rotation(cam->pano_from_cam, cam->view->yaw, cam->view->pitch,
                         cam->view->roll);
        intrinsics(cam);
    }
    return 0;
}

int v360rig_only_flat(const Job *job, const char *what)
{
    for (int i = 0; i < job->rig.nb_views; i++) {
        if (job->cameras[i].g.projection != V360_FLAT) {
            av_log(NULL, AV_LOG_ERROR, "view %d \"%s\": %s takes flat views "
                   "only\n", i, job->rig.views[i].name, what);
            return AVERROR(EINVAL);
        }
    }
    return 0;
}

void v360rig_free_job(Job *job)
{
    av_freep(&job->cameras);
    ff_v360_rig_free(&job->rig);
}
