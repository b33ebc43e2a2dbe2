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

#ifndef SOFTCUDA_SOFTCUDA_H
#define SOFTCUDA_SOFTCUDA_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <ffnvcodec/dynlink_cuda.h>

#include "kernel_rt.h"
#include "ptx.h"

/**
 * @file
 * State and helpers shared by the driver's files. All of it is under sc.lock,
 * which every exported function holds while it runs.
 */

/* nv-codec-headers name only a few of the driver's error codes */
#define CUDA_ERROR_INVALID_VALUE            ((CUresult)1)
#define CUDA_ERROR_OUT_OF_MEMORY            ((CUresult)2)
#define CUDA_ERROR_NOT_INITIALIZED          ((CUresult)3)
#define CUDA_ERROR_DEVICE_UNAVAILABLE       ((CUresult)46)
#define CUDA_ERROR_INVALID_DEVICE           ((CUresult)101)
#define CUDA_ERROR_INVALID_CONTEXT          ((CUresult)201)
#define CUDA_ERROR_NO_BINARY_FOR_GPU        ((CUresult)209)
#define CUDA_ERROR_INVALID_PTX              ((CUresult)218)
#define CUDA_ERROR_UNSUPPORTED_PTX_VERSION  ((CUresult)222)
#define CUDA_ERROR_INVALID_HANDLE           ((CUresult)400)
#define CUDA_ERROR_NOT_FOUND                ((CUresult)500)
#define CUDA_ERROR_NOT_SUPPORTED            ((CUresult)801)

#define SC_MAX_DEVICES 8
#define SC_MAX_PITCH   0x7fffffff       /* of 2D copies */

enum ScMode { SC_EAGER, SC_LAZY, SC_THREAD };   /* as named in config.c */

typedef struct ScContext ScContext;
typedef struct ScOp ScOp;
typedef struct ScTimelineEntry ScTimelineEntry;

typedef struct ScStream {
    struct ScStream *next;
    int id;                     ///< in order of creation, 0 = default
    int non_blocking;
    int polls;
    ScOp *last;                 ///< most recent operation, or NULL
} ScStream;

struct ScContext {
    int device, refs;
    unsigned flags;
    CUresult sticky;            ///< a kernel's fault: nothing works after it
    ScStream default_stream, *streams;
};

typedef struct ScEvent {
    ScOp *op;                   ///< what it waits for, NULL = never recorded
    int polls, timing;
} ScEvent;

/** Counters of all kernels of one name. */
typedef struct ScKernelStats {
    struct ScKernelStats *next; ///< sorted by name
    char *name;
    uint64_t launches, blocks, threads;
    uint64_t classes[SC_CLASS_NB];
    uint64_t requests[SC_MEM_NB], sectors[SC_MEM_NB], bytes[SC_MEM_NB];
    uint64_t lines[SC_MEM_NB], wavefronts[SC_MEM_NB];
    uint64_t unique_read, unique_written;
    uint32_t contractible, fused, approx;
    struct ScShape {
        uint32_t grid[3], block[3], shared;
        uint64_t count;
    } *shapes;
    int nb_shapes;
} ScKernelStats;

typedef struct ScModule ScModule;

typedef struct ScKernel {
    struct ScKernel *next;
    ScModule *module;
    char *name;
    PtxKernelInfo info;
    void *library;
    void (*entry)(SCThread *t);
    ScKernelStats *stats;
} ScKernel;

struct ScModule {
    PtxModule *ptx;
    int device;
    CUdeviceptr globals;
    uint32_t globals_size;
    ScKernel *kernels;
};

enum ScOpKind {
    SC_OP_COPY, SC_OP_FILL, SC_OP_LAUNCH, SC_OP_EVENT, SC_OP_WAIT,
    SC_OP_CALLBACK,
    SC_OP_READ                  ///< a copy by an engine that is not modelled
};

/** One operation of a stream. */
struct ScOp {
    enum ScOpKind kind;
    int refs, done, needed;
    ScContext *context;
    ScStream *stream;
    ScOp **deps;                ///< must be done before this one runs
    int nb_deps;
    ScOp *prev, *next;          ///< all that are not done, as submitted
    ScTimelineEntry *timeline;
    union {
        struct {
            uint8_t *dst, *staged;
            const uint8_t *src;
            size_t dst_pitch, src_pitch, width, height;
        } copy;
        struct {
            uint8_t *dst;
            size_t size;
            int value;
        } fill;
        struct {
            ScKernel *kernel;
            uint32_t grid[3], block[3], dynamic_shared;
            uint8_t *params;
        } launch;
        struct {
            CUstreamCallback *function;
            CUstream stream;
            void *opaque;
        } callback;
    };
};

enum ScDirection { SC_H2D, SC_D2H, SC_D2D, SC_H2H, SC_DIRECTION_NB };

/** Everything that ends in the JSON and is no property of a kernel. */
typedef struct ScCounters {
    uint64_t allocations, frees, used, peak, taken_peak, live;
    uint64_t host_allocations, host_live, host_bytes;
    uint64_t modules, live_modules, streams, live_streams;
    uint64_t contexts, live_contexts, contexts_at_once;
    uint64_t events, live_events, textures, live_textures;
    uint64_t launches, syncs, faults;
    uint64_t fills, fill_bytes;
    struct {
        uint64_t calls, bytes;
    } copies[SC_DIRECTION_NB][2];       ///< [direction][is pinned]
} ScCounters;

/** One exported function, registered at its first call. */
typedef struct ScCall {
    const char *name;
    struct ScCall *next;
    uint64_t calls, syncs;
} ScCall;

