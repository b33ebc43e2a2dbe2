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
 * How many samples of the source views show in one of their own, and of how
 * many each of their samples is made.
 */

#include "libavutil/bprint.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "job.h"

/** Warn of views that are too small even for the most samples. */
static void warn_of_small_views(const V360Job *job)
{
    const RigSetup *setup = &job->views.setup;
    const char *name = NULL;
    double most = 1;
    int small = 0;

    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *cam = &setup->cameras[i];
        const double over = ff_v360_undersampling(cam->samples,
                                                  V360_MAX_SUPERSAMPLE);

        if (cam->view->supersample != V360_SUPERSAMPLE_AUTO || over <= 1)
            continue;
        small++;
        if (over > most) {
            most = over;
            name = cam->view->name;
        }
    }
    if (small)
        v360job_warn("%d of %d views are too small for all that they show: %s "
                     "should be %.2f times as large", small,
                     setup->rig.nb_views, name, most);
}

void v360job_say_supersample(const V360Job *job)
{
    const RigSetup *setup = &job->views.setup;
    const Camera *worst = NULL;
    double most = 0;
    int n = 1, differ = 0;

    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *cam = &setup->cameras[i];
        const int own = v360rig_supersample(cam);

        differ |= i && own != n;
        n = FFMAX(n, own);
        if (cam->samples > most) {
            most  = cam->samples;
            worst = cam;
        }
    }
    if (n > 1 && worst)
        v360job_say("views of %dx%d show %.1f samples of the source in one: "
                    "supersample %s%d", worst->g.w, worst->g.h, most,
                    differ ? "up to " : "", n);
    warn_of_small_views(job);
}

int v360job_print_supersample(AVBPrint *text, const V360Job *job)
{
    const RigSetup *setup = &job->views.setup;

    for (int i = 0; i < setup->rig.nb_views; i++)
        av_bprintf(text, "%s%d", i ? " " : "",
                   v360rig_supersample(&setup->cameras[i]));
    return av_bprint_is_complete(text) ? 0 : AVERROR(ENOMEM);
}
