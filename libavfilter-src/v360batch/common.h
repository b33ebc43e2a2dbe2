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
 * Functions that v360batch and its hardware variants share: views and their
 * pads, grids, commands, the end of the stream.
 */

/**
 * Parse the views and create a pad for each.
 *
 * @return 0 or a negative AVERROR; ff_v360_common_uninit() is due then, too
 */
int ff_v360_common_init(AVFilterContext *ctx);
void ff_v360_common_uninit(AVFilterContext *ctx);

/**
 * Configure for frames of the input link: the format, the source, and the
 * geometry of all views. It may be called again for a link of another size:
 * views whose sizes followed from the first link keep them.
 *
 * @param format  format of the samples, the software format of hardware frames
 * @return 0 or a negative AVERROR
 */
int ff_v360_common_config_input(AVFilterLink *inlink,
                                enum AVPixelFormat format);

/**
 * Get the grids that views lack: all views for the first frame or after
 * ff_v360_input_update() dropped them, else those that a command changed.
 *
 * @return 1 if grids have changed, 0 if not, or a negative AVERROR; after an
 *         error the next call goes on with the views that still lack one
 */
int ff_v360_common_update_grids(AVFilterContext *ctx, const AVFrame *in);

/** @return what runs jobs on the filter's threads, as long as ctx exists */
V360Execute ff_v360_common_executor(AVFilterContext *ctx);

/** @return whether all outputs are closed; if so, the input is closed, too */
int ff_v360_common_all_closed(AVFilterContext *ctx);

/** Close the outputs that are still open, with the status of the input. */
void ff_v360_common_close_outputs(AVFilterContext *ctx, int status,
                                  int64_t pts);

/**
 * Find the view and the field of a command VIEW.FIELD.
 *
 * @param field  set to the field, which is a part of cmd
 * @return index of the view, or AVERROR(ENOSYS) for a command that may be meant
 *         for another filter, as commands can go to all filters of a graph: so
 *         it is logged, as a warning, only if it has one of our fields
 */
int ff_v360_common_find_command(AVFilterContext *ctx, const char *cmd,
                                const char **field);

/**
 * Set a field of a view, for the next frame; FFFilter.process_command.
 *
 * @return 0 or a negative AVERROR, after which the view is as it was
 */
int ff_v360_common_process_command(AVFilterContext *ctx, const char *cmd,
                                   const char *arg, char *res, int res_len,
                                   int flags);

#endif /* AVFILTER_V360BATCH_COMMON_H */
