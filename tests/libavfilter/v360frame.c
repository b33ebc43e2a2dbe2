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
 * What v360batch reads of frames that a program makes: no more than their
 * cropping leaves, and nothing of a frame that is not as configured.
 */

#include "libavfilter/v360batch/input.h"
#include "v360check.h"
#include "v360graph.h"

#define VIEW "v360batch=interp=cube:views=yaw=170 pitch=20 w=40 h=30"

static const enum AVPixelFormat formats[] = {
    AV_PIX_FMT_GRAY8,   AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P,
    AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV411P, AV_PIX_FMT_YUV440P,
    AV_PIX_FMT_NV12,    AV_PIX_FMT_P010,  AV_PIX_FMT_GBRAP,
    AV_PIX_FMT_RGBA,
};

/* Left, top, right, bottom; odd values cut through chroma samples. */
static const int crops[][4] = {
    { 0, 0, 0, 0 }, { 16, 8, 0, 0 }, { 0, 0, 24, 12 }, { 4, 4, 8, 8 },
    { 5, 3, 0, 0 }, { 7, 1, 2, 3 },  { 1, 0, 1, 0 },
};

/* Whether two frames have the same samples, whatever lies between rows. */
static int same_samples(const AVFrame *a, const AVFrame *b)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(a->format);

    if (a->width != b->width || a->height != b->height ||
        a->format != b->format)
        return 0;
    for (int p = 0; p < av_pix_fmt_count_planes(a->format); p++) {
        const int chroma = p == 1 || p == 2;
        const int bytes = av_image_get_linesize(a->format, a->width, p);

        for (int y = 0; y < AV_CEIL_RSHIFT(a->height, chroma ?
                                           desc->log2_chroma_h : 0); y++)
            if (memcmp(a->data[p] + y * a->linesize[p],
                       b->data[p] + y * b->linesize[p], bytes))
                return 0;
    }
    return 1;
}

static void set_crop(AVFrame *f, const int crop[4])
{
    f->crop_left   = crop[0];
    f->crop_top    = crop[1];
    f->crop_right  = crop[2];
    f->crop_bottom = crop[3];
}

/* What the filter makes of a frame with cropping must be what it makes of the
 * frame after FFmpeg has cropped it. */
static void check_cropped(AVFrame *in, const AVFrame *got, const char *filters)
{
    AVFrame *cropped = av_frame_clone(in), *out = av_frame_alloc();
    Graph g = { 0 };
    int ret = av_frame_apply_cropping(cropped, AV_FRAME_CROP_UNALIGNED);

    CHECK(ret >= 0, "cropping of the reference");
    ret = graph_open(&g, cropped->width, cropped->height, in->format, "",
                     filters);
    if (ret >= 0)
        ret = graph_run(&g, cropped, out);
    CHECK(ret >= 0 && same_samples(got, out), "%s: %zu %zu %zu %zu cropped off "
          "%dx%d: other samples", av_get_pix_fmt_name(in->format),
          in->crop_left, in->crop_top, in->crop_right, in->crop_bottom,
          in->width, in->height);
    CHECK(!got->crop_left && !got->crop_top && !got->crop_right &&
          !got->crop_bottom, "the view is cropped");
    avfilter_graph_free(&g.graph);
    av_frame_free(&cropped);
    av_frame_free(&out);
}

/* One graph gets frames with all crops, one after the other. */
static void check_crops(enum AVPixelFormat format, const char *filters)
{
    AVFrame *in = new_frame(97, 64, format), *out = av_frame_alloc();
    Graph g = { 0 };
    int ret = graph_open(&g, in->width, in->height, format, "", filters);

    CHECK(ret >= 0, "%s: no graph", av_get_pix_fmt_name(format));
    for (int i = 0; i < FF_ARRAY_ELEMS(crops) && ret >= 0; i++) {
        set_crop(in, crops[i]);
        ret = graph_run(&g, in, out);
        CHECK(ret >= 0, "%s, crop %d: %s", av_get_pix_fmt_name(format), i,
              av_err2str(ret));
        if (ret >= 0)
            check_cropped(in, out, filters);
    }
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
    av_frame_free(&out);
}

