#!/usr/bin/env bash
# What the commands of the README do where nothing is prepared: which packages they get,
# by which right, and what they say. apt-get, sudo, id, curl and the compiler are
# stand-ins, so nothing is installed and nothing is fetched. scripts/check-bare does the
# same for real. Licence: LGPL-2.1-or-later.
set -u

# shellcheck source=tests/cli/lib/shell.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/shell.sh"
begin
calls=$tmp/calls log=$tmp/log

# stand_in NAME <TEXT: a program of the bare machine.
stand_in() {
    rm -f "bin/$1"
    { echo '#!/bin/bash'; cat; } >"bin/$1"
    chmod +x "bin/$1"
}

# A machine with the tools of a minimal Debian and apt's lists. Packages that apt-get
# installs appear as programs and, for pkg-config, as files in libs.
bare_machine() {
    local program
    rm -rf bin libs tree cache
    mkdir -p bin libs tree cache
    for program in awk bash basename cat chmod cp cut date dirname env find flock \
        grep head ln ls mkdir mktemp mv nproc printf readlink rm rmdir \
        script sed sha256sum sleep sort tail tar tee touch tr true uname wc xargs; do
        ln -s "$(type -P "$program")" "bin/$program"
    done
    cp -r "$root/configure-wrapper.sh" "$root/scripts" "$root/patches" tree/
    # shellcheck disable=SC2016 # expands in the stand-in
    stand_in id <<<'echo "${FAKE_UID:-0}"'
    stand_in apt-cache <<END
[ "\$1" != madison ] || [[ " clang-16 \${NOT_PACKAGED:-} " == *" \$2 "* ]] || echo "\$2"
[ "\$1" != madison ] || [ "\$2" != clang-16 ] || echo "\$2"
END
    stand_in apt-get <<END
[[ \$* != *--assume-no* ]] || { echo "Need to get 131 MB of archives."; exit 1; }
[[ \$1 != -c ]] || exit 100
echo "apt-get \$*" >>"$calls"
[[ \$* == *" install "* ]] || exit 0
for p in "\${@/#-*/}"; do
    touch "$tmp/libs/\${p:--}"
    case \$p in gcc | make | patch | nasm | pkg-config | xz-utils | ccache | curl)
        ln -sf "$tmp/programs/\${p%-utils}" "$tmp/bin/" ;;
    esac
done
END
    rm -rf programs
    mkdir programs
    for program in gcc make patch nasm xz ccache; do
        printf '#!/bin/bash\n' >"programs/$program"
    done
    cat >programs/pkg-config <<END
#!/bin/bash
set -- \${2%% *}
case \$1 in zlib) f=zlib1g-dev ;; lib*) f=\${1}-dev ;; *) f=lib\${1}-dev ;; esac
[ -e "$tmp/libs/\$f" ]
END
    # shellcheck disable=SC2016 # expands in the stand-in
    printf '#!/bin/bash\necho "curl ${*: -1}" >>"%s"\nexit 1\n' "$calls" >programs/curl
    chmod +x programs/*
    : >"$calls"
}

with_sudo() { # free or password
    stand_in sudo <<END
[ "\$1" != -n ] || [ $1 = free ] || exit 1
[ "\$1" != -n ] || shift
[ "\$*" = true ] || echo "sudo \$*" >>"$calls"
exec "\$@"
END
}

# bare COMMAND...: the command runs on that machine; rc is its exit status.
bare() {
    env -i HOME="$tmp" PATH="$tmp/bin" V360BATCH_CACHE="$tmp/cache" \
        APT_ETC="$tmp" FAKE_UID="${uid:-0}" NOT_PACKAGED="${absent:-}" \
        "$@" >"$log" 2>&1 </dev/null
    rc=$?
}

# expect NAME: the checks since the last one of these have noted nothing in why.
expect() {
    if [ -z "$why" ]; then ok "set-up: $1"
    else fail "set-up: $1" "$why: $(tr '\n' '|' <"$log" | tail -c 600)"; fi
    why=
}
has() { grep -qE -- "$1" "$2" || why+="no '$1' in ${2##*/} "; }
lacks() { ! grep -qE -- "$1" "$2" || why+="'$1' in ${2##*/} "; }
fails() { ((rc)) || why+="exit status 0 "; }
why=''

test_as_root() {
    bare_machine
    bare tree/scripts/split360 --demo "$tmp/out"
    has 'about [0-9]+ minutes with [0-9]+ processors, and [0-9]+ MB of disk' "$log"
    has 'missing packages: gcc make' "$log"
    has 'Need to get 131 MB' "$log"
    has '^apt-get .*install -y .*gcc make.* nasm .*libdav1d-dev' "$calls"
    lacks 'shellcheck|chromium|numpy' "$calls"
    [ -z "$(grep install "$calls" | tr ' ' '\n' | sort | uniq -d)" ] || why+="twice "
    expect "root gets what the build needs, each package once"
    fails
    has 'fetching ffmpeg-[0-9.]+tar.xz \([0-9.]+ MB\) from https://' "$log"
    has "FFmpeg's source could not be had" "$log"
    lacks 'a command of|unbound|line [0-9]+:' "$log"
    [ ! -e out ] || why+="there is an OUT "
    expect "sources are announced; without a network, what to do is said"
    bare_machine
    bare tree/scripts/check
    has 'install -y .*shellcheck.*chromium' "$calls"
    has '^0 passed, 1 failed, 0 skipped$' <(tail -n 1 "$log")
    fails
    expect "scripts/check gets what tests need; a failed build ends with the sum"
}

