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
 * What a source is: one video, one picture, or many pictures that are alike.
 */

#ifndef TOOLS_JOB_SOURCE_H
#define TOOLS_JOB_SOURCE_H

#include <stdint.h>

#include "libavcodec/codec_id.h"
#include "libavformat/avformat.h"
#include "libavutil/frame.h"
#include "libavutil/pixfmt.h"
#include "libavutil/rational.h"
#include "options.h"
#include "text.h"

/** The place of a picture in a whole panorama of w x h samples. */
typedef struct V360JobArea {
    int w, h, x, y;         ///< all are 0 if the picture is the whole
} V360JobArea;

/** @return whether padding to the whole moves samples by an odd number */
static inline int v360job_is_odd(const V360JobArea *a)
{
    return (a->x | a->y | a->w | a->h) & 1;
}

typedef struct V360JobSource {
    const char *name;       ///< as the manifest has it: INPUT, or demo
    char *id;               ///< as the settings have it: sizes and hashes
    char *file;             ///< that all of this is known of: INPUT, or the
                            ///< first of many pictures
    int is_list;            ///< many pictures
    V360JobTexts files;     ///< these, in their order; for a list only
    V360JobTexts ids;       ///< of these: sizes and hashes
    int64_t part, part_end; ///< set by the caller: indices of those of them
                            ///< that are looked at; part_end 0: all
    V360JobTexts skipped;   ///< "PATH: REASON" of what was left out
    V360JobTexts tags;      ///< TAG:KEY=VALUE and GPano:KEY=VALUE
    int is_still;           ///< a picture, or many

    /* the video that is taken */
    int stream;             ///< its index in the file
    int nb_videos, nb_streams; ///< of the file, covers not counted
    enum AVCodecID codec;
    AVRational time_base, frame_rate; ///< mean rate; 0/1: unknown
    int64_t start_us;       ///< v360job_start()
    int64_t duration_us;    ///< of the video; 0: unknown
    int64_t nb_frames;      ///< that are shown, by the file's index; 0: unknown

    /* a frame of it, as the filter gets it */
    int w, h;               ///< turned as the metadata say
    int rotation;           ///< v360job_rotation(); 0: not turned
    enum AVPixelFormat format;
    enum AVColorRange range;
    enum AVColorSpace matrix;
    enum AVColorTransferCharacteristic transfer;
    enum AVChromaLocation chroma;
    AVRational aspect;      ///< of a sample; 1/1 if unknown
    int film_grain;         ///< the decoder adds film grain

    /* what it shows */
    const char *projection; ///< a name of v360batch
    enum V360JobStereo stereo;
    V360JobArea area;       ///< which is put into its place by pad
    int pano_w, pano_h;     ///< with all of the area
    int eye_w, eye_h;       ///< of one eye
} V360JobSource;

/** A file that is open, its video, and a decoder for that. */
typedef struct V360JobStream {
    AVFormatContext *ctx;
    AVStream *st;
    struct AVCodecContext *codec;
    AVPacket *pkt;
    AVFrame *frame;
    int64_t bad_pts;        ///< pts of the last bad packet or frame; or NOPTS
    int64_t last_dts;       ///< of the last packet that has one; or NOPTS
    int ended;              ///< all packets are in the decoder
} V360JobStream;

/**
 * Find out what INPUT is: a video, a picture, a folder or a glob of pictures.
 * Refuse what would be split wrongly, and say what was chosen.
 *
 * @param source  zero-initialised; to be freed in any case
 * @return 0, or a negative AVERROR, told
 */
int v360job_open_source(V360JobSource *source, const V360JobOptions *o);

void v360job_free_source(V360JobSource *source);

/* list.c */

/**
 * Open a folder or a glob of pictures, those of source->part.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_open_list(V360JobSource *source, const V360JobOptions *o,
                      int is_dir);

/**
 * Get the id of some pictures of a list.
 *
 * @return a text, to be freed, or NULL if memory runs out
 */
