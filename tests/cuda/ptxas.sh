# Part of tests/cuda/run-tests: the PTX, and what ptxas makes of it.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

kernels=(line cube near convert near_means line_means cube_means)

# $work/all.ptx: all files as one
make_ptx()
{
    local files=("${kernels[@]/#/libavfilter/v360batch/cuda/vf_v360batch_}")
    make -C "$build" "${files[@]/%/.ptx}" \
        >"$work/ptx.log" 2>&1 || fail "cuda: PTX" "$(tail -n 3 "$work/ptx.log")"
    join_ptx "${files[@]/#/$build/}" >"$work/all.ptx"
}

# join_ptx FILE...: names lack .ptx
join_ptx() { awk 'NR == FNR || !/^\.(version|target|address_size)/' "${@/%/.ptx}"; }

ptx_target()
{
    make_ptx
    expect "the PTX is for sm_60 or later" "$(grep -c '^\.target sm_[67]' \
        "$work/all.ptx") == 1" "$(grep '^\.target' "$work/all.ptx")"
}

# Cubins of the PTX in the binary and, where that is clang's, of nvcc's.
ptxas_all()
{
    local arch kernel ptx=$work/v.ptx
    make_ptx
    if ! command -v ptxas >/dev/null; then
        skip "cuda: ptxas" "no CUDA toolkit in PATH"
        return
    fi
    cp "$work/all.ptx" "$ptx"
    for arch in 75 86 89 90 120; do
        ptxas_registers "$(compiler)" "$arch" "$ptx"
        ptxas_contraction "$arch" "$ptx"
    done
    if [[ $(compiler) != clang* ]] || ! command -v nvcc >/dev/null; then
        skip "cuda: nvcc's registers" "no nvcc beside $(compiler)"
        return
    fi
    for kernel in "${kernels[@]}"; do
        nvcc -arch compute_75 -O2 -std=c++11 -m64 -ptx -o "$work/$kernel.ptx" \
            "$build/src/libavfilter/v360batch/cuda/vf_v360batch_$kernel.cu" 2>"$work/nvcc.log" || {
            fail "cuda: nvcc" "$(head -n 2 "$work/nvcc.log")"
            return
        }
    done
    join_ptx "${kernels[@]/#/$work/}" >"$ptx"
    for arch in 75 86 89 90 120; do
        ptxas_registers nvcc "$arch" "$ptx"
    done
}

# ptxas_registers COMPILER ARCH PTX: of all kernels, and bytes of spills.
# Ten blocks of 128 threads are what the kernel asks for: 48 registers. A
# multiprocessor of sm_75 has no more than eight, all of which have 64, so
# there ptxas ignores it, and the limit is set to see that it would do for the kernels that
# remap. Those that convert wait for memory, and take up to 64 there. Those that make means
# ask for eight blocks, and have 64 everywhere; those with windows for nine, and with 4x4
# taps for eight.
ptxas_registers()
{
    local log limit=48 ptx=$3
    if [ "$2" = 75 ]; then
        log=$(ptxas -v -arch sm_75 -o "$work/a.cubin" "$ptx" 2>&1) || log=
        judge_registers "$1, sm_75, no limit" 64 "$log"
        awk '/^\.visible \.entry/ { converts = /_convert_|_means_|_(line|cube)_8/ }
            /^\.minnctapersm/ && !converts { $0 = ".maxnreg 48" } 1' "$3" >"$work/limit.ptx"
        ptx=$work/limit.ptx limit=64
    fi
    log=$(ptxas -v -arch "sm_$2" -o "$work/a.cubin" "$ptx" 2>&1) || log=
    judge_registers "$1, sm_$2" "$limit" "$log"
}

# judge_registers NAME LIMIT LOG: all 22 kernels
judge_registers()
{
    local figures most means windows spills
    figures=$(sed -n "s/.*Function properties for v360batch_//p
        s/.* \([0-9]*\) bytes spill stores, \([0-9]*\) bytes spill loads.*/\1 \2/p
        s/.*Used \([0-9]*\) registers.*/\1/p" <<<"$3" | paste -d ' ' - - -)
    most=$(awk '$1 !~ /_means_|(line|cube)_8/ && $4 > n { n = $4 } END { print n + 0 }' <<<"$figures")
    windows=$(awk '$1 == "line_8" { n = $4 } $1 == "cube_8" { m = $4 } END { print n " " m }' <<<"$figures")
    means=$(awk '$1 ~ /_means_/ && $4 > n { n = $4 } END { print n + 0 }' <<<"$figures")
    spills=$(awk '{ n += $2 + $3 } END { print n + 0 }' <<<"$figures")
    expect "registers, $1" \
        "$(wc -l <<<"$figures") == 22 && $most <= $2 && $means <= 64 && $spills == 0 && \
${windows% *} <= 64 && ${windows#* } <= 64" \
        "$(awk '{ printf "%s %s, ", $1, $4 }' <<<"$figures")$spills bytes spilled"
}

# ptxas_contraction ARCH PTX: whether --fmad=false changes code
ptxas_contraction()
{
    ptxas -arch "sm_$1" -o "$work/a.cubin" "$2" 2>"$work/ptxas.log"
    ptxas -arch "sm_$1" --fmad=false -o "$work/b.cubin" "$2" 2>>"$work/ptxas.log"
    text_of "$work/a.cubin" >"$work/a.text"
    text_of "$work/b.cubin" >"$work/b.text"
    if [ -s "$work/a.text" ] && cmp -s "$work/a.text" "$work/b.text"; then
        ok "cuda: sm_$1: the same code without contraction" \
            "$(wc -l <"$work/a.text") lines"
    else
        fail "cuda: sm_$1: the same code without contraction" \
            "$(head -n 2 "$work/ptxas.log")"
    fi
}

# The code of all kernels of a cubin.
text_of()
{
    local section
    readelf -WS "$1" 2>/dev/null | grep -o '\.text\.v360batch_[a-z0-9_]*' | sort |
    while read -r section; do
        echo "$section"
        readelf -x "$section" "$1" 2>/dev/null
    done
}
