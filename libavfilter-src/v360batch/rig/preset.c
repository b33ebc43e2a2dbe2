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

#include <math.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "internal.h"

static av_cold int append(V360Rig *rig, V360View *view, void *log_ctx)
{
    V360RigLog log;

    ff_v360_rig_log_init(&log, log_ctx, rig->nb_views, view->name, 0);
    view->preset_fov = 1;
    return ff_v360_rig_append(rig, view, &log);
}

static av_cold int append_ring(V360Rig *rig, const V360RigRing *ring,
                               V360View *view, const char **names,
                               void *log_ctx)
{
    for (int i = 0; i < ring->nb; i++) {
        int ret;

        view->yaw   = ring->yaw + i * ring->step;
        view->pitch = ring->pitch;
        if (*names) {
            size_t len = strcspn(*names, " ");

            av_strlcpy(view->name, *names, FFMIN(len + 1, V360_NAME_SIZE));
            *names += len + !!(*names)[len];
        }
        ret = append(rig, view, log_ctx);
        if (ret < 0)
            return ret;
    }
    return 0;
}

static av_cold int append_table(V360Rig *rig, const V360RigPreset *preset,
                                void *log_ctx)
{
    const char *names = preset->view_names;
    V360View view = ff_v360_view_default();

    view.h_fov     = preset->h_fov;
    view.v_fov     = preset->v_fov;
    view.size_rule = preset->size_rule;
    for (int i = 0; i < FF_ARRAY_ELEMS(preset->rings); i++)
        view.size_share += preset->rings[i].nb;
    for (int i = 0; i < FF_ARRAY_ELEMS(preset->rings); i++) {
        int ret = append_ring(rig, &preset->rings[i], &view, &names, log_ctx);

        if (ret < 0)
            return ret;
    }
    return 0;
}

/** Parse the count at the end of a preset's name; errors are logged. */
static av_cold int parse_count(const char *s, size_t len, const char *name,
                               int *nb, void *log_ctx)
{
    char clip[V360_CLIP_SIZE];

    if (ff_v360_rig_integer(s, len, nb) >= 0 &&
        *nb >= 1 && *nb <= V360_MAX_VIEWS)
        return 0;
    av_log(log_ctx, AV_LOG_ERROR,
           "rig=%s: number of views must be an integer, 1 to %d\n",
           ff_v360_rig_clip(clip, name, strlen(name)), V360_MAX_VIEWS);
    return AVERROR(EINVAL);
}

/* The field of view is the default of flat views. */
static av_cold int append_ring_n(V360Rig *rig, const char *name, void *log_ctx)
{
    const char *count = name + strlen("ring"), *at = strchr(count, '@');
    V360View view = ff_v360_view_default();
    const char *no_names = NULL;
    char clip[V360_CLIP_SIZE];
    V360RigRing ring = { 0 };
    int ret = parse_count(count, strcspn(count, "@"), name, &ring.nb, log_ctx);

    if (ret < 0)
        return ret;
    if (at && (ff_v360_rig_number(at + 1, strlen(at + 1), &ring.pitch) < 0 ||
               fabs(ring.pitch) > 90)) {
        av_log(log_ctx, AV_LOG_ERROR,
               "rig=%s: pitch must be a number of degrees, -90 to 90\n",
               ff_v360_rig_clip(clip, name, strlen(name)));
        return AVERROR(EINVAL);
    }
    view.h_fov = 90;
    ring.step  = 360.0 / ring.nb;
    return append_ring(rig, &ring, &view, &no_names, log_ctx);
}

/** The angle to 1e-6 degree, so that all math libraries give the same. */
static double round_angle(double degrees)
{
    return rint(degrees * 1e6) / 1e6;
}

/* Bands of equal area, one view in the middle of each, from the top down. */
static av_cold int append_fibonacci(V360Rig *rig, const char *name,
                                    void *log_ctx)
{
    const double golden_angle = 137.50776405003785; /* 180 * (3 - sqrt(5)) */
    const char *count = name + strlen("fibonacci");
    V360View view = ff_v360_view_default();
    int nb, ret = parse_count(count, strlen(count), name, &nb, log_ctx);

    view.h_fov = view.v_fov = 90;
    for (int i = 0; ret >= 0 && i < nb; i++) {
        view.yaw   = round_angle(fmod(i * golden_angle, 360));
        view.pitch = round_angle(asin(1 - (2 * i + 1.0) / nb) * 180 / M_PI);
        ret = append(rig, &view, log_ctx);
    }
    return ret;
}

/* Append a view of the first preset of the table, by its name. */
static av_cold int append_side(V360Rig *rig, const char *name, void *log_ctx)
{
    const V360RigPreset *cube = &ff_v360_rig_preset_table[0];
    const char *names = cube->view_names;
    V360View view = ff_v360_view_default();

    view.h_fov     = cube->h_fov;
    view.v_fov     = cube->v_fov;
    view.size_rule = cube->size_rule;
    for (const V360RigRing *ring = cube->rings; ring->nb; ring++)
        for (int i = 0; i < ring->nb; i++) {
            const size_t len = strcspn(names, " ");

            if (len == strlen(name) && !strncmp(names, name, len)) {
                av_strlcpy(view.name, name, sizeof(view.name));
                view.yaw   = ring->yaw + i * ring->step;
                view.pitch = ring->pitch;
                return append(rig, &view, log_ctx);
            }
            names += len + !!names[len];
        }
    return AVERROR(ENOENT);
}

static av_cold int unknown_preset(const char *name, void *log_ctx)
{
    char clip[V360_CLIP_SIZE], known[256] = "";

    for (int i = 0; ff_v360_rig_presets[i]; i++)
        av_strlcatf(known, sizeof(known), " %s", ff_v360_rig_presets[i]);
    av_log(log_ctx, AV_LOG_ERROR, "rig=%s: must be one of%s %s\n",
           ff_v360_rig_clip(clip, name, strlen(name)), known,
           ff_v360_rig_preset_table[0].view_names);
    return AVERROR(EINVAL);
}

static av_cold int append_item(V360Rig *rig, const char *name, void *log_ctx)
{
    int ret;

    for (const V360RigPreset *p = ff_v360_rig_preset_table; p->name; p++) {
        if (!strcmp(name, p->name))
            return append_table(rig, p, log_ctx);
    }
    if (av_strstart(name, "ring", NULL))
        return append_ring_n(rig, name, log_ctx);
    if (av_strstart(name, "fibonacci", NULL))
        return append_fibonacci(rig, name, log_ctx);
    ret = append_side(rig, name, log_ctx);
    return ret == AVERROR(ENOENT) ? unknown_preset(name, log_ctx) : ret;
}

/* Characters of an item: a sign behind an @ does not separate. */
static size_t item_length(const char *s)
{
    size_t n = strcspn(s, "+,@");

    return s[n] == '@' ? n + 1 + !!s[n + 1] + strcspn(s + n + 1 + !!s[n + 1],
                                                      "+,") : n;
}

av_cold int ff_v360_rig_preset(V360Rig *rig, const char *name, void *log_ctx)
{
    while (1) {
        const size_t n = item_length(name);
        char *item = av_strndup(name, n);
        int ret;

        if (!item)
            return AVERROR(ENOMEM);
        ret = append_item(rig, item, log_ctx);
        av_free(item);
        if (ret < 0 || !name[n])
            return ret;
        name += n + 1;
    }
}
