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
 * Places by time, and the very bytes of the EXIF that geotag and v360batch
 * write. The locale is the environment's.
 */

#include <locale.h>

#include "libavfilter/v360batch/geo/track.h"
#include "v360check.h"
#include "v360graph.h"

#define SECOND V360_GEO_SECOND
#define START  (INT64_C(1777629600) * SECOND)

static const char csv[] =
    "time,lat,lon,alt\n"
    "2026-05-01T10:00:00Z,48.1371,179.9,519.5\n"
    "1777629602.5;-48.2;-179.7;-20\n"
    "20260501T120010+0200,0.000000001,-0.0000000015\n";

static const char gpx[] =
    "<gpx><trk><trkseg><trkpt lat='-48.2' lon='-179.7'>"
    "<time>2026-05-01T12:00:02.5+02:00</time><ele>-20</ele></trkpt>"
    "<trkpt lat=\"48.1371\" lon=\"179.9\"><ele>519.5</ele>"
    "<time>2026-05-01T10:00:00Z</time></trkpt></trkseg></trk></gpx>";

static void print_places(const char *name, const char *text)
{
    V360GeoTrack track;
    V360GeoReason why;
    V360GeoPoint at;
    const int ret = ff_v360_geo_parse(&track, text, strlen(text), why);

    CHECK(ret >= 0, "%s: %s", name, why);
    for (int64_t ms = -1500; ms <= 12000 && ret >= 0; ms += 500) {
        if (!ff_v360_geo_find(&track, &at, START + ms * 1000, 5 * SECOND,
                              SECOND))
            printf("%s %6"PRId64" none\n", name, ms);
        else
            printf("%s %6"PRId64" %"PRId64" %"PRId64" %d %d\n", name, ms,
                   at.lat, at.lon, at.has_alt, at.has_alt ? at.alt : 0);
    }
    ff_v360_geo_free(&track);
}

/* UndefinedBehaviorSanitizer sees a pointer into a track that has no points. */
static void check_empty(void)
{
    const V360GeoTrack track = { 0 };
    V360GeoPoint at;

    CHECK(!ff_v360_geo_find(&track, &at, START, SECOND, SECOND),
          "a place on no track");
}

static void check_time(const char *text, int64_t want, const char *rest)
{
    int64_t time = 0;
    const char *end = text;
    const int ret = ff_v360_geo_time(&end, &time);

    CHECK(want < 0 ? ret < 0 : ret >= 0 && time == want && !strcmp(end, rest),
          "'%s': %"PRId64", rest '%s'", text, time, end);
}

static void check_times(void)
{
    check_time("2026-05-01T10:00:00Z", START, "");
    check_time("2026:05:01 10:00:00.9999995", START + SECOND, "");
    check_time("2026-05-01T10:00x", START, "x");
    check_time("20260501T100000,", START, ",");
    check_time("2026-05-01 01:30:00-0830", START, "");
    check_time("2026-04-30T23:59:60Z", START - 10 * 3600 * SECOND, "");
    check_time("1777629600", START, "");
    check_time("1970-01-01T00:00:00", 0, "");
    check_time("2000-02-29T00:00:00", INT64_C(951782400) * SECOND, "");
    check_time("1900-02-29T00:00:00", -1, "");
    check_time("2026-05-01", -1, "");
    check_time("2026-05-01T10", -1, "");
    check_time("2026-05-01T10:60", -1, "");
    check_time("2026-05-01T10:00:00+24:00", -1, "");
    check_time("253402300800", -1, "");
    check_time("", -1, "");
}

/* Print the EXIF of the second of two frames. */
static void print_exif(const char *filters)
{
    AVFrame *in = new_frame(64, 32, AV_PIX_FMT_GRAY8), *out = av_frame_alloc();
    const AVFrameSideData *sd;
    Graph g;
    int ret = graph_open(&g, 64, 32, AV_PIX_FMT_GRAY8, "", filters);

    for (int i = 0; i < 2 && ret >= 0; i++) {
        in->pts = 33 * i;
        ret = graph_run(&g, in, out);
    }
    if (ret == AVERROR(EAGAIN))     /* v360batch waits for a third one */
        ret = av_buffersrc_add_frame_flags(g.in, NULL, AV_BUFFERSRC_FLAG_PUSH);
    if (ret >= 0 && !out->buf[0])
        ret = av_buffersink_get_frame(g.out, out);
    CHECK(ret >= 0, "%s: %s", filters, messages.str);
    sd = av_frame_get_side_data(out, AV_FRAME_DATA_EXIF);
    printf("%s\n", filters);
    for (size_t i = 0; sd && i < sd->size; i++)
        printf("%02x%s", sd->data[i], i % 32 == 31 || i + 1 == sd->size ?
               "\n" : "");
    avfilter_graph_free(&g.graph);
    av_frame_free(&in);
    av_frame_free(&out);
}

int main(void)
{
    setlocale(LC_ALL, "");
    av_bprint_init(&messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_log_set_callback(keep_message);
    print_places("csv", csv);
    print_places("gpx", gpx);
    print_places("west", "1777629600,-10,-179.9\n1777629602,10,179.7\n");
    check_empty();
    check_times();
    print_exif("v360batch=views=w=8 h=8");
    print_exif("v360batch=views=name=a w=40 h=30 h_fov=75:exif=1");
    print_exif("v360batch=views=w=40 h=30 h_fov=75 v_fov=75:exif=1");
    print_exif("v360batch=views=w=40 h=30 output=fisheye:exif=1");
    print_exif("geotag=creation_time=20260501T100000.0005Z");
    print_exif("geotag=location=-48.1371-011.5754-3.25/,"
               "geotag=creation_time=1777629600:location=+01+001/,"
               "v360batch=views=w=8 h=8:exif=1");
    av_bprint_finalize(&messages, NULL);
    return check_end();
}
