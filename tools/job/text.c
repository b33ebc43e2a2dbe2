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
 * Text of others, made fit for JSON.
 */

#include <stdint.h>

#include "libavutil/common.h"
#include "job.h"

void v360job_make_utf8(char *text)
{
    const uint8_t *next = (const uint8_t *)text;

    while (*next) {
        char *at = (char *)next;
        uint32_t code;

        GET_UTF8(code, *next++, goto bad;)
        if (code < 0xd800 || (code > 0xdfff && code <= 0x10ffff))
            continue;
bad:
        *at  = '?';
        next = (const uint8_t *)at + 1;
    }
}
