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

#include <isa-l/igzip_lib.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"

#include "isal_wrapper.h"

enum {
    PIECE = 1 << 16,        /* bytes that are handed over at once, if so many */
    /* Blocks of up to 32768 codes. Twice as many save 0.01 percent of bytes. */
    LEVEL_BUF = FFMAX(ISAL_DEF_LVL1_MEDIUM, ISAL_DEF_LVL2_MEDIUM),
};

struct FFIsalStream {
    struct isal_zstream stream;
    int level;
    FFIsalWrite *write;
    void *opaque;
    int error;              /* the first of this stream */
    uint8_t level_buf[LEVEL_BUF];
    uint8_t piece[PIECE];
};

/* isal_deflate_reset() would leave out the header of zlib: that one has been written,
 * says the stream. */
static void begin(FFIsalStream *s)
{
    struct isal_zstream *stream = &s->stream;

    isal_deflate_init(stream);
    stream->level          = s->level;
    stream->level_buf      = s->level_buf;
    stream->level_buf_size = LEVEL_BUF;
    stream->gzip_flag      = IGZIP_ZLIB;
    stream->next_out       = s->piece;
    stream->avail_out      = PIECE;
    s->error = 0;
}

int ff_isal_init(FFIsalStream **s, int level, FFIsalWrite *write, void *opaque)
{
    *s = av_mallocz(sizeof(**s));
    if (!*s)
        return AVERROR(ENOMEM);
    (*s)->level  = level;
    (*s)->write  = write;
    (*s)->opaque = opaque;
    begin(*s);
    return 0;
}

static void hand_over(FFIsalStream *s)
{
    const int size = PIECE - s->stream.avail_out;

    if (!s->error && size)
        s->error = s->write(s->opaque, s->piece, size);
    s->stream.next_out  = s->piece;
    s->stream.avail_out = PIECE;
}

/* ISA-L has taken all of its input when it leaves room in the output. */
static void deflate_all(FFIsalStream *s, const uint8_t *data, int size, int end)
{
    s->stream.next_in       = (uint8_t *)data;
    s->stream.avail_in      = size;
    s->stream.end_of_stream = end;
    while (!s->error) {
        if (isal_deflate(&s->stream) != COMP_OK)
            s->error = AVERROR_EXTERNAL;
        if (s->stream.avail_out)
            break;
        hand_over(s);
    }
}

void ff_isal_deflate(FFIsalStream *s, const uint8_t *data, int size)
{
    deflate_all(s, data, size, 0);
}

int ff_isal_finish(FFIsalStream *s)
{
    int ret;

    deflate_all(s, NULL, 0, 1);
    hand_over(s);
    ret = s->error;
    begin(s);
    return ret;
}

void ff_isal_free(FFIsalStream **s)
{
    av_freep(s);
}
