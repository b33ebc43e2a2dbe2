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
 * What lasts from frame to frame: after a command that was refused, another
 * place of chroma, an allocation that failed and the end of all outputs, the
 * views are those of a filter that has seen none of these. And that views share
 * a grid does not show: a view alone, or of a source that is turned instead, is
 * the same.
 */

#include <limits.h>

#include "libavutil/mem.h"
#include "libavfilter/v360batch/interp.h"
#include "v360check.h"
#include "v360graph.h"

#define W 256
#define H 128
#define VIEW "w=33:h=33"

/* Whether the samples of the first planes of two frames are the same, from a
 * column of the second on. A frame that no graph has made is like no other. */
static int same(const AVFrame *a, const AVFrame *b, int column)
{
    const int step = a->format == AV_PIX_FMT_GRAY16 ? 2 : 1;

    if (a->height <= 0 || b->height < a->height ||
        b->width < column + a->width)
        return 0;
    for (int y = 0; y < a->height; y++)
        if (memcmp(a->data[0] + y * a->linesize[0],
                   b->data[0] + y * b->linesize[0] + column * step,
                   a->width * step))
            return 0;
    return 1;
}

static int same_chroma(const AVFrame *a, const AVFrame *b)
{
    if (a->height <= 0 || b->height < a->height || b->width < a->width)
        return 0;
    for (int y = 0; y < a->height / 2; y++)
        if (memcmp(a->data[1] + y * a->linesize[1],
                   b->data[1] + y * b->linesize[1], a->width / 2))
            return 0;
    return 1;
}

/* The view that a new graph makes of the frame. */
static AVFrame *fresh(AVFrame *in, const char *filters)
{
    AVFrame *out = av_frame_alloc();
    Graph g = { 0 };
    int ret = graph_open(&g, in->width, in->height, in->format, "", filters);

    if (ret >= 0)
        ret = graph_run(&g, in, out);
    CHECK(ret >= 0, "%s: %s", filters, av_err2str(ret));
    avfilter_graph_free(&g.graph);
    return out;
}

/* A copy of a frame, with columns turned by half the width. */
static AVFrame *turned(const AVFrame *in)
{
    AVFrame *f = new_frame(W, H, in->format);

    for (int y = 0; y < H; y++) {
        uint8_t *dst = f->data[0] + y * f->linesize[0];
        const uint8_t *src = in->data[0] + y * in->linesize[0];

        memcpy(dst, src + W, W);    /* W samples of 2 bytes */
        memcpy(dst + W, src, W);
    }
    return f;
}

/* The centre of the view backwards is a point whose x is exactly the source's
 * width, where the source begins again. With 16 bits each weight shows. */
static void check_seam(void)
{
    AVFrame *in = new_frame(W, H, AV_PIX_FMT_GRAY16), *other = turned(in);

    for (int i = 0; i < V360_NB_INTERPS; i++) {
        const char *interp = ff_v360_interp_name(i);
        AVFrame *behind, *ahead;
        char text[256];

        snprintf(text, sizeof(text), "v360batch=interp=%s:" VIEW
                 ":views=yaw=180.703125", interp);
        behind = fresh(in, text);
        snprintf(text, sizeof(text), "v360batch=interp=%s:" VIEW
                 ":views=yaw=0.703125", interp);
        ahead = fresh(other, text);
        CHECK(same(behind, ahead, 0), "%s: the seam shows", interp);
        av_frame_free(&behind);
        av_frame_free(&ahead);
    }
    av_frame_free(&other);
    av_frame_free(&in);
}

/* Views that differ in yaw and in one thing more share no grid. */
static void check_sharing(AVFrame *in)
{
    static const char *const views[] = {
        "h_fov=90 v_fov=60", "h_fov=60 v_fov=90", "h_fov=90 v_fov=90 pitch=9",
        "h_fov=90 v_fov=90 roll=9", "h_fov=90 v_fov=90 output=fisheye",
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(views); i++) {
        AVFrame *one, *other, *both;
        char text[256];

        snprintf(text, sizeof(text), "v360batch=" VIEW ":views=h_fov=90 "
                 "v_fov=90|yaw=90 %s[a][b];[a][b]hstack", views[i]);
        both = fresh(in, text);
        one  = fresh(in, "v360batch=" VIEW ":views=h_fov=90 v_fov=90");
        snprintf(text, sizeof(text), "v360batch=" VIEW ":views=yaw=90 %s",
                 views[i]);
        other = fresh(in, text);
        CHECK(same(one, both, 0) && same(other, both, one->width),
              "%s: not as alone", views[i]);
        CHECK(!same(one, other, 0), "%s: the same view", views[i]);
        av_frame_free(&one);
        av_frame_free(&other);
        av_frame_free(&both);
    }
}

static int send(Graph *g, const char *command, const char *value)
{
    return avfilter_graph_send_command(g->graph, "v360batch", command, value,
                                       NULL, 0, 0);
}

/* Some commands are refused for what they say, some for the view that would
 * result. */
