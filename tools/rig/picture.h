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

/**
 * @file
 * Pictures: decoded from files, encoded, and sampled.
 */

/** A picture of 8 bits each of red, green and blue, without padding. */
typedef struct Picture {
    int w, h;
    uint8_t *rgb;
} Picture;

/**
 * Get the size of a picture or of a video's frames.
 *
 * @return 0 or a negative error code, logged
 */
int v360rig_image_size(const char *file, int *w, int *h);

/**
 * Decode the first frame of a picture or video, and scale it down to at most
 * max_w pixels across.
 *
 * @param p  result; to be freed with av_freep(&p->rgb)
 * @return 0 or a negative error code; logged unless memory is missing
 */
int v360rig_image_load(const char *file, int max_w, Picture *p);

/**
 * Allocate the samples of a picture of size w x h, black.
 *
 * @return 0 or AVERROR(ENOMEM), with p->rgb NULL
 */
int v360rig_image_alloc(Picture *p, int w, int h);

/**
 * Encode as "png" or "mjpeg" (JPEG).
 *
 * @param data  result; to be freed with av_freep()
 * @return 0 or a negative error code, logged
 */
int v360rig_image_encode(const Picture *p, const char *encoder, uint8_t **data,
                         size_t *size);

/**
 * Encode as JPEG, in the text of a data: URI.
 *
 * @return the text, to be freed with av_freep(), or NULL on error
 */
char *v360rig_image_uri(const Picture *p);

/** Sample bilinearly at (u, v) in [0, 1] x [0, 1]; u wraps. */
void v360rig_image_sample(const Picture *p, double u, double v, uint8_t rgb[3]);

#endif /* TOOLS_RIG_PICTURE_H */
