# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Getting packages where the user may install them, or saying how.

packages_log=    # apt-get's output, build/packages.log

# As the user would have to type it.
install_command()
{
    local sudo=
    [ "$(id -u)" = 0 ] || ! have sudo || sudo='sudo '
    echo "${sudo}apt-get update && ${sudo}apt-get install -y" \
         "--no-install-recommends" ${need[@]+"${need[@]}"} ${want[@]+"${want[@]}"}
}

as_root()
{
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# may_install: by root's or sudo's right, or because a person says so.
may_install()
{
    local answer=
    have apt-get || return 1
    [ "$(id -u)" != 0 ] || return 0
    have sudo || return 1
    ! sudo -n true 2>/dev/null || return 0
    # nobody is asked each time for what the build can do without
    [ ${#need[@]} -gt 0 ] || [ "$opt_deps" = again ] || return 1
    [ -t 0 ] && [ -t 1 ] || return 1
    printf 'Install them with sudo, which may ask for your password? [y/N] '
    read -r answer || true
    case $answer in [yY]*) return 0 ;; esac
    return 1
}

apt_install()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get \
        -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends \
        "$@" </dev/null >>"$packages_log" 2>&1
}

# What apt itself says: "Need to get 91 MB of archives. After this ...".
apt_size()
{
    apt-get -o Debug::NoLocking=1 install --assume-no --no-install-recommends \
        "$@" </dev/null 2>/dev/null |
        grep -E '^(Need to get|After this|  (Download size|Space needed))' |
        tr -s '\n ' ' ' || true
}

# Leave out what no archive of this machine has.
drop_unknown()
{
    local package known=() unknown=()
    for package in ${want[@]+"${want[@]}"}; do
        if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then
            known+=("$package")
        else
            unknown+=("$package")
        fi
    done
    want=(${known[@]+"${known[@]}"})
    [ ${#unknown[@]} -eq 0 ] || note "no package of this machine's archives: ${unknown[*]}"
}

# check_deps says what is still missing afterwards.
install_missing()
{
    local package size
    as_root apt-get -o DPkg::Lock::Timeout=300 -q update >"$packages_log" 2>&1 ||
        warn "apt-get update failed; going on with the lists that are there"
    find_missing    # which clang there is, is known only now
    drop_unknown
    [ ${#need[@]} -gt 0 ] || [ ${#want[@]} -gt 0 ] || return 0
    size=$(apt_size ${need[@]+"${need[@]}"} ${want[@]+"${want[@]}"})
    note "installing them with apt-get. ${size% }"
    apt_install ${need[@]+"${need[@]}"} ${want[@]+"${want[@]}"} && return 0
    warn "apt-get failed ($(grep -m 1 '^E:' "$packages_log")); trying one by one"
    for package in ${need[@]+"${need[@]}"} ${want[@]+"${want[@]}"}; do
        apt_install "$package" || warn "apt-get cannot install $package"
    done
}

# Has all that is wanted been tried before, and could not be had?
tried_before()
{
    local package
    [ "$opt_deps" != again ] && [ ${#need[@]} -eq 0 ] || return 1
    for package in "${want[@]}"; do
        grep -qxF "$package" "$1/.not_had" 2>/dev/null || return 1
    done
}

# check_deps BUILD: have what the build needs, or stop.
check_deps()
{
    packages_log=$1/packages.log
    [ -z "${CC:-}" ] || have "${CC%% *}" || die "CC=$CC names no program in PATH" \
        "Let it name a C compiler, or unset it to take gcc."
    find_missing
    [ ${#need[@]} -gt 0 ] || [ ${#want[@]} -gt 0 ] || return 0
    if ! tried_before "$1"; then
        note "missing packages: ${need[*]}${need[0]+ }${want[*]}"
        if [ "$opt_deps" != no ] && may_install; then
            install_missing
            find_missing
            printf '%s\n' ${want[@]+"${want[@]}"} >"$1/.not_had"
        fi
    fi
    [ ${#need[@]} -eq 0 ] || die "the build needs packages that are missing: ${need[*]}" \
        "$(how_to_install)" "  $(install_command)"
    [ ${#want[@]} -eq 0 ] || note "going on without: ${want[*]}" \
        "(to install: $(install_command))"
}

how_to_install()
{
    if ! have apt-get; then
        echo "There is no apt-get; install what corresponds to Debian's:"
    elif [ "$(id -u)" = 0 ] || have sudo; then
        echo "Type this, then the same command again:"
    else
        echo "Let the administrator (root) type this, then run the same command again:"
    fi
}
