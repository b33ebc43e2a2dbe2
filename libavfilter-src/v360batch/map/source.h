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

#ifndef AVFILTER_V360BATCH_MAP_SOURCE_H
#define AVFILTER_V360BATCH_MAP_SOURCE_H

#include <math.h>
#include <stdint.h>

#include "libavfilter/v360batch/projection/projection.h"

/**
 * @file
 * The source as it is stored, and where the samples of its planes lie. A
 * position in an image is (u, v) in [0, 1], from edge to edge.
 */

/**
 * Amount to add before rounding, so that exact ties are decided alike
 * everywhere. Positions are accurate to far better than this, and results of
 * math libraries differ by 1e-11 at most: so it moves only exact ties, and all
 * of them the same way.
 */
#define V360_NUDGE 1e-6

/** Where the samples of one plane of an image lie. */
typedef struct V360Sampling {
    int w, h;            ///< samples of the plane
    int luma_w, luma_h;  ///< size of the image in luma samples
    double step_x, step_y; ///< luma samples between two samples
    double x0, y0;       ///< where the centre of sample (0, 0) lies, in luma
                         ///< samples from the top left corner: 0.5 for luma
} V360Sampling;

/** Where the chroma samples of an image lie. */
typedef struct V360ChromaPlaces {
    int log2_w, log2_h;  ///< subsampling
    int xpos, ypos;      ///< as av_chroma_location_enum_to_pos() gives them
} V360ChromaPlaces;

/** One eye of the source as it is stored. */
typedef struct V360Source {
    V360Geometry geometry;   ///< with w and h swapped if transposed
    int transpose;           ///< stored with x and y swapped
    int h_flip, v_flip;      ///< then mirrored
    int nb_sitings;          ///< 2 if chroma samples lie elsewhere than luma
    V360Sampling sampling[2]; ///< by siting
} V360Source;

/**
 * Find where the samples of a plane lie.
 *
 * @param chroma  NULL: a plane whose samples lie as luma does
 */
V360Sampling ff_v360_sampling(int luma_w, int luma_h,
                              const V360ChromaPlaces *chroma);

/** Have n x n samples instead of each one, evenly around its place. */
void ff_v360_sampling_divide(V360Sampling *s, int n);

/**
 * Turn a position in the projection's image into the position in the image as
 * it is stored, and back.
 */
void ff_v360_source_store(const V360Source *source, double uv[2]);
void ff_v360_source_unstore(const V360Source *source, double uv[2]);

/** Sample index (fractional) of a position. */
static inline double ff_v360_sample_x(const V360Sampling *s, double u)
{
    return (u * s->luma_w - s->x0) / s->step_x;
}

static inline double ff_v360_sample_y(const V360Sampling *s, double v)
{
    return (v * s->luma_h - s->y0) / s->step_y;
}

/** Position of a sample. */
static inline void ff_v360_sample_uv(const V360Sampling *s, double x, double y,
                                     double uv[2])
{
    uv[0] = (x * s->step_x + s->x0) / s->luma_w;
    uv[1] = (y * s->step_y + s->y0) / s->luma_h;
}

/** Round to the nearest integer, alike everywhere; ties go up. */
static inline int32_t ff_v360_round(double x)
{
    return floor(x + 0.5 + V360_NUDGE);
}

/** A fractional sample index in 24.8 fixed point, as V360Point has it. */
static inline int32_t ff_v360_quantise(double x)
{
    return ff_v360_round(x * 256.0);
}

#endif /* AVFILTER_V360BATCH_MAP_SOURCE_H */
