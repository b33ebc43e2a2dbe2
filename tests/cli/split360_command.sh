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
    for option in input stereo stream demo rig views size fov eye interp from to fps every \
        sharpest format quality chroma names force for owner-masks mask device encoder no-deps \
        shards submit cpus round status cancel keep-going quiet json-progress print verify \
        help; do
        grep -qE "^  --$option( |$)" log || fail "--help has --$option" "not there"
    done
    check "no line is wider than a terminal" 0 "$(awk 'length > 80' log | wc -l)"
    check "presets, kernels and projections are those of the filter" "fibonacciN, mitchell, octahedron" \
        "$(grep -o fibonacciN log), $(grep -o mitchell log), $(grep -ow octahedron log)"
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
    prints "a rig file" a.mp4 --views rig.txt --to 0.5
    options=(--rig ring2 --size 32x32 --device cpu --quiet)
    refuse "--print of what takes more than one command" "--print: --sharpest" a.mp4 out --sharpest 5 --print
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
