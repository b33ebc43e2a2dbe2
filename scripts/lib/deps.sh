# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Build dependencies: what is missing, and apt-get's command to get it.

need=()      # packages without which nothing can be built
want=()      # packages that the build or scripts/check makes good use of

need_cmd() { have "$1" || need+=("$2"); }
want_cmd() { have "$1" || want+=("$2"); }

has_lib() { pkg-config --exists "$1" 2>/dev/null; }

find_missing()
{
    need=() want=()
    need_cmd "${CC:-gcc}" gcc
    need_cmd make make
    need_cmd patch patch
    need_cmd xz xz-utils
    need_cmd pkg-config pkg-config
    need_cmd nasm nasm
    [ -e /usr/include/stdlib.h ] || need+=(libc6-dev)
    has_lib libcjson || need+=(libcjson-dev)
    has_lib zlib || need+=(zlib1g-dev)
    has_lib x264 || want+=(libx264-dev)
    has_lib x265 || want+=(libx265-dev)
    [ -e /usr/include/bzlib.h ] || want+=(libbz2-dev)
    has_lib liblzma || want+=(liblzma-dev)
    has_lib libcjson || want+=(libcjson-dev)
    [ -n "$(find_clang)" ] || [ "${opt_cuda:-llvm}" != llvm ] ||
        want+=("$(clang_package)")
    want_cmd ccache ccache
    want_cmd python3 python3
    python3 -c 'import numpy' 2>/dev/null ||
        /usr/bin/python3 -c 'import numpy' 2>/dev/null || want+=(python3-numpy)
    want_cmd makeinfo texinfo
    want_cmd shellcheck shellcheck
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
    echo clang-16
}

# As the user would have to type it.
install_command()
{
    local sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo '
    echo "${sudo}apt-get install -y --no-install-recommends ${need[*]} ${want[*]}"
}

# Root, or sudo that asks for no password (it may where a person sits there).
as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt_install()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get \
        -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends \
        "$@" </dev/null
}

# check_deps says what is still missing afterwards.
install_missing()
{
    if ! have apt-get || { [ "$(id -u)" != 0 ] && ! have sudo; }; then
        warn "--deps needs apt-get, and root or sudo"
        return 0
    fi
    as_root apt-get -o DPkg::Lock::Timeout=300 -q update ||
        warn "apt-get update failed; going on with the lists that are there"
    find_missing    # which clang there is, is known only now
    note "$(install_command)"
    apt_install "${need[@]}" "${want[@]}" && return 0
    warn "apt-get failed; trying without: ${want[*]}"
    [ ${#need[@]} -eq 0 ] || apt_install "${need[@]}" || true
}

ask_to_install()
{
    local answer=
    [ -t 0 ] && [ -t 1 ] && have apt-get || return 1
    printf 'Missing: %s\nInstall with %s? [y/N] ' "${need[*]} ${want[*]}" \
           "$(install_command)"
    read -r answer || true
    case $answer in [yY]*) return 0 ;; esac
    return 1
}

# check_deps INSTALL: have what the build needs, or stop.
check_deps()
{
    find_missing
    [ ${#need[@]} -gt 0 ] || [ ${#want[@]} -gt 0 ] || return 0
    if [ "$1" = yes ] || { [ ${#need[@]} -gt 0 ] && ask_to_install; }; then
        install_missing
        find_missing
    fi
    [ ${#need[@]} -eq 0 ] || die "missing build dependencies: ${need[*]}" \
        "Run this (or ./configure-wrapper.sh --deps, which does):" \
        "  $(install_command)"
    [ ${#want[@]} -eq 0 ] || note "not installed: ${want[*]} (--deps installs)"
}
