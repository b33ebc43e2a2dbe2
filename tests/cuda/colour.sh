# Part of tests/cuda/run-tests: views of other formats, ranges and matrices have the bytes
# that v360batch gives them on the CPU. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of run-tests

# Heights are even, as hwdownload drops the last chroma row of others.
colour_views='views=yaw=170 pitch=20 w=61 h=48|pitch=-70 w=30 h=22'
colour_source=testsrc2=s=192x96:r=25:d=0.2,noise=alls=60:all_seed=1

# convert DEVICE SOURCE FORMAT OPTIONS VIEWS TO [WANT]: framemd5 of all pads, which the
# option or the negotiation makes TO, and the negotiation WANT
convert()
{
    local want=format=pix_fmts=$6${7:+:$7}
    if [ "$1" = cpu ]; then
        make_graph "${sent:+${sent//V/v360batch},}format=$3,v360batch=$4" "$5" "$want"
    else
        make_graph "${sent:+${sent//V/v360batch_cuda},}format=$3,hwupload,\
v360batch_cuda=$4:format=$6:${batch:-batch=2}" "$5" "hwdownload,$want"
    fi
    with_device -f lavfi -i "$2" >"$work/$1" 2>"$work/$1.err"
}

# converts NAME SOURCE FORMAT OPTIONS VIEWS TO [WANT]: bad gets the name where it fails
converts()
{
    convert cpu "${@:2}"
    convert cuda "${@:2}"
    cases=$((cases + 1))
    if ! [ -s "$work/cpu" ] || ! cmp -s "$work/cpu" "$work/cuda"; then
        bad+=" $1;"
        cp "$work/cuda.err" "$work/bad.err"
    fi
    sums+=$(cut -d , -f 6 "$work/cpu" | md5sum)$'\n'
}

# judge NAME CASES [DIFFERENT]: what converts has found. Cases have different bytes, all
# of them or at least so many: so each converts what the others do not.
judge()
{
    local different
    different=$(sort -u <<<"${sums%$'\n'}" | wc -l)
    expect "$1" "${#bad} == 0 && $cases == $2 && $different >= ${3:-$2}" \
        "$cases cases, $different different, with other bytes:${bad:- none}\
$(head -c 300 "$work/bad.err" 2>/dev/null)"
    cases=0 bad='' sums=''
    rm -f "$work/bad.err"
}

cases=0 bad='' sums=''

colour_formats()
{
    local f t n
    # Components of 8 bits lie alike in the upper bits of p010, p012 and p016, and so in
    # other formats; what has no alpha is opaque, and lies in bgra as in bgr0.
    for n in nv12:13 yuv422p:13 yuv444p16:19 rgba:20; do
        f=${n%:*}
        for t in $formats; do
            [ "$f" = "$t" ] ||
                converts "$f to $t" "$colour_source" "$f" "$colour_views:fill=red" 2 "$t"
        done
        judge "colours: $f to all formats" 21 "${n#*:}"
    done
    for f in $formats; do
        [ "$f" = bgr0 ] ||
            converts "$f to bgr0" "$colour_source" "$f" "$colour_views:interp=cube" 2 bgr0
        [ "$f" = yuva420p ] ||
            converts "$f to yuva420p" "$colour_source" "$f" "$colour_views" 2 yuva420p \
                color_ranges=pc
        [ "$f" = p012 ] ||
            converts "$f to p012" "$colour_source" "$f" "$colour_views" 2 p012 \
                color_spaces=bt2020nc
    done
    judge "colours: all formats to three" 63 40
}

