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

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "softcuda.h"

/** @file Settings, the entry of every exported function, injected faults. */

ScState sc;

/** One "function:n:code" or "function/bytes:n:code" of SOFTCUDA_FAIL. */
typedef struct Injection {
    char name[64];
    unsigned long size;         ///< of what is allocated, 0 = calls of any
    unsigned long call, seen;   ///< which one fails; calls of that size
    int code, fired;
} Injection;

static Injection *injections;
static int nb_injections;
static __thread ScCall *current_call;

void sc_log(const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fprintf(stderr, "[softcuda] %s\n", text);
}

long sc_env(const char *name, long fallback)
{
    const char *value = getenv(name);

    return value && *value ? strtol(value, NULL, 0) : fallback;
}

static void add_injection(const char *spec)
{
    Injection i = { .code = CUDA_ERROR_OUT_OF_MEMORY };

    if (sscanf(spec, "%63[^:/]:%lu:%d", i.name, &i.call, &i.code) < 2 &&
        sscanf(spec, "%63[^:/]/%lu:%lu:%d", i.name, &i.size, &i.call,
               &i.code) < 3)
        i.call = 0;
    if (!i.call) {
        sc_log("SOFTCUDA_FAIL: '%s' is neither function:n:code nor "
               "function/bytes:n:code", spec);
        abort();
    }
    injections = realloc(injections,
                         (nb_injections + 1) * sizeof(*injections));
    injections[nb_injections++] = i;
}

static void parse_injections(void)
{
    const char *spec = getenv("SOFTCUDA_FAIL");
    char *copy, *part, *save = NULL;

    if (!spec)
        return;
    copy = strdup(spec);
    for (part = strtok_r(copy, ",", &save); part;
         part = strtok_r(NULL, ",", &save))
        add_injection(part);
    free(copy);
}

/* Which of some names a setting has; the first one is the default. */
static int choice(const char *setting, const char *const *names)
{
    const char *value = getenv(setting);

    for (int i = 0; names[i]; i++)
        if (value && !strcmp(value, names[i]))
            return i;
    if (!value || !*value)
        return 0;
    sc_log("%s: unknown value '%s'", setting, value);
    abort();
}

/* at exit: everything queued runs, so that all modes count the same */
static void finish(void)
{
    const char *stats = getenv("SOFTCUDA_STATS");

    pthread_mutex_lock(&sc.lock);
    sc_drain();
    for (int i = 0; i < nb_injections; i++)
        if (!injections[i].fired)
            sc_log("SOFTCUDA_FAIL: call %lu of %s%s never came",
                   injections[i].call, injections[i].name,
                   injections[i].size ? " of its size" : "");
    if (stats)
        sc_write_counters(stats);
    sc_timeline_finish();
    if (sc.log)
        sc_log_live();
    pthread_mutex_unlock(&sc.lock);
}

static int clip(long value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* Of so many devices, those that CUDA_VISIBLE_DEVICES lists: numbers, up to the
 * first that is none of a device. */
static int visible_devices(int nb)
{
    const char *list = getenv("CUDA_VISIBLE_DEVICES");
    int n = 0;

    while (list && n < nb) {
        char *end;
        const long number = strtol(list, &end, 10);

        if (end == list || number < 0 || number >= nb)
            break;
        n++;
        if (*end != ',')
            break;
        list = end + 1;
    }
    return list ? n : nb;
}

static void setup(void)
{
    static const char *const modes[] = { "eager", "lazy", "thread", NULL };
    static const char *const pageable[] = { "staged", "async", NULL };
    pthread_mutexattr_t attr;

    /* a stream's callback runs inside a call, and may call again */
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&sc.lock, &attr);
    pthread_cond_init(&sc.progress, NULL);
    sc.mode               = choice("SOFTCUDA_MODE", modes);
    sc.log                = sc_env("SOFTCUDA_LOG", 0);
    sc.exclusive          = sc_env("SOFTCUDA_EXCLUSIVE", 0);
    sc.pageable_async     = choice("SOFTCUDA_PAGEABLE", pageable);
    sc.page_size          = (uint64_t)sc_env("SOFTCUDA_PAGE_KB", 0) << 10;
    sc.threads            = clip(sc_env("SOFTCUDA_THREADS", 2), 1, 64);
    sc.compute_capability = sc_env("SOFTCUDA_CC", 86);
    sc.driver_version     = sc_env("SOFTCUDA_DRIVER", 13000);
    sc.nb_devices         = clip(sc_env("SOFTCUDA_DEVICES", 1), 0,
                                 SC_MAX_DEVICES);
    sc.nb_devices         = visible_devices(sc.nb_devices);
    sc.memory_size        = (uint64_t)sc_env("SOFTCUDA_MEM_MB", 4096) << 20;
    sc_timeline_setup();
    /* the timeline takes a kernel's bytes from the profile */
    sc.profile = sc_env("SOFTCUDA_PROFILE", 0) || sc_timeline_enabled;
    parse_injections();
    sc_memory_setup();
    atexit(finish);
}

static void register_call(ScCall *call)
{
    ScCall **at = &sc.calls;

    while (*at && strcmp((*at)->name, call->name) < 0)
        at = &(*at)->next;
    call->next = *at;
    *at = call;
}

/* "cuMemAlloc" stands for "cuMemAlloc_v2" too */
static int injection_names(const Injection *i, const char *name)
{
    size_t n = strlen(i->name);

    return !strncmp(i->name, name, n) &&
           (!name[n] || !strcmp(name + n, "_v2"));
}

static CUresult inject(Injection *i, const ScCall *call)
{
    i->fired = 1;
    sc_log("injected error %d in call %llu of %s", i->code,
           (unsigned long long)call->calls, call->name);
    return (CUresult)i->code;
}

static CUresult injected(const ScCall *call)
{
    for (int i = 0; i < nb_injections; i++)
        if (injection_names(&injections[i], call->name) &&
            !injections[i].size && injections[i].call == call->calls)
            return inject(&injections[i], call);
    return CUDA_SUCCESS;
}

CUresult sc_injected_size(size_t size)
{
    for (int i = 0; i < nb_injections; i++)
        if (injection_names(&injections[i], current_call->name) &&
            injections[i].size == size &&
            ++injections[i].seen == injections[i].call)
            return inject(&injections[i], current_call);
    return CUDA_SUCCESS;
}

CUresult sc_enter(ScCall *call)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, setup);
    pthread_mutex_lock(&sc.lock);
    if (!call->calls++)
        register_call(call);
    current_call = call;
    if (sc.log > 1)
        sc_log("%s", call->name);
    return injected(call);
}

void sc_leave(int *guard)
{
    (void)guard;
    pthread_mutex_unlock(&sc.lock);
}

void sc_count_sync(void)
{
    sc.count.syncs++;
    current_call->syncs++;
}
