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
 * What the pack of scripts/gpu-verify runs: tests and measures v360batch_cuda
 * on a machine that has only NVIDIA's driver.
 */

#define _GNU_SOURCE
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

#define TOTAL_SECONDS 230
#define FIRST_SECONDS 100       ///< the parts that are always run
#define NO_GPU        77

static const struct {
    const char *name, *title;
    void (*function)(Machine *m, Section *s);
    double seconds;
} parts[] = {
    { "device",      "The device",               gpu_describe,    20 },
    { "start",       "Start-up",                 gpu_start_up,    60 },
    { "copies",      "Copies",                   gpu_copies,      20 },
    { "conformance", "The bytes of the CPU",     gpu_conformance, 150 },
    { "kernels",     "Kernels by events",        gpu_kernels,     60 },
    { "pipeline",    "Whole jobs",               gpu_pipeline,    90 },
    { "torch",       "torch's grid_sample",      gpu_torch,       40 },
    { "sanitizer",   "compute-sanitizer",        gpu_sanitizer,   30 },
    { "counters",    "ncu",                      gpu_counters,    30 },
};
#define NB_FIRST 3              ///< parts that are always run
#define NB_PARTS ((int)(sizeof(parts) / sizeof(*parts)))

typedef struct Options {
    const char *only;           ///< parts with a comma before and behind each
    const char *to;             ///< folder of the reports
    double seconds;
} Options;

static Machine machine;

static void usage(FILE *f)
{
    fprintf(f,
        "Usage: run [--only PART,...] [--to FOLDER] [--jobs N] [--seconds N]\n"
        "           [--small]\n"
        "\n"
        "Tests and measures v360batch_cuda on the first NVIDIA GPU by PCI\n"
        "order; see doc/gpu.md of v360batch. Writes report.json and\n"
        "report.md, the latter to stdout as well. What is not on the machine\n"
        "is skipped, with the reason.\n"
        "\n"
        "Parts:");
    for (int i = 0; i < NB_PARTS; i++)
        fprintf(f, " %s", parts[i].name);
    fprintf(f, "\n\n"
        "device, start and copies run always.\n"
        "--to FOLDER   where the reports go: without it, into the pack or, if\n"
        "              it cannot be written, into the folder at work\n"
        "--jobs N      conformance tests at once; without it, one for each\n"
        "              processor, at most 16\n"
        "--seconds N   time limit of the other parts, %d without it; those\n"
        "              that come too late are not run, and conformance has\n"
        "              failed then\n"
        "--small       small frames: tests this program, its times mean\n"
        "              nothing\n"
        "\n"
        "Exit status: 0 all well, 1 a test failed, %d there is no GPU.\n",
        TOTAL_SECONDS, NO_GPU);
}

/** The pack is the folder above the program's. */
static void find_pack(const char *program)
{
    static char pack[1024];
    char *path = realpath(program, NULL);

    if (!path)
        exit(2);
    snprintf(pack, sizeof(pack), "%s", dirname(dirname(path)));
    free(path);
    machine.pack = pack;
}

static void parse(int argc, char **argv, Options *o)
{
    static char only[256];

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            usage(stdout);
            exit(0);
        }
        if (!strcmp(argv[i], "--small")) {
            machine.small = 1;
            continue;
        }
        if (value && !strcmp(argv[i], "--only")) {
            snprintf(only, sizeof(only), ",%s,", value);
            o->only = only;
        } else if (value && !strcmp(argv[i], "--to")) {
            o->to = value;
        } else if (value && !strcmp(argv[i], "--jobs") && atoi(value) > 0) {
            machine.jobs = atoi(value);
        } else if (value && !strcmp(argv[i], "--seconds") && atof(value) > 0) {
            o->seconds = atof(value);
        } else {
            usage(stderr);
            exit(2);
        }
        i++;
    }
}

static int prepare(void)
{
    char cache[300];

    /* Kernels are compiled once, even where there is no home folder, and the
     * first process shows what that takes. */
    snprintf(cache, sizeof(cache), "%s/cache", machine.work);
    setenv("CUDA_CACHE_PATH", cache, 1);
    return gpu_unpack(&machine);
}

/** The first parts find out what the others need. */
static int wanted(const Options *o, int i)
{
    char name[64];

    snprintf(name, sizeof(name), ",%s,", parts[i].name);
    return i < NB_FIRST || !o->only || strstr(o->only, name);
}

/** Run the parts. @return how many there are in sections */
static int run_parts(const Options *o, Section *sections, double began)
{
    int n = 0;

    for (int i = 0; i < NB_PARTS; i++) {
        Section *s = &sections[n];
        double start = gpu_now(), end = began + o->seconds;

        if (!wanted(o, i))
            continue;
        s->name  = parts[i].name;
        s->title = parts[i].title;
        n++;
        fprintf(stderr, "%s\n", s->title);
        machine.deadline = start + parts[i].seconds;
        if (i >= NB_FIRST && machine.deadline > end)
            machine.deadline = end;
        if (i >= NB_FIRST && start > end)
            gpu_end(s, parts[i].function == gpu_conformance ? GPU_FAILED :
                    GPU_SKIPPED, "not run for want of time");
        else
            parts[i].function(&machine, s);
        s->seconds = gpu_now() - start;
        /* Where ffmpeg itself does not work, nothing else can. */
        if (s->status == GPU_FAILED && parts[i].function == gpu_start_up)
            break;
    }
    return n;
}

static int work(void *data)
{
    const Options *o = data;
    Section sections[NB_PARTS] = { 0 };
    double began = gpu_now();
    int n, failed = 0;
    const char *why, *to = o->to;

    if (!gpu_device_count(&why)) {
        fprintf(stderr, "run: no NVIDIA GPU here: %s\n", why);
        return NO_GPU;
    }
    if (prepare())
        return 1;
    n = run_parts(o, sections, began);
    for (int i = 0; i < n; i++)
        failed |= sections[i].status == GPU_FAILED;
    if (!to)
        to = access(machine.pack, W_OK) ? "." : machine.pack;
    if (gpu_report(to, sections, n, gpu_now() - began))
        failed = 1;
    return failed;
}

int main(int argc, char **argv)
{
    Options o = { .seconds = TOTAL_SECONDS };

    /* nvidia-smi's order, so that it describes what is tested. */
    setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
    machine.jobs = sysconf(_SC_NPROCESSORS_ONLN);
    machine.jobs = machine.jobs < 1 ? 1 : machine.jobs > 16 ? 16 : machine.jobs;
    find_pack("/proc/self/exe");
    parse(argc, argv, &o);
    return gpu_supervise(&machine, work, &o, o.seconds + FIRST_SECONDS);
}
