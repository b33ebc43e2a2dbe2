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
 * Fuzz target of what split360 reads of a source by itself: boxes of MP4,
 * elements of Matroska, directories of TIFF and EXIF, ends of files, XMP, and
 * the bounds of a video. The input is a file. tests/fuzz/README says how to run
 * it.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/spherical.h"
#include "scratch.h"
#include "tools/job/frames.h"

static void check_sphere(char *path, const char *format)
{
    const AVInputFormat input = { .name = format };
    AVCodecParameters par = { .codec_type = AVMEDIA_TYPE_VIDEO };
    AVStream st = { .id = 1, .codecpar = &par }, *streams[] = { &st };
    AVFormatContext ctx = { .url = path, .iformat = &input, .nb_streams = 1,
                            .streams = streams };
    V360JobSphere sphere = { 0 };
    const V360JobStream s = { .ctx = &ctx, .st = &st };
    const int ret = v360job_read_sphere(&sphere, &s);

    fuzz_require(ret >= 0, "a sphere could not be read");
    fuzz_require(!sphere.xml || strlen(sphere.xml) <= 1 << 20, "long XML");
    av_free(sphere.xml);
}

static void check_area(const char *text, size_t size, const char *prefix,
                       int w, int h)
{
    V360JobArea area = { 0 };
    char bad[64];

    v360job_parse_area(&area, bad, text, size, prefix, w, h);
    fuzz_require(strlen(bad) < sizeof(bad), "tags of an area");
    fuzz_require(!*bad || !area.w, "an area that is bad");
    fuzz_require(area.w >= 0 && area.h >= 0 && area.x >= 0 && area.y >= 0 &&
                 !area.w == !area.h, "an area");
}

/** Take the first bytes as what FFmpeg read of the bounds of a video. */
static void check_bounds(const char *data, size_t size, int w, int h)
{
    AVSphericalMapping map = {
        .projection = AV_SPHERICAL_EQUIRECTANGULAR_TILE,
    };
    AVPacketSideData sd = { .data = (uint8_t *)&map, .size = sizeof(map),
                            .type = AV_PKT_DATA_SPHERICAL };
    const AVCodecParameters par = { .coded_side_data = &sd,
                                    .nb_coded_side_data = 1 };
    V360JobArea area = { 0 };
    char bad[64];

    if (size < 16)
        return;
    map.bound_left   = AV_RL32(data);
    map.bound_top    = AV_RL32(data + 4);
    map.bound_right  = AV_RL32(data + 8);
    map.bound_bottom = AV_RL32(data + 12);
    v360job_read_bounds(&area, bad, &par, w, h);
    fuzz_require(area.w >= FFMIN(w, INT_MAX / 2) && area.x >= 0 &&
                 area.x <= area.w, "bounds from left to right");
    fuzz_require(area.h >= FFMIN(h, INT_MAX / 2) && area.y >= 0 &&
                 area.y <= area.h, "bounds from top to bottom");
}

static void check_tags(const char *text, size_t size)
{
    V360JobTexts tags = { 0 };

    v360job_parse_gpano(&tags, text, size);
    for (int i = 0; i < tags.nb; i++)
        fuzz_require(av_strstart(tags.text[i], "GPano:", NULL) &&
                     strchr(tags.text[i], '=') &&
                     !strpbrk(tags.text[i], "\r\n"), "a tag");
    v360job_free_texts(&tags);
}

static void check_headers(char *path)
{
    V360JobTexts lines = { 0 };
    const V360JobSource source = { .file = path };
    const char *reason = "";
    int ret = v360job_orientation(path);

    fuzz_require(ret >= 1 && ret <= 8, "orientation");
    fuzz_require(v360job_bad_tiff(&reason, path) >= 0, "a TIFF");
    ret = v360job_is_cut_off(path, AV_CODEC_ID_PNG);
    fuzz_require(ret == 0 || ret == 1, "the end of a PNG");
    ret = v360job_is_cut_off(path, AV_CODEC_ID_MJPEG);
    fuzz_require(ret == 0 || ret == 1, "the end of a JPEG");
    v360job_find_cut(&lines, &source);
    fuzz_require(lines.nb <= 1, "one end of a file");
    v360job_free_texts(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int sizes[][2] = { { 4096, 2048 }, { 1, 1 },
                                    { 65535, INT_MAX } };
    const int dir = open(fuzz_scratch(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *text = fuzz_copy(data, size, 0), path[64];

    fuzz_put(dir, "file", data, size);
    close(dir);
    snprintf(path, sizeof(path), "%s/file", fuzz_scratch());
    check_sphere(path, "mov,mp4,m4a,3gp,3g2,mj2");
    check_sphere(path, "matroska,webm");
    check_headers(path);
    for (int i = 0; i < 3; i++) {
        check_area(text, size, "GPano", sizes[i][0], sizes[i][1]);
        check_area(text, size, "GSpherical", sizes[i][0], sizes[i][1]);
        check_bounds(text, size, sizes[i][0], sizes[i][1]);
    }
    check_tags(text, size);
    free(text);
    return 0;
}
