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
 * v360rig preview: one page of HTML, which is v360rig_page.html with the rig as
 * JSON in it.
 */

#include <string.h>

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "json.h"
#include "preview.h"

#define THUMB_WIDTH 320

/* made of v360rig_page.html by bin2c, which ends it with a 0 */
extern const unsigned char ff_v360rig_page_html_data[];

/**
 * Add what the page itself computes for flat views only: the border of a view,
 * in camera axes, and its picture.
 */
static int add_fixed(cJSON *o, const Camera *cam, const Picture *pano)
{
    double rays[OUTLINE_SIZE][3];
    cJSON *border = cJSON_CreateArray();
    Picture p = { 0 };
    char *uri = NULL;
    int ret = border ? 0 : AVERROR(ENOMEM);

    v360rig_border(cam, rays);
    for (int i = 0; i < OUTLINE_SIZE && ret >= 0; i++)
        ret = json_append(border, cJSON_CreateDoubleArray(rays[i], 3));
    if (ret < 0) {
        cJSON_Delete(border);
        return ret;
    }
    ret = json_add(o, "border", border);
    if (ret >= 0)
        ret = v360rig_view(cam, pano, THUMB_WIDTH, &p);
    if (ret >= 0) {
        uri = v360rig_image_uri(&p);
        ret = uri ? json_text(o, "image", uri) : AVERROR(ENOMEM);
    }
    av_free(p.rgb);
    av_free(uri);
    return ret;
}

static cJSON *page_view(const Camera *cam, int index, const Picture *pano)
{
    const V360View *v = cam->view;
    const char *output = ff_v360_projection_name(cam->g.projection);
    const char *supersample = v360rig_supersamples[v->supersample];
    cJSON *o = cJSON_CreateObject();
    char colour[8];
    uint8_t c[3];

    if (!o)
        return NULL;
    v360rig_colour(index, c);
    snprintf(colour, sizeof(colour), "#%02x%02x%02x", c[0], c[1], c[2]);
    if (json_text(o, "name", v->name) >= 0 &&
        json_text(o, "colour", colour) >= 0 &&
        json_number(o, "yaw", v->yaw) >= 0 &&
        json_number(o, "pitch", v->pitch) >= 0 &&
        json_number(o, "roll", v->roll) >= 0 &&
        json_number(o, "h_fov", cam->g.h_fov) >= 0 &&
        json_number(o, "v_fov", cam->g.v_fov) >= 0 &&
        json_number(o, "w", cam->g.w) >= 0 &&
        json_number(o, "h", cam->g.h) >= 0 &&
        json_text(o, "output", output) >= 0 &&
        json_text(o, "eye", v360rig_eyes[v->eye]) >= 0 &&
        json_text(o, "supersample", supersample) >= 0 &&
        json_number(o, "samples", cam->samples) >= 0 &&
        (cam->fx || add_fixed(o, cam, pano) >= 0))
        return o;
    cJSON_Delete(o);
    return NULL;
}

/** The rig as text that can stand in a page; to be freed with cJSON_free(). */
static char *page_data(const RigSetup *setup, const Picture *pano)
{
    cJSON *root = cJSON_CreateObject(), *views = cJSON_CreateArray();
    const char *name = setup->rig_name ? setup->rig_name : "a file of views";
    char *text = NULL;
    int ret = root && views ? 0 : AVERROR(ENOMEM);

    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = json_append(views, page_view(&setup->cameras[i], i, pano));
    if (ret < 0)
        cJSON_Delete(views);
    else if (json_add(root, "views", views) >= 0 &&
             json_text(root, "rig", name) >= 0 &&
             json_number(root, "w", setup->source.w) >= 0 &&
             json_number(root, "h", setup->source.h) >= 0)
        text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

/* Neither text can end the element around it: names of views and presets are
 * plain words, and the rest is numbers and base64. */
static void write_page(FILE *f, const char *page, const char *data,
                       const char *uri)
{
    static const char rig[] = "@RIG@", panorama[] = "@PANORAMA@";
    const char *a = strstr(page, panorama), *b = strstr(page, rig);

    fwrite(page, 1, a - page, f);
    fputs(uri, f);
    a += strlen(panorama);
    fwrite(a, 1, b - a, f);
    fputs(data, f);
    fputs(b + strlen(rig), f);
}

int v360rig_html(const RigSetup *setup, const Picture *pano)
{
    char *data = page_data(setup, pano), *uri = v360rig_image_uri(pano);
    FILE *f = data && uri ? v360rig_open(NULL, setup->output, NULL) : NULL;
    int ret = data && uri ? AVERROR(EIO) : AVERROR(ENOMEM);

    if (f) {
        write_page(f, (const char *)ff_v360rig_page_html_data, data, uri);
        ret = v360rig_close(f, setup->output);
    }
    cJSON_free(data);
    av_free(uri);
    return ret;
}
