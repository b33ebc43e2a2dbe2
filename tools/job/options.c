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
 * The command line of split360: the table of its options. --help is made of
 * it.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libavfilter/v360batch/interp.h"
#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "options.h"
#include "table.h"
#include "text.h"
#include "tools/rig/rig.h"
#include "values.h"

const char *const v360job_formats[5]  = { "jpg", "png", "tif", "mp4" };
const char *const v360job_namings[4]  = { "number", "pts", "us" };
const char *const v360job_readers[5]  = { "", "colmap", "nerfstudio",
                                          "realityscan" };
const char *const v360job_devices[4]  = { "auto", "cuda", "cpu" };
const char *const v360job_encoders[4] = { "cpu", "nvenc", "auto" };
const char *const v360job_stereos[4]  = { "2d", "sbs", "tb" };
const char *const v360job_engines[4]  = { "none", "parallel", "slurm" };
const char *const v360job_chromas[5]  = { "source", "444", "422", "420" };

/* Up to here went the scale of earlier versions, FFmpeg's, with 1 the best. */
#define MAX_QSCALE 31

/* By enum V360JobFormat. */
static const struct {
    int min, max, deflt;
} qualities[] = { { 1, 100, 92 }, { 0 }, { 0 }, { 0, 51, 18 } };

static const char *preset(int i)
{
    return ff_v360_rig_presets[i];
}

static const char *interpolation(int i)
{
    return i < V360_NB_INTERPS ? ff_v360_interp_name(i) : NULL;
}

/** @return the name of the I-th projection that a source can have */
static const char *projection(int i)
{
    for (int id = 0; id < V360_NB_PROJECTIONS; id++) {
        if (ff_v360_projection_is_source(id) && !i--)
            return ff_v360_projection_name(id);
    }
    return NULL;
}

/**
 * What is done with a value: the first kinds write an int or a path, and from
 * PRESET on the text is kept as it is.
 */
enum Kind {
    IGNORED, FLAG, NUMBER, QUALITY, WORD, STEREO, PATH,
    PRESET, INTERPOLATION, PROJECTION, SIZE, FOV, RATE, TIME, OFFSET, SHARDS,
    GPUS,
};

#define AT(member) offsetof(V360JobOptions, member)
#define WORDS(array) .choices = { array, FF_ARRAY_ELEMS(array) - 1 }
#define SOURCE  .task = V360JOB_SOURCE_TASK, .help
#define VIEWS   .task = V360JOB_VIEWS_TASK, .help
#define FRAMES  .task = V360JOB_FRAMES_TASK, .help
#define OUTPUT  .task = V360JOB_OUTPUT_TASK, .help
#define MASKS   .task = V360JOB_MASKS_TASK, .help
#define MACHINE .task = V360JOB_MACHINE_TASK, .help
#define FARM    .of_run = 1, .task = V360JOB_FARM_TASK, .help
#define RUN     .of_run = 1, .task = V360JOB_CONTROL_TASK, .help
#define CONTROL .task = V360JOB_CONTROL_TASK, .help

/* Values are parsed in this order: a format comes before what depends on it.
 * Photogrammetry wants all the detail that the source has: cube, the sharpest
 * kernel without visible ringing; line is faster and softer. */
