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

#include <string.h>

#include "checkasm.h"
#include "libavfilter/v360batch/cpu/dsp.h"
#include "libavutil/mem_internal.h"

#define SRC_W  96       /* samples */
#define SRC_H  48
#define BLOCKS  3
#define VIEWS  3
#define STEP   4        /* largest size of a sample */
#define SHRINK_PITCH (64 * V360_MAX_SUPERSAMPLE * STEP + 64)
#define SLAB   (V360_BLOCK_H * V360_BLOCK_PITCH)

typedef struct Layout {
    int bits, comps, depth, shift;
} Layout;

static const Layout layouts[] = {
    { 8, 1, 8 }, { 8, 2, 8 }, { 8, 4, 8 }, { 16, 1, 10 }, { 16, 1, 14 },
    { 16, 1, 16 },
    { 16, 2, 10, 6 }, { 16, 2, 16 },
};

static const char *const layout_names[V360_NB_BLOCK_LAYOUTS] = {
    "8x4", "4x4", "4x2", "2x2", "8x1_r2", "8x1_r3", "8x1_r6", "4x1_r3",
    "4x1_r6", "1x1",
};

enum { NOISE, EXTREMES, BEYOND, NB_FILLS };

/* With BEYOND, every second sample has bits beyond its depth, if it has such. */
static void fill_source(uint8_t *src, const Layout *l, int fill)
{
    const int max = (1 << l->depth) - 1;

    for (int i = 0; i < SRC_W * SRC_H * l->comps; i++) {
        int v = fill == EXTREMES ? (rnd() & 1) * max : rnd() & max;

        v <<= l->shift;
        if (fill == BEYOND && rnd() & 1)
            v = rnd();
        if (l->bits == 8)
            src[i] = v;
        else
            ((uint16_t *)src)[i] = v;
    }
}

/* Fill a block with random windows, and any indices that its layout allows. */
static void fill_block(V360Block *u, enum V360BlockLayout layout, int taps,
                       int step)
{
    const V360BlockShape *s = &ff_v360_block_shapes[layout];
    const int tops = s->total ? s->total - taps + 1 : s->rows;
    const int rows = tops + taps - 1;
    const int cols = V360_WINDOW_BYTES / step - taps + 1;

    for (int i = 0; i < ff_v360_nb_windows(layout); i++) {
        u->anchor[i][0] = rnd() % (SRC_W - (layout == V360_BLOCK_1X1 ? taps :
                                            V360_WINDOW_BYTES / step) + 1);
        u->anchor[i][1] = rnd() % (SRC_H - rows + 1);
    }
    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        u->index[i] = layout == V360_BLOCK_1X1 ? 0 :
                      rnd() % tops * V360_WINDOW_BYTES + rnd() % cols * step;
        u->fx[i] = i % 7 ? rnd() : 255 * (rnd() & 1);
        u->fy[i] = i % 5 ? rnd() : 255 * (rnd() & 1);
    }
}

static int windows_fit(enum V360BlockLayout layout, int taps, int step)
{
    return V360_WINDOW_BYTES / step >= taps + (step < 4);
}

static void check_blocks(const V360DSPContext *dsp, enum V360Interp interp,
                         const Layout *l, V360Remap *r, uint8_t *source)
{
    LOCAL_ALIGNED_64(uint8_t, dst0, [VIEWS * SLAB * STEP]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [VIEWS * SLAB * STEP]);
    const int step = l->comps * l->bits / 8;
    const int taps = ff_v360_taps(interp);
    LOCAL_ALIGNED_16(uint8_t, blocks, [BLOCKS * sizeof(V360Block)]);
    const V360Block *const block = (const V360Block *)blocks;
    const uint8_t *src[VIEWS];

    declare_func(void, uint8_t *, const V360Block *, int,
                 const uint8_t *const *, int, const V360Remap *);

    for (int i = 0; i < VIEWS; i++)
        src[i] = source + i * SRC_W * SRC_H * STEP;
    for (int layout = 0; layout < V360_NB_BLOCK_LAYOUTS; layout++) {
        if (!windows_fit(layout, taps, step) ||
            !check_func(dsp->remap_blocks[layout], "units_%s_%d_%d_%s_%s",
                        ff_v360_interp_name(interp), l->depth, l->comps,
                        l->shift ? "high" : "low", layout_names[layout]))
            continue;
        for (int round = 0; round < NB_FILLS * BLOCKS; round++) {
            const int n = 1 + round / NB_FILLS, views = 1 + (round + n) % VIEWS;

            for (int i = 0; i < VIEWS; i++)
                fill_source((uint8_t *)src[i], l, round % NB_FILLS);
            for (int i = 0; i < BLOCKS; i++)
                fill_block((V360Block *)(blocks + i * ff_v360_block_size(layout)),
                           layout, taps, step);
            memset(dst0, 0x55, sizeof(*dst0) * VIEWS * SLAB * STEP);
            memset(dst1, 0x55, sizeof(*dst1) * VIEWS * SLAB * STEP);
            call_ref(dst0, block, n, src, views, r);
            call_new(dst1, block, n, src, views, r);
            if (memcmp(dst0, dst1, VIEWS * SLAB * STEP))
                fail();
        }
        bench_new(dst1, block, 1, src, VIEWS, r);
    }
}

