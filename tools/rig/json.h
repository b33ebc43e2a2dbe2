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

#ifndef TOOLS_RIG_JSON_H
#define TOOLS_RIG_JSON_H

#include <cjson/cJSON.h>

/**
 * @file
 * cJSON with one rule of ownership and FFmpeg's error codes: an item that is
 * passed to a function belongs to the tree afterwards, or was freed.
 *
 * All functions return 0 or AVERROR(ENOMEM). An item may be NULL, which is
 * what cJSON returns where it lacks memory; that is an error here.
 */

/** Add an item to an object under a name. */
int json_add(cJSON *to, const char *name, cJSON *item);

/** Add an item at the end of an array. */
int json_append(cJSON *to, cJSON *item);

/** Add an array of nb numbers, a number or a text to an object. */
int json_numbers(cJSON *to, const char *name, const double *x, int nb);
int json_number(cJSON *to, const char *name, double x);
int json_text(cJSON *to, const char *name, const char *text);

/**
 * Write a tree to a file, named as for v360rig_open(), and free the tree.
 *
 * @param root  may be NULL, which is AVERROR(ENOMEM)
 * @return 0 or a negative error code; logged if it is that of the file
 */
int json_write(const char *dir, const char *name, cJSON *root);

#endif /* TOOLS_RIG_JSON_H */
