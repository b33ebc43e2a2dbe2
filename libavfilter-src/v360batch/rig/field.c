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

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/macros.h"
#include "internal.h"

int ff_v360_rig_number(const char *s, size_t len, double *value)
{
    char buf[V360_CLIP_SIZE];
    double x;
    int used = 0;

    if (len >= sizeof(buf))
        return AVERROR(EINVAL);
    memcpy(buf, s, len);
    buf[len] = 0;
    /* strtod() obeys the locale, av_strtod() takes suffixes such as k and dB;
     * av_sscanf() does neither, but would take hex, nan, inf and spaces */
    if (buf[strspn(buf, "0123456789+-.eE")] ||
        av_sscanf(buf, "%lf%n", &x, &used) != 1 || used != len)
        return AVERROR(EINVAL);
    *value = x;
    return 0;
}

int ff_v360_rig_integer(const char *s, size_t len, int *value)
{
    int x = 0;

    if (len < 1 || len > 9)
        return AVERROR(EINVAL);
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return AVERROR(EINVAL);
        x = 10 * x + s[i] - '0';
    }
    *value = x;
    return 0;
}

enum FieldType {
    FIELD_NAME,
    FIELD_ANGLE,
    FIELD_FOV,
    FIELD_SIZE,
    FIELD_OUTPUT,
    FIELD_EYE,
    FIELD_SUPERSAMPLE,
};

#define PROJECTION_NAME(id, name, description) " " name
#define ANGLE_RANGE "a number of degrees, -1e9 to 1e9"
#define FOV_RANGE   "a number of degrees above 0, at most 360"
#define SIZE_RANGE  "an integer, 1 to " AV_STRINGIFY(V360_MAX_VIEW_SIZE)
#define OFFSET(x)   offsetof(V360View, x)

static const struct Field {
    const char *name;
    enum FieldType type;
    size_t offset;
    double min, max;
    const char *expected, *alias;
} fields[V360_NB_FIELDS] = {
    [V360_FIELD_NAME]   = { "name",   FIELD_NAME,   OFFSET(name), 0, 0,
        "1 to 31 of A-Z a-z 0-9 _ -, not starting with -, not only digits" },
    [V360_FIELD_YAW]    = { "yaw",    FIELD_ANGLE,  OFFSET(yaw),
                            -V360_MAX_ANGLE, V360_MAX_ANGLE, ANGLE_RANGE },
    [V360_FIELD_PITCH]  = { "pitch",  FIELD_ANGLE,  OFFSET(pitch), -90, 90,
                            "a number of degrees, -90 to 90" },
    [V360_FIELD_ROLL]   = { "roll",   FIELD_ANGLE,  OFFSET(roll),
                            -V360_MAX_ANGLE, V360_MAX_ANGLE, ANGLE_RANGE },
    [V360_FIELD_H_FOV]  = { "h_fov",  FIELD_FOV,    OFFSET(h_fov), 0, 360,
                            FOV_RANGE },
    [V360_FIELD_V_FOV]  = { "v_fov",  FIELD_FOV,    OFFSET(v_fov), 0, 360,
                            FOV_RANGE },
    [V360_FIELD_D_FOV]  = { "d_fov",  FIELD_FOV,    OFFSET(d_fov), 0, 360,
                            FOV_RANGE },
    [V360_FIELD_W]      = { "w",      FIELD_SIZE,   OFFSET(w),
                            1, V360_MAX_VIEW_SIZE, SIZE_RANGE },
    [V360_FIELD_H]      = { "h",      FIELD_SIZE,   OFFSET(h),
                            1, V360_MAX_VIEW_SIZE, SIZE_RANGE },
    [V360_FIELD_OUTPUT] = { "output", FIELD_OUTPUT, OFFSET(output),
                            0, V360_NB_PROJECTIONS - 1,
                            "one of" V360_PROJECTION_NAMES(PROJECTION_NAME) },
    [V360_FIELD_EYE]    = { "eye",    FIELD_EYE,    OFFSET(eye),
                            V360_EYE_LEFT, V360_EYE_BOTH,
                            "left, right or both" },
    [V360_FIELD_SUPERSAMPLE] = { "supersample", FIELD_SUPERSAMPLE,
                            OFFSET(supersample), V360_SUPERSAMPLE_AUTO,
                            V360_MAX_SUPERSAMPLE, "auto, 1, 2, 3 or 4", "ss" },
};

const char *ff_v360_rig_field_name(int field)
{
    return fields[field].name;
}

static int is_name(const char *name, const char *s, size_t len)
{
    return strlen(name) == len && !memcmp(name, s, len);
}

