# shellcheck shell=bash disable=SC2154 # part of run-tests
# NVENC: rules of its API, and FFmpeg's encoders on it.

nvenc_source=testsrc2=s=322x182:d=0.4,noise=alls=30

# on_nvenc COMMAND...: device, with NVENC
on_nvenc() {
    device env "LD_LIBRARY_PATH=$out:$out/nvenc" "SOFTNVENC_STATS=$work/nvenc.json" "$@"
}

# nvenc_api CASE MESSAGE [VAR=VALUE]...
nvenc_api() {
    local log
    log=$(on_nvenc "${@:3}" timeout 20 "$out/nvenc_api" "$here/tests/planted.ptx" \
          "$1" 2>&1) || { echo "$log"; return 1; }
    grep -E "$2" <<< "$log" || { echo "$log"; return 1; }
}

# What is broken is counted, and nothing is left.
nvenc_rules() {
    nvenc_api rules . && [ "$(value complaints "$work/nvenc.json")" = 12 ] &&
        [ "$(value live_sessions_at_exit "$work/nvenc.json")" = 0 ] &&
        [ "$(value live_registrations_at_exit "$work/nvenc.json")" = 0 ] &&
        echo "12 complaints"
}

nvenc_interface() {
    try "NVENC, what orders a frame" nvenc_api order '^nothing: not' SOFTCUDA_MODE=lazy
    try "NVENC, the output's stream" nvenc_api output-stream before SOFTCUDA_MODE=lazy
    try "NVENC, rules" nvenc_rules
    try "NVENC, a limit of sessions" nvenc_api sessions 'third: 10' SOFTNVENC_SESSIONS=2
    try "NVENC, memory of sessions" nvenc_api memory 'another: 10' SOFTNVENC_MEM_MB=10 \
        SOFTCUDA_MEM_MB=16
}

# nvenc_ffmpeg [VAR=VALUE]... ARGUMENT...
nvenc_ffmpeg() {
    local settings=()
    while [[ $1 == SOFT* ]]; do settings+=("$1"); shift; done
    on_nvenc "${settings[@]}" timeout 60 "$ffmpeg" -nostdin -v error -y "$@"
}

# frames FORMAT INPUT...: MD5 of each frame
frames() {
    "$ffmpeg" -nostdin -v error "${@:2}" -pix_fmt "$1" -f framemd5 - |
        sed '/^#/d; s/.* //'
}

# encoded CODEC FORMAT [VAR=VALUE]...: what an ordinary decoder makes of the stream is
# what went in
encoded() {
    local planar=$2
    case $2 in nv12) planar=yuv420p ;; p010) planar=yuv420p10 ;; esac
    nvenc_ffmpeg "${@:3}" -init_hw_device cuda=c -filter_hw_device c -f lavfi \
        -i "$nvenc_source" -vf "format=$2,hwupload" -c:v "$1_nvenc" "$work/nvenc.mp4" ||
        return
    frames "$planar" -f lavfi -i "$nvenc_source" -vf "format=$2" > "$work/in"
    frames "$planar" -i "$work/nvenc.mp4" > "$work/out"
    cmp "$work/in" "$work/out" && echo "$(wc -l < "$work/out") frames"
}

nvenc_frames() {
    need_encoder || return
    local codec format
    for codec in h264 hevc; do
        for format in nv12 yuv420p yuv444p p010; do
            [ $codec$format = h264p010 ] ||
                try "${codec}_nvenc of $format" encoded $codec $format
        done
    done
    try "hevc_nvenc of nv12, lazy" encoded hevc nv12 SOFTCUDA_MODE=lazy
}

# Frames of the CPU, in a context that the encoder makes; as Annex B.
software() {
    nvenc_ffmpeg -f lavfi -i "$nvenc_source,format=yuv420p" -c:v h264_nvenc \
        "$work/soft.h264" || return
    frames yuv420p -f lavfi -i "$nvenc_source,format=yuv420p" > "$work/in"
    frames yuv420p -i "$work/soft.h264" > "$work/out"
    cmp "$work/in" "$work/out" && echo "$(wc -l < "$work/out") frames"
}

