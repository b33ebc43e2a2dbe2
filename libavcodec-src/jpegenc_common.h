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

#ifndef AVCODEC_JPEGENC_COMMON_H
#define AVCODEC_JPEGENC_COMMON_H

/**
 * @file
 * What libturbojpeg and mjpeg_cuda have in common, whose files are the same.
 */

#include "libavutil/buffer.h"
#include "libavutil/frame.h"
#include "libavutil/rational.h"
#include "avcodec.h"

#define FF_JPEG_MAX_SIZE   65500 ///< samples of a side, as of libjpeg
#define FF_JPEG_MAX_MARKER 65533 ///< bytes of data in a marker
#define FF_JPEG_EXIF_NAME  "Exif\0" ///< and the zero that ends it: 6 bytes
#define FF_JPEG_RANGE_COMMENT "CS=ITU601" ///< where the range is limited

/**
 * Whether samples have the limited range. Of the formats yuvj the range has been
 * set to full before.
 */
int ff_jpegenc_is_limited(const AVCodecContext *avctx);

/**
 * Check size and range, and warn of a quality on another scale.
 *
 * @return AVERROR(EINVAL), which has been told, if there can be no such JPEG
 */
int ff_jpegenc_check(AVCodecContext *avctx);

/** The aspect ratio of samples, as JFIF can store it; 1:1 if unknown. */
AVRational ff_jpegenc_density(AVCodecContext *avctx);

/**
 * Get the EXIF data of a frame, with a TIFF header. Data that cannot be had or
 * stored are left out, as by the encoder png: the picture is the same without.
 *
 * @return a buffer that the caller frees, or NULL
 */
AVBufferRef *ff_jpegenc_exif(AVCodecContext *avctx, const AVFrame *frame);

/**
 * Get the ICC profile of a frame, or NULL.
 *
 * @return AVERROR_INVALIDDATA, which has been told, if it cannot be stored
 */
int ff_jpegenc_icc(AVCodecContext *avctx, const AVFrame *frame,
                   const AVFrameSideData **icc);

/** FFCodec.get_supported_config: the limited range is unofficial. */
int ff_jpegenc_get_supported_config(const AVCodecContext *avctx,
                                    const AVCodec *codec,
                                    enum AVCodecConfig config, unsigned flags,
                                    const void **out, int *out_num);

#endif /* AVCODEC_JPEGENC_COMMON_H */
