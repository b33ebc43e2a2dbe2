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

#include "config.h"
#include "libavutil/attributes.h"
#include "libavutil/avassert.h"
#include "libavutil/common.h"
#include "dsp.h"

static av_always_inline int get(const uint8_t *p, int i, int bits)
{
    return bits == 8 ? p[i] : ((const uint16_t *)p)[i];
}

static av_always_inline void put(uint8_t *p, int i, int v, int bits)
{
    if (bits == 8)
        p[i] = v;
    else
        ((uint16_t *)p)[i] = v;
}

/* Bilinear weights from two phases. They come from one product, so that a
 * backend makes them in a handful of operations, and sum to 1 << 14 exactly.
 * Each is within 1/2 of the exact product / 4, hence none is negative. */
static av_always_inline void bilinear_weights(int w[2][2], int fx, int fy)
{
    w[1][1] = (fx * fy + 2) >> 2;
    w[0][1] = 64 * fx - w[1][1];
    w[1][0] = 64 * fy - w[1][1];
    w[0][0] = 16384 - 64 * fx - w[1][0];
}

/* No sum overflows: 65535 << 14 plus the rounding term is below 1 << 31. */
static av_always_inline int bilinear_sample(const int s[4][4], int fx, int fy,
                                            const V360Remap *r)
{
    int w[2][2], sum;

    bilinear_weights(w, fx, fy);
    sum = w[0][0] * s[1][1] + w[0][1] * s[1][2] +
          w[1][0] * s[2][1] + w[1][1] * s[2][2];
    sum = (sum + (8192 << r->shift)) >> (14 + r->shift);
    return FFMIN(sum, r->max) << r->shift;
}

/*
 * The sum of the absolute weights of a row is at most 1.3 << 14 (spline16).
 * With 8 bits, a row is at most 255 * 1.3 << 14 < 1 << 23. That leaves 21217
 * after the shift, which fits in int16_t; a column is at most
 * 21217 * 1.3 << 14 < 1 << 29.
 * With more bits, samples are clipped to their depth, and a row is centred on
 * 0: as its weights sum to 1 << 14, that is one subtraction. With 16 bits it is
 * at most 65535 * 1.3 << 14 < 1 << 31 before that, 32768 * 1.3 << 14 < 1 << 30
 * after it; with any depth, at most 85197 is left after the shift, and a column
 * is at most 85197 * 1.3 << 14 < 1 << 31.
 * Samples with their depth in the high bits are rounded like those with it in
 * the low ones: p010 is yuv420p10 << 6.
 */
static av_always_inline int bicubic_sample(const int s[4][4], int fx, int fy,
                                           const V360Remap *r, int bits)
{
    const int most   = (1 << r->msb) - 1;
    const int bias   = bits == 8 ? 0 : 1 << (r->msb - 1);
    const int shift1 = bits == 8 ? 8 : r->msb - 3;
    const int shift2 = 2 * V360_WEIGHT_BITS - shift1 + r->shift;
    const int start  = (1 << (shift1 - 1)) - (bias << V360_WEIGHT_BITS);
    const int16_t *wx = r->weights[fx], *wy = r->weights[fy];
    int sum = 0;

    for (int i = 0; i < 4; i++) {
        int row = 0;
        for (int j = 0; j < 4; j++)
            row += wx[j] * (bits == 8 ? s[i][j] : FFMIN(s[i][j], most));
        sum += wy[i] * ((row + start) >> shift1);
    }
    sum = (sum + (1 << (shift2 - 1))) >> shift2;
    return av_clip(sum + (bias >> r->shift), 0, r->max) << r->shift;
}

static av_always_inline int sample(const int s[4][4], int fx, int fy,
                                   const V360Remap *r, int taps, int bits)
{
    if (taps == 1)
        return s[1][1];
    if (taps == 2)
        return bilinear_sample(s, fx, fy, r);
    return bicubic_sample(s, fx, fy, r, bits);
}

/* The first and the last of the four tap rows and columns a kernel reads. */
#define FIRST_TAP(taps) ((taps) == 4 ? 0 : 1)
#define LAST_TAP(taps)  ((taps) == 4 ? 3 : (taps) == 2 ? 2 : 1)