colours() {
    local tags
    nvenc_ffmpeg -f lavfi -i "$nvenc_source" -vf "format=yuv420p,setparams=range=pc:\
colorspace=bt470bg:color_primaries=bt709:color_trc=smpte170m" -c:v "$1_nvenc" \
        "$work/tagged.$1" || return
    tags=$("$ffmpeg" -nostdin -i "$work/tagged.$1" 2>&1 | grep -o 'yuv[^),]*[^)]*)')
    echo "$tags"
    [[ $tags == *"(pc, bt470bg/bt709/smpte170m"* ]]
}

# Two sessions of 10 frames at 30 ms each take 0.3 s; one after the other, or in one
# session, they would take 0.6. The best of three, as a busy machine wakes threads late.
timed() {
    local begin least=999999 took
    for _ in 1 2 3; do
        begin=$(date +%s%N)
        nvenc_ffmpeg SOFTNVENC_MS=30 -f lavfi -i "$nvenc_source,format=yuv420p" \
            -map 0 -c:v h264_nvenc -f null - -map 0 -c:v hevc_nvenc -f null - || return
        took=$((($(date +%s%N) - begin) / 1000000))
        [ $took -ge $least ] || least=$took
    done
    echo "$least ms"
    [ $least -ge 300 ] && [ $least -lt 600 ]
}

# NVDEC into NVENC: a decoder of 20 ms and an encoder of 30 ms work at the same time, so
# 10 frames take 0.32 s and not 0.5.
decoded() {
    local begin least=999999 took clip=$work/clip
    "$ffmpeg" -nostdin -v error -y -f lavfi -i testsrc2=s=320x176:d=0.4 -pix_fmt yuv420p \
        -c:v libx264 -bf 0 "$clip.mp4" &&
        "$ffmpeg" -nostdin -v error -y -i "$clip.mp4" -pix_fmt nv12 -f rawvideo "$clip.nv12" ||
        return
    for _ in 1 2 3; do
        begin=$(date +%s%N)
        nvenc_ffmpeg "SOFTCUVID_TAPE=$clip.nv12" SOFTCUVID_MS=20 SOFTNVENC_MS=30 \
            -hwaccel cuda -hwaccel_output_format cuda -i "$clip.mp4" -c:v h264_nvenc \
            "$work/nvenc.mp4" || return
        took=$((($(date +%s%N) - begin) / 1000000))
        [ $took -ge $least ] || least=$took
    done
    frames yuv420p -i "$clip.mp4" > "$work/in"
    frames yuv420p -i "$work/nvenc.mp4" > "$work/out"
    echo "$least ms"
    cmp "$work/in" "$work/out" && [ $least -ge 320 ] && [ $least -lt 500 ]
}

sweep_nvenc() {
    LD_LIBRARY_PATH=$out/nvenc "$here/sweep" -o "$out" -f '^(nv|Nv)' -n 3 \
        -a "$here/tests/nvenc.allow" "$ffmpeg" -nostdin -v error \
        -init_hw_device cuda=c -filter_hw_device c -f lavfi \
        -i testsrc2=s=160x64:d=0.4 -vf format=nv12,hwupload -c:v h264_nvenc -f null -
}

nvenc_encoders() {
    need_encoder || return
    try "h264_nvenc of frames of the CPU" software
    try "h264_nvenc, colours" colours h264
    try "hevc_nvenc, colours" colours hevc
    try "NVENC, its time" timed
    try "NVDEC and NVENC, their time" decoded
    try "NVENC, every call fails in turn" sweep_nvenc
}

need_encoder() {
    [ -x "$ffmpeg" ] && "$ffmpeg" -v error -encoders | grep -qw hevc_nvenc && return
    skip "softcuda: NVENC of FFmpeg" "no ffmpeg with it"
    return 1
}