static const V360JobOption options[] = {
    { "input", "P", PROJECTION, AT(projection),
      .choices = { .word = projection },
      SOURCE = "projection of the source: %s; default: what its metadata say, "
               "else equirect" },
    { "stereo", "S", STEREO, AT(stereo), WORDS(v360job_stereos),
      SOURCE = "%s; default: what the metadata say, else 2d" },
    { "stream", "N", NUMBER, AT(stream), .max = 999999,
      SOURCE = "index of the video in INPUT; default: the largest one that is "
               "no cover" },
    { "demo", NULL, FLAG, AT(demo), .of_run = 1,
      SOURCE = "make a short panorama video and split that" },

    { "rig", "R", PRESET, AT(rig), .choices = { .word = preset },
      .deflt = "ring8",
      VIEWS = "preset: %s, or several, as ring8+up+down (default: ring8, "
              "nothing beyond 45 degrees up or down)" },
    { "views", "FILE", PATH, AT(views_file),
      VIEWS = "a rig file instead: one view a line, as yaw=45 pitch=-30" },
    { "size", "WxH", SIZE, AT(size),
      VIEWS = "size of a view; default: what the source's resolution fills, at "
              "most 1920x1920 for rings" },
    { "fov", "H[xV]", FOV, AT(fov),
      VIEWS = "field of view in degrees of views that give none themselves; "
              "default: the preset's, else 90" },
    { "eye", "E", WORD, AT(eye),
      .choices = { v360rig_eyes, FF_ARRAY_ELEMS(v360rig_eyes) },
      VIEWS = "%s, for a stereo source; default: left" },
    { "interp", "K", INTERPOLATION, AT(interp),
      .choices = { .word = interpolation }, .deflt = "cube", VIEWS = "%s" },
    { "supersample", "N", WORD, AT(supersample),
      .choices = { v360rig_supersamples, V360_MAX_SUPERSAMPLE + 1 },
      VIEWS = "%s: pixels are the mean of NxN; default: auto, so many that "
              "views look at all that they show" },

    { "from", "T", TIME, AT(from), AT(from_us),
      FRAMES = "begin there in the source, in seconds or HH:MM:SS.mmm" },
    { "to", "T", TIME, AT(to), AT(to_us), FRAMES = "end there" },
    { "fps", "N", RATE, AT(fps),
      FRAMES = "frames per second taken from the source; default: all" },
    { "every", "N", NUMBER, AT(every), .min = 1, .max = 999999,
      FRAMES = "each Nth frame only" },
    { "sharpest", "N", NUMBER, AT(sharpest), .min = 1, .max = 999999,
      FRAMES = "of N frames each, the sharpest one (by blurdetect), after "
               "--fps: --sharpest 15 alone is 2 a second of 30" },

    { "format", "F", WORD, AT(format), WORDS(v360job_formats), .deflt = "jpg",
      OUTPUT = "%s; tif is not compressed; mp4 is OUTDIR/videos/VIEW.mp4, no "
               "sound" },
    { "quality", "N", QUALITY, AT(quality),
      OUTPUT = "jpg: 1 to 100 (best), default 92; mp4: CRF 0 (best) to 51, "
               "default 18" },
    { "chroma", "C", WORD, AT(chroma), WORDS(v360job_chromas),
      .deflt = "source",
      OUTPUT = "of jpg: %s; 444 keeps a colour for each pixel, for training" },
    { "names", "K", WORD, AT(naming), WORDS(v360job_namings),
      .deflt = "number",
      OUTPUT = "%s; number: 000001; pts: milliseconds in the source; us: "
               "microseconds" },
    { "gps", "FILE", PATH, AT(gps),
      OUTPUT = "places by time, GPX or CSV (time,lat,lon[,alt]), for the EXIF "
               "of jpg and png" },
    { "gps-offset", "S", OFFSET, AT(gps_offset), AT(gps_offset_us),
      OUTPUT = "seconds, maybe negative, from the source's clock to that of "
               "the places" },
    { "force", NULL, FLAG, AT(force), .of_run = 1,
      OUTPUT = "replace what OUTDIR holds" },

    { "for", "R", WORD, AT(reader), WORDS(v360job_readers),
      MASKS = "reader: %s; default: colmap's files where the rig allows" },
    { "owner-masks", NULL, FLAG, AT(owner_masks),
      MASKS = "masks that give every direction to one view only: for training, "
              "not for matching" },
    { "mask", "FILE", PATH, AT(mask),
      MASKS = "mask of the panorama, picture or video of its size; black is "
              "left out" },

    { "device", "D", WORD, AT(device), WORDS(v360job_devices),
      .deflt = "auto", MACHINE = "%s: where views are made" },
    { "encoder", "E", WORD, AT(encoder), WORDS(v360job_encoders),
      .deflt = "cpu",
      MACHINE = "of mp4: %s; auto: nvenc if it opens. Its bytes depend on the "
                "GPU" },
    { "no-deps", NULL, IGNORED, .of_run = 1,
      MACHINE = "if FFmpeg has to be built first: install no packages for it" },

    { "shards", "N", SHARDS, AT(shards), AT(nb_shards), 1, V360JOB_MAX_SHARDS,
      FARM = "make the frames in N parts, on as many machines as there are; "
             "auto: of about a minute each" },
    { "submit", "E", WORD, AT(engine), WORDS(v360job_engines),
      .deflt = "none",
      FARM = "%s: what starts the tasks; none prints their commands" },
    { "gpus", "N", GPUS, AT(gpus), AT(nb_gpus), 1, V360JOB_MAX_GPUS,
      FARM = "make a part on each of N GPUs of this machine, at the same "
             "time; all: as many as there are" },
    { "cpus", "N", NUMBER, AT(cpus), .min = 1, .max = 9999,
      FARM = "processors of a task in Slurm; default: Slurm's" },
    { "round", "N", NUMBER, AT(round), .max = 99,
      FARM = "of merge: how often it has had shards made again; it gives up "
             "after 3" },
    { "status", NULL, FLAG, AT(status), FARM = "tell how far OUTDIR is" },
    { "cancel", NULL, FLAG, AT(cancel),
      FARM = "end the tasks of OUTDIR, and give up the plan" },

    { "keep-going", NULL, FLAG, AT(keep_going),
      CONTROL = "list and leave out what cannot be read, do not stop there" },
    { "quiet", NULL, FLAG, AT(quiet),
      RUN = "no progress, errors and warnings only" },
    { "json-progress", NULL, FLAG, AT(json),
      RUN = "progress on stdout, one JSON object a line" },
    { "print", NULL, FLAG, AT(print),
      RUN = "print the ffmpeg command that would run, and do nothing" },
    { "verify", NULL, FLAG, AT(verify),
      RUN = "compare the files of OUTDIR with its manifest.json" },
    { "help", NULL, IGNORED, RUN = "print this" },
    { NULL },
};

