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
 * Colours: what v360batch has to know to make those of the written format of
 * those of the source.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/pixdesc.h"
#include "libavfilter/v360batch/format.h"
#include "job.h"

static int is_rgb(enum V360JobFormat format)
{
    return format == V360JOB_PNG || format == V360JOB_TIF;
}

/** @return whether samples of a format stand for colours by a matrix */
static int has_matrix(const AVPixFmtDescriptor *desc)
{
    return desc->nb_components >= 3 && !(desc->flags & AV_PIX_FMT_FLAG_RGB) &&
           !(desc->flags & AV_PIX_FMT_FLAG_PAL) &&
           !av_strstart(desc->name, "xyz", NULL);
}

/**
 * Get the matrix that YUV samples of the source stand for. HD video that says
 * nothing is BT.709 to players; what else says nothing is BT.601, to them and
 * to FFmpeg. Pictures have BT.601 by their formats.
 *
 * @param guessed  set if it is not FFmpeg's guess
 */
static enum AVColorSpace find_matrix(const V360JobSource *source, int *guessed)
{
    *guessed = 0;
    if (!has_matrix(av_pix_fmt_desc_get(source->format)))
        return AVCOL_SPC_RGB;
    if (source->matrix != AVCOL_SPC_UNSPECIFIED)
        return source->matrix;
    *guessed = !source->is_still && (source->w >= 1280 || source->h > 576);
    return *guessed ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

const char *v360job_jpeg_format(const V360Job *job)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(job->source.format);

    if (job->options.chroma == V360JOB_420)
        return "yuv420p";
    if (job->options.chroma == V360JOB_422)
        return "yuv422p";
    if (job->options.chroma == V360JOB_444 ||
        v360job_is_odd(&job->source.area))
        return "yuv444p"; /* an odd pad is moved by a pixel of 4:4:4 */
    if ((desc->nb_components < 3 && !(desc->flags & AV_PIX_FMT_FLAG_PAL)) ||
        (desc->log2_chroma_w == 1 && desc->log2_chroma_h == 1))
        return "yuv420p";
    return desc->log2_chroma_w == 1 && !desc->log2_chroma_h ? "yuv422p" :
                                                              "yuv444p";
}

/**
 * What comes out may look other than in a player, and nothing of it is wrong.
 */
static void warn_of_colours(const V360Job *job, int guessed)
{
    const V360JobSource *source = &job->source;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(source->format);
    const int deep = desc->comp[0].depth > 8;
    const char *hdr = source->transfer == AVCOL_TRC_SMPTE2084 ? "PQ" :
                      source->transfer == AVCOL_TRC_ARIB_STD_B67 ? "HLG" : NULL;

    if (guessed && *job->graph.after)
        v360job_warn("the source does not say which colour matrix it has: "
                     "taken as BT.709, as players do with HD");
    if (is_rgb(job->options.format) && deep)
        return;
    if (job->options.format == V360JOB_MP4 &&
        source->format == AV_PIX_FMT_YUV420P10LE)
        return;
    if (hdr)
        v360job_warn("the source is HDR (%s): its values go into 8 bits as "
                     "they are, not tone-mapped, and look flat; convert it to "
                     "SDR before, or take --format png or tif for 16 bits", hdr);
}

/**
 * Print the planar format with the samples of one that v360batch does not read:
 * packed or float, of a palette, in another byte order.
 */
static void print_planar(AVBPrint *text, const AVPixFmtDescriptor *desc)
{
    const int deep = desc->comp[0].depth > 8;

    if (desc->nb_components < 3 && !(desc->flags & AV_PIX_FMT_FLAG_PAL))
        av_bprintf(text, "gray%s", deep ? "16" : "");
    else if (!has_matrix(desc))
        av_bprintf(text, "gbrp%s", deep ? "16" : "");
    else
        av_bprintf(text, "yuv4%sp%s", desc->log2_chroma_w ?
                   desc->log2_chroma_h ? "20" : "22" :
                   desc->log2_chroma_h ? "40" : "44", deep ? "16" : "");
}

