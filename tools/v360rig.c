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
 * v360rig says what a rig is, to people, scripts and photogrammetry programs.
 * It reads rigs with the parser of the filters. This file is the table of its
 * commands, --help and the exit status.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "tools/rig/rig.h"

/* The commands without a rig. */
static const struct {
    const char *name, *help;
    int (*run)(void);
} lists[] = {
    { "list",           "names of the presets, one a line", v360rig_list },
    { "presets",        "the same, with the number of views or N",
      v360rig_presets },
    { "projections",
      "names; \"view\" if a source cannot have it, else \"both\"",
      v360rig_projections },
    { "interpolations", "names, with the number of taps in each direction",
      v360rig_interpolations },
};

/* The commands with a rig. */
static const struct {
    const char *name, *help;
    int (*run)(RigSetup *setup);
} commands[] = {
    { "names",       "names of the views, one a line, in v360batch's order",
      v360rig_names },
    { "show",        "table of the views: direction, size, intrinsics",
      v360rig_show },
    { "colmap",      "rig_config.json and cameras.txt, into the folder -o",
      V360RIG_WITH_JSON(v360rig_colmap) },
    { "nerfstudio",  "transforms.json that holds only the rig",
      V360RIG_WITH_JSON(v360rig_nerfstudio) },
    { "realityscan", "an XMP file for each view, into the folder -o",
      v360rig_realityscan },
    { "filtergraph", "text for ffmpeg's -filter_complex",
      v360rig_filtergraph },
    { "text",        "the rig as a file of views, one a line", v360rig_text },
    { "owner-masks", "a PGM file for each view, into the folder -o: white "
                     "where its\n             optical axis is the nearest",
      v360rig_owner_masks },
    { "coverage",    "how often the sphere is seen, at which resolution, and\n"
                     "             what supersample=auto is for each view",
      v360rig_coverage },
    { "preview",     "the views on the panorama -i, and a sheet of them, as\n"
                     "             -o FILE.html, FILE.svg or FILE.png",
      v360rig_preview },
};

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360rig COMMAND RIG [OPTION]...\n"
            "       v360rig list|presets|projections|interpolations\n"
            "\n"
            "RIG is the name of a preset, of several (ring8+up+down), or of a file\n"
            "of views; --rig PRESET and --views FILE say which one it is.\n"
            "\n");
    for (int i = 0; i < FF_ARRAY_ELEMS(commands); i++) {
        if (commands[i].run)
            fprintf(to, "%-12s %s\n", commands[i].name, commands[i].help);
    }
    fputc('\n', to);
    for (int i = 0; i < FF_ARRAY_ELEMS(lists); i++)
        fprintf(to, "%-15s %s\n", lists[i].name, lists[i].help);
    fprintf(to,
            "\n"
            "--source WxH          size of the source, of one eye\n"
            "--input PROJECTION    of the source (equirect)\n"
            "--ih_fov, --iv_fov, --id_fov, --in_forder, --in_frot, --in_pad\n"
            "                      the source, as v360batch's options\n"
            "--in_stereo LAYOUT    of -i: 2d, sbs or tb\n"
            "--size WxH            of views that do not say it\n"
            "--fov H[xV]           degrees, the same\n"
            "--eye EYE             left, right or both, the same\n"
            "--supersample N       auto, 1, 2, 3 or 4 (1), the same\n"
            "-i PANORAMA           picture or video; its size is the source's\n"
            "-o FILE or FOLDER     where to write\n"
            "--instance TEXT       realityscan: a word for the panorama;\n"
            "                      nerfstudio: the name of its images\n"
            "\n"
            "Exit status: 0, 1 for a command line, a rig or a content that is\n"
            "refused, 3 where a file cannot be read or written.\n");
    return to == stderr;
}

/**
 * @return 3 if the error is a number of errno, so that a file or the machine
 *         failed, else 1: FFmpeg's own errors and EINVAL are about the command
 *         line, the rig or the content of a file
 */
static int exit_status(int ret)
{
    const int machine = ret != AVERROR(EINVAL) && AVUNERROR(ret) < 4096;

    return ret >= 0 ? 0 : machine ? 3 : 1;
}

static int run(int command, int argc, char **argv)
{
    RigSetup setup = { 0 };
    int ret;

    if (!commands[command].run)
        return exit_status(v360rig_no_json(commands[command].name));
    ret = v360rig_parse_setup(&setup, argc, argv);
    if (ret >= 0)
        ret = commands[command].run(&setup);
    v360rig_free_setup(&setup);
    return exit_status(ret);
}

static int is_list(const char *name)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(lists); i++) {
        if (!strcmp(name, lists[i].name))
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (argc == 2 && !strcmp(name, "--help"))
        return usage(stdout);
    for (int i = 0; argc == 2 && i < FF_ARRAY_ELEMS(lists); i++) {
        if (!strcmp(name, lists[i].name))
            return exit_status(lists[i].run());
    }
    for (int i = 0; i < FF_ARRAY_ELEMS(commands); i++) {
        if (!strcmp(name, commands[i].name))
            return run(i, argc - 2, argv + 2);
    }
    if (!*name)
        return usage(stderr);
    fprintf(stderr, "there is no command '%s'%s; v360rig --help lists all\n",
            name, is_list(name) ? " with arguments" : "");
    return 1;
}
