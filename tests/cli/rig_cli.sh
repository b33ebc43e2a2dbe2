#!/usr/bin/env bash
# v360rig's command line: what it prints, and what it refuses. rig_exports.py tests what
# it exports. Environment: FFMPEG, V360RIG (default: build/). Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/shell.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/shell.sh"
begin

rig() { "$V360RIG" "$@" 2>log; }

# v360rig ends with this status and a message that holds WORDS, and it writes nothing to
# standard output or into a file.
ends() { # status, name, words, arguments
    local status=$1 name="refuses $2" words=$3 out rc
    shift 3
    out=$(rig "$@")
    rc=$?
    if ((rc != status)); then fail "$name" "exit $rc, not $status"
    elif ! grep -q -e "$words" log; then fail "$name" "no '$words' in: $(head -n 2 log)"
    elif [[ -n $out || -e out ]]; then fail "$name" "wrote: ${out:-a file}"
    else ok "$name" "$(head -n 1 log)"; fi
}

refuse() { ends 1 "$@"; }
no_file() { ends 3 "$@"; } # a file cannot be read or written

make_sources() {
    printf 'name=a yaw=200 h_fov=60 w=64 h=48 # first\nname=b pitch=-5 roll=3 w=64 h=48\n' >rig.txt
    echo 'output=fisheye h_fov=180 w=64 h=64' >fish.txt
    printf 'name=a ss=auto w=64 h=48\nname=b supersample=2 output=fisheye w=64 h=48\nname=c w=9 h=9\n' >ss.txt
    ff -f lavfi -i testsrc2=s=640x320 -frames:v 1 p.png
}

# The text of a rig gives the same text, and the same cameras to the last digit.
test_text() {
    local rig words
    for rig in ring8 ring3@-22.5+up cube6,ring2 fibonacci11 dome17 dense17 colmap12 nerfstudio14 \
               'fibonacci3 --fov 100x70' 'ring2 --eye both' 'cube6 --supersample auto' \
               'ring5 --size 101x77' rig.txt fish.txt ss.txt; do
        read -ra words <<<"$rig --source 5761x2880"
        rig text "${words[@]}" -o text.txt
        rig text text.txt -o again.txt
        rm -rf one two
        rig nerfstudio "${words[@]}" -o one
        rig nerfstudio text.txt --source 5761x2880 -o two
        check "text of $rig: the same again" "" "$(diff text.txt again.txt)$(diff \
            <(rig show "${words[@]}") <(rig show text.txt --source 5761x2880))$(
            [ "$rig" = fish.txt ] || [ "$rig" = ss.txt ] || diff one/transforms.json two/transforms.json)"
    done
    refuse "text of a rig whose sizes need a source" "give --source" text nerfstudio8
}

