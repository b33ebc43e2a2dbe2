#!/usr/bin/env bash
# scripts/split360: the main job, on a generated panorama and on real material
# where it is there, and that bad input is refused with nothing half-written.
# Environment: FFMPEG, FFPROBE, V360RIG, V360JOB (default: build/), V360_DATA (real
# material, default: ../shared/data). Licence: LGPL-2.1-or-later.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$(dirname "$here")")
export FFMPEG=${FFMPEG:-$root/build/ffmpeg}
export FFPROBE=${FFPROBE:-$root/build/ffprobe}
export V360RIG=${V360RIG:-$root/build/v360rig}
export V360JOB=${V360JOB:-$root/build/v360job}
data=${V360_DATA:-$root/../shared/data}
split=$root/scripts/split360
# shellcheck source=tests/cli/lib/shell.sh
. "$here/lib/shell.sh"
tmp=$(mktemp -d) || exit 1
mounted=
trap '[[ -z $mounted ]] || umount "$mounted"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

ff() { "$FFMPEG" -nostdin -v error "$@"; }
run() { "$split" "$@" >log 2>&1; }
views() { find "$1/images" -mindepth 1 -maxdepth 1 -type d | sort; }
last() { tail -n 2 log | tr '\n' ' '; }

check() { # name, expected, seen
    if [[ $2 == "$3" ]]; then ok "$1" "$3"; else fail "$1" "expected $2, got $3"; fi
}

size() {
    "$FFPROBE" -v error -show_entries stream=width,height -of csv=p=0 "$1/000001.jpg"
}

# Every view of OUTDIR holds files 1…FRAMES, and each of them decodes.
whole() { # outdir, views, frames, extension
    local view got n=0 error
    got=$(find "$1" -mindepth 1 -maxdepth 1 ! -name database.sh ! -name rig_config.json \
        ! -name cameras.txt -printf '%f\n' | sort | tr '\n' ' ')
    [[ $got == "images manifest.json " ]] || { why="$1 holds $got"; return 1; }
    for view in $(views "$1"); do
        n=$((n + 1))
        why="$view has not the names 1 to $3"
        diff <(ls "$view") <(seq -f "%06g.$4" "$3") >/dev/null || return 1
        got=$("$FFPROBE" -v error -count_frames -show_entries stream=nb_read_frames \
            -of csv=p=0 "$view/%06d.$4" 2>"$tmp/error")
        error=$(<"$tmp/error")
        why="$view: $got of $3 decode, $error"
        [[ $got == "$3" && -z $error ]] || return 1
    done
    why="$n views"
    ((n == $2))
}

job() { # name, views, frames, extension, arguments with @ for OUTDIR
    local name=$1 n=$2 frames=$3 ext=$4
    shift 4
    rm -rf out
    if ! run "${@/#@/out}" --quiet; then
        fail "$name" "$(last)"
    elif whole out "$n" "$frames" "$ext"; then
        ok "$name" "$n views x $frames frames, all decode"
    else
        fail "$name" "$why"
    fi
}

# Non-zero exit, WORD in the message, nothing left behind.
refuse() { # name, word, arguments with @ for OUTDIR
    local name="refuses $1" word=$2 rc
    shift 2
    rm -rf out
    run "${@/#@/out}"
    rc=$?
    if ((rc == 0)); then
        fail "$name" "exit 0"
    elif ! grep -qi -e "error: .*$word" -e "$word.*error" log; then
        fail "$name" "no '$word' in: $(last)"
    elif [[ -e out ]]; then
        fail "$name" "left $(find out | head -n 4 | tr '\n' ' ')"
    else
        ok "$name" "exit $rc"
    fi
}

picture() { # size, file, options
    ff -f lavfi -i testsrc2=s="$1":d=1 -frames:v 1 "${@:3}" "$2"
}

make_sources() {
    if ! ff -f lavfi -i testsrc2=s=640x320:r=30:d=2 -pix_fmt yuv420p \
        -c:v ffv1 pano.mkv || ! picture 640x320 pano.jpg -q:v 2 ||
        ! picture 640x320 pano.png || ! picture 640x640 square.png ||
        ! picture 4x2 tiny.png || ! picture 2x2 tiny2.png; then
        fail "sources for the tests"
        finish
    fi
    cat >rig.txt <<'END'
# two views of different size
name=front yaw=0 h_fov=90 w=96 h=64
name=down pitch=-90 h_fov=80 w=64 h=64  # the tripod
END
}

