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
 * The source of a job: which files it is, the video that is taken, and the
 * first frame of it, as the filter gets it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libavcodec/avcodec.h"
#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/parseutils.h"
#include "job.h"

static int cannot_read(const char *path, int err)
{
    return v360job_stopped ? AVERROR_EXIT :
           v360job_cannot("cannot read", path, err < 0 ? err : AVERROR(ENOMEM));
}

/**
 * Find out whether INPUT is a file, a folder or a glob: what is there is not a
 * glob, whatever its name.
 */
static int find_files(V360JobSource *source, const V360JobOptions *o)
{
    struct stat st;
    int ret;

    source->name = o->input;
    if (stat(o->input, &st) < 0) {
        ret = AVERROR(errno);
        if (strpbrk(o->input, "*?[]"))
            return v360job_open_list(source, o, 0);
        return ret == AVERROR(ENOENT) ?
               v360job_error("no such file: %s", o->input) :
               v360job_cannot("cannot read", o->input, ret);
    }
    if (S_ISDIR(st.st_mode))
        return v360job_open_list(source, o, 1);
    if (!S_ISREG(st.st_mode))
        return v360job_error("cannot read %s: neither a file nor a folder",
                             o->input);
    source->id = v360job_source_id(o->input, &ret);
    return source->id ? 0 : cannot_read(o->input, ret);
}

/** @return whether width and height change places */
static int is_sideways(int rotation)
{
    return abs(rotation) % 180 == 90;
}

/** List the videos of a file, with the sizes that they are shown in. */
static void list_videos(AVBPrint *list, V360JobSource *source,
                        const V360JobStream *s)
{
    for (unsigned i = 0; s->ctx && i < s->ctx->nb_streams; i++) {
        const AVStream *st = s->ctx->streams[i];
        const AVCodecParameters *par = st->codecpar;
        const int turned = is_sideways(v360job_rotation(NULL, st));

        source->nb_streams += !(st->disposition & AV_DISPOSITION_ATTACHED_PIC);
        if (!v360job_is_video(st) ||
            (st != s->st && (par->width <= 0 || par->height <= 0)))
            continue;
        av_bprintf(list, "%s%u: %s %dx%d", source->nb_videos++ ? ", " : "", i,
                   avcodec_get_name(par->codec_id),
                   turned ? par->height : par->width,
                   turned ? par->width : par->height);
    }
}

/** Tell why the file cannot be used, or which of its videos is. */
static int check_stream(V360JobSource *source, const V360JobOptions *o,
                        const V360JobStream *s, int err)
{
    const char *log = v360job_kept_log();
    const char *why;
    char buf[256];
    AVBPrint list;
    int ret = 0;

    av_bprint_init(&list, 0, AV_BPRINT_SIZE_AUTOMATIC);
    list_videos(&list, source, s);
    why = v360job_why_unreadable(s, source->file, err, buf, sizeof(buf));
    if (err == AVERROR_STREAM_NOT_FOUND && o->stream >= 0 && source->nb_videos)
        ret = v360job_error("--stream %d: %s has the videos %s", o->stream,
                            source->file, list.str);
    else if (err == AVERROR_STREAM_NOT_FOUND && why != buf)
        ret = v360job_error("no video stream in %s", source->file);
    else if (err < 0 && !s->ctx)
        ret = v360job_error("cannot read %s as a video or picture: %s",
                            source->file,
                            err == AVERROR_INVALIDDATA && *log ? log : why);
    else if (why)
        ret = v360job_error("cannot read %s: %s", source->file, why);
    else if (source->nb_videos > 1 && o->stream < 0 && !source->is_still)
        v360job_warn("%s has %d videos (%s): number %d is taken", source->file,
                     source->nb_videos, list.str, s->st->index);
    av_bprint_finalize(&list, NULL);
    return ret;
}

/**
 * Count the frames of an MP4 that are shown, and how long they last, by its
 * index. It has every frame, also those that an edit list hides; the indices of
 * other formats lack frames.
 */
static void count_frames(V360JobSource *source, const V360JobStream *s)
{
    const int n = avformat_index_get_entries_count(s->st);
    int64_t first = 0, last = 0, shown = 0;

    /* The index of a fragmented file, whose header has no frames, is spread. */
    if (!av_match_name("mp4", s->ctx->iformat->name) || s->st->nb_frames <= 0)
        return;
    for (int i = 0; i < n; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(s->st, i);

        if (entry->flags & AVINDEX_DISCARD_FRAME)
            continue;
        if (!shown++)
            first = entry->timestamp;
        last = entry->timestamp;
    }
    source->nb_frames = shown;
    if (shown > 1)
        source->duration_us = av_rescale(
            av_rescale_q(last - first, s->st->time_base, AV_TIME_BASE_Q),
            shown, shown - 1);
}

static void describe_video(V360JobSource *source, const V360JobStream *s)
{
    const AVStream *st = s->st;
    const AVDictionaryEntry *tag =
        av_dict_get(st->metadata, "DURATION", NULL, 0);

    source->stream     = st->index;
    source->codec      = st->codecpar->codec_id;
    source->time_base  = st->time_base;
    source->frame_rate = st->avg_frame_rate.num > 0 ? st->avg_frame_rate :
                         (AVRational){ 0, 1 };
    source->start_us   = v360job_start(s);
    count_frames(source, s);
    if (source->duration_us > 0)
        return;
    if (st->duration > 0)
        source->duration_us = av_rescale_q(st->duration, st->time_base,
                                           AV_TIME_BASE_Q);
    else if (tag)
        av_parse_time(&source->duration_us, tag->value, 1);
    else if (source->nb_streams == 1) /* else it may be the sound's */
        source->duration_us = s->ctx->duration;
    source->duration_us = FFMAX(source->duration_us, 0);
}

