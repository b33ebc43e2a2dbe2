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
 * Fuzz target of what split360 reads of an unfinished job and of the result
 * before it. The input is files between bytes of 0xff, each with its name in a
 * line before it; before the first file are letters that say what the job is.
 * tests/fuzz/README says how to run it.
 */

#define _GNU_SOURCE /* O_DIRECTORY, memmem */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "scratch.h"
#include "tools/farm/farm.h"
#include "tools/job/frames.h"

static int open_folder(int dir, const char *name)
{
    const int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    fuzz_require(fd >= 0, "a folder cannot be opened");
    return fd;
}

/** Write one of the files that a job reads, with NAME in the first line. */
static void put_file(int outdir, int work, const char *data, size_t size)
{
    static const char *const names[] = {
        "OUTDIR/manifest.json", "job.json", "manifest.json", "parts", "part.0",
        "part.1", "part.000000003", "part.x", "sharpest", "damage",
        "undecodable", "end", "forced", "masks", "farm/plan.json",
        "farm/0.done", "farm/1.done", "farm/1.failed", "farm/0.sharpest",
        "farm/events", "farm/jobs",
    };
    const char *text = memchr(data, '\n', size);

    for (size_t i = 0; text && i < FF_ARRAY_ELEMS(names); i++) {
        const size_t rest = size - (text + 1 - data);

        if (strlen(names[i]) == (size_t)(text - data) &&
            !memcmp(data, names[i], text - data))
            fuzz_put(i ? work : outdir, i ? names[i] : "manifest.json",
                     text + 1, rest);
    }
}

/** Make three images of one view in the private folder. */
static void put_images(int work)
{
    fuzz_require(!mkdirat(work, "images", 0777) &&
                 !mkdirat(work, "images/a", 0777), "no folder of images");
    fuzz_put(work, "images/a/000001.jpg", "a\xff\xd9", 3);
    fuzz_put(work, "images/a/000002.jpg", "b\xff\xd9", 3);
    fuzz_put(work, "images/a/000003.jpg", "c\xff\xd9", 3);
}

/** Make OUTDIR, with an older result, and its private folder. */
static void make_outdir(const char *text, size_t size, int has_result)
{
    const int root = open_folder(AT_FDCWD, fuzz_scratch());
    int outdir, work;

    fuzz_require(v360job_remove_at(root, "out") >= 0 &&
                 !mkdirat(root, "out", 0777) &&
                 !mkdirat(root, "out/images", 0777) &&
                 !mkdirat(root, "out/" V360JOB_PRIVATE, 0700),
                 "OUTDIR could not be made");
    outdir = open_folder(root, "out");
    work   = open_folder(outdir, V360JOB_PRIVATE);
    fuzz_require(!mkdirat(work, "farm", 0777), "no folder of shards");
    fuzz_put(outdir, "keep", "k", 1);
    if (has_result)
        fuzz_put(outdir, "images/old.jpg", "o", 1);
    put_images(work);
    while (size) {
        const char *next = memchr(text, '\xff', size);
        const size_t len = next ? next - text : size;

        put_file(outdir, work, text, len);
        text += len + !!next;
        size -= len + !!next;
    }
    close(work);
    close(outdir);
    close(root);
}

/** Set a job by letters. */
static void set_job(V360Job *job, const char *letters, const char *outdir)
{
    job->options = (V360JobOptions){
        .outdir     = (char *)outdir,
        .rig        = "ring8",
        .keep_going = !!strchr(letters, 'k'),
        .command    = strchr(letters, 'm') ? V360JOB_MERGE : V360JOB_SPLIT,
        .format     = strchr(letters, 'v') ? V360JOB_MP4 : V360JOB_JPG,
        .naming     = !!strchr(letters, 'p'),
        .sharpest   = strchr(letters, 's') ? 2 : 0,
        .fps        = strchr(letters, 'n') ? "1" : NULL,
        .from       = strchr(letters, 'f') ? "1" : NULL,
        .from_us    = strchr(letters, 'f') ? 1000000 : AV_NOPTS_VALUE,
        .to_us      = AV_NOPTS_VALUE,
    };
    job->source.is_list   = !!strchr(letters, 'l');
    job->source.is_still  = job->source.is_list;
    job->source.name      = "x";
    job->source.file      = "/nowhere/1%.jpg";
    job->source.start_us  = strchr(letters, 'o') ? 40000 : 0;
    job->source.time_base = (AVRational){ 1, 90000 };
    job->graph.before = job->graph.batch = job->graph.pads = "";
    job->graph.geotag = job->graph.after = job->graph.colours = "";
    job->graph.exif   = "";
    job->graph.pad    = job->graph.run_batch = job->graph.fetch = "";
    job->graph.select = job->graph.filter = job->graph.rate = "";
    v360job_add(&job->views.names, "a");
    v360job_add_all(&job->source.files, "/nowhere/1%.jpg", "/nowhere/2.jpg",
                    "/nowhere/3\n.jpg", NULL);
}

