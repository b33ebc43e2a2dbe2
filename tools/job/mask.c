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
 * The panorama's mask: its size, whether its values, as ffmpeg makes them gray,
 * can be those of a mask, and how it is split into the views.
 */

#include <stdlib.h>
#include <string.h>

#include "libavcodec/avcodec.h"
#include "libavfilter/avfilter.h"
#include "libavfilter/buffersink.h"
#include "libavfilter/buffersrc.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/pixdesc.h"
#include "frames.h"

#define MAX_LOOKED_AT 20    ///< frames of a mask that is a video
#define THRESHOLD "lut=y='255*gte(val,128)'"

/* What is both light and solid is kept of a mask with transparent parts. */
static const char gray[] = "format=gray";
static const char light_and_solid[] =
    "format=rgba,split[light][solid];[light]format=gray[light];"
    "[solid]alphaextract[solid];[light][solid]blend=all_mode=darken";

/** The least and the greatest value of some samples, of 255. */
typedef struct Levels {
    int low, high;
} Levels;

/** Set up a graph from buffer@in, for frames like FRAME, to buffersink@out. */
static int open_graph(AVFilterGraph *graph, const AVFrame *frame,
                      const char *filter)
{
    AVFilterInOut *in = NULL, *out = NULL;
    char *text = av_asprintf("buffer@in=video_size=%dx%d:pix_fmt=%d"
                             ":time_base=1/1:colorspace=%d:range=%d"
                             ":alpha_mode=%d,%s,buffersink@out", frame->width,
                             frame->height, frame->format, frame->colorspace,
                             frame->color_range, frame->alpha_mode, filter);
    int ret = text ? avfilter_graph_parse2(graph, text, &in, &out) :
              AVERROR(ENOMEM);

    avfilter_inout_free(&in);
    avfilter_inout_free(&out);
    av_free(text);
    return ret < 0 ? ret : avfilter_graph_config(graph, NULL);
}

static void widen(Levels *levels, const AVFrame *frame)
{
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->data[0] + y * (ptrdiff_t)frame->linesize[0];

        for (int x = 0; x < frame->width; x++) {
            levels->low  = FFMIN(levels->low,  row[x]);
            levels->high = FFMAX(levels->high, row[x]);
        }
    }
}

/** Send a frame through a graph and look at what comes out. */
static int look(Levels *levels, AVFilterGraph *graph, AVFrame *frame,
                AVFrame *result)
{
    AVFilterContext *in  = avfilter_graph_get_filter(graph, "buffer@in");
    AVFilterContext *out = avfilter_graph_get_filter(graph, "buffersink@out");
    int ret = av_buffersrc_add_frame(in, frame);

    if (ret >= 0)
        ret = av_buffersrc_add_frame(in, NULL);
    if (ret >= 0)
        ret = av_buffersink_get_frame(out, result);
    if (ret >= 0)
        widen(levels, result);
    return ret;
}

/**
 * Widen levels by those of a frame.
 *
 * @param filter  the text of filters that make the frame gray
 * @return 0 or a negative AVERROR, not told
 */
static int add_levels(Levels *levels, const AVFrame *frame, const char *filter)
{
    AVFilterGraph *graph = avfilter_graph_alloc();
    AVFrame *copy = av_frame_clone(frame), *result = av_frame_alloc();
    int ret = graph && copy && result ? 0 : AVERROR(ENOMEM);

    if (ret >= 0) {
        graph->nb_threads = 1;
        ret = open_graph(graph, frame, filter);
    }
    if (ret >= 0)
        ret = look(levels, graph, copy, result);
    av_frame_free(&copy);
    av_frame_free(&result);
    avfilter_graph_free(&graph);
    return ret;
}

/** Check the mask's size by its first frame, and choose how it becomes gray. */
static int check_frame(V360Job *job, const V360JobStream *s)
{
    const AVFrame *frame = s->frame;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    const int turned = abs(v360job_rotation(frame, s->st)) == 90;
    const int w = turned ? frame->height : frame->width;
    const int h = turned ? frame->width : frame->height;

    if (w != job->source.w || h != job->source.h)
        return v360job_error("the mask %s is of another size, %d,%d, not %d,%d "
                             "as the source", job->options.mask, w, h,
                             job->source.w, job->source.h);
    job->mask_stream = s->st->index;
    job->mask_filter = av_strdup(desc && desc->flags & AV_PIX_FMT_FLAG_ALPHA ?
                                 light_and_solid : gray);
    return job->mask_filter ? 0 :
           v360job_cannot("cannot read the mask", job->options.mask,
                          AVERROR(ENOMEM));
}

/** A mask that decides nothing is a mistake. */
static void warn_of_levels(const char *mask, const Levels *l)
{
    const char *hint = l->high > 1 || l->low == l->high ? "" :
                       ": its values are 0 and 1, not 0 and 255";

    if (l->high < 128)
        v360job_warn("the mask %s keeps nothing, no value is over 127 of 255%s",
                     mask, hint);
    if (l->low >= 128)
        v360job_warn("the mask %s leaves nothing out, all values are over 127 "
                     "of 255", mask);
}

/**
 * Look at the values of the mask, which s has the first frame of. Of a video
 * some key frames are looked at, and each must be so for a warning.
 */
