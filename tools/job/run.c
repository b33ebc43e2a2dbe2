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
 * v360job run: runs ffmpeg as a child that never outlives its parent, and shows
 * its progress. The stage that limits the speed is found by the CPU time that
 * the kernel counts for each thread, and by ffmpeg's names of its threads.
 */

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "libavutil/time.h"
#include "job.h"

enum Stage { DECODE, REMAP, ENCODE, WRITE, NB_STAGES };

static const char *const stage_names[] = {
    "decode", "remap", "encode", "write",
};

typedef struct Run {
    int64_t total, done;    ///< frames of the job, and those of earlier runs
    int views, quiet, json, live;
    const char *log;        ///< where ffmpeg's messages go
    const char *mark_file;
    V360JobMark mark;       ///< which of its files are on the disk
    int64_t begin, shown;   ///< in microseconds
    int64_t frame;          ///< frames of this run so far
    double cpu[NB_STAGES];  ///< seconds on a core, by stage
    double wanted;          ///< seconds of all threads, on a core or waiting
    double shown_cpu[NB_STAGES], shown_wanted; ///< the same when last shown
    pid_t pid;
} Run;

static volatile sig_atomic_t stopped;
static volatile sig_atomic_t child;

static void stop(int sig)
{
    stopped = sig;
    /* No image is half-written under its own name, so nothing is lost. */
    if (child > 0)
        kill(child, SIGKILL);
}

/**
 * Stage of a thread by its name: fftools has dmx, dec, fc, enc and mux, and
 * libavcodec has av:…:df. The workers of filters and encoders inherit the
 * name of the thread that made them.
 */
static enum Stage stage_of(const char *name)
{
    if (!strncmp(name, "enc", 3))
        return ENCODE;
    if (!strncmp(name, "dec", 3) || !strncmp(name, "av:", 3) ||
        !strncmp(name, "dmx", 3))
        return DECODE;
    return !strncmp(name, "mux", 3) ? WRITE : REMAP;
}

static int read_line(const Run *run, const char *tid, const char *name,
                     char *line, int size)
{
    char path[80];
    FILE *file;
    int ok;

    snprintf(path, sizeof(path), "/proc/%d/task/%.20s/%s", (int)run->pid, tid,
             name);
    file = fopen(path, "r");
    if (!file)
        return 0;
    ok = !!fgets(line, size, file);
    fclose(file);
    return ok;
}

static void add_thread(Run *run, const char *tid)
{
    char name[64], times[128];
    unsigned long long ran, waited;

    if (!read_line(run, tid, "comm", name, sizeof(name)) ||
        !read_line(run, tid, "schedstat", times, sizeof(times)) ||
        sscanf(times, "%llu %llu", &ran, &waited) != 2)
        return;
    run->cpu[stage_of(name)] += ran / 1e9;
    run->wanted += (ran + waited) / 1e9;
}

static void measure(Run *run)
{
    double before[NB_STAGES], wanted = run->wanted;
    char path[64];
    const struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)run->pid);
    dir = opendir(path);
    if (!dir)
        return;
    memcpy(before, run->cpu, sizeof(before));
    memset(run->cpu, 0, sizeof(run->cpu));
    run->wanted = 0;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            add_thread(run, entry->d_name);
    closedir(dir);
    /* The time of threads that have ended is missing now. */
    for (int i = 0; i < NB_STAGES; i++)
        run->cpu[i] = FFMAX(run->cpu[i], before[i]);
    run->wanted = FFMAX(run->wanted, wanted);
}

/**
 * Name of the stage that took most of the CPU time since the last line, or of
 * the disk: where less than half a core is asked for, all stages wait for it.
 */
static const char *limit(const Run *run, double seconds,
                         double share[NB_STAGES])
{
    double sum = 0;
    int top = 0;

    for (int i = 0; i < NB_STAGES; i++) {
        share[i] = FFMAX(run->cpu[i] - run->shown_cpu[i], 0);
        sum += share[i];
        if (share[i] > share[top])
            top = i;
    }
    for (int i = 0; i < NB_STAGES; i++)
        share[i] = sum > 0 ? 100 * share[i] / sum : 0;
    return run->wanted - run->shown_wanted < 0.5 * seconds ?
           "disk" : stage_names[top];
}

static void print_line(const Run *run, double rate, int64_t eta,
                       const char *lim, const double share[NB_STAGES])
{
    fprintf(stderr, run->live ? "\r" : "split360: ");
    fprintf(stderr, "frame %lld", (long long)(run->done + run->frame));
    if (run->total)
        fprintf(stderr, "/%lld", (long long)run->total);
    fprintf(stderr, ", %.1f fps, %.1f images/s, ETA ", rate, rate * run->views);
    if (eta < 0)
        fprintf(stderr, "unknown");
    else
        fprintf(stderr, "%d:%02d:%02d", (int)(eta / 3600),
                (int)(eta / 60 % 60), (int)(eta % 60));
    if (lim)
        fprintf(stderr, ", limit %s (decode %.0f %%, remap %.0f %%, "
                "encode %.0f %% of the CPU time)", lim, share[DECODE],
                share[REMAP], share[ENCODE]);
    fprintf(stderr, run->live ? "  " : "\n");
}

static void print_json(const Run *run, double rate, int64_t eta,
                       const char *lim, const double share[NB_STAGES], int last)
{
    printf("{\"frame\":%lld,\"total\":%lld,\"fps\":%.2f,\"images_per_s\":%.2f,"
           "\"eta_s\":%lld", (long long)(run->done + run->frame),
           (long long)run->total, rate, rate * run->views, (long long)eta);
    if (lim)
        printf(",\"limit\":\"%s\",\"cpu_percent\":{\"decode\":%.1f,"
               "\"remap\":%.1f,\"encode\":%.1f,\"write\":%.1f}",
               lim, share[DECODE], share[REMAP], share[ENCODE], share[WRITE]);
    printf(",\"end\":%s}\n", last ? "true" : "false");
    fflush(stdout);
}