static void free_job(V360Job *job)
{
    v360job_free_texts(&job->views.names);
    v360job_free_texts(&job->source.files);
    v360job_free_texts(&job->source.skipped);
    v360job_free_texts(&job->source.tags);
    v360job_free_packets(&job->packets);
    av_freep(&job->frames.stamps);
    v360job_free_texts(&job->frames.damage);
    v360job_free_texts(&job->frames.all);
}

/** Look which shards there are. @return 0 if the job can be gone on with */
static int gather(V360Job *job)
{
    V360FarmPlan plan = { 0 };
    int ret = v360farm_read_plan(&plan, &job->folder);

    if (ret >= 0)
        ret = v360farm_gather(job, &plan);
    v360farm_free_plan(&plan);
    return ret == 2 ? 0 : ret ? -1 : 0;
}

static int make(V360Job *job, const cJSON *settings)
{
    int ret = v360job_begin(&job->folder, settings);

    if (ret >= 0 && job->options.command == V360JOB_MERGE)
        ret = gather(job);
    if (ret >= 0)
        ret = v360job_make_frames(job);
    fuzz_require(job->frames.done >= 0 && job->source.files.nb <= 3, "frames");
    if (ret >= 0) /* no more than there are, as a number in a file may say */
        ret = v360job_write_manifest(job, settings);
    return ret;
}

static int run(V360Job *job, const cJSON *settings, const char *outdir)
{
    V360JobGone *gone;
    int nb, ret;

    if (job->options.command == V360JOB_MERGE)
        v360farm_status(outdir);
    ret = v360job_open_folder(&job->folder, outdir);

    if (ret >= 0)
        ret = v360job_find_state(&job->folder, settings, 0);
    if (ret >= 0 && job->folder.state == V360JOB_REPAIR) {
        ret = v360job_find_gone(&gone, &nb, outdir);
        v360job_free_gone(&gone, nb);
        put_images(job->folder.work_fd);
        return ret < 0 ? ret : v360job_put_back(&job->folder);
    }
    if (ret >= 0 && job->folder.state != V360JOB_PUBLISH)
        ret = make(job, settings);
    return ret < 0 ? ret : v360job_publish(&job->folder);
}

/** Check that what is the user's is still there. */
static void check_outdir(const char *outdir, int is_foreign)
{
    const int dir = open_folder(AT_FDCWD, outdir);
    struct stat st;

    fuzz_require(!fstatat(dir, "keep", &st, AT_SYMLINK_NOFOLLOW) &&
                 st.st_size == 1, "a file beside the result is lost");
    fuzz_require(!is_foreign ||
                 !fstatat(dir, "images/old.jpg", &st, AT_SYMLINK_NOFOLLOW),
                 "a foreign image is lost");
    close(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char settings_text[] =
        "{\"source\": \"x\", \"names\": \"none\"}";
    const int has_result = size && *data == 'r';
    const int is_foreign = has_result && !memmem(data, size, "forced", 6) &&
                           !memmem(data, size, "OUTDIR/manifest.json", 20);
    char *text = fuzz_copy(data, size, 1), outdir[64];
    cJSON *settings = cJSON_Parse(settings_text);
    V360Job job = { .folder.lock = -1 };
    int64_t images;

    snprintf(outdir, sizeof(outdir), "%s/out", fuzz_scratch());
    v360job_parse_gpano(&job.source.tags, text, size);
    make_outdir(text, size, has_result);
    text[strcspn(text, "\xff")] = 0;
    set_job(&job, text, outdir);
    run(&job, settings, outdir);
    if (job.folder.work) /* also when the job has ended early */
        v360job_count_frames(&job, 0, &images);
    v360job_leave_folder(&job.folder, 1);
    free_job(&job);
    cJSON_Delete(settings);
    free(text);
    check_outdir(outdir, is_foreign);
    return 0;
}