/**
 * Print what has to be done before v360batch, which converts colours itself,
 * can read frames. Padding by an odd number of samples takes chroma that can be
 * moved by one, and linear light is for no reader of images.
 */
static void print_before(AVBPrint *text, const V360JobSource *source,
                         int guessed)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(source->format);
    const int linear = source->transfer == AVCOL_TRC_LINEAR;
    const int odd = v360job_is_odd(&source->area) &&
                    (desc->log2_chroma_w || desc->log2_chroma_h);

    if (ff_v360_is_listed(ff_v360_formats, source->format) && !linear && !odd)
        return;
    av_bprintf(text, "scale=flags=accurate_rnd+bitexact+full_chroma_int%s%s"
               ",format=", guessed ? ":in_color_matrix=bt709" : "",
               linear ? ":out_transfer=srgb" : "");
    if (odd)
        av_bprintf(text, "yuv444p%s", desc->comp[0].depth > 8 ? "16" : "");
    else
        print_planar(text, desc);
    av_bprintf(text, ",");
}

/** Print what views shall be, as a filter; nothing: as the source is. */
static void print_after(AVBPrint *text, const V360Job *job)
{
    const V360JobSource *source = &job->source;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(source->format);

    if (job->options.format == V360JOB_JPG)
        av_bprintf(text, "format=pix_fmts=%s:color_spaces=bt470bg:"
                   "color_ranges=pc", v360job_jpeg_format(job));
    else if (is_rgb(job->options.format))
        av_bprintf(text, "format=pix_fmts=%s", desc->comp[0].depth <= 8 ?
                   "rgb24" : job->options.format == V360JOB_PNG ? "rgb48be" :
                   "rgb48le");
    else if (source->format != AV_PIX_FMT_YUV420P &&
             source->format != AV_PIX_FMT_YUVJ420P &&
             source->format != AV_PIX_FMT_YUV420P10LE)
        av_bprintf(text, "format=pix_fmts=yuv420p:color_spaces=bt709:"
                   "color_ranges=tv");
}

/**
 * Print what v360batch is to know of colours: what the source does not say, and
 * the place of chroma that a reader of the views takes for granted.
 */
static void print_options(AVBPrint *text, const V360Job *job,
                          enum AVColorSpace matrix)
{
    const V360JobSource *source = &job->source;

    if (source->matrix == AVCOL_SPC_UNSPECIFIED && matrix != AVCOL_SPC_RGB)
        av_bprintf(text, ":in_matrix=%s", matrix == AVCOL_SPC_BT709 ? "bt709" :
                                                                      "bt601");
    if (job->options.format == V360JOB_JPG)
        av_bprintf(text, ":out_chroma_loc=center");
    else if (job->options.format == V360JOB_MP4 && *job->graph.after)
        av_bprintf(text, ":out_chroma_loc=left");
}

int v360job_set_colour(V360Job *job)
{
    const V360JobSource *source = &job->source;
    V360JobGraph *g = &job->graph;
    AVBPrint before, after, options;
    int guessed, ret;
    const enum AVColorSpace matrix = find_matrix(source, &guessed);

    av_bprint_init(&before, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&after, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&options, 0, AV_BPRINT_SIZE_UNLIMITED);
    print_before(&before, source, guessed);
    av_bprintf(&before, "%s", g->pad);
    print_after(&after, job);
    ret = v360job_finish(&before, &g->before);
    if (v360job_finish(&after, &g->after) < 0 || ret < 0) {
        av_bprint_finalize(&options, NULL);
        return v360job_cannot("cannot convert", source->name, AVERROR(ENOMEM));
    }
    print_options(&options, job, matrix);
    if (v360job_finish(&options, &g->colours) < 0)
        return v360job_cannot("cannot convert", source->name, AVERROR(ENOMEM));
    warn_of_colours(job, guessed);
    return 0;
}
