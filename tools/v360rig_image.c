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
 * Pictures that v360rig reads and writes, with FFmpeg's own libraries.
 */

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavformat/avformat.h"
#include "v360rig_image.h"

/** Open a file and find its video stream. */
static int open_input(AVFormatContext **s, const char *file)
{
    int ret = avformat_open_input(s, file, NULL, NULL);

    if (ret >= 0)
        ret = avformat_find_stream_info(*s, NULL);
    if (ret >= 0)
        ret = av_find_best_stream(*s, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (ret < 0)
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
    return ret;
}

int v360rig_image_size(const char *file, int *w, int *h)
{
    AVFormatContext *s = NULL;
    int ret = open_input(&s, file);

    if (ret >= 0) {
        *w  = s->streams[ret]->codecpar->width;
        *h  = s->streams[ret]->codecpar->height;
        ret = 0;
    }
    avformat_close_input(&s);
    return ret;
}
