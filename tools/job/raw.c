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
 * Files of two lenses as they come out of a camera, which are no panoramas.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libswscale/swscale.h"
#include "job.h"

/* Width and height of each half of the picture that is searched for circles. */
#define HALF 64
/* Of a list, one of so many pictures is looked at, for decoding takes time. */
#define STEP 16

static int raw(const V360JobSource *source, const char *file, const char *what,
               const char *maker)
{
    const int w = source->w, h = source->h;
    const char *how = w == 2 * h ?
        "; --input dfisheye makes views of two ideal lenses of 180 degrees, "
        "with a seam" : w < 3 * h ?
        "; of its first video alone, --input fisheye makes views" : "";

    return v360job_error("%s is %s: make a panorama of it with %s%s", file,
                         what, maker, how);
}

/**
 * Mean of the samples near a corner of a half, between two distances from the
 * half's centre. Distance 1 is the circle that touches the sides. The samples
 * are in the same rows for all distances. Of a picture that metadata turn, x is
 * the upright axis.
 */
static double ring(const AVFrame *gray, int i, double from, double to)
{
    const int x0 = i & 1 ? HALF / 2 : 0, y0 = i & 2 ? HALF * 4 / 5 : 0;
    const int turned = gray->height > gray->width;
    const int dx = turned ? gray->linesize[0] : 1;
    const int dy = turned ? 1 : gray->linesize[0];
    const uint8_t *half = gray->data[0] + i / 4 * HALF * dx;
    double sum = 0;
    int n = 0;

    for (int y = y0; y < y0 + HALF / 5; y++) {
        for (int x = x0; x < x0 + HALF / 2; x++) {
            const double r = hypot(2 * x + 1 - HALF, 2 * y + 1 - HALF) / HALF;

            if (r < from || r >= to)
                continue;
            sum += half[y * dy + x * dx];
            n++;
        }
    }
    return sum / n;
}

/**
 * Decide whether there are two circles, dark around them. In a panorama the
 * upper rows show the zenith and the lower rows the nadir, with nearly the same
 * brightness all along. So only a picture with circles is dark outside of the
 * circles and lighter inside. The rim of a lens is dimmer than its middle, and
 * black is 16 in a video, hence the thresholds.
 */
static int are_circles(const AVFrame *gray)
{
    int dark = 0, edge = 0;

    for (int i = 0; i < 8; i++) {
        const double out = ring(gray, i, 1.1, 1.5);
        const double rim = ring(gray, i, 0.8, 0.92);

        dark += out < 32;
        edge += rim > 2 * out + 16;
    }
    return dark == 8 && edge >= 7;
}

/**
 * @return whether a frame has circles, or AVERROR(ENOMEM); it is as it was
 * decoded, not turned
 */
static int has_circles(const AVFrame *frame)
{
    SwsContext *sws = sws_alloc_context();
    AVFrame *gray = av_frame_alloc();
    int ret = AVERROR(ENOMEM);

    if (!frame->buf[0]) { /* only a GPU can decode it */
        ret = AVERROR(ENOSYS);
    } else if (sws && gray) {
        sws->flags   = SWS_AREA;
        gray->format = AV_PIX_FMT_GRAY8;
        gray->width  = frame->width < frame->height ? HALF : 2 * HALF;
        gray->height = frame->width < frame->height ? 2 * HALF : HALF;
        ret = av_frame_get_buffer(gray, 0);
    }
    if (ret >= 0)
        ret = sws_scale_frame(sws, gray, frame);
    if (ret != AVERROR(ENOMEM)) /* others are of formats it does not know */
        ret = ret >= 0 && are_circles(gray);
    av_frame_free(&gray);
    sws_free_context(&sws);
    return ret;
}

/** @return the first picture with circles of some of a list, or NULL */
static const char *find_circles(const V360JobTexts *files)
{
    const int middle = files->nb / 2;

    for (int i = 1; i < files->nb && !v360job_stopped; i++) {
        V360JobStream s;
        int found;

        if (i % STEP && i != middle && i != files->nb - 1)
            continue;
        found = v360job_open_stream(&s, files->text[i], -1, 0) >= 0 &&
                v360job_first_frame(&s) >= 0 && has_circles(s.frame) > 0;
        v360job_close_stream(&s);
        if (found)
            return files->text[i];
    }
    return NULL;
}

/**
 * @return whether there is the other file of a pair of lenses, _00_ and _10_,
 *          or AVERROR(ENOMEM); NAME is what it is called
 */
static int find_other(char *name, size_t size, const char *file)
{
    const char *base = av_basename(file);
    const char *first = strstr(base, "_00_"), *second = strstr(base, "_10_");
    const char *at = first ? first : second;
    struct stat st;
    char *other;
    int found;

    if (!at)
        return 0;
    other = av_strdup(file);
    if (!other)
        return AVERROR(ENOMEM);
    other[at - file + 1] = first ? '1' : '0';
    found = stat(other, &st) >= 0;
    snprintf(name, size, "%s", av_basename(other));
    av_free(other);
    return found;
}

/** @return whether a file has two videos of one size and no others */
static int are_twins(const V360JobStream *s)
{
    const AVCodecParameters *par[2];
    int nb = 0;

    for (unsigned i = 0; i < s->ctx->nb_streams; i++) {
        if (!v360job_is_video(s->ctx->streams[i]))
            continue;
        if (nb == 2)
            return 0;
        par[nb++] = s->ctx->streams[i]->codecpar;
    }
    return nb == 2 && par[0]->width == par[1]->width &&
           par[0]->height == par[1]->height;
}

static const char *find_ending(const char *file, const char **maker)
{
    static const char *const kinds[][3] = {
        { "insv", "a raw file of an Insta360 camera, two fisheye pictures",
          "Insta360 Studio" },
        { "insp", "a raw file of an Insta360 camera, two fisheye pictures",
          "Insta360 Studio" },
        { "osv", "a raw file of a DJI camera, two fisheye videos",
          "DJI Studio" },
        { "360", "a raw file of a GoPro MAX, two videos of three faces each",
          "GoPro Player" },
    };

    for (size_t i = 0; i < FF_ARRAY_ELEMS(kinds); i++) {
        if (!av_match_ext(file, kinds[i][0]))
            continue;
        *maker = kinds[i][2];
        return kinds[i][1];
    }
    return NULL;
}

int v360job_refuse_raw(const V360JobSource *source, const V360JobOptions *o,
                       const V360JobStream *s)
{
    const char *maker = "the program of the camera's maker";
    const char *file = source->file, *what = find_ending(file, &maker);
    char name[256], text[320];
    int ret = what || source->w != source->h ? 0 :
              find_other(name, sizeof(name), file);

    if (ret > 0) {
        snprintf(text, sizeof(text), "one of the two files of two lenses, "
                 "beside %s", name);
        what = text;
    } else if (!what && !source->is_still && are_twins(s)) {
        if (source->w == source->h)
            what = "a raw file of two lenses, two square videos";
        else if (source->w >= 3 * source->h)
            what = "a raw file of two videos of three faces each";
    } else if (!what && source->w == 2 * source->h && o->stereo < 0) {
        ret = has_circles(s->frame);
        if (!ret)
            file = find_circles(&source->files);
        if (file)
            what = "two fisheye circles side by side, not a panorama";
    }
    if (ret < 0)
        return v360job_cannot("cannot read", source->file, ret);
    return what ? raw(source, file, what, maker) : 0;
}
