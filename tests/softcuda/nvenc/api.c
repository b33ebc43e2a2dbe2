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

#include <stdlib.h>
#include <string.h>

#include "softnvenc.h"

/** @file The library's entry, sessions, what NVENC can. */

#define EXPORT __attribute__((visibility("default")))

#define NVENC_HAS(major, minor)                     \
    (NVENCAPI_MAJOR_VERSION > (major) ||            \
     (NVENCAPI_MAJOR_VERSION == (major) && NVENCAPI_MINOR_VERSION >= (minor)))

tcuMemAlloc_v2 cuMemAlloc_v2;
tcuMemFree_v2 cuMemFree_v2;

static int is_guid(GUID a, GUID b)
{
    return !memcmp(&a, &b, sizeof(a));
}

/* 0 = H.264, 1 = HEVC, others are not known here */
static int codec_of(GUID guid)
{
    return is_guid(guid, NV_ENC_CODEC_H264_GUID) ? 0 :
           is_guid(guid, NV_ENC_CODEC_HEVC_GUID) ? 1 : -1;
}

static NVENCSTATUS NVENCAPI open_session(
    NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS *p, void **encoder)
{
    NVENC_API(nvEncOpenEncodeSessionEx);
    if (p->version != NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS_VER ||
        p->apiVersion != NVENCAPI_VERSION)
        return NV_ENC_ERR_INVALID_VERSION;
    if (p->deviceType != NV_ENC_DEVICE_TYPE_CUDA || !p->device)
        return complain(NV_ENC_ERR_UNSUPPORTED_DEVICE, "only CUDA contexts");
    *encoder = add_session(p->device);
    return *encoder ? NV_ENC_SUCCESS : NV_ENC_ERR_OUT_OF_MEMORY;
}

static NVENCSTATUS NVENCAPI destroy_session(void *encoder)
{
    NVENCSTATUS status = NV_ENC_SUCCESS;

    NVENC_API_RELEASE(nvEncDestroyEncoder);
    SESSION(encoder);
    session->ended = 1;
    remove_outputs(session);
    remove_surfaces(session);
    if (session->memory && cuMemFree_v2(session->memory) != CUDA_SUCCESS)
        status = NV_ENC_ERR_GENERIC;
    remove_session(session);
    return RELEASED(status);
}

