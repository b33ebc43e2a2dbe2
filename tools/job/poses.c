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
 * The files that readers of the images want: lenses, directions, commands.
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"

/* What this file writes, less what is beside the images. */
static const char *const written[] = {
    "rig_config.json", "cameras.txt", "database.sh", "transforms.json",
};

/**
 * Tell why there are no files.
 *
 * @return 0 if nobody asked for them and the rig is the reason, else ret
 */
static int tell(const V360Job *job, int ret)
{
    const V360JobOptions *o = &job->options;
    /* FFmpeg's own errors and EINVAL are about the rig, others about a file. */
    const int by_rig = ret == AVERROR(EINVAL) || AVUNERROR(ret) >= 4096;
    const char *reason = v360job_kept_log();
    char own[AV_ERROR_MAX_STRING_SIZE];

    if (!*reason)
        reason = av_make_error_string(own, sizeof(own), ret);
    if (!by_rig) {
        v360job_error("cannot write to %s: %s", o->outdir, reason);
    } else if (o->reader == V360JOB_ANY_READER) {
        v360job_say("no files for COLMAP: %s", reason);
        return 0;
    } else {
        v360job_error("no files for %s: %s", v360job_readers[o->reader],
                      reason);
    }
    return ret;
}

/** Let all who may read a file of the private folder run it. */
static int make_executable(const V360Job *job, const char *name)
{
    char *path = v360job_work_path(&job->folder, name);
    struct stat st;
    int ret = path ? 0 : AVERROR(ENOMEM);

    if (ret >= 0 && (stat(path, &st) < 0 ||
                     chmod(path, st.st_mode | (st.st_mode & 0444) >> 2) < 0))
        ret = AVERROR(errno);
    av_free(path);
    return ret < 0 ? v360job_cannot("cannot write to", job->options.outdir, ret)
                   : 0;
}

/** Write COLMAP's commands in their order. */
static int write_database(const V360Job *job)
{
    const V360JobOptions *o = &job->options;
    /* Masks for another reader have other names. */
    const int has_masks = (o->mask || o->owner_masks) &&
                          o->reader != V360JOB_NERFSTUDIO;
    char *text = av_asprintf(
        "#!/bin/sh\n"
        "# COLMAP 3.12 or newer: one pose a panorama, with the rig and the "
        "lenses fixed.\n"
        "set -e\n"
        "cd \"$(dirname \"$0\")\"\n"
        "extract= match=\n"
        "# Without CUDA it uses a GPU by OpenGL, for which it needs a "
        "display.\n"
        "if [ -z \"$DISPLAY$WAYLAND_DISPLAY\" ] && colmap help 2>&1 | "
        "grep -q 'without CUDA'; then\n"
        "    for part in Sift Feature; do # until 3.12, and since\n"
        "        colmap feature_extractor --help 2>&1 | grep -q -e "
        "\"--${part}Extraction.use_gpu\" || continue\n"
        "        extract=\"--${part}Extraction.use_gpu 0\" "
        "match=\"--${part}Matching.use_gpu 0\"\n"
        "    done\n"
        "fi\n"
        "colmap feature_extractor --database_path database.db --image_path "
        "images $extract \\\n"
        "    --ImageReader.single_camera_per_folder 1 "
        "--ImageReader.camera_model PINHOLE%s\n"
        "colmap rig_configurator --database_path database.db "
        "--rig_config_path rig_config.json\n"
        "colmap %s --database_path database.db $match\n"
        "mkdir -p sparse\n"
        "colmap mapper --database_path database.db --image_path images "
        "--output_path sparse \\\n"
        "    --Mapper.ba_refine_sensor_from_rig 0 "
        "--Mapper.ba_refine_focal_length 0 \\\n"
        "    --Mapper.ba_refine_principal_point 0 "
        "--Mapper.ba_refine_extra_params 0\n",
        has_masks ? " --ImageReader.mask_path masks" : "",
        job->source.is_list ? "exhaustive_matcher" : "sequential_matcher");
    int ret;

    if (!text)
        return v360job_cannot("cannot write to", o->outdir, AVERROR(ENOMEM));
    ret = v360job_write(&job->folder, "database.sh", text);
    av_free(text);
    return ret < 0 ? ret : make_executable(job, "database.sh");
}

