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

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavfilter/v360batch/rig/rig.h"
#include "v360rig_data.h"

/**
 * @file
 * Rigs: presets, texts, defaults, sizes and fields of view, what commands set,
 * and the messages that refuse what is wrong.
 */

static char message[1024]; ///< "label: text" of the first error logged
static int failures;

static void keep_message(void *ctx, int level, const char *fmt, va_list args)
{
    const AVClass *class = ctx ? *(const AVClass **)ctx : NULL;

    if (level > AV_LOG_ERROR || message[0])
        return;
    if (class)
        av_strlcatf(message, sizeof(message), "%s: ", class->item_name(ctx));
    vsnprintf(message + strlen(message), sizeof(message) - strlen(message),
              fmt, args);
}

static void fail(const char *what, const char *input, const char *detail)
{
    printf("FAIL %s: %.80s: %s\n", what, input, detail);
    failures++;
}

/** Build a rig; any of the texts may be NULL. */
static int build(V360Rig *rig, const char *preset, const char *text,
                 const char *defaults)
{
    V360View d = ff_v360_view_default();
    V360Rig parsed = { 0 };
    int ret = 0;

    *rig = (V360Rig){ 0 };
    message[0] = 0;
    if (defaults)
        ret = ff_v360_rig_parse(&parsed, defaults, NULL);
    if (parsed.nb_views)
        d = parsed.views[0];
    ff_v360_rig_free(&parsed);
    if (ret >= 0 && preset)
        ret = ff_v360_rig_preset(rig, preset, NULL);
    if (ret >= 0 && text)
        ret = ff_v360_rig_parse(rig, text, NULL);
    if (ret >= 0)
        ret = ff_v360_rig_complete(rig, &d, NULL);
    return ret;
}

/** name yaw/pitch/roll h_fov/v_fov/d_fov WxH output eye, '|' between views */
static const char *dump(const V360View *views, int nb_views)
{
    static char buf[2048];

    buf[0] = 0;
    for (int i = 0; i < nb_views; i++) {
        const V360View *v = &views[i];

        av_strlcatf(buf, sizeof(buf), "%s%s %g/%g/%g %g/%g/%g %dx%d %s %s",
                    i ? "|" : "", v->name, v->yaw, v->pitch, v->roll,
                    v->h_fov, v->v_fov, v->d_fov, v->w, v->h,
                    ff_v360_projection_name(v->output),
                    v->eye == V360_EYE_LEFT ? "left" : "right");
    }
    return buf;
}

static void print_view(const V360Rig *rig, int index)
{
    V360Geometry src = { .projection = V360_EQUIRECT, .w = 7680, .h = 3840 };
    V360Geometry g   = { .forder = V360_FORDER, .frot = V360_FROT };
    const V360View *v = &rig->views[index];

    if (ff_v360_geometry_init(&src, 1, NULL) < 0 ||
        ff_v360_view_geometry(rig, index, &src, &g, NULL) < 0)
        fail("geometry", v->name, message);
    printf("  %-8s yaw %8.3f pitch %7.3f roll %g, %.4f x %.4f degrees, %dx%d\n",
           v->name, v->yaw, v->pitch, v->roll, g.h_fov, g.v_fov, g.w, g.h);
}

static void test_presets(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(preset_tests); i++) {
        const char *name = preset_tests[i].name;
        char directions[512] = "";
        V360Rig rig;

        if (build(&rig, name, NULL, NULL) < 0)
            fail("preset", name, message);
        printf("%s: %d views\n", name, rig.nb_views);
        for (int j = 0; j < rig.nb_views; j++) {
            const V360View *v = &rig.views[j];
            const int last = j == rig.nb_views - 1 || v->pitch != v[1].pitch;

            av_strlcatf(directions, sizeof(directions),
                        last ? "%g@%g%s" : "%g,",
                        v->yaw < 0 ? v->yaw + 360 : v->yaw, v->pitch,
                        j < rig.nb_views - 1 ? " " : "");
            print_view(&rig, j);
        }
        if (strcmp(directions, preset_tests[i].directions))
            fail("directions", name, directions);
        ff_v360_rig_free(&rig);
    }
}

static void test_numbering(void)
{
    static const char *const names[][2] = {
        { "ring100", "view_99" }, { "ring101", "view_099" },
    };

    for (int i = 0; i < FF_ARRAY_ELEMS(names); i++) {
        V360Rig rig;

        if (build(&rig, names[i][0], NULL, NULL) < 0 ||
            strcmp(rig.views[99].name, names[i][1]))
            fail("numbering", names[i][0], message);
        ff_v360_rig_free(&rig);
    }
}

