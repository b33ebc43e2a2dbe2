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

static int is_inside(const V360Source *source, const V360Sampling *s, int x,
                     int y)
{
    double uv[2], ray[3];

    ff_v360_sample_uv(s, x, y, uv);
    ff_v360_source_unstore(source, uv);
    return ff_v360_unproject(&source->geometry, uv, ray);
}

/* The first of samples [x, end) that is not as the samples before it: inside if
 * those are not, or the other way round. */
static int find_change(const V360Source *source, const V360Sampling *s, int y,
                       int x, int end, int inside)
{
    while (x < end) {
        const int middle = (x + end) / 2;

        if (is_inside(source, s, middle, y) == inside)
            x = middle + 1;
        else
            end = middle;
    }
    return x;
}

/* How far beyond the outline samples may be fetched: as far as a kernel reaches
 * from a position inside. */
#define REACH (V360_TAPS_AFTER + 1)

/* Find what of each row is inside, and for which samples others are fetched.
 * Near a pole rows are much shorter than the next ones, and kernels at the ends
 * of these read them, too. */
static void outline_init(V360Border *b, const V360Source *source,
                         const V360Sampling *s)
{
    const int x = av_clip(ceil(ff_v360_sample_x(s, 0.5) - V360_NUDGE), 0, s->w);

    for (int y = 0; y < s->h; y++) {
        V360OutlineRow *row = &b->outline[y];

        /* the middle of a row is inside if anything of it is */
        row->x0 = find_change(source, s, y, 0, x, 0);
        row->x1 = find_change(source, s, y, x, s->w, 1);
    }
    for (int y = 0; y < s->h; y++) {
        V360OutlineRow *row = &b->outline[y];

        row->first = row->x0;
        row->end   = row->x1;
        for (int i = -REACH; i <= REACH; i++) {
            const int j = av_clip(y + i, 0, s->h - 1);

            row->first = FFMIN(row->first, b->outline[j].x0);
            row->end   = FFMAX(row->end, b->outline[j].x1);
        }
        row->first = FFMAX(row->first - REACH, 0);
        row->end   = FFMIN(row->end + REACH, s->w);
    }
}

/* The sample inside the outline that is nearest to (x, y), which is inside it
 * or next to it. */
static V360SamplePos nearest_inside(const V360Border *b, const V360Sampling *s,
                                    double x, double y)
{
    const int at_x = ff_v360_round(x), at_y = ff_v360_round(y);
    V360SamplePos pos = { av_clip(at_x, 0, s->w - 1),
                          av_clip(at_y, 0, s->h - 1) };
    double least = INFINITY;

    for (int i = FFMAX(at_y - REACH, 0); i <= FFMIN(at_y + REACH, s->h - 1);
         i++) {
        const V360OutlineRow *row = &b->outline[i];
        const int j = FFMAX(FFMIN(at_x, row->x1 - 1), row->x0);
        const double d = (j - x) * (j - x) + (i - y) * (i - y);

        if (row->x0 < row->x1 && d < least - V360_NUDGE) {
            least = d;
            pos   = (V360SamplePos){ j, i };
        }
    }
    return pos;
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
    if (b->outline)
        return nearest_inside(b, s, ff_v360_sample_x(s, uv[0]),
                              ff_v360_sample_y(s, uv[1]));
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

/* Find samples instead of those beyond the outline. Returns the end of p. */
static V360SamplePos *rows_init(V360Border *b, V360SamplePos *p,
                                const V360Source *source, const V360Sampling *s)
{
    for (int y = 0; b->outline && y < s->h; y++) {
        V360OutlineRow *row = &b->outline[y];

        row->left = p - b->samples - row->first;
        for (int x = row->first; x < row->x0; x++)
            *p++ = sample_beyond(b, source, s, 0, x, y);
        row->right = p - b->samples - row->x1;
        for (int x = row->x1; x < row->end; x++)
            *p++ = sample_beyond(b, source, s, 0, x, y);
    }
    return p;
}

/* Make the outline, and count the samples of its rows. */
static int add_outline(V360Border *b, const V360Source *source,
                       const V360Sampling *s)
{
    b->outline = av_calloc(s->h, sizeof(*b->outline));
    if (!b->outline)
        return AVERROR(ENOMEM);
    outline_init(b, source, s);
    for (int y = 0; y < s->h; y++) {
        const V360OutlineRow *row = &b->outline[y];

        b->nb_samples += row->x0 - row->first + row->end - row->x1;
    }
    return 0;
}

int ff_v360_border_init(V360Border *border, const V360Source *source,
                        const V360Sampling *plane)
{
    const V360Geometry *g = &source->geometry;
    V360SamplePos *p;
    int ret;

    border->nb_faces   = g->nb_faces;
    border->nb_samples = 0;
    for (int i = 0; i < g->nb_faces; i++) {
        ret = face_init(&border->face[i], source, plane, &g->faces[i]);
        if (ret < 0)
            return ret;
        border->nb_samples += ff_v360_ring_size(&border->face[i]);
    }
    if (ff_v360_has_outline(g)) {
        ret = add_outline(border, source, plane);
        if (ret < 0)
            return ret;
    }

    p = border->samples = av_malloc_array(border->nb_samples, sizeof(*p));
    if (!p)
        return AVERROR(ENOMEM);
    for (int i = 0; i < g->nb_faces; i++) {
        ring_init(border, i, p, source, plane);
        border->face[i].ring = p;
        p += ff_v360_ring_size(&border->face[i]);
    }
    rows_init(border, p, source, plane);
    return 0;
}

void ff_v360_border_uninit(V360Border *border)
{
    av_freep(&border->samples);
    av_freep(&border->outline);
}
