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
 * Fuzz target of what split360 does with the manifest of a finished job; the
 * input is manifest.json. tests/fuzz/README says how to run it.
 */

#define _GNU_SOURCE /* O_DIRECTORY */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "scratch.h"
#include "tools/job/folder.h"

#define PNG_END "IEND\xae\x42\x60\x82"

/** Make a result: some files, some things that no job makes. */
static int make_result(void)
{
    const int dir = open(fuzz_scratch(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    fuzz_require(dir >= 0 && !mkdirat(dir, "images", 0777) &&
                 !mkdirat(dir, "images/a", 0777) &&
                 !mkdirat(dir, "images/b", 0777) &&
                 !symlinkat("/", dir, "images/l") &&
                 !symlinkat("a", dir, "images/m") &&
                 !symlinkat("/etc/passwd", dir, "cameras.txt") &&
                 !mkfifoat(dir, "rig_config.json", 0666), "a result");
    fuzz_put(dir, "images/a/000001.jpg", "a\xff\xd9", 3);
    fuzz_put(dir, "images/a/000002.jpg", "cut off", 7);
    fuzz_put(dir, "images/b/000001.png", "a" PNG_END, 9);
    fuzz_put(dir, "preview.jpg", "a\xff\xd9", 3);
    return dir;
}

static void check_gone(const V360JobGone *gone)
{
    fuzz_require(v360job_name_ok(gone->name), "name of what has gone");
    fuzz_require(gone->frame >= 0, "frame of what has gone");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int dir = -1;
    const V360JobFolder folder = { .outdir = fuzz_scratch() };
    V360JobGone *gone;
    cJSON *json;
    int nb, ret, bad;

    if (dir < 0)
        dir = make_result();
    fuzz_put(dir, "manifest.json", data, size);
    bad = v360job_verify(folder.outdir) < 0;
    fuzz_require(bad == (v360job_check_result(&folder) < 0), "two verdicts");
    ret = v360job_find_gone(&gone, &nb, folder.outdir);
    for (int i = 0; i < nb; i++)
        check_gone(&gone[i]);
    fuzz_require(bad || (!nb && ret >= 0), "gone, although nothing is bad");
    v360job_free_gone(&gone, nb);
    json = v360job_json_at(dir, "manifest.json", &ret);
    fuzz_require(!json == (ret < 0), "error of JSON");
    fuzz_require(!(v360job_parts_in(json) >> 8), "parts");
    cJSON_Delete(json);
    return 0;
}
