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

#ifndef SOFTCUDA_TIMELINE_H
#define SOFTCUDA_TIMELINE_H

#include "softcuda.h"

/** @file Operations in virtual time. */

enum Engine { ENGINE_H2D, ENGINE_COMPUTE, ENGINE_D2H, ENGINE_NB, ENGINE_NONE };

struct ScTimelineEntry {
    ScTimelineEntry *next;
    ScTimelineEntry *wait_for;  ///< the host waits: no operation
    enum Engine engine;
    int stream, pinned, is_kernel, is_call;
    uint64_t bytes;
    const char *name;
    ScTimelineEntry **deps;
    int nb_deps;
    double start, end;          ///< microseconds
};

/** What a schedule comes to, in microseconds. */
typedef struct Times {
    double makespan, busy[ENGINE_NB];
    double waited;              ///< by the host
    uint64_t waits;             ///< that took any time
} Times;

/** All that there is, in the order of the calls. */
extern ScTimelineEntry *sc_timeline_entries;
extern char sc_machine_name[64];

/** Give all entries their times. */
const Times *sc_timeline_schedule(void);

#endif /* SOFTCUDA_TIMELINE_H */
