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

#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/avassert.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/filters.h"
#include "common.h"
#include "input.h"
#include "output.h"
#include "props.h"

static av_cold int config_output(AVFilterLink *outlink)
{
    const V360BatchContext *s = outlink->src->priv;
    const V360Geometry *g = &s->views[FF_OUTLINK_IDX(outlink)].geometry;

    outlink->w = g->w;
    outlink->h = g->h;
    outlink->sample_aspect_ratio = (AVRational){ 1, 1 };
    return ff_v360_side_data(&outlink->side_data, &outlink->nb_side_data, g);
}

static av_cold int append_pads(AVFilterContext *ctx)
{
    const V360BatchContext *s = ctx->priv;

    for (int i = 0; i < s->rig.nb_views; i++) {
        AVFilterPad pad = {
            .type         = AVMEDIA_TYPE_VIDEO,
            .name         = av_strdup(s->rig.views[i].name),
            .config_props = config_output,
        };
        int ret;

        if (!pad.name)
            return AVERROR(ENOMEM);
        ret = ff_append_outpad_free_name(ctx, &pad);
        if (ret < 0)
            return ret;
    }
    return 0;
}

static av_cold int parse_rorder(AVFilterContext *ctx)
{
    V360BatchContext *s = ctx->priv;
    char order[4];

    if (strlen(s->rorder) == 3 && strchr(s->rorder, 'y') &&
        strchr(s->rorder, 'p') && strchr(s->rorder, 'r')) {
        av_strlcpy(order, s->rorder, sizeof(order));
        memcpy(s->grids.transform.rorder, order, sizeof(order));
        return 0;
    }
    av_log(ctx, AV_LOG_ERROR, "rorder '%s' is not an order of the letters "
           "y, p and r\n", s->rorder);
    return AVERROR(EINVAL);
}

/* The first two values without a name are rig and views here, but input and
 * output in v360, which is what a user of v360 may have meant. */
static int refuse_projections(AVFilterContext *ctx)
{
    const V360BatchContext *s = ctx->priv;
    const int both = s->views_text &&
                     ff_v360_projection_find(s->views_text) >= 0;

    if (!s->rig_name || ff_v360_projection_find(s->rig_name) < 0)
        return 0;
    av_log(ctx, AV_LOG_ERROR, "rig=%s%s%s: rig and views come first, and these "
           "are names of projections: write input=%s%s%s, and rig=PRESET or "
           "views=VIEWS\n", s->rig_name, both ? ", views=" : "",
           both ? s->views_text : "", s->rig_name, both ? ":output=" : "",
           both ? s->views_text : "");
    return AVERROR(EINVAL);
}

av_cold int ff_v360_common_init(AVFilterContext *ctx)
{
    V360BatchContext *s = ctx->priv;
    int ret = refuse_projections(ctx);

    if (ret < 0)
        return ret;
    if (s->rig_name && s->views_text) {
        av_log(ctx, AV_LOG_ERROR, "rig and views are alternatives\n");
        return AVERROR(EINVAL);
    }
    if ((ret = parse_rorder(ctx)) < 0)
        return ret;
    if (s->rig_name)
        ret = ff_v360_rig_preset(&s->rig, s->rig_name, ctx);
    else if (s->views_text)
        ret = ff_v360_rig_parse(&s->rig, s->views_text, ctx);
    if (ret < 0)
        return ret;
    ret = ff_v360_rig_complete(&s->rig, &s->defaults, ctx);
    if (ret < 0)
        return ret;

    s->views = av_calloc(s->rig.nb_views, sizeof(*s->views));
    if (!s->views)
        return AVERROR(ENOMEM);
    return append_pads(ctx);
}

av_cold void ff_v360_common_uninit(AVFilterContext *ctx)
{
    V360BatchContext *s = ctx->priv;

    ff_v360_grids_free(&s->grids);
    ff_v360_rig_free(&s->rig);
    av_freep(&s->views);
}

