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
 * Runs ffmpeg as a child that never outlives this program, follows its
 * progress and keeps what it says.
 */

#define _GNU_SOURCE /* pipe2 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "job.h"
#include "progress.h"

/* What ffmpeg says is kept up to this size: its first and its last lines. */
#define MAX_MESSAGES 32768

typedef struct Child {
    pid_t pid;
    int out, err;           ///< pipes from it; -1 at their end
    V360JobProgress progress;
    V360JobMark mark;
    AVBPrint line;          ///< of progress, not yet complete
} Child;

/**
 * Become ffmpeg; it dies with its parent, even if that gets SIGKILL: two jobs
 * must never write to one folder.
 */
static void become(const V360Job *job, char *const *argv, pid_t parent,
                   const int out[2], const int err[2])
{
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    /* Ctrl-C and the end of a terminal are for the parent to handle. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    dup2(null, STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    if (job->folder.work && chdir(job->folder.work) < 0) {
        dprintf(STDERR_FILENO, "[fatal] %s\n", strerror(errno));
        _exit(127);
    }
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "[fatal] %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static int spawn(Child *child, const V360Job *job, char *const *argv)
{
    const pid_t self = getpid();
    int out[2], err[2] = { -1, -1 };
    int ret = pipe2(out, O_CLOEXEC) < 0 ? AVERROR(errno) : 0;

    if (ret >= 0 && pipe2(err, O_CLOEXEC) < 0) {
        ret = AVERROR(errno);
        close(out[0]);
        close(out[1]);
    }
    if (ret < 0)
        return ret;
    child->pid = fork();
    if (!child->pid)
        become(job, argv, self, out, err);
    if (child->pid < 0)
        ret = AVERROR(errno);
    close(out[1]);
    close(err[1]);
    child->out = out[0];
    child->err = err[0];
    return ret;
}

static void take_line(Child *child, V360JobRun *run)
{
    long long frame;

    if (sscanf(child->line.str, "frame=%lld", &frame) == 1)
        child->progress.frame = run->frames = frame;
    else if (!strncmp(child->line.str, "progress=", 9) && run->shown)
        v360job_show_progress(&child->progress,
                              !strncmp(child->line.str + 9, "end", 3));
}

/** Take what ffmpeg printed to its standard output. */
static void take_output(Child *child, V360JobRun *run, const char *buf,
                        size_t size)
{
    if (run->output) {
        av_bprint_append_data(run->output, buf, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        if (buf[i] == '\n') {
            take_line(child, run);
            av_bprint_clear(&child->line);
        } else {
            av_bprint_chars(&child->line, buf[i], 1);
        }
    }
}

/** Take what ffmpeg says. Of very much, the lines in the middle are dropped. */
static void take_messages(V360JobRun *run, const char *buf, size_t size)
{
    AVBPrint *text = &run->messages;

    av_bprint_append_data(text, buf, size);
    if (text->len > 2 * MAX_MESSAGES && av_bprint_is_complete(text)) {
        char *half = text->str + MAX_MESSAGES;

        half += strcspn(half, "\n");
        half = FFMIN(half, text->str + text->len - MAX_MESSAGES / 2);
        memmove(half, text->str + text->len - MAX_MESSAGES / 2,
                MAX_MESSAGES / 2 + 1);
        text->len = half - text->str + MAX_MESSAGES / 2;
    }
}

/** Read what is there from a pipe. @return -1 at its end, else its number */
static int drain(Child *child, V360JobRun *run, int fd)
{
    char buf[4096];
    const ssize_t n = read(fd, buf, sizeof(buf));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return fd;
    if (n <= 0) {
        close(fd);
        return -1;
    }
    if (fd == child->out)
        take_output(child, run, buf, n);
    else
        take_messages(run, buf, n);
    return fd;
}

static void follow(Child *child, V360JobRun *run)
{
    int killed = 0;

    while (child->out >= 0 || child->err >= 0) {
        struct pollfd fds[2] = { { child->out, POLLIN, 0 },
                                 { child->err, POLLIN, 0 } };
        const int n = poll(fds, 2, 200);

        /* No image is half-written under its own name, so nothing is lost. */
        if (!killed && (v360job_stopped || (child->mark.fd >= 0 &&
                        v360job_mark_step(&child->mark) < 0))) {
            kill(child->pid, SIGKILL);
            killed = 1;
        }
        if (n <= 0)
            continue;
        if (fds[0].revents)
            child->out = drain(child, run, child->out);
        if (fds[1].revents)
            child->err = drain(child, run, child->err);
    }
}

/** @return the exit status; 256 and the number of the signal that ended it */
static int wait_for(const Child *child)
{
    int status, got;

    while ((got = waitpid(child->pid, &status, 0)) < 0 && errno == EINTR)
        continue;
    if (got < 0)
        return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/** Options that every run has. */
static int add_arguments(V360JobTexts *all, const V360Job *job,
                         const V360JobTexts *args, const V360JobRun *run)
{
    v360job_add_all(all, job->programs.ffmpeg, "-nostdin", "-hide_banner",
                    "-loglevel", "repeat+level+error", NULL);
    if (!run->output)
        v360job_add_all(all, "-nostats", "-stats_period", "0.5", "-progress",
                        "pipe:1", "-y", NULL);
    v360job_append(all, args);
    return all->failed ? AVERROR(ENOMEM) : 0;
}

int v360job_ffmpeg(const V360Job *job, const V360JobTexts *args,
                   V360JobRun *run)
{
    const V360JobOptions *o = &job->options;
    Child child = { .progress = { .total = run->total, .done = run->done,
                                  .views = job->views.names.nb,
                                  .quiet = o->quiet, .json = o->json },
                    .mark.fd = -1 };
    V360JobTexts all = { 0 };
    int ret = add_arguments(&all, job, args, run), status = 0, err;

    av_bprint_init(&run->messages, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_init(&child.line, 0, AV_BPRINT_SIZE_UNLIMITED);
    run->frames = 0;
    if (ret >= 0 && run->marked)
        ret = v360job_mark_open(&child.mark, job->folder.work_fd, "flushed");
    if (ret >= 0 && !v360job_stopped) {
        ret = spawn(&child, job, all.text);
        run->not_started = ret < 0;
    }
    if (ret >= 0 && child.pid > 0) {
        v360job_begin_progress(&child.progress, child.pid);
        follow(&child, run);
        status = wait_for(&child);
        if (run->shown)
            v360job_end_progress(&child.progress);
    }
    err = v360job_mark_close(&child.mark);
    if (ret >= 0)
        ret = err;
    av_bprint_finalize(&child.line, NULL);
    v360job_free_texts(&all);
    return v360job_stopped ? AVERROR_EXIT : ret < 0 ? ret : status;
}

void v360job_free_run(V360JobRun *run)
{
    av_bprint_finalize(&run->messages, NULL);
}

int v360job_ask(const V360Job *job, const V360JobTexts *args,
                AVBPrint *output)
{
    V360JobRun run = { .output = output };
    int ret = v360job_ffmpeg(job, args, &run);

    if (ret < 0)
        ret = v360job_tell_run(job, &run, ret);
    v360job_free_run(&run);
    return ret;
}

int v360job_has(const V360Job *job, const char *kind, const char *name)
{
    V360JobTexts args = { 0 };
    AVBPrint text;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    v360job_add(&args, "-h");
    v360job_addf(&args, "%s=%s", kind, name);
    ret = v360job_ask(job, &args, &text);
    if (ret >= 0) /* that there is none, it says as an error */
        ret = !!strstr(text.str, name);
    v360job_free_texts(&args);
    av_bprint_finalize(&text, NULL);
    return ret;
}

int v360job_run_hidden(const V360Job *job, V360JobTexts *args)
{
    V360JobRun run = { 0 };
    int ret = v360job_ffmpeg(job, args, &run);

    if (ret)
        ret = v360job_tell_run(job, &run, ret);
    v360job_free_run(&run);
    v360job_free_texts(args);
    return ret;
}
