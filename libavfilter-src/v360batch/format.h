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

#ifndef AVFILTER_V360BATCH_FORMAT_H
#define AVFILTER_V360BATCH_FORMAT_H

#include <stdint.h>

#include "libavutil/frame.h"
#include "libavutil/pixdesc.h"
#include "libavutil/pixfmt.h"

/**
 * @file
 * The properties of pixel formats that remapping depends on.
 *
 * Unused low bits of a sample, as P010 has them, should be 0. They count as a
 * part of the value below 1: nearest copies them; all other kernels interpolate
 * them and round the result to the depth of the format.
 */

typedef struct V360Plane {
    int siting;        ///< 0: samples lie as luma does, 1: chroma elsewhere
    int components;    ///< number interleaved in a sample: 1, 2 or 4
    int bits;          ///< size of a component in memory: 8 or 16
    int msb;           ///< bits of a component, unused low ones included
    int shift;         ///< unused low bits of a component
    int max;           ///< largest value, unshifted
    uint16_t fill[4];  ///< fill colour by component, shifted
} V360Plane;

/** Where a component lies: red, green, blue or Y, Cb, Cr, then alpha. */
typedef struct V360Component {
    int plane;
    int index;         ///< in a sample of the plane
    int depth;         ///< bits, without unused low ones
    int shift;         ///< unused low bits
} V360Component;

/** Bytes of a sample of a plane, all components together. */
static inline int ff_v360_sample_bytes(const V360Plane *p)
{
    return p->components * p->bits / 8;
}

typedef struct V360Format {
    int nb_planes;
    int nb_sitings;    ///< 2 if chroma lies elsewhere than luma, else 1
    int log2_chroma_w, log2_chroma_h;
    V360Plane plane[4];
    int nb_colours;    ///< 1 for gray, else 3
    int is_rgb;
    int has_alpha;
    int is_swapped;    ///< components of 16 bits have the other byte order
    V360Component comp[4]; ///< nb_colours of them; [3] is alpha
} V360Format;

/**
 * Formats that can be remapped: all of them, and only those with alpha. Both
 * lists end with AV_PIX_FMT_NONE.
 */
extern const enum AVPixelFormat ff_v360_formats[];
extern const enum AVPixelFormat ff_v360_alpha_formats[];

/** Formats that views can be sent as: those above, and some more of each. */
extern const enum AVPixelFormat ff_v360_output_formats[];
extern const enum AVPixelFormat ff_v360_alpha_output_formats[];

/** Whether a format is one of a list that ends with AV_PIX_FMT_NONE. */
int ff_v360_is_listed(const enum AVPixelFormat *list,
                      enum AVPixelFormat format);

/** Whether samples have full range; unspecified: see ff_v360_format_init() */
int ff_v360_is_full_range(const AVPixFmtDescriptor *desc,
                          enum AVPixelFormat format, enum AVColorRange range);

/**
 * Describe a pixel format, one of ff_v360_output_formats.
 *
 * @param rgba   fill colour, 8 bits a component
 * @param csp    colour space of the frames; unspecified: BT.601
 * @param range  unspecified: full for RGB and yuvj formats, else limited
 * @param alpha  premultiplied: where alpha is 0 there is no fill colour
 */
void ff_v360_format_init(V360Format *f, enum AVPixelFormat format,
                         const uint8_t rgba[4], enum AVColorSpace csp,
                         enum AVColorRange range, enum AVAlphaMode alpha);

/**
 * Where chroma samples lie, in the units of av_chroma_location_enum_to_pos().
 *
 * @param location  unspecified: the location of the frame; if that is
 *                  unspecified, too: centre for full range, left otherwise
 */
void ff_v360_chroma_position(int *xpos, int *ypos, const AVFrame *frame,
                             enum AVChromaLocation location);

#endif /* AVFILTER_V360BATCH_FORMAT_H */
