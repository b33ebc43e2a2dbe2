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
 * v360rig realityscan: an XMP file for each view, with its lens, its rotation
 * and its place in the rig.
 */

#include <math.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavutil/murmur3.h"
#include "rig.h"

/** A GUID made of a hash of two texts, so that the same texts give it again. */
static int guid(char s[40], const char *text, const char *more)
{
    struct AVMurMur3 *hash = av_murmur3_alloc();
    uint8_t b[16];

    if (!hash)
        return AVERROR(ENOMEM);
    av_murmur3_init(hash);
    av_murmur3_update(hash, text, strlen(text) + 1);
    av_murmur3_update(hash, more, strlen(more));
    av_murmur3_final(hash, b);
    av_free(hash);
    /* RFC 9562 has version 8 for rules of an application's own. */
    b[6] = (b[6] & 0x0f) | 0x80;
    b[8] = (b[8] & 0x3f) | 0x80;
    snprintf(s, 40, "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-"
             "%02X%02X%02X%02X%02X%02X}", b[0], b[1], b[2], b[3], b[4], b[5],
             b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return 0;
}

/** Index of the first view with the same lens, the number of their group. */
static int lens_group(const RigSetup *setup, int index)
{
    const Camera *cam = &setup->cameras[index];
    int i = 0;

    while (setup->cameras[i].fx != cam->fx ||
           setup->cameras[i].g.w != cam->g.w ||
           setup->cameras[i].g.h != cam->g.h)
        i++;
    return i;
}

/** World axes are X right, Y forward, Z up; rows are the camera's axes. */
static void print_rotation(FILE *f, const Camera *cam)
{
    static const double pano_from_world[9] = { 1, 0, 0, 0, 0, -1, 0, 1, 0 };
    double m[9];

    v360rig_multiply(m, cam->pano_from_cam, pano_from_world, 1);
    for (int i = 0; i < 9; i++) {
        char s[32];

        /* 0, not -0 */
        fprintf(f, "%s%s", i ? " " : "", v360rig_number(s, m[i] ? m[i] : 0));
    }
}

/**
 * The identity of a rig is the text of its file, as the file may be moved. The
 * distance between the eyes is unknown, so each eye gets a rig.
 */
static int rig_guids(const RigSetup *setup, const Camera *cam, char rig[40],
                     char instance[40])
{
    const char *which = setup->instance ? setup->instance : "";
    const char *name = setup->text ? setup->text : setup->rig_name;
    char *text = av_asprintf("%s %s", name, v360rig_eyes[cam->view->eye]);
    int ret = text ? guid(rig, text, "rig") : AVERROR(ENOMEM);

    if (ret >= 0)
        ret = guid(instance, text, which);
    av_free(text);
    return ret;
}

int v360rig_write_xmp(const RigSetup *setup, int index, const char *dir,
                      const char *name)
{
    char rig[40], instance[40];
    const Camera *cam = &setup->cameras[index];
    /* on film 36 mm wide; upright images are 36 mm high */
    const double focal = cam->fx * 36 / FFMAX(cam->g.w, cam->g.h);
    const int group = lens_group(setup, index);
    int ret = rig_guids(setup, cam, rig, instance);
    char s[32];
    FILE *f;

    if (ret < 0)
        return ret;
    f = v360rig_open(dir, name, ".xmp");
    if (!f)
        return AVERROR(EIO);
    fprintf(f, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
            "  <rdf:RDF xmlns:rdf="
            "\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
            "    <rdf:Description xmlns:xcr="
            "\"http://www.capturingreality.com/ns/xcr/1.1#\"\n"
            "        xcr:Version=\"3\" xcr:PosePrior=\"exact\""
            " xcr:Coordinates=\"relative\"\n        xcr:Rotation=\"");
    print_rotation(f, cam);
    fprintf(f, "\"\n        xcr:DistortionModel=\"brown3\""
            " xcr:DistortionCoeficients=\"0 0 0 0 0 0\"\n"
            "        xcr:FocalLength35mm=\"%s\" xcr:Skew=\"0\""
            " xcr:AspectRatio=\"1\"\n        xcr:PrincipalPointU=\"0\""
            " xcr:PrincipalPointV=\"0\" xcr:CalibrationPrior=\"exact\"\n"
            "        xcr:CalibrationGroup=\"%d\" xcr:DistortionGroup=\"%d\"\n",
            v360rig_number(s, focal), group, group);
    fprintf(f, "        xcr:Rig=\"%s\"\n        xcr:RigInstance=\"%s\"\n"
            "        xcr:RigPoseIndex=\"%d\" xcr:InTexturing=\"1\""
            " xcr:InMeshing=\"1\">\n"
            "      <xcr:Position>0 0 0</xcr:Position>\n"
            "    </rdf:Description>\n  </rdf:RDF>\n</x:xmpmeta>\n",
            rig, instance, index);
    return v360rig_close(f, name);
}

static int check_square(const RigSetup *setup)
{
    for (int i = 0; i < setup->rig.nb_views; i++) {
        const Camera *cam = &setup->cameras[i];

        if (fabs(cam->fy / cam->fx - 1) > 1e-9) {
            av_log(NULL, AV_LOG_ERROR, "view %d '%s': RealityScan takes "
                   "square pixels; leave out h_fov or v_fov\n", i,
                   cam->view->name);
            return AVERROR(EINVAL);
        }
    }
    return 0;
}

int v360rig_check_xmp(RigSetup *setup)
{
    int ret = v360rig_cameras(setup, 0);

    if (ret >= 0)
        ret = v360rig_only_flat(setup, "RealityScan");
    return ret < 0 ? ret : check_square(setup);
}

int v360rig_realityscan(RigSetup *setup)
{
    int ret = v360rig_check_xmp(setup);

    if (ret >= 0)
        ret = v360rig_make_dir(setup);
    for (int i = 0; i < setup->rig.nb_views && ret >= 0; i++)
        ret = v360rig_write_xmp(setup, i, setup->output,
                                setup->cameras[i].view->name);
    return ret;
}
