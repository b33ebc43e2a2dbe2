#!/usr/bin/env bash
#
# Gets FFmpeg, hooks v360batch into it, configures it and, with --build, makes
# it. See --help.
set -Eeuo pipefail
trap 'unforeseen' ERR
export LC_ALL=C       # messages of other programs are read

root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
lib_dir=$root/scripts/lib
for part in say apt-sources apt fetch tree lay deps install cuda profile make; do
    # shellcheck source=/dev/null
    . "$lib_dir/$part.sh"
done
# shellcheck disable=SC2034 # read by the parts
sources_file=$root/patches/9.0/sources

usage()
{
    cat <<END
Usage: ./configure-wrapper.sh [OPTION]... [ARGUMENT OF FFMPEG'S CONFIGURE]...

Gets FFmpeg's source, lays this repository's files into it (symbolic links),
applies the patches and runs FFmpeg's configure in build/. Running it again
does only what has changed. Missing packages are installed with apt-get, as root
or by a sudo that asks for no password; a person at a terminal is asked; else the
command to type is printed.

  --build         make it too: build/ffmpeg, build/ffprobe
  --no-deps       install no packages
  --deps          install them, also what could not be had the last time
  --tests         also the packages that scripts/check makes use of
  --full          leave nothing out of FFmpeg; without it, what extraction and
                  transcoding need is built
  --asan          a second, minimal build in build-asan/ with AddressSanitizer
                  and UndefinedBehaviorSanitizer, for the tests
  --nvcc          compile CUDA code with NVIDIA's nvcc (the result may not be
                  distributed), not with clang
  --no-cuda       without NVDEC, NVENC and the CUDA filters
  -j N            jobs of make (default: one for each processor)
  --help          this text

All other arguments go to FFmpeg's configure, after the wrapper's own.

Environment:
  FFMPEG_SRC            a source tree (it is copied) or a tarball of FFmpeg,
                        instead of a fetched one; what it gave stays in use
                        until build/src is removed
  NV_CODEC_HEADERS_SRC  the same for nv-codec-headers
  V360BATCH_CACHE       folder for downloads (default: \$XDG_CACHE_HOME or
                        ~/.cache)
  CC, CXX               compilers (default: gcc, g++); ccache is used if there

Sources are looked for in the cache, then upstream over https, then in the
Debian source package, by this machine's own apt sources with a newer suite.
END
}

# shellcheck disable=SC2034 # read by the parts
parse_arguments()
{
    opt_build=no opt_deps=yes opt_tests=no opt_profile=default opt_cuda=llvm
    opt_jobs=$(nproc) user_args=()
    while [ $# -gt 0 ]; do
        case $1 in
        --build) opt_build=yes ;;
        --deps) opt_deps=again ;;
        --no-deps) opt_deps=no ;;
        --tests) opt_tests=yes ;;
        --full) opt_profile=full ;;
        --asan) opt_profile=asan opt_cuda=none ;;
        --nvcc) opt_cuda=nvcc ;;
        --no-cuda) opt_cuda=none ;;
        -j) opt_jobs=${2:-} ; [ $# -lt 2 ] || shift ;;
        -j*) opt_jobs=${1#-j} ;;
        -h | --help) usage; exit 0 ;;
        -*) user_args+=("$1") ;;
        *) die "unknown argument '$1'" "Try --help." ;;
        esac
        shift
    done
    case $opt_jobs in
    '' | *[!0-9]* | 0) die "-j takes a number from 1, not '$opt_jobs'" ;;
    esac
}

main()
{
    local build=$root/build objects=$root/build
    parse_arguments "$@"
    trap 'apt_cleanup; rm -rf "$root/build/src.new"' EXIT
    [ "$opt_profile" != asan ] || objects=$root/build-asan
    lock_build "$build"
    announce "$objects"
    check_deps "$build"
    prepare_tree "$build"
    apply_patches "$build"
    lay_all "$build"
    if [ "$opt_profile" = asan ]; then
        mkdir -p "$objects"
        ln -sfn ../build/src "$objects/src"
    fi
    [ "$opt_cuda" = none ] || prepare_headers "$objects"
    "${opt_profile}_profile"
    cuda_args "$opt_cuda"
    configure_args+=(${user_args[@]+"${user_args[@]}"})
    configure_ffmpeg "$objects"
    [ "$opt_build" = no ] || make_ffmpeg "$objects"
}

main "$@"