_Static_assert(FF_ARRAY_ELEMS(options) <= V360JOB_MAX_OPTIONS,
               "V360JobLine has too little room");

static int set_quality(V360JobOptions *o, const char *name, const char *value)
{
    int ret;

    if (!qualities[o->format].max)
        return v360job_error("--%s means nothing for %s, it is lossless", name,
                             v360job_formats[o->format]);
    ret = v360job_parse_number(&o->quality, name, value,
                               qualities[o->format].min,
                               qualities[o->format].max);
    if (ret >= 0 && o->format == V360JOB_JPG && o->quality <= MAX_QSCALE)
        v360job_warn("--quality %d makes coarse images: the scale is that of "
                     "JPEG programs, up to 100", o->quality);
    return ret;
}

static int check_projection(const V360JobOption *option, const char *value)
{
    const int id = ff_v360_projection_find(value);

    if (id >= 0 && ff_v360_projection_is_source(id))
        return 0;
    return v360job_bad_choice(option->name, value, &option->choices);
}

static int set_text(V360JobOptions *o, const V360JobOption *option,
                    const char *value)
{
    const char *name = option->name;
    int index;

    *(const char **)((char *)o + option->offset) = value;
    switch (option->kind) {
    case INTERPOLATION:
        return v360job_parse_choice(&index, name, value, &option->choices);
    case PROJECTION:
        return check_projection(option, value);
    case SIZE:
        return v360job_parse_size(&o->w, &o->h, name, value);
    case FOV:
        return v360job_parse_fov(o->h_fov, o->v_fov, name, value);
    case RATE:
        return v360job_parse_rate(&o->fps_value, name, value);
    case TIME:
        return v360job_parse_time((int64_t *)((char *)o + option->parsed), name,
                                  value);
    case OFFSET:
        return v360job_parse_offset(&o->gps_offset_us, name, value);
    case SHARDS:
    case GPUS:
        return !strcmp(value, option->kind == GPUS ? "all" : "auto") ? 0 :
               v360job_parse_number((int *)((char *)o + option->parsed), name,
                                    value, option->min, option->max);
    }
    return v360job_check_preset(name, value);
}

