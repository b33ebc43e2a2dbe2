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

/** Settings, and whether memory ran out for one of them. */
typedef struct Settings {
    cJSON *list;
    int failed;
} Settings;

static void add(Settings *s, const char *key, const char *text)
{
    char *copy = av_strdup(text ? text : "");

    if (copy)
        v360job_make_utf8(copy);
    s->failed |= !copy || !cJSON_AddStringToObject(s->list, key, copy);
    av_free(copy);
}

static void add_number(Settings *s, const char *key, int number, int none)
{
    char text[16] = "";

    if (number != none)
        snprintf(text, sizeof(text), "%d", number);
    add(s, key, text);
}

/** Add the rig file by its lines and hash, as its name decides nothing. */
static void add_rig(Settings *s, const V360Job *job)
{
    const char *text = job->views.text;
    char hash[80], line[128];
    int lines = 0;

    if (!text) {
        add(s, "rig", job->options.rig);
        return;
    }
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    s->failed |= v360job_sha256(hash, text, strlen(text)) < 0;
    snprintf(line, sizeof(line), "%d lines, SHA-256 %s", lines,
             s->failed ? "" : hash);
    add(s, "rig", line);
}

static void add_encoder(Settings *s, const V360Job *job)
{
    char *text = v360job_join(&job->graph.coding);

    s->failed |= !text;
    add(s, "encoder", text);
    av_free(text);
}

cJSON *v360job_settings(const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    const V360JobSource *source = &job->source;
    Settings s = { cJSON_CreateObject() };
    char size[32] = "";

    if (job->views.w)
        snprintf(size, sizeof(size), "%dx%d", job->views.w, job->views.h);
    add(&s, "source", source->id);
    add_rig(&s, job);
    add(&s, "format", v360job_formats[o->format]);
    add_number(&s, "quality", o->quality, -1);
    add(&s, "size", size);
    add(&s, "fov", o->fov);
    add(&s, "interp", o->interp);
    if (o->supersample >= 0)
        add(&s, "supersample", v360rig_supersamples[o->supersample]);
    add(&s, "input", source->projection);
    add(&s, "stereo", source->stereo ? v360job_stereos[source->stereo] : "");
    add(&s, "eye", o->eye < 0 ? "" : v360rig_eyes[o->eye]);
    add(&s, "fps", o->fps);
    add_number(&s, "every", o->every, 0);
    add_number(&s, "sharpest", o->sharpest, 0);
    add(&s, "from", o->from);
    add(&s, "to", o->to);
    add(&s, "names", v360job_namings[o->naming]);
    add(&s, "for", v360job_readers[o->reader]);
    add_number(&s, "owner-masks", o->owner_masks, -1);
    add(&s, "mask", job->mask_id);
    add(&s, "gps", job->gps_id);
    add(&s, "gps-offset", o->gps_offset);
    add_number(&s, "stream", o->stream, -1);
    add(&s, "filter", job->graph.filter);
    add_encoder(&s, job);
    add(&s, "ffmpeg", job->programs.version);
    if (s.failed) {
        cJSON_Delete(s.list);
        return NULL;
    }
    return s.list;
}
