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
 * v360rig names and show: the views as a list and as a table.
 */

#include <string.h>

#include "libavutil/common.h"
#include "rig.h"

int v360rig_names(RigSetup *setup)
{
    for (int i = 0; i < setup->rig.nb_views; i++)
        puts(setup->rig.views[i].name);
    return v360rig_close(stdout, NULL);
}

int v360rig_show(RigSetup *setup)
{
    int ret = v360rig_cameras(setup, 1), width = strlen("name");

    if (ret < 0)
        return ret;
    for (int i = 0; i < setup->rig.nb_views; i++)
        width = FFMAX(width, strlen(setup->rig.views[i].name));
    printf("index %-*s %8s %8s %8s %11s %8s %8s %10s %10s %8s %8s %4s\n", width,
           "name", "yaw", "pitch", "roll", "size", "h_fov", "v_fov", "fx",
           "fy", "cx", "cy", "ss");
    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *cam = &setup->cameras[i];
        const V360View *v = cam->view;
        char size[32];

        snprintf(size, sizeof(size), "%dx%d", cam->g.w, cam->g.h);
        printf("%5d %-*s %8.6g %8.6g %8.6g %11s %8.6g %8.6g", i, width,
               v->name, v->yaw, v->pitch, v->roll, size, cam->g.h_fov,
               cam->g.v_fov);
        if (cam->fx)
            printf(" %10.4f %10.4f %8.6g %8.6g", cam->fx, cam->fy, cam->cx,
                   cam->cy);
        else
            printf(" %-39s", ff_v360_projection_name(cam->g.projection));
        printf(" %4s\n", v360rig_supersamples[v->supersample]);
    }
    return v360rig_close(stdout, NULL);
}
