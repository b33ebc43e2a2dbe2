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
 * What a job knows: finding it out, and freeing it.
 */

#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

int v360job_look(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    int ret = o->demo ? v360job_make_demo(job) : 0;

    if (ret >= 0)
        ret = v360job_open_source(&job->source, o);
    if (ret >= 0 && o->demo) { /* the file is not the same each time */
        job->source.name = "demo";
        av_free(job->source.id);
        job->source.id = av_strdup("demo");
    }
    if (ret >= 0 && !o->print)
        ret = v360job_spare_sources(&job->folder, o->demo ? NULL : o->input,
                                    &job->source.files, o->mask,
                                    o->views_file, o->gps);
    if (ret >= 0)
        ret = v360job_probe_mask(job);
    if (ret >= 0)
        ret = v360job_place_views(job);
    if (ret >= 0)
        ret = v360job_locate(job);
    return ret < 0 ? ret : v360job_make_graph(job);
}

void v360job_free_job(V360Job *job)
{
    V360JobGraph *g = &job->graph;
    char **const texts[] = {
        &job->programs.ffmpeg, &job->programs.version,
        &job->programs.configuration, &job->views.text, &g->geotag, &g->rate,
        &g->select, &g->before, &g->batch, &g->colours, &g->after, &g->pads,
        &g->pad, &g->run_batch, &g->fetch, &g->filter, &job->gps_id,
        &job->mask_id, &job->mask_filter,
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(texts); i++)
        av_freep(texts[i]);
    v360job_free_texts(&g->input);
    v360job_free_texts(&g->decoding);
    v360job_free_texts(&g->coding);
    v360job_free_texts(&g->run_coding);
    av_freep(&job->frames.stamps);
    v360job_free_texts(&job->frames.damage);
    v360job_free_texts(&job->frames.all);
    v360job_free_texts(&job->views.names);
    v360rig_free_setup(&job->views.setup);
    v360job_free_packets(&job->packets);
    v360job_free_source(&job->source);
    v360job_free_options(&job->options);
}
