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

#include <stdio.h>

#include "libavutil/attributes.h"
#include "libavutil/buffer.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/hwcontext_cuda_internal.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavfilter/cuda/load_helper.h"
#include "libavfilter/filters.h"
#include "cuda.h"

/**
 * @file
 * The device, its kernels and streams, and the pools of CUDA frames.
 */

/* The device of a source that is not in any device's memory. */
static av_cold int find_device(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const AVHWDeviceContext *device;

    /* the primary context, so that several filters share one */
    if (!ctx->hw_device_ctx)
        return av_hwdevice_ctx_create(&s->device_ref, AV_HWDEVICE_TYPE_CUDA,
                                      NULL, NULL, AV_CUDA_USE_PRIMARY_CONTEXT);
    device = (const AVHWDeviceContext *)ctx->hw_device_ctx->data;
    if (device->type != AV_HWDEVICE_TYPE_CUDA) {
        av_log(ctx, AV_LOG_ERROR, "the device of the filtergraph is none of "
               "CUDA but of %s: -filter_hw_device names another one\n",
               av_hwdevice_get_type_name(device->type));
        return AVERROR(EINVAL);
    }
    s->device_ref = av_buffer_ref(ctx->hw_device_ctx);
    return s->device_ref ? 0 : AVERROR(ENOMEM);
}

/* The device of a source of CUDA frames. */
static av_cold int take_device(AVFilterContext *ctx,
                               enum AVPixelFormat *format)
{
    V360BatchCudaContext *s = ctx->priv;
    const FilterLink *l = ff_filter_link(ctx->inputs[0]);
    const AVHWFramesContext *frames;

    if (!l->hw_frames_ctx) {
        av_log(ctx, AV_LOG_ERROR, "CUDA frames without a context\n");
        return AVERROR(EINVAL);
    }
    frames  = (const AVHWFramesContext *)l->hw_frames_ctx->data;
    *format = frames->sw_format;
    s->device_ref = av_buffer_ref(frames->device_ref);
    return s->device_ref ? 0 : AVERROR(ENOMEM);
}

av_cold int ff_v360_cuda_open(AVFilterContext *ctx, enum AVPixelFormat *format)
{
    V360BatchCudaContext *s = ctx->priv;
    int ret;

    *format = ctx->inputs[0]->format;
    ret = *format == AV_PIX_FMT_CUDA ? take_device(ctx, format)
                                     : find_device(ctx);
    if (ret < 0)
        return ret;
    s->hwctx = ((AVHWDeviceContext *)s->device_ref->data)->hwctx;
    s->cu    = s->hwctx->internal->cuda_dl;
    ff_v360_cuda_load_extra(s);
    return 0;
}

/* Give each output of CUDA frames a frames context of its own: an encoder that
 * registers the frames it gets sees no other view's. */
static av_cold int config_outputs(AVFilterContext *ctx)
{
    const V360BatchCudaContext *s = ctx->priv;
    int ret = 0;

    for (int i = 0; i < ctx->nb_outputs && ret >= 0; i++) {
        FilterLink *l = ff_filter_link(ctx->outputs[i]);
        AVHWFramesContext *frames;

        av_buffer_unref(&l->hw_frames_ctx);
        if (ff_v360_cuda_is_download(ctx, i))
            continue;
        l->hw_frames_ctx = av_hwframe_ctx_alloc(s->device_ref);
        if (!l->hw_frames_ctx)
            return AVERROR(ENOMEM);
        frames = (AVHWFramesContext *)l->hw_frames_ctx->data;
        frames->format    = AV_PIX_FMT_CUDA;
        frames->sw_format = s->common.out_pix_fmt;
        frames->width     = s->common.views[i].geometry.w;
        frames->height    = s->common.views[i].geometry.h;
        ret = av_hwframe_ctx_init(l->hw_frames_ctx);
    }
    return ret;
}

/** A file of kernels, as PTX. */
typedef struct Kernels {
    const unsigned char *ptx;
    const unsigned int *size;
} Kernels;

#define KERNELS(name)                                                     \
    extern const unsigned char ff_vf_v360batch_##name##_ptx_data[];       \
    extern const unsigned int ff_vf_v360batch_##name##_ptx_len;           \
    static const Kernels name##_kernels = {                               \
        ff_vf_v360batch_##name##_ptx_data,                                \
        &ff_vf_v360batch_##name##_ptx_len,                                \
    };

KERNELS(convert)
KERNELS(cube)
KERNELS(cube_means)
KERNELS(line)
KERNELS(line_means)
KERNELS(near)
KERNELS(near_means)

