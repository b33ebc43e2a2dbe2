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

#include "libavfilter/v360batch/rig/rig.h"

/**
 * @file
 * What the commands of v360rig share: the rig of the command line, as cameras
 * with their sizes, intrinsics and rotations.
 *
 * Axes: X right, Y down, Z forward, of the panorama and of each camera.
 */

/** One view of the rig, for the given source. */
typedef struct Camera {
    const V360View *view;
    V360Geometry g;
    double pano_from_cam[9];  ///< row-major
    double fx, fy, cx, cy;    ///< pixels; 0 unless the view is flat
} Camera;

/** What the command line says. */
typedef struct Job {
    const char *rig_name;     ///< of a preset, or NULL
    const char *views_file;   ///< or NULL
    const char *output;       ///< -o
    const char *pano;         ///< -i
    const char *instance;     ///< --instance
    V360View defaults;        ///< --size, --fov, --eye
    V360Geometry source;      ///< completed if its size is known
    int stereo_w, stereo_h;   ///< eyes beside and above each other in pano

    V360Rig rig;              ///< completed
    Camera *cameras;          ///< rig.nb_views; NULL if without a source
} Job;

/**
 * Parse the arguments behind the command and set up the rig.
 *
 * @param job  zero-initialised; to be freed in any case
 * @return 0 or a negative error code, logged
 */
int v360rig_parse_job(Job *job, int argc, char **argv);

/**
 * Set up the cameras: the source is --source, else the size of -i.
 *
 * @param assume  take a common size where neither is given, with a warning;
 *                otherwise that is an error if any view depends on it
 * @return 0 or a negative error code, logged
 */
int v360rig_cameras(Job *job, int assume);

/** @return 0, or AVERROR(EINVAL), logged, if any view is not flat */
int v360rig_only_flat(const Job *job, const char *what);

void v360rig_free_job(Job *job);

/** pano_from_cam = Ry(yaw) Rx(pitch) Rz(roll), exact at quarter turns. */
void v360rig_rotation(double m[9], double yaw, double pitch, double roll);

/** r = a b, or r = transpose(a) b */
void v360rig_multiply(double r[9], const double a[9], const double b[9],
                      int transpose_a);

/** Hamilton quaternion (w, x, y, z) of a rotation matrix, w >= 0. */
void v360rig_quaternion(double q[4], const double m[9]);

/** Direction in panorama axes to that of a camera, and back. */
void v360rig_to_camera(const Camera *cam, const double ray[3], double r[3]);
void v360rig_to_pano(const Camera *cam, const double ray[3], double r[3]);

/** Whether a camera shows a direction in panorama axes. */
int v360rig_sees(const Camera *cam, const double ray[3]);

/** Shortest decimal number that reads back as x, in any locale. */
const char *v360rig_number(char s[32], double x);

/** Make the folder of -o; its parent must be there. */
int v360rig_make_dir(const Job *job);

/**
 * Open a file for writing: DIR/NAMESUFFIX, or only NAME if dir is NULL, or
 * standard output if both are. Close it with v360rig_close().
 */
FILE *v360rig_open(const char *dir, const char *name, const char *suffix);

/** @return 0 or an error code, logged, of any write to it so far */
int v360rig_close(FILE *f, const char *name);

/* the commands; all return 0 or a negative error code, logged */
int v360rig_show(Job *job);
int v360rig_filtergraph(Job *job);
int v360rig_colmap(Job *job);
int v360rig_nerfstudio(Job *job);
int v360rig_realityscan(Job *job);
int v360rig_owner_masks(Job *job);
int v360rig_coverage(Job *job);
int v360rig_preview(Job *job);

#endif /* TOOLS_RIG_RIG_H */
