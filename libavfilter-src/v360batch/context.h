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

#ifndef AVFILTER_V360BATCH_CONTEXT_H
#define AVFILTER_V360BATCH_CONTEXT_H

#include "libavutil/opt.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/v360batch/map/grid.h"
#include "libavfilter/v360batch/rig/rig.h"
#include "colour.h"
#include "format.h"
#include "interp.h"

/**
 * @file
 * The part of the private context that v360batch and its hardware variants
 * share: options, views, grids, the format of the samples.
 */

enum V360Stereo {
    V360_STEREO_2D,
    V360_STEREO_SBS,
    V360_STEREO_TB,
};

/** What a view is sent as. */
typedef struct V360Output {
    V360Format format;
    enum AVColorSpace matrix;  ///< tag of the frames
    enum AVColorRange range;   ///< tag of the frames
    int converts;              ///< frames are not as they are remapped
    int retags;                ///< their tags are not those of the source
    V360Mixer mixer;           ///< how they become what they shall be
    V360ChromaPlaces places;   ///< where chroma is remapped to
    V360ChromaPlaces chroma;   ///< where the chroma of the frames lies
    enum AVChromaLocation location; ///< the same, as tag of the frames
    int has_part;              ///< luma takes chroma that lies elsewhere
    int has_means;             ///< chroma is made of means of finer samples
    int like;                  ///< index of the first view that is sent as this
} V360Output;

typedef struct V360BatchView {
    V360Geometry geometry;
    V360Grid *grid;
    int changed;               ///< lacks a grid, or needs another one
    int32_t dx[2];             ///< x-offset (24.8) by siting
    V360Output output;
} V360BatchView;

/** What cropping leaves of the frames, in luma samples. */
typedef struct V360BatchArea {
    int x, y, w, h;
} V360BatchArea;

/** First member of the private context of each filter. */
typedef struct V360BatchContext {
    const AVClass *class;

    /* options */
    char *rig_name, *views_text;
    V360View defaults;         ///< yaw pitch roll h_fov ... w h output eye
    V360Geometry source;       ///< input ih_fov iv_fov id_fov in_forder ...
    V360Geometry view_faces;   ///< out_forder out_frot out_pad fout_pad
    int stereo;
    int transpose, ih_flip, iv_flip;
    int h_flip, v_flip, d_flip;
    double h_offset, v_offset;
    char *rorder;
    int interp;
    int chroma_location, out_chroma_location;
    int in_matrix, in_range;
    int alpha_mask;
    uint8_t fill[4];
    int exif;                  ///< views have EXIF of their own

    /* set by ff_v360_common_init() and by the configuration of the input */
    V360Rig rig;
    V360BatchView *views;      ///< rig.nb_views, in the order of the pads
    V360GridCache grids;
    V360Format format;
    V360ChromaPlaces chroma;   ///< where the chroma of the source lies
    enum AVPixelFormat pix_fmt;  ///< format of samples; of a hardware frame's
    enum AVPixelFormat out_pix_fmt; ///< the same of hardware outputs
    enum AVAlphaMode alpha_mode; ///< alpha mode that format was made for
    V360BatchArea area;          ///< area of a frame that grids were made for
    int warned_interlaced;
} V360BatchContext;

#endif /* AVFILTER_V360BATCH_CONTEXT_H */
