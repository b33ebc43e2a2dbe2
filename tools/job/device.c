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
 * The filter on an NVIDIA GPU: where frames are decoded, how they come there
 * and back. Settings and manifest keep the CPU's filter, for the bytes are the
 * same.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavutil/pixdesc.h"
#include "job.h"

/** What is found out, in the order of the questions. */
typedef struct Way {
    const char *surface;    ///< NVDEC's frames; NULL: the CPU decodes
    const char *views;      ///< format of views that the GPU encodes, or NULL
    int jpeg;               ///< they become JPEGs there
    char reason[256];       ///< why not, for people
} Way;

static const char *const device[] = {
    "-init_hw_device", "cuda=gpu", "-filter_hw_device", "gpu", NULL,
};
static const char *const nvdec[] = {
    "-hwaccel", "cuda", "-hwaccel_device", "gpu", "-hwaccel_output_format",
    "cuda", NULL,
};

static void add(V360JobTexts *list, const char *const *texts)
{
    while (*texts)
        v360job_add(list, *texts++);
}

/**
 * @return 1 if a run of ffmpeg with these arguments, up to a NULL, ends well;
 *          its reason otherwise goes to WHY
 */
static int works(V360Job *job, V360JobTexts *args, char *why, size_t size)
{
    V360JobRun run = { 0 };
    const int ret = v360job_ffmpeg(job, args, &run);
    char *reason = v360job_reason(&run);

    if (ret)
        av_strlcpy(why, reason ? reason : "it does not say why", size);
    av_free(reason);
    v360job_free_run(&run);
    v360job_free_texts(args);
    return ret == AVERROR_EXIT ? ret : !ret;
}

/**
 * Choose the format of views that the GPU encodes: what they are converted to,
 * see colour.c, or what the source is. All other views come back in the format
 * that the CPU's filter would give them.
 */
static void find_format(const V360Job *job, Way *way)
{
    const V360JobGraph *g = &job->graph;

    if (way->jpeg)
        way->views = v360job_jpeg_format(job);
    if (job->options.encoder != V360JOB_NVENC)
        return;
    way->views = *g->after                                     ? "yuv420p" :
                 way->surface && !*g->before                   ? way->surface :
                 job->source.format == AV_PIX_FMT_YUV420P10LE  ? "p010"
                                                               : "yuv420p";
}

static int opens(V360Job *job, Way *way)
{
    V360JobTexts args = { 0 };
    int ret = v360job_has(job, "filter", "v360batch_cuda");
    char why[128];

    if (ret <= 0) {
        av_strlcpy(way->reason, "this ffmpeg was built without CUDA filters",
                   sizeof(way->reason));
        return ret;
    }
    add(&args, device);
    v360job_add_all(&args, "-f", "lavfi", "-i", "nullsrc=s=64x64:d=0.04",
                    "-vf", "format=nv12,hwupload", "-f", "null", "-", NULL);
    ret = works(job, &args, why, sizeof(why));
    if (!ret)
        av_strlcpy(way->reason, "no CUDA device opens", sizeof(way->reason));
    return ret;
}

/**
 * @return NVDEC's format for one of the source that loses no chroma, or NULL
 */
static const char *surface_of(enum AVPixelFormat format)
{
    switch (format) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:    return "nv12";
    case AV_PIX_FMT_YUV420P10LE: return "p010";
    case AV_PIX_FMT_YUV420P12LE: return "p012";
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:    return "yuv444p";
    default:                     return NULL;
    }
}

/**
 * @return why NVDEC cannot give the very samples that the CPU would, of codecs
 *          whose decoding is defined to the bit; NULL if it may
 */
static const char *no_nvdec(const V360JobSource *s, char buf[128])
{
    if (s->is_list)
        return "many pictures";
    if (s->h & 1)
        return "an odd height";
    /* ffmpeg turns no frames that lie in the device's memory. */
    if (s->rotation)
        return "it is turned by its metadata";
    if (s->film_grain)
        return "film grain, which each decoder adds in its own way";
    if (s->codec != AV_CODEC_ID_H264 && s->codec != AV_CODEC_ID_HEVC &&
        s->codec != AV_CODEC_ID_VP8 && s->codec != AV_CODEC_ID_VP9 &&
        s->codec != AV_CODEC_ID_AV1) {
        snprintf(buf, 128, "not all decoders of %s give the same bytes",
                 avcodec_get_name(s->codec));
        return buf;
    }
    if (!surface_of(s->format)) {
        snprintf(buf, 128, "NVDEC gives no frames like %s",
                 av_get_pix_fmt_name(s->format));
        return buf;
    }
    return NULL;
}

