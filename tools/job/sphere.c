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
 * What a video file says of its projection in a way that FFmpeg does not read:
 * it passes over a mesh, and over a part of a panorama in Google's spherical
 * video of version 1, and then there seems to be nothing.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "source.h"

#define UNKNOWN "of an unknown projection"

/* No header has more: what does is made to keep a reader busy. */
#define MAX_BOXES 100000
#define MAX_DEPTH 12
#define MAX_XML (1 << 20)

typedef struct Reader {
    AVIOContext *pb;
    int boxes, depth;       ///< that may still be read
    int64_t track, wanted;  ///< by its id, or of Matroska the n-th video
    V360JobSphere *sphere;  ///< of the track that is read
    int err;
} Reader;

static void reset(V360JobSphere *sphere)
{
    av_freep(&sphere->xml);
    sphere->projection = NULL;
}

static const char *projection_of_box(uint32_t type)
{
    switch (type) {
    case MKTAG('e','q','u','i'): return "equirectangular";
    case MKTAG('c','b','m','p'): return "cubemap";
    case MKTAG('m','s','h','p'): return "mesh";
    default:                     return UNKNOWN;
    }
}

static void read_uuid(Reader *r, int64_t size)
{
    static const uint8_t spherical[] = {
        0xff, 0xcc, 0x82, 0x63, 0xf8, 0x55, 0x4a, 0x93,
        0x88, 0x14, 0x58, 0x7a, 0x02, 0x52, 0x1f, 0xdd,
    };
    uint8_t uuid[sizeof(spherical)];
    int got;

    if (size < sizeof(uuid) || size > MAX_XML || r->sphere->xml ||
        avio_read(r->pb, uuid, sizeof(uuid)) != sizeof(uuid) ||
        memcmp(uuid, spherical, sizeof(uuid)))
        return;
    size -= sizeof(uuid);
    r->sphere->xml = av_malloc(size + 1);
    if (!r->sphere->xml) {
        r->err = AVERROR(ENOMEM);
        return;
    }
    got = avio_read(r->pb, r->sphere->xml, size);
    r->sphere->xml[FFMAX(got, 0)] = 0;
}

/** @return how many bytes of a box come before the boxes in it, or -1 */
static int header_size(uint32_t type, uint32_t parent)
{
    if (parent == MKTAG('s','t','s','d'))
        return 78; /* an entry for a video */
    switch (type) {
    case MKTAG('m','o','o','v'): case MKTAG('t','r','a','k'):
    case MKTAG('m','d','i','a'): case MKTAG('m','i','n','f'):
    case MKTAG('s','t','b','l'): case MKTAG('s','v','3','d'):
    case MKTAG('p','r','o','j'):
        return 0;
    case MKTAG('s','t','s','d'):
        return 8;
    default:
        return -1;
    }
}

static void read_leaf(Reader *r, uint32_t type, uint32_t parent, int64_t size)
{
    if (type == MKTAG('t','k','h','d')) {
        avio_skip(r->pb, avio_r8(r->pb) ? 19 : 11);
        r->track = avio_rb32(r->pb);
    } else if (type == MKTAG('u','u','i','d') &&
               parent == MKTAG('t','r','a','k')) {
        read_uuid(r, size);
    } else if (parent == MKTAG('p','r','o','j') &&
               type != MKTAG('p','r','h','d')) {
        r->sphere->projection = projection_of_box(type);
    }
}

