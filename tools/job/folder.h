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
 * The folders of a job: OUTDIR, and OUTDIR/.split360, where a job is until all
 * of it is whole. Nothing that is read from either is trusted: names are
 * checked, no link is followed.
 *
 * OUTDIR/.split360 is on the file system of the result, so that the last step
 * is a rename. It stays after an interruption and holds:
 *   lock job.json    who works here, and the settings of the job
 *   images videos masks   what is whole so far; images are renamed when whole
 *   flushed          its time: what was written before is on the disk
 *   part.N           time stamps of the frames from N on, one line each
 *   damage           the frames that are damaged, a line each; may be empty
 *   end              there when the source has come to its end: the number of
 *                    frames
 *   forced           --force began the job
 *   parts manifest.json   there when all is whole: the rest is renaming
 *   old              what lay in OUTDIR in the place of the parts
 * and files that each run writes before it reads them.
 */

#ifndef TOOLS_JOB_FOLDER_H
#define TOOLS_JOB_FOLDER_H

#include <stdint.h>

#include "file.h"
#include "text.h"

struct cJSON;

/** What OUTDIR holds when a run begins; doc/split360.md has the transitions. */
enum V360JobState {
    V360JOB_NEW,        ///< nothing of this job
    V360JOB_CONTINUE,   ///< an unfinished job with the same settings
    V360JOB_PUBLISH,    ///< a job that is whole and has to be renamed
    V360JOB_REPAIR,     ///< a finished job with the same settings
};

typedef struct V360JobFolder {
    const char *outdir; ///< absolute
    char *work;         ///< OUTDIR/.split360; NULL before it is opened
    int outdir_fd, work_fd; ///< of both, once WORK is set
    int lock;           ///< a file descriptor, or -1
    int is_shared;      ///< others may work in WORK too, in places of their own
    int64_t patience;   ///< microseconds to wait for the lock; 0: 5 s; -1: it
                        ///< is not asked for
    int is_unknown;     ///< WORK holds a job of which it is not known yet
                        ///< whether it is this one
    V360JobTexts made;  ///< folders that were made for OUTDIR, innermost first
    enum V360JobState state;
} V360JobFolder;

/* folder.c */

/**
 * Make OUTDIR and OUTDIR/.split360, or check the latter, lock it, and remove
 * what each run writes anew. Waits for a lock.
 *
 * @param folder  zero-initialised but for lock, -1
 * @return 0, or a negative AVERROR, told
 */
int v360job_open_folder(V360JobFolder *folder, const char *outdir);

/**
 * Open the folders of a job that another run has begun, and share its lock: the
 * caller keeps to places of its own. To be left with v360job_leave_folder().
 *
 * @param folder  zero-initialised but for lock, -1
 * @return 0; AVERROR(ENOENT), not told, if there is no unfinished job; or
 *         another negative AVERROR, told
 */
int v360job_enter_folder(V360JobFolder *folder, const char *outdir);

/**
 * Leave the folder: keep what may be worth it, KEEP > 0, or remove what was
 * made. A job that is whole, or of which it is not known whether it is this
 * one, stays in any case. Does nothing after v360job_close_folder().
 */
void v360job_leave_folder(V360JobFolder *folder, int keep);

/**
 * Remove the private folder of a job that is done, in one step: after
 * v360job_publish() or v360job_put_back().
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_close_folder(V360JobFolder *folder);

/* private.c */

/** The name of the private folder in OUTDIR. */
#define V360JOB_PRIVATE ".split360"

/**
 * Make the private folder of OUTDIR, which is open, or check whose it is, and
 * lock it.
 *
 * @return 0; AVERROR(EAGAIN) or AVERROR(ENOENT), not told, if it was removed
 *         meanwhile; or another negative AVERROR, told
 */
int v360job_lock_private(V360JobFolder *folder);

/**
 * Refuse a private folder that holds more than plain files and folders.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_check_private(const V360JobFolder *folder);

/* work.c */

/** @return a path in the private folder, to be freed, or NULL */
char *v360job_work_path(const V360JobFolder *folder, const char *name);

/**
 * Remove a file or a folder with all in it from the private folder, without
 * following links; it may be missing. @return 0, or a negative AVERROR, told
 */
int v360job_clear(const V360JobFolder *folder, const char *name);

/**
 * Make a folder and those above it in the private folder.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_make_folder(const V360JobFolder *folder, const char *name);

/**
 * Remove NAME from the folder DIR, and all below it if it is a folder, without
 * following links; it may be missing. @return 0 or a negative AVERROR
 */
int v360job_remove_at(int dir, const char *name);

/**
 * Write TEXT to a file of the private folder, at once whole and on the disk.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_write(const V360JobFolder *folder, const char *name,
                  const char *text);

/**
 * Read a file of the private folder.
 *
 * @return its text, to be freed; NULL with *err 0 if it is missing, or with a
 *         negative AVERROR, told
 */
