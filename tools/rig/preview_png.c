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
 * v360rig preview: one PNG file, with lines and names drawn into its samples.
 */

#include <math.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/xga_font_data.h"
#include "preview.h"

typedef struct Pen {
    Picture *on;
    uint8_t colour[3];
    double radius;
} Pen;

static void blend(Picture *p, int x, int y, const uint8_t c[3], double alpha)
{
    uint8_t *dst = p->rgb + 3 * ((size_t)y * p->w + x);

    if (x < 0 || y < 0 || x >= p->w || y >= p->h)
        return;
    for (int i = 0; i < 3; i++)
        dst[i] = lrint(dst[i] + (c[i] - dst[i]) * alpha);
}

/** Draw a line with round ends; a pixel at its rim is blended by its share. */
static void draw_line(const Pen *pen, double ax, double ay, double bx,
                      double by)
{
    const double dx = bx - ax, dy = by - ay, r = pen->radius + 1;
    const double length2 = FFMAX(dx * dx + dy * dy, 1e-9);

    for (int y = FFMIN(ay, by) - r; y <= FFMAX(ay, by) + r; y++) {
        for (int x = FFMIN(ax, bx) - r; x <= FFMAX(ax, bx) + r; x++) {
            const double px = x + 0.5 - ax, py = y + 0.5 - ay;
            const double t = av_clipd((px * dx + py * dy) / length2, 0, 1);
            const double d = hypot(px - t * dx, py - t * dy);

            if (d < pen->radius + 0.5)
                blend(pen->on, x, y, pen->colour,
                      av_clipd(pen->radius + 0.5 - d, 0, 1));
        }
    }
}

static void outline_line(void *opaque, const double a[2], const double b[2],
                         int begins)
{
    const Pen *pen = opaque;
    const double scale = LAYOUT_WIDTH / 360.0;

    draw_line(pen, a[0] * scale, a[1] * scale, b[0] * scale, b[1] * scale);
}

/** Draw text, moved into the picture; a letter has 8 x 16 pixels. */
static void draw_text(Picture *p, int x, int y, const char *text,
                      const uint8_t colour[3])
{
    const uint8_t *font = avpriv_vga16_font_get();

    x = FFMAX(FFMIN(x, p->w - 8 * (int)strlen(text)), 0);
    y = FFMAX(FFMIN(y, p->h - 16), 0);
    for (; *text; text++, x += 8) {
        for (int i = 0; i < 8 * 16; i++) {
            if (font[16 * (uint8_t)*text + i / 8] & 0x80 >> i % 8)
                blend(p, x + i % 8, y + i / 8, colour, 1);
        }
    }
}

static void draw_name(Picture *p, const Camera *cam, const uint8_t colour[3])
{
    static const uint8_t black[3] = { 0 };
    const double scale = LAYOUT_WIDTH / 360.0;
    const int half = 4 * strlen(cam->view->name);
    double xy[2];
    int x, y, left;

    v360rig_centre(cam, xy);
    x = xy[0] * scale;
    y = xy[1] * scale;
    draw_line(&(Pen){ p, { colour[0], colour[1], colour[2] }, 4 }, x, y, x, y);
    /* the name is above the dot, and in the picture with its rim */
    left = av_clip(x - half, 1, p->w - 2 * half - 1);
    y    = FFMAX(y, 23);
    for (int i = 0; i < 9; i++)
        draw_text(p, left + i % 3 - 1, y - 23 + i / 3, cam->view->name, black);
    draw_text(p, left, y - 22, cam->view->name, colour);
}

static void draw_picture(Picture *to, const Picture *p, int x0, int y0)
{
    for (int y = 0; y < p->h && y0 + y < to->h; y++)
        memcpy(to->rgb + 3 * ((size_t)(y0 + y) * to->w + x0),
               p->rgb + 3 * (size_t)y * p->w, 3 * FFMIN(p->w, to->w - x0));
}

static int draw_tile(Picture *to, const RigSetup *setup, const Layout *layout,
                     const Picture *pano, int index)
{
    SheetView v = { 0 };
    int ret = v360rig_sheet_view(setup, layout, index, pano, &v);

    if (ret >= 0) {
        draw_picture(to, &v.picture, v.x, v.y);
        draw_text(to, v.x, v.y - 19, setup->rig.views[index].name, v.colour);
    }
    av_free(v.picture.rgb);
    return ret;
}

static int draw_parts(Picture *p, const RigSetup *setup, const Picture *pano)
{
    const Layout layout = v360rig_layout(setup);
    int ret = v360rig_image_alloc(p, layout.w, layout.h);

    for (int y = 0; y < layout.pano_h && ret >= 0; y++) {
        for (int x = 0; x < p->w; x++)
            v360rig_image_sample(pano, (x + 0.5) / p->w,
                                 (y + 0.5) / layout.pano_h,
                                 p->rgb + 3 * ((size_t)y * p->w + x));
    }
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++) {
        Pen pen = { p, { 0 }, 1.25 };

        v360rig_colour(i, pen.colour);
        v360rig_outline(&setup->cameras[i], outline_line, &pen);
        draw_name(p, &setup->cameras[i], pen.colour);
    }
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = draw_tile(p, setup, &layout, pano, i);
    return ret;
}

int v360rig_png(const RigSetup *setup, const Picture *pano)
{
    uint8_t *data = NULL;
    Picture p = { 0 };
    size_t size;
    FILE *f;
    int ret = draw_parts(&p, setup, pano);

    if (ret >= 0)
        ret = v360rig_image_encode(&p, "png", &data, &size);
    av_free(p.rgb);
    if (ret < 0)
        return ret;
    f = v360rig_open(NULL, setup->output, NULL);
    if (f) {
        fwrite(data, 1, size, f);
        ret = v360rig_close(f, setup->output);
    } else {
        ret = AVERROR(EIO);
    }
    av_free(data);
    return ret;
}