typedef struct ScState {
    pthread_mutex_t lock;
    pthread_cond_t progress;            ///< an operation is done
    int initialised;
    enum ScMode mode;
    int profile, log, threads, exclusive;
    int pageable_async;                 ///< such memory is read by the copy
    int compute_capability, driver_version, nb_devices;
    uint64_t memory_size;               ///< per device
    uint64_t page_size;                 ///< 0: memory is had by the byte
    uint64_t small[SC_MAX_DEVICES];     ///< bytes that share pages
    uint64_t large[SC_MAX_DEVICES];     ///< bytes of whole pages
    int live_contexts[SC_MAX_DEVICES];
    uint8_t *arena, *shadow;            ///< device memory, valid bytes
    uint64_t window, window_size;       ///< device addresses: not accessible
    ScCounters count;
    ScCall *calls;                      ///< sorted by name
    ScKernelStats *kernels;
} ScState;

extern ScState sc;

#define SC_EXPORT __attribute__((visibility("default"))) CUresult CUDAAPI

/* config.c */
CUresult sc_enter(ScCall *call);
void sc_leave(int *guard);
void sc_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
long sc_env(const char *name, long fallback);
/** The fault to inject where the current function allocates size bytes. */
CUresult sc_injected_size(size_t size);
/** Note that the current function makes the host wait. */
void sc_count_sync(void);

/** Begin of every exported function; an injected fault returns here. */
#define SC_API(function)                                            \
    SC_API_RELEASE(function);                                       \
    if (sc_injected)                                                \
        return sc_injected

/** The same for functions that release something: they do so even when they
 *  report a fault, as the real ones do with the error of earlier work. */
#define SC_API_RELEASE(function)                                    \
    static ScCall sc_call = { .name = #function };                  \
    __attribute__((cleanup(sc_leave), unused)) int sc_guard = 0;    \
    CUresult sc_injected = sc_enter(&sc_call)

/* context.c */
CUresult sc_current(ScContext **context, int allow_sticky);
ScStream *sc_stream(ScContext *context, CUstream handle);

#define SC_CONTEXT(context)                                         \
    ScContext *context;                                             \
    CUresult sc_state = sc_current(&context, 0);                    \
    if (sc_state)                                                   \
        return sc_state
#define SC_CONTEXT_RELEASE(context)                                 \
    ScContext *context;                                             \
    CUresult sc_state = sc_current(&context, 1);                    \
    if (sc_state)                                                   \
        return sc_state
#define SC_RELEASED(context, result)                                \
    (sc_injected ? sc_injected : (context)->sticky ? (context)->sticky : \
                                                     (result))

/* memory.c */
void sc_memory_setup(void);
CUresult sc_device_alloc(int device, uint64_t size, CUdeviceptr *ptr,
                         const char *api);
CUresult sc_device_free(CUdeviceptr ptr, const char *api);
/** What a device's allocations take of its memory. */
uint64_t sc_memory_taken(int device);
/** Whether [ptr, ptr + size) lies in one live allocation. */
int sc_device_range(CUdeviceptr ptr, uint64_t size);
int sc_is_device(uint64_t address);
/** Where an address lies, or what is near it, for a message. */
void sc_describe(uint64_t address, char *text, size_t size);
void sc_log_live(void);

static inline uint8_t *sc_alias(CUdeviceptr ptr)
{
    return sc.arena + (ptr - sc.window);
}

/** Whether size bytes at a device address may be touched; for accesses that
 *  do not cross a multiple of 128. */
static inline int sc_shadow_valid(CUdeviceptr ptr, uint32_t size)
{
    uint64_t o = ptr - sc.window;

    return o < sc.window_size && (o & 127) + size <= sc.shadow[o >> 7];
}

/* host.c */
int sc_is_pinned(const void *ptr);

/* queue.c */
ScOp *sc_op_new(ScContext *context, ScStream *stream, enum ScOpKind kind);
void sc_op_ref(ScOp *op);
void sc_op_unref(ScOp *op);
void sc_op_depend(ScOp *op, ScOp *on);
/** Queue an operation behind its stream; takes over the caller's reference. */
void sc_submit(ScOp *op);
/** Make the host wait until op, which may be NULL, is done. */
void sc_wait(ScOp *op);
/** The same for a host thread that virtual time knows nothing of. */
void sc_wait_apart(ScOp *op);
void sc_sync_context(ScContext *context);
void sc_sync_stream(ScContext *context, ScStream *stream);
void sc_drain(void);
/** What a query answers; in lazy mode the second one runs the operation. */
CUresult sc_poll(ScOp *op, int *polls);

/* compile.c */
CUresult sc_compile(ScKernel *kernel);

/* launch.c */
/** Run a kernel; its fault becomes the context's sticky error. */
void sc_execute_launch(ScOp *op);

/* texture.c */
void sc_tex2d(SCThread *t, uint64_t texture, float x, float y,
              uint32_t *out, uint32_t mem, uint32_t line);

/* counters.c */
ScKernelStats *sc_kernel_stats(const char *name);
void sc_count_launch(const ScOp *op);
void sc_write_counters(const char *path);

/* timeline.c */
extern int sc_timeline_enabled;
void sc_timeline_setup(void);
void sc_timeline_add(ScOp *op, enum ScDirection direction, int pinned,
                     uint64_t bytes);
void sc_timeline_after(ScOp *op, const ScOp *event);
void sc_timeline_kernel_bytes(ScOp *op, uint64_t bytes);
void sc_timeline_wait(ScOp *op);
/** Whether an operation that is done is so in virtual time, as a query sees it;
 *  where operations run with their calls. */
int sc_timeline_poll(const ScOp *op);
float sc_timeline_elapsed(const ScOp *from, const ScOp *to);
/** Part of the counters, where a model is in use. */
void sc_timeline_counters(FILE *f);
void sc_timeline_finish(void);

#endif /* SOFTCUDA_SOFTCUDA_H */
