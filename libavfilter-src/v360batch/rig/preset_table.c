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

#include <stddef.h>

#include "internal.h"

/*
 * Presets that are data. All but the first are those of other programs, with
 * the same views in the same order, so that view N here is view N there.
 */
const V360RigPreset ff_v360_rig_preset_table[] = {
    { "cube6",         90, 90,   V360_SIZE_BY_FOV,
      { { 4, 0, 90, 0 }, { 1, 0, 0, 90 }, { 1, 0, 0, -90 } },
      "front right back left up down" },

    /* COLMAP, panorama_sfm.py */
    { "colmap12",      90, 90,   V360_SIZE_BY_DEGREE,
      { { 4, 0, 90, -35 }, { 4, 0, 90, 0 }, { 4, 45, 90, 35 } } },
    { "colmap4",       90, 90,   V360_SIZE_BY_DEGREE,
      { { 4, 0, 90, 0 } } },

    /* nerfstudio, ns-process-data */
    { "nerfstudio8",  120, 0,    V360_SIZE_BY_AREA,
      { { 4, 180, 90, 0 }, { 2, 180, 180, 45 }, { 2, 180, 180, -45 } } },
    { "nerfstudio14", 110, 0,    V360_SIZE_BY_AREA,
      { { 6, 180, 60, 0 }, { 4, 180, 90, 45 }, { 4, 180, 90, -45 } } },

    /* 360toolkit, whose positive pitch looks down and ours up */
    { "dome16",       110, 0,    V360_SIZE_BY_FOV,
      { { 8, 0, 45, 0 }, { 4, 0, 90, 45 }, { 4, 0, 90, -45 } } },
    { "dome17",        90, 67.5, V360_SIZE_BY_FOV,
      { { 8, 0, 45, 0 }, { 8, 22.5, 45, 30 }, { 1, 0, 0, 90 } } },
    { "dense17",      120, 0,    V360_SIZE_BY_FOV,
      { { 9, 0, 40, 0 }, { 4, 0, 90, 30 }, { 4, 0, 90, -30 } } },
    { NULL },
};

/* 360toolkit has a ring8 too, of 110 degrees; ours has 90. */
const char *const ff_v360_rig_presets[] = {
    "ringN", "ringN@PITCH", "cube6", "colmap12", "colmap4", "nerfstudio8",
    "nerfstudio14", "dome16", "dome17", "dense17", "fibonacciN", NULL
};