/** Read the boxes between two positions, until the track was found. */
static void read_boxes(Reader *r, int64_t at, int64_t end, uint32_t parent)
{
    while (end - at >= 8 && r->boxes-- > 0 && !r->err) {
        int64_t size, start = at + 8;
        uint32_t type;
        int header;

        if (avio_seek(r->pb, at, SEEK_SET) < 0)
            return;
        size = avio_rb32(r->pb);
        type = avio_rl32(r->pb);
        if (size == 1) {
            size   = avio_rb64(r->pb);
            start += 8;
        } else if (!size) {
            size = end - at;
        }
        if (avio_feof(r->pb) || size < start - at || size > end - at)
            return;
        header = header_size(type, parent);
        if (header < 0) {
            read_leaf(r, type, parent, at + size - start);
        } else if (r->depth > 0) {
            r->depth--;
            read_boxes(r, start + header, at + size, type);
            r->depth++;
        }
        at += size;
        if (type == MKTAG('t','r','a','k') && r->track != r->wanted)
            reset(r->sphere);
        else if (type == MKTAG('t','r','a','k') ||
                 type == MKTAG('m','o','o','v'))
            return;
    }
}

int64_t v360job_ebml_number(AVIOContext *pb, int keep_mark)
{
    int64_t value = avio_r8(pb);
    int n = 1;

    while (n < 8 && !(value >> (8 - n)))
        n++;
    if (!value || n > 8)
        return -1;
    if (!keep_mark)
        value &= 0xff >> n;
    while (--n)
        value = value << 8 | avio_r8(pb);
    return avio_feof(pb) ? -1 : value;
}

static int64_t read_value(Reader *r, int64_t size)
{
    int64_t value = 0;

    while (size-- > 0)
        value = (value & INT32_MAX) << 8 | avio_r8(r->pb);
    return value;
}

enum { SEGMENT = V360JOB_EBML_SEGMENT, TRACKS = 0x1654ae6b, TRACK = 0xae,
       VIDEO = 0xe0, PROJECTION = 0x7670, TYPE = 0x7671 };

/** The same as read_boxes() of the elements of a Matroska file. */
static void read_elements(Reader *r, int64_t at, int64_t end)
{
    static const char *const projections[] = { NULL, "equirectangular",
                                               "cubemap", "mesh" };

    while (at < end && r->boxes-- > 0) {
        int64_t id, size, start;

        if (avio_seek(r->pb, at, SEEK_SET) < 0)
            return;
        id    = v360job_ebml_number(r->pb, 1);
        size  = v360job_ebml_number(r->pb, 0);
        start = avio_tell(r->pb);
        if (id < 0 || size < 0)
            return;
        size = FFMIN(size, end - start); /* a file that is written has no end */
        r->track += id == VIDEO;
        if ((id == SEGMENT || id == TRACKS || id == TRACK || id == VIDEO ||
             id == PROJECTION) && r->depth > 0) {
            r->depth--;
            read_elements(r, start, start + size);
            r->depth++;
        } else if (id == TYPE && size <= 8) {
            const int64_t type = read_value(r, size);

            r->sphere->projection = type > 3 ? UNKNOWN : projections[type];
        }
        at = start + size;
        if (id == TRACK && r->track != r->wanted)
            reset(r->sphere);
        else if (id == TRACK || id == TRACKS)
            return;
    }
}

int v360job_read_sphere(V360JobSphere *sphere, const V360JobStream *s)
{
    Reader r = { .boxes = MAX_BOXES, .depth = MAX_DEPTH, .track = -1,
                 .wanted = -1, .sphere = sphere };
    const int is_mp4 = av_match_name("mp4", s->ctx->iformat->name);

    reset(sphere);
    if (!is_mp4 && !av_match_name("matroska", s->ctx->iformat->name))
        return 0;
    r.err = avio_open(&r.pb, s->ctx->url, AVIO_FLAG_READ);
    if (r.err < 0)
        return r.err;
    if (is_mp4) {
        r.wanted = s->st->id;
        read_boxes(&r, 0, avio_size(r.pb), 0);
    } else {
        for (int i = 0; i <= s->st->index; i++)
            r.wanted += v360job_is_video(s->ctx->streams[i]);
        read_elements(&r, 0, avio_size(r.pb));
    }
    if (r.pb->error < 0)
        r.err = r.pb->error;
    avio_closep(&r.pb);
    if (r.track != r.wanted)
        reset(sphere);
    return r.err;
}
