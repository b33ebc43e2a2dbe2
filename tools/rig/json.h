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
 * cJSON with one rule of ownership: what is to be added is owned by the
 * result, or freed. All return whether that worked; item may be NULL.
 */

int json_add(cJSON *to, const char *name, cJSON *item);
int json_append(cJSON *to, cJSON *item);
int json_numbers(cJSON *to, const char *name, const double *x, int nb);
int json_number(cJSON *to, const char *name, double x);
int json_text(cJSON *to, const char *name, const char *text);

#endif /* TOOLS_RIG_JSON_H */
