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
 * What is known of damage: lines in frames.damage, and in the file damage of
 * the private folder, so that a run after an interruption knows it too.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

int v360job_read_damage(V360Job *job)
{
    V360JobTexts *lines = &job->frames.damage;
    int ret = 0;
    char *text = v360job_read(&job->folder, "damage", &ret), *save = NULL;
    char *line = text ? av_strtok(text, "\n", &save) : NULL;
    const int known = !!text;

    v360job_free_texts(lines);
    for (; line; line = av_strtok(NULL, "\n", &save))
        v360job_add(lines, line);
    av_free(text);
    if (ret >= 0)
        ret = v360job_texts_ok(lines);
    return ret < 0 ? ret : known;
}

int v360job_write_damage(V360Job *job)
{
    const V360JobTexts *lines = &job->frames.damage;
    AVBPrint text;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < lines->nb; i++)
        av_bprintf(&text, "%s\n", lines->text[i]);
    ret = av_bprint_is_complete(&text) ?
          v360job_write(&job->folder, "damage", text.str) : AVERROR(ENOMEM);
    av_bprint_finalize(&text, NULL);
    return ret;
}

int v360job_refuse_damage(const V360Job *job)
{
    const V360JobTexts *lines = &job->frames.damage;

    if (!lines->nb || job->options.keep_going)
        return 0;
    return v360job_error("%s; --keep-going takes what there is",
                         lines->text[0]);
}

int v360job_tell_damage(V360Job *job)
{
    const V360JobTexts *lines = &job->frames.damage;
    const int ret = v360job_refuse_damage(job);

    if (ret < 0)
        return ret;
    for (int i = 0; i < lines->nb; i++) {
        v360job_warn("%s", lines->text[i]);
        v360job_add(&job->source.skipped, lines->text[i]);
    }
    return v360job_texts_ok(&job->source.skipped);
}
