# Part of tests/cuda/run-tests and of tests/cuda/bare-pack: making and running the folder
# of scripts/gpu-verify --pack. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# with_tapes PACK TAPES: softcuda's NVDEC takes its pictures from a tape for each source,
# which a program in the place of ffmpeg names.
with_tapes()
{
    mv "$1/bin/ffmpeg.gz" "$1/bin/real.gz"
    gzip -n >"$1/bin/ffmpeg.gz" <<'SCRIPT'
#!/bin/sh
before=
for word; do
    [ "$before" != -i ] || tape=$TAPES/${word##*/}
    before=$word
done
case $HANG$* in hang*samples/*framemd5*) while :; do :; done ;; esac
[ -z "$tape" ] || [ ! -e "$tape" ] || export SOFTCUVID_TAPE="$tape"
exec "${0%ffmpeg}real" "$@"
SCRIPT
    # The clip is read again and again.
    for _ in 1 2 3 4 5 6 7 8; do
        run_ffmpeg -i "$1/samples/clip.mp4" -pix_fmt nv12 -f rawvideo -
    done >"$2/clip.mp4"
}

# need_pack: $work/pack, with few tests in it.
need_pack()
{
    [ -e "$work/pack/run" ] && return
    mkdir -p "$work/tapes" "$work/bare" "$work/tmp"
    RECORD_TAPES=$work/tapes PACK_TESTS='equal_alpha|colour_mixed|nvdec_bytes' \
        PACK_KERNELS='line-1080-b2|jpeg-1080' PACK_CLIP=512x256 \
        "$root/scripts/gpu-verify" --pack "$work/pack" >"$work/pack.log" 2>&1
    expect "the pack is made, and no compiler warns" "$? == 0 && $(wc -l <"$work/pack.log") == 1" \
        "$(tail -n 1 "$work/pack.log")"
    with_tapes "$work/pack" "$work/tapes"
    for tool in sh dirname rm env; do ln -sf "$(type -P "$tool")" "$work/bare/$tool"; done
    # softcuda's own compiler is no part of the machine.
    printf '#!/bin/sh\nPATH=%s\nunset LD_LIBRARY_PATH LD_PRELOAD\nexec gcc "$@"\n' "$PATH" \
        >"$work/gcc"
    chmod +x "$work/gcc"
}

# run_pack OPTION...: without any other program or variable of this machine
run_pack()
{
    env -i PATH="$work/bare" TMPDIR="$work/tmp" TAPES="$work/tapes" HANG="${hang:-}" \
        LD_LIBRARY_PATH="${driver-$softcuda}" SOFTCUDA_GCC="$work/gcc" \
        SOFTCUDA_MODEL="$root/tests/softcuda/presets/rtx4090.txt" \
        SOFTCUDA_DEVICES="${devices:-1}" "$work/pack/run" --small "$@" >"$work/run.log" 2>&1
}

# stand_in NAME <TEXT: a program of the machine, in sh
stand_in()
{
    { echo '#!/bin/sh'; cat; } >"$work/bare/$1"
    chmod +x "$work/bare/$1"
}

# report EXPRESSION: of report.json, as the value p of each part and the value p[NAME]
report()
{
    /usr/bin/python3 - "$work/pack/report.json" "$1" <<'END_OF_PROGRAM'
import json
import sys

r = json.load(open(sys.argv[1], encoding='utf-8'))
p = {s['name']: s for s in r['sections']}
rows = {(s['name'], t['name']): t for s in r['sections'] for t in s['rows']}
print(eval(sys.argv[2]))
END_OF_PROGRAM
}
