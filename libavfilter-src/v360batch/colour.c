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
#include <stdlib.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/csp.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavfilter/colorspace.h"
#include "colour.h"

#define MAX_SHIFT 22
#define MEAN_BITS 4

/* A component of a format: value 0 of what it stands for, and the step to 1.
 * Quantisation of Rec. ITU-T H.273, 8.3. */
typedef struct Scale {
    double zero, one;
} Scale;

static av_cold Scale scale_of(const V360Colours *c, int component)
{
    const V360Format *f = c->format;
    const V360Component *comp = &f->comp[component];
    const int chroma = !f->is_rgb && (component == 1 || component == 2);
    const int unit = 1 << (comp->depth - 8), max = (1 << comp->depth) - 1;
    Scale s;

    if (c->full || component == 3)
        s = (Scale){ chroma ? 1 << (comp->depth - 1) : 0, max };
    else
        s = (Scale){ unit * (chroma ? 128 : 16), unit * (chroma ? 224 : 219) };
    return s;
}

/* RGB from the colours of a format; false if that is unknown. */
static av_cold int rgb_matrix(double m[3][3], const V360Colours *c, int invert)
{
    static const double same[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    const AVLumaCoefficients *luma;
    double rgb2yuv[3][3];

    if (c->format->is_rgb) {
        memcpy(m, same, sizeof(same));
        return 1;
    }
    luma = av_csp_luma_coeffs_from_avcsp(c->matrix);
    if (!luma || c->matrix == AVCOL_SPC_RGB)
        return 0;
    ff_fill_rgb2yuv_table(luma, rgb2yuv);
    if (invert)
        ff_matrix_invert_3x3(rgb2yuv, m);
    else
        memcpy(m, rgb2yuv, sizeof(rgb2yuv));
    return 1;
}

/* What the rows and columns of a matrix are by definition shall not depend on
 * how it was computed: gray stays gray. */
static av_cold void make_gray_exact(double m[3][3], int from_rgb, int to_rgb)
{
    if (from_rgb)
        return; /* rows are made to add up in integers */
    for (int i = 0; i < 3; i++)
        m[i][0] = to_rgb || i == 0;
}

/* The matrix from colours to colours, on values of 0 to 1, and -1/2 to 1/2 for
 * chroma. */
static av_cold int find_matrix(double m[3][3], const V360Colours *in,
                               const V360Colours *out)
{
    double from[3][3], to[3][3];

    memset(m, 0, 3 * sizeof(*m));
    if (in->format->nb_colours == 1 && !out->format->is_rgb) {
        m[0][0] = 1.0;
        return 1;
    }
    if (in->format->nb_colours == 1) {
        m[0][0] = m[1][0] = m[2][0] = 1.0;
        return 1;
    }
    if (out->format->nb_colours == 1 && !in->format->is_rgb) {
        m[0][0] = 1.0;
        return 1;
    }
    if (in->format->is_rgb == out->format->is_rgb &&
        (in->format->is_rgb || in->matrix == out->matrix)) {
        m[0][0] = m[1][1] = m[2][2] = 1.0;
        return 1;
    }
    if (!rgb_matrix(from, in, 1) || !rgb_matrix(to, out, 0))
        return 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            m[i][k] = to[i][0] * from[0][k] + to[i][1] * from[1][k] +
                      to[i][2] * from[2][k];
    make_gray_exact(m, in->format->is_rgb, out->format->is_rgb);
    return 1;
}

/* A component of the output on the way from double precision to integers. */
typedef struct Row {
    double coef[3];     /* output units for a unit of the source's samples */
    double zero[3];     /* value of the source's samples that adds nothing */
    double offset;
    double max_in[3];
    int max;
    int has_part;       /* chroma's part of the sum may be interpolated */
} Row;

static av_cold Row make_row(const double m[3], const V360Colours *in,
                            const V360Colours *out, int component, int bits)
{
    const Scale to = scale_of(out, component);
    Row row = {
        .offset   = to.zero,
        .max      = (1 << out->format->comp[component].depth) - 1,
        .has_part = !component && !in->format->is_rgb && !out->format->is_rgb,
    };

    for (int k = 0; k < in->format->nb_colours; k++) {
        const Scale from = scale_of(in, k);
        const V360Component *c = &in->format->comp[k];
        const double unit = 1 << (c->shift + bits);

        row.coef[k]   = m[k] * to.one / (from.one * unit);
        row.zero[k]   = from.zero * unit;
        row.max_in[k] = (1 << c->depth) * unit - 1;
    }
    return row;
}

/* Coefficients in integers. From RGB, those of a row add up to what they add up
 * to in double precision: green has the largest and takes the rest. */
static av_cold void quantise_row(long coef[3], const Row *row, int shift,
                                 int from_rgb)
{
    const double one = 1 << shift;

    for (int k = 0; k < 3; k++)
        coef[k] = lrint(row->coef[k] * one);
    if (from_rgb && row->coef[0] != 0.0 && row->coef[1] != 0.0)
        coef[1] = lrint((row->coef[0] + row->coef[1] + row->coef[2]) * one) -
                  coef[0] - coef[2];
}

static av_cold int64_t find_offset(const Row *row, const long coef[3],
                                   int shift)
{
    double sum = row->offset * (1 << shift) + (shift ? 1 << (shift - 1) : 0);

    for (int k = 0; k < 3; k++)
        sum -= coef[k] * row->zero[k];
    return sum;
}

/*
 * Whether coefficients fit 16 bits, and sums of any samples 32 bits: of those
 * that are positive and of those that are negative, so that no order of
 * additions matters; and eight times the part that is interpolated.
 */
static av_cold int fits(const Row *row, int shift, int from_rgb)
{
    double low, high, part = 0.0;
    long coef[3];

    quantise_row(coef, row, shift, from_rgb);
    low = high = find_offset(row, coef, shift);
    for (int k = 0; k < 3; k++) {
        if (labs(coef[k]) > INT16_MAX)
            return 0;
        low  += FFMIN(coef[k], 0) * row->max_in[k];
        high += FFMAX(coef[k], 0) * row->max_in[k];
        if (k && row->has_part)
            part += labs(coef[k]) * (row->max_in[k] / 2 + 1);
    }
    return low >= INT32_MIN && high <= INT32_MAX && 8 * part <= INT32_MAX &&
           fabs(row->offset * (1 << shift)) <= INT32_MAX / 2;
}

/* All components have one shift, the largest that fits: so R, G and B have one
 * coefficient of luma, and gray stays gray. */
static av_cold void make_mixes(V360Mix *mix, const Row *row, int nb,
                               int from_rgb)
{
    int shift = MAX_SHIFT;

    for (int i = 0; i < nb; i++)
        while (shift && !fits(&row[i], shift, from_rgb))
            shift--;
    for (int i = 0; i < nb; i++) {
        long coef[3];

        quantise_row(coef, &row[i], shift, from_rgb);
        for (int k = 0; k < 3; k++)
            mix[i].coef[k] = coef[k];
        mix[i].offset = find_offset(&row[i], coef, shift);
        mix[i].shift  = shift;
        mix[i].max    = row[i].max;
    }
}

/* Alpha, which is opaque where the source has none. */
static av_cold void make_alpha(V360Mix *mix, const V360Format *in,
                               const V360Format *out)
{
    Row row = { .max = (1 << out->comp[3].depth) - 1 };

    if (in->has_alpha) {
        const V360Component *c = &in->comp[3];
        const double unit = 1 << c->shift;

        row.coef[0]   = row.max / (((1 << c->depth) - 1) * unit);
        row.max_in[0] = (1 << c->depth) * unit - 1;
    } else {
        row.offset = row.max;
    }
    make_mixes(mix, &row, 1, 0);
}

av_cold int ff_v360_mixer_init(V360Mixer *m, const V360Colours *in,
                               const V360Colours *out)
{
    const V360Format *from = in->format, *to = out->format;
    Row row[3];
    double matrix[3][3];
    int depth = 0;

    *m = (V360Mixer){ .nb = to->nb_colours };
    if (!find_matrix(matrix, in, out))
        return AVERROR(ENOSYS);
    for (int i = 0; i < from->nb_colours; i++)
        depth = FFMAX(depth, from->comp[i].depth + from->comp[i].shift);
    m->mean_bits = FFMIN(MEAN_BITS, 16 - depth);
    for (int bits = 0; bits <= m->mean_bits; bits += FFMAX(m->mean_bits, 1)) {
        for (int i = 0; i < m->nb; i++)
            row[i] = make_row(matrix[i], in, out, i, bits);
        make_mixes(bits ? m->mean : m->mix, row, m->nb, from->is_rgb);
    }
    if (!m->mean_bits)
        memcpy(m->mean, m->mix, sizeof(m->mean));
    if (!from->is_rgb && from->nb_colours > 1)
        m->part = -(m->mix[0].coef[1] + m->mix[0].coef[2]) *
                  (1 << (from->comp[1].depth - 1 + from->comp[1].shift));
    if (to->has_alpha)
        make_alpha(&m->mix[3], from, to);
    return 0;
}

V360Means ff_v360_means(int log2, int pos)
{
    /* twice the place of the result between the finer samples */
    const int place = ((1 << log2) - 1) * pos >> 7;
    V360Means m = { .nb = 1 << log2, .log2_sum = log2 };

    for (int i = 0; i < m.nb; i++)
        m.weight[i] = 1;
    m.first = (place + 1 - m.nb) / 2;
    if (log2 && !(place & 1)) { /* on a sample */
        m.first = place / 2 - m.nb / 2;
        for (int i = 1; i < m.nb; i++)
            m.weight[i] = 2;
        m.weight[m.nb++] = 1;
        m.log2_sum++;
    }
    return m;
}

enum AVColorSpace ff_v360_matrix(enum AVColorSpace matrix, int w, int h,
                                 int full)
{
    if (matrix != AVCOL_SPC_UNSPECIFIED)
        return matrix;
    return !full && (w >= 1280 || h > 576) ? AVCOL_SPC_BT709
                                           : AVCOL_SPC_SMPTE170M;
}