test_nasm_alone() {
    bare_machine
    bare bin/apt-get -q install gcc make patch xz-utils pkg-config libcjson-dev \
        zlib1g-dev libx264-dev libx265-dev libdav1d-dev libjxl-dev libisal-dev libjpeg-dev \
        liblzma-dev clang-16 ccache curl
    : >"$calls"
    bare tree/configure-wrapper.sh --no-cuda
    has 'install -y.* nasm' "$calls"
    lacks 'install .*gcc' "$calls"
    lacks 'packages that are missing' "$log"
    expect "nasm alone is got"
}

test_refused() {
    local command
    for command in "configure-wrapper.sh --build" "scripts/split360 --demo $tmp/out" \
        "scripts/check"; do
        bare_machine
        # shellcheck disable=SC2086 # two words
        bare tree/$command --no-deps
        fails
        lacks . "$calls"
        has '^ +apt-get update && apt-get install -y .*gcc' "$log"
        expect "${command%% *} --no-deps installs nothing and prints the command"
    done
}

test_as_user() {
    uid=1000
    bare_machine
    with_sudo free
    bare tree/configure-wrapper.sh
    has '^sudo .*apt-get .*install' "$calls"
    expect "a sudo that asks for no password is used"
    bare_machine
    with_sudo password
    bare tree/configure-wrapper.sh
    fails
    lacks . "$calls"
    has '^ +sudo apt-get update && sudo apt-get install -y .*gcc' "$log"
    expect "one that asks for it is not used without a terminal"
    for answer in y n; do
        script -qec true /dev/null >"$log" 2>&1 || {
            skip "set-up: at a terminal it asks: $answer" "$(tr -d '\r' <"$log" | head -n 1)"
            continue
        }
        bare_machine
        with_sudo password
        env -i HOME="$tmp" PATH="$tmp/bin" V360BATCH_CACHE="$tmp/cache" \
            APT_ETC="$tmp" FAKE_UID=1000 script -qec tree/configure-wrapper.sh \
            /dev/null <<<$answer >"$log" 2>&1
        has 'Install them with sudo' "$log"
        if [ $answer = y ]; then has 'sudo .*install' "$calls"
        else lacks . "$calls"; has 'sudo apt-get install' "$log"; fi
        expect "at a terminal it asks: $answer"
    done
    bare_machine
    bare tree/configure-wrapper.sh
    fails
    has 'administrator' "$log"
    expect "without sudo: what the administrator has to type"
    uid=0
}

test_not_packaged() {
    bare_machine
    absent='libjxl-dev libx265-dev'
    bare tree/configure-wrapper.sh
    lacks 'install.*libjxl-dev' "$calls"
    has 'install.*libx264-dev' "$calls"
    has 'fetching ffmpeg' "$log"
    expect "what the archive lacks is left out"
    : >"$calls"
    bare tree/configure-wrapper.sh
    lacks . <(grep -v ^curl "$calls")
    expect "and is not tried each time"
    absent=
}

test_other_machines() {
    bare_machine
    rm bin/apt-get
    bare tree/configure-wrapper.sh
    fails
    has 'There is no apt-get' "$log"
    expect "no apt-get"
    bare_machine
    touch tree/build
    bare tree/configure-wrapper.sh
    fails
    has 'error: cannot make the folder' "$log"
    lacks 'a command of' "$log"
    expect "no folder to build in"
    bare_machine
    bare env CC=/nonexistent/cc tree/configure-wrapper.sh
    fails
    has 'error: CC=/nonexistent/cc' "$log"
    lacks . "$calls"
    expect "no such compiler"
    bare_machine
    mkdir empty
    bare env FFMPEG_SRC="$tmp/empty" tree/configure-wrapper.sh
    fails
    has "error: this is not FFmpeg's source" "$log"
    lacks 'line [0-9]+:|a command of' "$log"
    expect "FFMPEG_SRC is something else"
}

# The machine's archive is found by either format of apt's sources, where nothing
# made a folder for keys.
test_apt_sources() {
    local key=$'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc'
    mkdir -p apt/sources.list.d
    printf 'Types: deb\nURIs: http://one.example/debian\nSuites: sid\nComponents: main\n%s\n' \
        "$key" >apt/sources.list.d/a.sources
    echo 'deb http://two.example/debian sid main' >apt/sources.list
    # shellcheck disable=SC2016 # expands in that shell
    env -i PATH="$PATH" APT_ETC="$tmp/apt" lib_dir="$root/scripts/lib" bash -euc \
        '. "$lib_dir/apt-sources.sh"; apt_debian_archives' >"$log" 2>&1 || why+="failed "
    check "archives of both formats of apt's sources" "http://two.example/debian http://one.example/debian " \
        "$(tr -s '\t\n' ' ' <"$log")$why"
    why=
}

# The scripts are called by links, as from a folder of programs in the user's PATH.
test_by_a_link() {
    local script
    bare_machine
    for script in configure-wrapper.sh scripts/check scripts/check-bare scripts/check-port \
        scripts/gpu-verify scripts/make-patches scripts/bench scripts/bench-job; do
        ln -s "../tree/$script" bin/link
        "bin/link" --help >"$log" 2>&1 </dev/null || why+="$script "
        lacks 'No such file|ModuleNotFound' "$log"
        rm bin/link
    done
    expect "scripts find the rest by a link to them"
}

run_tests "$@"
