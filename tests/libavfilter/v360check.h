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

#ifndef AVFILTER_TESTS_V360CHECK_H
#define AVFILTER_TESTS_V360CHECK_H

#include <stdio.h>

/**
 * @file
 * Counted checks for test programs; only failures are printed, 50 at most.
 */

static int nb_checks, nb_failed;

#define CHECK(cond, ...)                                    \
    do {                                                    \
        nb_checks++;                                        \
        if (!(cond)) {                                      \
            if (nb_failed++ < 50) {                         \
                printf("FAILED line %d: ", __LINE__);       \
                printf(__VA_ARGS__);                        \
                printf("\n");                               \
            }                                               \
        }                                                   \
    } while (0)

/** Print the sum, and return the exit status. */
static inline int check_end(void)
{
    printf("%d checks, %d failed\n", nb_checks, nb_failed);
    return !!nb_failed;
}

#endif /* AVFILTER_TESTS_V360CHECK_H */