/** Write what COLMAP reads: the rig, the lenses, and its commands. */
static int write_colmap(V360Job *job)
{
    RigSetup *setup = &job->views.setup;
    int ret;

    v360job_kept_log();
    setup->output = job->folder.work;
    ret = v360rig_colmap(setup);
    setup->output = NULL;
    return ret < 0 ? tell(job, ret) : write_database(job);
}

/**
 * Write what nerfstudio reads, and COLMAP's files beside it: without the
 * positions that COLMAP finds, nerfstudio learns nothing.
 */
static int write_nerfstudio(V360Job *job)
{
    const V360JobOptions *o = &job->options;
    RigSetup *setup = &job->views.setup;
    V360JobTexts names = { 0 };
    RigImages images = { .has_masks = o->mask || o->owner_masks };
    int ret = v360job_list_images(&job->folder, &names,
                                  job->views.names.text[0],
                                  v360job_formats[o->format]);

    if (ret < 0)
        return ret;
    images.names = names.text;
    images.nb    = names.nb;
    v360job_kept_log();
    setup->output = job->folder.work;
    ret = v360rig_nerfstudio_images(setup, &images);
    setup->output = NULL;
    v360job_free_texts(&names);
    ret = ret < 0 ? tell(job, ret) : write_colmap(job);
    if (ret >= 0)
        v360job_say("transforms.json has no positions yet, structure from "
                    "motion finds them: sh database.sh, then ns-train METHOD "
                    "--data %s colmap --colmap-path sparse/0%s", o->outdir,
                    images.has_masks ? " --masks-path masks" : "");
    return ret;
}

/** Write the poses of the images of a view, beside each. */
static int write_view_xmp(V360Job *job, int index, const V360JobTexts *stems)
{
    RigSetup *setup = &job->views.setup;
    char name[16 + V360_NAME_SIZE], *dir;
    int ret;

    snprintf(name, sizeof(name), "images/%s", job->views.names.text[index]);
    ret = v360job_make_folder(&job->folder, name);
    if (ret < 0)
        return ret;
    dir = v360job_work_path(&job->folder, name);
    ret = dir ? 0 : AVERROR(ENOMEM);
    for (int i = 0; i < stems->nb && ret >= 0 && !v360job_stopped; i++) {
        setup->instance = stems->text[i];
        ret = v360rig_write_xmp(setup, index, dir, stems->text[i]);
    }
    setup->instance = NULL;
    av_free(dir);
    return ret < 0 ? tell(job, ret) : v360job_stopped ? AVERROR_EXIT : 0;
}

/**
 * Write what RealityScan reads from beside an image: its pose, and a word that
 * is the same for images that were taken together.
 */
static int write_realityscan(V360Job *job)
{
    const V360JobTexts *views = &job->views.names;
    V360JobTexts stems = { 0 };
    int ret;

    v360job_kept_log();
    ret = v360rig_check_xmp(&job->views.setup);
    if (ret < 0)
        return tell(job, ret);
    ret = v360job_list_images(&job->folder, &stems, views->text[0],
                              v360job_formats[job->options.format]);
    for (int i = 0; i < stems.nb; i++)
        *strrchr(stems.text[i], '.') = 0;
    for (int i = 0; i < views->nb && ret >= 0; i++)
        ret = write_view_xmp(job, i, &stems);
    v360job_free_texts(&stems);
    return ret;
}

int v360job_write_poses(V360Job *job)
{
    int ret = 0;

    if (job->options.format == V360JOB_MP4)
        return 0;
    for (int i = 0; i < FF_ARRAY_ELEMS(written) && ret >= 0; i++)
        ret = v360job_clear(&job->folder, written[i]);
    if (ret < 0)
        return ret;
    switch (job->options.reader) {
    case V360JOB_NERFSTUDIO:
        return write_nerfstudio(job);
    case V360JOB_REALITYSCAN:
        return write_realityscan(job);
    default:
        return write_colmap(job);
    }
}