/**
 * Decode a frame to see that it comes in the device's memory. FFmpeg copies
 * pictures out of NVDEC, so a batch takes none of its surfaces.
 */
static int find_nvdec(V360Job *job, Way *way)
{
    const V360JobSource *s = &job->source;
    char buf[128];
    const char *why = no_nvdec(s, buf);
    V360JobTexts args = { 0 };
    int ret;

    if (why) {
        av_strlcpy(way->reason, why, sizeof(way->reason));
        return 0;
    }
    add(&args, device);
    add(&args, nvdec);
    v360job_add_all(&args, "-i", s->file, "-map", NULL);
    v360job_addf(&args, "0:%d", s->stream);
    v360job_add_all(&args, "-frames:v", "1", "-vf", NULL);
    v360job_addf(&args, "hwdownload,format=%s", surface_of(s->format));
    v360job_add_all(&args, "-f", "null", "-", NULL);
    av_strlcpy(way->reason, "NVDEC: ", sizeof(way->reason));
    ret = works(job, &args, way->reason + 7, sizeof(way->reason) - 7);
    if (ret > 0)
        way->surface = surface_of(s->format);
    return ret;
}

/**
 * See whether the GPU makes the JPEGs that libturbojpeg does, as many at once as
 * there are views: the bytes are the same. If not, the CPU does.
 *
 * @return < 0 if the job is to end
 */
static int find_jpeg(V360Job *job, Way *way)
{
    const V360JobTexts *c = &job->graph.coding;
    V360JobTexts args = { 0 };
    char why[128];
    int ret;

    if (c->nb < 2 || strcmp(c->text[1], "libturbojpeg"))
        return 0;
    ret = v360job_has(job, "encoder", "mjpeg_cuda");
    if (ret <= 0)
        return ret;
    add(&args, device);
    v360job_add_all(&args, "-f", "lavfi", "-i", NULL);
    v360job_addf(&args, "nullsrc=s=%dx%d:r=25:d=0.04",
                 job->views.w ? job->views.w : 1920,
                 job->views.h ? job->views.h : 1080);
    for (int i = 0; i < job->views.names.nb; i++) {
        v360job_add_all(&args, "-map", "0:v", "-vf", NULL);
        v360job_addf(&args, "setrange=pc,format=%s,hwupload",
                     v360job_jpeg_format(job));
        v360job_add_all(&args, "-c:v", "mjpeg_cuda", "-f", "null", "-", NULL);
    }
    ret = works(job, &args, why, sizeof(why));
    way->jpeg = ret > 0;
    if (!ret)
        v360job_say("the CPU encodes: mjpeg_cuda does not open: %s", why);
    return ret;
}

/** Print what is done with a view of the device before it is encoded. */
static void print_chain(AVBPrint *text, const V360Job *job, const Way *way)
{
    const char *colours = strchr(job->graph.after, ':');

    if (way->views)
        av_bprintf(text, "format=pix_fmts=cuda%s", colours ? colours : "");
    else if (*job->graph.after)
        av_bprintf(text, "%s", job->graph.after);
    else
        av_bprintf(text, "format=pix_fmts=%s",
                   av_get_pix_fmt_name(job->source.format));
}

/** Write the filter as it runs on the device. */
static int write_graph(V360Job *job, const Way *way)
{
    V360JobGraph *g = &job->graph;
    const char *back = av_get_pix_fmt_name(job->source.format);
    AVBPrint text, chain, filter;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&chain, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&filter, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprintf(&filter, "v360batch_cuda=%s%s%s%s",
               g->batch + strlen("v360batch="), g->means, g->exif, g->colours);
    if (way->views)
        av_bprintf(&filter, ":format=%s", way->views);
    print_chain(&chain, job, way);
    if (av_bprint_is_complete(&filter) && av_bprint_is_complete(&chain))
        v360job_print_views(&text, job, filter.str, chain.str);
    av_bprint_finalize(&filter, NULL);
    av_bprint_finalize(&chain, NULL);
    g->uses_cuda = 1;
    av_freep(&g->fetch);
    g->fetch = way->surface ? av_asprintf("hwdownload,format=%s,format=%s,",
                                          way->surface, back) : av_strdup("");
    return v360job_finish(&text, &g->run_batch) < 0 || !g->fetch ||
           !*g->run_batch ?
           v360job_cannot("cannot split", job->source.name, AVERROR(ENOMEM)) :
           0;
}

