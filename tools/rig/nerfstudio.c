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
 * transforms.json for nerfstudio: of the rig alone, which holds no positions
 * (v360rig nerfstudio), or with all images of a job (split360).
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
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
 *
 * @param x      where the panorama stands
 * @param ahead  how far the camera stands before its middle
 */
static cJSON *make_pose(const Camera *cam, double x, double ahead)
{
    static const int row[3] = { 0, 2, 1 };
    double m[4 * 4] = { 0 };

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const double r = cam->pano_from_cam[3 * row[i] + j];
            const int negative = (i == 2) != (j > 0);

            m[4 * i + j] = !r ? 0 : negative ? -r : r; /* 0, not -0 */
        }
        if (ahead && m[4 * i + 2])
            m[4 * i + 3] = -ahead * m[4 * i + 2];
    }
    m[3] += x;
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
        json_add(o, "transform_matrix", make_pose(cam, 0, 0)) >= 0)
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

/** All but the frames. */
static cJSON *make_head(const RigSetup *setup, const char *note)
{
    static const double applied[] = { 1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0 };
    const int same = same_lens(setup);
    cJSON *root = cJSON_CreateObject();

    if (root && json_add(root, "applied_transform",
                         make_rows(3, applied)) >= 0 &&
        json_text(root, "camera_model", "OPENCV") >= 0 &&
        (!same || add_intrinsics(root, setup->cameras) >= 0) &&
        json_text(root, "v360rig", note) >= 0)
        return root;
    cJSON_Delete(root);
    return NULL;
}

static cJSON *make_transforms(const RigSetup *setup)
{
    const char *note = setup->instance ?
        "the rig only, at the origin, with the images of one panorama: run "
        "structure from motion for positions" :
        "the rig only, at the origin: file_path is the folder of a view, "
        "positions are not known; run structure from motion for those of the "
        "frames";
    cJSON *root = make_head(setup, note);

    if (root && json_add(root, "frames",
                         make_frames(setup, !same_lens(setup))) >= 0)
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

/** An entry for the image of a view with an index. */
static cJSON *make_entry(const Camera *cam, const RigImages *images, int index,
                         int own_lens)
{
    const char *name = images->names[index], *view = cam->view->name;
    /* nerfstudio divides by the largest distance of a camera from the middle
     * of all. */
    const double ahead = images->nb > 1 ? 0 : 0.01;
    char *image = av_asprintf("images/%s/%s", view, name), *mask = NULL;
    cJSON *o = cJSON_CreateObject();
    int ret = image && o ? json_text(o, "file_path", image) : AVERROR(ENOMEM);

    if (ret >= 0 && images->has_masks) {
        mask = av_asprintf("masks/%s/%.*s.png", view,
                           (int)(strrchr(name, '.') - name), name);
        ret = mask ? json_text(o, "mask_path", mask) : AVERROR(ENOMEM);
    }
    if (ret >= 0 && own_lens)
        ret = add_intrinsics(o, cam);
    if (ret >= 0)
        ret = json_add(o, "transform_matrix", make_pose(cam, index, ahead));
    av_free(mask);
    av_free(image);
    if (ret >= 0)
        return o;
    cJSON_Delete(o);
    return NULL;
}

/** Print an item, without its last characters, and free it. */
static int print(FILE *f, cJSON *item, int formatted, int less)
{
    char *text = !item ? NULL : formatted ? cJSON_Print(item) :
                 cJSON_PrintUnformatted(item);

    if (text)
        fprintf(f, "%.*s", (int)strlen(text) - less, text);
    cJSON_free(text);
    cJSON_Delete(item);
    return text ? 0 : AVERROR(ENOMEM);
}

/* As a tree, the entries of a long video would take gigabytes. */
static int write_entries(FILE *f, const RigSetup *setup,
                         const RigImages *images)
{
    const char *note = images->nb > 1 ?
        "directions and lenses are exact, positions are not known: panoramas "
        "stand on a line, 1 apart, until structure from motion gives their "
        "positions" :
        "directions and lenses are exact, positions are not known: cameras "
        "stand 0.01 before the middle of the only panorama";
    const int own_lens = !same_lens(setup);
    int ret = print(f, make_head(setup, note), 1, strlen("\n}"));

    fprintf(f, ",\n\t\"frames\":\t[");
    for (int i = 0; i < setup->rig.nb_views; i++) {
        for (int j = 0; j < images->nb && ret >= 0; j++) {
            fprintf(f, i || j ? ",\n\t\t" : "\n\t\t");
            ret = print(f, make_entry(&setup->cameras[i], images, j, own_lens),
                        0, 0);
        }
    }
    fprintf(f, "\n\t]\n}\n");
    return ret;
}

int v360rig_nerfstudio_images(RigSetup *setup, const RigImages *images)
{
    int ret = v360rig_cameras(setup, 0), closed;
    FILE *f;

    if (ret < 0 || (ret = v360rig_only_flat(setup, "transforms.json")) < 0)
        return ret;
    f = v360rig_open(setup->output, "transforms.json", "");
    if (!f)
        return AVERROR(EIO);
    ret    = write_entries(f, setup, images);
    closed = v360rig_close(f, "transforms.json");
    return ret < 0 ? ret : closed;
}
