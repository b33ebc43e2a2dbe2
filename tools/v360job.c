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
 * v360job does what scripts/split360 cannot do well as a shell script: hashes,
 * JSON, locks, headers of pictures, data that must be on the disk. This file is
 * the table of its commands, --help, and the shortest two commands.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "tools/job/job.h"

static int usage(FILE *to)
{
    fprintf(to,
            "Usage: v360job settings FILE KEY=VALUE...\n"
            "       v360job differ FILE FILE\n"
            "       v360job source FILE...\n"
            "       v360job scan LIST\n"
            "       v360job frames FILE STREAM\n"
            "       v360job levels\n"
            "       v360job circles\n"
            "       v360job private OUTDIR\n"
            "       v360job lock FD FILE SECONDS\n"
            "       v360job run [OPTION]... -- COMMAND...\n"
            "       v360job whole EXT number|pts MARK|- VIEW...\n"
            "       v360job manifest WORK FILE\n"
            "       v360job verify OUTDIR\n"
            "       v360job missing OUTDIR\n"
            "       v360job put WORK OUTDIR\n"
            "       v360job store FILE <TEXT\n"
            "       v360job flush DIR\n"
            "       v360job link FILE <LIST\n"
            "\n"
            "settings  write the settings of a job as JSON\n"
            "differ    print what differs between the settings of two jobs;\n"
            "          exit status 3 if something does\n"
            "source    print size and SHA-256 of first and last MiB of files\n"
            "scan      print what each picture named in LIST is\n"
            "frames    print how many frames of an MP4 are shown, and their seconds\n"
            "levels    print the least and the greatest byte of the standard input\n"
            "circles   exit status 0 if gray samples there, 128x64, show two\n"
            "          circles of fisheye lenses\n"
            "private   make OUTDIR/.split360, or see that it is ours\n"
            "lock      lock FILE, which the caller has open as FD\n"
            "run       run ffmpeg, show its progress, end it when this ends\n"
            "whole     print how many frames are whole in the folders of all\n"
            "          views, and older than the file MARK\n"
            "manifest  write FILE about the finished job in WORK\n"
            "verify    compare the files of OUTDIR with its manifest.json\n"
            "missing   print files of the manifest that are not in OUTDIR, are\n"
            "          of another size or cut off, each after the number of the\n"
            "          frame that it shows, or 0\n"
            "put       move these from WORK to OUTDIR\n"
            "store     write FILE, which is whole or not there at any time\n"
            "flush     have all data of DIR's file system on the disk\n"
            "link      give FILE all names in the list, as hard links\n");
    return to == stderr ? 2 : 0;
}

/** store FILE: write standard input to it. */
static int store(int argc, char **argv)
{
    struct AVBPrint text;
    char buf[4096];
    size_t got;
    int ret;

    (void)argc;
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    while ((got = fread(buf, 1, sizeof(buf), stdin)) > 0)
        av_bprint_append_data(&text, buf, got);
    ret = ferror(stdin) || !av_bprint_is_complete(&text) ? AVERROR(EIO) :
          v360job_store(argv[0], text.str, NULL);
    av_bprint_finalize(&text, NULL);
    return ret < 0;
}

/** flush DIR: have all data of its file system on the disk. */
static int flush_disk(int argc, char **argv)
{
    const int ret = v360job_flush(argv[0]);

    (void)argc;
    if (ret < 0)
        fprintf(stderr, "%s: %s\n", argv[0], av_err2str(ret));
    return ret < 0;
}

/* The number of arguments of a command; if it is negative, the least number. */
static const struct {
    const char *name;
    int argc;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "settings", -1, v360job_settings },
    { "differ",    2, v360job_differ },
    { "source",   -1, v360job_source },
    { "scan",      1, v360job_scan },
    { "frames",    2, v360job_frames },
    { "levels",    0, v360job_levels },
    { "circles",   0, v360job_circles },
    { "private",   1, v360job_private },
    { "lock",      3, v360job_lock },
    { "run",      -1, v360job_run },
    { "whole",    -4, v360job_whole },
    { "manifest",  2, v360job_manifest },
    { "verify",    1, v360job_verify },
    { "missing",   1, v360job_missing },
    { "put",       2, v360job_put },
    { "store",     1, store },
    { "flush",     1, flush_disk },
    { "link",      1, v360job_link },
};

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (!strcmp(command, "--help"))
        return usage(stdout);
    for (int i = 0; i < FF_ARRAY_ELEMS(commands); i++) {
        const int n = commands[i].argc;

        if (!strcmp(command, commands[i].name) &&
            (n < 0 ? argc - 2 >= -n : argc - 2 == n))
            return commands[i].run(argc - 2, argv + 2);
    }
    return usage(stderr);
}
