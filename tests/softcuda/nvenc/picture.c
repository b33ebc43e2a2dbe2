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

#include <stdlib.h>

#include "softnvenc.h"

/** @file From the bytes of a surface to the samples of a picture. */

/** Where the samples of a plane are. */
typedef struct Plane {
    const uint8_t *data;
    size_t pitch;
    int step;                   ///< samples from one to the next
    int width, height;
} Plane;

static void find_planes(const Session *session, const Output *o, Plane plane[3])
{
    const Sequence *q = &session->sequence;
    const Surface *s = &o->layout;
    int planar = q->full_chroma || s->format == NV_ENC_BUFFER_FORMAT_YV12 ||
                 s->format == NV_ENC_BUFFER_FORMAT_IYUV;
    int half = !q->full_chroma;
    size_t pitch = half && planar ? s->pitch / 2 : s->pitch;
    const uint8_t *chroma = o->raw + s->pitch * s->height;
    size_t second = planar ? pitch * ((s->height + half) >> half) :
                             (size_t)1 << surface_is_deep(s->format);

    plane[0] = (Plane){ o->raw, s->pitch, 1, q->width, q->height };
    for (int i = 1; i < 3; i++)
        plane[i] = (Plane){ chroma + (i == 2 ? second : 0), pitch,
                            planar ? 1 : 2, (q->width + half) >> half,
                            (q->height + half) >> half };
    if (s->format == NV_ENC_BUFFER_FORMAT_YV12) {
        plane[1].data += second;
        plane[2].data -= second;
    }
}

static unsigned sample(const Plane *p, int x, int y, int is_deep)
{
    const uint8_t *row = p->data + y * p->pitch;

    return is_deep ? ((const uint16_t *)row)[x * p->step] >> 6 :
                     row[x * p->step];
}

/* Whole blocks: the last samples are repeated. */
static void fill_plane(Picture *picture, int i, const Plane *p, int width,
                       int height, int is_deep)
{
    uint16_t *to = malloc((size_t)width * height * sizeof(*to));

    picture->plane[i]  = to;
    picture->stride[i] = width;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            *to++ = sample(p, x < p->width ? x : p->width - 1,
                           y < p->height ? y : p->height - 1, is_deep);
}

void write_picture(Session *session, Output *o)
{
    const Sequence *q = &session->sequence;
    int width = whole_blocks(q->width) * BLOCK;
    int height = whole_blocks(q->height) * BLOCK;
    Picture picture = { 0 };
    Plane plane[3];

    find_planes(session, o, plane);
    for (int i = 0; i < 3; i++)
        fill_plane(&picture, i, &plane[i], width >> (i && !q->full_chroma),
                   height >> (i && !q->full_chroma), q->depth > 8);
    if (session->repeat_headers)
        (session->is_hevc ? hevc_headers : h264_headers)(&o->bits, q);
    if (session->is_hevc)
        hevc_picture(&o->bits, q, &picture);
    else
        h264_picture(&o->bits, q, &picture, session->pictures);
    session->pictures++;
    for (int i = 0; i < 3; i++)
        free(picture.plane[i]);
}