test_jobs() {
    job "demo, ring8" 8 20 jpg --demo @
    job "demo, cube6" 6 20 jpg --demo @ --rig cube6 --size 128x128
    job "a picture" 4 1 jpg pano.jpg @ --rig ring4
    job "png" 4 1 png pano.png @ --rig ring4 --format png
    job "a range of time" 2 30 jpg pano.mkv @ --rig ring2 --from 0.5 --to 1.5
    job "frames per second" 2 10 jpg pano.mkv @ --rig ring2 --fps 5
    job "both" 2 4 jpg pano.mkv @ --rig ring2 --fps 4 --from 0:01 --to 00:00:02
    job "a rig file" 2 1 jpg pano.jpg @ --views rig.txt
    check "names of a rig file" "down front " "$(views out | xargs -n 1 basename | tr '\n' ' ')"
    check "sizes of a rig file" "96,64 64,64" "$(size out/images/front) $(size out/images/down)"
    job "size and fov" 2 1 jpg pano.jpg @ --rig ring2 --size 80x60 --fov 100x70.5
    check "size as asked for" 80,60 "$(size out/images/*0)"
    job "size by the source" 8 1 jpg pano.jpg @
    check "90 degrees take a quarter" 160,160 "$(size out/images/*0)"
    job "stereo, both eyes" 4 1 jpg square.png @ --rig ring2 --stereo tb --eye both
    job "100 views" 100 1 jpg pano.jpg @ --rig ring100 --size 32x32
}

test_mp4() {
    rm -rf out
    if ! "$FFMPEG" -v error -encoders | grep -q 'libx26[45] '; then
        skip "mp4" "this ffmpeg has neither libx264 nor libx265"
        return
    fi
    if ! run pano.mkv out --rig ring2 --format mp4 --to 1; then
        fail "mp4" "$(last)"
        return
    fi
    check "mp4: a file a view, 30 frames each" "30 30 " \
        "$("$FFPROBE" -v error -count_frames -show_entries stream=nb_read_frames \
            -of csv=p=0 out/videos/*0.mp4 | tr '\n' ' '; "$FFPROBE" -v error \
            -count_frames -show_entries stream=nb_read_frames -of csv=p=0 \
            out/videos/*1.mp4 | tr '\n' ' ')"
    check "mp4: nothing else" "2 files" "$(find out -type f ! -name manifest.json | wc -l) files"
}

# The script adds nothing to what a user of ffmpeg would write by hand.
test_same_bytes() {
    local colour=scale=in_chroma_loc=left:flags=accurate_rnd+bitexact+full_chroma_int
    colour+=:out_range=pc:out_color_matrix=bt601:out_chroma_loc=center,format=yuv420p
    mkdir front down
    ff -to 0.5 -i pano.mkv -filter_complex \
        "$colour,v360batch=/views=rig.txt:interp=cube[a][b]" \
        -map "[a]" -bitexact -huffman default -q:v 2 front/%06d.jpg \
        -map "[b]" -bitexact -huffman default -q:v 2 down/%06d.jpg 2>log ||
        { fail "a direct command line" "$(last)"; return; }
    rm -rf out
    run pano.mkv out --views rig.txt --to 0.5
    check "progress" "frame 15/15, ETA 0:00:00" \
        "$(sed -n 's/.*\(frame [^,]*,\).*images\/s, \(ETA [0-9:]*\).*/\1 \2/p' log | tail -n 1)"
    if diff -r front out/images/front && diff -r down out/images/down; then
        ok "same bytes as a direct command line" "30 images"
    else
        fail "same bytes as a direct command line" "$(last)"
    fi
}

# Folder, pad and direction belong together: each view is nearest to stock v360
# looking the same way. By how much is for the geometry's own tests.
test_directions() {
    local i j best db top good=0 file
    rm -rf out
    run pano.png out --rig ring4 --size 160x160 --format png --interp line
    for i in 0 1 2 3; do
        file=$(views out | sed -n "$((i + 1))p")/000001.png
        best='' top=0
        for j in 0 90 180 -90; do
            db=$(ff -i pano.png -i "$file" -filter_complex \
                "[0]format=gbrp,v360=e:flat:yaw=$j:h_fov=90:v_fov=90:w=160:h=160[a];
                 [1]format=gbrp[b];[a][b]psnr=stats_file=-" -f null - |
                sed 's/.*psnr_avg:\([0-9a-z]*\).*/\1/; s/inf/999/')
            if ((${db:-0} > top)); then top=$db best=$j; fi
        done
        [[ $best == $(((i * 90 + 90) % 360 - 90)) ]] && good=$((good + 1))
    done
    check "views look where their folders say" "4 of 4" "$good of 4"
}

