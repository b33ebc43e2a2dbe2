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

#ifndef AVFILTER_V360BATCH_OUTPUT_H
#define AVFILTER_V360BATCH_OUTPUT_H

#include "libavutil/frame.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/formats.h"
#include "context.h"

/**
 * @file
 * What the views are sent as: formats, ranges and matrices that outputs offer,
 * and what follows from those that were agreed on.
 */

/**
 * Offer all formats, ranges and matrices that there are conversions between.
 * Outputs of which nothing is demanded become as the source.
 */
int ff_v360_output_query(const AVFilterContext *ctx,
                         AVFilterFormatsConfig **cfg_in,
                         AVFilterFormatsConfig **cfg_out);

/**
 * Offer formats, and all ranges and matrices. Formats of hardware frames do not
 * say what V360BatchContext.out_pix_fmt has to.
 *
 * @param in, out  end with AV_PIX_FMT_NONE
 */
int ff_v360_output_offer(const AVFilterContext *ctx,
                         AVFilterFormatsConfig **cfg_in,
                         AVFilterFormatsConfig **cfg_out,
                         const enum AVPixelFormat *in,
                         const enum AVPixelFormat *out);

/**
 * Describe the output of a view, whose link and geometry are configured.
 *
 * @return 0, or AVERROR(ENOSYS) if there is no such conversion
 */
int ff_v360_output_init(AVFilterContext *ctx, int view);

/** Choose the places of a view's chroma, whenever the source's are known. */
void ff_v360_output_place(V360BatchContext *s, int view);

/** Set what frames of a view say about their colours. */
void ff_v360_output_tag(AVFrame *frame, const V360BatchContext *s, int view);

#endif /* AVFILTER_V360BATCH_OUTPUT_H */
