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
 * Runs a fuzz target on files, for compilers without libFuzzer.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Run files, each also cut and mutated, for compilers without libFuzzer. */
int main(int argc, char **argv)
{
    const char *rounds = getenv("V360_FUZZ_ROUNDS");
    static uint8_t data[1 << 20], mutated[1 << 20];
    unsigned state = 1;

    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        size_t size = f ? fread(data, 1, sizeof(data), f) : 0;

        if (!f || fclose(f)) {
            perror(argv[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput(data, size);
        for (int j = rounds ? atoi(rounds) : 1000; size && j > 0; j--) {
            memcpy(mutated, data, size);
            for (int k = j % 8; k >= 0; k--) {
                size_t from, to;

                state = state * 1664525 + 1013904223;
                from  = (state >> 4) % size;
                to    = (state >> 12) % size;
                mutated[to] = k & 1 ? state >> 24 : data[from];
            }
            LLVMFuzzerTestOneInput(mutated, j & 8 ? size : size - j % size);
        }
        printf("%s: ok\n", argv[i]);
    }
    return argc < 2;
}
