"""Mutants of v360batch and mjpeg_pictures, and the tests that find each. Those of
vector kernels need a processor with AVX2."""

L = "libavfilter-src/"
FATE = ["make -C build -k -j2 fate-v360batch THREADS=3"]


def program(name):
    return [f"make -C build fate-v360-{name}"]


def colour(test):
    return [f"tests/cli/colour.py {test}"]


def jpeg(name):
    return [f"tests/cli/mjpeg_pictures.py {name}"]


MUTANTS = [
    ("C1", L + "v360batch/map/border.c",
     "return (V360SamplePos){ av_clip(x, f->x0, f->x1 - 1),",
     "return (V360SamplePos){ av_clip(x, f->x0, f->x1),",
     "a place one sample beyond the face", FATE),
    ("C2", L + "v360batch/cpu/dsp.c",
     "face = find_face(r->border, (x + 128) >> 8, (y + 128) >> 8);",
     "face = find_face(r->border, x >> 8, y >> 8);",
     "the face of the tap, not of the nearest sample", FATE),
    ("C3", L + "v360batch/cpu/slice.c",
     "           span->x1 + *shift < g->format.w * 256 &&\n", "",
     "windows reach past the last column", program("page")),
    ("C4", L + "v360batch/cpu/dsp.c", "if (x >= r->period)", "if (x > r->period)",
     "the wrap comes one position late", program("state")),
    ("C5", L + "v360batch/input.c",
     "    if (same && xpos == s->chroma.xpos && ypos == s->chroma.ypos)",
     "    if (same && xpos == s->chroma.xpos)",
     "another height of chroma is missed in mid-stream", program("state")),
    ("C6", L + "v360batch/interp.c", "weights[phase][largest] += rest;",
     "weights[phase][1] += rest;", "the rest goes to the first tap", FATE),
    ("C7", L + "v360batch/map/grid.c",
     "a->view.h_fov == view->h_fov && a->view.v_fov == view->v_fov;",
     "a->view.h_fov == view->h_fov;",
     "views of another v_fov share a grid", program("state")),
    ("C8", L + "v360batch/map/grid.c", "t->h_flip ^ t->d_flip ^ s->h_flip ? -1 : 1",
     "t->h_flip ^ t->d_flip ? -1 : 1", "ih_flip and shared grids", FATE),
    ("C9", L + "v360batch/cpu/slice.c",
     "if (!is_inside(t, v, &span[i + n], &shift) || shift != b.shift[0])",
     "if (!is_inside(t, v, &span[i + n], &shift))",
     "blocks of two wraps at once", FATE),
    ("C10", L + "v360batch/cpu/remap.c",
     "    V360SliceView views[V360_MAX_VIEWS];\n    int n = 0;",
     "    static V360SliceView views[V360_MAX_VIEWS];\n    int n = 0;",
     "threads share a list of views", FATE),
    ("C11", L + "v360batch/rig/complete.c",
     "    if (ret < 0 || (ret = check_view(&v, &log)) < 0)\n        return ret;\n    v.yaw",
     "    *view = v;\n    if (ret < 0 || (ret = check_view(&v, &log)) < 0)\n"
     "        return ret;\n    v.yaw",
     "a refused command leaves its values", program("state")),
    ("C12", L + "v360batch/rig/complete.c", "if (f == V360_FIELD_D_FOV || v.preset_fov)",
     "if (f == V360_FIELD_D_FOV)", "a preset's other field of view stays",
     ["make -C build fate-v360-rig", *FATE]),
    ("C13", L + "v360batch/cpu/slice.c",
     "if (rows == V360_BLOCK_H && !(((uintptr_t)dst | v->linesize) & 63)) {",
     "if (rows == V360_BLOCK_H && !((uintptr_t)dst & 63)) {",
     "aligned stores into rows that are not", program("page")),
    ("C15", L + "v360batch/input.c",
     "    s->chroma.xpos = -1;  /* invalid until all has succeeded */\n",
     "    s->chroma.xpos = xpos;\n    s->chroma.ypos = ypos;\n",
     "grids that could not be made are taken for made", program("state")),
    ("C16", L + "v360batch/props.c",
     "    AV_FRAME_DATA_STEREO3D,\n", "", "views of one eye are called stereo",
     program("props")),
    ("C17", L + "v360batch/common.c",
     "    ff_inlink_set_status(ctx->inputs[0], AVERROR_EOF);\n", "",
     "the end of all outputs does not stop the source", program("state")),
    ("C18", L + "v360batch/exif.c", "sqrt((double)g->w * g->w +", "sqrt(2 * (double)g->w * g->w +",
     "another focal length of 35 mm film", program("geo")),
    ("C19", L + "v360batch/geo/track.c", "    if (lon - a->lon > turn / 2)\n", "    if (0)\n",
     "the long way around the earth", program("geo")),
    ("C20", L + "vf_geotag.c", "if (!ff_v360_geo_get_date(&ifd, &time)) {", "if (1) {",
     "a picture loses its own date", ["tests/cli/geotag.py test_pictures"]),
    ("C21", L + "v360batch/geo/track.c", "    if (all > max_gap) {\n", "    if (0) {\n",
     "places in gaps of the track", program("geo")),
    ("C22", L + "v360batch/colour.c",
     "    if (from_rgb && row->coef[0] != 0.0 && row->coef[1] != 0.0)", "    if (0)",
     "gray of RGB gets a colour", colour("test_gray")),
    ("C23", L + "v360batch/cpu/convert.c", "get_part(w, first + 1) -", "get_part(w, first) -",
     "luma takes chroma of one row only", colour("test_matrices")),
    ("C24", L + "v360batch/cpu/converted.c",
     "        remap_band(s, job, group, i + 1, 1, count);\n", "",
     "chroma of the band before", colour("test_matrices")),
    ("C25", L + "v360batch/output.c",
     "FFMIN(f->log2_chroma_w, s->format.log2_chroma_w);", "f->log2_chroma_w;",
     "coarser chroma is picked, not averaged", colour("test_places")),
    ("C26", L + "v360batch/output.c", "        frame->color_range = o->range;\n", "",
     "converted frames keep the range of their source", colour("test_tags")),
    ("C27", L + "v360batch/colour.c", "    if (log2 && !(place & 1)) {", "    if (0) {",
     "means beside the places of chroma", colour("test_places")),
    ("C28", L + "x86/v360batch/mix.asm", "    sub              iq, nq         ; samples",
     "    xor              id, id         ; samples",
     "the last pixels of rgb24 in a wrong place",
     ["make -C build fate-checkasm-v360batch_mix"]),
    ("C29", "libavcodec-src/mjpegpictures.c",
     "    avctx->sample_aspect_ratio = ctx->aspect;\n", "",
     "a JPEG has the aspect of another one", jpeg("test_threads")),
    ("C30", "libavcodec-src/mjpegpictures.c",
     "        memset(frame->buf[i]->data, 0, frame->buf[i]->size);\n", "        ;\n",
     "what a damaged JPEG lacks is of another one", jpeg("test_damage_threads")),
]
