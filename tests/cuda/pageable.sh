# Part of tests/cuda/run-tests: memory that the host may not take back too early.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# Grids that do not fit the pinned memory together, where the device itself reads
# pageable memory: what was to go up is there until it has. The frames are NVDEC's, as
# FFmpeg's own hwupload takes its frames back at once.
pageable_grids()
{
    local views='views=w=1920 h=1080|w=1900 h=1080|w=1920 h=1000 yaw=30:batch=2' mode
    source_of=testsrc2=s=512x256:r=25:d=0.2,noise=alls=20 \
        nvdec_source few yuv420p nv12 -c:v libx264 -bf 0
    on_nvdec few nv12 "$views" 3 >"$work/staged" 2>"$work/err"
    for mode in lazy thread; do
        SOFTCUDA_MODE=$mode SOFTCUDA_PAGEABLE=async on_nvdec few nv12 "$views" 3 \
            >"$work/async" 2>"$work/err"
        cmp -s "$work/staged" "$work/async"
        expect "large grids, pageable memory read late, mode $mode" \
            "$? == 0 && $(wc -l <"$work/async") == 15" \
            "$(wc -l <"$work/async") frames; $(grep -m 1 -o '\[softcuda\].*' "$work/err")"
    done
}
