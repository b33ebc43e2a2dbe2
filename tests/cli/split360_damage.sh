#!/usr/bin/env bash
# Damage of a source for scripts/split360: it is told of where the frames are wanted, once,
# and nothing else hides it. See lib/split360.sh. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"
options=(--rig ring2 --size 32x32 --device cpu)

make_sources() {
    ff -f lavfi -i testsrc2=s=256x128:r=30:d=20 -c:v libx264 -g 30 -bf 2 -preset veryfast \
        -pix_fmt yuv420p good.mkv
    spoil one.mkv 404
    spoil two.mkv 5 404
    ff -f lavfi -i testsrc2=s=256x128:r=10:d=2 -c:v ffv1 -slicecrc 1 -slices 4 crc.mkv
}

# spoil FILE PACKET...: good.mkv with these packets damaged. Of the bytes of a packet, one
# in AMOUNT is changed: the fewest that the decoder sees, which depends on what the version
# of the encoder has made of the frame.
spoil() {
    local n amount how=0
    for n in "${@:2}"; do
        for amount in 20 10 5 2; do
            ff -i good.mkv -c copy -bsf:v "noise=amount='if(eq(n,$n),$amount,0)'" "$1"
            "$FFMPEG" -nostdin -v quiet -xerror -err_detect:v crccheck+bitstream+buffer+explode \
                -threads 1 -i "$1" -f null - || break
        done
        how="if(eq(n,$n),$amount,$how)"
    done
    ff -i good.mkv -c copy -bsf:v "noise=amount='$how'" "$1"
}

listed() { sed -n '/"skipped"/,/\]/p' out/manifest.json | grep -o 'damaged at [0-9.]* s' | tr '\n' ' '; }

test_told() {
    local o
    for o in '' '--fps 1' '--every 100' '--from 13.2 --to 13.9' '--from 0.5'; do
        # shellcheck disable=SC2086 # an option and its value
        anew one.mkv $o
        check "damage late in a video, ${o:-all of it}" "1, 1" \
            "$?, $(grep -c 'error: the source is damaged at 13.4' log)"
    done
    takes "damage behind --to" 30 '' one.mkv --from 2 --to 3
    takes "damage before --from" 30 '' one.mkv --from 15 --to 16
    anew two.mkv --from 0.5
    check "damage before --from does not hide what comes later" "1, 1" \
        "$?, $(grep -c 'error: the source is damaged at 13.4' log)"
    anew two.mkv --from 1 --keep-going
    check "--keep-going: once in the manifest" "0, 1" "$?, $(listed | grep -o 'at 13.4' | wc -l)"
    anew two.mkv --keep-going
    check "all places are listed, and each is warned of once" "0, yes, yes" \
        "$?, $([[ $(listed) == *'at 0.1'*'at 13.4'* ]] && echo yes), $(
            [[ $(grep -c 'warning: the source is damaged' log) == $(listed | grep -o at | wc -l) ]] && echo yes)"
    refuse "a second time, without --keep-going" "was\|damaged\|nothing" two.mkv other --rig ring2 --size 32x32
    rm -rf other
}

# ffmpeg is ended, or cannot write; then the same command tells of the damage all the same.
test_nothing_hides() {
    wrap "$FFMPEG" <<'END'
case " $* " in *" -filter_complex "*) timeout -s TERM 0.5 "$real" "$@"; exit 255 ;; esac
END
    rm -rf out
    (FFMPEG=$tmp/wrap run one.mkv out "${options[@]}" --size 400x400) 2>/dev/null
    refuse "damage after a run that was ended" "damaged at 13.4" one.mkv out "${options[@]}" --size 400x400
    need_failcall "damage after a disk error" || return
    rm -rf out
    failing ffmpeg rename images/view_01 9 122 run one.mkv out "${options[@]}"
    check "a full quota is told" 1 "$(grep -c 'error: .*quota' log)"
    refuse "damage after a full quota" "damaged at 13.4" one.mkv out "${options[@]}"
}

# Errors that H.264's decoder bridges in a frame that another thread decodes: each time,
# which patches/9.0/fix-h264-decode-errors.patch is for. Without it one of five runs of
# ffmpeg ended well.
test_threads() {
    local n=0
    for _ in {1..30}; do
        "$FFMPEG" -nostdin -v quiet -xerror -err_detect:v explode -threads 4 -i one.mkv \
            -vf scale=64:32 -f null - || n=$((n + 1))
    done
    check "a damaged B-frame is told of, each time" 30 "$n"
}

