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

#define _GNU_SOURCE
#include <math.h>
#include <string.h>

#include "softcuda.h"

/** @file 2D textures on pitched memory: point and bilinear. */

#define MAX_TEXTURES 65536
#define NORMALIZED   2          /* CU_TRSF_NORMALIZED_COORDINATES */

typedef struct Texture {
    int live;
    ScContext *context;
    CUaddress_mode mode[2];
    int linear, normalized, as_integer;
    int channels, bytes, is_float, is_signed;
    CUdeviceptr base;
    size_t pitch, width, height;
    unsigned generation;
} Texture;

/* A handle is an index here and the generation of its use: kernels that are
 * still queued when a texture is destroyed find it, stale handles do not. */
static Texture textures[MAX_TEXTURES];
static unsigned rover;

static int format_bytes(CUarray_format format)
{
    switch (format) {
    case CU_AD_FORMAT_UNSIGNED_INT8:
    case CU_AD_FORMAT_SIGNED_INT8:
        return 1;
    case CU_AD_FORMAT_UNSIGNED_INT16:
    case CU_AD_FORMAT_SIGNED_INT16:
        return 2;
    case CU_AD_FORMAT_UNSIGNED_INT32:
    case CU_AD_FORMAT_SIGNED_INT32:
    case CU_AD_FORMAT_FLOAT:
        return 4;
    default:
        return 0;
    }
}

static Texture describe(ScContext *context, const CUDA_RESOURCE_DESC *res,
                        const CUDA_TEXTURE_DESC *desc)
{
    CUarray_format format = res->res.pitch2D.format;

    return (Texture){
        .live       = 1,
        .context    = context,
        .mode       = { desc->addressMode[0], desc->addressMode[1] },
        .linear     = desc->filterMode == CU_TR_FILTER_MODE_LINEAR,
        .normalized = !!(desc->flags & NORMALIZED),
        .as_integer = !!(desc->flags & CU_TRSF_READ_AS_INTEGER),
        .channels   = res->res.pitch2D.numChannels,
        .bytes      = format_bytes(format),
        .is_float   = format == CU_AD_FORMAT_FLOAT,
        .is_signed  = format >= CU_AD_FORMAT_SIGNED_INT8 &&
                      format <= CU_AD_FORMAT_SIGNED_INT32,
        .base       = res->res.pitch2D.devPtr,
        .pitch      = res->res.pitch2D.pitchInBytes,
        .width      = res->res.pitch2D.width,
        .height     = res->res.pitch2D.height,
    };
}

static int valid(const Texture *t)
{
    size_t row = t->width * t->channels * t->bytes;

    if (!t->bytes || !t->width || !t->height || t->base % 512 ||
        t->pitch % 32 || row > t->pitch ||
        (t->channels != 1 && t->channels != 2 && t->channels != 4) ||
        t->mode[0] == CU_TR_ADDRESS_MODE_BORDER ||
        t->mode[1] == CU_TR_ADDRESS_MODE_BORDER) {
        sc_log("texture refused: base 0x%llx, pitch %zu, %zux%zu, %d "
               "channels of %d bytes", t->base, t->pitch, t->width,
               t->height, t->channels, t->bytes);
        return 0;
    }
    if (!sc_device_range(t->base, t->pitch * (t->height - 1) + row)) {
        sc_log("texture refused: it leaves its allocation");
        return 0;
    }
    return 1;
}

SC_EXPORT cuTexObjectCreate(CUtexObject *ptexture,
                            const CUDA_RESOURCE_DESC *res,
                            const CUDA_TEXTURE_DESC *desc,
                            const CUDA_RESOURCE_VIEW_DESC *view)
{
    unsigned generation, tries = 0;
    Texture t;

    SC_API(cuTexObjectCreate);
    SC_CONTEXT(context);
    if (view || res->resType != CU_RESOURCE_TYPE_PITCH2D)
        return CUDA_ERROR_NOT_SUPPORTED;
    t = describe(context, res, desc);
    if (!valid(&t))
        return CUDA_ERROR_INVALID_VALUE;
    do {
        rover = rover % (MAX_TEXTURES - 1) + 1;
        if (++tries == MAX_TEXTURES)
            return CUDA_ERROR_OUT_OF_MEMORY;
    } while (textures[rover].live);
    if (textures[rover].generation)     /* queued kernels may still use it */
        sc_sync_context(context);
    generation = textures[rover].generation + 1;
    textures[rover] = t;
    textures[rover].generation = generation;
    *ptexture = (CUtexObject)generation << 32 | rover;
    sc.count.textures++;
    sc.count.live_textures++;
    return CUDA_SUCCESS;
}

static Texture *find(CUtexObject handle)
{
    Texture *t = &textures[handle % MAX_TEXTURES];

    return handle && t->generation == handle >> 32 ? t : NULL;
}

