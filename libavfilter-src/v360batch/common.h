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

#ifndef AVFILTER_V360BATCH_COMMON_H
#define AVFILTER_V360BATCH_COMMON_H

#include "libavfilter/avfilter.h"
#include "context.h"
#include "execute.h"

/**
 * @file
 * What v360batch and its hardware variants do alike: views and their pads,
 * grids, commands, the end of the stream.
 */

/** Parse the views and create a pad for each. */
int ff_v360_common_init(AVFilterContext *ctx);
void ff_v360_common_uninit(AVFilterContext *ctx);

/**
 * Configure for frames of the input link: geometry of all views. May be called
 * again for a link of another size: sizes of views that followed from the first
 * one stay.
 *
 * @param format  format of the samples, the software format of hardware frames
 */
int ff_v360_common_config_input(AVFilterLink *inlink,
                                enum AVPixelFormat format);

/**
 * Build the grids that are missing: all for the first frame or where
 * ff_v360_input_update() dropped them, those of views that a command
 * changed.
 *
 * @return 1 if grids have changed, 0 if not, or a negative AVERROR
 */
int ff_v360_common_update_grids(AVFilterContext *ctx, const AVFrame *in);

/** Jobs on the filter's threads. */
V360Execute ff_v360_common_executor(AVFilterContext *ctx);

/** Whether all outputs are closed: then the input is told so. */
int ff_v360_common_all_closed(AVFilterContext *ctx);

/** Close the outputs that are open, as the input was closed. */
void ff_v360_common_close_outputs(AVFilterContext *ctx, int status,
                                  int64_t pts);

/**
 * The view and the field of a command VIEW.FIELD.
 *
 * @return the view; or AVERROR(ENOSYS) for a command that may be another
 *         filter's, as those to all filters of a graph are: that is no error,
 *         and a warning only where it has one of our fields
 */
int ff_v360_common_find_command(AVFilterContext *ctx, const char *cmd,
                                const char **field);
int ff_v360_common_process_command(AVFilterContext *ctx, const char *cmd,
                                   const char *arg, char *res, int res_len,
                                   int flags);

#endif /* AVFILTER_V360BATCH_COMMON_H */
