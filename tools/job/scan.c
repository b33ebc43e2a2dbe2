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
 * v360job scan: prints for each picture whether it can be read, and its size
 * and format, so that split360 sees whether all are alike. Only the header and
 * the end of a file are read, as decoding all files would take a good part of
 * the job's time.
 */

#define _GNU_SOURCE /* getline */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavcodec/codec.h"
#include "libavcodec/codec_par.h"
#include "libavcodec/packet.h"
#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/pixdesc.h"
#include "libavutil/spherical.h"
#include "job.h"

/**
 * @return whether a JPEG or PNG lacks the mark at its end. Cameras may append
 *         data behind a JPEG, so the mark may be anywhere in the last 64 KiB.
 */
static int is_cut_off(const char *path, enum AVCodecID id)
{
    static const uint8_t jpeg[] = { 0xff, 0xd9 };
    static const uint8_t png[]  = { 'I', 'E', 'N', 'D' };
    const uint8_t *mark = id == AV_CODEC_ID_PNG ? png : jpeg;
    const size_t size = id == AV_CODEC_ID_PNG ? sizeof(png) : sizeof(jpeg);
    static uint8_t buf[65536];
    FILE *file;
    size_t got;

    if (id != AV_CODEC_ID_PNG && id != AV_CODEC_ID_MJPEG)
        return 0;
    file = fopen(path, "rb");
    if (!file)
        return 1;
    if (fseeko(file, -(off_t)sizeof(buf), SEEK_END) < 0)
        rewind(file);
    got = fread(buf, 1, sizeof(buf), file);
    fclose(file);
    for (size_t i = 0; i + size <= got; i++)
        if (!memcmp(buf + i, mark, size))
            return 0;
    return 1;
}

/**
 * Refuse a picture of tiles: FFmpeg would take a single tile for the picture.
 *
 * @return whether it was refused
 */
static int print_tiles(const AVFormatContext *ctx, const char *path)
{
    for (unsigned i = 0; i < ctx->nb_stream_groups; i++) {
        const AVStreamGroup *group = ctx->stream_groups[i];
        const AVStreamGroupTileGrid *grid = group->params.tile_grid;

        if (group->type != AV_STREAM_GROUP_PARAMS_TILE_GRID ||
            grid->nb_tiles < 2)
            continue;
        printf("bad\tit is a HEIF of %u tiles, %dx%d in all, of which only "
               "single ones can be read: convert it to JPEG or PNG\t%s\n",
               grid->nb_tiles, grid->width, grid->height, path);
        return 1;
    }
    return 0;
}

static int is_picture(const AVFormatContext *ctx)
{
    return !strcmp(ctx->iformat->name, "image2") ||
           av_strnstr(ctx->iformat->name, "_pipe", 100);
}

/** Size of the whole panorama; bounds are shares of it in 0.32 fixed point. */
static int whole_size(int64_t size, uint64_t before, uint64_t after)
{
    const int64_t unit = INT64_C(1) << 32;

    return av_rescale_rnd(size, unit,
                          FFMAX(unit - (int64_t)(before + after), 1),
                          AV_ROUND_NEAR_INF);
}

static void read_bounds(char *area, size_t size, const AVCodecParameters *par)
{
    const AVPacketSideData *sd =
        av_packet_side_data_get(par->coded_side_data, par->nb_coded_side_data,
                                AV_PKT_DATA_SPHERICAL);
    const AVSphericalMapping *map = sd ?
        (const AVSphericalMapping *)sd->data : NULL;
    int w, h;

    if (!map || map->projection != AV_SPHERICAL_EQUIRECTANGULAR_TILE)
        return;
    w = whole_size(par->width, map->bound_left, map->bound_right);
    h = whole_size(par->height, map->bound_top, map->bound_bottom);
    snprintf(area, size, " of %dx%d+%d+%d", w, h,
             (int)av_rescale(w, map->bound_left, INT64_C(1) << 32),
             (int)av_rescale(h, map->bound_top, INT64_C(1) << 32));
}

/** Choose the largest video, as split360 does. */
static const AVCodecParameters *choose(const AVFormatContext *ctx)
{
    const AVCodecParameters *best = NULL;
    int64_t most = -1;

    for (unsigned i = 0; i < ctx->nb_streams; i++) {
        const AVStream *st = ctx->streams[i];
        const AVCodecParameters *par = st->codecpar;
        const int64_t size = (int64_t)par->width * par->height;

        if (par->codec_type != AVMEDIA_TYPE_VIDEO || size <= most ||
            (st->disposition & AV_DISPOSITION_ATTACHED_PIC))
            continue;
        best = par;
        most = size;
    }
    return best;
}

static void describe(const AVFormatContext *ctx, const AVCodecParameters *par,
                     const char *path)
{
    const char *fmt = av_get_pix_fmt_name(par->format), *name, *why = NULL;
    char area[64] = "";

    name = avcodec_get_name(par->codec_id);
    if (!avcodec_find_decoder(par->codec_id)) {
        printf("bad\tit is %s, for which this FFmpeg has no decoder: convert "
               "it to JPEG or PNG\t%s\n", name, path);
        return;
    }
    if (print_tiles(ctx, path))
        return;
    read_bounds(area, sizeof(area), par);
    if (is_picture(ctx)) {
        if (is_cut_off(path, par->codec_id))
            why = "cut off";
        else if (par->codec_id == AV_CODEC_ID_TIFF)
            why = v360job_bad_tiff(path);
        v360job_read_area(area, sizeof(area), path, par->width, par->height);
    }
    if (!why && (par->width <= 0 || par->height <= 0 || !fmt))
        why = "no video or picture in it";
    if (why)
        printf("bad\t%s\t%s\n", why, path);
    else
        printf("ok\t%dx%d %s%s\t%s\n", par->width, par->height, fmt, area,
               path);
}

static void scan_one(const char *path)
{
    const AVCodecParameters *par = NULL;
    AVFormatContext *ctx = NULL;
    int ret = avformat_open_input(&ctx, path, NULL, NULL);

    if (ret >= 0)
        ret = avformat_find_stream_info(ctx, NULL);
    if (ret >= 0)
        par = choose(ctx);
    if (ret < 0)
        printf("bad\t%s\t%s\n", av_err2str(ret), path);
    else if (!par)
        printf("bad\tno video or picture in it\t%s\n", path);
    else
        describe(ctx, par, path);
    avformat_close_input(&ctx);
}

int v360job_scan(int argc, char **argv)
{
    FILE *list = fopen(argv[0], "r");
    char *line = NULL;
    size_t size = 0;

    (void)argc;
    if (!list) {
        perror(argv[0]);
        return 1;
    }
    av_log_set_level(AV_LOG_QUIET);
    while (getline(&line, &size, list) > 0) {
        line[strcspn(line, "\n")] = 0;
        scan_one(line);
    }
    free(line);
    fclose(list);
    return 0;
}
