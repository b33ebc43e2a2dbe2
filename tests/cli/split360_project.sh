#!/usr/bin/env bash
# The files that scripts/split360 writes for readers of its images, used as the readers
# would use them. See lib/split360.sh. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"

options=(--rig ring2 --size 32x32 --device cpu)

# A program colmap that was built with or without CUDA and has options of this name.
make_colmap() { # with or without, Sift or Feature
    mkdir -p bin
    cat >bin/colmap <<END
#!/bin/sh
case "\$*" in
help) echo "COLMAP 3.12 (Commit 1 $1 CUDA)" ;;
*--help) echo "  --${2}Extraction.use_gpu arg (=1)" ;;
*) echo "\$*" >>"$tmp/calls" ;;
esac
END
    chmod +x bin/colmap
}

# database.sh tells feature_extractor and the matcher to use a GPU or not to use one.
database() { # name, expected options, environment
    rm -f calls
    env -u DISPLAY -u WAYLAND_DISPLAY PATH="$tmp/bin:$PATH" "${@:3}" sh out/database.sh >log 2>&1 ||
        fail "database.sh" "$(last)"
    check "$1" "$2" "$(grep -o -e '--[A-Za-z]*\.use_gpu [01]' calls | tr '\n' ' ')"
}

test_database() {
    job a.png
    make_colmap without Sift
    database "database.sh on a server, COLMAP 3.12 without CUDA" \
        "--SiftExtraction.use_gpu 0 --SiftMatching.use_gpu 0 "
    database "with a display" "" DISPLAY=:0
    make_colmap without Feature
    database "COLMAP 3.13 without CUDA" "--FeatureExtraction.use_gpu 0 --FeatureMatching.use_gpu 0 "
    make_colmap with Sift
    database "COLMAP with CUDA" ""
}

test_nerfstudio() {
    local file there=0
    job a.png --for nerfstudio
    while read -r file; do
        [[ ! -f out/$file ]] || there=$((there + 1))
    done < <(sed -n 's/.*"file_path":[[:space:]]*"\([^"]*\)".*/\1/p' out/transforms.json)
    check "transforms.json names an image of each view" "2 files" "$there files"
}

make_sources() { ff -f lavfi -i testsrc2=s=256x128 -frames:v 1 a.png; }

run_tests "$@"
