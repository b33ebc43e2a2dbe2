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
 * The views as cameras: sizes for the given source, intrinsics, and directions
 * from and to the axes of the panorama.
 */

#include <math.h>

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "picture.h"
#include "rig.h"

/** Set the size of the source; a common one where no view depends on it. */
static int source_size(RigSetup *setup, int assume)
{
    V360Geometry *g = &setup->source;
    int open = 0, ret;

    if (!g->w && setup->pano) {
        ret = v360rig_image_size(setup->pano, &g->w, &g->h);
        if (ret < 0)
            return ret;
        g->w /= setup->stereo_w;
        g->h /= setup->stereo_h;
    }
    if (g->w)
        return 0;
    for (int i = 0; i < setup->rig.nb_views; i++)
        open |= !setup->rig.views[i].w || !setup->rig.views[i].h;
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

/* Exactly 1 at 45 degrees, where a math library may be off by a last bit. */
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
    /* Fields of view meant for square pixels leave a difference of rounding. */
    if (fabs(cam->fy / cam->fx - 1) < 1e-12)
        cam->fy = cam->fx;
    cam->cx = g->w / 2.0;
    cam->cy = g->h / 2.0;
}

static int init_camera(const RigSetup *setup, int index, Camera *cam)
{
    int ret;

    cam->view     = &setup->rig.views[index];
    cam->g.forder = V360_FORDER;
    cam->g.frot   = V360_FROT;
    ret = ff_v360_view_geometry(&setup->rig, index, &setup->source, &cam->g,
                                NULL);
    if (ret < 0)
        return ret;
    v360rig_rotation(cam->pano_from_cam, cam->view->yaw, cam->view->pitch,
                     cam->view->roll);
    intrinsics(cam);
    return 0;
}

int v360rig_cameras(RigSetup *setup, int assume)
{
    int ret;

    if (setup->cameras)
        return 0;
    ret = source_size(setup, assume);
    if (ret < 0 || (ret = ff_v360_geometry_init(&setup->source, 1, NULL)) < 0)
        return ret;
    setup->cameras = av_calloc(setup->rig.nb_views, sizeof(*setup->cameras));
    if (!setup->cameras)
        return AVERROR(ENOMEM);
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = init_camera(setup, i, &setup->cameras[i]);
    if (ret < 0)
        av_freep(&setup->cameras);
    return ret;
}

int v360rig_only_flat(const RigSetup *setup, const char *what)
{
    for (int i = 0; i < setup->rig.nb_views; i++) {
        if (setup->cameras[i].g.projection != V360_FLAT) {
            av_log(NULL, AV_LOG_ERROR, "view %d '%s': %s takes flat views "
                   "only\n", i, setup->rig.views[i].name, what);
            return AVERROR(EINVAL);
        }
    }
    return 0;
}

void v360rig_to_camera(const Camera *cam, const double ray[3], double r[3])
{
    const double *m = cam->pano_from_cam;

    for (int i = 0; i < 3; i++)
        r[i] = m[i] * ray[0] + m[3 + i] * ray[1] + m[6 + i] * ray[2];
}

void v360rig_to_pano(const Camera *cam, const double ray[3], double r[3])
{
    const double *m = cam->pano_from_cam;

    for (int i = 0; i < 3; i++)
        r[i] = m[3 * i] * ray[0] + m[3 * i + 1] * ray[1] +
               m[3 * i + 2] * ray[2];
}

int v360rig_sees(const Camera *cam, const double ray[3])
{
    double r[3], uv[2];
    int face;

    v360rig_to_camera(cam, ray, r);
    return ff_v360_project(&cam->g, r, uv, &face);
}
