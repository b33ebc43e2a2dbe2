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
 * The preview as one page of HTML: v360rig_page.html with the rig in it.
 */

#include <string.h>

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "json.h"
#include "preview.h"

#define THUMB_WIDTH 320

/* by bin2c, from v360rig_page.html; ends with a 0 */
extern const unsigned char ff_v360rig_page_html_data[];

/* What a page cannot work out by itself: the border of a view that is not
 * flat, in camera axes, and its picture. */
static int add_fixed(cJSON *o, const Camera *cam, const Picture *pano)
{
    double rays[OUTLINE_SIZE][3];
    cJSON *border = cJSON_CreateArray();
    Picture p = { 0 };
    char *uri = NULL;
    int ok = !!border;

    v360rig_border(cam, rays);
    for (int i = 0; i < OUTLINE_SIZE; i++)
        ok = ok && json_append(border, cJSON_CreateDoubleArray(rays[i], 3));
    if (!ok) {
        cJSON_Delete(border);
        return 0;
    }
    ok = json_add(o, "border", border) &&
         v360rig_view(cam, pano, THUMB_WIDTH, &p) >= 0 &&
         (uri = v360rig_image_uri(&p)) && json_text(o, "image", uri);
    av_free(p.rgb);
    av_free(uri);
    return ok;
}

static cJSON *page_view(const Camera *cam, int index, const Picture *pano)
{
    const V360View *v = cam->view;
    cJSON *o = cJSON_CreateObject();
    char colour[8];
    uint8_t c[3];
    int ok = !!o;

    v360rig_colour(index, c);
    snprintf(colour, sizeof(colour), "#%02x%02x%02x", c[0], c[1], c[2]);
    ok = ok && json_text(o, "name", v->name) &&
         json_text(o, "colour", colour) &&
         json_number(o, "yaw", v->yaw) &&
         json_number(o, "pitch", v->pitch) &&
         json_number(o, "roll", v->roll) &&
         json_number(o, "h_fov", cam->g.h_fov) &&
         json_number(o, "v_fov", cam->g.v_fov) &&
         json_number(o, "w", cam->g.w) &&
         json_number(o, "h", cam->g.h) &&
         json_text(o, "output",
                   ff_v360_projection_name(cam->g.projection)) &&
         json_text(o, "eye", v->eye == V360_EYE_RIGHT ? "right" : "left");
    if (ok && !cam->fx)
        ok = add_fixed(o, cam, pano);
    if (ok)
        return o;
    cJSON_Delete(o);
    return NULL;
}

/** The rig as text that can stand in a page; to be freed with cJSON_free(). */
static char *page_data(const Job *job, const Picture *pano)
{
    cJSON *root = cJSON_CreateObject(), *views = cJSON_CreateArray();
    char *text = NULL;
    int ok = root && views;

    for (int i = 0; i < job->rig.nb_views && ok; i++)
        ok = json_append(views, page_view(&job->cameras[i], i, pano));
    if (!ok)
        cJSON_Delete(views);
    ok = ok && json_add(root, "views", views) &&
         json_text(root, "rig", job->rig_name ? job->rig_name :
                   "a file of views") &&
         json_number(root, "w", job->source.w) &&
         json_number(root, "h", job->source.h);
    if (ok)
        text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

/* Neither text holds what could end the element around it: names of views and
 * presets are plain words, the rest are numbers and base64. */
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

int v360rig_html(const Job *job, const Picture *pano)
{
    char *data = page_data(job, pano), *uri = v360rig_image_uri(pano);
    FILE *f = data && uri ? v360rig_open(NULL, job->output, NULL) : NULL;
    int ret = data && uri ? AVERROR(EIO) : AVERROR(ENOMEM);

    if (f) {
        write_page(f, (const char *)ff_v360rig_page_html_data, data, uri);
        ret = v360rig_close(f, job->output);
    }
    cJSON_free(data);
    av_free(uri);
    return ret;
}