static double angle_between(const V360View *a, const V360View *b)
{
    const double r = M_PI / 180, d = (a->yaw - b->yaw) * r;

    return acos(FFMIN(1, sin(a->pitch * r) * sin(b->pitch * r) +
                         cos(a->pitch * r) * cos(b->pitch * r) * cos(d))) / r;
}

/* Neighbours of n points in the densest packing are about 3.81 / sqrt(n)
 * radians apart (hexagons of equal area); a spiral that is off by some
 * thousandths in its angle bunches up to well below half of that. */
static void test_fibonacci(void)
{
    for (int n = 2; n <= V360_MAX_VIEWS; n++) {
        double sum = 0, nearest = 180, wanted = 0.75 * 3.81 / sqrt(n);
        V360Rig rig, again;
        char name[32];

        snprintf(name, sizeof(name), "fibonacci%d", n);
        if (build(&rig, name, NULL, NULL) < 0 || rig.nb_views != n ||
            build(&again, name, NULL, NULL) < 0) {
            fail("preset", name, message);
            return;
        }
        for (int i = 0; i < n; i++) {
            sum += sin(rig.views[i].pitch * M_PI / 180);
            for (int j = 0; j < i; j++)
                nearest = FFMIN(nearest, angle_between(&rig.views[i],
                                                       &rig.views[j]));
            if (rig.views[i].yaw != again.views[i].yaw ||
                rig.views[i].pitch != again.views[i].pitch)
                fail("fibonacci", name, "not deterministic");
        }
        if (nearest < wanted * 180 / M_PI)
            fail("fibonacci", name, "bunched");
        if (fabs(sum) > n * 1e-7) /* pitch is rounded to 1e-6 degree */
            fail("fibonacci", name, "not centred");
        ff_v360_rig_free(&rig);
        ff_v360_rig_free(&again);
    }
}

static void test_listed_presets(void)
{
    for (int i = 0; ff_v360_rig_presets[i]; i++) {
        char *name = av_strireplace(ff_v360_rig_presets[i], "@PITCH", "@-5");
        V360Rig rig;

        if (!strncmp(name, "ring", 4) || !strncmp(name, "fibonacci", 9))
            name[strcspn(name, "N")] = '9';
        if (build(&rig, name, NULL, NULL) < 0)
            fail("listed preset", name, message);
        ff_v360_rig_free(&rig);
        av_free(name);
    }
}

static void test_good(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(good_tests); i++) {
        const char *expected = good_tests[i].expected, *found;
        V360Rig rig;
        int ret = build(&rig, good_tests[i].preset, good_tests[i].text,
                        good_tests[i].defaults);

        found = ret < 0 ? message : dump(rig.views, rig.nb_views);
        if (strcmp(found, expected))
            fail("good", expected, found);
        ff_v360_rig_free(&rig);
    }
}

static void refuse(const char *preset, const char *text, const char *defaults,
                   const char *words)
{
    V360Rig rig;
    int ret = build(&rig, preset, text, defaults);

    if (ret != AVERROR(EINVAL) || !strstr(message, words))
        fail("bad", words, ret < 0 ? message : "accepted");
    ff_v360_rig_free(&rig);
}

/** n times a text, each time with a number in place of %d. */
static char *repeat(const char *format, int n)
{
    const size_t size = n * (strlen(format) + 8) + 1;
    char *text = av_mallocz(size), *p = text;

    for (int i = 0; text && i < n; i++)
        p += snprintf(p, text + size - p, format, i);
    return text;
}

static void test_large(void)
{
    const int size = 1 << 20;
    char *views = repeat("name=v%d|", 300), *word = repeat("yaw", size / 3);
    char *full = repeat("name=v%d\n", V360_MAX_VIEWS);
    char *blank = repeat("\n|# x %d", size / 8), *garbage = av_malloc(size);
    unsigned state = 1;
    V360Rig rig;

    for (int i = 0; i < size; i++) {
        state = state * 1664525 + 1013904223;
        garbage[i] = i < size - 1 ? 1 + state / (UINT_MAX / 255 + 1) : 0;
    }
    refuse(NULL, views, NULL, "view 256 'v256', line 1: more than 256 views");
    refuse(NULL, garbage, NULL, "view 0, line ");
    refuse(NULL, word, NULL, "...': must be FIELD=VALUE");
    refuse(NULL, blank, NULL, "no views");
    if (build(&rig, NULL, full, NULL) < 0 || rig.nb_views != V360_MAX_VIEWS)
        fail("large", "as many views as may be", message);
    ff_v360_rig_free(&rig);
    av_free(views);
    av_free(full);
    av_free(blank);
    av_free(garbage);
    av_free(word);
}

