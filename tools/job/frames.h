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
 * What the files share that choose, make and count frames.
 */

#ifndef TOOLS_JOB_FRAMES_H
#define TOOLS_JOB_FRAMES_H

#include <stdint.h>

#include "job.h"
#include "packets.h"

/* range.c */

/**
 * The part of a video from --from to --to. A frame belongs to it by its own
 * time stamp, counted from the start of the file, in every container: the
 * frames are those of a decoder that began at the start of the file.
 */
typedef struct V360JobRange {
    int64_t first, end;     ///< time stamps in the stream's time base: those
                            ///< from first on, before end; AV_NOPTS_VALUE: open
    int64_t seek_us;        ///< where ffmpeg seeks to; AV_NOPTS_VALUE: nowhere
    char *filter;           ///< "" or filters, each with a comma
    char *slots;            ///< the same, behind --fps
    int at_zero;            ///< the filter's time stamps count from the start
                            ///< of the file, as ffmpeg's do
    int is_rest;            ///< it begins with the first frame that a run makes
    int never_seek;         ///< what comes after a seek is not what comes
                            ///< without
} V360JobRange;

/**
 * Some of a job's frames, one after the other, as places in the source: frames
 * that are not decoded elsewhere, too. The first one is the first of a group of
 * --every or --sharpest.
 */
typedef struct V360JobCut {
    int64_t first, end;     ///< of a video: time stamps in the stream's time
                            ///< base, as in V360JobRange
    int64_t slot, end_slot; ///< of those frames, the ones behind --fps from
                            ///< slot on, before end_slot, in units of 1/fps;
                            ///< AV_NOPTS_VALUE: open
    int64_t file, end_file; ///< of a list: indices of pictures
    int64_t frames;         ///< how many there are in the end; 0: not known
} V360JobCut;

/**
 * Set the range, and find a place to seek to from which all of its frames are
 * decoded as from the start.
 */
int v360job_find_range(V360JobRange *range, const V360JobSource *source,
                       const V360JobOptions *o);

/**
 * Make a range narrower, and find a place to seek to among the packets that
 * decoding can begin at.
 *
 * @param range  set by v360job_find_range()
 */
int v360job_narrow_range(V360JobRange *range, const V360JobSource *source,
                         const V360JobOptions *o, const V360JobCut *cut,
                         const V360JobPackets *packets);

void v360job_free_range(V360JobRange *range);

/**
 * @return the time stamp that becomes 0 where a part is taken: that of --from,
 *          or of the start where names are times
 */
int64_t v360job_zero(const V360JobSource *source, const V360JobOptions *o);

/** @return whether a time stamp is in the range, or not known */
int v360job_in_range(const V360JobRange *range, int64_t pts);

/** Seek as ffmpeg does. @return 0 or a negative AVERROR, not told */
int v360job_seek(V360JobStream *s, int64_t us);

/* cut.c */

/** @return of how many frames one is chosen, by --every or --sharpest */
int v360job_group(const V360JobOptions *o);

/**
 * Find where some of the frames are that are chosen of a range: those with the
 * indices FIRST to END - 1; END -1: to the last one.
 *
 * @return whether they can be cut out: job->packets are read and even, and
 *         there is such a frame
 */
int v360job_cut_frames(V360JobCut *cut, const V360Job *job,
                       const V360JobRange *range, int64_t first, int64_t end);

/**
 * @return how many frames are chosen of a range, by its packets; with --fps,
 *          at least, and 1 or more; 0: not known
 */
int64_t v360job_count_chosen(const V360Job *job, const V360JobRange *range);

/* damage.c */

/**
 * Decode the range again and add to LINES what is damaged in it.
 *
 * @param first_only  stop at the first damage
 * @param nb_seen  set to the number of frames in the range that were decoded
 * @return 0, AVERROR_EXIT, or a negative AVERROR, told
 */
int v360job_find_damage(V360JobTexts *lines, const V360JobSource *source,
                        const V360JobRange *range, int first_only,
                        int64_t *nb_seen);

/** Add a line to LINES if a file is shorter than its header says. */
void v360job_find_cut(V360JobTexts *lines, const V360JobSource *source);

