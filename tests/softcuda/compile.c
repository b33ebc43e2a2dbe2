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
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "softcuda.h"

/**
 * @file
 * A kernel from PTX to a shared object, kept in a cache. Its name there is a
 * hash of the C (kernel and prelude), of the flags and of the compiler.
 */

static const char prelude[] =
#include "kernel_rt.inc"
;

static uint64_t hash(uint64_t h, const void *data, size_t size)
{
    const uint8_t *p = data;

    while (size--)
        h = (h ^ *p++) * 0x100000001b3ull;
    return h;
}

/* Where this library itself lies, so that a cache beside it is found. */
static void cache_folder(char *path, size_t size)
{
    const char *env = getenv("SOFTCUDA_CACHE"), *slash;
    Dl_info info;

    if (env && *env) {
        snprintf(path, size, "%s", env);
    } else if (dladdr((void *)sc_compile, &info) &&
               (slash = strrchr(info.dli_fname, '/'))) {
        snprintf(path, size, "%.*s/cache", (int)(slash - info.dli_fname),
                 info.dli_fname);
    } else {
        snprintf(path, size, "softcuda-cache");
    }
    mkdir(path, 0777);
}

static const char *compiler(void)
{
    const char *cc = getenv("SOFTCUDA_GCC");

    return cc && *cc ? cc : "gcc";
}

/* Nothing may be contracted or reordered: PTX says what each step rounds. */
static void flags(char *text, size_t size)
{
    __builtin_cpu_init();
    snprintf(text, size, "-O2 -shared -fPIC -w -std=gnu11 -ffp-contract=off "
             "-fno-math-errno -fno-strict-aliasing%s%s",
             __builtin_cpu_supports("sse4.1") ? " -msse4.1" : "",
             __builtin_cpu_supports("fma") ? " -mfma" : "");
}

static int find_in_path(const char *name, struct stat *st)
{
    const char *path = getenv("PATH");
    char *copy, *part, *save = NULL, file[1024];
    int found = 0;

    if (strchr(name, '/') || !path)
        return !stat(name, st);
    copy = strdup(path);
    for (part = strtok_r(copy, ":", &save); part && !found;
         part = strtok_r(NULL, ":", &save)) {
        snprintf(file, sizeof(file), "%s/%s", part, name);
        found = !access(file, X_OK) && !stat(file, st);
    }
    free(copy);
    return found;
}

/* Another version of the compiler is another file: cheaper to ask than the
 * compiler, and this is asked for each kernel of each run. */
static uint64_t hash_compiler(uint64_t h)
{
    struct stat st;

    h = hash(h, compiler(), strlen(compiler()));
    if (find_in_path(compiler(), &st)) {
        h = hash(h, &st.st_size, sizeof(st.st_size));
        h = hash(h, &st.st_mtim, sizeof(st.st_mtim));
    }
    return h;
}

static int write_source(const char *path, const PtxString *c)
{
    FILE *f = fopen(path, "w");
    size_t n;

    if (!f)
        return -1;
    n = fwrite(c->text, 1, c->length, f);
    return fclose(f) || n != c->length ? -1 : 0;
}

/* Under a name of its own first: other processes may compile the same. */
static int compile(const char *object, const char *options,
                   const PtxString *c)
{
    char source[1200], temporary[1200], command[4096];
    int ret;

    snprintf(source, sizeof(source), "%s.%d.c", object, getpid());
    snprintf(temporary, sizeof(temporary), "%s.%d", object, getpid());
    if (write_source(source, c) < 0) {
        sc_log("cannot write %s", source);
        return -1;
    }
    /* the compiler must not find this library, nor what is preloaded */
    snprintf(command, sizeof(command), "unset LD_LIBRARY_PATH LD_PRELOAD; "
             "exec %s %s -o '%s' '%s' -lm >&2", compiler(), options,
             temporary, source);
    ret = system(command);
    if (ret) {
        sc_log("the compiler failed on %s, which is kept", source);
        return -1;
    }
    if (!sc_env("SOFTCUDA_KEEP", 0))
        unlink(source);
    return rename(temporary, object);
}

static CUresult load_object(ScKernel *kernel, const PtxString *c)
{
    char folder[1024], object[1100], options[256];
    uint64_t low, high;
    int cached;

    flags(options, sizeof(options));
    cache_folder(folder, sizeof(folder));
    low  = hash(0xcbf29ce484222325ull, c->text, c->length);
    low  = hash_compiler(hash(low, options, strlen(options)));
    high = hash(0x9e3779b97f4a7c15ull, c->text, c->length);
    snprintf(object, sizeof(object), "%s/%016llx%016llx.so", folder,
             (unsigned long long)low, (unsigned long long)high);
    cached = !access(object, R_OK);
    if (!cached && compile(object, options, c) < 0)
        return CUDA_ERROR_INVALID_PTX;
    kernel->library = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    if (!kernel->library) {
        sc_log("%s", dlerror());
        return CUDA_ERROR_INVALID_PTX;
    }
    kernel->entry = (void (*)(SCThread *))dlsym(kernel->library, "sc_entry");
    if (sc.log)
        sc_log("kernel %s: %s, %zu bytes of C, %u blocks, %u accesses, "
               "%u bytes shared", kernel->name,
               cached ? "cached" : "compiled", c->length,
               kernel->info.nb_blocks, kernel->info.nb_mem,
               kernel->info.shared_size);
    return CUDA_SUCCESS;
}

/* More than 4 KiB of parameters need all three of these. */
static int params_fit(const ScKernel *kernel)
{
    uint32_t size = kernel->info.param_size;
    int sm, version;

    ptx_target(kernel->module->ptx, &sm, &version);
    if (size <= 4096 || (size <= 32764 && sc.compute_capability >= 70 &&
                         version >= 81 && sc.driver_version >= 12010))
        return 1;
    sc_log("kernel %s has %u bytes of parameters: more than 4096 need sm_70, "
           "PTX 8.1 and driver 12.1", kernel->name, size);
    return 0;
}

CUresult sc_compile(ScKernel *kernel)
{
    PtxString c = { 0 };
    char error[512];
    CUresult ret;
    int err;

    ptx_append(&c, "#define SC_KERNEL 1\n%s%s\n",
               sc.profile ? "#define SC_PROFILE 1\n" : "", prelude);
    err = ptx_translate(kernel->module->ptx, kernel->name, &c, &kernel->info,
                        error, sizeof(error));
    if (err == PTX_UNSUPPORTED)
        sc_log("cannot translate %s: %s", kernel->name, error);
    ret = err == PTX_NO_ENTRY ? CUDA_ERROR_NOT_FOUND :
          err || !params_fit(kernel) ? CUDA_ERROR_INVALID_PTX :
                                       load_object(kernel, &c);
    free(c.text);
    return ret;
}
