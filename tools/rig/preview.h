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

#ifndef TOOLS_RIG_PREVIEW_H
#define TOOLS_RIG_PREVIEW_H

#include "picture.h"
#include "rig.h"

/**
 * @file
 * What the three kinds of previews share: the panorama with the outlines of
 * the views, and a sheet of the views below it.
 *
 * Places in the panorama are degrees here: x from 0 at its left edge to 360,
 * y from 0 at the top to 180.
 */

#define OUTLINE_EDGE 64                 ///< points of each edge of a view
#define OUTLINE_SIZE (4 * OUTLINE_EDGE)

/* outline.c */

/** Directions of the border of a view in its camera's axes, clockwise. */
void v360rig_border(const Camera *cam, double rays[OUTLINE_SIZE][3]);

/** Place of a direction in panorama axes. */
void v360rig_place(const double ray[3], double xy[2]);

/**
 * A line of an outline, from a to b; none crosses the panorama's edge.
 *
 * @param begins  whether a is another place than b of the line before
 */
typedef void LineFunc(void *opaque, const double a[2], const double b[2],
                      int begins);

/** Call a function for each line of the outline of a view. */
void v360rig_outline(const Camera *cam, LineFunc *line, void *opaque);

/** Place of the middle of a view. */
void v360rig_centre(const Camera *cam, double xy[2]);

/** Colour of a view: neighbours in the list differ. */
void v360rig_colour(int index, uint8_t rgb[3]);

/* sheet.c */

/**
 * Make an equirectangular panorama of the source, or a graticule where there
 * is none.
 *
 * @param w  its width in pixels
 * @param p  result; to be freed with av_freep(&p->rgb) in any case
 * @return 0 or a negative error code; logged unless memory is missing
 */
int v360rig_background(const RigSetup *setup, int w, Picture *p);

/**
 * Make the picture of a view from that panorama.
 *
 * @param w  its width in pixels
 * @param p  result; to be freed with av_freep(&p->rgb) in any case
 * @return 0 or AVERROR(ENOMEM)
 */
int v360rig_view(const Camera *cam, const Picture *pano, int w, Picture *p);

/** Where the parts of a preview as one picture are, in pixels. */
typedef struct Layout {
    int w, h;            ///< the whole preview
    int pano_h;          ///< the panorama takes the whole width
    int columns;         ///< of the sheet
    int tile_w, tile_h;  ///< a cell of the sheet: a view, its name, a margin
} Layout;

#define LAYOUT_WIDTH   1600
#define LAYOUT_MARGIN  8
#define LAYOUT_CAPTION 22

Layout v360rig_layout(const RigSetup *setup);

/** A view in the sheet. Its name is above it. */
typedef struct SheetView {
    int x, y;            ///< place of its left upper corner
    uint8_t colour[3];
    Picture picture;
} SheetView;

/**
 * Make a view of the sheet.
 *
 * @param v  result; to be freed with av_freep(&v->picture.rgb) in any case
 * @return 0 or AVERROR(ENOMEM)
 */
int v360rig_sheet_view(const RigSetup *setup, const Layout *layout, int index,
                       const Picture *pano, SheetView *v);

/* The kinds of files, each in preview_KIND.c: write a preview to -o.
 * @return 0 or a negative error code; logged unless memory is missing */
int v360rig_svg(const RigSetup *setup, const Picture *pano);
int v360rig_png(const RigSetup *setup, const Picture *pano);
int v360rig_html(const RigSetup *setup, const Picture *pano);

#endif /* TOOLS_RIG_PREVIEW_H */
