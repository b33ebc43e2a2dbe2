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

#ifndef AVFILTER_V360BATCH_RIG_RIG_H
#define AVFILTER_V360BATCH_RIG_RIG_H

#include "libavfilter/v360batch/projection/density.h"

/**
 * @file
 * Rigs: lists of views (virtual cameras), from text or from a preset.
 *
 * The functions need no filter and do no I/O. The text is not trusted.
 */

#define V360_MAX_VIEWS     256   ///< few enough for arrays on the stack
#define V360_MAX_VIEW_SIZE 16384 ///< largest width or height of a view, and the
                                 ///< largest that FFmpeg's encoders take
#define V360_NAME_SIZE     32    ///< names have 31 characters at most
#define V360_MAX_ANGLE     1e9   ///< largest yaw or roll: doubles there still
                                 ///< tell angles 1e-7 degree apart

enum V360Eye {
    V360_EYE_LEFT,
    V360_EYE_RIGHT,
    V360_EYE_BOTH,    ///< becomes two views, NAME_left and NAME_right
};

/**
 * How the size of a flat view follows from the source if it is not given. W and
 * H are the size of a panorama with the source's resolution.
 */
enum V360RigSize {
    V360_SIZE_BY_FOV,    ///< W * h_fov / 360 wide, square pixels
    V360_SIZE_BY_DEGREE, ///< W * h_fov / 360 x H * v_fov / 180
    V360_SIZE_BY_AREA,   ///< W * H / size_share samples
};

/** Values that a view leaves open are NAN, 0 or -1, as each member says. */
typedef struct V360View {
    char name[V360_NAME_SIZE];  ///< unique; "" before ff_v360_rig_complete()
    double yaw, pitch, roll;    ///< degrees; NAN: not given
    double h_fov, v_fov, d_fov; ///< degrees; 0: not given
    int w, h;                   ///< samples; 0: not given
    int output;                 ///< enum V360ProjectionID; -1: not given
    int eye;                    ///< enum V360Eye; -1: not given
    int supersample;            ///< each sample is the mean of so many times so
                                ///< many; V360_SUPERSAMPLE_AUTO; -1: not given

    /* set by ff_v360_rig_preset() */
    int preset_fov;             ///< the fields of view are a preset's and
                                ///< give way to any that the user sets
    enum V360RigSize size_rule;
    int size_share;             ///< views that share the source's area
} V360View;

typedef struct V360Rig {
    V360View *views;
    int nb_views;
} V360Rig;

/** A view that leaves everything open. */
V360View ff_v360_view_default(void);

/**
 * Parse views from text: views separated by '|' or newlines, fields
 * name=value separated by spaces or tabs, comments from '#' to the end of
 * the line. Empty views are skipped. A field may be given once per view.
 *
 * name                 1 to 31 of A-Z a-z 0-9 _ -, not starting with '-', not
 *                      only digits, unique without regard to case
 * yaw, roll            degrees, -1e9 to 1e9 (ff_v360_rig_complete() wraps)
 * pitch                degrees, -90 to 90
 * h_fov, v_fov, d_fov  degrees, above 0, at most 360; d_fov excludes the others
 * w, h                 samples, 1 to V360_MAX_VIEW_SIZE
 * output               a projection's name or alias
 * eye                  left, right or both
 * supersample, ss      auto, or 1 to V360_MAX_SUPERSAMPLE
 *
 * Numbers are plain decimal ones (1e2 included) in any locale.
 *
 * @param rig  views are appended, zero-initialised or with views in it
 * @return 0, AVERROR(EINVAL) at the first fault, or AVERROR(ENOMEM); the log
 *         names the view, its line, the field, the value and the allowed
 *         range; rig stays valid and must be freed
 */
int ff_v360_rig_parse(V360Rig *rig, const char *text, void *log_ctx);

/**
 * Append the views of a preset, or of several with + or a comma between them.
 * Their fields of view and size rules give way to the defaults of
 * ff_v360_rig_complete(), their angles do not.
 *
 * @param name  of each, one of ff_v360_rig_presets[], or a view of cube6: front,
 *              right, back, left, up or down; the N of ringN and fibonacciN is
 *              1 to V360_MAX_VIEWS, the PITCH of ringN@PITCH -90 to 90 degrees
 * @return 0, AVERROR(EINVAL) or AVERROR(ENOMEM), logged
 */
int ff_v360_rig_preset(V360Rig *rig, const char *name, void *log_ctx);

/** Names of all presets, NULL-terminated; ringN and fibonacciN as such. */
extern const char *const ff_v360_rig_presets[];

/**
 * Fill in from the defaults what the views leave open, name the unnamed
 * (view_00, ..., or view_000, ... if there are more than 100), split those
 * with V360_EYE_BOTH, wrap yaw and roll to (-180, 180], and check each view
 * as far as that is possible without a source.
 *
 * A view's own values come first, then the defaults, then a preset's fields of
 * view. A view that gives d_fov takes no field of view from elsewhere; a view
 * that gives h_fov or v_fov takes no d_fov. A preset's fields of view are
 * ignored if the defaults have any; a preset's v_fov is also ignored if the
 * defaults have both w and h, so that pixels stay square.
 *
 * Sizes and fields of view that nothing gives stay open, until
 * ff_v360_view_geometry().
 *
 * @param defaults  values for what a view does not give. Where the defaults
 *                  are open too, angles are 0, output is flat, eye is left and
 *                  supersample is 1
 * @return 0, AVERROR(EINVAL) or AVERROR(ENOMEM), logged with the view's index
 *         and name; on error the rig is unchanged
 */
int ff_v360_rig_complete(V360Rig *rig, const V360View *defaults,
                         void *log_ctx);

/**
 * Size and fields of view of a view of a completed rig, for a given source.
 *
 * An open size follows from the source's resolution: for a flat view by its
 * size_rule, rounded to even, for others by ff_v360_size_from_full(); both
 * sides are 2 to V360_MAX_VIEW_SIZE. If only w or h is given, the other one
 * keeps the shape that the view would have. Fields of view that are open then
 * follow from the size by ff_v360_geometry_init().
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
 * Check an angle or field of view of a view of a completed rig and set it, as
 * a command does. h_fov or v_fov clears d_fov, d_fov clears both, and any of
 * the three clears what a preset gave. Angles are wrapped.
 *
 * A size that is open still depends on the fields of view: a caller with fixed
 * sizes stores them in w and h first.
 *
 * @param field  yaw, pitch, roll, h_fov, v_fov or d_fov
 * @return 0, or AVERROR(EINVAL) with a log message, the view unchanged
 */
int ff_v360_view_set(V360View *view, const char *field, const char *value,
                     void *log_ctx);

/** @return whether ff_v360_view_set() sets that field */
int ff_v360_view_can_set(const char *field);

/** @return index of the view with that name or number, or AVERROR(EINVAL) */
int ff_v360_rig_find(const V360Rig *rig, const char *name);

/** Free the views, so that the rig is empty. */
void ff_v360_rig_free(V360Rig *rig);

#endif /* AVFILTER_V360BATCH_RIG_RIG_H */