int ff_v360_rig_find_field(const char *s, size_t len)
{
    for (int i = 0; i < V360_NB_FIELDS; i++) {
        if (is_name(fields[i].name, s, len) ||
            (fields[i].alias && is_name(fields[i].alias, s, len)))
            return i;
    }
    return AVERROR(EINVAL);
}

static int in_range(const struct Field *f, double x)
{
    return f->type == FIELD_FOV ? x > f->min && x <= f->max
                                : x >= f->min && x <= f->max;
}

static int parse_name(const char *s, size_t len, char *name)
{
    const char *const digits = "0123456789";
    char buf[V360_NAME_SIZE];

    if (len < 1 || len >= V360_NAME_SIZE || s[0] == '-')
        return AVERROR(EINVAL);
    memcpy(buf, s, len);
    buf[len] = 0;
    if (!buf[strspn(buf, digits)] ||
        buf[strspn(buf, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "abcdefghijklmnopqrstuvwxyz0123456789_-")])
        return AVERROR(EINVAL);
    memcpy(name, buf, len + 1);
    return 0;
}

/** Value that a word stands for, or AVERROR(EINVAL). */
static int parse_word(const struct Field *f, const char *s, size_t len)
{
    char word[V360_NAME_SIZE];

    if (len >= sizeof(word))
        return AVERROR(EINVAL);
    memcpy(word, s, len);
    word[len] = 0;
    if (f->type == FIELD_OUTPUT)
        return ff_v360_projection_find(word);
    if (f->type == FIELD_SUPERSAMPLE)
        return !strcmp(word, "auto") ? V360_SUPERSAMPLE_AUTO :
               len == 1 && word[0] >= '1' && word[0] - '0' <= f->max ?
               word[0] - '0' : AVERROR(EINVAL);
    return !strcmp(word, "left")  ? V360_EYE_LEFT  :
           !strcmp(word, "right") ? V360_EYE_RIGHT :
           !strcmp(word, "both")  ? V360_EYE_BOTH  : AVERROR(EINVAL);
}

static int parse_value(const struct Field *f, const char *s, size_t len,
                       void *dst)
{
    double x;
    int n;

    switch (f->type) {
    case FIELD_NAME:
        return parse_name(s, len, dst);
    case FIELD_ANGLE:
    case FIELD_FOV:
        if (ff_v360_rig_number(s, len, &x) < 0 || !in_range(f, x))
            return AVERROR(EINVAL);
        *(double *)dst = x;
        return 0;
    case FIELD_SIZE:
        if (ff_v360_rig_integer(s, len, &n) < 0 || !in_range(f, n))
            return AVERROR(EINVAL);
        *(int *)dst = n;
        return 0;
    default:
        n = parse_word(f, s, len);
        if (n < 0)
            return AVERROR(EINVAL);
        *(int *)dst = n;
        return 0;
    }
}

int ff_v360_rig_set_field(V360View *view, int field, const char *value,
                          size_t len, void *log)
{
    const struct Field *f = &fields[field];
    char clip[V360_CLIP_SIZE];
    int ret = parse_value(f, value, len, (char *)view + f->offset);

    if (ret < 0)
        av_log(log, AV_LOG_ERROR, "%s=%s: must be %s\n", f->name,
               ff_v360_rig_clip(clip, value, len), f->expected);
    return ret;
}

/** Value of a field; *given is 0 if the view leaves the field open. */
static double field_number(const V360View *view, const struct Field *f,
                           int *given)
{
    const void *p = (const char *)view + f->offset;
    double x;

    if (f->type == FIELD_ANGLE || f->type == FIELD_FOV) {
        x = *(const double *)p;
        *given = f->type == FIELD_FOV ? x != 0 : !isnan(x);
    } else {
        x = *(const int *)p;
        *given = f->type == FIELD_SIZE ? x != 0 : x != -1;
    }
    return x;
}

int ff_v360_rig_check_fields(const V360View *view, void *log)
{
    for (int i = 0; i < V360_NB_FIELDS; i++) {
        const struct Field *f = &fields[i];
        int given;
        double x;

        if (f->type == FIELD_NAME)
            continue;
        x = field_number(view, f, &given);
        if (given && !in_range(f, x)) {
            av_log(log, AV_LOG_ERROR, "%s=%g: must be %s\n", f->name, x,
                   f->expected);
            return AVERROR(EINVAL);
        }
    }
    if (view->d_fov && (view->h_fov || view->v_fov)) {
        av_log(log, AV_LOG_ERROR,
               "d_fov=%g: must not be given together with h_fov or v_fov\n",
               view->d_fov);
        return AVERROR(EINVAL);
    }
    return 0;
}
