/*
 * Deflate by ISA-L
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

#ifndef AVCODEC_ISAL_WRAPPER_H
#define AVCODEC_ISAL_WRAPPER_H

#include <stdint.h>

/**
 * Take compressed data. It must be copied: the next piece comes in the same
 * buffer.
 * @return 0 or a negative error code, with which ff_isal_finish() returns then
 */
typedef int FFIsalWrite(void *opaque, const uint8_t *data, int size);

typedef struct FFIsalStream FFIsalStream;

/**
 * Make a compressor of zlib streams, one after the other.
 * @param level 1 or 2. ISA-L has two more: 0, with the same codes for all data, and
 *              3, whose bytes differ among processors of today
 * @return 0 or AVERROR(ENOMEM); *s is NULL then
 */
int ff_isal_init(FFIsalStream **s, int level, FFIsalWrite *write, void *opaque);

/** Compress more of a stream. After an error the rest of it is skipped. */
void ff_isal_deflate(FFIsalStream *s, const uint8_t *data, int size);

/**
 * End a stream. The next call of ff_isal_deflate() begins another.
 * @return 0 or a negative error code, if there was an error in the stream
 */
int ff_isal_finish(FFIsalStream *s);

/** Free a compressor, if there is one. */
void ff_isal_free(FFIsalStream **s);

#endif /* AVCODEC_ISAL_WRAPPER_H */
