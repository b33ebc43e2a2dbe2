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
 * Locks, renames, signals and processes of Linux and other systems like Unix.
 */

#define _GNU_SOURCE /* flock, renameat2 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "os.h"

int v360job_try_lock(int fd, int shared)
{
    while (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0)
        if (errno != EINTR)
            return errno == EWOULDBLOCK ? 0 : AVERROR(errno);
    return 1;
}

int v360job_has_name(int fd, const char *path)
{
    struct stat own, st;

    return fstat(fd, &own) >= 0 && lstat(path, &st) >= 0 &&
           own.st_dev == st.st_dev && own.st_ino == st.st_ino;
}

int v360job_rename(int from, const char *name, int to, const char *new_name,
                   int replace)
{
#ifdef RENAME_NOREPLACE
    if (!replace) {
        if (renameat2(from, name, to, new_name, RENAME_NOREPLACE) >= 0)
            return 0;
        /* Not all file systems can do that. */
        if (errno != EINVAL && errno != ENOSYS)
            return AVERROR(errno);
    }
#endif
    return renameat(from, name, to, new_name) < 0 ? AVERROR(errno) : 0;
}

volatile sig_atomic_t v360job_stopped;

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static void set_signals(void (*handler)(int))
{
    for (int i = 0; i < FF_ARRAY_ELEMS(signals); i++)
        signal(signals[i], handler);
}

void v360job_ignore_signals(void)
{
    set_signals(SIG_IGN);
}

int v360job_begin_child(int (*fn)(const void *arg), const void *arg)
{
    const pid_t child = fork();

    if (!child) {
        /* They are for the parent to handle, not for two processes. */
        set_signals(SIG_DFL);
        _exit(AVUNERROR(fn(arg)) & 255);
    }
    return child < 0 ? AVERROR(errno) : child;
}

int v360job_end_child(int child, int wait)
{
    int status, got;

    while ((got = waitpid(child, &status, wait ? 0 : WNOHANG)) < 0)
        if (errno != EINTR)
            return AVERROR(errno);
    if (!got)
        return 1;
    return WIFEXITED(status) ? AVERROR(WEXITSTATUS(status)) : 0;
}