static NVENCSTATUS NVENCAPI get_guid_count(void *encoder, uint32_t *count)
{
    NVENC_API(nvEncGetEncodeGUIDCount);
    SESSION(encoder);
    *count = 2;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI get_guids(void *encoder, GUID *guids, uint32_t size,
                                      uint32_t *count)
{
    NVENC_API(nvEncGetEncodeGUIDs);
    SESSION(encoder);
    if (size < 2)
        return NV_ENC_ERR_INVALID_PARAM;
    guids[0] = NV_ENC_CODEC_H264_GUID;
    guids[1] = NV_ENC_CODEC_HEVC_GUID;
    *count = 2;
    return NV_ENC_SUCCESS;
}

/* As of GPUs of these years; no fields, no references that are B pictures. */
static const struct {
    NV_ENC_CAPS cap;
    int value[2];               ///< of H.264, of HEVC
} caps[] = {
    { NV_ENC_CAPS_NUM_MAX_BFRAMES,             {    4,    5 } },
    { NV_ENC_CAPS_SUPPORTED_RATECONTROL_MODES, {   63,   63 } },
    { NV_ENC_CAPS_SUPPORT_CABAC,               {    1,    1 } },
    { NV_ENC_CAPS_WIDTH_MIN,                   {  145,  129 } },
    { NV_ENC_CAPS_HEIGHT_MIN,                  {   49,   33 } },
    { NV_ENC_CAPS_WIDTH_MAX,                   { 4096, 8192 } },
    { NV_ENC_CAPS_HEIGHT_MAX,                  { 4096, 8192 } },
    { NV_ENC_CAPS_SUPPORT_DYN_BITRATE_CHANGE,  {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_CONSTRAINED_ENCODING, {   1,    1 } },
    { NV_ENC_CAPS_SUPPORT_INTRA_REFRESH,       {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_YUV444_ENCODE,       {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_LOSSLESS_ENCODE,     {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_LOOKAHEAD,           {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_TEMPORAL_AQ,         {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_10BIT_ENCODE,        {    0,    1 } },
    { NV_ENC_CAPS_SUPPORT_WEIGHTED_PREDICTION, {    1,    1 } },
    { NV_ENC_CAPS_SUPPORT_MULTIPLE_REF_FRAMES, {    1,    1 } },
};

static int cap_of(int codec, NV_ENC_CAPS cap)
{
    for (size_t i = 0; i < sizeof(caps) / sizeof(*caps); i++)
        if (caps[i].cap == cap)
            return caps[i].value[codec];
    return 0;
}

static NVENCSTATUS NVENCAPI get_caps(void *encoder, GUID guid,
                                     NV_ENC_CAPS_PARAM *p, int *value)
{
    int codec = codec_of(guid);

    NVENC_API(nvEncGetEncodeCaps);
    SESSION(encoder);
    if (codec < 0)
        return NV_ENC_ERR_UNSUPPORTED_PARAM;
    *value = cap_of(codec, p->capsToQuery);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI get_preset(void *encoder, GUID guid, GUID preset,
                                       NV_ENC_TUNING_INFO tuning,
                                       NV_ENC_PRESET_CONFIG *p)
{
    NV_ENC_CONFIG *c = &p->presetCfg;

    NVENC_API(nvEncGetEncodePresetConfigEx);
    SESSION(encoder);
    (void)preset;
    if (codec_of(guid) < 0 || tuning == NV_ENC_TUNING_INFO_UNDEFINED)
        return NV_ENC_ERR_UNSUPPORTED_PARAM;
    if (p->version != NV_ENC_PRESET_CONFIG_VER ||
        c->version != NV_ENC_CONFIG_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    memset(c, 0, sizeof(*c));
    c->version        = NV_ENC_CONFIG_VER;
    c->profileGUID    = NV_ENC_CODEC_PROFILE_AUTOSELECT_GUID;
    c->gopLength      = 250;
    c->frameIntervalP = 1;
    c->rcParams.version         = NV_ENC_RC_PARAMS_VER;
    c->rcParams.rateControlMode = NV_ENC_PARAMS_RC_VBR;
    c->rcParams.averageBitRate  = 2000000;
    return NV_ENC_SUCCESS;
}

static void set_colours(Sequence *q, const NV_ENC_CONFIG_H264_VUI_PARAMETERS *v)
{
    q->signal     = !!v->videoSignalTypePresentFlag;
    q->format     = v->videoFormat;
    q->full_range = !!v->videoFullRangeFlag;
    q->colours    = !!v->colourDescriptionPresentFlag;
    q->primaries  = v->colourPrimaries;
    q->transfer   = v->transferCharacteristics;
    q->matrix     = v->colourMatrix;
}

static int depth_of(const NV_ENC_CONFIG *c, int is_hevc)
{
#if NVENC_HAS(13, 0)
    if (!is_hevc)
        return c->encodeCodecConfig.h264Config.outputBitDepth ==
               NV_ENC_BIT_DEPTH_10 ? 10 : 8;
#endif
    if (!is_hevc)
        return 8;
#if NVENC_HAS(12, 2)
    return c->encodeCodecConfig.hevcConfig.outputBitDepth ==
           NV_ENC_BIT_DEPTH_10 ? 10 : 8;
#else
    return 8 + c->encodeCodecConfig.hevcConfig.pixelBitDepthMinus8;
#endif
}

static void set_sequence(Session *s, const NV_ENC_INITIALIZE_PARAMS *p)
{
    const NV_ENC_CONFIG *c = p->encodeConfig;
    const NV_ENC_CONFIG_H264 *h264 = &c->encodeCodecConfig.h264Config;
    const NV_ENC_CONFIG_HEVC *hevc = &c->encodeCodecConfig.hevcConfig;
    Sequence *q = &s->sequence;

    s->is_hevc = codec_of(p->encodeGUID);
    q->width   = p->encodeWidth;
    q->height  = p->encodeHeight;
    q->depth   = depth_of(c, s->is_hevc);
    q->full_chroma    = (s->is_hevc ? hevc->chromaFormatIDC :
                                      h264->chromaFormatIDC) == 3;
    s->repeat_headers = s->is_hevc ? hevc->repeatSPSPPS : h264->repeatSPSPPS;
    set_colours(q, s->is_hevc ? (const void *)&hevc->hevcVUIParameters :
                                &h264->h264VUIParameters);
    s->stats->codec  = s->is_hevc ? "hevc" : "h264";
    s->stats->width  = q->width;
    s->stats->height = q->height;
}

/* The sizes that a codec can, and even ones: half a sample cannot be cropped. */
static int good_size(int codec, int width, int height)
{
    return width >= cap_of(codec, NV_ENC_CAPS_WIDTH_MIN) &&
           width <= cap_of(codec, NV_ENC_CAPS_WIDTH_MAX) &&
           height >= cap_of(codec, NV_ENC_CAPS_HEIGHT_MIN) &&
           height <= cap_of(codec, NV_ENC_CAPS_HEIGHT_MAX) &&
           width % 2 == 0 && height % 2 == 0;
}

static NVENCSTATUS NVENCAPI initialise(void *encoder,
                                       NV_ENC_INITIALIZE_PARAMS *p)
{
    size_t memory = (size_t)setting("SOFTNVENC_MEM_MB", 0) << 20;
    int codec = codec_of(p->encodeGUID);

    NVENC_API(nvEncInitializeEncoder);
    SESSION(encoder);
    if (p->version != NV_ENC_INITIALIZE_PARAMS_VER || !p->encodeConfig ||
        p->encodeConfig->version != NV_ENC_CONFIG_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (codec < 0 || p->enableEncodeAsync || !p->enablePTD)
        return complain(NV_ENC_ERR_UNSUPPORTED_PARAM, "initialise: H.264 or "
                        "HEVC, in synchronous mode, with types decided here");
    if (!good_size(codec, p->encodeWidth, p->encodeHeight))
        return complain(NV_ENC_ERR_INVALID_PARAM, "initialise: %u x %u: even "
                        "sizes from %d x %d on", p->encodeWidth,
                        p->encodeHeight, cap_of(codec, NV_ENC_CAPS_WIDTH_MIN),
                        cap_of(codec, NV_ENC_CAPS_HEIGHT_MIN));
    if (memory && cuMemAlloc_v2(&session->memory, memory) != CUDA_SUCCESS)
        return NV_ENC_ERR_OUT_OF_MEMORY;
    set_sequence(session, p);
    session->initialised = 1;
    return NV_ENC_SUCCESS;
}

/* Rates and shapes make no difference to what comes out here. */
static NVENCSTATUS NVENCAPI reconfigure(void *encoder,
                                        NV_ENC_RECONFIGURE_PARAMS *p)
{
    NVENC_API(nvEncReconfigureEncoder);
    SESSION(encoder);
    return p->version == NV_ENC_RECONFIGURE_PARAMS_VER ?
           NV_ENC_SUCCESS : NV_ENC_ERR_INVALID_VERSION;
}

static NVENCSTATUS NVENCAPI set_streams(void *encoder, NV_ENC_CUSTREAM_PTR in,
                                        NV_ENC_CUSTREAM_PTR out)
{
    NVENC_API(nvEncSetIOCudaStreams);
    SESSION(encoder);
    session->streams[0] = in  ? *(CUstream *)in  : NULL;
    session->streams[1] = out ? *(CUstream *)out : NULL;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI get_sequence(void *encoder,
                                         NV_ENC_SEQUENCE_PARAM_PAYLOAD *p)
{
    Bits headers = { 0 };

    NVENC_API(nvEncGetSequenceParams);
    SESSION(encoder);
    if (!session->initialised)
        return NV_ENC_ERR_ENCODER_NOT_INITIALIZED;
    (session->is_hevc ? hevc_headers : h264_headers)(&headers,
                                                     &session->sequence);
    *p->outSPSPPSPayloadSize = headers.size;
    if (headers.size <= p->inBufferSize)
        memcpy(p->spsppsBuffer, headers.data, headers.size);
    free(headers.data);
    return headers.size <= p->inBufferSize ? NV_ENC_SUCCESS :
                                             NV_ENC_ERR_NOT_ENOUGH_BUFFER;
}

static const char *NVENCAPI last_error(void *encoder)
{
    (void)encoder;
    return "see what [softnvenc] said";
}

static NVENCSTATUS NVENCAPI unimplemented(void)
{
    return complain(NV_ENC_ERR_UNIMPLEMENTED, "a function that is not here");
}

EXPORT NVENCSTATUS NVENCAPI NvEncodeAPICreateInstance(
    NV_ENCODE_API_FUNCTION_LIST *list)
{
    void **function = (void **)&list->nvEncOpenEncodeSession;

    NVENC_API(NvEncodeAPICreateInstance);
    if (list->version != NV_ENCODE_API_FUNCTION_LIST_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    while (function < (void **)&list->reserved2)
        *function++ = (void *)unimplemented;
    list->nvEncOpenEncodeSessionEx     = open_session;
    list->nvEncDestroyEncoder          = destroy_session;
    list->nvEncGetEncodeGUIDCount      = get_guid_count;
    list->nvEncGetEncodeGUIDs          = get_guids;
    list->nvEncGetEncodeCaps           = get_caps;
    list->nvEncGetEncodePresetConfigEx = get_preset;
    list->nvEncInitializeEncoder       = initialise;
    list->nvEncReconfigureEncoder      = reconfigure;
    list->nvEncSetIOCudaStreams        = set_streams;
    list->nvEncGetSequenceParams       = get_sequence;
    list->nvEncGetLastErrorString      = last_error;
    set_surface_functions(list);
    set_encode_functions(list);
    return NV_ENC_SUCCESS;
}

EXPORT NVENCSTATUS NVENCAPI NvEncodeAPIGetMaxSupportedVersion(uint32_t *version)
{
    NVENC_API(NvEncodeAPIGetMaxSupportedVersion);
    *version = NVENCAPI_MAJOR_VERSION << 4 | NVENCAPI_MINOR_VERSION;
    return NV_ENC_SUCCESS;
}
