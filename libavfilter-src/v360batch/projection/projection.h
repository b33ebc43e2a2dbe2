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

#ifndef AVFILTER_V360BATCH_PROJECTION_PROJECTION_H
#define AVFILTER_V360BATCH_PROJECTION_PROJECTION_H

#include <stdint.h>

/**
 * @file
 * Projections of the sphere: direction <-> position in an image.
 *
 * Everything is double precision. Axes: X right, Y down, Z forward. A position
 * is (u, v) in [0, 1] x [0, 1], u from the left edge of the image to its right
 * edge, v from the top edge to the bottom edge; the centre of sample (i, j) of
 * a w x h image lies at ((i + 0.5) / w, (j + 0.5) / h).
 */

enum V360ProjectionID {
    V360_EQUIRECT,
    V360_HEQUIRECT,
    V360_FLAT,
    V360_FISHEYE,
    V360_DFISHEYE,
    V360_C3X2,
    V360_C6X1,
    V360_C1X6,
    V360_EAC,
    V360_CYLINDRICAL,
    V360_CYLINDRICALEA,
    V360_STEREOGRAPHIC,
    V360_MERCATOR,
    V360_BALL,
    V360_HAMMER,
    V360_SINUSOIDAL,
    V360_PANNINI,
    V360_PERSPECTIVE,
    V360_TETRAHEDRON,
    V360_OCTAHEDRON,
    V360_BARREL,
    V360_BARRELSPLIT,
    V360_TSPYRAMID,
    V360_EQUISOLID,
    V360_ORTHOGRAPHIC,
    V360_NB_PROJECTIONS,
};

/**
 * Option names and aliases, as in FFmpeg's v360: X(id, name, description).
 * The first name of an id is the canonical one.
 */
#define V360_PROJECTION_NAMES(X)                                   \
    X(V360_EQUIRECT,      "equirect",      "equirectangular")      \
    X(V360_EQUIRECT,      "e",             "equirectangular")      \
    X(V360_HEQUIRECT,     "hequirect",     "half equirectangular") \
    X(V360_HEQUIRECT,     "he",            "half equirectangular") \
    X(V360_FLAT,          "flat",          "rectilinear (pinhole)")  \
    X(V360_FLAT,          "rectilinear",   "rectilinear (pinhole)")  \
    X(V360_FLAT,          "gnomonic",      "rectilinear (pinhole)")  \
    X(V360_FISHEYE,       "fisheye",       "equidistant fisheye")  \
    X(V360_DFISHEYE,      "dfisheye",      "dual fisheye")         \
    X(V360_C3X2,          "c3x2",          "cubemap 3x2")          \
    X(V360_C6X1,          "c6x1",          "cubemap 6x1")          \
    X(V360_C1X6,          "c1x6",          "cubemap 1x6")          \
    X(V360_EAC,           "eac",           "equi-angular cubemap") \
    X(V360_CYLINDRICAL,   "cylindrical",   "cylindrical")          \
    X(V360_CYLINDRICALEA, "cylindricalea", "cylindrical equal area") \
    X(V360_STEREOGRAPHIC, "sg",            "stereographic")        \
    X(V360_MERCATOR,      "mercator",      "mercator")             \
    X(V360_BALL,          "ball",          "ball")                 \
    X(V360_HAMMER,        "hammer",        "hammer")               \
    X(V360_SINUSOIDAL,    "sinusoidal",    "sinusoidal")           \
    X(V360_PANNINI,       "pannini",       "pannini")              \
    X(V360_PERSPECTIVE,   "perspective",   "perspective, view only") \
    X(V360_TETRAHEDRON,   "tetrahedron",   "tetrahedron")          \
    X(V360_OCTAHEDRON,    "octahedron",    "octahedron")           \
    X(V360_BARREL,        "barrel",        "facebook's barrel")    \
    X(V360_BARREL,        "fb",            "facebook's barrel")    \
    X(V360_BARRELSPLIT,   "barrelsplit",   "facebook's split barrel") \
    X(V360_TSPYRAMID,     "tsp",           "truncated square pyramid") \
    X(V360_EQUISOLID,     "equisolid",     "equisolid fisheye")    \
    X(V360_ORTHOGRAPHIC,  "og",            "orthographic fisheye")

/** Defaults of the order of cube faces and of their rotations. */
#define V360_FORDER "rludfb"
#define V360_FROT   "000000"

/** Largest width and height of an image; places of samples have 16 bits. */
#define V360_MAX_SIZE 32768

#define V360_MAX_FACES 6

/** A rectangle of the image, in u and v, that is continuous on the sphere. */
typedef struct V360Face {
    double u0, v0, u1, v1;
} V360Face;

