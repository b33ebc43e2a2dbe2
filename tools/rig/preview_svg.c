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
 * v360rig preview: one SVG file, with the pictures in it as JPEG.
 */

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "preview.h"

static const double scale = LAYOUT_WIDTH / 360.0;

static void path_line(void *opaque, const double a[2], const double b[2],
                      int begins)
{
    FILE *f = opaque;

    if (begins)
        fprintf(f, "M%.3f %.3f", a[0] * scale, a[1] * scale);
    fprintf(f, "L%.3f %.3f", b[0] * scale, b[1] * scale);
}

static void write_outline(FILE *f, const Camera *cam, int index)
{
    const char *name = cam->view->name;
    /* about half of the text's width */
    const double half = 4.5 * strlen(name);
    uint8_t c[3];
    double xy[2];

    v360rig_colour(index, c);
    v360rig_centre(cam, xy);
    fprintf(f, "<g class=\"view\" fill=\"#%02x%02x%02x\">\n<path id=\"%s\" "
            "stroke=\"#%02x%02x%02x\" d=\"", c[0], c[1], c[2], name, c[0],
            c[1], c[2]);
    v360rig_outline(cam, path_line, f);
    fprintf(f, "\"/>\n"
            "<circle cx=\"%.3f\" cy=\"%.3f\" r=\"4\" stroke=\"#000\"/>\n"
            "<text x=\"%.3f\" y=\"%.3f\">%s</text>\n</g>\n",
            xy[0] * scale, xy[1] * scale,
            av_clipd(xy[0] * scale, half, LAYOUT_WIDTH - half),
            FFMAX(xy[1] * scale - 8, 16), name);
}

static int write_image(FILE *f, const Picture *p, int x, int y, int w, int h)
{
    char *uri = v360rig_image_uri(p);

    if (!uri)
        return AVERROR_EXTERNAL;
    fprintf(f, "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
            "preserveAspectRatio=\"none\" href=\"%s\"/>\n", x, y, w, h, uri);
    av_free(uri);
    return 0;
}

static int write_tile(FILE *f, const RigSetup *setup, const Layout *layout,
                      const Picture *pano, int index)
{
    SheetView v = { 0 };
    const Picture *p = &v.picture;
    int ret = v360rig_sheet_view(setup, layout, index, pano, &v);

    if (ret >= 0)
        ret = write_image(f, p, v.x, v.y, p->w, p->h);
    if (ret >= 0)
        fprintf(f, "<text class=\"caption\" x=\"%d\" y=\"%d\" "
                "fill=\"#%02x%02x%02x\">%s</text>\n", v.x, v.y - 6,
                v.colour[0], v.colour[1], v.colour[2],
                setup->rig.views[index].name);
    av_free(p->rgb);
    return ret;
}

static int write_parts(FILE *f, const RigSetup *setup, const Picture *pano)
{
    const Layout l = v360rig_layout(setup);
    int ret;

    fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\">\n<style>"
            "path{fill:none;stroke-width:2.5}"
            "text{font:15px sans-serif;stroke:none}"
            ".view text{text-anchor:middle;stroke:#000;stroke-width:3;"
            "paint-order:stroke}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#1a1c1e\"/>\n",
            l.w, l.h, l.w, l.h);
    ret = write_image(f, pano, 0, 0, l.w, l.pano_h);
    for (int i = 0; i < setup->rig.nb_views; i++)
        write_outline(f, &setup->cameras[i], i);
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = write_tile(f, setup, &l, pano, i);
    fprintf(f, "</svg>\n");
    return ret;
}

int v360rig_svg(const RigSetup *setup, const Picture *pano)
{
    FILE *f = v360rig_open(NULL, setup->output, NULL);
    int ret, closed;

    if (!f)
        return AVERROR(EIO);
    ret    = write_parts(f, setup, pano);
    closed = v360rig_close(f, setup->output);
    return ret < 0 ? ret : closed;
}
