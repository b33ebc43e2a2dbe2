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

#ifndef AVFILTER_V360BATCH_EXIF_H
#define AVFILTER_V360BATCH_EXIF_H

#include "libavutil/frame.h"
#include "libavfilter/v360batch/projection/projection.h"
#include "libavfilter/v360batch/rig/rig.h"

/**
 * Remove from a view's EXIF what is true of the lens and the sensor that made
 * the source, but not of the view: programs would take the focal length for
 * that of the view. Date, place and camera stay. EXIF that cannot be parsed is
 * removed as a whole.
 *
 * @param view      becomes the camera, upright, and the lens if it is flat;
 *                  NULL: no camera and no lens are written
 * @param geometry  that of the view
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360_exif_of_view(AVFrame *frame, const V360View *view,
                         const V360Geometry *geometry);

#endif /* AVFILTER_V360BATCH_EXIF_H */
