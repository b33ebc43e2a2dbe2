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
 * Colours: how those of the source become those of the written format.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/pixdesc.h"
#include "job.h"

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

/** The layout of chroma that a JPEG keeps. */
static const char *jpeg_format(const V360JobSource *source)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(source->format);
    const V360JobArea *a = &source->area;

    if (a->w && ((a->x | a->y | a->w | a->h) & 1))
        return "yuv444p"; /* whose chroma can be moved by a pixel */
    if ((desc->nb_components < 3 && !(desc->flags & AV_PIX_FMT_FLAG_PAL)) ||
        (desc->log2_chroma_w == 1 && desc->log2_chroma_h == 1))
        return "yuv420p";
    return desc->log2_chroma_w == 1 && !desc->log2_chroma_h ? "yuv422p" :
                                                              "yuv444p";
}

/** @return whether the samples are those of a JPEG already */
static int is_jpeg(const V360JobSource *source, enum AVColorSpace matrix,
                   const char *to)
{
    const char *name = av_get_pix_fmt_name(source->format);
    const int is_j = av_strstart(name, "yuvj", NULL);

    return (is_j || source->range == AVCOL_RANGE_JPEG) &&
           av_strstart(name, is_j ? "yuvj" : "yuv", &name) &&
           !strcmp(name, to + 3) &&
           (source->chroma == AVCHROMA_LOC_CENTER ||
            source->chroma == AVCHROMA_LOC_UNSPECIFIED) &&
           (matrix == AVCOL_SPC_BT470BG || matrix == AVCOL_SPC_SMPTE170M);
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

    if (guessed && *job->graph.colour)
        v360job_warn("the source does not say which colour matrix it has: "
                     "taken as BT.709, as players do with HD");
    if (job->options.format == V360JOB_PNG && deep)
        return;
    if (job->options.format == V360JOB_MP4 &&
        source->format == AV_PIX_FMT_YUV420P10LE)
        return;
    if (hdr)
        v360job_warn("the source is HDR (%s): its values go into 8 bits as "
                     "they are, not tone-mapped, and look flat; convert it to "
                     "SDR before, or take --format png for 16 bits", hdr);
}

/* Colours are converted once, before the split, and only where the written
 * format asks for it: after it the work would be done once a view. What a JPEG
 * reader assumes is BT.601, full range and centred chroma; the video is mostly
 * BT.709, limited and left. scale forgets the siting unless it is told. */
static void print_scale(AVBPrint *text, const V360JobSource *source,
                        int guessed)
{
    const int full = source->range == AVCOL_RANGE_JPEG ||
                     av_strstart(av_get_pix_fmt_name(source->format), "yuvj",
                                 NULL);
    const enum AVChromaLocation place =
        source->chroma != AVCHROMA_LOC_UNSPECIFIED ? source->chroma :
        full ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT;

    av_bprintf(text, "scale=in_chroma_loc=%s:flags=accurate_rnd+bitexact+"
               "full_chroma_int%s%s", av_chroma_location_name(place),
               guessed ? ":in_color_matrix=bt709" : "",
               source->transfer == AVCOL_TRC_LINEAR ? ":out_transfer=srgb" :
               "");
}

/** Print the conversion to what a JPEG's reader takes for granted. */
static void print_jpeg(AVBPrint *text, const V360JobSource *source,
                       enum AVColorSpace matrix, int guessed)
{
    const char *to = jpeg_format(source);

    if (is_jpeg(source, matrix, to))
        return;
    print_scale(text, source, guessed);
    /* In one step, scale goes by packed RGB, for which it has no SIMD. */
    if (matrix == AVCOL_SPC_BT709 || matrix == AVCOL_SPC_BT2020_NCL ||
        matrix == AVCOL_SPC_BT2020_CL || matrix == AVCOL_SPC_SMPTE240M ||
        matrix == AVCOL_SPC_FCC)
        av_bprintf(text, ":out_range=pc,format=gbrp,scale=flags=accurate_rnd+"
                   "bitexact+full_chroma_int");
    av_bprintf(text, ":out_range=pc:out_color_matrix=bt601:"
               "out_chroma_loc=center,format=%s,", to);
}

int v360job_set_colour(V360Job *job)
{
    const V360JobSource *source = &job->source;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(source->format);
    AVBPrint text;
    int guessed;
    const enum AVColorSpace matrix = find_matrix(source, &guessed);

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (job->options.format == V360JOB_JPG) {
        print_jpeg(&text, source, matrix, guessed);
    } else if (job->options.format == V360JOB_PNG) {
        print_scale(&text, source, guessed);
        av_bprintf(&text, ":out_range=pc,format=%s,",
                   desc->comp[0].depth > 8 ? "gbrp16le" : "gbrp");
    } else if (source->format != AV_PIX_FMT_YUV420P &&
               source->format != AV_PIX_FMT_YUVJ420P &&
               source->format != AV_PIX_FMT_YUV420P10LE) {
        print_scale(&text, source, guessed);
        av_bprintf(&text, ":out_color_matrix=bt709:out_range=tv:"
                   "out_chroma_loc=left,format=yuv420p,");
    }
    av_bprintf(&text, "%s", job->graph.pad);
    if (v360job_finish(&text, &job->graph.colour) < 0)
        return v360job_cannot("cannot convert", source->name, AVERROR(ENOMEM));
    warn_of_colours(job, guessed);
    return 0;
}
