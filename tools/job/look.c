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
 * v360job levels and circles: look at the gray samples on standard input, for
 * their range and for the two circles of a dual fisheye.
 */

#include <math.h>
#include <stdio.h>
#include <stdint.h>

#include "libavutil/macros.h"
#include "job.h"

/* Width and height of each half of the picture that circles reads. */
#define HALF 64

int v360job_levels(int argc, char **argv)
{
    static uint8_t buf[65536];
    int low = 255, high = 0;
    size_t got;

    (void)argc;
    (void)argv;
    while ((got = fread(buf, 1, sizeof(buf), stdin)) > 0) {
        for (size_t i = 0; i < got; i++) {
            low  = FFMIN(low, buf[i]);
            high = FFMAX(high, buf[i]);
        }
    }
    if (low > high)
        return 1;
    printf("%d %d\n", low, high);
    return 0;
}

/**
 * Mean of the samples near a corner of a half, between two distances from the
 * half's centre. Distance 1 is the circle that touches the sides. The samples
 * are in the same rows for all distances.
 */
static double ring(const uint8_t *half, int right, int below, double from,
                   double to)
{
    const int x0 = right ? HALF / 2 : 0, y0 = below ? HALF * 4 / 5 : 0;
    double sum = 0;
    int n = 0;

    for (int y = y0; y < y0 + HALF / 5; y++) {
        for (int x = x0; x < x0 + HALF / 2; x++) {
            const double r = hypot(2 * x + 1 - HALF, 2 * y + 1 - HALF) / HALF;

            if (r < from || r >= to)
                continue;
            sum += half[y * 2 * HALF + x];
            n++;
        }
    }
    return sum / n;
}

/**
 * Decide whether there are two circles, dark around them. In a panorama the
 * upper rows show the zenith and the lower rows the nadir, with nearly the same
 * brightness all along. So only a picture with circles is dark outside of the
 * circles and lighter inside. The rim of a lens is dimmer than its middle, and
 * black is 16 in a video, hence the thresholds.
 */
int v360job_circles(int argc, char **argv)
{
    static uint8_t buf[HALF * HALF * 2];
    int dark = 0, edge = 0;

    (void)argc;
    (void)argv;
    if (fread(buf, 1, sizeof(buf), stdin) < sizeof(buf))
        return 1;
    for (int i = 0; i < 8; i++) {
        const uint8_t *half = buf + i / 4 * HALF;
        const double out = ring(half, i & 1, i >> 1 & 1, 1.1, 1.5);
        const double rim = ring(half, i & 1, i >> 1 & 1, 0.8, 0.92);

        dark += out < 32;
        edge += rim > 2 * out + 16;
    }
    return dark < 8 || edge < 7;
}