static void say_way(const V360Job *job, const Way *way)
{
    const char *last = way->jpeg ? ", views become JPEGs there" :
                       job->options.encoder == V360JOB_NVENC ?
                       ", NVENC encodes the views" : ", views are downloaded";

    if (!way->surface)
        v360job_say("on the GPU: the CPU decodes (%s), frames are uploaded%s",
                    way->reason, last);
    else if (*job->graph.before)
        v360job_say("on the GPU: NVDEC decodes, frames come back for what "
                    "comes first and are uploaded%s", last);
    else
        v360job_say("on the GPU: NVDEC decodes, frames stay there as %s%s",
                    way->surface, last);
}

/** Let the encoder of the device run, where it makes the files of the CPU's. */
static int choose_coding(V360Job *job, const Way *way)
{
    const V360JobTexts *c = &job->graph.coding;
    V360JobTexts *run = &job->graph.run_coding;

    for (int i = 0; i < c->nb; i++)
        v360job_add(run, way->jpeg && i == 1 ? "mjpeg_cuda" : c->text[i]);
    return v360job_texts_ok(run);
}

/** Write the filter as it runs on the CPU. */
static int write_cpu_graph(V360Job *job)
{
    V360JobGraph *g = &job->graph;
    char *filter = av_asprintf("%s%s%s%s", g->batch, g->means, g->exif,
                               g->colours);
    AVBPrint text;
    int ret = AVERROR(ENOMEM);

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (filter) {
        v360job_print_views(&text, job, filter, g->after);
        ret = v360job_finish(&text, &g->run_batch);
    }
    av_free(filter);
    return ret < 0 ? v360job_cannot("cannot split", job->source.name, ret) :
           choose_coding(job, &(Way){ 0 });
}

/** The filter of the CPU. */
static int use_cpu(V360Job *job, const char *reason)
{
    v360job_say("on the CPU: %s%s", reason, job->options.encoder ==
                V360JOB_NVENC ? ", NVENC encodes the views" : "");
    return write_cpu_graph(job);
}

static int gpu_opens(V360Job *job, int number, char *why, size_t size)
{
    V360JobTexts args = { 0 };

    v360job_add(&args, "-init_hw_device");
    v360job_addf(&args, "cuda=gpu:%d", number);
    v360job_add_all(&args, "-f", "lavfi", "-i", "nullsrc=s=64x64:d=0.04", "-f",
                    "null", "-", NULL);
    return works(job, &args, why, size);
}

int v360job_find_gpus(V360Job *job)
{
    V360JobOptions *o = &job->options;
    char why[128] = "this ffmpeg was built without CUDA filters";
    int ret = v360job_has(job, "filter", "v360batch_cuda"), n = 0;

    while (ret > 0 && !o->nb_gpus && n < V360JOB_MAX_GPUS) {
        ret = gpu_opens(job, n, why, sizeof(why));
        n  += ret > 0;
    }
    if (ret < 0)
        return ret;
    if (!o->nb_gpus)
        o->nb_gpus = n;
    if (!o->nb_gpus)
        return v360job_error("--gpus %s: no CUDA device opens: %s", o->gpus,
                             why);
    if (o->shards == o->gpus)
        o->nb_shards = o->nb_gpus;
    return 0;
}

int v360job_choose_device(V360Job *job)
{
    const enum V360JobDevice asked = job->options.device;
    Way way = { 0 };
    int ret;

    if (asked == V360JOB_CPU)
        return use_cpu(job, "--device cpu");
    ret = opens(job, &way);
    if (ret > 0 && (ret = find_nvdec(job, &way)) >= 0 &&
        (ret = find_jpeg(job, &way)) >= 0) {
        find_format(job, &way);
        ret = 1;
    }
    if (ret < 0)
        return ret;
    if (!ret)
        return asked == V360JOB_CUDA ?
               v360job_error("--device cuda: %s", way.reason) :
               use_cpu(job, way.reason);
    add(&job->graph.input, device);
    if (way.surface)
        add(&job->graph.input, nvdec);
    ret = write_graph(job, &way);
    if (ret >= 0)
        ret = choose_coding(job, &way);
    if (ret >= 0)
        say_way(job, &way);
    return ret;
}
