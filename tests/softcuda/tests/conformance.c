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
#include <string.h>

#include "cuda_test.h"

/**
 * @file
 * conformance FILE.ptx: the same expressions from the host's compiler and
 * through PTX, on random and edge inputs; textures against a reference in
 * double precision. Compile with -ffp-contract=off.
 */

#define HD __attribute__((noinline))
static unsigned F2U(float f)
{
    unsigned u;

    memcpy(&u, &f, sizeof(u));
    return u;
}
#define FLOORF floorf
#define RINTF  rintf
#define SQRTF  sqrtf

#include "scalar_ops.h"

#define N 20000

static unsigned a[N], b[N], c[N], out[N * NB_OPS];
static float f[N], g[N];

static unsigned rnd(void)
{
    static unsigned s = 12345;

    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    return s;
}

static unsigned rnd_or_edge(void)
{
    static const unsigned edges[] = {
        0, 1, 2, 31, 32, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
        0x80000000, 0xffffffff, 0xfffffffe
    };

    return rnd() & 3 ? rnd() : edges[rnd() % 14];
}

static void make_inputs(void)
{
    for (int i = 0; i < N; i++) {
        a[i] = rnd_or_edge();
        b[i] = rnd() & 1 ? rnd_or_edge() : rnd() >> (rnd() & 31);
        c[i] = rnd_or_edge();
        f[i] = rnd() & 3 ? (int)rnd() / 65536.f : (int)(rnd() % 9) * .5f;
        g[i] = rnd() & 3 ? (int)rnd() / 1e6f : (int)(rnd() % 9) * .5f - 2;
        if (i % 97 == 0)
            f[i] = g[i];
        if (i % 311 == 0)
            f[i] = NAN;
        if (i % 313 == 0)
            g[i] = INFINITY;
        if (i % 317 == 0)
            f[i] = -0.f;
    }
}

static int is_nan(unsigned bits)
{
    return (bits & 0x7fffffff) > 0x7f800000;
}

static int same(unsigned x, unsigned y, int op)
{
    return x == y || (op >= FIRST_FLOAT_OP && is_nan(x) && is_nan(y));
}

static void run(CUmodule module, const char *name, void **args)
{
    CUfunction kernel = get_kernel(module, name);

    MUST(cuLaunchKernel(kernel, (N + 127) / 128, 1, 1, 128, 1, 1, 0, NULL,
                        args, NULL));
}

static int check_scalar(CUmodule module)
{
    CUdeviceptr da = upload(a, sizeof(a)), db = upload(b, sizeof(b));
    CUdeviceptr dc = upload(c, sizeof(c)), df = upload(f, sizeof(f));
    CUdeviceptr dg = upload(g, sizeof(g)), dst = upload(NULL, sizeof(out));
    int n = N, bad = 0;
    void *args[] = { &dst, &da, &db, &dc, &df, &dg, &n };

    run(module, "scalar", args);
    MUST(cuMemcpyDtoH(out, dst, sizeof(out)));
    for (int i = 0; i < N; i++) {
        for (int op = 0; op < NB_OPS; op++) {
            unsigned ref = scalar_op(a[i], b[i], c[i], f[i], g[i], op);
            unsigned got = out[i * NB_OPS + op];

            if (same(ref, got, op))
                continue;
            if (bad++ < 10)
                printf("op %d: %x %x %x %g %g: host %x, device %x\n", op,
                       a[i], b[i], c[i], f[i], g[i], ref, got);
        }
    }
    printf("%d expressions x %d inputs: %d mismatches\n", NB_OPS, N, bad);
    return bad;
}

/* textures: an odd size, rows padded */
enum { WIDTH = 37, HEIGHT = 19, ROW = 64 };
static unsigned char image[HEIGHT][ROW];
static float float_image[HEIGHT][ROW];

typedef struct Config {
    int is_float, linear, normalized, wrap;
    CUdeviceptr pixels;
} Config;

