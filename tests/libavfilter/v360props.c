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
 * Properties of the frames that v360batch makes: flags, side data, numbers in
 * metadata, the fill colour; and what it logs about commands. The locale is the
 * environment's.
 */

#include <locale.h>

#include "libavutil/spherical.h"
#include "v360check.h"
#include "v360graph.h"

/* A graph for one frame of noise of 64x32 samples. */
typedef struct Run {
    Graph g;
    AVFrame *in, *out;
} Run;

static int run_open(Run *r, enum AVPixelFormat format, const char *more,
                    const char *filters)
{
    r->in  = new_frame(64, 32, format);
    r->out = av_frame_alloc();
    return r->in && r->out ? graph_open(&r->g, 64, 32, format, more, filters) :
                             AVERROR(ENOMEM);
}

static void run_close(Run *r)
{
    avfilter_graph_free(&r->g.graph);
    av_frame_free(&r->in);
    av_frame_free(&r->out);
}

static int count(const char *text, const char *words)
{
    int n = 0;

    while ((text = strstr(text, words))) {
        text++;
        n++;
    }
    return n;
}

static void check_flags(void)
{
    const int kept = AV_FRAME_FLAG_KEY | AV_FRAME_FLAG_CORRUPT;
    Run r;
    int ret = run_open(&r, AV_PIX_FMT_GRAY8, "",
                       "v360batch=delay=0:views=w=8 h=8");

    r.in->flags = kept | AV_FRAME_FLAG_INTERLACED |
                  AV_FRAME_FLAG_TOP_FIELD_FIRST;
    for (int i = 0; i < 2 && ret >= 0; i++)
        ret = graph_run(&r.g, r.in, r.out);
    CHECK(ret >= 0 && r.out->flags == kept, "flags %x of a view",
          r.out->flags);
    CHECK(count(messages.str, "interlaced") == 1, "warned %d times",
          count(messages.str, "interlaced"));
    run_close(&r);
}

static int is_listed(const enum AVFrameSideDataType *list, int n, int type)
{
    for (int i = 0; i < n; i++)
        if (list[i] == type)
            return 1;
    return 0;
}

/* Send 64 bytes of every type of side data, but of EXIF, which is parsed. */
static void check_side_data(void)
{
    static const enum AVFrameSideDataType gone[] = {
        AV_FRAME_DATA_PANSCAN, AV_FRAME_DATA_STEREO3D,
        AV_FRAME_DATA_DISPLAYMATRIX, AV_FRAME_DATA_AFD,
        AV_FRAME_DATA_MOTION_VECTORS, AV_FRAME_DATA_SPHERICAL,
        AV_FRAME_DATA_DYNAMIC_HDR_PLUS, AV_FRAME_DATA_REGIONS_OF_INTEREST,
        AV_FRAME_DATA_VIDEO_ENC_PARAMS, AV_FRAME_DATA_DETECTION_BBOXES,
        AV_FRAME_DATA_DYNAMIC_HDR_VIVID, AV_FRAME_DATA_VIDEO_HINT,
        AV_FRAME_DATA_LCEVC, AV_FRAME_DATA_VIEW_ID,
        AV_FRAME_DATA_3D_REFERENCE_DISPLAYS,
        AV_FRAME_DATA_DYNAMIC_HDR_SMPTE_2094_APP5, AV_FRAME_DATA_EXIF,
    };
    int nb = 0, ret;
    Run r;

    ret = run_open(&r, AV_PIX_FMT_GRAY8, "", "v360batch=views=w=8 h=8");
    for (int i = 0; i < 256; i++)
        if (av_frame_side_data_name(i)) {
            CHECK(av_frame_new_side_data(r.in, i, 64), "side data %d", i);
            memset(r.in->side_data[r.in->nb_side_data - 1]->data, 0, 64);
            nb++;
        }
    if (ret >= 0)
        ret = graph_run(&r.g, r.in, r.out);
    CHECK(ret >= 0 && nb > 30, "%d kinds of side data", nb);
    for (int i = 0; i < 256 && ret >= 0; i++) {
        const char *name = av_frame_side_data_name(i);

        if (name)
            CHECK(!!av_frame_get_side_data(r.out, i) !=
                  is_listed(gone, FF_ARRAY_ELEMS(gone), i),
                  "%s is %s a view", name, av_frame_get_side_data(r.out, i) ?
                  "on" : "not on");
    }
    run_close(&r);
}

static int mapping_of(const AVFrameSideData *const *sd, int nb)
{
    for (int i = 0; i < nb; i++)
        if (sd[i]->type == AV_FRAME_DATA_SPHERICAL)
            return ((const AVSphericalMapping *)sd[i]->data)->projection;
    return -1;
}

/* Check the spherical mapping of the frame and of the link, as both go to
 * encoders. */
static void check_mapping(const char *view, int projection)
{
    const AVFrameSideData *const *link;
    char filters[256];
    int ret, nb;
    Run r;

    snprintf(filters, sizeof(filters), "v360batch=views=w=48 h=32 %s", view);
    ret = run_open(&r, AV_PIX_FMT_GRAY8, "", filters);
    if (ret >= 0)
        ret = graph_run(&r.g, r.in, r.out);
    CHECK(ret >= 0, "%s: %s", view, messages.str);
    if (ret >= 0) {
        ret = mapping_of((const AVFrameSideData *const *)r.out->side_data,
                         r.out->nb_side_data);
        CHECK(ret == projection, "%s: mapping %d of the frame", view, ret);
        link = av_buffersink_get_side_data(r.g.out, &nb);
        ret  = mapping_of(link, nb);
        CHECK(ret == projection, "%s: mapping %d of the link", view, ret);
    }
    run_close(&r);
}

