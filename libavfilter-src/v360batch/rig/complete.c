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

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "internal.h"

/** The same angle in (-180, 180], exactly: fmod() and the sums do not round. */
static double wrap_angle(double degrees)
{
    double x = fmod(degrees, 360);

    if (x > 180)
        x -= 360;
    if (x <= -180)
        x += 360;
    return x;
}

static av_cold void inherit_fov(V360View *v, const V360View *defaults)
{
    const int any = defaults->h_fov || defaults->v_fov || defaults->d_fov;

    if (v->preset_fov && any) {
        v->h_fov = v->v_fov = v->d_fov = 0;
        v->preset_fov = 0;
    } else if (v->preset_fov && v->w && v->h) {
        v->v_fov = 0;
    }
    if (v->d_fov || !any)
        return;
    if (!v->h_fov && !v->v_fov)
        v->d_fov = defaults->d_fov;
    if (!v->h_fov)
        v->h_fov = defaults->h_fov;
    if (!v->v_fov)
        v->v_fov = defaults->v_fov;
}

static double first_angle(double a, double b)
{
    return !isnan(a) ? a : !isnan(b) ? b : 0;
}

static av_cold void inherit(V360View *v, const V360View *defaults)
{
    v->yaw   = first_angle(v->yaw,   defaults->yaw);
    v->pitch = first_angle(v->pitch, defaults->pitch);
    v->roll  = first_angle(v->roll,  defaults->roll);
    if (!v->w)
        v->w = defaults->w;
    if (!v->h)
        v->h = defaults->h;
    if (v->output < 0)
        v->output = defaults->output < 0 ? V360_FLAT : defaults->output;
    if (v->eye < 0)
        v->eye = defaults->eye < 0 ? V360_EYE_LEFT : defaults->eye;
    if (v->supersample < 0)
        v->supersample = defaults->supersample < 0 ? 1 : defaults->supersample;
    inherit_fov(v, defaults);
}

/**
 * The geometry of a view as far as it does not depend on the source. A view of
 * open size is a square; 1024 stands for any, as only the shape matters.
 */
static av_cold int provisional_geometry(const V360View *v, V360Geometry *g,
                                        void *log)
{
    const int size = v->w ? v->w : v->h ? v->h : 1024;

    *g = (V360Geometry){
        .projection = v->output,
        .w          = v->w ? v->w : size,
        .h          = v->h ? v->h : size,
        .h_fov      = v->h_fov,
        .v_fov      = v->v_fov,
        .d_fov      = v->d_fov,
        .forder     = V360_FORDER,
        .frot       = V360_FROT,
    };
    return ff_v360_geometry_init(g, 0, log);
}

static av_cold int check_view(const V360View *view, void *log)
{
    V360Geometry g;
    int ret = ff_v360_rig_check_fields(view, log);

    return ret < 0 ? ret : provisional_geometry(view, &g, log);
}

/** Append a view, or two views if its eye is V360_EYE_BOTH. */
static av_cold int append_eyes(V360Rig *rig, const V360View *view, void *log)
{
    static const char *const suffix[] = { "_left", "_right" };

    if (view->eye != V360_EYE_BOTH)
        return ff_v360_rig_append(rig, view, log);
    for (int eye = V360_EYE_LEFT; eye <= V360_EYE_RIGHT; eye++) {
        V360View v = *view;
        int ret;

        v.eye = eye;
        if (av_strlcat(v.name, suffix[eye], sizeof(v.name)) >= sizeof(v.name)) {
            av_log(log, AV_LOG_ERROR,
                   "name=%s: must leave room for '%s' within %d characters\n",
                   view->name, suffix[eye], V360_NAME_SIZE - 1);
            return AVERROR(EINVAL);
        }
        ret = ff_v360_rig_append(rig, &v, log);
        if (ret < 0)
            return ret;
    }
    return 0;
}

static av_cold int complete_view(V360Rig *rig, int index, int nb_views,
                                 V360View view, const V360View *defaults,
                                 void *log_ctx)
{
    V360RigLog log;
    int ret;

    inherit(&view, defaults);
    if (!view.name[0])
        snprintf(view.name, sizeof(view.name), "view_%0*d",
                 nb_views > 100 ? 3 : 2, index);
    ff_v360_rig_log_init(&log, log_ctx, index, view.name, 0);
    ret = check_view(&view, &log);
    if (ret < 0)
        return ret;
    view.yaw  = wrap_angle(view.yaw);
    view.roll = wrap_angle(view.roll);
    return append_eyes(rig, &view, &log);
}

av_cold int ff_v360_rig_complete(V360Rig *rig, const V360View *defaults,
                                 void *log_ctx)
{
    V360Rig done = { 0 };
    int ret;

    if (!rig->nb_views) {
        av_log(log_ctx, AV_LOG_ERROR, "no views: set rig or views\n");
        return AVERROR(EINVAL);
    }
    ret = ff_v360_rig_check_fields(defaults, log_ctx);
    for (int i = 0; ret >= 0 && i < rig->nb_views; i++)
        ret = complete_view(&done, i, rig->nb_views, rig->views[i], defaults,
                            log_ctx);
    if (ret < 0) {
        ff_v360_rig_free(&done);
        return ret;
    }
    ff_v360_rig_free(rig);
    *rig = done;
    return 0;
}

