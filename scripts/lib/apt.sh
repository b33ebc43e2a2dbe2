# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Debian source packages of newer suites, by a private apt configuration that
# is derived from the machine's own. The machine's lists stay as they are.

apt_dir=     # the private state, made on first use
apt_got=     # the file that the last apt_fetch_source brought
apt_why=     # why it failed, if it did

# The machine's own suite comes first, but only where it is known to have the
# version (its index costs a download); then the newest, which has it longest.
apt_suites()
{
    local own
    own=$(apt-cache madison "$1" 2>/dev/null | awk '{ print $3 }' |
          sed 's/^[0-9]*://; s/-[^-]*$//' | sort -Vr | head -n 1)
    # shellcheck disable=SC1091
    if [ -n "$own" ] && version_ge "$own" "$2"; then
        (. /etc/os-release && echo "${VERSION_CODENAME:-}")
    fi
    printf '%s\n' sid testing stable stable-backports
}

apt_setup()
{
    [ -z "$apt_dir" ] || return 0
    apt_dir=$(mktemp -d "${TMPDIR:-/tmp}/v360batch-apt.XXXXXX")
    mkdir -p "$apt_dir"/{state/lists/partial,cache/archives/partial,parts}
    # A mirror may lag behind: an old index is as well signed, and does.
    cat >"$apt_dir/apt.conf" <<END
Dir::State "$apt_dir/state";
Dir::State::lists "$apt_dir/state/lists";
Dir::Cache "$apt_dir/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt_dir/parts";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::Check-Valid-Until "false";
Acquire::AllowInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
    # apt's own user cannot read a folder made for this user only.
    [ "$(id -u)" != 0 ] ||
        echo 'APT::Sandbox::User "root";' >>"$apt_dir/apt.conf"
}

apt_cleanup() { [ -z "$apt_dir" ] || rm -rf "$apt_dir"; }

# Point the private configuration at one suite of one archive.
apt_use()
{
    local uri=$1 key=$2 suite=$3
    {
        printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' \
               "$uri" "$suite"
        [ -z "$key" ] || printf 'Signed-By: %s\n' "$key"
    } >"$apt_dir/parts/debian.sources"
    apt-get -c "$apt_dir/apt.conf" -qq update >"$apt_dir/log" 2>&1
}

# apt_fetch_source PACKAGE LEAST GLOB OUTDIR: get the upstream tarball of a
# version that is at least LEAST and matches GLOB; its name goes to apt_got.
# Failure: 1, with the reasons in apt_why.
apt_fetch_source()
{
    local package=$1 least=$2 glob=$3 out=$4 suite uri key version
    apt_why=
    have apt-get || { apt_why="no apt-get on this machine"; return 1; }
    apt_setup
    apt_debian_archives >"$apt_dir/archives"
    [ -s "$apt_dir/archives" ] || {
        apt_why="no Debian archive among the machine's apt sources"
        return 1
    }
    for suite in $(apt_suites "$package" "$least"); do
        while IFS=$'\t' read -r uri key <&3; do
            apt_use "$uri" "$key" "$suite" || {
                apt_why+="suite $suite: $(grep -m 1 '^[EW]:' "$apt_dir/log"); "
                continue
            }
            version=$(apt_choose "$package" "$least" "$glob") || {
                apt_why+="suite $suite: no suitable version; "
                continue
            }
            apt_got=$(apt_get_tar "$package=$version" "$out") && return 0
            apt_why+="suite $suite: $(tail -n 1 "$apt_dir/log"); "
        done 3<"$apt_dir/archives"
    done
    return 1
}

# The newest version that fits, as apt names it.
apt_choose()
{
    local version upstream
    apt-cache -c "$apt_dir/apt.conf" showsrc --only-source "$1" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -Vru >"$apt_dir/versions"
    while read -r version; do
        upstream=${version#*:}
        upstream=${upstream%-*}
        # shellcheck disable=SC2254
        case $upstream in
        $3) version_ge "$upstream" "$2" && { echo "$version"; return 0; } ;;
        esac
    done <"$apt_dir/versions"
    return 1
}

apt_get_tar()
{
    local file
    rm -rf "$apt_dir/got" && mkdir "$apt_dir/got"
    apt-get -c "$apt_dir/apt.conf" -q source --print-uris --tar-only \
        --only-source "$1" 2>/dev/null |
        awk '/\.orig\.tar\..*z / {
            gsub("\x27", "", $1)
            printf "-- fetching %s (%.1f MB)\n", $1, $3 / 1e6
        }' >&2 || true
    (cd "$apt_dir/got" && apt-get -c "$apt_dir/apt.conf" -q source \
        --tar-only --only-source "$1") >"$apt_dir/log" 2>&1 || return 1
    for file in "$apt_dir"/got/*.orig.tar.*; do
        case $file in *.asc | *'*'*) continue ;; esac
        mv "$file" "$2/" 2>"$apt_dir/log" && basename "$file" && return 0
    done
    return 1
}
