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

#ifndef AVFILTER_V360BATCH_EXECUTE_H
#define AVFILTER_V360BATCH_EXECUTE_H

/**
 * @file
 * Threads for code that knows nothing of filters.
 */

typedef struct V360Execute {
    /**
     * Run job(arg, i, nb_jobs) for all i in [0, nb_jobs), in any order, and
     * return when all are done. Parts of a grid differ in cost, so callers
     * ask for 4 jobs a thread: then threads that had cheap ones take more.
     */
    void (*run)(void *opaque, void (*job)(void *arg, int i, int nb_jobs),
                void *arg, int nb_jobs);
    void *opaque;
    int nb_threads;
} V360Execute;

#endif /* AVFILTER_V360BATCH_EXECUTE_H */
