# Part of tests/cuda/run-tests: split360 --gpus, with several devices of softcuda.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# said TEXT: how often the last run of split360 said it
said() { grep -c -- "$1" "$work/err"; }

# on_gpus OPTION...: the source of split360_gpus on softcuda's GPUs
on_gpus()
{
    rm -f "$work/seen"
    LD_LIBRARY_PATH=$softcuda FFMPEG=$work/ffmpeg SEEN=$work/seen \
        "$root/scripts/split360" "$work/long.mp4" "$work/s-gpus" --size 64x48 "$@" 2>"$work/err"
}

# gpus_source: a video that can be cut, and its views by the CPU
gpus_source()
{
    "$ffmpeg" -v error -f lavfi -i testsrc2=s=256x128:r=25:d=2 -pix_fmt yuv420p \
        -c:v libx264 -g 10 -y "$work/long.mp4"
    rm -rf "$work/s-cpu" "$work/s-gpus"
    "$root/scripts/split360" "$work/long.mp4" "$work/s-cpu" --size 64x48 --device cpu --quiet
}

# Two GPUs make a part each, at the same time, each of which its task sees alone.
split360_gpus()
{
    local same
    gpus_source
    cat >"$work/ffmpeg" <<END2
#!/bin/sh
case "\$*" in *v360batch_cuda=*) echo "\$CUDA_VISIBLE_DEVICES" >>"\$SEEN" ;; esac
exec "$ffmpeg" "\$@"
END2
    chmod +x "$work/ffmpeg"
    SOFTCUDA_DEVICES=2 on_gpus --gpus all
    same=$(diff -r -x manifest.json "$work/s-cpu" "$work/s-gpus" >"$work/diff" && echo 1)
    expect "split360 --gpus all: two GPUs" "$same == 1 && $(said '2 GPUs make 2 of 2 shards') == 1 && \
$(said 'frame 5[0-9]/5[0-9],') >= 1 && $(sort -u "$work/seen" | tr -d '\n') == 01" \
        "$(grep -o '2 GPUs make .*\|frame.*ETA.*' "$work/err" | head -n 2; head -n 2 "$work/diff")"
    rm -rf "$work/s-gpus"
    SOFTCUDA_DEVICES=4 CUDA_VISIBLE_DEVICES=3,1 on_gpus --gpus all --shards 3 --format png
    expect "split360 --gpus all: those that the environment shows, three parts" \
        "$(said '2 GPUs make 3 of 3 shards') == 1 && $(sort -u "$work/seen" | tr -d '\n') == 13" \
        "$(tail -n 2 "$work/err")"
    rm -rf "$work/s-gpus"
    SOFTCUDA_DEVICES=0 on_gpus --gpus all
    expect "split360 --gpus all: without a GPU" "$? == 1 && $(said 'no CUDA device opens') == 1" \
        "$(tail -n 1 "$work/err")"
    on_gpus --gpus 2 --device cpu
    expect "split360 --gpus 2 --device cpu" "$? == 1 && $(said 'exclude each other') == 1" \
        "$(tail -n 1 "$work/err")"
    rm -rf "$work/s-cpu" "$work/s-gpus"
}

# A GPU whose task is killed: the merge has its part made again, and so does the same command.
split360_gpus_fail()
{
    local same
    gpus_source
    cat >"$work/ffmpeg" <<END2
#!/bin/sh
case "\$CUDA_VISIBLE_DEVICES \$*" in
"1 "*v360batch_cuda=*) mkdir "$work/once" 2>/dev/null && kill -9 \$PPID ;;
esac
exec "$ffmpeg" "\$@"
END2
    chmod +x "$work/ffmpeg"
    SOFTCUDA_DEVICES=2 on_gpus --gpus 2
    same=$(diff -r -x manifest.json "$work/s-cpu" "$work/s-gpus" >"$work/diff" && echo 1)
    expect "split360 --gpus 2: a task that is killed is run again" \
        "$same == 1 && $(said 'GPUs make 2 of 2 shards') == 1 && $(said 'GPUs make 1 of 2 shards') == 1" "$(tail -n 3 "$work/err")"
    rm -rf "$work/s-gpus" "$work/s-cpu" "$work/once"
}
