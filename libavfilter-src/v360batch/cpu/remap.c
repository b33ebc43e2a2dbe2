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

#include <stdlib.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "libavfilter/filters.h"
#include "remap.h"

/* So many views share the work on a block that a second frame, which would
 * share it too, hardly makes a difference. */
#define ENOUGH_VIEWS 4

av_cold int ff_v360_cpu_init(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    s->weights = av_malloc_array(V360_PHASES, sizeof(*s->weights));
    if (!s->weights)
        return AVERROR(ENOMEM);
    ff_v360_interp_weights(s->weights, s->common.interp);
    return 0;
}

av_cold void ff_v360_cpu_config(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360Format *f = &s->common.format;

    for (int i = 0; i < f->nb_planes; i++)
        ff_v360_dsp_init(&s->dsp[i], s->common.interp, f->plane[i].bits,
                         f->plane[i].components, f->plane[i].msb);
}

/* Make the slices of a plane, and return their number; if slice is NULL, only
 * return it. */
static int plane_slices(const V360PackedGrid *g, V360Slice *slice, int plane)
{
    const int h = g->h / g->supersample, rows = ff_v360_packed_slice(g);
    int n = 0;

    for (int y = 0; y < h; y += rows, n++)
        if (slice)
            slice[n] = (V360Slice){ g, plane, -1, y, FFMIN(y + rows, h),
                                    ff_v360_packed_y(g, y) };
    return n;
}

/* Whether a view that is not converted takes a packed grid for a plane. */
static int takes(const V360BatchCPUContext *s, int view,
                 const V360PackedGrid *g, int plane)
{
    return !s->common.views[view].output.converts &&
           ff_v360_cpu_takes(s, view, plane, g);
}

static int is_taken(const V360BatchCPUContext *s, const V360PackedGrid *g,
                    int plane)
{
    for (int i = 0; i < s->common.rig.nb_views; i++)
        if (takes(s, i, g, plane))
            return 1;
    return 0;
}

static int all_slices(AVFilterContext *ctx, V360Slice *slice)
{
    const V360BatchCPUContext *s = ctx->priv;
    int n = ff_v360_cpu_converted_slices(ctx, slice);

    for (int i = 0; i < s->nb_packed; i++)
        for (int p = 0; p < s->common.format.nb_planes; p++)
            if (is_taken(s, &s->packed[i], p))
                n += plane_slices(&s->packed[i], slice ? slice + n : NULL, p);
    return n;
}

/* Slices that read the same lines of the source follow each other. */
static int compare_slices(const void *a, const void *b)
{
    const V360Slice *x = a, *y = b;

    return FFDIFFSIGN(x->plane, y->plane) ? FFDIFFSIGN(x->plane, y->plane) :
           FFDIFFSIGN(x->source_y, y->source_y);
}

/* Whether a packed grid is for few views, on average. */
static int shares_little(const V360BatchCPUContext *s)
{
    int n = 0;

    for (int i = 0; i < s->nb_packed; i++)
        n += ff_v360_cpu_is_for(&s->packed[i], &s->common.format.plane[0]);
    return s->common.rig.nb_views < ENOUGH_VIEWS * n;
}

int ff_v360_cpu_update(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const int64_t start = av_gettime_relative();
    size_t scratch;
    int n, ret;

    av_freep(&s->slices);
    s->nb_slices = 0;
    ret = ff_v360_cpu_update_packed(ctx);
    if (ret < 0)
        return ret;
    s->pairs = shares_little(s);
    if ((ret = ff_v360_cpu_update_seam(s)) < 0 ||
        (ret = ff_v360_cpu_update_converted(ctx, &scratch)) < 0 ||
        (ret = ff_v360_cpu_update_scratch(ctx, scratch)) < 0)
        return ret;
    n = all_slices(ctx, NULL);
    s->slices = av_malloc_array(n, sizeof(*s->slices));
    if (!s->slices)
        return AVERROR(ENOMEM);
    s->nb_slices = all_slices(ctx, s->slices);
    qsort(s->slices, s->nb_slices, sizeof(*s->slices), compare_slices);
    av_log(ctx, AV_LOG_VERBOSE, "grids are ready after %.1f ms\n",
           (av_gettime_relative() - start) / 1000.0);
    return 0;
}

