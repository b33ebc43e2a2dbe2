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

#include "config.h"

#include <math.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/csp.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/colorspace.h"
#include "format.h"

/* Values of the fill colour in [0, 1], as full-range components 0 to 3;
 * chroma is centred on 0. */
static av_cold void fill_components(double value[4],
                                    const AVPixFmtDescriptor *desc,
                                    const uint8_t rgba[4],
                                    enum AVColorSpace csp)
{
    const double rgb[3] = { rgba[0] / 255.0, rgba[1] / 255.0,
                            rgba[2] / 255.0 };
    const AVLumaCoefficients *luma = av_csp_luma_coeffs_from_avcsp(csp);
    double rgb2yuv[3][3];

    /* A ray that hits nothing is transparent, whatever the colour. */
    value[3] = 0.0;
    if (desc->flags & AV_PIX_FMT_FLAG_RGB) {
        for (int i = 0; i < 3; i++)
            value[i] = rgb[i];
        return;
    }
    if (!luma)
        luma = av_csp_luma_coeffs_from_avcsp(AVCOL_SPC_SMPTE170M);
    ff_fill_rgb2yuv_table(luma, rgb2yuv);
    ff_matrix_mul_3x3_vec(value, rgb, rgb2yuv);
}

/* Quantisation of Rec. ITU-T H.273, 8.3. */
static av_cold int quantise(double value, int depth, int limited, int chroma)
{
    const int max = (1 << depth) - 1;

    if (limited)
        value = (1 << (depth - 8)) * (chroma ? 224 * value + 128
                                             : 219 * value + 16);
    else
        value = value * max + (chroma ? 1 << (depth - 1) : 0);
    return av_clip(lrint(value), 0, max);
}

av_cold int ff_v360_is_full_range(const AVPixFmtDescriptor *desc,
                                  enum AVPixelFormat format,
                                  enum AVColorRange range)
{
    return range == AVCOL_RANGE_JPEG || (desc->flags & AV_PIX_FMT_FLAG_RGB) ||
           (range == AVCOL_RANGE_UNSPECIFIED &&
            (format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
             format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ444P ||
             format == AV_PIX_FMT_YUVJ411P));
}

av_cold void ff_v360_format_init(V360Format *f, enum AVPixelFormat format,
                                 const uint8_t rgba[4], enum AVColorSpace csp,
                                 enum AVColorRange range,
                                 enum AVAlphaMode alpha)
{
    static const uint8_t black[4] = { 0 };
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);
    const int is_rgb  = !!(desc->flags & AV_PIX_FMT_FLAG_RGB);
    const int limited = !ff_v360_is_full_range(desc, format, range);
    double value[4];

    *f = (V360Format) {
        .nb_planes     = av_pix_fmt_count_planes(format),
        .nb_sitings    = 1 + (desc->log2_chroma_w || desc->log2_chroma_h),
        .log2_chroma_w = desc->log2_chroma_w,
        .log2_chroma_h = desc->log2_chroma_h,
        .nb_colours    = desc->nb_components < 3 ? 1 : 3,
        .is_rgb        = is_rgb,
        .has_alpha     = !!(desc->flags & AV_PIX_FMT_FLAG_ALPHA),
        .is_swapped    = desc->comp[0].depth > 8 &&
                         !!(desc->flags & AV_PIX_FMT_FLAG_BE) != HAVE_BIGENDIAN,
    };
    /* with premultiplied alpha, any colour times an alpha of 0 is black */
    if (alpha == AVALPHA_MODE_PREMULTIPLIED &&
        (desc->flags & AV_PIX_FMT_FLAG_ALPHA))
        rgba = black;
    fill_components(value, desc, rgba, csp);
    for (int i = 0; i < desc->nb_components; i++) {
        const AVComponentDescriptor *c = &desc->comp[i];
        const int chroma = !is_rgb && (i == 1 || i == 2);
        V360Plane *p = &f->plane[c->plane];

        p->bits       = c->depth > 8 ? 16 : 8;
        p->components = c->step * 8 / p->bits;
        p->siting     = chroma && f->nb_sitings > 1;
        p->msb        = c->depth + c->shift;
        p->shift      = c->shift;
        p->max        = (1 << c->depth) - 1;
        f->comp[i < f->nb_colours ? i : 3] =
            (V360Component){ c->plane, c->offset * 8 / p->bits, c->depth,
                             c->shift };
        p->fill[c->offset * 8 / p->bits] =
            quantise(value[i], c->depth, limited && i < 3, chroma) << c->shift;
    }
}

void ff_v360_chroma_position(int *xpos, int *ypos, const AVFrame *frame,
                             enum AVChromaLocation location)
{
    if (location == AVCHROMA_LOC_UNSPECIFIED)
        location = frame->chroma_location;
    if (location == AVCHROMA_LOC_UNSPECIFIED)
        location = frame->color_range == AVCOL_RANGE_JPEG ? AVCHROMA_LOC_CENTER
                                                          : AVCHROMA_LOC_LEFT;
    av_chroma_location_enum_to_pos(xpos, ypos, location);
}
