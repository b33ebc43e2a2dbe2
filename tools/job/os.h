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
 * What split360 asks of the operating system, beside files: locks, renames,
 * signals, processes.
 */

#ifndef TOOLS_JOB_OS_H
#define TOOLS_JOB_OS_H

#include <signal.h>

/**
 * Lock an open file. The lock ends when no process has the file open any more:
 * a program that was started with it keeps it.
 *
 * @param shared  whether other processes may have a shared lock, too
 * @return 1; 0 if another process has the lock; a negative AVERROR if the file
 *         system has no locks
 */
int v360job_try_lock(int fd, int shared);

/** @return whether an open file still has the name PATH */
int v360job_has_name(int fd, const char *path);

/**
 * Rename a file or folder NAME of the folder FROM to NEW_NAME in TO. A link is
 * renamed itself.
 *
 * @param replace  whether a file that has the new name goes; else that is
 *                 AVERROR(EEXIST), where the system can tell without a race
 *
 * @return 0 or a negative AVERROR
 */
int v360job_rename(int from, const char *name, int to, const char *new_name,
                   int replace);

/** Set by the first signal that ends the job. */
extern volatile sig_atomic_t v360job_stopped;

/** Ignore the signals that end a job, from now on. */
void v360job_ignore_signals(void);

/**
 * Call a function in a child process.
 *
 * @param fn  returns 0 or a negative AVERROR
 * @return the number of the process, or a negative AVERROR
 */
int v360job_begin_child(int (*fn)(const void *arg), const void *arg);

/**
 * Fetch the result of a child process.
 *
 * @param wait  whether to wait for its end
 * @return 1 if it has not ended; the result of its function; 0 if a signal
 *         ended it
 */
int v360job_end_child(int child, int wait);

#endif /* TOOLS_JOB_OS_H */
