#!/usr/bin/env bash
# v360batch: bad options, rigs and sizes end within seconds, with a status and a message
# that names option and value, and without a crash. Environment: FFMPEG (default:
# build/ffmpeg). build-asan/ffmpeg gets the same tests where it exists.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/shell.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/shell.sh"
begin
format=yuv420p
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1

# filter OPTIONS PADS [SIZE]: one black frame goes through v360batch with so many outputs.
filter() {
    local -a maps=()
    local i pads=''
    for ((i = 0; i < $2; i++)); do
        pads+="[o$i]"
        maps+=(-map "[o$i]" -f null -)
    done
    printf '%s\n' "[0:v]v360batch=$1$pads" >"$tmp/graph"
    timeout -k 1 5 "$ffmpeg" -nostdin -hide_banner -v error -f lavfi \
        -i "color=s=${3:-64x32}:d=0.04:r=25,format=$format" \
        -/filter_complex "$tmp/graph" "${maps[@]}" >"$tmp/out" 2>"$tmp/err"
}

# refuse NAME WORDS ARGUMENT...: the filter ends with a message that holds each of the
# words. Status 1 is ffmpeg's own failure, 124 and 137 a time limit; 128 + n and whatever
# a sanitizer prints are crashes.
refuse() {
    local name="$label refuses $1" words=$2 word rc
    shift 2
    filter "$@"
    rc=$?
    if ((rc == 0)); then
        fail "$name" "exit status 0"
    elif ((rc == 124 || rc == 137)); then
        fail "$name" "not done within 5 s"
    elif grep -Eq 'Sanitizer|runtime error:' "$tmp/err" ||
        ((rc > 128 && rc < 160)); then
        fail "$name" "status $rc: $(grep -Em1 'Sanitizer|runtime' "$tmp/err")"
    else
        for word in $words; do
            if ! grep -Fqi -- "$word" "$tmp/err"; then
                fail "$name" "no '$word' in: $(head -c 300 "$tmp/err")"
                return
            fi
        done
        ok "$name" "$(grep -Fim1 -- "${words%% *}" "$tmp/err" | cut -c1-120)"
    fi
}

accept() { # name, arguments of filter
    local name="$label takes $1"
    shift
    if filter "$@"; then ok "$name"; else fail "$name" "$(head -c 300 "$tmp/err")"; fi
}

many() { # N views
    local i
    for ((i = 0; i < $1; i++)); do printf 'yaw=%d|' "$i"; done
}

test_bad_rigs() {
    local rig
    refuse 'no views' 'view' 'w=8:h=8' 1
    refuse 'an empty list' 'view' 'views=:w=8:h=8' 1
    refuse 'a list of comments' 'view' 'views=# nothing:w=8:h=8' 1
    refuse 'both rig and views' 'rig views' 'rig=ring8:views=yaw=0:w=8:h=8' 8
    for rig in nonsense ring ring0 ring257 ring-3 ring8@ ring8@95 fibonacci0 \
        fibonacci9999999999999 ring8x ring8@nan cube; do
        refuse "rig $rig" "$rig" "rig=$rig:w=8:h=8" 1
    done
    printf '%s\n' "$(many 300)" >"$tmp/many"
    refuse '300 views' '256' "/views=$tmp/many:w=8:h=8" 1
    refuse "v360's first values" 'input=e:output=flat rig=PRESET' e:flat 1
    refuse "v360's first values, dual fisheye" 'input=dfisheye:output=e' \
        dfisheye:e:ih_fov=193:iv_fov=193 1
    refuse "v360's first value" 'input=fisheye, rig=PRESET' fisheye:w=8:h=8 1
    refuse 'two views of one name' 'same' \
        'views=name=same yaw=1|name=same yaw=2:w=8:h=8' 2
    refuse 'a long name' 'name' "views=name=$(printf '%0999d' 0):w=8:h=8" 1
    refuse 'a name with a slash' 'name' 'views=name=../../x:w=8:h=8' 1
    refuse 'too many labels' 'v360batch' 'views=yaw=0:w=8:h=8' 2
    refuse 'a missing rig file' 'missing' "/views=$tmp/missing:w=8:h=8" 1
    # The noise is always the same, so that a failure comes back.
    python3 -c 'import random, sys; random.seed(1)
sys.stdout.buffer.write(random.randbytes(1000000))' >"$tmp/garbage"
    refuse '1 MB of garbage' 'view' "/views=$tmp/garbage:w=8:h=8" 1
    tr -dc 'a-z0-9=| ' </dev/urandom | head -c 1000000 >"$tmp/text"
    refuse '1 MB of letters' 'view' "/views=$tmp/text:w=8:h=8" 1
    printf 'yaw=%01000000d\n' 1 >"$tmp/digits"
    refuse 'a number of a million digits' 'view' "/views=$tmp/digits:h_fov=200" 1
}

