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

#ifndef AVFILTER_V360BATCH_SAMPLE_H
#define AVFILTER_V360BATCH_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Positions in a source plane, in 24.8 fixed point, and the samples around
 * them: the types that maps share with the code that remaps by them.
 *
 * A sample is interpolated from the taps around a position: the column and the
 * row of the first tap are coord >> 8, the phases are coord & 255.
 */

/** x of a point that sees nothing of the source. */
#define V360_UNMAPPED INT32_MIN

/** How far the widest kernel reaches from its tap column or row. */
#define V360_TAPS_BEFORE 1
#define V360_TAPS_AFTER  2
/** Width of the frame of replacement samples around a face. */
#define V360_RING        2

/** A position in the source plane: 24.8 fixed point, of the sample centre. */
typedef struct V360Point {
    int32_t x, y;
} V360Point;

/** Number of points that one call makes. */
#define V360_SPAN 16

/**
 * Smallest and largest x (24.8) of some points. x0 is V360_UNMAPPED if any of
 * them is unmapped, or has taps beyond the border of a face.
 */
typedef struct V360Span {
    int32_t x0, x1;
} V360Span;

/** Column and row of a sample of the source plane. */
typedef struct V360SamplePos {
    uint16_t x, y;
} V360SamplePos;

/** A rectangle of the source plane, and the samples beyond its edges. */
typedef struct V360BorderFace {
    int x0, y0, x1, y1;  ///< samples; x1 and y1 are outside
    /**
     * Samples to fetch instead of those in a frame V360_RING wide around the
     * rectangle: rows above, rows below, each (x1 - x0 + 4) long, then for each
     * row of the rectangle two to its left and two to its right.
     */
    const V360SamplePos *ring;
} V360BorderFace;

/**
 * A row of a source plane that ends at an outline. Left and right of that are
 * samples to fetch others for: only as many as kernels reach.
 */
typedef struct V360OutlineRow {
    int x0, x1;         ///< samples [x0, x1) lie inside
    int first, end;     ///< for samples [first, x0) and [x1, end) there are
                        ///< others in V360Border.samples:
    int left, right;    ///< for x < x0 at left + x, for x >= x1 at right + x
} V360OutlineRow;

/** The faces of a source plane. */
typedef struct V360Border {
    int nb_faces;
    V360BorderFace face[6];
    V360SamplePos *samples; ///< the rings of all faces, one after the other,
                            ///< then those instead of others in their rows
    size_t nb_samples;
    V360OutlineRow *outline; ///< by row; NULL: all of the plane is inside
} V360Border;

/** @return whether a rectangle of samples, last ones included, is inside */
static inline int ff_v360_is_in_outline(const V360Border *b, int x0, int y0,
                                        int x1, int y1)
{
    const V360OutlineRow *row = b->outline;

    return !row || /* the outline is convex */
           (x0 >= row[y0].x0 && x1 < row[y0].x1 &&
            x0 >= row[y1].x0 && x1 < row[y1].x1);
}

/** @return what to fetch for a sample of the plane: itself if it is inside */
static inline V360SamplePos ff_v360_sample_inside(const V360Border *b, int x,
                                                  int y)
{
    const V360OutlineRow *row = b->outline ? &b->outline[y] : NULL;

    if (!row || (x >= row->x0 && x < row->x1))
        return (V360SamplePos){ x, y };
    if (x < row->x0)
        return b->samples[row->left + (x < row->first ? row->first : x)];
    return b->samples[row->right + (x >= row->end ? row->end - 1 : x)];
}

#endif /* AVFILTER_V360BATCH_SAMPLE_H */
