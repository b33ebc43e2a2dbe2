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
 * What v360rig writes as plain text: tables, filtergraphs, XMP files.
 */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/error.h"
#include "libavutil/file.h"
#include "libavutil/log.h"
#include "libavutil/mem.h"
#include "libavutil/murmur3.h"
#include "rig.h"

static const char *const eyes[] = { "left", "right" };

int v360rig_show(Job *job)
{
    int ret = v360rig_cameras(job, 1), width = strlen("name");

    if (ret < 0)
        return ret;
    for (int i = 0; i < job->rig.nb_views; i++)
        width = FFMAX(width, strlen(job->rig.views[i].name));
    printf("index %-*s %8s %8s %8s %11s %8s %8s %10s %10s %8s %8s\n", width,
           "name", "yaw", "pitch", "roll", "size", "h_fov", "v_fov", "fx",
           "fy", "cx", "cy");
    for (int i = 0; i < job->rig.nb_views; i++) {
        const Camera *cam = &job->cameras[i];
        const V360View *v = cam->view;
        char size[32];

        snprintf(size, sizeof(size), "%dx%d", cam->g.w, cam->g.h);
        printf("%5d %-*s %8.6g %8.6g %8.6g %11s %8.6g %8.6g", i, width,
               v->name, v->yaw, v->pitch, v->roll, size, cam->g.h_fov,
               cam->g.v_fov);
        if (cam->fx)
            printf(" %10.4f %10.4f %8.6g %8.6g\n", cam->fx, cam->fy, cam->cx,
                   cam->cy);
        else
            printf(" %s\n", ff_v360_projection_name(cam->g.projection));
    }
    return v360rig_close(stdout, NULL);
}

static void print_field(FILE *f, const char *format, const char *name, double x)
{
    char s[32];

    if (x)
        fprintf(f, format, name, v360rig_number(s, x));
}

static void print_numbers(FILE *f, const char *format, const V360View *v)
{
    print_field(f, format, "yaw",   isnan(v->yaw)   ? 0 : v->yaw);
    print_field(f, format, "pitch", isnan(v->pitch) ? 0 : v->pitch);
    print_field(f, format, "roll",  isnan(v->roll)  ? 0 : v->roll);
    print_field(f, format, "h_fov", v->h_fov);
    print_field(f, format, "v_fov", v->v_fov);
    print_field(f, format, "d_fov", v->d_fov);
    print_field(f, format, "w",     v->w);
    print_field(f, format, "h",     v->h);
}

/* All that a completed view holds. Nothing in it needs an escape. */
static void print_views(FILE *f, const V360Rig *rig)
{
    fputs("views=", f);
    for (int i = 0; i < rig->nb_views; i++) {
        const V360View *v = &rig->views[i];

        fprintf(f, "%sname=%s", i ? "|" : "", v->name);
        print_numbers(f, " %s=%s", v);
        if (v->output != V360_FLAT)
            fprintf(f, " output=%s", ff_v360_projection_name(v->output));
        if (v->eye != V360_EYE_LEFT)
            fprintf(f, " eye=%s", eyes[v->eye]);
    }
}

static void print_source(FILE *f, const Job *job)
{
    const V360Geometry *g = &job->source;

    if (g->projection != V360_EQUIRECT)
        fprintf(f, ":input=%s", ff_v360_projection_name(g->projection));
    print_field(f, ":%s=%s", "ih_fov", g->h_fov);
    print_field(f, ":%s=%s", "iv_fov", g->v_fov);
    print_field(f, ":%s=%s", "id_fov", g->d_fov);
    print_field(f, ":%s=%s", "in_pad", g->pad);
    if (strcmp(g->forder, V360_FORDER))
        fprintf(f, ":in_forder=%s", g->forder);
    if (strcmp(g->frot, V360_FROT))
        fprintf(f, ":in_frot=%s", g->frot);
    if (job->stereo_w * job->stereo_h > 1)
        fprintf(f, ":in_stereo=%s", job->stereo_w > 1 ? "sbs" : "tb");
}

int v360rig_filtergraph(Job *job)
{
    FILE *f = v360rig_open(NULL, job->output, NULL);

    if (!f)
        return AVERROR(EIO);
    fputs("[0:v]v360batch=", f);
    if (job->rig_name) {
        fprintf(f, "rig=%s", job->rig_name);
        print_numbers(f, ":%s=%s", &job->defaults);
        if (job->defaults.eye > V360_EYE_LEFT)
            fprintf(f, ":eye=%s", job->defaults.eye == V360_EYE_BOTH ?
                    "both" : eyes[job->defaults.eye]);
    } else {
        print_views(f, &job->rig);
    }
    print_source(f, job);
    for (int i = 0; i < job->rig.nb_views; i++)
        fprintf(f, "[%s]", job->rig.views[i].name);
    fputc('\n', f);
    return v360rig_close(f, job->output);
}

