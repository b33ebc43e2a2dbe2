#!/usr/bin/env bash
# scripts/split360: the main job, on a generated panorama and on real material
# where it is there, and that bad input is refused with nothing half-written.
# Environment: see lib/split360.sh; V360_DATA is real material (default:
# ../shared/data). Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"
data=${V360_DATA:-$root/../shared/data}

views() { find "$1/images" -mindepth 1 -maxdepth 1 -type d | sort; }

size() {
    "$FFPROBE" -v error -show_entries stream=width,height -of csv=p=0 "$1/000001.jpg"
}

# Every view of OUTDIR holds files 1…FRAMES, and each of them decodes.
whole() { # outdir, views, frames, extension
    local view got n=0 error
    got=$(find "$1" -mindepth 1 -maxdepth 1 ! -name database.sh ! -name rig_config.json \
        ! -name cameras.txt ! -name preview.jpg -printf '%f\n' | sort | tr '\n' ' ')
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

# makes NAME VIEWS FRAMES EXTENSION SOURCE [OPTION]...: a job gives so many whole images.
makes() {
    local name=$1 n=$2 frames=$3 ext=$4
    if ! anew "${@:5}" --quiet; then
        fail "$name" "$(last)"
    elif whole out "$n" "$frames" "$ext"; then
        ok "$name" "$n views x $frames frames, all decode"
    else
        fail "$name" "$why"
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
    head -c 5000 /dev/urandom >noise.mp4
    cat >rig.txt <<'END'
# two views of different size
name=front yaw=0 h_fov=90 w=96 h=64
name=down pitch=-90 h_fov=80 w=64 h=64  # the tripod
END
}

test_jobs() {
    makes "demo, ring8" 8 20 jpg --demo
    makes "demo, cube6" 6 20 jpg --demo --rig cube6 --size 128x128
    makes "a picture" 4 1 jpg pano.jpg --rig ring4
    makes "png" 4 1 png pano.png --rig ring4 --format png
    makes "tif" 4 1 tif pano.png --rig ring4 --format tif
    makes "a range of time" 2 30 jpg pano.mkv --rig ring2 --from 0.5 --to 1.5
    makes "frames per second" 2 10 jpg pano.mkv --rig ring2 --fps 5
    makes "both" 2 4 jpg pano.mkv --rig ring2 --fps 4 --from 0:01 --to 00:00:02
    makes "a rig file" 2 1 jpg pano.jpg --views rig.txt
    check "names of a rig file" "down front " "$(views out | xargs -n 1 basename | tr '\n' ' ')"
    check "sizes of a rig file" "96,64 64,64" "$(size out/images/front) $(size out/images/down)"
    makes "size and fov" 2 1 jpg pano.jpg --rig ring2 --size 80x60 --fov 100x70.5
    check "size as asked for" 80,60 "$(size out/images/*0)"
    makes "size by the source" 8 1 jpg pano.jpg
    check "90 degrees take a quarter" 160,160 "$(size out/images/*0)"
    makes "stereo, both eyes" 4 1 jpg square.png --rig ring2 --stereo tb --eye both
    makes "100 views" 100 1 jpg pano.jpg --rig ring100 --size 32x32
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
    check "mp4: nothing else" "2 files" "$(find out -type f ! -name manifest.json ! -name preview.jpg | wc -l) files"
}

# The script adds nothing to what a user of ffmpeg would write by hand.
test_same_bytes() {
    local want=format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc
    local jpeg=(-c:v libturbojpeg -quality 92)
    "$FFMPEG" -v error -h encoder=libturbojpeg | grep -q quality ||
        jpeg=(-huffman default -q:v 2)
    mkdir front down
    ff -to 0.5 -i pano.mkv -filter_complex \
        "v360batch=/views=rig.txt:interp=cube:ss=auto:exif=1:out_chroma_loc=center[c][d];[c]${want}[a];[d]${want}[b]" \
        -map "[a]" -bitexact "${jpeg[@]}" front/%06d.jpg \
        -map "[b]" -bitexact "${jpeg[@]}" down/%06d.jpg 2>log ||
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
        makes "real photo" 8 1 jpg "$data/$name"
        check "real photo: a quarter of 5376" 1344,1344 "$(size out/images/*0)"
    else skip "real photo" "no $name"; fi
    name=vrview-richoh1_640x322.mp4
    if [[ -f $data/$name ]]; then
        makes "real mono video" 8 15 jpg "$data/$name" --to 0.5
    else skip "real mono video" "no $name"; fi
    name=vrview-npm-congo_2048-tb.mp4
    if [[ -f $data/$name ]]; then
        makes "real stereo video" 4 3 jpg "$data/$name" --to 0.1 --rig ring4
        run "$data/$name" both --to 0.1 --rig ring2 --eye both
        if grep -q 'stereo tb by' log; then ok "stereo found in the metadata"
        else fail "stereo found in the metadata" "$(last)"; fi
        whole both 4 3 jpg
        check "real stereo video, both eyes" "4 views" "$why"
    else skip "real stereo video" "no $name"; fi
    name=courtyard.exr
    if [[ -f $data/$name ]]; then
        makes "real float picture" 4 1 png "$data/$name" --rig ring4 --format png
    else skip "real float picture" "no $name"; fi
}

test_bad_input() {
    local long="$tmp/a b'c,d;[e]:%d"
    refuse "refuses no INPUT" INPUT
    refuse_source "refuses a missing INPUT" "no such file" missing.mp4
    refuse_source "refuses a folder as INPUT" "cannot read" /
    refuse_source "refuses garbage as INPUT" "cannot read" noise.mp4
    : >empty.jpg
    refuse_source "refuses an empty INPUT" "cannot read" empty.jpg
    refuse_source "refuses an unknown option" "--bogus" pano.jpg --bogus 1
    refuse_source "refuses an option without its value" "needs a value" pano.jpg --rig
    refuse_source "refuses an unknown preset" "bogus" pano.jpg --rig bogus
    refuse_source "refuses ring0" "ring0" pano.jpg --rig ring0
    refuse_source "refuses ring300" "256" pano.jpg --rig ring300
    echo '# nothing' >none.txt
    refuse_source "refuses a rig file with no views" "views" pano.jpg --views none.txt
    seq 300 | sed 's/.*/yaw=&/' >many.txt
    refuse_source "refuses a rig file with 300 views" "256" pano.jpg --views many.txt
    echo 'yaw=nan' >nan.txt
    refuse_source "refuses nan in a rig file" "nan" pano.jpg --views nan.txt
    echo 'w=0 h=10' >zero.txt
    refuse_source "refuses w=0 in a rig file" "w" pano.jpg --views zero.txt
    echo 'h_fov=180' >wide.txt
    refuse_source "refuses h_fov=180 in a rig file" "h_fov" pano.jpg --views wide.txt
    echo 'foo=1' >field.txt
    refuse_source "refuses an unknown field" "foo" pano.jpg --views field.txt
    head -c 1000000 /dev/urandom >garbage.txt
    refuse_source "refuses 1 MB of garbage as a rig" "bad rig" pano.jpg --views garbage.txt
    refuse_source "refuses a missing rig file" "cannot read" pano.jpg --views missing.txt
    refuse_source "refuses --size 0x0" "--size" pano.jpg --size 0x0
    refuse_source "refuses --size wide" "--size" pano.jpg --size wide
    refuse_source "refuses --fov 180" "--fov" pano.jpg --fov 180
    refuse_source "refuses --fov nan" "--fov" pano.jpg --fov nan
    refuse_source "refuses --fov 0" "--fov" pano.jpg --fov 0.0
    refuse_source "refuses --fps 0" "--fps" pano.jpg --fps 0/1
    refuse_source "refuses --fps nan" "--fps" pano.jpg --fps nan
    refuse_source "refuses --to before --from" "--to" pano.mkv --from 2 --to 1
    refuse_source "refuses --from after the end" "no frame" pano.mkv --from 50
    refuse_source "refuses --format gif" "--format" pano.jpg --format gif
    refuse_source "refuses --interp best" "--interp" pano.jpg --interp best
    refuse_source "refuses --quality 101" "--quality" pano.jpg --quality 101
    refuse_source "refuses --device cuda" "cuda" pano.jpg --device cuda
    refuse_source "refuses an unknown projection" "bogus" pano.jpg --input bogus
    refuse_source "refuses an equirect too small" "too small" tiny.png
    refuse_source "refuses a source smaller than its projection needs" "small\|size\|dimension" \
        tiny2.png --input c3x2 --size 32x32
    mkdir -p own/images && cp pano.jpg own/images/
    run own/images/pano.jpg own --force
    if grep -q "error: .*replaces" log && cmp -s pano.jpg own/images/pano.jpg; then
        ok "refuses to replace its own source" "it is still there"
    else
        fail "refuses to replace its own source" "$(last)"
    fi
    refuse "refuses OUTDIR below a file" "cannot write" pano.jpg /dev/null/out
    refuse "refuses an unwritable OUTDIR" "cannot write" pano.jpg /proc/out
    refuse "refuses a file as OUTDIR" "not a folder" pano.jpg pano.png
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
        grep -q 'warning: .*is cut off' log && [[ -d out/images ]]; then
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
    ln -s "$root/build/split360" split360
END
    chmod +x fresh/configure-wrapper.sh
    if env -u FFMPEG fresh/scripts/split360 pano.jpg out \
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

run_tests "$@"
