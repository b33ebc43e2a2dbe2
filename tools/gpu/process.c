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

/** @file Programs that are started, with time limits, and their output. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

double gpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

char *gpu_read(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    long length;

    if (!f)
        return NULL;
    if (!fseek(f, 0, SEEK_END) && (length = ftell(f)) >= 0 &&
        (text = malloc(length + 1))) {
        rewind(f);
        length = fread(text, 1, length, f);
        text[length] = 0;
        if (size)
            *size = length;
    }
    fclose(f);
    return text;
}

/**
 * The libraries of the pack come before those that the user names. NVDEC's and
 * NVENC's may lie beside libcuda, in a folder where nothing else finds them.
 */
static void set_library_path(const Machine *m)
{
    const char *old = getenv("LD_LIBRARY_PATH");
    char path[4096];

    snprintf(path, sizeof(path), "%s/lib%s%s:%s", m->work,
             old && *old ? ":" : "", old ? old : "", gpu_driver_folder());
    setenv("LD_LIBRARY_PATH", path, 1);
}

static void to_file(const char *path, int fd)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(126);
}

int gpu_start(const Machine *m, char *const *words, const char *out,
              const char *err, int library)
{
    int process = fork();

    if (process)
        return process;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "r", stdin) || chdir(m->pack))
        _exit(126);
    to_file(out, 1);
    to_file(err, 2);
    if (library)
        set_library_path(m);
    execvp(words[0], words);
    perror(words[0]);
    _exit(127);
}

void gpu_kill(int process)
{
    kill(-process, SIGKILL);
    kill(process, SIGKILL);
}

/** Part a line into words, which lie in the line then. */
static int split(char *line, char **words, int max)
{
    int n = 0;

    while (n < max - 1) {
        char quote = 0, *to;

        line += strspn(line, " ");
        if (!*line)
            break;
        words[n++] = to = line;
        for (; *line && (quote || *line != ' '); line++) {
            if (*line == '\'')
                quote = !quote;
            else
                *to++ = *line;
        }
        if (*line)
            line++;
        *to = 0;
    }
    words[n] = NULL;
    return n;
}

/** The exit status of a process, which is killed when its time is over. */
static int wait_for(int process, double limit)
{
    double end = gpu_now() + limit;
    int status;

    /* Times of runs are measured with this: a millisecond is their error. */
    while (!waitpid(process, &status, WNOHANG)) {
        if (gpu_now() > end) {
            gpu_kill(process);
            waitpid(process, &status, 0);
            return -1;
        }
        usleep(500);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void begin_of(const char *path, char **text, size_t *size)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return;
    n = fread(*text, 1, *size - 1, f);
    (*text)[n] = 0;
    *text += n;
    *size -= n;
    fclose(f);
}

static int run_line(const Machine *m, double limit, char *text, size_t size,
                    int library, char *line)
{
    char out[300], err[300], *words[256];
    double left = m->deadline - gpu_now();
    int process, status;

    snprintf(out, sizeof(out), "%s/run.out", m->work);
    snprintf(err, sizeof(err), "%s/run.err", m->work);
    split(line, words, 256);
    *text = 0;
    process = gpu_start(m, words, out, err, library);
    if (process < 0)
        return -1;
    status = wait_for(process, limit < left ? limit : left);
    begin_of(err, &text, &size);
    begin_of(out, &text, &size);
    if (status < 0)
        snprintf(text, size, "out of time, or killed");
    return status;
}

static char *print_line(const char *line, va_list arguments)
{
    char *text;

    if (vasprintf(&text, line, arguments) < 0)
        abort();
    return text;
}

int gpu_run(const Machine *m, double limit, char *text, size_t size,
            int library, const char *line, ...)
{
    va_list arguments;
    char *full;
    int ret;

    va_start(arguments, line);
    full = print_line(line, arguments);
    va_end(arguments);
    ret = run_line(m, limit, text, size, library, full);
    free(full);
    return ret;
}

int gpu_ffmpeg(const Machine *m, double limit, char *text, size_t size,
               const char *line, ...)
{
    va_list arguments;
    char *words;
    int ret;

    va_start(arguments, line);
    words = print_line(line, arguments);
    va_end(arguments);
    ret = gpu_run(m, limit, text, size, 1,
                  "%s/bin/ffmpeg -nostdin -v error %s", m->work, words);
    free(words);
    return ret;
}

int gpu_lacks_memory(const char *text)
{
    return !!strstr(text, "allocate memory") || !!strstr(text, "OUT_OF_MEMORY");
}

char *gpu_first_line(char *text)
{
    char *end;

    text[strcspn(text, "\n")] = 0;
    end = strstr(text, "] ");
    return *text == '[' && end ? end + 2 : text;
}
