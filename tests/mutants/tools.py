"""Mutants of split360, v360job and v360rig, and the tests that find each."""

S = "scripts/lib/split360-"


def cli(file, *names):
    return [f"tests/cli/{file} {' '.join(names)}"]


MUTANTS = [
    ("T1", S + "job.sh", "++n && (!list || place == n - 1) { held = n",
     "++n && (!list || place == n - 1) { print n \" \" $2 \" \" $3 \" \" off; held = n",
     "the last time stamp of an interrupted run is believed",
     cli("split360_moments.sh", "test_last_time_stamp")),
    ("T2", S + "state.sh",
     '"names=$naming" "for=$reader" "owner-masks=$owner_masks" "mask=$mask_id"',
     '"names=$naming" "for=$reader" "owner-masks=$owner_masks"',
     "another mask than before is not noticed", cli("split360_masks.py", "test_another")),
    ("T3", "tools/job/manifest.c",
     "pts -= av_rescale_q(-offset, AV_TIME_BASE_Q, tb);",
     "pts += av_rescale_q(-offset, AV_TIME_BASE_Q, tb);",
     "time stamps off by twice the start time", cli("split360_jobs.sh", "test_selection")),
    ("T4", S + "masks.sh", "255*gte(val,128)", "255*gte(val,64)",
     "the threshold of masks", cli("split360_masks.py", "test_grays")),
    ("T5", "tools/rig/owner_masks.c", "own + (i < index ? -TIE : TIE))", "own + TIE)",
     "a tie has two owners", cli("rig_exports.py", "test_owner_ties")),
    ("T6", "tools/rig/realityscan.c", "cam->fx * 36 / FFMAX(cam->g.w, cam->g.h)",
     "cam->fx * 36 / cam->g.w", "RealityScan's focal length of upright views",
     cli("rig_exports.py", "test_realityscan_portrait")),
    ("T7", S + "publish.sh",
     "    trap '' INT TERM HUP # between two renames there is neither\n", "",
     "a signal ends it between two renames", cli("split360_moments.sh", "test_renames")),
    ("T8", "tools/job/run.c", "        end_with_parent(self, SIGKILL);\n", "",
     "ffmpeg outlives v360job that was killed", cli("split360_moments.sh", "test_killed_runner")),
    ("T9", "tools/job/private.c", "        return 3;\n", "        return 0;\n",
     "a lock that was removed counts", cli("split360_moments.sh", "test_removed_lock")),
    ("T10", S + "count.sh", "slack=$((total / 50))", "slack=$((total / 2))",
     "half of a video may be missing", cli("split360_jobs.sh", "test_bad_sources")),
    ("T11", "tools/job/verify.c",
     "if (strncmp(before, file->string, dir + !dir))", "if (0)",
     "numbers of frames go on from view to view", cli("split360_jobs.sh", "test_repair")),
    ("T12", S + "state.sh", 'out=$(readlink -m -- "$outdir")', "out=$outdir",
     "a source in OUTDIR that is a link", cli("split360_moments.sh", "test_link")),
]
