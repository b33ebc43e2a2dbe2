#!/usr/bin/env bash
# scripts/split360 that ends at odd moments, and what it says where a job cannot be
# done. See lib/split360.sh. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"

# split360 is killed when it notes that the source has come to its end.
kill_behind_last() { killed_at rename '/end$' run "$@"; }

# All frames are whole, but their number is not noted yet.
test_no_end() {
    local format job
    need_failcall "killed behind the last frame" || return
    for format in jpg png tif; do
        job=(pano.mp4 out --rig ring2 --size 64x64 --quiet --device cpu --format "$format")
        rm -rf out ref
        run "${job[@]/#out/ref}" || fail "a run that is left alone" "$(last)"
        kill_behind_last "${job[@]}"
        sed -i '/^end$/d' out/.split360/part.0
        check "killed behind the last frame" "90, no" \
            "$(find out/.split360/images/view_01 -type f | wc -l), $(
                [[ -e out/.split360/end ]] || echo no)"
        again "all frames of a video, no end, $format" ref "${job[@]}"
    done
    job=(panos out --rig ring2 --size 64x64 --quiet --device cpu)
    rm -rf out ref
    run "${job[@]/#out/ref}" || fail "a folder that is left alone" "$(last)"
    kill_behind_last "${job[@]}"
    again "all frames of a folder, no end" ref "${job[@]}"
}

# Masks and poses lie beside some of the images already.
test_beside_images() {
    local job=(panos out --rig ring4 --size 64x64 --quiet --device cpu
        --for realityscan --owner-masks)
    rm -rf out ref
    run "${job[@]/#out/ref}" || fail "masks and poses" "$(last)"
    need_failcall "killed at a pose" || return
    killed_at open images/view_02/000003.xmp run "${job[@]}"
    check "killed at the third pose" "2" "$(find out/.split360/images/view_02 -name '*.xmp' | wc -l)"
    again "poses beside some of the images" ref "${job[@]}"
    rm -rf out
    killed_at link images/view_01 run "${job[@]}"
    find out/.split360/images -name '*.mask.png' | head -n 1 | xargs truncate -s 0
    again "masks beside some of the images, one of them empty" ref "${job[@]}"
}

# A picture that is damaged and the choice of each second one.
test_damaged_choice() {
    local job=(damaged out --rig ring2 --size 32x32 --quiet --device cpu --keep-going --every 2)
    need_failcall "a damaged picture and a choice" || return
    make_damaged 12 5
    rm -rf out ref
    run "${job[@]/#out/ref}" || fail "a damaged picture of each second" "$(last)"
    check "a damaged picture of each second is left out, of six" "5 000005.jpg" \
        "$(find ref/images/view_00 -name '*.jpg' | wc -l) $(grep -o '[0-9]*.jpg: cannot be decoded' \
            ref/manifest.json | cut -d: -f1)"
    for _ in 1 2 3; do kill_behind_last "${job[@]}"; done
    again "and so after it was killed behind the last frame, three times" ref "${job[@]}"
    rm out/images/view_0*/000004.jpg
    again "an image behind it that was lost comes back" ref "${job[@]}"
}

# ffmpeg is killed before it can tell what it was to find out.
test_killed_helpers() {
    local job=(panos out --rig ring2 --size 32x32 --quiet --device cpu)
    rm -rf out ref
    run "${job[@]/#out/ref}" || fail "a folder" "$(last)"
    wrap "$FFMPEG" <<'END'
case " $* " in *" -version "*) kill -9 $$ ;; esac
END
    (FFMPEG=$tmp/wrap run "${job[@]}") 2>/dev/null
    check "ffmpeg is killed that was to tell its version" 1 \
        "$(grep -c 'error: .*does not tell its version' log)"
    again "ffmpeg was killed that was to tell its version" ref "${job[@]}"
    wrap "$FFMPEG" <<'END'
case " $* " in *" -filter_complex "*) kill -9 $$ ;; esac
END
    rm -rf out
    (FFMPEG=$tmp/wrap run "${job[@]}") 2>/dev/null
    check "ffmpeg is killed that was to make the images" 1 "$(grep -c 'error: .*by a signal' log)"
    again "ffmpeg was killed that was to make the images" ref "${job[@]}"
}

test_words() {
    local job=(--rig ring2 --size 32x32 --quiet --device cpu)
    rm -rf out
    ff -f lavfi -i testsrc2=s=512x256:r=2000:d=0.02 -c:v ffv1 -enc_time_base 1/10000 fast.nut
    refuse "two frames in one millisecond" "millisecond; use --names number" \
        fast.nut out "${job[@]}" --names pts
    rm -rf out
    refuse "no frame behind --from" "no frame" pano.mp4 out "${job[@]}" --from 2.99
    refuse "no frame by --fps" "no frame" pano.mp4 out "${job[@]}" --fps 0.01
    check "nothing is left" "" "$(ls -A out 2>/dev/null)"
    for closed in '>&- 2>&-' '<&- >&- 2>&-'; do
        rm -rf out
        bash -c "\"\$0\" \"\$@\" $closed" "$split" pano.mp4 out "${job[@]}"
        check "with $closed" "0, 180" "$?, $(find out/images -name '*.jpg' | wc -l)"
    done
    check "nothing in TMPDIR after SIGKILL" "" "$(
        mkdir empty
        export TMPDIR=$tmp/empty
        "$split" pano.mp4 killed "${job[@]}" --size 300x300 >/dev/null 2>&1 &
        sleep 0.7
        kill -9 $!
        wait $! 2>/dev/null
        ls empty)"
}

# Texts of the source do not become keys of the job, wherever they break a line.
test_texts() {
    python3 - panos/p1.jpg tagged.jpg <<'END'
import struct, sys
text = b'x\nframes=999\nbackend=evil\n\0'
exif = (b'Exif\0\0II*\0\x08\0\0\0' + struct.pack('<HHHII', 1, 0x010e, 2, len(text), 26)
        + bytes(4) + text)
data = open(sys.argv[1], 'rb').read()
open(sys.argv[2], 'wb').write(data[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2)
                              + exif + data[2:])
END
    rm -rf out
    run tagged.jpg out --rig ring2 --size 32x32 --quiet --device cpu || fail "a tag" "$(last)"
    check "a line end in a text of EXIF" "1 cpu x" "$(python3 - <<'END'
import collections, json
def once(pairs):
    assert max(collections.Counter(k for k, _ in pairs).values(), default=1) == 1
    return dict(pairs)
job = json.load(open('out/manifest.json'), object_pairs_hook=once)['job']
print(job['frames'], job['backend'], job.get('TAG:ImageDescription'))
END
    )"
}

# The same rig in another folder.
test_moved_rig() {
    local job=(--size 32x32 --quiet --device cpu --for realityscan)
    printf 'yaw=0\nyaw=90\n' >rig.txt
    rm -rf here there
    run panos here "${job[@]}" --views rig.txt || fail "poses of a rig file" "$(last)"
    run panos there "${job[@]}" --views rig.txt || fail "the same in another folder" "$(last)"
    same "poses do not tell where the project lies" here there
    mv here elsewhere
    find elsewhere -name '*.xmp' -delete
    run panos elsewhere "${job[@]}" --views rig.txt || fail "repair of poses" "$(last)"
    same "a project that was moved gets its poses back" there elsewhere
}

run_tests "$@"
