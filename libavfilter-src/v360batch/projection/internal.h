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

#ifndef AVFILTER_V360BATCH_PROJECTION_INTERNAL_H
#define AVFILTER_V360BATCH_PROJECTION_INTERNAL_H

#include <math.h>
#include <stdint.h>

#include "projection.h"

/**
 * @file
 * Declarations that the files of this folder share. Nothing else includes this.
 */

/**
 * Slack of every decision about a border: whether a position is inside, which
 * face, which side of a seam. It is far above the noise that different libms,
 * compilers and fused multiplications leave on an exact tie (1e-15; 1e-12 after
 * rays were snapped to 2^-40), and far below 1/256 sample (1e-7 of the widest
 * image). So a ray that lies exactly on a border is decided the same way
 * everywhere.
 */
#define V360_EPS 1e-9

/** How an angle from the axis becomes a length in the plane of the image. */
enum V360Extent {
    V360_EXTENT_FIXED,      ///< the whole sphere, or always the same part
    V360_EXTENT_PARAMETER,  ///< the field is a parameter, not an angle
    V360_EXTENT_LINEAR,     ///< a
    V360_EXTENT_TAN,        ///< tan(a)
    V360_EXTENT_TAN_HALF,   ///< tan(a / 2)
    V360_EXTENT_SIN,        ///< sin(a)
    V360_EXTENT_SIN_HALF,   ///< sin(a / 2)
};

/** Meaning of d_fov. */
enum V360Diagonal {
    V360_DIAGONAL_NONE,      ///< ignored
    V360_DIAGONAL_RADIAL,    ///< the angle from corner to corner
    V360_DIAGONAL_EQUIRECT,  ///< v360's rule: h_fov, and v_fov is half of it
    V360_DIAGONAL_FLAT,      ///< v360's rule: as if the image were flat
};

/** One of the two axes of an image. */
typedef struct V360Axis {
    enum V360Extent rule;
    double max_fov;      ///< degrees; rules with a pole there exclude it
    double default_fov;  ///< degrees; 0: square pixels
    double fixed;        ///< half extent for V360_EXTENT_FIXED
} V360Axis;

/**
 * One projection. A projection onto one plane has the first pair of functions,
 * and ex and ey are half extents of that plane. A projection onto several
 * faces, or with an outline that is more than a scale, has the second pair.
 */
typedef struct V360Projection {
    int (*to_plane)(const V360Geometry *g, const double ray[3], double xy[2]);
    int (*from_plane)(const V360Geometry *g, const double xy[2],
                      double ray[3]);

    int (*ray_to_uv)(const V360Geometry *g, const double ray[3],
                     double uv[2], int *face);
    int (*uv_to_ray)(const V360Geometry *g, const double uv[2],
                     double ray[3]);

    /**
     * As ff_v360_neighbour(); NULL: what lies across the outline, or where there
     * is none the nearest place of the same face.
     */
    int (*neighbour)(const V360Geometry *g, int face, double uv[2]);

    int has_outline;        ///< as ff_v360_has_outline()

    /** Sets faces and what depends on the size; NULL: there is one face. */
    int (*init)(V360Geometry *g, const char *prefix, void *log_ctx);

    V360Axis x, y;
    enum V360Diagonal diagonal;
    double full_w, full_h;  ///< size of the panorama / size of the image
    int min_w, min_h;       ///< smallest size; 0 means 1
} V360Projection;

/** Angle about Y: pi, and never -pi, exactly behind; 0 at the poles. */
static inline double v360_longitude(const double ray[3])
{
    double lon;

    /* zeros may carry either sign, so atan2() must not see two of them */
    if (ray[0] == 0.0 && ray[2] == 0.0)
        return 0.0;
    lon = atan2(ray[0], ray[2]);
    return lon < V360_EPS - M_PI ? lon + 2 * M_PI : lon;
}

static inline double v360_length(double x, double y, double z)
{
    return sqrt(x * x + y * y + z * z);
}

static inline void v360_normalize(double ray[3])
{
    const double length = v360_length(ray[0], ray[1], ray[2]);

    for (int i = 0; i < 3; i++)
        ray[i] /= length;
}

static inline void v360_set_ray(double ray[3], double x, double y, double z)
{
    ray[0] = x;
    ray[1] = y;
    ray[2] = z;
}

/* face.c */
/** Move a position into a face, at least half a sample away from its edges. */
void ff_v360_clamp_to_face(const V360Geometry *g, int face, double uv[2]);

/* fov.c */
/** Check the fields of view, complete them, derive half extents. */
int ff_v360_fov_init(V360Geometry *g, const V360Projection *p,
                     const char *prefix, void *log_ctx);

/* radial.c: flat images and fisheyes, around the Z axis */
extern const V360Projection ff_v360_flat, ff_v360_fisheye,
    ff_v360_stereographic, ff_v360_equisolid, ff_v360_ball,
    ff_v360_orthographic, ff_v360_perspective;

/** Equidistant fisheye: angle from Z times direction in the plane. */
void ff_v360_equidistant(double x, double y, double z, double xy[2]);

/** Inverse of ff_v360_equidistant(). @return 0 beyond 180 degrees */
int ff_v360_equidistant_ray(const double xy[2], double ray[3]);

/* cylinder.c: images by longitude, around the Y axis */
extern const V360Projection ff_v360_equirect, ff_v360_hequirect,
    ff_v360_cylindrical, ff_v360_cylindricalea, ff_v360_mercator,
    ff_v360_sinusoidal, ff_v360_hammer, ff_v360_pannini;

/* cube.c: cubes */
extern const V360Projection ff_v360_c3x2, ff_v360_c6x1, ff_v360_c1x6;

enum V360Direction {
    V360_RIGHT,
    V360_LEFT,
    V360_UP,
    V360_DOWN,
    V360_FRONT,
    V360_BACK,
};

/** @return side of the cube that a ray goes through; st in [-1, 1] there */
enum V360Direction ff_v360_cube_side(const double ray[3], double st[2]);

/** Unit vector toward st on a side of the cube. */
void ff_v360_cube_ray(enum V360Direction side, const double st[2],
                      double ray[3]);

/** @return face that shows a ray; st is turned as that face is */
int ff_v360_cube_face(const V360Geometry *g, const double ray[3],
                      double st[2]);

/** Inverse of ff_v360_cube_face(). */
void ff_v360_cube_face_ray(const V360Geometry *g, int face,
                           const double st[2], double ray[3]);

/** Check pad and fpad against the smallest face, of w x h samples. */
int ff_v360_pad_check(const V360Geometry *g, double w, double h,
                      const char *prefix, void *log_ctx);

/** Share of a face, which is size samples long, that is not padding. */
static inline double v360_pad_scale(const V360Geometry *g, double size)
{
    return 1.0 - (g->fpad > 0 ? g->fpad / size : g->pad);
}

/* eac.c: YouTube's equi-angular cubemap */
extern const V360Projection ff_v360_eac;

/* composite.c: images put together from several parts */
extern const V360Projection ff_v360_dfisheye, ff_v360_barrel,
    ff_v360_barrelsplit;

/* polyhedron.c: solids with flat sides that are not cubes */
extern const V360Projection ff_v360_tetrahedron, ff_v360_octahedron,
    ff_v360_tspyramid;

#endif /* AVFILTER_V360BATCH_PROJECTION_INTERNAL_H */
