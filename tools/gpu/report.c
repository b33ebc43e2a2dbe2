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

/** @file What was found, as JSON and as Markdown. */

#define _GNU_SOURCE
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

static const char *const status_name[] = { "passed", "failed", "skipped" };

static char *format_text(const char *format, va_list arguments)
{
    char text[1024];

    vsnprintf(text, sizeof(text), format, arguments);
    return strdup(text);
}

void gpu_row(Section *s, const char *name, double value, const char *unit,
             const char *format, ...)
{
    va_list arguments;
    Row *row;

    s->rows = realloc(s->rows, (s->nb_rows + 1) * sizeof(*s->rows));
    if (!s->rows)
        abort();
    row = &s->rows[s->nb_rows++];
    row->name  = strdup(name);
    row->unit  = strdup(unit);
    row->value = value;
    va_start(arguments, format);
    row->note = format_text(format, arguments);
    va_end(arguments);
    fprintf(stderr, "  %s: ", name);
    if (*unit)
        fprintf(stderr, "%.5g %s ", value, unit);
    fprintf(stderr, "%s\n", row->note);
}

void gpu_end(Section *s, enum Status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    free(s->note);
    s->note   = format_text(format, arguments);
    s->status = status;
    va_end(arguments);
}

static void json_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (; text && *text; text++) {
        unsigned char c = *text;

        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 32 || c >= 127)    // of whatever encoding
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

static void json_pair(FILE *f, const char *name, const char *text)
{
    json_text(f, name);
    fputs(": ", f);
    json_text(f, text);
}

static void json_row(FILE *f, const Row *row)
{
    fputs("      {", f);
    json_pair(f, "name", row->name);
    if (*row->unit) {
        if (isfinite(row->value))
            fprintf(f, ", \"value\": %.6g, ", row->value);
        else
            fputs(", \"value\": null, ", f);
        json_pair(f, "unit", row->unit);
    }
    if (*row->note) {
        fputs(", ", f);
        json_pair(f, "note", row->note);
    }
    fputc('}', f);
}

static void write_json(FILE *f, const Section *sections, int nb_sections,
                       double seconds)
{
    fprintf(f, "{\n  \"seconds\": %.1f,\n  \"sections\": [\n", seconds);
    for (int i = 0; i < nb_sections; i++) {
        const Section *s = &sections[i];

        fputs("    {", f);
        json_pair(f, "name", s->name);
        fputs(", ", f);
        json_pair(f, "status", status_name[s->status]);
        fputs(", ", f);
        json_pair(f, "note", s->note ? s->note : "");
        fprintf(f, ", \"seconds\": %.1f, \"rows\": [\n", s->seconds);
        for (int j = 0; j < s->nb_rows; j++) {
            json_row(f, &s->rows[j]);
            fputs(j + 1 < s->nb_rows ? ",\n" : "\n", f);
        }
        fprintf(f, "    ]}%s\n", i + 1 < nb_sections ? "," : "");
    }
    fputs("  ]\n}\n", f);
}

/** A bar would end a field of the table. */
static void cell(FILE *f, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', f);
        fputc(*text == '\n' ? ' ' : *text, f);
    }
}

static void write_markdown(FILE *f, const Section *sections, int nb_sections,
                           double seconds)
{
    fprintf(f, "# v360batch_cuda on this machine, %.0f s\n", seconds);
    for (int i = 0; i < nb_sections; i++) {
        const Section *s = &sections[i];

        fprintf(f, "\n## %s: %s, %.1f s\n\n", s->title, status_name[s->status],
                s->seconds);
        if (s->note && *s->note)
            fprintf(f, "%s\n\n", s->note);
        if (s->nb_rows)
            fputs("| what | value | unit | note |\n"
                  "| --- | ---: | --- | --- |\n", f);
        for (int j = 0; j < s->nb_rows; j++) {
            const Row *row = &s->rows[j];

            fputs("| ", f);
            cell(f, row->name);
            if (*row->unit && isfinite(row->value))
                fprintf(f, " | %.5g | %s | ", row->value, row->unit);
            else
                fputs(" | | | ", f);
            cell(f, row->note);
            fputs(" |\n", f);
        }
    }
}

int gpu_report(const char *folder, const Section *sections, int nb_sections,
               double seconds)
{
    static const char *const names[] = { "report.json", "report.md" };
    int ret = 0;

    for (int i = 0; i < 2; i++) {
        char path[1024];
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        f = fopen(path, "w");
        if (!f) {
            perror(path);
            ret = -1;
            continue;
        }
        (i ? write_markdown : write_json)(f, sections, nb_sections, seconds);
        if (fclose(f)) {
            perror(path);
            ret = -1;
        }
    }
    write_markdown(stdout, sections, nb_sections, seconds);
    return ret;
}
