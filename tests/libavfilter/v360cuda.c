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
 * CUDA frames of a program that are not as the filtergraph was configured are
 * refused by v360batch_cuda, and after a frame that failed for want of memory
 * the next one is whole. "two [OPTIONS]" sends two frames, for a driver of which
 * a call fails. Needs a CUDA device.
 */

#include <limits.h>

#include "libavutil/hwcontext.h"
#include "libavutil/mem.h"
#include "v360check.h"
#include "v360graph.h"

#define W 64
#define H 32

static AVBufferRef *device;
static const char *options = "views=w=16 h=16:batch=1";

/* A frame on the device, from a pool of its own. */
static AVFrame *cuda_frame(int w, int h, enum AVPixelFormat format)
{
    AVBufferRef *ref = av_hwframe_ctx_alloc(device);
    AVFrame *f = av_frame_alloc();

    if (ref && f) {
        AVHWFramesContext *frames = (AVHWFramesContext *)ref->data;

        frames->format    = AV_PIX_FMT_CUDA;
        frames->sw_format = format;
        frames->width     = w;
        frames->height    = h;
        if (av_hwframe_ctx_init(ref) < 0 || av_hwframe_get_buffer(ref, f, 0) < 0)
            av_frame_free(&f);
    }
    av_buffer_unref(&ref);
    return f;
}

/* Configure a graph for frames like this one. */
static int cuda_graph(Graph *g, const AVFrame *like)
{
    AVBufferSrcParameters *par = av_buffersrc_parameters_alloc();
    AVFilterContext *filter;
    int ret = AVERROR(ENOMEM);

    g->graph = avfilter_graph_alloc();
    if (!par || !g->graph)
        goto end;
    par->format        = AV_PIX_FMT_CUDA;
    par->width         = like->width;
    par->height        = like->height;
    par->time_base     = (AVRational){ 1, 25 };
    par->hw_frames_ctx = like->hw_frames_ctx;
    g->in = avfilter_graph_alloc_filter(g->graph,
                                        avfilter_get_by_name("buffer"), "in");
    if (!g->in || (ret = av_buffersrc_parameters_set(g->in, par)) < 0 ||
        (ret = avfilter_init_str(g->in, NULL)) < 0 ||
        (ret = avfilter_graph_create_filter(&filter,
                   avfilter_get_by_name("v360batch_cuda"), "views",
                   options, NULL, g->graph)) < 0 ||
        (ret = avfilter_graph_create_filter(&g->out,
                   avfilter_get_by_name("buffersink"), "out", NULL, NULL,
                   g->graph)) < 0 ||
        (ret = avfilter_link(g->in, 0, filter, 0)) < 0 ||
        (ret = avfilter_link(filter, 0, g->out, 0)) < 0)
        goto end;
    ret = avfilter_graph_config(g->graph, NULL);

end:
    av_free(par);
    return ret;
}

/* Send a frame, which is freed. words are in the message that refuses it; NULL:
 * it is accepted. */
static void check(AVFrame *f, const char *words)
{
    AVFrame *like = cuda_frame(W, H, AV_PIX_FMT_NV12), *out = av_frame_alloc();
    Graph g = { 0 };
    int ret = f && like && out ? cuda_graph(&g, like) : AVERROR(ENOMEM);

    CHECK(ret >= 0, "no graph: %s", av_err2str(ret));
    av_bprint_clear(&messages);
    if (ret >= 0)
        ret = graph_run(&g, f, out);
    CHECK(ret == (words ? AVERROR(EINVAL) : 0), "%s: %s",
          words ? words : "taken", av_err2str(ret));
    CHECK(!words || strstr(messages.str, words), "no '%s' in: %s", words,
          messages.str);
    avfilter_graph_free(&g.graph);
    av_frame_free(&like);
    av_frame_free(&out);
    av_frame_free(&f);
}

/* The samples of a frame on the device, or NULL. */
static AVFrame *download(const AVFrame *f)
{
    AVFrame *copy = av_frame_alloc();

    if (copy && av_hwframe_transfer_data(copy, f, 0) < 0)
        av_frame_free(&copy);
    return copy;
}

