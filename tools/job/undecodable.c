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
 * Pictures of a list that turn out to be damaged when they are decoded. They
 * are noted in the private folder, so that no later run tries them again: the
 * file undecodable has a path a line, in which % and line ends are written as
 * %25, %0A and %0D.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

#define UNDECODABLE ": cannot be decoded"

static void print_path(AVBPrint *text, const char *path)
{
    for (; *path; path++) {
        if (strchr("%\n\r", *path))
            av_bprintf(text, "%%%02X", *path);
        else
            av_bprint_chars(text, *path, 1);
    }
    av_bprintf(text, "\n");
}

/** Read the file, with paths as they are in it. */
static int read_noted(const V360Job *job, V360JobTexts *noted)
{
    int ret = 0;
    char *text = v360job_read(&job->folder, "undecodable", &ret), *save = NULL;
    char *line = text ? av_strtok(text, "\n", &save) : NULL;

    for (; line; line = av_strtok(NULL, "\n", &save))
        v360job_add(noted, line);
    av_free(text);
    return ret < 0 ? ret : v360job_texts_ok(noted);
}

static int is_noted(const V360JobTexts *noted, const char *path)
{
    AVBPrint text;
    int found = 0;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    print_path(&text, path);
    if (av_bprint_is_complete(&text))
        text.str[text.len - 1] = 0;
    for (int i = 0; i < noted->nb && !found; i++)
        found = !strcmp(noted->text[i], text.str);
    av_bprint_finalize(&text, NULL);
    return found;
}

/** @return whether it has been said that a picture is left out */
static int is_left_out(const V360JobSource *source, const char *path)
{
    for (int i = 0; i < source->skipped.nb; i++) {
        const char *rest;

        if (av_strstart(source->skipped.text[i], path, &rest) &&
            !strcmp(rest, UNDECODABLE))
            return 1;
    }
    return 0;
}

int v360job_drop_undecodable(V360Job *job)
{
    V360JobTexts *files = &job->source.files, noted = { 0 };
    int ret = job->source.is_list ? read_noted(job, &noted) : 0;

    for (int i = 0; ret >= 0 && noted.nb && i < files->nb;) {
        if (!is_noted(&noted, files->text[i])) {
            i++;
        } else if (is_left_out(&job->source, files->text[i])) {
            v360job_remove(files, i); /* by this run */
        } else if (!job->options.keep_going) {
            ret = v360job_error("cannot decode %s; --keep-going leaves it out",
                                files->text[i]);
        } else {
            ret = v360job_leave_out(&job->source, i, &UNDECODABLE[2]);
        }
    }
    if (ret >= 0 && job->source.is_list && !files->nb)
        ret = v360job_error("cannot decode any picture of %s",
                            job->options.input);
    v360job_free_texts(&noted);
    return ret;
}

/**
 * Note more pictures; images from the first of them on have other numbers
 * without it, so they go first.
 */
static int note_pictures(V360Job *job, AVBPrint *more, int first)
{
    int ret = 0;
    char *text = v360job_read(&job->folder, "undecodable", &ret), *all = NULL;

    if (ret >= 0)
        ret = v360job_drop_images(&job->folder, &job->views.names,
                                  v360job_formats[job->options.format], first);
    if (ret >= 0) {
        ret = v360job_flush_at(job->folder.work_fd);
        if (ret < 0)
            v360job_cannot("cannot write to", job->options.outdir, ret);
    }
    if (ret >= 0) {
        all = av_bprint_is_complete(more) ?
              av_asprintf("%s%s", text ? text : "", more->str) : NULL;
        ret = all ? v360job_write(&job->folder, "undecodable", all) :
              v360job_cannot("cannot write to", job->options.outdir,
                             AVERROR(ENOMEM));
    }
    av_free(all);
    av_free(text);
    return ret;
}

int v360job_find_undecodable(V360Job *job, int64_t first)
{
    const V360JobTexts *files = &job->source.files;
    AVBPrint bad;
    int nb = 0, first_bad = -1, ret = 0;

    v360job_say("looking for the pictures that cannot be decoded");
    av_bprint_init(&bad, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = first; i < files->nb && !v360job_stopped; i++) {
        char why[128];

        if (access(files->text[i], R_OK) < 0) {
            ret = v360job_cannot("cannot read", files->text[i],
                                 AVERROR(errno));
            break;
        }
        if (!v360job_why_bad(files->text[i], why, sizeof(why)))
            continue;
        print_path(&bad, files->text[i]);
        first_bad = nb++ ? first_bad : i;
    }
    if (v360job_stopped)
        ret = AVERROR_EXIT;
    else if (ret >= 0 && nb)
        ret = note_pictures(job, &bad, first_bad);
    av_bprint_finalize(&bad, NULL);
    return ret < 0 ? ret : nb;
}
