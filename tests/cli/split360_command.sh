#!/usr/bin/env bash
# The command line of scripts/split360: what it says of words that it does not know,
# --print, and options that choose among videos and names. See lib/split360.sh.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"

options=(--rig ring2 --size 32x32 --device cpu --quiet)

make_sources() {
    ff -f lavfi -i testsrc2=s=256x128:r=10:d=3 -c:v libx264 -bf 2 -g 10 -pix_fmt yuv420p a.mp4
    ff -f lavfi -i testsrc=s=256x128:r=10:d=1 -c:v libx264 -pix_fmt yuv420p b.mp4
    ff -i a.mp4 -i b.mp4 -map 0 -map 1 -c copy two.mp4
    printf 'name=a yaw=0 w=32 h=32\nname=b pitch=-90 w=16 h=16\n' >rig.txt
}

test_words() {
    refuse "an unknown option, and the nearest" "unknown option --interpp.*--interp" a.mp4 out --interpp line
    refuse "an option that is far from all" "unknown option --xyzzyxyzzy" a.mp4 out --xyzzyxyzzy
    refuse "a word too many" "rig.txt" a.mp4 out rig.txt
    refuse "a value out of its range" "--quality.*1 to 100" a.mp4 out --quality 101
    refuse "a value that is another option" "--fps needs a value" a.mp4 out --fps --every 2
    check "nothing is left" "" "$(ls -A out 2>/dev/null)"
    job a.mp4 --fps 2
    mv out want
    job a.mp4 --fps=2
    check "--fps=2 is --fps 2" "" "$(diff -rq want out)"
}

# Each option is in --help, with its range and its default.
test_help() {
    local option
    run --help
    check "--help ends well" 0 $?
    for option in input stereo stream demo rig views size fov eye interp supersample from to fps every \
        sharpest format quality chroma names force for owner-masks mask device encoder no-deps \
        shards submit cpus round status cancel keep-going quiet json-progress print verify \
        help; do
        grep -qE "^  --$option( |$)" log || fail "--help has --$option" "not there"
    done
    check "no line is wider than a terminal" 0 "$(awk 'length > 80' log | wc -l)"
    check "presets, kernels and projections are those of the filter" "fibonacciN, mitchell, octahedron" \
        "$(grep -o fibonacciN log), $(grep -o mitchell log), $(grep -ow octahedron log)"
}

# sees RIG WORDS: what a job says of the panorama
sees() {
    rm -rf seen
    "$split" a.mp4 seen --rig "$1" --size 32x32 --device cpu --to 0.1 2>log
    check "coverage of $1" "split360: $2" "$(grep 'of the panorama' log)"
}

# prints NAME SOURCE [OPTION]...: the command that --print prints gives the same images.
prints() {
    local name=$1
    job "${@:2}"
    rm -rf "it's"
    if ! "$split" "$2" "it's" "${options[@]}" "${@:3}" --print >run.sh 2>log; then
        fail "--print, $name" "$(last)"
    elif [[ -e "it's" ]]; then
        fail "--print, $name" "it made the folder"
    elif ! sh run.sh </dev/null >log 2>&1; then
        fail "--print, $name" "$(last)"
    else
        check "--print, $name: the same images" "" "$(diff -r out/images "it's/images" 2>&1 | head -n 3)"
    fi
}

test_print() {
    prints "a video" a.mp4
    prints "a part of it" a.mp4 --from 1.25 --to 2.5 --every 2
    prints "frames a second, names by time, PNG" a.mp4 --fps 4 --names pts --format png
    options=(--device cpu --quiet)
    prints "several presets" a.mp4 --rig ring1,up --to 0.5
    check "several presets: a folder for each view" "up view_00" \
        "$(find out/images -mindepth 1 -printf '%f\n' -type d -prune | sort | xargs)"
    sees ring2 "67 % of the panorama is in no view; --rig cube6 sees all"
    sees ring4 "33 % of the panorama is in no view; --rig ring4+up+down sees all"
    sees ring4,down "17 % of the panorama is in no view; --rig ring4,down+up sees all"
    sees ring4+up+down "all of the panorama is in some view"
    refuse "a view that is there twice" "name=up: taken" a.mp4 no --rig cube6,up
    refuse "no preset between two" "must be one of" a.mp4 no --rig ring1,,up
    prints "a rig file" a.mp4 --views rig.txt --to 0.5
    options=(--rig ring2 --size 32x32 --device cpu --quiet)
    refuse "--print of what takes more than one command" "--print: --sharpest" a.mp4 out --sharpest 5 --print
}