char *v360job_list_id(const V360JobSource *source, int64_t first, int64_t end);

/* pictures.c */

/**
 * List the pictures of a folder, in the order people count in, and say what in
 * it is none.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_list_folder(V360JobTexts *files, const char *dir);

/** The same of a glob. */
int v360job_list_glob(V360JobTexts *files, const char *pattern);

/**
 * Take preview.jpg of an earlier run out of a list: OUTDIR may be the folder of
 * the pictures.
 */
void v360job_leave_own_out(V360JobTexts *files, const char *outdir);

/**
 * Look at the header of each picture; leave out, or refuse without KEEP_GOING,
 * what cannot be read or is not like the first that can be.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_scan_pictures(V360JobSource *source, const V360JobOptions *o);

/**
 * Take a picture out of the list, and say so.
 *
 * @return 0, or AVERROR(ENOMEM), told
 */
int v360job_leave_out(V360JobSource *source, int index, const char *reason);

/**
 * The same with KEEP_GOING only, else say why it cannot be used.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_refuse_picture(V360JobSource *source, const V360JobOptions *o,
                           int index, const char *reason);

/**
 * Find out by its header why a file that is open cannot be read.
 *
 * @param err  what v360job_open_stream() has returned
 * @return NULL if it can be, else the reason, static or in BUF
 */
const char *v360job_why_unreadable(const V360JobStream *s, const char *path,
                                   int err, char *buf, size_t size);

/* stream.c: files, by libavformat and libavcodec. Nothing is printed. */

/**
 * Open a file, its video STREAM (-1: the largest one that is not a cover), and
 * a decoder.
 *
 * @param s       written; to be closed in any case: s->st is set if the video
 *                is there, but no decoder of it, AVERROR_DECODER_NOT_FOUND
 *
 * @param strict  errors that the decoder would conceal are errors
 * @return 0 or a negative AVERROR
 */
int v360job_open_stream(V360JobStream *s, const char *path, int stream,
                        int strict);

/**
 * @return the start of a file in microseconds, 0 if it is not known: what
 *          ffmpeg subtracts from time stamps. In formats whose time stamps may
 *          jump, as in MPEG-TS, that is the start of the video alone.
 */
int64_t v360job_start(const V360JobStream *s);

void v360job_close_stream(V360JobStream *s);

/**
 * Decode the next frame into s->frame.
 *
 * @return 0, AVERROR_EOF at the end without an error, or a negative AVERROR of
 *         the demuxer or decoder, after which one may go on
 */
int v360job_next_frame(V360JobStream *s);

/**
 * Decode the first frame that can be, even if it is damaged, into s->frame.
 *
 * @return 0 or a negative AVERROR
 */
int v360job_first_frame(V360JobStream *s);

/**
 * Decode a picture or the first frame of a video as a strict decoder does.
 *
 * @return NULL if it is whole, else what is wrong, static or in BUF
 */
const char *v360job_why_bad(const char *path, char *buf, size_t size);

/* A frame that is not turned, but mirrored: top and bottom change places. */
#define V360JOB_MIRRORED 360

/**
 * @param frame  may be NULL
 * @return degrees that a frame is turned anticlockwise by its own or its
 *         stream's metadata, as ffmpeg turns it: 0, 90, 180, -90, another
 *         angle, or V360JOB_MIRRORED
 */
int v360job_rotation(const AVFrame *frame, const AVStream *st);

/** @return whether a stream is a video of its own, not a cover or a part */
int v360job_is_video(const AVStream *st);

/** @return whether a file is a picture by its format */
int v360job_is_picture(const AVFormatContext *ctx);

/* lens.c */

/**
 * Find out which part of the sphere the source shows, and set projection,
 * stereo, area and sizes. Refuse raw files of two lenses.
 *
 * @param s  with the first frame
 * @return 0, or a negative AVERROR, told
 */
