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

#ifndef SOFTCUDA_NVENC_SOFTNVENC_H
#define SOFTCUDA_NVENC_SOFTNVENC_H

#include <stdint.h>
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/nvEncodeAPI.h>

#include "../engine.h"
#include "stream.h"

/**
 * @file
 * State of NVENC's model. A session is used by one thread at a time, as NVENC
 * has it; what sessions share is under the lock of stats.c.
 */

/** A registered resource, or an input buffer. */
typedef struct Surface {
    struct Surface *next;
    CUdeviceptr device;         ///< 0 = an input buffer
    uint8_t *host;
    NV_ENC_BUFFER_FORMAT format;
    int height;
    size_t pitch;
    int mapped, locked;
    int pending;                ///< pictures whose bitstream nobody has locked
    char map;                   ///< its address is what a map returns
} Surface;

/** A bitstream buffer, and the picture that it is for. */
typedef struct Output {
    struct Output *next;
    enum { EMPTY, PENDING, LOCKED } state;
    void *read;                 ///< of libcuda
    uint8_t *raw;
    Surface *surface, layout;   ///< NULL when it is gone; as it was
    NV_ENC_PIC_PARAMS picture;
    int64_t ready_at;           ///< nanoseconds
    Bits bits;
} Output;

/** Counters of a session. */
typedef struct SessionStats {
    struct SessionStats *next;  ///< in the order of opening
    const char *codec;
    int width, height;
    int frames, maps;
    int registrations, registered, registered_at_once;
    int last_registration;      ///< frames that were encoded before it
    int unregistrations;        ///< before the end of the stream
} SessionStats;

typedef struct Session {
    struct Session *next;
    CUcontext context;
    CUstream streams[2];        ///< of the input and the output
    int is_hevc, initialised, ended;
    int repeat_headers;
    Sequence sequence;
    unsigned pictures;
    int64_t busy_until;         ///< nanoseconds
    CUdeviceptr memory;
    Surface *surfaces;
    Output *outputs;
    SessionStats *stats;
} Session;

/** First statement of a function: it fails where a test wants it to. */
#define NVENC_API(name)                         \
    int injected = softcuda_call(#name);        \
    if (injected)                               \
        return (NVENCSTATUS)injected
/** The same for one that releases something, which it does all the same. */
#define NVENC_API_RELEASE(name) int injected = softcuda_call(#name)
#define RELEASED(status) (injected ? (NVENCSTATUS)injected : (status))

#define SESSION(encoder)                        \
    Session *session = find_session(encoder);   \
    if (!session)                               \
        return NV_ENC_ERR_INVALID_ENCODERDEVICE

/* stats.c */
Session *find_session(void *encoder);
/** NULL where the limit of sessions is reached. */
Session *add_session(CUcontext context);
void remove_session(Session *session);
void count_registration(Session *session, int step);
void count_map(Session *session, int step);
void count_frame(Session *session);
/** Note that the program breaks a rule; returns the status. */
NVENCSTATUS complain(NVENCSTATUS status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
long setting(const char *name, long fallback);

/* surface.c */
/** Bytes of a surface up to its last sample, 0 of a format not known here. */
size_t surface_size(NV_ENC_BUFFER_FORMAT format, int width, int height,
                    size_t pitch);
int surface_is_deep(NV_ENC_BUFFER_FORMAT format);
int surface_is_full(NV_ENC_BUFFER_FORMAT format);
Surface *find_input(Session *session, NV_ENC_INPUT_PTR input);
void remove_surfaces(Session *session);
void set_surface_functions(NV_ENCODE_API_FUNCTION_LIST *list);

/* encode.c */
void remove_outputs(Session *session);
void set_encode_functions(NV_ENCODE_API_FUNCTION_LIST *list);

/* picture.c */
/** The bitstream of a picture. */
void write_picture(Session *session, Output *output);

#endif /* SOFTCUDA_NVENC_SOFTNVENC_H */
