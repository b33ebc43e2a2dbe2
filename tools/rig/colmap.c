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
 * What v360rig writes as JSON, with cJSON.
 */

#include <string.h>

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "json.h"
#include "rig.h"

/** Print a tree and free it; a tree that lacks memory somewhere is NULL. */
static int write_json(const char *dir, const char *name, cJSON *root)
{
    char *text = root ? cJSON_Print(root) : NULL;
    FILE *f = text ? v360rig_open(dir, name, "") : NULL;
    int ret = AVERROR(ENOMEM);

    if (f) {
        fprintf(f, "%s\n", text);
        ret = v360rig_close(f, name);
    } else if (text) {
        ret = AVERROR(EIO);
    }
    cJSON_free(text);
    cJSON_Delete(root);
    return ret;
}

int json_add(cJSON *to, const char *name, cJSON *item)
{
    if (item && cJSON_AddItemToObject(to, name, item))
        return 1;
    cJSON_Delete(item);
    return 0;
}

int json_append(cJSON *to, cJSON *item)
{
    if (item && cJSON_AddItemToArray(to, item))
        return 1;
    cJSON_Delete(item);
    return 0;
}

int json_numbers(cJSON *to, const char *name, const double *x, int nb)
{
    return json_add(to, name, cJSON_CreateDoubleArray(x, nb));
}

int json_text(cJSON *to, const char *name, const char *text)
{
    return json_add(to, name, cJSON_CreateString(text));
}

int json_number(cJSON *to, const char *name, double x)
{
    return json_add(to, name, cJSON_CreateNumber(x));
}

static cJSON *colmap_camera(const Camera *cam, const Camera *ref)
{
    const double params[] = { cam->fx, cam->fy, cam->cx, cam->cy };
    const double zeros[3] = { 0 };
    char prefix[V360_NAME_SIZE + 1];
    cJSON *o = cJSON_CreateObject();
    double m[9], q[4];
    int ok;

    if (!o)
        return NULL;
    snprintf(prefix, sizeof(prefix), "%s/", cam->view->name);
    ok = json_text(o, "image_prefix", prefix);
    if (cam == ref) {
        ok = ok && json_add(o, "ref_sensor", cJSON_CreateTrue());
    } else {
        v360rig_multiply(m, cam->pano_from_cam, ref->pano_from_cam, 1);
        v360rig_quaternion(q, m);
        ok = ok && json_numbers(o, "cam_from_rig_rotation", q, 4) &&
             json_numbers(o, "cam_from_rig_translation", zeros, 3);
    }
    if (ok && json_text(o, "camera_model_name", "PINHOLE") &&
        json_numbers(o, "camera_params", params, 4))
        return o;
    cJSON_Delete(o);
    return NULL;
}

static cJSON *colmap_rig(const Job *job, int eye)
{
    cJSON *rig = cJSON_CreateObject(), *cameras = cJSON_CreateArray();
    const Camera *ref = NULL;
    int ok = rig && cameras;

    for (int i = 0; i < job->rig.nb_views && ok; i++) {
        const Camera *cam = &job->cameras[i];

        if (cam->view->eye != eye)
            continue;
        if (!ref)
            ref = cam;
        ok = json_append(cameras, colmap_camera(cam, ref));
    }
    if (!ok)
        cJSON_Delete(cameras);
    if (ok && json_add(rig, "cameras", cameras))
        return rig;
    cJSON_Delete(rig);
    return NULL;
}

/* The eyes of a stereo source lie apart, by what nobody has said: a rig for
 * each of them. */
static cJSON *colmap_rigs(const Job *job)
{
    cJSON *root = cJSON_CreateArray();
    int ok = !!root;

    for (int eye = V360_EYE_LEFT; eye <= V360_EYE_RIGHT; eye++) {
        int views = 0;

        for (int i = 0; i < job->rig.nb_views; i++)
            views += job->rig.views[i].eye == eye;
        if (views)
            ok = ok && json_append(root, colmap_rig(job, eye));
    }
    if (ok)
        return root;
    cJSON_Delete(root);
    return NULL;
}

static int write_cameras(const Job *job)
{
    FILE *f = v360rig_open(job->output, "cameras", ".txt");

    if (!f)
        return AVERROR(EIO);
    fprintf(f, "# CAMERA_ID MODEL WIDTH HEIGHT fx fy cx cy\n");
    for (int i = 0; i < job->rig.nb_views; i++) {
        const Camera *cam = &job->cameras[i];
        const double params[] = { cam->fx, cam->fy, cam->cx, cam->cy };

        fprintf(f, "%d PINHOLE %d %d", i + 1, cam->g.w, cam->g.h);
        for (int j = 0; j < 4; j++) {
            char s[32];

            fprintf(f, " %s", v360rig_number(s, params[j]));
        }
        fputc('\n', f);
    }
    return v360rig_close(f, "cameras.txt");
}

