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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ptx.h"

/**
 * @file
 * Translate every kernel of PTX files: ptxcheck OUT.c FILE.ptx...
 * The C of all of them goes to OUT.c, for a compiler to look at.
 */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text;
    long size;

    if (!f || fseek(f, 0, SEEK_END) < 0 || (size = ftell(f)) < 0) {
        perror(path);
        exit(2);
    }
    rewind(f);
    text = calloc(1, size + 1);
    if (fread(text, 1, size, f) != (size_t)size)
        exit(2);
    fclose(f);
    return text;
}

/* Kernels share a file, so a device function two of them call is there twice:
 * its name, which begins with "fv_", gets the kernel's number. */
static void write_numbered(FILE *out, const char *c, int number)
{
    const char *next;

    fprintf(out, "#undef SC_DYN_SHARED\n#define sc_entry sc_entry_%d\n",
            number);
    for (; (next = strstr(c, "fv_")); c = next + 3)
        fprintf(out, "%.*sfv%d_", (int)(next - c), c, number);
    fprintf(out, "%s#undef sc_entry\n", c);
}

static int check_kernel(PtxModule *m, int i, int number, FILE *out)
{
    char name[512], error[512];
    PtxString c = { 0 };
    PtxKernelInfo info;
    int length;
    const char *entry = ptx_entry_name(m, i, &length);

    snprintf(name, sizeof(name), "%.*s", length, entry);
    if (ptx_translate(m, name, &c, &info, error, sizeof(error))) {
        printf("%s: %s\n", name, error);
        return 1;
    }
    write_numbered(out, c.text, number);
    ptx_info_free(&info);
    free(c.text);
    return 0;
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;
    int total = 0, bad = 0;

    if (!out)
        return 2;
    fprintf(out, "#define SC_KERNEL 1\n#include \"kernel_rt.h\"\n");
    for (int i = 2; i < argc; i++) {
        char error[512], *text = read_file(argv[i]);
        PtxModule *m = ptx_parse(text, error, sizeof(error));

        if (!m) {
            printf("%s: %s\n", argv[i], error);
            bad++;
        }
        for (int k = 0; m && k < ptx_nb_entries(m); k++)
            bad += check_kernel(m, k, total++, out);
        ptx_free(m);
        free(text);
    }
    fclose(out);
    printf("%d kernels, %d refused\n", total, bad);
    return bad || !total;
}