static int round_even(double x)
{
    /* x is not a number where both fields of view are next to 0 */
    return isnan(x) ? 2 : 2 * lrint(av_clipd(x, 2, V360_MAX_VIEW_SIZE) / 2);
}

/** Size of a flat view at the resolution of a full_w x full_h panorama. */
static av_cold int flat_size(const V360View *v, double full_w, double full_h,
                             double *w, double *h, void *log)
{
    double aspect = 1;
    V360Geometry g;
    V360View square = *v;
    int ret;

    /* fields of view that are not given follow as for a square */
    square.w = square.h = 0;
    ret = provisional_geometry(&square, &g, log);
    if (ret < 0)
        return ret;
    if (v->h_fov && v->v_fov)
        aspect = tan(v->v_fov * M_PI / 360) / tan(v->h_fov * M_PI / 360);

    if (v->size_rule == V360_SIZE_BY_AREA)
        *w = 2 * floor(sqrt(full_w * full_h / v->size_share / aspect) / 2);
    else
        *w = full_w * g.h_fov / 360;
    if (v->size_rule == V360_SIZE_BY_DEGREE && !v->w && !v->h)
        *h = full_h * g.v_fov / 180;
    else
        *h = *w * aspect;
    return 0;
}

/** Size that a view has at the source's resolution. */
static av_cold int source_size(const V360View *v, const V360Geometry *src,
                               double *w, double *h, void *log)
{
    double full_w, full_h;
    int iw, ih;

    ff_v360_full_size(src->projection, src->w, src->h, &full_w, &full_h);
    if (v->output == V360_FLAT)
        return flat_size(v, full_w, full_h, w, h, log);
    ff_v360_size_from_full(v->output, full_w, full_h, &iw, &ih);
    *w = iw;
    *h = ih;
    return 0;
}

/** Set w and h where they are open. */
static av_cold int resolve_size(V360View *v, const V360Geometry *src, void *log)
{
    double w, h, scale;
    int ret;

    if (v->w && v->h)
        return 0;
    ret = source_size(v, src, &w, &h, log);
    if (ret < 0)
        return ret;

    scale = V360_MAX_VIEW_SIZE / FFMAX(w, h);
    if (v->w) {
        v->h = w == h ? v->w : round_even(v->w * h / w);
    } else if (v->h) {
        v->w = w == h ? v->h : round_even(v->h * w / h);
    } else if (scale < 1) {
        v->w = round_even(w * scale);
        v->h = round_even(h * scale);
    } else if (v->output == V360_FLAT) {
        v->w = round_even(w);
        v->h = round_even(h);
    } else {
        /* not rounded: an even size need not divide into faces of a cube */
        v->w = FFMAX(w, 2);
        v->h = FFMAX(h, 2);
    }
    return 0;
}

int ff_v360_view_geometry(const V360Rig *rig, int index,
                          const V360Geometry *src, V360Geometry *g,
                          void *log_ctx)
{
    V360RigLog log;
    V360Geometry out;
    V360View v;
    int ret;

    if (index < 0 || index >= rig->nb_views)
        return AVERROR(EINVAL);
    v = rig->views[index];
    ff_v360_rig_log_init(&log, log_ctx, index, v.name, 0);
    ret = resolve_size(&v, src, &log);
    if (ret < 0)
        return ret;
    out = (V360Geometry){
        .projection = v.output,
        .w          = v.w,
        .h          = v.h,
        .h_fov      = v.h_fov,
        .v_fov      = v.v_fov,
        .d_fov      = v.d_fov,
        .forder     = g->forder,
        .frot       = g->frot,
        .pad        = g->pad,
        .fpad       = g->fpad,
    };
    ret = ff_v360_geometry_init(&out, 0, &log);
    if (ret >= 0)
        *g = out;
    return ret;
}

static int settable_field(const char *field)
{
    const int f = ff_v360_rig_find_field(field, strlen(field));

    return f < V360_FIELD_YAW || f > V360_FIELD_D_FOV ? -1 : f;
}

int ff_v360_view_can_set(const char *field)
{
    return settable_field(field) >= 0;
}

int ff_v360_view_set(V360View *view, const char *field, const char *value,
                     void *log_ctx)
{
    const int f = settable_field(field);
    char clip[V360_CLIP_SIZE];
    V360View v = *view;
    V360RigLog log;
    int ret;

    ff_v360_rig_log_init(&log, log_ctx, -1, v.name, 0);
    if (f < 0) {
        av_log(&log, AV_LOG_ERROR,
               "cannot set '%s', only yaw pitch roll h_fov v_fov d_fov\n",
               ff_v360_rig_clip(clip, field, strlen(field)));
        return AVERROR(EINVAL);
    }
    if (f >= V360_FIELD_H_FOV) {
        if (f == V360_FIELD_D_FOV || v.preset_fov)
            v.h_fov = v.v_fov = 0;
        v.d_fov = 0;
        v.preset_fov = 0;
    }
    ret = ff_v360_rig_set_field(&v, f, value, strlen(value), &log);
    if (ret < 0 || (ret = check_view(&v, &log)) < 0)
        return ret;
    v.yaw  = wrap_angle(v.yaw);
    v.roll = wrap_angle(v.roll);
    *view  = v;
    return 0;
}
