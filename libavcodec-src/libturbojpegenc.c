/*
 * JPEG encoding by libjpeg-turbo
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
 * JPEG encoder by libjpeg-turbo: the planes of a frame are handed over as they
 * are, without a conversion of colors and without a copy.
 *
 * The DCT is always the accurate integer one, which is the same in C and in all
 * instruction sets, so that a frame gives the same bytes on every processor.
 */

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "libavutil/mem.h"
#include "libavutil/opt.h"
#include "libavutil/pixdesc.h"

#include "avcodec.h"
#include "codec_internal.h"
#include "jpegenc_common.h"
#include "version.h"

enum {
    MAX_ROWS     = 2 * DCTSIZE, /* rows of a plane in an MCU row */
    FIRST_PACKET = 1 << 16,     /* bytes; the packet grows as needed */
};

typedef struct LibTurboJPEGContext {
    const AVClass *class;
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr err;
    struct jpeg_destination_mgr dest;
    jmp_buf fatal;          ///< where libjpeg returns to after an error
    int error;              ///< and what the error was
    AVPacket *pkt;          ///< what is written to
    int packet_size;        ///< bytes that the next packet probably needs
    uint8_t *padded;        ///< rows of an MCU row, where blocks are cut at the right

    int quality;
    int optimize;
    int restart;
} LibTurboJPEGContext;

static void output_message(j_common_ptr cinfo)
{
    char message[JMSG_LENGTH_MAX];

    cinfo->err->format_message(cinfo, message);
    av_log(cinfo->client_data, AV_LOG_ERROR, "libjpeg: %s\n", message);
}

static av_noreturn void error_exit(j_common_ptr cinfo)
{
    LibTurboJPEGContext *ctx = ((AVCodecContext *)cinfo->client_data)->priv_data;

    output_message(cinfo);
    ctx->error = cinfo->err->msg_code == JERR_OUT_OF_MEMORY ? AVERROR(ENOMEM)
                                                            : AVERROR_EXTERNAL;
    longjmp(ctx->fatal, 1);
}

/* What is to be done before and after the data, write_jpeg() does. */
static void do_nothing(j_compress_ptr cinfo)
{
}

/* The packet is full. */
static boolean empty_output_buffer(j_compress_ptr cinfo)
{
    LibTurboJPEGContext *ctx = ((AVCodecContext *)cinfo->client_data)->priv_data;
    int size = ctx->pkt->size;

    if (av_grow_packet(ctx->pkt, size) < 0)
        ERREXIT1(cinfo, JERR_OUT_OF_MEMORY, 0);
    ctx->dest.next_output_byte = ctx->pkt->data + size;
    ctx->dest.free_in_buffer   = ctx->pkt->size - size;
    return TRUE;
}

static av_cold void set_parameters(AVCodecContext *avctx)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;
    j_compress_ptr cinfo = &ctx->cinfo;
    int gray = avctx->pix_fmt == AV_PIX_FMT_GRAY8;
    AVRational density;

    cinfo->image_width      = avctx->width;
    cinfo->image_height     = avctx->height;
    cinfo->input_components = gray ? 1 : 3;
    cinfo->in_color_space   = gray ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, ctx->quality, TRUE);
    cinfo->raw_data_in     = TRUE;
    cinfo->dct_method      = JDCT_ISLOW;
    cinfo->optimize_coding = ctx->optimize;
    cinfo->restart_in_rows = ctx->restart;
    if (!gray) {
        int h_shift, v_shift;

        av_pix_fmt_get_chroma_sub_sample(avctx->pix_fmt, &h_shift, &v_shift);
        cinfo->comp_info[0].h_samp_factor = 1 << h_shift;
        cinfo->comp_info[0].v_samp_factor = 1 << v_shift;
    }
    density = ff_jpegenc_density(avctx);
    cinfo->X_density = density.num;
    cinfo->Y_density = density.den;
}

