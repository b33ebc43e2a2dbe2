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
 * v360rig colmap: rig_config.json for COLMAP's rig_configurator, and
 * cameras.txt for other readers.
 */

#include "libavutil/error.h"
#include "json.h"
#include "rig.h"

/**
 * Add the pose of a camera relative to the reference, which itself has none.
 */
static int add_pose(cJSON *o, const Camera *cam, const Camera *ref)
{
    const double zeros[3] = { 0 };
    double m[9], q[4];
    int ret;

    if (cam == ref)
        return json_add(o, "ref_sensor", cJSON_CreateTrue());
    v360rig_multiply(m, cam->pano_from_cam, ref->pano_from_cam, 1);
    v360rig_quaternion(q, m);
    ret = json_numbers(o, "cam_from_rig_rotation", q, 4);
    if (ret >= 0)
        ret = json_numbers(o, "cam_from_rig_translation", zeros, 3);
    return ret;
}

static cJSON *make_camera(const Camera *cam, const Camera *ref)
{
    const double params[] = { cam->fx, cam->fy, cam->cx, cam->cy };
    char prefix[V360_NAME_SIZE + 1];
    cJSON *o = cJSON_CreateObject();

    if (!o)
        return NULL;
    snprintf(prefix, sizeof(prefix), "%s/", cam->view->name);
    if (json_text(o, "image_prefix", prefix) >= 0 &&
        add_pose(o, cam, ref) >= 0 &&
        json_text(o, "camera_model_name", "PINHOLE") >= 0 &&
        json_numbers(o, "camera_params", params, 4) >= 0)
        return o;
    cJSON_Delete(o);
    return NULL;
}

static cJSON *make_rig(const RigSetup *setup, int eye)
{
    cJSON *rig = cJSON_CreateObject(), *cameras = cJSON_CreateArray();
    const Camera *ref = NULL;
    int ret = rig && cameras ? 0 : AVERROR(ENOMEM);

    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++) {
        const Camera *cam = &setup->cameras[i];

        if (cam->view->eye != eye)
            continue;
        if (!ref)
            ref = cam;
        ret = json_append(cameras, make_camera(cam, ref));
    }
    if (ret >= 0)
        ret = json_add(rig, "cameras", cameras);
    else
        cJSON_Delete(cameras);
    if (ret >= 0)
        return rig;
    cJSON_Delete(rig);
    return NULL;
}

/** The distance between the eyes is unknown, so each eye gets a rig. */
static cJSON *make_rigs(const RigSetup *setup)
{
    cJSON *root = cJSON_CreateArray();
    int ret = root ? 0 : AVERROR(ENOMEM);

    for (int eye = V360_EYE_LEFT; eye <= V360_EYE_RIGHT; eye++) {
        int views = 0;

        for (int i = 0; i < setup->rig.nb_views; i++)
            views += setup->rig.views[i].eye == eye;
        if (views && ret >= 0)
            ret = json_append(root, make_rig(setup, eye));
    }
    if (ret >= 0)
        return root;
    cJSON_Delete(root);
    return NULL;
}

static int write_cameras(const RigSetup *setup)
{
    FILE *f = v360rig_open(setup->output, "cameras", ".txt");

    if (!f)
        return AVERROR(EIO);
    fprintf(f, "# CAMERA_ID MODEL WIDTH HEIGHT fx fy cx cy\n");
    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *cam = &setup->cameras[i];
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

int v360rig_colmap(RigSetup *setup)
{
    int ret = v360rig_cameras(setup, 0);

    if (ret < 0 || (ret = v360rig_only_flat(setup, "COLMAP's PINHOLE")) < 0 ||
        (ret = v360rig_make_dir(setup)) < 0)
        return ret;
    ret = json_write(setup->output, "rig_config.json", make_rigs(setup));
    return ret < 0 ? ret : write_cameras(setup);
}
