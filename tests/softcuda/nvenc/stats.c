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

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "softnvenc.h"

/** @file Sessions, their limit, and counters, written as JSON. */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Session *sessions;
static SessionStats *first, **last = &first;

static struct Totals {
    int sessions, sessions_at_once, refused, live_sessions;
    int registrations, unregistrations, live_registrations, registered_at_once;
    int maps, live_maps, mapped_at_once;
    int frames, complaints;
} total;

long setting(const char *name, long fallback)
{
    const char *value = getenv(name);

    return value && *value ? strtol(value, NULL, 0) : fallback;
}

static void grow(int *live, int *most, int step)
{
    *live += step;
    if (*live > *most)
        *most = *live;
}

Session *find_session(void *encoder)
{
    Session *s;

    pthread_mutex_lock(&lock);
    for (s = sessions; s && s != encoder; s = s->next)
        ;
    pthread_mutex_unlock(&lock);
    if (!s)
        complain(NV_ENC_ERR_INVALID_ENCODERDEVICE, "%p is no session", encoder);
    return s;
}

Session *add_session(CUcontext context)
{
    Session *s = NULL;

    pthread_mutex_lock(&lock);
    if (total.live_sessions < setting("SOFTNVENC_SESSIONS", 8)) {
        s = calloc(1, sizeof(*s));
        s->stats   = calloc(1, sizeof(*s->stats));
        s->context = context;
        s->next    = sessions;
        sessions   = s;
        *last = s->stats;
        last  = &s->stats->next;
        s->stats->codec = "none";
        total.sessions++;
        grow(&total.live_sessions, &total.sessions_at_once, 1);
    } else {
        total.refused++;
    }
    pthread_mutex_unlock(&lock);
    return s;
}

void remove_session(Session *session)
{
    pthread_mutex_lock(&lock);
    for (Session **at = &sessions; *at; at = &(*at)->next) {
        if (*at != session)
            continue;
        *at = session->next;
        total.live_sessions--;
        break;
    }
    pthread_mutex_unlock(&lock);
    free(session);
}

void count_registration(Session *session, int step)
{
    SessionStats *s = session->stats;

    pthread_mutex_lock(&lock);
    if (step > 0) {
        s->registrations++;
        s->last_registration = s->frames;
        total.registrations++;
    } else {
        s->unregistrations += !session->ended;
        total.unregistrations++;
    }
    grow(&s->registered, &s->registered_at_once, step);
    grow(&total.live_registrations, &total.registered_at_once, step);
    pthread_mutex_unlock(&lock);
}

void count_map(Session *session, int step)
{
    pthread_mutex_lock(&lock);
    session->stats->maps += step > 0;
    total.maps           += step > 0;
    grow(&total.live_maps, &total.mapped_at_once, step);
    pthread_mutex_unlock(&lock);
}

void count_frame(Session *session)
{
    pthread_mutex_lock(&lock);
    session->stats->frames++;
    total.frames++;
    pthread_mutex_unlock(&lock);
}

NVENCSTATUS complain(NVENCSTATUS status, const char *format, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    fprintf(stderr, "[softnvenc] %s\n", text);
    pthread_mutex_lock(&lock);
    total.complaints++;
    pthread_mutex_unlock(&lock);
    return status;
}

static void write_session(FILE *f, const SessionStats *s)
{
    fprintf(f, "    {\"codec\": \"%s\", \"width\": %d, \"height\": %d, "
            "\"frames\": %d, \"maps\": %d,\n     \"registrations\": %d, "
            "\"registered_at_once\": %d, \"last_registration\": %d, "
            "\"unregistrations\": %d}%s\n", s->codec, s->width, s->height,
            s->frames, s->maps, s->registrations, s->registered_at_once,
            s->last_registration, s->unregistrations, s->next ? "," : "");
}

__attribute__((destructor))
static void report(void)
{
    const char *name = getenv("SOFTNVENC_STATS");
    FILE *f = name && *name ? fopen(name, "w") : NULL;
    const struct {
        const char *name;
        int value;
    } totals[] = {
        { "sessions",                   total.sessions           },
        { "sessions_at_once",           total.sessions_at_once   },
        { "sessions_refused",           total.refused            },
        { "registrations",              total.registrations      },
        { "unregistrations",            total.unregistrations    },
        { "registered_at_once",         total.registered_at_once },
        { "maps",                       total.maps               },
        { "mapped_at_once",             total.mapped_at_once     },
        { "frames",                     total.frames             },
        { "complaints",                 total.complaints         },
        { "live_sessions_at_exit",      total.live_sessions      },
        { "live_registrations_at_exit", total.live_registrations },
        { "live_maps_at_exit",          total.live_maps          },
    };

    if (!f)
        return;
    fprintf(f, "{\n");
    for (size_t i = 0; i < sizeof(totals) / sizeof(*totals); i++)
        fprintf(f, "  \"%s\": %d,\n", totals[i].name, totals[i].value);
    fprintf(f, "  \"each_session\": [\n");
    for (const SessionStats *s = first; s; s = s->next)
        write_session(f, s);
    fprintf(f, "  ]\n}\n");
    fclose(f);
}
