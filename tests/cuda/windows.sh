# Part of tests/cuda/run-tests: windows of words (cuda/device_window.h).
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# Views of any size, direction and field of view, of which some tiles have windows.
windows_bytes()
{
    local seed=1 n i format views # of random, which is the same everywhere
    local formats=(nv12 yuv420p yuv444p nv16 yuva420p nv12 yuv422p)
    # random LEAST MOST: sets n
    random()
    {
        seed=$(((seed * 1103515245 + 12345) % 2147483648))
        n=$(($1 + seed / 65536 % ($2 - $1 + 1)))
    }
    for ((i = 0; i < 21; i++)); do
        views=
        for _ in 1 2 3 4; do
            random 20 150; views+="${views:+|}h_fov=$n"
            random -180 180; views+=" yaw=$n"
            random -90 90; views+=" pitch=$n"
            random 0 2; ((n)) || { random -180 180; views+=" roll=$n"; }
            random 1 150; views+=" w=$n"
            random 1 90; views+=" h=$n"
        done
        format=${formats[i % 7]}
        random 0 1
        same "windows, $i" "testsrc2=s=384x192:r=25:d=0.12,noise=alls=90:allf=t:all_seed=$i" \
            "$format" "interp=$( ((n)) && echo cube || echo line):views=$views" 4 batch=2
    done
    # rows that begin anywhere, which are not read by words
    for i in line cube; do
        for format in nv12 yuv444p; do
            SOFTCUDA_ALIGN=1 same "rows of an odd length, $i, $format" \
                "testsrc2=s=384x192:r=25:d=0.12,crop=exact=1:w=$( [ $format = nv12 ] && echo 382 || echo 381)" \
                $format "interp=$i:rig=ring2:w=100:h=80" 2 batch=2
        done
        # the last samples of the last plane, behind which there is no memory
        same "the end of a frame, $i" testsrc2=s=512x256:r=25:d=0.12 yuv444p \
            "interp=$i:input=flat:ih_fov=90:views=yaw=44 pitch=-18 h_fov=4 w=160 h=160" 1 batch=2
    done
    for n in 60 61; do
        for i in line cube; do
            SOFTCUDA_CC=$n same "compute capability $n, $i" testsrc2=s=384x192:r=25:d=0.12 nv12 \
                "interp=$i:rig=ring4:w=100:h=80" 4 batch=2
        done
    done
}

# Sectors of 32 bytes that are loaded for a sample of luma, of the ring of counters_kernel
# with 8 frames in a batch. The counts are the same each time: bounds are 2 % above them.
# Tap by tap they were 1.81 and 9.44.
windows_sectors()
{
    local i n most
    for i in line:0.81 cube:2.04; do
        most=${i#*:} i=${i%:*}
        make_graph "format=nv12,hwupload,v360batch_cuda=rig=ring8:w=480:h=270:batch=8:interp=$i" \
            8 null
        SOFTCUDA_PROFILE=1 SOFTCUDA_STATS=$work/p.json LD_LIBRARY_PATH=$softcuda \
            run_ffmpeg -init_hw_device cuda=c -filter_hw_device c -f lavfi \
            -i testsrc2=s=1920x960:r=25:d=0.32 -filter_complex "$graph" "${maps[@]}" -f null -
        n=$(sed -n 's/.*"load_global": {[^}]*"sectors": \([0-9]*\).*/\1/p' "$work/p.json" | head -n 1)
        expect "sectors loaded for a sample, $i" "${n:-0} > 0 && \
$(awk -v n="${n:-0}" -v most="$most" 'BEGIN { print n / (480 * 270 * 64) <= most }') == 1" \
            "$(awk -v n="${n:-0}" 'BEGIN { printf "%.3f", n / (480 * 270 * 64) }'), at most $most"
    done
}

# nvdisasm as NVIDIA gives it out for Python; sets disassembler, or skips the test.
need_disassembler()
{
    local venv=$root/build/venv-nvdisasm
    disassembler=$(command -v nvdisasm)
    [ -z "$disassembler" ] || return 0
    disassembler=$(find "$venv" -name nvdisasm -type f 2>/dev/null | head -n 1)
    if [ -z "$disassembler" ]; then
        rm -rf "$venv"
        if python3 -m venv "$venv" >"$work/venv.log" 2>&1; then
            timeout 300 "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
                nvidia-cuda-nvdisasm >>"$work/venv.log" 2>&1
        fi
        disassembler=$(find "$venv" -name nvdisasm -type f 2>/dev/null | head -n 1)
    fi
    [ -n "$disassembler" ] && return 0
    rm -rf "$venv"
    skip "cuda: SASS" "no nvdisasm, and it cannot be installed: $(tail -n 1 "$work/venv.log")"
    return 1
}

# Instructions of the loops that make a word of a view and a frame, of real code: those
# with dp2a (IDP). Words of 4 samples, and those of 2 pairs of samples.
windows_sass()
{
    local arch kernel most file found
    if ! command -v ptxas >/dev/null; then
        skip "cuda: SASS" "no CUDA toolkit in PATH"
        return
    fi
    need_disassembler || return 0
    for kernel in line:62:62 cube:180:210; do
        most=${kernel#*:} kernel=${kernel%%:*}
        file=libavfilter/v360batch/cuda/vf_v360batch_$kernel.ptx
        make -C "$build" "$file" >"$work/ptx.log" 2>&1
        for arch in 75 86 89 90 120; do
            ptxas -arch "sm_$arch" -o "$work/a.cubin" "$build/$file" 2>"$work/ptxas.log"
            found=$("$disassembler" -c "$work/a.cubin" | "$here/loops.py" "v360batch_${kernel}_8" IDP)
            # the loop with more loads is that of pairs
            expect "SASS of a word, $kernel, sm_$arch" "$(wc -w <<<"$found") == 2 && \
$(sort -n <<<"${found// /$'\n'}" | head -n 1) <= ${most%:*} && \
$(sort -n <<<"${found// /$'\n'}" | tail -n 1) <= ${most#*:}" \
                "$found instructions, at most ${most/:/ and }"
        done
    done
}