test_output() {
    local list views eyes='[view_00_left][view_00_right][view_01_left][view_01_right]'
    list=$(rig list | tr '\n' ' ')
    check "list" "ringN ringN@PITCH cube6" "${list%% colmap12*}"
    check "names of a preset" "front right back left up down" "$(rig names --rig cube6 | xargs)"
    check "names, both eyes" "view_00_left view_00_right" \
        "$(rig names ring1 --eye both | xargs)"
    check "a file for a rig, by position" "a b" "$(rig names rig.txt | xargs)"
    check "show: wrapped yaw, fx" "0 a -160 0 0 64x48 60 46.8264 55.4256 55.4256 32 24 1" \
        "$(rig show rig.txt | sed -n 2p | xargs)"
    check "show: what is not flat" "fisheye" \
        "$(rig show --views fish.txt | awk 'END { print $9 }')"
    rig show ring1 >/dev/null
    check "show: says what it assumes" 1 "$(grep -c 'no --source: taken to be 7680x3840' log)"
    check "size by the picture" 160x160 "$(rig show ring1 -i p.png | awk 'END { print $6 }')"
    check "size by one eye of the picture" 160x160 "$(
        ff -f lavfi -i testsrc2=s=640x640 -frames:v 1 tb.png &&
        rig show ring1 -i tb.png --in_stereo tb | awk 'END { print $6 }')"
    check "filtergraph of a preset" \
        "[0:v]v360batch=rig=ring2:h_fov=80:v_fov=70.5:w=96:h=64:eye=both:in_stereo=tb${eyes}" \
        "$(rig filtergraph ring2 --fov 80x70.5 --size 96x64 --eye both --in_stereo tb)"
    views="name=a yaw=-160 h_fov=60 w=64 h=48|name=b pitch=-5 roll=3 w=64 h=48"
    check "filtergraph of a file" "[0:v]v360batch=views=${views}[a][b]" "$(rig filtergraph rig.txt)"
    check "show: supersample" "auto 2 4" "$(rig show ss.txt --supersample 4 | awk 'NR > 1 { print $NF }' | xargs)"
    check "names of several presets" "view_00 view_01 up down" \
        "$(rig names ring2+up,down | xargs)"
    check "filtergraph of several presets" \
        "[0:v]v360batch=rig=ring1@+30+back[view_00][back]" "$(rig filtergraph ring1@+30,back)"
    check "filtergraph of a preset, supersample" "[0:v]v360batch=rig=ring1:ss=auto[view_00]" \
        "$(rig filtergraph ring1 --supersample auto)"
    check "filtergraph of a file, supersample" \
        "[0:v]v360batch=views=name=a w=64 h=48 ss=auto|name=b w=64 h=48 output=fisheye ss=2|name=c w=9 h=9[a][b][c]" \
        "$(rig filtergraph ss.txt)"
    rig filtergraph rig.txt -o graph.txt
    check "filtergraph: into a file" "$(rig filtergraph rig.txt)" "$(<graph.txt)"
}

# v360_values OPTION [all] <NAMES: the values in an option of FFmpeg's own v360 of those
# names that it has; with "all", the values of all its names.
v360_values() {
    awk -v option="$1" -v all="${2:-}" '
        NR == FNR && /^   [a-z]/ { on = $1 == option }
        NR == FNR && /^     / && on { value[$1] = $2; if (all) seen[$2] }
        NR != FNR && $1 in value { seen[value[$1]] }
        END { for (i in seen) print i }' \
        <(ff -h filter=v360) - | sort -n | xargs
}

test_lists() {
    local name missing=
    check "presets: as listed" "$(rig list | xargs)" "$(rig presets | cut -d " " -f 1 | xargs)"
    check "presets: views" "N N 6 12 4 8 14 16 17 17 N" "$(rig presets | cut -d ' ' -f 2 | xargs)"
    check "projections: sources have those of v360" "$(v360_values input all </dev/null)" \
        "$(rig projections | sed -n 's/ both$//p' | v360_values input)"
    check "projections: views have those of v360" "$(v360_values output all </dev/null)" \
        "$(rig projections | sed -nE 's/ (both|view)$//p' | v360_values output)"
    check "interpolations: those of v360" "$(v360_values interp all </dev/null)" \
        "$(rig interpolations | v360_values interp)"
    check "interpolations: taps" "1 2 4 4 4 4 4 4" "$(rig interpolations | cut -d ' ' -f 2 | xargs)"
    for name in $(rig list) $(rig interpolations | cut -d ' ' -f 1); do
        "$root/scripts/split360" --help | grep -qE "[ ,]$name([ ,]|$)" || missing+=" $name"
    done
    check "split360 --help: names presets and interpolations" "" "$missing"
}

# The names of the first table behind a line of the manual.
manual_names() { # line
    awk -v line="$1" '$0 == line { on = 1 }
        on && /^@table/ { table = 1 }
        table && /^@item/ { print $2 }
        table && /^@end table/ { exit }' "$root/doc/v360batch.texi" |
        sed 's/@var{N}/N/; s/@@@var{pitch}/@PITCH/' | sort | xargs
}

