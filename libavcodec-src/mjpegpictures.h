/*
 * JPEG decoding, each picture by itself
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

#ifndef AVCODEC_MJPEGPICTURES_H
#define AVCODEC_MJPEGPICTURES_H

#include <stdint.h>

#include "libavutil/frame.h"

#include "mjpegdec.h"

enum {
    MJPEG_LUT_BITS = 11,
    MJPEG_NB_DC    = 2048,
};

/** The codes of a Huffman table. */
typedef struct MJpegCodes {
    /**
     * What the next MJPEG_LUT_BITS bits begin with: bits to skip, from bit 5 on how
     * far the index goes on, from bit 12 on the bits of the value that follow, from
     * bit 16 on the value if it is among these bits; 0 if the code is longer.
     */
    uint32_t lut[1 << MJPEG_LUT_BITS];
    /** For each length, the end of its codes, aligned to the left in 16 bits. */
    uint32_t end[17];
    int first[17];              ///< what to add to a code to get its place
    const uint8_t *values;      ///< the symbols in the order of their codes
} MJpegCodes;

/** What the scan of a plain picture is decoded with. */
typedef struct MJpegScan {
    MJpegCodes dc[MAX_COMPONENTS], ac[MAX_COMPONENTS];
    int has_flat;
    uint8_t flat[MJPEG_NB_DC];  ///< by its DC, the sample of a block without AC
    int last_dc[MAX_COMPONENTS];
} MJpegScan;

/**
 * Decode the only scan of a baseline picture into the planes of a frame, as mjpeg
 * would; s->gB is behind the marker, bits are 8 and tables are known.
 *
 * @return whether that was possible; if not, because of damage or of anything else
 *         that is unusual, mjpeg is to decode the picture from its start
 */
int ff_mjpeg_scan_decode(MJpegScan *scan, MJpegDecodeContext *s,
                         const AVFrame *frame);

#endif /* AVCODEC_MJPEGPICTURES_H */
