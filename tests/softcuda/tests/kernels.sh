# shellcheck shell=bash disable=SC2154 # part of run-tests
# PTX of real compilers: conformance, and all kernels of FFmpeg's filters.

clang_flags="-O2 --cuda-gpu-arch=sm_30 --cuda-path=/nonexistent -S \
-nocudalib -nocudainc --cuda-device-only -std=c++11 -Wno-c++11-narrowing"
nvcc_flags="-O2 -std=c++11 -ptx -arch=compute_75"
# for conformance: both contract to fma by default, the host does not
exact_clang=-ffp-contract=off
exact_nvcc=--fmad=false

# the newest clang of 16 or later that compiles CUDA
find_clang() {
    local n
    for n in clang-{25..16} clang; do
        # shellcheck disable=SC2086
        echo '__attribute__((global)) void k() {}' |
            "$n" $clang_flags -x cuda -o /dev/null - 2>/dev/null &&
            { echo "$n"; return; }
    done
    return 1
}

# compiled PTX SOURCE COMMAND...: unless it is there, newer than the source and
# what it includes here, and made by the same command
compiled() {
    local command="${*:3}"
    [ "$1" -nt "$2" ] && [ "$1" -nt "$here/tests/scalar_ops.h" ] &&
        [ "$command" = "$(cat "$1.command" 2>/dev/null)" ] && return
    "${@:3}" -o "$1" "$2" && echo "$command" > "$1.command"
}

conformance() {
    compiled "$1" "$here/tests/conformance.cu" "${@:2}" || return
    device timeout 60 "$out/conformance" "$1" | tee "$work/conformance" ||
        return
    paste -sd, "$work/conformance" | sed 's/,/, /g'
}

# translate FILE.ptx...: and let the compiler read the C of all of them
translate() {
    "$out/ptxcheck" "$work/kernels.c" "$@" || return
    "${CC_HOST:-gcc}" -std=gnu11 -fsyntax-only -I"$here" "$work/kernels.c" &&
        tail -n 1 <<< "$("$out/ptxcheck" /dev/null "$@"), all valid C"
}

# FFmpeg's sources, beside or below the build that made the binary
cuda_sources() {
    local folder
    for folder in "${FFMPEG_SRC:-}" "${ffmpeg%/*}/src" "${ffmpeg%/*}"; do
        [ -n "$folder" ] && [ -e "$folder/libavfilter/vf_scale_cuda.cu" ] &&
            { echo "$folder"; return; }
    done
    return 1
}

# all_kernels NAME COMPILER...: every .cu of libavfilter, kept in $out
all_kernels() {
    local name=$1 source files=()
    shift
    mkdir -p "$out/ptx"
    for source in "$sources"/libavfilter/*_cuda.cu; do
        files+=("$out/ptx/$name-$(basename "$source" .cu).ptx")
        compiled "${files[-1]}" "$source" "$@" -I"$sources" -I"${ffmpeg%/*}" ||
            return
    done
    translate "${files[@]}"
}

kernels() {
    local clang sources runtime
    clang=$(find_clang) || clang=
    sources=$(cuda_sources) || sources=
    runtime=$sources/compat/cuda/cuda_runtime.h
    mkdir -p "$out/ptx"
    # shellcheck disable=SC2086 # flags
    if [ -n "$clang" ]; then
        try "scalar conformance, $clang" conformance \
            "$out/ptx/conformance-clang.ptx" "$clang" $clang_flags $exact_clang
    else
        skip "softcuda: scalar conformance, clang" "no clang of 16 or later"
    fi
    # shellcheck disable=SC2086
    if command -v nvcc >/dev/null; then
        try "scalar conformance, nvcc" conformance \
            "$out/ptx/conformance-nvcc.ptx" nvcc $nvcc_flags $exact_nvcc
    else
        skip "softcuda: scalar conformance, nvcc" "nvcc is not installed"
    fi
    if [ -z "$sources" ]; then
        skip "softcuda: kernels of FFmpeg" "no sources beside $ffmpeg; set FFMPEG_SRC"
        return
    fi
    # shellcheck disable=SC2086
    [ -z "$clang" ] || try "all kernels translate, $clang" all_kernels \
        clang "$clang" $clang_flags -include "$runtime"
    # shellcheck disable=SC2086
    ! command -v nvcc >/dev/null || try "all kernels translate, nvcc" \
        all_kernels nvcc nvcc $nvcc_flags
}