char *v360job_read(const V360JobFolder *folder, const char *name, int *err);

/* spare.c: what the result must not replace */

/**
 * Refuse a file or folder in the place of a part that is not empty and of no
 * finished job, unless --force began this job.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_spare_foreign(const V360JobFolder *folder, const char *part);

/**
 * Refuse a source that the result would replace.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_spare_sources(const V360JobFolder *folder, const char *input,
                          const V360JobTexts *files, const char *mask,
                          const char *views_file, const char *gps);

/* state.c */

/**
 * Find out what OUTDIR holds and set folder->state. Refuse what is of another
 * job or foreign, unless FORCE; for a new job, remove what an older one left
 * but views.txt, gps.txt and demo.mp4.
 *
 * @param settings  the settings of this job, a JSON object of texts
 * @return 0, or a negative AVERROR, told
 */
int v360job_find_state(V360JobFolder *folder, const struct cJSON *settings,
                       int force);

/**
 * Begin a job, or go on: store its settings.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_begin(const V360JobFolder *folder, const struct cJSON *settings);

/**
 * @return whether all is whole and has to be renamed; also if one cannot
 *          tell
 */
int v360job_has_manifest(const V360JobFolder *folder);

/* settings.c */

/**
 * Compare the settings of another job with these.
 *
 * @param other  the JSON that was read of it: its member "settings" counts
 * @param text   set to what differs, to be freed; NULL: nothing
 * @return 0, AVERROR_INVALIDDATA if the other has none, or AVERROR(ENOMEM)
 */
int v360job_differences(char **text, const struct cJSON *other,
                        const struct cJSON *settings);

/* publish.c */

/**
 * Read which parts of a job are whole, a bit for each, 1 << index; none if
 * that is not known yet. @return 0, or a negative AVERROR, told
 */
int v360job_read_parts(const V360JobFolder *folder, unsigned *parts);

/**
 * Move all that is whole from the private folder into its place. Signals that
 * end a job are ignored from then on: between two renames there is neither the
 * old result nor the new one.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_publish(V360JobFolder *folder);

/**
 * Move the files that OUTDIR's manifest lists and OUTDIR lacks into their
 * place, and compare all of them with it.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_put_back(V360JobFolder *folder);

/* verify.c */

/**
 * Compare all files with the manifest in OUTDIR, after they were mended.
 *
 * @return 0, or a negative AVERROR, told, if any is bad
 */
int v360job_check_result(const V360JobFolder *folder);

/**
 * Compare all files with OUTDIR/manifest.json, and print what is bad and how
 * many there are.
 *
 * @return 0, or a negative AVERROR, told, if any is bad
 */
int v360job_verify(const char *outdir);

/** A file of the manifest that has to be made again. */
typedef struct V360JobGone {
    char *name;
    int frame;          ///< the number of the frame that it shows; 0: none
} V360JobGone;

/**
 * List files of the manifest that are missing, of another size or cut off.
 *
 * @param gone  to be freed with v360job_free_gone()
 * @return 0, or a negative AVERROR, told
 */
int v360job_find_gone(V360JobGone **gone, int *nb_gone, const char *outdir);

void v360job_free_gone(V360JobGone **gone, int nb_gone);

/* whole.c */

/**
 * Count the frames that are whole in all views, from the first one on.
 *
 * @param ext    of the images
 * @param named  whether images are named by time stamps, not by number
 * @param flushed whether only what is surely on the disk counts, by the file
 *               flushed
 *
 * @return their number, 0 if there are none, or a negative AVERROR, told
 */
int v360job_count_whole(const V360JobFolder *folder, const V360JobTexts *views,
                        const char *ext, int named, int flushed);

/**
 * List the images of a view, of the private folder and, where only masks have
 * gone (V360JOB_REPAIR), of OUTDIR: names in order of bytes.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_list_images(const V360JobFolder *folder, V360JobTexts *names,
                        const char *view, const char *ext);

/** List the images in the folder of a view, in order of their frames. */
int v360job_list_frames(int dir, V360JobTexts *names);

/**
 * Remove the images of all views from the frame with index FIRST on.
 *
 * @return 0, or a negative AVERROR, told
 */
int v360job_drop_images(const V360JobFolder *folder, const V360JobTexts *views,
                        const char *ext, int first);

/**
 * Remove images of all views that have no name of an image yet, for they were
 * not finished. @return 0, or a negative AVERROR, told
 */
int v360job_drop_unfinished(const V360JobFolder *folder,
                            const V360JobTexts *views);

/** @return whether an image has the end of its format; other files have it */
int v360job_is_ended(int fd, const char *name, int64_t size);

#endif /* TOOLS_JOB_FOLDER_H */