int v360rig_colmap(Job *job)
{
    int ret = v360rig_cameras(job, 0);

    if (ret < 0 || (ret = v360rig_only_flat(job, "COLMAP's PINHOLE")) < 0 ||
        (ret = v360rig_make_dir(job)) < 0)
        return ret;
    ret = write_json(job->output, "rig_config.json", colmap_rigs(job));
    return ret < 0 ? ret : write_cameras(job);
}

/* Camera axes X right, Y up, Z back; world axes X right, Y forward, Z up: the
 * second and third column negated, rows reordered by applied_transform. */
static cJSON *nerf_matrix(const Camera *cam)
{
    static const int row[3] = { 0, 2, 1 };
    cJSON *m = cJSON_CreateArray();

    for (int i = 0; m && i < 4; i++) {
        double r[4] = { 0, 0, 0, i == 3 };

        for (int j = 0; i < 3 && j < 3; j++) {
            const double x = cam->pano_from_cam[3 * row[i] + j];
            const int negative = (i == 2) != (j > 0);

            r[j] = !x ? 0 : negative ? -x : x;
        }
        if (!json_append(m, cJSON_CreateDoubleArray(r, 4))) {
            cJSON_Delete(m);
            m = NULL;
        }
    }
    return m;
}

static int nerf_intrinsics(cJSON *o, const Camera *cam)
{
    static const char *const zero[] = { "k1", "k2", "p1", "p2" };
    int ok = json_number(o, "fl_x", cam->fx) &&
             json_number(o, "fl_y", cam->fy) &&
             json_number(o, "cx", cam->cx) && json_number(o, "cy", cam->cy) &&
             json_number(o, "w", cam->g.w) && json_number(o, "h", cam->g.h);

    for (int i = 0; i < 4; i++)
        ok = ok && json_number(o, zero[i], 0);
    return ok;
}

static int same_lens(const Job *job)
{
    for (int i = 1; i < job->rig.nb_views; i++) {
        const Camera *a = &job->cameras[0], *b = &job->cameras[i];

        if (a->fx != b->fx || a->fy != b->fy || a->g.w != b->g.w ||
            a->g.h != b->g.h)
            return 0;
    }
    return 1;
}

static cJSON *nerf_frame(const Camera *cam, const char *image, int own_lens)
{
    char path[V360_NAME_SIZE + 300];
    cJSON *o = cJSON_CreateObject();

    if (!o)
        return NULL;
    snprintf(path, sizeof(path), "images/%s%s%s", cam->view->name,
             image ? "/" : "", image ? image : "");
    if (json_text(o, "file_path", path) &&
        (!own_lens || nerf_intrinsics(o, cam)) &&
        json_add(o, "transform_matrix", nerf_matrix(cam)))
        return o;
    cJSON_Delete(o);
    return NULL;
}

static int nerf_fields(cJSON *root, const Job *job, cJSON *frames)
{
    static const double applied[3][4] = {
        { 1, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, -1, 0, 0 },
    };
    const int same = same_lens(job);
    cJSON *transform = cJSON_CreateArray();
    int ok = !!transform;

    for (int i = 0; i < 3; i++)
        ok = ok && json_append(transform,
                               cJSON_CreateDoubleArray(applied[i], 4));
    for (int i = 0; i < job->rig.nb_views; i++)
        ok = ok && json_append(frames, nerf_frame(&job->cameras[i],
                                               job->instance, !same));
    if (!ok)
        cJSON_Delete(transform);
    return ok && json_add(root, "applied_transform", transform) &&
           json_text(root, "camera_model", "OPENCV") &&
           (!same || nerf_intrinsics(root, job->cameras)) &&
           json_text(root, "v360rig", job->instance ?
                    "the rig only, at the origin, with the images of one "
                    "panorama: run structure from motion for positions" :
                    "the rig only, at the origin: file_path is the folder of a "
                    "view, positions are not known; run structure from motion "
                    "for those of the frames");
}

int v360rig_nerfstudio(Job *job)
{
    cJSON *root, *frames;
    int ret = v360rig_cameras(job, 0), ok;

    if (ret < 0 || (ret = v360rig_only_flat(job, "transforms.json")) < 0)
        return ret;
    if (job->output && (ret = v360rig_make_dir(job)) < 0)
        return ret;
    root   = cJSON_CreateObject();
    frames = cJSON_CreateArray();
    ok = root && frames && nerf_fields(root, job, frames);
    if (!ok)
        cJSON_Delete(frames);
    else
        ok = json_add(root, "frames", frames);
    if (!ok) {
        cJSON_Delete(root);
        root = NULL;
    }
    return write_json(job->output, job->output ? "transforms.json" : NULL,
                      root);
}
