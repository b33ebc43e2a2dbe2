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

#ifndef AVFILTER_V360BATCH_COMMON_H
#define AVFILTER_V360BATCH_COMMON_H

#include "libavutil/opt.h"
#include "libavfilter/avfilter.h"
#include "format.h"
#include "libavfilter/v360batch/map/grid.h"
#include "libavfilter/v360batch/rig/rig.h"

/**
 * @file
 * What v360batch and its hardware variants share: options, views and their
 * pads, grids, scheduling, commands, properties of the frames that go out.
 */

enum V360Stereo {
    V360_STEREO_2D,
    V360_STEREO_SBS,
    V360_STEREO_TB,
};

typedef struct V360BatchView {
    V360Geometry geometry;
    V360GridGroup *group;
    int changed;               ///< needs another group before the next frame
    int32_t dx[2];             ///< x-offset (24.8) by kind of plane
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
    V360View defaults;         ///< yaw pitch roll h_fov v_fov d_fov w h output eye
    V360Geometry source;       ///< input ih_fov iv_fov id_fov in_forder in_frot ...
    V360Geometry cube;         ///< out_forder out_frot out_pad fout_pad
    int stereo;
    int transpose, ih_flip, iv_flip;
    int h_flip, v_flip, d_flip;
    double h_offset, v_offset;
    char *rorder;
    int interp;
    int chroma_location;
    int alpha_mask;
    uint8_t fill[4];

    /* set by ff_v360batch_init() and by the configuration of the input */
    V360Rig rig;
    V360BatchView *views;      ///< rig.nb_views, in the order of the pads
    V360GridCache grids;
    V360Format format;
    enum AVPixelFormat pix_fmt;  ///< of the samples, see v360batch_config_input
    enum AVAlphaMode alpha_mode; ///< of the frames that format is for
    V360BatchArea area;          ///< of the frames that grids are for
    int warned_interlaced;

    /** Remap a frame and send it to all open outputs; owns the frame. */
    int (*filter_frame)(AVFilterContext *ctx, AVFrame *in);
} V360BatchContext;

/** Parse the views and create a pad for each. */
int ff_v360batch_init(AVFilterContext *ctx);
void ff_v360batch_uninit(AVFilterContext *ctx);

/**
 * Configure for frames of the input link: geometry of all views.
 *
 * @param format  format of the samples, the software format of hardware frames
 */
int ff_v360batch_config_input(AVFilterLink *inlink, enum AVPixelFormat format);

/** The part of it that is about the source, for frames that are not cropped. */
int ff_v360batch_config_source(AVFilterContext *ctx,
                               const AVFilterLink *inlink,
                               enum AVPixelFormat format);

/**
 * Refuse a frame that is not as the input was configured, before anything is
 * read beyond its end.
 *
 * @param format  of its samples
 * @param whole   all components of a sample are read at once, so that samples
 *                must be aligned and not only components
 * @return 0 or AVERROR(EINVAL)
 */
int ff_v360batch_check_frame(AVFilterContext *ctx, const AVFrame *in,
                             enum AVPixelFormat format, int whole);

/**
 * Bring the source up to date with a frame that has passed
 * ff_v360batch_check_frame(): the colour of what is not seen follows its alpha
 * mode. Another cropping or another place of chroma drops all grids.
 */
int ff_v360batch_update_source(AVFilterContext *ctx, const AVFrame *in);

/**
 * Build the grids that are missing: all for the first frame or where
 * ff_v360batch_update_source() dropped them, those of views that a command
 * changed.
 */
int ff_v360batch_update_grids(AVFilterContext *ctx, const AVFrame *in);

/** Jobs on the filter's threads. */
V360Execute ff_v360batch_executor(AVFilterContext *ctx);

/**
 * Make side data of the source that of a view: what speaks of the source's
 * image is not true of the view, and a view that is a whole sphere has a
 * spherical mapping of its own.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int ff_v360batch_side_data(AVFrameSideData ***sd, int *nb_sd,
                           const V360Geometry *view);

/** Give a frame of a view the properties of the source frame. */
int ff_v360batch_frame_props(AVFilterContext *ctx, AVFrame *out,
                             const AVFrame *in, int view);

/** Where the samples of an eye begin in a plane of a frame, in samples. */
void ff_v360batch_eye_offset(const V360BatchContext *s, int eye, int kind,
                             int *x, int *y);

int ff_v360batch_activate(AVFilterContext *ctx);

/**
 * The view and the field of a command VIEW.FIELD.
 *
 * @return the view; or AVERROR(ENOSYS) for a command that may be another
 *         filter's, as those to all filters of a graph are: that is no error,
 *         and a warning only where it has one of our fields
 */
int ff_v360batch_find_command(AVFilterContext *ctx, const char *cmd,
                              const char **field);
int ff_v360batch_process_command(AVFilterContext *ctx, const char *cmd,
                                 const char *arg, char *res, int res_len,
                                 int flags);

#endif /* AVFILTER_V360BATCH_COMMON_H */
