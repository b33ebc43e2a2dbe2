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

#define V360_GRAY16_SWAPPED AV_PIX_FMT_NE(GRAY16LE, GRAY16BE)

#define ALPHA_FORMATS                                                    \
    AV_PIX_FMT_YUVA444P,   AV_PIX_FMT_YUVA444P9,  AV_PIX_FMT_YUVA444P10, \
    AV_PIX_FMT_YUVA444P12, AV_PIX_FMT_YUVA444P16,                        \
    AV_PIX_FMT_YUVA422P,   AV_PIX_FMT_YUVA422P9,  AV_PIX_FMT_YUVA422P10, \
    AV_PIX_FMT_YUVA422P12, AV_PIX_FMT_YUVA422P16,                        \
    AV_PIX_FMT_YUVA420P,   AV_PIX_FMT_YUVA420P9,  AV_PIX_FMT_YUVA420P10, \
    AV_PIX_FMT_YUVA420P16,                                               \
    AV_PIX_FMT_GBRAP,      AV_PIX_FMT_GBRAP10,    AV_PIX_FMT_GBRAP12,    \
    AV_PIX_FMT_GBRAP16,                                                  \
    AV_PIX_FMT_RGBA, AV_PIX_FMT_BGRA, AV_PIX_FMT_ARGB, AV_PIX_FMT_ABGR

#define SOURCE_FORMATS                                                   \
    AV_PIX_FMT_YUVJ444P,  AV_PIX_FMT_YUVJ440P,  AV_PIX_FMT_YUVJ422P,     \
    AV_PIX_FMT_YUVJ420P,  AV_PIX_FMT_YUVJ411P,                           \
    AV_PIX_FMT_YUV444P,   AV_PIX_FMT_YUV444P9,  AV_PIX_FMT_YUV444P10,    \
    AV_PIX_FMT_YUV444P12, AV_PIX_FMT_YUV444P14, AV_PIX_FMT_YUV444P16,    \
    AV_PIX_FMT_YUV444P10MSB, AV_PIX_FMT_YUV444P12MSB,                    \
    AV_PIX_FMT_YUV440P,   AV_PIX_FMT_YUV440P10, AV_PIX_FMT_YUV440P12,    \
    AV_PIX_FMT_YUV422P,   AV_PIX_FMT_YUV422P9,  AV_PIX_FMT_YUV422P10,    \
    AV_PIX_FMT_YUV422P12, AV_PIX_FMT_YUV422P14, AV_PIX_FMT_YUV422P16,    \
    AV_PIX_FMT_YUV420P,   AV_PIX_FMT_YUV420P9,  AV_PIX_FMT_YUV420P10,    \
    AV_PIX_FMT_YUV420P12, AV_PIX_FMT_YUV420P14, AV_PIX_FMT_YUV420P16,    \
    AV_PIX_FMT_YUV411P,   AV_PIX_FMT_YUV410P,                            \
    AV_PIX_FMT_GBRP,      AV_PIX_FMT_GBRP9,     AV_PIX_FMT_GBRP10,       \
    AV_PIX_FMT_GBRP12,    AV_PIX_FMT_GBRP14,    AV_PIX_FMT_GBRP16,       \
    AV_PIX_FMT_GRAY8,     AV_PIX_FMT_GRAY9,     AV_PIX_FMT_GRAY10,       \
    AV_PIX_FMT_GRAY12,    AV_PIX_FMT_GRAY14,    AV_PIX_FMT_GRAY16,       \
    AV_PIX_FMT_NV12,      AV_PIX_FMT_NV21,      AV_PIX_FMT_NV16,         \
    AV_PIX_FMT_NV24,      AV_PIX_FMT_NV42,                               \
    AV_PIX_FMT_P010,      AV_PIX_FMT_P012,      AV_PIX_FMT_P016,         \
    AV_PIX_FMT_P210,      AV_PIX_FMT_P212,      AV_PIX_FMT_P216,         \
    AV_PIX_FMT_P410,      AV_PIX_FMT_P412,      AV_PIX_FMT_P416,         \
    AV_PIX_FMT_RGB0, AV_PIX_FMT_BGR0, AV_PIX_FMT_0RGB, AV_PIX_FMT_0BGR

const enum AVPixelFormat ff_v360_formats[] = {
    SOURCE_FORMATS, ALPHA_FORMATS,
    AV_PIX_FMT_NONE
};

const enum AVPixelFormat ff_v360_output_formats[] = {
    SOURCE_FORMATS, ALPHA_FORMATS,
    AV_PIX_FMT_RGB24,    AV_PIX_FMT_BGR24,
    AV_PIX_FMT_RGB48LE,  AV_PIX_FMT_RGB48BE,
    AV_PIX_FMT_RGBA64LE, AV_PIX_FMT_RGBA64BE,
    V360_GRAY16_SWAPPED,
    AV_PIX_FMT_NONE
};

const enum AVPixelFormat ff_v360_alpha_formats[] = {
    ALPHA_FORMATS,
    AV_PIX_FMT_NONE
};

const enum AVPixelFormat ff_v360_alpha_output_formats[] = {
    ALPHA_FORMATS,
    AV_PIX_FMT_RGBA64LE, AV_PIX_FMT_RGBA64BE,
    AV_PIX_FMT_NONE
};

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
                         !(desc->flags & AV_PIX_FMT_FLAG_BE) == HAVE_BIGENDIAN,
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
