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
 * v360job frames: counts the frames of an MP4 that are shown, by its index. The
 * index of an MP4 has every frame, also those that an edit list hides; the
 * indices of other formats lack frames.
 */

#include <stdio.h>
#include <stdlib.h>

#include "libavformat/avformat.h"
#include "libavutil/avstring.h"
#include "libavutil/log.h"
#include "libavutil/rational.h"
#include "job.h"

static void count(AVStream *st)
{
    const int n = avformat_index_get_entries_count(st);
    int64_t first = 0, last = 0;
    int shown = 0;

    for (int i = 0; i < n; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(st, i);

        if (entry->flags & AVINDEX_DISCARD_FRAME)
            continue;
        if (!shown++)
            first = entry->timestamp;
        last = entry->timestamp;
    }
    if (shown > 1)
        printf("%d %.6f\n", shown,
               (last - first) * av_q2d(st->time_base) * shown / (shown - 1));
}

int v360job_frames(int argc, char **argv)
{
    AVFormatContext *ctx = NULL;
    const unsigned stream = strtoul(argv[1], NULL, 10);

    (void)argc;
    av_log_set_level(AV_LOG_QUIET);
    if (avformat_open_input(&ctx, argv[0], NULL, NULL) < 0)
        return 1;
    /* The index of a fragmented file, whose header has no frames, is spread. */
    if (av_match_name("mp4", ctx->iformat->name) && stream < ctx->nb_streams &&
        ctx->streams[stream]->nb_frames > 0)
        count(ctx->streams[stream]);
    avformat_close_input(&ctx);
    return 0;
}