static av_cold void log_view(AVFilterContext *ctx, int i)
{
    const V360BatchContext *s = ctx->priv;
    const V360View *v = &s->rig.views[i];
    const V360Geometry *g = &s->views[i].geometry;

    av_log(ctx, AV_LOG_VERBOSE, "view %d '%s': %s, yaw %g, pitch %g, "
           "roll %g, %dx%d, fov %gx%g\n", i, v->name,
           ff_v360_projection_name(g->projection), v->yaw, v->pitch, v->roll,
           g->w, g->h, g->h_fov, g->v_fov);
}

static av_cold int config_view(AVFilterContext *ctx, int i)
{
    V360BatchContext *s = ctx->priv;
    V360BatchView *v = &s->views[i];
    V360View *view = &s->rig.views[i];
    int ret;

    v->changed  = 1;
    v->geometry = s->view_faces;
    ret = ff_v360_view_geometry(&s->rig, i, &s->grids.source.geometry,
                                &v->geometry, ctx);
    if (ret < 0)
        return ret;
    /* a command may change the field of view, but not the size */
    view->w = v->geometry.w;
    view->h = v->geometry.h;
    log_view(ctx, i);
    return ff_v360_output_init(ctx, i);
}

av_cold int ff_v360_common_config_input(AVFilterLink *inlink,
                                        enum AVPixelFormat format)
{
    AVFilterContext *ctx = inlink->dst;
    V360BatchContext *s = ctx->priv;
    V360Transform *t = &s->grids.transform;
    int ret;

    ret = ff_v360_input_config(ctx, inlink, format);
    t->h_flip        = s->h_flip;
    t->v_flip        = s->v_flip;
    t->d_flip        = s->d_flip;
    t->h_offset      = s->h_offset;
    t->v_offset      = s->v_offset;
    s->chroma = (V360ChromaPlaces) {
        s->format.log2_chroma_w, s->format.log2_chroma_h, -1, -1
    };
    for (int i = 0; i < s->rig.nb_views && ret >= 0; i++)
        ret = config_view(ctx, i);
    return ret;
}

typedef struct GridJob {
    void (*job)(void *arg, int i, int nb_jobs);
    void *arg;
} GridJob;

static int run_job(AVFilterContext *ctx, void *arg, int i, int nb_jobs)
{
    const GridJob *j = arg;

    j->job(j->arg, i, nb_jobs);
    return 0;
}

static void execute(void *opaque, void (*job)(void *arg, int i, int nb_jobs),
                    void *arg, int nb_jobs)
{
    ff_filter_execute(opaque, run_job, &(GridJob){ job, arg }, NULL, nb_jobs);
}

V360Execute ff_v360_common_executor(AVFilterContext *ctx)
{
    return (V360Execute){ execute, ctx, ff_filter_get_nb_threads(ctx) };
}

/* The source's area, which the number may depend on, is known now. */
static int choose_supersample(AVFilterContext *ctx, int i,
                              const V360Orientation *orientation)
{
    const V360BatchContext *s = ctx->priv;
    const V360View *v = &s->rig.views[i];
    V360PointMap map = { &s->grids.source, &s->grids.transform,
                         .view = s->views[i].geometry, .supersample = 1,
                         .period = INT32_MAX };
    double minification, under;
    int n;

    if (v->supersample != V360_SUPERSAMPLE_AUTO)
        return v->supersample;
    ff_v360_point_map_init(&map, orientation);
    minification = ff_v360_point_minification(&map);
    n     = ff_v360_auto_supersample(minification);
    under = ff_v360_undersampling(minification, n);
    av_log(ctx, AV_LOG_VERBOSE, "view '%s' shows %.2f samples of the source in "
           "one of its own: supersample=%d\n", v->name, minification, n);
    if (under > 1.0)
        av_log(ctx, AV_LOG_WARNING, "view '%s' shows %.1f samples of the source "
               "in one of its own, and looks at %d of them: it should be %.2f "
               "times as large\n", v->name, minification,
               V360_SAMPLES_SEEN * n, under);
    return n;
}

