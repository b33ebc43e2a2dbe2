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
 * How much of the panorama is in no view, and which rig would see it.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/macros.h"
#include "job.h"

#define NOTHING 0.005   ///< share that is not worth a word

/** @return whether a preset's views would show all, with the job's options */
static int sees_all(const V360Job *job, const char *rig)
{
    RigSetup setup;
    int all;

    v360rig_init_setup(&setup);
    setup.rig_name = rig;
    setup.defaults = job->views.setup.defaults;
    setup.source   = job->views.setup.source;
    all = v360rig_make_rig(&setup) >= 0 && v360rig_cameras(&setup, 0) >= 0 &&
          v360rig_unseen(&setup) < NOTHING;
    v360job_kept_log(); /* a name may be there twice */
    v360rig_free_setup(&setup);
    return all;
}

/** Find a rig that shows all: the job's with few views more, or a cube. */
static void find_whole(const V360Job *job, char *rig, size_t size)
{
    static const char *const more[] = { "+down", "+up", "+up+down" };

    *rig = 0;
    if (job->options.views_file)
        return;
    for (int i = 0; i < FF_ARRAY_ELEMS(more); i++) {
        snprintf(rig, size, "%s%s", job->options.rig, more[i]);
        if (strlen(rig) < size - 1 && sees_all(job, rig))
            return;
    }
    av_strlcpy(rig, sees_all(job, "cube6") ? "cube6" : "", size);
}

void v360job_say_coverage(const V360Job *job)
{
    const double unseen = v360rig_unseen(&job->views.setup);
    char rig[256];

    /* of a part of a panorama, the rest is nothing that could be seen */
    if (job->source.area.w)
        return;
    if (unseen < NOTHING) {
        v360job_say("all of the panorama is in some view");
        return;
    }
    find_whole(job, rig, sizeof(rig));
    v360job_say("%.0f %% of the panorama is in no view%s%s%s", 100 * unseen,
                *rig ? "; --rig " : "", rig, *rig ? " sees all" : "");
}
