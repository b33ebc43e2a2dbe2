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

/** @file Start-up, and what may be on a machine: torch, NVIDIA's tools. */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

static const char small_job[] =
    "-init_hw_device cuda=gpu -filter_hw_device gpu -f lavfi -i "
    "testsrc2=s=%s:r=25,trim=end_frame=8,format=nv12 -filter_complex "
    "'hwupload,v360batch_cuda=ring2:w=%s:batch=4:format=yuv420p[a][b];"
    "[a]hwdownload,format=yuv420p[x];[b]hwdownload,format=yuv420p[y]' "
    "-map [x] -map [y] -f framemd5 -";

/** The words of a small job that has both kernels. */
static const char *job_words(const Machine *m)
{
    static char words[1024];

    snprintf(words, sizeof(words), small_job,
             m->small ? "256x128" : "3840x1920",
             m->small ? "64:h=48" : "1280:h=720");
    return words;
}

/** What can be used, and what the first process of all takes. */
void gpu_start_up(Machine *m, Section *s)
{
    char text[4096];
    double t = gpu_now();

    if (gpu_ffmpeg(m, 60, text, sizeof(text), "%s", job_words(m))) {
        gpu_end(s, GPU_FAILED, "ffmpeg does not work on the GPU: %.700s", text);
        return;
    }
    gpu_row(s, "first process, which has the kernels compiled", gpu_now() - t,
            "s", "8 frames");
    t = gpu_now();
    gpu_ffmpeg(m, 60, text, sizeof(text), "%s", job_words(m));
    gpu_row(s, "second process", gpu_now() - t, "s", "8 frames");
    m->nvdec = !gpu_ffmpeg(m, 30, text, sizeof(text),
        "-hwaccel cuda -hwaccel_output_format cuda -i samples/clip.mp4 "
        "-vf hwdownload,format=nv12 -frames:v 1 -f null -");
    gpu_row(s, "NVDEC", 0, "", "%s%s", m->nvdec ? "decodes the clip" :
            "not here: ", m->nvdec ? "" : gpu_first_line(text));
    m->software = !gpu_ffmpeg(m, 30, text, sizeof(text),
        "-init_hw_device cuda=gpu -filter_hw_device gpu -f lavfi -i "
        "testsrc2=s=256x128:d=0.1,format=nv12 -filter_complex "
        "'hwupload,v360batch_cuda=views=w=64:h=48,format=yuv420p[o]' -map [o] "
        "-c:v wrapped_avframe -f null -");
    *m->nvenc = 0;
    if (gpu_ffmpeg(m, 30, text, sizeof(text), "-f lavfi -i "
                   "testsrc2=s=256x256:d=0.1 -pix_fmt yuv420p -c:v hevc_nvenc "
                   "-f null -"))
        snprintf(m->nvenc, sizeof(m->nvenc), "%s",
                 *text ? gpu_first_line(text) : "ffmpeg says nothing");
    gpu_row(s, "NVENC", 0, "", "%s%s", *m->nvenc ? "not here: " :
            "a session opens", m->nvenc);
    gpu_end(s, GPU_PASSED, "%s", "");
}

/** The rows that the script prints: name, value, unit and note with tabs. */
void gpu_torch(Machine *m, Section *s)
{
    const char *size = m->small ? "512x256" : "7680x3840";
    char text[8192], frame[300], *line, *next;
    int status;

    if (gpu_run(m, 30, text, sizeof(text), 0, "python3 -c 'import torch; "
                "assert torch.cuda.is_available()'")) {
        line = strrchr(text, '\n') ? strstr(text, "Error") : NULL;
        gpu_end(s, GPU_SKIPPED, "no torch that finds the GPU%s%.100s",
                line ? ": " : "", line ? line : "");
        return;
    }
    snprintf(frame, sizeof(frame), "%s/frame", m->work);
    if (gpu_ffmpeg(m, 30, text, sizeof(text), "-f lavfi -i "
                   "testsrc2=s=%s,format=rgb24 -frames:v 1 -f rawvideo "
                   "%s.source", size, frame) ||
        gpu_ffmpeg(m, 30, text, sizeof(text), "-init_hw_device cuda=gpu "
                   "-filter_hw_device gpu -f rawvideo -video_size %s "
                   "-pixel_format rgb24 -i %s.source -filter_complex "
                   "'format=rgb0,hwupload,v360batch_cuda=views=yaw=45:%s,"
                   "hwdownload,format=rgb0,format=rgb24' -f rawvideo %s.view",
                   size, frame, m->small ? "w=128:h=72" : "w=1920:h=1080",
                   frame)) {
        gpu_end(s, GPU_FAILED, "no frame for torch: %s", gpu_first_line(text));
        return;
    }
    status = gpu_run(m, 60, text, sizeof(text), 0,
                     "python3 -u torch_grid.py cuda %s %s", frame, size);
    for (line = text; (next = strchr(line, '\n')); line = next + 1) {
        char name[128], unit[64], note[256] = "";
        double value;

        *next = 0;
        if (sscanf(line, "%127[^\t]\t%lf\t%63[^\t]\t%255[^\t]", name, &value,
                   unit, note) >= 3)
            gpu_row(s, name, value, unit, "%s", note);
        else if (status && *line)
            gpu_row(s, "torch says", 0, "", "%s", line);
    }
    /* Another program's failure is no failure of this one. */
    gpu_end(s, status ? GPU_SKIPPED : GPU_PASSED, status ? "the script ended "
            "with status %d" : "grid_sample, the way of doing this without the "
            "filter", status);
}

