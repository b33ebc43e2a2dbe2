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

#ifndef AVFILTER_V360BATCH_INPUT_H
#define AVFILTER_V360BATCH_INPUT_H

#include <stdint.h>

#include "libavutil/frame.h"
#include "libavfilter/avfilter.h"
#include "context.h"

/**
 * @file
 * The source: checks that a frame is as configured, and keeps what the grids
 * depend on up to date with it.
 */

/**
 * Configure for the source. Its frames are taken for uncropped until the first
 * of them comes. May be called again, for another link.
 *
 * @param format  format of the samples, the software format of hardware frames
 * @return 0 or a negative AVERROR
 */
int ff_v360_input_config(AVFilterContext *ctx,
                         const AVFilterLink *inlink,
                         enum AVPixelFormat format);

/**
 * Refuse a frame that is not as the input was configured, before anything is
 * read beyond its end.
 *
 * @param format  format of the frame's samples
 * @param whole   whole samples must be aligned and not only their components,
 *                because all components of a sample are read at once
 * @return 0 or AVERROR(EINVAL)
 */
int ff_v360_input_check_frame(AVFilterContext *ctx, const AVFrame *in,
                              enum AVPixelFormat format, int whole);

/**
 * Bring the source up to date with a frame that has passed
 * ff_v360_input_check_frame(): the fill colour follows the frame's alpha mode.
 * Another cropping or another place of chroma drops all grids.
 *
 * @return 0 or a negative AVERROR, after which no view has a grid
 */
int ff_v360_input_update(AVFilterContext *ctx, const AVFrame *in);

/**
 * Whether a frame can be remapped together with one that has passed
 * ff_v360_input_check_frame(): then it passes, too, and needs the same grids.
 */
int ff_v360_input_is_alike(const AVFrame *checked, const AVFrame *frame);

/** The same of frames whose samples are copied to another place. */
int ff_v360_input_same_props(const AVFrame *checked, const AVFrame *frame);

/** When frames came, in microseconds. */
typedef struct V360Arrival {
    int64_t first, last;   ///< of the frames that wait
    int64_t before_last;   ///< 0: the last frame was the first of all
} V360Arrival;

/** A frame comes. first: no other one waits. */
void ff_v360_input_arrived(V360Arrival *a, int first);

/**
 * Whether, at the pace of the last frame, the next one would come more than a
 * delay after the first that waits. Filters have no timers: a source that has
 * stopped is not noticed.
 */
int ff_v360_input_is_late(const V360Arrival *a, int64_t delay);

/** Where the samples of an eye begin in a plane of a frame, in samples. */
void ff_v360_input_eye_offset(const V360BatchContext *s, int eye, int siting,
                              int *x, int *y);

#endif /* AVFILTER_V360BATCH_INPUT_H */
