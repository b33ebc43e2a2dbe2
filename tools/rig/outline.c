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
 * Outlines, centres and colours of views in a panorama. v360rig_page.html has
 * the same outlines in JavaScript, for views that are edited there; a test
 * compares the two.
 */

#include <math.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/mathematics.h"
#include "preview.h"

void v360rig_place(const double ray[3], double xy[2])
{
    xy[0] = 180 + atan2(ray[0], ray[2]) * 180 / M_PI;
    xy[1] = 90 + atan2(ray[1], hypot(ray[0], ray[2])) * 180 / M_PI;
}

/**
 * Direction of a place on the border of the image. Where the image shows
 * nothing there, as in the corners of a fisheye, it is that of the outermost
 * place on the way to the centre which shows something.
 */
static void border_ray(const Camera *cam, double u, double v, double ray[3])
{
    double in = 0, out = 1;

    if (ff_v360_unproject(&cam->g, (double[]){ u, v }, ray))
        return;
    for (int i = 0; i < 30; i++) {
        const double mid = (in + out) / 2;
        const double uv[2] = { 0.5 + (u - 0.5) * mid, 0.5 + (v - 0.5) * mid };

        if (ff_v360_unproject(&cam->g, uv, ray))
            in = mid;
        else
            out = mid;
    }
    ff_v360_unproject(&cam->g, (double[]){ 0.5 + (u - 0.5) * in,
                                               0.5 + (v - 0.5) * in }, ray);
}

void v360rig_border(const Camera *cam, double rays[OUTLINE_SIZE][3])
{
    for (int i = 0; i < OUTLINE_EDGE; i++) {
        const double t = (double)i / OUTLINE_EDGE;

        border_ray(cam, t,     0,     rays[i]);
        border_ray(cam, 1,     t,     rays[i + OUTLINE_EDGE]);
        border_ray(cam, 1 - t, 1,     rays[i + 2 * OUTLINE_EDGE]);
        border_ray(cam, 0,     1 - t, rays[i + 3 * OUTLINE_EDGE]);
    }
}

void v360rig_outline(const Camera *cam, LineFunc *line, void *opaque)
{
    double rays[OUTLINE_SIZE][3], ray[3], a[2], b[2];
    int begins = 1;

    v360rig_border(cam, rays);
    v360rig_to_pano(cam, rays[0], ray);
    v360rig_place(ray, a);
    for (int i = 1; i <= OUTLINE_SIZE; i++) {
        v360rig_to_pano(cam, rays[i % OUTLINE_SIZE], ray);
        v360rig_place(ray, b);
        if (fabs(b[0] - a[0]) > 180) {
            /* one line to the edge of the panorama, one from the other edge */
            const double edge = b[0] < a[0] ? 360 : 0;
            const double way = 360 - fabs(b[0] - a[0]);
            const double t = way > 0 ? fabs(edge - a[0]) / way : 0;
            const double y = a[1] + (b[1] - a[1]) * t;

            line(opaque, a, (double[]){ edge, y }, begins);
            line(opaque, (double[]){ 360 - edge, y }, b, 1);
        } else {
            line(opaque, a, b, begins);
        }
        begins = 0;
        memcpy(a, b, sizeof(a));
    }
}

void v360rig_centre(const Camera *cam, double xy[2])
{
    double ray[3];

    v360rig_to_pano(cam, (double[]){ 0, 0, 1 }, ray);
    v360rig_place(ray, xy);
}

/* Hues are a golden angle apart on their circle; all of them are light. */
void v360rig_colour(int index, uint8_t rgb[3])
{
    const double hue = fmod(index * 137.508 + 40, 360) / 60;

    for (int i = 0; i < 3; i++) {
        const double d = fabs(fmod(hue + 6 - 2 * i, 6) - 3) - 1;

        rgb[i] = lrint(255 * (0.25 + 0.75 * av_clipd(d, 0, 1)));
    }
}
