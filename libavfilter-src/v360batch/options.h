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

#ifndef AVFILTER_V360BATCH_OPTIONS_H
#define AVFILTER_V360BATCH_OPTIONS_H

#include "context.h"

/**
 * @file
 * The options that v360batch and its hardware variants share, as entries of
 * an AVOption array. The context of a filter begins with a V360BatchContext.
 */

#define V360_OFFSET(x) offsetof(V360BatchContext, x)
#define V360_FLAGS (AV_OPT_FLAG_FILTERING_PARAM | AV_OPT_FLAG_VIDEO_PARAM)

#define V360_STR(name, help, field, value)                                 \
    { name, help, V360_OFFSET(field), AV_OPT_TYPE_STRING,                  \
      { .str = value }, 0, 0, V360_FLAGS }
#define V360_INT(name, help, field, value, min, max)                       \
    { name, help, V360_OFFSET(field), AV_OPT_TYPE_INT,                     \
      { .i64 = value }, min, max, V360_FLAGS }
#define V360_BOOL(name, help, field)                                       \
    { name, help, V360_OFFSET(field), AV_OPT_TYPE_BOOL,                    \
      { .i64 = 0 }, 0, 1, V360_FLAGS }
#define V360_DBL(name, help, field, min, max)                              \
    { name, help, V360_OFFSET(field), AV_OPT_TYPE_DOUBLE,                  \
      { .dbl = 0 }, min, max, V360_FLAGS }
#define V360_ENUM(name, help, field, value, min, max, unit_)               \
    { name, help, V360_OFFSET(field), AV_OPT_TYPE_INT,                     \
      { .i64 = value }, min, max, V360_FLAGS, .unit = unit_ }
#define V360_CONST(name, help, value, unit_)                               \
    { name, help, 0, AV_OPT_TYPE_CONST,                                    \
      { .i64 = value }, 0, 0, V360_FLAGS, .unit = unit_ }
#define V360_PROJECTION_CONST(id, name, help)                              \
    V360_CONST(name, help, id, "projection"),
#define V360_INTERP_CONST(id, name, help)                                  \
    V360_CONST(name, help, id, "interp"),