/** One image, source or view: a projection and its parameters. */
typedef struct V360Geometry {
    /* set by the caller, completed by ff_v360_geometry_init() */
    enum V360ProjectionID projection;
    int w, h;             ///< size in samples of the luma plane of one eye
    /**
     * Degrees; 0: by the projection's rule. As in v360, two of them are not
     * angles: pannini's h_fov is its d, perspective's v_fov the distance of
     * the eye.
     */
    double h_fov, v_fov;
    double d_fov;         ///< degrees along the diagonal; 0: not given
    const char *forder;   ///< cube faces in order, by the letters of
                          ///< V360_FORDER as in v360; NULL: that order
    const char *frot;     ///< quarter turns of cube faces in that order, by
                          ///< digits 0 to 3 as in v360; NULL: V360_FROT
    double pad;           ///< share of a cube face that is padding, [0, 0.1]
    int fpad;             ///< padding of cube faces in samples, overrides pad

    /* set by ff_v360_geometry_init() */
    double ex, ey;        ///< half extents, in the projection's own unit;
                          ///< for a cube, share of a face that is not padding
    int face_at[6];       ///< face that shows a direction
    int direction_at[6];  ///< direction that a face shows
    int rotation_at[6];   ///< quarter turns of a face
    int nb_faces;         ///< 1 unless the image has several parts
    V360Face faces[V360_MAX_FACES];
} V360Geometry;

/**
 * Find a projection by name or alias.
 *
 * @return a V360ProjectionID, or AVERROR(EINVAL) if there is none
 */
int ff_v360_projection_find(const char *name);

/** @return canonical name of a projection */
const char *ff_v360_projection_name(enum V360ProjectionID id);

/** @return whether a projection can be that of a source; all can be a view's */
int ff_v360_projection_is_source(enum V360ProjectionID id);

/**
 * @return whether the whole sphere lies inside an outline within the image that
 *         is the meridian of 180 degrees on both sides. The region inside is
 *         convex and the same on both sides of the image's middle. The
 *         directions that ff_v360_unproject() sets go on beyond it, and
 *         ff_v360_neighbour() takes positions there
 */
int ff_v360_has_outline(const V360Geometry *g);

/** @return whether turning about Y is exactly a shift of u (period 1) */
int ff_v360_yaw_is_shift(const V360Geometry *g);

/**
 * Size of the equirectangular panorama that has the resolution of a w x h image
 * of projection id, by v360's rules; and the size that an image of projection
 * id has at the resolution of a full_w x full_h panorama.
 */
void ff_v360_full_size(enum V360ProjectionID id, int w, int h,
                       double *full_w, double *full_h);
void ff_v360_size_from_full(enum V360ProjectionID id, double full_w,
                            double full_h, int *w, int *h);

/**
 * Check the caller's fields and derive the rest.
 *
 * If d_fov is given, the diagonal spans it. Otherwise, if only h_fov or v_fov
 * is given, the other one makes pixels square, but never exceeds what the
 * sphere has; if neither is given, both are the projection's defaults.
 * Projections with fixed fields of view ignore all three.
 *
 * A second call for the same geometry takes what the first one derived as
 * given.
 *
 * @param is_source  refuse a projection that can only be a view (perspective)
 * @param log_ctx    errors name the option, its value and the allowed range
 * @return 0 or AVERROR(EINVAL)
 */
int ff_v360_geometry_init(V360Geometry *g, int is_source, void *log_ctx);

/**
 * Position that a direction has in the image.
 *
 * Directions that lie on a border (an edge of a cube, the seam behind, the
 * rim of a circle) within 1e-9 are decided by a fixed rule, so that noise in
 * the last bits decides nothing: rims belong to the image, the seam behind is
 * u = 1, an edge between two of a cube's four sides belongs to the right one,
 * an edge of up or down to the side beyond it.
 *
 * @param ray   direction of any length > 0
 * @param uv    position; set even if the image does not show the direction
 * @param face  index of the face that the position lies in
 * @return 1 if the image shows that direction, else 0
 */
int ff_v360_project(const V360Geometry *g, const double ray[3],
                    double uv[2], int *face);

/**
 * Direction that a position of the image shows.
 *
 * Corners that would show the sphere a second time show nothing; padding,
 * and the corners of dual fisheyes and barrels, show what lies there.
 *
 * @param ray  unit vector; set even if nothing is shown at the position
 * @return 1 if the image shows anything at that position, else 0
 */
int ff_v360_unproject(const V360Geometry *g, const double uv[2],
                      double ray[3]);

/**
 * Position of a neighbour beyond an edge of a face.
 *
 * The face is thought to go on beyond its edges; where the image holds the
 * direction seen there, that place is returned, otherwise the nearest place
 * of the same face. A position wraps where the image does, and crosses a pole
 * where the image has one.
 *
 * @param face  index into g->faces
 * @param uv    position outside that face on entry, the place to fetch on
 *              exit: at least half a luma sample away from the edges of the
 *              face it lies in, except where it wraps (there at u < 1)
 * @return face in which the place lies
 */
int ff_v360_neighbour(const V360Geometry *g, int face, double uv[2]);

#endif /* AVFILTER_V360BATCH_PROJECTION_PROJECTION_H */