static void check_runs(const V360DSPContext *dsp, enum V360Interp interp,
                       const Layout *l, V360Remap *r, uint8_t *source)
{
    LOCAL_ALIGNED_64(uint8_t, dst0, [STEP * 80]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [STEP * 80]);
    V360Point point[64];

    declare_func(void, uint8_t *, const V360Point *, int, const V360Remap *,
                 int32_t);

    r->src = source;
    if (!check_func(dsp->remap_points_inside, "inside_%s_%d_%d_%s",
                    ff_v360_interp_name(interp), l->depth, l->comps,
                    l->shift ? "high" : "low"))
        return;
    for (int n = 1; n <= 64; n += n < 34 ? 1 : 15) {
        const int dx = (int)(rnd() % 2000) - 1000;

        fill_source(source, l, n % NB_FILLS);
        for (int i = 0; i < n; i++)
            point[i] = (V360Point){
                V360_TAPS_BEFORE * 256 - dx +
                rnd() % ((SRC_W - V360_TAPS_BEFORE - V360_TAPS_AFTER) * 256),
                V360_TAPS_BEFORE * 256 +
                rnd() % ((SRC_H - V360_TAPS_BEFORE - V360_TAPS_AFTER) * 256),
            };
        memset(dst0, 0x55, STEP * 80);
        memset(dst1, 0x55, STEP * 80);
        call_ref(dst0, point, n, r, dx);
        call_new(dst1, point, n, r, dx);
        if (memcmp(dst0, dst1, STEP * 80))
            fail();
    }
    bench_new(dst1, point, 64, r, 0);
}

static void check_store(const V360DSPContext *dsp)
{
    LOCAL_ALIGNED_64(uint8_t, src,  [512 * 4]);
    LOCAL_ALIGNED_64(uint8_t, dst0, [640 * 4]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [640 * 4]);

    declare_func(void, uint8_t *, ptrdiff_t, const uint8_t *, ptrdiff_t,
                 ptrdiff_t);

    if (!check_func(dsp->store, "store"))
        return;
    for (int i = 0; i < 512 * 4; i++)
        src[i] = rnd();
    for (int width = 0; width <= 512; width += 64) {
        memset(dst0, 0x55, 640 * 4);
        memset(dst1, 0x55, 640 * 4);
        call_ref(dst0, 640, src, 512, width);
        call_new(dst1, 640, src, 512, width);
        dsp->store_end();
        if (memcmp(dst0, dst1, 640 * 4))
            fail();
    }
    bench_new(dst1, 640, src, 512, 512);
}

/* Nothing is written beyond n samples. */
static void check_shrink(const V360DSPContext *dsp, const Layout *l)
{
    LOCAL_ALIGNED_64(uint8_t, src,  [4 * SHRINK_PITCH]);
    LOCAL_ALIGNED_64(uint8_t, dst0, [STEP * 80]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [STEP * 80]);
    const int step = l->comps * l->bits / 8;

    declare_func(void, uint8_t *, const uint8_t *, ptrdiff_t, int, int);

    for (int size = 2; size <= V360_MAX_SUPERSAMPLE; size++) {
        if (!check_func(dsp->shrink[size], "shrink%d_%d_%d_%s", size, l->depth,
                        l->comps, l->shift ? "high" : "low"))
            continue;
        for (int n = 1; n <= 64; n += n < 34 ? 1 : 15) {
            const int pitch = n & 1 ? SHRINK_PITCH : n * size * step;

            for (int i = 0; i < 4 * SHRINK_PITCH; i++)
                src[i] = n % 3 ? rnd() : 255;
            memset(dst0, 0x55, STEP * 80);
            memset(dst1, 0x55, STEP * 80);
            call_ref(dst0, src, pitch, n, l->shift);
            call_new(dst1, src, pitch, n, l->shift);
            if (memcmp(dst0, dst1, STEP * 80))
                fail();
        }
        bench_new(dst1, src, SHRINK_PITCH, 64, l->shift);
    }
}

/* Prefetching changes nothing and never faults, whatever the address. */
static void check_prefetch(const V360DSPContext *dsp, const uint8_t *src)
{
    uint32_t line[40];

    for (int i = 0; i < 40; i++)
        line[i] = rnd();
    if (check_func(dsp->prefetch, "prefetch")) {
        declare_func(void, const uint32_t *, ptrdiff_t, const uint8_t *,
                     ptrdiff_t);

        for (int n = -1; n <= 40; n++) {
            call_new(line, n, src, SRC_W);
        }
        call_new(line, 40, NULL, -1 << 20);
        bench_new(line, 40, src, SRC_W);
    }
    if (check_func(dsp->prefetch_bytes, "prefetch_bytes")) {
        declare_func(void, const void *, ptrdiff_t);

        for (int n = -1; n <= 640; n += 64) {
            call_new(src, n);
        }
        call_new(NULL, 640);
        bench_new(src, 2048);
    }
}

void checkasm_check_v360batch(void)
{
    /* a source for each view */
    LOCAL_ALIGNED_64(uint8_t, source, [VIEWS * SRC_W * SRC_H * STEP]);
    int16_t weights[V360_PHASES][4];
    V360DSPContext dsp;

    for (int interp = 0; interp < V360_NB_INTERPS; interp++) {
        ff_v360_interp_weights(weights, interp);
        for (int i = 0; i < FF_ARRAY_ELEMS(layouts); i++) {
            const Layout *l = &layouts[i];
            V360Remap r = {
                .linesize = SRC_W * l->comps * l->bits / 8,
                .period   = INT32_MAX,
                .weights  = weights,
                .max      = (1 << l->depth) - 1,
                .shift    = l->shift,
                .msb      = l->depth + l->shift,
            };

            ff_v360_dsp_init(&dsp, interp, l->bits, l->comps, r.msb);
            if (!interp)
                check_shrink(&dsp, l);
            check_blocks(&dsp, interp, l, &r, source);
            check_runs(&dsp, interp, l, &r, source);
        }
        report("%s", ff_v360_interp_name(interp));
    }
    check_store(&dsp);
    report("store");
    check_prefetch(&dsp, source);
    report("prefetch");
}
