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
 * Planes that end where memory ends, with rows side by side: the filter reads
 * nothing behind the last sample of a source, and writes nothing behind that of
 * a view, whose rows are aligned to nothing. Each instruction set makes the
 * bytes that C makes of frames that FFmpeg allocates.
 */

#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "config.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if HAVE_MMAP && HAVE_MPROTECT
#include <sys/mman.h>
#endif
#include <unistd.h>

#include "libavfilter/avfilter.h"
#include "libavfilter/buffersrc.h"
#include "libavfilter/filters.h"
#include "libavfilter/video.h"
#include "libavutil/cpu.h"
#include "libavutil/imgutils.h"
#include "libavutil/lfg.h"
#include "libavutil/macros.h"
#include "libavutil/pixdesc.h"
#include "v360check.h"

#define MAX_VIEWS 8
#define PAGE      ((size_t)65536)   /* a multiple of any system's pages */

/* 80 is not a multiple of 32, but 80 * 64 is a multiple of 64: so the first row
 * of a view is aligned, and the next one is not. */
#define VIEW_W 80
#define VIEW_H 64
#define SOURCE_W 256
#define SOURCE_H 128

static const char *doing = "";      ///< what a signal comes from
static int guarded;                 ///< frames are ours

static void say_and_end(int sig)
{
    static const char text[] = "FAILED: a read or write beyond a plane: ";

    if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ||
        write(STDOUT_FILENO, doing, strlen(doing)) < 0 ||
        write(STDOUT_FILENO, "\n", 1) < 0)
        _exit(2);
    _exit(1);
}

#if HAVE_MMAP && HAVE_MPROTECT
typedef struct Mapping {
    void *base;
    size_t size;
} Mapping;

static void unmap(void *opaque, uint8_t *data)
{
    const Mapping *m = opaque;

    munmap(m->base, m->size);
    free(opaque);
}

/* A plane of size bytes that ends where a page begins that nobody may touch. */
static AVBufferRef *guarded_buffer(size_t size)
{
    Mapping *m = malloc(sizeof(*m));
    const size_t room = (size + PAGE - 1) / PAGE * PAGE;
    uint8_t *base = mmap(NULL, room + PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (!m || base == MAP_FAILED || mprotect(base + room, PAGE, PROT_NONE) < 0)
        return NULL;
    *m = (Mapping){ base, room + PAGE };
    return av_buffer_create(base + room - size, size, unmap, m, 0);
}
#else
/* There are no pages to guard; what is left to test is rows side by side. */
static AVBufferRef *guarded_buffer(size_t size)
{
    return av_buffer_alloc(size);
}
#endif

static int get_guarded(AVFrame *f)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);

    for (int p = 0; p < av_pix_fmt_count_planes(f->format); p++) {
        const int h = AV_CEIL_RSHIFT(f->height, p == 1 || p == 2 ?
                                                desc->log2_chroma_h : 0);

        f->linesize[p] = av_image_get_linesize(f->format, f->width, p);
        f->buf[p] = guarded_buffer((size_t)f->linesize[p] * h);
        if (!f->buf[p])
            return AVERROR(ENOMEM);
        f->data[p] = f->buf[p]->data;
    }
    return 0;
}

/* A sink that gives the filter before it our own frames to fill. */
typedef struct SinkContext {
    AVFrame *frame;
} SinkContext;

static AVFrame *sink_buffer(AVFilterLink *link, int w, int h)
{
    AVFrame *f;

    if (!guarded)
        return ff_default_get_video_buffer(link, w, h);
    f = av_frame_alloc();
    if (!f)
        return NULL;
    f->format = link->format;
    f->width  = w;
    f->height = h;
    if (get_guarded(f) < 0)
        av_frame_free(&f);
    return f;
}

static int sink_frame(AVFilterLink *link, AVFrame *frame)
{
    SinkContext *s = link->dst->priv;

    av_frame_free(&s->frame);
    s->frame = frame;
    return 0;
}

static void sink_uninit(AVFilterContext *ctx)
{
    SinkContext *s = ctx->priv;

    av_frame_free(&s->frame);
}

static const AVFilterPad sink_inputs[] = {
    {
        .name             = "default",
        .type             = AVMEDIA_TYPE_VIDEO,
        .get_buffer.video = sink_buffer,
        .filter_frame     = sink_frame,
    },
};

static const FFFilter sink = {
    .p.name    = "v360page_sink",
    .priv_size = sizeof(SinkContext),
    .uninit    = sink_uninit,
    FILTER_INPUTS(sink_inputs),
};

static AVFrame *source(enum AVPixelFormat format)
{
    AVFrame *f = av_frame_alloc();
    AVLFG lfg;

    if (!f)
        return NULL;
    f->format = format;
    f->width  = SOURCE_W;
    f->height = SOURCE_H;
    if ((guarded ? get_guarded(f) : av_frame_get_buffer(f, 0)) < 0) {
        av_frame_free(&f);
        return NULL;
    }
    av_lfg_init(&lfg, 1);
    for (int p = 0; p < av_pix_fmt_count_planes(format); p++) {
        const int bytes = av_image_get_linesize(format, SOURCE_W, p);
        const int sub = p && p < 3 ? av_pix_fmt_desc_get(format)->log2_chroma_h
                                   : 0;

        for (int y = 0; y < AV_CEIL_RSHIFT(SOURCE_H, sub); y++)
            for (int x = 0; x < bytes; x++)
                f->data[p][y * f->linesize[p] + x] = av_lfg_get(&lfg);
    }
    return f;
}

