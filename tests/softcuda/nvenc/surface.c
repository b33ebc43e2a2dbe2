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

#include "softnvenc.h"

/** @file What a picture comes in: registered device memory, input buffers. */

int surface_is_deep(NV_ENC_BUFFER_FORMAT format)
{
    return format == NV_ENC_BUFFER_FORMAT_YUV420_10BIT ||
           format == NV_ENC_BUFFER_FORMAT_YUV444_10BIT;
}

int surface_is_full(NV_ENC_BUFFER_FORMAT format)
{
    return format == NV_ENC_BUFFER_FORMAT_YUV444 ||
           format == NV_ENC_BUFFER_FORMAT_YUV444_10BIT;
}

/* Chroma follows luma at once, in rows of the same pitch or, planar, half. */
size_t surface_size(NV_ENC_BUFFER_FORMAT format, int width, int height,
                    size_t pitch)
{
    size_t row = (size_t)width << surface_is_deep(format);

    switch ((int)format) {
    case NV_ENC_BUFFER_FORMAT_NV12:
    case NV_ENC_BUFFER_FORMAT_YUV420_10BIT:
        return pitch * (height + (height + 1) / 2 - 1) + row;
    case NV_ENC_BUFFER_FORMAT_YV12:
    case NV_ENC_BUFFER_FORMAT_IYUV:
        return pitch * height + pitch / 2 * ((height + 1) / 2 * 2 - 1) +
               (width + 1) / 2;
    case NV_ENC_BUFFER_FORMAT_YUV444:
    case NV_ENC_BUFFER_FORMAT_YUV444_10BIT:
        return pitch * (height * 3 - 1) + row;
    default:
        return 0;
    }
}

static Surface *add_surface(Session *session, NV_ENC_BUFFER_FORMAT format,
                            int height, size_t pitch)
{
    Surface *s = calloc(1, sizeof(*s));

    s->format = format;
    s->height = height;
    s->pitch  = pitch;
    s->next   = session->surfaces;
    session->surfaces = s;
    return s;
}

static void remove_surface(Session *session, Surface *surface)
{
    Surface **at = &session->surfaces;

    while (*at != surface)
        at = &(*at)->next;
    *at = surface->next;
    for (Output *o = session->outputs; o; o = o->next)
        if (o->surface == surface)
            o->surface = NULL;
    free(surface->host);
    free(surface);
}

void remove_surfaces(Session *session)
{
    while (session->surfaces) {
        Surface *s = session->surfaces;

        if (s->device)
            complain(NV_ENC_ERR_GENERIC, "destroyed with 0x%llx registered",
                     s->device);
        if (s->mapped)
            count_map(session, -1);
        if (s->device)
            count_registration(session, -1);
        remove_surface(session, s);
    }
}

Surface *find_input(Session *session, NV_ENC_INPUT_PTR input)
{
    for (Surface *s = session->surfaces; s; s = s->next)
        if (s->device ? s->mapped && input == &s->map : input == s)
            return s;
    return NULL;
}