SC_EXPORT cuTexObjectDestroy(CUtexObject handle)
{
    Texture *t;

    SC_API_RELEASE(cuTexObjectDestroy);
    SC_CONTEXT_RELEASE(context);
    t = find(handle);
    if (!t || !t->live)
        return CUDA_ERROR_INVALID_VALUE;
    t->live = 0;
    sc.count.live_textures--;
    return SC_RELEASED(context, CUDA_SUCCESS);
}

/** One fetch by one thread, for the fault it may end in. */
typedef struct Fetch {
    SCThread *thread;
    const Texture *texture;
    uint32_t line;
} Fetch;

static uint64_t texel_address(const Texture *x, long i, long j, int c)
{
    return x->base + j * x->pitch + (i * x->channels + c) * x->bytes;
}

static float texel(const Fetch *f, long i, long j, int c)
{
    const Texture *x = f->texture;
    uint64_t address = texel_address(x, i, j, c);
    const uint8_t *p = sc_alias(address);
    uint32_t bits = 0;
    float value;

    if (!sc_shadow_valid(address, x->bytes))
        f->thread->fault(f->thread, SC_FAULT_ILLEGAL, address, x->bytes,
                         f->line);
    memcpy(&bits, p, x->bytes);
    if (x->is_float) {
        memcpy(&value, &bits, sizeof(value));
        return value;
    }
    if (!x->is_signed)
        return bits;
    return x->bytes == 1 ? (int8_t)bits : x->bytes == 2 ? (int16_t)bits :
                                                          (int32_t)bits;
}

/* wrap and mirror exist for normalised coordinates only */
static long address_index(const Texture *x, int axis, long i, long n)
{
    CUaddress_mode mode = x->normalized ? x->mode[axis] :
                                          CU_TR_ADDRESS_MODE_CLAMP;

    if (mode == CU_TR_ADDRESS_MODE_WRAP) {
        i %= n;
        return i < 0 ? i + n : i;
    }
    if (mode == CU_TR_ADDRESS_MODE_MIRROR) {
        i %= 2 * n;
        i = i < 0 ? i + 2 * n : i;
        return i < n ? i : 2 * n - 1 - i;
    }
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* a coordinate as texel index and, for bilinear, the 1.8 fixed-point weight
 * that the CUDA guide documents */
static long split_coordinate(const Texture *x, float v, size_t n, int *weight)
{
    float limit = 1e9f;
    long i;

    if (x->normalized)
        v *= n;
    if (x->linear)
        v -= .5f;
    if (!(v > -limit))          /* NaN too */
        v = -limit;
    if (v > limit)
        v = limit;
    i = (long)floorf(v);
    *weight = x->linear ? (int)((v - i) * 256.f + .5f) : 0;
    return i;
}

static float bilinear(const Fetch *f, const long i[2], const long j[2], int a,
                      int b, int c)
{
    return ((float)((256 - a) * (256 - b)) * texel(f, i[0], j[0], c) +
            (float)(a * (256 - b))         * texel(f, i[1], j[0], c) +
            (float)((256 - a) * b)         * texel(f, i[0], j[1], c) +
            (float)(a * b)                 * texel(f, i[1], j[1], c)) /
           65536.f;
}

/* as an integer, a float, or scaled to 0..1 or -1..1 */
static uint32_t convert(const Texture *x, float v)
{
    static const float range[2][5] = {
        { 0, 255.f, 65535.f, 0, 1.f }, { 0, 127.f, 32767.f, 0, 1.f }
    };
    uint32_t bits;

    if (!x->is_float && x->as_integer)
        return (uint32_t)(int64_t)(x->linear ? floorf(v + .5f) : v);
    if (!x->is_float)
        v /= range[x->is_signed][x->bytes];
    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

void sc_tex2d(SCThread *t, uint64_t handle, float x, float y, uint32_t *out,
              uint32_t mem, uint32_t line)
{
    const Texture *tex = find(handle);
    Fetch f = { t, tex, line };
    long i[2], j[2];
    int a, b;

    if (!tex)
        t->fault(t, SC_FAULT_ILLEGAL, handle, 0, line);
    i[0] = split_coordinate(tex, x, tex->width, &a);
    j[0] = split_coordinate(tex, y, tex->height, &b);
    i[1] = address_index(tex, 0, i[0] + 1, tex->width);
    j[1] = address_index(tex, 1, j[0] + 1, tex->height);
    i[0] = address_index(tex, 0, i[0], tex->width);
    j[0] = address_index(tex, 1, j[0], tex->height);
    if (sc.profile)
        t->access(t, mem, texel_address(tex, i[0], j[0], 0),
                  tex->bytes * tex->channels, SC_MEM_TEXTURE);
    for (int c = 0; c < 4; c++)
        out[c] = c >= tex->channels ? 0 :
                 convert(tex, tex->linear ? bilinear(&f, i, j, a, b, c) :
                                            texel(&f, i[0], j[0], c));
}
