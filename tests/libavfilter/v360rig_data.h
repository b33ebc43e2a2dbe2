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

#ifndef AVFILTER_TESTS_V360RIG_DATA_H
#define AVFILTER_TESTS_V360RIG_DATA_H

#include <stddef.h>

/**
 * @file
 * What goes into the tests of v360rig.c, and what has to come out.
 */

/* Directions of presets, as the tools that the presets come from have them. */
static const struct {
    const char *name, *directions;
} preset_tests[] = {
    { "ring8",        "0,45,90,135,180,225,270,315@0" },
    { "ring3@-22.5",  "0,120,240@-22.5" },
    { "ring1@+9e1",   "0@90" },
    { "cube6",        "0,90,180,270@0 0@90 0@-90" },
    { "colmap12",     "0,90,180,270@-35 0,90,180,270@0 45,135,225,315@35" },
    { "colmap4",      "0,90,180,270@0" },
    { "nerfstudio8",  "180,270,0,90@0 180,0@45 180,0@-45" },
    { "nerfstudio14", "180,240,300,0,60,120@0 180,270,0,90@45 "
                      "180,270,0,90@-45" },
    { "dome16",       "0,45,90,135,180,225,270,315@0 0,90,180,270@45 "
                      "0,90,180,270@-45" },
    { "dome17",       "0,45,90,135,180,225,270,315@0 "
                      "22.5,67.5,112.5,157.5,202.5,247.5,292.5,337.5@30 0@90" },
    { "dense17",      "0,40,80,120,160,200,240,280,320@0 0,90,180,270@30 "
                      "0,90,180,270@-30" },
    { "fibonacci2",   "0@30 137.508@-30" },
};

static const struct {
    const char *preset, *text, *defaults, *expected;
} good_tests[] = {
    { NULL, "yaw=0|yaw=90 pitch=-30 name=down", NULL,
      "view_00 0/0/0 0/0/0 0x0 flat left|down 90/-30/0 0/0/0 0x0 flat left" },
    { NULL, "# rig\r\n\r\n\tyaw=+1.5e2\t# | yaw=x\r\n||name=A-b_1 roll=-.5|\n",
      NULL, "view_00 150/0/0 0/0/0 0x0 flat left|"
      "A-b_1 0/0/-0.5 0/0/0 0x0 flat left" },
    { NULL, "\xef\xbb\xbfyaw=240 roll=-900|yaw=180|yaw=-180.25|yaw=1e9", NULL,
      "view_00 -120/0/180 0/0/0 0x0 flat left|"
      "view_01 180/0/0 0/0/0 0x0 flat left|"
      "view_02 179.75/0/0 0/0/0 0x0 flat left|"
      "view_03 -80/0/0 0/0/0 0x0 flat left" },
    { NULL, "yaw=0.1|yaw=5 pitch=6 roll=7 h_fov=80 w=8 h=9 output=e eye=left",
      "yaw=1 pitch=2 roll=3 h_fov=60 v_fov=50 w=64 h=32 output=fisheye "
      "eye=right",
      "view_00 0.1/2/3 60/50/0 64x32 fisheye right|"
      "view_01 5/6/7 80/50/0 8x9 equirect left" },
    { NULL, "h_fov=80|v_fov=70|d_fov=60|yaw=1", "d_fov=100",
      "view_00 0/0/0 80/0/0 0x0 flat left|view_01 0/0/0 0/70/0 0x0 flat left|"
      "view_02 0/0/0 0/0/60 0x0 flat left|"
      "view_03 1/0/0 0/0/100 0x0 flat left" },
    { NULL, "h_fov=80|d_fov=60", "h_fov=100 v_fov=50",
      "view_00 0/0/0 80/50/0 0x0 flat left|"
      "view_01 0/0/0 0/0/60 0x0 flat left" },
    { NULL, "name=x eye=both|eye=both output=equirect d_fov=360|", "eye=right",
      "x_left 0/0/0 0/0/0 0x0 flat left|x_right 0/0/0 0/0/0 0x0 flat right|"
      "view_01_left 0/0/0 0/0/360 0x0 equirect left|"
      "view_01_right 0/0/0 0/0/360 0x0 equirect right" },
    { "ring1", "yaw=7", NULL, "view_00 0/0/0 90/0/0 0x0 flat left|"
      "view_01 7/0/0 0/0/0 0x0 flat left" },
    { "ring2+up,down", NULL, NULL,
      "view_00 0/0/0 90/0/0 0x0 flat left|view_01 180/0/0 90/0/0 0x0 flat left|"
      "up 0/90/0 90/90/0 0x0 flat left|down 0/-90/0 90/90/0 0x0 flat left" },
    { "back+ring1@+30,ring1@-30", NULL, "w=640 h=360",
      "back 180/0/0 90/0/0 640x360 flat left|"
      "view_01 0/30/0 90/0/0 640x360 flat left|"
      "view_02 0/-30/0 90/0/0 640x360 flat left" },
    { "ring1", NULL, "h_fov=60 yaw=9 pitch=9 roll=9 w=640",
      "view_00 0/0/9 60/0/0 640x0 flat left" },
    { "fibonacci1", NULL, "w=640 h=360", /* square pixels, no preset's v_fov */
      "view_00 0/0/0 90/0/0 640x360 flat left" },
    { "fibonacci1", NULL, "v_fov=60", "view_00 0/0/0 0/60/0 0x0 flat left" },
    { "fibonacci1", NULL, "d_fov=60", "view_00 0/0/0 0/0/60 0x0 flat left" },
    { "fibonacci1", NULL, NULL, "view_00 0/0/0 90/90/0 0x0 flat left" },
};

