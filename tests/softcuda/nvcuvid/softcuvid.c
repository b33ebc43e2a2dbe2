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
 * libnvcuvid.so.1 on softcuda: NVDEC's surfaces without its decoders. The
 * n-th picture that is decoded is the n-th frame of a file of raw frames,
 * SOFTCUVID_TAPE. What is real is who holds which surface, for how long, and
 * what happens when there are none left.
 */

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>
#include <ffnvcodec/dynlink_nvcuvid.h>

#include "../engine.h"

#define EXPORT __attribute__((visibility("default")))

/* codes that nv-codec-headers do not have */
#define CUDA_ERROR_INVALID_VALUE ((CUresult)1)
#define CUDA_ERROR_OUT_OF_MEMORY ((CUresult)2)
#define CUDA_ERROR_NO_DEVICE     ((CUresult)100)
#define CUDA_ERROR_MAP_FAILED    ((CUresult)205)
#define CUDA_ERROR_NOT_SUPPORTED ((CUresult)801)

#define PITCH_ALIGNMENT 256
#define MAX_SURFACES 64

/* what softcuda's libcuda.so.1 exports */
tcuMemAlloc_v2 cuMemAlloc_v2;
tcuMemFree_v2 cuMemFree_v2;

typedef struct Decoder {
    size_t width;               ///< of a row in bytes
    size_t rows;                ///< of all planes
    size_t pitch;
    unsigned nb_surfaces, nb_outputs;
    uint8_t *surface[MAX_SURFACES];
    CUdeviceptr output[MAX_SURFACES];   ///< kept until the decoder goes
    int mapped[MAX_SURFACES];
    int64_t ready_at[MAX_SURFACES];     ///< nanoseconds, of a surface
    int64_t busy_until;
} Decoder;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *tape;
static int nb_decoders, nb_decoded, nb_mapped, most_mapped;

__attribute__((destructor))
static void report(void)
{
    const char *name = getenv("SOFTCUVID_STATS");
    FILE *f = name && *name ? fopen(name, "w") : NULL;

    if (!f)
        return;
    fprintf(f, "decoded %d\nmost_mapped %d\nmapped_at_exit %d\n"
            "decoders_at_exit %d\n", nb_decoded, most_mapped, nb_mapped,
            nb_decoders);
    fclose(f);
}

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A decoder works on one picture after the other, on no processor. */
static void set_time(Decoder *d, unsigned surface)
{
    const char *ms = getenv("SOFTCUVID_MS");
    const int64_t begin = now();

    if (d->busy_until < begin)
        d->busy_until = begin;
    d->busy_until += (ms ? atoi(ms) : 0) * 1000000LL;
    d->ready_at[surface] = d->busy_until;
}

static void wait_for(const Decoder *d, unsigned surface)
{
    const int64_t left = d->ready_at[surface] - now();
    const struct timespec t = { left / 1000000000, left % 1000000000 };

    if (left > 0)
        nanosleep(&t, NULL);
}

/* As of many GPUs: 4:2:0 of all codecs, 4:4:4 and more than 8 bits of some. */
EXPORT CUresult CUDAAPI cuvidGetDecoderCaps(CUVIDDECODECAPS *caps)
{
    const cudaVideoCodec c = caps->eCodecType;
    const int deep = c == cudaVideoCodec_HEVC || c == cudaVideoCodec_VP9 ||
                     c == cudaVideoCodec_AV1;
    const int full = c == cudaVideoCodec_HEVC;

    caps->bIsSupported = getenv("SOFTCUVID_TAPE") &&
        (caps->eChromaFormat == cudaVideoChromaFormat_420 ||
         (full && caps->eChromaFormat == cudaVideoChromaFormat_444)) &&
        (deep || !caps->nBitDepthMinus8);
    caps->nMinWidth   = caps->nMinHeight = 48;
    caps->nMaxWidth   = caps->nMaxHeight = 8192;
    caps->nMaxMBCount = 8192 * 8192 / 256;
    return CUDA_SUCCESS;
}

static void set_layout(Decoder *d, const CUVIDDECODECREATEINFO *info)
{
    const cudaVideoSurfaceFormat f = info->OutputFormat;
    const int wide = f == cudaVideoSurfaceFormat_P016 ||
                     f == cudaVideoSurfaceFormat_YUV444_16Bit;
    const int full = f == cudaVideoSurfaceFormat_YUV444 ||
                     f == cudaVideoSurfaceFormat_YUV444_16Bit;

    d->width = info->ulTargetWidth << wide;
    d->rows  = full ? info->ulTargetHeight * 3 : info->ulTargetHeight * 3 / 2;
    d->pitch = (d->width + PITCH_ALIGNMENT - 1) & ~(size_t)(PITCH_ALIGNMENT - 1);
}

EXPORT CUresult CUDAAPI cuvidCreateDecoder(CUvideodecoder *out,
                                           CUVIDDECODECREATEINFO *info)
{
    const char *name = getenv("SOFTCUVID_TAPE");
    Decoder *d;

    /* a driver refuses more than 32 */
    if (!info->ulNumDecodeSurfaces || info->ulNumDecodeSurfaces > 32 ||
        !info->ulNumOutputSurfaces || info->ulNumOutputSurfaces > MAX_SURFACES)
        return CUDA_ERROR_INVALID_VALUE;
    d = calloc(1, sizeof(*d));
    if (!d)
        return CUDA_ERROR_OUT_OF_MEMORY;
    set_layout(d, info);
    d->nb_surfaces = info->ulNumDecodeSurfaces;
    d->nb_outputs  = info->ulNumOutputSurfaces;
    pthread_mutex_lock(&lock);
    if (!tape && name)
        tape = fopen(name, "rb");
    nb_decoders += !!tape;
    pthread_mutex_unlock(&lock);
    if (!tape) {
        fprintf(stderr, "softcuvid: cannot read SOFTCUVID_TAPE\n");
        free(d);
        return CUDA_ERROR_NO_DEVICE;
    }
    *out = d;
    return CUDA_SUCCESS;
}

