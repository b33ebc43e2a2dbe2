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
 * What the fuzz targets of split360 share.
 */

#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** End the program with a message unless CONDITION is true. */
void fuzz_require(int condition, const char *what);

/**
 * @return the path of a folder in memory, which is made by the first call and
 *         removed when the program ends
 */
const char *fuzz_scratch(void);

/** Write a file with this content in the folder DIR. */
void fuzz_put(int dir, const char *name, const void *data, size_t size);

/** @return a copy that ends with its allocation: a zero byte behind SIZE bytes
 *          if TERMINATED, and nothing else */
char *fuzz_copy(const uint8_t *data, size_t size, int terminated);

#endif /* TESTS_FUZZ_SCRATCH_H */
