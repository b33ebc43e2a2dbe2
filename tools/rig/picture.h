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

#ifndef TOOLS_RIG_PICTURE_H
#define TOOLS_RIG_PICTURE_H

#include <stddef.h>
#include <stdint.h>

/** 8 bits each of red, green and blue, without padding. */
typedef struct Picture {
    int w, h;
    uint8_t *rgb;
} Picture;

/** @return 0, or an error code, logged, with the size of a video's frames */
int v360rig_image_size(const char *file, int *w, int *h);

/**
 * The first frame of a picture or video, no wider than max_w.
 *
 * @param p  to be freed with av_freep(&p->rgb)
 */
int v360rig_image_load(const char *file, int max_w, Picture *p);

/** Allocate the samples of a picture of size w x h, black. */
int v360rig_image_alloc(Picture *p, int w, int h);

/**
 * Encode as "png" or "mjpeg" (JPEG).
 *
 * @param data  to be freed with av_freep()
 */
int v360rig_image_encode(const Picture *p, const char *encoder, uint8_t **data,
                         size_t *size);

/** The same as the text of a data: URI. */
char *v360rig_image_uri(const Picture *p);

/** Sample at (u, v) in [0, 1] x [0, 1], bilinear; u wraps. */
void v360rig_image_sample(const Picture *p, double u, double v, uint8_t rgb[3]);

#endif /* TOOLS_RIG_PICTURE_H */
