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
 * Files of a source: the video or picture in one, and its frames.
 */

#include <math.h>
#include <string.h>

#include "libavcodec/avcodec.h"
#include "libavutil/avstring.h"
#include "libavutil/dict.h"
#include "libavutil/display.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "job.h"

/** A list of other files, which nobody has named, is no source. */
static int is_playlist(const AVInputFormat *fmt)
{
    static const char *const names[] = {
        "concat", "concatf", "dash", "hls", "imf", "webm_dash_manifest",
    };

    for (size_t i = 0; i < FF_ARRAY_ELEMS(names); i++)
        if (av_match_name(names[i], fmt->name))
            return 1;
    return 0;
}

/**
 * Find a file's format by its content and, of its name, the ending only: the
 * rest may be a pattern to libavformat.
 */
static int find_format(const AVInputFormat **fmt, const char *url)
{
    const char *ext = strrchr(url, '.');
    char *name = av_asprintf("name%s", ext && !strchr(ext, '/') ? ext : "");
    AVIOContext *pb = NULL;
    int ret = name ? avio_open2(&pb, url, AVIO_FLAG_READ, NULL, NULL) :
              AVERROR(ENOMEM);

    if (ret >= 0)
        ret = av_probe_input_buffer2(pb, fmt, name, NULL, 0, 0);
    avio_closep(&pb);
    av_free(name);
    if (ret >= 0 && is_playlist(*fmt))
        ret = AVERROR_DEMUXER_NOT_FOUND;
    return ret;
}

static int open_file(AVFormatContext **ctx, const char *path)
{
    /* A name with a colon is not one of a protocol. */
    char *url = av_asprintf("file:%s", path);
    const AVInputFormat *fmt = NULL;
    AVDictionary *options = NULL;
    int ret = url ? find_format(&fmt, url) : AVERROR(ENOMEM);

    if (ret >= 0)
        ret = av_dict_set(&options, "protocol_whitelist", "file", 0);
    if (ret >= 0)
        ret = av_dict_set(&options, "pattern_type", "none", 0);
    if (ret >= 0)
        ret = avformat_open_input(ctx, url, fmt, &options);
    if (ret >= 0)
        ret = avformat_find_stream_info(*ctx, NULL);
    /* Demuxers take a file that cannot be read for one that ends. */
    if (ret >= 0 && (*ctx)->pb && (*ctx)->pb->error < 0)
        ret = (*ctx)->pb->error;
    av_dict_free(&options);
    av_free(url);
    return ret;
}

int v360job_is_video(const AVStream *st)
{
    const int other = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_DEPENDENT;

    return st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           !(st->disposition & other);
}

/**
 * @return whether a stream may be taken; a part of a picture only as the last
 * resort
 */
static int is_eligible(const AVStream *st, int last_resort)
{
    return v360job_is_video(st) ||
           (last_resort && st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
            !(st->disposition & AV_DISPOSITION_ATTACHED_PIC));
}

/**
 * A HEIF of one tile has only a stream that is a part of a picture: all of it.
 *
 * @return the video of an index, or else the first of the largest, or NULL
 */
static AVStream *choose(const AVFormatContext *ctx, int index)
{
    AVStream *best = NULL;
    int64_t most = -1;

    for (unsigned i = 0; i < 2 * ctx->nb_streams; i++) {
        const unsigned at = i % ctx->nb_streams;
        const AVCodecParameters *par = ctx->streams[at]->codecpar;
        const int64_t size = (int64_t)par->width * par->height;

        if (i == ctx->nb_streams && best)
            break;
        if (!is_eligible(ctx->streams[at], i >= ctx->nb_streams) ||
            (index >= 0 ? at != index : size <= most))
            continue;
        best = ctx->streams[at];
        most = size;
    }
    return best;
}

int v360job_is_picture(const AVFormatContext *ctx)
{
    /* The brands of HEIF; those of a sequence of pictures are others. */
    static const char brands[] = "avif,heic,heix,heim,heis,mif1,jpeg";
    const AVDictionaryEntry *brand =
        av_dict_get(ctx->metadata, "major_brand", NULL, 0);

    return !strcmp(ctx->iformat->name, "image2") ||
           strstr(ctx->iformat->name, "_pipe") ||
           (brand && av_match_name("mp4", ctx->iformat->name) &&
            av_match_name(brand->value, brands));
}