static void check_refused_commands(AVFrame *in)
{
    static const char *const commands[][2] = {
        { "0.h_fov", "400" }, { "0.h_fov", "200" }, { "0.v_fov", "180" },
        { "0.d_fov", "200" }, { "0.pitch", "up" },  { "0.name", "x" },
    };
    AVFrame *out = av_frame_alloc();
    AVFrame *wanted = fresh(in, "v360batch=" VIEW ":views=yaw=20 h_fov=80");

    for (int i = 0; i < FF_ARRAY_ELEMS(commands); i++) {
        Graph g = { 0 };
        int ret = graph_open(&g, W, H, in->format, "",
                             "v360batch=" VIEW ":views=h_fov=80");

        if (ret >= 0)
            ret = graph_run(&g, in, out);
        CHECK(ret >= 0 && send(&g, commands[i][0], commands[i][1]) < 0,
              "%s %s: not refused", commands[i][0], commands[i][1]);
        ret = send(&g, "0.yaw", "20");
        if (ret >= 0)
            ret = graph_run(&g, in, out);
        CHECK(ret >= 0 && same(wanted, out, 0), "%s %s: refused, and not "
              "without effect: %s", commands[i][0], commands[i][1],
              av_err2str(ret));
        avfilter_graph_free(&g.graph);
    }
    av_frame_free(&out);
    av_frame_free(&wanted);
}

/* The place of chroma changes across, down, and in both. */
static void check_chroma(void)
{
    static const enum AVChromaLocation places[] = {
        AVCHROMA_LOC_LEFT, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP,
        AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_BOTTOMLEFT,
    };
    const char *filters = "v360batch=w=32:h=32:views=yaw=150 pitch=20";
    AVFrame *in = new_frame(W, H, AV_PIX_FMT_YUV420P);
    AVFrame *out = av_frame_alloc(), *wanted = NULL;
    Graph g = { 0 };

    CHECK(graph_open(&g, W, H, in->format, "", filters) >= 0, "no graph");
    for (int i = 0; i < FF_ARRAY_ELEMS(places); i++) {
        AVFrame *before = wanted;
        int ret;

        in->chroma_location = places[i];
        wanted = fresh(in, filters);
        CHECK(!before || !same_chroma(before, wanted), "place %d is no other",
              i);
        ret = graph_run(&g, in, out);
        CHECK(ret >= 0 && same(wanted, out, 0) && same_chroma(wanted, out),
              "chroma is where it was before, change %d", i);
        av_frame_free(&before);
    }
    avfilter_graph_free(&g.graph);
    av_frame_free(&wanted);
    av_frame_free(&out);
    av_frame_free(&in);
}

/* The first frame fails wherever the limit of allocations lets it; the next one
 * is whole. */
static void check_memory(AVFrame *in)
{
    const char *filters = "v360batch=interp=cube:delay=0:" VIEW
                          ":views=yaw=170";
    AVFrame *wanted = fresh(in, filters), *out = av_frame_alloc();
    int failures = 0;

    for (size_t limit = 900; limit < 1 << 20; limit += limit / 8) {
        Graph g = { 0 };
        int ret = graph_open(&g, W, H, in->format, "", filters);

        CHECK(ret >= 0, "no graph");
        av_max_alloc(limit);
        ret = graph_run(&g, in, out);
        av_max_alloc(INT_MAX);
        CHECK(ret == AVERROR(ENOMEM) || (ret >= 0 && same(wanted, out, 0)),
              "allocations up to %zu: %s", limit, av_err2str(ret));
        failures += ret < 0;
        ret = graph_run(&g, in, out);
        CHECK(ret >= 0 && same(wanted, out, 0), "allocations up to %zu, and "
              "the next frame: %s", limit, av_err2str(ret));
        avfilter_graph_free(&g.graph);
    }
    CHECK(failures > 5, "%d failures only", failures);
    av_frame_free(&wanted);
    av_frame_free(&out);
}

/* A source whose frames nobody wants any more is told. */
static void check_end_of_outputs(AVFrame *in)
{
    Graph g = { 0 };
    int n = 0, ret = graph_open(&g, W, H, in->format, "", "v360batch=" VIEW
                                ":views=yaw=0|yaw=9[a][b];[a]trim=end_frame=1[c];"
                                "[b]trim=end_frame=2[d];[c][d]hstack");

    for (; n < 9 && ret >= 0; n++) {
        in->pts = n;
        ret = av_buffersrc_add_frame_flags(g.in, in, AV_BUFFERSRC_FLAG_KEEP_REF |
                                                     AV_BUFFERSRC_FLAG_PUSH);
    }
    CHECK(n > 2 && n < 9 && ret == AVERROR_EOF, "%d frames of 2 are taken: %s",
          n, av_err2str(ret));
    avfilter_graph_free(&g.graph);
}

int main(void)
{
    AVFrame *in = new_frame(W, H, AV_PIX_FMT_GRAY8);

    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    check_seam();
    check_sharing(in);
    check_refused_commands(in);
    check_chroma();
    check_memory(in);
    check_end_of_outputs(in);
    av_frame_free(&in);
    av_bprint_finalize(&messages, NULL);
    return check_end();
}
