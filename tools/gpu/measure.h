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

#ifndef TOOLS_GPU_MEASURE_H
#define TOOLS_GPU_MEASURE_H

/** @file Tests and measures v360batch_cuda where there is only a driver. */

#include <stddef.h>

enum Status { GPU_PASSED, GPU_FAILED, GPU_SKIPPED };

typedef struct Row {
    char *name, *unit, *note;
    double value;               ///< not shown if the unit is empty
} Row;

/** What one section has found. */
typedef struct Section {
    const char *name;
    const char *title;
    enum Status status;
    char *note;
    double seconds;
    Row *rows;
    int nb_rows;
} Section;

/** What the machine is, and what the options ask for. */
typedef struct Machine {
    const char *pack;           ///< folder of the pack
    char work[256];             ///< folder that ends with the program
    int small;                  ///< small frames and few of them
    int jobs;                   ///< processes at once
    int nvdec;                  ///< NVDEC decodes the clip
    int software;               ///< the filter makes software frames
    char nvenc[160];            ///< why NVENC cannot be used; empty if it can
    double copy_rate;           ///< bytes a second on the device, both ways
    double deadline;            ///< when the section at work has to be over
} Machine;

/* report.c */

/** Append a row; the note is made from format, and may be empty. */
void gpu_row(Section *s, const char *name, double value, const char *unit,
             const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Set status and note of a section. */
void gpu_end(Section *s, enum Status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Write both reports into a folder, and the one in Markdown to stdout.
 * @return 0, or -1 where a file could not be written
 */
int gpu_report(const char *folder, const Section *sections, int nb_sections,
               double seconds);

/* process.c */

/** Seconds of a clock that only goes forward. */
double gpu_now(void);

/**
 * Start a program of which stdout and stderr go to files.
 * @param library whether it gets the libraries of the pack
 * @return its process id, or -1
 */
int gpu_start(const Machine *m, char *const *words, const char *out,
              const char *err, int library);

/**
 * Run a program to its end, or to a time limit.
 * @param  line   the program and its words, of which spaces part those that
 *                are not in apostrophes
 * @param  text   gets the beginning of stderr and, behind it, of stdout
 * @return its exit status; -1 if it was killed or out of time
 */
int gpu_run(const Machine *m, double limit, char *text, size_t size,
            int library, const char *line, ...)
    __attribute__((format(printf, 6, 7)));

/** The same with ffmpeg, which gets the words that every run of it has. */
int gpu_ffmpeg(const Machine *m, double limit, char *text, size_t size,
               const char *line, ...) __attribute__((format(printf, 5, 6)));

/** End a process and all that it started. */
void gpu_kill(int process);

/** The first line of a text, without the name of the part that printed it. */
char *gpu_first_line(char *text);

/** Whether a text says that there is too little memory. */
int gpu_lacks_memory(const char *text);

/** Read a whole file. @return its text, with a 0 behind it, or NULL */
char *gpu_read(const char *path, size_t *size);

/**
 * Do the work in a process of its own, with a folder that ends with it.
 * @param limit seconds that the process has
 * @return its exit status, or 1 where it had none
 */
int gpu_supervise(Machine *m, int (*work)(void *data), void *data,
                  double limit);

/**
 * Put the files of the pack that are compressed into the work folder.
 * @return 0 or -1
 */
int gpu_unpack(const Machine *m);

/* The sections. A section that cannot be on this machine is skipped. */

/** How many GPUs there are. @param why gets the reason where there are none */
int gpu_device_count(const char **why);

/** The folder of the driver's libcuda, which may have its other libraries. */
const char *gpu_driver_folder(void);

void gpu_describe(Machine *m, Section *s);
void gpu_copies(Machine *m, Section *s);
void gpu_start_up(Machine *m, Section *s);
void gpu_conformance(Machine *m, Section *s);
void gpu_kernels(Machine *m, Section *s);
void gpu_pipeline(Machine *m, Section *s);
void gpu_torch(Machine *m, Section *s);
void gpu_sanitizer(Machine *m, Section *s);
void gpu_counters(Machine *m, Section *s);

#endif /* TOOLS_GPU_MEASURE_H */
