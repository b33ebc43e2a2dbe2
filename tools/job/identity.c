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
 * The settings of a job: all that decides about the bytes of its result.
 */

#include <cjson/cJSON.h>

#include "libavutil/avstring.h"
#include "libavutil/mem.h"
#include "job.h"

static void add(cJSON *list, const char *key, const char *text)
{
    char *copy = av_strdup(text ? text : "");

    if (copy) {
        v360job_make_utf8(copy);
        cJSON_AddStringToObject(list, key, copy);
    }
    av_free(copy);
}

static void add_number(cJSON *list, const char *key, int number, int none)
{
    char text[16] = "";

    if (number != none)
        snprintf(text, sizeof(text), "%d", number);
    add(list, key, text);
}

/** The rig file by its lines and hash, as its name decides nothing. */
static void add_rig(cJSON *list, const V360Job *job)
{
    const char *text = job->views.text;
    char hash[80], line[128];
    int lines = 0;

    if (!text) {
        add(list, "rig", job->options.rig);
        return;
    }
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    v360job_sha256(hash, text, strlen(text));
    snprintf(line, sizeof(line), "%d lines, SHA-256 %s", lines, hash);
    add(list, "rig", line);
}

static void add_encoder(cJSON *list, const V360Job *job)
{
    AVBPrint text;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < job->graph.coding.nb; i++)
        av_bprintf(&text, "%s%s", i ? " " : "", job->graph.coding.text[i]);
    add(list, "encoder", text.str);
    av_bprint_finalize(&text, NULL);
}

cJSON *v360job_settings(const V360Job *job)
{
    static const char *const readers[] = {
        "", "colmap", "nerfstudio", "realityscan",
    };
    static const char *const eyes[] = { "left", "right", "both" };
    const V360JobOptions *o = &job->options;
    const V360JobSource *source = &job->source;
    cJSON *list = cJSON_CreateObject();
    char size[32] = "";

    if (job->views.w)
        snprintf(size, sizeof(size), "%dx%d", job->views.w, job->views.h);
    add(list, "source", source->id);
    add_rig(list, job);
    add(list, "format", v360job_formats[o->format]);
    add_number(list, "quality", o->quality, -1);
    add(list, "size", size);
    add(list, "fov", o->fov);
    add(list, "interp", o->interp);
    add(list, "input", source->projection);
    add(list, "stereo", source->stereo ? v360job_stereos[source->stereo] : "");
    add(list, "eye", o->eye < 0 ? "" : eyes[o->eye]);
    add(list, "fps", o->fps);
    add_number(list, "every", o->every, 0);
    add_number(list, "sharpest", o->sharpest, 0);
    add(list, "from", o->from);
    add(list, "to", o->to);
    add(list, "names", v360job_namings[o->naming]);
    add(list, "for", readers[o->reader]);
    add_number(list, "owner-masks", o->owner_masks, -1);
    add(list, "mask", job->mask_id);
    add_number(list, "stream", o->stream, -1);
    add(list, "filter", job->graph.filter);
    add_encoder(list, job);
    add(list, "ffmpeg", job->programs.version);
    return list;
}