static av_cold int libturbojpeg_init(AVCodecContext *avctx)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;
    int ret = ff_jpegenc_check(avctx);

    if (ret < 0)
        return ret;
    ctx->padded = av_malloc_array(FFALIGN(avctx->width, DCTSIZE), 3 * MAX_ROWS);
    if (!ctx->padded)
        return AVERROR(ENOMEM);
    ctx->cinfo.client_data  = avctx;
    ctx->cinfo.err          = jpeg_std_error(&ctx->err);
    ctx->err.error_exit     = error_exit;
    ctx->err.output_message = output_message;
    if (setjmp(ctx->fatal))
        return ctx->error;
    jpeg_create_compress(&ctx->cinfo);
    ctx->dest.init_destination    = do_nothing;
    ctx->dest.empty_output_buffer = empty_output_buffer;
    ctx->dest.term_destination    = do_nothing;
    ctx->cinfo.dest               = &ctx->dest;
    ctx->packet_size              = FIRST_PACKET;
    set_parameters(avctx);
    return 0;
}

static av_cold int libturbojpeg_close(AVCodecContext *avctx)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;

    jpeg_destroy_compress(&ctx->cinfo);
    av_freep(&ctx->padded);
    return 0;
}

static void write_comment(j_compress_ptr cinfo, const char *text)
{
    jpeg_write_marker(cinfo, JPEG_COM, (const JOCTET *)text, strlen(text) + 1);
}

static void write_exif(j_compress_ptr cinfo, const AVBufferRef *exif)
{
    jpeg_write_m_header(cinfo, JPEG_APP0 + 1, sizeof(FF_JPEG_EXIF_NAME) + exif->size);
    for (int i = 0; i < sizeof(FF_JPEG_EXIF_NAME); i++)
        jpeg_write_m_byte(cinfo, FF_JPEG_EXIF_NAME[i]);
    for (size_t i = 0; i < exif->size; i++)
        jpeg_write_m_byte(cinfo, exif->data[i]);
}

/* Those that mjpeg writes too, and EXIF. */
static void write_markers(AVCodecContext *avctx,
                          const AVBufferRef *exif, const AVFrameSideData *icc)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;

    if (exif)
        write_exif(&ctx->cinfo, exif);
    if (icc)
        jpeg_write_icc_profile(&ctx->cinfo, icc->data, icc->size);
    if (!(avctx->flags & AV_CODEC_FLAG_BITEXACT))
        write_comment(&ctx->cinfo, LIBAVCODEC_IDENT);
    if (ff_jpegenc_is_limited(avctx))
        write_comment(&ctx->cinfo, FF_JPEG_RANGE_COMMENT);
}

/* The rows of one plane in one MCU row. Below the picture and to its right, samples
 * of its edge are repeated, as libjpeg itself does. */
static void set_rows(LibTurboJPEGContext *ctx, const AVFrame *frame, int plane,
                     int mcu_row, JSAMPROW *rows)
{
    const jpeg_component_info *comp = &ctx->cinfo.comp_info[plane];
    int nb_rows = comp->v_samp_factor * DCTSIZE;
    int first   = mcu_row * nb_rows;
    int width   = comp->downsampled_width;
    int stride  = FFALIGN(width, DCTSIZE);
    uint8_t *padded = ctx->padded + (ptrdiff_t)plane * MAX_ROWS *
                      FFALIGN(ctx->cinfo.image_width, DCTSIZE);

    for (int i = 0; i < nb_rows; i++) {
        const uint8_t *src = frame->data[plane] +
                             (first + i) * (ptrdiff_t)frame->linesize[plane];

        if (first + i >= comp->downsampled_height) {
            rows[i] = rows[i - 1];
        } else if (width == stride) {
            rows[i] = (JSAMPROW)src;
        } else {
            rows[i] = padded + i * stride;
            memcpy(rows[i], src, width);
            memset(rows[i] + width, src[width - 1], stride - width);
        }
    }
}

static void write_planes(LibTurboJPEGContext *ctx, const AVFrame *frame)
{
    j_compress_ptr cinfo = &ctx->cinfo;
    JSAMPROW rows[3][MAX_ROWS];
    JSAMPARRAY planes[3] = { rows[0], rows[1], rows[2] };
    int lines = cinfo->max_v_samp_factor * DCTSIZE;

    while (cinfo->next_scanline < cinfo->image_height) {
        for (int i = 0; i < cinfo->num_components; i++)
            set_rows(ctx, frame, i, cinfo->next_scanline / lines, rows[i]);
        jpeg_write_raw_data(cinfo, planes, lines);
    }
}