static int same_luma(const AVFrame *a, const AVFrame *b)
{
    for (int y = 0; a && b && y < a->height; y++)
        if (memcmp(a->data[0] + y * a->linesize[0],
                   b->data[0] + y * b->linesize[0], a->width))
            return 0;
    return a && b;
}

/* The first frame fails wherever the limit of allocations lets it; the next one
 * is whole. */
static void check_memory(void)
{
    AVFrame *f = cuda_frame(W, H, AV_PIX_FMT_NV12), *out = av_frame_alloc();
    AVFrame *noise = new_frame(W, H, AV_PIX_FMT_NV12), *wanted = NULL;
    int failures = 0;

    CHECK(f && noise && av_hwframe_transfer_data(f, noise, 0) >= 0, "no frame");
    for (size_t limit = 1 << 20; limit > 900; limit -= limit / 8) {
        AVFrame *got = NULL;
        Graph g = { 0 };
        int ret = cuda_graph(&g, f);

        CHECK(ret >= 0, "no graph");
        av_max_alloc(limit);
        ret = graph_run(&g, f, out);
        av_max_alloc(INT_MAX);
        failures += ret < 0;
        ret = graph_run(&g, f, out);
        if (ret >= 0)
            got = download(out);
        if (!wanted)
            FFSWAP(AVFrame *, wanted, got);
        else
            CHECK(same_luma(wanted, got), "allocations up to %zu, and the next "
                  "frame: %s", limit, av_err2str(ret));
        avfilter_graph_free(&g.graph);
        av_frame_free(&got);
    }
    CHECK(failures > 5, "%d failures only", failures);
    av_frame_free(&wanted);
    av_frame_free(&noise);
    av_frame_free(&out);
    av_frame_free(&f);
}

/* One call of the driver may have failed, which costs one frame and no more. */
static void check_two_frames(void)
{
    AVFrame *f = cuda_frame(W, H, AV_PIX_FMT_NV12), *out = av_frame_alloc();
    Graph g = { 0 };

    if (f && cuda_graph(&g, f) >= 0 && graph_run(&g, f, out) < 0) {
        const int ret = graph_run(&g, f, out);

        CHECK(ret >= 0, "the next frame: %s", av_err2str(ret));
        printf("a frame was lost\n");
    }
    avfilter_graph_free(&g.graph);
    av_frame_free(&out);
    av_frame_free(&f);
}

int main(int argc, char **argv)
{
    const int ret = av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, NULL,
                                           NULL, 0);
    AVBufferRef *frames;
    AVFrame *f;

    if (ret < 0) {
        printf("no CUDA device: %s\n", av_err2str(ret));
        return 1;
    }
    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    if (argc > 1 && !strcmp(argv[1], "two")) {
        if (argc > 2)
            options = argv[2];
        check_two_frames();
        goto end;
    }
    check(cuda_frame(W, H, AV_PIX_FMT_NV12), NULL);
    check(cuda_frame(W / 2, H, AV_PIX_FMT_NV12), "frame of 32x32 nv12");
    check(cuda_frame(W, H * 2, AV_PIX_FMT_NV12), "frame of 64x64 nv12");
    check(cuda_frame(W, H, AV_PIX_FMT_P010), "frame of 64x32 p010");

    f = cuda_frame(W, H, AV_PIX_FMT_NV12);
    f->linesize[0] = W - 1;
    check(f, "plane 0");
    f = cuda_frame(W, H, AV_PIX_FMT_NV12);
    f->data[1]++;
    check(f, "plane 1");
    f = cuda_frame(W, H, AV_PIX_FMT_NV12);
    f->linesize[1] = -f->linesize[1];
    check(f, "plane 1");
    f = cuda_frame(W, H, AV_PIX_FMT_NV12);
    f->crop_top = H;
    check(f, "leaves nothing");
    f = cuda_frame(W, H, AV_PIX_FMT_NV12);
    frames = f->hw_frames_ctx; /* outlives the frame */
    f->hw_frames_ctx = NULL;
    check(f, "without a context");
    av_buffer_unref(&frames);
    check_memory();

end:
    av_bprint_finalize(&messages, NULL);
    av_buffer_unref(&device);
    return check_end();
}
