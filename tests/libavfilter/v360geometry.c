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
 * Details of projections: images that are refused, known positions, orders of
 * cube faces, neighbours across edges. This prints the same on every machine,
 * and returns non-zero if a property does not hold.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavfilter/v360batch/projection/projection.h"
#include "v360check.h"

/** Rounding of doubles through two transforms, with a factor of 1000. */
#define UV_TOLERANCE 1e-9

#define IMAGE(id, width, height, ...) \
    { .projection = V360_ ## id, .w = width, .h = height, __VA_ARGS__ }

/** Images that are refused. */
static const V360Geometry bad[] = {
    IMAGE(EQUIRECT, 0, 64), IMAGE(EQUIRECT, 64, -1),
    IMAGE(EQUIRECT, V360_MAX_SIZE + 1, 64),
    IMAGE(EQUIRECT, 64, 64, .h_fov = 361),
    IMAGE(EQUIRECT, 64, 64, .v_fov = 181),
    IMAGE(EQUIRECT, 64, 64, .h_fov = NAN),
    IMAGE(FLAT, 64, 64, .h_fov = 180), IMAGE(FLAT, 64, 64, .v_fov = 180),
    IMAGE(FLAT, 64, 64, .d_fov = 180), IMAGE(FLAT, 64, 64, .h_fov = -1),
    IMAGE(FLAT, 64, 64, .h_fov = INFINITY), IMAGE(FLAT, 64, 64, .d_fov = NAN),
    IMAGE(CYLINDRICAL, 64, 64, .v_fov = 180),
    IMAGE(CYLINDRICAL, 64, 64, .d_fov = 300),
    IMAGE(CYLINDRICALEA, 64, 64, .v_fov = 181),
    IMAGE(STEREOGRAPHIC, 64, 64, .h_fov = 360),
    IMAGE(ORTHOGRAPHIC, 64, 64, .h_fov = 181),
    IMAGE(ORTHOGRAPHIC, 64, 64, .d_fov = 181),
    IMAGE(EQUISOLID, 64, 64, .v_fov = 361),
    IMAGE(PANNINI, 64, 64, .h_fov = 361), IMAGE(DFISHEYE, 1, 64),
    IMAGE(C3X2, 2, 2), IMAGE(C3X2, 3, 1),
    IMAGE(C6X1, 5, 1), IMAGE(C1X6, 1, 5),
    IMAGE(EAC, 4, 9), IMAGE(EAC, 5, 8),
    IMAGE(BARREL, 4, 2), IMAGE(BARREL, 5, 1),
    IMAGE(BARRELSPLIT, 3, 3),
    IMAGE(C3X2, 96, 64, .forder = "rludf"),
    IMAGE(C3X2, 96, 64, .forder = "rludff"),
    IMAGE(C3X2, 96, 64, .forder = "rludfbb"),
    IMAGE(C3X2, 96, 64, .forder = "rludfx"), IMAGE(C3X2, 96, 64, .forder = ""),
    IMAGE(C3X2, 96, 64, .frot = "00000"),
    IMAGE(C3X2, 96, 64, .frot = "0000000"),
    IMAGE(C3X2, 96, 64, .frot = "000004"), IMAGE(C3X2, 96, 64, .pad = 0.11),
    IMAGE(C3X2, 96, 64, .pad = -0.01), IMAGE(C3X2, 96, 64, .pad = NAN),
    IMAGE(C3X2, 96, 64, .fpad = 32), IMAGE(C3X2, 96, 64, .fpad = -1),
    IMAGE(BARRELSPLIT, 96, 64, .fpad = 16),
    { .projection = V360_NB_PROJECTIONS, .w = 64, .h = 64 },
};

static double distance3(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

static double distance2(const double a[2], const double b[2])
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

static const char *name_of(const V360Geometry *g)
{
    return ff_v360_projection_name(g->projection);
}

static void check_position(const V360Geometry *image, double x, double y,
                           double z, double u, double v)
{
    const double ray[3] = { x, y, z }, expected[2] = { u, v };
    V360Geometry g = *image;
    double uv[2];
    int face;

    CHECK(!ff_v360_geometry_init(&g, 1, NULL) &&
          ff_v360_project(&g, ray, uv, &face) &&
          distance2(uv, expected) < UV_TOLERANCE,
          "%s: %g %g %g is at %g %g, not %g %g", name_of(&g), x, y, z, uv[0],
          uv[1], u, v);
}

/** Positions that follow from the definitions without any of the code. */
static void check_known(void)
{
    const V360Geometry equirect = IMAGE(EQUIRECT, 64, 32);
    const V360Geometry flat     = IMAGE(FLAT, 64, 32);
    const V360Geometry fisheye  = IMAGE(FISHEYE, 64, 64);
    const V360Geometry dfisheye = IMAGE(DFISHEYE, 64, 32);
    const V360Geometry cube     = IMAGE(C3X2, 96, 64);
    const V360Geometry eac      = IMAGE(EAC, 96, 64);

    check_position(&equirect, 1, 0, 0, 0.75, 0.5);
    check_position(&equirect, -1, 0, 0, 0.25, 0.5);
    check_position(&equirect, 0, 0, -1, 1.0, 0.5);
    check_position(&equirect, 1, M_SQRT2, 1, 0.625, 0.75);
    check_position(&equirect, 0, -1, 0, 0.5, 0.0);
    check_position(&flat, 1, 0.5, 1, 1.0, 1.0);
    check_position(&flat, -0.5, -0.25, 1, 0.25, 0.25);
    check_position(&fisheye, 1, 0, 1, 0.75, 0.5);
    check_position(&fisheye, 0, 1, 0, 0.5, 1.0);
    check_position(&dfisheye, 0, 0, 1, 0.75, 0.5);
    check_position(&dfisheye, 1, 0, -1, 0.125, 0.5);
    check_position(&dfisheye, 1, 0, 1, 0.875, 0.5);
    // v360's default order is right, left, up; down, front, back
    check_position(&cube, 0, 0, 1, 0.5, 0.75);
    check_position(&cube, 1, 0, 0, 1.0 / 6, 0.25);
    check_position(&cube, 0.5, -1, 0.5, 2.5 / 3 + 0.5 / 6, 0.375);
    // two samples of padding around each row, left and right
    check_position(&eac, 0, 0, 1, 0.5, 0.25);
    check_position(&eac, -1, 0, -0.999999999, 2.0 / 96, 0.25);
    check_position(&eac, 0, 0, -1, 0.5, 0.75);
}

/** Padding continues a face straight on; each face is 92 / 3 samples wide. */
static void check_eac_padding(void)
{
    const double uv[2][2] = { { 0.5 / 96, 0.25 }, { 95.25 / 96, 0.25 } };
    const double beyond[2] = { 1.0 + 9.0 / 92, 1.0 + 7.5 / 92 };
    V360Geometry g = IMAGE(EAC, 96, 64);
    double ray[3];

    CHECK(!ff_v360_geometry_init(&g, 1, NULL), "eac: init");
    for (int i = 0; i < 2; i++) {
        const double l = sqrt(1.0 + beyond[i] * beyond[i]);
        const double expected[3] = { (i ? 1 : -1) / l, 0, -beyond[i] / l };

        CHECK(ff_v360_unproject(&g, uv[i], ray) &&
              distance3(ray, expected) < UV_TOLERANCE,
              "eac: padding %d shows %g %g %g", i, ray[0], ray[1], ray[2]);
    }
}

/** A face's rotation turns what it shows about its centre, as in v360. */
static void check_cube(const V360Geometry *image)
{
    static const char letters[] = "rludfb";
    static const double ahead[6][3] = {
        { 1, 0, 0 }, { -1, 0, 0 }, { 0, -1, 0 },
        { 0, 1, 0 }, { 0, 0, 1 },  { 0, 0, -1 },
    };
    // where an unturned face points along its u: v360's orientation
    static const double along_u[6][3] = {
        { 0, 0, -1 }, { 0, 0, 1 }, { 1, 0, 0 },
        { 1, 0, 0 },  { 1, 0, 0 }, { -1, 0, 0 },
    };
    static const int turned[4][2] = {
        { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 },
    };
    V360Geometry g = *image;

    CHECK(!ff_v360_geometry_init(&g, 1, NULL), "%s: init", name_of(&g));
    for (int place = 0; place < 6; place++) {
        const int side = strchr(letters, g.forder[place]) - letters;
        const int *turn = turned[g.frot[place] - '0'];
        const V360Face *f = &g.faces[place];
        double ray[3], uv[2], expected[2];
        int face;

        for (int k = 0; k < 3; k++)
            ray[k] = ahead[side][k] + 0.5 * along_u[side][k];
        expected[0] = f->u0 + (f->u1 - f->u0) * (0.5 + 0.25 * turn[0]);
        expected[1] = f->v0 + (f->v1 - f->v0) * (0.5 + 0.25 * turn[1]);
        CHECK(ff_v360_project(&g, ray, uv, &face) && face == place &&
              distance2(uv, expected) < UV_TOLERANCE,
              "%s %s %s: place %d", name_of(&g), g.forder, g.frot, place);
    }
}

/** Check every letter and every digit at every place of every layout. */
static void check_cubes(void)
{
    for (int shift = 0; shift < 6; shift++)
        for (int turn = 0; turn < 4; turn++) {
            char forder[] = "rludfb", frot[] = "012301";

            for (int i = 0; i < 6; i++) {
                forder[i] = "rludfb"[(i + shift) % 6];
                frot[i]   = '0' + (i + turn) % 4;
            }
            check_cube(&(V360Geometry)IMAGE(C3X2, 100, 63, .forder = forder,
                                            .frot = frot));
            check_cube(&(V360Geometry)IMAGE(C6X1, 190, 31, .forder = forder,
                                            .frot = frot));
            check_cube(&(V360Geometry)IMAGE(C1X6, 32, 192, .forder = forder,
                                            .frot = frot));
        }
}

/** The position n samples beyond an edge of a face (n < 0: inside). */
static void edge_sample(const V360Geometry *g, int face, int edge,
                        double along, double n, double uv[2])
{
    const V360Face *f = &g->faces[face];
    const int k = edge >> 1;
    const double pitch = 1.0 / (k ? g->h : g->w);
    const double low = k ? f->v0 : f->u0, high = k ? f->v1 : f->u1;

    uv[k]     = edge & 1 ? high + n * pitch : low - n * pitch;
    uv[1 - k] = k ? f->u0 + (f->u1 - f->u0) * along
                  : f->v0 + (f->v1 - f->v0) * along;
}

/** @return how far a neighbour is from where the face leads, in samples */
static double neighbour_error(const V360Geometry *g, int face, int edge,
                              double along)
{
    double in[2][3], uv[2], beyond[3], ray[3], length;
    int there;

    for (int i = 0; i < 2; i++) {
        edge_sample(g, face, edge, along, -0.5 - i, uv);
        ff_v360_unproject(g, uv, in[i]);
    }
    for (int k = 0; k < 3; k++)
        beyond[k] = 2.0 * in[0][k] - in[1][k];
    length = hypot(hypot(beyond[0], beyond[1]), beyond[2]);
    for (int k = 0; k < 3; k++)
        beyond[k] /= length;

    edge_sample(g, face, edge, along, 0.5, uv);
    there = ff_v360_neighbour(g, face, uv);
    CHECK(there >= 0 && there < g->nb_faces &&
          uv[0] >= g->faces[there].u0 && uv[0] < g->faces[there].u1 &&
          uv[1] >= g->faces[there].v0 && uv[1] < g->faces[there].v1,
          "%s: the neighbour %g %g is not in face %d", name_of(g), uv[0],
          uv[1], there);
    ff_v360_unproject(g, uv, ray);

    return distance3(ray, beyond) / distance3(in[0], in[1]);
}

typedef struct Closed {
    V360Geometry g;
    int edges; ///< which have a true neighbour: 1 left, 2 right, 4 top, ...
} Closed;

static const Closed closed[] = {
    { IMAGE(EQUIRECT, 128, 64),                                 15 },
    { IMAGE(EQUIRECT, 128, 50, .h_fov = 360, .v_fov = 140),      3 },
    { IMAGE(EQUIRECT, 100, 64, .h_fov = 300, .v_fov = 180),      0 },
    { IMAGE(HEQUIRECT, 64, 64),                                  0 },
    { IMAGE(CYLINDRICAL, 90, 40, .h_fov = 360, .v_fov = 100),    3 },
    { IMAGE(CYLINDRICALEA, 90, 40),                              3 },
    { IMAGE(MERCATOR, 64, 64),                                   3 },
    { IMAGE(FLAT, 64, 64),                                       0 },
    { IMAGE(DFISHEYE, 128, 64),                                  0 },
    { IMAGE(BARREL, 100, 40),                                    0 },
    { IMAGE(BARRELSPLIT, 96, 64),                                0 },
    { IMAGE(TSPYRAMID, 128, 64),                                 0 },
    { IMAGE(C3X2, 96, 64),                                      15 },
    { IMAGE(C3X2, 145, 97, .forder = "lfrdbu", .frot = "012331"), 15 },
    { IMAGE(C3X2, 144, 96, .pad = 0.1),                         15 },
    { IMAGE(C6X1, 290, 48, .forder = "bdflur", .frot = "321032"), 15 },
    { IMAGE(C1X6, 48, 288, .fpad = 5),                          15 },
    { IMAGE(EAC, 192, 128),                                     15 },
    { IMAGE(EAC, 301, 201),                                     15 },
};

static void check_neighbours(const Closed *image)
{
    V360Geometry g = image->g;
    double worst = 0.0;

    CHECK(!ff_v360_geometry_init(&g, 1, NULL), "%s: init", name_of(&g));
    for (int face = 0; face < g.nb_faces; face++)
        for (int edge = 0; edge < 4; edge++)
            for (int i = 0; i < 20; i++) {
                const double e = neighbour_error(&g, face, edge,
                                                 (i + 0.5) / 20);

                if (image->edges >> edge & 1)
                    worst = FFMAX(worst, e);
            }
    // the bend at the edge; the nearest position in the face is off by 1
    CHECK(worst <= 0.2, "%s %dx%d: a neighbour is off by %g samples",
          name_of(&g), g.w, g.h, worst);
    printf("%s %dx%d: neighbours within %.2f samples\n", name_of(&g), g.w,
           g.h, worst);
}

/**
 * Where faces bend too much for neighbour_error(): the neighbour is another
 * sample than the one inside, and both touch the same point of the edge.
 */
static void check_fold(V360Geometry g)
{
    CHECK(!ff_v360_geometry_init(&g, 1, NULL), "%s: init", name_of(&g));
    for (int i = 0; i < 80; i++) {
        const int edge = i & 3, k = edge >> 1;
        double in[2], uv[2], ray[2][3];

        edge_sample(&g, 0, edge, (i / 4 + 0.5) / 20, -0.5, in);
        edge_sample(&g, 0, edge, (i / 4 + 0.5) / 20, 0.5, uv);
        ff_v360_neighbour(&g, 0, uv);
        CHECK(distance2(uv, in) > 0.01, "%s: edge %d", name_of(&g), edge);
        uv[k] = rint(uv[k]);
        in[k] = edge & 1;
        ff_v360_unproject(&g, uv, ray[0]);
        ff_v360_unproject(&g, in, ray[1]);
        CHECK(distance3(ray[0], ray[1]) < UV_TOLERANCE,
              "%s: beyond edge %d at %g %g is not %g %g", name_of(&g), edge,
              in[0], in[1], uv[0], uv[1]);
    }
}

/** Where an image wraps, a neighbour is one of its samples, but for rounding. */
static void check_wrap(void)
{
    static const double from_to[][4] = {
        { -0.5 / 64, 10.5 / 32,       63.5 / 64, 10.5 / 32 },
        { 65.5 / 64, 10.5 / 32,        1.5 / 64, 10.5 / 32 },
        { 10.5 / 64, -1.5 / 32,       42.5 / 64,  1.5 / 32 },
        { 50.5 / 64, 32.5 / 32,       18.5 / 64, 31.5 / 32 },
        { -1.5 / 64, -0.5 / 32,       30.5 / 64,  0.5 / 32 },
    };
    V360Geometry full = IMAGE(EQUIRECT, 64, 32);
    V360Geometry part = IMAGE(EQUIRECT, 64, 32, .h_fov = 180, .v_fov = 90);

    CHECK(!ff_v360_geometry_init(&full, 1, NULL) &&
          !ff_v360_geometry_init(&part, 1, NULL), "equirect: init");
    for (int i = 0; i < FF_ARRAY_ELEMS(from_to); i++) {
        const double *from = from_to[i], *to = from + 2;
        double uv[2] = { from[0], from[1] };

        CHECK(!ff_v360_neighbour(&full, 0, uv) && distance2(uv, to) < 1e-15,
              "equirect: the neighbour of %g %g is %g %g, not %g %g", from[0],
              from[1], uv[0], uv[1], to[0], to[1]);
        memcpy(uv, from, sizeof(uv));
        ff_v360_neighbour(&part, 0, uv);
        CHECK(uv[0] == av_clipd(from[0], 0.5 / 64, 63.5 / 64) &&
              uv[1] == av_clipd(from[1], 0.5 / 32, 31.5 / 32),
              "partial equirect: the neighbour of %g %g is %g %g", from[0],
              from[1], uv[0], uv[1]);
    }
}

int main(void)
{
    av_log_set_level(AV_LOG_QUIET);

    for (int i = 0; i < FF_ARRAY_ELEMS(bad); i++) {
        V360Geometry g = bad[i];

        CHECK(ff_v360_geometry_init(&g, 1, NULL) == AVERROR(EINVAL) &&
              ff_v360_geometry_init(&g, 0, NULL) == AVERROR(EINVAL),
              "bad image %d is accepted", i);
    }
    check_known();
    check_eac_padding();
    check_cubes();
    for (int i = 0; i < FF_ARRAY_ELEMS(closed); i++)
        check_neighbours(&closed[i]);
    check_fold((V360Geometry)IMAGE(TETRAHEDRON, 96, 95));
    check_fold((V360Geometry)IMAGE(OCTAHEDRON, 64, 65));
    check_fold((V360Geometry)IMAGE(EQUIRECT, 64, 32));
    check_wrap();
    return check_end();
}
