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
 * v360rig owner-masks: a mask for each view, white in the directions that the
 * view owns. Every direction has one owner, so that features are found once;
 * by COLMAP's rule that is the view with the nearest optical axis.
 */

#include <string.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "rig.h"

/* Cosines within this are equal, and the lower index decides. */
#define TIE 1e-12

static double cosine(const Camera *cam, const double ray[3])
{
    const double *m = cam->pano_from_cam;

    return m[2] * ray[0] + m[5] * ray[1] + m[8] * ray[2];
}

/** @return whether another view of the same eye owns the direction */
static int another_owns(const RigSetup *setup, int index, const double ray[3])
{
    const Camera *cam = &setup->cameras[index];
    const double own = cosine(cam, ray);

    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *other = &setup->cameras[i];

        if (i != index && other->view->eye == cam->view->eye &&
            cosine(other, ray) > own + (i < index ? -TIE : TIE))
            return 1;
    }
    return 0;
}

static void fill_row(const RigSetup *setup, int index, int y, uint8_t *row)
{
    const Camera *cam = &setup->cameras[index];

    for (int x = 0; x < cam->g.w; x++) {
        const double uv[2] = { (x + 0.5) / cam->g.w, (y + 0.5) / cam->g.h };
        double r[3], ray[3];
        const int shown = ff_v360_unproject(&cam->g, uv, r);

        v360rig_to_pano(cam, r, ray);
        row[x] = shown && !another_owns(setup, index, ray) ? 255 : 0;
    }
}

static int write_mask(const RigSetup *setup, int index)
{
    const Camera *cam = &setup->cameras[index];
    uint8_t *row = av_malloc(cam->g.w);
    FILE *f;

    if (!row)
        return AVERROR(ENOMEM);
    f = v360rig_open(setup->output, cam->view->name, ".pgm");
    if (!f) {
        av_free(row);
        return AVERROR(EIO);
    }
    fprintf(f, "P5\n%d %d\n255\n", cam->g.w, cam->g.h);
    for (int y = 0; y < cam->g.h; y++) {
        fill_row(setup, index, y, row);
        fwrite(row, 1, cam->g.w, f);
    }
    av_free(row);
    return v360rig_close(f, cam->view->name);
}

int v360rig_owner_masks(RigSetup *setup)
{
    int ret = v360rig_cameras(setup, 0);

    if (ret >= 0)
        ret = v360rig_make_dir(setup);
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = write_mask(setup, i);
    return ret;
}