test_supersample() {
    local small=(--rig ring2 --size 24x24 --device cpu --format png --to 0.2)
    refuse_source "--supersample 5" "--supersample '5': expected auto, 1, 2, 3 or 4" a.mp4 --supersample 5
    refuse_source "--supersample 2.5" "--supersample '2.5': expected auto" a.mp4 --supersample 2.5
    check "--print shows the default" 1 "$("$split" a.mp4 none "${small[@]}" --print | grep -c ':ss=auto:')"
    check "--print shows --supersample 2" 1 \
        "$("$split" a.mp4 none "${small[@]}" --supersample 2 --print | grep -c ':ss=2:')"
    check "--print of --supersample 1" 0 \
        "$("$split" a.mp4 none "${small[@]}" --supersample 1 --print | grep -c ':ss=')"
    # 256 / (2 pi) * 2 / 24 = 3.4: two times two are needed.
    options=("${small[@]}")
    job a.mp4
    check "it says of how many samples pixels are" 1 \
        "$(grep -c 'views of 24x24 show 3.4 samples of the source in one: supersample 2$' log)"
    check "manifest.json has the option, and the number of each view" "auto 2 2" "$(keys out supersample | xargs)"
    rm -rf want
    mv out want
    job a.mp4 --supersample 2
    check "--supersample 2 is what auto is" "" "$(diff -rq want/images out/images)"
    refuse "another --supersample in the same folder" "supersample: was auto, now 1" a.mp4 want "${small[@]}" \
        --supersample 1
    job a.mp4 --supersample 1
    check "--supersample 1 makes others" 1 "$(diff -rq want/images out/images | grep -c view_00/000001.png)"
    check "it says nothing of it then" 0 "$(grep -c 'samples of the source' log)"
    options=(--rig ring2 --size 8x8 --device cpu --to 0.2)
    job a.mp4
    check "views too small for any number" 1 \
        "$(grep -c 'warning: 2 of 2 views are too small .* view_00 should be 1.27 times as large' log)"
    run --verify out
    check "and nothing else is wrong with them" "0 2" "$? $(count out)"
    options=(--rig ring2 --size 32x32 --device cpu --quiet)
}

# A folder of a version without --supersample is completed as it was begun.
test_old_folder() {
    options=(--rig ring2 --size 24x24 --device cpu --format png --quiet)
    job a.mp4 --supersample 1
    rm -rf want
    cp -a out want
    python3 - <<'END'
import json
job = json.load(open('out/manifest.json'))
del job['settings']['supersample']
json.dump(job, open('out/manifest.json', 'w'))
END
    cp out/manifest.json old.json
    rm out/images/view_01/000003.png
    run a.mp4 out "${options[@]}" || fail "an old folder" "$(last)"
    check "an old folder gets a lost image back as it was" "" "$(diff -rq want/images out/images)"
    check "and stays an old one" "" "$(diff old.json out/manifest.json)"
    refuse "--supersample auto in an old folder" "supersample: was 1, now auto" a.mp4 out "${options[@]}" \
        --supersample auto
    run a.mp4 out "${options[@]}" --supersample 1
    check "--supersample 1 in an old folder" 0 $?
    run a.mp4 out "${options[@]}" --force
    check "--force begins anew, with auto" "auto 2 2" "$(keys out supersample | xargs)"
    options=(--rig ring2 --size 32x32 --device cpu --quiet)
}

test_stream() {
    takes "--stream 1" 10 '' two.mp4 --stream 1
    rm -rf want
    mv out want
    job b.mp4
    check "is the second video" "" "$(diff -rq want/images out/images)"
    refuse "--stream of a video that is not there" "stream" two.mp4 none --stream 2
}

test_names() {
    takes "--names us" 3 '' a.mp4 --names us --from 1.2 --to 1.5
    check "names in microseconds" "000001200000.jpg 000001300000.jpg 000001400000.jpg " \
        "$(find out/images/view_00 -type f -printf '%f\n' | sort | tr '\n' ' ')"
    ff -f lavfi -i testsrc2=s=256x128:r=2000:d=0.01 -c:v ffv1 -enc_time_base 1/10000 fast.nut
    takes "two frames in a millisecond" 20 '' fast.nut --names us
}

# By these texts the same command is known again, also one of an earlier version.
test_identity() {
    mkdir -p pictures
    ff -i a.mp4 -frames:v 2 pictures/%d.png
    rm -rf want
    job a.mp4 --to 0.2
    mv out want
    job pictures
    check "a source by its size and its hash" "" "$(python3 - <<'END'
import hashlib, json
def name(path):
    data = open(path, 'rb').read()
    return f'{len(data)} {hashlib.sha256(data).hexdigest()}'
def source(out):
    return json.load(open(out + '/manifest.json'))['settings']['source']
text = '1.png\n2.png\n' + ''.join(name(f'pictures/{i}.png') + '\n' for i in (1, 2))
for out, wanted in (('want', name('a.mp4')),
                    ('out', '2 pictures, SHA-256 ' + hashlib.sha256(text.encode()).hexdigest())):
    if source(out) != wanted:
        print(out, source(out), wanted)
END
    )"
}

test_summary() {
    job a.mp4 --to 0.5
    rm -rf out
    run a.mp4 out --rig ring2 --size 32x32 --device cpu
    check "it says where the time went, and what comes next" "1 1" \
        "$(grep -c 'time: .* to look at the source' log) $(grep -c "next: sh $tmp/out/database.sh" log)"
    check "a sheet of the first images, side by side" 68x32 "$("$FFPROBE" -v error -show_entries \
        stream=width,height -of csv=p=0:s=x out/preview.jpg)"
}

run_tests "$@"
