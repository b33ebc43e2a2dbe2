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
 * Which ffmpeg it is, and what every view is encoded with.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/cpu.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "job.h"

/** Copy what stands behind FROM up to the first of the characters in END. */
static char *cut(const char *text, const char *from, const char *end)
{
    const char *at = strstr(text, from);

    at = at ? at + strlen(from) : NULL;
    return at ? av_strndup(at, strcspn(at, end)) : NULL;
}

/**
 * Ask ffmpeg what it is. Version and configuration are settings, so empty ones
 * would refuse the same command afterwards.
 */
static int ask_version(V360Job *job)
{
    V360JobPrograms *p = &job->programs;
    V360JobTexts args = { 0 };
    AVBPrint text;
    int status;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360job_add(&args, "-version");
    status = v360job_ask(job, &args, &text);
    if (!status && av_bprint_is_complete(&text)) {
        p->version       = cut(text.str, "", "\n");
        p->configuration = cut(text.str, "\nconfiguration: ", "\n");
    }
    if (p->version && strstr(p->version, " Copyright"))
        *strstr(p->version, " Copyright") = 0;
    if (!status && (!p->version || !p->configuration))
        status = 1;
    if (status)
        status = status < 0 ? status :
                 v360job_error("%s does not tell its version and configuration",
                               p->ffmpeg);
    v360job_free_texts(&args);
    av_bprint_finalize(&text, NULL);
    return status;
}

/**
 * The ffmpeg beside this program, or beside the folder tools of the build that
 * this program lies in. @return NULL if there is none
 */
static char *own_ffmpeg(void)
{
    char *self = realpath("/proc/self/exe", NULL), *name = NULL;

    for (int i = 0; self && i < 2; i++) {
        char *slash = strrchr(self, '/');

        av_freep(&name);
        *(slash ? slash : self) = 0;
        name = av_asprintf("%s/ffmpeg", self);
        if (name && !access(name, X_OK))
            break;
    }
    if (name && access(name, X_OK) < 0)
        av_freep(&name);
    free(self);
    return name;
}

/**
 * Find a program as a shell does, and make its path absolute: it is run in
 * another folder. @return a path, to be freed, or NULL
 */
static char *find_program(const char *name)
{
    const char *path = getenv("PATH");
    char *cwd = getcwd(NULL, 0), *found = NULL;

    if (strchr(name, '/'))
        path = "";
    while (path && !found) {
        const int len = strcspn(path, ":");
        const int relative = *(len ? path : name) != '/';

        found = av_asprintf("%s%s%.*s%s%s", relative && cwd ? cwd : "",
                            relative ? "/" : "", len, path, len ? "/" : "",
                            name);
        if (found && access(found, X_OK) < 0 && !strchr(name, '/'))
            av_freep(&found);
        path = path[len] ? path + len + 1 : NULL;
    }
    free(cwd);
    return found;
}

int v360job_find_programs(V360Job *job)
{
    V360JobPrograms *p = &job->programs;
    const char *given = getenv("FFMPEG");
    char *own = own_ffmpeg();

    p->ffmpeg = given && *given ? find_program(given) : NULL;
    /* The variable may be meant for another program, and name another
     * FFmpeg. */
    if (given && own &&
        (!p->ffmpeg || (strcmp(p->ffmpeg, own) &&
                        v360job_has(job, "filter", "v360batch") <= 0))) {
        v360job_warn("FFMPEG=%s has no filter v360batch; using build/ffmpeg",
                     given);
        av_freep(&p->ffmpeg);
    }
    if (!p->ffmpeg)
        p->ffmpeg = own;
    else
        av_free(own);
    return p->ffmpeg ? ask_version(job) :
           v360job_error("there is no ffmpeg beside split360; build it with "
                         "configure-wrapper.sh --build");
}

static int use_x26x(V360Job *job)
{
    V360JobTexts *c = &job->graph.coding;
    const int x264 = v360job_has(job, "encoder", "libx264") > 0;

    job->options.encoder = V360JOB_CPU_ENCODER;
    if (!x264 && v360job_has(job, "encoder", "libx265") <= 0)
        return v360job_stopped ? AVERROR_EXIT :
               v360job_error("this ffmpeg was built without libx264 and "
                             "libx265");
    v360job_add_all(c, "-c:v", x264 ? "libx264" : "libx265", "-crf", NULL);
    v360job_addf(c, "%d", job->options.quality);
    if (!x264)
        v360job_add_all(c, "-tag:v", "hvc1", NULL); /* players look for it */
    return 0;
}

/**
 * libjpeg-turbo takes half of the time of FFmpeg's own encoder, and gives the
 * same bytes on every processor.
 */
