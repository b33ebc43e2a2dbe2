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
 * Other programs than ffmpeg, those that start tasks, and what they are told.
 */

#define _GNU_SOURCE /* pipe2 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "farm.h"

char *v360farm_self(void)
{
    char path[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (n <= 0)
        return NULL;
    path[n] = 0;
    return av_strdup(path);
}

int v360farm_no_memory(const V360JobOptions *o)
{
    return v360job_cannot("cannot submit", o->outdir, AVERROR(ENOMEM));
}

void v360farm_list_missing(AVBPrint *to, const uint8_t *missing, int nb,
                         const char *dash, const char *comma)
{
    for (int i = 0, n = 0; i < nb; i++) {
        int last = i;

        if (!missing[i])
            continue;
        while (dash && last + 1 < nb && missing[last + 1])
            last++;
        av_bprintf(to, "%s%d", n++ ? comma : "", i);
        if (last > i)
            av_bprintf(to, "%s%d", dash, last);
        i = last;
    }
}

void v360farm_add_command(AVBPrint *to, const char *program,
                          const char *command, const char *outdir)
{
    v360job_quote(to, program ? program : "");
    av_bprintf(to, " %s ", command);
    v360job_quote(to, outdir);
}

static int wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return AVERROR(errno);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

int v360farm_run(const V360JobTexts *args, AVBPrint *output)
{
    int out[2] = { -1, -1 };
    char buf[4096];
    ssize_t n;
    pid_t pid;

    if (args->failed)
        return AVERROR(ENOMEM);
    if (output && pipe2(out, O_CLOEXEC) < 0)
        return AVERROR(errno);
    pid = fork();
    if (!pid) {
        if (output)
            dup2(out[1], STDOUT_FILENO);
        execvp(args->text[0], args->text);
        _exit(errno == ENOENT ? 127 : 126);
    }
    if (output)
        close(out[1]);
    if (pid < 0) {
        const int err = AVERROR(errno);

        if (output)
            close(out[0]);
        return err;
    }
    while (output && ((n = read(out[0], buf, sizeof(buf))) > 0 ||
                      (n < 0 && errno == EINTR)))
        if (n > 0)
            av_bprint_append_data(output, buf, n);
    if (output)
        close(out[0]);
    return wait_for(pid);
}