/** A terminal gets a line that is live, a log gets a line every ten seconds. */
static void show(Run *run, int last)
{
    const int64_t now = av_gettime_relative();
    const double seconds = (now - run->begin + 1) / 1e6;
    const double rate = run->frame / seconds;
    const int64_t left = run->total - run->done - run->frame;
    int64_t eta = -1;
    double share[NB_STAGES];
    const char *lim;

    if (run->quiet && !run->json)
        return;
    measure(run);
    if (!last && !run->live && !run->json && now - run->shown < 10000000)
        return;
    if (run->total && (left <= 0 || rate > 0))
        eta = left > 0 ? left / rate + 0.5 : 0;
    if (last) { /* the last line has the shares of the whole run */
        run->shown_wanted = 0;
        memset(run->shown_cpu, 0, sizeof(run->shown_cpu));
    }
    lim = limit(run, last ? seconds : (now - run->shown) / 1e6, share);
    if (run->wanted < 0.5) /* too early: most of that was the start */
        lim = NULL;
    if (run->json)
        print_json(run, rate, eta, lim, share, last);
    if (!run->quiet)
        print_line(run, rate, eta, lim, share);
    run->shown = now;
    run->shown_wanted = run->wanted;
    memcpy(run->shown_cpu, run->cpu, sizeof(run->cpu));
}

/** Write an error that is not ffmpeg's own to the log of its messages. */
static int tell(const Run *run, int err)
{
    FILE *log = run->log ? fopen(run->log, "a") : stderr;

    if (log)
        fprintf(log, "[fatal] cannot write to the disk: %s\n", av_err2str(err));
    if (log && log != stderr)
        fclose(log);
    /* ffmpeg ends with the same status, the low byte of its error code. */
    return err == AVERROR(ENOSPC) ? 256 - ENOSPC : 1;
}

static void follow(Run *run, FILE *from)
{
    char line[256];

    while (fgets(line, sizeof(line), from)) {
        long long frame;

        if (sscanf(line, "frame=%lld", &frame) == 1)
            run->frame = frame;
        else if (!strncmp(line, "progress=", 9))
            show(run, !strncmp(line + 9, "end", 3));
        if (run->mark.fd >= 0 && v360job_mark_step(&run->mark) < 0)
            kill(run->pid, SIGKILL);
    }
    if (run->live && !run->quiet)
        fputc('\n', stderr);
}

/**
 * Die with the parent, even if that gets SIGKILL: two jobs must never write to
 * one folder.
 */
static void end_with_parent(pid_t parent, int sig)
{
    prctl(PR_SET_PDEATHSIG, sig);
    if (parent && getppid() != parent)
        raise(sig);
}

static FILE *spawn(Run *run, char **command)
{
    const pid_t self = getpid();
    int fd[2];

    if (pipe(fd) < 0)
        return NULL;
    run->pid = fork();
    if (!run->pid) {
        end_with_parent(self, SIGKILL);
        signal(SIGINT, SIG_IGN); /* Ctrl-C is for the parent to handle */
        dup2(fd[1], STDOUT_FILENO);
        close(fd[0]);
        close(fd[1]);
        if (run->log && !freopen(run->log, "w", stderr))
            _exit(126);
        execvp(command[0], command);
        fprintf(stderr, "[fatal] %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    close(fd[1]);
    child = run->pid;
    return run->pid < 0 ? NULL : fdopen(fd[0], "r");
}

static int parse(Run *run, int argc, char **argv)
{
    int i;

    for (i = 0; i < argc && strcmp(argv[i], "--"); i++) {
        if (!strcmp(argv[i], "--quiet"))
            run->quiet = 1;
        else if (!strcmp(argv[i], "--json"))
            run->json = 1;
        else if (i + 1 >= argc)
            return -1;
        else if (!strcmp(argv[i], "--total"))
            run->total = strtoll(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--done"))
            run->done = strtoll(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--views"))
            run->views = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--log"))
            run->log = argv[++i];
        else if (!strcmp(argv[i], "--mark"))
            run->mark_file = argv[++i];
        else if (!strcmp(argv[i], "--parent"))
            end_with_parent(atoi(argv[++i]), SIGTERM);
        else
            return -1;
    }
    return i + 1 < argc ? i + 1 : -1;
}

static int run_child(Run *run, char **command)
{
    FILE *from;
    int status;

    run->begin = run->shown = av_gettime_relative();
    from = spawn(run, command);
    if (!from)
        return 126;
    if (stopped) /* before there was a child to kill */
        kill(run->pid, SIGKILL);
    follow(run, from);
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    fclose(from);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int v360job_run(int argc, char **argv)
{
    Run run = { .views = 1, .live = isatty(STDERR_FILENO), .mark.fd = -1 };
    const struct sigaction action = { .sa_handler = stop,
                                      .sa_flags = SA_RESTART };
    int first, status, ret;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    first = parse(&run, argc, argv);
    if (first < 0)
        return 2;
    ret = run.mark_file ? v360job_mark_open(&run.mark, run.mark_file) : 0;
    if (ret < 0)
        return tell(&run, ret);
    status = run_child(&run, argv + first);
    ret = v360job_mark_close(&run.mark);
    if (ret < 0)
        return tell(&run, ret);
    return stopped ? 128 + stopped : status;
}
