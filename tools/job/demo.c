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
 * A panorama of the program's own, for --demo: six walls from six sources, with
 * straight lines on each.
 */

#include <sys/stat.h>

#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "job.h"
#include "os.h"

#define WALL "s=512x512:r=10:d=2"
#define GRAPH "testsrc=" WALL "[right];smptehdbars=" WALL "[left];gradients=" \
    WALL ":seed=1:speed=0.02[up];sierpinski=s=512x512:r=10:seed=1,"           \
    "trim=duration=2[down];testsrc2=" WALL "[front];mandelbrot=s=512x512:"    \
    "r=10,trim=duration=2[back];[right][left][up][down][front][back]"         \
    "hstack=6,v360=c6x1:e:w=2048:h=1024:interp=cube,format=yuvj420p"

int v360job_make_demo(V360Job *job)
{
    V360JobTexts args = { 0 };
    struct stat st;
    int ret;

    job->options.input = v360job_work_path(&job->folder, "demo.mp4");
    if (!job->options.input) {
        ret = v360job_cannot("cannot make", "demo.mp4", AVERROR(ENOMEM));
    } else if (lstat(job->options.input, &st) >= 0 && st.st_size) {
        ret = 0; /* by an earlier run */
    } else {
        v360job_say("making a demo panorama");
        v360job_add_all(&args, "-filter_complex", GRAPH, "-bitexact", "-c:v",
                        "mjpeg", "-q:v", "2", "-f", "mp4", "demo.mp4.new",
                        NULL);
        ret = v360job_run_hidden(job, &args);
        if (ret < 0)
            return ret;
        ret = v360job_flush_at(job->folder.work_fd);
        if (ret >= 0)
            ret = v360job_rename(job->folder.work_fd, "demo.mp4.new",
                                 job->folder.work_fd, "demo.mp4", 1);
        if (ret < 0)
            v360job_cannot("cannot write to", job->options.outdir, ret);
    }
    return ret;
}
