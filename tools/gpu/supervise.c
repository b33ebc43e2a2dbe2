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
 * The program's work is done by a process of its own, since a driver that hangs
 * or crashes is one of the things that it may meet: then this one still ends,
 * says so, and leaves nothing behind.
 */

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

static volatile sig_atomic_t stopped_by;
static volatile sig_atomic_t worker;

static void stop(int signal)
{
    stopped_by = signal;
    if (worker > 0)
        kill(worker, SIGKILL);
}

/** Programs that the worker had started end with it, which takes a moment. */
static void wait_for_orphans(void)
{
    double end = gpu_now() + 2;
    int n;

    while (gpu_now() < end && (n = waitpid(-1, NULL, WNOHANG)) >= 0)
        if (!n)
            usleep(5000);
}

/** Remove the work folder, by a program that all machines have. */
static void clean(const Machine *m)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -rf '%s'", m->work);
    if (*m->work && system(command))
        fprintf(stderr, "run: %s is left\n", m->work);
}

static int make_folder(Machine *m)
{
    const char *folder = getenv("TMPDIR");

    snprintf(m->work, sizeof(m->work), "%s/gpumeasure.XXXXXX",
             folder && *folder && strlen(folder) < 200 ? folder : "/tmp");
    if (mkdtemp(m->work))
        return 0;
    perror(m->work);
    *m->work = 0;
    return -1;
}

/** The exit status of the worker, which is killed when its time is over. */
static int wait_for_worker(double end)
{
    int status;

    while (!waitpid(worker, &status, WNOHANG)) {
        if (gpu_now() > end && !stopped_by)
            stop(SIGALRM);
        usleep(5000);
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (stopped_by == SIGALRM)
        fprintf(stderr, "run: the driver does not come back\n");
    else if (stopped_by)
        return 128 + stopped_by;
    else
        fprintf(stderr, "run: the program was ended by signal %d\n",
                WTERMSIG(status));
    return 1;
}

int gpu_supervise(Machine *m, int (*work)(void *data), void *data, double limit)
{
    int ret;

    if (make_folder(m))
        return 1;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    worker = fork();
    if (!worker) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        exit(work(data));
    }
    ret = worker < 0 ? 1 : wait_for_worker(gpu_now() + limit);
    wait_for_orphans();
    clean(m);
    return ret;
}