/** A program of the CUDA toolkit, which PATH often lacks. */
static int find(const Machine *m, const char *name, char *path, size_t size)
{
    static const char *const folders[] = {
        "", "/usr/local/cuda/bin/", "/opt/cuda/bin/"
    };
    char text[512];

    for (int i = 0; i < 3; i++) {
        snprintf(path, size, "%s%s", folders[i], name);
        if (!gpu_run(m, 20, text, sizeof(text), 0, "%s --version", path))
            return 1;
    }
    return 0;
}

void gpu_sanitizer(Machine *m, Section *s)
{
    char path[256], text[4096], reference[1024], *last;
    int status;

    if (!find(m, "compute-sanitizer", path, sizeof(path))) {
        gpu_end(s, GPU_SKIPPED, "no compute-sanitizer");
        return;
    }
    if (gpu_ffmpeg(m, 20, reference, sizeof(reference), "%s", job_words(m)))
        *reference = 0;
    status = gpu_run(m, 60, text, sizeof(text), 0, "%s --tool memcheck "
        "--error-exitcode 9 --target-processes all env "
        "LD_LIBRARY_PATH=%s/lib:%s %s/bin/ffmpeg -nostdin -v error %s", path,
        m->work,
        getenv("LD_LIBRARY_PATH") ? getenv("LD_LIBRARY_PATH") : "", m->work,
        job_words(m));
    last = strstr(text, "ERROR SUMMARY");
    if (status == 9)
        gpu_end(s, GPU_FAILED, "memcheck: %.300s", last ? last : text);
    else if (status)
        gpu_end(s, GPU_SKIPPED, "memcheck ended with status %d: %.300s", status,
                text);
    else
        gpu_end(s, GPU_PASSED, "memcheck: %.60s", last ? last : "no errors");
}

/** Counters need a right that many machines give to root alone. */
void gpu_counters(Machine *m, Section *s)
{
    char path[256], text[16384], *line, *next;

    if (!find(m, "ncu", path, sizeof(path))) {
        gpu_end(s, GPU_SKIPPED, "no ncu");
        return;
    }
    gpu_run(m, 60, text, sizeof(text), 0, "%s --target-processes all "
        "--clock-control none -k regex:v360batch -c 3 --metrics "
        "dram__throughput.avg.pct_of_peak_sustained_elapsed,"
        "dram__bytes.sum,lts__t_sector_hit_rate.pct,gpu__time_duration.sum,"
        "l1tex__data_pipe_lsu_wavefronts.avg.pct_of_peak_sustained_elapsed,"
        "smsp__issue_active.avg.pct_of_peak_sustained_active,"
        "sm__warps_active.avg.pct_of_peak_sustained_active env "
        "LD_LIBRARY_PATH=%s/lib:%s %s/bin/ffmpeg -nostdin -v error %s", path,
        m->work, getenv("LD_LIBRARY_PATH") ? getenv("LD_LIBRARY_PATH") : "",
        m->work, job_words(m));
    for (line = text; (next = strchr(line, '\n')); line = next + 1) {
        char name[128], unit[64], value[64];

        *next = 0;
        if (strstr(line, "==ERROR==")) {
            gpu_end(s, GPU_SKIPPED, "ncu: %.300s", strstr(line, "==ERROR=="));
            return;
        }
        if (strstr(line, "v360batch"))
            gpu_row(s, "kernel", 0, "", "%.200s", line + strspn(line, " "));
        else if (sscanf(line, " %127s %63s %63s", name, unit, value) == 3 &&
                 strstr(name, "__"))
            gpu_row(s, name, 0, "", "%s %s", value, unit);
    }
    gpu_end(s, s->nb_rows ? GPU_PASSED : GPU_SKIPPED,
            s->nb_rows ? "eight frames of a small job" : "ncu says nothing of "
            "the kernels");
}
