# Part of tests/cuda/run-tests: another binary, with PTX for sm_75.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of run-tests

# A copy of the build folder by hard links, in which only the PTX and what
# holds it are made anew.
sm75_build()
{
    local dir=$root/build-sm75 flags
    rm -rf "$dir"
    mkdir "$dir"
    (cd "$root/build" && find . -maxdepth 1 ! -name . ! -name src \
        ! -name softcuda ! -name stage ! -name orig -exec cp -al -t "$dir" {} +)
    ln -s ../build/src "$dir/src"
    rm -f "$dir"/ffmpeg* "$dir"/libavfilter/libavfilter.a \
        "$dir"/libavfilter/v360batch/cuda/*.ptx*
    flags=$(sed -n 's/^NVCCFLAGS=//p' "$dir/ffbuild/config.mak")
    make -C "$dir" -j2 ffmpeg \
        NVCCFLAGS="${flags/--cuda-gpu-arch=sm_3?/--cuda-gpu-arch=sm_75}" \
        >"$work/sm75.log" 2>&1 &&
        grep -q '^\.target sm_75' "$dir/libavfilter/v360batch/cuda/vf_v360batch_cube.ptx"
}

sm75_binary()
{
    local ffmpeg=$root/build-sm75/ffmpeg interp format
    if ! sm75_build; then
        fail "cuda: a binary with PTX for sm_75" "$(tail -n 3 "$work/sm75.log")"
        return
    fi
    ok "cuda: a binary with PTX for sm_75"
    for interp in near line cube; do
        for format in nv12 p010 rgba; do
            same "sm_75 $interp, $format" "$small" "$format" \
                "interp=$interp:input=eac:rig=ring8:w=40:h=30" 8
        done
    done
    rm -rf "$root/build-sm75"
}
