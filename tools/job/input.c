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
 * ffmpeg's input: a file, or a list of pictures. A name of the user's reaches
 * ffmpeg as an argument or in a list, never as a pattern or in a filtergraph.
 */

#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "frames.h"

void v360job_add_strict(V360JobTexts *args)
{
    v360job_add_all(args, "-xerror", "-err_detect:v",
                    "crccheck+bitstream+buffer+explode", NULL);
}

void v360job_add_part(V360JobTexts *args, const V360JobRange *range)
{
    if (*range->filter)
        v360job_add(args, "-copyts");
    if (*range->filter && range->at_zero)
        v360job_add(args, "-start_at_zero");
    if (range->seek_us != AV_NOPTS_VALUE) {
        v360job_add_all(args, "-noaccurate_seek", "-seek_timestamp", "1",
                        "-ss", NULL);
        v360job_addf(args, "%lldus", (long long)range->seek_us);
    }
}

char *v360job_plain_name(const V360Job *job, const char *file,
                         const char *name, const char *special)
{
    const char *ext = strrchr(file, '.');
    char *plain, *path;
    int ret;

    if (!strpbrk(file, special)) {
        plain = av_strdup(file);
        if (!plain)
            v360job_cannot("cannot read", file, AVERROR(ENOMEM));
        return plain;
    }
    if (ext && (strchr(ext, '/') || strpbrk(ext, special)))
        ext = NULL;
    plain = av_asprintf("%s%s", name, ext ? ext : "");
    path  = plain ? v360job_work_path(&job->folder, plain) : NULL;
    ret   = path ? v360job_link(file, path) : AVERROR(ENOMEM);
    av_free(path);
    if (ret < 0) {
        v360job_cannot("cannot read", file, ret);
        av_freep(&plain);
    }
    return plain;
}

/** Write a line of the list, with the quotes that it asks for. */
static int list_picture(AVBPrint *list, const V360Job *job, const char *file,
                        int64_t i)
{
    char number[32], *name;

    snprintf(number, sizeof(number), "picture.%lld", (long long)i);
    name = v360job_plain_name(job, file, number, "\n\r");
    if (!name)
        return AVERROR(ENOMEM);
    av_bprintf(list, "file ");
    v360job_quote(list, name);
    av_bprintf(list, "\noption pattern_type none\nduration 1\n");
    av_free(name);
    return 0;
}

static int write_list(const V360Job *job, int64_t skip)
{
    const V360JobSource *source = &job->source;
    const int nb = source->is_list ? source->files.nb : 1;
    AVBPrint list;
    int ret = 0;

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&list, "ffconcat version 1.0\n");
    for (int64_t i = skip; i < nb && ret >= 0; i++)
        ret = list_picture(&list, job, source->is_list ?
                           source->files.text[i] : source->file, i);
    if (ret >= 0)
        ret = av_bprint_is_complete(&list) ?
              v360job_write(&job->folder, "list", list.str) :
              v360job_cannot("cannot write to", job->options.outdir,
                             AVERROR(ENOMEM));
    av_bprint_finalize(&list, NULL);
    return ret;
}

int v360job_add_input(V360Job *job, V360JobTexts *args,
                      const V360JobRange *range, int64_t skip)
{
    if (job->source.is_still && !job->options.print) {
        v360job_append(args, &job->graph.decoding);
        v360job_add_all(args, "-f", "concat", "-safe", "0", "-i", "list", NULL);
        return write_list(job, skip);
    }
    v360job_add_part(args, range);
    if (job->source.is_still && strpbrk(job->source.file, "%*?[{"))
        v360job_add_all(args, "-f", "image2", "-pattern_type", "none", NULL);
    v360job_add_all(args, "-i", job->source.file, NULL);
    return v360job_texts_ok(args);
}
