# shellcheck shell=bash disable=SC2154 # one program with the others
# Rules of the tree: which file may include which, and what a patch may hold.

# Arrows of includes: FILE may include only the project's headers listed.
arrows()
{
    local file=$1 header bad=0
    shift
    while read -r header; do
        case " $* ${file##*/} " in
        *" ${header%.h} "* | *" ${header%.h}.c "* | *" ${header} "*) ;;
        *) echo "# ${file##*/} must not include $header"; bad=1 ;;
        esac
    done < <(sed -n 's/^#include "\(v360[^"]*\)".*/\1/p' "$file")
    return "$bad"
}

check_arrows()
{
    local f bad=0 p='v360projection v360projection_internal'
    local d="v360batchdsp" m g
    m="$p v360batchdsp v360border v360equirect v360point"
    g="$m v360chunk v360grid v360unit"
    for f in libavfilter-src/*.[ch] libavfilter-src/x86/*.c; do
        case ${f##*/} in
        v360projection*) arrows "$f" "$p" ;;
        v360rig*) arrows "$f" "$p v360rig v360rig_internal" ;;
        v360batchdsp* | v360kernel*) arrows "$f" "$d" ;;
        v360format*) arrows "$f" v360format ;;
        v360exif*) arrows "$f" v360exif ;;
        v360border* | v360equirect* | v360point*) arrows "$f" "$m" ;;
        v360unit*) arrows "$f" "$d v360unit" ;;
        v360chunk* | v360grid.*) arrows "$f" "$g" ;;
        v360grid_init.c) arrows "$f" v360equirect ;;
        v360tile*) arrows "$f" "$g v360tile" ;;
        v360batch_cuda* | vf_v360batch_cuda*)
            arrows "$f" "$g v360batch v360batch_options v360batch_cuda" \
                   "v360format v360rig v360batch_cuda_launch" ;;
        v360batch.* | v360batch_props.c | v360batch_source.c | v360batch_options.h)
            arrows "$f" "$g v360batch v360exif v360format v360rig" ;;
        *) arrows "$f" "$g v360batch v360batch_options v360format v360rig v360tile" ;;
        esac || bad=1
    done
    result "$bad" "tree: includes point one way"
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