/**
 * Have a TIFF decoded strictly only when its tags are read, and a buffer is
 * asked for: a tag that the decoder does not know is no damage.
 */
static int get_buffer(AVCodecContext *codec, AVFrame *frame, int flags)
{
    codec->err_recognition |= AV_EF_EXPLODE;
    return avcodec_default_get_buffer2(codec, frame, flags);
}

static void be_strict(AVCodecContext *codec)
{
    codec->err_recognition |= AV_EF_EXPLODE | AV_EF_CRCCHECK |
                              AV_EF_BITSTREAM | AV_EF_BUFFER;
    /* The decoder of HEVC sums up the errors of its threads, others do not. */
    if (codec->codec_id != AV_CODEC_ID_HEVC)
        codec->thread_count = 1;
    if (codec->codec_id == AV_CODEC_ID_TIFF) {
        codec->err_recognition &= ~AV_EF_EXPLODE;
        codec->get_buffer2      = get_buffer;
    }
}

/** @return the decoder, for JPEG the one of lists, or NULL */
static const AVCodec *find_decoder(const V360JobStream *s)
{
    const enum AVCodecID id = s->st->codecpar->codec_id;
    const AVCodec *decoder = NULL;

    if (id == AV_CODEC_ID_MJPEG && v360job_is_picture(s->ctx))
        decoder = avcodec_find_decoder_by_name("mjpeg_pictures");
    return decoder ? decoder : avcodec_find_decoder(id);
}

static int open_decoder(V360JobStream *s, int strict)
{
    const AVCodec *decoder = find_decoder(s);
    AVDictionary *options = NULL;
    int ret;

    if (!decoder)
        return AVERROR_DECODER_NOT_FOUND;
    s->codec = avcodec_alloc_context3(decoder);
    s->pkt   = av_packet_alloc();
    s->frame = av_frame_alloc();
    if (!s->codec || !s->pkt || !s->frame)
        return AVERROR(ENOMEM);
    ret = avcodec_parameters_to_context(s->codec, s->st->codecpar);
    /* libdav1d's own threads would decode frames ahead, too. */
    if (ret >= 0)
        ret = av_dict_set(&options, "max_frame_delay", "1", 0);
    if (ret < 0)
        return ret;
    s->codec->pkt_timebase = s->st->time_base;
    /* That there is film grain is all that counts here. */
    s->codec->export_side_data = AV_CODEC_EXPORT_DATA_FILM_GRAIN;
    s->codec->thread_type  = FF_THREAD_SLICE;
    s->codec->thread_count = v360job_is_picture(s->ctx) ? 1 : 0;
    if (strict)
        be_strict(s->codec);
    ret = avcodec_open2(s->codec, decoder, &options);
    av_dict_free(&options);
    return ret;
}

int v360job_open_stream(V360JobStream *s, const char *path, int stream,
                        int strict)
{
    int ret;

    *s = (V360JobStream){ .bad_pts  = AV_NOPTS_VALUE,
                          .last_dts = AV_NOPTS_VALUE };
    ret = open_file(&s->ctx, path);
    if (ret < 0)
        return ret;
    s->st = choose(s->ctx, stream);
    if (!s->st)
        return AVERROR_STREAM_NOT_FOUND;
    for (unsigned i = 0; i < s->ctx->nb_streams; i++)
        if (s->ctx->streams[i] != s->st)
            s->ctx->streams[i]->discard = AVDISCARD_ALL;
    return open_decoder(s, strict);
}

int64_t v360job_start(const V360JobStream *s)
{
    const int64_t start = s->ctx->start_time;

    if (start == AV_NOPTS_VALUE)
        return 0;
    if (!(s->ctx->iformat->flags & AVFMT_TS_DISCONT) ||
        s->st->start_time == AV_NOPTS_VALUE)
        return start;
    return FFMAX(start, av_rescale_q(s->st->start_time, s->st->time_base,
                                     AV_TIME_BASE_Q));
}

