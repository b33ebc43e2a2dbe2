/*
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

#ifndef AVFILTER_V360RIG_H
#define AVFILTER_V360RIG_H

#include "v360projection.h"

/**
 * @file
 * Rigs: lists of views (virtual cameras), from text or from a preset.
 *
 * No filter context and no I/O; the text is not trusted.
 */

#define V360_MAX_VIEWS 256
#define V360_NAME_SIZE 32

enum V360Eye {
    V360_EYE_LEFT,
    V360_EYE_RIGHT,
    V360_EYE_BOTH,    ///< resolved into two views, NAME_left, NAME_right
};

/** What a view leaves open is NAN (angles, fields of view), 0 or -1. */
typedef struct V360View {
    char name[V360_NAME_SIZE];  ///< unique; "" before ff_v360_rig_complete()
    double yaw, pitch, roll;    ///< degrees; NAN: not given
    double h_fov, v_fov, d_fov; ///< degrees; 0: not given
    int w, h;                   ///< samples; 0: not given
    int output;                 ///< enum V360ProjectionID; -1: not given
    int eye;                    ///< enum V360Eye; -1: not given
} V360View;

/** How the size of views follows from the source where it is not given. */
enum V360RigSize {
    V360_SIZE_BY_FOV,     ///< flat: W * h_fov / 360 wide; others: v360's rule
    V360_SIZE_BY_AREA,    ///< square, sqrt(W * H / number of views)
};

typedef struct V360Rig {
    V360View *views;
    int nb_views;
    enum V360RigSize size_rule;
} V360Rig;

/** A view with nothing given. */
V360View ff_v360_view_default(void);

/**
 * Parse views from text: views separated by '|' or newlines, fields
 * name=value separated by white space, comments from '#' to the end of line.
 *
 * Fields: name yaw pitch roll h_fov v_fov d_fov w h output eye.
 *
 * @param rig  views are appended
 * @return 0 or a negative AVERROR; the log names the view, the field, the
 *         value and the allowed range; rig stays valid and must be freed
 */
int ff_v360_rig_parse(V360Rig *rig, const char *text, void *log_ctx);

/**
 * Append the views of a preset.
 *
 * @param name  ring8, ringN, ringN@PITCH, cube6, colmap12, colmap4,
 *              nerfstudio8, nerfstudio14, dome16, dome17, dense17, fibonacciN
 */
int ff_v360_rig_preset(V360Rig *rig, const char *name, void *log_ctx);

/** Names of all presets, NULL-terminated; ringN and fibonacciN as such. */
extern const char *const ff_v360_rig_presets[];

/**
 * Fill in from the defaults what the views leave open, name the unnamed
 * (view_00, ...), split those with V360_EYE_BOTH, and check each view.
 *
 * Sizes and fields of view that neither a view nor the defaults give stay
 * open, until ff_v360_view_geometry().
 *
 * @param defaults  values for what a view does not give; itself may leave
 *                  anything open: angles then are 0, output is flat, eye left
 */
int ff_v360_rig_complete(V360Rig *rig, const V360View *defaults,
                         void *log_ctx);

/**
 * Size and fields of view of a view of a completed rig, for a given source.
 *
 * @param index  which view
 * @param src    the source, after ff_v360_geometry_init()
 * @param g      result; face order, rotations and padding of cube faces are
 *               the caller's, set before; all else is written
 * @return 0 or AVERROR(EINVAL); the log names the view's index and name
 */
int ff_v360_view_geometry(const V360Rig *rig, int index,
                          const V360Geometry *src, V360Geometry *g,
                          void *log_ctx);

/**
 * Check an angle or field of view of one view and set it, as a command does.
 *
 * @param field  yaw, pitch, roll, h_fov, v_fov or d_fov
 * @return 0, or AVERROR(EINVAL) with a log message, the view unchanged
 */
int ff_v360_view_set(V360View *view, const char *field, const char *value,
                     void *log_ctx);

/** @return index of the view with that name or number, or AVERROR(EINVAL) */
int ff_v360_rig_find(const V360Rig *rig, const char *name);

void ff_v360_rig_free(V360Rig *rig);

#endif /* AVFILTER_V360RIG_H */
