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
 * Views that are not sent as they are remapped: bands of all planes are
 * remapped into the cache, and converted from there.
 */

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavfilter/filters.h"
#include "remap.h"

/* Views that are remapped together, and bytes that their bands may take, so
 * that they stay in a second cache of 512 KiB. */
#define MAX_VIEWS_AT_ONCE 8
#define MAX_SIZE          (384 << 10)

/** Views of a slice, of one frame or two, that are remapped together. */
typedef struct Group {
    const V360Converter *converter;
    const V360PackedGrid *packed[4];
    const V360RemapFrame *frame[MAX_VIEWS_AT_ONCE];
    int view[MAX_VIEWS_AT_ONCE];
    uint8_t *data[MAX_VIEWS_AT_ONCE];
    int n;
    uint8_t *tmp, *fine;
} Group;

static int views_at_once(const V360Converter *c)
{
    return av_clip(MAX_SIZE / (int64_t)c->size, 1, MAX_VIEWS_AT_ONCE);
}

/* Whether two views are converted together: from the same blocks, alike. */
static int is_alike(const V360BatchCPUContext *s, int a, int b)
{
    const V360BatchView *x = &s->common.views[a], *y = &s->common.views[b];

    if (!x->output.converts || x->output.like != y->output.like ||
        x->grid != y->grid)
        return 0;
    for (int p = 0; p < s->common.format.nb_planes; p++)
        if (ff_v360_cpu_phase(s, x, p) != ff_v360_cpu_phase(s, y, p))
            return 0;
    return 1;
}

/* Whether a view is the first one of those that are converted together. */
static int is_first(const V360BatchCPUContext *s, int view)
{
    if (!s->common.views[view].output.converts)
        return 0;
    for (int i = 0; i < view; i++)
        if (is_alike(s, i, view))
            return 0;
    return 1;
}

av_cold int ff_v360_cpu_update_converted(AVFilterContext *ctx, size_t *size)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;

    *size = 0;
    for (int i = 0; i < c->rig.nb_views; i++) {
        const V360BatchView *v = &c->views[i];
        V360Converter *converter;

        if (!is_first(s, i))
            continue;
        if (!s->converter)
            s->converter = av_calloc(c->rig.nb_views, sizeof(*s->converter));
        if (!s->converter)
            return AVERROR(ENOMEM);
        converter = &s->converter[i];
        ff_v360_converter_init(converter, &c->format, &v->output,
                               v->geometry.w, v->geometry.h);
        *size = FFMAX(*size, converter->row_size +
                             views_at_once(converter) * converter->size);
    }
    return 0;
}

/* Where bands around a slice are remapped for it alone, higher slices remap
 * less; but there have to be some for each thread. */
static int slice_rows(AVFilterContext *ctx, const V360Converter *c)
{
    const int threads = ff_filter_get_nb_threads(ctx);
    int rows = V360_SLICE_ROWS * (c->halo ? 4 : 1);

    while (rows > V360_SLICE_ROWS && c->h / rows < 4 * threads)
        rows /= 2;
    return rows;
}

int ff_v360_cpu_converted_slices(AVFilterContext *ctx, V360Slice *slice)
{
    const V360BatchCPUContext *s = ctx->priv;
    int n = 0;

    for (int i = 0; i < s->common.rig.nb_views; i++) {
        const V360BatchView *v = &s->common.views[i];
        const int h = v->geometry.h;
        int rows;

        if (!is_first(s, i))
            continue;
        rows = slice_rows(ctx, &s->converter[i]);
        for (int y = 0; y < h; y += rows, n++) {
            const V360PackedGrid *g = ff_v360_cpu_find_packed(s, i, 0);

            if (slice)
                slice[n] = (V360Slice){ g, 0, i, y, FFMIN(y + rows, h),
                                        ff_v360_packed_y(g, y) };
        }
    }
    return n;
}

/* Remap a band of the planes that are needed, and that have a halo or have
 * none. */
static void remap_band(const V360BatchCPUContext *s, const Group *group,
                       int band, int halo, V360SliceCount *count)
{
    const V360Converter *c = group->converter;

    for (int p = 0; p < s->common.format.nb_planes; p++) {
        const V360SliceContext t = { .dsp    = &s->dsp[p],
                                     .packed = group->packed[p],
                                     .keep   = 1 };
        V360SliceView views[MAX_VIEWS_AT_ONCE];
        const int supersample = t.packed->supersample;
        const int h = t.packed->h / supersample;
        const int y = band * c->rows[p], end = FFMIN(y + c->rows[p], h);

        if (!c->pitch[p] || (c->slots[p] > 1) != halo || y >= h)
            continue;
        for (int i = 0; i < group->n; i++) {
            views[i] = ff_v360_cpu_slice_view(s, group->frame[i],
                                              group->view[i], p);
            views[i].linesize = c->pitch[p];
            views[i].dst = ff_v360_converter_rows(c, group->data[i], p, y) -
                           y * (ptrdiff_t)c->pitch[p];
        }
        if (supersample > 1)
            ff_v360_slice_supersample(&t, y, end, views, group->n, group->fine,
                                      count);
        else
            ff_v360_slice_remap(&t, y, end, views, group->n, count);
    }
}

static void convert_group(const V360BatchCPUContext *s,
                          const V360Slice *slice, const Group *group,
                          V360SliceCount *count)
{
    const V360Converter *c = group->converter;
    const int rows  = ff_v360_converter_band(c);
    const int first = slice->y0 / rows;
    const int end   = (slice->y1 + rows - 1) / rows;

    if (first > 0)
        remap_band(s, group, first - 1, 1, count);
    remap_band(s, group, first, 1, count);
    for (int i = first; i < end; i++) {
        remap_band(s, group, i + 1, 1, count);
        remap_band(s, group, i, 0, count);
        for (int k = 0; k < group->n; k++)
            ff_v360_convert_band(c, group->data[k], group->tmp,
                                 group->frame[k]->out[group->view[k]],
                                 i * rows);
    }
}

/* Add a view of a frame, if anybody wants it, and convert a group that is
 * full. */
static void add_view(const V360BatchCPUContext *s, const V360RemapFrame *frame,
                     int view, const V360Slice *slice, Group *group,
                     V360SliceCount *count)
{
    if (!frame->out[view])
        return;
    group->frame[group->n]  = frame;
    group->view[group->n++] = view;
    if (group->n < views_at_once(group->converter))
        return;
    convert_group(s, slice, group, count);
    group->n = 0;
}

void ff_v360_cpu_remap_converted(V360BatchCPUContext *s,
                                 const V360RemapJob *job,
                                 const V360Slice *slice, V360SliceCount *count)
{
    const V360BatchContext *common = &s->common;
    const int first = slice->converted;
    const V360Converter *c = &s->converter[first];
    V360Scratch *scratch = ff_v360_cpu_take_scratch(s);
    Group group = { .converter = c, .tmp = scratch->data,
                    .fine = scratch->fine };

    for (int p = 0; p < common->format.nb_planes; p++)
        group.packed[p] = ff_v360_cpu_find_packed(s, first, p);
    for (int i = 0; i < views_at_once(c); i++)
        group.data[i] = scratch->data + c->row_size + i * c->size;
    for (int i = first; i < common->rig.nb_views; i++) {
        if (!is_alike(s, first, i))
            continue;
        for (int k = 0; k < job->nb_frames; k++)
            add_view(s, &job->frame[k], i, slice, &group, count);
    }
    if (group.n)
        convert_group(s, slice, &group, count);
    ff_v360_cpu_give_scratch(scratch);
}