static void describe_frame(V360JobSource *source, const V360JobStream *s)
{
    const AVFrame *f = s->frame;
    const AVRational aspect =
        av_guess_sample_aspect_ratio(s->ctx, s->st, s->frame);

    source->rotation   = v360job_rotation(f, s->st);
    source->film_grain =
        !!av_frame_get_side_data(f, AV_FRAME_DATA_FILM_GRAIN_PARAMS);
    source->w        = f->width;
    source->h        = f->height;
    source->format   = f->format;
    source->range    = f->color_range;
    source->matrix   = f->colorspace;
    source->transfer = f->color_trc;
    source->chroma   = f->chroma_location;
    source->aspect   = aspect.num > 0 && aspect.den > 0 ? aspect :
                       (AVRational){ 1, 1 };
    if (!is_sideways(source->rotation))
        return;
    FFSWAP(int, source->w, source->h);
    source->aspect = av_inv_q(source->aspect);
}

/**
 * Describe the frame by the file's header, where only a GPU can decode it.
 *
 * @return whether that is so
 */
static int have_gpu_decode(V360JobStream *s, const V360JobOptions *o)
{
    const AVCodecParameters *par = s->st->codecpar;
    AVBufferRef *device = NULL;

    if (o->device == V360JOB_CPU || v360job_is_picture(s->ctx) ||
        par->width <= 0 || par->height <= 0 || par->format < 0 ||
        av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, NULL, NULL,
                               0) < 0)
        return 0;
    av_buffer_unref(&device);
    s->frame->width               = par->width;
    s->frame->height              = par->height;
    s->frame->format              = par->format;
    s->frame->color_range         = par->color_range;
    s->frame->colorspace          = par->color_space;
    s->frame->color_trc           = par->color_trc;
    s->frame->chroma_location     = par->chroma_location;
    s->frame->sample_aspect_ratio = par->sample_aspect_ratio;
    return 1;
}

/** Decode the first frame. @return 1 if a picture was left out instead */
static int decode_frame(V360JobSource *source, const V360JobOptions *o,
                        V360JobStream *s)
{
    const char *log, *why;
    char buf[256];
    int ret = v360job_first_frame(s);

    /* FFmpeg's own decoder of AV1 only drives that of a GPU. */
    if (ret >= 0 || (ret == AVERROR(ENOSYS) && have_gpu_decode(s, o)))
        return 0;
    if (ret == AVERROR_EXIT || ret == AVERROR(ENOMEM))
        return cannot_read(source->file, ret);
    log = v360job_kept_log();
    if (ret == AVERROR(ENOSYS)) {
        why = v360job_why_unreadable(s, source->file,
                                     AVERROR_DECODER_NOT_FOUND, buf,
                                     sizeof(buf));
        return v360job_error("cannot read %s: %s", source->file, why);
    }
    if (!source->is_list)
        return v360job_error("cannot decode %s: %s", source->file,
                             *log ? log : av_err2str(ret));
    if (!o->keep_going)
        return v360job_error("cannot decode %s; --keep-going leaves it out",
                             source->file);
    ret = v360job_leave_out(source, 0, "cannot be decoded");
    return ret < 0 ? ret : source->files.nb ? 1 :
           v360job_error("cannot decode any picture of %s", source->name);
}

/** Find out all that there is to know of source->file. */
static int look(V360JobSource *source, const V360JobOptions *o)
{
    V360JobStream s;
    int ret;

    source->nb_streams = source->nb_videos = 0;
    v360job_kept_log();
    ret = v360job_open_stream(&s, source->file, o->stream, 0);
    if (s.ctx)
        source->is_still = v360job_is_picture(s.ctx);
    ret = check_stream(source, o, &s, ret);
    if (ret >= 0)
        ret = decode_frame(source, o, &s);
    if (!ret) {
        describe_video(source, &s);
        describe_frame(source, &s);
        ret = v360job_read_tags(&source->tags, &s, source->file);
    }
    if (!ret)
        ret = v360job_find_lens(source, o, &s);
    v360job_close_stream(&s);
    return ret;
}

int v360job_open_source(V360JobSource *source, const V360JobOptions *o)
{
    int ret = find_files(source, o);

    while (ret >= 0) {
        if (!source->part_end) {
            av_freep(&source->file);
            source->file = av_strdup(source->is_list ? source->files.text[0] :
                                     o->input);
        }
        ret = source->file ? look(source, o) :
              cannot_read(o->input, AVERROR(ENOMEM));
        if (!ret)
            return 0;
    }
    return ret;
}

void v360job_free_source(V360JobSource *source)
{
    av_freep(&source->id);
    av_freep(&source->file);
    v360job_free_texts(&source->files);
    v360job_free_texts(&source->ids);
    v360job_free_texts(&source->skipped);
    v360job_free_texts(&source->tags);
}
