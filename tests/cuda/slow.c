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
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/**
 * @file
 * Preloaded, it makes the PNG encoder take SLOW_MS longer for each frame, in
 * its thread but on no processor, as an encoder on another device or on a core
 * of its own does. It calls zlib's deflateReset() once after each frame; zlib
 * itself calls it before the first one.
 */

int deflateReset(z_streamp stream)
{
    static int (*reset)(z_streamp);
    const char *ms = getenv("SLOW_MS");

    if (!reset)
        reset = (int (*)(z_streamp))dlsym(RTLD_NEXT, "deflateReset");
    usleep(ms && stream->total_out ? 1000 * atoi(ms) : 0);
    return reset(stream);
}
