# Part of tests/cuda/run-tests: split360 --device.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# Folders of split360 with and without the device.
split360_device()
{
    local format source=$work/pano.mp4
    "$ffmpeg" -v error -f lavfi -i testsrc2=s=512x256:r=25:d=0.2,noise=alls=30 \
        -pix_fmt yuv420p -c:v libx264 "$source"
    for format in png jpg mp4; do
        "$root/scripts/split360" "$source" "$work/s-cpu-$format" --device cpu --quiet \
            --format "$format" --size 64x48 2>"$work/err"
        LD_LIBRARY_PATH=$softcuda "$root/scripts/split360" "$source" \
            "$work/s-cuda-$format" --device cuda --format "$format" --size 64x48 2>"$work/err"
        if grep -q 'on the GPU' "$work/err" &&
           diff -r -x manifest.json "$work/s-cpu-$format" "$work/s-cuda-$format" >"$work/diff"; then
            ok "cuda: split360 --device cuda, $format" \
                "$(find "$work/s-cuda-$format" -type f | wc -l) files as on the CPU"
        else
            fail "cuda: split360 --device cuda, $format" \
                "$(head -n 3 "$work/err" "$work/diff")"
        fi
    done
    "$root/scripts/split360" "$source" "$work/s-auto" --size 64x48 2>"$work/err"
    expect "split360 --device auto says what it takes and why" \
        "$(grep -c 'on the [CG]PU: ' "$work/err") == 1" \
        "$(grep -o 'on the [CG]PU: .*' "$work/err")"
}
