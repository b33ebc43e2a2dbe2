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
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/filters.h"
#include "output.h"

/* Each link has lists of its own: outputs are independent of each other. */
static av_cold int offer(AVFilterFormatsConfig *cfg,
                         const enum AVPixelFormat *formats)
{
    int ret = ff_formats_ref(ff_make_pixel_format_list(formats), &cfg->formats);

    if (ret >= 0)
        ret = ff_formats_ref(ff_all_color_spaces(), &cfg->color_spaces);
    if (ret >= 0)
        ret = ff_formats_ref(ff_all_color_ranges(), &cfg->color_ranges);
    return ret;
}

av_cold int ff_v360_output_offer(const AVFilterContext *ctx,
                                 AVFilterFormatsConfig **cfg_in,
                                 AVFilterFormatsConfig **cfg_out,
                                 const enum AVPixelFormat *in,
                                 const enum AVPixelFormat *out)
{
    int ret = offer(cfg_in[0], in);

    for (int i = 0; i < ctx->nb_outputs && ret >= 0; i++)
        ret = offer(cfg_out[i], out);
    return ret;
}

av_cold int ff_v360_output_query(const AVFilterContext *ctx,
                                 AVFilterFormatsConfig **cfg_in,
                                 AVFilterFormatsConfig **cfg_out)
{
    const V360BatchContext *s = ctx->priv;

    return ff_v360_output_offer(ctx, cfg_in, cfg_out,
                                s->alpha_mask ? ff_v360_alpha_formats
                                              : ff_v360_formats,
                                s->alpha_mask ? ff_v360_alpha_output_formats
                                              : ff_v360_output_formats);
}

static av_cold int is_full(enum AVPixelFormat format, enum AVColorRange range)
{
    return ff_v360_is_full_range(av_pix_fmt_desc_get(format), format, range);
}

static av_cold V360Colours source_colours(const V360BatchContext *s,
                                          const AVFilterLink *link)
{
    const enum AVColorRange range = s->in_range ? s->in_range
                                                : link->color_range;
    V360Colours c = { .format = &s->format, .matrix = s->in_matrix };

    c.full = is_full(s->pix_fmt, range);
    if (c.matrix == AVCOL_SPC_UNSPECIFIED)
        c.matrix = ff_v360_matrix(link->colorspace, link->w, link->h, c.full);
    return c;
}

/* What frames of an output say. Links of hardware frames are negotiated as if
 * all frames were YUV: RGB has the tags here that other links of RGB have. */
static av_cold void find_tags(V360Output *o, const AVFilterLink *link,
                              enum AVPixelFormat format)
{
    const int is_rgb = av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_RGB;

    *o = (V360Output){ .matrix = link->colorspace, .range = link->color_range };
    if (is_rgb) {
        o->matrix = AVCOL_SPC_RGB;
        o->range  = AVCOL_RANGE_JPEG;
    } else if (o->matrix == AVCOL_SPC_RGB) {
        o->matrix = AVCOL_SPC_UNSPECIFIED;
    }
}

/*
 * The colours of an output that is agreed on. Of what neither source nor output
 * say, nothing is to be converted. YUV of RGB becomes what FFmpeg takes YUV
 * without a tag for, and has the tag.
 */
static av_cold V360Colours output_colours(V360Output *o, const V360Colours *in,
                                          const AVFilterLink *inlink,
                                          enum AVPixelFormat format)
{
    const int from_rgb = in->format->is_rgb && !o->format.is_rgb;
    V360Colours c = { .format = &o->format, .full = is_full(format, o->range) };

    if (o->range == AVCOL_RANGE_UNSPECIFIED &&
        inlink->color_range == AVCOL_RANGE_UNSPECIFIED &&
        in->format->is_rgb == o->format.is_rgb && !c.full)
        c.full = in->full;
    if (from_rgb && o->format.nb_colours > 1 &&
        o->matrix == AVCOL_SPC_UNSPECIFIED)
        o->matrix = AVCOL_SPC_SMPTE170M;
    if (from_rgb && o->range == AVCOL_RANGE_UNSPECIFIED)
        o->range = c.full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    c.matrix = o->matrix != AVCOL_SPC_UNSPECIFIED ? o->matrix :
               from_rgb ? AVCOL_SPC_SMPTE170M : in->matrix;
    return c;
}

/* Two names are of one matrix. */
static int same_matrix(enum AVColorSpace a, enum AVColorSpace b)
{
    if (a == AVCOL_SPC_BT470BG)
        a = AVCOL_SPC_SMPTE170M;
    if (b == AVCOL_SPC_BT470BG)
        b = AVCOL_SPC_SMPTE170M;
    return a == b;
}

