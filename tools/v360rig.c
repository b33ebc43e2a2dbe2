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
 * What a rig is, for people, scripts and photogrammetry: on the parser that
 * the filters use.
 */

#include <string.h>

#include "libavutil/error.h"
#include "tools/rig/rig.h"

static int names(Job *job)
{
    for (int i = 0; i < job->rig.nb_views; i++)
        puts(job->rig.views[i].name);
    return 0;
}

static const struct {
    const char *name, *help;
    int (*run)(Job *job);
} commands[] = {
    { "names",       "names of the views, one a line, in v360batch's order",
      names },
    { "show",        "table of the views: direction, size, intrinsics",
      v360rig_show },
    { "colmap",      "rig_config.json and cameras.txt, into the folder -o",
      v360rig_colmap },
    { "nerfstudio",  "transforms.json that holds only the rig",
      v360rig_nerfstudio },
    { "realityscan", "an XMP file for each view, into the folder -o",
      v360rig_realityscan },
    { "filtergraph", "text for ffmpeg's -filter_complex",
      v360rig_filtergraph },
    { "owner-masks", "a PGM file for each view, into the folder -o: white "
                     "where its\n             optical axis is the nearest",
      v360rig_owner_masks },
    { "coverage",    "how often the sphere is seen, and at which resolution",
      v360rig_coverage },
    { "preview",     "the views on the panorama -i, and a sheet of them, as\n"
                     "             -o FILE.html, FILE.svg or FILE.png",
      v360rig_preview },
};

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360rig COMMAND RIG [OPTION]...\n"
            "       v360rig list\n"
            "\n"
            "RIG is the name of a preset or of a file of views; --rig PRESET\n"
            "and --views FILE say which one it is.\n"
            "\n"
            "list         names of the presets, one a line\n");
    for (int i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        fprintf(to, "%-12s %s\n", commands[i].name, commands[i].help);
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
            "-i PANORAMA           picture or video; its size is the source's\n"
            "-o FILE or FOLDER     where to write\n"
            "--instance TEXT       realityscan: a word for the panorama;\n"
            "                      nerfstudio: the name of its images\n"
            "\n"
            "Exit status: 0, 1 for a command line, a rig or a content that is\n"
            "refused, 3 where a file cannot be read or written.\n");
    return to == stderr;
}

static int list(void)
{
    for (int i = 0; ff_v360_rig_presets[i]; i++)
        puts(ff_v360_rig_presets[i]);
    return 0;
}

/* A file or the machine has failed where the error is a number of errno; FFmpeg's
 * own errors and EINVAL are of the command line, the rig or a file's content. */
static int exit_status(int ret)
{
    const int machine = ret != AVERROR(EINVAL) && AVUNERROR(ret) < 4096;

    return ret >= 0 ? 0 : machine ? 3 : 1;
}

static int run(int command, int argc, char **argv)
{
    Job job = { 0 };
    int ret = v360rig_parse_job(&job, argc, argv);

    if (ret >= 0)
        ret = commands[command].run(&job);
    v360rig_free_job(&job);
    return exit_status(ret);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return usage(stdout);
    if (argc == 2 && !strcmp(argv[1], "list"))
        return list();
    for (int i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
        if (!strcmp(argv[1], commands[i].name))
            return run(i, argc - 2, argv + 2);
    }
    return usage(stderr);
}