#define V360BATCH_OPTIONS                                                     \
    V360_STR("rig",   "presets of views: ringN, fibonacciN, cube6 or another " \
             "name that v360rig presets lists", rig_name, NULL),              \
    V360_STR("views", "views, separated by '|' or newlines", views_text,      \
             NULL),                                                           \
    V360_ENUM("input",  "projection of the source", source.projection,        \
              V360_EQUIRECT, 0, V360_NB_PROJECTIONS - 1, "projection"),       \
    V360_ENUM("output", "projection of views", defaults.output,               \
              V360_FLAT, 0, V360_NB_PROJECTIONS - 1, "projection"),           \
    V360_PROJECTION_NAMES(V360_PROJECTION_CONST)                              \
    V360_INT("w", "width of views; 0: from the source and the field of view", \
             defaults.w, 0, 0, V360_MAX_VIEW_SIZE),                           \
    V360_INT("h", "height of views; 0: by square samples",                    \
             defaults.h, 0, 0, V360_MAX_VIEW_SIZE),                           \
    V360_DBL("yaw",   "degrees to the right", defaults.yaw,                   \
             -V360_MAX_ANGLE, V360_MAX_ANGLE),                                \
    V360_DBL("pitch", "degrees up", defaults.pitch, -90, 90),                 \
    V360_DBL("roll",  "degrees clockwise of the camera", defaults.roll,       \
             -V360_MAX_ANGLE, V360_MAX_ANGLE),                                \
    V360_DBL("h_fov", "horizontal field of view in degrees; 0: by default",   \
             defaults.h_fov, 0, 360),                                         \
    V360_DBL("v_fov", "vertical field of view; 0: by square samples",         \
             defaults.v_fov, 0, 360),                                         \
    V360_DBL("d_fov", "diagonal field of view; 0: not given",                 \
             defaults.d_fov, 0, 360),                                         \
    V360_ENUM("eye", "eye of a stereo source", defaults.eye, V360_EYE_LEFT,   \
              0, V360_EYE_BOTH, "eye"),                                       \
    V360_CONST("left",  "left, or top",          V360_EYE_LEFT,  "eye"),      \
    V360_CONST("right", "right, or bottom",      V360_EYE_RIGHT, "eye"),      \
    V360_CONST("both",  "two outputs for each view", V360_EYE_BOTH, "eye"),   \
    V360_ENUM("supersample", "each sample of views is the mean of so many "   \
              "times so many", defaults.supersample, 1,                       \
              V360_SUPERSAMPLE_AUTO, V360_MAX_SUPERSAMPLE, "supersample"),    \
    V360_ENUM("ss", "supersample", defaults.supersample, 1,                   \
              V360_SUPERSAMPLE_AUTO, V360_MAX_SUPERSAMPLE, "supersample"),    \
    V360_CONST("auto", "as many as the view needs to look at all samples of " \
               "the source that it shows", V360_SUPERSAMPLE_AUTO,             \
               "supersample"),                                                \
    V360_ENUM("interp", "interpolation", interp, V360_BILINEAR, 0,            \
              V360_NB_INTERPS - 1, "interp"),                                 \
    V360_INTERP_NAMES(V360_INTERP_CONST)                                      \
    V360_DBL("ih_fov", "horizontal field of view of the source; 0: default",  \
             source.h_fov, 0, 360),                                           \
    V360_DBL("iv_fov", "vertical field of view of the source; 0: default",    \
             source.v_fov, 0, 360),                                           \
    V360_DBL("id_fov", "diagonal field of view of the source; 0: not given",  \
             source.d_fov, 0, 360),                                           \
    V360_ENUM("in_stereo", "layout of a stereo source", stereo,               \
              V360_STEREO_2D, 0, V360_STEREO_TB, "stereo"),                   \
    V360_CONST("2d",  "mono",         V360_STEREO_2D,  "stereo"),             \
    V360_CONST("sbs", "side by side", V360_STEREO_SBS, "stereo"),             \
    V360_CONST("tb",  "top bottom",   V360_STEREO_TB,  "stereo"),             \
    V360_STR("in_forder",  "order of the source's cube faces",                \
             source.forder, V360_FORDER),                                     \
    V360_STR("in_frot",    "rotations of the source's cube faces",            \
             source.frot, V360_FROT),                                         \
    V360_STR("out_forder", "order of views' cube faces", view_faces.forder,   \
             V360_FORDER),                                                    \
    V360_STR("out_frot",   "rotations of views' cube faces", view_faces.frot, \
             V360_FROT),                                                      \
    V360_DBL("in_pad",  "share of the source's cube faces that is padding",   \
             source.pad, 0, 0.1),                                             \
    V360_DBL("out_pad", "share of views' cube faces that is padding",         \
             view_faces.pad, 0, 0.1),                                         \
    V360_INT("fin_pad", "padding of the source's cube faces in samples",      \
             source.fpad, 0, 0, 100),                                         \
    V360_INT("fout_pad", "padding of views' cube faces in samples",           \
             view_faces.fpad, 0, 0, 100),                                     \
    V360_STR("rorder", "order of rotations, the first is outermost", rorder,  \
             "ypr"),                                                          \
    V360_BOOL("h_flip", "mirror left and right after the rotation", h_flip),  \
    V360_BOOL("v_flip", "mirror up and down after the rotation", v_flip),     \
    V360_BOOL("d_flip", "mirror front and back after the rotation", d_flip),  \
    V360_BOOL("ih_flip", "source is mirrored horizontally", ih_flip),         \
    V360_BOOL("iv_flip", "source is mirrored vertically", iv_flip),           \
    V360_BOOL("in_trans", "source is transposed", transpose),                 \
    V360_DBL("h_offset", "off-axis offset of views to the right", h_offset,   \
             -1, 1),                                                          \
    V360_DBL("v_offset", "off-axis offset of views downwards", v_offset,      \
             -1, 1),                                                          \
    V360_ENUM("chroma_loc", "place of chroma samples", chroma_location,       \
              AVCHROMA_LOC_UNSPECIFIED, 0, AVCHROMA_LOC_NB - 1,               \
              "chroma_loc"),                                                  \
    V360_CONST("auto", "that of the frame; unspecified: centre for full "     \
               "range, else left", AVCHROMA_LOC_UNSPECIFIED, "chroma_loc"),   \
    V360_CONST("left",       NULL, AVCHROMA_LOC_LEFT,       "chroma_loc"),    \
    V360_CONST("center",     NULL, AVCHROMA_LOC_CENTER,     "chroma_loc"),    \
    V360_CONST("topleft",    NULL, AVCHROMA_LOC_TOPLEFT,    "chroma_loc"),    \
    V360_CONST("top",        NULL, AVCHROMA_LOC_TOP,        "chroma_loc"),    \
    V360_CONST("bottomleft", NULL, AVCHROMA_LOC_BOTTOMLEFT, "chroma_loc"),    \
    V360_CONST("bottom",     NULL, AVCHROMA_LOC_BOTTOM,     "chroma_loc"),    \
    V360_ENUM("out_chroma_loc", "place of views' chroma samples",             \
              out_chroma_location, AVCHROMA_LOC_UNSPECIFIED, 0,               \
              AVCHROMA_LOC_NB - 1, "chroma_loc"),                             \
    V360_ENUM("in_range", "range of the source's samples", in_range,          \
              AVCOL_RANGE_UNSPECIFIED, 0, AVCOL_RANGE_NB - 1, "range"),       \
    V360_CONST("auto", "that of the frames; unspecified: full for yuvj "      \
               "formats, else limited", AVCOL_RANGE_UNSPECIFIED, "range"),    \
    V360_CONST("limited", NULL, AVCOL_RANGE_MPEG, "range"),                   \
    V360_CONST("tv",      NULL, AVCOL_RANGE_MPEG, "range"),                   \
    V360_CONST("full",    NULL, AVCOL_RANGE_JPEG, "range"),                   \
    V360_CONST("pc",      NULL, AVCOL_RANGE_JPEG, "range"),                   \
    V360_ENUM("in_matrix", "matrix of the source's colours", in_matrix,       \
              AVCOL_SPC_UNSPECIFIED, 0, AVCOL_SPC_NB - 1, "matrix"),          \
    V360_CONST("auto", "that of the frames; unspecified: BT.601 for full "    \
               "range and below HD, else BT.709", AVCOL_SPC_UNSPECIFIED,      \
               "matrix"),                                                     \
    V360_CONST("bt709",     NULL, AVCOL_SPC_BT709,      "matrix"),            \
    V360_CONST("fcc",       NULL, AVCOL_SPC_FCC,        "matrix"),            \
    V360_CONST("bt470bg",   NULL, AVCOL_SPC_BT470BG,    "matrix"),            \
    V360_CONST("smpte170m", NULL, AVCOL_SPC_SMPTE170M,  "matrix"),            \
    V360_CONST("bt601",     NULL, AVCOL_SPC_SMPTE170M,  "matrix"),            \
    V360_CONST("smpte240m", NULL, AVCOL_SPC_SMPTE240M,  "matrix"),            \
    V360_CONST("bt2020nc",  NULL, AVCOL_SPC_BT2020_NCL, "matrix"),            \
    V360_BOOL("alpha_mask", "take only formats with alpha, which is 0 where " \
              "a view sees nothing of the source", alpha_mask),               \
    { "fill", "colour where a view sees nothing of the source",               \
      V360_OFFSET(fill), AV_OPT_TYPE_COLOR, { .str = "black" }, 0, 0,         \
      V360_FLAGS },                                                           \
    V360_BOOL("exif", "name the view in its EXIF as the camera, with its "    \
              "focal length", exif)

#endif /* AVFILTER_V360BATCH_OPTIONS_H */
