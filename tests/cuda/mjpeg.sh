# Part of tests/cuda/run-tests: the encoder mjpeg_cuda, whose packets are those of
# libturbojpeg. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

jpeg_formats=(yuv420p:nv12 yuv420p:yuv420p yuv422p:yuv422p yuv422p:nv16 yuv444p:yuv444p)

# Fails the test, or skips it, where an encoder is missing.
need_jpeg()
{
    local name
    for name in libturbojpeg mjpeg_cuda; do
        "$ffmpeg" -v error -encoders | grep -qw "$name" && continue
        skip "cuda: mjpeg_cuda" "$ffmpeg is built without $name"
        return 1
    done
}

# jpegs ENCODER SOURCE FORMAT QUALITIES [OPTION...]: the hash of each packet; FORMAT may have
# filters behind it
jpegs()
{
    local q n=0 graph outs='' tails='' maps=()
    for q in $4; do
        outs+="[a$n]" tails+=";[a$n]$3[b$n]"
        maps+=(-map "[b$n]" "-quality:$n" "$q")
        n=$((n + 1))
    done
    graph="$2,setparams=range=${range:-pc},split=$n$outs$tails"
    run_ffmpeg "${jpeg_device[@]}" -filter_complex "$graph" "${maps[@]}" -c:v "$1" "${@:5}" \
        -f framemd5 - | grep -v '^#'
}

# both_jpegs SOURCE FORMAT:UPLOADED QUALITIES [OPTION...]: of both encoders, in $work/cpu and
# $work/cuda
both_jpegs()
{
    local jpeg_device=()
    jpegs libturbojpeg "$1,format=${2%:*}" null "${@:3}" >"$work/cpu" 2>"$work/jpeg.err"
    jpeg_device=(-init_hw_device cuda=c -filter_hw_device c)
    LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/jpeg.json jpegs mjpeg_cuda \
        "$1,format=${2%:*}" "format=${2#*:},hwupload" "${@:3}" >"$work/cuda" 2>>"$work/jpeg.err"
}

# jpeg_same NAME PACKETS SOURCE FORMAT:UPLOADED QUALITIES [OPTION...]: adds to made
jpeg_same()
{
    both_jpegs "${@:3}"
    if [ "$(wc -l <"$work/cpu")" = "$2" ] && cmp -s "$work/cpu" "$work/cuda"; then
        made=$((made + $2))
    else
        bad+="$1 $4: $(diff "$work/cpu" "$work/cuda" | grep -c '^<') of $2 packets differ, \
$(head -c 200 "$work/jpeg.err"); "
    fi
}

# jpeg_verdict NAME: of the calls of jpeg_same before it
jpeg_verdict()
{
    if [ -z "$bad" ]; then ok "cuda: JPEG, $1" "$made packets of libturbojpeg"
    else fail "cuda: JPEG, $1" "$bad"; fi
    made=0 bad=
}

# Sizes, formats, qualities, and what is in the pictures.
mjpeg_bytes()
{
    local f q size made=0 bad=
    local noise=noise=alls=60:allf=t:all_seed=3
    need_jpeg || return 0
    for f in "${jpeg_formats[@]}"; do
        for size in 1x1 2x3 8x8 7x9 9x17 16x16 17x15 33x9 1x300 300x1 8191x3 3x8191 251x131; do
            jpeg_same "$size" 4 "mandelbrot=s=640x320,scale=${size/x/:},$noise,trim=end_frame=2" \
                "$f" "92 100"
        done
    done
    jpeg_verdict "13 sizes, 5 formats"
    for q in 1 11 21 31 41 51 61 71 81 91; do
        jpeg_same "quality $q" 20 "mandelbrot=s=320x160,scale=51:37,$noise,trim=end_frame=2" \
            "${jpeg_formats[q / 10 % 5]}" "$(seq -s ' ' "$q" "$((q + 9))")"
    done
    jpeg_verdict "all qualities"
    for f in "${jpeg_formats[@]}"; do
        for q in color=white:S color=black:S color=gray:S life=ratio=0.5:seed=1:S \
                 rgbtestsrc=S color=gray:S,noise=alls=100:allf=t:all_seed=1; do
            jpeg_same "${q%%=*}" 9 "${q/S/s=203x101},trim=end_frame=3" "$f" "1 50 100"
        done
    done
    jpeg_verdict "flat, noise, edges of full contrast"
}

