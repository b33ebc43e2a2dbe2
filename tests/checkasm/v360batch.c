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
#include "libavfilter/v360batch/cpu/mix.h"
#include "libavutil/macros.h"
#include "libavutil/mem_internal.h"

#define SRC_W  96       /* samples */
#define SRC_H  48
#define BLOCKS  3
#define VIEWS  3
#define STEP   4        /* largest size of a sample */
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

#define MIX_N 203       /* neither even nor a multiple of a vector */

/* A mix as large as the sums of ff_v360_mixer_init() may become, but not larger:
 * functions for 8 and 16 bits see all of their range. */
static V360Mix random_mix(int in, int out, int nb)
{
    const int range = in == 8 ? 14 : 13;
    V360Mix m = { .shift = range + in - out, .max = out == 8 ? 255 : 1023 };

    if (rnd() & 1 && out == 16)
        m.max = 65535;
    for (int k = 0; k < nb; k++)
        m.coef[k] = (int)(rnd() % (2 << range)) - (1 << range);
    m.offset = (int)(rnd() & 0xffff) - 0x8000;
    return m;
}

static void check_mixes(int in, int out)
{
    LOCAL_ALIGNED_64(uint8_t, src, [3], [2 * MIX_N + V360_MIX_MARGIN]);
    LOCAL_ALIGNED_64(uint8_t, dst0, [2 * MIX_N + 2]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [2 * MIX_N + 2]);
    const uint8_t *const rows[3] = { src[0], src[1], src[2] };
    V360MixDSP dsp;

    ff_v360_mix_init(&dsp, in, out, 32);
    for (int i = 0; i < sizeof(src[0]); i++)
        for (int k = 0; k < 3; k++)
            src[k][i] = rnd();
    for (int nb = 1; nb <= 3; nb++) {
        if (!check_func(dsp.mix[nb - 1], "mix%d_%d_%d", nb, in, out))
            continue;
        declare_func(void, uint8_t *, const uint8_t *const *, const V360Mix *,
                     ptrdiff_t);

        for (int n = 32; n <= MIX_N; n += n < 70 ? 1 : 29) {
            const V360Mix m = random_mix(in, out, nb);

            memset(dst0, 0x55, 2 * MIX_N + 2);
            memset(dst1, 0x55, 2 * MIX_N + 2);
            call_ref(dst0, rows, &m, n);
            call_new(dst1, rows, &m, n);
            if (memcmp(dst0, dst1, 2 * MIX_N + 2))
                fail();
        }
        bench_new(dst1, rows, &(V360Mix){ { 1, 1, 1 } }, MIX_N);
    }
}

static void check_luma(int in, int out)
{
    LOCAL_ALIGNED_64(uint8_t, src, [2 * MIX_N + V360_MIX_MARGIN]);
    LOCAL_ALIGNED_64(uint8_t, dst0, [2 * MIX_N + 2]);
    LOCAL_ALIGNED_64(uint8_t, dst1, [2 * MIX_N + 2]);
    int32_t part[MIX_N + 2 * V360_PART_MARGIN];
    V360MixDSP dsp;

    ff_v360_mix_init(&dsp, in, out, 32);
    for (int i = 0; i < 2 * MIX_N + V360_MIX_MARGIN; i++)
        src[i] = rnd();
    for (int i = 0; i < FF_ARRAY_ELEMS(part); i++)
        part[i] = (int)rnd() >> 4;
    for (int xpos = 0; xpos <= 256; xpos += 128) {
        const V360ChromaPlaces chroma = { 1, 1, xpos, 128 };

        if (!check_func(dsp.luma, "luma_%d_%d_%d", xpos, in, out))
            continue;
        declare_func(void, uint8_t *, const uint8_t *, const int32_t *,
                     const V360ChromaPlaces *, const V360Mix *, ptrdiff_t);

        for (int n = 32; n <= MIX_N; n += n < 70 ? 1 : 29) {
            const V360Mix m = random_mix(in, out, 1);

            call_ref(dst0, src, part + V360_PART_MARGIN, &chroma, &m, n);
            call_new(dst1, src, part + V360_PART_MARGIN, &chroma, &m, n);
            if (memcmp(dst0, dst1, n * out / 8))
                fail();
        }
        bench_new(dst1, src, part + V360_PART_MARGIN, &chroma,
                  &(V360Mix){ { 1 } }, MIX_N);
    }
}

static void check_parts(int in)
{
    LOCAL_ALIGNED_64(uint8_t, src, [2], [2 * MIX_N + V360_MIX_MARGIN]);
    const uint8_t *const rows[2] = { src[0], src[1] };
    int32_t dst0[MIX_N + V360_PART_MARGIN], dst1[MIX_N + V360_PART_MARGIN];
    V360MixDSP dsp;

    ff_v360_mix_init(&dsp, in, 8, 32);
    for (int i = 0; i < sizeof(src[0]); i++)
        for (int k = 0; k < 2; k++)
            src[k][i] = rnd();
    if (check_func(dsp.part, "part_%d", in)) {
        declare_func(void, int32_t *, const uint8_t *const *, const V360Mix *,
                     ptrdiff_t);

        for (int n = 1; n <= MIX_N; n++) {
            const V360Mix m = random_mix(in, in, 2);

            call_ref(dst0, rows, &m, n);
            call_new(dst1, rows, &m, n);
            if (memcmp(dst0, dst1, n * sizeof(*dst0)))
                fail();
        }
        bench_new(dst1, rows, &(V360Mix){ { 1, 1 } }, MIX_N);
    }
    if (in == 8 && check_func(dsp.blend, "blend")) {
        int32_t a[MIX_N], b[MIX_N];
        declare_func(void, int32_t *, const int32_t *, const int32_t *, int,
                     ptrdiff_t);

        for (int i = 0; i < MIX_N; i++) {
            a[i] = (int)rnd() >> 4;
            b[i] = (int)rnd() >> 4;
        }
        for (int n = 32; n <= MIX_N; n++) {
            call_ref(dst0, a, b, n & 7, n);
            call_new(dst1, a, b, n & 7, n);
            if (memcmp(dst0, dst1, n * sizeof(*dst0)))
                fail();
        }
        bench_new(dst1, a, b, 2, MIX_N);
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
            check_blocks(&dsp, interp, l, &r, source);
            check_runs(&dsp, interp, l, &r, source);
        }
        report("%s", ff_v360_interp_name(interp));
    }
    check_store(&dsp);
    report("store");
    check_prefetch(&dsp, source);
    report("prefetch");
    for (int in = 8; in <= 16; in += 8) {
        for (int out = 8; out <= 16; out += 8) {
            check_mixes(in, out);
            check_luma(in, out);
        }
        check_parts(in);
    }
    report("mix");
}