test_real() {
    local name=equilib-equi.jpg
    if [[ -f $data/$name ]]; then
        job "real photo" 8 1 jpg "$data/$name" @
        check "real photo: a quarter of 5376" 1344,1344 "$(size out/images/*0)"
    else skip "real photo" "no $name"; fi
    name=vrview-richoh1_640x322.mp4
    if [[ -f $data/$name ]]; then
        job "real mono video" 8 15 jpg "$data/$name" @ --to 0.5
    else skip "real mono video" "no $name"; fi
    name=vrview-npm-congo_2048-tb.mp4
    if [[ -f $data/$name ]]; then
        job "real stereo video" 4 3 jpg "$data/$name" @ --to 0.1 --rig ring4
        run "$data/$name" both --to 0.1 --rig ring2 --eye both
        if grep -q 'stereo tb by' log; then ok "stereo found in the metadata"
        else fail "stereo found in the metadata" "$(last)"; fi
        whole both 4 3 jpg
        check "real stereo video, both eyes" "4 views" "$why"
    else skip "real stereo video" "no $name"; fi
    name=courtyard.exr
    if [[ -f $data/$name ]]; then
        job "real float picture" 4 1 png "$data/$name" @ --rig ring4 --format png
    else skip "real float picture" "no $name"; fi
}

test_bad_input() {
    local long="$tmp/a b'c,d;[e]:%d"
    refuse "no INPUT" INPUT
    refuse "a missing INPUT" "no such file" missing.mp4 @
    refuse "a folder as INPUT" "cannot read" / @
    head -c 5000 /dev/urandom >noise.mp4
    refuse "garbage as INPUT" "cannot read" noise.mp4 @
    : >empty.jpg
    refuse "an empty INPUT" "cannot read" empty.jpg @
    refuse "an unknown option" "--bogus" pano.jpg @ --bogus 1
    refuse "an option without its value" "needs a value" pano.jpg @ --rig
    refuse "an unknown preset" "bogus" pano.jpg @ --rig bogus
    refuse "ring0" "ring0" pano.jpg @ --rig ring0
    refuse "ring300" "256" pano.jpg @ --rig ring300
    echo '# nothing' >none.txt
    refuse "a rig file with no views" "views" pano.jpg @ --views none.txt
    seq 300 | sed 's/.*/yaw=&/' >many.txt
    refuse "a rig file with 300 views" "256" pano.jpg @ --views many.txt
    echo 'yaw=nan' >nan.txt
    refuse "nan in a rig file" "nan" pano.jpg @ --views nan.txt
    echo 'w=0 h=10' >zero.txt
    refuse "w=0 in a rig file" "w" pano.jpg @ --views zero.txt
    echo 'h_fov=180' >wide.txt
    refuse "h_fov=180 in a rig file" "h_fov" pano.jpg @ --views wide.txt
    echo 'foo=1' >field.txt
    refuse "an unknown field" "foo" pano.jpg @ --views field.txt
    head -c 1000000 /dev/urandom >garbage.txt
    refuse "1 MB of garbage as a rig" "bad rig" pano.jpg @ --views garbage.txt
    refuse "a missing rig file" "cannot read" pano.jpg @ --views missing.txt
    refuse "--size 0x0" "--size" pano.jpg @ --size 0x0
    refuse "--size wide" "--size" pano.jpg @ --size wide
    refuse "--fov 180" "--fov" pano.jpg @ --fov 180
    refuse "--fov nan" "--fov" pano.jpg @ --fov nan
    refuse "--fov 0" "--fov" pano.jpg @ --fov 0.0
    refuse "--fps 0" "--fps" pano.jpg @ --fps 0/1
    refuse "--fps nan" "--fps" pano.jpg @ --fps nan
    refuse "--to before --from" "--to" pano.mkv @ --from 2 --to 1
    refuse "--from after the end" "no frame" pano.mkv @ --from 50
    refuse "--format gif" "--format" pano.jpg @ --format gif
    refuse "--interp best" "--interp" pano.jpg @ --interp best
    refuse "--quality 99" "--quality" pano.jpg @ --quality 99
    refuse "--device cuda" "cuda" pano.jpg @ --device cuda
    refuse "an unknown projection" "bogus" pano.jpg @ --input bogus
    refuse "an equirect too small" "too small" tiny.png @
    refuse "a source smaller than its projection needs" "small\|size\|dimension" \
        tiny2.png @ --input c3x2 --size 32x32
    mkdir -p own/images && cp pano.jpg own/images/
    run own/images/pano.jpg own --force
    if grep -q "error: .*replaces" log && cmp -s pano.jpg own/images/pano.jpg; then
        ok "refuses to replace its own source" "it is still there"
    else
        fail "refuses to replace its own source" "$(last)"
    fi
    refuse "OUTDIR below a file" "cannot write" pano.jpg /dev/null/out
    refuse "an unwritable OUTDIR" "cannot write" pano.jpg /proc/out
    refuse "a file as OUTDIR" "not a folder" pano.jpg pano.png
    rm -rf "$long"
    if run pano.jpg "$long" --rig ring2 && [[ $(find "$long/images" -type f | wc -l) == 2 ]]; then
        ok "an OUTDIR of odd characters"
    else fail "an OUTDIR of odd characters" "$(last)"; fi
    run square.png odd --rig ring2 --size 32x32
    if grep -q 'warning: .*2:1.*--stereo tb' log; then ok "warns of what is not 2:1"
    else fail "warns of what is not 2:1" "$(last)"; fi
}