static NVENCSTATUS NVENCAPI register_resource(void *encoder,
                                              NV_ENC_REGISTER_RESOURCE *r)
{
    CUdeviceptr ptr = (CUdeviceptr)(uintptr_t)r->resourceToRegister;
    size_t size = surface_size(r->bufferFormat, r->width, r->height, r->pitch);
    Surface *s;

    NVENC_API(nvEncRegisterResource);
    SESSION(encoder);
    if (r->version != NV_ENC_REGISTER_RESOURCE_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (r->resourceType != NV_ENC_INPUT_RESOURCE_TYPE_CUDADEVICEPTR || !size)
        return complain(NV_ENC_ERR_UNSUPPORTED_PARAM, "register: type %d, "
                        "format 0x%x is not supported here", r->resourceType,
                        r->bufferFormat);
    if (r->pitch % 4 || r->pitch < r->width << surface_is_deep(r->bufferFormat))
        return complain(NV_ENC_ERR_INVALID_PARAM, "register: pitch %u for "
                        "width %u", r->pitch, r->width);
    if (!softcuda_is_allocated(ptr, size))
        return complain(NV_ENC_ERR_RESOURCE_REGISTER_FAILED, "register: %zu "
                        "bytes at 0x%llx are not of one allocation", size, ptr);
    s = add_surface(session, r->bufferFormat, r->height, r->pitch);
    s->device = ptr;
    r->registeredResource = s;
    count_registration(session, 1);
    return NV_ENC_SUCCESS;
}

static Surface *find_registered(Session *session, NV_ENC_REGISTERED_PTR ptr)
{
    for (Surface *s = session->surfaces; s; s = s->next)
        if (s->device && s == ptr)
            return s;
    complain(NV_ENC_ERR_RESOURCE_NOT_REGISTERED, "%p is not registered", ptr);
    return NULL;
}

static NVENCSTATUS NVENCAPI unregister_resource(void *encoder,
                                                NV_ENC_REGISTERED_PTR ptr)
{
    NVENC_API_RELEASE(nvEncUnregisterResource);
    SESSION(encoder);
    Surface *s = find_registered(session, ptr);

    if (!s)
        return NV_ENC_ERR_RESOURCE_NOT_REGISTERED;
    if (s->mapped)
        return complain(NV_ENC_ERR_INVALID_CALL, "unregister: 0x%llx is mapped",
                        s->device);
    count_registration(session, -1);
    remove_surface(session, s);
    return RELEASED(NV_ENC_SUCCESS);
}

static NVENCSTATUS NVENCAPI map_resource(void *encoder,
                                         NV_ENC_MAP_INPUT_RESOURCE *m)
{
    NVENC_API(nvEncMapInputResource);
    SESSION(encoder);
    Surface *s = find_registered(session, m->registeredResource);

    if (m->version != NV_ENC_MAP_INPUT_RESOURCE_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (!s)
        return NV_ENC_ERR_RESOURCE_NOT_REGISTERED;
    if (s->mapped)
        return complain(NV_ENC_ERR_MAP_FAILED, "map: 0x%llx is mapped",
                        s->device);
    s->mapped = 1;
    count_map(session, 1);
    m->mappedResource  = &s->map;
    m->mappedBufferFmt = s->format;
    return NV_ENC_SUCCESS;
}

/* The memory may be written as soon as it is not mapped. */
static NVENCSTATUS NVENCAPI unmap_resource(void *encoder, NV_ENC_INPUT_PTR ptr)
{
    NVENC_API_RELEASE(nvEncUnmapInputResource);
    SESSION(encoder);
    Surface *s = find_input(session, ptr);

    if (!s || !s->device)
        return complain(NV_ENC_ERR_RESOURCE_NOT_MAPPED, "unmap: %p is not "
                        "mapped", ptr);
    if (s->pending && !session->ended)
        complain(NV_ENC_ERR_GENERIC, "unmap: 0x%llx is being encoded",
                 s->device);
    s->mapped = 0;
    count_map(session, -1);
    return RELEASED(NV_ENC_SUCCESS);
}

static NVENCSTATUS NVENCAPI create_input(void *encoder,
                                         NV_ENC_CREATE_INPUT_BUFFER *c)
{
    size_t row = (size_t)c->width << surface_is_deep(c->bufferFmt);
    size_t pitch = (row + 63) / 64 * 64;
    size_t size = surface_size(c->bufferFmt, c->width, c->height, pitch);
    Surface *s;

    NVENC_API(nvEncCreateInputBuffer);
    SESSION(encoder);
    if (c->version != NV_ENC_CREATE_INPUT_BUFFER_VER)
        return NV_ENC_ERR_INVALID_VERSION;
    if (!size)
        return complain(NV_ENC_ERR_UNSUPPORTED_PARAM, "input buffer: format "
                        "0x%x is not supported here", c->bufferFmt);
    s = add_surface(session, c->bufferFmt, c->height, pitch);
    s->host = calloc(1, size + pitch);
    c->inputBuffer = s;
    return NV_ENC_SUCCESS;
}

static Surface *find_buffer(Session *session, NV_ENC_INPUT_PTR ptr)
{
    Surface *s = find_input(session, ptr);

    return s && !s->device ? s : NULL;
}

static NVENCSTATUS NVENCAPI destroy_input(void *encoder, NV_ENC_INPUT_PTR ptr)
{
    NVENC_API_RELEASE(nvEncDestroyInputBuffer);
    SESSION(encoder);
    Surface *s = find_buffer(session, ptr);

    if (!s)
        return complain(NV_ENC_ERR_INVALID_PARAM, "%p is no input buffer", ptr);
    remove_surface(session, s);
    return RELEASED(NV_ENC_SUCCESS);
}

static NVENCSTATUS NVENCAPI lock_input(void *encoder,
                                       NV_ENC_LOCK_INPUT_BUFFER *l)
{
    NVENC_API(nvEncLockInputBuffer);
    SESSION(encoder);
    Surface *s = find_buffer(session, l->inputBuffer);

    if (!s)
        return complain(NV_ENC_ERR_INVALID_PARAM, "lock: %p is no input buffer",
                        l->inputBuffer);
    if (s->locked || s->pending)
        return complain(NV_ENC_ERR_LOCK_BUSY, "lock: an input buffer that is "
                        "%s", s->locked ? "locked" : "being encoded");
    s->locked = 1;
    l->bufferDataPtr = s->host;
    l->pitch = s->pitch;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS NVENCAPI unlock_input(void *encoder, NV_ENC_INPUT_PTR ptr)
{
    NVENC_API_RELEASE(nvEncUnlockInputBuffer);
    SESSION(encoder);
    Surface *s = find_buffer(session, ptr);

    if (!s || !s->locked)
        return complain(NV_ENC_ERR_INVALID_PARAM, "unlock: %p is not locked",
                        ptr);
    s->locked = 0;
    return RELEASED(NV_ENC_SUCCESS);
}

void set_surface_functions(NV_ENCODE_API_FUNCTION_LIST *list)
{
    list->nvEncRegisterResource   = register_resource;
    list->nvEncUnregisterResource = unregister_resource;
    list->nvEncMapInputResource   = map_resource;
    list->nvEncUnmapInputResource = unmap_resource;
    list->nvEncCreateInputBuffer  = create_input;
    list->nvEncDestroyInputBuffer = destroy_input;
    list->nvEncLockInputBuffer    = lock_input;
    list->nvEncUnlockInputBuffer  = unlock_input;
}
