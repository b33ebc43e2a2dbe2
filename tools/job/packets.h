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

/**
 * @file
 * The packets of a video, as far as they say which frames there are.
 */

#ifndef TOOLS_JOB_PACKETS_H
#define TOOLS_JOB_PACKETS_H

#include <stdint.h>

#include "source.h"

/** Time stamps are in the stream's time base and in order. */
typedef struct V360JobPackets {
    int64_t *pts, nb;       ///< of the frames that are shown
    int64_t *key, nb_keys;  ///< of those at which decoding may begin
    const char *uneven;     ///< why a part of the frames may not be cut out
                            ///< exactly, static; NULL: nothing speaks
                            ///< against it, and all packets are here
} V360JobPackets;

/**
 * Read all packets of a video, up to the first thing that makes it uneven.
 *
 * @param packets  zero-initialised; to be freed in any case
 * @return 0, or a negative AVERROR, told
 */
int v360job_read_packets(V360JobPackets *packets, const V360JobSource *source);

/** @return the index of the last time stamp that is not after PTS, or -1 */
int64_t v360job_last_packet(const int64_t *list, int64_t nb, int64_t pts);

void v360job_free_packets(V360JobPackets *packets);

#endif /* TOOLS_JOB_PACKETS_H */
