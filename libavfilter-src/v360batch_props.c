/*
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

#include <stdio.h>

#include "libavutil/dict.h"
#include "libavutil/frame.h"
#include "avfilter.h"
#include "v360batch.h"
#include "v360exif.h"

void ff_v360batch_remove_side_data(AVFrameSideData ***sd, int *nb_sd)
{
    av_frame_side_data_remove_by_props(sd, nb_sd,
                                       AV_SIDE_DATA_PROP_SIZE_DEPENDENT);
    av_frame_side_data_remove(sd, nb_sd, AV_FRAME_DATA_STEREO3D);
}

static int set_metadata(AVFrame *out, const char *key, double value)
{
    char name[64], text[32];

    snprintf(name, sizeof(name), "lavfi.v360batch.%s", key);
    snprintf(text, sizeof(text), "%.9g", value);
    return av_dict_set(&out->metadata, name, text, 0);
}

int ff_v360batch_frame_props(AVFilterContext *ctx, AVFrame *out,
                             const AVFrame *in, int view)
{
    const V360BatchContext *s = ctx->priv;
    const V360View *v = &s->rig.views[view];
    const V360Geometry *g = &s->views[view].geometry;
    int ret = av_frame_copy_props(out, in);

    if (ret < 0)
        return ret;
    out->sample_aspect_ratio = (AVRational){ 1, 1 };
    out->crop_top = out->crop_bottom = out->crop_left = out->crop_right = 0;
    ff_v360batch_remove_side_data(&out->side_data, &out->nb_side_data);

    if ((ret = ff_v360_exif_strip(out)) < 0 ||
        (ret = av_dict_set(&out->metadata, "lavfi.v360batch.view", v->name,
                           0)) < 0 ||
        (ret = set_metadata(out, "yaw",   v->yaw))   < 0 ||
        (ret = set_metadata(out, "pitch", v->pitch)) < 0 ||
        (ret = set_metadata(out, "roll",  v->roll))  < 0 ||
        (ret = set_metadata(out, "h_fov", g->h_fov)) < 0 ||
        (ret = set_metadata(out, "v_fov", g->v_fov)) < 0)
        return ret;
    return 0;
}
