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
 * Previews: the panorama with the outlines of the views, and all views.
 *
 * Places in the panorama are degrees here: x from 0 at its left edge to 360,
 * y from 0 at the top to 180.
 */

#define OUTLINE_EDGE 64                 ///< points of each edge of a view
#define OUTLINE_SIZE (4 * OUTLINE_EDGE)

/** Directions of the border of a view in its camera's axes, clockwise. */
void v360rig_border(const Camera *cam, double rays[OUTLINE_SIZE][3]);

/** Place of a direction in panorama axes. */
void v360rig_place(const double ray[3], double xy[2]);

/** A line of an outline; none crosses the panorama's edge. */
typedef void LineFunc(void *opaque, const double a[2], const double b[2],
                      int begins);

/**
 * Pass on an outline, line by line.
 *
 * @param line  begins is whether the line does not continue the last one
 */
void v360rig_outline(const Camera *cam, LineFunc *line, void *opaque);

/** Place of the middle of a view. */
void v360rig_centre(const Camera *cam, double xy[2]);

/** Colour of a view: neighbours in the list differ. */
void v360rig_colour(int index, uint8_t rgb[3]);

/** The source as an equirectangular panorama w pixels wide, or a graticule. */
int v360rig_background(const Job *job, int w, Picture *p);

/** A view, w pixels wide, from that panorama. */
int v360rig_view(const Camera *cam, const Picture *pano, int w, Picture *p);

/** Where the parts of a still preview are, in pixels. */
typedef struct Layout {
    int w, h;            ///< of all
    int pano_h;          ///< the panorama takes the whole width
    int columns;
    int tile_w, tile_h;  ///< of a view with its name, views are smaller
} Layout;

#define LAYOUT_WIDTH   1600
#define LAYOUT_MARGIN  8
#define LAYOUT_CAPTION 22

Layout v360rig_layout(const Job *job);

/** Place and width of a view in the sheet; its name is above it. */
void v360rig_tile(const Job *job, const Layout *layout, int index, int *x,
                  int *y, int *w);

int v360rig_svg(const Job *job, const Picture *pano);
int v360rig_png(const Job *job, const Picture *pano);
int v360rig_html(const Job *job, const Picture *pano);

#endif /* TOOLS_RIG_PREVIEW_H */