colour_matrices()
{
    local f m r
    for f in nv12 yuv444p p010; do
        for m in bt470bg fcc smpte240m bt2020nc bt709; do
            for r in tv pc; do
                [ "$m$r" = bt709tv ] ||
                    converts "$f to $m, $r" \
                        "$colour_source,setparams=colorspace=bt709:range=tv" "$f" \
                        "$colour_views" 2 "$f" "color_spaces=$m:color_ranges=$r"
            done
        done
        judge "colours: $f of BT.709 to other matrices and ranges" 9
    done
    for m in bt709 bt2020nc; do
        for r in tv pc; do
            converts "in_matrix=$m, in_range=$r" "$colour_source" nv12 \
                "$colour_views:in_matrix=$m:in_range=$r" 2 rgb0
        done
    done
    judge "colours: matrix and range of the source by options" 4
}

colour_sitings()
{
    local l f to=color_spaces=bt470bg:color_ranges=pc
    local tagged=$colour_source,setparams=colorspace=bt709:range=tv
    for l in left center topleft top bottomleft bottom; do
        converts "luma, chroma at $l" "$tagged" yuv420p "$colour_views:chroma_loc=$l" 2 \
            yuv420p "$to"
        converts "luma, from left to $l" "$tagged" p010 \
            "$colour_views:chroma_loc=left:out_chroma_loc=$l" 2 nv12 "$to"
        for f in yuv444p:nv12 yuv422p:nv12 rgba:nv12 yuv444p16:p016; do
            converts "means, $f at $l" "$tagged" "${f%:*}" \
                "$colour_views:interp=cube:out_chroma_loc=$l" 2 "${f#*:}" "$to"
        done
    done
    judge "colours: places of chroma" 36
    same "another place of chroma, and no conversion" "$small" yuv420p \
        "$colour_views:chroma_loc=left:out_chroma_loc=bottom" 2
}

colour_interps()
{
    local i
    for i in $interps; do
        converts "$i, p010 to yuv420p" "$colour_source" p010 \
            "$colour_views:interp=$i" 2 yuv420p color_ranges=pc
        converts "$i, rgba to nv12" "$colour_source" rgba "$colour_views:interp=$i" 2 nv12
    done
    need_beyond
    for i in near cube; do
        for f in yuv420p10 yuv444p rgb0; do
            converts "samples beyond their depth, $i, $f" \
                "$beyond" \
                yuv420p10 "interp=$i:rig=cube6:w=33:h=34:yaw=10" 6 "$f" \
                color_spaces=bt470bg:color_ranges=pc
        done
    done
    judge "colours: interpolations" 22
}

# Views of one filter of which some are converted and others are as remapped, some
# of them on one grid; and one that is closed before the others.
colour_mixed()
{
    local device filter down frames
    for device in cpu cuda; do
        filter=v360batch down=
        [ "$device" = cpu ] || filter=hwupload,v360batch_cuda=batch=3: down=hwdownload,
        [ "$device" = cuda ] || filter=v360batch=
        graph="setparams=colorspace=bt709:range=tv,format=nv12,${filter}rig=ring4:w=64:h=48"
        graph+="[a][b][c][d];[a]${down}format=nv12[d0]"
        graph+=";[b]${down}format=pix_fmts=nv12:color_ranges=pc,trim=end_frame=2[d1]"
        graph+=";[c]${down}format=pix_fmts=nv12:color_spaces=bt470bg:color_ranges=pc[d2]"
        graph+=";[d]${down}format=pix_fmts=nv12:color_spaces=bt2020nc[d3]"
        maps=(-map "[d0]" -map "[d1]" -map "[d2]" -map "[d3]")
        with_device -f lavfi -i "${small/d=0.2/d=0.4}" >"$work/$device" \
            2>"$work/$device.err"
    done
    frames=$(wc -l <"$work/cuda")
    expect "colours: outputs that ask for different things" \
        "$frames == 32 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0 && \
$(cut -d , -f 6 "$work/cuda" | sort -u | wc -l) == 32" \
        "$frames frames; $(head -c 300 "$work/cuda.err")"
}