int v360job_find_lens(V360JobSource *source, const V360JobOptions *o,
                      const V360JobStream *s);

/**
 * Get the default size of a view: as many pixels as the source has in the
 * middle of it, at most 1920 wide.
 *
 * @return whether the projection has such a size; if not, the filter's is left
 */
int v360job_default_size(const V360JobSource *source, const V360JobOptions *o,
                         int *w, int *h);

/* raw.c */

/**
 * Refuse files of two lenses as they are before a program of the camera's maker
 * has made a panorama of them.
 *
 * @param s  with the first frame
 * @return 0, or a negative AVERROR, told
 */
int v360job_refuse_raw(const V360JobSource *source, const V360JobOptions *o,
                       const V360JobStream *s);

/* area.c */

/**
 * Read from XMP which part of a panorama the picture is.
 *
 * @param text    where XMP may be; other bytes around it do not matter
 * @param prefix  of the tags' names: GPano or GSpherical
 * @param w, h    size of the picture
 * @param area    set, but unchanged if the picture is a whole panorama
 * @param bad     set to the tags, if they do not fit the picture; else ""
 */
void v360job_parse_area(V360JobArea *area, char bad[64], const char *text,
                        size_t size, const char *prefix, int w, int h);

/** The same of the XMP of a picture. @return 0 or a negative AVERROR */
int v360job_read_area(V360JobArea *area, char bad[64], const char *path,
                      int w, int h);

/** The same of the bounds of a video. If it has none, nothing is written. */
void v360job_read_bounds(V360JobArea *area, char bad[64],
                         const AVCodecParameters *par, int w, int h);

/* header.c: functions that return a negative AVERROR if the file cannot be
 * read */

/** Set why FFmpeg cannot decode a TIFF whose header it can read, or NULL. */
int v360job_bad_tiff(const char **reason, const char *path);

/** @return whether a JPEG or PNG lacks the mark at its end */
int v360job_is_cut_off(const char *path, enum AVCodecID id);

/** @return the orientation in the EXIF of a picture, 1 to 8; 1: upright */
int v360job_orientation(const char *path);

/* sphere.c */

/**
 * What a video file says of its projection in a way that FFmpeg does not
 * read, or not fully.
 */
typedef struct V360JobSphere {
    const char *projection; ///< a word for it, static; NULL: it says nothing
    char *xml;              ///< of Google's spherical video, version 1; or NULL
} V360JobSphere;

/**
 * Look for it in the boxes of an MP4 or the elements of a Matroska file.
 *
 * @param sphere  sphere->xml to be freed in any case
 * @return 0 or a negative AVERROR
 */
int v360job_read_sphere(V360JobSphere *sphere, const V360JobStream *s);

#define V360JOB_EBML_SEGMENT 0x18538067 ///< all of a Matroska file but its head

/**
 * Read a number of EBML, whose first bits say how long it is.
 *
 * @param keep_mark  whether these bits belong to it, as to an element's name
 * @return -1 if there is none
 */
int64_t v360job_ebml_number(AVIOContext *pb, int keep_mark);

/* tags.c */

/**
 * Read what a file says of itself: time, place, and how the panorama lies.
 *
 * @param s  with the first frame
 * @return 0, or a negative AVERROR, told
 */
int v360job_read_tags(V360JobTexts *tags, const V360JobStream *s,
                      const char *path);

/** Append GPano tags in XMP, as GPano:KEY=VALUE. */
void v360job_parse_gpano(V360JobTexts *tags, const char *text, size_t size);

/** @return the value of a tag, or NULL */
const char *v360job_tag(const V360JobTexts *tags, const char *key);

/**
 * Read those parts of a file where XMP is: its first MiB, and the last one if
 * there is no word of a panorama in the first.
 *
 * @param text  set to its bytes, to be freed in any case
 * @return 0 or a negative AVERROR
 */
int v360job_read_ends(char **text, size_t *size, const char *path);

#endif /* TOOLS_JOB_SOURCE_H */
