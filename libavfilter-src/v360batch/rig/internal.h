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

#ifndef AVFILTER_V360BATCH_RIG_INTERNAL_H
#define AVFILTER_V360BATCH_RIG_INTERNAL_H

#include <stddef.h>

#include "libavutil/log.h"
#include "rig.h"

/**
 * @file
 * Declarations that the files of this folder share. Nothing else includes this.
 */

/** Bytes that ff_v360_rig_clip() writes at most: a message stays one line. */
#define V360_CLIP_SIZE 64

enum {
    V360_FIELD_NAME,
    V360_FIELD_YAW,
    V360_FIELD_PITCH,
    V360_FIELD_ROLL,
    V360_FIELD_H_FOV,
    V360_FIELD_V_FOV,
    V360_FIELD_D_FOV,
    V360_FIELD_W,
    V360_FIELD_H,
    V360_FIELD_OUTPUT,
    V360_FIELD_EYE,
    V360_FIELD_SUPERSAMPLE,
    V360_NB_FIELDS,
};

/* log.c */
/** A log context that puts a view's index, name and line before messages. */
typedef struct V360RigLog {
    const AVClass *class;
    void *parent;
    char label[V360_NAME_SIZE + 48];
} V360RigLog;

/**
 * @param index  the view's index; negative: messages have no index
 * @param name   the view's name; may be empty
 * @param line   line of the text, from 1; 0: the view is not from a text
 */
void ff_v360_rig_log_init(V360RigLog *log, void *parent, int index,
                          const char *name, int line);

/** Copy untrusted text for a message: escaped, and cut if it is long. */
const char *ff_v360_rig_clip(char dst[V360_CLIP_SIZE], const char *s,
                             size_t len);

/* field.c */
/**
 * Parse all len characters as a decimal number, in any locale. A number too
 * large for a double becomes infinite.
 */
int ff_v360_rig_number(const char *s, size_t len, double *value);

/** Parse all len characters as a decimal integer of at most 9 digits. */
int ff_v360_rig_integer(const char *s, size_t len, int *value);

/** Name of the field with that index. */
const char *ff_v360_rig_field_name(int field);

/** Index of the field with that name, or AVERROR(EINVAL). */
int ff_v360_rig_find_field(const char *s, size_t len);

/** Parse and check one field of a view; on error the view is unchanged. */
int ff_v360_rig_set_field(V360View *view, int field, const char *value,
                          size_t len, void *log);

/** Check all numbers that a view gives, and d_fov against h_fov and v_fov. */
int ff_v360_rig_check_fields(const V360View *view, void *log);

/* rig.c */
/** Append a view, whose name must be free. */
int ff_v360_rig_append(V360Rig *rig, const V360View *view, void *log);

/* preset_table.c */
/** nb views at one pitch: yaw, yaw + step, ... */
typedef struct V360RigRing {
    int nb;
    double yaw, step, pitch;
} V360RigRing;

typedef struct V360RigPreset {
    const char *name;
    double h_fov, v_fov;     ///< v_fov 0: square pixels
    enum V360RigSize size_rule;
    V360RigRing rings[4];    ///< up to the first one without views
    const char *view_names;  ///< separated by spaces; NULL: numbered
} V360RigPreset;

/** The presets that no formula makes; the last one has no name. */
extern const V360RigPreset ff_v360_rig_preset_table[];

#endif /* AVFILTER_V360BATCH_RIG_INTERNAL_H */
