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
 * v360rig list, presets, projections and interpolations: the libraries' own
 * tables, for scripts and tests that need such a list.
 */

#include <string.h>

#include "libavfilter/v360batch/interp.h"
#include "rig.h"

int v360rig_list(void)
{
    for (int i = 0; ff_v360_rig_presets[i]; i++)
        puts(ff_v360_rig_presets[i]);
    return v360rig_close(stdout, NULL);
}

int v360rig_presets(void)
{
    for (int i = 0; ff_v360_rig_presets[i]; i++) {
        const char *name = ff_v360_rig_presets[i];
        V360Rig rig = { 0 };
        int ret;

        if (strchr(name, 'N')) {
            printf("%s N\n", name);
            continue;
        }
        ret = ff_v360_rig_preset(&rig, name, NULL);
        if (ret >= 0)
            printf("%s %d\n", name, rig.nb_views);
        ff_v360_rig_free(&rig);
        if (ret < 0)
            return ret;
    }
    return v360rig_close(stdout, NULL);
}

int v360rig_projections(void)
{
    for (int id = 0; id < V360_NB_PROJECTIONS; id++)
        printf("%s %s\n", ff_v360_projection_name(id),
               ff_v360_projection_is_source(id) ? "both" : "view");
    return v360rig_close(stdout, NULL);
}

int v360rig_interpolations(void)
{
    for (int id = 0; id < V360_NB_INTERPS; id++)
        printf("%s %d\n", ff_v360_interp_name(id), ff_v360_taps(id));
    return v360rig_close(stdout, NULL);
}
