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

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/pixdesc.h"
#include "libavutil/time.h"
#include "libavfilter/avfilter.h"
#include "input.h"

/* The second eye must begin at a whole sample of each plane. */
static av_cold int check_stereo(AVFilterContext *ctx, int w, int h)
{
    const V360BatchContext *s = ctx->priv;
    const int log2 = s->stereo == V360_STEREO_SBS ? s->format.log2_chroma_w
                                                  : s->format.log2_chroma_h;
    const int size = s->stereo == V360_STEREO_SBS ? w : h;

    for (int i = 0; i < s->rig.nb_views && s->stereo == V360_STEREO_2D; i++)
        if (s->rig.views[i].eye == V360_EYE_RIGHT)
            av_log(ctx, AV_LOG_WARNING, "view %d '%s' is of the right eye, but "
                   "in_stereo is 2d: there is only one eye\n", i,
                   s->rig.views[i].name);
    if (s->stereo == V360_STEREO_2D || !(size & ((1 << log2) - 1)))
        return 0;
    av_log(ctx, AV_LOG_ERROR, "in_stereo: eyes of %dx%d samples are not a "
           "multiple of the chroma sampling, %d\n", w, h, 1 << log2);
    return AVERROR(EINVAL);
}

/* The source is what cropping leaves of a frame. After an error it is as it was
 * before, for frames with the cropping before. */
static int config_area(AVFilterContext *ctx, const V360BatchArea *area)
{
    V360BatchContext *s = ctx->priv;
    V360Source src = { .geometry = s->source };
    const int w = area->w >> (s->stereo == V360_STEREO_SBS);
    const int h = area->h >> (s->stereo == V360_STEREO_TB);
    int ret = check_stereo(ctx, w, h);

    if (ret < 0)
        return ret;
    src.geometry.w  = s->transpose ? h : w;
    src.geometry.h  = s->transpose ? w : h;
    src.transpose   = s->transpose;
    src.h_flip      = s->ih_flip;
    src.v_flip      = s->iv_flip;
    src.nb_sitings  = s->format.nb_sitings;
    src.sampling[0] = ff_v360_sampling(w, h, NULL);
    ret = ff_v360_geometry_init(&src.geometry, 1, ctx);
    if (ret < 0)
        return ret;
    s->area         = *area;
    s->grids.source = src;
    return 0;
}

static void set_format(V360BatchContext *s, const AVFilterLink *inlink,
                       enum AVAlphaMode alpha_mode)
{
    s->alpha_mode = alpha_mode;
    ff_v360_format_init(&s->format, s->pix_fmt, s->fill, inlink->colorspace,
                        inlink->color_range, alpha_mode);
}

static int is_float(enum AVPixelFormat format)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);

    return desc && (desc->flags & AV_PIX_FMT_FLAG_FLOAT);
}

/* Float samples become integers before they come here, by a scale filter that
 * FFmpeg has inserted or the user has written. */
static void warn_of_float(AVFilterContext *ctx, const AVFilterLink *link)
{
    static const char *const converters[] = { "scale", "format", "hwupload",
                                              "hwupload_cuda" };
    int i = 0;

    while (i < FF_ARRAY_ELEMS(converters)) {
        if (strcmp(link->src->filter->name, converters[i])) {
            i++;
            continue;
        }
        i    = 0;
        link = link->src->inputs[0];
        if (!is_float(link->format))
            continue;
        av_log(ctx, AV_LOG_WARNING, "the source's float samples (%s) have "
               "become integers: what was above 1.0 is clipped; map tones "
               "before\n", av_get_pix_fmt_name(link->format));
        return;
    }
}

av_cold int ff_v360_input_config(AVFilterContext *ctx,
                                 const AVFilterLink *inlink,
                                 enum AVPixelFormat format)
{
    V360BatchContext *s = ctx->priv;

    s->pix_fmt = format;
    set_format(s, inlink, inlink->alpha_mode);
    warn_of_float(ctx, inlink);
    return config_area(ctx, &(V360BatchArea){ 0, 0, inlink->w, inlink->h });
}

static int check_planes(AVFilterContext *ctx, const AVFrame *in, int whole)
{
    const V360BatchContext *s = ctx->priv;
    const V360Format *f = &s->format;

    for (int i = 0; i < f->nb_planes; i++) {
        const V360Plane *p = &f->plane[i];
        const int step  = ff_v360_sample_bytes(p);
        const int align = whole ? step : p->bits / 8;
        const int log2 = p->siting ? f->log2_chroma_w : 0;
        const int w = AV_CEIL_RSHIFT(in->width, log2);

        if (in->data[i] && llabs(in->linesize[i]) >= (int64_t)w * step &&
            !(((uintptr_t)in->data[i] | in->linesize[i]) & (align - 1)))
            continue;
        av_log(ctx, AV_LOG_ERROR, "plane %d of a frame has rows of %d bytes: "
               "there must be %d or more, and rows and their address must be "
               "multiples of %d\n", i, in->linesize[i], w * step, align);
        return AVERROR(EINVAL);
    }
    return 0;
}

int ff_v360_input_check_frame(AVFilterContext *ctx, const AVFrame *in,
                              enum AVPixelFormat format, int whole)
{
    V360BatchContext *s = ctx->priv;
    const AVFilterLink *inlink = ctx->inputs[0];

