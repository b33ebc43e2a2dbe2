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

#ifndef TOOLS_RIG_RIG_H
#define TOOLS_RIG_RIG_H

#include <stdint.h>
#include <stdio.h>

#include "config.h"
#include "libavfilter/v360batch/rig/rig.h"

/**
 * @file
 * What the commands of v360rig share: the rig of the command line, as cameras
 * with their sizes, intrinsics and rotations.
 *
 * Axes of the panorama and of each camera: X right, Y down, Z forward.
 */

/** One view of the rig, for the given source. */
typedef struct Camera {
    const V360View *view;
    V360Geometry g;
    double pano_from_cam[9];  ///< row-major
    double fx, fy, cx, cy;    ///< pixels; 0 unless the view is flat
    double samples;           ///< see v360rig_count_samples(); 0 before
} Camera;

/** The command line, and the rig that it describes. */
typedef struct RigSetup {
    const char *rig_name;     ///< name of a preset, or NULL
    const char *views_file;   ///< or NULL
    char *text;               ///< of the rig in views_file; NULL: a preset
    const char *output;       ///< -o
    const char *pano;         ///< -i
    const char *instance;     ///< --instance
    V360View defaults;        ///< --size, --fov, --eye, --supersample
    V360Geometry source;      ///< completed if its size is known
    int stereo_w, stereo_h;   ///< eyes beside and above each other in pano

    V360Rig rig;              ///< completed
    Camera *cameras;          ///< rig.nb_views of them, or NULL before
                              ///< v360rig_cameras()
} RigSetup;

/* setup.c */

/** Names of the eyes, by enum V360Eye. */
extern const char *const v360rig_eyes[3];

/**
 * Parse the arguments behind the command and read the rig.
 *
 * @param setup  zero-initialised; to be freed in any case
 * @return 0 or a negative error code, logged
 */
int v360rig_parse_setup(RigSetup *setup, int argc, char **argv);

/** Set what a command line without options means. */
void v360rig_init_setup(RigSetup *setup);

/**
 * Make the rig: of setup->text, or else the preset setup->rig_name, with
 * setup->defaults.
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_make_rig(RigSetup *setup);

void v360rig_free_setup(RigSetup *setup);

/* camera.c */

/**
 * Set up the cameras, if they are not there yet. The size of the source is
 * --source, else that of -i.
 *
 * @param assume  take a common size where neither is given, with a warning;
 *                otherwise that is an error if any view depends on it
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_cameras(RigSetup *setup, int assume);

/** @return 0, or AVERROR(EINVAL), logged, if any view is not flat */
int v360rig_only_flat(const RigSetup *setup, const char *what);

/** Turn a direction in panorama axes into one in a camera's axes, or back. */
void v360rig_to_camera(const Camera *cam, const double ray[3], double r[3]);
void v360rig_to_pano(const Camera *cam, const double ray[3], double r[3]);

/** @return whether a camera shows a direction in panorama axes */
int v360rig_sees(const Camera *cam, const double ray[3]);

/**
 * The share of what the source shows that no view does, 0 to 1; the cameras are
 * set up. It is in coverage.c.
 */
double v360rig_unseen(const RigSetup *setup);

/* supersample.c */

/** Names of the values of supersample, by their numbers: auto, 1, 2, ... */
extern const char *const v360rig_supersamples[V360_MAX_SUPERSAMPLE + 2];

/**
 * Set Camera.samples of all cameras: how many samples of the source a sample of
 * the view shows, on the axis and at the place where they are the most.
 */
void v360rig_count_samples(RigSetup *setup);

/** @return supersample of a view, its own or what auto is for its samples */
int v360rig_supersample(const Camera *cam);

/* rotation.c */

/** pano_from_cam = Ry(yaw) Rx(pitch) Rz(roll), exact at quarter turns. */
void v360rig_rotation(double m[9], double yaw, double pitch, double roll);

/** r = a b, or r = transpose(a) b */
void v360rig_multiply(double r[9], const double a[9], const double b[9],
                      int transpose_a);

/** Hamilton quaternion (w, x, y, z) of a rotation matrix, w >= 0. */
void v360rig_quaternion(double q[4], const double m[9]);

/* nerfstudio.c */

/** The images of a job, which have the same names in all views. */
typedef struct RigImages {
    char **names;             ///< such as 000001.jpg, nb of them
    int nb;
    int has_masks;            ///< masks/VIEW/000001.png
} RigImages;

/**
 * Write transforms.json with an entry for each image of each view. Where the
 * panoramas stand is not known, so they stand on a line, 1 apart.
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_nerfstudio_images(RigSetup *setup, const RigImages *images);

/* realityscan.c */

/**
 * Set up the cameras, for v360rig_write_xmp().
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_check_xmp(RigSetup *setup);

/**
 * Write DIR/NAME.xmp about the view INDEX, for the panorama setup->instance.
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_write_xmp(const RigSetup *setup, int index, const char *dir,
                      const char *name);

/* output.c */

/** Shortest decimal number that reads back as x. */
const char *v360rig_number(char s[32], double x);

/**
 * Make the folder of -o; its parent must be there.
 *
 * @return 0, also if the folder was there, or a negative error code, logged
 */
int v360rig_make_dir(const RigSetup *setup);

/**
 * Open a file for writing: DIR/NAMESUFFIX, or only NAME if dir is NULL, or
 * standard output if both are. Close it with v360rig_close().
 *
 * @return NULL on error, logged
 */
FILE *v360rig_open(const char *dir, const char *name, const char *suffix);

/**
 * Close a file of v360rig_open(), standard output included.
 *
 * @return 0, or the error of closing or of any write before, logged
 */
int v360rig_close(FILE *f, const char *name);

/**
 * Print all that a completed view holds, as the option views takes it; nothing in
 * it needs an escape. It is in filtergraph.c.
 */
void v360rig_print_view(FILE *f, const V360View *view);

/* The commands without a rig; all return 0 or a negative error code, logged.
 * They are in lists.c. */
int v360rig_list(void);
int v360rig_presets(void);
int v360rig_projections(void);
int v360rig_interpolations(void);

/* The commands with a rig; all return 0 or a negative error code, logged. Each
 * is in a file of its name, v360rig_names() in show.c. */
int v360rig_names(RigSetup *setup);
int v360rig_show(RigSetup *setup);
int v360rig_filtergraph(RigSetup *setup);
int v360rig_text(RigSetup *setup);
int v360rig_colmap(RigSetup *setup);
int v360rig_nerfstudio(RigSetup *setup);
int v360rig_realityscan(RigSetup *setup);
int v360rig_owner_masks(RigSetup *setup);
int v360rig_coverage(RigSetup *setup);
int v360rig_preview(RigSetup *setup);

/**
 * What needs cJSON, or NULL in a build without it; v360rig_no_json() then says
 * so and returns AVERROR(EINVAL).
 */
#if CONFIG_LIBCJSON
#define V360RIG_WITH_JSON(function) function
#else
#define V360RIG_WITH_JSON(function) NULL
#endif

int v360rig_no_json(const char *what);

#endif /* TOOLS_RIG_RIG_H */
