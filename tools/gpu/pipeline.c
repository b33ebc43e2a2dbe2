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
 * Whole jobs: frames a second by the difference of two lengths, so that neither
 * start nor end count.
 */

#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define VIEWS 8

/** What becomes of views. */
typedef struct Chain {
    const char *name;
    const char *options;        ///< of the filter
    const char *tail;           ///< filters of each view
    const char *encoder;
    int nvenc;                  ///< needs NVENC
    int software;               ///< needs a filter that makes software frames
} Chain;

static const Chain chains[] = {
    { "views, stay on the GPU", "", "format=cuda", "wrapped_avframe", 0, 0 },
    { "views, downloaded", "", "hwdownload,format=nv12",
      "wrapped_avframe", 0, 0 },
    { "views, JPEG on the CPU", ":format=yuv420p:out_chroma_loc=center",
      "hwdownload,format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc",
      "mjpeg -q:v 2", 0, 0 },
    { "views, JPEG on the CPU, downloaded by the filter",
      ":out_chroma_loc=center",
      "format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc",
      "mjpeg -q:v 2", 0, 1 },
    { "views, JPEG on the GPU", ":format=yuv420p:out_chroma_loc=center",
      "format=pix_fmts=cuda:color_spaces=bt470bg:color_ranges=pc",
      "mjpeg_cuda", 0, 0 },
    { "views, HEVC by NVENC", "", "format=cuda",
      "hevc_nvenc -preset p4", 1, 0 },
};

/** Where frames come from: NVDEC, or else frames in memory again and again. */
static int add_source(const Machine *m, char *line, size_t size, int frames)
{
    if (m->nvdec)
        return snprintf(line, size, "-hwaccel cuda -hwaccel_output_format cuda "
                        "-stream_loop -1 -i samples/clip.mp4 -filter_complex "
                        "'trim=end_frame=%d", frames);
    return snprintf(line, size, "-init_hw_device cuda=gpu -filter_hw_device "
                    "gpu -f lavfi -i testsrc2=s=%s:r=25,trim=end_frame=8,"
                    "format=nv12 -filter_complex "
                    "'hwupload,loop=-1:size=8,trim=end_frame=%d",
                    m->small ? "512x256" : "7680x3840", frames);
}

/** The words of a run of ffmpeg; without a chain, the source alone. */
static void make_line(const Machine *m, const Chain *c, int batch, int frames,
                      char *line, size_t size)
{
    int n = add_source(m, line, size, frames);

    if (!c) {
        snprintf(line + n, size - n,
                 "[o]' -map [o] -c:v wrapped_avframe -f null -");
        return;
    }
    n += snprintf(line + n, size - n, ",format=cuda,v360batch_cuda=ring8:w=%d:"
                  "h=%d:batch=%d%s", m->small ? 160 : 1920,
                  m->small ? 64 : 1080, batch, c->options);
    for (int i = 0; i < VIEWS; i++)
        n += snprintf(line + n, size - n, "[v%d]", i);
    for (int i = 0; i < VIEWS; i++)
        n += snprintf(line + n, size - n, ";[v%d]%s[o%d]", i, c->tail, i);
    n += snprintf(line + n, size - n, "'");
    for (int i = 0; i < VIEWS; i++)
        n += snprintf(line + n, size - n, " -map [o%d] -c:v %s -f null -", i,
                      c->encoder);
}

/**
 * Seconds of a run, or -1 where it fails, -2 where time or memory do not
 * suffice, with why in text.
 */
static double time_of(const Machine *m, const Chain *c, int batch, int frames,
                      char *text, size_t size)
{
    char line[8192];
    int status;
    double t;

    make_line(m, c, batch, frames, line, sizeof(line));
    t = gpu_now();
    status = gpu_ffmpeg(m, 40, text, size, "%s", line);
    if (status)
        return status < 0 || gpu_lacks_memory(text) ? -2 : -1;
    return gpu_now() - t;
}

/** @return whether ffmpeg did not fail */
static int measure(const Machine *m, Section *s, const Chain *c, int batch)
{
    int few = m->small ? 16 : 32, more;
    char name[128], text[2048];
    double first, second;

    if (c)
        snprintf(name, sizeof(name), "%s, batch=%d", c->name, batch);
    else
        snprintf(name, sizeof(name), "decode alone");
    first = time_of(m, c, batch, few, text, sizeof(text));
    if (first < 0) {
        gpu_row(s, name, 0, "", "not measured: %s", gpu_first_line(text));
        return first < -1;
    }
    /* Some two seconds more, by the rate that the first length had at least. */
    more = 2 * few / first;
    more = (more < 2 * few ? 2 * few : more > 512 ? 512 : more) / 16 * 16;
    if (m->small)
        more = few;
    second = time_of(m, c, batch, few + more, text, sizeof(text));
    if (second < 0)
        gpu_row(s, name, 0, "", "not measured: %s", gpu_first_line(text));
    else if (second <= first)
        gpu_row(s, name, 0, "", "%d frames more take no longer", more);
    else
        gpu_row(s, name, more / (second - first), "frames/s",
                "%d frames in %.2f s, %d in %.2f s", few, first, few + more,
                second);
    return second != -1;
}

void gpu_pipeline(Machine *m, Section *s)
{
    static const int batches[] = { 1, 2, 4, 16 };

    int failed = m->nvdec && !measure(m, s, NULL, 0);

    for (int i = 0; i < sizeof(chains) / sizeof(*chains); i++) {
        if (chains[i].nvenc && *m->nvenc) {
            gpu_row(s, chains[i].name, 0, "", "skipped, no session of NVENC "
                    "opens: %s", m->nvenc);
            continue;
        }
        if (chains[i].software && !m->software) {
            gpu_row(s, chains[i].name, 0, "", "skipped, this filter makes "
                    "frames of CUDA alone");
            continue;
        }
        for (int j = 0; j < sizeof(batches) / sizeof(*batches); j++) {
            /* Drivers limit the sessions of NVENC. */
            if (gpu_now() < m->deadline)
                failed |= !measure(m, s, &chains[i], batches[j]) &&
                          !chains[i].nvenc;
            else
                gpu_row(s, chains[i].name, 0, "", "batch=%d, not run for want "
                        "of time", batches[j]);
        }
    }
    gpu_end(s, failed ? GPU_FAILED : GPU_PASSED, "%d views of %s from %s, %s",
            VIEWS, m->small ? "160x64" : "1920x1080",
            m->small ? "512x256" : "7680x3840",
            m->nvdec ? "HEVC, by NVDEC" :
            "frames in the GPU's memory, as NVDEC does not decode the clip");
}
