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

#ifndef AVFILTER_V360BATCH_PROPS_H
#define AVFILTER_V360BATCH_PROPS_H

#include "libavutil/frame.h"
#include "libavfilter/v360batch/projection/projection.h"
#include "libavfilter/v360batch/rig/rig.h"

/**
 * @file
 * Properties and side data of the frames of a view.
 */

/**
 * Make side data of the source that of a view: what speaks of the source's
 * image is not true of the view, and a view that is a whole sphere has a
 * spherical mapping of its own.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_side_data(AVFrameSideData ***sd, int *nb_sd,
                      const V360Geometry *geometry);

/**
 * Give a frame of a view the properties of the source frame.
 *
 * @param geometry  that of the view
 * @return 0 or a negative AVERROR
 */
int ff_v360_frame_props(AVFrame *out, const AVFrame *in, const V360View *view,
                        const V360Geometry *geometry);

#endif /* AVFILTER_V360BATCH_PROPS_H */
