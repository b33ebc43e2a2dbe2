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
 * The commands of the conformance tests, as they were recorded when the pack
 * was made, several at a time. What each shall print was compared with that of
 * v360batch on the CPU then.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define MAX_WORDS 2048
#define CASE_SECONDS 60

typedef struct Case {
    char name[128];
    int process;
    double started;
} Case;

typedef struct Probe {
    char *sample;
    int works;
} Probe;

typedef struct Run {
    Machine *m;
    Section *section;
    Probe probes[32];
    int nb_probes;
    int passed, failed, skipped, running;
} Run;

static int is_case(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && !strcmp(entry->d_name + length - 5, ".args");
}

/** The words of a case, one a line. words[0] is ffmpeg. */
static char *read_words(const Machine *m, const char *name, char **words)
{
    static char program[300];
    char path[1024], *text, *at;
    int n = 1;

    snprintf(path, sizeof(path), "%s/cases/%s.args", m->pack, name);
    text = gpu_read(path, NULL);
    if (!text)
        return NULL;
    snprintf(program, sizeof(program), "%s/bin/ffmpeg", m->work);
    words[0] = program;
    for (at = text; *at && n < MAX_WORDS - 1; at++) {
        words[n++] = at;
        at += strcspn(at, "\n");
        if (!*at)
            break;
        *at = 0;
    }
    words[n] = NULL;
    return text;
}

/** The source that a case has NVDEC decode, and its format if it is named. */
static const char *nvdec_sample(char **words, const char **format)
{
    int hwaccel = 0;

    *format = NULL;
    for (; *words && words[1]; words++) {
        hwaccel |= !strcmp(*words, "-hwaccel");
        if (hwaccel && !strcmp(*words, "-f"))
            *format = words[1];
        if (hwaccel && !strcmp(*words, "-i"))
            return words[1];
    }
    return NULL;
}

/** Whether NVDEC decodes a sample, which some GPUs' does not. */
static int nvdec_works(Run *r, const char *sample, const char *format)
{
    char text[2048];
    Probe *p;

    for (int i = 0; i < r->nb_probes; i++)
        if (!strcmp(r->probes[i].sample, sample))
            return r->probes[i].works;
    if (r->nb_probes == 32)
        return 1;
    p = &r->probes[r->nb_probes++];
    p->sample = strdup(sample);
    p->works = 0;
    for (int i = 0; i < 2 && !p->works; i++)
        p->works = !gpu_ffmpeg(r->m, 20, text, sizeof(text), "-hwaccel cuda "
            "-hwaccel_output_format cuda %s %s -i %s -vf hwdownload,format=%s "
            "-frames:v 1 -f null -", format ? "-f" : "", format ? format : "",
            sample, i ? "p010" : "nv12");
    if (!p->works)
        gpu_row(r->section, sample, 0, "", "skipped, NVDEC does not decode it: "
                "%s", gpu_first_line(text));
    return p->works;
}

static void start(Run *r, Case *c)
{
    char *words[MAX_WORDS], out[600], err[600];
    const char *sample, *format;
    char *text = read_words(r->m, c->name, words);

    c->process = 0;
    sample = text ? nvdec_sample(words, &format) : NULL;
    if (sample && !nvdec_works(r, sample, format)) {
        r->skipped++;
    } else if (text) {
        snprintf(out, sizeof(out), "%s/%s.out", r->m->work, c->name);
        snprintf(err, sizeof(err), "%s/%s.err", r->m->work, c->name);
        c->started = gpu_now();
        c->process = gpu_start(r->m, words, out, err, 1);
        r->running += c->process > 0;
    }
    if (!text || c->process < 0) {
        r->failed++;
        c->process = 0;
        gpu_row(r->section, c->name, 0, "", "does not start");
    }
    free(text);
}

static int lines(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/** How many lines of a text are not those of another one. */
static int different(const char *seen, const char *wanted)
{
    int n = 0;

    while (*wanted) {
        size_t a = strcspn(seen, "\n"), b = strcspn(wanted, "\n");

        n += a != b || memcmp(seen, wanted, a);
        seen   += a + !!seen[a];
        wanted += b + !!wanted[b];
    }
    return n;
}

static void end_case(Run *r, Case *c, int status)
{
    char path[1024], *seen, *wanted, *said;
    size_t a = 0, b = 0;

    snprintf(path, sizeof(path), "%s/%s.out", r->m->work, c->name);
    seen = gpu_read(path, &a);
    unlink(path);
    snprintf(path, sizeof(path), "%s/cases/%s.out", r->m->pack, c->name);
    wanted = gpu_read(path, &b);
    snprintf(path, sizeof(path), "%s/%s.err", r->m->work, c->name);
    said = gpu_read(path, NULL);
    unlink(path);
    if (!status && seen && wanted && b && a == b && !memcmp(seen, wanted, a)) {
        r->passed++;
    } else {
        r->failed++;
        gpu_row(r->section, c->name, 0, "",
                "failed, status %d, %d of %d lines differ; %s",
                WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                seen && wanted ? different(seen, wanted) : 0,
                wanted ? lines(wanted) : 0, said ? gpu_first_line(said) : "");
    }
    free(seen);
    free(wanted);
    free(said);
    r->running--;
    c->process = 0;
}

/** Wait for one of the cases that run. */
static void wait_for_one(Run *r, Case *cases, int nb_cases)
{
    int status, process;

    while (!(process = waitpid(-1, &status, WNOHANG))) {
        double now = gpu_now();

        for (int i = 0; i < nb_cases; i++)
            if (cases[i].process && (now > r->m->deadline ||
                                     now > cases[i].started + CASE_SECONDS))
                gpu_kill(cases[i].process);
        usleep(2000);
    }
    for (int i = 0; i < nb_cases && process > 0; i++)
        if (cases[i].process == process)
            end_case(r, &cases[i], status);
}

void gpu_conformance(Machine *m, Section *s)
{
    Run r = { .m = m, .section = s };
    struct dirent **entries;
    char path[1024];
    Case *cases;
    int n, started = 0;

    snprintf(path, sizeof(path), "%s/cases", m->pack);
    n = scandir(path, &entries, is_case, alphasort);
    cases = n > 0 ? calloc(n, sizeof(*cases)) : NULL;
    if (!cases) {
        gpu_end(s, GPU_FAILED, "there are no cases in %s", path);
        return;
    }
    for (; started < n && gpu_now() < m->deadline; started++) {
        Case *c = &cases[started];

        snprintf(c->name, sizeof(c->name), "%.*s",
                 (int)strlen(entries[started]->d_name) - 5,
                 entries[started]->d_name);
        start(&r, c);
        while (r.running >= m->jobs)
            wait_for_one(&r, cases, started + 1);
    }
    while (r.running)
        wait_for_one(&r, cases, started);
    gpu_end(s, r.failed || started < n ? GPU_FAILED : GPU_PASSED,
            "%d commands have the bytes of v360batch on the CPU, %d have not, "
            "%d were skipped, %d were not run for want of time; %d at once",
            r.passed, r.failed, r.skipped, n - started, m->jobs);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    free(cases);
}
