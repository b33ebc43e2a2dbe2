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
#include <ffnvcodec/nvEncodeAPI.h>

#include "cuda_test.h"

/**
 * @file
 * nvenc_api FILE.ptx CASE: rules of NVENC's API, kept and broken, without FFmpeg.
 */

enum { WIDTH = 160, HEIGHT = 64, SIZE = WIDTH * HEIGHT * 3 / 2 };

static NV_ENCODE_API_FUNCTION_LIST nv = {
    .version = NV_ENCODE_API_FUNCTION_LIST_VER
};
static CUcontext context;
static void *encoder;
static NV_ENC_OUTPUT_PTR output;

/* Of calls that are not what is tested. */
static void must(const char *what, NVENCSTATUS status)
{
    if (status) {
        printf("%s -> %d\n", what, status);
        exit(2);
    }
}

#define NV(call) must(#call, nv.call)

static NVENCSTATUS open_session(void **session)
{
    NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS p = {
        .version    = NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS_VER,
        .apiVersion = NVENCAPI_VERSION,
        .deviceType = NV_ENC_DEVICE_TYPE_CUDA,
        .device     = context,
    };

    return nv.nvEncOpenEncodeSessionEx(&p, session);
}

static NVENCSTATUS initialise(void *session, int width, int height)
{
    NV_ENC_CONFIG config = { .version = NV_ENC_CONFIG_VER };
    NV_ENC_INITIALIZE_PARAMS p = {
        .version      = NV_ENC_INITIALIZE_PARAMS_VER,
        .encodeGUID   = NV_ENC_CODEC_H264_GUID,
        .encodeWidth  = width,
        .encodeHeight = height,
        .enablePTD    = 1,
        .encodeConfig = &config,
    };

    config.encodeCodecConfig.h264Config.chromaFormatIDC = 1;
    return nv.nvEncInitializeEncoder(session, &p);
}

static void open_encoder(void)
{
    NV_ENC_CREATE_BITSTREAM_BUFFER c = {
        .version = NV_ENC_CREATE_BITSTREAM_BUFFER_VER
    };
    NvencFunctions *functions = NULL;

    context = open_context();
    if (nvenc_load_functions(&functions, NULL)) {
        printf("cannot load libnvidia-encode.so.1\n");
        exit(2);
    }
    must("create", functions->NvEncodeAPICreateInstance(&nv));
    must("open", open_session(&encoder));
    must("initialise", initialise(encoder, WIDTH, HEIGHT));
    NV(nvEncCreateBitstreamBuffer(encoder, &c));
    output = c.bitstreamBuffer;
}

static NVENCSTATUS register_memory(CUdeviceptr ptr, NV_ENC_REGISTERED_PTR *r)
{
    NV_ENC_REGISTER_RESOURCE p = {
        .version            = NV_ENC_REGISTER_RESOURCE_VER,
        .resourceType       = NV_ENC_INPUT_RESOURCE_TYPE_CUDADEVICEPTR,
        .width              = WIDTH,
        .height             = HEIGHT,
        .pitch              = WIDTH,
        .bufferFormat       = NV_ENC_BUFFER_FORMAT_NV12,
        .resourceToRegister = (void *)(uintptr_t)ptr,
    };
    NVENCSTATUS status = nv.nvEncRegisterResource(encoder, &p);

    *r = p.registeredResource;
    return status;
}

static NVENCSTATUS map(NV_ENC_REGISTERED_PTR r, NV_ENC_INPUT_PTR *input)
{
    NV_ENC_MAP_INPUT_RESOURCE p = {
        .version            = NV_ENC_MAP_INPUT_RESOURCE_VER,
        .registeredResource = r,
    };
    NVENCSTATUS status = nv.nvEncMapInputResource(encoder, &p);

    *input = p.mappedResource;
    return status;
}

static NVENCSTATUS encode(NV_ENC_INPUT_PTR input)
{
    NV_ENC_PIC_PARAMS p = {
        .version         = NV_ENC_PIC_PARAMS_VER,
        .inputBuffer     = input,
        .bufferFmt       = NV_ENC_BUFFER_FORMAT_NV12,
        .inputWidth      = WIDTH,
        .inputHeight     = HEIGHT,
        .inputPitch      = WIDTH,
        .outputBitstream = output,
        .pictureStruct   = NV_ENC_PIC_STRUCT_FRAME,
    };

    return nv.nvEncEncodePicture(encoder, &p);
}

