/*
 * Encodes raw planes by libjpeg as its own documentation has it: samples are handed
 * over row by row in full resolution, or, where chroma is subsampled, as raw data of a
 * picture that was enlarged to whole MCUs before. So the encoder libturbojpeg, which
 * enlarges nothing, is compared with code that works in another way.
 * Licence: LGPL-2.1-or-later.
 *
 * Usage: jpeg_reference WIDTH HEIGHT H V QUALITY OPTIMIZE RESTART <planes >jpeg
 * H and V are the luma samples for each chroma sample; H = 0 means gray.
 */
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>

enum { MAX_ROWS = 16 };

/* A plane with its last column and row repeated up to a size. */
static unsigned char *read_plane(int w, int h, int full_w, int full_h)
{
    unsigned char *plane = malloc((size_t)full_w * full_h);

    for (int y = 0; y < full_h; y++) {
        unsigned char *row = plane + (size_t)y * full_w;

        if (y < h && fread(row, 1, w, stdin) != w)
            exit(1);
        for (int x = 0; x < full_w; x++)
            row[x] = y < h ? row[x < w ? x : w - 1] : row[x - full_w];
    }
    return plane;
}

int main(int argc, char **argv)
{
    struct jpeg_compress_struct c = { 0 };
    struct jpeg_error_mgr err;
    unsigned char *plane[3];
    JSAMPROW rows[3][MAX_ROWS];
    JSAMPARRAY all[3] = { rows[0], rows[1], rows[2] };
    int w, h, h_samp, v_samp, full_w, full_h, gray;

    if (argc != 8)
        return 2;
    w      = atoi(argv[1]);
    h      = atoi(argv[2]);
    gray   = !atoi(argv[3]);
    h_samp = gray ? 1 : atoi(argv[3]);
    v_samp = gray ? 1 : atoi(argv[4]);
    full_w = (w + 8 * h_samp - 1) / (8 * h_samp) * 8 * h_samp;
    full_h = (h + 8 * v_samp - 1) / (8 * v_samp) * 8 * v_samp;
    for (int i = 0; i < (gray ? 1 : 3); i++) {
        int sub_h = i ? h_samp : 1, sub_v = i ? v_samp : 1;

        plane[i] = read_plane((w + sub_h - 1) / sub_h, (h + sub_v - 1) / sub_v,
                              full_w / sub_h, full_h / sub_v);
    }
    c.err = jpeg_std_error(&err);
    jpeg_create_compress(&c);
    jpeg_stdio_dest(&c, stdout);
    c.image_width      = w;
    c.image_height     = h;
    c.input_components = gray ? 1 : 3;
    c.in_color_space   = gray ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, atoi(argv[5]), TRUE);
    c.optimize_coding = atoi(argv[6]);
    c.restart_in_rows = atoi(argv[7]);
    c.comp_info[0].h_samp_factor = h_samp;
    c.comp_info[0].v_samp_factor = v_samp;
    c.raw_data_in = h_samp * v_samp > 1;
    jpeg_start_compress(&c, TRUE);
    if (c.raw_data_in) {
        for (int y = 0; y < full_h; y += 8 * v_samp) {
            for (int i = 0; i < 3; i++)
                for (int r = 0; r < 8 * (i ? 1 : v_samp); r++)
                    rows[i][r] = plane[i] + (size_t)full_w / (i ? h_samp : 1) *
                                            (y / (i ? v_samp : 1) + r);
            jpeg_write_raw_data(&c, all, 8 * v_samp);
        }
    } else {
        unsigned char *line = malloc(3 * w);
        JSAMPROW row = line;

        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w * c.input_components; x++)
                line[x] = plane[x % c.input_components][(size_t)y * full_w +
                                                        x / c.input_components];
            jpeg_write_scanlines(&c, &row, 1);
        }
        free(line);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    for (int i = 0; i < (gray ? 1 : 3); i++)
        free(plane[i]);
    return 0;
}
