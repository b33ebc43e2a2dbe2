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
 * The command line of v360rig: its options, and the preset or file of views.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "rig.h"

const char *const v360rig_eyes[3] = { "left", "right", "both" };

static int bad(const char *option, const char *value, const char *want)
{
    av_log(NULL, AV_LOG_ERROR, "%s %s: must be %s\n", option, value, want);
    return AVERROR(EINVAL);
}

static int parse_size(const char *option, const char *value, int max,
                      int *w, int *h)
{
    char end;

    if (strspn(value, "0123456789x") != strlen(value) ||
        sscanf(value, "%6dx%6d%c", w, h, &end) != 2 ||
        *w < 1 || *h < 1 || *w > max || *h > max)
        return bad(option, value, "WIDTHxHEIGHT in pixels");
    return 0;
}

static int parse_number(const char *option, const char *value, double max,
                        double *x)
{
    char *end;

    *x = strtod(value, &end);
    if (end == value || *end || !(*x > 0 && *x <= max))
        return bad(option, value, "a number above 0 within its range");
    return 0;
}

static int parse_fov(const char *option, const char *value, V360View *v)
{
    const char *x = strchr(value, 'x');
    char h[32];
    int ret;

    if (!x)
        return parse_number(option, value, 360, &v->h_fov);
    if (x - value >= sizeof(h))
        return bad(option, value, "H or HxV in degrees");
    memcpy(h, value, x - value);
    h[x - value] = 0;
    ret = parse_number(option, h, 360, &v->h_fov);
    return ret < 0 ? ret : parse_number(option, x + 1, 360, &v->v_fov);
}

static int parse_eye(const char *option, const char *value, int *eye)
{
    for (*eye = 0; *eye < FF_ARRAY_ELEMS(v360rig_eyes); ++*eye) {
        if (!strcmp(value, v360rig_eyes[*eye]))
            return 0;
    }
    return bad(option, value, "left, right or both");
}

static int parse_supersample(const char *option, const char *value, int *n)
{
    for (*n = 0; v360rig_supersamples[*n]; ++*n) {
        if (!strcmp(value, v360rig_supersamples[*n]))
            return 0;
    }
    return bad(option, value, "auto, 1, 2, 3 or 4");
}

static int parse_stereo(const char *option, const char *value, RigSetup *setup)
{
    setup->stereo_w = strcmp(value, "sbs") ? 1 : 2;
    setup->stereo_h = strcmp(value, "tb") ? 1 : 2;
    if (setup->stereo_w * setup->stereo_h == 1 && strcmp(value, "2d"))
        return bad(option, value, "2d, sbs or tb");
    return 0;
}

static int parse_input(const char *option, const char *value, V360Geometry *g)
{
    const int id = ff_v360_projection_find(value);

    if (id < 0)
        return bad(option, value, "a projection of v360batch");
    g->projection = id;
    return 0;
}

static int parse_source_option(RigSetup *setup, const char *o,
                               const char *value)
{
    V360Geometry *g = &setup->source;

    if (!strcmp(o, "--source"))
        return parse_size(o, value, V360_MAX_SIZE, &g->w, &g->h);
    if (!strcmp(o, "--input"))
        return parse_input(o, value, g);
    if (!strcmp(o, "--ih_fov"))
        return parse_number(o, value, 360, &g->h_fov);
    if (!strcmp(o, "--iv_fov"))
        return parse_number(o, value, 360, &g->v_fov);
    if (!strcmp(o, "--id_fov"))
        return parse_number(o, value, 360, &g->d_fov);
    if (!strcmp(o, "--in_pad"))
        return parse_number(o, value, 0.1, &g->pad);
    if (!strcmp(o, "--in_stereo"))
        return parse_stereo(o, value, setup);
    if (!strcmp(o, "--in_forder"))
        g->forder = value;
    else if (!strcmp(o, "--in_frot"))
        g->frot = value;
    else
        return AVERROR_OPTION_NOT_FOUND;
    return 0;
}

static int parse_option(RigSetup *setup, const char *o, const char *value)
{
    if (!strcmp(o, "--size"))
        return parse_size(o, value, V360_MAX_VIEW_SIZE, &setup->defaults.w,
                          &setup->defaults.h);
    if (!strcmp(o, "--fov"))
        return parse_fov(o, value, &setup->defaults);
    if (!strcmp(o, "--eye"))
        return parse_eye(o, value, &setup->defaults.eye);
    if (!strcmp(o, "--supersample"))
        return parse_supersample(o, value, &setup->defaults.supersample);
    if (!strcmp(o, "--rig"))
        setup->rig_name = value;
    else if (!strcmp(o, "--views"))
        setup->views_file = value;
    else if (!strcmp(o, "-o"))
        setup->output = value;
    else if (!strcmp(o, "-i"))
        setup->pano = value;
    else if (!strcmp(o, "--instance"))
        setup->instance = value;
    else
        return parse_source_option(setup, o, value);
    return 0;
}

static int parse_arguments(RigSetup *setup, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        struct stat st;
        int ret;

        if (argv[i][0] != '-') {
            if (!stat(argv[i], &st) && !S_ISDIR(st.st_mode))
                setup->views_file = argv[i];
            else
                setup->rig_name = argv[i];
            continue;
        }
        if (i + 1 == argc)
            ret = AVERROR_OPTION_NOT_FOUND;
        else
            ret = parse_option(setup, argv[i], argv[i + 1]);
        if (ret == AVERROR_OPTION_NOT_FOUND)
            av_log(NULL, AV_LOG_ERROR, "%s: unknown option, or without its "
                   "value; see --help\n", argv[i]);
        if (ret < 0)
            return ret;
        i++;
    }
    if (!setup->rig_name == !setup->views_file) {
        av_log(NULL, AV_LOG_ERROR, "one rig is needed: a preset's name or a "
               "file of views\n");
        return AVERROR(EINVAL);
    }
    return 0;
}

static int read_views(RigSetup *setup)
{
    const char *file = setup->views_file;
    uint8_t *map;
    size_t size;
    int ret = av_file_map(file, &map, &size, 0, NULL);

    if (ret < 0) {
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
        return ret;
    }
    setup->text = av_strndup((const char *)map, size);
    av_file_unmap(map, size);
    return setup->text ? 0 : AVERROR(ENOMEM);
}

void v360rig_init_setup(RigSetup *setup)
{
    *setup = (RigSetup){
        .defaults = ff_v360_view_default(),
        .source   = { .forder = V360_FORDER, .frot = V360_FROT },
        .stereo_w = 1,
        .stereo_h = 1,
    };
}

int v360rig_make_rig(RigSetup *setup)
{
    int ret;

    if (setup->text)
        ret = ff_v360_rig_parse(&setup->rig, setup->text, NULL);
    else
        ret = ff_v360_rig_preset(&setup->rig, setup->rig_name, NULL);
    if (ret < 0)
        return ret;
    return ff_v360_rig_complete(&setup->rig, &setup->defaults, NULL);
}

int v360rig_parse_setup(RigSetup *setup, int argc, char **argv)
{
    int ret;

    v360rig_init_setup(setup);
    ret = parse_arguments(setup, argc, argv);
    if (ret >= 0 && !setup->rig_name)
        ret = read_views(setup);
    return ret < 0 ? ret : v360rig_make_rig(setup);
}

void v360rig_free_setup(RigSetup *setup)
{
    av_freep(&setup->text);
    av_freep(&setup->cameras);
    ff_v360_rig_free(&setup->rig);
}
