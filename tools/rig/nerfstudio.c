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
 * v360rig nerfstudio: transforms.json, which holds the rig and no positions.
 */

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "json.h"
#include "rig.h"

/** Rows of four numbers each, as an array of arrays. */
static cJSON *make_rows(int nb, const double *rows)
{
    cJSON *m = cJSON_CreateArray();

    for (int i = 0; m && i < nb; i++) {
        if (json_append(m, cJSON_CreateDoubleArray(rows + 4 * i, 4)) < 0) {
            cJSON_Delete(m);
            m = NULL;
        }
    }
    return m;
}

/**
 * The pose of a camera. Camera axes are X right, Y up, Z back; world axes are
 * X right, Y forward, Z up. So the second and third column are negated, and
 * rows are reordered as by applied_transform.
 */
static cJSON *make_pose(const Camera *cam)
{
    static const int row[3] = { 0, 2, 1 };
    double m[4 * 4] = { 0 };

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const double x = cam->pano_from_cam[3 * row[i] + j];
            const int negative = (i == 2) != (j > 0);

            m[4 * i + j] = !x ? 0 : negative ? -x : x; /* 0, not -0 */
        }
    }
    m[15] = 1;
    return make_rows(4, m);
}

static int add_intrinsics(cJSON *o, const Camera *cam)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {
        { "fl_x", cam->fx }, { "fl_y", cam->fy },
        { "cx", cam->cx }, { "cy", cam->cy },
        { "w", cam->g.w }, { "h", cam->g.h },
        { "k1", 0 }, { "k2", 0 }, { "p1", 0 }, { "p2", 0 },
    };
    int ret = 0;

    for (int i = 0; i < FF_ARRAY_ELEMS(fields) && ret >= 0; i++)
        ret = json_number(o, fields[i].name, fields[i].value);
    return ret;
}

static int same_lens(const RigSetup *setup)
{
    for (int i = 1; i < setup->rig.nb_views; i++) {
        const Camera *a = &setup->cameras[0], *b = &setup->cameras[i];

        if (a->fx != b->fx || a->fy != b->fy || a->g.w != b->g.w ||
            a->g.h != b->g.h)
            return 0;
    }
    return 1;
}

static cJSON *make_frame(const Camera *cam, const char *image, int own_lens)
{
    char path[V360_NAME_SIZE + 300];
    cJSON *o = cJSON_CreateObject();

    if (!o)
        return NULL;
    snprintf(path, sizeof(path), "images/%s%s%s", cam->view->name,
             image ? "/" : "", image ? image : "");
    if (json_text(o, "file_path", path) >= 0 &&
        (!own_lens || add_intrinsics(o, cam) >= 0) &&
        json_add(o, "transform_matrix", make_pose(cam)) >= 0)
        return o;
    cJSON_Delete(o);
    return NULL;
}

static cJSON *make_frames(const RigSetup *setup, int own_lens)
{
    cJSON *frames = cJSON_CreateArray();

    for (int i = 0; frames && i < setup->rig.nb_views; i++) {
        if (json_append(frames, make_frame(&setup->cameras[i], setup->instance,
                                           own_lens)) < 0) {
            cJSON_Delete(frames);
            frames = NULL;
        }
    }
    return frames;
}

static cJSON *make_transforms(const RigSetup *setup)
{
    static const double applied[] = { 1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0 };
    const int same = same_lens(setup);
    const char *note = setup->instance ?
        "the rig only, at the origin, with the images of one panorama: run "
        "structure from motion for positions" :
        "the rig only, at the origin: file_path is the folder of a view, "
        "positions are not known; run structure from motion for those of the "
        "frames";
    cJSON *root = cJSON_CreateObject();

    if (root && json_add(root, "applied_transform",
                         make_rows(3, applied)) >= 0 &&
        json_text(root, "camera_model", "OPENCV") >= 0 &&
        (!same || add_intrinsics(root, setup->cameras) >= 0) &&
        json_text(root, "v360rig", note) >= 0 &&
        json_add(root, "frames", make_frames(setup, !same)) >= 0)
        return root;
    cJSON_Delete(root);
    return NULL;
}

int v360rig_nerfstudio(RigSetup *setup)
{
    const char *name = setup->output ? "transforms.json" : NULL;
    int ret = v360rig_cameras(setup, 0);

    if (ret < 0 || (ret = v360rig_only_flat(setup, "transforms.json")) < 0)
        return ret;
    if (setup->output && (ret = v360rig_make_dir(setup)) < 0)
        return ret;
    return json_write(setup->output, name, make_transforms(setup));
}
