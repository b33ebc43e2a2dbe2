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
 * All views of a 360 degree video in one pass.
 */

#include <stdlib.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "filters.h"
#include "formats.h"
#include "v360batch/options.h"
#include "v360batch/cpu/dsp.h"
#include "v360batch/cpu/slice.h"
#include "video.h"

/** Rows of a plane of views of a group: the unit of work of a thread. */
typedef struct Tile {
    const V360GridGroup *group;
    const V360Units *units;
    int plane;
    int y0, y1;
    int source_y;            ///< about where it reads
    V360TileCount count;
} Tile;

#define TILE_ROWS (V360_TILE_BANDS * V360_UNIT_H)

typedef struct V360BatchCPUContext {
    V360BatchContext common;
    V360BatchDSPContext dsp[4];                  ///< by plane
    int16_t (*weights)[4];
    Tile *tiles;
    int nb_tiles;
} V360BatchCPUContext;

typedef struct ThreadData {
    V360Remap remap[4][2];   ///< by plane and eye
    AVFrame **out;           ///< by view; NULL: nobody wants it
} ThreadData;

static int sample_size(const V360Plane *plane)
{
    return plane->components * plane->bits / 8;
}

/* Of the x-offset of a view, as units tell them apart. */
static int fraction(const V360BatchCPUContext *s, const V360BatchView *v,
                    int plane)
{
    return s->dsp[plane].unit_kinds ?
           v->dx[s->common.format.plane[plane].kind] & 255 : 0;
}

static void remap_tile(AVFilterContext *ctx, Tile *tile, const ThreadData *td)
{
    const V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const V360Plane *plane = &c->format.plane[tile->plane];
    const V360Tile t = {
        .dsp   = &s->dsp[tile->plane],
        .grid  = &tile->group->plane[plane->kind],
        .units = tile->units,
    };
    V360TileCount count = tile->count; /* no line shared while it grows */
    V360TileView views[V360_MAX_VIEWS];
    int n = 0;

    for (int i = 0; i < c->rig.nb_views; i++) {
        const V360BatchView *v = &c->views[i];
        AVFrame *out = td->out[i];

        if (v->group != tile->group || !out ||
            fraction(s, v, tile->plane) != tile->units->fraction)
            continue;
        views[n++] = (V360TileView) {
            .dst      = out->data[tile->plane],
            .linesize = out->linesize[tile->plane],
            .remap    = &td->remap[tile->plane][c->rig.views[i].eye],
            .dx       = v->dx[plane->kind],
        };
    }
    ff_v360_tile_remap(&t, tile->y0, tile->y1, views, n, &count);
    tile->count = count;
}

static int remap_tiles(AVFilterContext *ctx, void *arg, int job, int nb_jobs)
{
    const V360BatchCPUContext *s = ctx->priv;

    remap_tile(ctx, &s->tiles[job], arg);
    return 0;
}

/* Units of a plane of a group, for the fractions of its views. */
static int make_units(AVFilterContext *ctx, V360GridGroup *group, int p)
{
    V360BatchCPUContext *s = ctx->priv;
    V360BatchContext *c = &s->common;
    const V360Plane *plane = &c->format.plane[p];
    const V360Execute exec = ff_v360batch_executor(ctx);
    const V360UnitFormat format = {
        .kinds = s->dsp[p].unit_kinds,
        .taps  = ff_v360_taps(c->interp),
        .step  = sample_size(plane),
        .w     = c->grids.source.plane[plane->kind].w,
        .h     = c->grids.source.plane[plane->kind].h,
    };
    uint8_t wanted[256] = { 0 };

    for (int i = 0; i < c->rig.nb_views; i++)
        if (c->views[i].group == group)
            wanted[fraction(s, &c->views[i], p)] = 1;
    return ff_v360_units_update(&group->plane[plane->kind], wanted, &format,
                                &exec);
}

