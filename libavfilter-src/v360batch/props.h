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
 * Turn side data of the source into that of a view: remove what is about the
 * source's image and not true of the view, and add a spherical mapping if the
 * view is a whole sphere.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_side_data(AVFrameSideData ***sd, int *nb_sd,
                      const V360Geometry *geometry);

/**
 * Give a frame of a view those properties of the source frame that are true of
 * the view, and name, direction and fields of view of the view as metadata.
 *
 * @param geometry  that of the view
 * @param exif      whether its EXIF has the view for the camera
 * @return 0 or a negative AVERROR
 */
int ff_v360_frame_props(AVFrame *out, const AVFrame *in, const V360View *view,
                        const V360Geometry *geometry, int exif);

#endif /* AVFILTER_V360BATCH_PROPS_H */
