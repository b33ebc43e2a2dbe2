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
 * Fuzz target of split360's command line, of its order of names, and of names
 * that are read from files. The lines of the input are words and names.
 * tests/fuzz/README says how to run it.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libavutil/avutil.h"
#include "libavutil/macros.h"
#include "scratch.h"
#include "tools/job/folder.h"
#include "tools/job/options.h"

#define MAX_WORDS 12

static void check_options(const V360JobOptions *o)
{
    fuzz_require(!o->input == (o->demo || o->verify), "INPUT");
    fuzz_require(!o->input || *o->input == '/', "INPUT is not absolute");
    fuzz_require(o->outdir && *o->outdir == '/', "OUTDIR is not absolute");
    fuzz_require(!o->rig == !!o->views_file, "rig");
    fuzz_require(!o->w == !o->h && o->w >= 0 && o->h >= 0, "size");
    fuzz_require(!o->fov == !*o->h_fov, "field of view");
    fuzz_require(o->fps_value.den > 0 && o->fps_value.num >= 0 &&
                 !o->fps == !o->fps_value.num, "fps");
    fuzz_require(o->from_us >= 0 || o->from_us == AV_NOPTS_VALUE, "from");
    fuzz_require(o->to_us == AV_NOPTS_VALUE || o->to_us > o->from_us, "to");
    fuzz_require(o->every >= 0 && o->sharpest >= 0 && o->quality >= 0 &&
                 o->stream >= -1 && !(o->every && o->sharpest), "numbers");
}

/** @return whether a name may be used, by other means than split360's */
static int is_name(const char *name)
{
    const char *part;
    char path[PATH_MAX];

    if (strlen(name) >= sizeof(path) - 2 || strstr(name, "/.") ||
        strstr(name, "//") || strchr(name, '\x7f'))
        return 0;
    snprintf(path, sizeof(path), "%s/", name);
    for (unsigned i = 0; (part = v360job_part(i)); i++)
        if (!strncmp(path, part, strlen(part)) && path[strlen(part)] == '/')
            return 1;
    return 0;
}

/** Check that the folder of a name is in the scratch folder. */
static void check_name(const char *name)
{
    const int dir = open(fuzz_scratch(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char link[64], path[PATH_MAX] = "";
    const char *base;
    int fd;

    fuzz_require(dir >= 0 && is_name(name), "a name that may not be used");
    fd = v360job_parent(dir, name, &base, 1);
    if (fd >= 0) {
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        fuzz_require(readlink(link, path, sizeof(path) - 1) > 0 &&
                     !strncmp(path, fuzz_scratch(), strlen(fuzz_scratch())) &&
                     *base && !strchr(base, '/'), "a folder elsewhere");
        close(fd);
        fuzz_require(v360job_open(dir, name) < 0, "a file from nowhere");
    }
    for (unsigned i = 0; (base = v360job_part(i)); i++)
        fuzz_require(v360job_remove_at(dir, base) >= 0, "a part stays");
    close(dir);
}

/** Check that names have one order only. */
static void check_order(char **words, int nb)
{
    int sign[MAX_WORDS][MAX_WORDS];

    for (int a = 0; a < nb; a++)
        for (int b = 0; b < nb; b++) {
            const int diff = v360job_compare_names(&words[a], &words[b]);

            sign[a][b] = FFDIFFSIGN(diff, 0);
            fuzz_require(!diff == !strcmp(words[a], words[b]), "equal names");
        }
    for (int a = 0; a < nb; a++)
        for (int b = 0; b < nb; b++) {
            fuzz_require(sign[a][b] == -sign[b][a], "order: antisymmetry");
            for (int c = 0; c < nb && sign[a][b] < 0; c++)
                fuzz_require(sign[b][c] >= 0 || sign[a][c] < 0,
                             "order: transitivity");
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *words[MAX_WORDS + 2] = { (char[]){ "split360" } };
    char **names = words + 1, *text = fuzz_copy(data, size, 1), *next = text;
    V360JobOptions options;
    int nb = 0;

    while (next <= text + size && nb < MAX_WORDS) {
        const size_t len = strcspn(next, "\n");

        /* Each gets its own allocation, so that no end is read over. */
        names[nb++] = fuzz_copy((const uint8_t *)next, len, 1);
        next += len + 1;
    }
    if (!v360job_parse_options(&options, nb + 1, words))
        check_options(&options);
    v360job_free_options(&options);
    for (int i = 0; i < nb; i++)
        if (v360job_name_ok(names[i]))
            check_name(names[i]);
    check_order(names, nb);
    for (int i = 0; i < nb; i++)
        free(names[i]);
    free(text);
    return 0;
}
