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
 * v360rig text: any rig as a file of views.
 */

#include "libavutil/error.h"
#include "rig.h"

/** Whether text cannot say how the size of a view follows from the source. */
static int has_own_rule(const V360View *v)
{
    return v->size_rule != V360_SIZE_BY_FOV && !(v->w && v->h);
}

int v360rig_text(RigSetup *setup)
{
    V360Rig *rig = &setup->rig;
    int needs_source = 0, ret = 0;
    FILE *f;

    for (int i = 0; i < rig->nb_views; i++)
        needs_source |= has_own_rule(&rig->views[i]);
    if (needs_source)
        ret = v360rig_cameras(setup, 0);
    if (ret < 0)
        return ret;
    f = v360rig_open(NULL, setup->output, NULL);
    if (!f)
        return AVERROR(EIO);
    for (int i = 0; i < rig->nb_views; i++) {
        V360View view = rig->views[i];

        if (has_own_rule(&view)) {
            view.w = setup->cameras[i].g.w;
            view.h = setup->cameras[i].g.h;
        }
        v360rig_print_view(f, &view);
        fputc('\n', f);
    }
    return v360rig_close(f, setup->output);
}
