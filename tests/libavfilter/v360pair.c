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
 * Which frames v360batch holds to remap them with the next one, and when it
 * lets them go: all come out in order, each as from a graph of its own.
 */

#include "libavutil/mem.h"
#include "libavutil/time.h"
#include "v360check.h"
#include "v360graph.h"

#define W 64
#define H 32
/* No machine is so slow that a frame is late. */
#define VIEW "v360batch=delay=1000:w=40:h=30:interp=cube:views=yaw=20"

/** A graph, and how many frames went in and came out. */
typedef struct Run {
    Graph g;
    const char *filters;
    enum AVPixelFormat format;
    int in, out;
} Run;

/* Frame number n, the same each time, and other than those before. */
static AVFrame *make_frame(const Run *r, int n, char kind)
{
    AVFrame *f = new_frame(kind == 'w' ? 2 * W : W, H, r->format);

    f->width = W;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            f->data[0][y * f->linesize[0] + x] += 37 * n * (x + 1);
    f->pts = n;
    if (kind == 'c')
        f->crop_left = 8;
    if (kind == 'l')
        f->chroma_location = AVCHROMA_LOC_TOPLEFT;
    if (kind == 'b')
        f->linesize[0] = W - 2;
    return f;
}

static int same(const AVFrame *a, const AVFrame *b)
{
    const int size = av_image_get_buffer_size(a->format, a->width, a->height,
                                              1);
    uint8_t *data = av_malloc(2 * size);
    int ret = -1;

    if (data && a->width == b->width && a->height == b->height) {
        for (int i = 0; i < 2; i++) {
            const AVFrame *f = i ? b : a;

            av_image_copy_to_buffer(data + i * size, size,
                                    (const uint8_t *const *)f->data,
                                    f->linesize, f->format, f->width,
                                    f->height, 1);
        }
        ret = memcmp(data, data + size, size);
    }
    av_free(data);
    return !ret;
}

/* What came out has to be frame number r->out, as from a graph of its own. */
static void check_frame(Run *r, const AVFrame *got, const char *kinds)
{
    AVFrame *in = make_frame(r, r->out, kinds[r->out]);
    AVFrame *want = av_frame_alloc();
    Graph g = { 0 };
    int ret = graph_open(&g, W, H, r->format, "", r->filters);

    if (ret >= 0)
        ret = graph_run(&g, in, want);
    CHECK(ret >= 0 && got->pts == r->out && same(want, got),
          "%s: frame %d is not as alone, time stamp %d", r->filters, r->out,
          (int)got->pts);
    r->out++;
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
    av_frame_free(&want);
}

static int command(Run *r, const char *cmd, const char *arg)
{
    return avfilter_graph_send_command(r->g.graph, "v360batch", cmd, arg, NULL,
                                       0, 0);
}

static int push(Run *r, char kind, char *kinds)
{
    AVFrame *in = make_frame(r, r->in, kind);
    const int ret = av_buffersrc_add_frame_flags(r->g.in, in,
                                                 AV_BUFFERSRC_FLAG_PUSH);

    kinds[r->in++] = kind;
    av_frame_free(&in);
    return ret;
}

/* A step: send a frame (f, cropped c, with other chroma l, with wider rows w,
 * broken b) or a command (turn t, flush x, unknown u), end the source (e), or
 * let time pass (s). */
static int step(Run *r, char kind, char *kinds)
{
    switch (kind) {
    case 't': return command(r, "0.yaw", "20");
    case 'x': return command(r, "flush", "");
    case 'u': return command(r, "volume", "1") == AVERROR(ENOSYS) ? 0 : -1;
    case 'e': return av_buffersrc_add_frame_flags(r->g.in, NULL,
                                                  AV_BUFFERSRC_FLAG_PUSH);
    case 's': return av_usleep(30000);
    case 'b': return push(r, kind, kinds) == AVERROR(EINVAL) ? 0 : -1;
    default:  return push(r, kind, kinds);
    }
}

/* steps: pairs of a step and the number of frames that then come out. */
static void check(enum AVPixelFormat format, const char *filters,
                  const char *steps)
{
    Run r = { .filters = filters, .format = format };
    AVFrame *out = av_frame_alloc();
    char kinds[32] = { 0 };
    int ret = graph_open(&r.g, W, H, format, "", filters);

    CHECK(ret >= 0, "%s: no graph: %s", filters, messages.str);
    for (int i = 0; steps[i] && ret >= 0; i += 2) {
        const int before = r.out;

        CHECK(step(&r, steps[i], kinds) >= 0, "%s: step %d of %s", filters,
              i / 2, steps);
        while ((ret = av_buffersink_get_frame(r.g.out, out)) >= 0) {
            check_frame(&r, out, kinds);
            av_frame_unref(out);
        }
        CHECK(ret == (steps[i] == 'e' ? AVERROR_EOF : AVERROR(EAGAIN)) ||
              steps[i] == 'b', "%s: step %d of %s: %s", filters, i / 2, steps,
              av_err2str(ret));
        CHECK(r.out - before == steps[i + 1] - '0', "%s: %d frames after step "
              "%d of %s", filters, r.out - before, i / 2, steps);
        ret = 0;
    }
    avfilter_graph_free(&r.g.graph);
    av_frame_free(&out);
}

int main(void)
{
    static const enum AVPixelFormat formats[] = {
        AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12, AV_PIX_FMT_RGBA,
    };

    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    for (int i = 0; i < FF_ARRAY_ELEMS(formats); i++) {
        check(formats[i], VIEW, "f1f0f2f0f2e0");
        check(formats[i], VIEW, "f1f0f2f0e1");
        check(formats[i], VIEW ",format=rgb24", "f1f0f2e0");
    }
    check(AV_PIX_FMT_YUV420P, VIEW ",format=yuv420p:color_ranges=pc",
          "f1f0f2f0e1");
    /* few views a grid, and enough of them */
    check(AV_PIX_FMT_GRAY8, VIEW "|yaw=50|yaw=80[a][b][c];[a][b][c]hstack=3",
          "f1f0f2e0");
    check(AV_PIX_FMT_GRAY8, VIEW "|yaw=110|yaw=200|yaw=290[a][b][c][d];"
          "[a][b][c][d]hstack=4", "f1f1f1e0");
    /* no time, and a source that is too slow */
    check(AV_PIX_FMT_GRAY8, "v360batch=delay=0:views=w=8 h=8", "f1f1f1e0");
    check(AV_PIX_FMT_GRAY8, "v360batch=delay=0.02:views=w=8 h=8",
          "f1s0f1s0f1e0");
    /* commands */
    check(AV_PIX_FMT_GRAY8, VIEW, "f1f0t1f1f0t1f1f0f2");
    check(AV_PIX_FMT_GRAY8, VIEW, "x0f1f0x1x0f0f2x0e0");
    check(AV_PIX_FMT_GRAY8, VIEW, "f1f0u0f2");
    /* frames that are not alike */
    check(AV_PIX_FMT_YUV420P, VIEW, "f1f0c2c0c2f1f0e1");
    check(AV_PIX_FMT_YUV420P, VIEW, "f1f0l2l0l2l0f2");
    check(AV_PIX_FMT_YUV420P, VIEW, "f1f0w1w2f0w1f1e1");
    check(AV_PIX_FMT_GRAY8, VIEW, "f1f0b1");
    av_bprint_finalize(&messages, NULL);
    return check_end();
}