test_cut_off() {
    rm -rf out
    head -c $(($(stat -c %s pano.mkv) / 2)) pano.mkv >cut.mkv
    if run cut.mkv out --rig ring2 --size 32x32 || ! grep -q 'error: .*--keep-going' log; then
        fail "refuses a cut-off source" "$(last)"
    else ok "refuses a cut-off source" "$(last)"; fi
    if run cut.mkv out --rig ring2 --size 32x32 --keep-going &&
        grep -q 'warning: .*only [0-9]* of 60 frames' log && [[ -d out/images ]]; then
        ok "--keep-going warns of it"
    else fail "--keep-going warns of it" "$(last)"; fi
}

test_existing() {
    rm -rf out
    run pano.jpg out --rig ring2 --size 32x32
    cp -r out before
    if run pano.jpg out --rig ring4 --size 32x32 || ! grep -q -e '--force' log; then
        fail "refuses an OUTDIR in use" "$(last)"
    elif ! diff -r out before; then
        fail "refuses an OUTDIR in use" "changed it"
    else ok "refuses an OUTDIR in use"; fi
    run pano.jpg out --rig ring4 --size 32x32 --force
    whole out 4 1 jpg
    check "--force replaces it" "4 views" "$why"
    if run noise.mp4 out --force; then fail "a failed --force keeps what was" "exit 0"
    else
        whole out 4 1 jpg
        check "a failed --force keeps what was" "4 views" "$why"
    fi
}

test_build() {
    rm -rf out
    mkdir -p fresh/build
    cp -r "$root/scripts" fresh/
    cat >fresh/configure-wrapper.sh <<END
#!/bin/sh
[ "\$*" = --build ] && cd fresh/build && ln -s "$FFMPEG" ffmpeg &&
    ln -s "$FFPROBE" ffprobe && ln -s "$V360RIG" v360rig &&
    ln -s "$V360JOB" v360job
END
    chmod +x fresh/configure-wrapper.sh
    if env -u FFMPEG -u FFPROBE -u V360RIG -u V360JOB fresh/scripts/split360 pano.jpg out \
        --rig ring2 --size 32x32 >log 2>&1 && grep -q 'building what is missing' log; then
        ok "builds what is missing"
    else fail "builds what is missing" "$(last)"; fi
}

test_full_disk() {
    local how="tmpfs of 400 KiB" rc left
    mkdir disk
    if mount -t tmpfs -o size=400k split360 disk 2>/dev/null; then
        mounted=$tmp/disk
        run pano.mkv disk/out --size 160x160
    else
        how="ulimit -f"
        (trap '' XFSZ; ulimit -f 4; run pano.mkv disk/out --size 160x160)
    fi
    rc=$?
    left=$(find disk -mindepth 1 -not -path 'disk/out/.split360*' -not -path disk/out | wc -l)
    [[ -z $mounted ]] || { umount "$mounted" && mounted=; }
    if ((rc == 0)); then
        fail "a full disk" "exit 0"
    elif ! grep -qi 'space left\|too large\|cannot write' log; then
        fail "a full disk" "$(last)"
    else check "a full disk, by $how: nothing outside .split360" "0 files" "$left files"; fi
}

test_interrupt() {
    local sig pid rc
    for sig in TERM INT; do
        rm -rf out
        ff -stream_loop 20 -i pano.mkv -c copy -y long.mkv
        # A job of a shell without job control ignores SIGINT: env restores it.
        env --default-signal=INT "$split" long.mkv out --size 640x640 >log 2>&1 &
        pid=$!
        for _ in $(seq 100); do
            [[ -n $(find out -name 000003.jpg 2>/dev/null) ]] && break
            sleep 0.1
        done
        kill -"$sig" "$pid"
        wait "$pid"
        rc=$?
        check "SIG$sig leaves whole images in .split360 alone" \
            "exit 130, .split360, no process" "exit $rc, $(ls -A out), $(
                find /proc/[0-9]*/cwd -lname "$tmp/out*" 2>/dev/null | grep -q . &&
                    echo a || echo no) process"
    done
}

make_sources
test_jobs
test_mp4
test_same_bytes
test_directions
test_real
test_bad_input
test_cut_off
test_existing
test_build
test_full_disk
test_interrupt
finish