/* Sizes and fields of view of views of an equirectangular source of w x h, to
 * 1e-4 degrees. */
static const struct {
    const char *preset, *text, *defaults;
    int w, h;
    const char *expected;
} geometry_tests[] = {
    { "ring8",   NULL, NULL,               7680, 3840, "1920x1920 90 90" },
    { "ring8",   NULL, "h_fov=60",         7680, 3840, "1280x1280 60 60" },
    { "ring8",   NULL, "w=1920 h=1080",    7680, 3840, "1920x1080 90 58.7155" },
    { "ring8",   NULL, "w=1001",           7680, 3840, "1001x1001 90 90" },
    { "ring8",   NULL, "h=1000 h_fov=90 v_fov=67.5", 7680, 3840,
      "1496x1000 90 67.5" },
    { "dome17",  NULL, NULL,               7680, 3840, "1920x1282 90 67.5" },
    { "dome17",  NULL, "w=1000",           7680, 3840, "1000x668 90 67.5" },
    { "dome17",  NULL, "w=1000 h=1000",    7680, 3840, "1000x1000 90 90" },
    { "dome17",  NULL, "h_fov=60",         7680, 3840, "1280x1280 60 60" },
    { "cube6",   NULL, NULL,               7680, 3840, "1920x1920 90 90" },
    { "colmap12", NULL, NULL,              7680, 3840, "1920x1920 90 90" },
    { "colmap12", NULL, NULL,              7680, 3000, "1920x1500 90 90" },
    { "colmap12", NULL, "h_fov=60",        7680, 3840, "1280x1280 60 60" },
    { "colmap12", NULL, "w=640",           7680, 3000, "640x640 90 90" },
    { "nerfstudio8",  NULL, NULL,          7680, 3840, "1920x1920 120 120" },
    { "nerfstudio14", NULL, NULL,          7680, 3840, "1450x1450 110 110" },
    { "nerfstudio8",  NULL, "eye=both",    7680, 3840, "1920x1920 120 120" },
    { "nerfstudio8",  NULL, "h_fov=120 v_fov=81.7868", 7680, 3840,
      "2714x1358 120 81.7868" }, /* tan(v/2) = tan(h/2)/2: twice as wide */
    { NULL, "yaw=1",         NULL,         7680, 3840, "1920x1920 90 90" },
    { NULL, "v_fov=60",      NULL,         7680, 3840, "1280x1280 60 60" },
    { NULL, "d_fov=60 w=400 h=300", NULL,  7680, 3840,
      "400x300 49.5826 38.2132" },
    { NULL, "output=equirect",      NULL,  7680, 3840, "7680x3840 360 180" },
    { NULL, "output=equirect w=99", NULL,  7680, 3840, "99x50 360 180" },
    { NULL, "output=equirect h=99", NULL,  7680, 3840, "198x99 360 180" },
    { NULL, "output=c3x2",          NULL,   100,    50, "75x50 360 180" },
    { NULL, "output=equirect",      NULL, 32768, 16384, "16384x8192 360 180" },
    { NULL, "h_fov=60 v_fov=175",   NULL, 32768, 16384, "414x16384 60 175" },
    { NULL, "yaw=1",                NULL, 32768, 16384, "8192x8192 90 90" },
    { NULL, "yaw=1",                NULL,    10,     5, "2x2 90 90" },
    { NULL, "yaw=1",                NULL,     1,     1, "2x2 90 90" },
    { "nerfstudio14", NULL,         NULL,     4,     2, "2x2 110 110" },
    { "colmap4",      NULL,         NULL,     2,     1, "2x2 90 90" },
};

