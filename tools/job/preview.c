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
 * preview.jpg: the first image of each view, small, on one sheet.
 */

#include <errno.h>
#include <unistd.h>

#include "libavutil/bprint.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

#define SIDE 320            ///< largest width or height of an image

/**
 * @return the least number of columns from the root of N up that leaves no gap
 *          in the last row, or else that root, rounded up
 */
static int columns(int n)
{
    int root = 1;

    while (root * root < n)
        root++;
    for (int i = root; i * i <= 4 * n; i++) {
        if (n % i == 0)
            return i;
    }
    return root;
}

/** Get the size of a view on the sheet: even, of the same shape. */
static void small_size(const Camera *cam, int *w, int *h)
{
    const int longer = FFMAX(FFMAX(cam->g.w, cam->g.h), SIDE);

    *w = FFMAX(2 * (int)((int64_t)cam->g.w * SIDE / longer / 2), 2);
    *h = FFMAX(2 * (int)((int64_t)cam->g.h * SIDE / longer / 2), 2);
}

/** @return the filtergraph that lays the first frames of all inputs out */
static char *make_filtergraph(const V360Job *job)
{
    const Camera *cameras = job->views.setup.cameras;
    const int nb_views = job->views.names.nb, across = columns(nb_views);
    AVBPrint text;
    char *result;
    int max_w = 0, max_h = 0;

    for (int i = 0; i < nb_views; i++) {
        int w, h;

        small_size(&cameras[i], &w, &h);
        max_w = FFMAX(max_w, w);
        max_h = FFMAX(max_h, h);
    }
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (int i = 0; i < nb_views; i++) {
        int w, h;

        small_size(&cameras[i], &w, &h);
        av_bprintf(&text, "[%d:v]trim=end_frame=1,scale=%d:%d:flags=area+"
                   "accurate_rnd+bitexact:out_color_matrix=bt601:out_range=pc,"
                   "format=yuv420p,setsar=1,pad=%d:%d:-1:-1[s%d];", i, w, h,
                   max_w, max_h, i);
    }
    for (int i = 0; i < nb_views; i++)
        av_bprintf(&text, "[s%d]", i);
    av_bprintf(&text, "concat=n=%d,tile=%dx%d:padding=4[sheet]", nb_views,
               across, (nb_views + across - 1) / across);
    v360job_finish(&text, &result);
    return result;
}

/**
 * Add the option for the first image of a view, or for its video, which is in
 * the private folder or, in a job that is mended, in OUTDIR.
 */
static int add_input(const V360Job *job, V360JobTexts *args, const char *view,
                     const char *first)
{
    char *name = first ? av_asprintf("images/%s/%s", view, first) :
                 av_asprintf("videos/%s.mp4", view);
    char *path = name ? v360job_work_path(&job->folder, name) : NULL;
    int ret = path ? 0 : AVERROR(ENOMEM);

    if (ret >= 0) {
        v360job_add_all(args, "-threads", "1", "-i", NULL);
        v360job_addf(args, "%s%s", access(path, F_OK) < 0 ? "../" : "", name);
    }
    av_free(path);
    av_free(name);
    return ret;
}

static int add_inputs(const V360Job *job, V360JobTexts *args)
{
    const V360JobTexts *views = &job->views.names;
    const int is_video = job->options.format == V360JOB_MP4;
    V360JobTexts images = { 0 };
    int ret = 0;

    if (!is_video)
        ret = v360job_list_images(&job->folder, &images, views->text[0],
                                  v360job_formats[job->options.format]);
    if (ret < 0)
        return ret;
    if (!is_video && !images.nb)
        ret = AVERROR(ENOENT);
    for (int i = 0; i < views->nb && ret >= 0; i++)
        ret = add_input(job, args, views->text[i],
                        is_video ? NULL : images.text[0]);
    v360job_free_texts(&images);
    return ret < 0 ? v360job_cannot("cannot make", "preview.jpg", ret) : 0;
}

int v360job_write_preview(V360Job *job)
{
    V360JobTexts args = { 0 };
    char *graph;
    int ret = v360job_clear(&job->folder, "preview.jpg");

    if (ret < 0)
        return ret;
    ret = add_inputs(job, &args);
    if (ret < 0) {
        v360job_free_texts(&args);
        return ret;
    }
    graph = make_filtergraph(job);
    v360job_add(&args, "-filter_complex");
    v360job_add(&args, graph);
    av_free(graph);
    v360job_add_all(&args, "-map", "[sheet]", "-bitexact", "-frames:v", "1",
                    "-c:v", "mjpeg", "-huffman", "default", "-q:v", "4",
                    "-threads", "1", "-f", "image2", "-update", "1",
                    "preview.jpg", NULL);
    ret = v360job_run_hidden(job, &args);
    /* ffmpeg may end well where it was asked to end before its first frame. */
    if (ret >= 0 && v360job_exists(job->folder.work_fd, "preview.jpg") <= 0)
        ret = v360job_error("ffmpeg made no preview.jpg; the same command goes "
                            "on from there");
    return ret;
}