static av_always_inline void remap_points_inside(uint8_t *dst,
                                                 const V360Point *point, int n,
                                                 const V360Remap *r, int32_t dx,
                                                 int taps, int bits, int comps)
{
    const int step = comps * bits / 8;

    for (int i = 0; i < n; i++, dst += step) {
        const int x = point[i].x + dx   + ff_v360_tap_bias(taps);
        const int y = point[i].y        + ff_v360_tap_bias(taps);
        const uint8_t *src = r->src + ((y >> 8) - 1) * r->linesize +
                             ((x >> 8) - 1) * step;

        for (int c = 0; c < comps; c++) {
            int s[4][4];

            for (int j = FIRST_TAP(taps); j <= LAST_TAP(taps); j++)
                for (int k = FIRST_TAP(taps); k <= LAST_TAP(taps); k++)
                    s[j][k] = get(src + j * r->linesize, k * comps + c, bits);
            put(dst, c, sample(s, x & 255, y & 255, r, taps, bits), bits);
        }
    }
}

/* The face of a nearest sample. One that has been rounded up to the wrap, or
 * beyond a pole, lies in no face, but such a source has only one. */
static const V360BorderFace *find_face(const V360Border *b, int x, int y)
{
    for (int i = 0; i < b->nb_faces - 1; i++) {
        const V360BorderFace *f = &b->face[i];
        if (x >= f->x0 && x < f->x1 && y >= f->y0 && y < f->y1)
            return f;
    }
    return &b->face[b->nb_faces - 1];
}

static int taps_inside(const V360Border *b, const V360BorderFace *f, int x,
                       int y)
{
    return x >= f->x0 + V360_TAPS_BEFORE && x < f->x1 - V360_TAPS_AFTER &&
           y >= f->y0 + V360_TAPS_BEFORE && y < f->y1 - V360_TAPS_AFTER &&
           ff_v360_is_in_outline(b, x - V360_TAPS_BEFORE, y - V360_TAPS_BEFORE,
                                 x + V360_TAPS_AFTER, y + V360_TAPS_AFTER);
}

static V360SamplePos find_sample(const V360Border *b, const V360BorderFace *f,
                                 int x, int y)
{
    const int w = f->x1 - f->x0, h = f->y1 - f->y0;
    const int rx = x - f->x0 + V360_RING, ry = y - f->y0 + V360_RING;
    const V360SamplePos *ring = f->ring;

    if (x >= f->x0 && x < f->x1 && y >= f->y0 && y < f->y1)
        return ff_v360_sample_inside(b, x, y);
    if (y < f->y0)
        return ring[ry * (w + 2 * V360_RING) + rx];
    ring += V360_RING * (w + 2 * V360_RING);
    if (y >= f->y1)
        return ring[(ry - V360_RING - h) * (w + 2 * V360_RING) + rx];
    ring += V360_RING * (w + 2 * V360_RING);
    ring += (ry - V360_RING) * 2 * V360_RING;
    return x < f->x0 ? ring[rx] : ring[rx - w];
}

static av_always_inline void remap_points(uint8_t *dst, const V360Point *point,
                                          int n, const V360Remap *r,
                                          int32_t dx, int taps, int bits,
                                          int comps)
{
    const int step = comps * bits / 8;

    for (int i = 0; i < n; i++, dst += step) {
        const V360BorderFace *face;
        int x = point[i].x, y = point[i].y;
        int s[4][4][4];

        if (x == V360_UNMAPPED) {
            for (int c = 0; c < comps; c++)
                put(dst, c, r->fill[c], bits);
            continue;
        }
        x += dx;
        if (x >= r->period)
            x -= r->period;
        face = find_face(r->border, (x + 128) >> 8, (y + 128) >> 8);
        x += ff_v360_tap_bias(taps);
        y += ff_v360_tap_bias(taps);
        if (taps_inside(r->border, face, x >> 8, y >> 8)) {
            const V360Point p = { x - ff_v360_tap_bias(taps),
                                  y - ff_v360_tap_bias(taps) };

            remap_points_inside(dst, &p, 1, r, 0, taps, bits, comps);
            continue;
        }
        for (int j = FIRST_TAP(taps); j <= LAST_TAP(taps); j++) {
            for (int k = FIRST_TAP(taps); k <= LAST_TAP(taps); k++) {
                const V360SamplePos p = find_sample(r->border, face,
                                                    (x >> 8) + k - 1,
                                                    (y >> 8) + j - 1);
                const uint8_t *src = r->src + p.y * r->linesize + p.x * step;
                for (int c = 0; c < comps; c++)
                    s[c][j][k] = get(src, c, bits);
            }
        }
        for (int c = 0; c < comps; c++)
            put(dst, c, sample(s[c], x & 255, y & 255, r, taps, bits), bits);
    }
}

