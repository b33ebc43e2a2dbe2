/*
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

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/mem.h"
#include "filters.h"
#include "formats.h"
#include "v360batch_options.h"
#include "v360batchdsp.h"
#include "video.h"

/** Rows of a plane of all views of a group: the unit of work of a thread. */
typedef struct Tile {
    const V360GridGroup *group;
    int plane;
    int y0, y1;
} Tile;

#define TILE_ROWS 32

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

/* As many samples of a row at once as lie inside, or as do not. */
static void remap_row(const V360BatchDSPContext *dsp, uint8_t *dst, int step,
                      const V360Grid *g, int y, const V360Remap *r, int32_t dx)
{
    const V360Point *point = g->point + (size_t)y * g->w;
    const V360Run *run     = g->run   + (size_t)y * g->runs;

    for (int i = 0, n; i < g->runs; i += n) {
        const int x = i * V360_RUN;
        int32_t shift = dx, next;
        const int inside = ff_v360_run_is_inside(&run[i], &shift, r->period);

        for (n = 1; i + n < g->runs; n++) {
            next = dx;
            if (ff_v360_run_is_inside(&run[i + n], &next, r->period) != inside ||
                (inside && next != shift))
                break;
        }
        (inside ? dsp->remap_inside : dsp->remap_border)
            (dst + (size_t)x * step, point + x, FFMIN(n * V360_RUN, g->w - x),
             r, inside ? shift : dx);
    }
}

static void remap_tile(AVFilterContext *ctx, const Tile *tile,
                       const ThreadData *td)
{
    const V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const V360Plane *plane = &c->format.plane[tile->plane];
    const V360Grid *g = &tile->group->plane[plane->kind];
    const int step = plane->components * plane->bits / 8;

    for (int y = tile->y0; y < tile->y1; y++) {
        for (int i = 0; i < c->rig.nb_views; i++) {
            const V360BatchView *v = &c->views[i];
            AVFrame *out = td->out[i];

            if (v->group != tile->group || !out)
                continue;
            remap_row(&s->dsp[tile->plane],
                      out->data[tile->plane] +
                      y * (ptrdiff_t)out->linesize[tile->plane], step, g, y,
                      &td->remap[tile->plane][c->rig.views[i].eye],
                      v->dx[plane->kind]);
        }
    }
}

static int remap_tiles(AVFilterContext *ctx, void *arg, int job, int nb_jobs)
{
    const V360BatchCPUContext *s = ctx->priv;

    remap_tile(ctx, &s->tiles[job], arg);
    return 0;
}

static int make_tiles(V360BatchCPUContext *s)
{
    const V360BatchContext *c = &s->common;
    Tile *tile;

    s->nb_tiles = 0;
    for (int i = 0; i < c->grids.nb_groups; i++)
        for (int p = 0; p < c->format.nb_planes; p++)
            s->nb_tiles += (c->grids.groups[i]->plane[c->format.plane[p].kind].h
                            + TILE_ROWS - 1) / TILE_ROWS;
    av_freep(&s->tiles);
    tile = s->tiles = av_malloc_array(s->nb_tiles, sizeof(*tile));
    if (!tile)
        return AVERROR(ENOMEM);
    for (int i = 0; i < c->grids.nb_groups; i++) {
        const V360GridGroup *group = c->grids.groups[i];

        for (int p = 0; p < c->format.nb_planes; p++) {
            const int h = group->plane[c->format.plane[p].kind].h;
            for (int y = 0; y < h; y += TILE_ROWS)
                *tile++ = (Tile){ group, p, y, FFMIN(y + TILE_ROWS, h) };
        }
    }
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
                          x * plane->components * plane->bits / 8;
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
    int ret = ff_v360batch_update_grids(ctx, in);

    if (ret > 0)
        ret = make_tiles(s);
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

static int config_input(AVFilterLink *inlink)
{
    V360BatchCPUContext *s = inlink->dst->priv;
    const V360Format *f = &s->common.format;
    int ret = ff_v360batch_config_input(inlink, inlink->format);

    if (ret < 0)
        return ret;
    for (int i = 0; i < f->nb_planes; i++)
        ff_v360batchdsp_init(&s->dsp[i], s->common.interp, f->plane[i].bits,
                             f->plane[i].components);
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

static av_cold void uninit(AVFilterContext *ctx)
{
    V360BatchCPUContext *s = ctx->priv;

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