# What belongs to a frame, and what the range and the version add.
mjpeg_markers()
{
    local made=0 bad='' range
    need_jpeg || return 0
    local picture=mandelbrot=s=96x64,trim=end_frame=2
    # an encoder without +bitexact, EXIF of a place, and an aspect ratio
    jpeg_same "EXIF" 2 "$picture,geotag=location=+47.5+008.5+400/,setsar=4/3" yuv420p:nv12 90
    jpeg_verdict "EXIF, aspect ratio"
    jpeg_same "bitexact" 2 "$picture" yuv422p:nv16 90 -flags +bitexact
    jpeg_verdict "bitexact"
    range=tv jpeg_same "limited range" 2 "$picture" yuv420p:nv12 90 -strict unofficial
    jpeg_verdict "limited range with -strict unofficial"
    mjpeg_icc
}

# A profile of two markers.
mjpeg_icc()
{
    local out
    head -c 100000 /dev/zero | tr '\0' i >"$work/icc"
    run_ffmpeg -y -f lavfi -i mandelbrot=s=96x64,format=yuvj420p -frames:v 1 -c:v libturbojpeg \
        "$work/plain.jpg"
    # SOI and JFIF are 20 bytes
    {
        head -c 20 "$work/plain.jpg"
        for out in 0:65519 65519:34481; do
            printf '\377\342'
            printf '%b' "$(printf '\\x%02x\\x%02x' $(((${out#*:} + 16) >> 8)) $(((${out#*:} + 16) & 255)))"
            printf 'ICC_PROFILE\0%b\2' "$( ((${out%:*})) && echo '\2' || echo '\1')"
            tail -c +$((${out%:*} + 1)) "$work/icc" | head -c "${out#*:}"
        done
        tail -c +21 "$work/plain.jpg"
    } >"$work/icc.jpg"
    LD_LIBRARY_PATH=$softcuda run_ffmpeg -y -init_hw_device cuda=c -filter_hw_device c \
        -i "$work/icc.jpg" -filter_complex 'split[a][b];[b]format=yuv420p,hwupload[c]' \
        -map '[a]' -c:v libturbojpeg "$work/a.jpg" -map '[c]' -c:v mjpeg_cuda "$work/b.jpg" \
        2>"$work/err"
    expect "JPEG with an ICC profile of 100000 bytes" \
        "$(grep -aoc ICC_PROFILE "$work/b.jpg") > 0 && $(wc -c <"$work/b.jpg") > 100000 && \
$(cmp "$work/a.jpg" "$work/b.jpg" >&2; echo $?) == 0" "$(wc -c <"$work/b.jpg") bytes"
}

