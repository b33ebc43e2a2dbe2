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
 * The command of a job for a shell: what split360 would run, without that which
 * makes a job safe to interrupt.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

/** Print a word as a shell reads it. */
static void print_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                "UVWXYZ0123456789-_./:=,+@%";

    AVBPrint text;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (*word && !word[strspn(word, plain)])
        av_bprintf(&text, "%s", word);
    else
        v360job_quote(&text, word);
    printf("%s", text.str);
    av_bprint_finalize(&text, NULL);
}

/** @return the folder of the results, with each % twice, as ffmpeg reads it */
static char *folder_of(const V360Job *job)
{
    AVBPrint text;
    char *folder;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (const char *p = job->options.outdir; *p; p++)
        av_bprint_chars(&text, *p, *p == '%' ? 2 : 1);
    av_bprintf(&text, "/%s", v360job_kind(job));
    v360job_finish(&text, &folder);
    return folder;
}

/** Print the command that makes the folders. */
static void print_folders(const V360Job *job)
{
    const int images = job->options.format != V360JOB_MP4;

    printf("mkdir -p");
    for (int i = 0; i < (images ? job->views.names.nb : 1); i++) {
        char *path = av_asprintf("%s/%s%s%s", job->options.outdir,
                                 v360job_kind(job), images ? "/" : "",
                                 images ? job->views.names.text[i] : "");

        putchar(' ');
        print_word(path ? path : "");
        av_free(path);
    }
    printf(" &&\n");
}

/** @return why there is no command that does the same, or NULL */
static const char *why_not(const V360Job *job)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                "UVWXYZ0123456789-_./";
    const V360JobOptions *o = &job->options;

    if (job->source.is_list)
        return "many pictures are read from a list that the job writes";
    if (o->sharpest)
        return "--sharpest looks at all frames first";
    if (o->mask || o->owner_masks)
        return "masks take a command of their own";
    if (o->views_file && o->views_file[strspn(o->views_file, plain)])
        return "the name of the rig file has characters that a filtergraph "
               "reads in its own way";
    if (o->gps && o->gps[strspn(o->gps, plain)])
        return "the name of the track has characters that a filtergraph reads "
               "in its own way";
    return NULL;
}

int v360job_print_command(V360Job *job)
{
    const char *why = why_not(job);
    V360JobRange range = { 0 };
    V360JobTexts args = { 0 };
    char *folder;
    int ret;

    if (why)
        return v360job_error("--print: %s", why);
    folder = folder_of(job);
    ret = v360job_find_range(&range, &job->source, &job->options);
    if (ret >= 0)
        ret = folder ? v360job_add_frames(job, &args, &range, folder, 0, -1) :
              v360job_cannot("cannot print", "a command", AVERROR(ENOMEM));
    if (ret >= 0) {
        print_folders(job);
        print_word(job->programs.ffmpeg);
        for (int i = 0; i < args.nb; i++) {
            printf(!strcmp(args.text[i], "-map") ? " \\\n    " : " ");
            print_word(args.text[i]);
        }
        putchar('\n');
        if (fflush(stdout) || ferror(stdout))
            ret = v360job_cannot("cannot write to", "standard output",
                                 AVERROR(errno));
    }
    v360job_free_texts(&args);
    v360job_free_range(&range);
    av_free(folder);
    return ret;
}
