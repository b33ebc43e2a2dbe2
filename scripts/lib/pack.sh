# shellcheck shell=bash disable=SC2154 # one program with scripts/gpu-verify
# gpu-verify --pack OUT: a folder that tests and measures v360batch_cuda on a machine that
# has nothing but a shell and NVIDIA's driver. Licence: LGPL-2.1-or-later.

pack_limit=$((40 << 20))

# For tests of the pack, which then takes less: PACK_TESTS, those of tests/cuda/run-tests
# that are recorded; PACK_KERNELS, a pattern of the names below; PACK_CLIP, the clip's size.

# The name, format, views and batch of each job whose kernels are measured, and the
# filter's options, W and H standing for the numbers behind them.
pack_kernels="
line-1080-b1    nv12    8  1 rig=ring8:w=W1920:h=H1080
line-1080-b2    nv12    8  2 rig=ring8:w=W1920:h=H1080
line-1080-b4    nv12    8  4 rig=ring8:w=W1920:h=H1080
line-1080-b8    nv12    8  8 rig=ring8:w=W1920:h=H1080
line-1080-b16   nv12    8 16 rig=ring8:w=W1920:h=H1080
line-1920-b8    nv12    8  8 rig=ring8:w=W1920:h=H1920
line-640x360    nv12    8  8 rig=ring8:w=W640:h=H360
line-p010       p010    8  8 rig=ring8:w=W1920:h=H1080
line-yuv420p    yuv420p 8  8 rig=ring8:w=W1920:h=H1080
line-rgb0       rgb0    8  8 rig=ring8:w=W1920:h=H1080
line-fib24      nv12   24  8 rig=fibonacci24:w=W1024:h=H1024
line-cube6      nv12    6  8 rig=cube6:w=W1920:h=H1920
near-1080       nv12    8  8 rig=ring8:w=W1920:h=H1080:interp=near
cube-1080-b1    nv12    8  1 rig=ring8:w=W1920:h=H1080:interp=cube
cube-1080-b8    nv12    8  8 rig=ring8:w=W1920:h=H1080:interp=cube
cube-1920-b8    nv12    8  8 rig=ring8:w=W1920:h=H1920:interp=cube
cube-p010       p010    8  8 rig=ring8:w=W1920:h=H1080:interp=cube
jpeg-1080       nv12    8  8 rig=ring8:w=W1920:h=H1080:format=yuv420p:out_chroma_loc=center
rgb-1080        nv12    8  8 rig=ring8:w=W1920:h=H1080:format=rgb0
"

pack_failed()
{
    echo "gpu-verify: $*" >&2
    exit 1
}

# divided N OPTIONS: the numbers behind W and H by N.
divided() { awk -v n="$1" '{ while (match($0, /[WH][0-9]+/))
    $0 = substr($0, 1, RSTART - 1) int(substr($0, RSTART + 1, RLENGTH - 1) / n) \
         substr($0, RSTART + RLENGTH); print }' <<<"$2"; }

# traffic FORMAT VIEWS BATCH OPTIONS: bytes a frame that a launch touches, each sector
# once, of a source and views with a quarter of width and height, times 16.
traffic()
{
    local i pads='' tails='' maps=()
    for ((i = 0; i < $2; i++)); do
        pads+="[v$i]" tails+=";[v$i]format=cuda[o$i]"
        maps+=(-map "[o$i]")
    done
    SOFTCUDA_PROFILE=1 SOFTCUDA_STATS=$record/profile.json "$ffmpeg" -nostdin -v error \
        -init_hw_device cuda=gpu -filter_hw_device gpu \
        -f lavfi -i "testsrc2=s=1920x960:r=25,trim=end_frame=$3,format=$1" \
        -filter_complex "hwupload,v360batch_cuda=$(divided 4 "$4"):batch=$3$pads$tails" \
        "${maps[@]}" -c:v wrapped_avframe -f null - || return 1
    awk -v frames="$3" '{ while (match($0, /"unique_sectors_(read|written)": [0-9]+/)) {
            word = substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH)
            sub(/.* /, "", word); n += word } }
        END { print n * 32 * 16 / frames; exit !n }' "$record/profile.json"
}

make_kernels()
{
    local name format views batch options bytes
    while read -r name format views batch options; do
        [[ $name =~ ^(${PACK_KERNELS:-.+})$ ]] || continue
        bytes=$(traffic "$format" "$views" "$batch" "$options") || return 1
        echo "$name $format $views $batch $bytes $(divided 1 "$options") $(divided 16 "$options")"
    done <<<"$pack_kernels" >"$out/kernels"
}

