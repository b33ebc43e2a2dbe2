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

#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"

#include "avcodec.h"
#include "codec_internal.h"
#include "exif_internal.h"
#include "jpegenc_common.h"

/** Bytes in 255 markers, each with its name and number. */
#define MAX_ICC (255 * (FF_JPEG_MAX_MARKER - 14))

int ff_jpegenc_is_limited(const AVCodecContext *avctx)
{
    return avctx->color_range == AVCOL_RANGE_MPEG ||
           (avctx->color_range == AVCOL_RANGE_UNSPECIFIED &&
            avctx->pix_fmt != AV_PIX_FMT_GRAY8);
}

int ff_jpegenc_check(AVCodecContext *avctx)
{
    if (avctx->width > FF_JPEG_MAX_SIZE || avctx->height > FF_JPEG_MAX_SIZE) {
        av_log(avctx, AV_LOG_ERROR, "%dx%d is too large: JPEG has at most %dx%d\n",
               avctx->width, avctx->height, FF_JPEG_MAX_SIZE, FF_JPEG_MAX_SIZE);
        return AVERROR(EINVAL);
    }
    if (ff_jpegenc_is_limited(avctx) &&
        avctx->strict_std_compliance > FF_COMPLIANCE_UNOFFICIAL) {
        av_log(avctx, AV_LOG_ERROR, "Non full-range YUV is non-standard, set "
               "strict_std_compliance to at most unofficial to use it.\n");
        return AVERROR(EINVAL);
    }
    if (avctx->global_quality > 0)
        av_log(avctx, AV_LOG_WARNING, "The quality scale of FFmpeg's encoders "
               "(-q) is not used: see the option quality, 1 to 100.\n");
    return 0;
}

AVRational ff_jpegenc_density(AVCodecContext *avctx)
{
    AVRational sar = avctx->sample_aspect_ratio;

    if (sar.num <= 0 || sar.den <= 0)
        return (AVRational){ 1, 1 };
    if (!av_reduce(&sar.num, &sar.den, sar.num, sar.den, UINT16_MAX))
        av_log(avctx, AV_LOG_WARNING, "Cannot store exact aspect ratio %d:%d\n",
               avctx->sample_aspect_ratio.num, avctx->sample_aspect_ratio.den);
    return sar;
}

AVBufferRef *ff_jpegenc_exif(AVCodecContext *avctx, const AVFrame *frame)
{
    AVBufferRef *exif = NULL;
    int ret = ff_exif_get_buffer(avctx, frame, &exif, AV_EXIF_TIFF_HEADER);

    if (ret < 0) {
        av_log(avctx, AV_LOG_WARNING, "unable to attach EXIF metadata: %s\n",
               av_err2str(ret));
    } else if (exif && exif->size > FF_JPEG_MAX_MARKER - sizeof(FF_JPEG_EXIF_NAME)) {
        av_log(avctx, AV_LOG_WARNING, "%zu bytes of EXIF metadata are too many for "
               "JPEG and left out\n", exif->size);
        av_buffer_unref(&exif);
    }
    return exif;
}

int ff_jpegenc_icc(AVCodecContext *avctx, const AVFrame *frame,
                   const AVFrameSideData **icc)
{
    *icc = av_frame_get_side_data(frame, AV_FRAME_DATA_ICC_PROFILE);
    if (*icc && (*icc)->size > MAX_ICC) {
        av_log(avctx, AV_LOG_ERROR, "Cannot store %zu byte ICC profile: "
               "too large for JPEG\n", (*icc)->size);
        return AVERROR_INVALIDDATA;
    }
    if (*icc && !(*icc)->size)
        *icc = NULL;
    return 0;
}

int ff_jpegenc_get_supported_config(const AVCodecContext *avctx,
                                    const AVCodec *codec,
                                    enum AVCodecConfig config, unsigned flags,
                                    const void **out, int *out_num)
{
    static const enum AVColorRange ranges[] = {
        AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG, AVCOL_RANGE_UNSPECIFIED,
    };
    int strict  = avctx ? avctx->strict_std_compliance : 0;
    int skipped = strict > FF_COMPLIANCE_UNOFFICIAL;

    if (config != AV_CODEC_CONFIG_COLOR_RANGE)
        return ff_default_get_supported_config(avctx, codec, config, flags,
                                               out, out_num);
    *out     = &ranges[skipped];
    *out_num = FF_ARRAY_ELEMS(ranges) - skipped - 1;
    return 0;
}
