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
 * Files and numbers that v360rig writes. An error of writing is always
 * reported, also one that shows only when the file is closed.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef _WIN32
#include <direct.h>
#define mkdir(path, mode) _mkdir(path)
#endif

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "rig.h"

static int failed(const char *name)
{
    const int ret = AVERROR(errno);

    av_log(NULL, AV_LOG_ERROR, "%s: %s\n", name, av_err2str(ret));
    return ret;
}

int v360rig_make_dir(const RigSetup *setup)
{
    if (!setup->output) {
        av_log(NULL, AV_LOG_ERROR, "-o FOLDER is needed\n");
        return AVERROR(EINVAL);
    }
    if (mkdir(setup->output, 0777) < 0 && errno != EEXIST)
        return failed(setup->output);
    return 0;
}

FILE *v360rig_open(const char *dir, const char *name, const char *suffix)
{
    char *path;
    FILE *f;

    if (!dir && !name)
        return stdout;
    path = dir ? av_asprintf("%s/%s%s", dir, name, suffix) : av_strdup(name);
    if (!path)
        return NULL;
    f = fopen(path, "wb");
    if (!f)
        failed(path);
    av_free(path);
    return f;
}

int v360rig_close(FILE *f, const char *name)
{
    const int bad = ferror(f) || fflush(f);

    if (!name)
        name = "standard output";
    if ((f != stdout && fclose(f)) || bad) {
        if (!errno)
            errno = EIO;
        return failed(name);
    }
    return 0;
}

const char *v360rig_number(char s[32], double x)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(s, 32, "%.*g", digits, x);
        if (strtod(s, NULL) == x)
            break;
    }
    return s;
}

int v360rig_no_json(const char *what)
{
    av_log(NULL, AV_LOG_ERROR, "%s needs cJSON, which this build of v360rig "
           "does not have\n", what);
    return AVERROR(EINVAL);
}
