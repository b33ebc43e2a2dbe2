# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# NVIDIA's headers, and the compiler of CUDA code.

nv_headers_least=12.1.14.0      # FFmpeg 9's own condition

# PTX for the oldest GPU that FFmpeg supports; the driver compiles it for the
# GPU at hand. Without the path, clang's choice of PTX version would depend on
# the CUDA SDK that it may find.
clang_flags='--cuda-gpu-arch=sm_30 -O2 --cuda-path=/nonexistent'

cuda_filters=hwupload_cuda,scale_cuda,yadif_cuda,bwdif_cuda,transpose_cuda
cuda_filters+=,overlay_cuda,pad_cuda,bilateral_cuda,chromakey_cuda
cuda_filters+=,colorspace_cuda,thumbnail_cuda

# clang 16 or newer, the newest first; each has to compile a kernel.
find_clang()
{
    local n
    for n in clang-{25..16} clang; do
        have "$n" && clang_works "$n" && { echo "$n"; return 0; }
    done
    return 1
}

clang_works()
{
    local major
    major=$("$1" -dumpversion 2>/dev/null) || return 1
    [ "${major%%.*}" -ge 16 ] || return 1
    # shellcheck disable=SC2086
    echo '__attribute__((global)) void k(int *p) { *p = 1; }' |
        "$1" $clang_flags -S -nocudalib -nocudainc --cuda-device-only \
             -x cuda -o /dev/null - 2>/dev/null
}

# prepare_headers BUILD: NVIDIA's headers in build/nvc. The prefix is relative
# to the build folder, where configure and make run: the path of a checkout
# then matters neither to the compiler's cache nor to pkg-config.
prepare_headers()
{
    local build=$1 from=${NV_CODEC_HEADERS_SRC:-} id
    id="${from:-release $(sha256_of "$sources_file")}"
    [ "$(cat "$build/nvc/.id" 2>/dev/null)" != "$id" ] || return 0
    if [ -z "$from" ]; then
        if fetch_tarball nv-codec-headers "$nv_headers_least" \
                         '12.1.14*' '[1-9]*'; then
            from=$fetched
        else
            use_installed_headers && return 0
            die "nv-codec-headers could not be had; this was tried:" \
                "${tried[@]}" \
                "Let NV_CODEC_HEADERS_SRC name their source (tree or tarball)," \
                "or leave NVDEC, NVENC and CUDA out: --no-cuda"
        fi
    fi
    install_headers "$build" "$from"
    printf '%s\n' "$id" >"$build/nvc/.id"
}

use_installed_headers()
{
    has_lib "ffnvcodec >= $nv_headers_least" || return 1
    note "using the nv-codec-headers that pkg-config knows"
}

install_headers()
{
    local build=$1 from=$2 tmp=$1/nvc.src version
    note "nv-codec-headers: $from"
    rm -rf "$tmp" "$build/nvc"
    mkdir -p "$tmp"
    if [ -d "$from" ]; then
        cp -R "$from/." "$tmp/"
    else
        tar -xf "$from" -C "$tmp" --strip-components=1 || die \
            "cannot unpack $from to $tmp" \
            "Is there space for it, and is it a tarball of nv-codec-headers?"
    fi
    (cd "$tmp" && make -s PREFIX=nvc DESTDIR=../ install) >"$build/nvc.log" ||
        die "cannot install nv-codec-headers from $from; see $build/nvc.log"
    rm -rf "$tmp"
    version=$(sed -n 's/^Version: //p' "$build/nvc/lib/pkgconfig/ffnvcodec.pc")
    version_ge "$version" "$nv_headers_least" || die \
        "nv-codec-headers $version are too old" \
        "FFmpeg 9 needs $nv_headers_least or newer."
}

# Arguments of configure for CUDA code, to configure_args.
cuda_args()
{
    local clang
    case $1 in
    none)
        configure_args+=(--disable-ffnvcodec --disable-cuda --disable-cuvid
            --disable-nvdec --disable-nvenc --disable-cuda-llvm) ;;
    nvcc)
        have nvcc || die "--nvcc: there is no nvcc in PATH" \
            "Add it to PATH, or leave --nvcc out to compile with clang."
        configure_args+=(--enable-cuda-nvcc --enable-nonfree
            "--enable-filter=$cuda_filters") ;;
    llvm)
        if clang=$(find_clang); then
            configure_args+=(--enable-cuda-llvm "--nvcc=$clang"
                "--nvccflags=$clang_flags" "--enable-filter=$cuda_filters")
        else
            warn "no clang 16 or newer: the CUDA filters are left out" \
                 "($(clang_package) has it)"
            configure_args+=(--disable-cuda-llvm)
        fi ;;
    esac
}
