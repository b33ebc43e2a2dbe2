"""Mutants of split360, v360rig and the encoder png, and the tests that find each."""


def cli(file, *names):
    return [f"tests/cli/{file} {' '.join(names)}"]


def farm(*names):
    return [f"tests/farm/run-tests {' '.join(names)}"]


MUTANTS = [
    # T1, the last time stamp of an interrupted run is believed, changes nothing any
    # more: that frame is made again, and the later time stamp counts.
    ("T2", "tools/job/identity.c", '    add(&s, "mask", job->mask_id);\n', "",
     "another mask than before is not noticed", cli("split360_masks.py", "test_another")),
    ("T3", "tools/job/stamps.c",
     "pts = av_sat_sub64(\n", "pts = av_sat_add64(\n",
     "time stamps off by twice the start time", cli("split360_jobs.sh", "test_selection")),
    ("T4", "tools/job/mask.c", "255*gte(val,128)", "255*gte(val,64)",
     "the threshold of masks", cli("split360_masks.py", "test_grays")),
    ("T5", "tools/rig/owner_masks.c", "own + (i < index ? -TIE : TIE))", "own + TIE)",
     "a tie has two owners", cli("rig_exports.py", "test_owner_ties")),
    ("T6", "tools/rig/realityscan.c", "cam->fx * 36 / FFMAX(cam->g.w, cam->g.h)",
     "cam->fx * 36 / cam->g.w", "RealityScan's focal length of upright views",
     cli("rig_exports.py", "test_realityscan_portrait")),
    ("T7", "tools/job/publish.c", "    v360job_ignore_signals();\n", "    signal(SIGTERM, SIG_DFL);\n",
     "a signal ends it between two renames", cli("split360_moments.sh", "test_renames")),
    ("T8", "tools/job/child.c", "    prctl(PR_SET_PDEATHSIG, SIGKILL);\n", "",
     "ffmpeg outlives split360 that was killed",
     cli("split360_moments.sh", "test_killed_runner")),
    ("T9", "tools/job/private.c", "same = path && v360job_has_name(folder->lock, path);",
     "same = !!path;",
     "a lock that was removed counts", cli("split360_moments.sh", "test_removed_lock")),
    ("T10", "tools/job/damage.c", "end > st.st_size)", "end > 4 * st.st_size)",
     "half of a video may be missing", cli("split360_basic.sh", "test_cut_off")),
    ("T11", "tools/job/verify.c",
     "if (strncmp(before, name, dir + !dir))", "if (0)",
     "numbers of frames go on from view to view", cli("split360_jobs.sh", "test_repair")),
    ("T12", "tools/job/spare.c", "    part = real ? part_above(guard, real) : NULL;\n",
     "    part = NULL;\n", "a source in OUTDIR is replaced",
     cli("split360_moments.sh", "test_link")),
    ("T13", "tools/job/run.c", "    if (strict)\n", "    if (strict < 0)\n",
     "damage of a source is not noticed", cli("split360_damage.sh", "test_told")),
    ("T14", "tools/job/damage.c", "if (wanted && ret < 0)", "if (ret < 0)",
     "damage of frames that are not wanted is told",
     cli("split360_damage.sh", "test_told")),
    ("T15", "tools/job/input.c", "option pattern_type none\\n", "",
     "a picture's name is a pattern", cli("split360_names.py", "test_patterns")),
    ("T16", "tools/job/natural.c", "int v360job_compare_names(const void *a, const void *b)\n{\n",
     "int v360job_compare_names(const void *a, const void *b)\n{\n"
     "    if (a)\n        return strcmp(*(char *const *)a, *(char *const *)b);\n",
     "pictures in the order of bytes", cli("split360_jobs.sh", "test_folder")),
    ("T17", "tools/job/range.c", "    return nb && !bad;\n", "    return 1;\n",
     "a seek that lands too late is taken",
     cli("split360_sources.sh", "test_ends") + ["tests/cli/split360_exact.py --seed 3 test_cuts"]),
    ("T18", "tools/farm/merge.c",
     "        if (a->size != b->size || strcmp(a->hash, b->hash))\n", "        if (0)\n",
     "a shard may begin with any frame", farm("test_fault_inexact")),
    ("T19", "tools/farm/marker.c", "    if (strcmp(last, end))\n", "    if (0)\n",
     "a marker may be changed", farm("test_fault_markers")),
    ("T20", "tools/farm/compare.c", "        if (!is_seam && (", "        if (is_seam < 0 && (",
     "a file may be changed after its task", farm("test_fault_lost")),
    ("T21", "tools/farm/task.c",
     "    if (ret >= 0 && !v360farm_is_current(&t->plan, &t->folder))\n", "    if (0)\n",
     "a task publishes for a plan that has gone", farm("test_cancel")),
    ("T22", "tools/farm/slurm.c", "afterany", "afterok", "no merge where a task failed",
     farm("test_cluster_ffmpeg")),
    ("T23", "tools/farm/slurm.c", '"--requeue",', "", "a task dies with its node",
     farm("test_cluster_node_lost")),
    ("T24", "tools/farm/shard.c", "v360job_differences(&text, plan->json, settings)", "0",
     "a source may be replaced after the plan", farm("test_fault_source")),
    ("T25", "tools/job/cut.c", "find_slot(&s, cut->slot + 1) - 1", "find_slot(&s, cut->slot + 1)",
     "a shard of --fps begins a frame late", farm("test_hand_choices")),
    ("T26", "tools/job/range.c", "range->end + add", "range->end",
     "a shard ends late where the source begins late", farm("test_hand_choices")),
    ("T27", "libavcodec-src/isal_wrapper.c", "    begin(s);\n    return ret;",
     "    isal_deflate_reset(&s->stream);\n    return ret;",
     "a picture after the first has no zlib header", cli("png_isal.py", "test_decode")),
    ("T28", "libavcodec-src/x86/pngencdsp.asm", "    paddb           m1, m2\n", "",
     "the mean is rounded up", cli("png_isal.py", "test_average")),
    ("T29", "libavcodec-src/pngencdsp.c", "EACH(0xfe)) >> 1", "EACH(0xff)) >> 1",
     "bits of the next byte in the mean", cli("png_isal.py", "test_average")),
]
