#!/usr/bin/env bash
# Colours of scripts/split360: what a source of known colours becomes, the same on all
# processors, and a warning where colours may look wrong. See lib/split360.sh.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"

options=(--rig ring2 --size 96x96 --device cpu)

# A video of one colour, RGB 200 120 60, in a matrix and with the tags given.
colour_video() { # file, size, matrix, format, setparams
    ff -f lavfi -i "color=c=0xC8783C:s=$2:r=5:d=0.4,format=gbrp" -vf \
        "scale=out_color_matrix=$3:out_range=tv,format=$4,setparams=$5" -c:v ffv1 "$1"
}

# The first sample of an image has the colour of the source, up to 3 levels: chroma is
# rounded in the source and in the image, and a level of chroma is 1.8 levels of blue. With another matrix the colour is 10 levels off.
near() { # name, extension
    local seen image=out/images/view_00/000001.$2
    seen=$(ff -i "$image" -vf format=rgb24 -f rawvideo - | od -An -tu1 -N3 | is_near)
    if [[ $seen == right* ]]; then ok "$1" "$seen"
    else fail "$1" "$seen, not 200 120 60; $(last)"; fi
    [[ $2 == jpg ]] || return 0
    # libjpeg knows nothing of tags.
    if ! /usr/bin/python3 -c 'import PIL' 2>/dev/null; then
        skip "$1, as PIL reads it" "no PIL for /usr/bin/python3: python3-pil"
        return
    fi
    seen=$(/usr/bin/python3 -c 'import sys, PIL.Image
print(*PIL.Image.open(sys.argv[1]).convert("RGB").getpixel((0, 0)))' "$image" | is_near)
    if [[ $seen == right* ]]; then ok "$1, as PIL reads it" "$seen"
    else fail "$1, as PIL reads it" "$seen, not 200 120 60"; fi
}

is_near() {
    awk '{ good = ($1 - 200) ^ 2 <= 9 && ($2 - 120) ^ 2 <= 9 && ($3 - 60) ^ 2 <= 9
        print (good ? "right," : "wrong,"), $1, $2, $3 }'
}

warnings() { grep -c "warning: .*$1" log; }

test_matrices() {
    local unknown=colorspace=unknown:color_primaries=unknown:color_trc=unknown format
    colour_video tagged.mkv 640x320 bt709 yuv420p colorspace=bt709:range=tv
    colour_video hd.mkv 1920x960 bt709 yuv420p "$unknown:range=tv"
    colour_video sd.mkv 640x320 bt601 yuv420p "$unknown:range=tv"
    colour_video deep.mkv 640x320 bt2020 yuv420p10le colorspace=bt2020nc:range=tv
    colour_video full.mkv 640x320 bt601 yuv444p colorspace=smpte170m:range=tv
    for format in jpg png tif; do
        job tagged.mkv --format "$format"
        near "BT.709, $format" "$format"
        check "and no warning" 0 "$(warnings '')"
        job hd.mkv --format "$format"
        near "HD without tags, $format" "$format"
        check "and a warning" 1 "$(warnings 'BT.709')"
        job sd.mkv --format "$format"
        near "SD without tags, $format" "$format"
        check "and no warning" 0 "$(warnings '')"
        job deep.mkv --format "$format"
        near "BT.2020 of 10 bits, $format" "$format"
        job full.mkv --format "$format"
        near "BT.601 of 4:4:4, $format" "$format"
    done
    job hd.mkv --format mp4
    check "mp4 of HD without tags keeps its samples: no warning" 0 "$(warnings '')"
}

test_hdr() {
    local tags=colorspace=bt2020nc:color_primaries=bt2020:range=tv trc
    for trc in smpte2084 arib-std-b67; do
        colour_video hdr.mkv 640x320 bt2020 yuv420p10le "$tags:color_trc=$trc"
        job hdr.mkv
        check "$trc to JPEG: a warning" 1 "$(warnings 'HDR (\(PQ\|HLG\)).*8 bits')"
        job hdr.mkv --format png
        check "$trc to PNG of 16 bits: none" 0 "$(warnings '')"
        job hdr.mkv --format tif
        check "$trc to TIFF of 16 bits: none" 0 "$(warnings '')"
    done
}