static AVFilterContext *open_graph(AVFilterGraph *graph, AVFilterContext **v,
                                   const char *options,
                                   enum AVPixelFormat format)
{
    AVFilterContext *in, *out;
    char args[128];

    snprintf(args, sizeof(args), "video_size=%dx%d:pix_fmt=%s:time_base=1/25",
             SOURCE_W, SOURCE_H, av_get_pix_fmt_name(format));
    if (avfilter_graph_create_filter(&in, avfilter_get_by_name("buffer"), "in",
                                     args, NULL, graph) < 0 ||
        avfilter_graph_create_filter(v, avfilter_get_by_name("v360batch"), "v",
                                     options, NULL, graph) < 0 ||
        avfilter_link(in, 0, *v, 0) < 0)
        return NULL;
    for (int i = 0; i < (*v)->nb_outputs; i++)
        if (!(out = avfilter_graph_alloc_filter(graph, &sink.p, NULL)) ||
            avfilter_init_dict(out, NULL) < 0 ||
            avfilter_link(*v, i, out, 0) < 0)
            return NULL;
    return avfilter_graph_config(graph, NULL) < 0 ? NULL : in;
}

/* The bytes of all views, one after the other, or NULL. */
static uint8_t *remap(const char *options, enum AVPixelFormat format, int *size)
{
    AVFilterGraph *graph = avfilter_graph_alloc();
    AVFilterContext *v, *in = open_graph(graph, &v, options, format);
    AVFrame *frame = source(format);
    uint8_t *bytes = NULL;
    int one = av_image_get_buffer_size(format, VIEW_W, VIEW_H, 1);

    if (in && frame && av_buffersrc_add_frame_flags(in, frame,
                                        AV_BUFFERSRC_FLAG_PUSH) >= 0) {
        *size = one * v->nb_outputs;
        bytes = malloc(*size);
        for (int i = 0; i < v->nb_outputs && bytes; i++) {
            const SinkContext *s = v->outputs[i]->dst->priv;

            if (s->frame)
                av_image_copy_to_buffer(bytes + i * one, one,
                                        (const uint8_t *const *)s->frame->data,
                                        s->frame->linesize, format, VIEW_W,
                                        VIEW_H, 1);
        }
    }
    av_frame_free(&frame);
    avfilter_graph_free(&graph);
    return bytes;
}

static const int flags[] = {
    0, AV_CPU_FLAG_AVX2 | AV_CPU_FLAG_FMA3 | AV_CPU_FLAG_AVX | AV_CPU_FLAG_SSE42 |
       AV_CPU_FLAG_SSE4 | AV_CPU_FLAG_SSSE3 | AV_CPU_FLAG_SSE3 |
       AV_CPU_FLAG_SSE2 | AV_CPU_FLAG_SSE | AV_CPU_FLAG_MMX, -1
};

static void check(const char *options, enum AVPixelFormat format)
{
    uint8_t *wanted, *got;
    char text[600];
    int size = 0;

    snprintf(text, sizeof(text), "%s, %s", options, av_get_pix_fmt_name(format));
    doing = text;
    guarded = 0;
    av_force_cpu_flags(0);
    wanted = remap(options, format, &size);
    guarded = 1;
    for (int i = 0; i < FF_ARRAY_ELEMS(flags); i++) {
        av_force_cpu_flags(-1);
        av_force_cpu_flags(flags[i] & av_get_cpu_flags());
        got = remap(options, format, &size);
        CHECK(wanted && got && !memcmp(wanted, got, size),
              "instruction set %d: other bytes: %s", i, text);
        free(got);
    }
    free(wanted);
}

/* Views on both sides of the seam and of the last rows of faces, and with small
 * and large steps in the source. */
static const char *const rigs[] = {
    "views=yaw=150 h_fov=30|yaw=165 h_fov=9|yaw=170 h_fov=20|yaw=180|"
        "yaw=178 h_fov=3|pitch=-80 h_fov=40|yaw=177 pitch=-75 h_fov=12",
    "input=flat:ih_fov=90:iv_fov=60:views=yaw=20 pitch=-10 h_fov=50|yaw=36 "
        "pitch=-23 h_fov=14|h_fov=90",
    "input=c3x2:views=yaw=90|pitch=-90|yaw=44 pitch=-40 h_fov=20",
};

int main(void)
{
    static const char *const interps[] = { "near", "line", "cube" };
    static const enum AVPixelFormat formats[] = {
        AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUV444P,
        AV_PIX_FMT_P010,    AV_PIX_FMT_YUV420P16, AV_PIX_FMT_RGBA,
    };

    av_log_set_level(AV_LOG_ERROR);
    signal(SIGSEGV, say_and_end);
#ifdef SIGBUS
    signal(SIGBUS, say_and_end);
#endif
    for (int i = 0; i < FF_ARRAY_ELEMS(interps); i++)
        for (int r = 0; r < FF_ARRAY_ELEMS(rigs); r++)
            for (int f = 0; f < FF_ARRAY_ELEMS(formats); f++) {
                char options[512];

                snprintf(options, sizeof(options), "interp=%s:w=%d:h=%d:%s",
                         interps[i], VIEW_W, VIEW_H, rigs[r]);
                check(options, formats[f]);
            }
    return check_end();
}
