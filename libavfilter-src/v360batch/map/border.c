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

#include <math.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "border.h"

/* Set the rectangle of the samples whose centres lie in the face. */
static int face_init(V360BorderFace *f, const V360Source *source,
                     const V360Sampling *s, const V360Face *face)
{
    double a[2] = { face->u0, face->v0 }, b[2] = { face->u1, face->v1 };

    ff_v360_source_store(source, a);
    ff_v360_source_store(source, b);
    f->x0 = ceil(ff_v360_sample_x(s, FFMIN(a[0], b[0])) - V360_NUDGE);
    f->y0 = ceil(ff_v360_sample_y(s, FFMIN(a[1], b[1])) - V360_NUDGE);
    f->x1 = ceil(ff_v360_sample_x(s, FFMAX(a[0], b[0])) - V360_NUDGE);
    f->y1 = ceil(ff_v360_sample_y(s, FFMAX(a[1], b[1])) - V360_NUDGE);
    f->x0 = av_clip(f->x0, 0, s->w);
    f->y0 = av_clip(f->y0, 0, s->h);
    /* the last chroma sample may lie on the far edge, or beyond it */
    if (FFMAX(a[0], b[0]) > 1.0 - V360_NUDGE)
        f->x1 = s->w;
    if (FFMAX(a[1], b[1]) > 1.0 - V360_NUDGE)
        f->y1 = s->h;
    f->x1 = av_clip(f->x1, 0, s->w);
    f->y1 = av_clip(f->y1, 0, s->h);
    return f->x1 > f->x0 && f->y1 > f->y0 ? 0 : AVERROR(EINVAL);
}

/* The sample of another face, or across a wrap, that continues the face at
 * (x, y) beyond its edge. */
static V360SamplePos sample_beyond(const V360Border *b,
                                   const V360Source *source,
                                   const V360Sampling *s, int face, int x,
                                   int y)
{
    const V360BorderFace *f;
    double uv[2];

    ff_v360_sample_uv(s, x, y, uv);
    ff_v360_source_unstore(source, uv);
    face = ff_v360_neighbour(&source->geometry, face, uv);
    ff_v360_source_store(source, uv);
    f = &b->face[face];
    x = ff_v360_round(ff_v360_sample_x(s, uv[0]));
    y = ff_v360_round(ff_v360_sample_y(s, uv[1]));
    return (V360SamplePos){ av_clip(x, f->x0, f->x1 - 1),
                            av_clip(y, f->y0, f->y1 - 1) };
}

size_t ff_v360_ring_size(const V360BorderFace *f)
{
    return 2 * V360_RING * (size_t)(f->x1 - f->x0 + 2 * V360_RING) +
           2 * V360_RING * (size_t)(f->y1 - f->y0);
}

static void ring_init(const V360Border *b, int face, V360SamplePos *p,
                      const V360Source *source, const V360Sampling *s)
{
    const V360BorderFace *f = &b->face[face];

    for (int y = f->y0 - V360_RING; y < f->y0; y++)
        for (int x = f->x0 - V360_RING; x < f->x1 + V360_RING; x++)
            *p++ = sample_beyond(b, source, s, face, x, y);
    for (int y = f->y1; y < f->y1 + V360_RING; y++)
        for (int x = f->x0 - V360_RING; x < f->x1 + V360_RING; x++)
            *p++ = sample_beyond(b, source, s, face, x, y);
    for (int y = f->y0; y < f->y1; y++) {
        for (int x = f->x0 - V360_RING; x < f->x0; x++)
            *p++ = sample_beyond(b, source, s, face, x, y);
        for (int x = f->x1; x < f->x1 + V360_RING; x++)
            *p++ = sample_beyond(b, source, s, face, x, y);
    }
}

int ff_v360_border_init(V360Border *border, const V360Source *source,
                        const V360Sampling *plane)
{
    const V360Geometry *g = &source->geometry;
    size_t size = 0;
    V360SamplePos *p;
    int ret;

    border->nb_faces = g->nb_faces;
    for (int i = 0; i < g->nb_faces; i++) {
        ret = face_init(&border->face[i], source, plane, &g->faces[i]);
        if (ret < 0)
            return ret;
        size += ff_v360_ring_size(&border->face[i]);
    }

    p = border->samples = av_malloc_array(size, sizeof(*p));
    if (!p)
        return AVERROR(ENOMEM);
    for (int i = 0; i < g->nb_faces; i++) {
        ring_init(border, i, p, source, plane);
        border->face[i].ring = p;
        p += ff_v360_ring_size(&border->face[i]);
    }
    return 0;
}

void ff_v360_border_uninit(V360Border *border)
{
    av_freep(&border->samples);
}
