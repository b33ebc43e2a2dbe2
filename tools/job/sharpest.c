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
 * The sharpest of each N frames, by ffmpeg's blurdetect in a pass of its own.
 * The order of frames decides the choice, so that pass sees all of them.
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

/** The sharpest frame so far of each group. */
typedef struct Choice {
    int64_t *frame;
    double *blur;
    int64_t nb;
    unsigned frame_size, blur_size;
} Choice;

static int take(Choice *c, int64_t n, int window, double blur)
{
    const int64_t i = n / window;

    if (i >= c->nb) {
        int64_t *frame = av_fast_realloc(c->frame, &c->frame_size,
                                         (i + 1) * sizeof(*frame));
        double *least;

        if (frame)
            c->frame = frame;
        least = av_fast_realloc(c->blur, &c->blur_size,
                                (i + 1) * sizeof(*least));
        if (least)
            c->blur = least;
        if (!frame || !least)
            return AVERROR(ENOMEM);
        for (; c->nb <= i; c->nb++) {
            frame[c->nb] = c->nb * window;
            least[c->nb] = INFINITY;
        }
    }
    if (blur < c->blur[i]) {
        c->frame[i] = n;
        c->blur[i]  = blur;
    }
    return 0;
}

/**
 * Parse what the filter metadata prints: frame:N pts:P pts_time:T, then
 * lavfi.blur=VALUE. A picture of a list lasts a second, so its time says which
 * one it is, also where one before it could not be decoded.
 */
static int parse(Choice *c, char *text, int window, int is_list)
{
    char *save = NULL, *line = av_strtok(text, "\n", &save);
    long long n = 0;
    int ret = 0;

    for (; line && ret >= 0; line = av_strtok(NULL, "\n", &save)) {
        const char *value;

        if (av_strstart(line, "frame:", &value)) {
            const char *time = is_list ? strstr(value, "pts_time:") : NULL;

            n = time ? llrint(strtod(time + strlen("pts_time:"), NULL)) :
                       strtoll(value, NULL, 10);
            n = FFMAX(n, 0);
        } else if (av_strstart(line, "lavfi.blur=", &value)) {
            const double blur = strtod(value, NULL);

            /* A picture of one colour has no edges to measure. */
            ret = take(c, n, window, isnan(blur) ? 1e9 : blur);
        }
    }
    return ret;
}

/** Print a binary tree, for a long sum would be evaluated for each frame. */
static void print_tree(AVBPrint *text, const int64_t *frame, int64_t from,
                       int64_t to)
{
    const int64_t mid = (from + to) / 2;

    if (from == to) {
        av_bprintf(text, "eq(n,%lld)", (long long)frame[from]);
        return;
    }
    av_bprintf(text, "if(lt(n,%lld),", (long long)frame[mid + 1]);
    print_tree(text, frame, from, mid);
    av_bprintf(text, ",");
    print_tree(text, frame, mid + 1, to);
    av_bprintf(text, ")");
}

int v360job_write_sharpest(const V360Job *job, const int64_t *frame, int64_t nb)
{
    AVBPrint text;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (!job->source.is_list && nb)
        print_tree(&text, frame, 0, nb - 1);
    for (int64_t i = 0; job->source.is_list && i < nb; i++)
        av_bprintf(&text, "%lld\n", (long long)frame[i]);
    ret = av_bprint_is_complete(&text) ?
          v360job_write(&job->folder, "sharpest", text.str) :
          v360job_cannot("cannot write to", job->options.outdir,
                         AVERROR(ENOMEM));
    av_bprint_finalize(&text, NULL);
    return ret;
}

int64_t v360job_next_sharpest(const V360Job *job, const char **text)
{
    const char *at = *text;
    long long n;
    int len = 0;

    if (!job->source.is_list) {
        at = strstr(at, "eq(n,");
        at = at ? at + strlen("eq(n,") : "";
    }
    if (sscanf(at, "%lld%n", &n, &len) != 1 || n < 0)
        return -1;
    *text = at + len;
    return n;
}