static CUtexObject make_texture(const Config *k)
{
    CUaddress_mode mode = k->wrap ? CU_TR_ADDRESS_MODE_WRAP :
                                    CU_TR_ADDRESS_MODE_CLAMP;
    CUDA_TEXTURE_DESC desc = {
        .addressMode = { mode, mode, CU_TR_ADDRESS_MODE_CLAMP },
        .filterMode  = k->linear ? CU_TR_FILTER_MODE_LINEAR :
                                   CU_TR_FILTER_MODE_POINT,
        .flags       = k->normalized ? 2 : 0,
    };
    CUDA_RESOURCE_DESC res = {
        .resType = CU_RESOURCE_TYPE_PITCH2D,
        .res.pitch2D = {
            .devPtr       = k->pixels,
            .format       = k->is_float ? CU_AD_FORMAT_FLOAT :
                                          CU_AD_FORMAT_UNSIGNED_INT8,
            .numChannels  = 1,
            .width        = WIDTH,
            .height       = HEIGHT,
            .pitchInBytes = k->is_float ? ROW * 4 : ROW,
        },
    };
    CUtexObject texture;

    MUST(cuTexObjectCreate(&texture, &res, &desc, NULL));
    return texture;
}

/* wrapping needs normalised coordinates, as in CUDA */
static int border(const Config *k, int i, int n)
{
    if (k->wrap && k->normalized)
        return (i % n + n) % n;
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static double reference(const Config *k, float x, float y)
{
    double u = (double)x * (k->normalized ? WIDTH : 1) - k->linear * .5;
    double v = (double)y * (k->normalized ? HEIGHT : 1) - k->linear * .5;
    int i = floor(u), j = floor(v);
    double fu = k->linear ? u - i : 0, fv = k->linear ? v - j : 0, sum = 0;

    for (int q = 0; q < 4; q++) {
        int s = border(k, i + (q & 1), WIDTH);
        int t = border(k, j + (q >> 1), HEIGHT);

        sum += (k->is_float ? float_image[t][s] : image[t][s] / 255.) *
               (q & 1 ? fu : 1 - fu) * (q >> 1 ? fv : 1 - fv);
    }
    return sum;
}

/*
 * Bilinear weights have 8 bits: each is off by at most 1/512, so a sample by
 * at most 2/512 of the range between its neighbours, which is 1 for 8 bits
 * and below 4.3 for the floats here: 0.017. Point sampling is exact, but at
 * a texel's edge float and double may choose different texels: 3 of 20000.
 */
static int check_texture(CUmodule module, const Config *k, CUdeviceptr dst)
{
    static float x[N], y[N], got[N];
    CUtexObject texture = make_texture(k);
    CUdeviceptr dx, dy;
    int n = N, bad = 0;
    void *args[] = { &texture, &dst, &dx, &dy, &n };

    for (int i = 0; i < N; i++) {
        x[i] = ((int)rnd() / 1073741824.f + .5f) * (k->normalized ? 1 : WIDTH);
        y[i] = ((int)rnd() / 1073741824.f + .5f) * (k->normalized ? 1 : HEIGHT);
    }
    dx = upload(x, sizeof(x));
    dy = upload(y, sizeof(y));
    run(module, "texture", args);
    MUST(cuMemcpyDtoH(got, dst, sizeof(got)));
    for (int i = 0; i < N; i++)
        bad += fabs(reference(k, x[i], y[i]) - got[i]) >
               (k->linear ? .017 : 1e-6);
    MUST(cuTexObjectDestroy(texture));
    MUST(cuMemFree(dx));
    MUST(cuMemFree(dy));
    return bad > (k->linear ? 0 : 3);
}

static int check_textures(CUmodule module)
{
    CUdeviceptr dst = upload(NULL, N * sizeof(float)), bytes, floats;
    int bad = 0;

    for (int j = 0; j < HEIGHT; j++) {
        for (int i = 0; i < WIDTH; i++) {
            image[j][i]       = rnd();
            float_image[j][i] = (int)rnd() / 1e9f;
        }
    }
    bytes  = upload(image, sizeof(image));
    floats = upload(float_image, sizeof(float_image));
    for (int i = 0; i < 16; i++) {
        Config k = { i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3,
                     i & 1 ? floats : bytes };

        bad += check_texture(module, &k, dst);
    }
    printf("16 texture configurations x %d samples: %d bad\n", N, bad);
    return bad;
}

int main(int argc, char **argv)
{
    CUmodule module;
    int bad;

    if (argc < 2)
        return 2;
    open_context();
    module = load_module(argv[1]);
    make_inputs();
    bad  = check_scalar(module);
    bad += check_textures(module);
    return bad != 0;
}
