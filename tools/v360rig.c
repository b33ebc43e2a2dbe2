/*
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
 * What a rig is, for scripts: on the parser that the filters use.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavfilter/v360rig.h"

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360rig list\n"
            "       v360rig names --rig PRESET | --views FILE\n"
            "\n"
            "list    print the names of the presets, one a line\n"
            "names   print the names of the views of a rig, one a line, in\n"
            "        the order of v360batch's outputs\n");
    return to == stderr;
}

static int read_views(V360Rig *rig, const char *file)
{
    uint8_t *map;
    size_t size;
    char *text;
    int ret = av_file_map(file, &map, &size, 0, NULL);

    if (ret < 0) {
        av_log(NULL, AV_LOG_ERROR, "%s: %s\n", file, av_err2str(ret));
        return ret;
    }
    text = av_strndup(map, size);
    av_file_unmap(map, size);
    if (!text)
        return AVERROR(ENOMEM);
    ret = ff_v360_rig_parse(rig, text, NULL);
    av_free(text);
    return ret;
}

static int names(const char *kind, const char *value)
{
    const V360View defaults = ff_v360_view_default();
    V360Rig rig = { 0 };
    int ret;

    if (!strcmp(kind, "--rig"))
        ret = ff_v360_rig_preset(&rig, value, NULL);
    else if (!strcmp(kind, "--views"))
        ret = read_views(&rig, value);
    else
        return usage(stderr);
    if (ret >= 0)
        ret = ff_v360_rig_complete(&rig, &defaults, NULL);
    for (int i = 0; i < rig.nb_views && ret >= 0; i++)
        puts(rig.views[i].name);
    ff_v360_rig_free(&rig);
    return ret < 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return usage(stdout);
    if (argc == 2 && !strcmp(argv[1], "list")) {
        for (int i = 0; ff_v360_rig_presets[i]; i++)
            puts(ff_v360_rig_presets[i]);
        return 0;
    }
    if (argc == 4 && !strcmp(argv[1], "names"))
        return names(argv[2], argv[3]);
    return usage(stderr);
}
