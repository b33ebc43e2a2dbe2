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

#define JPEG_FORMATS                                                     \
    AV_PIX_FMT_YUVJ444P,  AV_PIX_FMT_YUVJ440P,  AV_PIX_FMT_YUVJ422P,     \
    AV_PIX_FMT_YUVJ420P,  AV_PIX_FMT_YUVJ411P

#define SOURCE_FORMATS                                                   \
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
    JPEG_FORMATS, SOURCE_FORMATS, ALPHA_FORMATS,
    AV_PIX_FMT_NONE
};

/* Of formats that lose as much, an encoder gets the first one: those of full
 * range come last, as nobody has asked for that. */
const enum AVPixelFormat ff_v360_output_formats[] = {
    SOURCE_FORMATS, ALPHA_FORMATS,
    AV_PIX_FMT_RGB24,    AV_PIX_FMT_BGR24,
    AV_PIX_FMT_RGB48LE,  AV_PIX_FMT_RGB48BE,
    AV_PIX_FMT_RGBA64LE, AV_PIX_FMT_RGBA64BE,
    V360_GRAY16_SWAPPED,
    JPEG_FORMATS,
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

int ff_v360_is_listed(const enum AVPixelFormat *list, enum AVPixelFormat format)
{
    while (*list != AV_PIX_FMT_NONE)
        if (*list++ == format)
            return 1;
    return 0;
}
