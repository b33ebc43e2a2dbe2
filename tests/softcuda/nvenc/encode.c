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

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softnvenc.h"

/** @file Pictures in, bitstreams out. */

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(int64_t when)
{
    struct timespec t = { when / 1000000000, when % 1000000000 };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

/* A session encodes one picture after the other, on no processor. */
static void set_time(Session *session, Output *o)
{
    int64_t begin = now();

    if (begin < session->busy_until)
        begin = session->busy_until;
    o->ready_at = begin + setting("SOFTNVENC_MS", 0) * 1000000LL;
    session->busy_until = o->ready_at;
}

static Output *find_output(Session *session, NV_ENC_OUTPUT_PTR ptr)
{
    Output *o = session->outputs;

    while (o && o != ptr)
        o = o->next;
    if (!o)
        complain(NV_ENC_ERR_INVALID_PARAM, "%p is no bitstream buffer", ptr);
    return o;
}

static void empty(Session *session, Output *o)
{
    if (o->read)
        softcuda_finish(session->context, o->read);
    if (o->state == PENDING && o->surface)
        o->surface->pending--;
    free(o->raw);
    free(o->bits.data);
    o->read    = o->raw = NULL;
    o->bits    = (Bits){ 0 };
    o->surface = NULL;
    o->state   = EMPTY;
}

static void remove_output(Session *session, Output *output)
{
    Output **at = &session->outputs;

    while (*at != output)
        at = &(*at)->next;
    *at = output->next;
    empty(session, output);
    free(output);
}

void remove_outputs(Session *session)
{
    while (session->outputs)
        remove_output(session, session->outputs);
}

static NVENCSTATUS NVENCAPI create_output(void *encoder,
                                          NV_ENC_CREATE_BITSTREAM_BUFFER *c)
{
    Output *o;

    NVENC_API(nvEncCreateBitstreamBuffer);
    SESSION(encoder);
    if (c->version != NV_ENC_CREATE_BITSTREAM_BUFFER_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    o = calloc(1, sizeof(*o));
    o->next = session->outputs;
    session->outputs   = o;
    c->bitstreamBuffer = o;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI destroy_output(void *encoder, NV_ENC_OUTPUT_PTR ptr)
{
    NVENC_API_RELEASE(nvEncDestroyBitstreamBuffer);
    SESSION(encoder);
    Output *o = find_output(session, ptr);

    if (!o)
        return NV_ENC_ERR_INVALID_PARAM;
    remove_output(session, o);
    return RELEASED(NV_ENC_SUCCESS);
}

/* The picture is read in its turn of the input's stream; what comes later in the
 * output's stream waits for that. */
static NVENCSTATUS read_surface(Session *session, Output *o)
{
    const Surface *s = &o->layout;
    size_t size = surface_size(s->format, session->sequence.width, s->height,
                               s->pitch);
    CUresult ret = CUDA_SUCCESS;

    o->raw = malloc(size);
    if (!s->device)
        memcpy(o->raw, s->host, size);
    else
        ret = softcuda_read(session->context, session->streams[0], o->raw,
                            s->device, size, &o->read);
    if (ret == CUDA_SUCCESS && s->device &&
        session->streams[0] != session->streams[1])
        ret = softcuda_order(session->context, session->streams[1], o->read);
    if (ret == CUDA_SUCCESS)
        return NV_ENC_SUCCESS;
    empty(session, o);
    return complain(NV_ENC_ERR_GENERIC, "encode: 0x%llx cannot be read: CUDA "
                    "error %d", s->device, ret);
}

static NVENCSTATUS check_input(const Session *session, const Surface *s,
                               const void *ptr)
{
    const Sequence *q = &session->sequence;

    if (!s || s->locked)
        return complain(NV_ENC_ERR_INVALID_PARAM, "encode: input %p is %s", ptr,
                        s ? "locked" : "not mapped");
    if (s->height < q->height || surface_is_full(s->format) != q->full_chroma ||
        surface_is_deep(s->format) != (q->depth > 8))
        return complain(NV_ENC_ERR_UNSUPPORTED_PARAM, "encode: format 0x%x of "
                        "%d rows, %d bits of 4:%d in the stream", s->format,
                        s->height, q->depth, q->full_chroma ? 44 : 20);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS encode(Session *session, const NV_ENC_PIC_PARAMS *p)
{
    Surface *s = find_input(session, p->inputBuffer);
    Output *o = find_output(session, p->outputBitstream);
    NVENCSTATUS status = check_input(session, s, p->inputBuffer);

    if (!o || status)
        return o ? status : NV_ENC_ERR_INVALID_PARAM;
    if (o->state != EMPTY)
        return complain(NV_ENC_ERR_ENCODER_BUSY, "encode: the bitstream buffer "
                        "is in use");
    o->picture = *p;
    o->layout  = *s;
    status = read_surface(session, o);
    if (status)
        return status;
    o->surface = s;
    o->state   = PENDING;
    s->pending++;
    session->ended = 0;
    set_time(session, o);
    count_frame(session);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI encode_picture(void *encoder, NV_ENC_PIC_PARAMS *p)
{
    NVENC_API(nvEncEncodePicture);
    SESSION(encoder);
    if (p->version != NV_ENC_PIC_PARAMS_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (p->encodePicFlags & NV_ENC_PIC_FLAG_EOS) {
        session->ended = 1;
        return NV_ENC_SUCCESS;
    }
    if (!session->initialised)
        return complain(NV_ENC_ERR_ENCODER_NOT_INITIALIZED, "encode: the "
                        "session is not initialised");
    return encode(session, p);
}

static void describe(const Output *o, NV_ENC_LOCK_BITSTREAM *l)
{
    l->bitstreamBufferPtr   = o->bits.data;
    l->bitstreamSizeInBytes = o->bits.size;
    l->frameIdx             = o->picture.frameIdx;
    l->outputTimeStamp      = o->picture.inputTimeStamp;
    l->outputDuration       = o->picture.inputDuration;
    l->pictureType          = NV_ENC_PIC_TYPE_IDR;
    l->pictureStruct        = NV_ENC_PIC_STRUCT_FRAME;
    l->numSlices            = 1;
    l->frameAvgQP           = 1;
}

static NVENCSTATUS NVENCAPI lock_bitstream(void *encoder,
                                           NV_ENC_LOCK_BITSTREAM *l)
{
    CUresult ret = CUDA_SUCCESS;

    NVENC_API(nvEncLockBitstream);
    SESSION(encoder);
    Output *o = find_output(session, l->outputBitstream);

    if (l->version != NV_ENC_LOCK_BITSTREAM_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (!o)
        return NV_ENC_ERR_INVALID_PARAM;
    if (o->state != PENDING)
        return complain(NV_ENC_ERR_INVALID_CALL, "lock: the bitstream buffer "
                        "is %s", o->state == LOCKED ? "locked" : "empty");
    if (l->doNotWait && now() < o->ready_at)
        return NV_ENC_ERR_LOCK_BUSY;
    sleep_until(o->ready_at);
    if (o->read)
        ret = softcuda_finish(session->context, o->read);
    o->read = NULL;
    if (ret != CUDA_SUCCESS)
        return complain(NV_ENC_ERR_GENERIC, "lock: CUDA error %d", ret);
    if (o->surface)
        o->surface->pending--;
    write_picture(session, o);
    o->state = LOCKED;
    describe(o, l);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI unlock_bitstream(void *encoder,
                                             NV_ENC_OUTPUT_PTR ptr)
{
    NVENC_API_RELEASE(nvEncUnlockBitstream);
    SESSION(encoder);
    Output *o = find_output(session, ptr);

    if (!o || o->state != LOCKED)
        return complain(NV_ENC_ERR_INVALID_CALL, "unlock: the bitstream buffer "
                        "is not locked");
    empty(session, o);
    return RELEASED(NV_ENC_SUCCESS);
}

void set_encode_functions(NV_ENCODE_API_FUNCTION_LIST *list)
{
    list->nvEncCreateBitstreamBuffer  = create_output;
    list->nvEncDestroyBitstreamBuffer = destroy_output;
    list->nvEncEncodePicture          = encode_picture;
    list->nvEncLockBitstream          = lock_bitstream;
    list->nvEncUnlockBitstream        = unlock_bitstream;
}