/* Tiles of a plane of a group; only counted if there is no place for them. */
static int plane_tiles(const V360BatchCPUContext *s, Tile *tile, int group,
                       int p)
{
    const V360BatchContext *c = &s->common;
    const V360GridGroup *g = c->grids.groups[group];
    const V360Plane *plane = &c->format.plane[p];
    const V360Grid *grid   = &g->plane[plane->kind];
    int n = 0;

    for (int u = 0; u < grid->nb_units; u++) {
        if (grid->units[u].format.step != sample_size(plane))
            continue;
        for (int y = 0; y < grid->h; y += TILE_ROWS, n++)
            if (tile)
                tile[n] = (Tile){ g, &grid->units[u], p, y,
                                  FFMIN(y + TILE_ROWS, grid->h),
                                  ff_v360_units_y(&grid->units[u],
                                                  y / V360_UNIT_H) };
    }
    return n;
}

/* Tiles that read the same lines of the source follow each other. */
static int compare_tiles(const void *a, const void *b)
{
    const Tile *x = a, *y = b;

    return FFDIFFSIGN(x->plane, y->plane) ? FFDIFFSIGN(x->plane, y->plane) :
           FFDIFFSIGN(x->source_y, y->source_y);
}

static int all_tiles(const V360BatchCPUContext *s, Tile *tile)
{
    int n = 0;

    for (int i = 0; i < s->common.grids.nb_groups; i++)
        for (int p = 0; p < s->common.format.nb_planes; p++)
            n += plane_tiles(s, tile ? tile + n : NULL, i, p);
    return n;
}

static int make_tiles(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const int64_t start = av_gettime_relative();
    int n, ret;

    av_freep(&s->tiles);
    s->nb_tiles = 0;
    for (int i = 0; i < c->grids.nb_groups; i++)
        for (int p = 0; p < c->format.nb_planes; p++)
            if ((ret = make_units(ctx, c->grids.groups[i], p)) < 0)
                return ret;
    n = all_tiles(s, NULL);
    s->tiles = av_malloc_array(n, sizeof(*s->tiles));
    if (!s->tiles)
        return AVERROR(ENOMEM);
    s->nb_tiles = all_tiles(s, s->tiles);
    qsort(s->tiles, s->nb_tiles, sizeof(*s->tiles), compare_tiles);
    av_log(ctx, AV_LOG_VERBOSE, "grids are ready after %.1f ms\n",
           (av_gettime_relative() - start) / 1000.0);
    return 0;
}

static void init_remaps(const V360BatchCPUContext *s, ThreadData *td,
                        const AVFrame *in)
{
    const V360BatchContext *c = &s->common;

    for (int p = 0; p < c->format.nb_planes; p++) {
        const V360Plane *plane = &c->format.plane[p];

        for (int eye = 0; eye < 2; eye++) {
            V360Remap *r = &td->remap[p][eye];
            int x, y;

            ff_v360batch_eye_offset(c, eye, plane->kind, &x, &y);
            r->src      = in->data[p] + y * (ptrdiff_t)in->linesize[p] +
                          x * sample_size(plane);
            r->linesize = in->linesize[p];
            r->period   = c->grids.period[plane->kind];
            r->weights  = s->weights;
            r->depth    = plane->depth;
            r->shift    = plane->shift;
            r->max      = plane->max;
            r->border   = &c->grids.border[plane->kind];
            memcpy(r->fill, plane->fill, sizeof(r->fill));
        }
    }
}

static int get_frames(AVFilterContext *ctx, AVFrame **out, const AVFrame *in)
{
    for (int i = 0; i < ctx->nb_outputs; i++) {
        AVFilterLink *outlink = ctx->outputs[i];
        int ret;

        if (ff_outlink_get_status(outlink))
            continue;
        out[i] = ff_get_video_buffer(outlink, outlink->w, outlink->h);
        if (!out[i])
            return AVERROR(ENOMEM);
        ret = ff_v360batch_frame_props(ctx, out[i], in, i);
        if (ret < 0)
            return ret;
    }
    return 0;
}