static void check_mappings(void)
{
    check_mapping("output=equirect yaw=30", AV_SPHERICAL_EQUIRECTANGULAR);
    check_mapping("output=equirect h_fov=180 v_fov=180", -1);
    check_mapping("output=equirect h_fov=360 v_fov=170", -1);
    check_mapping("output=flat", -1);
    check_mapping("output=ball", -1);
    check_mapping("output=c3x2:out_frot=002200", AV_SPHERICAL_CUBEMAP);
    check_mapping("output=c3x2:out_frot=002200:fout_pad=2", -1);
    check_mapping("output=c3x2", -1);
    check_mapping("output=c6x1:out_frot=002200", -1);
}

/* Numbers with fractions are the same in any locale. */
static void check_numbers(void)
{
    const AVDictionaryEntry *e;
    Run r;
    int ret = run_open(&r, AV_PIX_FMT_GRAY8, "",
                       "v360batch=views=yaw=-12.75 roll=0.00001 w=8 h=6");

    if (ret >= 0)
        ret = graph_run(&r.g, r.in, r.out);
    e = av_dict_get(r.out->metadata, "lavfi.v360batch.yaw", NULL, 0);
    CHECK(ret >= 0 && e && !strcmp(e->value, "-12.75"), "yaw %s",
          e ? e->value : "-");
    e = av_dict_get(r.out->metadata, "lavfi.v360batch.roll", NULL, 0);
    CHECK(e && !strcmp(e->value, "1e-05"), "roll %s", e ? e->value : "-");
    e = av_dict_get(r.out->metadata, "lavfi.v360batch.v_fov", NULL, 0);
    CHECK(e && !strcmp(e->value, "73.7397953"), "v_fov %s",
          e ? e->value : "-");
    run_close(&r);
}

/* The first sample of a fisheye's corner, which shows nothing. */
static void check_fill(enum AVPixelFormat format, const char *mode,
                       const uint8_t want[4])
{
    Run r;
    uint8_t got[4];
    int ret = run_open(&r, format, mode, "v360batch=input=fisheye:ih_fov=90:"
                       "fill=0x30a0f0:interp=cube:views=yaw=180 w=32 h=32");

    if (ret >= 0)
        ret = graph_run(&r.g, r.in, r.out);
    CHECK(ret >= 0, "%s%s: %s", av_get_pix_fmt_name(format), mode,
          messages.str);
    for (int i = 0; i < 4 && ret >= 0; i++)
        got[i] = format == AV_PIX_FMT_RGBA ? r.out->data[0][i] :
                                             r.out->data[i][0];
    CHECK(ret >= 0 && !memcmp(got, want, 4), "%s%s: %d %d %d %d",
          av_get_pix_fmt_name(format), mode, got[0], got[1], got[2], got[3]);
    run_close(&r);
}

static void check_fills(void)
{
    static const char premultiplied[] = ":alpha_mode=premultiplied";
    static const uint8_t black[4] = { 0 }, yuv_black[4] = { 16, 128, 128, 0 };

    check_fill(AV_PIX_FMT_RGBA, "", (uint8_t[]){ 0x30, 0xa0, 0xf0, 0 });
    check_fill(AV_PIX_FMT_RGBA, premultiplied, black);
    check_fill(AV_PIX_FMT_GBRAP, "", (uint8_t[]){ 0xa0, 0xf0, 0x30, 0 });
    check_fill(AV_PIX_FMT_GBRAP, premultiplied, black);
    check_fill(AV_PIX_FMT_YUVA420P, premultiplied, yuv_black);
    check_fill(AV_PIX_FMT_YUVA420P, "", (uint8_t[]){ 132, 180, 73, 0 });
}

/* Send a command. words are in the one line that is logged; NULL: there is no
 * such line. */
static void check_command(const char *target, const char *cmd, int want,
                          const char *words)
{
    Run r;
    int ret = run_open(&r, AV_PIX_FMT_GRAY8, "",
                       "v360batch=views=name=side w=8 h=8");

    CHECK(ret >= 0, "no graph: %s", messages.str);
    ret = avfilter_graph_send_command(r.g.graph, target, cmd, "30", NULL, 0,
                                      0);
    CHECK(ret == want, "%s %s: %s", target, cmd, av_err2str(ret));
    CHECK(words ? !!strstr(messages.str, words) : !messages.len,
          "%s %s: '%s'", target, cmd, messages.str);
    run_close(&r);
}

static void check_commands(void)
{
    check_command("v360batch", "side.yaw", 0, NULL);
    check_command("v360batch", "0.v_fov", 0, NULL);
    check_command("v360batch", "yaw", AVERROR(ENOSYS), "side.yaw");
    check_command("v360batch", "d_fov", AVERROR(ENOSYS), "side.d_fov");
    check_command("v360batch", "1.yaw", AVERROR(ENOSYS), "no such view");
    check_command("v360batch", "Side.roll", AVERROR(ENOSYS), "side.roll");
    check_command("v360batch", "side.zoom", AVERROR(EINVAL), "zoom");
    check_command("v360batch", "side.pitch.", AVERROR(ENOSYS), NULL);
    check_command("all", "volume.x", AVERROR(ENOSYS), NULL);
    check_command("all", "volume", AVERROR(ENOSYS), NULL);
    check_command("v360batch", "flush", 0, NULL);
}

int main(void)
{
    setlocale(LC_ALL, "");
    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    check_flags();
    check_side_data();
    check_mappings();
    check_numbers();
    check_fills();
    check_commands();
    av_bprint_finalize(&messages, NULL);
    return check_end();
}
