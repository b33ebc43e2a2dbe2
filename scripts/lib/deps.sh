# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Packages: what is missing. install.sh gets it.

need=()      # packages without which nothing can be built
want=()      # packages that the build or the tests make good use of

need_cmd() { have "$1" || need+=("$2"); }
want_cmd() { have "$1" || want+=("$2"); }
want_lib() { has_lib "$1" || want+=("$2"); }

has_lib() { pkg-config --exists "$1" 2>/dev/null; }

# The tests are for this one; another python3 in PATH may have other modules.
has_module() { /usr/bin/python3 -c "import $1" 2>/dev/null; }

find_missing()
{
    need=() want=()
    [ -n "${CC:-}" ] || need_cmd gcc gcc
    need_cmd make make
    need_cmd patch patch
    need_cmd xz xz-utils
    need_cmd pkg-config pkg-config
    need_cmd nasm nasm
    [ -e /usr/include/stdlib.h ] || need+=(libc6-dev)
    has_lib libcjson || need+=(libcjson-dev)
    has_lib zlib || need+=(zlib1g-dev)
    want_lib x264 libx264-dev
    want_lib x265 libx265-dev
    want_lib "dav1d >= $dav1d_least" libdav1d-dev
    want_lib "libjxl >= $jxl_least" libjxl-dev
    want_lib "libisal >= $isal_least" libisal-dev
    want_lib libjpeg libjpeg-dev    # of Debian and Ubuntu: libjpeg-turbo
    want_lib liblzma liblzma-dev
    [ -e /usr/include/bzlib.h ] || want+=(libbz2-dev)
    [ "$opt_cuda" != llvm ] || [ -n "$(find_clang)" ] || want+=("$(clang_package)")
    want_cmd ccache ccache
    if [ ! -d "$root/build/src" ]; then
        have wget || want_cmd curl curl
        [ -e /etc/ssl/certs/ca-certificates.crt ] || want+=(ca-certificates)
    fi
    [ "$opt_tests" = no ] || find_missing_of_tests
}

find_missing_of_tests()
{
    want_cmd /usr/bin/python3 python3
    has_module numpy || want+=(python3-numpy)
    has_module PIL || want+=(python3-pil)
    want_cmd exiftool libimage-exiftool-perl
    has_module ensurepip || want+=(python3-venv)    # for pycolmap
    want_cmd shellcheck shellcheck
    want_cmd git git
    [ -e /usr/share/i18n/locales/de_DE ] || want+=(locales)
    want_cmd rsvg-convert librsvg2-bin
    [[ -x /usr/sbin/slurmctld && -x /usr/sbin/slurmd ]] && have sbatch ||
        want+=(slurm-wlm)
    want_cmd munge munge
    want_cmd parallel parallel
    if [ "$(uname -m)" = x86_64 ]; then
        # For scripts/check-port i686.
        want_cmd i686-linux-gnu-gcc gcc-i686-linux-gnu
        [ -e /usr/i686-linux-gnu/include/stdlib.h ] ||
            want+=(libc6-dev-i386-cross)
    fi
    [ -n "${CHROMIUM:-}" ] || have chromium-browser || have google-chrome ||
        want_cmd chromium chromium
}

# The oldest clang of the machine's suite that can compile the CUDA code.
clang_package()
{
    local n
    for n in 16 17 18 19 20 21; do
        [ -n "$(apt-cache madison "clang-$n" 2>/dev/null)" ] || continue
        echo "clang-$n"
        return
    done
    # Without apt's lists: only Debian 12 has an older one by that name.
    if grep -q 'bookworm' /etc/os-release 2>/dev/null; then
        echo clang-16
    else
        echo clang
    fi
}