static int same_layout(const V360Format *a, const V360Format *b)
{
    if (a->nb_planes != b->nb_planes || a->nb_colours != b->nb_colours ||
        a->is_rgb != b->is_rgb || a->has_alpha != b->has_alpha ||
        a->is_swapped != b->is_swapped ||
        a->log2_chroma_w != b->log2_chroma_w ||
        a->log2_chroma_h != b->log2_chroma_h)
        return 0;
    for (int i = 0; i < a->nb_planes; i++)
        if (a->plane[i].components != b->plane[i].components ||
            a->plane[i].bits != b->plane[i].bits)
            return 0;
    return !memcmp(a->comp, b->comp, sizeof(a->comp));
}

static int same_output(const V360Output *a, const V360Output *b)
{
    return a->matrix == b->matrix && a->range == b->range &&
           same_layout(&a->format, &b->format) &&
           !memcmp(&a->mixer, &b->mixer, sizeof(a->mixer));
}

av_cold int ff_v360_output_init(AVFilterContext *ctx, int view)
{
    V360BatchContext *s = ctx->priv;
    const AVFilterLink *inlink = ctx->inputs[0], *link = ctx->outputs[view];
    V360Output *o = &s->views[view].output;
    enum AVPixelFormat format = link->format;
    V360Colours in = source_colours(s, inlink), out;

    if (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_HWACCEL)
        format = s->out_pix_fmt;
    find_tags(o, link, format);
    ff_v360_format_init(&o->format, format, s->fill, o->matrix, o->range,
                        AVALPHA_MODE_UNSPECIFIED);
    out = output_colours(o, &in, inlink, format);
    o->converts = !same_layout(in.format, out.format) || in.full != out.full ||
                  (!in.format->is_rgb && !same_matrix(in.matrix, out.matrix));
    o->retags   = o->converts || o->matrix != inlink->colorspace ||
                  o->range != inlink->color_range;
    if (o->converts && ff_v360_mixer_init(&o->mixer, &in, &out) < 0) {
        av_log(ctx, AV_LOG_ERROR, "view %d '%s': there is no conversion from "
               "%s, %s, to %s, %s\n", view, s->rig.views[view].name,
               av_get_pix_fmt_name(s->pix_fmt), av_color_space_name(in.matrix),
               av_get_pix_fmt_name(format), av_color_space_name(out.matrix));
        return AVERROR(ENOSYS);
    }
    for (o->like = 0; o->like < view; o->like++)
        if (same_output(o, &s->views[o->like].output))
            break;
    return 0;
}

/* Places of the chroma of an output: those of the source, if it has chroma that
 * lies elsewhere than luma, else those that its range is used with. */
static enum AVChromaLocation find_location(const V360BatchContext *s,
                                           const V360Output *o)
{
    if (s->out_chroma_location != AVCHROMA_LOC_UNSPECIFIED)
        return s->out_chroma_location;
    if (s->format.nb_sitings > 1)
        return av_chroma_location_pos_to_enum(s->chroma.xpos, s->chroma.ypos);
    return o->range == AVCOL_RANGE_JPEG ? AVCHROMA_LOC_CENTER
                                        : AVCHROMA_LOC_LEFT;
}

void ff_v360_output_place(V360BatchContext *s, int view)
{
    V360Output *o = &s->views[view].output;
    const V360Format *f = &o->format;
    const enum AVChromaLocation location = find_location(s, o);

    o->location = f->nb_sitings > 1 ? location : AVCHROMA_LOC_UNSPECIFIED;
    o->chroma   = (V360ChromaPlaces){ f->log2_chroma_w, f->log2_chroma_h };
    av_chroma_location_enum_to_pos(&o->chroma.xpos, &o->chroma.ypos, location);
    o->places        = o->chroma;
    o->places.log2_w = FFMIN(f->log2_chroma_w, s->format.log2_chroma_w);
    o->places.log2_h = FFMIN(f->log2_chroma_h, s->format.log2_chroma_h);
    if (!o->places.log2_w)
        o->places.xpos = 0;
    if (!o->places.log2_h)
        o->places.ypos = 0;
    o->has_part  = (o->places.log2_w || o->places.log2_h) &&
                   (o->mixer.mix[0].coef[1] || o->mixer.mix[0].coef[2]);
    o->has_means = s->format.nb_colours > 1 &&
                   (f->log2_chroma_w > o->places.log2_w ||
                    f->log2_chroma_h > o->places.log2_h);
}

void ff_v360_output_tag(AVFrame *frame, const V360BatchContext *s, int view)
{
    const V360Output *o = &s->views[view].output;

    if (o->converts || (o->retags && o->matrix != AVCOL_SPC_UNSPECIFIED))
        frame->colorspace = o->matrix;
    if (o->converts || (o->retags && o->range != AVCOL_RANGE_UNSPECIFIED))
        frame->color_range = o->range;
    if (o->converts || s->out_chroma_location != AVCHROMA_LOC_UNSPECIFIED)
        frame->chroma_location = o->location;
}