static void use_jpeg(V360Job *job)
{
    V360JobTexts *c = &job->graph.coding;
    const int quality = job->options.quality;
    /* What libjpeg multiplies its tables with, in percent. FFmpeg's encoder
     * multiplies such tables with an eighth of its -q:v. */
    const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;

    if (strstr(job->programs.configuration, "--enable-libturbojpeg")) {
        v360job_add_all(c, "-c:v", "libturbojpeg", "-quality", NULL);
        v360job_addf(c, "%d", quality);
        return;
    }
    /* Fixed Huffman tables save a tenth or more of a folder's CPU time, for 2
     * to 9 % more bytes of the same pixels. */
    v360job_add_all(c, "-c:v", "mjpeg", "-huffman", "default", "-q:v", NULL);
    v360job_addf(c, "%d", av_clip((percent + 4) / 8, 1, 31));
}

/** Open as many encoders as there are views, which a driver may not allow. */
static int try_nvenc(V360Job *job, const char *name)
{
    V360JobTexts args = { 0 };
    V360JobRun run = { 0 };
    int ret;

    v360job_add_all(&args, "-f", "lavfi", "-i", NULL);
    v360job_addf(&args, "nullsrc=s=%dx%d:r=25:d=0.2",
                 job->views.w ? job->views.w : 1920,
                 job->views.h ? job->views.h : 1080);
    v360job_add_all(&args, "-pix_fmt", "yuv420p", NULL);
    for (int i = 0; i < job->views.names.nb; i++) {
        v360job_add_all(&args, "-map", "0:v", NULL);
        v360job_append(&args, &job->graph.coding);
        v360job_add_all(&args, "-f", "null", "-", NULL);
    }
    ret = v360job_ffmpeg(job, &args, &run);
    if (ret > 0 && job->options.encoder == V360JOB_NVENC) {
        char *reason = v360job_reason(&run);

        ret = v360job_error("--encoder nvenc: %s does not open for %d views: "
                            "%s", name, job->views.names.nb,
                            reason ? reason : "");
        av_free(reason);
    } else if (ret > 0) {
        char *reason = v360job_reason(&run);

        v360job_say("the CPU encodes: %s does not open for %d views: %s", name,
                    job->views.names.nb, reason ? reason : "");
        av_free(reason);
    }
    v360job_free_run(&run);
    v360job_free_texts(&args);
    return ret;
}

/**
 * NVENC's bytes depend on the GPU and its driver, so it is asked for. FFmpeg's
 * h264_nvenc takes 8 bits only. @return 1 if the CPU is to encode
 */
static int use_nvenc(V360Job *job)
{
    const int deep = job->source.format == AV_PIX_FMT_YUV420P10LE;
    const char *name = deep ? "hevc_nvenc" : "h264_nvenc";
    V360JobTexts *c = &job->graph.coding;
    int ret;

    v360job_add_all(c, "-c:v", name, "-preset", "p5", "-rc", "vbr", "-cq",
                    NULL);
    v360job_addf(c, "%d", job->options.quality);
    v360job_add_all(c, "-b:v", "0", NULL);
    if (deep)
        v360job_add_all(c, "-tag:v", "hvc1", NULL);
    ret = try_nvenc(job, name);
    if (!ret)
        job->options.encoder = V360JOB_NVENC;
    else
        v360job_free_texts(c);
    return ret;
}

/* Frames of the source go through one for one with their own time stamps. Each
 * output has its encoder in a thread of its own, so threads inside an encoder
 * only help while there are fewer views than cores. */
int v360job_choose_encoder(V360Job *job)
{
    const int views = job->views.names.nb;
    V360JobTexts *c = &job->graph.coding;
    int ret = 1;

    job->graph.threads = (av_cpu_count() + views - 1) / views;
    switch (job->options.format) {
    case V360JOB_JPG:
        use_jpeg(job);
        break;
    case V360JOB_PNG:
        /* A quarter or less of the default's CPU time, for 1 to 12 % more
         * bytes. ISA-L is faster still, but not the same from run to run. */
        v360job_add_all(c, "-c:v", "png", "-pred", "avg",
                        "-compression_level", "1", NULL);
        break;
    case V360JOB_TIF:
        /* FFmpeg deflates TIFFs without a predictor: up to twice the time of
         * such a PNG, for more bytes. Raw ones cost a tenth to a fifth. */
        v360job_add_all(c, "-c:v", "tiff", "-compression_algo", "raw", NULL);
        break;
    case V360JOB_MP4:
        if (job->options.encoder != V360JOB_CPU_ENCODER)
            ret = use_nvenc(job);
        if (ret > 0)
            ret = use_x26x(job);
        if (ret < 0)
            return ret;
    }
    return v360job_texts_ok(c);
}