/* A filter that refuses a frame says so with these words. */
static void check_refused(Graph *g, AVFrame *in, const char *words)
{
    AVFrame *out = av_frame_alloc();
    int ret;

    av_bprint_clear(&messages);
    ret = graph_run(g, in, out);
    CHECK(ret == AVERROR(EINVAL), "not refused: %s", words);
    CHECK(strstr(messages.str, words), "no '%s' in: %s", words, messages.str);
    av_frame_free(&out);
}

/* Each frame gets a graph of its own, made for 64x32 samples of p010. */
static void refuse(AVFrame *in, const char *words)
{
    Graph g = { 0 };

    CHECK(graph_open(&g, 64, 32, AV_PIX_FMT_P010, "", VIEW) >= 0, "graph");
    check_refused(&g, in, words);
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
}

/* A frame of another size or format. The filter's own check is called, as
 * libavfilter's assertions, where they are on, end a program that sends it. */
static void refuse_other(int w, int h, enum AVPixelFormat format,
                         const char *words)
{
    AVFrame *in = new_frame(w, h, format);
    Graph g = { 0 };
    int ret = graph_open(&g, 64, 32, AV_PIX_FMT_P010, "", VIEW);

    CHECK(ret >= 0, "graph");
    if (ret >= 0) {
        av_bprint_clear(&messages);
        ret = ff_v360_input_check_frame(g.in->outputs[0]->dst, in, format, 0);
    }
    CHECK(ret == AVERROR(EINVAL), "not refused: %s", words);
    CHECK(strstr(messages.str, words), "no '%s' in: %s", words, messages.str);
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
}

/* A cropping that the projection refuses is refused each time, and afterwards
 * frames with the one before are taken. */
static void check_refused_crop(void)
{
    static const int small[4] = { 0, 0, 30, 65 }, none[4] = { 0 };
    AVFrame *in = new_frame(99, 66, AV_PIX_FMT_GRAY8), *out = av_frame_alloc();
    Graph g = { 0 };

    CHECK(graph_open(&g, 99, 66, in->format, "",
                     "v360batch=input=c3x2:views=w=16 h=16") >= 0, "graph");
    CHECK(graph_run(&g, in, out) >= 0, "whole");
    for (int i = 0; i < 2; i++) {
        set_crop(in, small);
        check_refused(&g, in, "source size 69x1");
        check_refused(&g, in, "source size 69x1");
        set_crop(in, none);
        CHECK(graph_run(&g, in, out) >= 0, "whole again");
    }
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
    av_frame_free(&out);
}

static void check_other_frames(void)
{
    static const int all[4] = { 32, 0, 32, 0 }, more[4] = { 0, 40, 0, 0 };
    AVFrame *f;

    refuse_other(32, 32, AV_PIX_FMT_P010, "frame of 32x32 p010");
    refuse_other(64, 30, AV_PIX_FMT_P010, "frame of 64x30 p010");
    refuse_other(128, 64, AV_PIX_FMT_P010, "frame of 128x64 p010");
    refuse_other(64, 32, AV_PIX_FMT_NV12, "frame of 64x32 nv12");

    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->linesize[0] = 126;
    refuse(f, "plane 0");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->linesize[1] = -126;
    refuse(f, "plane 1");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->linesize[0] += 1;
    refuse(f, "plane 0");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->data[1] += 1;
    refuse(f, "plane 1");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->data[1] = NULL;
    refuse(f, "plane 1");

    f = new_frame(64, 32, AV_PIX_FMT_P010);
    set_crop(f, all);
    refuse(f, "leaves nothing");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    set_crop(f, more);
    refuse(f, "leaves nothing");
    f = new_frame(64, 32, AV_PIX_FMT_P010);
    f->crop_left = SIZE_MAX;
    refuse(f, "leaves nothing");
}

int main(void)
{
    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    for (int i = 0; i < FF_ARRAY_ELEMS(formats); i++) {
        check_crops(formats[i], VIEW);
        check_crops(formats[i], "v360batch=input=c3x2:fill=red:"
                                "views=yaw=30 roll=10 w=33 h=35");
    }
    check_other_frames();
    check_refused_crop();
    av_bprint_finalize(&messages, NULL);
    return check_end();
}