EXPORT CUresult CUDAAPI cuvidDestroyDecoder(CUvideodecoder decoder)
{
    Decoder *d = decoder;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < MAX_SURFACES; i++) {
        if (d->mapped[i])
            fprintf(stderr, "softcuvid: destroyed with a surface mapped\n");
        if (d->output[i] && cuMemFree_v2(d->output[i]) != CUDA_SUCCESS)
            fprintf(stderr, "softcuvid: cuMemFree failed\n");
        free(d->surface[i]);
    }
    nb_decoders--;
    pthread_mutex_unlock(&lock);
    free(d);
    return CUDA_SUCCESS;
}

EXPORT CUresult CUDAAPI cuvidDecodePicture(CUvideodecoder decoder,
                                           CUVIDPICPARAMS *p)
{
    Decoder *d = decoder;
    const size_t size = d->width * d->rows;
    const unsigned i = p->CurrPicIdx;
    CUresult ret = CUDA_SUCCESS;

    if (i >= d->nb_surfaces || !p->nBitstreamDataLen)
        return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    if (!d->surface[i])
        d->surface[i] = malloc(size);
    if (!d->surface[i]) {
        ret = CUDA_ERROR_OUT_OF_MEMORY;
    } else if (fread(d->surface[i], 1, size, tape) != size) {
        fprintf(stderr, "softcuvid: SOFTCUVID_TAPE has %d frames, no more\n",
                nb_decoded);
        ret = CUDA_ERROR_UNKNOWN;
    } else {
        nb_decoded++;
        set_time(d, i);
    }
    pthread_mutex_unlock(&lock);
    return ret;
}

/* Queues the copy of a decoded surface to an output surface. */
static CUresult copy_surface(const Decoder *d, int from, unsigned to,
                             CUstream stream)
{
    const CUDA_MEMCPY2D copy = {
        .srcMemoryType = CU_MEMORYTYPE_HOST,
        .srcHost       = d->surface[from],
        .srcPitch      = d->width,
        .dstMemoryType = CU_MEMORYTYPE_DEVICE,
        .dstDevice     = d->output[to],
        .dstPitch      = d->pitch,
        .WidthInBytes  = d->width,
        .Height        = d->rows,
    };

    return softcuda_copy_surface(&copy, stream);
}

EXPORT CUresult CUDAAPI cuvidMapVideoFrame64(CUvideodecoder decoder, int index,
                                             unsigned long long *ptr,
                                             unsigned *pitch,
                                             CUVIDPROCPARAMS *params)
{
    Decoder *d = decoder;
    unsigned i = 0;
    CUresult ret = CUDA_ERROR_MAP_FAILED;

    if (index < 0 || (unsigned)index >= d->nb_surfaces || !d->surface[index])
        return CUDA_ERROR_INVALID_VALUE;
    wait_for(d, index);
    pthread_mutex_lock(&lock);
    while (i < d->nb_outputs && d->mapped[i])
        i++;
    if (i < d->nb_outputs)
        ret = d->output[i] ? CUDA_SUCCESS
                           : cuMemAlloc_v2(&d->output[i], d->pitch * d->rows);
    if (ret == CUDA_SUCCESS)
        ret = copy_surface(d, index, i, params->output_stream);
    if (ret == CUDA_SUCCESS) {
        d->mapped[i] = 1;
        if (++nb_mapped > most_mapped)
            most_mapped = nb_mapped;
        *ptr   = d->output[i];
        *pitch = d->pitch;
    }
    pthread_mutex_unlock(&lock);
    return ret;
}

EXPORT CUresult CUDAAPI cuvidUnmapVideoFrame64(CUvideodecoder decoder,
                                               unsigned long long ptr)
{
    Decoder *d = decoder;
    CUresult ret = CUDA_ERROR_INVALID_VALUE;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < d->nb_outputs; i++)
        if (d->mapped[i] && d->output[i] == ptr) {
            d->mapped[i] = 0;
            nb_mapped--;
            ret = CUDA_SUCCESS;
        }
    pthread_mutex_unlock(&lock);
    return ret;
}

/* What FFmpeg looks up but its hwaccels never call. */
#define STUB(name)                                      \
EXPORT CUresult CUDAAPI name(void)                      \
{                                                       \
    fprintf(stderr, "softcuvid: no " #name "\n");       \
    return CUDA_ERROR_NOT_SUPPORTED;                    \
}

STUB(cuvidGetDecodeStatus)
STUB(cuvidReconfigureDecoder)
STUB(cuvidCtxLockCreate)
STUB(cuvidCtxLockDestroy)
STUB(cuvidCtxLock)
STUB(cuvidCtxUnlock)
STUB(cuvidCreateVideoSource)
STUB(cuvidCreateVideoSourceW)
STUB(cuvidDestroyVideoSource)
STUB(cuvidSetVideoSourceState)
STUB(cuvidGetVideoSourceState)
STUB(cuvidGetSourceVideoFormat)
STUB(cuvidGetSourceAudioFormat)
STUB(cuvidCreateVideoParser)
STUB(cuvidParseVideoData)
STUB(cuvidDestroyVideoParser)