/* Nothing here has a variable that changes after setjmp(). */
static int write_jpeg(AVCodecContext *avctx, const AVFrame *frame,
                      const AVBufferRef *exif, const AVFrameSideData *icc)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;

    if (setjmp(ctx->fatal)) {
        jpeg_abort_compress(&ctx->cinfo);
        return ctx->error;
    }
    ctx->dest.next_output_byte = ctx->pkt->data;
    ctx->dest.free_in_buffer   = ctx->pkt->size;
    jpeg_start_compress(&ctx->cinfo, TRUE);
    write_markers(avctx, exif, icc);
    write_planes(ctx, frame);
    jpeg_finish_compress(&ctx->cinfo);
    av_shrink_packet(ctx->pkt, ctx->pkt->size - ctx->dest.free_in_buffer);
    return 0;
}

static int libturbojpeg_encode(AVCodecContext *avctx, AVPacket *pkt,
                               const AVFrame *frame, int *got_packet)
{
    LibTurboJPEGContext *ctx = avctx->priv_data;
    const AVFrameSideData *icc;
    AVBufferRef *exif;
    int ret;

    ret = ff_jpegenc_icc(avctx, frame, &icc);
    if (ret < 0)
        return ret;
    ret = av_new_packet(pkt, ctx->packet_size);
    if (ret < 0)
        return ret;
    ctx->pkt = pkt;
    exif = ff_jpegenc_exif(avctx, frame);
    ret  = write_jpeg(avctx, frame, exif, icc);
    av_buffer_unref(&exif);
    ctx->pkt = NULL;
    if (ret < 0)
        return ret;
    ctx->packet_size = FFMIN(pkt->size + pkt->size / 8LL + FIRST_PACKET / 16,
                             INT_MAX / 2);
    *got_packet = 1;
    return 0;
}

#define OFFSET(x) offsetof(LibTurboJPEGContext, x)
#define VE AV_OPT_FLAG_VIDEO_PARAM | AV_OPT_FLAG_ENCODING_PARAM
static const AVOption options[] = {
    { "quality",  "Quality, on the scale of libjpeg", OFFSET(quality), AV_OPT_TYPE_INT, { .i64 = 92 }, 1, 100, VE },
    { "optimize", "Compute Huffman tables for each frame", OFFSET(optimize), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, VE },
    { "restart",  "Rows of MCUs between restart markers, 0 for none", OFFSET(restart), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, UINT16_MAX, VE },
    { NULL },
};

static const AVClass libturbojpeg_class = {
    .class_name = "libturbojpeg",
    .item_name  = av_default_item_name,
    .option     = options,
    .version    = LIBAVUTIL_VERSION_INT,
};

/* The quality is constant. Without this flag frame threads are taken for a fault:
 * they are, for an encoder of MJPEG that aims at a bit rate. */
static const FFCodecDefault libturbojpeg_defaults[] = {
    { "flags", "+qscale" },
    { NULL },
};

const FFCodec ff_libturbojpeg_encoder = {
    .p.name         = "libturbojpeg",
    CODEC_LONG_NAME("libjpeg-turbo MJPEG (Motion JPEG)"),
    .p.type         = AVMEDIA_TYPE_VIDEO,
    .p.id           = AV_CODEC_ID_MJPEG,
    .priv_data_size = sizeof(LibTurboJPEGContext),
    .init           = libturbojpeg_init,
    FF_CODEC_ENCODE_CB(libturbojpeg_encode),
    .close          = libturbojpeg_close,
    .defaults       = libturbojpeg_defaults,
    .p.capabilities = AV_CODEC_CAP_FRAME_THREADS |
                      AV_CODEC_CAP_ENCODER_REORDERED_OPAQUE,
    .caps_internal  = FF_CODEC_CAP_INIT_CLEANUP | FF_CODEC_CAP_ICC_PROFILES,
    CODEC_PIXFMTS(AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P,
                  AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV420P,  AV_PIX_FMT_YUV422P,
                  AV_PIX_FMT_YUV444P,  AV_PIX_FMT_YUV440P,  AV_PIX_FMT_GRAY8),
    .p.priv_class   = &libturbojpeg_class,
    .p.wrapper_name = "libturbojpeg",
    .get_supported_config = ff_jpegenc_get_supported_config,
};
