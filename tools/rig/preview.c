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
 * v360rig preview: chooses the kind of file by its name, and makes the panorama
 * that all kinds show.
 */

#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "preview.h"

/* Width of a screen, at which a page is still small enough to be mailed. */
#define PANO_WIDTH 2048

static const struct {
    const char *extension;
    int (*write)(const RigSetup *setup, const Picture *pano);
} kinds[] = {
    { ".html", V360RIG_WITH_JSON(v360rig_html) },
    { ".svg",  v360rig_svg },
    { ".png",  v360rig_png },
};

int v360rig_preview(RigSetup *setup)
{
    const char *extension = setup->output ? strrchr(setup->output, '.') : NULL;
    Picture pano = { 0 };
    int kind = 0, ret;

    for (; kind < FF_ARRAY_ELEMS(kinds); kind++) {
        if (extension && !av_strcasecmp(extension, kinds[kind].extension))
            break;
    }
    if (kind == FF_ARRAY_ELEMS(kinds)) {
        av_log(NULL, AV_LOG_ERROR, "-o FILE.html, FILE.svg or FILE.png is "
               "needed\n");
        return AVERROR(EINVAL);
    }
    if (!kinds[kind].write)
        return v360rig_no_json("preview -o FILE.html");
    ret = v360rig_cameras(setup, 1);
    if (ret < 0)
        return ret;
    v360rig_count_samples(setup);
    ret = v360rig_background(setup, PANO_WIDTH, &pano);
    if (ret >= 0)
        ret = kinds[kind].write(setup, &pano);
    av_free(pano.rgb);
    return ret;
}