# record_tests: each test on softcuda, which compares each byte with the CPU, so that what
# is recorded are the bytes of the CPU.
record_tests()
{
    local test
    mkdir -p "$record/build" "$record/tmp"
    ln -s "$root/scripts/lib/pack-record" "$record/build/ffmpeg"
    ln -s "$root"/build/{ffprobe,v360rig} "$record/build/"
    export V360BATCH_DEVICE=gpu
    "$root/tests/cuda/run-tests" --list | grep -E "^(${PACK_TESTS:-.*})\$" |
        RECORD=$out BUILD=$record/build TMPDIR=$record/tmp FFMPEG=$ffmpeg \
        xargs -P "$(nproc)" -I TEST sh -c \
        'CASE=TEST "$0/tests/cuda/run-tests" TEST >"$1/TEST.log" 2>&1' "$root" "$record" || {
            grep -h '^not ok' "$record"/*.log >&2
            pack_failed "a conformance test failed on softcuda, the logs of $record/*.log tell more"
        }
    [ -n "$(ls "$out/cases")" ] || pack_failed "$ffmpeg has no v360batch_cuda"
}

# 8K, 8 bits, one group of pictures of which a loop can be made.
make_clip()
{
    "$ffmpeg" -nostdin -v error -f lavfi -i \
        "gradients=s=${PACK_CLIP:-7680x3840}:r=30:speed=0.01:seed=1,format=yuv420p,noise=alls=20:allf=t" \
        -frames:v 16 -pix_fmt yuv420p -c:v libx265 -preset ultrafast -x265-params \
        "log-level=none:bframes=0:keyint=16:qp=40" "$out/samples/clip.mp4"
}

make_programs()
{
    local header zlib library flags
    header=$(find "$root/build/nvc" -name dynlink_cuda.h | head -n 1)
    flags="-std=c11 -O2 -Wall -Wextra -Wno-sign-compare -Wno-unused-parameter -isystem ${header%/ffnvcodec/*}"
    zlib=-lz
    [ "$(${CC:-gcc} -print-file-name=libz.a)" = libz.a ] || zlib=-l:libz.a
    # shellcheck disable=SC2086 # a list
    ${CC:-gcc} $flags -o "$out/bin/gpumeasure" \
        "$root"/tools/gpu/{gpumeasure,supervise,report,process,unpack,device,copy,conformance,kernels,pipeline,extras}.c \
        $zlib -ldl -lm || return 1
    # shellcheck disable=SC2086 # a list
    ${CC:-gcc} $flags -shared -fPIC -o "$record/gputimes.so" "$root/tools/gpu/times.c" -ldl || return 1
    gzip -9 -n <"$record/gputimes.so" >"$out/lib/gputimes.so.gz"
    gzip -9 -n <"$ffmpeg" >"$out/bin/ffmpeg.gz"
    ldd "$ffmpeg" | awk '$3 ~ /^\// { print $3 }' |
        grep -Ev '/(libc|libm|libdl|libpthread|librt)[.]so' | while read -r library; do
        gzip -9 -n <"$library" >"$out/lib/${library##*/}.gz" || return 1
    done
}

pack()
{
    local start=$SECONDS size
    out=$1
    [ ! -e "$out" ] || [ -e "$out/run" ] || pack_failed "$out is there, and is no pack"
    rm -rf "$out" "$out.left"
    mkdir -p "$out/bin" "$out/lib" "$out/cases" "$out/samples" || exit 1
    out=$(cd "$out" && pwd)
    record=$(mktemp -d)
    "$root/tests/softcuda/build" || pack_failed "softcuda cannot be built"
    export LD_LIBRARY_PATH=$root/build/softcuda
    record_tests
    make_kernels || pack_failed "the traffic of the kernels cannot be counted"
    make_programs || pack_failed "the programs cannot be made"
    make_clip || pack_failed "the clip cannot be made"
    cp "$root/scripts/lib/pack-torch.py" "$out/torch_grid.py"
    cp "$root/scripts/lib/pack-run" "$out/run"
    git -C "$root" rev-parse HEAD >"$out/commit" 2>/dev/null
    rm -rf "$record"
    size=$(du -sb --apparent-size "$out" | cut -f 1)
    [ "$size" -le "$pack_limit" ] || pack_failed "the pack has $size bytes, more than $pack_limit"
    echo "$out: $(find "$out/cases" -name '*.args' | wc -l) commands of conformance tests," \
        "$((size >> 20)) MB, made in $((SECONDS - start)) s; run $out/run on the GPU's machine"
    # Commands that print no bytes, or should fail, say nothing on another machine.
    [ ! -e "$out.left" ] || echo "left out: $(wc -l <"$out.left") commands, listed in $out.left"
}
