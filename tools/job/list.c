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
 * Many pictures as one source: a list, its id, and a part of it.
 */

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

static int no_memory(const V360JobSource *source)
{
    return v360job_cannot("cannot read", source->name, AVERROR(ENOMEM));
}

char *v360job_list_id(const V360JobSource *source, int64_t first, int64_t end)
{
    char hash[80], *id = NULL;
    AVBPrint text;

    /* What decides are names and contents, not the place. */
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int64_t i = first; i < end; i++)
        av_bprintf(&text, "%s\n", av_basename(source->files.text[i]));
    for (int64_t i = first; i < end; i++)
        av_bprintf(&text, "%s\n", source->ids.text[i]);
    if (av_bprint_is_complete(&text) &&
        v360job_sha256(hash, text.str, text.len) >= 0)
        id = av_asprintf("%d pictures, SHA-256 %s", (int)(end - first), hash);
    av_bprint_finalize(&text, NULL);
    return id;
}

/** Set the id of a list: of those pictures that can be read. */
static int set_list_id(V360JobSource *source, const V360JobOptions *o)
{
    V360JobTexts *files = &source->files;
    int ret = 0;

    for (int i = 0; i < files->nb && ret >= 0;) {
        char *id = v360job_source_id(files->text[i], &ret);

        if (id) {
            v360job_add(&source->ids, id);
            i++;
        } else {
            ret = v360job_stopped ? AVERROR_EXIT :
                  v360job_refuse_picture(source, o, i, av_err2str(ret));
        }
        av_free(id);
    }
    if (ret >= 0 && !source->ids.failed)
        source->id = v360job_list_id(source, 0, files->nb);
    return ret < 0 ? ret : source->id ? 0 :
           no_memory(source);
}

/** Keep the first picture, which tells of all, and those that are a part. */
static int take_part(V360JobSource *source)
{
    V360JobTexts *files = &source->files, some = { 0 };

    if (!source->part_end)
        return 0;
    source->file = av_strdup(files->text[0]);
    for (int64_t i = source->part; i < FFMIN(source->part_end, files->nb); i++)
        v360job_add(&some, files->text[i]);
    v360job_free_texts(files);
    *files = some;
    if (!source->file || some.failed)
        return no_memory(source);
    return some.nb ? 0 : v360job_error("%s has fewer pictures than it had when "
                                       "the job was planned", source->name);
}

int v360job_open_list(V360JobSource *source, const V360JobOptions *o,
                      int is_dir)
{
    const char *name = source->name, *what = NULL;
    int ret = is_dir ? v360job_list_folder(&source->files, name) :
              v360job_list_glob(&source->files, name);

    if (ret < 0)
        return ret;
    source->is_list  = 1;
    source->is_still = 1;
    v360job_leave_own_out(&source->files, o->outdir);
    if (!source->files.nb)
        return v360job_error("cannot read %s: no picture in it", name);
    if (o->fps || o->from || o->to)
        what = "--fps, --from and --to are";
    else if (o->naming != V360JOB_NUMBER)
        what = "--names pts and us are";
    else if (o->stream >= 0)
        what = "--stream is";
    if (what)
        return v360job_error("%s for videos, %s is many pictures", what, name);
    ret = take_part(source);
    if (ret >= 0)
        ret = set_list_id(source, o);
    return ret < 0 ? ret : v360job_scan_pictures(source, o);
}
