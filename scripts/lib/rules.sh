# shellcheck shell=bash disable=SC2154 # one program with the others
# Rules of the tree: which folder may include which, and what a patch may hold.

# Folders of libavfilter-src/v360batch, and what the files of each may include
# beside their own folder's and FFmpeg's: other folders, or single headers. The
# first row is that of v360batch/ itself, x86 that of x86/v360batch/.
arrows="
.           projection rig map
projection
rig         projection
map         projection sample.h
geo         exif_ifd.h
cpu         . map projection/density.h
cuda        . map
x86         map cpu
"

check_arrows()
{
    local bad
    bad=$(cd libavfilter-src && grep -oE '^#include "((libavfilter/)?v360batch/|[.]/|[.][.]/)[^"]*' \
        v360batch/*.[ch] v360batch/*/*.[ch] x86/v360batch/*.[ch] |
        awk -v table="$arrows" 'BEGIN {
            rows = split(table, row, "\n")
            for (i = 1; i <= rows; i++) {
                n = split(row[i], word, " ")
                for (j = 2; j <= n; j++)
                    may[word[1], word[j]] = 1
            }
        }
        {
            colon = index($0, ":")
            file = substr($0, 1, colon - 1)
            header = substr($0, colon + 1)
            sub(".*v360batch/", "", header)
            from = file
            sub("^v360batch/", "", from)
            sub("/v360batch", "", from)
            if (!sub("/[^/]*$", "", from))
                from = "."
            to = header
            if (!sub("/[^/]*$", "", to))
                to = "."
            if (header ~ /[.]\//)
                print "# " file " must name the folder of " header
            else if (from != to && !((from, to) in may) && !((from, header) in may))
                print "# " file " must not include " header
        }')
    # The kernel's files include each other alone, by their names.
    bad+=$(grep -E '^#include "' cuda/* | tr -d '"' |
        while IFS=: read -r file header; do
            [ -e "cuda/${header#* }" ] || printf '\n# %s must not include %s' "$file" "${header#* }"
        done)
    [ -z "$bad" ] || echo "$bad"
    result "$([ -z "$bad" ]; echo $?)" "tree: includes point one way"
}

# Files that use symbols of each other, by the objects that are built: USER OWNER.
symbol_edges()
{
    local object
    (cd build && find libavfilter tools \( -path '*v360batch*.o' -o -path 'tools/rig/*.o' \
        -o -path 'tools/job/*.o' -o -path 'tools/farm/*.o' -o -path 'tools/v360*.o' \) \
        ! -name '*.h.o' ! -path '*/tests/*' -print) |
    while read -r object; do      # some are left of files that are gone
        [ -e "build/src/${object%.o}.c" ] || [ -e "build/src/${object%.o}.asm" ] || continue
        echo "build/$object"
    done | xargs nm -A -g | sed 's,^build/,,; s/:/ /' | awk '
        { file = $1; sub("[.].*", "", file) }
        $(NF - 1) == "U" { uses[file, $NF]; next }
        { owner[$NF] = file }
        END {
            for (use in uses) {
                split(use, part, SUBSEP)
                if (part[2] in owner && owner[part[2]] != part[1])
                    print part[1], owner[part[2]]
            }
        }' | sort -u
}

# Files that include headers of each other, where the header is that of a file
# NAME.c: NAME NAME. Headers that many files implement have no such file. Headers
# that include each other: NAME.h NAME.h.
include_edges()
{
    local file header try
    (cd build/src && find libavfilter tools -type l -name '*.[ch]' \
        ! -path '*/tests/*' -exec grep -H '^#include "' {} +) |
    sed 's/:#include "/ /; s/".*//' |
    while read -r file header; do
        for try in "${file%/*}/$header" "$header"; do
            [ -L "build/src/$try" ] || continue
            [[ $file != *.h ]] || echo "$file $try"
            [ ! -L "build/src/${try%.h}.c" ] || [ "${try%.*}" = "${file%.*}" ] ||
                echo "${file%.*} ${try%.*}"
            break
        done
    done | sort -u
}

check_circles()
{
    local found
    found=$({ symbol_edges | tsort; include_edges | tsort; } 2>&1 >/dev/null)
    [ -z "$found" ] || echo "${found//tsort: /# }"
    result "$([ -z "$found" ]; echo $?)" "tree: no files that need each other"
}

# Hooks only add lines. A mend of a fault of FFmpeg's own is fix-NAME.patch: it
# has a reason above its "---", and a test that names it.
check_patches()
{
    local patch name removed bad=0
    for patch in patches/*/*.patch; do
        name=${patch##*/}
        if [[ $name != fix-* ]]; then
            removed=$(awk '/^-/ && !/^---( |$)/ { n++ } END { print n + 0 }' "$patch")
            ((removed == 0)) || { bad=1; echo "$name removes $removed lines"; }
            continue
        fi
        awk '/^---$/ { exit } body && NF { n++ } !NF { body = 1 }
             END { exit n < 2 }' "$patch" || { bad=1; echo "$name has no reason"; }
        grep -rqF "$name" tests || { bad=1; echo "no test in tests/ names $name"; }
    done
    result "$bad" "tree: hooks only add lines, a fix- patch has a reason and a test"
}