/* Fields that are set one after the other on the same view. NULL: the value is
 * refused, and nothing changes. */
static const struct {
    const char *field, *value, *expected;
} set_tests[] = {
    { "yaw",   "240",    "-120/0/0 90/90/0" },
    { "pitch", "-90",    "-120/-90/0 90/90/0" },
    { "roll",  "-190.5", "-120/-90/169.5 90/90/0" },
    { "pitch", "90.5",   NULL },
    { "h_fov", "180",    NULL },
    { "h_fov", "60",     "-120/-90/169.5 60/0/0" }, /* no preset's v_fov */
    { "v_fov", "50",     "-120/-90/169.5 60/50/0" },
    { "h_fov", "70",     "-120/-90/169.5 70/50/0" },
    { "d_fov", "0",      NULL },
    { "d_fov", "180",    NULL },
    { "d_fov", "80",     "-120/-90/169.5 0/0/80" },
    { "v_fov", "361",    NULL },
    { "v_fov", "40",     "-120/-90/169.5 0/40/0" },
    { "yaw",   "",       NULL },
    { "yaw",   " 1",     NULL },
    { "yaw",   "1 ",     NULL },
    { "yaw",   "nan",    NULL },
    { "yaw",   "1,5",    NULL },
    { "w",     "100",    NULL },
    { "name",  "x",      NULL },
    { "fov",   "90",     NULL },
    { "",      "90",     NULL },
    { "yaw",   "1e-3",   "0.001/-90/169.5 0/40/0" },
};