/* notes.c */

/** Read what earlier runs know of damage. @return 1 if they have looked */
int v360job_read_damage(V360Job *job);

/** Write what is known of damage, which may be that there is none. */
int v360job_write_damage(V360Job *job);

/** Refuse a source that is damaged, without --keep-going. */
int v360job_refuse_damage(const V360Job *job);

/**
 * Tell of damage at the end of a job: it is an error without --keep-going, and
 * otherwise goes into the manifest.
 */
int v360job_tell_damage(V360Job *job);

/* stamps.c */

/**
 * Read the time stamps of frames that the runs of ffmpeg have written to part.N
 * in the private folder: frames.stamps, from the first frame on without a gap.
 */
int v360job_read_stamps(V360Job *job);

/** Remove the files of runs that began with frame index FIRST or later. */
int v360job_drop_parts(V360Job *job, int64_t first);

/* sharpest.c */

/**
 * Find the sharpest frames, unless an earlier run has: a file sharpest in the
 * private folder, an expression for select, or numbers of pictures.
 */
int v360job_find_sharpest(V360Job *job, const V360JobRange *range);

/**
 * Write which frames were chosen: the file sharpest.
 *
 * @param frame  numbers, from 0 on, in order: of pictures, or of frames that
 *               select sees
 */
int v360job_write_sharpest(const V360Job *job, const int64_t *frame,
                           int64_t nb);

/** @return the next number in the text of such a file, or -1 */
int64_t v360job_next_sharpest(const V360Job *job, const char **text);

/** Take from frames.all the pictures that --every and --sharpest choose. */
int v360job_select_pictures(V360Job *job);

/* pictures of a list: undecodable.c */

/**
 * Leave out pictures that an earlier run could not decode, with --keep-going.
 */
int v360job_drop_undecodable(V360Job *job);

/**
 * Decode the pictures from index FIRST on, and note those that cannot be; drop
 * the images from the first of these on. @return how many, or an AVERROR
 */
int v360job_find_undecodable(V360Job *job, int64_t first);

/* input.c */

/** Have ffmpeg end at the first error of an input. */
void v360job_add_strict(V360JobTexts *args);

/** Add the options for a part of a video, which its filter cuts out. */
void v360job_add_part(V360JobTexts *args, const V360JobRange *range);

/**
 * Give a file whose name ffmpeg would not take for a name another one in the
 * private folder.
 *
 * @param name     to be given, to which the file's extension is added
 * @param special  the characters that ffmpeg takes for something else
 * @return the name for ffmpeg, to be freed, or NULL, told
 */
char *v360job_plain_name(const V360Job *job, const char *file,
                         const char *name, const char *special);

/**
 * Add the options and the name of the source: of a list, the pictures from
 * index SKIP on.
 */
int v360job_add_input(V360Job *job, V360JobTexts *args,
                      const V360JobRange *range, int64_t skip);

/* attempt.c */

/**
 * Make the frames from those on that are there.
 *
 * @return 1 if some pictures of a list cannot be decoded
 */
int v360job_run_all(V360Job *job, V360JobRange *range);

/* frames.c */

/**
 * Set the range, unless its filter is set, and choose the frames that are
 * wanted: the sharpest ones, or the pictures of a list that can be decoded.
 */
int v360job_choose_frames(V360Job *job, V360JobRange *range);

/* run.c */

/** @return the folder of the results, images or videos */
const char *v360job_kind(const V360Job *job);

/**
 * Add ffmpeg's arguments for these frames: input, filtergraph, and files below
 * FOLDER, in which a % is written twice.
 */
int v360job_add_frames(V360Job *job, V360JobTexts *args,
                       const V360JobRange *range, const char *folder,
                       int64_t first, int64_t last);

/**
 * Run ffmpeg for the frames from FIRST on, before LAST (-1: to the end), of
 * those that are chosen.
 *
 * @param strict  end at the first error of the source
 * @return its exit status, or a negative AVERROR, told
 */
int v360job_run_frames(V360Job *job, V360JobRun *run,
                       const V360JobRange *range, int64_t first, int64_t last,
                       int strict);

#endif /* TOOLS_JOB_FRAMES_H */
