# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Source tarballs: from the cache, upstream or a Debian source package, in this
# order. What arrives is verified, and so is the cache each time it is used.

# The file of known hashes, "SHA-256 FILE [URL MB]" a line; set by the caller.
sources_file=
fetched=     # the path that the last fetch_tarball found
tried=()     # what it tried and why that failed

known_hash()
{
    awk -v f="$1" '$1 !~ /^#/ && $2 == f { print $1 }' "$sources_file"
}

# cached_ok FILE: is the file in the cache what it should be? Its hash is one
# of ours, or the one noted when apt had verified the download.
cached_ok()
{
    local path=$1 want
    want=$(known_hash "${path##*/}")
    [ -n "$want" ] || want=$(cat "$path.sha256" 2>/dev/null) || return 1
    [ "$(sha256_of "$path")" = "$want" ] && return 0
    warn "$path has the wrong SHA-256 (wanted $want); deleting it"
    rm -f "$path" "$path.sha256"
    return 1
}

# from_cache PACKAGE GLOB
from_cache()
{
    local path
    # shellcheck disable=SC2231 # $2 is a glob
    for path in "$(cache_dir)/$1"-$2.tar.*; do
        case $path in *.sha256 | *.part | *'*'*) continue ;; esac
        cached_ok "$path" && { fetched=$path; return 0; }
    done
    tried+=("cache: no verified $1-$2 tarball in $(cache_dir)")
    return 1
}

# Short limits: a machine without a way out must fall through at once.
download()
{
    if have curl; then
        curl -fsSL --connect-timeout 5 --speed-limit 1000 --speed-time 8 \
             -o "$2" "$1" 2>&1
    elif have wget; then
        wget -q --tries=1 --dns-timeout=5 --connect-timeout=5 \
             --read-timeout=8 -O "$2" "$1" 2>&1 || {
            echo "wget: failed"
            return 1
        }
    else
        echo "neither curl nor wget is installed"
        return 1
    fi
}

# from_upstream PACKAGE: every URL of the list whose file is of this package.
from_upstream()
{
    local want file url size part why
    while read -r want file url size; do
        case $want in '#'*) continue ;; esac
        case $file in "$1"-*) ;; *) continue ;; esac
        [ -n "$url" ] || continue
        note "fetching $file ($size MB) from ${url%/*}"
        part=$(cache_dir)/$file.part
        if ! why=$(download "$url" "$part"); then
            tried+=("$url: ${why:-failed}")
        elif [ "$(sha256_of "$part")" != "$want" ]; then
            tried+=("$url: wrong SHA-256, wanted $want")
        else
            fetched=$(cache_dir)/$file
            mv "$part" "$fetched"
            return 0
        fi
        rm -f "$part"
    done <"$sources_file"
    return 1
}

# from_apt PACKAGE LEAST GLOB. apt has verified what it brought, by the
# signature of the archive; its hash is noted for later uses.
from_apt()
{
    local dir path want
    dir=$(cache_dir)
    note "fetching $1 $3 as a Debian source package; first Debian's list of" \
         "them, about 10 MB for each suite that is looked through"
    if ! apt_fetch_source "$1" "$2" "$3" "$dir"; then
        tried+=("Debian source package $1 ($3): ${apt_why%; }")
        return 1
    fi
    path=$dir/$(sed 's/_/-/; s/\.orig\.tar/.tar/' <<<"$apt_got")
    mv "$dir/$apt_got" "$path"
    want=$(known_hash "${path##*/}")
    if [ -n "$want" ] && [ "$(sha256_of "$path")" != "$want" ]; then
        tried+=("Debian source package $1: $apt_got has the wrong SHA-256")
        rm -f "$path"
        return 1
    fi
    sha256_of "$path" >"$path.sha256"
    fetched=$path
}

# fetch_tarball PACKAGE LEAST GLOB...: the first that serves, to fetched; an
# earlier GLOB is preferred.
fetch_tarball()
{
    local package=$1 least=$2 glob
    shift 2
    tried=()
    mkdir -p "$(cache_dir)" || die "cannot make $(cache_dir)" \
        "Set V360BATCH_CACHE to a folder that can be written."
    from_cache "$package" "$1" && return 0
    from_upstream "$package" && return 0
    for glob; do
        if [ "$glob" != "$1" ]; then
            from_cache "$package" "$glob" && return 0
        fi
        from_apt "$package" "$least" "$glob" && return 0
    done
    return 1
}
