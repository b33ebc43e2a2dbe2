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
 * Which options go together, and what one says of others.
 */

#include "options.h"
#include "text.h"
#include "values.h"

/** What --gpus says of other options. */
static int set_gpus(V360JobOptions *o)
{
    if (o->engine != V360JOB_BY_HAND)
        return v360job_error("--gpus and --submit exclude each other");
    if (o->device == V360JOB_CPU)
        return v360job_error("--gpus and --device cpu exclude each other");
    o->engine = V360JOB_GPUS;
    o->device = V360JOB_CUDA;
    if (!o->shards) {
        o->shards    = o->gpus;
        o->nb_shards = o->nb_gpus;
    }
    return 0;
}

int v360job_check_together(V360JobOptions *o)
{
    const int ret = o->gpus ? set_gpus(o) : 0;

    if (ret < 0)
        return ret;
    if (o->shards && (o->demo || o->print || o->verify))
        return v360job_error("--shards is for a job that is made, not for %s",
                             o->demo ? "--demo" : o->print ? "--print" :
                             "--verify");
    if (o->engine != V360JOB_BY_HAND && !o->shards &&
        o->command != V360JOB_MERGE)
        return v360job_error("--submit is for jobs in shards; how many? "
                             "--shards auto, or --shards N");
    if (o->shards && (o->encoder == V360JOB_AUTO_ENCODER ||
        (o->encoder == V360JOB_NVENC && o->device != V360JOB_CUDA)))
        return v360job_error("the shards of a video are to be encoded alike: "
                             "with --shards, --encoder cpu, or nvenc with "
                             "--device cuda");
    if (o->demo && o->print)
        return v360job_error("--print has no file to name with --demo");
    if (o->every && o->sharpest)
        return v360job_error("--every and --sharpest exclude each other");
    if (o->to && o->to_us <= (o->from ? o->from_us : 0))
        return v360job_bad_value("to", o->to, "a time after --from");
    if (o->encoder == V360JOB_NVENC && o->format != V360JOB_MP4)
        return v360job_error("--encoder nvenc is for --format mp4, not for %s",
                             v360job_formats[o->format]);
    if (o->chroma != V360JOB_SOURCE_CHROMA && o->format != V360JOB_JPG)
        return v360job_error("--chroma is for --format jpg, not for %s",
                             v360job_formats[o->format]);
    if (o->gps_offset && !o->gps)
        return v360job_error("--gps-offset is for the times of --gps FILE");
    if (o->gps && !v360job_has_exif(o->format))
        return v360job_error("--gps is for jpg and png, not for %s, which have "
                             "no EXIF", v360job_formats[o->format]);
    if (o->format != V360JOB_MP4)
        return 0;
    if (o->w % 2 || o->h % 2)
        return v360job_bad_value("size", o->size,
                                 "an even width and height for mp4");
    if (o->mask || o->reader || o->owner_masks || o->naming != V360JOB_NUMBER)
        return v360job_error("masks, --for and --names are for images, not for "
                             "mp4");
    return 0;
}
