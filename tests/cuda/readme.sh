# Part of tests/cuda/run-tests: the command lines of README.md, doc/gpu.md and the manuals.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# blocks: files $work/doc/NAME.sh, the commands with ffmpeg in the README's section on
# GPUs, in doc/gpu.md and in the manuals.
blocks()
{
    local block
    mkdir -p "$work/doc"
    awk -v dir="$work/doc" '
        /^## / { on = /NVIDIA GPU/ }
        on && /^```/ { open = !open; if (open) n++; next }
        on && open { print >(dir "/readme" n ".sh") }' "$root/README.md"
    awk -v dir="$work/doc" '
        /^```/ { open = !open; if (open) n++; next }
        open { print >(dir "/gpu" n ".sh") }' "$root/doc/gpu.md"
    awk -v dir="$work/doc" '
        /^@anchor/ { on = /v360batch_cuda/ }
        on && /^@example/ { open = 1; n++; next }
        /^@end example/ { open = 0 }
        open { print >(dir "/manual" n ".sh") }' "$root/doc/v360batch.texi"
    awk -v dir="$work/doc" '
        /^@example/ { open = 1; n++; next }
        /^@end example/ { open = 0 }
        open { print >(dir "/mjpeg" n ".sh") }' "$root/doc/mjpeg_cuda.texi"
    for block in "$work"/doc/*.sh; do
        grep -q 'ffmpeg ' "$block" || rm "$block"
    done
}

# softcuda has no NVENC: its frames go nowhere. Sizes are smaller.
runnable()
{
    sed -e "s,^\\( *\\)\\(build/\\)\\?ffmpeg ,\\1run_block ," \
        -e 's/-c:v [a-z0-9]*_nvenc/-c:v wrapped_avframe -f null/g' \
        -e 's/w=1920\(.\)h=1080/w=96\1h=54/g' -e 's/-re //' "$1"
}

# NVDEC's pictures are on the tape of the source that is named.
run_block()
{
    local name
    name=$(grep -o '[a-z0-9]*\.mp4' <<<"$*" | head -n 1)
    SOFTCUVID_TAPE=$work/${name%.mp4}.tape SOFTCUDA_DEVICES=2 \
        LD_LIBRARY_PATH=$softcuda run_ffmpeg -xerror "$@" && echo whole >>"$work/ran"
}

readme()
{
    local block n images commands=0 work=$work/readme
    # shellcheck disable=SC2034 # for nvdec_source
    local source_of=testsrc2=s=256x128:r=25:d=0.4
    mkdir "$work"
    nvdec_source pano yuv420p nv12 -c:v libx264 -bf 0
    nvdec_source in10 yuv420p10 p010 -c:v libx265 -x265-params log-level=none:bframes=0
    for n in in part0 part1; do
        cp "$work/pano.mp4" "$work/$n.mp4"
        cp "$work/pano.tape" "$work/$n.tape"
    done
    blocks
    for block in "$work"/doc/*.sh; do
        n=$(grep -c 'ffmpeg ' "$block")
        ! grep -q 'for gpu in 0 1' "$block" || n=2
        commands=$((commands + n))
        : >"$work/ran"
        # shellcheck disable=SC1090
        (cd "$work" && . <(runnable "$block")) >"$work/out" 2>"$work/err"
        images=$(find "$work" -name '*.jpg' -size +0 | wc -l)
        find "$work" -name '*.jpg' -delete
        expect "${block##*/}: the command runs" \
            "$(wc -l <"$work/ran") == $n && $(wc -c <"$work/err") == 0 && \
($(grep -c '\.jpg' "$block") == 0 || ($images > 0 && $images % 10 == 0))" \
            "$n commands$( ((images)) && echo ", $images images"); $(head -n 2 "$work/err")"
    done
    expect "command lines of README, doc/gpu.md and manual" "$commands == 14" "$commands"
}