static av_always_inline void remap_block(uint8_t *dst, const V360Block *block,
                                         const uint8_t *base,
                                         const V360Remap *r,
                                         enum V360BlockLayout layout, int taps,
                                         int bits, int comps)
{
    const int step = comps * bits / 8;

    for (int y = 0; y < V360_BLOCK_H; y++, dst += V360_BLOCK_PITCH * step) {
        for (int x = 0; x < V360_BLOCK_W; x++) {
            int window, i = ff_v360_block_index(layout, x, y, &window);
            const uint16_t *anchor = block->anchor[window];
            const uint8_t *src = base + anchor[0] * step +
                                 (block->index[i] & 15) + r->linesize *
                                 (anchor[1] + (block->index[i] >> 4));

            for (int c = 0; c < comps; c++) {
                int s[4][4];

                for (int j = FIRST_TAP(taps); j <= LAST_TAP(taps); j++)
                    for (int k = FIRST_TAP(taps); k <= LAST_TAP(taps); k++)
                        s[j][k] = get(src + (j - FIRST_TAP(taps)) *
                                      r->linesize, (k - FIRST_TAP(taps)) *
                                      comps + c, bits);
                put(dst + x * step, c, sample(s, block->fx[i], block->fy[i], r,
                                              taps, bits), bits);
            }
        }
    }
}

static av_always_inline void remap_blocks(uint8_t *dst, const V360Block *block,
                                          int n, const uint8_t *const *src,
                                          int nb_src, const V360Remap *r,
                                          enum V360BlockLayout layout, int taps,
                                          int bits, int comps)
{
    const int step = comps * bits / 8, size = ff_v360_block_size(layout);

    for (int i = 0; i < n; i++)
        for (int j = 0; j < nb_src; j++)
            remap_block(dst + (j * V360_BLOCK_H * V360_BLOCK_PITCH +
                               i * V360_BLOCK_W) * step,
                        (const V360Block *)((const uint8_t *)block + i * size),
                        src[j], r, layout, taps, bits, comps);
}

static void store_c(uint8_t *dst, ptrdiff_t dst_linesize, const uint8_t *src,
                    ptrdiff_t src_linesize, ptrdiff_t width)
{
    for (int y = 0; y < V360_BLOCK_H; y++)
        memcpy(dst + y * dst_linesize, src + y * src_linesize, width);
}

static void store_end_c(void)
{
}

static void prefetch_c(const uint32_t *line, ptrdiff_t n, const uint8_t *src,
                       ptrdiff_t linesize)
{
}

static void prefetch_bytes_c(const void *p, ptrdiff_t n)
{
}

#define BLOCKS(layout, taps, bits, comps)                                     \
static void remap_##layout##_##taps##_##bits##_##comps##_c(uint8_t *dst,      \
    const V360Block *block, int n, const uint8_t *const *src, int nb_src,     \
    const V360Remap *r)                                                       \
{                                                                             \
    remap_blocks(dst, block, n, src, nb_src, r, V360_BLOCK_##layout, taps,    \
                 bits, comps);                                                \
}

#define REMAP(where, taps, bits, comps)                                       \
static void remap_##where##_##taps##_##bits##_##comps##_c(uint8_t *dst,       \
    const V360Point *point, int n, const V360Remap *r, int32_t dx)            \
{                                                                             \
    remap_##where(dst, point, n, r, dx, taps, bits, comps);                   \
}