/* Texts that are refused, each with a message that has these words. */
static const struct {
    const char *preset, *text, *defaults, *words;
} bad_tests[] = {
    { NULL, NULL, NULL, "no views: set rig or views" },
    { NULL, "", NULL, "no views" },
    { NULL, " |\n\t|#yaw=1\n|", NULL, "no views" },
    { NULL, "yaw", NULL, "view 0, line 1: 'yaw': must be FIELD=VALUE" },
    { NULL, "yaw = 3", NULL, "'yaw': must be FIELD=VALUE" },
    { NULL, "=3", NULL, "unknown field ''" },
    { NULL, "=", NULL, "unknown field ''" },
    { NULL, "yaw=", NULL, "yaw=: must be a number of degrees, -1e9 to 1e9" },
    { NULL, "yaw=1,5", NULL, "yaw=1,5: must be" },
    { NULL, "yaw=0x10", NULL, "yaw=0x10: must be" },
    { NULL, "yaw=1e3x", NULL, "yaw=1e3x: must be" },
    { NULL, "yaw=1e", NULL, "yaw=1e: must be" },
    { NULL, "yaw=nan", NULL, "yaw=nan: must be" },
    { NULL, "roll=inf", NULL, "roll=inf: must be" },
    { NULL, "yaw=-infinity", NULL, "must be" },
    { NULL, "yaw=1e400", NULL, "must be" },
    { NULL, "yaw=1.1e9", NULL, "must be" },
    { NULL, "yaw=1k", NULL, "yaw=1k: must be" },
    { NULL, "yaw=3dB", NULL, "must be" },
    { NULL, "yaw=--1", NULL, "must be" },
    { NULL, "yaw=.", NULL, "must be" },
    { NULL, "yaw=1.2.3", NULL, "must be" },
    { NULL, "yaw=0.00000000000000000000000000000000000000000000000000000000000"
            "0000000000", NULL, "...: must be" }, /* longer than any needs */
    { NULL, "yaw=1=2", NULL, "yaw=1=2: must be" },
    { NULL, "yaw=1\x01\xff", NULL, "yaw=1\\x01\\xff: must be" },
    { NULL, "yaw=1\v", NULL, "yaw=1\\x0b: must be" },
    { NULL, "pitch=90.001", NULL, "pitch=90.001: must be a number of degrees, "
                                  "-90 to 90" },
    { NULL, "pitch=-91", NULL, "pitch=-91: must be" },
    { NULL, "h_fov=0", NULL, "h_fov=0: must be a number of degrees above 0" },
    { NULL, "v_fov=-1", NULL, "at most 360" },
    { NULL, "d_fov=360.5", NULL, "at most 360" },
    { NULL, "d_fov=90 h_fov=90", NULL, "d_fov=90: must not be given together" },
    { NULL, "v_fov=9 d_fov=8", NULL, "d_fov=8: must not be given together" },
    { NULL, "w=0", NULL, "w=0: must be an integer, 1 to 16384" },
    { NULL, "h=16385", NULL, "h=16385: must be" },
    { NULL, "w=-5", NULL, "must be" },
    { NULL, "w=1920.0", NULL, "must be" },
    { NULL, "w=4294967297", NULL, "must be" },
    { NULL, "output=cube", NULL, "output=cube: must be one of equirect e " },
    { NULL, "output=equirectangularprojectionofthesphere", NULL, "must be one" },
    { NULL, "output=", NULL, "must be one of" },
    { NULL, "eye=middle", NULL, "must be left, right or both" },
    { NULL, "name=", NULL, "name=: must be 1 to 31 of A-Z" },
    { NULL, "name=abcdefghijklmnopqrstuvwxyz012345", NULL, "must be 1 to 31" },
    { NULL, "name=12", NULL, "name=12: must be" },
    { NULL, "name=a/b", NULL, "name=a/b: must be" },
    { NULL, "name=..", NULL, "name=..: must be" },
    { NULL, "name=-x", NULL, "name=-x: must be" },
    { NULL, "name=\xc3\xa4", NULL, "name=\\xc3\\xa4: must be" },
    { NULL, "name=a|yaw=1\nname=A", NULL, "view 2 'A', line 2: name=A: taken "
                                          "by view 0" },
    { NULL, "name=a_left|name=a eye=both", NULL, "name=a_left: taken" },
    { NULL, "name=view_01|yaw=1", NULL, "name=view_01: taken by view 0" },
    { NULL, "name=abcdefghijklmnopqrstuvwxyz eye=both", NULL, "'_right'" },
    { NULL, "yaw=1 yaw=1", NULL, "'yaw=1': yaw is given twice" },
    { NULL, "YAW=1", NULL, "unknown field 'YAW', must be one of name yaw pitch "
                           "roll h_fov v_fov d_fov w h output eye" },
    { NULL, "fov=90", NULL, "unknown field 'fov'" },
    { NULL, "yaw=1;pitch=2", NULL, "yaw=1;pitch=2: must be" },
    { NULL, "yaw=0\n\n# c\nname=dn pitch=x", NULL,
      "view 1 'dn', line 4: pitch=x: must be" },
    { NULL, "yaw=0|name=wide h_fov=180", NULL, "view 1 'wide': " },
    { NULL, "yaw=0|v_fov=200", NULL, "view 1 'view_01': " },
    { NULL, "yaw=0", "h_fov=180", "view 0 'view_00': " },
    { NULL, "d_fov=180", NULL, "view 0 'view_00': " },
    { NULL, "output=fisheye|yaw=1", "h_fov=300", "view 1 'view_01': " },
    { "cube6", "name=Up", NULL, "name=Up: taken by view 4" },
    { "cube6+up", NULL, NULL, "name=up: taken by view 4" },
    { "ring2+", NULL, NULL, "rig=: must be one of ringN" },
    { "ring2,,up", NULL, NULL, "rig=: must be one of" },
    { "ring2+sideways", NULL, NULL, "rig=sideways: must be one of" },
    { "ring2@+", NULL, NULL, "rig=ring2@+: pitch must be" },
    { "ring200+ring57", NULL, NULL, "more than 256 views" },
    { "ring256", "yaw=0", NULL, "more than 256 views" },
    { "ring129", NULL, "eye=both", "more than 256 views" },
    { "ring300", NULL, NULL, "rig=ring300: number of views must be an integer, "
                             "1 to 256" },
    { "ring0", NULL, NULL, "number of views" },
    { "ring", NULL, NULL, "number of views" },
    { "ring-1", NULL, NULL, "number of views" },
    { "ring8.5", NULL, NULL, "number of views" },
    { "ring8@", NULL, NULL, "rig=ring8@: pitch must be a number of degrees" },
    { "ring8@91", NULL, NULL, "pitch must be" },
    { "ring8@nan", NULL, NULL, "pitch must be" },
    { "ring8@4x", NULL, NULL, "pitch must be" },
    { "fibonacci", NULL, NULL, "number of views" },
    { "fibonacci257", NULL, NULL, "number of views" },
    { "fibonacci99999999999999999999", NULL, NULL, "number of views" },
    { "cube", NULL, NULL, "rig=cube: must be one of ringN" },
    { "Cube6", NULL, NULL, "must be one of" },
    { "", NULL, NULL, "must be one of" },
};

#endif /* AVFILTER_TESTS_V360RIG_DATA_H */
