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
#include "libavfilter/v360batch/cpu/mix.h"
#include "libavutil/macros.h"
#include "libavutil/mem_internal.h"

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

static void check_pack(void)
{
    LOCAL_ALIGNED_64(uint8_t, src, [3], [MIX_N]);
    uint8_t dst0[3 * MIX_N], dst1[3 * MIX_N];
    const uint8_t *const rows[3] = { src[0], src[1], src[2] };
    V360MixDSP dsp;

    ff_v360_mix_init(&dsp, 8, 8, 32);
    if (!check_func(dsp.pack3, "pack3"))
        return;
    declare_func(void, uint8_t *, const uint8_t *const *, ptrdiff_t);
    for (int i = 0; i < MIX_N; i++)
        for (int k = 0; k < 3; k++)
            src[k][i] = rnd();
    for (int n = 16; n <= MIX_N; n++) {
        memset(dst0, 0, sizeof(dst0));
        memset(dst1, 0, sizeof(dst1));
        call_ref(dst0, rows, n);
        call_new(dst1, rows, n);
        if (memcmp(dst0, dst1, sizeof(dst0)))
            fail();
    }
    bench_new(dst1, rows, MIX_N);
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

void checkasm_check_v360batch_mix(void)
{
    for (int in = 8; in <= 16; in += 8) {
        for (int out = 8; out <= 16; out += 8) {
            check_mixes(in, out);
            check_luma(in, out);
        }
        check_parts(in);
    }
    report("mix");
    check_pack();
    report("pack");
}