# A TIFF has the samples of the PNG, to FFmpeg and to PIL, which has 8 bits a component.
test_tiff() {
    local format bits number=images/view_01/000001 has_pil=1
    /usr/bin/python3 -c 'import PIL' 2>/dev/null || has_pil=0
    for format in yuv420p:8 yuv444p10le:16 gbrp:8 gbrp16le:16 gray:8 gray12le:16; do
        bits=${format#*:} format=${format%:*}
        ff -f lavfi -i testsrc2=s=640x320:r=5:d=0.4 -vf "format=$format" -c:v ffv1 "$format.mkv"
        job "$format.mkv" --size 101x75 --format png
        rm -rf png && mv out png
        job "$format.mkv" --size 101x75 --format tif
        check "a TIFF of $format has as many bits" "$((101 * 75 * 3 * bits / 8))" \
            "$(ff -i out/$number.tif -f rawvideo - | wc -c)"
        check "and the samples of the PNG" \
            "$(ff -i png/$number.png -pix_fmt rgb48le -f rawvideo - | md5sum)" \
            "$(ff -i out/$number.tif -pix_fmt rgb48le -f rawvideo - | md5sum)"
        ((has_pil)) || { skip "as PIL reads it" "no PIL for /usr/bin/python3: python3-pil"; continue; }
        check "as PIL reads it" True "$(/usr/bin/python3 -c 'import sys, PIL.Image
a, b = (PIL.Image.open(name).tobytes() for name in sys.argv[1:])
print(a == b and len(a) == 101 * 75 * 3)' png/$number.png out/$number.tif)"
    done
}

# v360batch has code for each instruction set: images are the same with all of them, from
# noise and so from all values, and no scale takes part. A name in -cpuflags stands for
# itself alone, while a processor also has all sets before it.
test_processors() {
    local format kind flags='' sums have all=(0)
    for have in mmx+mmxext+sse+sse2 sse3+ssse3 sse4.1+sse4.2 avx fma3+avx2; do
        flags=${flags:+$flags+}$have
        all+=("$flags")
    done
    # shellcheck disable=SC2016 # expands in that script
    echo 'exec "$real" ${FLAGS:+-cpuflags "$FLAGS"} "$@"' | wrap "$FFMPEG" flagged
    for format in yuv420p yuv422p yuv444p yuv420p10le; do
        ff -f lavfi -i color=gray:s=510x254:r=2:d=1 -vf "format=$format,geq=lum=random(1)*1023:\
cb=random(2)*1023:cr=random(3)*1023,setparams=colorspace=bt709:range=tv" -c:v ffv1 noise.mkv
        for kind in jpg png; do
            sums=$(for flags in "${all[@]}" ''; do
                rm -rf out
                FLAGS=$flags FFMPEG=$tmp/flagged run noise.mkv out "${options[@]}" --size 64x48 \
                    --format "$kind" && cat out/images/*/* | md5sum
            done | sort | uniq -c)
            check "$kind of $format is the same with each instruction set" "7 of 7" \
                "$(awk '{ printf "%s ", $1 }' <<<"$sums")of 7"
        done
        check "and no scale takes part" 0 "$(keys out filter | grep -c scale)"
    done
}

# Of what v360batch does not read, scale makes planes of the same samples.
test_other_formats() {
    local format
    for format in rgb24 rgb48le ya8 yuyv422 gbrpf32le xyz12le; do
        ff -f lavfi -i color=c=0xC8783C:s=640x320:r=5:d=0.4 -vf "format=gbrp,format=$format" \
            -c:v rawvideo -f nut "$format.nut"
        [[ $format != ya8 ]] || continue
        job "$format.nut" --format png
        near "$format" png
        check "$format by way of scale" 1 "$(keys out filter | head -n 1 | grep -c ^scale)"
    done
    job ya8.nut --format png
    check "ya8 is gray" "gray gray" "$(ff -i out/images/view_00/000001.png -vf format=rgb24 \
        -f rawvideo - | od -An -tu1 -N3 | awk '{ print ($1 == $2 ? "gray" : "no"), ($2 == $3 ? "gray" : "no") }')"
}

# The chroma of JPEGs: the source's, or what is asked for; edges of colours are sharper
# with 4:4:4.
test_chroma() {
    local chroma
    ff -f lavfi -i "testsrc2=s=640x320:r=5:d=0.4,format=yuv420p" -c:v ffv1 pano.mkv
    for chroma in source:yuvj420p 444:yuvj444p 422:yuvj422p 420:yuvj420p; do
        job pano.mkv --chroma "${chroma%:*}"
        check "--chroma ${chroma%:*}" "${chroma#*:}" "$("$FFPROBE" -v error -show_entries \
            stream=pix_fmt -of csv=p=0 out/images/view_00/000001.jpg)"
    done
    rm -rf out
    run pano.mkv out --rig ring2 --format png --chroma 444
    check "--chroma of png is an error" 1 "$(grep -c 'error: --chroma is for --format jpg' log)"
}

# libjpeg-turbo where it is built in, else FFmpeg's own encoder with what libjpeg multiplies
# its tables with, 16, 50, 125 and 5000 %, in eighths. Fixed Huffman tables cost bytes but
# change no pixel.
test_jpeg() {
    local coding quality
    ff -f lavfi -i mandelbrot=s=1024x512 -frames:v 1 -q:v 2 pano.jpg
    if "$FFMPEG" -v error -h encoder=libturbojpeg | grep -q quality; then
        job pano.jpg --size 256x256
        check "JPEGs are libjpeg-turbo's" "-c:v libturbojpeg -quality 92" \
            "$(keys out encoder | head -n 1)"
    else
        skip "JPEGs are libjpeg-turbo's" "this build has no libturbojpeg"
    fi
    # shellcheck disable=SC2016 # expands in that script
    echo 'case $* in *-version*) "$real" "$@" | sed s/--enable-libturbojpeg//; exit ;; esac' |
        wrap "$FFMPEG" without
    for quality in 92:2 75:6 40:16 1:31; do
        rm -rf out
        FFMPEG=$tmp/without run pano.jpg out "${options[@]}" --size 256x256 --quality "${quality%:*}"
        check "without it, --quality ${quality%:*}" \
            "-c:v mjpeg -huffman default -q:v ${quality#*:}" "$(keys out encoder | head -n 1)"
    done
    run pano.jpg few --size 32x32 --quality 2
    check "a quality of FFmpeg's scale is warned of" 1 "$(grep -c 'warning: --quality 2' log)"
    for coding in default optimal; do
        ff -f lavfi -i mandelbrot=s=512x512 -frames:v 1 -pix_fmt yuvj420p -c:v mjpeg \
            -huffman "$coding" -q:v 2 "$coding.jpg"
    done
    check "which give the pixels of the best ones" "$(ff -i optimal.jpg -f md5 -)" \
        "$(ff -i default.jpg -f md5 -)"
}

run_tests "$@"