static NVENCSTATUS lock(NV_ENC_LOCK_BITSTREAM *l)
{
    *l = (NV_ENC_LOCK_BITSTREAM){
        .version = NV_ENC_LOCK_BITSTREAM_VER, .outputBitstream = output
    };
    return nv.nvEncLockBitstream(encoder, l);
}

/* Whether most of a bitstream is one byte: 0xCD where nobody wrote the input. */
static int is_all(const NV_ENC_LOCK_BITSTREAM *l, uint8_t byte)
{
    const uint8_t *data = l->bitstreamBufferPtr;
    uint32_t n = 0;

    for (uint32_t i = 0; i < l->bitstreamSizeInBytes; i++)
        n += data[i] == byte;
    return n > l->bitstreamSizeInBytes / 2;
}

/** What orders the encoder behind the kernel that writes its input. */
enum Order { NOTHING, DEFAULT_STREAM, EVENT, INPUT_STREAM };

static int written(enum Order order, CUmodule module)
{
    CUstream side = NULL, *streams = &side, def = NULL;
    CUdeviceptr ptr = upload(NULL, SIZE);
    unsigned n = SIZE / 4;
    void *args[] = { &ptr, &n };
    NV_ENC_REGISTERED_PTR r;
    NV_ENC_LOCK_BITSTREAM l;
    NV_ENC_INPUT_PTR input;
    CUevent event;
    int done;

    if (order != DEFAULT_STREAM)
        MUST(cuStreamCreate(&side, CU_STREAM_NON_BLOCKING));
    MUST(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
    if (order != INPUT_STREAM)
        streams = &def;
    NV(nvEncSetIOCudaStreams(encoder, streams, streams));
    must("register", register_memory(ptr, &r));
    MUST(cuLaunchKernel(get_kernel(module, "fill"), (n + 127) / 128, 1, 1, 128,
                        1, 1, 0, side, args, NULL));
    MUST(cuEventRecord(event, side));
    if (order == EVENT)
        MUST(cuStreamWaitEvent(NULL, event, 0));
    must("map", map(r, &input));
    must("encode", encode(input));
    must("lock", lock(&l));
    done = !is_all(&l, 0xCD);
    NV(nvEncUnlockBitstream(encoder, output));
    NV(nvEncUnmapInputResource(encoder, input));
    NV(nvEncUnregisterResource(encoder, r));
    MUST(cuStreamSynchronize(side));
    MUST(cuMemFree(ptr));
    return done;
}

/* The bitstream has what the kernel wrote only if something orders the two. */
static int order(CUmodule module)
{
    static const char *const names[] = {
        "nothing", "the default stream", "an event", "the input's stream"
    };
    int bad = 0;

    for (int i = NOTHING; i <= INPUT_STREAM; i++) {
        int done = written(i, module);

        printf("%s: %s; ", names[i], done ? "written" : "not written");
        bad |= (i != NOTHING) != done;
    }
    printf("\n");
    return bad;
}

static int wrong(const char *what, NVENCSTATUS got, NVENCSTATUS expected)
{
    printf("%s: %d\n", what, got);
    return got != expected;
}

/* What comes later in the output's stream waits for the encoder's read. */
static int output_stream(CUmodule module)
{
    CUdeviceptr ptr = upload(NULL, SIZE);
    NV_ENC_REGISTERED_PTR r;
    NV_ENC_LOCK_BITSTREAM l;
    NV_ENC_INPUT_PTR input;
    CUstream in, out;
    int late;
    unsigned n = SIZE / 4;
    void *args[] = { &ptr, &n };

    MUST(cuStreamCreate(&in, CU_STREAM_NON_BLOCKING));
    MUST(cuStreamCreate(&out, CU_STREAM_NON_BLOCKING));
    NV(nvEncSetIOCudaStreams(encoder, &in, &out));
    must("register", register_memory(ptr, &r));
    MUST(cuLaunchKernel(get_kernel(module, "fill"), (n + 127) / 128, 1, 1, 128,
                        1, 1, 0, in, args, NULL));
    must("map", map(r, &input));
    must("encode", encode(input));
    MUST(cuMemsetD8Async(ptr, 7, SIZE, out));
    MUST(cuStreamSynchronize(out));
    must("lock", lock(&l));
    late = is_all(&l, 7) || is_all(&l, 0xCD);
    printf("%s\n", late ? "read at the wrong time" : "read before");
    return late;
}

static int rules(CUmodule module)
{
    CUdeviceptr ptr = upload(NULL, SIZE), small = upload(NULL, SIZE - 1);
    NV_ENC_REGISTERED_PTR r, none;
    NV_ENC_LOCK_BITSTREAM l;
    NV_ENC_INPUT_PTR input, again;
    int bad = 0;

    (void)module;
    bad |= wrong("memory that is too small", register_memory(small, &none),
                 NV_ENC_ERR_RESOURCE_REGISTER_FAILED);
    bad |= wrong("sizes below the least", initialise(encoder, 64, 48),
                 NV_ENC_ERR_INVALID_PARAM);
    must("register", register_memory(ptr, &r));
    bad |= wrong("encode what is not mapped", encode(r),
                 NV_ENC_ERR_INVALID_PARAM);
    must("map", map(r, &input));
    bad |= wrong("map again", map(r, &again), NV_ENC_ERR_MAP_FAILED);
    bad |= wrong("unregister what is mapped",
                 nv.nvEncUnregisterResource(encoder, r),
                 NV_ENC_ERR_INVALID_CALL);
    bad |= wrong("lock what is empty", lock(&l), NV_ENC_ERR_INVALID_CALL);
    must("encode", encode(input));
    bad |= wrong("encode into the same buffer", encode(input),
                 NV_ENC_ERR_ENCODER_BUSY);
    must("lock", lock(&l));
    bad |= wrong("lock again", lock(&l), NV_ENC_ERR_INVALID_CALL);
    NV(nvEncUnlockBitstream(encoder, output));
    MUST(cuMemFree(ptr));
    bad |= wrong("encode memory that is freed", encode(input),
                 NV_ENC_ERR_GENERIC);
    NV(nvEncUnmapInputResource(encoder, input));
    bad |= wrong("unmap again", nv.nvEncUnmapInputResource(encoder, input),
                 NV_ENC_ERR_RESOURCE_NOT_MAPPED);
    NV(nvEncDestroyEncoder(encoder));   /* with a registration */
    bad |= wrong("encode when it is gone", encode(input),
                 NV_ENC_ERR_INVALID_ENCODERDEVICE);
    return bad;
}

/* SOFTNVENC_SESSIONS=2: one is open already */
static int sessions(CUmodule module)
{
    void *second, *third;
    int bad;

    (void)module;
    must("second", open_session(&second));
    bad = wrong("third", open_session(&third), NV_ENC_ERR_OUT_OF_MEMORY);
    NV(nvEncDestroyEncoder(second));
    bad |= wrong("once one is closed", open_session(&third), NV_ENC_SUCCESS);
    NV(nvEncDestroyEncoder(third));
    NV(nvEncDestroyEncoder(encoder));
    return bad;
}

/* SOFTNVENC_MEM_MB=10 SOFTCUDA_MEM_MB=16: what a session takes comes back */
static int memory(CUmodule module)
{
    void *second;
    int bad;

    (void)module;
    must("second", open_session(&second));
    bad = wrong("initialise another", initialise(second, WIDTH, HEIGHT),
                NV_ENC_ERR_OUT_OF_MEMORY);
    NV(nvEncDestroyEncoder(encoder));
    bad |= wrong("once one is closed", initialise(second, WIDTH, HEIGHT),
                 NV_ENC_SUCCESS);
    NV(nvEncDestroyEncoder(second));
    return bad;
}

static const struct {
    const char *name;
    int (*run)(CUmodule module);
} cases[] = {
    { "order",         order         },
    { "output-stream", output_stream },
    { "rules",         rules         },
    { "sessions",      sessions      },
    { "memory",        memory        },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof(cases) / sizeof(*cases); i++) {
        if (strcmp(cases[i].name, argv[2]))
            continue;
        open_encoder();
        return cases[i].run(load_module(argv[1]));
    }
    printf("no such case\n");
    return 2;
}