static int update_view(AVFilterContext *ctx, int i)
{
    V360BatchContext *s = ctx->priv;
    const V360View *v = &s->rig.views[i];
    V360BatchView *view = &s->views[i];
    const V360Orientation orientation = { v->yaw, v->pitch, v->roll };
    V360Grid *grid;
    int ret;

    ff_v360_output_place(s, i);
    ret = ff_v360_grids_acquire(&s->grids, &grid, &view->geometry,
                                &orientation, &view->output.places,
                                choose_supersample(ctx, i, &orientation),
                                view->dx);
    if (ret < 0)
        return ret;
    /* only now: the old grid may well be the new one, and must not be freed */
    ff_v360_grids_release(&s->grids, &view->grid);
    view->grid    = grid;
    view->changed = 0;
    return 0;
}

int ff_v360_common_update_grids(AVFilterContext *ctx, const AVFrame *in)
{
    V360BatchContext *s = ctx->priv;
    int ret = ff_v360_input_update(ctx, in), changed = 0;

    for (int i = 0; i < s->rig.nb_views && ret >= 0; i++) {
        if (!s->views[i].changed)
            continue;
        changed = 1;
        ret = update_view(ctx, i);
    }
    if (ret < 0)
        return ret;
    if (changed)
        av_log(ctx, AV_LOG_VERBOSE, "%d views share %d grids\n",
               s->rig.nb_views, s->grids.nb_grids);
    return changed;
}

int ff_v360_common_all_closed(AVFilterContext *ctx)
{
    for (int i = 0; i < ctx->nb_outputs; i++)
        if (!ff_outlink_get_status(ctx->outputs[i]))
            return 0;
    ff_inlink_set_status(ctx->inputs[0], AVERROR_EOF);
    return 1;
}

void ff_v360_common_close_outputs(AVFilterContext *ctx, int status,
                                  int64_t pts)
{
    for (int i = 0; i < ctx->nb_outputs; i++)
        if (!ff_outlink_get_status(ctx->outputs[i]))
            ff_outlink_set_status(ctx->outputs[i], status, pts);
}

int ff_v360_common_find_command(AVFilterContext *ctx, const char *cmd,
                                const char **field)
{
    const V360BatchContext *s = ctx->priv;
    const char *dot = strrchr(cmd, '.');
    char name[V360_NAME_SIZE] = "";
    int view = -1;

    *field = dot ? dot + 1 : cmd;
    if (dot && dot - cmd < sizeof(name)) {
        av_strlcpy(name, cmd, dot - cmd + 1);
        view = ff_v360_rig_find(&s->rig, name);
    }
    if (view >= 0)
        return view;
    if (ff_v360_view_can_set(*field))
        av_log(ctx, AV_LOG_WARNING, "command '%s' does nothing: %s; write "
               "VIEW.%s, for example %s.%s\n", cmd, dot ? "there is no such "
               "view" : "it names no view", *field, s->rig.views[0].name,
               *field);
    return AVERROR(ENOSYS);
}

int ff_v360_common_process_command(AVFilterContext *ctx, const char *cmd,
                                   const char *arg, char *res, int res_len,
                                   int flags)
{
    V360BatchContext *s = ctx->priv;
    const char *field;
    int view = ff_v360_common_find_command(ctx, cmd, &field), ret;

    if (view < 0)
        return view;
    /* ff_v360_view_set() works on a copy, and checks all that config_view()
     * checks of a view whose size is known: so a refused command leaves the
     * view as it was. */
    ret = ff_v360_view_set(&s->rig.views[view], field, arg, ctx);
    if (ret < 0)
        return ret;
    if (!s->grids.source.geometry.nb_faces) /* not configured yet */
        return 0;
    return config_view(ctx, view);
}