static void test_bad(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(bad_tests); i++)
        refuse(bad_tests[i].preset, bad_tests[i].text, bad_tests[i].defaults,
               bad_tests[i].words);
}

static void test_no_memory(void)
{
    V360Rig rig;

    av_max_alloc(16);
    if (build(&rig, "cube6", NULL, NULL) != AVERROR(ENOMEM) || rig.nb_views)
        fail("no memory", "cube6", "accepted");
    av_max_alloc(INT_MAX);
    ff_v360_rig_free(&rig);
}

static void test_geometry(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(geometry_tests); i++) {
        V360Geometry g = { .forder = V360_FORDER, .frot = V360_FROT };
        V360Geometry src = {
            .projection = V360_EQUIRECT,
            .w = geometry_tests[i].w, .h = geometry_tests[i].h,
        };
        char found[64] = "";
        V360Rig rig;

        if (build(&rig, geometry_tests[i].preset, geometry_tests[i].text,
                  geometry_tests[i].defaults) >= 0 &&
            ff_v360_geometry_init(&src, 1, NULL) >= 0 &&
            ff_v360_view_geometry(&rig, 0, &src, &g, NULL) >= 0)
            snprintf(found, sizeof(found), "%dx%d %g %g", g.w, g.h,
                     rint(g.h_fov * 1e4) / 1e4, rint(g.v_fov * 1e4) / 1e4);
        if (strcmp(found, geometry_tests[i].expected))
            fail("geometry", geometry_tests[i].expected,
                 found[0] ? found : message);
        if (ff_v360_view_geometry(&rig, rig.nb_views, &src, &g, NULL) >= 0)
            fail("geometry", geometry_tests[i].expected, "no such view");
        ff_v360_rig_free(&rig);
    }
}

static void test_set(void)
{
    const char *expected = "";
    V360Rig rig;

    build(&rig, "cube6", NULL, NULL);
    for (int i = 0; i < FF_ARRAY_ELEMS(set_tests); i++) {
        V360View *v = &rig.views[0];
        char found[128];
        int ret;

        message[0] = 0;
        ret = ff_v360_view_set(v, set_tests[i].field, set_tests[i].value, NULL);
        if (set_tests[i].expected)
            expected = set_tests[i].expected;
        else if (ret != AVERROR(EINVAL) || !strstr(message, "view 'front': "))
            fail("set", set_tests[i].value, message);
        snprintf(found, sizeof(found), "%g/%g/%g %g/%g/%g", v->yaw, v->pitch,
                 v->roll, v->h_fov, v->v_fov, v->d_fov);
        if (strcmp(found, expected))
            fail("set", set_tests[i].value, found);
    }
    ff_v360_rig_free(&rig);
}

static void test_find(void)
{
    static const struct { const char *name; int index; } find_tests[] = {
        { "front", 0 }, { "down", 5 }, { "0", 0 }, { "5", 5 },
        { "6", AVERROR(EINVAL) }, { "-1", AVERROR(EINVAL) },
        { "4294967296", AVERROR(EINVAL) }, { "", AVERROR(EINVAL) },
        { "fron", AVERROR(EINVAL) }, { "0x0", AVERROR(EINVAL) },
    };
    V360Rig rig;

    build(&rig, "cube6", NULL, NULL);
    for (int i = 0; i < FF_ARRAY_ELEMS(find_tests); i++) {
        if (ff_v360_rig_find(&rig, find_tests[i].name) != find_tests[i].index)
            fail("find", find_tests[i].name, "wrong index");
    }
    ff_v360_rig_free(&rig);
}

int main(void)
{
    av_log_set_callback(keep_message);
    test_presets();
    test_listed_presets();
    test_numbering();
    test_fibonacci();
    test_good();
    test_bad();
    test_large();
    test_no_memory();
    test_geometry();
    test_set();
    test_find();
    printf("%d texts accepted, %d refused, %d sizes, %d commands, "
           "%d failures\n", (int)FF_ARRAY_ELEMS(good_tests),
           (int)FF_ARRAY_ELEMS(bad_tests) + 4,
           (int)FF_ARRAY_ELEMS(geometry_tests),
           (int)FF_ARRAY_ELEMS(set_tests), failures);
    return !!failures;
}
