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

/**
 * @file
 * Fuzz target of the rig parser; tests/fuzz/README says how to run it.
 *
 * The input is up to four texts, separated by ';': views, a preset, defaults,
 * and a command's argument.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavfilter/v360batch/rig/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void check_view(V360Rig *rig, int i, const char *argument)
{
    static const char *const fields[] = {
        "yaw", "pitch", "roll", "h_fov", "v_fov", "d_fov",
    };
    V360Geometry src = { .projection = V360_EQUIRECT, .w = 4096, .h = 2048 };
    V360Geometry g   = { .forder = V360_FORDER, .frot = V360_FROT };
    V360View *v = &rig->views[i];

    require(v->yaw > -180 && v->yaw <= 180, "yaw");
    require(fabs(v->pitch) <= 90, "pitch");
    require(v->roll > -180 && v->roll <= 180, "roll");
    require(v->eye == V360_EYE_LEFT || v->eye == V360_EYE_RIGHT, "eye");
    require(ff_v360_rig_find(rig, v->name) == i, "name");
    ff_v360_view_set(v, fields[i % 6], argument, NULL);
    if (ff_v360_geometry_init(&src, 1, NULL) >= 0 &&
        ff_v360_view_geometry(rig, i, &src, &g, NULL) >= 0)
        require(g.w > 0 && g.h > 0 &&
                FFMAX(g.w, g.h) <= V360_MAX_VIEW_SIZE, "size");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    V360View defaults = ff_v360_view_default();
    const char *part[4] = { "", "", "", "" };
    V360Rig rig = { 0 }, parsed = { 0 };
    char *text = malloc(size + 1), *p = text;

    if (!text)
        return 0;
    av_log_set_level(AV_LOG_QUIET);
    memcpy(text, data, size);
    text[size] = 0;
    for (int i = 0; i < 4 && p <= text + size; i++) {
        part[i] = p;
        p += strcspn(p, ";");
        *p++ = 0;
    }
    if (part[1][0])
        ff_v360_rig_preset(&rig, part[1], NULL);
    if (ff_v360_rig_parse(&parsed, part[2], NULL) >= 0 && parsed.nb_views)
        defaults = parsed.views[0];
    if (ff_v360_rig_parse(&rig, part[0], NULL) >= 0 &&
        ff_v360_rig_complete(&rig, &defaults, NULL) >= 0) {
        for (int i = 0; i < rig.nb_views; i++)
            check_view(&rig, i, part[3]);
    }
    ff_v360_rig_free(&parsed);
    ff_v360_rig_free(&rig);
    free(text);
    return 0;
}
