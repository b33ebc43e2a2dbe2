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
 * How many samples of a source a view shows in one of its own, against values
 * from the formulas of the projections; what supersample=auto makes of that;
 * and the field of a view.
 */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libavfilter/v360batch/rig/rig.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"

/* Differences are taken of samples 1/8 apart around 17 places, one of which is
 * the densest one or next to it. */
#define TOLERANCE 0.01

static int failures;
static char message[512];

static void log_callback(void *ctx, int level, const char *fmt, va_list args)
{
    if (level <= AV_LOG_WARNING)
        vsnprintf(message, sizeof(message), fmt, args);
}

static void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    failures++;
}

static void pitch(const void *degrees, double ray[3])
{
    const double a = *(const double *)degrees * M_PI / 180.0;
    const double y = ray[1] * cos(a) - ray[2] * sin(a);

    ray[2] = ray[1] * sin(a) + ray[2] * cos(a);
    ray[1] = y;
}

#define CIRCLE(w) ((w) / (2.0 * M_PI))  /* samples per radian */

static const struct {
    const char *what;
    V360Geometry source, view;
    double pitch, expected;
} cases[] = {
    { "flat of equirect", { V360_EQUIRECT, 7680, 3840 },
      { V360_FLAT, 640, 360, .h_fov = 90 }, 0, CIRCLE(7680) * 2 / 640 },
    { "flat of equirect, up", { V360_EQUIRECT, 7680, 3840 },
      { V360_FLAT, 640, 360, .h_fov = 90 }, 60, CIRCLE(7680) * 2 / 640 },
    { "flat of equirect, at the pole", { V360_EQUIRECT, 7680, 3840 },
      { V360_FLAT, 640, 640, .h_fov = 90 }, 90, CIRCLE(7680) * 2 / 640 },
    { "flat of equirect with tall pixels", { V360_EQUIRECT, 3840, 3840 },
      { V360_FLAT, 640, 640, .h_fov = 90 }, 0, 3840 / M_PI * 2 / 640 },
    { "narrow flat of equirect", { V360_EQUIRECT, 7680, 3840 },
      { V360_FLAT, 3000, 3000, .h_fov = 30 }, 0,
      CIRCLE(7680) * 2 * 0.26794919243 / 3000 },
    { "flat with wide samples", { V360_EQUIRECT, 7680, 3840 },
      { V360_FLAT, 320, 720, .h_fov = 90, .v_fov = 90 }, 0,
      CIRCLE(7680) * 2 / 320 },
    { "equirect of equirect", { V360_EQUIRECT, 4096, 2048 },
      { V360_EQUIRECT, 1024, 512 }, 0, 4 },
    { "half equirect, at the pole", { V360_HEQUIRECT, 2048, 2048 },
      { V360_FLAT, 512, 512, .h_fov = 90 }, 80, 2048 / M_PI * 2 / 512 },
    { "side of a cube", { V360_C3X2, 3000, 2000 },
      { V360_FLAT, 400, 400, .h_fov = 90 }, 0, 2.5 },
    { "top of a cube", { V360_C3X2, 3000, 2000 },
      { V360_FLAT, 400, 400, .h_fov = 90 }, 90, 2.5 },
    { "side of an equi-angular cube", { V360_EAC, 3000, 2000 },
      { V360_FLAT, 400, 400, .h_fov = 90 }, 0, 1000 * 4 / M_PI / 400 },
    { "seam of sinusoidal", { V360_SINUSOIDAL, 7680, 3840 },
      { V360_FLAT, 100, 100, .h_fov = 2 }, 180,
      CIRCLE(7680) * 2 * 0.01745506493 / 100 },
    { "flat of fisheye", { V360_FISHEYE, 2048, 2048, .h_fov = 180, .v_fov = 180 },
      { V360_FLAT, 500, 500, .h_fov = 90 }, 0, 2048 / M_PI * 2 / 500 },
    { "behind a fisheye", { V360_FISHEYE, 2048, 2048, .h_fov = 180, .v_fov = 180 },
      { V360_FLAT, 500, 500, .h_fov = 60 }, 180, 0 },
};

static void check_minification(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(cases); i++) {
        V360Geometry source = cases[i].source, view = cases[i].view;
        double m;

        if (ff_v360_geometry_init(&source, 1, NULL) < 0 ||
            ff_v360_geometry_init(&view, 0, NULL) < 0) {
            fail(cases[i].what);
            continue;
        }
        m = ff_v360_minification(&view, &source, pitch, &cases[i].pitch);
        printf("%s: %.2f, supersample %d\n", cases[i].what, m,
               ff_v360_auto_supersample(m));
        if (fabs(m - cases[i].expected) > TOLERANCE * cases[i].expected)
            fail(cases[i].what);
    }
}

static void check_auto(void)
{
    static const struct { double m; int n; } expected[] = {
        { 0, 1 }, { 0.3, 1 }, { 2, 1 }, { 2.004, 1 }, { 2.006, 2 }, { 4, 2 },
        { 4.1, 3 }, { 6, 3 }, { 6.1, 4 }, { 8, 4 }, { 100, 4 },
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(expected); i++)
        if (ff_v360_auto_supersample(expected[i].m) != expected[i].n)
            fail("the number for a minification");
}

/* A text becomes these numbers of its views, or a message. */
static void check_field(const char *text, int preset, const char *expected)
{
    V360View defaults = ff_v360_view_default();
    V360Rig rig = { 0 };
    char got[sizeof(message)] = "";

    message[0] = 0;
    defaults.supersample = preset;
    if (ff_v360_rig_parse(&rig, text, NULL) < 0 ||
        ff_v360_rig_complete(&rig, &defaults, NULL) < 0)
        snprintf(got, sizeof(got), "%s", message);
    else
        for (int i = 0; i < rig.nb_views; i++)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%d ",
                     rig.views[i].supersample);
    ff_v360_rig_free(&rig);
    printf("%s, by default %d: %s\n", text, preset, got);
    if (strncmp(got, expected, strlen(expected)))
        fail(text);
}

int main(void)
{
    av_log_set_callback(log_callback);
    check_minification();
    check_auto();
    check_field("yaw=0|supersample=1|ss=2|ss=auto|ss=4 eye=both", -1,
                "1 1 2 0 4 4 ");
    check_field("yaw=0|supersample=1|ss=3", V360_SUPERSAMPLE_AUTO, "0 1 3 ");
    check_field("yaw=0", 2, "2 ");
    check_field("ss=0", -1, "supersample=0: must be auto, 1, 2, 3 or 4");
    check_field("ss=5", -1, "supersample=5: must be auto, 1, 2, 3 or 4");
    check_field("ss=22", -1, "supersample=22: must be auto, 1, 2, 3 or 4");
    check_field("supersample=", -1, "supersample=: must be auto, 1, 2, 3 or 4");
    check_field("ss=2 supersample=2", -1,
                "'supersample=2': supersample is given twice");
    check_field("yaw=0", 7, "supersample=7: must be auto, 1, 2, 3 or 4");
    return failures > 0;
}