/** A GUID that is the same for the same text, and for no other one. */
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
    /* version 8 of RFC 9562: an application's own rule */
    b[6] = (b[6] & 0x0f) | 0x80;
    b[8] = (b[8] & 0x3f) | 0x80;
    snprintf(s, 40, "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-"
             "%02X%02X%02X%02X%02X%02X}", b[0], b[1], b[2], b[3], b[4], b[5],
             b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return 0;
}

/** Views with the same lens share a group; the first of them names it. */
static int lens_group(const Job *job, int index)
{
    const Camera *cam = &job->cameras[index];
    int i = 0;

    while (job->cameras[i].fx != cam->fx || job->cameras[i].g.w != cam->g.w ||
           job->cameras[i].g.h != cam->g.h)
        i++;
    return i;
}

/* World axes X right, Y forward, Z up; rows are the camera's axes. */
static void print_rotation(FILE *f, const Camera *cam)
{
    static const double pano_from_world[9] = { 1, 0, 0, 0, 0, -1, 0, 1, 0 };
    double m[9];

    v360rig_multiply(m, cam->pano_from_cam, pano_from_world, 1);
    for (int i = 0; i < 9; i++) {
        char s[32];

        fprintf(f, "%s%s", i ? " " : "", v360rig_number(s, m[i] ? m[i] : 0));
    }
}

/* What tells a rig from another: of a file its text, for it may be moved. */
static char *rig_text(const Job *job)
{
    uint8_t *map;
    size_t size;
    char *text;

    if (job->rig_name)
        return av_strdup(job->rig_name);
    if (av_file_map(job->views_file, &map, &size, 0, NULL) < 0)
        return NULL;
    text = av_strndup((const char *)map, size);
    av_file_unmap(map, size);
    return text;
}

/* A rig for each eye: how far they lie apart is not known. */
static int rig_guids(const Job *job, const Camera *cam, char rig[40],
                     char instance[40])
{
    const char *which = job->instance ? job->instance : "";
    char *name = rig_text(job);
    char *text = name ? av_asprintf("%s %s", name, eyes[cam->view->eye]) : NULL;
    int ret = text ? guid(rig, text, "rig") : AVERROR(EIO);

    if (ret >= 0)
        ret = guid(instance, text, which);
    av_free(text);
    av_free(name);
    return ret;
}

static int write_xmp(const Job *job, int i)
{
    char rig[40], instance[40];
    const Camera *cam = &job->cameras[i];
    const double focal = cam->fx * 36 / FFMAX(cam->g.w, cam->g.h);
    const char *name = cam->view->name;
    int ret = rig_guids(job, cam, rig, instance);
    char s[32];
    FILE *f;

    if (ret < 0)
        return ret;
    f = v360rig_open(job->output, name, ".xmp");
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
            v360rig_number(s, focal), lens_group(job, i), lens_group(job, i));
    fprintf(f, "        xcr:Rig=\"%s\"\n        xcr:RigInstance=\"%s\"\n"
            "        xcr:RigPoseIndex=\"%d\" xcr:InTexturing=\"1\""
            " xcr:InMeshing=\"1\">\n"
            "      <xcr:Position>0 0 0</xcr:Position>\n"
            "    </rdf:Description>\n  </rdf:RDF>\n</x:xmpmeta>\n",
            rig, instance, i);
    return v360rig_close(f, name);
}

static int check_square(const Job *job)
{
    for (int i = 0; i < job->rig.nb_views; i++) {
        const Camera *cam = &job->cameras[i];

        if (fabs(cam->fy / cam->fx - 1) > 1e-9) {
            av_log(NULL, AV_LOG_ERROR, "view %d \"%s\": RealityScan takes "
                   "square pixels; leave out h_fov or v_fov\n", i,
                   cam->view->name);
            return AVERROR(EINVAL);
        }
    }
    return 0;
}

int v360rig_realityscan(Job *job)
{
    int ret = v360rig_cameras(job, 0);

    if (ret >= 0)
        ret = v360rig_only_flat(job, "RealityScan");
    if (ret >= 0)
        ret = check_square(job);
    if (ret >= 0)
        ret = v360rig_make_dir(job);
    for (int i = 0; i < job->rig.nb_views && ret >= 0; i++)
        ret = write_xmp(job, i);
    return ret;
}