# The names that an option of v360batch takes.
option_names() { # option
    ff -h filter=v360batch | awk -v option="$1" '/^   [a-z]/ { on = $1 == option }
        on && /^     / { print $1 }' | sort | xargs
}

test_manual() {
    local option
    for option in output eye interp in_stereo; do
        check "manual: names of $option" "$(option_names $option)" "$(manual_names "@item $option")"
    done
    check "manual: presets" "$(rig list | sort | xargs)" "$(manual_names '@subsection Presets')"
}

# The graph's text is the rig: it gives the same bytes as the options it was made of.
test_filtergraph() {
    local graph
    graph=$(rig filtergraph rig.txt --input he --ih_fov 170 --iv_fov 160)
    ff -i p.png -filter_complex "$graph" -map "[a]" a1.png -map "[b]" b1.png
    ff -i p.png -filter_complex "v360batch=/views=rig.txt:input=he:ih_fov=170:iv_fov=160[a][b]" \
        -map "[a]" a2.png -map "[b]" b2.png
    if cmp a1.png a2.png && cmp b1.png b2.png; then ok "filtergraph: same bytes"
    else fail "filtergraph: same bytes" "$graph"; fi
}

test_bad_input() {
    refuse "no command" Usage
    refuse "an unknown command" "no command 'bogus'" bogus ring4
    refuse "a list with an argument" "no command 'presets' with" presets ring4
    refuse "no rig" "one rig" show
    refuse "two rigs" "one rig" show --rig ring4 --views rig.txt
    refuse "an unknown preset" "must be one of" names bogus
    no_file "a missing file" "No such file" names --views missing.txt
    refuse "an unknown option" "unknown option" show ring4 --bogus 1
    refuse "an option without its value" "without its value" show ring4 --source
    refuse "a size that is none" WIDTHxHEIGHT show ring4 --source 100
    refuse "a size too large" WIDTHxHEIGHT show ring4 --size 99999x10
    refuse "a negative size" WIDTHxHEIGHT show ring4 --size -10x10
    refuse "a field of view of 180" "h_fov" show ring4 --fov 180
    refuse "a field of view of nan" "number" show ring4 --fov nan
    refuse "an unknown eye" "left, right or both" names ring4 --eye middle
    refuse "supersample of 5" "auto, 1, 2, 3 or 4" names ring4 --supersample 5
    refuse "supersample of 2.0" "auto, 1, 2, 3 or 4" names ring4 --supersample 2.0
    refuse "an unknown projection" "projection" show ring4 --input bogus
    refuse "a picture that is none" "Invalid data" show ring4 -i rig.txt
    refuse "open sizes" "source WxH" colmap ring4 -o out
    refuse "no folder" "FOLDER" colmap ring4 --size 64x64
    no_file "a folder in a missing one" "No such file" owner-masks ring4 --size 9x9 -o no/out
    refuse "a fisheye for COLMAP" "flat views" colmap fish.txt -o out
    refuse "a fisheye for nerfstudio" "flat views" nerfstudio fish.txt
    refuse "oblong pixels for RealityScan" "square pixels" realityscan ring1 \
        --size 64x64 --fov 90x60 -o out
    refuse "a preview without a file" "FILE.html" preview ring4
    refuse "a preview of another kind" "FILE.html" preview ring4 -o out.gif
    no_file "a preview of no picture" "No such file" preview ring4 -i missing.jpg -o out.svg
    head -c 300 p.png >cut.png
    refuse "a preview of a cut picture" "cut.png" preview ring4 -i cut.png -o out.png
    if [[ -e /dev/full ]]; then
        no_file "a full disk" "space left" filtergraph ring4 -o /dev/full
    else skip "refuses a full disk" "no /dev/full"; fi
}

run_tests "$@"
