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
 * Pictures of previews: the panorama, the views, and the layout of both.
 */

#include <math.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "preview.h"

/** Cut a stereo source to its first eye. */
static int crop_eye(const RigSetup *setup, Picture *p)
{
    Picture eye;
    int ret;

    if (setup->stereo_w * setup->stereo_h == 1)
        return 0;
    ret = v360rig_image_alloc(&eye, FFMAX(p->w / setup->stereo_w, 1),
                              FFMAX(p->h / setup->stereo_h, 1));
    if (ret < 0)
        return ret;
    for (int y = 0; y < eye.h; y++)
        memcpy(eye.rgb + 3 * (size_t)y * eye.w, p->rgb + 3 * (size_t)y * p->w,
               3 * eye.w);
    av_free(p->rgb);
    *p = eye;
    return 0;
}

static int on_line(double degrees, double every, double width)
{
    const double d = degrees - every * rint(degrees / every);

    return fabs(d) < width;
}

/** Colour of a place in a panorama of lines, one every 15 degrees. */
static void graticule(double x, double y, uint8_t rgb[3])
{
    const int line = on_line(x, 15, 0.15) || on_line(y, 15, 0.15);
    const int strong = on_line(x, 90, 0.25) || on_line(y - 90, 180, 0.25);
    const int ground = y > 90;

    rgb[0] = strong ? 190 : line ? 110 : ground ? 62 : 58;
    rgb[1] = strong ? 200 : line ? 120 : ground ? 62 : 70;
    rgb[2] = strong ? 210 : line ? 130 : ground ? 56 : 84;
}

static void show_direction(const RigSetup *setup, const Picture *source,
                           double x, double y, uint8_t rgb[3])
{
    const double lambda = (x - 180) * M_PI / 180, phi = (90 - y) * M_PI / 180;
    const double ray[3] = { sin(lambda) * cos(phi), -sin(phi),
                            cos(lambda) * cos(phi) };
    double uv[2];
    int face;

    if (!source->rgb)
        graticule(x, y, rgb);
    else if (ff_v360_project(&setup->source, ray, uv, &face))
        v360rig_image_sample(source, uv[0], uv[1], rgb);
}

int v360rig_background(const RigSetup *setup, int w, Picture *p)
{
    Picture source = { 0 };
    int ret = 0;

    if (setup->pano)
        ret = v360rig_image_load(setup->pano, w * setup->stereo_w, &source);
    if (ret >= 0 && setup->pano)
        ret = crop_eye(setup, &source);
    if (ret >= 0)
        ret = v360rig_image_alloc(p, w, w / 2);
    for (int i = 0; i < p->w * p->h && ret >= 0; i++)
        show_direction(setup, &source, (i % w + 0.5) * 360 / w,
                       (i / w + 0.5) * 360 / w, p->rgb + 3 * (size_t)i);
    av_free(source.rgb);
    return ret;
}

int v360rig_view(const Camera *cam, const Picture *pano, int w, Picture *p)
{
    const double h = (double)w * cam->g.h / cam->g.w;
    int ret = v360rig_image_alloc(p, w, FFMAX(lrint(h), 1));

    if (ret < 0)
        return ret;
    for (int i = 0; i < p->w * p->h; i++) {
        const double uv[2] = { (i % w + 0.5) / p->w, (i / w + 0.5) / p->h };
        double r[3], ray[3], xy[2];

        if (!ff_v360_unproject(&cam->g, uv, r))
            continue;
        v360rig_to_pano(cam, r, ray);
        v360rig_place(ray, xy);
        v360rig_image_sample(pano, xy[0] / 360, xy[1] / 180, p->rgb + 3 * i);
    }
    return 0;
}

Layout v360rig_layout(const RigSetup *setup)
{
    const int nb = setup->rig.nb_views;
    const int rows = FFMAX(lrint(sqrt(nb / 2.0)), 1);
    Layout l = { .w = LAYOUT_WIDTH, .pano_h = LAYOUT_WIDTH / 2 };
    double shape = 0.25;

    /* a cell fits the tallest view, up to three times as high as wide */
    for (int i = 0; i < nb; i++)
        shape = FFMAX(shape, (double)setup->cameras[i].g.h /
                             setup->cameras[i].g.w);
    shape     = FFMIN(shape, 3);
    l.columns = FFMAX((nb + rows - 1) / rows, 2);
    l.tile_w  = (l.w - LAYOUT_MARGIN) / l.columns;
    l.tile_h  = LAYOUT_CAPTION + (l.tile_w - LAYOUT_MARGIN) * shape;
    l.h       = l.pano_h + LAYOUT_MARGIN +
                (nb + l.columns - 1) / l.columns * l.tile_h;
    return l;
}

int v360rig_sheet_view(const RigSetup *setup, const Layout *layout, int index,
                       const Picture *pano, SheetView *v)
{
    const Camera *cam = &setup->cameras[index];
    const int column = index % layout->columns, row = index / layout->columns;
    const int64_t max_h = layout->tile_h - LAYOUT_CAPTION;
    const int w = FFMIN(layout->tile_w - LAYOUT_MARGIN,
                        max_h * cam->g.w / cam->g.h);

    v->x = LAYOUT_MARGIN + column * layout->tile_w;
    v->y = layout->pano_h + LAYOUT_CAPTION + row * layout->tile_h;
    v360rig_colour(index, v->colour);
    return v360rig_view(cam, pano, FFMAX(w, 1), &v->picture);
}
