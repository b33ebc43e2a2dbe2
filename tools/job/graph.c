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
 * The filtergraph: select, then split, convert each view. This file and
 * colour.c write v360batch's options.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "job.h"

/** Of a list, only the pictures that are wanted are read at all. */
static int make_select(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    AVBPrint text;

    job->graph.rate = o->fps ? av_asprintf("fps=%s,", o->fps) : av_strdup("");
    if (!job->graph.rate)
        return AVERROR(ENOMEM);
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (o->every && !job->source.is_list)
        av_bprintf(&text, "select=not(mod(n\\,%d)),", o->every);
    if (o->sharpest && !job->source.is_list)
        av_bprintf(&text, "select=/expr=sharpest,");
    if (o->naming != V360JOB_NUMBER) {
        const int unit = o->naming == V360JOB_PTS ? 1000 : 1; /* in us */

        av_bprintf(&text, "settb=1/%d,setpts=PTS+%lld,", 1000000 / unit,
                   (long long)(o->from && o->fps ? o->from_us / unit : 0));
    }
    return v360job_finish(&text, &job->graph.select);
}

static int make_batch(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    AVBPrint text;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&text, "v360batch=interp=%s:input=%s:", o->interp,
               job->source.projection);
    if (o->views_file)
        /* No path of the user's is to be escaped where the job runs. */
        av_bprintf(&text, "/views=%s", o->print ? o->views_file : "views.txt");
    else
        av_bprintf(&text, "rig=");
    /* a comma would have to be quoted, a + has not */
    for (const char *s = o->rig; s && *s; s++)
        av_bprint_chars(&text, *s == ',' ? '+' : *s, 1);
    /* A preset's own field of view gives way to an option only. */
    if (*o->h_fov)
        av_bprintf(&text, ":h_fov=%s", o->h_fov);
    if (*o->v_fov)
        av_bprintf(&text, ":v_fov=%s", o->v_fov);
    if (job->views.w)
        av_bprintf(&text, ":w=%d:h=%d", job->views.w, job->views.h);
    if (job->source.stereo != V360JOB_2D)
        av_bprintf(&text, ":in_stereo=%s", v360job_stereos[job->source.stereo]);
    if (o->eye >= 0)
        av_bprintf(&text, ":eye=%s", v360rig_eyes[o->eye]);
    if (o->supersample >= 0 && o->supersample != 1)
        snprintf(job->graph.means, sizeof(job->graph.means), ":ss=%s",
                 v360rig_supersamples[o->supersample]);
    return v360job_finish(&text, &job->graph.batch);
}

static int make_pads(V360Job *job)
{
    const V360JobArea *a = &job->source.area;
    AVBPrint text;
    int ret;

    job->graph.pad = a->w ? av_asprintf("pad=%d:%d:%d:%d,", a->w, a->h, a->x,
                                        a->y) : av_strdup("");
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < job->views.names.nb; i++)
        av_bprintf(&text, "[v%d]", i);
    ret = v360job_finish(&text, &job->graph.pads);
    return job->graph.pad ? ret : AVERROR(ENOMEM);
}

void v360job_print_views(AVBPrint *text, const V360Job *job, const char *filter,
                         const char *chain)
{
    const int nb = job->views.names.nb;

    av_bprintf(text, "%s", filter);
    if (!*chain)
        av_bprintf(text, "%s", job->graph.pads);
    for (int i = 0; i < nb && *chain; i++)
        av_bprintf(text, "[c%d]", i);
    for (int i = 0; i < nb && *chain; i++)
        av_bprintf(text, ";[c%d]%s[v%d]", i, chain, i);
}

int v360job_make_graph(V360Job *job)
{
    V360JobGraph *g = &job->graph;
    int ret = make_pads(job);

    g->exif  = v360job_has_exif(job->options.format) ? ":exif=1" : "";
    g->fetch = av_strdup(""); /* until it is known where frames are made */
    if (ret >= 0)
        ret = g->fetch ? make_select(job) : AVERROR(ENOMEM);
    if (ret >= 0)
        ret = make_batch(job);
    if (ret < 0)
        return v360job_cannot("cannot split", job->source.name, ret);
    ret = v360job_set_colour(job);
    if (ret < 0)
        return ret;
    g->filter = av_asprintf("%s%s%s%s%s%s%s%s%s%s", g->geotag, g->rate,
                            g->select, g->before, g->batch, g->means, g->exif,
                            g->colours,
                            *g->after ? "," : "", g->after);
    if (!g->filter)
        return v360job_cannot("cannot split", job->source.name,
                              AVERROR(ENOMEM));
    ret = v360job_choose_decoder(job);
    return ret < 0 ? ret : v360job_choose_encoder(job);
}
