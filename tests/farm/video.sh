# Part of tests/farm/run-tests: --format mp4, whose shards are joined without encoding them
# again. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

frames_of() { ff -i "$1" -f framemd5 - | grep -v '^#' | cut -d , -f 6; } # file

times_of() { # file
    "$FFPROBE" -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 "$1" | sort -n
}

# What encoders wrote for all shards, one after the other.
frames_of_shards() { # view
    local i
    for i in $(indices out); do frames_of "out/$farm_folder/videos/$i/$1.mp4"; done
}

# The bytes are not those of a run without shards, where the encoder of a frame has seen
# those before it; times are, and no frame is lost on the way into the file.
video() { # name, source, [option]...
    local name=$1 view
    rm -rf one
    run "$2" one "${@:3}" || { fail "$name: without shards" "$(last)"; return; }
    plan "$2" "${@:3}" || return
    tasks out || { fail "$name: a task" "$(last)"; return; }
    for view in view_00 view_01; do frames_of_shards "$view" >"shards.$view"; done
    run merge out || { fail "$name: merge" "$(last)"; return; }
    for view in view_00 view_01; do
        check "$name: frames of $view are those of its shards" "$(wc -l <"shards.$view") yes" "$(
            frames_of "out/videos/$view.mp4" | tee joined | wc -l) $(
            cmp -s joined "shards.$view" && echo yes)"
        check "$name: their times are those of a run without shards" "$(
            times_of "one/videos/$view.mp4" | md5sum)" "$(times_of "out/videos/$view.mp4" | md5sum)"
    done
    check "$name: the same files" "$(cd one && find . | sort | xargs)" "$(cd out && find . | sort | xargs)"
    run --verify out || fail "$name: --verify" "$(last)"
}

test_video_shapes() {
    local shape
    for shape in cfr vfr edit openedit ts; do
        source_of "$shape" "mp4, $shape" || continue
        video "mp4, $shape" "$path" "${small[@]}" --size 64x64 --format mp4
    done
    source_of gaps "mp4, --every 2" || return
    video "mp4, --every 2" "$path" "${small[@]}" --size 64x64 --format mp4 --every 2
    video "mp4, --fps 7" "$path" "${small[@]}" --size 64x64 --format mp4 --fps 7
    rm out/videos/view_01.mp4
    sends "a video that is lost later" "made in 8 shards.*--force" "$split" "$path" out \
        "${small[@]}" --size 64x64 --format mp4 --fps 7
}