colour_batches()
{
    local b place commands="sendcmd=c='0.08 V one.yaw 270; 0.16 V 1.pitch -30'"
    for b in 0 1 2 3 8 16; do
        batch=batch=$b converts "batch $b" testsrc2=s=192x96:r=25:d=0.76 nv12 \
            "rig=ring8:w=40:h=30" 8 yuv420p color_ranges=pc
    done
    expect "colours: batches have the same bytes" "$(sort -u <<<"${sums%$'\n'}" | wc -l) == 1" \
        "of one source and batches of 1 to 16"
    judge "colours: batches" 6 1
    for sent in '' "$commands"; do
        batch=batch=8 converts "commands" "$small" nv12 "views=name=one|yaw=90:w=64:h=64" \
            2 rgba
    done
    sent=
    place=testsrc2=s=128x64:r=25:d=0.2,format=yuv420p,setparams=chroma_location
    batch=batch=8 converts "another place of chroma" \
        "$place=left[a];$place=topleft[b];[a][b]concat" yuv420p "views=w=64 h=64" 1 yuv444p
    batch=batch=8 converts "one after the other" "$place=left" yuv420p \
        "rig=fibonacci36:w=20:h=20" 36 rgb0
    judge "colours: commands, changes and many views in a batch" 4
    for b in lazy thread; do
        export SOFTCUDA_MODE=$b
        batch=batch=2 converts "mode $b" "$colour_source" nv12 \
            "rig=ring4:w=4$((${#b})):h=40" 4 rgb0
    done
    unset SOFTCUDA_MODE
    judge "colours: modes of the driver" 2
}

# What frames say, by showinfo.
colour_tags()
{
    local f want device
    for f in "nv12 yuv420p color_spaces=bt470bg:color_ranges=pc" "nv12 rgba" "rgba nv12" \
        "yuv420p yuv444p" "nv12 nv12"; do
        read -r f to want <<<"$f"
        for device in cpu cuda; do
            level=info convert "$device" "$colour_source,setparams=colorspace=bt709:range=tv" \
                "$f" "views=w=64 h=48:out_chroma_loc=top" 1 "$to" "$want,showinfo"
            sed -n 's/.*\(fmt:[^ ]* cl:[^ ]*\).*/\1/p; s/.*\(color_range:[a-z]* color_space:[a-z0-9]*\).*/\1/p' \
                "$work/$device.err" | sort -u >"$work/$device.tags"
        done
        expect "colours: tags, $f to $to" "$(wc -l <"$work/cpu.tags") == 2 && \
$(cmp "$work/cpu.tags" "$work/cuda.tags" >&2; echo $?) == 0" "$(paste -s -d ' ' "$work/cuda.tags")"
    done
}

# refused WORDS OPTIONS
refused()
{
    make_graph "format=nv12,hwupload,v360batch_cuda=views=w=8 h=8:$2" 1 hwdownload
    if with_device -f lavfi -i testsrc2=s=64x32:d=0.1 >"$work/cuda" 2>"$work/err"; then
        fail "cuda: colours: $2 is refused"
    else
        expect "colours: $2 is refused" "$(grep -c "$1" "$work/err") == 1" \
            "$(grep -m 1 -o "$1.*" "$work/err")"
    fi
}

colour_refused()
{
    refused 'format=gray is no format of CUDA frames' format=gray
    refused 'format=rgb24 is no format of CUDA frames' format=rgb24
    refused 'frames of nv12 are not supported: alpha_mask' alpha_mask=1:format=rgba
    make_graph "format=rgba,hwupload,v360batch_cuda=views=w=8 h=8:alpha_mask=1:format=nv12" \
        1 hwdownload
    with_device -f lavfi -i testsrc2=s=64x32:d=0.1 >"$work/cuda" 2>"$work/err"
    expect "colours: alpha_mask and a format without alpha" \
        "$(grep -c 'format=nv12 is a format without alpha' "$work/err") == 1" \
        "$(grep -m 1 -o 'format=nv12.*' "$work/err")"
    converts "alpha_mask" "$colour_source" rgba "$colour_views:alpha_mask=1:input=fisheye" 2 \
        yuva420p
    judge "colours: alpha_mask" 1
}