#define LAYOUTS(taps, bits, comps)       \
    BLOCKS(8X4,    taps, bits, comps)    \
    BLOCKS(4X4,    taps, bits, comps)    \
    BLOCKS(4X2,    taps, bits, comps)    \
    BLOCKS(2X2,    taps, bits, comps)    \
    BLOCKS(8X1_R2, taps, bits, comps)    \
    BLOCKS(4X1_R3, taps, bits, comps)    \
    BLOCKS(1X1,    taps, bits, comps)

#define REMAPS(bits, comps)              \
    REMAP(points_inside, 1, bits, comps) \
    REMAP(points_inside, 2, bits, comps) \
    REMAP(points_inside, 4, bits, comps) \
    REMAP(points,        1, bits, comps) \
    REMAP(points,        2, bits, comps) \
    REMAP(points,        4, bits, comps) \
    LAYOUTS(1, bits, comps)              \
    LAYOUTS(2, bits, comps)              \
    LAYOUTS(4, bits, comps)

REMAPS( 8, 1)
REMAPS( 8, 2)
REMAPS( 8, 4)
REMAPS(16, 1)
REMAPS(16, 2)

#define SET_LAYOUT(layout, like, taps, bits, comps) \
    dsp->remap_blocks[V360_BLOCK_##layout] =         \
        remap_##like##_##taps##_##bits##_##comps##_c

/* The C functions take windows of any number of rows. */
#define SET_LAYOUTS(taps, bits, comps) do {         \
    SET_LAYOUT(8X4,    8X4,    taps, bits, comps);  \
    SET_LAYOUT(4X4,    4X4,    taps, bits, comps);  \
    SET_LAYOUT(4X2,    4X2,    taps, bits, comps);  \
    SET_LAYOUT(2X2,    2X2,    taps, bits, comps);  \
    SET_LAYOUT(8X1_R2, 8X1_R2, taps, bits, comps);  \
    SET_LAYOUT(8X1_R3, 8X1_R2, taps, bits, comps);  \
    SET_LAYOUT(8X1_R6, 8X1_R2, taps, bits, comps);  \
    SET_LAYOUT(4X1_R3, 4X1_R3, taps, bits, comps);  \
    SET_LAYOUT(4X1_R6, 4X1_R3, taps, bits, comps);  \
    SET_LAYOUT(1X1,    1X1,    taps, bits, comps);  \
} while (0)

#define SET(taps, bits, comps) do {                                           \
    dsp->remap_points_inside =                                                \
        remap_points_inside_##taps##_##bits##_##comps##_c;                    \
    dsp->remap_points = remap_points_##taps##_##bits##_##comps##_c;           \
    SET_LAYOUTS(taps, bits, comps);                                           \
} while (0)

#define SET_TAPS(bits, comps) do { \
    if (taps == 1)                 \
        SET(1, bits, comps);       \
    else if (taps == 2)            \
        SET(2, bits, comps);       \
    else                           \
        SET(4, bits, comps);       \
} while (0)

av_cold void ff_v360_dsp_init(V360DSPContext *dsp,
                              enum V360Interp interp, int bits,
                              int components, int msb)
{
    const int taps = ff_v360_taps(interp);

    dsp->block_layouts  = 0;
    dsp->store          = store_c;
    dsp->store_end      = store_end_c;
    dsp->prefetch       = prefetch_c;
    dsp->prefetch_bytes = prefetch_bytes_c;
    if (bits == 8 && components == 1)
        SET_TAPS( 8, 1);
    else if (bits == 8 && components == 2)
        SET_TAPS( 8, 2);
    else if (bits == 8 && components == 4)
        SET_TAPS( 8, 4);
    else if (bits == 16 && components == 1)
        SET_TAPS(16, 1);
    else if (bits == 16 && components == 2)
        SET_TAPS(16, 2);
    else
        av_assert0(!"unsupported sample layout");
    ff_v360_shrink_init(dsp, bits, components);
#if ARCH_X86 && HAVE_X86ASM
    ff_v360_dsp_init_x86(dsp, interp, bits, components, msb);
#endif
}