/** Write the choice, but for groups of which no frame came. */
static int store(const V360Job *job, Choice *c)
{
    int64_t nb = 0;

    for (int64_t i = 0; i < c->nb; i++)
        if (!job->source.is_list || c->blur[i] < INFINITY)
            c->frame[nb++] = c->frame[i];
    return v360job_write_sharpest(job, c->frame, nb);
}

/** @return 1 if an earlier run has chosen, and its choice is nothing else */
static int is_known(const V360Job *job)
{
    const char *letters = job->source.is_list ? "0123456789\n" :
                                                "eqiflt0123456789n(),";
    int ret = 0;
    char *text = v360job_read(&job->folder, "sharpest", &ret);
    const int known = text && *text && !text[strspn(text, letters)];

    av_free(text);
    return ret < 0 ? ret : known;
}

/**
 * Have ffmpeg print how blurred each frame is. It tells of no error of writing
 * that to a file, so it prints to here.
 */
static int analyse(V360Job *job, const V360JobRange *range, AVBPrint *output)
{
    V360JobRun run = { .output = output };
    V360JobTexts args = { 0 };
    int ret;

    v360job_append(&args, &job->graph.input);
    ret = v360job_add_input(job, &args, range, 0);
    if (ret >= 0) {
        v360job_add(&args, "-map");
        v360job_addf(&args, "0:%d", job->source.stream);
        v360job_add(&args, "-vf");
        v360job_addf(&args, "%s%s%s%sscale='min(iw,1920)':-2,blurdetect,"
                     "metadata=print:key=lavfi.blur:file=-", range->filter,
                     job->graph.rate, range->slots, job->graph.fetch);
        v360job_add_all(&args, "-f", "null", "-", NULL);
        ret = v360job_ffmpeg(job, &args, &run);
        if (ret)
            ret = v360job_tell_run(job, &run, ret);
        v360job_free_run(&run);
    }
    v360job_free_texts(&args);
    return ret;
}

int v360job_find_sharpest(V360Job *job, const V360JobRange *range)
{
    Choice choice = { 0 };
    AVBPrint text;
    int ret = job->options.sharpest ? is_known(job) : 1;

    if (ret)
        return ret < 0 ? ret : 0;
    v360job_say("looking for the sharpest of %d frames each",
                job->options.sharpest);
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = analyse(job, range, &text);
    if (ret >= 0 && (!av_bprint_is_complete(&text) ||
                     parse(&choice, text.str, job->options.sharpest,
                           job->source.is_list) < 0))
        ret = v360job_cannot("cannot look at", job->source.name,
                             AVERROR(ENOMEM));
    av_bprint_finalize(&text, NULL);
    if (ret >= 0 && !choice.nb)
        ret = v360job_no_frame();
    if (ret >= 0)
        ret = store(job, &choice);
    av_free(choice.frame);
    av_free(choice.blur);
    return ret;
}

/** Take the pictures whose numbers the file sharpest has, each once. */
static int select_sharpest(V360Job *job)
{
    int64_t next = 0;
    int ret = 0;
    char *text = v360job_read(&job->folder, "sharpest", &ret), *save = NULL;
    char *line = text ? av_strtok(text, "\n", &save) : NULL;

    for (; line; line = av_strtok(NULL, "\n", &save)) {
        const long long i = strlen(line) < 10 ? strtoll(line, NULL, 10) : -1;

        if (i < next || i >= job->frames.all.nb)
            continue;
        v360job_add(&job->source.files, job->frames.all.text[i]);
        next = i + 1;
    }
    av_free(text);
    return ret;
}

int v360job_select_pictures(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    V360JobTexts *files = &job->source.files, *all = &job->frames.all;
    int ret = 0;

    if (!job->source.is_list)
        return 0;
    if (!all->nb)
        v360job_append(all, files);
    v360job_free_texts(files);
    if (o->sharpest)
        ret = select_sharpest(job);
    for (int i = 0; !o->sharpest && i < all->nb; i += FFMAX(o->every, 1))
        v360job_add(files, all->text[i]);
    if (ret >= 0)
        ret = v360job_texts_ok(all);
    return ret < 0 ? ret : v360job_texts_ok(files);
}
