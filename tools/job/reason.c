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
 * Why a run of ffmpeg failed, by its exit status and its own messages.
 */

#define _GNU_SOURCE /* strsignal */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

/** Cut the first FROM, up to the next TO, out of a line. */
static int cut(char *line, const char *from, const char *to)
{
    char *at = strstr(line, from);
    const char *end = at ? strstr(at, to) : NULL;

    if (!end)
        return 0;
    end += to[1] ? strlen(to) : 0; /* a bracket alone stays */
    memmove(at, end, strlen(end) + 1);
    return 1;
}

/**
 * Print into REASON the first lines that tell of more than that a part of
 * ffmpeg ended, without levels and addresses.
 */
static void first_reasons(AVBPrint *reason, const char *text)
{
    static const char *const parts[] = { "[vost#", "[out#", "[fc#", "[enc:" };
    char *copy = av_strdup(text), *save = NULL;
    char *line = copy ? av_strtok(copy, "\n", &save) : NULL;

    for (; line && reason->len < 400; line = av_strtok(NULL, "\n", &save)) {
        int follows = 0;

        for (int i = 0; i < FF_ARRAY_ELEMS(parts); i++)
            follows |= !strncmp(line, parts[i], strlen(parts[i]));
        while (cut(line, " @ 0x", "]") || cut(line, "[error", "] ") ||
               cut(line, "[fatal", "] "))
            continue;
        if (!follows && !strstr(reason->str, line))
            av_bprintf(reason, "%s%s", reason->len ? "; " : "", line);
    }
    av_free(copy);
}

char *v360job_reason(const V360JobRun *run)
{
    AVBPrint reason;
    char *text = NULL;

    av_bprint_init(&reason, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (av_bprint_is_complete(&run->messages))
        first_reasons(&reason, run->messages.str);
    if (reason.len)
        v360job_finish(&reason, &text);
    else
        av_bprint_finalize(&reason, NULL);
    return text;
}

int v360job_one_name(const V360Job *job)
{
    const int in_ms = job->options.naming == V360JOB_PTS;

    return v360job_error("--names %s: two frames lie in one %ssecond; use "
                         "--names number%s",
                         v360job_namings[job->options.naming],
                         in_ms ? "milli" : "micro",
                         in_ms ? " or --names us, microseconds" : "");
}

int v360job_no_frame(void)
{
    return v360job_error("no frame came out of the source: check --from, --to "
                         "and --fps");
}

/**
 * @return whether the private folder, or one in it that a run made, has gone:
 *         somebody may be removing one after the other
 */
static int has_gone(const V360Job *job, int status)
{
    const V360JobFolder *folder = &job->folder;
    struct stat st;

    if (!folder->work)
        return 0;
    if (lstat(folder->work, &st) < 0)
        return 1;
    if (status != 256 - ENOENT)
        return 0;
    if (job->options.format == V360JOB_MP4)
        return !v360job_exists(folder->work_fd, "videos");
    for (int i = 0; i < job->views.names.nb; i++) {
        char *name = av_asprintf("images/%s", job->views.names.text[i]);
        const int has = !name || v360job_exists(folder->work_fd, name);

        av_free(name);
        if (!has)
            return 1;
    }
    return 0;
}

int v360job_tell_run(const V360Job *job, const V360JobRun *run, int status)
{
    const char *text = av_bprint_is_complete(&run->messages) ?
                       run->messages.str : "", *outdir = job->options.outdir;
    char *reason;
    int ret;

    if (status == AVERROR_EXIT)
        return status;
    if (has_gone(job, status))
        return v360job_error("%s was removed while the job ran", outdir);
    if (status == 256 - ENOSPC || status == AVERROR(ENOSPC))
        return v360job_error("no space left for %s", outdir);
    if (status < 0 && run->not_started)
        return v360job_cannot("cannot start", job->programs.ffmpeg, status);
    if (status < 0)
        return v360job_cannot("cannot write to", outdir, status);
    if (job->options.naming != V360JOB_NUMBER && strstr(text, "Invalid pts"))
        return v360job_one_name(job);
    reason = v360job_reason(run);
    if ((!reason && (strstr(text, "Empty output") ||
                     strstr(text, "encoder before EOF"))) ||
        strstr(text, "Non full-range YUV")) {
        /* mjpeg says the last of them where it got no frame: those that come
         * have full range. */
        ret = v360job_no_frame();
    } else if (status > 256) {
        ret = v360job_error("ffmpeg was ended by a signal (%s); the same "
                            "command goes on from there",
                            strsignal(status - 256));
    } else {
        /* Of an error only the lowest byte is left. */
        ret = v360job_error("ffmpeg failed (%d): %s", status, reason ? reason :
                            av_err2str(status - 256));
    }
    av_free(reason);
    return ret;
}
