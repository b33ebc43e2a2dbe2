# shellcheck shell=bash disable=SC2154 # one program with the others
# FFmpeg's own checks of sources, of ours alone. Their hints are many and some
# of them false: what is looked at here has no false ones.

# our_tree DIR: our files as they lie in FFmpeg's tree, which are links there.
our_tree()
{
    (cd build/src && find . -type l ! -path './tests/ref/*' -print0 |
        xargs -0 cp -L --parents -t "$1")
}

# What FFmpeg's fate-source looks at, in a git tree with our files alone: it
# asks git for their names.
check_fate_source()
{
    local tree=$1 found
    command -v git >/dev/null || {
        echo "skip - tree: fate-source: no git"
        return
    }
    git -C "$tree" -c init.defaultBranch=main init -q
    git -C "$tree" add .
    git -C "$tree" -c user.name=v360batch -c user.email=v360batch@localhost \
        commit -q -m source
    found=$(sh build/src/tests/fate/source-check.sh "$tree/tests" |
            sed '/^tests.ref.fate.source/d')
    # Its four headings, and nothing below them.
    result "$([ "$(grep -c ':$' <<<"$found")" = 4 ] &&
              ! grep -qv ':$' <<<"$found"; echo $?)" "tree: fate-source$(
        grep -v ':$' <<<"$found" | sed 's/^/ /' | head -n 5)"
}

# The hints of FFmpeg's patcheck about single lines; the others take a minute.
check_patcheck()
{
    local tree=$1 found
    found=$(cd "$tree" && mkdir .check &&
        find . -name '*.[ch]' -o -name '*.cu' -o -name '*.asm' |
        while read -r file; do
            diff -u --label /dev/null --label "b/${file#./}" /dev/null "$file"
        done >.check/all.patch
        cd .check && sed '/^rm \$TMP$/,$d' "$root/build/src/tools/patcheck" \
            >patcheck && sh patcheck all.patch | sed 's/\x1b\[[0-9;]*[mK]//g')
    found=$(awk '/^$/ { getline; shown = 0 }
        /^(trailing whitespace|tabs|double ;|empty comment|duplicate word)$/ ||
        /doxygen comment$|doxygen syntax$|common typos$|#if$|useless (casts|#if)/ {
            shown = 1 }
        shown' <<<"$found")
    rm -r "$tree/.check"
    result "$([ -z "$found" ]; echo $?)" "tree: patcheck${found:+: $found}"
}

# Each of our headers can be included alone, as FFmpeg's make checkheaders has it
# for the headers of its first level of folders. Headers of device code are for
# the compiler of a device alone, and those beside it for a build with CUDA.
check_headers()
{
    local list log skip='/device_'
    grep -q '^CONFIG_V360BATCH_CUDA_FILTER=yes' build/ffbuild/config.mak ||
        skip='/v360batch/cuda/\|/gpu/driver'
    list=$(cd build/src && find libavfilter/v360batch libavfilter/tests tools \
           -type l -name '*.h' | grep -v "$skip" | sed 's/$/.o/')
    # folders that the test programs make, or nothing that is built with FFmpeg
    mkdir -p build/libavfilter/tests build/tools/gpu
    # shellcheck disable=SC2086 # a list
    log=$(make -C build -j "$jobs" $list 2>&1)
    result $? "tree: make checkheaders, $(wc -l <<<"$list") headers" ||
        { echo "$log" | grep -A 2 error: | head -n 20; return 1; }
}

check_sources()
{
    local tree status=0
    tree=$(mktemp -d)
    our_tree "$tree"
    check_patcheck "$tree" || status=1
    check_fate_source "$tree" || status=1
    check_headers || status=1
    rm -rf "$tree"
    return "$status"
}
