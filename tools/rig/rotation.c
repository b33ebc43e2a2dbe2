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
 * Rotation matrices and quaternions of v360rig.
 *
 * The filter makes its rotation matrices in libavfilter/v360batch/map/point.c.
 * The tool keeps its own, which is exact at quarter turns: the filter's points
 * are rounded to 1/256 sample, but an exported pose is read by people and
 * other programs, and shall not have -6e-17 where 0 is meant.
 */

#include <math.h>

#include "libavutil/common.h"
#include "libavutil/mathematics.h"
#include "rig.h"

/** Sine and cosine, exact at quarter turns. */
static void sin_cos(double degrees, double *s, double *c)
{
    static const double quarter[] = { 0, 1, 0, -1 };
    const double turns = degrees / 90;

    if (turns == rint(turns) && fabs(turns) < 1e9) {
        *s = quarter[llrint(turns) & 3];
        *c = quarter[(llrint(turns) + 1) & 3];
    } else {
        *s = sin(degrees * M_PI / 180);
        *c = cos(degrees * M_PI / 180);
    }
}

void v360rig_multiply(double r[9], const double a[9], const double b[9],
                      int transpose_a)
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double sum = 0;

            for (int k = 0; k < 3; k++)
                sum += (transpose_a ? a[3 * k + i] : a[3 * i + k]) *
                       b[3 * k + j];
            r[3 * i + j] = sum;
        }
    }
}

void v360rig_rotation(double m[9], double yaw, double pitch, double roll)
{
    double sy, cy, sp, cp, sr, cr, yp[9];

    sin_cos(yaw,   &sy, &cy);
    sin_cos(pitch, &sp, &cp);
    sin_cos(roll,  &sr, &cr);
    v360rig_multiply(yp, (double[]){ cy, 0, sy, 0, 1, 0, -sy, 0, cy },
                     (double[]){ 1, 0, 0, 0, cp, -sp, 0, sp, cp }, 0);
    v360rig_multiply(m, yp,
                     (double[]){ cr, -sr, 0, sr, cr, 0, 0, 0, 1 }, 0);
}

/* The largest of the four parts is at least 1/2, so the division by it is safe
 * for every rotation. */
void v360rig_quaternion(double q[4], const double m[9])
{
    const double four[4] = {
        1 + m[0] + m[4] + m[8], 1 + m[0] - m[4] - m[8],
        1 - m[0] + m[4] - m[8], 1 - m[0] - m[4] + m[8],
    };
    /* [i][j] is 4 q[i] q[j], for i < j */
    const double product[4][4] = {
        { 0, m[7] - m[5], m[2] - m[6], m[3] - m[1] },
        { 0, 0,           m[1] + m[3], m[2] + m[6] },
        { 0, 0,           0,           m[5] + m[7] },
    };
    int best = 0;
    double sign;

    for (int i = 1; i < 4; i++) {
        if (four[i] > four[best])
            best = i;
    }
    q[best] = sqrt(four[best]) / 2;
    for (int i = 0; i < 4; i++) {
        if (i != best)
            q[i] = product[FFMIN(i, best)][FFMAX(i, best)] / (4 * q[best]);
    }
    sign = q[0] < 0 ? -1 : 1;
    for (int i = 0; i < 4; i++)
        q[i] = q[i] ? q[i] * sign : 0; /* 0, not -0 */
}
