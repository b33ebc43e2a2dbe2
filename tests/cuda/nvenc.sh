# Part of tests/cuda/run-tests: frames of the filter in NVENC, as softcuda has it.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

nvenc_ring=rig=ring8:w=160:h=64
nvenc_input=testsrc2=s=192x96:r=25,noise=alls=20

# on_nvenc NAME FORMAT FRAMES OPTIONS ENCODER...: $work/NAME-0.mkv to 7, of a ring of 8
on_nvenc()
{
    local i files=()
    make_graph "format=$2,hwupload,v360batch_cuda=$nvenc_ring$4" 8 null
    for ((i = 0; i < 8; i++)); do
        files+=("${maps[@]:2 * i:2}" "${@:5}" "$work/$1-$i.mkv")
    done
    rm -f "$work/$1".json "$work/$1"-?.mkv
    SOFTNVENC_STATS=$work/$1.json SOFTCUDA_STATS=$work/$1.cuda.json SOFTCUDA_EXCLUSIVE=1 \
        LD_LIBRARY_PATH=$softcuda:$softcuda/nvenc run_ffmpeg -y -init_hw_device cuda=c \
        -filter_hw_device c -f lavfi -i "$nvenc_input" \
        -filter_complex "${graph/format=/trim=end_frame=$3,format=}" "${files[@]}"
}

# nvenc_md5: lines of framemd5 in an order that does not hang on time stamps
nvenc_md5() { sed '/^#/d; s/,.* / /' | sort -s -n -k1,1; }

# nvenc_same NAME FORMAT PLANAR FRAMES: a check that what decoders make of the files is
# what the filter on the CPU gives
nvenc_same()
{
    local i inputs=() outs=() sessions
    for ((i = 0; i < 8; i++)); do
        inputs+=(-i "$work/$1-$i.mkv")
        outs+=(-map "$i:v")
    done
    run_ffmpeg "${inputs[@]}" "${outs[@]}" -pix_fmt "$3" -f framemd5 - 2>&1 |
        nvenc_md5 >"$work/cuda"
    make_graph "trim=end_frame=$4,format=$2,v360batch=$nvenc_ring" 8 null
    run_ffmpeg -f lavfi -i "$nvenc_input" -filter_complex "$graph" "${maps[@]}" \
        -pix_fmt "$3" -f framemd5 - | nvenc_md5 >"$work/cpu"
    sessions=$(counter sessions_at_once "$work/$1.json")
    expect "NVENC, $1: frames as on the CPU" "$(wc -l <"$work/cuda") == 8 * $4 && \
$(diff "$work/cpu" "$work/cuda" >"$work/diff"; echo $?) == 0 && ${sessions:-0} == 8" \
        "$(wc -l <"$work/cuda") frames, $(grep -c '^<' "$work/diff") others, \
${sessions:-no} sessions"
}

# What the counters of NAME must say: all frames, nothing that breaks a rule, nothing
# that is left, one context.
nvenc_clean()
{
    local f=$work/$1.json left
    left=$(sed -n 's/^  "live_[a-z_]*": \([1-9][0-9]*\),*$/\1/p' "$f" "$work/$1.cuda.json")
    expect "NVENC, $1: no rule is broken" "$(counter frames "$f") == 8 * $2 && \
$(counter complaints "$f") == 0 && $(wc -w <<<"$left") == 0 && \
$(counter contexts_at_once "$work/$1.cuda.json") == 1" \
        "$(counter frames "$f") frames, $(counter maps "$f") maps"
}

nvenc_bytes()
{
    local format encoder planar mode
    while read -r encoder format planar; do
        on_nvenc "$encoder of $format" "$format" 10 :batch=3 -c:v "$encoder"
        nvenc_same "$encoder of $format" "$format" "$planar" 10
        nvenc_clean "$encoder of $format" 10
    done <<'END'
h264_nvenc nv12 yuv420p
h264_nvenc yuv420p yuv420p
hevc_nvenc yuv444p yuv444p
hevc_nvenc p010 yuv420p10
END
    # an order that is missing between the filter and NVENC shows in these
    for mode in lazy thread; do
        SOFTCUDA_MODE=$mode on_nvenc "mode $mode" nv12 20 '' -c:v hevc_nvenc
        nvenc_same "mode $mode" nv12 yuv420p 20
    done
}

# most NAME KEY: the largest of a counter over the sessions
most()
{
    sed '1,/each_session/d' "$work/$1.json" | grep -o "\"$2\": [0-9]*" | sed 's/.* //' |
        sort -n | tail -n 1
}

# A session registers each frame of its output once and takes none back: those are at most
# the frames of two batches, of ffmpeg's queue and of the session, and it keeps 64. Which
# of them comes when depends on ffmpeg's threads. Encoders that take time fill all queues.
nvenc_registrations()
{
    local batch name
    for batch in '' :batch=16; do
        name=registrations${batch/:/, }
        SOFTNVENC_MS=4 on_nvenc "$name" nv12 150 "$batch" -c:v h264_nvenc
        nvenc_same "$name" nv12 yuv420p 150
        expect "NVENC, $name: each frame once" \
            "$(most "$name" registrations) <= 40 && $(most "$name" unregistrations) == 0 && \
$(most "$name" registrations) == $(most "$name" registered_at_once)" \
            "$(counter registrations "$work/$name.json") of 8 sessions, at most \
$(most "$name" registrations) of one and $(most "$name" registered_at_once) at once, the \
last after $(most "$name" last_registration) of 150 frames; at most \
$(most "$name" unregistrations) taken back before the end"
    done
}

# A session too many: a message, and nothing is left.
nvenc_sessions()
{
    local f=$work/few.json status=0
    SOFTNVENC_SESSIONS=7 on_nvenc few nv12 10 '' -c:v h264_nvenc 2>"$work/err" || status=$?
    expect "NVENC, 7 sessions for 8 views" "$status != 0 && \
$(grep -c 'OpenEncodeSessionEx failed: out of memory (10)' "$work/err") == 1 && \
$(counter sessions_at_once "$f") == 7 && $(counter live_sessions_at_exit "$f") + \
$(counter live_registrations_at_exit "$f") + $(counter live_at_exit "$work/few.cuda.json") == 0" \
        "$(grep -o 'OpenEncode.*' "$work/err")"
}

# nvenc_time OPTIONS FRAMES: milliseconds for frames that NVDEC takes 20 ms for, and 8
# encoders that take 30 ms for each
nvenc_time()
{
    local i t0 files=()
    make_graph "v360batch_cuda=$nvenc_ring$1" 8 null
    for ((i = 0; i < 8; i++)); do
        files+=("${maps[@]:2 * i:2}" -c:v h264_nvenc -f null -)
    done
    t0=$(date +%s%N)
    SOFTCUDA_MODE=thread SOFTCUVID_TAPE=$work/long.tape SOFTCUVID_MS=20 SOFTNVENC_MS=30 \
        LD_LIBRARY_PATH=$softcuda:$softcuda/nvenc run_ffmpeg -hwaccel cuda \
        -hwaccel_output_format cuda -t "$(awk "BEGIN { print $2 / 25 }")" \
        -i "$work/long.mp4" -filter_complex "$graph" "${files[@]}" || return
    echo $((($(date +%s%N) - t0) / 1000000))
}

# Sessions work side by side, whatever the filter makes at once.
nvenc_pace()
{
    source_of=testsrc2=s=256x128:r=25:d=2.88 \
        nvdec_source long yuv420p nv12 -c:v libx264 -bf 0
    judge_pace "NVDEC and NVENC" nvenc_time
}