static int set_value(V360JobOptions *o, const V360JobOption *option,
                     const char *value)
{
    void *at = (char *)o + option->offset;

    switch (option->kind) {
    case IGNORED:
        return 0;
    case FLAG:
        *(int *)at = 1;
        return 0;
    case NUMBER:
        return v360job_parse_number(at, option->name, value, option->min,
                                    option->max);
    case QUALITY:
        return set_quality(o, option->name, value);
    case STEREO:
        if (!strcmp(value, "auto")) /* as the metadata say */
            return 0;
        return v360job_parse_choice(at, option->name, value, &option->choices);
    case WORD:
        return v360job_parse_choice(at, option->name, value, &option->choices);
    case PATH:
        return v360job_absolute(at, value);
    }
    return set_text(o, option, value);
}

static int set_values(V360JobOptions *o, const V360JobLine *line)
{
    for (int i = 0; options[i].name; i++) {
        const char *deflt = options[i].deflt;
        const char *value = line->given[i] ? line->given[i] : deflt;
        int ret;

        /* An empty variable of a script is as if the option were not there. */
        if (!value || (!*value && !deflt))
            continue;
        ret = set_value(o, &options[i], value);
        if (ret < 0)
            return ret;
    }
    if (o->quality < 0)
        o->quality = qualities[o->format].deflt;
    if (o->command == V360JOB_PLAN && !o->shards)
        o->shards = "auto";
    return 0;
}

/** Keep the words that another run needs for the same result. */
static int keep_words(V360JobOptions *o, const V360JobLine *line)
{
    V360JobTexts *to = &o->words;

    for (int i = 0; options[i].name; i++) {
        const V360JobOption *option = &options[i];

        if (!line->given[i] || option->of_run)
            continue;
        if (!option->value)
            v360job_addf(to, "--%s", option->name);
        else
            v360job_addf(to, "--%s=%s", option->name, option->kind == PATH ?
                         *(char **)((char *)o + option->offset) :
                         line->given[i]);
    }
    if (o->gpus && !line->given[v360job_find_option(options, "device", 6)])
        v360job_add(to, "--device=cuda");
    if (o->input)
        v360job_add_all(to, "--", o->input, o->outdir, NULL);
    return v360job_texts_ok(to);
}

static int check_files(V360JobOptions *o, const V360JobLine *line)
{
    if (o->views_file && line->given[v360job_find_option(options, "rig", 3)])
        return v360job_error("--rig and --views exclude each other");
    if (o->views_file)
        o->rig = NULL;
    if (o->views_file && access(o->views_file, R_OK) < 0)
        return v360job_cannot("cannot read the rig file", o->views_file,
                              AVERROR(errno));
    if (o->mask && access(o->mask, R_OK) < 0)
        return v360job_cannot("cannot read the mask", o->mask, AVERROR(errno));
    return o->gps && access(o->gps, R_OK) < 0 ?
           v360job_cannot("cannot read the track", o->gps, AVERROR(errno)) : 0;
}

int v360job_read_options(V360JobOptions *o, V360JobLine *line, char **words)
{
    int ret = v360job_take_words(line, options, words);

    if (ret > 0) {
        ret = v360job_print_help(stdout, options);
        return ret < 0 ? ret : 1;
    }
    return ret < 0 ? ret : set_values(o, line);
}

int v360job_check_options(V360JobOptions *o, const V360JobLine *line)
{
    const int ret = check_files(o, line);

    return ret < 0 ? ret : keep_words(o, line);
}

void v360job_free_options(V360JobOptions *o)
{
    av_freep(&o->input);
    av_freep(&o->outdir);
    av_freep(&o->views_file);
    av_freep(&o->mask);
    av_freep(&o->gps);
    v360job_free_texts(&o->words);
}
