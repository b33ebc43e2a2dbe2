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
 * How many samples of the source a sample of a view shows, and of how many the
 * filter makes it.
 */

#include <string.h>

#include "rig.h"

const char *const v360rig_supersamples[V360_MAX_SUPERSAMPLE + 2] = {
    [V360_SUPERSAMPLE_AUTO] = "auto", "1", "2", "3", "4",
};

static void turn(const void *camera, double ray[3])
{
    double pano[3];

    v360rig_to_pano(camera, ray, pano);
    memcpy(ray, pano, sizeof(pano));
}

void v360rig_count_samples(RigSetup *setup)
{
    for (int i = 0; i < setup->rig.nb_views; i++) {
        Camera *cam = &setup->cameras[i];

        cam->samples = ff_v360_minification(&cam->g, &setup->source, turn, cam);
    }
}

int v360rig_supersample(const Camera *cam)
{
    const int n = cam->view->supersample;

    return n != V360_SUPERSAMPLE_AUTO ? n :
           ff_v360_auto_supersample(cam->samples);
}