static int filter_frame(AVFilterContext *ctx, AVFrame *in)
{
    V360BatchCPUContext *s = ctx->priv;
    AVFrame *out[V360_MAX_VIEWS] = { NULL };
    ThreadData td = { .out = out };
    int ret = ff_v360batch_check_frame(ctx, in, in->format, 0);

    if (ret >= 0)
        ret = ff_v360batch_update_grids(ctx, in);
    /* no tiles: the memory for them was not to be had last time */
    if (ret > 0 || (!ret && !s->tiles))
        ret = make_tiles(ctx);
    if (ret >= 0)
        ret = get_frames(ctx, out, in);
    if (ret >= 0) {
        init_remaps(s, &td, in);
        ff_filter_execute(ctx, remap_tiles, &td, NULL, s->nb_tiles);
    }
    av_frame_free(&in);
    for (int i = 0; i < ctx->nb_outputs && ret >= 0; i++) {
        AVFrame *frame = out[i];

        out[i] = NULL;
        if (frame)
            ret = ff_filter_frame(ctx->outputs[i], frame);
    }
    for (int i = 0; i < ctx->nb_outputs; i++)
        av_frame_free(&out[i]);
    return ret;
}

static av_cold int config_input(AVFilterLink *inlink)
{
    V360BatchCPUContext *s = inlink->dst->priv;
    const V360Format *f = &s->common.format;
    int ret = ff_v360batch_config_input(inlink, inlink->format);

    if (ret < 0)
        return ret;
    for (int i = 0; i < f->nb_planes; i++)
        ff_v360batchdsp_init(&s->dsp[i], s->common.interp, f->plane[i].bits,
                             f->plane[i].components, f->plane[i].depth);
    return 0;
}

static int query_formats(const AVFilterContext *ctx,
                         AVFilterFormatsConfig **cfg_in,
                         AVFilterFormatsConfig **cfg_out)
{
    const V360BatchContext *c = ctx->priv;

    return ff_set_pixel_formats_from_list2(ctx, cfg_in, cfg_out,
                                           c->alpha_mask ? ff_v360_alpha_formats
                                                         : ff_v360_formats);
}

static av_cold int init(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    s->common.filter_frame = filter_frame;
    s->weights = av_malloc_array(V360_PHASES, sizeof(*s->weights));
    if (!s->weights)
        return AVERROR(ENOMEM);
    ff_v360_kernel_weights(s->weights, s->common.interp);
    return ff_v360batch_init(ctx);
}

/* How many samples of the last rig took which path. */
static av_cold void log_paths(AVFilterContext *ctx)
{
    const V360BatchCPUContext *s = ctx->priv;
    V360TileCount sum = { 0 };
    double all;

    for (int i = 0; i < s->nb_tiles; i++) {
        sum.unit   += s->tiles[i].count.unit;
        sum.inside += s->tiles[i].count.inside;
        sum.border += s->tiles[i].count.border;
    }
    all = FFMAX(sum.unit + sum.inside + sum.border, 1) / 100.0;
    av_log(ctx, AV_LOG_DEBUG, "samples in units %.3f %%, inside %.3f %%, at "
           "borders %.3f %%\n", sum.unit / all, sum.inside / all,
           sum.border / all);
}

static av_cold void uninit(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

    log_paths(ctx);
    av_freep(&s->weights);
    av_freep(&s->tiles);
    ff_v360batch_uninit(ctx);
}

static const AVOption v360batch_options[] = {
    V360BATCH_OPTIONS,
    { NULL }
};

AVFILTER_DEFINE_CLASS(v360batch);

static const AVFilterPad inputs[] = {
    {
        .name         = "default",
        .type         = AVMEDIA_TYPE_VIDEO,
        .config_props = config_input,
    },
};

const FFFilter ff_vf_v360batch = {
    .p.name          = "v360batch",
    .p.description   = NULL_IF_CONFIG_SMALL("Extract many views of a 360 video."),
    .p.priv_class    = &v360batch_class,
    .p.flags         = AVFILTER_FLAG_DYNAMIC_OUTPUTS |
                       AVFILTER_FLAG_SLICE_THREADS,
    .priv_size       = sizeof(V360BatchCPUContext),
    .init            = init,
    .uninit          = uninit,
    .activate        = ff_v360batch_activate,
    .process_command = ff_v360batch_process_command,
    FILTER_INPUTS(inputs),
    FILTER_QUERY_FUNC2(query_formats),
};
