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
 * The seam of a source that goes all around. The columns before the wrap and
 * those behind it are copied side by side for each frame: so blocks that see
 * both need not be remapped sample by sample.
 */

#include <string.h>

#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavfilter/filters.h"
#include "remap.h"

/* Kernels may load bytes before and behind the taps that they use. */
#define MARGIN 64

/* Whether columns behind the wrap go on with the same row and phase, as the
 * ring has it for two columns on either side. */
static int is_plain(const V360GridCache *c, int siting)
{
    const V360Sampling *s = &c->source.sampling[siting];
    const V360BorderFace *f = &c->border[siting].face[0];
    const V360SamplePos *ring = f->ring + 2 * V360_RING *
                                (s->w + 2 * V360_RING);

    if (c->period[siting] != s->w * 256 || s->w < 2 * V360_SEAM ||
        c->border[siting].nb_faces != 1 || f->x0 || f->y0 || f->x1 != s->w ||
        f->y1 != s->h)
        return 0;
    for (int y = 0; y < s->h; y++)
        for (int i = 0; i < 2 * V360_RING; i++, ring++)
            if (ring->x != (s->w - V360_RING + i) % s->w || ring->y != y)
                return 0;
    return 1;
}

static int is_seen(const V360BatchCPUContext *s, int plane)
{
    const V360BatchContext *c = &s->common;
    const int siting = c->format.plane[plane].siting;

    for (int i = 0; i < s->nb_packed; i++) {
        const V360PackedGrid *g = &s->packed[i];

        for (int k = 0; k < c->rig.nb_views; k++)
            if (ff_v360_cpu_takes(s, k, plane, g) &&
                ff_v360_slice_has_seam(g, c->views[k].dx[siting],
                                       c->grids.period[siting]))
                return 1;
    }
    return 0;
}

/* Kept where nothing changes, as commands may come with each frame. */
static int reserve(V360Seam *seam, size_t size, int nb_frames)
{
    if (seam->size == size && seam->nb_frames == nb_frames)
        return 0;
    av_freep(&seam->data);
    seam->size = 0;
    if (!size)
        return 0;
    seam->data = av_calloc(nb_frames, size);
    if (!seam->data)
        return AVERROR(ENOMEM);
    seam->size      = size;
    seam->nb_frames = nb_frames;
    return 0;
}

int ff_v360_cpu_update_seam(V360BatchCPUContext *s)
{
    const V360BatchContext *c = &s->common;
    V360Seam *seam = &s->seam;
    const int eyes = c->stereo == V360_STEREO_2D ? 1 : 2;
    size_t size = MARGIN;

    for (int p = 0; p < c->format.nb_planes; p++) {
        const V360Plane *plane = &c->format.plane[p];

        seam->pitch[p] = 0;
        if (!is_plain(&c->grids, plane->siting) || !is_seen(s, p))
            continue;
        seam->pitch[p] = 2 * V360_SEAM * ff_v360_sample_bytes(plane);
        for (int eye = 0; eye < eyes; eye++) {
            seam->offset[p][eye] = size;
            size += (size_t)seam->pitch[p] *
                    c->grids.source.sampling[plane->siting].h;
        }
    }
    return reserve(seam, size == MARGIN ? 0 : size + MARGIN,
                   s->pairs ? V360_MAX_FRAMES : 1);
}

static void copy_rows(uint8_t *dst, int pitch, const V360Remap *r, int w,
                      int step, int y0, int y1)
{
    const int n = V360_SEAM * step;

    for (int y = y0; y < y1; y++) {
        const uint8_t *src = r->src + y * r->linesize;

        memcpy(dst + (size_t)y * pitch, src + (w - V360_SEAM) * step, n);
        memcpy(dst + (size_t)y * pitch + n, src, n);
    }
}

static uint8_t *find_data(const V360Seam *seam, int frame, int plane, int eye)
{
    return seam->data + frame * seam->size + seam->offset[plane][eye];
}

static int copy_part(AVFilterContext *ctx, void *arg, int n, int nb_jobs)
{
    const V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const V360RemapJob *job = arg;

    for (int i = 0; i < job->nb_frames * 4 * 2; i++) {
        const int frame = i / 8, p = i / 2 % 4, eye = i % 2;
        const V360Plane *plane = &c->format.plane[p];
        const V360Sampling *size = &c->grids.source.sampling[plane->siting];

        if (job->frame[frame].seam[p][eye].src)
            copy_rows(find_data(&s->seam, frame, p, eye), s->seam.pitch[p],
                      &job->frame[frame].remap[p][eye], size->w,
                      ff_v360_sample_bytes(plane), size->h * n / nb_jobs,
                      size->h * (n + 1) / nb_jobs);
    }
    return 0;
}

/* A column before the wrap has its own number, one behind it w more: so src
 * lies before the data. */
static void describe(const V360BatchCPUContext *s, V360RemapJob *job, int frame,
                     int p, int eye)
{
    const V360BatchContext *c = &s->common;
    const V360Plane *plane = &c->format.plane[p];
    const int first = c->grids.source.sampling[plane->siting].w - V360_SEAM;
    V360Remap *r = &job->frame[frame].seam[p][eye];

    *r          = job->frame[frame].remap[p][eye];
    r->linesize = s->seam.pitch[p];
    r->src      = find_data(&s->seam, frame, p, eye) -
                  (ptrdiff_t)first * ff_v360_sample_bytes(plane);
}

void ff_v360_cpu_copy_seam(AVFilterContext *ctx, V360RemapJob *job)
{
    const V360BatchCPUContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const int eyes = c->stereo == V360_STEREO_2D ? 1 : 2;

    if (!s->seam.data)
        return;
    for (int i = 0; i < job->nb_frames; i++)
        for (int p = 0; p < c->format.nb_planes; p++)
            for (int eye = 0; eye < eyes && s->seam.pitch[p]; eye++)
                describe(s, job, i, p, eye);
    ff_filter_execute(ctx, copy_part, job, NULL, ff_filter_get_nb_threads(ctx));
}