void v360job_close_stream(V360JobStream *s)
{
    avcodec_free_context(&s->codec);
    avformat_close_input(&s->ctx);
    av_packet_free(&s->pkt);
    av_frame_free(&s->frame);
    s->st = NULL;
}

static int fail(V360JobStream *s, int64_t pts, int err)
{
    s->bad_pts = pts;
    return err;
}

/** Send the next packet of the video to the decoder, or the end. */
static int send_packet(V360JobStream *s)
{
    int ret;

    do {
        av_packet_unref(s->pkt);
        ret = av_read_frame(s->ctx, s->pkt);
    } while (ret >= 0 && s->pkt->stream_index != s->st->index);
    if (ret == AVERROR_EOF && s->ctx->pb && s->ctx->pb->error < 0)
        ret = s->ctx->pb->error;
    if (ret < 0) {
        const int sent = avcodec_send_packet(s->codec, NULL);

        s->ended = 1;
        return ret != AVERROR_EOF ? fail(s, AV_NOPTS_VALUE, ret) :
               sent < 0 && sent != AVERROR_EOF ?
               fail(s, AV_NOPTS_VALUE, sent) : 0;
    }
    if (s->pkt->dts != AV_NOPTS_VALUE)
        s->last_dts = s->pkt->dts;
    ret = avcodec_send_packet(s->codec, s->pkt);
    if (ret >= 0 && (s->pkt->flags & AV_PKT_FLAG_CORRUPT))
        ret = AVERROR_INVALIDDATA;
    return ret < 0 ? fail(s, s->pkt->pts, ret) : 0;
}

int v360job_next_frame(V360JobStream *s)
{
    AVFrame *frame = s->frame;
    int ret;

    while ((ret = avcodec_receive_frame(s->codec, frame)) == AVERROR(EAGAIN)) {
        ret = send_packet(s);
        if (ret < 0)
            return ret;
    }
    if (ret == AVERROR_EOF)
        return ret;
    if (ret < 0)
        return fail(s, s->ended ? AV_NOPTS_VALUE : s->pkt->pts, ret);
    frame->pts = frame->best_effort_timestamp; /* as in ffmpeg */
    if ((frame->flags & AV_FRAME_FLAG_CORRUPT) || frame->decode_error_flags)
        return fail(s, frame->pts, AVERROR_INVALIDDATA);
    return 0;
}

int v360job_first_frame(V360JobStream *s)
{
    int ret, first = AVERROR_EOF;

    do {
        ret = v360job_next_frame(s);
        if (s->frame->buf[0])
            return 0;
        if (first == AVERROR_EOF)
            first = ret;
    } while (ret != AVERROR_EOF && ret != AVERROR(ENOSYS) &&
             ret != AVERROR(ENOMEM) && !v360job_stopped);
    return v360job_stopped ? AVERROR_EXIT : first;
}

const char *v360job_why_bad(const char *path, char *buf, size_t size)
{
    V360JobStream s;
    const char *why = NULL;
    int ret;

    v360job_kept_log();
    ret = v360job_open_stream(&s, path, -1, 1);
    if (ret >= 0)
        ret = v360job_next_frame(&s);
    if (ret == AVERROR_EOF) {
        why = "it has no frame";
    } else if (ret < 0) {
        const char *log = v360job_kept_log();

        av_strlcpy(buf, *log ? log : av_err2str(ret), size);
        why = buf;
    }
    v360job_close_stream(&s);
    return why;
}

int v360job_rotation(const AVFrame *frame, const AVStream *st)
{
    const AVFrameSideData *own = frame ?
        av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX) : NULL;
    const AVPacketSideData *common =
        av_packet_side_data_get(st->codecpar->coded_side_data,
                                st->codecpar->nb_coded_side_data,
                                AV_PKT_DATA_DISPLAYMATRIX);
    const int32_t *matrix = (const int32_t *)
        (own ? own->data : common ? common->data : NULL);
    const double angle = matrix ? av_display_rotation_get(matrix) : 0;
    const int degrees = isnan(angle) ? 0 : lrint(angle);

    if (degrees == 0)
        return matrix && matrix[4] < 0 ? V360JOB_MIRRORED : 0;
    return degrees == -180 ? 180 : degrees;
}
