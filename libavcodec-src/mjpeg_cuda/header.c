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
 * The markers of a JPEG file, in the order and with the values of libjpeg.
 */

#include <string.h>

#include "libavcodec/jpegenc_common.h"
#include "libavcodec/jpegtables.h"
#include "libavcodec/mjpeg.h"
#include "libavcodec/version.h"
#include "mjpeg_cuda.h"

#define ICC_NAME "ICC_PROFILE"  /* and the zero that ends it */

enum {
    FIXED_SIZE = 1024,          /* bytes of all that has no size of its own */
    ICC_HEAD   = sizeof(ICC_NAME) + 2,
    ICC_PART   = FF_JPEG_MAX_MARKER - ICC_HEAD, /* bytes of a profile in a marker */
};

static int icc_parts(const AVFrameSideData *icc)
{
    return icc ? (icc->size + ICC_PART - 1) / ICC_PART : 0;
}

size_t ff_mjpeg_cuda_header_size(const AVBufferRef *exif,
                                 const AVFrameSideData *icc)
{
    return FIXED_SIZE + (exif ? exif->size : 0) +
           (icc ? icc->size + icc_parts(icc) * (4 + ICC_HEAD) : 0);
}

/* A marker, and how many bytes of data follow it. */
static void put_marker(PutByteContext *pb, enum JpegMarker marker, int size)
{
    bytestream2_put_be16(pb, 0xff00 | marker);
    bytestream2_put_be16(pb, 2 + size);
}

static void put_jfif(PutByteContext *pb, AVRational density)
{
    put_marker(pb, APP0, 14);
    bytestream2_put_buffer(pb, "JFIF", 5);
    bytestream2_put_be16(pb, 0x0101);   /* version */
    bytestream2_put_byte(pb, 0);        /* densities are an aspect ratio */
    bytestream2_put_be16(pb, density.num);
    bytestream2_put_be16(pb, density.den);
    bytestream2_put_be16(pb, 0);        /* no thumbnail */
}

static void put_exif(PutByteContext *pb, const AVBufferRef *exif)
{
    put_marker(pb, APP1, sizeof(FF_JPEG_EXIF_NAME) + exif->size);
    bytestream2_put_buffer(pb, FF_JPEG_EXIF_NAME, sizeof(FF_JPEG_EXIF_NAME));
    bytestream2_put_buffer(pb, exif->data, exif->size);
}

static void put_icc(PutByteContext *pb, const AVFrameSideData *icc)
{
    for (int i = 0; i < icc_parts(icc); i++) {
        const size_t from = (size_t)i * ICC_PART;
        const int size = FFMIN(icc->size - from, ICC_PART);

        put_marker(pb, APP2, ICC_HEAD + size);
        bytestream2_put_buffer(pb, ICC_NAME, sizeof(ICC_NAME));
        bytestream2_put_byte(pb, i + 1);
        bytestream2_put_byte(pb, icc_parts(icc));
        bytestream2_put_buffer(pb, icc->data + from, size);
    }
}

static void put_comment(PutByteContext *pb, const char *text)
{
    put_marker(pb, COM, strlen(text) + 1);
    bytestream2_put_buffer(pb, text, strlen(text) + 1);
}

static void put_quantisers(PutByteContext *pb, const uint8_t quant[2][64])
{
    for (int t = 0; t < 2; t++) {
        put_marker(pb, DQT, 1 + 64);
        bytestream2_put_byte(pb, t);
        bytestream2_put_buffer(pb, quant[t], 64);
    }
}

/* Three components, of which luma has more samples. */
static void put_frame(PutByteContext *pb, const AVCodecContext *avctx, int h,
                      int v)
{
    put_marker(pb, SOF0, 6 + 3 * 3);
    bytestream2_put_byte(pb, 8);        /* bits of a sample */
    bytestream2_put_be16(pb, avctx->height);
    bytestream2_put_be16(pb, avctx->width);
    bytestream2_put_byte(pb, 3);
    for (int i = 0; i < 3; i++) {
        bytestream2_put_byte(pb, i + 1);
        bytestream2_put_byte(pb, i ? 0x11 : h << 4 | v);
        bytestream2_put_byte(pb, i > 0); /* quantisers */
    }
}

static void put_codes(PutByteContext *pb, int id, const uint8_t *bits,
                      const uint8_t *values)
{
    int nb = 0;

    for (int i = 1; i <= 16; i++)
        nb += bits[i];
    put_marker(pb, DHT, 1 + 16 + nb);
    bytestream2_put_byte(pb, id);
    bytestream2_put_buffer(pb, bits + 1, 16);
    bytestream2_put_buffer(pb, values, nb);
}

static void put_scan(PutByteContext *pb)
{
    put_marker(pb, SOS, 4 + 2 * 3);
    bytestream2_put_byte(pb, 3);
    for (int i = 0; i < 3; i++) {
        bytestream2_put_byte(pb, i + 1);
        bytestream2_put_byte(pb, i ? 0x11 : 0); /* codes */
    }
    bytestream2_put_byte(pb, 0);        /* all coefficients */
    bytestream2_put_byte(pb, 63);
    bytestream2_put_byte(pb, 0);
}

void ff_mjpeg_cuda_write_header(AVCodecContext *avctx, PutByteContext *pb,
                                const AVBufferRef *exif,
                                const AVFrameSideData *icc)
{
    const MJpegCudaContext *ctx = avctx->priv_data;

    bytestream2_put_be16(pb, 0xff00 | SOI);
    put_jfif(pb, ctx->density);
    if (exif)
        put_exif(pb, exif);
    if (icc)
        put_icc(pb, icc);
    if (!(avctx->flags & AV_CODEC_FLAG_BITEXACT))
        put_comment(pb, LIBAVCODEC_IDENT);
    if (ff_jpegenc_is_limited(avctx))
        put_comment(pb, FF_JPEG_RANGE_COMMENT);
    put_quantisers(pb, ctx->quant);
    put_frame(pb, avctx, ctx->launch.h, ctx->launch.v);
    put_codes(pb, 0x00, ff_mjpeg_bits_dc_luminance,   ff_mjpeg_val_dc);
    put_codes(pb, 0x10, ff_mjpeg_bits_ac_luminance,   ff_mjpeg_val_ac_luminance);
    put_codes(pb, 0x01, ff_mjpeg_bits_dc_chrominance, ff_mjpeg_val_dc);
    put_codes(pb, 0x11, ff_mjpeg_bits_ac_chrominance,
              ff_mjpeg_val_ac_chrominance);
    put_scan(pb);
}