# FFmpeg's decoder tells of a checksum that does not fit by a flag of the frame; see
# patches/9.0/fix-ffv1dec-damaged-slices.patch.
test_checksums() {
    local at
    anew crc.mkv
    check "a whole FFV1" 0 $?
    at=$(($(stat -c %s crc.mkv) / 2))
    printf '\377\376\375' | dd of=crc.mkv bs=1 seek=$at conv=notrunc status=none
    anew crc.mkv
    check "a checksum of FFV1 that does not fit" "1, 1" "$?, $(grep -c 'error: the source is damaged at' log)"
}

test_masks() {
    ff -f lavfi -i testsrc2=s=256x128 -frames:v 1 -vf format=gray -q:v 2 mask.jpg
    truncate -s $(($(stat -c %s mask.jpg) / 2)) mask.jpg
    refuse "a mask that is cut off" "mask.jpg" good.mkv out "${options[@]}" --to 0.5 --mask mask.jpg
    rm -rf out
    refuse "a mask video that is damaged" "ffmpeg failed\|mask" good.mkv out "${options[@]}" --mask one.mkv
}

test_sharpest_list() {
    local n
    rm -rf list
    mkdir list
    for n in 1 2 3 4 5 6 7 8 9; do
        ff -f lavfi -i testsrc2=s=256x128:r=1:d=10 -vf "trim=start_frame=$n:end_frame=$((n + 1)),gblur=sigma=$(
            ((n % 3)) && echo 6 || echo 0.01)" -frames:v 1 list/p$n.png
    done
    n=$(($(stat -c %s list/p2.png) / 2))
    dd if=/dev/zero of=list/p2.png bs=1 seek=$n count=200 conv=notrunc status=none
    job list --sharpest 3 --keep-going
    check "the sharpest ones beside a picture that cannot be decoded" "p3 p6 p9 " \
        "$(sed -n '/"sources"/,/\]/p' out/manifest.json | grep -o 'p[0-9]' | tr '\n' ' ')"
}

# What a run leaves is kept where it took long to make.
test_kept() {
    local pid
    rm -rf out
    wrap "$FFMPEG" <<'END'
case " $* " in *" preview.jpg "*) exit 1 ;; esac
END
    (FFMPEG=$tmp/wrap run good.mkv out --rig ring2 --size 32x32 --format mp4 --to 2 --quiet)
    check "videos are kept where the last step fails" 2 "$(find out/.split360/videos -name '*.mp4' | wc -l)"
    check "and the same command finishes" 0 "$(run good.mkv out --rig ring2 --size 32x32 --format mp4 --to 2 --quiet; echo $?)"
    rm -rf out
    nohup "$split" good.mkv out "${options[@]}" --size 300x300 >log 2>&1 &
    pid=$!
    for _ in $(seq 200); do [[ ! -e out/.split360/images/view_00/000003.jpg ]] || break; sleep 0.05; done
    kill -HUP $pid
    wait $pid
    check "under nohup, SIGHUP ends nothing" "0, 600" "$?, $(count out)"
}

# The folder of the pictures is OUTDIR as well; a glob from a folder whose name is one.
test_places() {
    rm -rf pics
    mkdir pics 'a[1]'
    cp list/p1.png pics/1.png
    cp list/p1.png 'a[1]/p1.png'
    run pics pics "${options[@]}" || fail "INPUT is OUTDIR" "$(last)"
    run pics pics "${options[@]}"
    check "INPUT is OUTDIR, twice" "0, 1" "$?, $(grep -c 'nothing to do' log)"
    (cd 'a[1]' && "$split" 'p?.png' out "${options[@]}" >../log 2>&1)
    check "a glob from a folder with brackets in its name" "0" $?
    refuse "--demo with --print" "--demo" --demo out --print
    ln -sf "$FFMPEG" ffmpeg
    rm -rf out
    FFMPEG=./ffmpeg run good.mkv out "${options[@]}" --to 0.2
    check "FFMPEG by a relative path" 0 $?
}

run_tests "$@"