    if (in->width != inlink->w || in->height != inlink->h ||
        format != s->pix_fmt) {
        av_log(ctx, AV_LOG_ERROR, "frame of %dx%d %s in a filtergraph that is "
               "configured for %dx%d %s: configure it anew, as ffmpeg does "
               "without -reinit_filter 0\n", in->width, in->height,
               av_get_pix_fmt_name(format), inlink->w, inlink->h,
               av_get_pix_fmt_name(s->pix_fmt));
        return AVERROR(EINVAL);
    }
    if (in->crop_left >= in->width ||
        in->crop_right >= in->width - in->crop_left ||
        in->crop_top >= in->height ||
        in->crop_bottom >= in->height - in->crop_top) {
        av_log(ctx, AV_LOG_ERROR, "cropping %zu left, %zu right, %zu top and "
               "%zu bottom leaves nothing of a frame of %dx%d\n",
               in->crop_left, in->crop_right, in->crop_top, in->crop_bottom,
               in->width, in->height);
        return AVERROR(EINVAL);
    }
    if ((in->flags & AV_FRAME_FLAG_INTERLACED) && !s->warned_interlaced) {
        s->warned_interlaced = 1;
        av_log(ctx, AV_LOG_WARNING, "frames are interlaced, and views mix "
               "their fields: deinterlace before, for example with bwdif\n");
    }
    return check_planes(ctx, in, whole);
}

static V360BatchArea area_of(const AVFrame *in)
{
    return (V360BatchArea) {
        .x = in->crop_left,
        .y = in->crop_top,
        .w = in->width  - in->crop_left - in->crop_right,
        .h = in->height - in->crop_top  - in->crop_bottom,
    };
}

static int same_area(const V360BatchArea *a, const V360BatchArea *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

static void drop_grids(V360BatchContext *s)
{
    for (int i = 0; i < s->rig.nb_views; i++) {
        ff_v360_grids_release(&s->grids, &s->views[i].grid);
        s->views[i].changed = 1;
    }
    ff_v360_grids_free(&s->grids);
}

int ff_v360_input_update(AVFilterContext *ctx, const AVFrame *in)
{
    V360BatchContext *s = ctx->priv;
    V360GridCache *c = &s->grids;
    const V360BatchArea area = area_of(in);
    V360ChromaPlaces chroma = s->chroma;
    const int same = same_area(&area, &s->area);
    int xpos, ypos, ret;

    if (in->alpha_mode != s->alpha_mode)
        set_format(s, ctx->inputs[0], in->alpha_mode);
    ff_v360_chroma_position(&xpos, &ypos, in, s->chroma_location);
    if (same && xpos == s->chroma.xpos && ypos == s->chroma.ypos)
        return 0;
    drop_grids(s);
    s->chroma.xpos = -1;  /* invalid until all has succeeded */
    if (!same) {
        av_log(ctx, AV_LOG_VERBOSE, "cropping leaves %dx%d at %d,%d of frames "
               "of %dx%d\n", area.w, area.h, area.x, area.y, in->width,
               in->height);
        ret = config_area(ctx, &area);
        if (ret < 0)
            return ret;
    }
    chroma.xpos = xpos;
    chroma.ypos = ypos;
    c->source.sampling[1] = ff_v360_sampling(c->source.sampling[0].luma_w,
                                             c->source.sampling[0].luma_h,
                                             &chroma);
    ret = ff_v360_grids_init(c, ctx);
    if (ret >= 0)
        s->chroma = chroma;
    return ret;
}

int ff_v360_input_same_props(const AVFrame *a, const AVFrame *b)
{
    return a->format == b->format && a->alpha_mode == b->alpha_mode &&
           a->chroma_location == b->chroma_location &&
           a->color_range == b->color_range && a->width == b->width &&
           a->height == b->height && a->crop_left == b->crop_left &&
           a->crop_right == b->crop_right && a->crop_top == b->crop_top &&
           a->crop_bottom == b->crop_bottom;
}

int ff_v360_input_is_alike(const AVFrame *a, const AVFrame *b)
{
    for (int i = 0; i < 4; i++)
        if (a->linesize[i] != b->linesize[i] || !a->data[i] != !b->data[i] ||
            (((uintptr_t)a->data[i] ^ (uintptr_t)b->data[i]) & 1))
            return 0;
    return ff_v360_input_same_props(a, b);
}

void ff_v360_input_arrived(V360Arrival *a, int first)
{
    a->before_last = a->last;
    a->last        = av_gettime_relative();
    if (first)
        a->first = a->last;
}

int ff_v360_input_is_late(const V360Arrival *a, int64_t delay)
{
    const int64_t pace = a->before_last ? a->last - a->before_last : 0;

    return a->last - a->first + pace >= delay;
}

void ff_v360_input_eye_offset(const V360BatchContext *s, int eye, int siting,
                              int *x, int *y)
{
    const V360Sampling *p = &s->grids.source.sampling[siting];

    /* rounded down, as av_frame_apply_cropping() does: rounded up, chroma at
     * an odd offset could reach beyond the frame */
    *x = s->area.x >> (siting ? s->format.log2_chroma_w : 0);
    *y = s->area.y >> (siting ? s->format.log2_chroma_h : 0);
    if (eye == V360_EYE_RIGHT && s->stereo == V360_STEREO_SBS)
        *x += p->w;
    if (eye == V360_EYE_RIGHT && s->stereo == V360_STEREO_TB)
        *y += p->h;
}