# views_jpeg NAME OPTIONS [OPTION...]: three views, as JPEGs of both encoders
views_jpeg()
{
    local source=testsrc2=s=256x128:r=25:d=0.6 n
    local graph='=views=w=160 h=90|yaw=90 w=65 h=33|pitch=90 w=48 h=48:interp=cube'
    run_ffmpeg -y -f lavfi -i "$source,format=yuv420p" -filter_complex \
        "v360batch$graph:out_chroma_loc=center[a][b][c]" -map '[a]' -map '[b]' -map '[c]' \
        -c:v libturbojpeg -f framemd5 - | grep -v '^#' >"$work/cpu"
    LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/jpeg.json run_ffmpeg -y \
        -f lavfi -i "$source,format=yuv420p" -filter_complex \
        "v360batch_cuda$graph:out_chroma_loc=center:format=yuv420p$2[a][b][c]" \
        -map '[a]' -map '[b]' -map '[c]' -c:v mjpeg_cuda "${@:3}" -f framemd5 - \
        2>"$work/err" | grep -v '^#' >"$work/cuda"
    n=$(wc -l <"$work/cpu")
    if [ "$n" = 45 ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: views as JPEG, $1" "$n packets of libturbojpeg"
    else
        fail "cuda: views as JPEG, $1" "$(diff "$work/cpu" "$work/cuda" | grep -c '^<') of $n \
packets differ; $(head -c 300 "$work/err")"
    fi
}

# Views that the filter converts and the encoder takes from its stream.
mjpeg_views()
{
    local mode
    need_jpeg || return 0
    views_jpeg "batch=1" :batch=1
    views_jpeg "batch=4" :batch=4
    views_jpeg "one at a time" :batch=4 -async_depth 1
    views_jpeg "20 at a time" :batch=4 -async_depth 20
    for mode in lazy thread; do
        SOFTCUDA_MODE=$mode views_jpeg "mode $mode" :batch=2
    done
    SOFTCUDA_FAIL=cuMemHostAlloc:1:2,cuMemHostAlloc:2:2,cuMemHostAlloc:3:2 \
        views_jpeg "no pinned memory" :batch=2
}

# Only JPEGs leave the device, and neither memory nor frames grow with the video's length.
mjpeg_counters()
{
    local d figures='' jpegs raw
    need_jpeg || return 0
    for d in 2 8; do
        LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/jpeg.json run_ffmpeg -y -f lavfi -i \
            "testsrc2=s=256x128:r=12.5:d=$d,format=yuv420p" -filter_complex \
            'v360batch_cuda=rig=ring4:w=256:h=192:batch=2:format=yuv420p[a][b][c][d]' \
            -map '[a]' -map '[b]' -map '[c]' -map '[d]' -c:v mjpeg_cuda -f framemd5 "$work/cuda"
        figures+="$(counter allocations "$work/jpeg.json") $(counter peak "$work/jpeg.json") \
$(counter host_allocations "$work/jpeg.json") "
    done
    jpegs=$(awk -F, '!/^#/ { n += $5 } END { print n }' "$work/cuda")
    raw=$((4 * 100 * 256 * 192 * 3 / 2))
    # What is expected of a scan is a quarter more than the last one had, and 1024 bytes;
    # of the first three of each view it is all that there is room for.
    expect "only JPEGs leave the device" \
        "$(device_to_host) < $((jpegs * 5 / 4 + 4 * 100 * 1100 + 12 * 23000)) && \
$(device_to_host) < $((raw / 10))" \
        "$(device_to_host) bytes of $jpegs of JPEGs, $raw of views"
    # shellcheck disable=SC2086 # words
    set -- $figures
    # of each view the encoder has two allocations, and 14 frames wait at most: 3 of the
    # encoder, 2 of ffmpeg's queue, one on either side of that, two batches and what a
    # batch is handed out by; without a bound there would be 100
    expect "memory of 100 frames has a bound" \
        "$4 <= 4 * 16 + 4 && $6 == $3" \
        "$1 and $4 allocations, $2 and $5 bytes, $3 and $6 pinned ones"
}

device_to_host()
{
    sed -n '/"d2h"/s/[^0-9]*2[^0-9]*\([0-9]*\)[^0-9]*\([0-9]*\)[^0-9]*\([0-9]*\)[^0-9]*\([0-9]*\).*/\2 \4/p' \
        "$work/jpeg.json" | awk '{ print $1 + $2 }'
}

# A scan that has more bytes than there was room for is made again.
mjpeg_growing()
{
    local made=0 bad='' launches
    need_jpeg || return 0
    jpeg_same "noise after black" 20 \
        "life=ratio=0.5:seed=1:s=320x240,fade=t=in:st=0.12:d=0.04,trim=end_frame=10" \
        yuv444p:yuv444p "1 100"
    jpeg_verdict "scans that grow"
    # each of the 3 frames on their way, as none had room, and once more for stuffing
    launches=$(sed -n 's/.*"mjpeg_cuda_dct", "launches": \([0-9]*\).*/\1/p' "$work/jpeg.json")
    expect "scans without room are made again" "$launches > 20 && $launches <= 20 + 2 * 6 && \
$(counter live_at_exit "$work/jpeg.json") == 0" \
        "$launches launches for 20 packets"
}

# Registers of the kernels, and bytes of spills: none may have any.
mjpeg_ptxas()
{
    local file=mjpeg_cuda/mjpeg_cuda arch
    need_jpeg || return 0
    if ! command -v ptxas >/dev/null; then
        skip "cuda: ptxas" "no CUDA toolkit in PATH"
        return
    fi
    make -C "$build" "libavcodec/$file.ptx" >"$work/ptx.log" 2>&1
    for arch in 75 86 89 90 120; do
        jpeg_registers "$(compiler)" "$arch" "$build/libavcodec/$file.ptx"
    done
    if ! nvcc -arch compute_75 -O2 -std=c++11 -m64 -ptx -o "$work/jpeg.ptx" \
         "$build/src/libavcodec/$file.cu" 2>"$work/nvcc.log"; then
        skip "cuda: nvcc's registers" "nvcc: $(head -n 2 "$work/nvcc.log")"
        return
    fi
    for arch in 75 86 89 90 120; do jpeg_registers nvcc "$arch" "$work/jpeg.ptx"; done
}

# jpeg_registers COMPILER ARCH PTX: 64 coefficients and as many temporary values are 128
jpeg_registers()
{
    local log
    log=$(ptxas -v -arch "sm_$2" -o "$work/a.cubin" "$3" 2>&1) || log=
    expect "registers of JPEG, $1, sm_$2" "$(grep -c 'Function properties for mjpeg_cuda_' \
        <<<"$log") == 6 && $(grep -c ' 0 bytes spill stores, 0 bytes spill loads' <<<"$log") == 6 && \
$(grep -o 'Used [0-9]*' <<<"$log" | cut -d ' ' -f 2 | sort -n | tail -n 1) <= 128" \
        "$(grep -o 'Used [0-9]* registers' <<<"$log" | cut -d ' ' -f 2 | paste -sd ' ')"
}

mjpeg_refused()
{
    need_jpeg || return 0
    both_jpegs mandelbrot=s=64x64,trim=end_frame=1 yuv420p10:p010 90
    expect "JPEG of 10 bits is refused" "$(grep -c 'CUDA frames of p010le are not supported' \
        "$work/jpeg.err") == 1" "$(grep -o 'CUDA frames of.*' "$work/jpeg.err")"
}

# What a program does that ffmpeg does not.
mjpeg_by_program()
{
    local out
    need_jpeg || return 0
    make -C "$build" libavfilter/tests/v360jpeg >"$work/make.log" 2>&1 ||
        fail "cuda: v360jpeg builds" "$(tail -n 3 "$work/make.log")"
    out=$(LD_LIBRARY_PATH=$softcuda "$build/libavfilter/tests/v360jpeg" 2>"$work/err")
    expect "JPEG by a program: frames that begin anywhere, one that is refused" "$? == 0" "$out"
}

# Every call of the driver fails in turn.
mjpeg_faults()
{
    local log
    need_jpeg || return 0
    if log=$("$root/tests/softcuda/sweep" -s -o "$softcuda" -a "$here/mjpeg.allow" "$ffmpeg" \
             -nostdin -v warning -init_hw_device cuda=c -filter_hw_device c -f lavfi -i \
             testsrc2=s=64x32:r=25:d=0.16 -vf format=nv12,setparams=range=pc,hwupload \
             -c:v mjpeg_cuda -f null - 2>&1); then
        ok "cuda: JPEG, every call fails in turn" "$(tail -n 1 <<<"$log")"
    else
        fail "cuda: JPEG, every call fails in turn" "$log"
    fi
}

# split360 makes JPEGs where the views are, if that can be.
split360_jpeg()
{
    local source=$work/jpeg.mkv jpegs raw status
    need_jpeg || return 0
    rm -rf "$work/s-cpu"
    run_ffmpeg -y -f lavfi -i testsrc2=s=512x256:r=25:d=1.2 -pix_fmt yuv420p -c:v ffv1 "$source"
    "$root/scripts/split360" "$source" "$work/s-cpu" --device cpu --quiet --rig ring4 \
        --size 320x200 2>"$work/err"
    LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/jpeg.json "$root/scripts/split360" "$source" \
        "$work/s-jpeg" --device cuda --rig ring4 --size 320x200 2>"$work/err"
    diff -r -x manifest.json "$work/s-cpu" "$work/s-jpeg" >"$work/diff" 2>&1
    status=$?
    jpegs=$(cat "$work"/s-jpeg/images/*/*.jpg | wc -c)
    raw=$((120 * 320 * 200 * 3 / 2))
    expect "split360 downloads JPEGs" "$status == 0 && jpegs > 0 && $(device_to_host) < $((jpegs * 5 / 4 + 120 * 1100 + 12 * 30000)) && \
$(device_to_host) < $((raw / 5))" \
        "$(device_to_host) bytes of $jpegs of JPEGs, $raw of views"
    LD_LIBRARY_PATH=$softcuda SOFTCUDA_FAIL=cuMemsetD8Async:1:999 "$root/scripts/split360" \
        "$source" "$work/s-down" --device cuda --rig ring4 --size 320x200 2>"$work/err"
    diff -r -x manifest.json "$work/s-cpu" "$work/s-down" >"$work/diff" 2>&1
    expect "split360, mjpeg_cuda that fails" "$? == 0 && \
$(grep -c 'the CPU encodes: mjpeg_cuda does not open: ' "$work/err") == 1 && \
$(grep -c 'views are downloaded' "$work/err") == 1" "$(grep -o 'the CPU encodes.*' "$work/err")"
}
