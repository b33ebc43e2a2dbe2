# shellcheck shell=bash disable=SC2154 # one program with scripts/gpu-verify
# The table of times of scripts/gpu-verify. Licence: LGPL-2.1-or-later.

# Why NVENC cannot be used; nothing where a session of it opens.
nvenc_missing()
{
    local log
    log=$("$ffmpeg" -nostdin -v error -f lavfi -i testsrc2=s=256x256:d=0.1 \
          -pix_fmt yuv420p -c:v h264_nvenc -f null - 2>&1) && return
    log=${log%%$'\n'*}
    log=${log#\[*\] }
    echo "${log:-ffmpeg says nothing}"
}

# pads N: [o0][o1]...
pads() { local i; for ((i = 0; i < $1; i++)); do printf '[o%d]' "$i"; done; }

# job CHAIN ENCODER...: seconds of the best of the runs; 8 outputs
job()
{
    local i best='' t0 t args=()
    for ((i = 0; i < 8; i++)); do
        args+=(-map "[o$i]" "${@:2}" -f null -)
    done
    for ((i = 0; i < runs; i++)); do
        t0=$(date +%s%N)
        "$ffmpeg" -nostdin -v error "${input[@]}" -filter_complex "$1" \
            "${args[@]}" || return 1
        t=$((($(date +%s%N) - t0) / 1000000))
        if [ -z "$best" ] || [ "$t" -lt "$best" ]; then best=$t; fi
    done
    echo "$best"
}

# row NAME MILLISECONDS
row()
{
    if [ -z "$2" ]; then
        echo "| $1 | failed | |"
        status=1
    else
        awk -v n="$1" -v ms="$2" -v f="$frames" 'BEGIN {
            printf "| %s | %.2f | %.1f |\n", n, ms / 1000, f * 1000 / ms }'
    fi
}

views_on_cpu()
{
    local i
    printf '[0:v]split=8'
    for ((i = 0; i < 8; i++)); do printf '[i%d]' "$i"; done
    for ((i = 0; i < 8; i++)); do
        printf ';[i%d]v360=e:flat:yaw=%d:h_fov=90:v_fov=58.7:w=%s:h=%s[o%d]' \
            "$i" "$((i * 45 > 180 ? i * 45 - 360 : i * 45))" "${view%x*}" "${view#*x}" "$i"
    done
}

times()
{
    local batch="rig=ring8:w=${view%x*}:h=${view#*x}" b i down='' full='' stay='' missing
    missing=$(nvenc_missing)
    for ((i = 0; i < 8; i++)); do
        down+=";[c$i]hwdownload,format=nv12[o$i]"
        full+=";[c$i]hwdownload,format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc[o$i]"
        stay+=";[c$i]format=pix_fmts=cuda:color_spaces=bt470bg:color_ranges=pc[o$i]"
    done
    echo "| job, $frames frames of $size, 8 views of $view | s | frames/s |"
    echo "| --- | ---: | ---: |"
    input=(-hwaccel cuda -hwaccel_output_format cuda -i "$source")
    for b in 0 1; do
        row "decode, views (batch=$b): GPU" \
            "$(job "[0:v]v360batch_cuda=$batch:batch=$b$(pads 8)" -c:v wrapped_avframe)"
        if [ -n "$missing" ]; then
            echo "| skip - decode, views (batch=$b), NVENC: no session opens: $missing | | |"
        else
            row "decode, views (batch=$b), NVENC: GPU" \
                "$(job "[0:v]v360batch_cuda=$batch:batch=$b$(pads 8)" -c:v h264_nvenc)"
        fi
        row "decode, views (batch=$b): GPU; JPEG: CPU" \
            "$(job "[0:v]v360batch_cuda=$batch:batch=$b$(pads 8 |
               sed 's/o/c/g')$down" -c:v mjpeg)"
        row "decode, views, colours of JPEG (batch=$b): GPU; JPEG: CPU" \
            "$(job "[0:v]v360batch_cuda=$batch:batch=$b:format=yuv420p$(pads 8 |
               sed 's/o/c/g')$full" -c:v mjpeg)"
        row "decode, views, JPEG (batch=$b): GPU" \
            "$(job "[0:v]v360batch_cuda=$batch:batch=$b:format=yuv420p$(pads 8 |
               sed 's/o/c/g')$stay" -c:v mjpeg_cuda)"
    done
    input=(-i "$source")
    row "decode, v360batch, JPEG: CPU" \
        "$(job "[0:v]v360batch=$batch$(pads 8)" -c:v mjpeg)"
    row "decode, split, v360, JPEG: CPU" "$(job "$(views_on_cpu)" -c:v mjpeg)"
}

# What is decoded in all rows; softcuda's NVDEC takes its pictures from a tape.
make_source()
{
    source=$work/source.mp4
    "$ffmpeg" -v error -f lavfi -i "testsrc2=s=$size:r=30" -frames:v "$frames" \
        -c:v libx264 -preset veryfast -bf 0 -pix_fmt yuv420p "$source" || return 1
    [ "$device" = softcuda ] || return 0
    export SOFTCUVID_TAPE=$work/source.tape
    "$ffmpeg" -v error -i "$source" -pix_fmt nv12 -f rawvideo "$SOFTCUVID_TAPE"
}
