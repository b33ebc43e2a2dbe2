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
 * v360rig filtergraph: the rig as options of v360batch, for -filter_complex.
 */

#include <math.h>
#include <string.h>

#include "libavutil/error.h"
#include "rig.h"

/** Print a number through a format of two strings, unless the number is 0. */
static void print_field(FILE *f, const char *format, const char *name, double x)
{
    char s[32];

    if (x)
        fprintf(f, format, name, v360rig_number(s, x));
}

static void print_numbers(FILE *f, const char *format, const V360View *v)
{
    print_field(f, format, "yaw",   isnan(v->yaw)   ? 0 : v->yaw);
    print_field(f, format, "pitch", isnan(v->pitch) ? 0 : v->pitch);
    print_field(f, format, "roll",  isnan(v->roll)  ? 0 : v->roll);
    print_field(f, format, "h_fov", v->h_fov);
    print_field(f, format, "v_fov", v->v_fov);
    print_field(f, format, "d_fov", v->d_fov);
    print_field(f, format, "w",     v->w);
    print_field(f, format, "h",     v->h);
}

void v360rig_print_view(FILE *f, const V360View *v)
{
    fprintf(f, "name=%s", v->name);
    print_numbers(f, " %s=%s", v);
    if (v->output != V360_FLAT)
        fprintf(f, " output=%s", ff_v360_projection_name(v->output));
    if (v->eye != V360_EYE_LEFT)
        fprintf(f, " eye=%s", v360rig_eyes[v->eye]);
    if (v->supersample != 1)
        fprintf(f, " ss=%s", v360rig_supersamples[v->supersample]);
}

static void print_views(FILE *f, const V360Rig *rig)
{
    fputs("views=", f);
    for (int i = 0; i < rig->nb_views; i++) {
        if (i)
            fputc('|', f);
        v360rig_print_view(f, &rig->views[i]);
    }
}

/** Print the option for all views of a preset, which give none themselves. */
static void print_supersample(FILE *f, int n)
{
    if (n >= 0 && n != 1)
        fprintf(f, ":ss=%s", v360rig_supersamples[n]);
}

static void print_source(FILE *f, const RigSetup *setup)
{
    const V360Geometry *g = &setup->source;

    if (g->projection != V360_EQUIRECT)
        fprintf(f, ":input=%s", ff_v360_projection_name(g->projection));
    print_field(f, ":%s=%s", "ih_fov", g->h_fov);
    print_field(f, ":%s=%s", "iv_fov", g->v_fov);
    print_field(f, ":%s=%s", "id_fov", g->d_fov);
    print_field(f, ":%s=%s", "in_pad", g->pad);
    if (strcmp(g->forder, V360_FORDER))
        fprintf(f, ":in_forder=%s", g->forder);
    if (strcmp(g->frot, V360_FROT))
        fprintf(f, ":in_frot=%s", g->frot);
    if (setup->stereo_w * setup->stereo_h > 1)
        fprintf(f, ":in_stereo=%s", setup->stereo_w > 1 ? "sbs" : "tb");
}

/** Print the name of presets; a comma would have to be quoted, a + has not. */
static void print_rig(FILE *f, const char *name)
{
    for (; *name; name++)
        fputc(*name == ',' ? '+' : *name, f);
}

int v360rig_filtergraph(RigSetup *setup)
{
    FILE *f = v360rig_open(NULL, setup->output, NULL);

    if (!f)
        return AVERROR(EIO);
    fputs("[0:v]v360batch=", f);
    if (setup->rig_name) {
        fputs("rig=", f);
        print_rig(f, setup->rig_name);
        print_numbers(f, ":%s=%s", &setup->defaults);
        if (setup->defaults.eye > V360_EYE_LEFT)
            fprintf(f, ":eye=%s", v360rig_eyes[setup->defaults.eye]);
        print_supersample(f, setup->defaults.supersample);
    } else {
        print_views(f, &setup->rig);
    }
    print_source(f, setup);
    for (int i = 0; i < setup->rig.nb_views; i++)
        fprintf(f, "[%s]", setup->rig.views[i].name);
    fputc('\n', f);
    return v360rig_close(f, setup->output);
}
