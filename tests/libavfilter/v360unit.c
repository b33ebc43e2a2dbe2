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
 * Blocks decode into the points they were made of, and are remapped to the same
 * samples as these points, wherever the seam of the source lies in them.
 */

#include <stdio.h>
#include <string.h>

#include "libavfilter/v360batch/cpu/block.h"
#include "libavfilter/v360batch/cpu/dsp.h"
#include "libavutil/common.h"
#include "libavutil/cpu.h"
#include "libavutil/lfg.h"
#include "libavutil/macros.h"

#define W 3000
#define H 40
#define MAX_STEP 4
#define TRIES 20000 /* for each layout */

static AVLFG lfg;
static uint8_t src[W * H * MAX_STEP];
static int16_t weights[V360_PHASES][4];

static int rnd(int n)
{
    return av_lfg_get(&lfg) % n;
}

/* Make the points of a block, now and then with the seam between two columns. */
static void make_points(V360Point *point)
{
    const int x0 = rnd(W * 256), y0 = rnd(H * 256);
    const int xx = rnd(1024) - 512, xy = rnd(512) - 256;
    const int yx = rnd(512) - 256, yy = rnd(512) - 256;
    const int seam = rnd(2 * V360_BLOCK_W), jump = rnd(W * 256);

    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        const int x = i % V360_BLOCK_W, y = i / V360_BLOCK_W;
        const int px = x0 + xx * x + xy * y + (x >= seam ? jump : 0);

        point[i].x = (px + W * 256) % (W * 256);
        point[i].y = av_clip(y0 + yx * x + yy * y, -128, H * 256 - 129);
    }
}

/* Whether all that a block reads is in the source, without a wrap. */
static int is_inside(const V360Point *point, int step)
{
    for (int i = 0; i < V360_BLOCK_SAMPLES; i++) {
        const int x = point[i].x >> 8, y = point[i].y >> 8;

        if (x < V360_TAPS_BEFORE || x + V360_WINDOW_BYTES / step + 2 >= W ||
            y < V360_TAPS_BEFORE || y + V360_TAPS_AFTER >= H)
            return 0;
    }
    return 1;
}

static int same_samples(const V360DSPContext *dsp, const V360Block *block,
                        enum V360BlockLayout layout, const V360Point *point,
                        int step, int phase)
{
    static uint8_t out[V360_BLOCK_H * V360_BLOCK_PITCH * MAX_STEP];
    uint8_t row[V360_BLOCK_W * MAX_STEP];
    const uint8_t *from = src;
    const V360Remap r = { .src = src, .linesize = W * step, .max = 255,
                          .period = INT32_MAX, .weights = weights, .msb = 8 };

    dsp->remap_blocks[layout](out, block, 1, &from, 1, &r);
    for (int y = 0; y < V360_BLOCK_H; y++) {
        dsp->remap_points_inside(row, point + y * V360_BLOCK_W, V360_BLOCK_W, &r,
                                 phase);
        if (memcmp(row, out + y * V360_BLOCK_PITCH * step, V360_BLOCK_W * step))
            return 0;
    }
    return 1;
}

static int check(enum V360BlockLayout layout, enum V360Interp interp, int step)
{
    const V360BlockFormat f = { 1 << layout, ff_v360_taps(interp), step, W, H };
    V360Point point[V360_BLOCK_SAMPLES], back[V360_BLOCK_SAMPLES];
    V360DSPContext dsp;
    int made = 0, compared = 0;

    ff_v360_dsp_init(&dsp, interp, 8, step, 8);
    ff_v360_interp_weights(weights, interp);
    for (int i = 0; i < TRIES; i++) {
        const int phase = rnd(256);
        V360Block block;

        make_points(point);
        if (ff_v360_block_make(&block, point, &f, phase) == V360_BLOCK_NONE)
            continue;
        made++;
        ff_v360_block_decode(back, &block, layout, &f, phase);
        if (memcmp(back, point, sizeof(point))) {
            printf("block %d: other points\n", i);
            return 1;
        }
        if (!is_inside(point, step))
            continue;
        compared++;
        if (!same_samples(&dsp, &block, layout, point, step, phase)) {
            printf("block %d: other samples\n", i);
            return 1;
        }
    }
    printf("kind %d, %d taps, samples of %d: %d units, %d with all taps\n",
           layout, f.taps, step, made, compared);
    return !made;
}

int main(void)
{
    static const enum V360Interp interps[] = { V360_NEAREST, V360_BILINEAR,
                                               V360_BICUBIC };
    int failed = 0;

    av_force_cpu_flags(0);
    av_lfg_init(&lfg, 1);
    for (int i = 0; i < sizeof(src); i++)
        src[i] = rnd(256);
    for (int layout = 0; layout < V360_NB_BLOCK_LAYOUTS; layout++)
        for (int i = 0; i < FF_ARRAY_ELEMS(interps); i++)
            for (int step = 1; step <= MAX_STEP; step *= 2)
                failed |= check(layout, interps[i], step);
    return failed;
}