static av_cold int load(AVFilterContext *ctx, CUmodule *module,
                        const Kernels *kernels)
{
    V360BatchCudaContext *s = ctx->priv;
    const int ret = ff_cuda_load_module(ctx, s->hwctx, module, kernels->ptx,
                                        *kernels->size);

    if (ret < 0)
        av_log(ctx, AV_LOG_ERROR, "the driver does not load the kernels: it may "
               "be older than the compiler that made them, or than CUDA 8\n");
    return ret;
}

/* Kernels by interpolation, and whether they make means. */
static const struct {
    const char *name;
    const Kernels *kernels;
} remaps[3][2] = {
    { { "near", &near_kernels }, { "near_means", &near_means_kernels } },
    { { "line", &line_kernels }, { "line_means", &line_means_kernels } },
    { { "cube", &cube_kernels }, { "cube_means", &cube_means_kernels } },
};

/* Whether the device has the instruction (dp2a) that windows of words need. */
static av_cold int has_windows(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const CUdevice device = s->hwctx->internal->cuda_device;
    int major, minor, ret;

    ret = CHECK_CU(s->cu->cuDeviceGetAttribute(&major,
              CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device));
    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuDeviceGetAttribute(&minor,
                  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device));
    return ret < 0 ? ret : 10 * major + minor >= 61;
}

/* Kernels with means make all views of a rig, where any may have means. The
 * driver takes longer to compile them, and they have no windows of words. */
static av_cold int load_remap(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    const V360Plane *p = &c->format.plane[0];
    const int i = c->interp == V360_NEAREST  ? 0 :
                  c->interp == V360_BILINEAR ? 1 : 2;
    int means, ret = has_windows(ctx);
    char name[32];

    if (ret < 0)
        return ret;
    means = !ret;
    for (int k = 0; k < c->rig.nb_views; k++)
        means |= c->rig.views[k].supersample != 1;
    ret = load(ctx, &s->module, remaps[i][means].kernels);
    if (ret < 0)
        return ret;
    snprintf(name, sizeof(name), "v360batch_%s_%s", remaps[i][means].name,
             p->components == 4 ? "rgb" : p->bits == 8 ? "8" : "16");
    return CHECK_CU(s->cu->cuModuleGetFunction(&s->kernel, s->module, name));
}

/* Load the kernels that convert, if any view is converted. */
static av_cold int load_convert(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    const V360BatchContext *c = &s->common;
    char name[32];
    int converts = 0, ret;

    for (int i = 0; i < c->rig.nb_views; i++)
        converts |= c->views[i].output.converts;
    if (!converts)
        return 0;
    ret = load(ctx, &s->convert_module, &convert_kernels);
    for (int i = 0; i < 2 && ret >= 0; i++) {
        snprintf(name, sizeof(name), "v360batch_convert_%d_%d",
                 c->format.plane[0].bits, 8 << i);
        ret = CHECK_CU(s->cu->cuModuleGetFunction(&s->convert[i],
                                                  s->convert_module, name));
    }
    return ret;
}

av_cold int ff_v360_cuda_configure(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    CUcontext dummy;
    int ret = config_outputs(ctx);

    if (ret >= 0)
        ret = CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx));
    if (ret < 0)
        return ret;
    if ((ret = load_remap(ctx)) >= 0 &&
        (ret = load_convert(ctx)) >= 0 &&
        (ret = ff_v360_cuda_open_upload(ctx)) >= 0)
        ret = ff_v360_cuda_open_download(ctx);
    if (CHECK_CU(s->cu->cuCtxPopCurrent(&dummy)) < 0 && ret >= 0)
        ret = AVERROR_EXTERNAL;
    return ret;
}

av_cold void ff_v360_cuda_close(AVFilterContext *ctx)
{
    V360BatchCudaContext *s = ctx->priv;
    CUcontext dummy;

    if (CHECK_CU(s->cu->cuCtxPushCurrent(s->hwctx->cuda_ctx)) >= 0) {
        ff_v360_cuda_close_upload(ctx);
        ff_v360_cuda_close_download(ctx);
        ff_v360_cuda_free_setup(ctx);
        ff_v360_cuda_free_conversions(ctx);
        ff_v360_cuda_free(ctx, &s->table_mem);
        ff_v360_cuda_free_slots(ctx);
        if (s->module)
            CHECK_CU(s->cu->cuModuleUnload(s->module));
        if (s->convert_module)
            CHECK_CU(s->cu->cuModuleUnload(s->convert_module));
        CHECK_CU(s->cu->cuCtxPopCurrent(&dummy));
    }
    s->module = s->convert_module = NULL;
    av_freep(&s->table);
    av_buffer_unref(&s->device_ref);
}
