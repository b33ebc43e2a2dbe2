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
 * A table of options: the words of a command line by it, what an unknown one
 * may have meant, and --help.
 */

#include <errno.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/bprint.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "table.h"
#include "text.h"

#define WIDTH  79
#define INDENT 18   ///< of the texts; before it are the options
#define LONGEST 32  ///< more bytes than a name of an option has

/**
 * @return the number of letters to add, remove or replace to get from a name
 *          to another one; case does not count
 */
static int distance(const char *from, size_t len, const char *to)
{
    const size_t to_len = strlen(to);
    int row[LONGEST + 1];

    for (size_t j = 0; j <= to_len; j++)
        row[j] = j;
    for (size_t i = 0; i < len; i++) {
        int before = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < to_len; j++) {
            const int other = av_tolower(from[i]) != to[j];
            const int best  = FFMIN(FFMIN(row[j], row[j + 1]) + 1,
                                    before + other);

            before     = row[j + 1];
            row[j + 1] = best;
        }
    }
    return row[to_len];
}

/** @return the option whose name is nearest to a name, or NULL */
static const V360JobOption *nearest_option(const V360JobOption *options,
                                           const char *name, size_t len)
{
    const V360JobOption *nearest = NULL;
    /* Two in three letters are right, or one name is the start of the other. */
    int best = FFMAX(len / 3, 1) + 1;

    for (; options->name; options++) {
        const size_t both = FFMIN(len, strlen(options->name));
        int d = best;

        if (both > 1 && !av_strncasecmp(options->name, name, both))
            d = 0;
        else if (len < LONGEST && strlen(options->name) < LONGEST)
            d = distance(name, len, options->name);
        if (d < best) {
            best    = d;
            nearest = options;
        }
    }
    return nearest;
}

static int unknown(const V360JobOption *options, const char *name, size_t len)
{
    const V360JobOption *near = nearest_option(options, name, len);

    if (near)
        return v360job_error("unknown option --%.*s; did you mean --%s? --help "
                             "lists all", (int)len, name, near->name);
    return v360job_error("unknown option --%.*s; see --help", (int)len, name);
}

int v360job_find_option(const V360JobOption *options, const char *name,
                        size_t len)
{
    for (int i = 0; options[i].name; i++) {
        if (strlen(options[i].name) == len &&
            !strncmp(options[i].name, name, len))
            return i;
    }
    return -1;
}

/** @return whether a word is an option, as it may be written without a value */
static int is_option(const V360JobOption *options, const char *word)
{
    return !strncmp(word, "--", 2) &&
           v360job_find_option(options, word + 2, strlen(word + 2)) >= 0;
}

/**
 * Take an option, and its value, which may be the next word.
 *
 * @return 1 if it is --help, 0, or a negative AVERROR, told
 */
static int take_option(V360JobLine *line, const V360JobOption *options,
                       char ***word)
{
    const char *name = **word + 2, *next = (*word)[1];
    const size_t len = strcspn(name, "=");
    const int i = v360job_find_option(options, name, len);

    if (i < 0)
        return unknown(options, name, len);
    line->given[i] = "1";
    if (!options[i].value)
        return name[len] ? v360job_error("--%s: that option takes no value",
                                         name) : !strcmp(name, "help");
    if (name[len]) {
        line->given[i] = name + len + 1;
        return 0;
    }
    if (!next)
        return v360job_error("--%s needs a value; see --help", name);
    if (is_option(options, next))
        return v360job_error("--%s needs a value, but %s follows", name, next);
    line->given[i] = next;
    ++*word;
    return 0;
}

int v360job_take_words(V360JobLine *line, const V360JobOption *options,
                       char **words)
{
    int has_options = 1, ret = 0;

    for (; *words && !ret; words++) {
        if (has_options && !strcmp(*words, "--"))
            has_options = 0;
        else if (has_options && !strcmp(*words, "-h"))
            ret = 1;
        else if (has_options && !strncmp(*words, "--", 2))
            ret = take_option(line, options, &words);
        else if (line->nb_places < FF_ARRAY_ELEMS(line->place))
            line->place[line->nb_places++] = *words;
    }
    return ret;
}

static const char usage[] =
    "usage: split360 INPUT OUTDIR [OPTION]...\n"
    "       split360 --demo OUTDIR [OPTION]...\n"
    "       split360 --verify OUTDIR\n"
    "       split360 plan INPUT OUTDIR [OPTION]...\n"
    "       split360 task OUTDIR [SHARD]\n"
    "       split360 merge OUTDIR\n"
    "\n"
    "Splits a 360 video or picture, a folder of panoramas or a quoted glob\n"
    "of them into perspective views: OUTDIR/images/VIEW/000001.jpg, with the\n"
    "same names in every view. The same command again goes on with a job that\n"
    "was interrupted.\n";

static const char more[] =
    "\n"
    "--fps 2 and --fps=2 are the same. Exit status: 0 done, 1 an error, 130\n"
    "interrupted. doc/split360.md tells more, also which preset sees what;\n"
    "doc/farm.md tells how many machines share a job.\n";

static const char *const titles[V360JOB_NB_TASKS] = {
    [V360JOB_SOURCE_TASK]  = "The source",
    [V360JOB_VIEWS_TASK]   = "The views",
    [V360JOB_FRAMES_TASK]  = "Which frames",
    [V360JOB_OUTPUT_TASK]  = "What is written",
    [V360JOB_MASKS_TASK]   = "Masks and poses",
    [V360JOB_MACHINE_TASK] = "The machine",
    [V360JOB_FARM_TASK]    = "Many machines",
    [V360JOB_CONTROL_TASK] = "The run",
};

/** Print words in lines of WIDTH, the first of which begins at COLUMN. */
static void print_words(FILE *to, const char *text, int column)
{
    const char *space = "";

    while (*text) {
        const int len = strcspn(text, " ");

        if (*space && column + 1 + len > WIDTH) {
            column = fprintf(to, "\n%*s", INDENT, "") - 1;
            space  = "";
        }
        column += fprintf(to, "%s%.*s", space, len, text);
        space   = " ";
        text   += len + strspn(text + len, " ");
    }
    fputc('\n', to);
}

static void print_option(FILE *to, const V360JobOption *option)
{
    const char *list = strstr(option->help, "%s");
    AVBPrint text;
    int at = fprintf(to, "  --%s %s", option->name,
                     option->value ? option->value : "");

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    av_bprint_append_data(&text, option->help, list ? list - option->help :
                                               strlen(option->help));
    if (list) {
        v360job_list_choices(&text, &option->choices, option->deflt);
        av_bprintf(&text, "%s", list + 2);
    }
    at += fprintf(to, "%*s", FFMAX(INDENT - at, 0), "");
    print_words(to, text.str, at);
    av_bprint_finalize(&text, NULL);
}

int v360job_print_help(FILE *to, const V360JobOption *options)
{
    fputs(usage, to);
    for (int task = 0; task < V360JOB_NB_TASKS; task++) {
        fprintf(to, "\n%s:\n", titles[task]);
        for (const V360JobOption *option = options; option->name; option++) {
            if (option->task == task)
                print_option(to, option);
        }
    }
    fputs(more, to);
    errno = 0;
    if (!fflush(to) && !ferror(to))
        return 0;
    return v360job_error("cannot print the help: %s",
                         av_err2str(AVERROR(errno ? errno : EIO)));
}
