/*
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
 * v360job scan: can each of these pictures be read, and are they alike? Looks
 * at headers and at the end of the file only: decoding them all would cost as
 * much as a part of the job.
 */

#define _GNU_SOURCE // getline, prctl

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavcodec/codec_par.h"
#include "libavformat/avformat.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/pixdesc.h"
#include "v360job.h"

/* Does the file end as a JPEG or PNG must? Cameras may append data after a
 * JPEG's end, so that the mark is looked for in the last 64 KiB. */
static int is_cut_off(const char *path, enum AVCodecID id)
{
    static const uint8_t jpeg[] = { 0xff, 0xd9 }, png[] = { 'I', 'E', 'N', 'D' };
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

static void describe(const AVCodecParameters *par, const char *path)
{
    const char *fmt = av_get_pix_fmt_name(par->format);

    if (par->width <= 0 || par->height <= 0 || !fmt)
        printf("bad\tno picture in it\t%s\n", path);
    else if (is_cut_off(path, par->codec_id))
        printf("bad\tcut off\t%s\n", path);
    else
        printf("ok\t%dx%d %s\t%s\n", par->width, par->height, fmt, path);
}

static void scan_one(const char *path)
{
    AVFormatContext *ctx = NULL;
    int ret = avformat_open_input(&ctx, path, NULL, NULL), i;

    if (ret >= 0)
        ret = avformat_find_stream_info(ctx, NULL);
    i = ret >= 0 ? av_find_best_stream(ctx, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0) : -1;
    if (ret < 0)
        printf("bad\t%s\t%s\n", av_err2str(ret), path);
    else if (i < 0)
        printf("bad\tno picture in it\t%s\n", path);
    else
        describe(ctx->streams[i]->codecpar, path);
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
