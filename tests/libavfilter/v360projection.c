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
 * Properties that hold for every projection: there and back again, faces,
 * ties, axes, names, sizes. This prints one line per image, the same on every
 * machine, and returns non-zero if a property does not hold.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavfilter/v360batch/projection/projection.h"
#include "v360check.h"

/** Rounding of doubles through two transforms, with a factor of 1000. */
#define UV_TOLERANCE 1e-9
/**
 * The same for rays. At the rims of orthographic and equisolid images, where a
 * radius hardly changes with the angle, half of the 53 bits are lost.
 */
#define RAY_TOLERANCE 1e-7

#define SNAP 0x1p-40 ///< the callers' rays are multiples of this

enum {
    SPHERE  = 1, ///< shows every direction
    TWICE   = 2, ///< shows some directions twice, as padding does
    CENTRED = 4, ///< looks ahead, X to the right and Y downward
};

typedef struct Image {
    V360Geometry g;
    int flags;
} Image;

#define IMAGE(id, width, height, ...) \
    { .projection = V360_ ## id, .w = width, .h = height, __VA_ARGS__ }

static const Image images[] = {
    { IMAGE(EQUIRECT, 128, 64),                 SPHERE | CENTRED },
    { IMAGE(EQUIRECT, 101, 67, .h_fov = 360),   SPHERE | CENTRED },
    { IMAGE(EQUIRECT, 90, 50, .h_fov = 200, .v_fov = 100),    CENTRED },
    { IMAGE(EQUIRECT, 80, 60, .d_fov = 150),                  CENTRED },
    { IMAGE(HEQUIRECT, 64, 64),                               CENTRED },
    { IMAGE(FLAT, 96, 54),                                    CENTRED },
    { IMAGE(FLAT, 55, 97, .v_fov = 100),                      CENTRED },
    { IMAGE(FLAT, 64, 48, .h_fov = 170, .v_fov = 20),         CENTRED },
    { IMAGE(FLAT, 64, 48, .d_fov = 110),                      CENTRED },
    { IMAGE(FISHEYE, 70, 70),                                 CENTRED },
    { IMAGE(FISHEYE, 90, 61, .h_fov = 220),                   CENTRED },
    { IMAGE(FISHEYE, 64, 64, .h_fov = 360),          SPHERE | CENTRED },
    { IMAGE(FISHEYE, 90, 60, .d_fov = 180),                   CENTRED },
    { IMAGE(DFISHEYE, 128, 64),                      SPHERE | TWICE },
    { IMAGE(DFISHEYE, 120, 61, .h_fov = 200),        SPHERE | TWICE },
    { IMAGE(DFISHEYE, 120, 60, .d_fov = 170),        0 },
    { IMAGE(C3X2, 96, 64),                           SPHERE },
    { IMAGE(C3X2, 97, 65, .forder = "lfrdbu", .frot = "012331"), SPHERE },
    { IMAGE(C3X2, 96, 64, .pad = 0.1),               SPHERE | TWICE },
    { IMAGE(C6X1, 199, 32, .forder = "bdflur", .frot = "321032"), SPHERE },
    { IMAGE(C6X1, 192, 32, .fpad = 5),               SPHERE | TWICE },
    { IMAGE(C1X6, 32, 192, .frot = "111222"),        SPHERE },
    { IMAGE(C1X6, 3, 7),                             SPHERE },
    { IMAGE(EAC, 192, 128),                          SPHERE | TWICE },
    { IMAGE(EAC, 101, 75),                           SPHERE | TWICE },
    { IMAGE(EAC, 5, 9),                              SPHERE | TWICE },
    { IMAGE(CYLINDRICAL, 80, 45),                             CENTRED },
    { IMAGE(CYLINDRICAL, 80, 45, .h_fov = 360, .v_fov = 120), CENTRED },
    { IMAGE(CYLINDRICAL, 80, 45, .d_fov = 100),               CENTRED },
    { IMAGE(CYLINDRICALEA, 80, 40),                  SPHERE | CENTRED },
    { IMAGE(CYLINDRICALEA, 80, 40, .h_fov = 180, .v_fov = 90), CENTRED },
    { IMAGE(STEREOGRAPHIC, 64, 64),                           CENTRED },
    { IMAGE(STEREOGRAPHIC, 64, 40, .h_fov = 300),             CENTRED },
    { IMAGE(STEREOGRAPHIC, 64, 40, .d_fov = 250),             CENTRED },
    { IMAGE(MERCATOR, 64, 64),                                CENTRED },
    { IMAGE(BALL, 64, 64),                           SPHERE | CENTRED },
    { IMAGE(HAMMER, 128, 64),                        SPHERE | CENTRED },
    { IMAGE(SINUSOIDAL, 128, 64),                    SPHERE | CENTRED },
    { IMAGE(PANNINI, 96, 54),                                 CENTRED },
    { IMAGE(PANNINI, 96, 54, .h_fov = 1),                     CENTRED },
    { IMAGE(TETRAHEDRON, 96, 95),                    SPHERE },
    { IMAGE(OCTAHEDRON, 64, 65),                     SPHERE | CENTRED },
    { IMAGE(BARREL, 100, 40),                        SPHERE | TWICE },
    { IMAGE(BARREL, 103, 41),                        SPHERE | TWICE },
    { IMAGE(BARRELSPLIT, 96, 64),                    SPHERE },
    { IMAGE(BARRELSPLIT, 97, 65, .pad = 0.06),       SPHERE | TWICE },
    { IMAGE(BARRELSPLIT, 96, 64, .fpad = 3),         SPHERE | TWICE },
    { IMAGE(TSPYRAMID, 128, 64),                     SPHERE },
    { IMAGE(EQUISOLID, 64, 64),                               CENTRED },
    { IMAGE(EQUISOLID, 64, 48, .d_fov = 300),                 CENTRED },
    { IMAGE(EQUISOLID, 64, 64, .h_fov = 360),        SPHERE | CENTRED },
    { IMAGE(ORTHOGRAPHIC, 64, 64),                            CENTRED },
    { IMAGE(ORTHOGRAPHIC, 64, 48, .d_fov = 150),              CENTRED },
};

static double distance3(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

static double distance2(const double a[2], const double b[2])
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

static int in_face(const V360Face *f, const double uv[2], double slack)
{
    return uv[0] >= f->u0 - slack && uv[0] <= f->u1 + slack &&
           uv[1] >= f->v0 - slack && uv[1] <= f->v1 + slack;
}

static const char *name_of(const V360Geometry *g)
{
    return ff_v360_projection_name(g->projection);
}

/** Check uv -> ray -> uv at sample centres. @return copies of others */
static int check_samples(const V360Geometry *g, int flags, int *nb_empty)
{
    int twice = 0;

    *nb_empty = 0;
    for (int n = 0; n < g->w * g->h; n += 1 + g->w * g->h / 4000) {
        const double uv[2] = { (n % g->w + 0.5) / g->w,
                               (n / g->w + 0.5) / g->h };
        double ray[3], again[2], ray2[3] = { 0 };
        int face, shown = ff_v360_unproject(g, uv, ray);

        CHECK(fabs(distance3(ray, ray2) - 1.0) < 1e-12,
              "%s: length of the ray at %g %g", name_of(g), uv[0], uv[1]);
        *nb_empty += !shown;
        if (!shown || !ff_v360_project(g, ray, again, &face))
            continue;
        if (distance2(uv, again) <= UV_TOLERANCE)
            continue;

        twice++;
        ff_v360_unproject(g, again, ray2);
        CHECK(flags & TWICE && distance3(ray, ray2) < RAY_TOLERANCE,
              "%s %dx%d: %g %g comes back as %g %g", name_of(g), g->w, g->h,
              uv[0], uv[1], again[0], again[1]);
    }

    return twice;
}

/** Check ray -> uv -> ray on a spiral over the sphere. @return how many hit */
static int check_directions(const V360Geometry *g, int flags)
{
    const int n = 3000;
    int hits = 0;

    for (int i = 0; i < n; i++) {
        const double y = 1.0 - 2.0 * (i + 0.5) / n, r = sqrt(1.0 - y * y);
        const double a = i * 2.399963229728653; // golden angle
        const double ray[3] = { r * sin(a), y, r * cos(a) };
        double uv[2], ray2[3], longer[3], uv2[2];
        int face, face2, within = 0;

        if (!ff_v360_project(g, ray, uv, &face)) {
            CHECK(!(flags & SPHERE) && isfinite(uv[0]) && isfinite(uv[1]),
                  "%s: no hit at %g %g %g", name_of(g), ray[0], ray[1], ray[2]);
            continue;
        }
        hits++;
        for (int f = 0; f < g->nb_faces; f++)
            within += in_face(&g->faces[f], uv, -1e-6);
        CHECK(face >= 0 && face < g->nb_faces && within <= 1 &&
              in_face(&g->faces[face], uv, UV_TOLERANCE),
              "%s: %g %g is not just in face %d", name_of(g), uv[0], uv[1],
              face);
        ff_v360_unproject(g, uv, ray2);
        CHECK(distance3(ray, ray2) < RAY_TOLERANCE,
              "%s: %g %g %g comes back as %g %g %g", name_of(g), ray[0],
              ray[1], ray[2], ray2[0], ray2[1], ray2[2]);
        for (int k = 0; k < 3; k++)
            longer[k] = 7.0 * ray[k];
        CHECK(ff_v360_project(g, longer, uv2, &face2) &&
              face2 == face && distance2(uv, uv2) < UV_TOLERANCE,
              "%s: the length of a ray matters", name_of(g));
    }

    return hits;
}

/** A change of the last bit of a ray that has been snapped decides nothing. */
static void check_ties(const V360Geometry *g)
{
    for (int n = 0; n < 27 * 27; n++) {
        double tie[3], ray[3], uv[2], uv2[2];
        int face, face2, hit;

        for (int k = 0, t = n / 27, d = n % 27; k < 3; k++, t /= 3, d /= 3) {
            tie[k] = t % 3 - 1;
            ray[k] = tie[k] + (d % 3 - 1) * SNAP;
        }
        // poles of any image have no longitude
        if (!!tie[0] + !!tie[1] + !!tie[2] < 2 && tie[0] == 0.0)
            continue;
        hit = ff_v360_project(g, tie, uv, &face);
        CHECK(ff_v360_project(g, ray, uv2, &face2) == hit &&
              face == face2 && (!hit || distance2(uv, uv2) < 1e-8),
              "%s %dx%d: the tie at %g %g %g is not decided", name_of(g), g->w,
              g->h, tie[0], tie[1], tie[2]);
    }
}

static void check_centred(const V360Geometry *g)
{
    static const double rays[3][3] = {
        { 0, 0, 1 }, { 0.1, 0, 1 }, { 0, 0.1, 1 },
    };
    static const double centre[2] = { 0.5, 0.5 };
    double uv[3][2];
    int face;

    for (int i = 0; i < 3; i++)
        CHECK(ff_v360_project(g, rays[i], uv[i], &face),
              "%s: no hit near the axis", name_of(g));
    CHECK(distance2(uv[0], centre) < UV_TOLERANCE &&
          uv[1][0] > 0.5 && fabs(uv[1][1] - 0.5) < UV_TOLERANCE &&
          uv[2][1] > 0.5 && fabs(uv[2][0] - 0.5) < UV_TOLERANCE,
          "%s: axes", name_of(g));
}

/** Print positions, in 1/256 sample like a grid, of rays on no border. */
static void print_image(const V360Geometry *g, int hits, int twice, int empty)
{
    static const double rays[][3] = {
        { 0.11, 0.07, 0.9 }, { -0.43, 0.29, 0.71 }, { 0.87, -0.31, -0.13 },
        { -0.23, 0.83, -0.37 }, { -0.17, -0.77, -0.59 },
    };

    printf("%s %dx%d %.4fx%.4f faces %d hits %d twice %d empty %d:",
           name_of(g), g->w, g->h, g->h_fov, g->v_fov, g->nb_faces, hits,
           twice, empty);
    for (int i = 0; i < FF_ARRAY_ELEMS(rays); i++) {
        double uv[2];
        int face;

        if (ff_v360_project(g, rays[i], uv, &face))
            printf(" %ld,%ld@%d", lrint((uv[0] * g->w - 0.5) * 256),
                   lrint((uv[1] * g->h - 0.5) * 256), face);
        else
            printf(" -");
    }
    printf("\n");
}

static void check_image(const Image *image)
{
    V360Geometry g = image->g, view = image->g;
    int hits, twice, empty;

    CHECK(!ff_v360_geometry_init(&g, 1, NULL) &&
          !ff_v360_geometry_init(&view, 0, NULL) &&
          !memcmp(&g, &view, sizeof(g)),
          "%s: source and view are not initialised alike", name_of(&g));
    CHECK(!ff_v360_geometry_init(&view, 0, NULL) &&
          g.h_fov == view.h_fov && g.v_fov == view.v_fov,
          "%s: initialised again it changes", name_of(&g));
    twice = check_samples(&g, image->flags, &empty);
    hits  = check_directions(&g, image->flags);
    check_ties(&g);
    if (image->flags & CENTRED)
        check_centred(&g);
    print_image(&g, hits, twice, empty);
}

static void check_yaw_is_shift(void)
{
    for (int i = 0; i < FF_ARRAY_ELEMS(images); i++) {
        V360Geometry g = images[i].g;
        const double turned[3] = { 0.6, 0.2, 0.8 }, ray[3] = { 0, 0.2, 1 };
        double a[2], b[2], shift;
        int face;

        ff_v360_geometry_init(&g, 1, NULL);
        if (!ff_v360_yaw_is_shift(&g))
            continue;
        ff_v360_project(&g, ray, a, &face);
        ff_v360_project(&g, turned, b, &face);
        shift = atan2(0.6, 0.8) / (2.0 * M_PI);
        CHECK(fabs(b[0] - a[0] - shift) < UV_TOLERANCE &&
              fabs(a[1] - b[1]) < UV_TOLERANCE,
              "%s: yaw is no shift", name_of(&g));
        printf("%s %dx%d: yaw is a shift\n", name_of(&g), g.w, g.h);
    }
}

/** The one projection that goes only one way. */
static void check_perspective(void)
{
    V360Geometry g = {
        .projection = V360_PERSPECTIVE, .w = 64, .h = 64,
    };
    int empty = 0;

    CHECK(ff_v360_geometry_init(&g, 1, NULL) == AVERROR(EINVAL),
          "perspective as source");
    CHECK(!ff_v360_geometry_init(&g, 0, NULL), "perspective as view");
    for (int i = 0; i < 4; i++) {
        const double uv[2] = { 0.5 + 0.1 * i, 0.5 - 0.11 * i };
        double ray[3];
        int shown = ff_v360_unproject(&g, uv, ray);

        printf("perspective %d: %.5f %.5f %.5f\n", shown, ray[0], ray[1],
               ray[2]);
        CHECK(shown && (!i || (ray[0] > 0.0 && ray[1] < 0.0)),
              "perspective axes");
    }
    for (int n = 0; n < g.w * g.h; n++) {
        const double uv[2] = { (n % g.w + 0.5) / g.w, (n / g.w + 0.5) / g.h };
        double ray[3];

        empty += !ff_v360_unproject(&g, uv, ray);
        CHECK(fabs(hypot(hypot(ray[0], ray[1]), ray[2]) - 1.0) < 1e-12,
              "perspective: length of the ray at %g %g", uv[0], uv[1]);
    }
    printf("perspective empty %d\n", empty);
}

static void check_names(void)
{
#define NAME(id, name, description)                                         \
    CHECK(ff_v360_projection_find(name) == id, "name %s", name);
    V360_PROJECTION_NAMES(NAME)

    for (int id = 0; id < V360_NB_PROJECTIONS; id++) {
        const char *name = ff_v360_projection_name(id);
        double full_w, full_h;
        int w, h;

        CHECK(ff_v360_projection_find(name) == id, "canonical name %s", name);
        ff_v360_full_size(id, 720, 360, &full_w, &full_h);
        ff_v360_size_from_full(id, full_w, full_h, &w, &h);
        CHECK(w == 720 && h == 360, "%s: size %dx%d", name, w, h);
        printf("%s 720x360 is %gx%g\n", name, full_w, full_h);
    }
    CHECK(ff_v360_projection_find("equirec") == AVERROR(EINVAL), "no name");
    CHECK(ff_v360_projection_find("") == AVERROR(EINVAL), "empty name");
}

int main(void)
{
    av_log_set_level(AV_LOG_QUIET);

    for (int i = 0; i < FF_ARRAY_ELEMS(images); i++)
        check_image(&images[i]);
    check_yaw_is_shift();
    check_perspective();
    check_names();
    return check_end();
}