/* The array of views takes 16 KiB of the stack. */
static void remap_plane(V360BatchCPUContext *s, const V360RemapJob *job,
                        const V360Slice *slice, V360SliceCount *count)
{
    V360Scratch *scratch;
    const int p = slice->plane;
    const V360SliceContext t = { .dsp = &s->dsp[p], .packed = slice->packed };
    V360SliceView views[V360_MAX_FRAMES * V360_MAX_VIEWS];
    int n = 0;

    for (int i = 0; i < s->common.rig.nb_views; i++) {
        if (!takes(s, i, slice->packed, p))
            continue;
        for (int k = 0; k < job->nb_frames; k++) {
            const AVFrame *out = job->frame[k].out[i];

            if (!out)
                continue;
            views[n] = ff_v360_cpu_slice_view(s, &job->frame[k], i, p);
            views[n].dst        = out->data[p];
            views[n++].linesize = out->linesize[p];
        }
    }
    if (slice->packed->supersample == 1) {
        ff_v360_slice_remap(&t, slice->y0, slice->y1, views, n, count);
        return;
    }
    scratch = ff_v360_cpu_take_scratch(s);
    ff_v360_slice_supersample(&t, slice->y0, slice->y1, views, n,
                              scratch->fine, count);
    ff_v360_cpu_give_scratch(scratch);
}

static int remap_slice(AVFilterContext *ctx, void *arg, int job, int nb_jobs)
{
    V360BatchCPUContext *s = ctx->priv;
    V360Slice *slice = &s->slices[job];
    V360SliceCount count = slice->count; /* no shared cache line */

    if (slice->converted < 0)
        remap_plane(s, arg, slice, &count);
    else
        ff_v360_cpu_remap_converted(s, arg, slice, &count);
    slice->count = count;
    return 0;
}

static void init_remaps(const V360BatchCPUContext *s, V360RemapFrame *frame)
{
    const V360BatchContext *c = &s->common;
    const AVFrame *in = frame->in;

    for (int p = 0; p < c->format.nb_planes; p++) {
        const V360Plane *plane = &c->format.plane[p];

        for (int eye = 0; eye < 2; eye++) {
            V360Remap *r = &frame->remap[p][eye];
            int x, y;

            ff_v360_input_eye_offset(c, eye, plane->siting, &x, &y);
            r->src      = in->data[p] + y * (ptrdiff_t)in->linesize[p] +
                          x * ff_v360_sample_bytes(plane);
            r->linesize = in->linesize[p];
            r->period   = c->grids.period[plane->siting];
            r->weights  = s->weights;
            r->msb      = plane->msb;
            r->shift    = plane->shift;
            r->max      = plane->max;
            r->border   = &c->grids.border[plane->siting];
            memcpy(r->fill, plane->fill, sizeof(r->fill));
        }
    }
}

void ff_v360_cpu_remap(AVFilterContext *ctx, V360RemapJob *job)
{
    const V360BatchCPUContext *s = ctx->priv;

    for (int i = 0; i < job->nb_frames; i++)
        init_remaps(s, &job->frame[i]);
    ff_v360_cpu_copy_seam(ctx, job);
    ff_filter_execute(ctx, remap_slice, job, NULL, s->nb_slices);
}

/* Say how many samples took which path since grids last changed. */
static av_cold void log_paths(AVFilterContext *ctx)
{
    const V360BatchCPUContext *s = ctx->priv;
    V360SliceCount sum = { 0 };
    double all;

    for (int i = 0; i < s->nb_slices; i++) {
        sum.blocks += s->slices[i].count.blocks;
        sum.inside += s->slices[i].count.inside;
        sum.border += s->slices[i].count.border;
    }
    all = FFMAX(sum.blocks + sum.inside + sum.border, 1) / 100.0;
    av_log(ctx, AV_LOG_DEBUG, "samples in blocks %.3f %%, inside %.3f %%, at "
           "borders %.3f %%\n", sum.blocks / all, sum.inside / all,
           sum.border / all);
}

av_cold void ff_v360_cpu_uninit(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    log_paths(ctx);
    for (int i = 0; i < s->nb_packed; i++)
        ff_v360_packed_free(&s->packed[i]);
    av_freep(&s->packed);
    s->nb_packed = 0;
    ff_v360_cpu_free_scratch(s);
    av_freep(&s->converter);
    av_freep(&s->seam.data);
    av_freep(&s->slices);
    av_freep(&s->weights);
}
