"""Mutants of mjpeg_cuda, and the tests on softcuda that find each."""

D = "libavcodec-src/mjpeg_cuda/"


def tests(*names):
    return ["tests/cuda/run-tests " + " ".join(names)]


BYTES = tests("mjpeg_bytes")
MUTANTS = [
    ("J1", D + "device_dct.h", "(magnitude + by.half)", "(magnitude + by.half - 1)",
     "a half is rounded to zero", BYTES),
    ("J2", D + "device_dct.h", "COLUMN ? (e0 + e1 + 2) >> 2", "COLUMN ? (e0 + e1) >> 2",
     "the mean is rounded down", BYTES),
    ("J3", D + "device_dct.h", "min(x + i, p.w - 1)", "x + i",
     "blocks take what is beyond the right edge", BYTES),
    ("J4", D + "device_dct.h", "min(y, p.h - 1)", "y",
     "blocks take what is below the picture", BYTES),
    ("J5", D + "mjpeg_cuda.cu", "    while (is_empty(l, i))\n        i--;\n", "",
     "the mean before is that of an empty block", BYTES),
    ("J6", D + "mjpeg_cuda.cu", "    if (w.shared)\n        set_bits(w.word++, bytes);\n    else\n",
     "", "a word's first bits are overwritten", BYTES),
    ("J7", D + "mjpeg_cuda.cu", "put(w, (1u << (-w.nb & 7)) - 1, -w.nb & 7);", "put(w, 0, -w.nb & 7);",
     "a scan ends with zeros", BYTES),
    ("J8", D + "mjpeg_cuda.cu", "run > 15; run -= 16", "run > 16; run -= 16",
     "16 zeros are told as 0", BYTES),
    ("J9", D + "mjpeg_cuda.cu", "(v < 0 ? v - 1 : v) &", "v &",
     "values below zero are one too large", BYTES),
    ("J10", D + "mjpeg_cuda.cu", "        if (src[j] == 255)\n            *dst++ = 0;\n", "",
     "no stuffing", BYTES),
    ("J11", D + "device.c",
     "        (ret = CHECK_CU(cu->cuStreamWaitEvent(ctx->stream, ctx->input, 0))) < 0 ||\n", "",
     "a frame is read before it is made", tests("mjpeg_views")),
    ("J12", D + "device.c", "        ret = CHECK_CU(ctx->cu->cuEventSynchronize(slot->done));\n",
     "        ret = 0;\n", "a scan is read before it is there", tests("mjpeg_views")),
    ("J13", D + "device.c", "if (scan <= slot->room && out <= slot->copied)",
     "if (scan <= slot->room)", "a scan is cut that is longer than expected",
     tests("mjpeg_bytes", "mjpeg_growing")),
    ("J14", D + "memory.c", "    if (ctx->growing) {\n        if (", "    if (0) {\n        if (",
     "memory leaks where a scan grows", tests("mjpeg_growing")),
    ("J15", D + "encoder.c", "(!frame || ctx->nb == ctx->async_depth)", "!frame",
     "frames are kept to the end", tests("mjpeg_counters")),
    ("J16", D + "header.c", "bytestream2_put_byte(pb, i + 1);\n        bytestream2_put_byte(pb, icc_parts",
     "bytestream2_put_byte(pb, i);\n        bytestream2_put_byte(pb, icc_parts",
     "parts of a profile begin with 0", tests("mjpeg_markers")),
    ("J17", D + "tables.c", "200 - 2 * quality", "201 - 2 * quality", "qualities above 50 are half a one lower",
     BYTES),
    ("J18", D + "device.c", "ctx->expected = FFMIN(out + out / 4 + 1024, INT_MAX);", "",
     "all that there is room for is downloaded", tests("mjpeg_counters")),
    ("J21", D + "device_dct.h", "if (!p.aligned || x + 8 > p.w) {", "if (x + 8 > p.w) {",
     "words are read that begin anywhere", tests("mjpeg_by_program")),
    ("J22", D + "encoder.c", "    if ((ret = check_frame(avctx, frame)) < 0 ||",
     "    if ((ret = ctx->failed = check_frame(avctx, frame)) < 0 ||",
     "a frame that is refused ends the encoder", tests("mjpeg_by_program")),
    ("J19", "tools/job/device.c", 'way->jpeg && i == 1 ? "mjpeg_cuda" : c->text[i]', "c->text[i]",
     "split360 downloads views that become JPEG", tests("split360_jpeg")),
    ("J20", "build/src/libavutil/hwcontext_cuda.c",
     "AV_CEIL_RSHIFT(src->height, (i == 0 || i == 3) ? 0 : priv->shift_height)",
     "src->height >> ((i == 0 || i == 3) ? 0 : priv->shift_height)",
     "the last row of chroma of an odd height is not copied", tests("equal_sizes")),
]