test_bad_fields() {
    local field
    for field in w=0 h=0 w=-5 w=1e9 w=12.5 w=x yaw=nan yaw=inf yaw= yaw=1x \
        pitch=91 pitch=nan roll=-inf roll=z h_fov=180 h_fov=0 h_fov=-90 \
        h_fov=nan h_fov=1e308 v_fov=180 d_fov=180 d_fov=360 output=nonsense \
        eye=middle 'zoom=3' 'yaw' 'YAW=3'; do
        refuse "field $field" "${field%%=*} ${field#*=}" \
            "views=yaw=0|name=second $field:w=8:h=8" 2
    done
    refuse 'a field without a name' "unknown field ''" \
        'views=yaw=0|name=second =5:w=8:h=8' 2
    for field in w=-1 yaw=nan pitch=91 h_fov=180 v_fov=200; do
        refuse "option $field" "${field%%=*}" "views=name=a:$field" 1
    done
    refuse 'a bad view by its name' 'second' \
        'views=yaw=0|name=second pitch=100:w=8:h=8' 2
    refuse 'an unknown option' 'zoom' 'views=yaw=0:w=8:h=8:zoom=2' 1
    for field in input=perspective input=nonsense interp=nonsense \
        in_stereo=both in_forder=rlud in_forder=rrrrrr in_forder=rludfx \
        in_frot=00000 in_frot=000009 rorder=yyp rorder=xyz rorder=yp \
        chroma_loc=middle fill=nocolour ih_fov=nan id_fov=-1; do
        refuse "option $field" "${field%%=*} ${field#*=}" \
            "views=yaw=0:w=8:h=8:input=c3x2:$field" 1 96x64
    done
    for field in out_forder=rludff out_frot=44; do
        refuse "option $field" "${field%%=*}" \
            "views=output=c3x2:w=24:h=16:$field" 1
    done
}

# Sources smaller than their projection needs, also in their chroma planes.
test_small_sources() {
    local format=gray
    refuse 'eac of 4x4' 'eac 4x4' 'views=yaw=0:w=8:h=8:input=eac' 1 4x4
    refuse 'c3x2 of 2x2' 'c3x2 2x2' 'views=yaw=0:w=8:h=8:input=c3x2' 1 2x2
    refuse 'c6x1 of 5x1' 'c6x1 5x1' 'views=yaw=0:w=8:h=8:input=c6x1' 1 5x1
    refuse 'c1x6 of 1x5' 'c1x6 1x5' 'views=yaw=0:w=8:h=8:input=c1x6' 1 1x5
    refuse 'barrel of 4x2' 'barrel 4x2' 'views=yaw=0:w=8:h=8:input=barrel' 1 4x2
    refuse 'dfisheye of 1x1' 'dfisheye 1x1' 'views=w=8 h=8:input=dfisheye' 1 1x1
    accept 'equirect of 1x1' 'views=yaw=0|yaw=33 pitch=90:w=8:h=8' 2 1x1
    accept 'lanczos of 2x1' 'views=yaw=9|pitch=-90:w=9:h=7:interp=lanc' 2 2x1
    accept 'a view of 1x1' 'views=w=1 h=1 h_fov=90' 1 64x32
    format=yuv420p
    refuse 'c3x2 of 4x2, 4:2:0' 'c3x2' 'views=w=8 h=8:input=c3x2' 1 4x2
    accept 'equirect of 1x1, 4:2:0' 'views=yaw=0:w=7:h=5' 1 1x1
    refuse 'stereo eyes of 3x6, 4:2:0' 'in_stereo' 'views=w=8 h=8 eye=right:in_stereo=sbs' 1 6x6
    accept 'stereo eyes of 2x3, 4:2:0' 'views=w=8 h=8 eye=right:in_stereo=sbs' 1 4x3
}

# The view is as large as the manual allows, and cropped, as FFmpeg's encoders take no
# frames of that size. Not a frame goes through: each has 400 MB.
test_largest_view() {
    if timeout -k 1 5 "$ffmpeg" -nostdin -v error -f lavfi -i color=s=64x32:d=0.04 \
        -vf "trim=end_frame=0,v360batch=views=w=16384 h=16384,crop=64:64" -f null - \
        >"$tmp/out" 2>"$tmp/err"; then
        ok "$label takes a view of 16384x16384"
    else
        fail "$label takes a view of 16384x16384" "$(head -c 300 "$tmp/err")"
    fi
}

test_good_input() {
    accept 'good input' 'views=yaw=0|yaw=90 pitch=-30 name=b:w=8:h=8' 2
}

find_tests
select_tests "$@"
for ffmpeg in "$FFMPEG" "$root/build-asan/ffmpeg"; do
    label=$(basename "$(dirname "$ffmpeg")")
    if [[ ! -x $ffmpeg ]]; then
        skip "bad input, $label" "there is no $ffmpeg"
        continue
    fi
    for test in "${tests[@]}"; do "$test"; done
done
sum_up
