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
 * A command line as a whole: a subcommand, options, and what comes beside
 * them: files and folders, the number of a shard.
 */

#include <stdlib.h>
#include <string.h>

#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "options.h"
#include "table.h"
#include "text.h"
#include "values.h"

/** @return the subcommand of that name; V360JOB_SPLIT: it is none */
static enum V360JobCommand find_command(const char *word)
{
    static const char *const commands[] = {
        [V360JOB_PLAN] = "plan", [V360JOB_TASK] = "task",
        [V360JOB_MERGE] = "merge",
    };

    for (int i = V360JOB_PLAN; i < FF_ARRAY_ELEMS(commands); i++)
        if (!strcmp(word, commands[i]))
            return i;
    return V360JOB_SPLIT;
}

/** @return the places that a command line has, for people */
static const char *expected(const V360JobOptions *o)
{
    if (o->command == V360JOB_TASK)
        return "OUTDIR and the number of a shard";
    if (o->command == V360JOB_MERGE || o->status || o->cancel)
        return "OUTDIR alone";
    return o->demo || o->verify ? "OUTDIR alone with --demo or --verify" :
           "INPUT, in quotes if it is a glob, and OUTDIR";
}

/**
 * Get the number of a shard: that of the command line, or of the engine that
 * has started the task.
 */
static int set_shard(V360JobOptions *o, const char *number)
{
    static const char *const names[] = {
        "SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX",
        "JOB_COMPLETION_INDEX",
    };
    const char *name = "SHARD";

    for (int i = 0; !number && i < FF_ARRAY_ELEMS(names); i++)
        number = getenv(name = names[i]);
    if (!number)
        return v360job_error("which shard? Give its number, from 0 on, or set "
                             "one of SLURM_ARRAY_TASK_ID, "
                             "AWS_BATCH_JOB_ARRAY_INDEX and "
                             "JOB_COMPLETION_INDEX");
    return v360job_parse_number(&o->shard, name, number, 0,
                                V360JOB_MAX_SHARDS - 1);
}

static int set_places(V360JobOptions *o, const V360JobLine *line)
{
    const int is_task   = o->command == V360JOB_TASK;
    const int has_input = !o->demo && !o->verify && !o->status && !o->cancel &&
                          !is_task && o->command != V360JOB_MERGE;
    const char *outdir  = line->place[has_input];
    int ret;

    if (line->nb_places < 1 + has_input)
        return has_input ?
               v360job_error("expected INPUT and OUTDIR (or --demo or --verify "
                             "and OUTDIR); see --help") :
               v360job_error("expected %s; see --help", expected(o));
    if (line->nb_places > 1 + has_input + is_task)
        return v360job_error("expected %s, but there is also '%s'; see --help",
                             expected(o),
                             line->place[1 + has_input + is_task]);
    if (!*outdir)
        return v360job_error("OUTDIR is empty");
    if (!*line->place[0])
        return v360job_error("INPUT is empty");
    ret = has_input ? v360job_absolute(&o->input, line->place[0]) : 0;
    if (ret >= 0 && has_input)
        ret = v360job_escape_folder(&o->input, line->place[0]);
    if (ret >= 0 && is_task)
        ret = set_shard(o, line->place[1]);
    return ret < 0 ? ret : v360job_absolute(&o->outdir, outdir);
}

int v360job_parse_options(V360JobOptions *o, int argc, char **argv)
{
    V360JobLine line = { 0 };
    int ret;

    *o = (V360JobOptions){ .from_us = AV_NOPTS_VALUE, .to_us = AV_NOPTS_VALUE,
                           .fps_value = { 0, 1 }, .quality = -1, .stereo = -1,
                           .eye = -1, .supersample = -1, .stream = -1,
                           .shard = -1 };
    if (argc > 1)
        o->command = find_command(argv[1]);
    ret = v360job_read_options(o, &line, argv + !!argc + !!o->command);
    if (!ret)
        ret = set_places(o, &line);
    if (!ret)
        ret = v360job_check_options(o, &line);
    return ret ? ret : v360job_check_together(o);
}
