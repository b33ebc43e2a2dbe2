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

#include <stdatomic.h>

#include "libavutil/attributes.h"
#include "libavutil/avassert.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "libavfilter/filters.h"
#include "remap.h"

static int has_fine(const V360BatchCPUContext *s)
{
    for (int i = 0; i < s->common.rig.nb_views; i++)
        if (s->common.views[i].grid->supersample > 1)
            return 1;
    return 0;
}

static int scratch_init(V360Scratch *scratch, size_t size, int fine)
{
    atomic_init(&scratch->taken, 0);
    if (size && !scratch->data) {
        /* functions read rows up to their margin, which nobody writes */
        scratch->data = av_mallocz(size);
        if (!scratch->data)
            return AVERROR(ENOMEM);
    }
    if (fine && !scratch->fine) {
        scratch->fine = av_malloc(V360_FINE_SIZE);
        if (!scratch->fine)
            return AVERROR(ENOMEM);
    }
    return 0;
}

int ff_v360_cpu_update_scratch(AVFilterContext *ctx, size_t size)
{
    V360BatchCPUContext *s = ctx->priv;
    const int n = ff_filter_get_nb_threads(ctx), fine = has_fine(s);

    if (n > s->nb_scratch || size > s->scratch_size) {
        ff_v360_cpu_free_scratch(s);
        s->scratch = av_calloc(n, sizeof(*s->scratch));
        if (!s->scratch)
            return AVERROR(ENOMEM);
        s->nb_scratch   = n;
        s->scratch_size = size;
    }
    for (int i = 0; i < s->nb_scratch; i++) {
        const int ret = scratch_init(&s->scratch[i], s->scratch_size, fine);

        if (ret < 0) {
            ff_v360_cpu_free_scratch(s);
            return ret;
        }
    }
    return 0;
}

V360Scratch *ff_v360_cpu_take_scratch(V360BatchCPUContext *s)
{
    for (int i = 0; i < s->nb_scratch; i++)
        if (!atomic_exchange(&s->scratch[i].taken, 1))
            return &s->scratch[i];
    av_unreachable("There is one for each thread.");
}

void ff_v360_cpu_give_scratch(V360Scratch *scratch)
{
    atomic_store(&scratch->taken, 0);
}

av_cold void ff_v360_cpu_free_scratch(V360BatchCPUContext *s)
{
    for (int i = 0; i < s->nb_scratch; i++) {
        av_freep(&s->scratch[i].data);
        av_freep(&s->scratch[i].fine);
    }
    av_freep(&s->scratch);
    s->nb_scratch   = 0;
    s->scratch_size = 0;
}
