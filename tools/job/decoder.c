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
 * What decodes the pictures of a list. All else has FFmpeg's own choice.
 */

#include "libavcodec/codec_id.h"
#include "libavutil/cpu.h"
#include "libavutil/macros.h"
#include "job.h"

/**
 * Pictures that are decoded at once, at most: of 8K each takes some 45 MB, and
 * 8 make views for more than twice as many cores.
 */
#define MAX_THREADS 8

int v360job_choose_decoder(V360Job *job)
{
    const V360JobSource *source = &job->source;
    int ret;

    /* FFmpeg's other decoders of pictures have threads, or are seldom used. */
    if (!source->is_list || source->codec != AV_CODEC_ID_MJPEG)
        return 0;
    ret = v360job_has(job, "decoder", "mjpeg_pictures");
    if (ret > 0) {
        v360job_add_all(&job->graph.decoding, "-c:v", "mjpeg_pictures",
                        "-threads", NULL);
        v360job_addf(&job->graph.decoding, "%d",
                     FFMIN(av_cpu_count(), MAX_THREADS));
    }
    return ret < 0 ? ret : v360job_texts_ok(&job->graph.decoding);
}
