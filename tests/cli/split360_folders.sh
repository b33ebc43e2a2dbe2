#!/usr/bin/env bash
# Folders of pictures for scripts/split360: names that are not UTF-8, links, files that
# are not taken; and the same job under any locale. See lib/split360.sh.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"

options=(--rig ring2 --size 32x32 --device cpu)

# A locale of this machine, or one that is made here.
need_locale() { # name as tr_TR
    env LC_ALL="$1.UTF-8" bash -c : 2>&1 | grep -q warning || return 0
    mkdir -p locales
    localedef -i "$1" -f UTF-8 "locales/$1.UTF-8" >/dev/null 2>&1
    [[ -d locales/$1.UTF-8 ]] && export LOCPATH=$tmp/locales
}

test_names() {
    local name utf8
    mkdir names
    cp a.png "names/caf"$'\xe9'.png
    cp a.png "names/café.PNG"
    cp a.png "names/it's \"quoted\" %d.png"
    for utf8 in C.UTF-8 C; do
        locale=$utf8 takes "names of all kinds, $utf8" 3 '' names
        name=$(python3 -c 'import json; print(len(json.load(open("out/manifest.json"))["sources"]))')
        check "and manifest.json is JSON in UTF-8" 3 "$name"
    done
    locale=C.UTF-8 takes "a glob of characters" 1 '' 'names/caf?.PNG'
}

# Names that mean something to a shell, to sed or in a pattern.
# A folder becomes a video of one picture a second.
test_videos() {
    mkdir videos
    cp a.png videos/1.png
    cp a.png videos/2.png
    cp a.png videos/3.png
    run videos film "${options[@]}" --format mp4
    check "a folder as mp4" "3 frames" "$("$FFPROBE" -v error -of csv=p=0 \
        -show_entries stream=nb_frames film/videos/view_00.mp4) frames"
    head -c 300 a.png >videos/2.png
    refuse "and a picture that is cut off" "2.png" videos film2 "${options[@]}" --format mp4
    run videos film2 "${options[@]}" --format mp4 --keep-going
    check "which is left out" "2 frames" "$("$FFPROBE" -v error -of csv=p=0 \
        -show_entries stream=nb_frames film2/videos/view_00.mp4) frames"
}

# JPEGs are decoded several at once: the same images in the same order, also where a job
# goes on. The pictures differ in what they cost, so that later ones are ready first.
test_parallel() {
    local i size=320x160
    mkdir many
    for i in {1..24}; do
        ff -f lavfi -i "testsrc2=s=$size,noise=alls=$((i % 4 * 25)):all_seed=$i" -ss "$((i % 9))" \
            -frames:v 1 -pix_fmt yuvj420p -q:v "$((i % 5 + 1))" "many/$i.jpg"
    done
    # shellcheck disable=SC2016 # expands in that script
    {
        echo 'case $* in *decoder=mjpeg_pictures*) exit 1 ;; esac'
        echo 'echo "$*" >>"$tmp/commands"'
    } | wrap "$FFMPEG" plain
    # shellcheck disable=SC2016
    echo 'echo "$*" >>"$tmp/commands"' | wrap "$FFMPEG" logged
    export tmp
    FFMPEG=$tmp/plain run many one "${options[@]}"
    check "without mjpeg_pictures, a job is as any" 0 "$(grep -c 'c:v mjpeg_pictures' commands)"
    FFMPEG=$tmp/logged run many several "${options[@]}"
    check "JPEGs are decoded by mjpeg_pictures" 1 \
        "$(grep -cE -- '-c:v mjpeg_pictures -threads [1-8] -f concat' commands)"
    check "to the same images" "$(cd one && md5sum images/*/* | md5sum)" "$(cd several && md5sum images/*/* | md5sum)"
    cp -r several again
    rm again/images/view_0[01]/0000{09,1*}.jpg
    run many again "${options[@]}"
    check "and again those that have gone" "$(cd one && md5sum images/*/* | md5sum)" \
        "$(cd again && md5sum images/*/* | md5sum)"
    printf '\xff\xd9' | dd of=many/13.jpg bs=1 seek=3000 conv=notrunc status=none # an end
    FFMPEG=$tmp/plain run many bad1 "${options[@]}" --keep-going
    run many bad2 "${options[@]}" --keep-going
    check "a damaged one is left out, as by mjpeg" "$(cd bad1 && md5sum images/*/* | md5sum)" \
        "$(cd bad2 && md5sum images/*/* | md5sum)"
    check "that one" "23 images" "$(find bad2/images/view_00 -name '*.jpg' | wc -l) images"
    refuse "and tells so without --keep-going" 13.jpg many bad3 "${options[@]}"
}

test_outdir() {
    local name
    # shellcheck disable=SC2016 # nothing is to expand
    for name in 'R&D' '&' 'a\&b' 'two\\slashes' 'it is "x" %d * [y] $(z)'; do
        run a.png "dirs/$name" "${options[@]}"
        check "an OUTDIR of the name $name" "2 images, whole" \
            "$(find "dirs/$name/images" -name '*.jpg' 2>/dev/null | wc -l) images, $(
                "$split" --verify "dirs/$name" >/dev/null 2>&1 && echo whole)"
    done
}

test_links() {
    mkdir real mixed
    cp a.png real/1.png
    cp a.png real/2.png
    ln -s real link
    ln -s ../real/1.png mixed/1.png
    cp a.png mixed/2.png
    takes "a link to a folder" 2 '' link
    takes "links to pictures" 2 '' mixed
    check "all of it is taken" 0 "$(grep -c 'not taken' log)"
}

test_rest() {
    mkdir -p rest/sub
    cp a.png rest/1.png
    cp a.png rest/._1.png
    touch rest/.DS_Store rest/a.insp rest/b.insp rest/c.txt rest/README
    ln -s nowhere rest/2.png
    takes "a folder with other things" 1 'not taken from' rest
    check "says what it does not take" \
        "2 .insp files, 1 .txt files, 1 folders, 1 links to nothing, 1 other files" \
        "$(sed -n 's/.*not taken from [^:]*: //p' log)"
}

# Letters, decimal points and the order of names depend on no locale.
test_locales() {
    local name
    job a.png --fov 90.5
    mv out want
    for name in tr_TR de_DE; do
        if ! need_locale $name; then
            skip "a job under $name" "no such locale, and localedef cannot make it"
            continue
        fi
        locale=$name.UTF-8 takes "a job under $name" 1 '' a.png --fov 90.5
        check "with the same files" "" "$(diff -rq want out)"
    done
}

make_sources() { ff -f lavfi -i testsrc2=s=256x128 -frames:v 1 a.png; }

run_tests "$@"