static int look_at_values(V360Job *job, V360JobStream *s)
{
    Levels levels = { 255, 0 };
    int ret = add_levels(&levels, s->frame, job->mask_filter);

    if (ret < 0)
        return v360job_cannot("cannot read the mask", job->options.mask, ret);
    ret = v360job_next_frame(s);
    /* A file of one frame is a picture, whatever its format. */
    job->mask_is_still = ret == AVERROR_EOF || v360job_is_picture(s->ctx);
    s->codec->skip_frame = AVDISCARD_NONKEY;
    for (int i = 1; ret >= 0 && i < MAX_LOOKED_AT; i++) {
        if (levels.low < 128 && levels.high >= 128)
            return 0;
        if (add_levels(&levels, s->frame, job->mask_filter) < 0)
            break;
        ret = v360job_next_frame(s);
    }
    warn_of_levels(job->options.mask, &levels);
    return 0;
}

int v360job_probe_mask(V360Job *job)
{
    const char *mask = job->options.mask;
    V360JobStream s = { 0 };
    int ret = 0;

    if (!mask)
        return 0;
    job->mask_id = v360job_source_id(mask, &ret);
    if (!job->mask_id)
        return v360job_cannot("cannot read the mask", mask, ret);
    ret = v360job_open_stream(&s, mask, -1, 0);
    if (ret >= 0)
        ret = v360job_first_frame(&s);
    if (ret < 0)
        v360job_cannot("cannot read the mask", mask, ret);
    else
        ret = check_frame(job, &s);
    if (ret >= 0)
        ret = look_at_values(job, &s);
    v360job_close_stream(&s);
    if (ret >= 0 && job->mask_is_still) {
        char buf[128];
        const char *why = v360job_why_bad(mask, buf, sizeof(buf));

        if (why)
            ret = v360job_error("cannot read the mask %s: %s", mask, why);
    }
    return ret;
}

/**
 * Print v360batch as in the graph, but with nearest sampling. Means of samples
 * would be gray: of views that ask for these themselves the nearer one of black
 * and white is taken.
 */
static void print_batch(AVBPrint *to, const V360Job *job)
{
    static const char option[] = "interp=";
    const char *batch = job->graph.batch, *at = strstr(batch, option);
    AVBPrint filter;

    av_bprint_init(&filter, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&filter, "%.*s%snear%s", (int)(at - batch), batch, option,
               at + strcspn(at, ":"));
    v360job_print_views(to, job, filter.str, job->views.text ? THRESHOLD : "");
    av_bprint_finalize(&filter, NULL);
}

/**
 * @param range  chooses frames of a mask that is a video
 * @return the filtergraph that makes masks of all views, or NULL
 */
static char *make_filtergraph(const V360Job *job, const V360JobRange *range)
{
    const V360JobGraph *graph = &job->graph;
    AVBPrint text;
    char *result;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&text, "[0:%d]", job->mask_stream);
    if (!job->mask_is_still)
        av_bprintf(&text, "%s%s%s", range->filter, graph->rate,
                   graph->select);
    /* The EXIF and colours of a picture are nothing of a mask's. */
    av_bprintf(&text, "%s,sidedata=delete," THRESHOLD ",%s", job->mask_filter,
               graph->pad);
    print_batch(&text, job);
    for (int i = 0; job->options.owner_masks && i < job->views.names.nb; i++)
        av_bprintf(&text, ";[v%d][%d:v]blend=all_mode=multiply[m%d]", i, i + 1,
                   i);
    v360job_finish(&text, &result);
    return result;
}

/**
 * Set which frames of a mask that is a video are taken: by their own time
 * stamps, as those of the source.
 */
static int find_range(V360JobRange *range, const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    V360JobSource mask = { .file = o->mask, .stream = job->mask_stream };
    V360JobStream s = { 0 };
    int ret = v360job_open_stream(&s, mask.file, mask.stream, 0);

    if (ret >= 0) {
        mask.time_base = s.st->time_base;
        mask.start_us  = v360job_start(&s);
        if (s.ctx->duration != AV_NOPTS_VALUE)
            mask.duration_us = s.ctx->duration;
    }
    v360job_close_stream(&s);
    return ret < 0 ? v360job_cannot("cannot read the mask", o->mask, ret) :
           v360job_find_range(range, &mask, o);
}

int v360job_split_mask(const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const V360JobTexts *names = &job->views.names;
    V360JobTexts args = { 0 };
    V360JobRange range = { 0 };
    char *graph, *name;
    int ret = job->mask_is_still ? 0 : find_range(&range, job);

    if (ret < 0)
        return ret;
    /* ffmpeg takes the names of pictures for patterns. */
    name = v360job_plain_name(job, o->mask, "mask",
                              job->mask_is_still ? "%*?[{" : "");
    if (!name) {
        v360job_free_range(&range);
        return AVERROR(EINVAL);
    }
    /* A mask that is damaged is no mask: the run is strict, and so it begins
     * with a frame that refers to no other. */
    range.seek_us = AV_NOPTS_VALUE;
    v360job_add_strict(&args);
    if (!job->mask_is_still)
        v360job_add_part(&args, &range);
    v360job_add_all(&args, "-i", name, NULL);
    av_free(name);
    for (int i = 0; o->owner_masks && i < names->nb; i++) {
        v360job_add(&args, "-i");
        v360job_addf(&args, "owner/%s.pgm", names->text[i]);
    }
    graph = make_filtergraph(job, &range);
    v360job_add(&args, "-filter_complex");
    v360job_add(&args, graph);
    av_free(graph);
    v360job_free_range(&range);
    for (int i = 0; i < names->nb; i++) {
        v360job_add(&args, "-map");
        v360job_addf(&args, "[%c%d]", o->owner_masks ? 'm' : 'v', i);
        v360job_add_all(&args, "-bitexact", "-fps_mode", "passthrough",
                        "-c:v", "png", "-pix_fmt", "gray", "-threads", "1",
                        NULL);
        v360job_addf(&args, "raw/%s/%%06d.png", names->text[i]);
    }
    return v360job_run_hidden(job, &args);
}
