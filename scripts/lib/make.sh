# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# FFmpeg's configure and make, each only if there is something for it to do.

# Everything that configure's result depends on, in one word.
configure_id()
{
    {
        printf '%s\n' "${configure_args[@]}"
        printf '%s\n' "${CC:-gcc}" "${CXX:-g++}" "${CFLAGS:-}" "${LDFLAGS:-}" \
               "${PKG_CONFIG_PATH:-}"
        # shellcheck disable=SC2086 # a program and its arguments
        ${CC:-gcc} --version || true
        nasm -v || true
        cat "$root/build/.source" "$root/build/.patched" "$1/nvc/.id" || true
    } 2>/dev/null | sha256sum
}

# configure_ffmpeg FOLDER. FFmpeg's configure finds the source as ./src, so all
# paths are relative, and a space in the checkout's own path does no harm.
configure_ffmpeg()
{
    local dir=$1 id
    id=$(configure_id "$dir")
    [ "$(cat "$dir/.configured" 2>/dev/null)" != "$id" ] || return 0
    rm -f "$dir/.configured"
    note "configuring in ${dir#"$root"/} (log: configure.log)"
    (
        cd "$dir"
        export PKG_CONFIG_PATH=nvc/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
        ./src/configure "${configure_args[@]}" >configure.log 2>&1
    ) 9>&- || {
        # without FFmpeg's advice to write to its mailing list
        sed '/^If you think configure made a mistake/,$d' "$dir/configure.log" |
            tail -n 5 >&2
        die "FFmpeg's configure failed; what it tried is in ${dir#"$root"/}/ffbuild/config.log" \
            "Look at what it says above, and at arguments and variables of your own" \
            "(CC, CFLAGS, PKG_CONFIG_PATH): ${user_args[*]:-no arguments}"
    }
    grep '^WARNING: ' "$dir/configure.log" | sort -u >&2 || true
    # make does not see that the flags of the CUDA compiler have changed.
    find "$dir" -path '*/libavfilter/*' -name '*.ptx' -delete
    printf '%s\n' "$id" >"$dir/.configured"
}

# announce FOLDER: how long and how large a first build is, before anything is
# fetched. The default one took 14 minutes of one processor on Debian 12.
announce()
{
    local what
    [ "$opt_build" = yes ] && [ ! -e "$1/.made" ] || return 0
    case $opt_profile in
    default)
        what="about $(((14 + opt_jobs - 1) / opt_jobs)) minutes with $opt_jobs"
        what+=" processors, and 300 MB of disk" ;;
    full) what="all of it, which takes longer than what it is by default" ;;
    asan) what="what FATE's tests of the filters need, for sanitizers" ;;
    esac
    note "making FFmpeg in ${1#"$root"/}: $what"
}

# A line for many of make's "CC file"; what else make and compilers say, as it is.
progress()
{
    local line n=0
    while IFS= read -r line; do
        case $line in
        [A-Z]*$'\t'*)
            n=$((n + 1))
            [ $((n % 250)) -ne 0 ] || note "$n files made, $((SECONDS / 60)) minutes" ;;
        'skipping strip '*) ;;  # what has debug information keeps it
        *) printf '%s\n' "$line" ;;
        esac
    done
}

make_ffmpeg()
{
    local dir=$1
    # In ccache's depend mode the first build of a folder saves a run of the
    # preprocessor for each file. Later ones do without: config.h holds the
    # arguments of configure, so any change of these would miss all files.
    [ -e "$dir/.made" ] || export CCACHE_DEPEND=1
    # A pipe of its own for stderr would mix the lines; the log takes both.
    make -C "$dir" --no-print-directory -j "$opt_jobs" ffmpeg ffprobe \
         tools/v360rig tools/split360 2>&1 9>&- | tee "$dir/make.log" | progress ||
        die "FFmpeg could not be compiled; make's output is in ${dir#"$root"/}/make.log" \
            "Is there space on the disk, and memory for $opt_jobs compilers (-j 1 takes one)?"
    ln -sfn tools/v360rig "$dir/v360rig"
    ln -sfn tools/split360 "$dir/split360"
    touch "$dir/.made"
    note "${dir#"$root"/}/ffmpeg and ${dir#"$root"/}/ffprobe are ready"
}
